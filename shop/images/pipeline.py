"""One file to four, inside the child: judge, decode small, mark, write."""

from pathlib import Path
from typing import Any

import pyvips

from shop.images import cards, headers, heic, limits, watermarks
from shop.images.kinds import HEIC, PNG
from shop.images.profiles import is_srgb
from shop.images.reasons import NotTaken, Reason

# Whatever libvips could read besides is never asked, whatever a file looks like.
LOADERS = ("VipsForeignLoadJpegSource", "VipsForeignLoadPngSource")
# Measured for a preview of 1600 pixels: effort 1 takes 50 ms, 4 takes 170 for files as large.
WEBP = {"Q": 80, "effort": 1}
# Progressive: a phone on a slow line shows something at once, and files are smaller.
JPEG = {"Q": 80, "optimize_coding": True, "interlace": True}
WHITE = 255
PROFILE, ORIENTATION = "icc-profile-data", "orientation"

pyvips.block_untrusted_set(True)
pyvips.operation_block_set("VipsForeignLoad", True)
for _loader in LOADERS:
    pyvips.operation_block_set(_loader, False)
pyvips.cache_set_max(0)  # No photo is asked for twice.


def run(source: Path, folder: Path, watermark: str) -> dict[str, Any]:
    """Raises NotTaken when the file is at fault; other errors are ours."""
    header = headers.read(source)
    try:
        width, height, preview = _decoded(source, header)
    except pyvips.Error as error:
        raise NotTaken(_reason(str(error))) from error
    grey = preview.colourspace("b-w")
    card = cards.text_on(bytes(grey.write_to_memory()), grey.width, grey.height)
    thumbnail = _within(preview, limits.THUMBNAIL, {}).copy_memory()
    _write(thumbnail, folder / "thumbnail")
    _write(watermarks.marked(preview, watermark), folder / "preview")
    return {"width": width, "height": height, "kind": header.kind, "card": card}


def _decoded(source: Path, header: headers.Header) -> tuple[int, int, pyvips.Image]:
    """Width and height upright, and the pixels of the preview: sRGB, opaque, in memory."""
    if header.kind == HEIC:
        photo = heic.opened(source)
        return photo.width, photo.height, _plain(_within(photo, limits.PREVIEW, _colours(photo)))
    photo = _loaded(source, header)
    upright = _upright(photo, header)
    return *upright, _plain(_within(photo, limits.PREVIEW, _colours(photo)))


def _loaded(source: Path, header: headers.Header) -> pyvips.Image:
    """Not yet decoded: that happens row by row, while it is made smaller.

    By the loader's own name: `thumbnail_source` would be shorter but forgets `fail_on`, and then
    the rest of a damaged photo is grey.
    """
    # Not the path: behind a file's name, libvips would read options.
    opened = pyvips.Source.new_from_file(str(source))
    how = {"access": "sequential", "fail_on": "error"}
    if header.kind == PNG:
        return pyvips.Image.pngload_source(opened, **how)
    # JPEG can be decoded at a half, a quarter or an eighth, which is three times as fast.
    scale = max(header.width, header.height) / limits.PREVIEW
    shrink = max((step for step in (1, 2, 4, 8) if step <= scale), default=1)
    return pyvips.Image.jpegload_source(opened, shrink=shrink, **how)


def _colours(image: pyvips.Image) -> dict[str, str]:
    """How to bring them to sRGB: only if they are not, since that takes as long as decoding."""
    is_plain = image.interpretation in ("srgb", "rgb16", "b-w", "grey16", "rgb")
    profile = image.get(PROFILE) if PROFILE in image.get_fields() else None
    if is_plain and (profile is None or is_srgb(profile)):
        return {}
    return {"output_profile": "srgb"}


def _upright(image: pyvips.Image, header: headers.Header) -> tuple[int, int]:
    """A file says in one of eight ways how it lies; four of them are on its side."""
    is_lying = ORIENTATION in image.get_fields() and 5 <= image.get(ORIENTATION) <= 8
    return (header.height, header.width) if is_lying else (header.width, header.height)


def _within(image: pyvips.Image, longer_side: int, colours: dict[str, str]) -> pyvips.Image:
    return image.thumbnail_image(longer_side, height=longer_side, size="down", **colours)


def _plain(image: pyvips.Image) -> pyvips.Image:
    if image.hasalpha():
        image = image.flatten(background=WHITE * (257 if image.format == "ushort" else 1))
    return image.colourspace("srgb").cast("uchar").copy_memory()


def _reason(message: str) -> Reason:
    lost = ("premature end", "truncated", "EOI", "end of file", "not enough")
    return Reason.TRUNCATED if any(word in message for word in lost) else Reason.BROKEN


def _write(image: pyvips.Image, path: Path) -> None:
    """Encoded in memory first, so that a full disk is told apart from a broken photo."""
    webp = image.webpsave_buffer(keep="none", **WEBP)
    jpeg = image.jpegsave_buffer(keep="none", **JPEG)
    path.with_suffix(".webp").write_bytes(webp)
    path.with_suffix(".jpg").write_bytes(jpeg)
