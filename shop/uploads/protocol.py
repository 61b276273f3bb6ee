"""The server's side of tus 1.0 (tus.io): creation, expiration, termination.

Knows headers and answers. Who may upload where is decided before; `receiving` takes the bytes.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from jobstatus.clock import Clock
from jobstatus.models import Job
from shop.models import Upload
from shop.uploads import places, progress, receiving, starting
from shop.uploads.receiving import (
    MOST_BYTES,
    Arrival,
    Gone,
    NoRoom,
    NotTaken,
    TooLarge,
    WrongOffset,
)

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
PIECES = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
LONGEST_METADATA = 4_000
OK, CREATED, NO_CONTENT = 200, 201, 204
BAD_REQUEST, NOT_FOUND, WRONG_METHOD, CONFLICT, GONE = 400, 404, 405, 409, 410
PRECONDITION_FAILED, TOO_LARGE, WRONG_TYPE, LOCKED, NO_ROOM = 412, 413, 415, 423, 507

State = Upload.State


class Wrong(Exception):
    """The request is not what the protocol asks for."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def create(
    request: HttpRequest, job: Job, *, by: Any, clock: Clock, url_of: Callable[[Upload], str]
) -> HttpResponse:
    """Of the collection: OPTIONS tells what is possible, POST begins a file."""
    if _method(request) == "OPTIONS":
        return _capabilities()
    try:
        _check(request, "POST")
        arrival = _arrival(request)
        upload = receiving.begin(job, arrival, by=by, at=clock())
    except Wrong as error:
        return _answer(error.status, error.text)
    except TooLarge as error:
        return _answer(TOO_LARGE, str(error))
    except NoRoom as error:
        return _answer(NO_ROOM, str(error))
    except NotTaken as error:
        # A client tries 409 and 423 again; of all others it tells the person.
        return _answer(BAD_REQUEST, str(error))
    response = _answer(CREATED)
    response["Location"] = url_of(upload)
    return _with_expiry(response, upload)


def resume(request: HttpRequest, upload: Upload | None, *, clock: Clock) -> HttpResponse:
    """Of one file: HEAD tells how far it is, PATCH goes on, DELETE gives it up."""
    if _method(request) == "OPTIONS":
        return _capabilities()
    try:
        _check(request, "HEAD", "PATCH", "DELETE")
        if upload is None:
            raise Wrong(NOT_FOUND, "There is no such upload.")
        if _is_gone(upload, at=clock()):
            raise Wrong(GONE, "This upload is over.")
        return {"HEAD": _tell, "PATCH": _append, "DELETE": _give_up}[_method(request)](
            request, upload, clock
        )
    except Wrong as error:
        return _answer(error.status, error.text)


def _is_gone(upload: Upload, *, at: datetime) -> bool:
    """A client that hears this begins anew: so a file comes back whose photo was deleted."""
    if upload.state == State.RECEIVING:
        return receiving.expires_at(upload) <= at
    if upload.state == State.WAITING:
        return False
    return upload.photo is None or upload.photo.trashed_at is not None


def _tell(request: HttpRequest, upload: Upload, clock: Clock) -> HttpResponse:
    response = _answer(OK)
    response["Upload-Offset"] = str(upload.received_bytes)
    response["Upload-Length"] = str(upload.length_bytes)
    return _with_expiry(response, upload)


def _append(request: HttpRequest, upload: Upload, clock: Clock) -> HttpResponse:
    if request.headers.get("Content-Type", "").split(";")[0].strip() != PIECES:
        raise Wrong(WRONG_TYPE, f"The bytes come as {PIECES}.")
    offset = _number(request, "Upload-Offset")
    if offset != upload.received_bytes:
        raise Wrong(CONFLICT, "These are not the next bytes.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > upload.length_bytes - offset:
        raise Wrong(TOO_LARGE, "These are more bytes than were announced.")
    try:
        upload.received_bytes = receiving.append(upload, request, offset=offset, clock=clock)
    except places.InHand:
        raise Wrong(LOCKED, "Another request is writing this upload.") from None
    except WrongOffset:
        raise Wrong(CONFLICT, "These are not the next bytes.") from None
    except Gone:
        raise Wrong(GONE, "This upload is over.") from None
    upload.changed_at = clock()
    if upload.received_bytes == upload.length_bytes:
        upload.state = State.WAITING
        starting.hurry(at=clock())
    response = _answer(NO_CONTENT)
    response["Upload-Offset"] = str(upload.received_bytes)
    return _with_expiry(response, upload)


def _give_up(request: HttpRequest, upload: Upload, clock: Clock) -> HttpResponse:
    if not receiving.give_up(upload):
        raise Wrong(CONFLICT, "The upload is complete.")
    return _answer(NO_CONTENT)


# Headers


def _method(request: HttpRequest) -> str:
    """Some networks let nothing pass but GET and POST; the protocol has a way around them."""
    method = request.method or ""
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", method).upper()
    return method


def _check(request: HttpRequest, *methods: str) -> None:
    if _method(request) not in methods:
        raise Wrong(WRONG_METHOD, f"Here you can only {', '.join(methods)}.")
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Wrong(PRECONDITION_FAILED, f"This is tus {VERSION}.")


def _number(request: HttpRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not NUMBER.fullmatch(text):
        raise Wrong(BAD_REQUEST, f"{name} is missing or no number.")
    return int(text)


def _arrival(request: HttpRequest) -> Arrival:
    if "Upload-Defer-Length" in request.headers:
        raise Wrong(BAD_REQUEST, "The length has to be known.")
    length = _number(request, "Upload-Length")
    told = metadata(request.headers.get("Upload-Metadata", ""))
    album = told.get("album", "")
    position, sha256 = told.get("position", ""), told.get("sha256", "")
    if not told.get("filename") or not re.fullmatch(r"\w{8,32}", told.get("batch", ""), re.ASCII):
        raise Wrong(BAD_REQUEST, "Upload-Metadata lacks filename or batch.")
    return Arrival(
        file_name=told["filename"],
        length_bytes=length,
        batch=told["batch"],
        album_id=int(album) if NUMBER.fullmatch(album) else None,
        folder=told.get("folder", ""),
        position=min(int(position), 2**31 - 1) if NUMBER.fullmatch(position) else None,
        sha256=sha256 if progress.DIGEST.fullmatch(sha256) else "",
    )


def metadata(header: str) -> dict[str, str]:
    """Pairs of a name and a value in base64, with commas between them. Raises Wrong."""
    if len(header) > LONGEST_METADATA:
        raise Wrong(BAD_REQUEST, "Upload-Metadata is too long.")
    found: dict[str, str] = {}
    for pair in filter(None, header.split(",")):
        name, _space, value = pair.strip().partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Wrong(BAD_REQUEST, "Upload-Metadata is not base64 of UTF-8.") from None
        if not name or name in found:
            raise Wrong(BAD_REQUEST, "Upload-Metadata has a name twice or none.")
        found[name] = text.replace("\0", "")
    return found


def _capabilities() -> HttpResponse:
    response = _answer(NO_CONTENT)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(MOST_BYTES)
    return response


def _answer(status: int, text: str = "") -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    if status == PRECONDITION_FAILED:
        response["Tus-Version"] = VERSION
    return response


def _with_expiry(response: HttpResponse, upload: Upload) -> HttpResponse:
    if upload.state == State.RECEIVING:
        response["Upload-Expires"] = http_date(receiving.expires_at(upload).timestamp())
    return response
