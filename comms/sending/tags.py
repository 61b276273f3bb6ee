"""What a provider's report names a message by. Nobody can make one for another message."""

from django.utils.crypto import constant_time_compare, salted_hmac

from comms.models import Message

SALT = "comms.sending.tags"
DIGEST_LENGTH = 32
MOST_DIGITS = 18


def tag(message: Message) -> str:
    return f"{message.pk}-{_digest(message.pk)}"


def message_pk(text: str) -> int | None:
    """The number of the message if it is one of our tags."""
    number, _dash, digest = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return None
    return int(number) if constant_time_compare(digest, _digest(int(number))) else None


def _digest(pk: int) -> str:
    return salted_hmac(SALT, str(pk), algorithm="sha256").hexdigest()[:DIGEST_LENGTH]
