"""One at a time: whoever changes the photos of a job holds its gallery first."""

from django.db import connection

from jobstatus.models import Job

# The job before its page, as whoever deletes a job locks them. Its row is shared, so that orders
# and changes of its status do not wait: only its deletion does, and the deletion is waited for.
_HOLD = """
WITH job AS (SELECT id FROM jobstatus_job WHERE id = %s{share})
SELECT page.id FROM shop_storefront page JOIN job ON job.id = page.job_id{update}
"""
_LOCKS = {"share": " FOR KEY SHARE", "update": " FOR NO KEY UPDATE OF page"}
_NO_LOCKS = {"share": "", "update": ""}


def hold(job_id: int) -> None:
    """Until the transaction ends, nobody else adds or changes photos, albums or ties of this job,
    and nobody deletes it. Call it before anything else of the job is read or written.

    The row is the one that PostgreSQL's counters of the gallery write with every such change
    (docs/decisions/015), so that there is one lock and no order of locks to keep. One query; two
    for a job without a page. SQLite has one writer anyway.
    """
    locks = _LOCKS if connection.features.has_select_for_update else _NO_LOCKS
    with connection.cursor() as cursor:
        cursor.execute(_HOLD.format(**locks), [job_id])
        page = cursor.fetchone()
    if page is None:
        list(Job.objects.select_for_update(no_key=True).filter(pk=job_id).values_list("pk"))
