"""Parents at a prepay shop at the instant at which it closes, and the checker of what came out.

As tests/checkout_races.py: each round has one job and two baskets, each with a child of the same
name and class. The checker believes no checkout: it compares when the order's row was really
written with when the job left Prepay, or with the deadline.
"""

import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from jobstatus import clock, operations
from jobstatus.models import Job, JobEvent
from shop.buying import checkout
from shop.models import (
    AccessCode,
    Album,
    Basket,
    BasketChild,
    BasketLine,
    Order,
    OrderLine,
    PrepayQuestion,
    PrepayShop,
    Product,
    SameChild,
    Storefront,
    Subject,
)
from shop.prepay.counter import PrepayCounter
from tests.checkout_races import BUYER, LONGEST_TIME_SECONDS, punctual, recording
from tests.factories import PriceListFactory, StudioFactory

DEADLINES = {}  # by job, to the microsecond, in the place of the end of a day
by_its_day = Job.prepay_closes_at


def prepay_closes_at(job):
    """In place of the method of `Job`."""
    return DEADLINES.get(job.pk) or by_its_day(job)


@dataclass
class Round:
    shop: PrepayShop
    baskets: list
    held: list = field(default_factory=list)  # when somebody had the job, and let go
    written: dict = field(default_factory=dict)  # basket to when its order's row was there


def rounds_of(count, baskets=2, name="Lena"):
    """Rows for so many rounds, in a handful of queries."""
    studio = StudioFactory.create()
    prices = PriceListFactory.create(studio=studio)
    product = Product.objects.create(price_list=prices, name="Package", price_cents=950)
    jobs = Job.objects.bulk_create(
        Job(studio=studio, name=f"{n}", kind="prepay", status="prepay") for n in range(count)
    )
    Storefront.objects.bulk_create(Storefront(job=job) for job in jobs)
    shops = PrepayShop.objects.bulk_create(
        PrepayShop(studio=studio, job=job, price_list=prices) for job in jobs
    )
    asked = PrepayQuestion.objects.bulk_create(
        PrepayQuestion(job=job, slot="class", label="Class") for job in jobs
    )
    chosen = Basket.objects.bulk_create(
        Basket(studio=studio, prepay_shop=shop) for shop in shops for _n in range(baskets)
    )
    questions = {question.job_id: question.pk for question in asked}
    children = BasketChild.objects.bulk_create(
        BasketChild(basket=b, name=name.format(n), answers={questions[b.prepay_shop.job_id]: "3a"})
        for n, b in enumerate(chosen)
    )
    BasketLine.objects.bulk_create(
        BasketLine(
            basket=child.basket, child=child, product=product, title="Package", price_cents=950
        )
        for child in children
    )
    of_shop = defaultdict(list)
    for basket in chosen:
        of_shop[basket.prepay_shop_id].append(basket)
    return [Round(shop, of_shop[shop.pk]) for shop in shops]


def order(contest, number, *, now=punctual):
    """The act of a parent who has just seen what is in this basket."""
    basket = contest.baskets[number]
    counter = PrepayCounter(contest.shop.studio, contest.shop.pk)
    seen = counter.priced(basket.pk, at=clock.now()).fingerprint()

    def act():
        with recording(contest.written, basket.pk):
            return checkout.place_order(
                basket.pk,
                counter=counter,
                buyer=BUYER,
                key=f"key-{basket.pk}",
                seen=seen,
                clock=now(),
            )

    return act


def back_to_planning(contest, now):
    job_id = contest.shop.job_id
    return (
        order(contest, 0, now=now),
        order(contest, 1, now=now),
        lambda: operations.return_to_planning([job_id], by=None, clock=clock.now),
    )


def turned_into_a_standard_job(contest, now):
    job_id = contest.shop.job_id
    return (
        order(contest, 0, now=now),
        order(contest, 1, now=now),
        lambda: operations.convert_to_standard([job_id], by=None, clock=clock.now),
    )


def the_deadline_passes_behind_a_lock(contest, now):
    """Somebody holds the job until after its deadline."""
    acts = [order(contest, number, now=now) for number in range(2)]
    deadline = clock.now() + timedelta(seconds=random.uniform(0, LONGEST_TIME_SECONDS))
    DEADLINES[contest.shop.job_id] = deadline

    def hold_it():
        time.sleep(random.uniform(0, LONGEST_TIME_SECONDS / 2))
        with transaction.atomic():
            list(Job.objects.select_for_update(no_key=True).filter(pk=contest.shop.job_id))
            contest.held.append(clock.now())
            left = deadline - clock.now() + timedelta(milliseconds=1)
            time.sleep(max(0, left.total_seconds()))
            contest.held.append(clock.now())

    return (*acts, hold_it)


CONTESTS = (back_to_planning, turned_into_a_standard_job, the_deadline_passes_behind_a_lock)


def run_rounds(racers, count, *, now=punctual):
    """Race so often. Returns a sentence for each round that went wrong, and how rounds ended."""
    raced = []
    for number, contest in enumerate(rounds_of(count)):
        act = CONTESTS[number % len(CONTESTS)]
        raced.append((act.__name__, contest, racers.race(*act(contest, now))))
    return wrong_rounds(raced)


def wrong_rounds(raced):
    closed = dict(JobEvent.objects.filter(to_status="planning").values_list("job", "at"))
    wrong, endings = [], Counter()
    for name, contest, results in raced:
        found = list(_unexpected(results))
        keys = [f"key-{basket.pk}" for basket in contest.baskets]
        orders = {
            order.checkout_key: order for order in Order.objects.filter(checkout_key__in=keys)
        }
        for basket, key in zip(contest.baskets, keys, strict=True):
            placed = orders.get(key)
            endings[name, "ordered" if placed else "not ordered"] += 1
            if placed:
                found += _late(contest, placed, contest.written.get(basket.pk), closed)
            if basket.lines.exists() == bool(placed):
                found.append(f"basket {basket.pk} and its order")
        found += _wrong_rows(contest, len(orders))
        if found:
            wrong.append(f"{name}: {found}")
    return wrong, endings


def _unexpected(results):
    expected = (Order, checkout.BasketChanged, operations.Outcome)
    return (repr(r) for r in results if r is not None and not isinstance(r, expected))


def _late(contest, placed, written, closed):
    """The job's change is after the order; so is the deadline, unless nobody held the job."""
    job_id, deadline = contest.shop.job_id, DEADLINES.get(contest.shop.job_id)
    if job_id in closed and max(placed.placed_at, written) >= closed[job_id]:
        yield f"order {placed.pk} came {written - closed[job_id]} after the change"
    if deadline is None:
        return
    held = contest.held[0]
    if placed.placed_at >= deadline or written >= deadline > held < written:
        yield f"order {placed.pk} came {written - deadline} after the deadline"


def _wrong_rows(contest, orders):
    """As many persons and codes as orders, one album, and a note for each that may be the same."""
    job_id = contest.shop.job_id
    facts = {
        "persons": Subject.objects.filter(job=job_id).count(),
        "codes": AccessCode.objects.filter(job=job_id).count(),
        "lines": OrderLine.objects.filter(order__prepay_shop=contest.shop).count(),
        "albums": Album.objects.filter(job=job_id).count(),
        "pairs": SameChild.objects.filter(first__job=job_id).count(),
    }
    pairs = orders * (orders - 1) // 2
    wanted = {"persons": orders, "codes": orders, "lines": orders, "albums": min(orders, 1)}
    if facts != wanted | {"pairs": pairs}:
        yield f"{orders} orders made {facts}"
