"""Messages of a payment provider. Answered 200 only after what they say is committed."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jobstatus import clock
from shop import payments

LONGEST_BODY_BYTES = 256 * 1024

logger = logging.getLogger(__name__)


# Signed by its sender, who has no cookie and no form.
@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Without details, whoever asks: 200 applied or no news, 400 not genuine, 404 no such
    provider, 413 too long, 503 come again. The provider repeats what was not answered 200."""
    try:
        sender = payments.chosen_provider(provider)
    except payments.ProviderUnavailable:
        return _answer(404)
    body = request.read(LONGEST_BODY_BYTES + 1)
    if len(body) > LONGEST_BODY_BYTES:
        logger.warning("A payment message of more than %s bytes was refused.", LONGEST_BODY_BYTES)
        return _answer(413)
    try:
        notice = sender.read(body, request.headers)
        if notice is not None:
            payments.apply(notice, clock=clock.now)
    except payments.NotGenuine:
        logger.warning("A payment message without a valid signature was refused.")
        return _answer(400)
    except payments.UnknownPayment as unknown:
        logger.error("%s It was asked to come again.", unknown)
        return _answer(503)
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(
        status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )
