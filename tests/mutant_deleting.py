"""Mutants of the job that is deleted: what was typed, what goes with it and what survives."""

from tests.mutant import Mutant

DELETING = "jobstatus/deleting.py"
DELETION = "shop/deletion.py"
OF_JOB = ("test_job_deletion",)

OF_DELETION = (
    Mutant(
        DELETING,
        "any name deletes a job",
        "    if not is_name_of(job, typed):\n",
        "    if False:\n",
        OF_JOB,
    ),
    Mutant(
        DELETING,
        "capitals do not count",
        "return _spelled(typed) == _spelled(job.name)",
        "return _spelled(typed).lower() == _spelled(job.name).lower()",
        OF_JOB,
    ),
    Mutant(
        DELETING,
        "what is deleted is not what was shown",
        "    if seen is not None and seen != fingerprint(job, notices):\n",
        "    if False:\n",
        OF_JOB,
    ),
    Mutant(
        DELETING,
        "the apps take no part",
        "        listener.react(Deletion(job, by, at))\n",
        "        pass\n",
        OF_JOB,
    ),
    Mutant(
        "jobstatus/remembering.py",
        "nobody remembers who did it",
        "    if by is not None:\n",
        "    if False:\n",
        OF_JOB,
    ),
    Mutant(
        DELETION,
        "files of the job stay",
        "    delete_photos(photo_ids, at=deletion.at)\n",
        "",
        OF_JOB,
    ),
    Mutant(
        DELETION,
        "codes are deleted",
        "    AccessCode.objects.filter(_of(job)).update(job=None, subject=None)\n",
        "    AccessCode.objects.filter(_of(job)).delete()\n",
        OF_JOB,
    ),
    Mutant(
        DELETION,
        "an order's pictures go with the job",
        "OrderPicture.objects.filter(job=job).update(job=None)",
        "OrderPicture.objects.filter(job=job).delete()",
        OF_JOB,
    ),
    Mutant(
        DELETION,
        "products of the job stay in baskets",
        "    lines.update(set_aside_at=deletion.at)\n",
        "",
        OF_JOB,
    ),
    Mutant(
        DELETION,
        "products of every job leave the baskets",
        "    lines = BasketLine.objects.pending().with_pictures_of([job.pk])\n    lines.update(",
        "    lines = BasketLine.objects.pending()\n    lines.update(",
        OF_JOB,
    ),
    Mutant(
        "jobstatus/admin/deletion.py",
        "the page deletes whatever there is by now",
        "            seen=seen,\n",
        "",
        OF_JOB,
    ),
)
