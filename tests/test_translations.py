"""Every text of the product can be read in German. `make messages` collects what is new."""

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tests import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")


def texts(catalog: Any) -> dict[tuple[str | None, str], Any]:
    return {
        (message.context, messages.forms(message.id)[0]): message
        for message in catalog
        if message.id
    }


def test_the_texts_of_python_and_of_templates_are_found() -> None:
    found = texts(messages.collect())

    assert (None, "Ordering is open") in found  # {% translate %}
    assert (
        None,
        "Order until %(day)s, end of day (%(zone)s time)",
    ) in found  # {% blocktranslate %}
    assert (None, "%(days)s day left") in found  # its plural
    assert ("job status", "Selling") in found  # pgettext_lazy
    assert (None, "The archiving deadline has passed.") in found  # gettext_noop
    assert len(found) > 150


def test_the_stored_texts_are_exactly_those_of_the_product() -> None:
    wanted, stored = texts(messages.collect()), texts(messages.stored())

    assert sorted(map(str, wanted.keys() - stored.keys())) == []
    assert sorted(map(str, stored.keys() - wanted.keys())) == []


def test_every_text_has_a_german_one_for_each_number() -> None:
    catalog = messages.stored()

    missing = [
        message.id
        for message in texts(catalog).values()
        if message.fuzzy
        or not all(form.strip() for form in messages.forms(message.string))
        or len(messages.forms(message.string)) != len(messages.forms(message.id))
    ]

    assert missing == []


def test_a_german_text_has_the_placeholders_of_its_source() -> None:
    catalog = messages.stored()

    different = [
        message.id
        for message in texts(catalog).values()
        for source, german in zip(
            messages.forms(message.id), messages.forms(message.string), strict=True
        )
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(german))
    ]

    assert different == []


def test_collecting_again_changes_nothing() -> None:
    updated = messages.updated()

    assert messages.as_po(updated) == messages.PO.read_bytes()
    assert messages.as_mo(updated) == messages.MO.read_bytes()


@pytest.mark.parametrize(
    ("count", "german"), [(0, "0 Warenkörbe"), (1, "1 Warenkorb"), (2, "2 Warenkörbe")]
)
def test_django_reads_the_compiled_texts(count: int, german: str) -> None:
    with translation.override("de"):
        counted = ngettext("%(count)d basket", "%(count)d baskets", count) % {"count": count}
        button = gettext("Start selling")

    assert (counted, button) == (german, "Verkauf starten")
