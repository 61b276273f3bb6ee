"""Files of real cameras, with whatever they write about place, owner and serial number (G1)."""

import re

import pytest

from shop import images
from tests import camera_files
from tests.served import NAMES, is_bare, made

NO_PHOTOS = {"notjpeg.jpg": "empty", "png_331x90x8_truncated.png": "truncated"}
# A maker's name, a place or a program in a served file would be seen as text.
TRACES = re.compile(
    rb"Exif|GPS|http://|Adobe|Photoshop|ICC_PROFILE|Canon|NIKON|CASIO|OLYMPUS|SONY|Panasonic|RICOH"
)


def test_G1_no_byte_of_what_cameras_wrote_is_served(tmp_path):
    files = camera_files.files()
    if not files:
        pytest.skip("the packages with cameras' files cannot be fetched")
    refused = {}
    traces = 0
    for path in files:
        traces += bool(TRACES.search(path.read_bytes()))
        try:
            made(path.read_bytes(), tmp_path, "photo.jpg")
        except images.Refused as no:
            refused[path.name] = str(no.reason)
            continue
        for name in NAMES:
            assert is_bare(tmp_path / name), path.name
            assert not TRACES.search((tmp_path / name).read_bytes()), path.name

    photos = [path.name for path in files if path.suffix.lower() in camera_files.PHOTOS]
    assert traces >= 10
    assert {name: refused[name] for name in photos if name in refused} == NO_PHOTOS
    assert set(refused) == {path.name for path in files} - set(photos) | set(NO_PHOTOS)
