"""What of a claimed batch is sent: asked for the truth, then written. The rest is settled here."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import DatabaseError, connection
from django.utils.translation import gettext_noop

from comms.ledger import truth
from comms.ledger.truth import Verdict
from comms.models import Message, Reason
from comms.sending import claims
from comms.texts import letters
from comms.texts.letters import Letter, Unwritable

FAILED = gettext_noop("The message could not be written; the log says why.")
# For these somebody has to do something; all others are reasons not to write.
FAILURES = (Reason.NO_TEXT,)
logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Ready:
    message: Message
    letter: Letter


def ready(batch: Sequence[Message], *, at: datetime) -> list[Ready]:
    """In the order of the batch. A fixed number of queries, and one for each reason."""
    verdicts = _isolated(truth.check, batch, at)
    wanted = [message for message in batch if message.pk in verdicts]
    _settle_unsent(wanted, verdicts, at)
    wanted = [message for message in wanted if verdicts[message.pk].is_sent]
    written = _isolated(letters.write, wanted, at) if wanted else {}
    found = []
    for message in wanted:
        letter = written.get(message.pk)
        if isinstance(letter, Letter):
            found.append(Ready(message, letter))
        elif letter is not None:
            _settle_unwritable(message, letter, at)
    return found


def _isolated(
    ask: Callable[..., dict[int, Answer]], batch: Sequence[Message], at: datetime
) -> dict[int, Answer]:
    """For the whole batch; if that fails for each alone, so that one takes no other along."""
    try:
        return ask(batch, at=at)
    except Exception as error:
        _raise_if_lost(error)
        logger.exception("A batch of messages could not be read; each is tried alone.")
    found: dict[int, Answer] = {}
    for message in batch:
        try:
            found |= ask([message], at=at)
        except Exception as error:
            _raise_if_lost(error)
            logger.exception("Message %s could not be written.", message.pk)
            claims.fail(message, FAILED, at=at)
    return found


def _raise_if_lost(error: Exception) -> None:
    if isinstance(error, DatabaseError) and not connection.is_usable():
        raise error


def _settle_unsent(batch: Sequence[Message], verdicts: dict[int, Verdict], at: datetime) -> None:
    groups = defaultdict(list)
    for message in batch:
        if not verdicts[message.pk].is_sent:
            groups[verdicts[message.pk]].append(message)
    for verdict, messages in groups.items():
        if verdict.due_at is None:
            claims.skip(messages, verdict.reason, at=at)
        else:
            claims.postpone(messages, due_at=verdict.due_at, reason=verdict.reason)


def _settle_unwritable(message: Message, why: Unwritable, at: datetime) -> None:
    if why.reason in FAILURES:
        claims.fail(message, str(why), at=at, reason=why.reason)
    else:
        claims.skip([message], why.reason, at=at, remark=str(why))
