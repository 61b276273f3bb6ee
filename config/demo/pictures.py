"""Drawn photos for the demo: flat figures that nobody can take for a real child.

The same seed gives the same picture, the same face the same person in another picture.
"""

from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

SHADES = 24  # of a backdrop
FINE = 2  # drawn so much larger and then reduced, for smooth edges
PORTRAIT, LANDSCAPE = (640, 800), (960, 690)
QUALITY = 90
ROW = 5  # people side by side on a group photo

SKINS = ("#f6d7c3", "#eec1a2", "#e0a882", "#c98d66", "#a66a45", "#7d4b30", "#5b3522")
HAIRS = ("#2b211e", "#4a3026", "#7a4a2b", "#a8692f", "#d4a24e", "#e8cd8a", "#9a3d22")
SHIRTS = ("#c4553d", "#2f6b7c", "#e0a53b", "#4f7d5b", "#7d5a86", "#35507d", "#d98a6a", "#8aa34f")
BACKDROPS = (
    ("#dbe7e4", "#b3cdc8"),
    ("#f2e3c9", "#dfc49a"),
    ("#e3dcea", "#c2b4d0"),
    ("#dce6f0", "#afc6dc"),
    ("#f3dcd2", "#dfb6a4"),
    ("#e3e8d2", "#c0cc9f"),
)
STYLES = ("short", "long", "bob", "curls", "bun", "parting")

Point = tuple[float, float]


@dataclass(frozen=True)
class Looks:
    skin: str
    hair: str
    style: str
    has_glasses: bool


def draw(seed: int, *, people: int, face: int | None = None) -> bytes:
    """A JPEG file as a camera would write it.

    One person is a portrait, of the person with this `face`; several stand in rows.
    """
    chance = Random(seed)  # noqa: S311 -- a drawing, not a secret
    width, height = PORTRAIT if people == 1 else LANDSCAPE
    fine = (width * FINE, height * FINE)
    if people == 1:
        image = _portrait(fine, chance, _looks(seed if face is None else face))
    else:
        image = _group(fine, chance, people)
    out = BytesIO()
    image.reduce(FINE).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _looks(face: int) -> Looks:
    chance = Random(f"face {face}")  # noqa: S311
    skin = chance.choice(SKINS)
    dark = SKINS.index(skin) > 3
    hair = chance.choice(HAIRS[:3] if dark else HAIRS)
    return Looks(skin, hair, chance.choice(STYLES), chance.random() < 0.2)


def _portrait(size: tuple[int, int], chance: Random, looks: Looks) -> Image.Image:
    width, height = size
    image = _cloth(size, chance)
    head = width * chance.uniform(0.17, 0.2)
    centre = (width * chance.uniform(0.47, 0.53), height * chance.uniform(0.42, 0.46))
    _person(ImageDraw.Draw(image), centre, head, looks, chance)
    return image


def _cloth(size: tuple[int, int], chance: Random) -> Image.Image:
    """A painted backdrop, light where the lamp falls."""
    light, deep = chance.choice(BACKDROPS)
    width, height = size
    image = Image.new("RGB", size, deep)
    canvas = ImageDraw.Draw(image)
    for step in range(1, SHADES + 1):
        share = 1.2 - 0.75 * step / SHADES
        colour = _between(deep, light, step / SHADES)
        _ellipse(canvas, (width * 0.5, height * 0.4), width * share, height * share * 0.7, colour)
    return image


def _group(size: tuple[int, int], chance: Random, people: int) -> Image.Image:
    width, height = size
    image = Image.new("RGB", size)
    canvas = ImageDraw.Draw(image)
    sky, grass = chance.choice((("#dcebf0", "#9dbb7c"), ("#f1e6cf", "#b7b27a")))
    canvas.rectangle((0, 0, width, height), fill=sky)
    for place, share in ((0.15, 0.3), (0.85, 0.34), (0.5, 0.24)):
        _ellipse(canvas, (width * place, height * 0.5), width * share, height * 0.26, "#86ab9b")
    canvas.rectangle((0, height * 0.62, width, height), fill=grass)
    rows = [range(start, min(start + ROW, people)) for start in range(0, people, ROW)]
    head = min(width / (ROW * 3.4), height / (len(rows) * 4.6 + 2))
    for depth, row in enumerate(rows):
        y = height * (0.34 + 0.27 * depth)
        gap = width / (len(row) + 0.6)
        for place, _number in enumerate(row):
            x = gap * (place + 0.8) + chance.uniform(-0.06, 0.06) * gap
            looks = _looks(chance.randrange(10**6))
            _person(canvas, (x, y + chance.uniform(-0.3, 0.3) * head), head, looks, chance)
    return image


def _person(
    canvas: ImageDraw.ImageDraw, centre: Point, head: float, looks: Looks, chance: Random
) -> None:
    """Head and shoulders; the body goes on below the picture or behind the next row."""
    x, y = centre
    shirt = chance.choice(SHIRTS)
    if looks.style in ("long", "bob"):
        length = 1.9 if looks.style == "long" else 1.15
        box = (x - head * 1.12, y - head * 1.1, x + head * 1.12, y + head * length)
        canvas.rounded_rectangle(box, head * 1.0, fill=looks.hair)
    _shoulders(canvas, centre, head, shirt, looks, striped=chance.random() < 0.35)
    for side in (-1, 1):
        _ellipse(
            canvas,
            (x + side * head * 0.98, y + head * 0.12),
            head * 0.18,
            head * 0.24,
            _between(looks.skin, "#7a3b22", 0.12),
        )
    _ellipse(canvas, centre, head, head * 1.2, looks.skin)
    _face(canvas, centre, head, looks, chance)
    _hair(canvas, centre, head, looks)
    if looks.has_glasses:
        for side in (-1, 1):
            _ring(canvas, (x + side * head * 0.4, y + head * 0.05), head * 0.28)
        canvas.line(
            (x - head * 0.12, y + head * 0.03, x + head * 0.12, y + head * 0.03),
            fill="#33383a",
            width=max(1, int(head * 0.06)),
        )


def _shoulders(
    canvas: ImageDraw.ImageDraw,
    centre: Point,
    head: float,
    shirt: str,
    looks: Looks,
    *,
    striped: bool,
) -> None:
    x, y = centre
    body = (x - head * 1.85, y + head * 1.62, x + head * 1.85, y + head * 9)
    canvas.rounded_rectangle(body, head * 1.0, fill=shirt)
    if striped:
        for band in range(4):
            top = y + head * (2.5 + band * 0.8)
            canvas.rectangle(
                (body[0], top, body[2], top + head * 0.3), fill=_between(shirt, "#ffffff", 0.55)
            )
    shade = _between(looks.skin, "#7a3b22", 0.18)
    canvas.rectangle((x - head * 0.38, y + head * 0.9, x + head * 0.38, y + head * 1.7), fill=shade)
    _ellipse(canvas, (x, y + head * 1.66), head * 0.5, head * 0.3, shade)


def _face(
    canvas: ImageDraw.ImageDraw, centre: Point, head: float, looks: Looks, chance: Random
) -> None:
    x, y = centre
    line = max(1, int(head * 0.07))
    blush = _between(looks.skin, "#d5513f", 0.22)
    smile = chance.uniform(0.24, 0.36)
    for side in (-1, 1):
        _ellipse(canvas, (x + side * head * 0.58, y + head * 0.42), head * 0.2, head * 0.14, blush)
        _ellipse(
            canvas, (x + side * head * 0.4, y + head * 0.06), head * 0.095, head * 0.12, "#2a2422"
        )
        brow = (
            x + side * head * 0.4 - head * 0.2,
            y - head * 0.34,
            x + side * head * 0.4 + head * 0.2,
            y + head * 0.02,
        )
        canvas.arc(brow, 205, 335, fill=_between(looks.hair, "#2a2422", 0.3), width=line)
    nose = (x - head * 0.1, y + head * 0.12, x + head * 0.1, y + head * 0.36)
    canvas.arc(nose, 20, 160, fill=_between(looks.skin, "#7a3b22", 0.4), width=line)
    mouth = (x - head * smile, y + head * 0.34, x + head * smile, y + head * 0.78)
    if chance.random() < 0.5:
        canvas.chord(mouth, 8, 172, fill="#8e2f2b")
    else:
        canvas.arc(mouth, 15, 165, fill="#8e3b34", width=int(line * 1.3))


def _hair(canvas: ImageDraw.ImageDraw, centre: Point, head: float, looks: Looks) -> None:
    x, y = centre
    crown = (x - head * 1.06, y - head * 1.3, x + head * 1.06, y + head * 0.46)
    if looks.style == "curls":
        for n in range(9):
            place = (x + head * (n - 4) * 0.27, y - head * (1.12 - ((n - 4) / 4) ** 2 * 0.62))
            _ellipse(canvas, place, head * 0.36, head * 0.36, looks.hair)
    if looks.style == "bun":
        _ellipse(canvas, (x, y - head * 1.42), head * 0.42, head * 0.38, looks.hair)
    if looks.style == "parting":
        canvas.polygon(
            (
                (x - head * 1.04, y - head * 0.48),
                (x + head * 0.3, y - head * 0.6),
                (x - head * 0.96, y + head * 0.02),
            ),
            fill=looks.hair,
        )
    canvas.chord(crown, 186, 354, fill=looks.hair)


def _between(first: str, second: str, share: float) -> str:
    channels = (
        round(int(first[n : n + 2], 16) * (1 - share) + int(second[n : n + 2], 16) * share)
        for n in (1, 3, 5)
    )
    return "#" + "".join(f"{value:02x}" for value in channels)


def _ellipse(
    canvas: ImageDraw.ImageDraw, centre: Point, across: float, up: float, colour: str
) -> None:
    x, y = centre
    canvas.ellipse((x - across, y - up, x + across, y + up), fill=colour)


def _ring(canvas: ImageDraw.ImageDraw, centre: Point, radius: float) -> None:
    x, y = centre
    box = (x - radius, y - radius, x + radius, y + radius)
    canvas.ellipse(box, outline="#33383a", width=max(1, int(radius * 0.22)))
