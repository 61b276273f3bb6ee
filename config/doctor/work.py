"""Whether what is due gets done. The same facts as the health page."""

from collections.abc import Iterator

from comms.sending.health import sending_health
from config.doctor.finding import Finding, judged, ok, problem, warning
from jobstatus.clock import Clock
from jobstatus.heartbeat import sweep_health
from shop.delivery.health import receipts_health


def jobs_archive_themselves(clock: Clock) -> Iterator[Finding]:
    health = sweep_health(clock())
    if health.age_seconds is None:
        yield problem("The sweep has never run.")
    else:
        yield judged(not health.is_late, f"The sweep ran {health.age_seconds} s ago.")
    if health.overdue:
        yield problem(f"Jobs that should have been archived: {health.overdue}.")
    if health.failed:
        yield problem(f"Jobs that could not be archived: {health.failed}. The log says why.")


def messages_leave(clock: Clock) -> Iterator[Finding]:
    health = sending_health(clock())
    if health.is_muted:
        yield problem("Nothing is sent until somebody runs manage.py comms_release.")
    if health.overdue:
        yield problem(f"Messages that are overdue: {health.overdue}.")
    if health.is_well:
        yield ok("Messages leave on time.")
    if health.unknown or health.failed:
        yield warning(
            f"Messages that are unknown: {health.unknown}, that failed: {health.failed}. The first "
            "page of the admin lists them for a person."
        )


def receipts_leave(clock: Clock) -> Iterator[Finding]:
    health = receipts_health(clock())
    if health.is_well:
        yield ok("E-mails about orders leave on time.")
    else:
        yield problem(f"E-mails about orders that are overdue: {health.overdue}.")
