"""Providers' reports over HTTP. Answered 200 only after what they say is committed."""

import base64
import hashlib
import hmac
import logging
from typing import Any, Protocol

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comms.sending import feedback
from comms.sending.feedback import Report, What
from comms.texts import plain
from jobstatus import clock

LONGEST_BODY_BYTES = 256 * 1024
LONGEST_TEXT = 1_000  # of one value in it
# What anymail calls the same for both kinds of bounces.
SOFT_BOUNCES = {"soft_bounce", "SoftBounce"}
NO_SUCH_ADDRESS = (RejectReason.BOUNCED, RejectReason.INVALID)
TWILIO = "twilio"
ARRIVED, CAME_BACK = ("sent", "delivered"), ("undelivered", "failed")
# What anymail's readers raise over reports of another kind, shape, depth, or from no time at all.
UNREADABLE = (
    *(SuspiciousOperation, AnymailError, ImproperlyConfigured, ValueError, LookupError, TypeError),
    *(AttributeError, ArithmeticError, OSError, RecursionError),
)
STOPPED, NO_SUCH_NUMBER = "21610", ("30005", "30006")

logger = logging.getLogger(__name__)


class Reader(Protocol):
    def run_validators(self, request: HttpRequest) -> None: ...
    def parse_events(self, request: HttpRequest) -> list[AnymailTrackingEvent]: ...


READERS: dict[str, type[Any]] = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
}


# Whoever sends it shows a secret or a signature; it has no cookie and no form.
@csrf_exempt
@require_POST
def email(request: HttpRequest, provider: str) -> HttpResponse:
    """200 taken in or no news, 400 not genuine, 404 another provider, 413 too long."""
    if not _is_set_up(provider):
        return _answer(404)
    if len(request.body) > LONGEST_BODY_BYTES:
        return _answer(413)
    try:
        reader: Reader = READERS[provider]()
        reader.run_validators(request)
        reports = [_report(event, provider) for event in reader.parse_events(request)]
    except UNREADABLE:
        logger.warning("A report of %s that is not genuine was refused.", provider)
        return _answer(400)
    for report in reports:
        if report is not None:
            feedback.take_in(report, clock=clock.now)
    return _answer(200)


def _is_set_up(provider: str) -> bool:
    """Without a key of ours anybody could sign."""
    secrets = ["WEBHOOK_SECRET"]
    if provider == "mailgun":
        secrets.append("MAILGUN_WEBHOOK_SIGNING_KEY")
    is_ours = provider == settings.EMAIL_PROVIDER and provider in READERS
    return is_ours and all(settings.ANYMAIL.get(name) for name in secrets)


def _report(event: AnymailTrackingEvent, provider: str) -> Report | None:
    """None for what changes nothing here, such as an opened mail."""
    what = _what(event)
    if what is None:
        return None
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    said = event.description or event.mta_response or event.reject_reason or ""
    return Report(
        provider=provider,
        event_id=_text(
            event.event_id
            or f"{event.event_type} {event.message_id} {event.recipient} {event.timestamp}"
        ),
        what=what,
        tag=_text(metadata.get("message")),
        provider_id=_text(event.message_id).strip("<>"),
        recipient=_text(event.recipient),
        remark=_text(said),
    )


def _text(value: object) -> str:
    """As a database takes it: no zero characters, no halves of pairs."""
    return plain.one_line(str(value or ""), LONGEST_TEXT)


def _what(event: AnymailTrackingEvent) -> What | None:
    plain = {
        EventType.DELIVERED: What.DELIVERED,
        EventType.COMPLAINED: What.COMPLAINED,
        EventType.UNSUBSCRIBED: What.UNSUBSCRIBED,
    }
    if event.event_type in (EventType.BOUNCED, EventType.REJECTED):
        named = event.esp_event if isinstance(event.esp_event, dict) else {}
        is_soft = SOFT_BOUNCES & {str(named.get("event")), str(named.get("Type"))}
        if event.reject_reason == RejectReason.SPAM:
            return What.COMPLAINED
        is_hard = event.reject_reason in NO_SUCH_ADDRESS or event.reject_reason is None
        return What.HARD_BOUNCE if is_hard and not is_soft else What.SOFT_BOUNCE
    return plain.get(event.event_type)


@csrf_exempt
@require_POST
def twilio(request: HttpRequest, tag: str) -> HttpResponse:
    """What became of an SMS. 403 if Twilio did not sign it, 404 if it is not used here."""
    if settings.SMS_PROVIDER != TWILIO:
        return _answer(404)
    if not is_signed_by_twilio(request):
        logger.warning("A report of Twilio without a valid signature was refused.")
        return _answer(403)
    form = request.POST
    what = _what_of_sms(form.get("MessageStatus", ""), form.get("ErrorCode", ""))
    if what is not None:
        report = Report(
            provider=TWILIO,
            event_id=f"{form.get('MessageSid', '')} {form.get('MessageStatus', '')}",
            what=what,
            tag=tag,
            provider_id=form.get("MessageSid", ""),
            recipient=form.get("To", ""),
            remark=f"{form.get('MessageStatus', '')} {form.get('ErrorCode', '')}",
        )
        feedback.take_in(report, clock=clock.now)
    return _answer(200)


def is_signed_by_twilio(request: HttpRequest) -> bool:
    """Their rule: the address as they were told it, then all fields in the order of their names."""
    signed = f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"
    for name in sorted(request.POST):
        signed += "".join(f"{name}{value}" for value in sorted(set(request.POST.getlist(name))))
    key = settings.TWILIO_AUTH_TOKEN.encode()
    digest = hmac.new(key, signed.encode(), hashlib.sha1).digest()
    given = request.headers.get("X-Twilio-Signature", "")
    return bool(key) and constant_time_compare(given, base64.b64encode(digest).decode())


def _what_of_sms(status: str, error: str) -> What | None:
    if status in ARRIVED:
        return What.DELIVERED
    if status not in CAME_BACK:
        return None
    if error == STOPPED:
        return What.UNSUBSCRIBED
    return What.HARD_BOUNCE if error in NO_SUCH_NUMBER else What.SOFT_BOUNCE


def _answer(status: int) -> HttpResponse:
    return HttpResponse(
        status=status, content_type="text/plain", headers={"Cache-Control": "no-store"}
    )
