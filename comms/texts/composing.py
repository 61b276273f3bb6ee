"""Messages as they leave: the text of the notification with the facts of the moment in it.

E-mails have a text and an HTML part with nothing to load in it and nothing that tells on who reads
it. Headers are single lines, whatever somebody is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailAttachment, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext as _

from comms.models import Channel, Notification, Reason, Text, Trigger
from comms.models.profiles import SUBJECT_LENGTH
from comms.texts import body, calendar, facts, plain
from comms.texts.body import Body
from comms.texts.facts import Facts
from comms.texts.sms import MOST_CHARACTERS
from comms.texts.vocabulary import Unknown

LONGEST_SENDER = 80
CALENDAR_NAME = "deadline.ics"


@dataclass(frozen=True)
class Letter:
    """Ready to be sent to one address. An SMS has a text only."""

    text: str
    language: str
    subject: str = ""
    html: str = ""
    from_email: str = ""
    reply_to: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[EmailAttachment, ...] = ()

    def email(self, address: str) -> EmailMultiAlternatives:
        mail = EmailMultiAlternatives(
            subject=self.subject,
            body=self.text,
            from_email=self.from_email,
            to=[address],
            reply_to=list(self.reply_to) or None,
            headers=dict(self.headers),
            attachments=list(self.attachments),
        )
        mail.attach_alternative(self.html, "text/html")
        return mail


@dataclass(frozen=True)
class Unwritable:
    """Why there is no letter: for the ledger, and in words.

    As a string it is the untranslated text: the ledger keeps it, and each reader translates.
    """

    reason: Reason
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def sentence(self) -> str:
        return gettext(self.text)


class CannotWrite(Exception):
    """There is no letter. Says why, as the ledger wants to know it."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.unwritable = Unwritable(reason, text)


def compose(rule: Notification, text: Text, known: Facts, at: datetime) -> Letter:
    """Raises CannotWrite. The one way to a letter, also of a preview."""
    with override(text.language):
        try:
            values = facts.values(known, at=at)
            filled = body.build(text.body, values, rule.trigger)
            subject = body.subject(text.subject, values, rule.trigger)
        except Unknown as error:
            words = gettext_noop("The text has a placeholder that cannot be used.")
            raise CannotWrite(Reason.NO_TEXT, words) from error
        if not filled.text:
            raise CannotWrite(Reason.NO_TEXT, gettext_noop("Nothing is left of the text."))
        if rule.channel == Channel.SMS:
            return _sms(filled, text, known)
        return _email(filled, subject, text, known, at)


def _sms(filled: Body, text: Text, known: Facts) -> Letter:
    words = filled.text
    if known.unsubscribe and known.unsubscribe not in words:
        words += "\n" + _("Unsubscribe: %(link)s") % {"link": known.unsubscribe}
    if len(words) > MOST_CHARACTERS:
        raise CannotWrite(Reason.NO_TEXT, gettext_noop("The text is too long for an SMS."))
    return Letter(text=words, language=text.language)


def _email(filled: Body, subject: str, text: Text, known: Facts, at: datetime) -> Letter:
    studio = plain.one_line(known.sender.name, LONGEST_SENDER)
    line = plain.one_line(subject, SUBJECT_LENGTH) or plain.one_line(known.job.name, SUBJECT_LENGTH)
    reply_to = plain.one_line(known.sender.email, SUBJECT_LENGTH)
    context = {
        "subject": line,
        "language": text.language,
        "studio": studio,
        "reply_to": reply_to,
        "blocks": filled.blocks,
        "why": _why(known, studio),
        "unsubscribe": known.unsubscribe,
    }
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Letter(
        subject=line,
        text=_plain_email(filled, studio, reply_to, known),
        html=render_to_string("comms/mail/letter.html", context),
        language=text.language,
        from_email=formataddr((studio, address)),
        reply_to=(reply_to,) if reply_to else (),
        headers=_headers(known),
        attachments=_attachments(known, studio, at),
    )


def _headers(known: Facts) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}
    if known.message_id:
        headers["Message-ID"] = known.message_id
    if known.unsubscribe:
        headers["List-Unsubscribe"] = f"<{known.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _plain_email(filled: Body, studio: str, reply_to: str, known: Facts) -> str:
    foot = [" · ".join(filter(None, [studio, reply_to])), _why(known, studio)]
    if known.unsubscribe:
        foot.append(_("Unsubscribe: %(link)s") % {"link": known.unsubscribe})
    # Two hyphens and a space: mail programs know a signature by it.
    return "\n".join([filled.text, "", "-- ", *foot, ""])


def _why(known: Facts, studio: str) -> str:
    if known.order:
        words = _("You get this e-mail because of your order %(number)s.")
        return words % {"number": known.order.number}
    words = _(
        "You get this e-mail because %(studio)s has your address for the photos of “%(job)s”."
    )
    return words % {"studio": studio, "job": plain.one_line(known.job.name, SUBJECT_LENGTH)}


def _attachments(known: Facts, studio: str, at: datetime) -> tuple[EmailAttachment, ...]:
    """The date as a calendar entry, with the reminder of it (X7)."""
    job = known.job
    if known.trigger != Trigger.BEFORE_ARCHIVING or job.archive_date is None:
        return ()
    content = calendar.attachment(job, known.job_url, studio, at=at)
    return (EmailAttachment(CALENDAR_NAME, content.decode(), calendar.TYPE),)
