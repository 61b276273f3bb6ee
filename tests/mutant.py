"""One mutant, and the files that mutants change."""

from dataclasses import dataclass

OPERATIONS = "jobstatus/operations.py"
FORESIGHT = "jobstatus/foresight.py"
LIFECYCLE = "jobstatus/lifecycle.py"
DEADLINES = "jobstatus/deadlines.py"
JOB = "jobstatus/models/job.py"
JOBS = "jobstatus/models/jobs.py"
STUDIO = "jobstatus/models/studio.py"
EVENT = "jobstatus/models/event.py"
REACTIONS = "shop/reactions.py"
FIRST = "jobstatus/migrations/0001_initial.py"
HISTORY = "jobstatus/migrations/0002_history_is_final.py"


@dataclass(frozen=True)
class Mutant:
    file: str
    why: str
    old: str
    new: str
    tests: tuple[str, ...]
    database: str = "sqlite"  # or "postgresql", or "both": red on one of them is enough
    is_pattern: bool = False  # `old` is a regular expression
