"""What a file is, by its first bytes, and what is hidden in it. Its name says nothing."""

import re

from shop.images.reasons import NotTaken, Reason

JPEG, PNG, HEIC = ".jpg", ".png", ".heic"

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_MOVING_BRANDS = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_OTHERS = (
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "ZIP"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"....ftyp", re.DOTALL), "MP4"),
    (re.compile(rb"\x00\x00\x00\x0cJXL |\xff\x0a"), "JPEG XL"),
    (re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"[^\x00]{0,1000}<svg[\s>]", re.IGNORECASE), "SVG"),
    (re.compile(rb"[^\x00]{0,1000}<(?:html|!doctype html|script)", re.IGNORECASE), "HTML"),
)
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"IIU\x00", b"FUJIFILMCCD-RAW")
# Canon's raw files are TIFF or, newer, a brand of their own.
_RAW = re.compile(rb"....ftypcrx ", re.DOTALL)

# What another program would open, wherever it finds it. None of it is in a camera's file.
_HIDDEN = re.compile(
    rb"%PDF-|<\?php|<script|<html|<!doctype html|<svg|<iframe|#!/"
    rb"|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF\x02|\x7fELF\x01",
    re.IGNORECASE,
)
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 65_557  # bytes from the end in which unpackers look


def kind_of(head: bytes) -> str:
    """By the first kilobyte. Raises NotTaken with the name of what it is instead."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[4:8] == b"ftyp" and _is_heic(head):
        return HEIC
    if head.startswith(_TIFF) or _RAW.match(head):
        raise NotTaken(Reason.TIFF_OR_RAW)
    for pattern, name in _OTHERS:
        if pattern.match(head):
            raise NotTaken(Reason.OTHER_KIND, kind=name)
    raise NotTaken(Reason.UNKNOWN_KIND)


def _is_heic(head: bytes) -> bool:
    brand = head[8:12]
    compatible = head[16 : int.from_bytes(head[:4])]
    if brand in _MOVING_BRANDS:
        raise NotTaken(Reason.MOVES)
    return brand in _HEIC_BRANDS and b"avif" not in compatible


def refuse_hidden(part: bytes) -> None:
    """A part of the file that holds no pixels: text, camera data, or what comes after the end."""
    if _HIDDEN.search(part):
        raise NotTaken(Reason.TWO_IN_ONE)


def refuse_archive(tail: bytes) -> None:
    """An archive's directory is at the end of a file, whatever comes before."""
    at = tail.rfind(_ZIP_END, -_ZIP_TAIL)
    # With as many bytes of comment as it says: four bytes alone might be chance.
    if at >= 0 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") <= len(tail):
        raise NotTaken(Reason.TWO_IN_ONE)
