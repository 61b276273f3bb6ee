"""Signed addresses of bought files: they expire, and the order's page makes new ones (S5).

A ticket says which picture and until when. Whether the order is still paid is asked again when
it is used. It has nothing to do with the job: archiving does not touch what was bought.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import cast

from django.core import signing
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.text import get_valid_filename

from jobstatus import deadlines
from jobstatus.clock import Clock
from shop import orders
from shop.models import Order, OrderEvent, OrderPicture, Photo, ProductKind
from shop.models.gallery import private_storage

TICKET_LASTS = timedelta(minutes=30)
LONGEST_NAME = 100
SALT = "shop.downloads"
FILE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


class NoTicket(Exception):
    """Not signed by us, or of a picture that is not there any more."""


@dataclass(frozen=True)
class Ticket:
    picture_id: int
    until: datetime

    def has_expired(self, at: datetime) -> bool:
        return at >= self.until


def ticket_for(picture: OrderPicture, *, at: datetime) -> str:
    until = at + TICKET_LASTS
    return signing.dumps([picture.pk, int(until.timestamp())], salt=SALT)


def read_ticket(text: str) -> Ticket:
    """Raises NoTicket. Whether it has expired is asked of the ticket."""
    try:
        picture_id, until = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise NoTicket from error
    return Ticket(picture_id, datetime.fromtimestamp(until, UTC))


def delivered(order: Order) -> list[OrderPicture]:
    """The pictures that this order delivers as files, whether it is paid or not. One query."""
    bought = OrderPicture.objects.filter(line__order=order, line__kind=ProductKind.DOWNLOAD)
    return list(bought.select_related("line").order_by("pk"))


def may_be_fetched(picture: OrderPicture) -> bool:
    """Needs the line and its order loaded. Only what is paid and not held, and only files."""
    line = picture.line
    is_bought = line.kind == ProductKind.DOWNLOAD and line.order.status == Order.Status.PAID
    return is_bought and not line.order.is_held


def file_name(picture: OrderPicture) -> str:
    """What the file is called on the customer's device: safe everywhere, with the right ending."""
    ending = PurePath(picture.original_name).suffix.lower() or ".jpg"
    stem = PurePath(picture.file_name.replace("\\", "/")).stem
    safe = get_valid_filename(f"_{stem}").strip("_.")[:LONGEST_NAME]
    return f"{safe or f'photo-{picture.pk}'}{ending}"


def content_type(name: str) -> str:
    return FILE_TYPES.get(PurePath(name).suffix, "application/octet-stream")


def original(picture: OrderPicture) -> FieldFile:
    """Where it lies, as the order remembers it: the photo's own row may be gone (A14)."""
    field = Photo._meta.get_field("original")
    file = FieldFile(cast(Photo, None), field, picture.original_name)
    file.storage = private_storage()
    return file


@transaction.atomic(durable=True)
def note_download(picture: OrderPicture, *, clock: Clock) -> bool:
    """Write it into the order's timeline, once a picture and day of the studio.

    False if it may not be fetched any more, such as an order whose release was just taken back.
    """
    order = picture.line.order = orders.locked(picture.line.order_id)
    if not may_be_fetched(picture):
        return False
    at = clock()
    zone = order.studio.timezone
    today = deadlines.start_of_day(deadlines.local_date(at, zone), zone)
    text = f"{picture.file_name} ({picture.pk})"[: orders.LONGEST_TEXT]
    noted = order.events.filter(kind=OrderEvent.Kind.DOWNLOADED, at__gte=today, text=text)
    if not noted.exists():
        orders.record(order, OrderEvent.Kind.DOWNLOADED, by=None, at=at, text=text)
    return True
