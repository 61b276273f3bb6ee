"""A photo in a grid, as plain values."""

from dataclasses import dataclass

from shop.gallery import media
from shop.models import Photo

LONGER_SIDE_PIXELS = 480


@dataclass(frozen=True)
class Thumbnail:
    pk: int
    address: str
    width: int
    height: int
    is_group: bool


def thumbnail(photo: Photo, *, granted: str) -> Thumbnail:
    """Width and height say the shape only, so that nothing moves when the picture comes."""
    width, height = scaled(photo.width, photo.height, LONGER_SIDE_PIXELS)
    place = media.address(granted, photo.pk, "thumbnail")
    return Thumbnail(photo.pk, place, width, height, photo.is_group)


def scaled(width: int, height: int, longer_side: int) -> tuple[int, int]:
    scale = longer_side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
