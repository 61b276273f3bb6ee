"""Access codes on paper and in a table."""

import csv
import io
import re
import time
import zlib
from base64 import a85decode
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from jobstatus.models import Job
from shop.cells import safe_cell
from shop.codes import cards, lettering, spelling
from shop.codes.cards import COLUMNS, MOST_CARDS, ROWS, TooManyCards, as_csv, as_pdf, link
from shop.codes.lettering import BOLD, REGULAR, fitted, laid_out, line_width
from shop.models import AccessCode, Album, Subject
from tests.factories import StudioFactory

BASE = "https://photos.example.org"
VERA = {REGULAR: ("Vera.ttf",), BOLD: ("VeraBd.ttf",)}


def card(name: str = "Child", album: str | None = "Class 2b", **values: Any) -> AccessCode:
    """A code as it is loaded for print. Nothing of it is stored."""
    studio = StudioFactory.build(name="Studio Meadow", slug="meadow")
    job = Job(studio=studio, name="School in the meadow", **values)
    group = Album(job=job, name=album) if album else None
    subject = Subject(job=job, album=group, name=name)
    return AccessCode(studio=studio, job=job, subject=subject, code=spelling.new_code())


@pytest.fixture
def only_vera(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine without other fonts than those that come with reportlab."""
    monkeypatch.setattr(lettering, "FILES", VERA)
    _forget_fonts()
    yield
    _forget_fonts()


def _forget_fonts() -> None:
    for font in VERA:
        pdfmetrics._fonts.pop(font, None)
    lettering._installed.cache_clear()
    lettering._set.cache_clear()


# Cells


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", " =", "\u00a0+"]
)
def test_a_cell_that_begins_like_a_formula_is_text(start: str) -> None:
    text = f"{start}HYPERLINK(1)"

    assert safe_cell(text) == f"'{text}"


@given(st.one_of(st.text(), st.integers(), st.none()))
def test_no_cell_begins_like_a_formula_and_none_loses_a_character(value: Any) -> None:
    cell = safe_cell(value)

    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell in ("" if value is None else str(value), f"'{value}")


# The table


def lines(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_S1_the_table_has_person_album_code_in_groups_and_link() -> None:
    first, second = card("Zażółć; “gęślą”, jaźń"), card('Line\nbreak "quoted"', album=None)

    head, *rows = lines(as_csv([first, second], base_url=f"{BASE}/"))

    assert head == ["Person", "Album", "Access code", "Link"]
    assert rows == [
        [
            "Zażółć; “gęślą”, jaźń",
            "Class 2b",
            spelling.written(first.code),
            f"{BASE}/shop/at/meadow/#{spelling.written(first.code)}",
        ],
        ['Line\nbreak "quoted"', "", spelling.written(second.code), link(second, base_url=BASE)],
    ]


def test_S1_no_name_in_the_table_is_a_formula() -> None:
    code = card("=cmd|' /C calc'!A0", album="@SUM(1)")

    (_head, row) = lines(as_csv([code], base_url=BASE))

    assert row[:2] == ["'=cmd|' /C calc'!A0", "'@SUM(1)"]


def test_S1_dead_codes_are_in_no_table_and_on_no_card() -> None:
    dead, living = card(), card()
    dead.subject = None

    assert len(lines(as_csv([dead, living], base_url=BASE))) == 2
    assert pages(as_pdf([dead, living], base_url=BASE)) == pages(as_pdf([living], base_url=BASE))


def test_S1_a_code_in_a_link_is_behind_the_sign_that_browsers_keep() -> None:
    code = card()

    address, fragment = link(code, base_url=BASE).split("#")

    assert code.code[:4] not in address
    assert spelling.read(fragment) == code.code


# The cards


def pages(pdf: bytes) -> list[str]:
    """The operators of each page."""
    streams = re.findall(rb"/ASCII85Decode.*?stream\r?\n(.*?)~>endstream", pdf, re.DOTALL)
    found = [zlib.decompress(a85decode(stream.strip())) for stream in streams]
    return [text.decode("latin-1") for text in found if b" re" in text or b"BT" in text]


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (10, 1), (11, 2), (25, 3)])
def test_S1_ten_cards_are_on_a_sheet(count: int, sheets: int) -> None:
    printed = as_pdf((card() for _number in range(count)), base_url=BASE)

    assert printed.startswith(b"%PDF-")
    assert len(pages(printed)) == sheets
    assert pages(printed)[0].count("l S") == 2 * (COLUMNS + 1) + 2 * (ROWS + 1)  # cut marks


def test_S1_without_codes_the_sheet_says_so() -> None:
    assert len(pages(as_pdf([], base_url=BASE))) == 1


def test_S1_the_same_codes_give_the_same_file() -> None:
    codes_to_print = [card(), card("Zażółć")]

    assert as_pdf(codes_to_print, base_url=BASE) == as_pdf(codes_to_print, base_url=BASE)


def test_S1_a_card_tells_the_last_day_to_order_if_there_is_one() -> None:
    dated = card(archiving_enabled=True, archive_date=date(2026, 6, 5))

    told = [cards._last_day(code) for code in (dated, card(), card(archive_date=date(2026, 6, 5)))]

    assert told == ["Order until Friday, 5 June 2026", "", ""]
    printed = [pages(as_pdf([code], base_url=BASE))[0].count("Tj") for code in (dated, card())]
    assert printed[0] > printed[1]


def test_S1_a_print_has_a_limit_and_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "MOST_CARDS", 3)
    for printed in (as_csv, as_pdf):
        assert printed([card() for _number in range(3)], base_url=BASE)
        with pytest.raises(TooManyCards, match="One file has 3 cards at most"):
            printed([card() for _number in range(4)], base_url=BASE)
    assert MOST_CARDS == 5_000


@pytest.mark.usefixtures("only_vera")
def test_S1_a_hundred_cards_take_no_time_and_no_room() -> None:
    as_pdf([card()], base_url=BASE)  # fonts are read once

    start = time.perf_counter()
    printed = as_pdf((card() for _number in range(100)), base_url=BASE)

    assert time.perf_counter() - start < 10
    assert len(printed) < 400_000


# Letters

WORDS = [
    "Zażółć gęślą jaźń ĄĘĆŃŚŹŻ",
    "Pijamalı hasta yağız şoföre çabucak İŞĞ",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Árvíztűrő tükörfúrógép",
    "Muzicologă în bej și preț fix, ȘȚ",
    "Đak žvače čvor, đ",
    "Tiếng Việt, tự do, hạnh phúc",
    "Åkerbær, ñandú, Ÿser, bücher",
]


@pytest.mark.usefixtures("only_vera")
@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("font", [REGULAR, BOLD])
def test_S1_a_name_prints_with_all_its_letters_and_marks(name: str, font: str) -> None:
    pieces, width = laid_out(name, font)

    glyphs = "".join(piece.text for piece in pieces)
    known = pdfmetrics.getFont(font).face.charToGlyph
    assert all(known.get(ord(glyph)) for glyph in glyphs)
    assert not {"?", lettering.MISSING} & set(glyphs)
    assert len(glyphs) >= len(name)
    assert width == pytest.approx(line_width(name, font))


@pytest.mark.usefixtures("only_vera")
def test_S1_a_mark_sits_over_the_middle_of_its_letter_and_higher_on_a_capital() -> None:
    (small, _s), (capital, _c) = (laid_out(text, REGULAR)[0] for text in ("ń", "Ń"))

    for mark, letter in ((small, "n"), (capital, "N")):
        middle = mark.x + line_width(mark.text, REGULAR) / 2
        assert mark.text == "´"
        assert middle == pytest.approx(line_width(letter, REGULAR) / 2)
    assert (small.y, capital.y) == (0, pytest.approx(lettering._RAISED))


@pytest.mark.usefixtures("only_vera")
def test_S1_letters_that_no_font_has_are_marked_as_missing_and_the_card_is_printed() -> None:
    assert [piece.text for piece in laid_out("Юж a", REGULAR)[0]] == ["?? a"]
    assert as_pdf([card("Съешь ещё")], base_url=BASE)


@given(st.text(max_size=300), st.sampled_from([REGULAR, BOLD]), st.integers(1, 3))
def test_S1_whatever_a_name_is_it_fits_its_card(name: str, font: str, most: int) -> None:
    lines_ = fitted(name, font, width=150, sizes=(13, 9), lines=most)

    assert len(lines_) <= most
    for line, size in lines_:
        assert 9 <= size <= 13
        assert line_width(line, font) * size <= 150.001


def test_S1_a_name_is_set_as_large_as_it_fits_and_cut_only_at_the_end() -> None:
    short = fitted("Child", BOLD, width=150, sizes=(13, 9), lines=2)
    long = fitted("Kindergartengruppe Regenbogen", BOLD, width=150, sizes=(13, 9), lines=2)
    longest = fitted("Name " * 40, BOLD, width=150, sizes=(13, 9), lines=2)

    assert short == [("Child", 13)]
    assert "".join(line for line, _size in long).replace(" ", "") == "KindergartengruppeRegenbogen"
    assert (len(longest), longest[-1][0][-1], longest[0][0][:5]) == (2, "…", "Name ")
