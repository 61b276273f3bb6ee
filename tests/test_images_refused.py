"""Files that are no photos, or would cost too much: a sentence each, and nothing else happens."""

import io
import resource
from pathlib import Path

import pytest
from django.utils import translation

from shop import images
from shop.images import children, limits, refusals
from shop.images.reasons import Reason
from tests import odd_images as odd
from tests.served import NAMES, made

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
PHP = b"<?php system($_GET['c']); ?>"
MIDDLE = 2000  # bytes of a file that has more


def pdf():
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF" + odd.jpeg()


HOSTILE = {
    "nothing": (lambda: b"", Reason.EMPTY),
    "text": (lambda: b"Not a photo at all, but a letter." * 40, Reason.UNKNOWN_KIND),
    "an SVG": (lambda: SVG, Reason.OTHER_KIND),
    "an SVG with a comment": (lambda: b"<!-- photo -->" + SVG, Reason.OTHER_KIND),
    "a web page": (lambda: b"<!DOCTYPE html><html></html>", Reason.OTHER_KIND),
    "a PDF": (pdf, Reason.OTHER_KIND),
    "an archive": (odd.archive, Reason.OTHER_KIND),
    "a GIF": (lambda: odd.animation("GIF"), Reason.OTHER_KIND),
    "a GIF that begins like a photo": (lambda: b"GIF89a" + odd.jpeg(), Reason.OTHER_KIND),
    "a WebP": (lambda: odd.animation("WEBP"), Reason.OTHER_KIND),
    "a film": (lambda: b"\x00\x00\x00\x18ftypisom" + bytes(400), Reason.OTHER_KIND),
    "CMYK of 16 bits": (odd.tiff_of_cmyk_with_16_bits, Reason.TIFF_OR_RAW),
    "CMYK of 12 bits": (odd.cmyk_with_12_bits, Reason.DEPTH),
    "an animated PNG": (lambda: odd.animation("PNG"), Reason.MOVES),
    "a series in HEIC": (lambda: b"\x00\x00\x00\x18ftyphevc" + bytes(12), Reason.MOVES),
    "half a JPEG": (lambda: odd.jpeg()[:MIDDLE], Reason.TRUNCATED),
    "a JPEG without its end": (lambda: odd.jpeg()[:-2], Reason.TRUNCATED),
    "a JPEG's first bytes": (lambda: b"\xff\xd8\xff\xe0", Reason.TRUNCATED),
    "half a PNG": (lambda: odd.png()[:-500], Reason.TRUNCATED),
    "half a HEIC": (lambda: odd.heic()[:-500], Reason.TRUNCATED),
    "a JPEG without pixels": (lambda: b"\xff\xd8\xff\xfe\x00\x04ab\xff\xd9", Reason.BROKEN),
    "a PNG with a wrong sum": (lambda: odd.png()[:-30] + b"xxx" + odd.png()[-27:], Reason.BROKEN),
    "a PNG of the wrong pixels": (lambda: odd.bare_png(400, 300, b"\x07" * 900), Reason.BROKEN),
    "a HEIC of noise": (lambda: odd.heic()[:400] + bytes(len(odd.heic()) - 400), Reason.BROKEN),
    "a JPEG with an archive": (lambda: odd.jpeg() + odd.archive(), Reason.TWO_IN_ONE),
    "a PNG with an archive": (lambda: odd.png() + odd.archive(), Reason.TWO_IN_ONE),
    "a HEIC with an archive": (lambda: odd.heic() + odd.archive(), Reason.TWO_IN_ONE),
    "a program in a comment": (
        lambda: odd.with_segment(odd.jpeg(), 0xFE, PHP),
        Reason.TWO_IN_ONE,
    ),
    "a PDF in a comment": (
        lambda: odd.with_segment(odd.jpeg(), 0xFE, b"%PDF-1.4"),
        Reason.TWO_IN_ONE,
    ),
    "a page behind a JPEG": (lambda: odd.jpeg() + b"<HTML><body>", Reason.TWO_IN_ONE),
    "a page in a PNG": (
        lambda: odd.with_chunk(odd.png(), b"tEXt", b"x\0<script>alert(1)</script>"),
        Reason.TWO_IN_ONE,
    ),
    "a program behind a HEIC": (lambda: odd.heic() + PHP, Reason.TWO_IN_ONE),
    "a PNG of 900 megapixels": (
        lambda: odd.bare_png(30_000, 30_000, bytes(1000)),
        Reason.TOO_MANY_PIXELS,
    ),
    "a JPEG of 900 megapixels": (
        lambda: odd.with_frame(odd.jpeg(), size=(30_000, 30_000)),
        Reason.TOO_MANY_PIXELS,
    ),
    "a HEIC of 900 megapixels": (odd.large_heic, Reason.TOO_MANY_PIXELS),
    "a line of a million pixels": (
        lambda: odd.bare_png(1_000_000, 1, bytes(3_000_001)),
        Reason.TOO_MANY_PIXELS,
    ),
    "an interlaced PNG of 100 megapixels": (
        lambda: odd.bare_png(10_000, 10_000, bytes(1000), interlaced=1),
        Reason.TOO_MANY_AT_ONCE,
    ),
    "a progressive JPEG of 100 megapixels": (
        lambda: odd.with_frame(odd.jpeg(progressive=True), size=(10_000, 10_000)),
        Reason.TOO_MANY_AT_ONCE,
    ),
    "a JPEG without a height": (lambda: odd.with_frame(odd.jpeg(), size=(600, 0)), Reason.BROKEN),
    "a JPEG of two sizes": (
        lambda: odd.with_segment(odd.jpeg(), 0xC0, bytes((8, 0, 9, 0, 9, 1, 1, 17, 0))),
        Reason.BROKEN,
    ),
    "a JPEG of many scans": (lambda: odd.many_scans(200), Reason.TOO_MUCH_WORK),
    "a JPEG of many parts": (lambda: b"\xff\xd8" + b"\xff\x01" * 200_000, Reason.BROKEN),
    "a PNG of many parts": (
        lambda: odd.png()[:33] + odd.chunk(b"teSt", b"") * 120_000 + odd.png()[33:],
        Reason.BROKEN,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_G1_a_hostile_file_is_refused_and_the_next_one_is_made(tmp_path, name):
    build, reason = HOSTILE[name]

    with pytest.raises(images.Refused) as refused:
        made(build(), tmp_path)

    assert refused.value.reason == reason
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
    assert made(odd.jpeg(), tmp_path).kind == ".jpg"


@pytest.mark.parametrize(
    "behind",
    [b"\x00" * 700, odd.jpeg()[:5000] * 2, b"\x00\x00\x00\x18ftypmp42" + bytes(900), b"SEFHSEFT"],
    ids=["fill", "a second picture", "a moving picture", "a phone's trailer"],
)
def test_G1_what_cameras_write_behind_a_photo_is_no_reason_to_refuse(tmp_path, behind):
    assert made(odd.jpeg() + behind, tmp_path).kind == ".jpg"


def test_G1_text_that_unpacks_to_a_hundred_megabytes_is_never_unpacked(tmp_path):
    packed = b"text\x00\x00" + odd.zlib.compress(bytes(100_000_000))
    for name in (b"zTXt", b"iCCP"):
        made(odd.with_chunk(odd.png(), name, packed), tmp_path)

    assert peak_of_children() < limits.MEMORY_BYTES


def peak_of_children():
    peaks = []
    for child in children._spare:
        status = Path(f"/proc/{child.pid}/status").read_text()
        peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
    assert peaks
    return max(peaks)


def test_G1_a_file_of_too_many_bytes_is_refused_unread(tmp_path):
    source = tmp_path / "large.jpg"
    with source.open("wb") as file:
        file.truncate(limits.MOST_BYTES + 1)

    with pytest.raises(images.Refused) as refused:
        images.make(source, tmp_path, watermark="x")

    assert refused.value.reason == Reason.TOO_MANY_BYTES
    assert str(refused.value).startswith("The file has 101 MB; at most 100 MB are possible.")


def test_every_reason_is_a_sentence_in_the_reader_s_language():
    facts = {"megabytes": 101, "kind": "GIF", "width": 1, "height": 2}

    with translation.override("en"):
        sentences = {str(refusals.Refused(reason, **facts)) for reason in Reason}

    assert len(sentences) == len(Reason)
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in sentences)


def test_a_full_disk_is_not_the_photo_s_fault(tmp_path, monkeypatch):
    source = tmp_path / "a.jpg"
    source.write_bytes(odd.jpeg())
    child = children.spare()
    # The child may write no byte more: what a full disk is to it.
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (0, 0))
    monkeypatch.setattr(children, "spare", lambda: child)
    monkeypatch.setattr(children, "keep", lambda child: child.end())

    with pytest.raises((images.MakingFailed, images.Refused)) as failed:
        images.make(source, tmp_path, watermark="x")

    assert failed.type is images.MakingFailed
    assert not set(NAMES) & {path.name for path in tmp_path.iterdir()}


def test_a_photo_that_is_gone_is_an_error_of_ours(tmp_path):
    with pytest.raises(FileNotFoundError):
        images.make(tmp_path / "gone.jpg", tmp_path, watermark="x")


def test_the_archive_s_own_comment_does_not_hide_it(tmp_path):
    data = io.BytesIO(odd.jpeg() + odd.archive())
    with odd.zipfile.ZipFile(data, "a") as files:
        files.comment = b"x" * 60_000

    with pytest.raises(images.Refused) as refused:
        made(data.getvalue(), tmp_path)

    assert refused.value.reason == Reason.TWO_IN_ONE
