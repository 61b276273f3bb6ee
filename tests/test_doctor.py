"""The doctor (X6): what it finds well, what it warns of, and what it calls a problem."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from comms.sending import mute
from config import doctor
from config.doctor import machine, servers, work
from config.doctor.finding import Finding, Verdict, ok
from jobstatus import clock
from jobstatus.clock import Clock
from jobstatus.models import Job, Studio, TaskRun
from tests.ahead_pages import selling
from tests.factories import NOON, StudioFactory, at

pytestmark = pytest.mark.django_db
NOW = at(NOON)


def said(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(finding.verdict.value, finding.text) for finding in findings]


def sweeps(*seconds_ago: int, task: str = TaskRun.Task.ARCHIVE_DUE) -> None:
    for seconds in seconds_ago:
        begun = NOON - timedelta(seconds=seconds)
        TaskRun.objects.create(task=task, started_at=begun, finished_at=begun)


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0, "ok"), (2, "ok"), (-2, "ok"), (2.1, "problem"), (-3600, "problem")]
)
def test_X6_two_clocks_may_differ_by_two_seconds(seconds: float, verdict: str) -> None:
    there = NOON + timedelta(seconds=seconds)

    finding = machine.difference("database", there, NOON)

    assert (finding.verdict, finding.text) == (
        verdict,
        f"The clock of the database differs from this machine's by {seconds:+.1f} s.",
    )


def test_X6_the_clock_of_the_database_is_asked_for_the_present() -> None:
    there = clock.read_database()

    assert (there is not None) == (connection.vendor == "postgresql")
    assert there is None or abs(datetime.now(UTC) - there) < timedelta(minutes=1)


def test_X6_a_zone_that_the_zone_data_does_not_know_is_a_problem() -> None:
    StudioFactory.create(timezone="Europe/Berlin")
    assert [verdict for verdict, _text in said(machine.zones_are_current(NOW))] == ["ok"]

    Studio.objects.update(timezone="Mars/Olympus")

    [(verdict, text)] = said(machine.zones_are_current(NOW))
    assert verdict == "problem"
    assert text.endswith("does not know Mars/Olympus.")


def test_X6_deadlines_that_do_not_fit_the_zone_data_are_counted_and_left_alone() -> None:
    studio = StudioFactory.create()
    wrong, _right = selling(studio), selling(studio, date(2026, 6, 1))
    Job.objects.filter(pk=wrong.pk).update(closes_at=NOON + timedelta(days=9))

    found = said(machine.zones_are_current(NOW))

    assert found[1:] == [
        ("warning", "Deadlines that do not fit it: 1. They are corrected within a day.")
    ]
    assert Job.objects.get(pk=wrong.pk).closes_at == NOON + timedelta(days=9)


def test_X6_the_place_of_the_photos_is_tried_and_left_as_it_was() -> None:
    storages["private"].save("kept", ContentFile(b"of a photo"))

    [(verdict, text)] = said(machine.photos_can_be_kept(NOW))

    assert verdict == "ok"
    assert text.startswith("A file was written and read in ")
    assert storages["private"].listdir("")[1] == ["kept"]


@pytest.mark.parametrize(
    ("gigabytes", "verdict"), [(10, "ok"), (9.9, "warning"), (1, "warning"), (0.9, "problem")]
)
def test_X6_little_space_is_a_warning_and_almost_none_a_problem(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any, gigabytes: float, verdict: str
) -> None:
    settings.UPLOAD_ROOT = settings.PRIVATE_MEDIA_ROOT = tmp_path / "not" / "there" / "yet"
    usage = shutil._ntuple_diskusage(1, 1, gigabytes * machine.GIGABYTE)  # type: ignore[attr-defined]
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)

    found = said(machine.space_is_left(NOW))

    text = f"{gigabytes:.0f} GB are left for"
    assert found == [(verdict, f"{text} uploads."), (verdict, f"{text} photos.")]


@pytest.mark.parametrize(
    ("every_seconds", "verdict", "end"),
    [
        (None, "problem", "0. No beat was running all the time."),
        (150, "problem", "4. No beat was running all the time."),
        (60, "ok", "10. One beat is running."),
        (
            30,
            "ok",
            "20. About 2 beats are running; one is enough, more do no harm.",
        ),
    ],
)
def test_X6_beats_are_told_from_how_often_the_sweep_ran(
    every_seconds: int | None, verdict: str, end: str
) -> None:
    sweeps(600, 700, 3600)  # before
    sweeps(*range(1, 60), task=TaskRun.Task.CHECK_DEADLINES)
    sweeps(*(range(1, 600, every_seconds) if every_seconds else ()))

    assert said(servers.beats_are_running(NOW)) == [(verdict, f"Sweeps in the last 600 s: {end}")]


def test_X6_a_sweep_that_is_late_or_failed_is_a_problem() -> None:
    assert said(work.jobs_archive_themselves(NOW)) == [("problem", "The sweep has never run.")]

    sweeps(30)
    assert said(work.jobs_archive_themselves(NOW)) == [("ok", "The sweep ran 30 s ago.")]

    selling(StudioFactory.create(), NOON.date())
    TaskRun.objects.update(failed=2)
    tomorrow = at(NOON + timedelta(days=1, seconds=-30))
    assert said(work.jobs_archive_themselves(tomorrow)) == [
        ("problem", "The sweep ran 86400 s ago."),
        ("problem", "Jobs that should have been archived: 1."),
        ("problem", "Jobs that could not be archived: 2. The log says why."),
    ]


def test_X5_a_muted_installation_is_a_problem_that_names_the_way_out() -> None:
    assert said(work.messages_leave(NOW)) == [("ok", "Messages leave on time.")]

    mute.mute("A restore", clock=NOW)

    assert said(work.messages_leave(NOW)) == [
        ("problem", "Nothing is sent until somebody runs manage.py comms_release.")
    ]


def test_X6_in_production_mails_must_go_to_a_mail_server(settings: Any) -> None:
    backend = settings.EMAIL_BACKEND
    settings.DEBUG = False

    assert said(servers.mail_server_answers(NOW)) == [
        ("problem", f"Mails go to no mail server: {backend}.")
    ]


def test_X6_a_public_address_that_is_not_reached_is_a_warning(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"

    [(verdict, text)] = said(servers.public_address_leads_here(NOW))

    assert verdict == "warning"
    assert text.startswith("http://127.0.0.1:1/healthz/web cannot be reached from this machine: ")


def test_X6_what_cannot_be_found_out_is_a_problem_and_the_next_question_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(clock: Clock) -> Iterator[Finding]:
        yield ok("So far.")
        raise OSError("The cable is out.")

    def answers(clock: Clock) -> Iterator[Finding]:
        yield ok(f"It is {clock():%H:%M}.")

    monkeypatch.setattr(doctor, "QUESTIONS", (("cable", breaks), ("time", answers)))

    assert [(name, *said(iter([found]))[0]) for name, found in doctor.examine(NOW)] == [
        ("cable", "ok", "So far."),
        ("cable", "problem", "This could not be found out: OSError: The cable is out."),
        ("time", "ok", "It is 12:00."),
    ]


def test_X6_the_command_ends_with_1_if_there_is_a_problem_and_not_for_warnings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", NOW)
    found = [Finding(Verdict.WARNING, "It is hot.")]
    monkeypatch.setattr(doctor, "QUESTIONS", (("weather", lambda clock: iter(found)),))
    said_to: StringIO = StringIO()

    call_command("doctor", stdout=said_to, no_color=True)
    assert said_to.getvalue() == "warning  weather         It is hot.\n"

    found.append(Finding(Verdict.PROBLEM, "It burns."))
    said_to = StringIO()
    with pytest.raises(CommandError, match=r"^1 problem\.$"):
        call_command("doctor", "--json", stdout=said_to)
    assert json.loads(said_to.getvalue()) == [
        {"about": "weather", "verdict": "warning", "text": "It is hot."},
        {"about": "weather", "verdict": "problem", "text": "It burns."},
    ]
