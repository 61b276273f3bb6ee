"""A row of every model of communication for one job, each with this number and this name in it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comms.models import (
    Campaign,
    Dispatch,
    Message,
    Notification,
    SendingRules,
    Suppression,
)
from jobstatus import clock, operations
from jobstatus.models import Job
from shop.models import Customer
from tests.comms_rows import NotificationFactory, ProfileFactory, person_in
from tests.factories import NOON


def comms_of(pk: int, job: Job, name: str) -> Message:
    """The job's customer with this number is the recipient. The message waits for a person."""
    studio, customer = job.studio, Customer.objects.get(pk=pk)
    profile = ProfileFactory.create(pk=pk, studio=studio, name=f"{name} profile")
    rule = NotificationFactory.create(pk=pk, profile=profile)
    Campaign.objects.create(
        pk=pk, job=job, profile=profile, attached_at=NOON, custom_text=f"{name} words"
    )
    SendingRules.objects.create(pk=pk, studio=studio, calendar_key=f"{name}-calendar")
    Suppression.objects.create(
        pk=pk,
        studio=studio,
        address_key=f"{name.lower()}-other@example.org",
        why="bounced",
        at=NOON,
    )
    dispatch = Dispatch.objects.create(
        pk=pk, studio=studio, at=NOON, move="start_selling", releases_at=NOON
    )
    return message(
        job,
        rule,
        Message.Status.UNKNOWN,
        pk=pk,
        customer=customer,
        dispatch=dispatch,
        subject=f"{name} news",
        text=f"{name} text",
        remark=f"{name} remark",
    )


def message(job: Job, rule: Notification, status: str, **values: Any) -> Message:
    """To a new customer of the job unless one is given. Finished where its status says so."""
    customer = values.pop("customer", None) or person_in(job)
    finished = {"finished_at": NOON} if status in ("sent", "failed", "unknown") else {}
    row = {
        "studio": job.studio,
        "notification": rule,
        "job": job,
        "customer": customer,
        "channel": "email",
        "address": customer.email,
        "address_key": customer.email_key,
        "language": "en",
        "status": status,
        "planned_at": NOON,
        "due_at": NOON,
        "meant_at": NOON,
    }
    return Message.objects.create(**row | finished | values)


def tab(job: Job, more: str = "") -> str:
    return f"/admin/jobstatus/job/{job.pk}/communication/{more}"


def user_of(client: Client) -> Any:
    return get_user_model().objects.get(pk=client.session["_auth_user_id"])


def start_selling(client: Client, *jobs: Job) -> None:
    """The person of this browser starts to sell."""
    operations.start_selling([job.pk for job in jobs], by=user_of(client), clock=clock.now)


class counted_queries:
    """How many queries, but for the clock's: PostgreSQL is asked for the time, SQLite is not."""

    def __enter__(self):
        self.context = CaptureQueriesContext(connection)
        self.context.__enter__()
        return self

    def __exit__(self, *error):
        self.context.__exit__(*error)
        asked = [query["sql"] for query in self.context.captured_queries]
        self.count = len([sql for sql in asked if "clock_timestamp" not in sql])
