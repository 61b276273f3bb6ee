"""A small language for file names, and who is meant by a name. Pure.

    {name}     the person's name, in any order and spelling
    {class}    the album of the person, to tell two of one name apart
    {code}     the person's access code
    {number}   digits
    *          anything, or nothing

Everything else stands for itself; all separators are alike. No pattern can be slow: names are cut
into words, and a part that fits nobody ends the search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from re import compile as compiled

from django.utils.translation import gettext as _

from shop.codes import spelling
from shop.sorting import likeness

LONGEST_PATTERN = 100
MOST_STARS = 2
MOST_WORDS = 24  # of a file name; whatever is longer names nobody
_MOST_OF_NAME, _MOST_OF_CLASS = 8, 6  # words

_PIECES = compiled(r"\{(.*?)\}|(\*)|([^{}*]+)|([{}])")
NAME, CLASS, CODE, NUMBER, STAR = "name", "class", "code", "number", "*"
_PLACES = (NAME, CLASS, CODE, NUMBER)


class BadPattern(Exception):
    """The text is no pattern. The message is a sentence for a person."""


@dataclass(frozen=True)
class Piece:
    kind: str  # one of _PLACES, STAR, or empty for a word that stands for itself
    word: str = ""


@dataclass(frozen=True)
class People:
    """The persons of a job by what file names may say of them."""

    names: Mapping[str, frozenset[int]] = field(default_factory=dict)
    classes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Meant:
    """Whom a file name names: nobody, one, or several among whom a person has to choose."""

    subjects: frozenset[int] = frozenset()
    unknown_code: str = ""  # a right code, but of nobody here


def parse(text: str) -> tuple[Piece, ...]:
    """Raises BadPattern."""
    if len(text) > LONGEST_PATTERN:
        raise BadPattern(
            _("That is too long for a pattern. It has %(count)d characters at most.")
            % {"count": LONGEST_PATTERN}
        )
    found: list[Piece] = []
    for place, star, literal, stray in _PIECES.findall(_without_extension(text)):
        if stray:
            raise BadPattern(_("A “{” or “}” stands alone. Write for example {name}."))
        if star:
            found.append(Piece(STAR))
        elif literal:
            words = likeness.spellings(literal)[0]
            found.extend(Piece("", word) for word in words)
        else:
            found.append(_place(place))
    _check(found)
    return tuple(found)


def _without_extension(text: str) -> str:
    """“{name}.jpg” means the same as “{name}”."""
    stem, dot, extension = text.strip().rpartition(".")
    return stem if dot and extension.isalnum() and len(extension) <= 4 else text.strip()


def _place(text: str) -> Piece:
    kind = text.strip().lower()
    if kind not in _PLACES:
        raise BadPattern(
            _("“{%(word)s}” is unknown. There are {name}, {class}, {code}, {number} and *.")
            % {"word": text[:40]}
        )
    return Piece(kind)


def _check(pieces: Sequence[Piece]) -> None:
    kinds = [piece.kind for piece in pieces]
    if NAME not in kinds and CODE not in kinds:
        raise BadPattern(_("A pattern needs {name} or {code}, which say who is on the photo."))
    for kind in (NAME, CLASS, CODE):
        if kinds.count(kind) > 1:
            raise BadPattern(_("“{%(word)s}” can be there once.") % {"word": kind})
    if kinds.count(STAR) > MOST_STARS or kinds.count(NUMBER) > MOST_STARS:
        raise BadPattern(_("There can be two * and two {number}."))


def meant(pieces: Sequence[Piece], file_name: str, people: People) -> Meant | None:
    """Whom the file name names; None if it is not made like the pattern at all."""
    found: set[int] = set()
    unknown, fits = "", False
    for words in likeness.spellings(_without_folder(file_name)):
        if len(words) > MOST_WORDS:
            continue
        for who, code in _readings(pieces, words, people):
            fits = True
            found |= who or frozenset()
            unknown = unknown or ("" if code in people.codes else code)
    if not fits:
        return None
    return Meant(frozenset(found), "" if found else unknown)


def _without_folder(file_name: str) -> str:
    return file_name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]


Reading = tuple[frozenset[int] | None, str]  # who it can be (None: anybody), and the code


def _readings(
    pieces: Sequence[Piece],
    words: likeness.Words,
    people: People,
    who: frozenset[int] | None = None,
    code: str = "",
) -> Iterator[Reading]:
    """Every way in which the words can be read so. Ways that lead to nobody end at once."""
    if not pieces:
        if not words:
            yield who, code
        return
    piece, rest = pieces[0], pieces[1:]
    for count in _lengths(piece, len(words)):
        part = words[:count]
        if piece.kind == "" and part != (piece.word,):
            continue
        if piece.kind == NUMBER and not part[0].isdecimal():
            continue
        now, read = who, code
        if piece.kind in (NAME, CLASS, CODE):
            named, read = _named(piece.kind, part, people, code)
            if named is None:
                continue
            now = named if who is None else who & named
            if not now and not read:
                continue
        yield from _readings(rest, words[count:], people, now, read)


def _lengths(piece: Piece, left: int) -> range:
    """How many words a piece can take."""
    if piece.kind == STAR:
        return range(left + 1)
    most = {NAME: _MOST_OF_NAME, CLASS: _MOST_OF_CLASS, CODE: spelling.LENGTH}.get(piece.kind, 1)
    return range(1, min(most, left) + 1)


def _named(
    kind: str, part: likeness.Words, people: People, code: str
) -> tuple[frozenset[int] | None, str]:
    """Who these words can be, and the code; None if they cannot be such a part."""
    if kind != CODE:
        known = people.names if kind == NAME else people.classes
        found = frozenset[int]().union(*(known.get(key, ()) for key in likeness.keys_of(part)))
        return found or None, code
    text = "".join(part)
    if len(text) != spelling.LENGTH:
        return None, code
    try:
        read = spelling.read(text)
    except spelling.Mistyped:
        return None, code
    return (frozenset({people.codes[read]}) if read in people.codes else frozenset()), read
