"""The studio's name across a preview: white with a dark edge, so that it shows on anything.

No fonts of the system are needed for western names: one comes with reportlab.
"""

import functools
import importlib.util
import unicodedata
from pathlib import Path

import pyvips
from PIL import Image, ImageDraw, ImageFont

LONGEST_TEXT = 60  # letters
LETTERS = 30  # so many letters' heights are a picture's longer side
SLANT = 28  # degrees
FILL, EDGE = 112, 80  # of 255: how much of white and of black is laid over
PATTERNS = 8  # remembered; 5 MB each
SIGN = "©"  # if nothing of a name can be drawn
# By name, where the system has them: for the letters that the first one lacks.
OTHER_FONTS = ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "NotoSansCJK-Bold.ttc", "Arial.ttf")
NOWHERE = "\uffff"  # drawn as the sign for a letter that a font lacks

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def marked(image: pyvips.Image, text: str) -> pyvips.Image:
    """One pass of integers over the pixels."""
    share, colour = pattern(text, max(image.width, image.height))
    place = 0, 0, image.width, image.height
    share, colour = share.crop(*place), colour.crop(*place)
    return share.ifthenelse(colour, image, blend=True).copy_memory()


@functools.lru_cache(maxsize=PATTERNS)
def pattern(text: str, side: int) -> tuple[pyvips.Image, pyvips.Image]:
    """A square: how much is laid over each pixel, and of which grey."""
    white, black = (_slanted(layer, side) for layer in _lettering(text, side))
    share = Image.new("L", (side, side), 0)
    share.paste(EDGE, mask=black)
    share.paste(FILL, mask=white)
    return _vips(share), _vips(white)


def _lettering(text: str, side: int) -> tuple[Image.Image, Image.Image]:
    """Rows of the name on a square that stays filled when it is turned: letters, and edges."""
    shown, font = _drawable(" ".join(text.split())[:LONGEST_TEXT], max(8, side // LETTERS))
    edge = max(1, side // 600)
    left, top, right, bottom = font.getbbox(shown, stroke_width=edge)
    if right <= left or bottom <= top:
        return _lettering(SIGN, side)
    gap = side // 10
    step, line = int(right - left) + gap, int(bottom - top) + gap
    layers = []
    for width in (0, edge):
        layer = Image.new("L", (side * 3 // 2, side * 3 // 2), 0)
        pen = ImageDraw.Draw(layer)
        for row, y in enumerate(range(0, layer.height, line)):
            for x in range(-(row % 2) * step // 2, layer.width, step):
                pen.text((x, y), shown, 255, font, stroke_width=width, anchor="lt")
        layers.append(layer)
    return layers[0], layers[1]


def _slanted(layer: Image.Image, side: int) -> Image.Image:
    turned = layer.rotate(SLANT, Image.Resampling.BICUBIC)
    start = (layer.width - side) // 2
    return turned.crop((start, start, start + side, start + side))


def _vips(layer: Image.Image) -> pyvips.Image:
    # Not copy_memory() of it: that is the same memory, without the reference that keeps it.
    return pyvips.Image.new_from_memory(layer.tobytes(), *layer.size, 1, "uchar")


def _drawable(text: str, size: int) -> tuple[str, Font]:
    """The text and a font that has all its letters; else without accents, or the bare sign."""
    fonts = _fonts(size)
    for font in fonts:
        if all(_has(font, letter) for letter in text) and text:
            return text, font
    bare = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in bare if letter == " " or _has(fonts[0], letter)).strip()
    return (kept or SIGN), fonts[0]


def _fonts(size: int) -> list[Font]:
    found: list[Font] = []
    bundled = importlib.util.find_spec("reportlab")
    if bundled is not None and bundled.origin is not None:
        own = Path(bundled.origin).parent / "fonts" / "VeraBd.ttf"
        found += _font(str(own), size)
    for name in OTHER_FONTS:
        found += _font(name, size)
    return [*found, ImageFont.load_default(size)]


def _font(name: str, size: int) -> list[Font]:
    try:
        return [ImageFont.truetype(name, size)]
    except OSError:
        return []


def _has(font: Font, letter: str) -> bool:
    return letter == " " or bytes(font.getmask(letter)) not in (b"", bytes(font.getmask(NOWHERE)))
