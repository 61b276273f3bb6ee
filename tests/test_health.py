"""What monitoring and load balancers are told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from jobstatus import clock, operations
from jobstatus.lifecycle import Status
from jobstatus.models import TaskRun
from tests.factories import at, job_in

LONG_AGO = timedelta(days=3)


def swept(*, ago: timedelta, failed: int = 0) -> None:
    instant = clock.now() - ago
    TaskRun.objects.create(
        task=TaskRun.Task.ARCHIVE_DUE, started_at=instant, finished_at=instant, failed=failed
    )


def overdue_job():
    now = clock.now()
    return job_in(
        Status.SELLING,
        now=now - 3 * LONG_AGO,
        archiving_enabled=True,
        archive_date=(now - LONG_AGO).date(),
        archive_delay=0,
    )


@pytest.mark.django_db
def test_A3_a_sweep_on_time_is_healthy_in_a_few_queries(client, django_assert_max_num_queries):
    swept(ago=timedelta(seconds=50))
    job_in(Status.SELLING, now=clock.now())

    with django_assert_max_num_queries(9):
        response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": True,
        "sweep": {
            "late": False,
            "seconds_since_last_run": 50,
            "overdue_jobs": 0,
            "failed_jobs": 0,
        },
        "sending": {
            "muted": False,
            "overdue": 0,
            "unknown": 0,
            "failed": 0,
            "oldest_due_seconds": 0,
        },
        "receipts": {"overdue": 0, "oldest_due_seconds": 0},
    }
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_A3_a_sweep_that_never_ran_is_late(client):
    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["sweep"]["late"] is True
    assert response.json()["sweep"]["seconds_since_last_run"] is None


@pytest.mark.django_db
def test_A3_a_sweep_that_stopped_ten_minutes_ago_is_late_and_its_jobs_are_overdue(client):
    swept(ago=timedelta(minutes=10))
    overdue_job()

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["sweep"]["late"] is True
    assert response.json()["sweep"]["overdue_jobs"] == 1


@pytest.mark.django_db
def test_A3_a_job_that_could_not_be_archived_is_reported_although_the_sweep_runs(client):
    swept(ago=timedelta(seconds=5), failed=1)

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["sweep"]["failed_jobs"] == 1


@pytest.mark.django_db
def test_A3_health_comes_back_with_the_next_sweep(client):
    overdue_job()
    assert client.get("/healthz").status_code == 503

    operations.archive_due(clock=at(clock.now()))

    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_the_page_names_no_job_and_no_studio(client):
    job = overdue_job()

    text = client.get("/healthz").content.decode()

    assert job.name not in text
    assert job.studio.name not in text


@pytest.mark.django_db
def test_a_late_sweep_does_not_take_the_web_process_off_the_net(client):
    overdue_job()

    assert client.get("/healthz/web").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/healthz/web"])
def test_without_a_database_both_say_503_and_nothing_of_the_error(client, caplog, address):
    def refuse(*args):
        raise DatabaseError("password of the database")

    with connection.execute_wrapper(refuse):
        response = client.get(address)

    assert response.status_code == 503
    assert response.json() == {"status": "failing", "database": False}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/healthz/web"])
def test_probes_inside_the_network_are_not_sent_to_https(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(address).status_code in (200, 503)
    assert client.get("/admin/login/").status_code == 301


@pytest.mark.django_db
def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405
