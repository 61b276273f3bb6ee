"""Photos to those who may see them now, and one and the same answer to everybody else."""

import hashlib
from datetime import datetime

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from jobstatus import clock
from shop import access, visit
from shop.gallery import media
from shop.models import AccessCode, Photo


@require_safe
def picture(request: HttpRequest, grant: str, photo: int, size: str) -> HttpResponseBase:
    """A photo, if grant, session, job and photo allow it at this instant (L2, L4, L6, G2).

    Three queries: session, code, photo; one more for PostgreSQL's clock.
    """
    file = _shown_file(request, grant, photo, size, at=clock.now())
    if file is None:
        raise Http404
    # A file never changes under its name: each photo has a random folder.
    etag = f'"{hashlib.sha256(str(file.name).encode()).hexdigest()[:24]}"'
    try:
        response = get_conditional_response(request, etag=etag) or media.sent(file)
    except FileNotFoundError:
        raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={media.BROWSER_KEEPS_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _shown_file(
    request: HttpRequest, grant: str, photo: int, size: str, *, at: datetime
) -> FieldFile | None:
    code_id = media.granted_code(request, grant, at=at)
    if code_id is None or size not in media.SIZES:
        return None
    if code_id not in request.session.get(visit.CODES, []):
        return None
    codes = AccessCode.objects.filter(pk=code_id, subject__isnull=False)
    code = codes.select_related("job__studio", "subject").first()
    if code is None or code.subject is None or not access.is_open(code, at):
        return None
    shown = Photo.objects.of(code.subject).filter(pk=photo).only(size).first()
    return None if shown is None else getattr(shown, size)
