"""What the rows of a names list say, and what is wrong with each cell. Pure: no database."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from shop.cells import plain_cell
from shop.codes import spelling
from shop.codes.registration import BadAddress, read_address
from shop.models.gallery import NAME_LENGTH
from shop.models.prepay import LONGEST_ANSWER
from shop.names.columns import ANSWERS, Field, Reading
from shop.names.table import LONGEST_CELL, Row, Table, tidy

MOST_CONTACTS = 6  # of one row
LONGEST_PHONE = 40
FEWEST_DIGITS = 5
_PHONE = re.compile(r"\+?[\d\s()/.\-‐-–]+")
_ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#NV"}
_ERROR_VALUES |= {"#BEZUG!", "#WERT!", "#ZAHL!"}
_APOSTROPHES = str.maketrans("’‘`´", "''''")
# How lists name the languages, besides what Django calls them.
_LANGUAGE_WORDS = {"en": "english englisch eng", "de": "german deutsch ger deu"}


@dataclass(frozen=True)
class Said:
    """How somebody can be reached: an e-mail address, a phone number, or both."""

    email: str = ""
    phone: str = ""


@dataclass
class Entry:
    """A row with what it says. `errors` are sentences by field."""

    number: int
    texts: dict[str, str]
    name: str = ""
    album: str = ""
    code: str = ""
    language: str = ""
    contacts: list[Said] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # by the slot of the question
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, where: str, sentence: str) -> None:
        """Say what is wrong; the same is said once."""
        if any(sentence in sentences for sentences in self.errors.values()):
            return
        self.errors.setdefault(where, []).append(sentence)


def entries(table: Table, reading: Reading) -> list[Entry]:
    """Every row that says something in a column that is read."""
    languages = known_languages()
    found = []
    for row in reading.rows_of(table):
        entry = _entry(row, reading, languages)
        if any(entry.texts.values()):
            found.append(entry)
    _compare(found)
    return found


def _entry(row: Row, reading: Reading, languages: dict[str, str]) -> Entry:
    texts = {where: plain_cell(text) for where, text in reading.texts(row).items()}
    entry = Entry(row.number, texts)
    for where, text in entry.texts.items():
        if len(text) > LONGEST_CELL:
            entry.wrong(where, _("This cell is far too long."))
        elif text.upper() in _ERROR_VALUES:
            entry.wrong(where, _("The spreadsheet has an error here: %(text)s.") % {"text": text})
    sound = {where: text for where, text in entry.texts.items() if where not in entry.errors}
    _read_name(entry, sound)
    _read_album(entry, sound.get(Field.ALBUM, ""))
    _read_code(entry, sound.get(Field.CODE, ""))
    _read_language(entry, sound.get(Field.LANGUAGE, ""), languages)
    _read_contacts(entry, sound)
    _read_answers(entry, sound)
    return entry


def _read_name(entry: Entry, sound: dict[str, str]) -> None:
    """What is wrong with the whole name counts as the name's, whatever columns it comes from."""
    parts = [sound.get(part, "") for part in (Field.NAME, Field.FIRST, Field.LAST)]
    entry.name = " ".join(part for part in parts if part)
    if {Field.NAME, Field.FIRST, Field.LAST} & set(entry.errors):
        return
    if not entry.name:
        entry.wrong(Field.NAME, _("The name is missing."))
    elif len(entry.name) > NAME_LENGTH:
        entry.wrong(Field.NAME, _too_long(entry.name, NAME_LENGTH))


def _read_album(entry: Entry, text: str) -> None:
    entry.album = text
    if len(text) > NAME_LENGTH:
        entry.wrong(Field.ALBUM, _too_long(text, NAME_LENGTH))


def _read_code(entry: Entry, text: str) -> None:
    if not text:
        return
    try:
        entry.code = spelling.read(text)
    except spelling.Mistyped:
        sentence = _(
            "This is no access code: a character is wrong or missing. Copy the code once more, or "
            "empty the cell; a new person then gets a new code."
        )
        entry.wrong(Field.CODE, sentence)


def _read_answers(entry: Entry, sound: dict[str, str]) -> None:
    """An empty cell says nothing: it takes no answer away."""
    for where, slot in ANSWERS.items():
        text = sound.get(where, "")
        if len(text) > LONGEST_ANSWER:
            entry.wrong(where, _too_long(text, LONGEST_ANSWER))
        elif text:
            entry.answers[slot] = text


def known_languages() -> dict[str, str]:
    """The codes of the languages by the words for them."""
    known: dict[str, str] = {}
    for code, label in settings.LANGUAGES:
        words = [code, str(label), *_LANGUAGE_WORDS.get(code, "").split()]
        known |= {word.casefold(): code for word in words}
    return known


def _read_language(entry: Entry, text: str, languages: dict[str, str]) -> None:
    if not text:
        return
    word = text.casefold()
    found = languages.get(word) or languages.get(re.split(r"[-_ ]", word)[0])
    if found is None:
        known = ", ".join(code for code, _label in settings.LANGUAGES)
        sentence = _("This language is not known. Write one of: %(known)s.")
        entry.wrong(Field.LANGUAGE, sentence % {"known": known})
    entry.language = found or ""


def _read_contacts(entry: Entry, sound: dict[str, str]) -> None:
    """The first phone number belongs to the first address, and so on; what is over is somebody
    else's, who has no address."""
    emails = [*_emails(entry, sound, Field.EMAIL), *_emails(entry, sound, Field.SECOND_EMAIL)]
    phones = _phones(entry, sound.get(Field.PHONE, ""))
    count = max(len(emails), len(phones))
    if count > MOST_CONTACTS:
        text = _("One person can have %(count)d contacts in a list at most.")
        entry.wrong(Field.EMAIL, text % {"count": MOST_CONTACTS})
        return
    emails += [""] * (count - len(emails))
    phones += [""] * (count - len(phones))
    pairs = [Said(email, phone) for email, phone in zip(emails, phones, strict=True)]
    entry.contacts = [said for said in dict.fromkeys(pairs) if said.email or said.phone]


def _emails(entry: Entry, sound: dict[str, str], where: str) -> Iterator[str]:
    texts = re.split(r"[;,\s]+", sound.get(where, ""))
    addresses = [text.removeprefix("mailto:").strip("<>") for text in texts]
    addresses = [address for address in addresses if address]
    for address in addresses:
        try:
            yield read_address(address)
        except BadAddress as error:
            # The cell stands beside it; of several addresses in it, which one.
            entry.wrong(where, f"{address[:60]}: {error}" if len(addresses) > 1 else str(error))


def _phones(entry: Entry, text: str) -> list[str]:
    phones = []
    for part in text.split(";") if text else []:
        phones.append(part.strip())
        if phones[-1] and not is_phone(phones[-1]):
            entry.wrong(Field.PHONE, _("“%(text)s” is no phone number.") % {"text": part.strip()})
    return phones


def is_phone(text: str) -> bool:
    digits = sum(character.isdecimal() for character in text)
    is_short = len(text) <= LONGEST_PHONE and ";" not in text and text == tidy(text)
    return is_short and digits >= FEWEST_DIGITS and _PHONE.fullmatch(text) is not None


def phone_key(text: str) -> str:
    """What two spellings of one number share."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
    return f"+{digits}" if text.lstrip().startswith("+") else digits


def key(text: str) -> str:
    """What two spellings of one name share."""
    return tidy(text).casefold().translate(_APOSTROPHES)


def _compare(found: Iterable[Entry]) -> None:
    """What only shows beside the other rows: a code twice, a child twice."""
    codes: dict[str, list[Entry]] = {}
    names: dict[tuple[str, str], list[Entry]] = {}
    for entry in found:
        if entry.code:
            codes.setdefault(entry.code, []).append(entry)
        if entry.name:
            names.setdefault((key(entry.name), key(entry.album)), []).append(entry)
    for same in codes.values():
        if len({key(entry.name) for entry in same}) > 1:
            for entry in same:
                other = next(another for another in same if another is not entry)
                entry.wrong(Field.CODE, _code_twice(other))
        else:
            for entry in same[1:]:
                entry.wrong(Field.CODE, same_child(same[0]))
    for same in names.values():
        has_code = [entry for entry in same if entry.code]
        first = (has_code or same)[0]
        for entry in same:
            if entry is not first and not entry.code:
                entry.wrong(Field.NAME, same_child(first))


def same_child(other: Entry) -> str:
    text = _(
        "This is the same person as in row %(number)d. Keep one row: several e-mail addresses go "
        "into one cell with a semicolon between them. If they are two persons, tell them apart by "
        "name, album or code."
    )
    return text % {"number": other.number}


def _code_twice(other: Entry) -> str:
    text = _("This code stands in row %(number)d, too, with another name.")
    return text % {"number": other.number}


def _too_long(text: str, most: int) -> str:
    sentence = _("This is too long: %(count)d characters, and %(most)d are possible.")
    return sentence % {"count": len(text), "most": most}
