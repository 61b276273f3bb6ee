"""The links that end the messages of a studio, and what they do (C9).

A link carries the studio and the address and is signed: it needs no row, and works for ever and
for messages that are planned already. In an SMS, where letters cost, it carries the number of the
message instead.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from comms.models import Channel, Message, Suppression

SALT, SHORT_SALT = "comms.unsubscribe", "comms.unsubscribe.sms"
SHORT_SIGNATURE = 14  # characters of 6 bits
LONGEST_LINK = 900  # a header's line has 998 octets, and a link cannot be folded
# Stand for tokens in previews and test mails: nobody is unsubscribed by those. The short one is as
# long as one of a message, so that the preview of an SMS has its length.
TEST, SHORT_TEST = "preview", f"preview-{SHORT_SIGNATURE * '0'}"

Why = Suppression.Why


class TooLong(Exception):
    """No e-mail address has so many characters that its link fits in no header."""


@dataclass(frozen=True)
class Recipient:
    studio_id: int
    address_key: str

    @property
    def masked(self) -> str:
        """So that the owner recognises it, and a mail that was passed on does not tell it."""
        name, at, domain = self.address_key.rpartition("@")
        return f"{name[:1]}…@{domain}" if at else f"…{self.address_key[-3:]}"


# Links


def link(recipient: Recipient) -> str:
    """Raises TooLong."""
    found = _absolute(reverse("comms:unsubscribe", args=[token(recipient)]))
    if len(found) > LONGEST_LINK:
        raise TooLong
    return found


def short_link(message_id: int, recipient: Recipient) -> str:
    signature = _short_signature(message_id, recipient, settings.SECRET_KEY)
    short = f"{int_to_base36(message_id)}-{signature}"
    return _absolute(reverse("comms:unsubscribe_short", args=[short]))


def preview_link(channel: str) -> str:
    if channel == Channel.SMS:
        return _absolute(reverse("comms:unsubscribe_short", args=[SHORT_TEST]))
    return _absolute(reverse("comms:unsubscribe", args=[TEST]))


def _absolute(path: str) -> str:
    """Never made from a request: its host could be forged."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


# Tokens


def token(recipient: Recipient) -> str:
    payload = f"{recipient.studio_id} {recipient.address_key}".encode()
    return _signer().sign(base64.urlsafe_b64encode(payload).rstrip(b"=").decode())


def read(signed: str) -> Recipient | None:
    """Whom a token stands for; nobody if it is not ours."""
    try:
        text = _signer().unsign(signed)
        payload = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        studio, _space, key = payload.partition(" ")
        return Recipient(int(studio), key)
    except (BadSignature, ValueError, binascii.Error):
        return None


def read_short(short: str) -> Recipient | None:
    """As `read`, for the link of an SMS. One query."""
    number, _hyphen, signature = short.partition("-")
    try:
        pk = base36_to_int(number)
    except ValueError:
        return None
    row = (
        Message.objects.filter(pk=pk).values_list("studio_id", "address_key").first()
        if len(signature) == SHORT_SIGNATURE
        else None
    )
    if row is None:
        return None
    recipient = Recipient(*row)
    # With the address in the signature: after a restore a number may be another message's.
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    good = [_short_signature(pk, recipient, key) for key in keys]
    return recipient if any(constant_time_compare(signature, one) for one in good) else None


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")


def _short_signature(message_id: int, recipient: Recipient, secret: str) -> str:
    value = f"{message_id} {recipient.studio_id} {recipient.address_key}"
    digest = salted_hmac(SHORT_SALT, value, secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode()[:SHORT_SIGNATURE]


# What they do


def why_silent(recipient: Recipient) -> set[str]:
    """Why the studio does not write to this address; empty if it does. One query."""
    rows = Suppression.objects.filter(studio=recipient.studio_id, address_key=recipient.address_key)
    return set(rows.values_list("why", flat=True))


def stop(recipient: Recipient, *, remark: str, at: datetime) -> None:
    """No marketing from this studio to this address from now on. Again it changes nothing."""
    row = Suppression(
        studio_id=recipient.studio_id,
        address_key=recipient.address_key,
        why=Why.UNSUBSCRIBED,
        at=at,
        remark=remark,
    )
    Suppression.objects.bulk_create([row], ignore_conflicts=True)


def resume(recipient: Recipient) -> None:
    """Take back what the customer said. What the mail server or a complaint said stays."""
    Suppression.objects.filter(
        studio=recipient.studio_id, address_key=recipient.address_key, why=Why.UNSUBSCRIBED
    ).delete()
