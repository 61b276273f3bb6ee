"""Listeners: what is announced is what happens, in their order, in the same transaction."""

from datetime import timedelta

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jobstatus import operations
from jobstatus.listeners import check_listeners, listeners
from shop.models import BasketLine
from tests.conftest import TORTURE
from tests.factories import NOON, BasketFactory, JobFactory, at, job_in

LATER = NOON + timedelta(hours=1)


def basket_with(*lines):
    """A basket; each line is the jobs whose pictures it contains."""
    basket = BasketFactory.create()
    for jobs in lines:
        line = basket.lines.create(title="Package")
        for job in jobs:
            line.pictures.create(job=job)
    return basket


def set_aside(basket):
    return [line.set_aside_at for line in basket.lines.order_by("pk")]


def announced(foresight):
    """The shop's notice, which alone is a warning about products."""
    return [n for n in foresight if "pending baskets" in n.text]


@pytest.mark.django_db
def test_A5_archiving_sets_aside_packages_as_a_whole_and_leaves_other_lines():
    closing, other = job_in("selling"), job_in("selling")
    basket = basket_with([closing], [closing, closing, other], [other])
    untouched = basket_with([other])

    foresight = operations.foresee([closing.pk], "archive", by=None, at=LATER)
    operations.archive([closing.pk], by=None, clock=at(LATER))

    assert [(n.count, n.text) for n in announced(foresight)] == [
        (2, "2 products leave pending baskets (1 basket).")
    ]
    assert set_aside(basket) == [LATER, LATER, None]
    assert set_aside(untouched) == [None]


@pytest.mark.django_db
def test_A5_a_line_set_aside_before_keeps_its_date_and_is_not_announced_again():
    first, second = job_in("selling"), job_in("selling")
    basket = basket_with([first, second])
    operations.archive([first.pk], by=None, clock=at(NOON))

    foresight = operations.foresee([second.pk], "archive", by=None, at=LATER)
    operations.archive([second.pk], by=None, clock=at(LATER))

    assert announced(foresight) == []
    assert set_aside(basket) == [NOON]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("selling", "return_to_planning"),
        ("archived", "start_selling"),
        ("prepay", "return_to_planning"),
    ],
)
def test_A5_other_changes_leave_baskets_alone(status, step):
    job = job_in(status)
    basket = basket_with([job])

    foresight = operations.foresee([job.pk], step, by=None, at=LATER)
    outcome = getattr(operations, step)([job.pk], by=None, clock=at(LATER))

    assert outcome.moved_ids == {job.pk}
    assert announced(foresight) == []
    assert set_aside(basket) == [None]


@pytest.mark.django_db
def test_A5_a_combined_step_to_archived_sets_aside_too():
    prepay = job_in("prepay")
    basket = basket_with([prepay])
    steps = ("convert_to_standard", "archive")

    foresight = operations.foresee([prepay.pk], steps, by=None, at=LATER)
    operations.change([prepay.pk], steps, by=None, clock=at(LATER))

    assert [n.count for n in announced(foresight)] == [1]
    assert set_aside(basket) == [LATER]


class NoDrift(TestCase):
    @hypothesis.settings(max_examples=500 if TORTURE else 40)
    @given(data=st.data())
    def test_A5_what_is_announced_is_what_is_set_aside(self, data):
        jobs = [JobFactory.create() for _ in range(4)]
        numbers = st.integers(0, len(jobs) - 1)
        for lines in data.draw(
            st.lists(st.lists(st.lists(numbers, max_size=3), max_size=3), max_size=4)
        ):
            basket_with(*([jobs[n] for n in line] for line in lines))
        before = {jobs[n].pk for n in data.draw(st.sets(numbers))}
        closing = [jobs[n].pk for n in data.draw(st.sets(numbers))]
        operations.archive(before, by=None, clock=at(NOON))

        foresight = operations.foresee(closing, "archive", by=None, at=LATER)
        operations.archive(closing, by=None, clock=at(LATER))

        now_aside = BasketLine.objects.filter(set_aside_at=LATER)
        assert sum(n.count for n in announced(foresight)) == now_aside.count()
        left = BasketLine.objects.pending().with_pictures_of({*before, *closing})
        assert not left.exists()


@pytest.mark.django_db
def test_listeners_speak_and_act_in_the_order_of_the_setting(settings, monkeypatch):
    heard = []
    for name in ("shop.reactions", "tests.listener"):
        for part in ("foresee", "react"):
            monkeypatch.setattr(
                f"{name}.{part}", lambda _, heard=heard, said=(name, part): heard.append(said) or ()
            )
    job = job_in("selling")
    heard.clear()
    settings.JOB_LISTENERS = ["tests.listener", "shop.reactions"]

    operations.archive([job.pk], by=None, clock=at(LATER))

    assert heard == [
        ("tests.listener", "foresee"),
        ("shop.reactions", "foresee"),
        ("tests.listener", "react"),
        ("shop.reactions", "react"),
    ]


@pytest.mark.django_db
def test_a_batch_reaches_a_listener_as_one_call(settings, monkeypatch):
    settings.JOB_LISTENERS = ["tests.listener"]
    calls = []
    monkeypatch.setattr("tests.listener.react", lambda events: calls.append(len(events)))
    jobs = [job_in("selling") for _ in range(3)]
    calls.clear()

    operations.archive([job.pk for job in jobs], by=None, clock=at(LATER))
    operations.archive([job.pk for job in jobs], by=None, clock=at(LATER))

    assert calls == [3]  # The second time nothing happened, so that nobody is told.


def test_the_products_own_listeners_pass_the_check():
    assert django_settings.JOB_LISTENERS == ["shop.reactions", "comms.reactions"]
    assert check_listeners() == []
    assert len(listeners()) == 2


def test_a_listener_that_does_not_import_is_refused_at_start(settings):
    settings.JOB_LISTENERS = ["shop.reactions", "shop.nowhere"]

    errors = [error for error in run_checks() if error.id.startswith("jobstatus")]

    assert [error.id for error in errors] == ["jobstatus.E001"]
    assert "The job listener shop.nowhere cannot be imported" in errors[0].msg


def test_a_listener_without_its_functions_is_refused_at_start(settings):
    settings.JOB_LISTENERS = ["jobstatus.deadlines"]

    errors = [error for error in run_checks() if error.id.startswith("jobstatus")]

    assert [(error.id, error.msg) for error in errors] == [
        ("jobstatus.E002", "The job listener jobstatus.deadlines has no function foresee()."),
        ("jobstatus.E002", "The job listener jobstatus.deadlines has no function react()."),
    ]
