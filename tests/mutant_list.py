"""What `tests.mutants` takes out, and the tests that must notice."""

from tests.mutant import FIRST, FORESIGHT, JOB, OPERATIONS, Mutant
from tests.mutant_admin import SHOP_ADMIN
from tests.mutant_ahead import OF_AHEAD
from tests.mutant_checkout import BUYING
from tests.mutant_comms import COMMS
from tests.mutant_deleting import OF_DELETION
from tests.mutant_doctor import DOCTOR
from tests.mutant_entry import ENTRY_GUARDS
from tests.mutant_gallery import GALLERY
from tests.mutant_images import IMAGES
from tests.mutant_payments import PAYMENTS
from tests.mutant_populate import POPULATE
from tests.mutant_prepay import PREPAY
from tests.mutant_receipts import MAILS_AND_FILES
from tests.mutant_reports import REPORTS
from tests.mutant_rules import EFFECTS, RULES
from tests.mutant_sending import SENDING
from tests.mutant_sorting import SORTING
from tests.mutant_storing import STORING
from tests.mutant_uploads import UPLOADS


def without_constraint(name: str) -> Mutant:
    return Mutant(
        FIRST,
        f"no constraint {name}",
        rf"        migrations\.AddConstraint\(\n.*\n.*name='{name}'\),\n        \),\n",
        "",
        ("test_lifecycle", "test_job"),
        is_pattern=True,
    )


LOCKS_AND_CLOCK = (
    Mutant(
        OPERATIONS,
        "no lock on the rows of a change",
        'jobs.select_related("studio").select_for_update(of=("self",), no_key=True).order_by("pk")',
        'jobs.select_related("studio").order_by("pk")',
        ("test_races",),
        "postgresql",
    ),
    Mutant(
        OPERATIONS,
        "the sweep locks no rows",
        'due.select_for_update(skip_locked=True, of=("self",), no_key=True)',
        "due",
        ("test_races",),
        "postgresql",
    ),
    Mutant(
        OPERATIONS,
        "the clock is read before the lock",
        "    jobs = _locked(Job.objects.filter(pk__in=listed(job_ids)))\n"
        "    at = deadlines.require_aware(clock())\n",
        "    at = deadlines.require_aware(clock())\n"
        "    jobs = _locked(Job.objects.filter(pk__in=listed(job_ids)))\n",
        ("test_races",),
        "postgresql",
    ),
    Mutant(
        "jobstatus/clock.py",
        "the clock of the transaction's start",
        "SELECT clock_timestamp()",
        "SELECT now()",
        ("test_races", "test_tasks"),
        "postgresql",
    ),
    Mutant(
        OPERATIONS,
        "the sweep does not look at the clock again",
        "if closes_at <= at:",
        "if True:",
        ("test_sweep",),
    ),
    Mutant(
        OPERATIONS,
        "a job that is tried by itself is not judged again",
        "due.filter(pk=job_id)",
        "Job.objects.filter(pk=job_id)",
        ("test_sweep",),
    ),
    Mutant(
        OPERATIONS,
        "a naive clock is accepted",
        "deadlines.require_aware(clock())",
        "clock()",
        ("test_operations",),
    ),
)
GUARDS = (
    Mutant(
        OPERATIONS,
        "the update is not guarded by the old status",
        "status=old_status, kind=old_kind",
        "kind=old_kind",
        ("test_operations",),
    ),
    Mutant(
        OPERATIONS,
        "the update is not guarded by the old kind",
        "status=old_status, kind=old_kind",
        "status=old_status",
        ("test_operations",),
    ),
    Mutant(
        OPERATIONS,
        "nobody counts the updated rows",
        "if changed != len(ids):",
        "if False:",
        ("test_operations",),
    ),
    Mutant(
        OPERATIONS,
        "what a person saw is not compared",
        "if seen is not None and seen != considered.fingerprint():",
        "if False:",
        ("test_foresight",),
    ),
    Mutant(
        OPERATIONS,
        "a change does not count the version",
        'version=F("version") + 1, **values',
        "**values",
        ("test_operations",),
    ),
    Mutant(
        FORESIGHT,
        "the fingerprint has no version",
        "(job.pk, job.version)",
        "job.pk",
        ("test_foresight",),
    ),
    Mutant(
        OPERATIONS,
        "a change runs inside another transaction",
        "@transaction.atomic(durable=True)\ndef change(",
        "@transaction.atomic\ndef change(",
        ("test_operations",),
    ),
    Mutant(
        OPERATIONS,
        "a change is no transaction",
        "@transaction.atomic(durable=True)\ndef change(",
        "def change(",
        ("test_operations",),
    ),
    Mutant(
        OPERATIONS,
        "a batch of the sweep is no transaction",
        "@transaction.atomic(durable=True)\ndef _archive_unheld(",
        "def _archive_unheld(",
        ("test_sweep",),
    ),
    Mutant(
        JOB,
        "a save is not guarded by the version",
        "base_qs.filter(version=read)",
        "base_qs",
        ("test_job",),
    ),
    Mutant(
        JOB,
        "a save does not count the version",
        "0 if self._state.adding else 1",
        "0",
        ("test_job", "test_foresight"),
    ),
    Mutant(
        JOB,
        "the status can be assigned",
        "protected=True",
        "protected=False",
        ("test_lifecycle",),
    ),
    Mutant(
        FORESIGHT,
        "a blocking notice blocks nothing",
        "    _refuse_blocked(foresight)\n    return foresight",
        "    return foresight",
        ("test_foresight",),
    ),
)
CONSTRAINTS = tuple(
    without_constraint(name)
    for name in (
        "kind_and_status_are_a_legal_pair",
        "archived_jobs_have_archived_at",
        "open_jobs_have_no_archived_at",
        "archiving_needs_a_date",
        "archiving_delay_is_never_or_0_to_3_days",
        "only_automatic_archiving_has_a_deadline",
        "archiving_date_is_within_limits",
    )
)
ADMIN_TESTS = ("test_admin_scope", "test_admin_scope_saving", "test_admin_matrix")
SCOPE = (
    Mutant(
        "jobstatus/admin/base.py",
        "pages show the rows of all studios",
        "return within(super().get_queryset(request), self.studio_path, request)",
        "return super().get_queryset(request)",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/scope.py",
        "everyone has the rows of a superuser",
        "    if request.user.is_superuser:\n        return rows\n    # Literal",
        "    return rows\n    # Literal",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/base.py",
        "drop-downs offer the rows of all studios",
        'rows if asked is None else asked.filter(pk__in=rows.values("pk"))',
        "db_field.remote_field.model._default_manager.all()",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/base.py",
        "a row can be saved into another studio",
        "        if studio_id not in own_studios(request):\n            raise PermissionDenied",
        "        pass",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/base.py",
        "a row can point to a row of another studio",
        "            if not rows.filter(**{cast(Any, field).target_field.name: value}).exists():\n"
        "                raise PermissionDenied",
        "            pass",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/filters.py",
        "filters list the rows of all studios",
        "return (path, OwnRelatedFilter)",
        "return item",
        ADMIN_TESTS,
    ),
    Mutant(
        "jobstatus/admin/base.py",
        "a foreign row's id is named",
        'if known else ("", "")',
        'if True else ("", "")',
        ADMIN_TESTS,
    ),
)

OF_JOBS = (*LOCKS_AND_CLOCK, *GUARDS, *RULES, *EFFECTS, *CONSTRAINTS, *SCOPE, *OF_AHEAD, *DOCTOR)
OF_SHOP = (
    *(*BUYING, *ENTRY_GUARDS, *GALLERY, *PAYMENTS, *MAILS_AND_FILES, *SHOP_ADMIN),
    *(*PREPAY, *POPULATE),
)
OF_PHOTOS = (*IMAGES, *UPLOADS, *SORTING, *STORING, *OF_DELETION)
OF_COMMS = (*COMMS, *SENDING, *REPORTS)
MUTANTS = (*OF_JOBS, *OF_SHOP, *OF_PHOTOS, *OF_COMMS)
