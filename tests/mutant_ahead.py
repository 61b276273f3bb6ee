"""Mutants of what comes: each would foretell what does not happen, or keep quiet of what does."""

from tests.mutant import Mutant

LIFE_CYCLE = "jobstatus/ahead.py"
MESSAGES = "comms/ahead.py"
HAPPENINGS = "comms/ledger/happenings.py"
TRASH = "shop/storing/ahead.py"
OF_PAGE = ("test_ahead",)
OF_MESSAGES = ("test_ahead", "test_ahead_messages")
OF_TRASH = ("test_ahead_trash",)

OF_AHEAD = (
    Mutant(
        LIFE_CYCLE,
        "a prepay deadline is foreseen that comes later",
        "and ends_at <= outlook.until:",
        "and True:",
        OF_PAGE,
    ),
    Mutant(
        LIFE_CYCLE,
        "closed jobs are looked at for deadlines",
        "jobs.filter(status__in=OPEN)",
        "jobs",
        OF_PAGE,
    ),
    Mutant(
        LIFE_CYCLE,
        "what comes in other jobs is shown",
        "self.jobs.filter(pk__in=listed(job_ids))",
        'Job.objects.filter(pk__in=listed(job_ids)).select_related("studio")',
        OF_MESSAGES,
    ),
    Mutant(
        MESSAGES,
        "messages are foreseen that will not be true",
        "rule is not None and not truth.job_is_wrong(rule, job, at)",
        "rule is not None",
        OF_MESSAGES,
    ),
    Mutant(
        MESSAGES,
        "messages of another profile are foreseen",
        "rule is not None and not truth.job_is_wrong(rule, job, at)",
        "rule is None or not truth.job_is_wrong(rule, job, at)",
        OF_MESSAGES,
    ),
    Mutant(
        MESSAGES,
        "who has the message already is counted",
        "row.status == PLANNED and not row.is_known",
        "row.status == PLANNED",
        OF_MESSAGES,
    ),
    Mutant(
        MESSAGES,
        "who gets no message is counted",
        "row.status == PLANNED and not row.is_known",
        "not row.is_known",
        OF_MESSAGES,
    ),
    Mutant(
        MESSAGES,
        "what is overdue is foreseen for the past",
        "found[job_id, notification_id, max(outlook.at, due_at)]",
        "found[job_id, notification_id, due_at]",
        OF_MESSAGES,
    ),
    Mutant(
        HAPPENINGS,
        "answers in other studios are foreseen",
        'Q(**{f"{studio}__in": studios})',
        "Q()",
        OF_MESSAGES,
    ),
    Mutant(
        HAPPENINGS,
        "answers are foreseen that come later",
        "        if meant_at <= until:\n",
        "        if True:\n",
        OF_MESSAGES,
    ),
    Mutant(
        "shop/storing/purging.py",
        "photos that went before their album are counted with it",
        'filter=Q(photos__trashed_at=F("trashed_at"))',
        "filter=Q()",
        OF_TRASH,
    ),
    Mutant(
        TRASH,
        "what is overdue is foreseen for the past",
        "at, job = max(outlook.at, purging.purged_at(trashed_at)), jobs",
        "at, job = purging.purged_at(trashed_at), jobs",
        OF_TRASH,
    ),
)
