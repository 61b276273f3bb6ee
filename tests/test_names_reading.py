"""Names lists as files: every encoding and separator people have, and every hostile byte (G2)."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from shop.cells import plain_cell, reversible_cell, safe_cell
from shop.names import csv_files, reading, table, xlsx_files
from shop.names.table import Table, Unreadable, tidy
from tests.conftest import TORTURE
from tests.names_lists import with_part, xlsx_of

ROUNDS = 2_000 if TORTURE else 100
ROWS = [["Name", "Klasse"], ["Zoë Müller", "3a"], ["Ben; Jr.", '3"b"'], ["Anna", "x, y"]]
WHEN = datetime(2026, 5, 4, 9, 30)  # noqa: DTZ001 -- a workbook knows no zones
SHEET = "xl/worksheets/sheet1.xml"


def cells(content: bytes) -> list[list[str]]:
    return [list(row.cells) for row in reading.read(content).rows]


def outcome(content: bytes) -> Table | str:
    """The table, or the sentence; any other exception fails the test."""
    try:
        return reading.read(content)
    except Unreadable as error:
        return str(error)


def written(separator: str, quote: str = '"') -> str:
    def cell(text: str) -> str:
        return f'"{text.replace(quote, quote * 2)}"' if any(c in text for c in ';,"\t') else text

    return "".join(f"{separator.join(map(cell, row))}\r\n" for row in ROWS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_G2_every_separator_and_encoding_is_read(separator, encoding):
    assert cells(written(separator).encode(encoding)) == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_G2_windows_text_is_guessed_and_said(separator):
    read = reading.read(written(separator).encode("cp1252"))

    assert [list(row.cells) for row in read.rows] == ROWS
    assert len(read.remarks) == 1
    assert "Windows text" in read.remarks[0]


def test_G2_a_file_that_says_its_encoding_has_no_remark():
    assert reading.read(written(";").encode("utf-8-sig")).remarks == ()
    assert "UTF-16" in reading.read(written(";").encode("utf-16-le")).remarks[0]


def test_G2_the_line_that_names_the_separator_is_no_row():
    read = reading.read(b"sep=;\r\nName;Class\r\nMia, Jr.;3a\r\n")

    assert [(row.number, row.cells) for row in read.rows] == [
        (2, ("Name", "Class")),
        (3, ("Mia, Jr.", "3a")),
    ]


def test_G2_rows_keep_their_numbers_and_empty_ones_are_left_out():
    read = reading.read(b"Name,Class\n\n , \nMia,3a,,\n")

    assert [(row.number, row.cells) for row in read.rows] == [
        (1, ("Name", "Class")),
        (4, ("Mia", "3a")),
    ]


def test_G2_loose_quotation_marks_inside_a_cell_are_text():
    assert cells(b'Name,Class\n"Mia" Smith,3a\n')[1] == ["Mia Smith", "3a"]
    assert cells(b'Name,Class\nMia "Mimi" Smith,3a\n')[1] == ['Mia "Mimi" Smith', "3a"]


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  Mia \n\t Smith ", "Mia Smith"),
        ("Zoe\u0308", "Zoë"),
        ("Mi\0a\u200b\u202e", "Mia"),
        ("\u00a0Mia\u3000Li", "Mia Li"),
        ("x" * 5_000, "x" * (table.LONGEST_CELL + 1)),
        ("é" * 5_000, "é" * (table.LONGEST_CELL + 1)),
    ],
)
def test_G2_cells_are_tidied(text, tidied):
    assert tidy(text) == tidied
    assert tidy(tidied) == tidied


REFUSED = {
    "empty": (b"", "This file is empty."),
    "blank": (b" \n\r\n", "This file is empty."),
    "no cell": (b",,\n,,\n", "There is nothing in this file."),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old kind, or one with a pass"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "no table that can be read"),
    "zero bytes": (b"Name\0,Class\nMia,3a\n", "no table that can be read"),
    "half a letter": (b"\xff\xfeN\0a\0m", "no table that can be read"),
    "open quotation": (b'Name,Class\n"Mia,3a\nBen,3b\n', "row 2 is opened and never closed"),
    "endless cell": (b"Name\n" + b"x" * 200_000, "Row 2 cannot be read"),
    "too many bytes": (b"x" * (table.MOST_BYTES + 1), "larger than 10 MB"),
    "too many rows": (b"Mia\n" * (table.MOST_ROWS + 2), "more than 20000 rows"),
    "too many columns": (b"x," * 50 + b"x\n", "more than 50 columns"),
    "a broken archive": (b"PK\x03\x04" + bytes(200), "The workbook cannot be read."),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_G2_what_is_no_table_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        reading.read(content)


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
@settings(max_examples=ROUNDS)
def test_G2_hostile_bytes_give_a_table_or_a_sentence(content, start):
    read = outcome(start + content)

    if isinstance(read, str):
        assert read.endswith(".")
    else:
        texts = [text for row in read.rows for text in row.cells]
        assert any(texts)
        assert all(tidy(text) == text and "\0" not in text for text in texts)


TEXTS = st.text(st.characters(blacklist_categories=("C",)), max_size=12).map(tidy)


@given(
    st.lists(st.lists(TEXTS, min_size=2, max_size=5), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=ROUNDS)
def test_G2_what_a_program_writes_is_what_is_read(rows, encoding, separator):
    rows = [["Name", "Class", "E-mail"], *rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)

    read = cells(text.getvalue().encode(encoding))

    shorn = [row[: max((n for n, cell in enumerate(row, 1) if cell), default=0)] for row in rows]
    assert read == [row for row in shorn if row]


# Workbooks


def test_G2_a_workbook_is_read_as_a_person_sees_it():
    content = xlsx_of(
        ["Name", "Class", "Phone", "Day", "When", "Odd"],
        ["Mia", 3.0, 491761234567, date(2026, 5, 4), WHEN, True],
        [None, None],
        [" Ben ", 0.1, "+49 171 1", None, None, "=1+1"],
    )

    read = reading.read(content)

    assert [(row.number, *row.cells) for row in read.rows[1:]] == [
        (2, "Mia", "3", "491761234567", "2026-05-04", "2026-05-04 09:30", "True"),
        (4, "Ben", "0.1", "+49 171 1"),  # Nobody has worked out the formula.
    ]


def test_G2_of_several_sheets_the_first_is_read_and_said():
    book = Workbook()
    book.active.append(["Name"])
    book.active.title = "3a"
    book.create_sheet("3b").append(["Other"])
    file = io.BytesIO()
    book.save(file)

    read = reading.read(file.getvalue())

    assert read.rows[0].cells == ("Name",)
    assert read.remarks == ("The workbook has 2 sheets. The first one, “3a”, was read.",)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", bytes(40_000_000))
    return file.getvalue()


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">]>'
HOSTILE = {
    "a bomb": (bomb, "too large when unpacked"),
    "no workbook": (lambda: with_part(xlsx_of(["x"]), "", None)[:-30], "cannot be read"),
    "entities": (
        lambda: with_part(xlsx_of(["x"]), SHEET, lambda xml: LAUGHS + xml),
        "The workbook cannot be read",
    ),
    "entities in UTF-16": (
        lambda: with_part(
            xlsx_of(["x"]), SHEET, lambda xml: (LAUGHS + xml).decode().encode("utf-16")
        ),
        "The workbook cannot be read",
    ),
    "half a sheet": (
        lambda: with_part(xlsx_of(["x"], ["y"]), SHEET, lambda xml: xml[: len(xml) // 2]),
        "The workbook cannot be read",
    ),
    "wide": (lambda: xlsx_of(["x"] * 60), "more than 50 columns"),
}


@pytest.mark.parametrize(("make", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_G2_a_hostile_workbook_is_refused(make, sentence):
    with pytest.raises(Unreadable, match=sentence):
        reading.read(make())


def test_G2_another_office_file_is_refused_by_its_content():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with pytest.raises(Unreadable, match="This is no Excel workbook"):
        reading.read(file.getvalue())


def test_G2_too_many_parts_are_refused_before_any_is_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(xlsx_files.MOST_PARTS):
            archive.writestr(f"{number}", "")

    with pytest.raises(Unreadable, match="too large when unpacked"):
        reading.read(file.getvalue())


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=ROUNDS // 2)
def test_G2_a_damaged_workbook_gives_a_table_or_a_sentence(place, bytes_):
    content = bytearray(WORKBOOK)
    place %= len(content)
    content[place : place + len(bytes_)] = bytes_

    read = outcome(bytes(content))

    assert not isinstance(read, str) or read.endswith(".")


WORKBOOK = xlsx_of(["Name", "Class"], ["Mia", "3a"])


# Formulas


@given(st.text(st.sampled_from("'=+-@ \tab"), max_size=6))
@example("'=x")
@settings(max_examples=ROUNDS)
def test_G2_no_exported_cell_is_a_formula_and_each_comes_back(text):
    cell = reversible_cell(text)

    assert safe_cell(cell) == cell
    assert plain_cell(cell) == text


def test_G2_the_separators_are_those_that_are_told():
    assert csv_files.SEPARATORS == (";", ",", "\t")
