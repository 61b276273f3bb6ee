"""Private media: addresses that work for one visitor and for a short time, and the way out.

A grant names a code and a period. Its signature is salted with the visitor's name, which only the
session knows: in another browser the same address is nothing. It opens no photo by itself either;
whether the code shows photos is asked anew for each one.
"""

import copy
import functools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
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
SIGNED_SECONDS = 60  # An address of the object storage does not ask us again: it must be short.
JPEG, WEBP = "image/jpeg", "image/webp"


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


def best_for(request: HttpRequest, file: FieldFile, *, has_webp: bool) -> tuple[FieldFile, str]:
    """The file and its type in the smaller format, for browsers that name it, or as it is.

    What is made of a photo is called .jpg, and lies beside the same picture as .webp.
    """
    if not has_webp or WEBP not in request.headers.get("Accept", ""):
        return file, JPEG
    smaller = copy.copy(file)
    smaller.name = f"{str(file.name).removesuffix('.jpg')}.webp"
    return smaller, WEBP


def sent(file: FieldFile, *, content_type: str = JPEG, download_as: str = "") -> HttpResponseBase:
    """The one way by which files leave. Only names from the database come here.

    Streamed from the folder, or left to the web server in front, which gets the name in a header
    that it does not pass on, or to the object storage by an address that works for a minute.
    Raises FileNotFoundError when a folder has lost the file.
    """
    named = content_disposition_header(as_attachment=bool(download_as), filename=download_as)
    if settings.PRIVATE_MEDIA_BUCKET:
        return _elsewhere(file, content_type, named or "inline")
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
        response["Content-Disposition"] = str(named)
    return response


def keeps_seconds(response: HttpResponseBase) -> int:
    """How long a browser may keep this: a redirect leads to an address that soon stops working."""
    is_redirect = isinstance(response, HttpResponseRedirect)
    return SIGNED_SECONDS // 2 if is_redirect else BROWSER_KEEPS_SECONDS


def _elsewhere(file: FieldFile, content_type: str, disposition: str) -> HttpResponse:
    storage: Any = file.storage
    told = {
        "ResponseContentType": content_type,
        "ResponseContentDisposition": disposition,
        "ResponseCacheControl": f"private, max-age={BROWSER_KEEPS_SECONDS}",
    }
    return HttpResponseRedirect(storage.url(str(file.name), told, expire=SIGNED_SECONDS))


def _period(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD_SECONDS


def _signer(visitor: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"shop.media.{visitor}")
