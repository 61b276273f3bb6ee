"""When two names are the same although they are spelled in different ways. Pure.

Case, accents, separators and the order of first and last name do not count, umlauts may be written
out. Whatever is alike for two persons is left to a person: nothing here chooses.
"""

import re
import unicodedata
from collections.abc import Sequence

LONGEST_TEXT = 200

_WORDS = re.compile(r"[^\W\d_]+|[0-9]+")
_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "æ": "ae", "ø": "oe", "œ": "oe", "ß": "ss"}
)
_DROPPED = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"}
)

Words = tuple[str, ...]


def spellings(text: str) -> tuple[Words, ...]:
    """The words of a text, small and without accents: with umlauts written out, and as vowels.

    A number is a word of its own. One spelling where both are the same.
    """
    small = unicodedata.normalize("NFC", text[:LONGEST_TEXT].casefold())
    return tuple(
        dict.fromkeys(
            tuple(_WORDS.findall(_plain(small.translate(table))))
            for table in (_WRITTEN_OUT, _DROPPED)
        )
    )


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def keys_of(words: Sequence[str]) -> tuple[str, ...]:
    """What a name has in common with its like: written in one word, and in any order."""
    together = "".join(words)
    return (together,) if len(words) < 2 else (together, " ".join(sorted(words)))


def keys(text: str) -> frozenset[str]:
    """All keys of a text. Two texts are alike if they share one. Empty without a letter."""
    return frozenset(key for words in spellings(text) if words for key in keys_of(words))
