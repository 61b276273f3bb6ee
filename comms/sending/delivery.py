"""Messages on their way out: claimed in small batches, judged, written, sent, settled one by one.

docs/decisions/021-delivery.md tells what is promised when a worker dies at any point.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta

from comms.sending import claims, mute, turns
from comms.sending.channels import available
from comms.sending.line import Line
from comms.sending.pace import Watch
from comms.sending.turns import Turn
from jobstatus.clock import Clock

LONGEST_PAUSE = timedelta(seconds=1)


def deliver(*, clock: Clock, until: datetime) -> int:
    """Send what is due until nothing is or the time is over. Returns how many came to an end.

    Any number may run at once. Idle: a query for each channel, besides the clock's and the mute's.
    """
    if not mute.may_send(clock=clock):
        return 0
    watch = Watch(clock)
    done = 0
    with ExitStack() as hang_up:
        lines = [Line(name, way, watch, until) for name, way in available().items()]
        for line in lines:
            hang_up.callback(line.channel.close)
        while watch.now() < until:
            busy = [(line, turns.turns(line.name, at=watch.now())) for line in lines]
            served = sum(line.serve(found) for line, found in busy)
            done += served
            busy = [(line, found) for line, found in busy if found and not line.is_over]
            lines = [line for line, _found in busy]
            if not lines:
                break
            if not served:
                _wait(watch, [turn for _line, found in busy for turn in found])
    return done


def _wait(watch: Watch, waiting: list[Turn]) -> None:
    """Until the pace of one of these studios lets the next message go."""
    at = watch.now()
    watch.sleep_until(at + turns.pause(waiting, at=at, most=LONGEST_PAUSE))


def recover_lost(*, clock: Clock) -> int:
    """Take up what lost senders had in hand. How many messages. Idle: one query and the clock's."""
    return claims.recover_lost(at=clock())
