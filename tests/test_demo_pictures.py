"""The drawn photos of the demo."""

from io import BytesIO

import pytest
from PIL import Image

from config.demo import pictures


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("people", [1, 9])
def test_one_person_is_a_portrait_and_several_are_wide(people: int) -> None:
    image = opened(pictures.draw(7, people=people))

    assert image.format == "JPEG"
    assert (image.width < image.height) == (people == 1)


def test_the_same_seed_gives_the_same_photo_and_another_one_another() -> None:
    first, same, other = (pictures.draw(seed, people=1) for seed in (1, 1, 2))

    assert first == same
    assert first != other


def test_a_face_stays_the_same_person_on_another_photo() -> None:
    photos = [pictures.draw(seed, people=1, face=5) for seed in (1, 2, 3)]

    centres = [opened(photo).getpixel((320, 380)) for photo in photos]
    spread = max(max(channel) - min(channel) for channel in zip(*centres, strict=True))
    assert spread < 12
    assert len(set(photos)) == 3
