"""The drawn photos of the demo."""

from io import BytesIO

import pytest
from PIL import Image

from config.demo import pictures


def opened(files: dict[str, bytes], name: str) -> Image.Image:
    return Image.open(BytesIO(files[name]))


@pytest.mark.parametrize("people", [1, 9])
def test_a_photo_comes_as_three_jpegs_of_one_shape(people: int) -> None:
    files = pictures.draw(7, people=people, watermark="Demo Studio")

    original, preview, thumbnail = (
        opened(files, name) for name in ("original", "preview", "thumbnail")
    )
    width, height = pictures.size_of(people)
    assert {image.format for image in (original, preview, thumbnail)} == {"JPEG"}
    assert original.size == preview.size == (width, height)
    assert thumbnail.size == (width // 2, height // 2)
    assert (width < height) == (people == 1)


def test_the_same_seed_gives_the_same_photo_and_another_one_another() -> None:
    first, same, other = (
        pictures.draw(seed, people=1, watermark="Demo Studio") for seed in (1, 1, 2)
    )

    assert first == same
    assert first["original"] != other["original"]


def test_the_preview_alone_has_the_watermark() -> None:
    plain = pictures.draw(3, people=1, watermark="")
    marked = pictures.draw(3, people=1, watermark="Demo Studio")

    assert plain["preview"] != marked["preview"]
    assert plain["original"] == marked["original"]
    assert plain["thumbnail"] == marked["thumbnail"]


def test_a_face_stays_the_same_person_on_another_photo() -> None:
    photos = [pictures.draw(seed, people=1, watermark="", face=5) for seed in (1, 2, 3)]

    centres = {opened(files, "thumbnail").getpixel((160, 190)) for files in photos}
    spread = max(max(channel) - min(channel) for channel in zip(*centres, strict=True))
    assert spread < 12
    assert len({files["original"] for files in photos}) == 3
