"""Giving out access codes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from django.db import IntegrityError, transaction

from jobstatus.keys import listed
from jobstatus.models import Job
from shop.codes import spelling
from shop.models import AccessCode, Subject

BATCH_SIZE = 1_000
ATTEMPTS = 5  # of a batch with a text that is taken; one in 2⁶⁰ of all texts is


def issue(
    subjects: Iterable[Subject], *, new_code: Callable[[], str] = spelling.new_code
) -> list[AccessCode]:
    """A new code for each of these persons, in their order; codes they had stay valid.

    For a thousand of them one query for the studios and one INSERT (SQLite: a few). A text that was
    given out before, be its code dead, is drawn again. All or nothing for each thousand.
    """
    waiting, issued = iter(subjects), []
    while batch := list(islice(waiting, BATCH_SIZE)):
        issued += _issue_batch(batch, new_code)
    return issued


@transaction.atomic
def issue_missing(job_id: int) -> list[AccessCode]:
    """A code for each person of the job that has none. Two people at once issue one each."""
    # The second one waits here and then finds nothing to do.
    Job.objects.select_for_update(no_key=True).get(pk=job_id)
    without = Subject.objects.filter(job=job_id, codes__isnull=True).order_by("album", "name", "pk")
    return issue(list(without))


def _issue_batch(subjects: Sequence[Subject], new_code: Callable[[], str]) -> list[AccessCode]:
    jobs = Job.objects.filter(pk__in=listed({subject.job_id for subject in subjects}))
    studios = dict(jobs.values_list("pk", "studio"))
    texts = [new_code() for _subject in subjects]
    for attempt in range(ATTEMPTS):
        rows = [
            AccessCode(
                studio_id=studios[subject.job_id],
                job_id=subject.job_id,
                subject=subject,
                code=text,
            )
            for subject, text in zip(subjects, texts, strict=True)
        ]
        try:
            with transaction.atomic():
                return AccessCode.objects.bulk_create(rows)
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
            texts = _without_taken(texts, new_code)
    raise AssertionError("Unreachable: the last attempt returns or raises.")


def _without_taken(texts: list[str], new_code: Callable[[], str]) -> list[str]:
    """The same texts, but new ones for those that are in the database or twice in the list."""
    taken = set(AccessCode.objects.filter(code__in=texts).values_list("code", flat=True))
    free = []
    for text in texts:
        free.append(new_code() if text in taken else text)
        taken.add(free[-1])
    return free
