"""`python -m tests.messages`: collect every text for translation, and compile the translations.

Needs no gettext programs. Keeps what is translated, adds what is new without a translation, drops
what is gone. Run twice it changes nothing.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("jobstatus", "shop", "comms", "config")
PO = ROOT / "config" / "locale" / "de" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
ONE, PLURAL, IN_CONTEXT = (1,), (1, 2), ((1, "c"), 2)
KEYWORDS = {
    "_": ONE,
    "gettext": ONE,
    "gettext_lazy": ONE,
    "gettext_noop": ONE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


FIXED = datetime(2026, 1, 1, tzinfo=UTC)  # Babel's header has a date; no run may change it.
HEADER = r"""# German texts of the product. Brought up to date by `make messages`.
msgid ""
msgstr ""
"Language: de\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def collect() -> Catalog:
    """Every text of the product, each with the files that hold it."""
    catalog = Catalog(charset="utf-8")
    for path, source in _sources():
        place = path.relative_to(ROOT).as_posix()
        code = io.BytesIO(source.encode())
        for line, text, _comments, context in extract("python", code, KEYWORDS):
            catalog.add(text, context=context, locations=[(place, line)])
    return catalog


def _sources() -> Iterator[tuple[Path, str]]:
    for app in PRODUCT:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
        for path in sorted((ROOT / app).rglob("*.html")):
            # Django turns a template into Python; indented as its lines were, it would not parse.
            lines = templatize(path.read_text()).splitlines()
            yield path, "\n".join(line.strip() for line in lines)


def stored() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="de", abort_invalid=True)


def updated() -> Catalog:
    """The stored translations, brought in line with the texts."""
    old, new = stored(), Catalog(locale="de", creation_date=FIXED, revision_date=FIXED, fuzzy=False)
    for message in collect():
        if message.id:
            known = old.get(message.id, message.context)
            new.add(
                message.id,
                known.string if known else "",
                locations=sorted({(place, 0) for place, _line in message.locations}),
                flags=message.flags,
                context=message.context,
            )
    return new


def as_po(catalog: Catalog) -> bytes:
    file = io.BytesIO(HEADER.encode())
    file.seek(0, io.SEEK_END)
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    catalog = updated()
    PO.write_bytes(as_po(catalog))
    MO.write_bytes(as_mo(catalog))
    for message in catalog:
        if message.id and not all(forms(message.string)):
            sys.stdout.write(f"not translated: {message.id!r}\n")


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    """Singular and plural, or the one form of a text without them."""
    return [text] if isinstance(text, str) else list(text)


if __name__ == "__main__":
    main()
