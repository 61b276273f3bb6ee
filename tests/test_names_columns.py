"""What the columns of a names list say: guessed in two languages, remembered, corrected (G2)."""

import pytest
from django.conf import settings
from django.utils import translation

from shop.names import columns, exporting, reading
from shop.names.columns import NOTHING, Field, Reading
from tests.names_lists import csv_of

GUESSED = {
    "name,class,email": "name album email",
    "Vorname;Nachname;Klasse": "first last album",
    "Name;Vorname;Klasse": "last first album",
    "Nachname;Name;Vorname": "last - first",
    "Schüler/in;Gruppe;E-Mail-Adresse;Handy": "name album email phone",
    "NAME DES KINDES;Zugangscode;Sprache": "name code language",
    "First Name\tLast Name\tAccess Code\tTeam": "first last code album",
    "First name,Surname,Homeroom,Parent email,Mobile phone": "first last album email phone",
    "E-Mail 1;E-Mail 2;Kind": "email email2 name",
    "Kind;E-Mail Mutter;E-Mail Vater;Telefon": "name email email2 phone",
    "Name;E-Mail;E-Mail": "name email email2",
    "Name;E-Mail;Mail;E-Mail 2": "name email - email2",
    "Nr.;Name;Geburtstag;Klasse": "- name - album",
    "Name;Name": "name -",
    "Straße;Größe;Schülername": "- - name",
    "pupil,grade,e-mail address,second e-mail": "name album email email2",
}


@pytest.mark.parametrize(("head", "expected"), GUESSED.items())
def test_G2_columns_are_guessed_from_their_headings(head, expected):
    table = reading.read(f"{head}\n{head}\n".encode())

    guessed = columns.guess(table, {})

    assert " ".join(guessed.columns) == expected
    assert guessed.has_headings


@pytest.mark.parametrize(
    ("content", "expected", "has_headings"),
    [
        (b"Mia Smith,mia@example.org\nBen Jones,ben@example.org\n", "name email", False),
        (b"Mia Smith\nBen Jones\n", "name", False),
        (b"Wer,Wo\nMia,3a\n", "name -", True),
    ],
)
def test_G2_without_known_headings_the_content_is_looked_at(content, expected, has_headings):
    guessed = columns.guess(reading.read(content), {})

    assert (" ".join(guessed.columns), guessed.has_headings) == (expected, has_headings)


def test_G2_a_choice_is_remembered_by_its_headings():
    table = reading.read(b"Wer;Wo;Name\nMia;3a;x\n")
    chosen = Reading(("name", "album", "-"), has_headings=True)

    known = columns.remembered(table, chosen)
    again = columns.guess(reading.read(b"Wo;Etwas;WER:\n3a;x;Mia\n"), known)

    assert known == {"wer": "name", "wo": "album", "name": "-"}
    assert again.columns == ("album", "-", "name")
    assert columns.remembered(table, Reading(("name", "-", "-"), has_headings=False)) == {}


@pytest.mark.parametrize(
    ("chosen", "sentences"),
    [
        ("name album code email email2 phone language", []),
        ("first", []),
        ("last -", []),
        ("- album", ["Choose the column with the name."]),
        ("name last", ["Choose either the whole name, or the first and the last name."]),
        ("name name", ["“Name” is chosen for several columns. Choose it for one."]),
    ],
)
def test_G2_a_choice_that_does_not_fit_is_told(chosen, sentences):
    assert columns.problems(chosen.split()) == sentences


@pytest.mark.parametrize(
    "text", ["", "name", "name.album.", "name.foreign", "name.name", "-.-", "NAME.album"]
)
def test_G2_an_address_with_another_choice_is_no_choice(text):
    assert columns.from_address(text, "1", width=2) is None


def test_G2_a_choice_goes_through_an_address():
    reading_ = Reading(("name", NOTHING, "email"), has_headings=False)

    written = columns.written(reading_)

    assert columns.from_address(written["columns"], written["head"], width=3) == reading_


@pytest.mark.parametrize("language", [code for code, _label in settings.LANGUAGES])
def test_G2_the_headings_of_an_export_are_all_understood(language):
    with translation.override(language):
        head = ";".join(str(field.label) for field in exporting.COLUMNS)
        parts = f"{Field.FIRST.label};{Field.LAST.label}"

    assert columns.guess(reading.read(csv_of(head=f"{head}\n")), {}).columns == exporting.COLUMNS
    assert columns.guess(reading.read(csv_of(head=f"{parts}\n")), {}).columns == ("first", "last")
