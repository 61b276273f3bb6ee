"""What each column of a names list says: guessed from its heading, or chosen by a person. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.models import PrepayQuestion
from shop.names.table import Row, Table


class Field(TextChoices):
    NAME = "name", gettext_lazy("Name")
    FIRST = "first", gettext_lazy("First name")
    LAST = "last", gettext_lazy("Last name")
    ALBUM = "album", gettext_lazy("Album")
    CODE = "code", gettext_lazy("Access code")
    EMAIL = "email", gettext_lazy("E-mail")
    SECOND_EMAIL = "email2", gettext_lazy("Second e-mail")
    PHONE = "phone", gettext_lazy("Phone")
    LANGUAGE = "language", gettext_lazy("Language")
    TEACHER = "answer1", gettext_lazy("Teacher")
    FIRST_ANSWER = "answer2", gettext_lazy("Answer to your first own question")
    SECOND_ANSWER = "answer3", gettext_lazy("Answer to your second own question")
    THIRD_ANSWER = "answer4", gettext_lazy("Answer to your third own question")


# What a prepay shop asks besides the name and the class. Read only for a job that asks it.
ANSWERS = {
    Field.TEACHER: PrepayQuestion.Slot.TEACHER,
    Field.FIRST_ANSWER: PrepayQuestion.Slot.FIRST,
    Field.SECOND_ANSWER: PrepayQuestion.Slot.SECOND,
    Field.THIRD_ANSWER: PrepayQuestion.Slot.THIRD,
}
NOTHING = "-"  # of a column that is not read
_SEPARATOR = "."  # between the columns in an address
# As headings are compared: small letters and digits only, umlauts written out.
HEADINGS: dict[str, Field] = {
    heading: field
    for field, headings in {
        Field.NAME: "name names fullname completename nameofchild childname childsname child pupil"
        " pupilname student studentname studentsname person subject participant player"
        " vollstaendigername gesamtname namedeskindes kindname kind schueler schuelername"
        " schuelerin schuelerinnen namevorname vornamename vorundnachname nameschueler"
        " fotografierteperson teilnehmer teilnehmerin spieler",
        Field.FIRST: "firstname forename givenname first vorname rufname vornamen"
        " vornamedeskindes childfirstname studentfirstname",
        Field.LAST: "lastname surname familyname last nachname familienname zuname"
        " nachnamedeskindes childlastname studentlastname",
        Field.ALBUM: "album class classname group groupname team form grade year section"
        " homeroom klasse klassen klassenname gruppe gruppenname kurs mannschaft stufe jahrgang"
        " kindergartengruppe",
        Field.CODE: "accesscode code key photocode gallerycode zugangscode zugangskode zugang"
        " fotocode kennwort galeriecode freischaltcode",
        Field.EMAIL: "email mail emailaddress mailaddress email1 parentemail parentsemail"
        " motheremail contactemail emailadresse mailadresse emaileltern elternemail emailmutter"
        " emailadresse1 mail1 emailaddress1 emails",
        Field.SECOND_EMAIL: "secondemail email2 mail2 fatheremail parent2email emailaddress2"
        " otheremail zweiteemail weitereemail emailvater emailadresse2 zweiteemailadresse"
        " weitereemailadresse 2email",
        Field.PHONE: "phone phonenumber telephone mobile mobilephone mobilenumber cell cellphone"
        " tel telefon telefonnummer handy handynummer mobil mobiltelefon mobilnummer phones"
        " telnr rufnummer",
        Field.LANGUAGE: "language lang locale sprache korrespondenzsprache",
    }.items()
    for heading in headings.split()
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Reading:
    """How a table is read: what its columns say, and whether its first row names them."""

    columns: tuple[str, ...]  # values of Field, or NOTHING
    has_headings: bool

    def rows_of(self, table: Table) -> tuple[Row, ...]:
        return table.rows[1:] if self.has_headings else table.rows

    def texts(self, row: Row) -> dict[str, str]:
        """What a row says, by field."""
        pairs = zip(self.columns, row.cells, strict=False)
        return {column: text for column, text in pairs if column != NOTHING}


def guess(table: Table, remembered: Mapping[str, str]) -> Reading:
    """How a person would read it. `remembered` are headings and what they meant last time."""
    head = [normal(cell) for cell in table.rows[0].cells] + [""] * table.width
    known = {heading: field.value for heading, field in HEADINGS.items()} | dict(remembered)
    columns = [known.get(heading, NOTHING) for heading in head[: table.width]]
    has_headings = any(column != NOTHING for column in columns)
    if not has_headings:
        columns = [_by_content(table, column) for column in range(table.width)]
        # Names without a heading are the first column that is nothing else.
        if NOTHING in columns and all(column == NOTHING for column in columns[:1]):
            columns[0] = Field.NAME
        has_headings = "@" not in " ".join(table.rows[0].cells) and table.width > 1
    return Reading(tuple(_once(columns)), has_headings)


def _by_content(table: Table, column: int) -> str:
    cells = [row.cells[column] for row in table.rows[1:50] if len(row.cells) > column]
    addresses = sum("@" in cell for cell in cells)
    return str(Field.EMAIL) if addresses and addresses * 2 > len(cells) else NOTHING


def _once(columns: Sequence[str]) -> list[str]:
    """Each field once; a second e-mail column is the second e-mail."""
    seen: list[str] = []
    both_parts = {Field.FIRST, Field.LAST} <= set(columns)
    for column in columns:
        if column == Field.EMAIL and column in seen and Field.SECOND_EMAIL not in columns:
            column = str(Field.SECOND_EMAIL)
        is_spare = column in seen or (both_parts and column == Field.NAME)
        # “Name” beside “Vorname” is the last name.
        if column == Field.NAME and Field.FIRST in columns and not both_parts:
            column = str(Field.LAST)
        seen.append(NOTHING if is_spare else str(column))
    return seen


def normal(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold().translate(_UMLAUTS)
    return re.sub(r"[\W_]+", "", text)[:100]


def problems(columns: Sequence[str]) -> list[str]:
    """Sentences for why a table cannot be read so. Empty if it can."""
    found = []
    for field in Field:
        if columns.count(field) > 1:
            text = _("“%(field)s” is chosen for several columns. Choose it for one.")
            found.append(text % {"field": field.label})
    has_parts = Field.FIRST in columns or Field.LAST in columns
    if Field.NAME in columns and has_parts:
        found.append(_("Choose either the whole name, or the first and the last name."))
    elif Field.NAME not in columns and not has_parts:
        found.append(_("Choose the column with the name."))
    return found


def remembered(table: Table, reading: Reading) -> dict[str, str]:
    """What to remember of a choice for the next list of this kind."""
    if not reading.has_headings:
        return {}
    pairs = zip(table.rows[0].cells, reading.columns, strict=False)
    return {normal(cell): column for cell, column in pairs if normal(cell)}


def written(reading: Reading) -> dict[str, str]:
    """The choice as parameters of an address, which keeps no hidden fields and no state."""
    return {
        "columns": _SEPARATOR.join(reading.columns),
        "head": "1" if reading.has_headings else "0",
    }


def from_address(columns: str, head: str, *, width: int) -> Reading | None:
    """The choice that an address holds; None if it is none that fits the table."""
    chosen = columns.split(_SEPARATOR)
    allowed = {NOTHING, *Field.values}
    if len(chosen) != width or not set(chosen) <= allowed or problems(chosen):
        return None
    return Reading(tuple(chosen), head == "1")
