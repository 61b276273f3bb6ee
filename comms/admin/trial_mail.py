"""A message to oneself, at once, so that one reads what the mail server says."""

import logging
import smtplib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from comms.models import Channel, Notification
from comms.models.profiles import SUBJECT_LENGTH
from comms.sending import channels, mute
from comms.texts import plain
from comms.texts.composing import Letter
from jobstatus.clock import Clock

logger = logging.getLogger(__name__)

MOST_AN_HOUR = 10  # for each person
TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 200
TAG = "test"  # Comes back with a provider's reports, and is no message's.
MARK = "Test mail"  # In the history; by it they are counted.


@dataclass(frozen=True)
class Answer:
    level: int
    sentence: str


def send(letter: Letter, notification: Notification, *, user: Any, clock: Clock) -> Answer:
    """Send it to the person's own address. Waits for the mail server, some seconds at the most."""
    if notification.channel != Channel.EMAIL:
        return Answer(messages.WARNING, _("Only e-mails can be tried out; an SMS costs money."))
    if mute.is_muted() is not None:
        return Answer(messages.WARNING, _("No messages are sent now, so that no test mail is."))
    if not user.email:
        return Answer(
            messages.WARNING, _("Your own account has no e-mail address. Ask for one to be added.")
        )
    if not _may_send(notification, user, clock=clock):
        text = _("At most %(count)d test mails an hour are possible. Try again later.")
        return Answer(messages.WARNING, text % {"count": MOST_AN_HOUR})
    words = _("Test: %(subject)s") % {"subject": letter.subject}
    trial = replace(letter, subject=plain.one_line(words, SUBJECT_LENGTH))
    if settings.EMAIL_PROVIDER:
        return _by_provider(trial, user.email)
    return _by_server(trial, user.email)


def _by_server(letter: Letter, address: str) -> Answer:
    """Not as the sender does it: it waits minutes for an answer, and a person does not."""
    mail = letter.email(address)
    try:
        mail.connection = get_connection(timeout=TIMEOUT_SECONDS)
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        _code, said = next(iter(error.recipients.values()), (0, b""))
        return _refused(said)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        return _unreachable(error)
    return _taken(address)


def _by_provider(letter: Letter, address: str) -> Answer:
    channel = channels.available()[Channel.EMAIL]
    try:
        channel.open()
        end = channel.send(channels.Envelope(address, letter, tag=TAG), lambda: True)
    except channels.Unreachable as error:
        return _unreachable(error)
    finally:
        channel.close()
    return _taken(address) if end.what is channels.Ending.SENT else _refused(end.remark)


def _taken(address: str) -> Answer:
    text = _("The mail server took the test mail for %(address)s.")
    return Answer(messages.SUCCESS, text % {"address": address})


def _unreachable(error: Exception) -> Answer:
    logger.warning("A test mail could not be sent: %s", error)
    text = _("The mail server could not be reached: %(error)s")
    return Answer(messages.ERROR, text % {"error": _line(str(error))})


def _may_send(notification: Notification, user: Any, *, clock: Clock) -> bool:
    """Counted first, then asked: two at once do not both get the last one."""
    kind = ContentType.objects.get_for_model(Notification)
    entry = LogEntry.objects.create(
        user=user,
        content_type=kind,
        object_id=str(notification.pk),
        object_repr=str(notification)[:200],
        action_flag=CHANGE,
        change_message=MARK,
        action_time=clock(),
    )
    since = entry.action_time - timedelta(hours=1)
    rows = LogEntry.objects.filter(
        user=user, content_type=kind, change_message=MARK, action_time__gt=since
    )
    if rows.filter(pk__lte=entry.pk).count() <= MOST_AN_HOUR:
        return True
    entry.delete()
    return False


def _refused(said: Any) -> Answer:
    text = _("The mail server refused the test mail: %(answer)s")
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return Answer(messages.ERROR, text % {"answer": _line(words)})


def _line(words: str) -> str:
    return plain.one_line(words, LONGEST_ANSWER)
