"""Planning the messages of a thousand jobs: our statement, one written by hand, and a loop."""

import tracemalloc
from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.db import connection, transaction

from benchmarks.report import Figure
from comms.ledger import planning, selection
from comms.models import Campaign, Message, Notification, Profile, Suppression, Text, Trigger
from jobstatus import clock, operations
from jobstatus.models import Job, Studio
from shop.models import Album, Contact, Customer, Subject

JOBS, PEOPLE = 1_000, 100
LOOP_JOBS = 20  # of the loop, which takes too long for all
ROUNDS = 3
WINDOW_JOBS, WINDOW_PEOPLE = 40, 250  # 10,000 customers
BY_HAND = """
INSERT INTO comms_message (studio_id, notification_id, job_id, customer_id, about_id, channel,
    address, address_key, language, status, reason, planned_at, due_at, meant_at)
SELECT DISTINCT job.studio_id, notification.id, job.id, customer.id, 0, 'email', customer.email,
    customer.email_key, customer.language, 'planned', '', %s, %s, %s
FROM jobstatus_job AS job
JOIN comms_campaign AS campaign ON campaign.job_id = job.id
JOIN comms_notification AS notification ON notification.profile_id = campaign.profile_id
JOIN shop_contact AS contact ON contact.job_id = job.id
JOIN shop_customer AS customer ON customer.id = contact.customer_id
WHERE job.studio_id = %s AND notification.trigger = 'selling' AND customer.email_key <> ''
    AND NOT EXISTS (SELECT 1 FROM comms_suppression AS no
        WHERE no.studio_id = job.studio_id AND no.address_key = customer.email_key)
ON CONFLICT DO NOTHING
"""


def planning_speed() -> list[Figure]:
    """Messages per second of the three ways, alternating on the same rows; and the window."""
    ids = _season(JOBS, PEOPLE)
    speeds: dict[str, list[float]] = {"ours": [], "hand": [], "loop": []}
    for _round in range(ROUNDS + 1):
        speeds["hand"].append(_per_second(lambda: _by_hand(ids)))
        speeds["ours"].append(_per_second(lambda: _ours(ids)))
        speeds["loop"].append(_per_second(lambda: _loop(ids[:LOOP_JOBS])))
    ours, hand, loop = (median(speeds[name][1:]) for name in ("ours", "hand", "loop"))
    return [
        Figure(f"planning {JOBS * PEOPLE:,} messages", ours, "messages/s"),
        Figure("one INSERT … SELECT by hand", hand, "messages/s"),
        Figure("person by person", loop, "messages/s"),
        Figure("planning : person by person", ours / loop, "", at_least=15),
        Figure("planning : by hand", ours / hand, "", at_least=0.7),
        Figure("same again", _again(ids), "messages written", at_most=0),
        Figure("memory of planning", _peak_mib(ids), "MiB", at_most=20),
        *_window(),
    ]


def _season(jobs: int, people: int) -> list[int]:
    """Jobs of one studio in status Selling, with a profile, each with its own families."""
    number = Studio.objects.count()
    studio = Studio.objects.create(name=f"Season {number}", slug=f"season-{number}")
    profile = Profile.objects.create(studio=studio, name="Season")
    notification = Notification.objects.create(profile=profile, trigger=Trigger.SELLING)
    Text.objects.create(notification=notification, language="en", subject="Photos", body="Look.")
    made = Job.objects.bulk_create(Job(studio=studio, name=f"School {n}") for n in range(jobs))
    now = clock.now()
    Campaign.objects.bulk_create(
        Campaign(job=job, profile=profile, attached_at=now) for job in made
    )
    albums = Album.objects.bulk_create(Album(job=job, name="Class") for job in made)
    customers = Customer.objects.bulk_create(
        (
            Customer(studio=studio, email=f"p{n}@example.org", email_key=f"p{n}@example.org")
            for n in range(jobs * people)
        ),
        batch_size=5_000,
    )
    subjects = Subject.objects.bulk_create(
        (
            Subject(job=job, album=album, name="Child")
            for job, album in zip(made, albums, strict=True)
            for _n in range(people)
        ),
        batch_size=5_000,
    )
    Contact.objects.bulk_create(
        (
            Contact(customer=customer, job_id=subject.job_id, subject=subject, source="names_list")
            for customer, subject in zip(customers, subjects, strict=True)
        ),
        batch_size=5_000,
    )
    Suppression.objects.bulk_create(
        Suppression(studio=studio, address_key=f"p{n}@example.org", why="unsubscribed", at=now)
        for n in range(0, jobs * people, 100)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [job.pk for job in made]


def _per_second(way: Callable[[], int]) -> float:
    """Of a transaction on an empty ledger."""
    Message.objects.all()._raw_delete(Message.objects.db)
    start = perf_counter()
    with transaction.atomic():
        written = way()
    return written / (perf_counter() - start)


def _ours(job_ids: list[int]) -> int:
    at = clock.now()
    slots = planning.slots_of_change(job_ids, Trigger.SELLING, by=None, at=at)
    return selection.write(slots, at=at)


def _by_hand(job_ids: list[int]) -> int:
    at = connection.ops.adapt_datetimefield_value(clock.now())
    studio = Job.objects.get(pk=job_ids[0]).studio_id
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [at, at, at, studio])
        return cursor.rowcount


def _loop(job_ids: list[int]) -> int:
    """What one would write first: for each job, each notification, each customer."""
    at = clock.now()
    written = 0
    for job in Job.objects.filter(pk__in=job_ids).select_related("campaign__profile"):
        for notification in job.campaign.profile.notifications.filter(trigger=Trigger.SELLING):
            for contact in job.contacts.select_related("customer"):
                customer = contact.customer
                unwanted = Suppression.objects.filter(
                    studio=job.studio_id, address_key=customer.email_key
                ).exists()
                _message, is_new = Message.objects.get_or_create(
                    job=job,
                    notification=notification,
                    address_key=customer.email_key,
                    about_id=0,
                    defaults={
                        "studio_id": job.studio_id,
                        "customer": customer,
                        "channel": "email",
                        "address": customer.email,
                        "language": customer.language,
                        "status": "skipped" if unwanted else "planned",
                        "reason": "unsubscribed" if unwanted else "",
                        "planned_at": at,
                        "due_at": at,
                        "meant_at": at,
                    },
                )
                written += is_new
    return written


def _again(job_ids: list[int]) -> int:
    _per_second(lambda: _ours(job_ids))
    return _ours(job_ids)


def _peak_mib(job_ids: list[int]) -> float:
    """What Python holds at most; the rows never pass through it."""
    tracemalloc.start()
    _per_second(lambda: _ours(job_ids))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def _window() -> list[Figure]:
    """The confirmation window for forty jobs: seconds in the database, not rendering."""
    ids = _season(WINDOW_JOBS, WINDOW_PEOPLE)
    Message.objects.all()._raw_delete(Message.objects.db)
    took = []
    for _round in range(5):
        watch = _Watch()
        with connection.execute_wrapper(watch):
            operations.foresee(ids, "start_selling", by=None, at=clock.now())
        took.append(watch.seconds * 1000)
    name = f"window of {WINDOW_JOBS} jobs, {WINDOW_JOBS * WINDOW_PEOPLE:,} customers"
    return [Figure(name, median(took), "ms in the database", at_most=300)]


class _Watch:
    """The seconds that queries take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., object], *query: object) -> object:
        start = perf_counter()
        try:
            return execute(*query)
        finally:
            self.seconds += perf_counter() - start
