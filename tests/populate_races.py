"""Photographers at the orders of one job at the same instant, and the checker of what came out.

Each round has one job and one order of prepay. The checker believes neither plan nor result: it
reads the rows, and compares when they were really written. The races without locks prove that it
finds something.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from jobstatus import clock
from shop.models import Order, OrderEvent, OrderPicture, Photo, PrepayShop, SortingStep, Storefront
from shop.populating import planning, releasing, writing
from shop.populating.writing import Done, PlanChanged
from shop.sorting import photos as photo_steps
from shop.sorting import trash
from shop.storing import purging
from tests.factories import NOON, PhotoFactory, StudioFactory
from tests.prepay_orders import child, job_of, photos, prepay_order, prepay_shop

WANTED = 3  # photos of the line that is not about all of them
RELEASE, CHANGE = 'UPDATE "shop_order" SET "released_at"', 'UPDATE "shop_photo" SET '


@dataclass
class Round:
    shop: PrepayShop
    order: Order
    photos: list[Photo]
    told: int = 0  # times that photos were chosen before the race
    written: dict = field(default_factory=dict)  # a beginning of SQL to when it was done


def a_round(studio):
    shop = prepay_shop(studio, kind="standard")
    Storefront.objects.create(job=shop.job)
    code = child(shop)
    order = prepay_order(shop, (code, "individual", WANTED), (code, "all", 1))
    return Round(shop, order, photos(code, 6))


def populated(contest):
    contest.told += populating(contest, seen=None)().orders


def populating(contest, *, seen):
    job_id = contest.shop.job_id
    return lambda: writing.populate(job_id, by=None, clock=clock.now, seen=seen)


def releasing_all(contest, *, seen):
    job_id = contest.shop.job_id

    def act():
        with noting(contest, RELEASE):
            return releasing.release_all(job_id, by=None, clock=clock.now, seen=seen)

    return act


def taking(contest, door, *which):
    """Photos into the trash, or hidden."""
    job, at = job_of(contest.shop), clock.now()
    ids = [contest.photos[number].pk for number in which]

    def act():
        with noting(contest, CHANGE):
            return door(job, ids, by=None, at=at)

    return act


@contextmanager
def noting(contest, beginning):
    """When rows were really written, whatever they say of themselves. The first time counts."""

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(beginning):
            contest.written.setdefault(beginning, clock.now())
        return result

    with connection.execute_wrapper(watch):
        yield


def plan(contest):
    return planning.plan(job_of(contest.shop))


def pressed_twice(contest):
    act = populating(contest, seen=plan(contest).mark())
    return act, act, lambda: None


def pressed_twice_again(contest):
    """Some places are to be filled anew, so that no two new rows can collide."""
    populated(contest)
    Photo.objects.filter(pk=contest.photos[0].pk).update(trashed_at=NOON)
    return pressed_twice(contest)


def photos_go_meanwhile(contest):
    return (
        populating(contest, seen=None),
        taking(contest, trash.put_photos, 0, 1),
        taking(contest, photo_steps.hide, 2),
    )


def trash_is_emptied_meanwhile(contest):
    populated(contest)
    outdated = clock.now() - timedelta(days=8)
    gone = [photo.pk for photo in contest.photos[:3]]
    Photo.objects.filter(pk__in=gone).update(trashed_at=outdated)
    act = populating(contest, seen=plan(contest).mark())
    return act, act, lambda: purging.purge(clock=clock.now)


def released_while_photos_go(contest):
    populated(contest)
    release = releasing_all(contest, seen=None)
    return release, taking(contest, trash.put_photos, 0), populating(contest, seen=None)


def released_while_photos_come(contest):
    """Complete, until somebody chooses what has come since the page was shown."""
    populated(contest)
    release = releasing_all(contest, seen=releasing.all_complete(job_of(contest.shop)).mark())
    subject = contest.order.lines.first().code.subject
    late = PhotoFactory.create(album=subject.album)
    late.appearances.create(subject=subject)
    return release, populating(contest, seen=None), releasing_all(contest, seen=None)


CONTESTS = (
    pressed_twice,
    pressed_twice_again,
    photos_go_meanwhile,
    trash_is_emptied_meanwhile,
    released_while_photos_go,
    released_while_photos_come,
)


def run_rounds(racers, count, contests=CONTESTS):
    """Race so often. Returns a sentence for each round that went wrong, and how rounds ended."""
    went_wrong, endings, studio = [], Counter(), StudioFactory.create()
    for number in range(count):
        act = contests[number % len(contests)]
        contest = a_round(studio)
        results = racers.race(*act(contest))
        found = list(wrong(contest, results))
        if act in (pressed_twice, pressed_twice_again):
            found += not_told(results)
        released = Order.objects.get(pk=contest.order.pk).released_at
        endings[act.__name__, "released" if released else "held"] += 1
        if found:
            went_wrong.append(f"{act.__name__}: {found}")
    return went_wrong, endings


def wrong(contest, results):
    expected = (Done, PlanChanged, SortingStep, int)
    yield from (repr(r) for r in results if r is not None and not isinstance(r, expected))
    yield from _doubled(contest)
    filled = sum(isinstance(r, Done) and r.orders for r in results) + contest.told
    events = Counter(contest.order.events.values_list("kind", flat=True))
    if events[OrderEvent.Kind.POPULATED] != filled:
        yield f"{filled} times chosen, in the timeline {events}"
    if events[OrderEvent.Kind.RELEASED] > 1:
        yield "released twice"
    yield from _not_flagged(contest)
    if not Order.objects.get(pk=contest.order.pk).released_at:
        populating(contest, seen=None)()
        yield from _doubled(contest)
        if not plan(contest).outcomes[0].is_complete:
            yield "not complete in the end"


def _doubled(contest):
    """No line has a photo twice, or more photos than places, or than the child has."""
    for line in contest.order.lines.all():
        found = list(OrderPicture.objects.filter(line=line).values_list("photo", flat=True))
        there = [pk for pk in found if pk is not None]
        most = WANTED if line.photo_rule == "individual" else len(contest.photos) + 1
        if len(set(there)) != len(there) or len(found) > most:
            yield f"a line of {line.photo_rule} has {found}"


def _not_flagged(contest):
    """An order with a photo that is gone is told about; released is only what was whole then."""
    pictures = OrderPicture.objects.filter(line__order=contest.order)
    shown = Photo.objects.filter(trashed_at__isnull=True, is_hidden=False)
    gone = pictures.exclude(photo__in=shown).count()
    outcome = plan(contest).outcomes[0]
    if gone and (not outcome.is_disturbed or outcome.is_complete):
        yield f"{gone} photos are gone and the order is not flagged"
    released, changed = contest.written.get(RELEASE), contest.written.get(CHANGE)
    if gone and outcome.is_released and (changed is None or changed < released):
        yield f"released {released - changed if changed else ''} after a photo of it was gone"


def not_told(results):
    """Of two who pressed, one fills the order, and the other hears that the facts changed."""
    kinds = sorted(type(result).__name__ for result in results if result is not None)
    if kinds != ["Done", "PlanChanged"]:
        yield f"the two of them ended with {kinds}"
