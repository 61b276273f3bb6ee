"""Which profiles are the web's own colours already. Converting those anew doubles the price."""

import struct

# Red, green and blue of sRGB, as a profile writes them (D50); others differ by a tenth.
_COLOURS = {
    b"rXYZ": (0.4361, 0.2225, 0.0139),
    b"gXYZ": (0.3851, 0.7169, 0.0971),
    b"bXYZ": (0.1431, 0.0606, 0.7141),
}
_NEAR = 0.003
_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))
_TAGS = 128  # bytes of the header before the table of tags
_MOST_TAGS = 100


def is_srgb(profile: bytes) -> bool:
    """By its name and by its colours: neither alone would do."""
    try:
        tags = _tags(profile)
        named = profile[slice(*tags[b"desc"])]
        return any(name in named for name in _NAMES) and all(
            _is_near(profile[slice(*tags[tag])], colour) for tag, colour in _COLOURS.items()
        )
    except (KeyError, struct.error):
        return False


def _tags(profile: bytes) -> dict[bytes, tuple[int, int]]:
    count = min(struct.unpack_from(">I", profile, _TAGS)[0], _MOST_TAGS)
    rows = (struct.unpack_from(">4sII", profile, _TAGS + 4 + 12 * n) for n in range(count))
    return {name: (start, start + length) for name, start, length in rows}


def _is_near(tag: bytes, colour: tuple[float, ...]) -> bool:
    found = (number / 65536 for number in struct.unpack_from(">3i", tag, 8))
    return all(abs(is_ - should) < _NEAR for is_, should in zip(found, colour, strict=True))
