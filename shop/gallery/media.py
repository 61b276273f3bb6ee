"""Private media: addresses that work for one visitor and for a short time, and the way out.

A grant names a code and a period. Its signature is salted with the visitor's name, which only the
session knows: in another browser the same address is nothing. It opens no photo by itself either;
whether the code shows photos is asked anew for each one.
"""

import functools
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header

from shop import visit
from shop.models import AccessCode

SIZES = ("thumbnail", "preview")
PERIOD_SECONDS = 3600  # Within it all addresses stay the same, so that browsers can keep photos.
PERIODS = 2  # A grant holds for the rest of its period and the whole next one.
GRANTS_REMEMBERED = 10_000  # by a process, so that it need not sign the same again
BROWSER_KEEPS_SECONDS = 300  # After archiving, a browser shows what it has no longer than this.
JPEG = "image/jpeg"


def picture_url(
    request: HttpRequest, code: AccessCode, photo_id: int, size: str, *, at: datetime
) -> str:
    """The address of a photo for this visitor. No query; call it with the view's instant."""
    return address(grant(request, code.pk, at=at), photo_id, size)


def address(granted: str, photo_id: int, size: str) -> str:
    return reverse("shop:picture", args=[granted, photo_id, size])


def grant(request: HttpRequest, code_id: int, *, at: datetime) -> str:
    return _signed(visit.visitor(request), code_id, _period(at))


@functools.lru_cache(maxsize=GRANTS_REMEMBERED)
def _signed(visitor: str, code_id: int, period: int) -> str:
    return _signer(visitor).sign(f"{code_id}-{period}")


def granted_code(request: HttpRequest, granted: str, *, at: datetime) -> int | None:
    """The number of the code for which this visitor holds the grant; None if it is none (now)."""
    visitor = request.session.get(visit.VISITOR)
    if visitor is None:
        return None
    try:
        code_id, period = map(int, _signer(visitor).unsign(granted).split("-"))
    except signing.BadSignature:
        return None
    return code_id if 0 <= _period(at) - period < PERIODS else None


def grants_change_at(at: datetime) -> datetime:
    """When the present period ends and pages get new addresses."""
    return datetime.fromtimestamp((_period(at) + 1) * PERIOD_SECONDS, UTC)


def grants_outlast(at: datetime) -> timedelta:
    """How long an address made at this instant works at most."""
    return grants_change_at(at) - at + timedelta(seconds=PERIOD_SECONDS * (PERIODS - 1))


def sent(file: FieldFile, *, content_type: str = JPEG, download_as: str = "") -> HttpResponseBase:
    """The one way by which files leave. Only names from the database come here.

    Streamed from the storage, or left to the web server in front: it gets the name in a header
    that it does not pass on. A storage with signed addresses of its own would redirect here.
    Raises FileNotFoundError when the storage has lost the file.
    """
    if not settings.PRIVATE_MEDIA_REDIRECT:
        return FileResponse(
            file.storage.open(str(file.name), "rb"),
            content_type=content_type,
            as_attachment=bool(download_as),
            filename=download_as or str(file.name).rsplit("/", 1)[-1],
        )
    response = HttpResponse(content_type=content_type)
    response["X-Accel-Redirect"] = f"{settings.PRIVATE_MEDIA_REDIRECT}{quote(str(file.name))}"
    if download_as:
        named = content_disposition_header(as_attachment=True, filename=download_as)
        response["Content-Disposition"] = str(named)
    return response


def _period(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD_SECONDS


def _signer(visitor: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"shop.media.{visitor}")
