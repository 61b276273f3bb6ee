"""Customers and studios at the same jobs at the same instant, and the checker of what came out.

Each round has two jobs and two baskets, each with a print of both jobs, in opposite order. The
checker believes no checkout: it compares when the order's row was really written with what the
others recorded. `too_early` and `take_out_whatever` are broken on purpose, and are raced without
the lock on the jobs: if the checker finds nothing wrong then, the races prove nothing.
"""

import random
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction

from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent
from shop.buying import baskets, checkout
from shop.models import (
    AccessCode,
    Album,
    Appearance,
    Basket,
    BasketLine,
    LinePicture,
    Order,
    OrderPicture,
    Photo,
    Product,
    Storefront,
    Subject,
)
from tests.factories import PriceListFactory, StudioFactory

# From the moment a customer looks to a deadline that passes while the order is under way, and to
# when somebody takes hold of the jobs.
LONGEST_TIME_SECONDS = 0.04
BUYER = checkout.Buyer(
    name="A parent", email="parent@example.org", method="invoice", language="en", street="Road 1"
)


@dataclass
class Round:
    studio: object
    jobs: list
    baskets: list
    code_ids: list
    deadline: object = None
    held: list = field(default_factory=list)  # when somebody had the jobs, and let go
    written: dict = field(default_factory=dict)  # basket to when its order's row was there


def rounds_of(count):
    """Rows for so many rounds, in a handful of queries."""
    studio = StudioFactory.create()
    prices = PriceListFactory.create(studio=studio)
    product = Product.objects.create(price_list=prices, name="Print", price_cents=950)
    jobs = Job.objects.bulk_create(
        Job(studio=studio, name=f"{n}", status="selling") for n in range(2 * count)
    )
    Storefront.objects.bulk_create(Storefront(job=job, price_list=prices) for job in jobs)
    albums = Album.objects.bulk_create(Album(job=job, name="Class") for job in jobs)
    people = Subject.objects.bulk_create(
        Subject(job=album.job, album=album, name="Child") for album in albums
    )
    photos = Photo.objects.bulk_create(
        Photo(job=album.job, album=album, file_name="1.jpg", width=3, height=2, original="1.jpg")
        for album in albums
    )
    Appearance.objects.bulk_create(
        Appearance(photo=photo, subject=subject)
        for photo, subject in zip(photos, people, strict=True)
    )
    codes = AccessCode.objects.bulk_create(
        AccessCode(studio=studio, job=subject.job, subject=subject, code=f"{n:013}")
        for n, subject in enumerate(people)
    )
    chosen = Basket.objects.bulk_create(Basket(studio=studio) for _ in jobs)
    pairs = [(2 * n, 2 * n + 1) for n in range(count)]
    fill(chosen, pairs, product=product, photos=photos, codes=codes)
    return [
        Round(studio, [jobs[a], jobs[b]], [chosen[a], chosen[b]], [codes[a].pk, codes[b].pk])
        for a, b in pairs
    ]


def fill(chosen, pairs, *, product, photos, codes):
    """Of the two baskets of a round, one has its first job first, the other its second."""
    wanted = [(chosen[a], which) for a, b in pairs for which in (a, b)]
    wanted += [(chosen[b], which) for a, b in pairs for which in (b, a)]
    lines = BasketLine.objects.bulk_create(
        BasketLine(basket=basket, product=product, title="Print", price_cents=950)
        for basket, _which in wanted
    )
    LinePicture.objects.bulk_create(
        LinePicture(line=line, job=codes[which].job, photo=photos[which], code=codes[which])
        for line, (_basket, which) in zip(lines, wanted, strict=True)
    )


def punctual():
    return clock.now


def order(contest, number, *, now=punctual):
    """The act of a customer who has just seen what is in this basket."""
    basket = contest.baskets[number]
    scope = {"studio": contest.studio, "code_ids": contest.code_ids}
    seen = baskets.priced(basket.pk, **scope, at=clock.now()).fingerprint()

    def act():
        with recording(contest.written, basket.pk):
            return checkout.place_order(
                basket.pk,
                counter=checkout.PhotoCounter(**scope),
                buyer=BUYER,
                key=f"key-{basket.pk}",
                seen=seen,
                clock=now(),
            )

    return act


@contextmanager
def recording(written, key):
    """Note when the row of an order was really there, whatever the order says of itself."""

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith('INSERT INTO "shop_order" '):
            written[key] = clock.now()
        return result

    with connection.execute_wrapper(watch):
        yield


def too_early():
    """A clock that was read before the transaction began."""
    instant = clock.now()
    return lambda: instant


def take_out_whatever(line_ids):
    """In place of the deletion that counts: takes lines that were set aside meanwhile, too."""
    BasketLine.objects.filter(pk__in=line_ids).delete()


def at_the_same_instant(contest, now):
    first, _second = contest.jobs
    return (
        order(contest, 0, now=now),
        order(contest, 1, now=now),
        lambda: operations.archive([first.pk], by=None, clock=clock.now),
    )


def archived_in_opposite_order(contest, now):
    ids = [job.pk for job in reversed(contest.jobs)]
    return (
        order(contest, 0, now=now),
        order(contest, 1, now=now),
        lambda: operations.archive(ids, by=None, clock=clock.now),
    )


def the_deadline_passes_behind_a_lock(contest, now):
    """Somebody holds the jobs until after their deadline; the sweep comes at any time."""
    act = order(contest, 0, now=now)
    ids = [job.pk for job in contest.jobs]
    contest.deadline = clock.now() + timedelta(seconds=random.uniform(0, LONGEST_TIME_SECONDS))
    # As saved in the settings; written here at once for both jobs, to the microsecond.
    day = contest.deadline.date()
    Job.objects.filter(pk__in=ids).update(
        archiving_enabled=True, archive_date=day, archive_delay=0, closes_at=contest.deadline
    )

    def hold_them():
        time.sleep(random.uniform(0, LONGEST_TIME_SECONDS / 2))
        with transaction.atomic():
            list(Job.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
            contest.held.append(clock.now())
            left = contest.deadline - clock.now() + timedelta(milliseconds=1)
            time.sleep(max(0, left.total_seconds()))
            contest.held.append(clock.now())

    return act, hold_them, lambda: operations.archive_due(clock=clock.now)


CONTESTS = (
    at_the_same_instant,
    archived_in_opposite_order,
    the_deadline_passes_behind_a_lock,
)


def run_rounds(racers, count, *, now=punctual):
    """Race so often. Returns a sentence for each round that went wrong, and how rounds ended."""
    raced = []
    for number, contest in enumerate(rounds_of(count)):
        act = CONTESTS[number % len(CONTESTS)]
        raced.append((act.__name__, contest, racers.race(*act(contest, now))))
    return wrong_rounds(raced)


def wrong_rounds(raced):
    closed = dict(JobEvent.objects.filter(to_status="archived").values_list("job", "at"))
    orders = {order.checkout_key: order for order in Order.objects.all()}
    bought, left = defaultdict(list), defaultdict(list)
    for key, job in OrderPicture.objects.values_list("line__order__checkout_key", "job"):
        bought[key].append(job)
    for basket, job, aside in LinePicture.objects.values_list(
        "line__basket", "job", "line__set_aside_at"
    ):
        left[basket].append((job, aside))
    wrong, endings = [], Counter()
    for name, contest, results in raced:
        found = list(_unexpected(results))
        for basket in contest.baskets:
            placed = orders.get(f"key-{basket.pk}")
            endings[name, "ordered" if placed else "not ordered"] += 1
            if placed:
                found += _wrong_order(contest, placed, contest.written.get(basket.pk), closed)
                found += _wrong_rows(contest, bought[placed.checkout_key], left[basket.pk], [])
            else:
                found += _wrong_rows(contest, [], left[basket.pk], contest.jobs)
                found += _wrong_lines(left[basket.pk], closed)
        if found:
            wrong.append(f"{name}: {found}")
    return wrong, endings


def _unexpected(results):
    """Whatever an act ended with besides an order, a page that says so, a change, or nothing."""
    for result in results:
        expected = (Order, checkout.BasketChanged, operations.Outcome, operations.TaskRun)
        if result is not None and not isinstance(result, expected):
            yield repr(result)
        if isinstance(result, operations.TaskRun) and result.failed:
            yield f"the sweep failed for {result.failed} jobs"


def _wrong_order(contest, placed, written, closed):
    for job in contest.jobs:
        if job.pk in closed and max(placed.placed_at, written) >= closed[job.pk]:
            yield f"order {placed.pk} came {written - closed[job.pk]} after the archive"
    if contest.deadline is None:
        return
    held = contest.held[0]
    if placed.placed_at >= contest.deadline or written >= contest.deadline > held < written:
        yield f"order {placed.pk} came {written - contest.deadline} after the deadline"


def _wrong_rows(contest, bought, left, wanted):
    """Every line is in the order or still there, never both, never neither."""
    jobs = sorted(job.pk for job in contest.jobs)
    if (sorted(bought), sorted(job for job, _aside in left)) != (
        [] if wanted else jobs,
        jobs if wanted else [],
    ):
        yield f"bought {bought}, left {left}"


def _wrong_lines(left, closed):
    for job, aside in left:
        if aside != closed.get(job):
            yield f"a line of job {job} was set aside at {aside}, archived at {closed.get(job)}"
