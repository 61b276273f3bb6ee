"""The production set-up: its files fit the project, and its processes do what they are for."""

import os
import re
import shlex
import signal
from pathlib import Path

import psutil
import psycopg
import pytest

from tests import servers
from tests.production import HOST, ROOT, SERVICES, Production, container_command

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS = (ROOT / "config" / "settings.py").read_text()
VARIABLES = set(re.findall(r"""\benv\.\w+\(\s*["'](\w+)""", SETTINGS))
BEHIND_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}
BATCH = 3000
# A sweep has begun and archives, or it could not be killed in the middle.
SWEEP_AT_WORK = """
    SELECT 1 FROM jobstatus_taskrun
    WHERE task = 'archive_due' AND finished_at IS NULL AND started_at > now() - interval '2 seconds'
      AND EXISTS (SELECT 1 FROM jobstatus_job WHERE status = 'selling' AND closes_at <= now())
"""


@pytest.fixture(scope="module")
def database():
    name = f"deploy_{os.getpid()}"
    with servers.postgresql() as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield f"{address}/{name}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def installed(database, tmp_path_factory):
    """What an operator does once: migrate, collect the static files."""
    production = Production(
        database=database,
        broker_port=servers.free_port(),
        port=servers.free_port(),
        folder=tmp_path_factory.mktemp("production"),
    )
    production.run("migrate", "--noinput")
    production.run("collectstatic", "--noinput")
    return production


@pytest.fixture
def production(installed):
    """Processes of its own for each test: what one of them breaks must not reach the next."""
    with servers.throwaway_redis(installed.broker_port):
        installed.start_all()
        installed.until(installed.is_healthy)
        yield installed
        installed.stop_all()


def test_the_production_check_has_nothing_to_say(installed):
    assert "no issues" in installed.run("check", "--deploy", "--fail-level", "WARNING")


def test_pages_come_over_https_only_with_hashed_files_and_a_strict_policy(production):
    plain = production.get("/admin/login/", Host=HOST)
    status, headers, text = production.get("/admin/login/", **BEHIND_PROXY)
    style = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', text)

    assert plain[0] == 301
    assert plain[1]["Location"] == f"https://{HOST}/admin/login/"
    assert status == 200
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert production.get(style[1], **BEHIND_PROXY)[0] == 200
    assert production.get("/admin/login/", Host="another.example")[0] == 400


def test_A3_two_beats_and_two_workers_archive_each_due_job_once_and_end_when_asked_to(production):
    _times, before = production.ask("archivings()")
    production.ask(f"make_due({BATCH})")

    production.until(lambda: production.ask("due()") == 0)

    assert production.ask("archivings()") == [[1], before + BATCH]
    assert production.stop_all() == [0, 0, 0, 0, 0]


def test_X6_the_doctor_finds_two_workers_and_beats_and_no_mail_server(production):
    found = {}

    def beats_are_seen():
        found.update(production.examined())
        return found["beat"][0][0] == "ok"

    production.until(beats_are_seen)
    verdicts = {name: {verdict for verdict, _text in rows} for name, rows in found.items()}

    assert verdicts.pop("space") <= {"ok", "warning"}
    assert verdicts.pop("public address") == {"warning"}
    assert verdicts.pop("mail") == {"problem"}
    assert verdicts == {name: {"ok"} for name in verdicts}
    assert found["workers"][0][1].count("@") == 2
    assert len(found["clock"]) == 2  # PostgreSQL's and that of Redis


def test_A3_a_worker_killed_in_the_middle_loses_nothing_and_does_nothing_twice(
    production, database
):
    _times, before = production.ask("archivings()")
    interrupted = production.ask("interrupted_sweeps()")
    pools = [psutil.Process(production.processes[f"worker {n}"].pid) for n in (1, 2)]
    production.until(lambda: [len(pool.children()) for pool in pools] == [2, 2])
    children = [child for pool in pools for child in pool.children()]

    with (
        psycopg.connect(database, autocommit=True) as connection,
        production.asking(f"make_due({BATCH})"),
    ):
        production.until(lambda: connection.execute(SWEEP_AT_WORK).fetchone(), pause=0.001)
        for child in children:
            child.send_signal(signal.SIGKILL)
    production.until(lambda: production.ask("due()") == 0)

    assert production.ask("archivings()") == [[1], before + BATCH]
    assert production.ask("interrupted_sweeps()") > interrupted
    assert production.dead() == []


def test_A3_redis_gone_and_back_the_sweep_goes_on_by_itself(installed):
    _times, before = installed.ask("archivings()")
    with servers.throwaway_redis(installed.broker_port):
        installed.start_all()
        installed.until(installed.is_healthy)

    installed.ask("make_due(3)")
    assert installed.get("/healthz/web")[0] == 200
    assert installed.ask("due()") == 3
    with servers.throwaway_redis(installed.broker_port):
        installed.until(lambda: installed.ask("due()") == 0)
        dead = installed.dead()
        installed.stop_all()

    assert installed.ask("archivings()") == [[1], before + 3]
    assert dead == []


def words_of(service: dict) -> list[str]:
    return service.get("command", container_command())


@pytest.mark.parametrize("name", ["setup", "web", "worker", "beat"])
def test_compose_runs_what_the_project_has(name):
    words = words_of(SERVICES[name])

    assert words[0] in {"python", "gunicorn", "celery"}
    assert {"config.wsgi", "config", "manage.py"} & set(words)
    assert SERVICES[name]["build"]["dockerfile"] == "deploy/Containerfile"
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_whatever_ends_by_itself_is_started_again():
    """Celery's worker gives up when its broker goes while a killed child is not yet replaced."""
    for name in ("web", "worker", "beat", "db", "broker"):
        assert SERVICES[name]["restart"] == "unless-stopped"
    for unit in UNITS:
        assert "Restart=always" in unit.read_text()


def test_compose_starts_nothing_before_the_database_is_migrated():
    for name in ("web", "worker", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["setup"] == {"condition": "service_completed_successfully"}
        assert waits["db"] == waits["broker"] == {"condition": "service_healthy"}


def test_images_have_a_version_and_no_secret_has_a_default():
    compose = (DEPLOY / "compose.yaml").read_text()
    images = re.findall(
        r"(?:image: |^FROM )(\S+)", compose + (DEPLOY / "Containerfile").read_text()
    )

    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []
    assert re.findall(r"\$\{(\w+)(?!:\?|\w)", compose) == []
    example = (DEPLOY / "env.example").read_text()
    assert re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD)=.+", example, re.MULTILINE) == []


def test_the_container_copies_what_there_is_and_runs_without_rights():
    text = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--)(\S+)", text, re.MULTILINE)

    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert {"jobstatus", "shop", "comms", "config", "manage.py"} <= set(copied)
    assert re.search(r"^USER (?!root|0$)", text, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_run_the_same_programs_as_the_containers(unit):
    text = unit.read_text()
    name = unit.stem.removeprefix("jobstatus-")
    program, *words = shlex.split(re.search(r"^ExecStart=(.+)", text, re.MULTILINE)[1])
    container = words_of(SERVICES[name])

    assert Path(program).name == container[0]
    assert words[:2] == container[1:3]
    assert "User=jobstatus" in text
    assert "NoNewPrivileges=yes" in text


def test_every_variable_of_the_example_is_one_of_the_settings():
    names = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))

    assert names - VARIABLES == {"POSTGRES_PASSWORD"}
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "BROKER_URL"} <= names


def test_the_manual_lists_every_variable_of_the_settings():
    manual = (ROOT / "docs" / "operating.md").read_text()

    first_cells = re.findall(r"^\| (`[A-Z_`, ]+`) \|", manual, re.MULTILINE)
    assert set(re.findall(r"[A-Z_]+", " ".join(first_cells))) == VARIABLES
