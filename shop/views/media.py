"""Photos to those who may see them now, and one and the same answer to everybody else."""

import hashlib
from datetime import datetime

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from jobstatus import clock
from shop import access, visit
from shop.gallery import media
from shop.models import AccessCode, Photo


@require_safe
def picture(request: HttpRequest, grant: str, photo_id: int, size: str) -> HttpResponseBase:
    """A photo, if grant, session, job and photo allow it at this instant (L2, L4, L6, G2).

    Three queries: session, code, photo; one more for PostgreSQL's clock.
    """
    photo = _shown_photo(request, grant, photo_id, size, at=clock.now())
    if photo is None:
        raise Http404
    file, kind = media.best_for(request, getattr(photo, size), has_webp=photo.has_webp)
    # A file never changes under its name: each photo has a random folder.
    etag = f'"{hashlib.sha256(str(file.name).encode()).hexdigest()[:24]}"'
    try:
        known: HttpResponseBase | None = get_conditional_response(request, etag=etag)
        response = known or media.sent(file, content_type=kind)
    except FileNotFoundError:
        raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={media.keeps_seconds(response)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(response, ["Accept"])
    return response


def _shown_photo(
    request: HttpRequest, grant: str, photo_id: int, size: str, *, at: datetime
) -> Photo | None:
    code_id = media.granted_code(request, grant, at=at)
    if code_id is None or size not in media.SIZES:
        return None
    if code_id not in request.session.get(visit.CODES, []):
        return None
    codes = AccessCode.objects.filter(pk=code_id, subject__isnull=False)
    code = codes.select_related("job__studio", "subject").first()
    if code is None or code.subject is None or not access.is_open(code, at):
        return None
    shown = Photo.objects.of(code.subject).filter(pk=photo_id)
    return shown.only(size, "has_webp").first()
