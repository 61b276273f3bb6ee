"""Orders as a table: one row for each order line, as CSV or as a spreadsheet.

The rows come from an iterator and leave as a stream, so that the memory does not grow with them.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from openpyxl import Workbook

from jobstatus import deadlines
from shop.cells import safe_cell
from shop.models import Order, OrderLine, OrderPicture, ProductKind

# In one file, so that its answer is far from every timeout of a web server. A spreadsheet costs
# three times as much as CSV.
MOST_ORDERS = {"csv": 10_000, "xlsx": 3_000}
CHUNK_SIZE = 500  # orders read at once; four queries each
IN_MEMORY_BYTES = 5_000_000  # of a spreadsheet; a larger one waits in a temporary file
LONGEST_CELL = 32_000  # characters; spreadsheet programs refuse more than 32,767
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # Without it some spreadsheet programs take the text for Latin 1.

Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    head: str
    value: Callable[[Order, OrderLine, Sequence[OrderPicture]], Value]


def columns() -> list[Column]:
    """The table's columns in the language of the page. Amounts are in the order's currency."""
    return [*_order_columns(), *_line_columns(), *_total_columns()]


def _order_columns() -> list[Column]:
    statuses, methods = _words(Order.Status), _words(Order.Method)
    phases = _words(Order.Phase)
    return [
        Column(_("Order"), lambda order, line, pictures: order.number),
        Column(_("Placed"), lambda order, line, pictures: _local(order.placed_at, order)),
        Column(_("Status"), lambda order, line, pictures: statuses[order.status]),
        Column(_("Phase"), lambda order, line, pictures: phases[order.phase]),
        Column(_("Payment"), lambda order, line, pictures: methods[order.method]),
        Column(_("Paid"), lambda order, line, pictures: _local(order.paid_at, order)),
        Column(_("Cancelled"), lambda order, line, pictures: _local(order.cancelled_at, order)),
        Column(_("Name"), lambda order, line, pictures: order.name),
        Column(_("E-mail"), lambda order, line, pictures: order.email),
        Column(_("Phone"), lambda order, line, pictures: order.phone),
        Column(_("Street and number"), lambda order, line, pictures: order.street),
        Column(_("Postal code"), lambda order, line, pictures: order.postal_code),
        Column(_("City"), lambda order, line, pictures: order.city),
        Column(_("Country"), lambda order, line, pictures: order.country),
        Column(_("Message"), lambda order, line, pictures: order.note),
    ]


def _line_columns() -> list[Column]:
    kinds = _words(ProductKind)
    return [
        # Of a prepay line, the line itself says whose it is.
        Column(
            _("Job"),
            lambda order, line, pictures: line.job_name or _joined(p.job_name for p in pictures),
        ),
        Column(
            _("Person"),
            lambda order, line, pictures: (
                line.subject_name or _joined(p.subject_name for p in pictures)
            ),
        ),
        Column(_("Photos"), lambda order, line, pictures: ", ".join(p.file_name for p in pictures)),
        Column(_("Kind"), lambda order, line, pictures: kinds[line.kind]),
        Column(_("Product"), lambda order, line, pictures: line.title),
        Column(_("Quantity"), lambda order, line, pictures: line.quantity),
        Column(_("Price"), lambda order, line, pictures: _amount(line.price_cents)),
        Column(_("Line total"), lambda order, line, pictures: _amount(line.total_cents)),
        Column(_("Tax in percent"), lambda order, line, pictures: line.tax_percent),
    ]


def _total_columns() -> list[Column]:
    return [
        Column(_("Currency"), lambda order, line, pictures: order.currency),
        Column(
            _("Shipping of the order"), lambda order, line, pictures: _amount(order.shipping_cents)
        ),
        Column(_("Total of the order"), lambda order, line, pictures: _amount(order.total_cents)),
        Column(
            _("Tax included in the order"), lambda order, line, pictures: _amount(order.tax_cents)
        ),
    ]


def rows(orders: Any) -> Iterator[list[Value]]:
    """A row for each line of these orders, in their order. Three queries for each chunk."""
    wanted = columns()
    pictures = Prefetch("pictures", OrderPicture.objects.order_by("pk"), to_attr="read")
    lines = OrderLine.objects.order_by("pk").prefetch_related(pictures)
    loaded = orders.select_related("studio").prefetch_related(Prefetch("lines", lines, "read"))
    for order in loaded.iterator(chunk_size=CHUNK_SIZE):
        for line in order.read:
            yield [column.value(order, line, line.read) for column in wanted]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(table: Iterable[list[Value]]) -> Iterator[str]:
    """The table as text, line by line. Amounts have a point, instants their time in the zone."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    yield writer.writerow([safe_cell(column.head) for column in columns()])
    for row in table:
        yield writer.writerow([_plain(value) for value in row])


def as_xlsx(table: Iterable[list[Value]]) -> IO[bytes]:
    """The table as a spreadsheet, in a temporary file that is read from its beginning."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Orders")[:31])
    sheet.freeze_panes = "A2"
    sheet.append([column.head for column in columns()])
    for row in table:
        sheet.append([_cell(value) for value in row])
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 -- the answer closes it
    book.save(file)
    file.seek(0)
    return file


def _words(choices: type[models.TextChoices]) -> dict[str, str]:
    """Translated once, and not for each row."""
    return {value: str(label) for value, label in choices.choices}


def _local(instant: datetime | None, order: Order) -> datetime | None:
    """The studio's wall clock, without a zone: no spreadsheet knows one."""
    if instant is None:
        return None
    local = deadlines.require_aware(instant).astimezone(ZoneInfo(order.studio.timezone))
    return local.replace(tzinfo=None, microsecond=0)


def _amount(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _files(pictures: Sequence[OrderPicture]) -> str:
    """Every file, also one that is in a package twice: that is what has to be printed."""
    return ", ".join(picture.file_name for picture in pictures)


def _joined(names: Iterable[str]) -> str:
    """Each name once, in their order."""
    return ", ".join(dict.fromkeys(name for name in names if name))


def _plain(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value) if isinstance(value, int) else safe_cell(value)


def _cell(value: Value) -> Any:
    if not isinstance(value, str):
        return value
    # Control characters are refused by the file format.
    text = "".join(c for c in value if c.isprintable() or c == "\n")
    return safe_cell(text)[:LONGEST_CELL]
