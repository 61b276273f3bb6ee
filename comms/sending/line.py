"""One channel during one run of a sender: batch after batch over one connection."""

import logging
import time
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils.translation import gettext_noop

from comms import models
from comms.sending import claims, judging, pace, tags
from comms.sending.channels import Channel, End, Ending, Envelope, Unreachable
from comms.sending.judging import Ready
from comms.sending.pace import Pacer, Watch
from comms.sending.turns import Turn

BATCH_SIZE = 50
# What a run may take longer because its last messages are slow; the rest is given back then.
OVERRUN = timedelta(seconds=60)
MOST_REFUSALS = 10  # one after the other: it is the provider, and a later run goes on
SETTLE_ATTEMPTS, SETTLE_PAUSE_SECONDS = 5, 1
AT_ONCE = timedelta(0)
UNWRITABLE = gettext_noop("The message could not be written.")
BROKEN = gettext_noop("The sender failed while it handed the message over.")
logger = logging.getLogger(__name__)


class Line:
    def __init__(self, name: str, channel: Channel, watch: Watch, until: datetime) -> None:
        self.name, self.channel, self.watch, self.until = name, channel, watch, until
        self.is_over = False  # nobody answers there
        self.refusals = 0

    def serve(self, found: list[Turn]) -> int:
        """A batch for each studio that is free. Returns how many messages came to an end."""
        ended = 0
        for turn in found:
            if self.is_over or self.watch.now() >= self.until:
                break
            if turn.is_free(self.watch.now()) and self._is_open():
                ended += self._batch(turn)
        return ended

    def _is_open(self) -> bool:
        """Asked before anything is claimed: an outage of days counts and loses nothing."""
        try:
            self.channel.open()
        except Unreachable as error:
            self._give_up(f"nobody can be reached: {error}")
            return False
        return True

    def _give_up(self, why: str) -> None:
        self.is_over = True
        logger.error("Messages wait (%s): %s", self.name, why)

    def _batch(self, turn: Turn) -> int:
        at = self.watch.now()
        of_studio, of_channel = pace.of_studio(turn.studio_id), pace.of_channel(self.name)
        block = pace.reserve(of_studio, turn.per_minute, want=BATCH_SIZE, at=at, within=AT_ONCE)
        if block is None:
            return 0
        batch = claims.claim(turn.studio_id, self.name, most=block.left, at=at)
        ready = judging.ready(batch, at=at) if batch else []
        rates = {of_channel: per_minute(self.name), of_studio: turn.per_minute}
        pacer = Pacer(self.watch, rates, {of_studio: block})
        return len(batch) - len(ready) + self._send(ready, pacer)

    def _send(self, left: list[Ready], pacer: Pacer) -> int:
        """How many came to an end; what cannot be sent now is given back without being counted.

        Any other exception leaves the rest to whoever finds its lease run out.
        """
        ended = 0
        try:
            while left and not self.is_over and self.watch.now() < self.until + OVERRUN:
                left = self._held(left)
                if not left or not pacer.wait_for_place(len(left)):
                    break
                self.channel.open()
                message = left[0].message
                end = self._hand_in(left[0], pacer, len(left))
                left = left[1:]
                ended += self._settle(message, end)
                self._judge(end)
        except Unreachable as error:
            self._give_up(f"nobody can be reached any more: {error}")
        claims.give_back([ready.message for ready in left])
        return ended

    def _held(self, left: list[Ready]) -> list[Ready]:
        """Those that are still ours; the lease is renewed at half its time."""
        at = self.watch.now()
        leased_until = left[0].message.leased_until
        if leased_until is not None and at < leased_until - claims.lease() / 2:
            return left
        kept = {message.pk for message in claims.renew([r.message for r in left], at=at)}
        return [ready for ready in left if ready.message.pk in kept]

    def _hand_in(self, ready: Ready, pacer: Pacer, want: int) -> End:
        message, letter = ready.message, ready.letter
        is_marked = False

        def hand_over() -> bool:
            nonlocal is_marked
            if not pacer.take(want):
                return False
            at = self.watch.now()
            is_marked = claims.mark(message, subject=letter.subject, text=letter.text, at=at)
            return is_marked

        envelope = Envelope(message.address, letter, tags.tag(message))
        try:
            return self.channel.send(envelope, hand_over)
        except (Unreachable, DatabaseError, SoftTimeLimitExceeded):
            raise
        except Exception:
            # One message that cannot be written must not hold up the others.
            logger.exception("Message %s could not be sent.", message.pk)
            return End(Ending.DOUBT, BROKEN) if is_marked else End(Ending.NEVER, UNWRITABLE)

    def _settle(self, message: models.Message, end: End) -> bool:
        """What is known now is known to nobody else: so it waits for a database that comes back."""
        for attempt in range(1, SETTLE_ATTEMPTS + 1):
            try:
                return claims.settle(message, end, at=self.watch.now())
            except OperationalError:
                if attempt == SETTLE_ATTEMPTS or connection.in_atomic_block:
                    raise
                logger.exception("Message %s could not be settled yet.", message.pk)
                connection.close()
                time.sleep(SETTLE_PAUSE_SECONDS)
        return False

    def _judge(self, end: End) -> None:
        is_refusal = end.what in (Ending.LATER, Ending.DOUBT)
        self.refusals = self.refusals + 1 if is_refusal else 0
        if self.refusals >= MOST_REFUSALS:
            self._give_up(f"{self.refusals} were refused one after the other: {end.remark}")


def per_minute(name: str) -> int:
    """What the provider allows; 0 if nothing was set."""
    rates: dict[str, int] = {
        models.Channel.EMAIL: settings.EMAIL_PER_MINUTE,
        models.Channel.SMS: settings.SMS_PER_MINUTE,
    }
    return rates[name]
