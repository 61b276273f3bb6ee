"""Mutants of the doctor: each would call an ill installation well."""

from tests.mutant import Mutant

MACHINE = "config/doctor/machine.py"
SERVERS = "config/doctor/servers.py"
WORK = "config/doctor/work.py"
OF_DOCTOR = ("test_doctor",)

DOCTOR = (
    Mutant(
        "config/doctor/__init__.py",
        "a question that cannot be asked is forgotten",
        "            yield name, problem(",
        "            name, problem(",
        OF_DOCTOR,
    ),
    Mutant(MACHINE, "a clock that is behind is well", "abs(seconds) <= ", "seconds <= ", OF_DOCTOR),
    Mutant(
        MACHINE,
        "the file that was tried stays",
        "        storage.delete(name)\n",
        "        pass\n",
        ("test_storage_s3",),
    ),
    Mutant(
        MACHINE,
        "an open bucket is well",
        "judged(status in REFUSALS, text)",
        "judged(True, text)",
        ("test_storage_s3",),
    ),
    Mutant(
        SERVERS,
        "other tasks count as sweeps",
        "task=TaskRun.Task.ARCHIVE_DUE, started_at__gt",
        "started_at__gt",
        OF_DOCTOR,
    ),
    Mutant(
        SERVERS,
        "production may do without a mail server",
        "ok(text) if settings.DEBUG else problem(text)",
        "ok(text)",
        OF_DOCTOR,
    ),
    Mutant(WORK, "a late sweep is well", "not health.is_late,", "True,", OF_DOCTOR),
    Mutant(WORK, "a muted installation is well", "if health.is_muted:", "if False:", OF_DOCTOR),
    Mutant(
        "config/management/commands/doctor.py",
        "a problem ends with 0",
        "        if problems:\n",
        "        if False:\n",
        OF_DOCTOR,
    ),
)
