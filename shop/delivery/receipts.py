"""Sending what orders owe their customers: claimed before, settled after, one by one.

A receipt that may or may not have left, because the worker or the connection was lost, is sent
once more with the same Message-ID, and never a third time: for a confirmation twice is better than
never. Marketing mails will be stricter.
"""

import logging
import smtplib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from django.core import mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jobstatus.clock import Clock
from shop import orders
from shop.delivery import letters
from shop.models import OrderEvent, Receipt

BATCH_SIZE = 200  # receipts in one tick
RUN_LASTS = timedelta(minutes=4)  # then the next tick goes on
LEASE = timedelta(minutes=15)  # longer than a task may run: who holds one longer is lost
RETRY_WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30))  # and then
LAST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 80  # more than three days
MOST_DOUBTS = 1
OK, FIRST_PERMANENT_CODE = 250, 500  # of SMTP
# Written into rows and translated when shown. All else are the words of a mail server.
LOST = gettext_noop("The worker was lost while it sent this e-mail.")
NO_ADDRESS = gettext_noop("The order's e-mail address is none.")
NOT_WRITTEN = gettext_noop("The e-mail could not be written.")

Status = Receipt.Status
logger = logging.getLogger(__name__)


def send_due(*, clock: Clock) -> int:
    """Send the receipts that are due, oldest first. Returns how many the mail server took.

    Nothing is claimed while the server cannot be reached: an outage of days loses and counts
    nothing. Idle: two queries and the clock's.
    """
    at = clock()
    _take_up_lost(at)
    due = list(
        Receipt.objects.filter(status=Status.WAITING, due_at__lte=at)
        .select_related("order__studio__terms")
        .order_by("due_at", "pk")[:BATCH_SIZE]
    )
    if not due:
        return 0
    line = _Line()
    try:
        return _send(due, line, until=at + RUN_LASTS, clock=clock)
    except NoMailServer as reason:
        logger.error("The mail server cannot be reached; receipts wait. %s", reason)
        return 0
    finally:
        line.hang_up()


class NoMailServer(Exception):
    """It cannot be reached, or let us in. Nothing is in doubt."""


class _Line:
    """One connection to the mail server for a run, opened again when the server ends it."""

    def __init__(self) -> None:
        self.backend: Any = None

    def ready(self) -> Any:
        """A connection that answers. Raises NoMailServer."""
        if self.backend is not None and not self._answers():
            self.hang_up()
        if self.backend is None:
            backend = mail.get_connection()
            try:
                backend.open()
            except (OSError, smtplib.SMTPException) as error:
                raise NoMailServer(f"{type(error).__name__}: {error}") from error
            self.backend = backend
        return self.backend

    def hang_up(self) -> None:
        if self.backend is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.backend.close()
        self.backend = None

    def _answers(self) -> bool:
        # Servers end a connection after some messages, or some seconds: found out before a
        # receipt is claimed, this is no doubt.
        smtp = getattr(self.backend, "connection", None)
        if not isinstance(smtp, smtplib.SMTP):
            return True
        try:
            return smtp.noop()[0] == OK
        except (OSError, smtplib.SMTPException):
            return False


def _send(due: Iterable[Receipt], line: _Line, *, until: datetime, clock: Clock) -> int:
    sent = 0
    for receipt in due:
        backend = line.ready()
        at = clock()
        if at >= until:
            break
        if _claim(receipt, at):
            end = _deliver(receipt, backend)
            _settle(receipt, end, clock=clock)
            sent += end.what is Ending.SENT
            if end.what is Ending.DOUBT:
                line.hang_up()
    return sent


def shown(remark: str) -> str:
    """In the language of the page."""
    return _(remark) if remark in (LOST, NO_ADDRESS, NOT_WRITTEN) else remark


class Ending(Enum):
    SENT = auto()
    LATER = auto()
    NEVER = auto()
    DOUBT = auto()  # it may have left


@dataclass(frozen=True)
class _End:
    what: Ending
    remark: str = ""


def _claim(receipt: Receipt, at: datetime) -> bool:
    """Count the attempt first, so that a receipt that kills its worker is not tried for ever."""
    rows = Receipt.objects.filter(
        pk=receipt.pk, status=Status.WAITING, attempts=receipt.attempts, due_at=receipt.due_at
    )
    receipt.claimed_at, receipt.attempts = at, receipt.attempts + 1
    claimed = rows.update(status=Status.CLAIMED, attempts=F("attempts") + 1, claimed_at=at)
    return claimed == 1


def _deliver(receipt: Receipt, backend: Any) -> _End:
    """Outside any transaction: a rollback cannot unsend a mail."""
    try:
        message = letters.message(receipt)
        message.connection = backend
        message.send()
    except letters.NoAddress:
        return _End(Ending.NEVER, NO_ADDRESS)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = next(iter(refusal.recipients.values()))
        return _refused(code, text)
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code, refusal.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return _End(Ending.DOUBT, type(error).__name__)
    except Exception:
        # One receipt that cannot be written must not hold up the others.
        logger.exception("Receipt %s cannot be written.", receipt.pk)
        return _End(Ending.NEVER, NOT_WRITTEN)
    return _End(Ending.SENT)


def _refused(code: int, text: bytes | str) -> _End:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    what = Ending.LATER if code < FIRST_PERMANENT_CODE else Ending.NEVER
    return _End(what, letters.one_line(f"{code} {words}"))


@transaction.atomic(durable=True)
def _settle(receipt: Receipt, end: _End, *, clock: Clock) -> None:
    """Only while the claim is still ours: after the lease somebody else decides."""
    at = clock()
    ours = Receipt.objects.filter(
        pk=receipt.pk, status=Status.CLAIMED, claimed_at=receipt.claimed_at
    )
    remark = end.remark[: orders.LONGEST_TEXT]
    is_last = receipt.attempts >= MOST_ATTEMPTS
    if end.what is Ending.SENT:
        if ours.update(status=Status.SENT, sent_at=at, remark=""):
            _tell(receipt, OrderEvent.Kind.MAILED, receipt.kind, at)
    elif end.what is Ending.DOUBT:
        _doubt(receipt, ours, remark, at)
    elif end.what is Ending.LATER and not is_last:
        waits = (*RETRY_WAITS, LAST_WAIT)
        wait = waits[min(receipt.attempts, len(waits)) - 1]
        ours.update(status=Status.WAITING, due_at=at + wait, remark=remark)
    else:
        _fail(receipt, ours, remark, at)


def _take_up_lost(at: datetime) -> None:
    """Receipts whose worker was lost while it held them."""
    lost = Receipt.objects.filter(status=Status.CLAIMED, claimed_at__lte=at - LEASE)
    for receipt in lost.order_by("due_at", "pk")[:BATCH_SIZE]:
        with transaction.atomic(durable=True):
            rows = lost.filter(pk=receipt.pk, claimed_at=receipt.claimed_at)
            _doubt(receipt, rows, LOST, at)


def _doubt(receipt: Receipt, rows: QuerySet[Receipt], remark: str, at: datetime) -> None:
    """It may have left: once more if this is the first doubt, else it is left to a person."""
    if receipt.doubts < MOST_DOUBTS:
        logger.warning("Receipt %s may have left; it is sent once more.", receipt.pk)
        due_at = at + RETRY_WAITS[0]
        rows.update(status=Status.WAITING, doubts=F("doubts") + 1, due_at=due_at, remark=remark)
    else:
        _fail(receipt, rows, remark, at)


def _fail(receipt: Receipt, rows: QuerySet[Receipt], remark: str, at: datetime) -> None:
    if rows.update(status=Status.FAILED, remark=remark):
        logger.error("Receipt %s could not be sent: %s", receipt.pk, remark)
        _tell(receipt, OrderEvent.Kind.MAIL_FAILED, f"{receipt.kind}: {remark}", at)


def _tell(receipt: Receipt, kind: str, text: str, at: datetime) -> None:
    OrderEvent.objects.create(
        order_id=receipt.order_id, kind=kind, at=at, by=None, text=text[: orders.LONGEST_TEXT]
    )
