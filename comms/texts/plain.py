"""Foreign text made harmless: what may stand in one line, in a header, in a greeting. Pure."""

import re
import unicodedata

ELLIPSIS = "…"
# These change the order in which the text around them is read.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = ("Zl", "Zp")  # line and paragraph separators
_NO_TEXT = ("Cc", "Cs", "Co", "Cn")  # control characters, halves of pairs, private, unassigned
# What a mail program would make a link of: somebody could register a stranger's address under
# such a name, and our greeting would carry it there.
_LIKE_A_LINK = re.compile(r"[/@\\]|\w{2}\.\w{2}|www\.", re.IGNORECASE)


def is_text(character: str) -> bool:
    """Whether it can stand in a text. Line breaks and tabs are control characters: no."""
    return character not in _TURNING and unicodedata.category(character) not in _NO_TEXT


def one_line(text: str, limit: int) -> str:
    """Without line breaks, control characters and what turns the direction; shortened visibly.

    Joiners stay: families of emoji and several scripts need them.
    """
    # Far behind the limit nothing is looked at: a name of a megabyte costs nothing.
    near = text[: 4 * limit + 100]
    spaced = "".join(
        c if is_text(c) and unicodedata.category(c) not in _BREAKS else " " for c in near
    )
    line = " ".join(spaced.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


def lines(text: str, limit: int) -> list[str]:
    """Each line made harmless; all together not longer than the limit."""
    found, left = [], limit
    for raw in text[: 2 * limit].splitlines():
        line = one_line(raw, limit)
        if len(line) > left:
            break
        left -= len(line) + 1
        found.append(line)
    return found


def name(text: str, limit: int) -> str:
    """A person's name for a greeting; nothing if it could be taken for an address."""
    line = one_line(text, limit)
    return "" if _LIKE_A_LINK.search(line) else line
