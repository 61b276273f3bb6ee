"""People in front of the admin, for tests through HTTP."""

from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.db import OperationalError
from django.test import Client

from jobstatus import clock
from jobstatus.models import Job, Membership, Studio
from shop.models import Storefront
from tests.factories import UserFactory, job_in

LIST = "/admin/jobstatus/job/"
LONG_AGO = date(2020, 5, 4)


def sign_in(*studios: Studio, role: str = "Photographer", **values: object) -> Client:
    """The browser of a person with this role in these studios."""
    user = UserFactory.create(**values)
    user.groups.add(Group.objects.get(name=role))
    for studio in studios:
        Membership.objects.create(user=user, studio=studio)
    client = Client()
    client.force_login(user)
    return client


def settings_page(job: Job) -> str:
    return f"{LIST}{job.pk}/change/"


def answers(job: Job, **values: object) -> dict[str, object]:
    """What the browser posts for this job's settings, with these answers changed."""
    posted = {
        "name": job.name,
        "archive_date": job.archive_date or "",
        "archive_delay": job.archive_delay,
        "seen_version": job.version,
        "storefront-TOTAL_FORMS": 1,
        "storefront-INITIAL_FORMS": 0,
        "storefront-0-slug": f"address-{job.pk}",
    }
    storefront = Storefront.objects.filter(job=job.pk).first()
    if storefront is not None:
        posted |= {
            "storefront-INITIAL_FORMS": 1,
            "storefront-0-id": storefront.pk,
            "storefront-0-job": job.pk,
        }
    if job.archiving_enabled:
        posted["archiving_enabled"] = "on"
    return posted | values


def confirmation_page(job: Job, way: str) -> str:
    return f"{LIST}{job.pk}/confirm/{way}/"


def hidden_fields(response) -> dict[str, str]:
    """What the confirmation page carries along, as a browser would send it."""
    return {
        "seen": response.context["seen"],
        "shown": response.context["shown"],
        "next": response.context["back"],
        "jobs": response.context["job_ids"],
    }


def said(response) -> list[str]:
    """The messages of the page that follows."""
    return [str(message) for message in response.context["messages"]]


def texts(response, key):
    return [getattr(entry, "text", entry) for entry in response.context[key]]


def overdue_job(studio, **values):
    """An archived job whose archiving deadline has passed."""
    job = job_in("archived", studio=studio, now=clock.now() - timedelta(days=30), **values)
    job.archiving_enabled, job.archive_date = True, LONG_AGO
    job.save(update_fields=["archiving_enabled", "archive_date"])
    return job


def refuse_the_lock(execute, sql, params, many, context):
    """For `connection.execute_wrapper`: what the database answers when a lock is not released."""
    if "jobstatus_job" in sql and ("FOR NO KEY UPDATE" in sql or sql.startswith("UPDATE")):
        raise OperationalError("canceling statement due to lock timeout")
    return execute(sql, params, many, context)
