"""The build of a file, walked part by part before any library decodes it.

What it finds: how many pixels there would be, whether the file is complete, whether there is more
in it than a photo. Bounded by the number of parts; pixels are stepped over, not looked at.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shop.images import limits
from shop.images.kinds import HEIC, JPEG, PNG, kind_of, refuse_archive, refuse_hidden
from shop.images.reasons import NotTaken, Reason

_HEAD = 1024
# Within a scan of a JPEG: a marker that is neither a stuffed byte nor a restart nor a filler.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN, _END = 0xDA, 0xD9
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # frames; the others are tables
_ORDINARY = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what browsers know
_PROGRESSIVE = 0xC2
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_BOX_NAME = re.compile(rb"[\x20-\x7e]{4}")


@dataclass(frozen=True)
class Header:
    kind: str
    width: int = 0  # 0 of a HEIC, whose own library says it
    height: int = 0


def read(path: Path) -> Header:
    """Raises NotTaken."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        kind = kind_of(data[:_HEAD])
        header = {JPEG: _jpeg, PNG: _png, HEIC: _heic}[kind](data)
        refuse_archive(data[-70_000:])
    return header


def check_size(width: int, height: int, *, at_once: bool) -> None:
    facts = {"width": width, "height": height}
    if min(width, height) < 1:
        raise NotTaken(Reason.BROKEN)
    if width * height > limits.MOST_PIXELS or max(width, height) > limits.LONGEST_SIDE:
        raise NotTaken(Reason.TOO_MANY_PIXELS, **facts)
    if at_once and width * height > limits.MOST_PIXELS_AT_ONCE:
        raise NotTaken(Reason.TOO_MANY_AT_ONCE, **facts)


def _jpeg(data: mmap.mmap) -> Header:
    header, scans = None, 0
    for marker, start, end in _segments(data):
        if marker in _SIZES:
            if header is not None:
                raise NotTaken(Reason.BROKEN)
            header = _frame(marker, data[start:end])
        elif marker == _SCAN:
            scans += 1
            if scans > limits.MOST_SCANS:
                raise NotTaken(Reason.TOO_MUCH_WORK)
        else:
            refuse_hidden(data[start:end])
    if header is None or not scans:
        raise NotTaken(Reason.BROKEN)
    return header


def _segments(data: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of its content; at last what follows the end of the photo."""
    at = 2
    for _count in range(limits.MOST_PARTS):
        at = data.find(b"\xff", at)
        while at >= 0 and data[at + 1 : at + 2] == b"\xff":
            at += 1  # fillers
        if at < 0 or at + 4 > len(data) + 2 * (data[at + 1 : at + 2] == b"\xd9"):
            raise NotTaken(Reason.TRUNCATED)
        marker, start = data[at + 1], at + 4
        if marker == _END:
            yield marker, at + 2, len(data)
            return
        if marker in _ALONE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if end > len(data):
            raise NotTaken(Reason.TRUNCATED)
        yield marker, start, end
        at = _after_scan(data, end) if marker == _SCAN else max(end, start)
    raise NotTaken(Reason.BROKEN)


def _after_scan(data: mmap.mmap, at: int) -> int:
    found = _NEXT_MARKER.search(data, at)
    if found is None:
        raise NotTaken(Reason.TRUNCATED)
    return found.start()


def _frame(marker: int, content: bytes) -> Header:
    if len(content) < 6:
        raise NotTaken(Reason.BROKEN)
    if marker not in _ORDINARY or content[0] != 8:
        raise NotTaken(Reason.DEPTH)
    height, width = int.from_bytes(content[1:3]), int.from_bytes(content[3:5])
    check_size(width, height, at_once=marker == _PROGRESSIVE)
    return Header(JPEG, width, height)


def _png(data: mmap.mmap) -> Header:
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise NotTaken(Reason.BROKEN)
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    check_size(width, height, at_once=data[28] != 0)
    at = 8
    for _count in range(limits.MOST_PARTS):
        if at + 12 > len(data):
            raise NotTaken(Reason.TRUNCATED)
        end, name = at + 12 + int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if end > len(data):
            raise NotTaken(Reason.TRUNCATED)
        if name == b"acTL":
            raise NotTaken(Reason.MOVES)
        if name not in (b"IDAT", b"IHDR"):
            refuse_hidden(data[at + 8 : end])
        at = end
        if name == b"IEND":
            refuse_hidden(data[at:])
            return Header(PNG, width, height)
    raise NotTaken(Reason.BROKEN)


def _heic(data: mmap.mmap) -> Header:
    at = 0
    for _count in range(limits.MOST_PARTS):
        if at == len(data):
            return Header(HEIC)
        size, name, content = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], at + 8
        if not _BOX_NAME.fullmatch(name):
            refuse_hidden(data[at:])  # after the last box
            return Header(HEIC)
        if size == 1:
            size, content = int.from_bytes(data[at + 8 : at + 16]), at + 16
        end = at + size if size else len(data)
        if end > len(data):
            refuse_hidden(data[at:])  # if it is no box at all
            raise NotTaken(Reason.TRUNCATED)
        if end < content:
            raise NotTaken(Reason.BROKEN)
        if name != b"mdat":
            refuse_hidden(data[content:end])
        at = end
    raise NotTaken(Reason.BROKEN)
