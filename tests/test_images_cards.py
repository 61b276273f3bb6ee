"""The card with a QR code that is photographed before each child (G2)."""

import pytest
import zxingcpp
from PIL import Image

from tests import odd_images as odd
from tests.served import made

TEXT = "https://photos.example.org/s/studio/AB12-CD34-EF56"


def code(text=TEXT):
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8)
    image = Image.fromarray(drawn) if hasattr(drawn, "__array_interface__") else None
    if image is None:
        view = memoryview(drawn)
        image = Image.frombytes("L", view.shape[::-1], view.tobytes())
    card = Image.new("L", (image.width + 80, image.height + 80), 255)
    card.paste(image, (40, 40))
    return card


def scene(*cards, size=(1500, 1000)):
    """Cards on a table: (side of the card, degrees, place) each."""
    table = odd.corners(*size)
    for card, side, degrees, place in cards:
        small = card.resize((side, side), Image.Resampling.LANCZOS).convert("RGBA")
        turned = small.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
        table.paste(turned, place, turned)
    return table


@pytest.mark.parametrize("degrees", [0, 7, 90, 135, 180, 261])
@pytest.mark.parametrize("save", [odd.jpeg, odd.png])
def test_G2_a_photographed_card_is_read_however_it_is_held(tmp_path, save, degrees):
    done = made(save(scene((code(), 380, degrees, (300, 200)))), tmp_path)

    assert done.card == TEXT


def test_G2_a_card_is_read_from_a_phone_and_on_its_side(tmp_path):
    picture = scene((code(), 380, 3, (300, 200)))

    assert made(odd.heic(picture), tmp_path).card == TEXT
    assert made(odd.jpeg(picture, orientation=6), tmp_path).card == TEXT


def test_G2_a_small_code_in_the_background_makes_no_card(tmp_path):
    done = made(odd.png(scene((code(), 90, 0, (300, 200)))), tmp_path)

    assert done.card is None


def test_G2_two_cards_in_one_photo_are_no_answer(tmp_path):
    both = (code(), 320, 0, (60, 200)), (code("another"), 320, 0, (900, 200))

    assert made(odd.jpeg(scene(*both)), tmp_path).card is None


def test_G2_the_same_card_twice_is_one(tmp_path):
    both = (code(), 320, 0, (60, 200)), (code(), 320, 0, (900, 200))

    assert made(odd.jpeg(scene(*both)), tmp_path).card == TEXT


def test_G2_a_photo_without_a_code_is_no_card(tmp_path):
    assert made(odd.jpeg(), tmp_path).card is None


def test_G2_a_text_beyond_ascii_is_read_as_it_was_written(tmp_path):
    done = made(odd.jpeg(scene((code("Größe Ł"), 320, 0, (60, 200)))), tmp_path)

    assert done.card == "Größe Ł"
