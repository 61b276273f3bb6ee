"""A photo becomes a thumbnail and a preview, upright, in the web's colours, and bare (G1)."""

import pytest
from PIL import Image

from shop import images
from tests import odd_images as odd
from tests.served import NAMES, is_bare, made, opened

NEAR = 12  # of 255: what compression may change
# Where each corner of the upright picture lies in a file with this orientation.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def corners_of(image):
    width, height = image.size
    places = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    return [image.convert("RGB").getpixel((int(width * x), int(height * y))) for x, y in places]


def is_near(found, expected, most=NEAR):
    pairs = zip(sum(found, ()), sum(expected, ()), strict=True)
    return all(abs(is_ - should) <= most for is_, should in pairs)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_G1_a_photo_is_turned_upright_whatever_way_it_lies(tmp_path, kind, orientation):
    how = STORED[orientation]
    stored = odd.corners() if how is None else odd.corners().transpose(how)
    if kind == "jpeg":
        data = odd.jpeg(stored, orientation=orientation)
    else:
        data = odd.png(stored, exif=odd.exif(orientation))

    done = made(data, tmp_path)

    assert (done.width, done.height) == (600, 400)
    for name in ("thumbnail.webp", "thumbnail.jpg"):
        assert opened(tmp_path, name).size == (480, 320)
        assert is_near(corners_of(opened(tmp_path, name)), odd.CORNERS)


@pytest.mark.parametrize("orientation", [0, 9, 60_000])
def test_G1_an_orientation_that_does_not_exist_turns_nothing(tmp_path, orientation):
    made(odd.jpeg(orientation=orientation), tmp_path)

    assert is_near(corners_of(opened(tmp_path)), odd.CORNERS)


def test_G1_a_heic_is_turned_by_its_own_rule_and_not_twice(tmp_path):
    done = made(odd.heic(exif=odd.exif(6)), tmp_path, "phone.heic")

    thumbnail = opened(tmp_path)
    upright = odd.corners().transpose(Image.Transpose.ROTATE_270)
    assert (done.width, done.height, done.kind) == (400, 600, ".heic")
    assert is_near(corners_of(thumbnail), corners_of(upright), most=24)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("photo.jpg", odd.jpeg, ".jpg"),
        ("progressive.jpg", lambda: odd.jpeg(progressive=True), ".jpg"),
        ("a png.jpg", odd.png, ".png"),
        ("a jpeg.heic", odd.jpeg, ".jpg"),
        ("no ending", odd.heic, ".heic"),
        ("[page=1].jpg", odd.jpeg, ".jpg"),
    ],
)
def test_G1_nothing_but_pixels_is_served(tmp_path, name, data, kind):
    done = made(data(), tmp_path, name)

    assert done == images.Made(600, 400, kind, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, *NAMES])
    for served in NAMES:
        assert is_bare(tmp_path / served)
        assert not [secret for secret in odd.SECRETS if secret in (tmp_path / served).read_bytes()]


def test_the_camera_files_of_these_tests_do_have_secrets(tmp_path):
    for data in (odd.jpeg(), odd.png(), odd.heic()):
        assert len([secret for secret in odd.SECRETS if secret in data]) == 4
    (tmp_path / "a.jpg").write_bytes(odd.jpeg())

    assert not is_bare(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("size", "preview", "thumbnail"),
    [
        ((3000, 2000), (1600, 1067), (480, 320)),
        ((1000, 2500), (640, 1600), (192, 480)),
        ((1600, 900), (1600, 900), (480, 270)),
        ((500, 300), (500, 300), (480, 288)),
        ((40, 30), (40, 30), (40, 30)),
        ((1, 1), (1, 1), (1, 1)),
        ((9000, 2), (1600, 1), (480, 1)),
    ],
)
def test_G1_a_photo_is_made_smaller_and_never_larger(tmp_path, size, preview, thumbnail):
    done = made(odd.png(Image.new("RGB", size, odd.RED)), tmp_path)

    assert (done.width, done.height) == size
    assert [opened(tmp_path, name).size for name in NAMES] == [
        preview,
        preview,
        thumbnail,
        thumbnail,
    ]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
def test_G1_every_way_to_write_colours_can_be_shown(tmp_path, mode):
    image = odd.corners().convert("L").convert("I;16") if mode == "I;16" else odd.corners()
    image = image.point(lambda grey: grey * 257) if mode == "I;16" else image.convert(mode)

    made(odd.jpeg(image) if mode == "CMYK" else odd.png(image), tmp_path)

    is_grey = mode in ("L", "LA", "1", "I;16")
    expected = corners_of(odd.corners().convert("L" if is_grey else "RGB"))
    found = opened(tmp_path)
    assert found.mode == "RGB"
    if mode != "1":
        # Inks on paper cannot shine like a screen; exchanged colours would be further off.
        assert is_near(corners_of(found), expected, most=100 if mode == "CMYK" else 30)


def test_G1_what_is_transparent_becomes_white(tmp_path):
    made(odd.png(Image.new("RGBA", (300, 200), (0, 0, 0, 0))), tmp_path)

    assert is_near(corners_of(opened(tmp_path)), [(255, 255, 255)] * 4)


@pytest.mark.parametrize("save", [odd.jpeg, odd.png, odd.heic])
def test_G1_the_profile_says_what_the_colours_are(tmp_path, save):
    image, profile = odd.in_exchanged_colours(odd.corners())

    made(save(image, icc_profile=profile), tmp_path)

    assert is_near(corners_of(opened(tmp_path)), odd.CORNERS, most=30)


@pytest.mark.parametrize("profile", [b"", b"nonsense" * 40, bytes(3000)])
def test_G1_a_broken_profile_is_no_reason_to_refuse(tmp_path, profile):
    made(odd.jpeg(icc_profile=profile), tmp_path)

    assert is_near(corners_of(opened(tmp_path)), odd.CORNERS)


def test_G1_the_same_photo_gives_the_same_files_again(tmp_path):
    first = made(odd.jpeg(), tmp_path)
    files = {name: (tmp_path / name).read_bytes() for name in NAMES}

    again = made(odd.jpeg(), tmp_path)

    assert again == first
    assert {name: (tmp_path / name).read_bytes() for name in NAMES} == files


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_G1_the_name_is_seen_on_light_and_dark_and_on_the_preview_only(tmp_path, colour):
    made(odd.png(Image.new("RGB", (900, 600), colour)), tmp_path)

    grey = opened(tmp_path, "preview.jpg").convert("L")
    thirds = [
        grey.crop((x, y, x + 300, y + 200)).getextrema()
        for x in (0, 300, 600)
        for y in (0, 200, 400)
    ]
    assert min(high - low for low, high in thirds) > 50
    thumbnail = opened(tmp_path, "thumbnail.jpg").convert("L").getextrema()
    assert thumbnail[1] - thumbnail[0] <= NEAR


@pytest.mark.parametrize("name", ["", "\u200b", "中村", "Ελένη", "Łódź", "x" * 500, "\x00\n<b>"])
def test_G1_no_name_leaves_a_preview_unmarked(tmp_path, name):
    (tmp_path / "a.png").write_bytes(odd.png(Image.new("RGB", (900, 600), "black")))

    images.make(tmp_path / "a.png", tmp_path, watermark=name)

    low, high = opened(tmp_path, "preview.jpg").convert("L").getextrema()
    assert high - low > 50
