"""Is this installation well? What `manage.py doctor` asks, one question after the other (X6).

Changes nothing but a small file that it writes and deletes. Every question has a time limit.
"""

from collections.abc import Callable, Iterator

from config.doctor import machine, servers, work
from config.doctor.finding import Finding, problem
from jobstatus.clock import Clock

Question = Callable[[Clock], Iterator[Finding]]
QUESTIONS: tuple[tuple[str, Question], ...] = (
    ("settings", machine.settings_are_sound),
    ("database", machine.database_answers),
    ("clock", machine.clocks_agree),
    ("zone data", machine.zones_are_current),
    ("photos", machine.photos_can_be_kept),
    ("space", machine.space_is_left),
    ("broker", servers.broker_answers),
    ("workers", servers.workers_answer),
    ("beat", servers.beats_are_running),
    ("mail", servers.mail_server_answers),
    ("public address", servers.public_address_leads_here),
    ("sweep", work.jobs_archive_themselves),
    ("messages", work.messages_leave),
    ("receipts", work.receipts_leave),
)


def examine(clock: Clock) -> Iterator[tuple[str, Finding]]:
    """What was asked, and what was found. Raises nothing: what cannot be asked is a problem."""
    for name, question in QUESTIONS:
        try:
            for finding in question(clock):
                yield name, finding
        except Exception as error:  # The next question may tell why.
            yield name, problem(f"This could not be found out: {type(error).__name__}: {error}")
