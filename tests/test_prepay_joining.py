"""P1: two persons who are one child are joined by the studio, and everything of both stays."""

import pytest
from django.contrib.admin.models import LogEntry

from jobstatus import clock
from shop.models import (
    AccessCode,
    Appearance,
    Contact,
    OrderEvent,
    OrderLine,
    Photo,
    SameChild,
    Subject,
    SubjectAnswer,
)
from shop.prepay import joining
from tests import prepaying, races
from tests.factories import NOON, PhotoFactory, SubjectFactory, UserFactory
from tests.factories import at as standing
from tests.prepaying import order, parent, prepay_shop


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


def twice_ordered():
    shop = prepay_shop()
    orders = [order(parent(shop), shop, email=f"{n}@example.org") for n in ("one", "two")]
    first, second = Subject.objects.order_by("pk")
    return shop, orders, first, second


@pytest.mark.django_db
def test_P1_joined_orders_contacts_photos_and_both_codes_are_the_first_persons():
    shop, orders, first, second = twice_ordered()
    photo, shared = PhotoFactory.create_batch(2, album=first.album)
    for subject, shown in ((first, shared), (second, shared), (second, photo)):
        Appearance.objects.create(subject=subject, photo=shown)
    question = shop.job.prepay_questions.get(slot="teacher")
    third = prepaying.ask(shop, "first", "Frame")
    for subject, asked, text in (
        (first, question, "Ms Ray"),
        (second, question, "Mr Sun"),
        (second, third, "Oak"),
    ):
        SubjectAnswer.objects.create(subject=subject, question=asked, text=text)
    user = UserFactory.create()
    assert [(pair.first, pair.second) for pair in joining.offered(shop.job)] == [(first, second)]

    joining.join(first.pk, second.pk, by=user, clock=clock.now)

    assert list(Subject.objects.all()) == [first]
    assert list(AccessCode.objects.values_list("subject", flat=True)) == [first.pk] * 2
    assert {line.code.subject_id for line in OrderLine.objects.all()} == {first.pk}
    assert set(Photo.objects.filter(appearances__subject=first)) == {photo, shared}
    assert sorted(SubjectAnswer.objects.values_list("text", flat=True)) == ["Ms Ray", "Oak"]
    assert Contact.objects.filter(subject=first).count() == 2
    events = OrderEvent.objects.filter(kind="joined")
    assert list(events.values_list("order", "by")) == [(orders[1].pk, user.pk)]
    assert LogEntry.objects.get().user == user
    assert joining.offered(shop.job) == []


@pytest.mark.django_db
def test_P1_of_three_alike_the_other_pairs_stay_offered_once():
    shop = prepay_shop()
    for number in range(3):
        order(parent(shop), shop, email=f"{number}@example.org")
    first, second, third = Subject.objects.order_by("pk")
    assert SameChild.objects.count() == 3

    joining.join(second.pk, third.pk, by=None, clock=clock.now)

    assert [(pair.first, pair.second) for pair in joining.offered(shop.job)] == [(first, second)]


@pytest.mark.django_db
def test_P1_a_pair_moves_to_the_person_that_stays():
    shop = prepay_shop()
    first, second, third = SubjectFactory.create_batch(3, album__job=shop.job)
    SameChild.objects.create(first=second, second=third, found_at=NOON)

    joining.join(first.pk, second.pk, by=None, clock=clock.now)

    assert list(SameChild.objects.values_list("first", "second")) == [(first.pk, third.pk)]


@pytest.mark.django_db
def test_P1_two_different_children_are_not_offered_again():
    shop, _orders, first, second = twice_ordered()
    user = UserFactory.create()
    (pair,) = joining.offered(shop.job)

    for at in (NOON, NOON.replace(year=2027)):
        joining.part(pair.pk, by=user, clock=standing(at))

    pair.refresh_from_db()
    assert (pair.parted_at, pair.parted_by) == (NOON, user)
    assert joining.offered(shop.job) == []
    assert {first.pk, second.pk} == set(Subject.objects.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["itself", "gone", "of another job"])
def test_P1_what_cannot_be_joined_is_refused_with_a_sentence(what):
    shop, _orders, first, _second = twice_ordered()
    others = {
        "itself": first.pk,
        "gone": 10**9,
        "of another job": SubjectFactory.create(name=first.name).pk,
    }
    before = Subject.objects.filter(job=shop.job).count()

    with pytest.raises(joining.JoinRefused, match="gone, or belongs to another job"):
        joining.join(first.pk, others[what], by=None, clock=clock.now)

    assert Subject.objects.filter(job=shop.job).count() == before


@pytest.mark.usefixtures("real_database")
def test_P1_two_who_join_the_same_pair_in_opposite_ways_join_it_once():
    _shop, _orders, first, second = twice_ordered()

    def join(keep, gone):
        def act():
            try:
                return joining.join(keep.pk, gone.pk, by=None, clock=standing(NOON))
            except joining.JoinRefused as refused:
                return refused

        return act

    with races.Racers(2) as racers:
        done = racers.race(join(first, second), join(second, first))

    assert sorted(type(result).__name__ for result in done) == ["JoinRefused", "Subject"]
    assert Subject.objects.count() == 1
    assert AccessCode.objects.filter(subject=Subject.objects.get()).count() == 2
