"""Photos of phones. libheif turns them upright itself; EXIF's orientation does not count there."""

from pathlib import Path

import pillow_heif
import pyvips

from shop.images import headers
from shop.images.reasons import NotTaken, Reason

P3 = 12  # the primaries of phones' screens, where a file names them by number

pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
pillow_heif.options.DECODE_THREADS = 1


def opened(source: Path) -> pyvips.Image:
    """The main picture with its colour profile, decoded. The size is judged before."""
    try:
        photo = pillow_heif.open_heif(str(source), convert_hdr_to_8bit=True)
        headers.check_size(*photo.size, at_once=True)
        pixels, bands = photo.data, len(photo.mode)
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError, IndexError, TypeError):
        raise NotTaken(Reason.BROKEN) from None
    width, height = photo.size
    rows = pyvips.Image.new_from_memory(pixels, photo.stride // bands, height, bands, "uchar")
    image = rows.crop(0, 0, width, height)
    image = image.copy(interpretation="srgb" if bands >= 3 else "b-w")
    return _with_profile(image, photo.info)


def _with_profile(image: pyvips.Image, info: dict[str, object]) -> pyvips.Image:
    profile, numbers = info.get("icc_profile"), info.get("nclx_profile")
    if isinstance(profile, bytes) and profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    elif isinstance(numbers, dict) and numbers.get("color_primaries") == P3:
        image = image.icc_transform("srgb", input_profile="p3")
    return image
