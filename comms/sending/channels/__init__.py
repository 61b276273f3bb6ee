"""The ways out: SMTP, other backends of Django, providers over HTTP, SMS."""

from django.conf import settings
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend

from comms import models
from comms.sending.channels.backend import BackendChannel
from comms.sending.channels.console import ConsoleChannel
from comms.sending.channels.contract import Channel, End, Ending, Envelope, HandOver, Unreachable
from comms.sending.channels.provider import ProviderChannel
from comms.sending.channels.smtp import SmtpChannel
from comms.sending.channels.twilio import TwilioChannel

__all__ = ["Channel", "End", "Ending", "Envelope", "HandOver", "Unreachable", "available"]


def available() -> dict[str, Channel]:
    """Those that are set up, not open yet."""
    ways: dict[str, Channel] = {models.Channel.EMAIL: _email()}
    if settings.SMS_PROVIDER:
        ways[models.Channel.SMS] = SMS[settings.SMS_PROVIDER]()
    return ways


SMS: dict[str, type[Channel]] = {"twilio": TwilioChannel, "console": ConsoleChannel}


def _email() -> Channel:
    if settings.EMAIL_PROVIDER:
        name = f"anymail.backends.{settings.EMAIL_PROVIDER}.EmailBackend"
        return ProviderChannel(mail.get_connection(name))
    backend = mail.get_connection()
    return SmtpChannel(backend) if isinstance(backend, EmailBackend) else BackendChannel(backend)
