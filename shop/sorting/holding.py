"""One at a time: whoever changes the photos of a job holds its gallery."""

from jobstatus.models import Job
from shop.models import Storefront


def hold(job_id: int) -> None:
    """Until the transaction ends, nobody else adds or changes photos, albums or ties of this job.

    The row is the one that PostgreSQL's counters of the gallery write with every such change
    (docs/decisions/015), so that there is one lock and no order of locks to keep. One query; two
    for a job without a page. SQLite has one writer anyway.
    """
    pages = Storefront.objects.select_for_update(no_key=True).filter(job=job_id)
    if not list(pages.values_list("pk", flat=True)):
        list(Job.objects.select_for_update(no_key=True).filter(pk=job_id).values_list("pk"))
