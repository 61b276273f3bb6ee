"""L2, L9, S1: what the prepay shop says in each state of its job, and who is let in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jobstatus import clock, operations
from jobstatus.lifecycle import Status
from jobstatus.models import JobEvent
from shop import visit
from shop.characters import written
from shop.codes import guessing
from shop.models import Basket, GuessBudget, PrepayShop, Storefront
from tests import prepaying
from tests.buying import words
from tests.factories import NOON, AccessCodeFactory, AlbumFactory, StudioFactory, SubjectFactory
from tests.factories import at as standing
from tests.prepaying import at, parent, prepay_shop

pytestmark = pytest.mark.django_db

LAST_INSTANT = datetime(2026, 5, 14, 21, 59, 59, 999_999, tzinfo=UTC)  # 14 May ends in Berlin


@pytest.fixture(autouse=True)
def set_clock(monkeypatch):
    def set_clock(instant):
        monkeypatch.setattr(clock, "now", standing(instant))

    set_clock(NOON)
    return set_clock


def door(studio):
    return reverse("prepay:entry", args=[studio.slug])


def type_code(client, studio, text, where="prepay"):
    return client.post(reverse(f"{where}:entry", args=[studio.slug]), {"code": text})


def move(shop, *steps):
    for step in steps:
        outcome = getattr(operations, step)([shop.job_id], by=None, clock=standing(NOON))
        assert not outcome.refused, outcome.refused


# States


def test_L9_the_shop_is_open_until_the_last_microsecond_of_its_day_without_any_sweep(set_clock):
    shop = prepay_shop()
    client = parent(shop)
    prepaying.fill(client, shop)
    form = prepaying.checkout_form(client, shop)

    set_clock(LAST_INSTANT)
    assert "Last day to order" in words(client.get(at("shop", shop)))
    set_clock(LAST_INSTANT + timedelta(microseconds=1))
    page = words(client.get(at("shop", shop)))
    late = client.post(at("checkout", shop), form)

    assert "Orders before picture day have ended" in page
    assert "The last day was Thursday, 14 May 2026 (Europe/Berlin time)" in page
    assert late.status_code == 409
    assert not shop.orders.exists()
    assert list(JobEvent.objects.filter(job=shop.job).values_list("to_status", flat=True)) == [
        "prepay"
    ]


SOLD = ("convert_to_standard", "start_selling")
STATES = {  # the steps to it, its sentence, and whether an address can be left
    "planning": (("return_to_planning",), "Not available yet", True),
    "prepay": ((), "Order now, before the photos are taken", False),
    "prepared": (("convert_to_standard",), "The photos are being prepared", True),
    "selling": (SOLD, "The photos are here", False),
    "archived": ((*SOLD, "archive"), "These photos are archived", True),
}


@pytest.mark.parametrize("name", STATES)
def test_L2_L9_each_state_of_the_job_has_its_sentence(name):
    steps, sentence, can_be_told = STATES[name]
    shop = prepay_shop()
    move(shop, *steps)

    page = words(parent(shop).get(at("shop", shop)))

    others = {text for _steps, text, _told in STATES.values()} - {sentence}
    assert sentence in page
    assert [text for text in others if text in page] == []
    assert ("Tell me when" in page) == can_be_told


@pytest.mark.parametrize("name", [name for name in STATES if name != "prepay"])
def test_L2_L9_nothing_is_ordered_or_changed_in_another_state(name):
    shop = prepay_shop()
    client = parent(shop)
    (child,) = prepaying.fill(client, shop)
    form = prepaying.checkout_form(client, shop)
    move(shop, *STATES[name][0])

    answers = [
        client.post(at("checkout", shop), form),
        prepaying.choose(client, shop, child, package=5),
        prepaying.add_child(client, shop, "Another"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 200]
    assert list(child.basket.lines.values_list("quantity", flat=True)) == [1]
    assert not shop.orders.exists()
    page = words(client.get(at("shop", shop)))
    ended = STATES[name][0][:1] == ("convert_to_standard",)
    assert page.count("takes no orders now") == (0 if ended else 1)
    assert page.count(f"Orders of “{shop.job}” before picture day have ended.") == int(ended)


def test_S1_a_job_that_sells_sends_its_prepay_visitors_to_the_access_code():
    shop = prepay_shop()
    move(shop, "convert_to_standard", "start_selling")
    client = Client()

    answer = type_code(client, shop.studio, written(shop.code))
    page = words(client.get(answer.url))

    assert answer.url == at("shop", shop)
    assert f'href="{reverse("shop:entry", args=[shop.studio.slug])}"' in page


@pytest.mark.parametrize("what", ["no list", "no product", "all off sale"])
def test_P1_without_anything_for_sale_the_page_says_so(what):
    shop = prepay_shop()
    if what == "no list":
        PrepayShop.objects.update(price_list=None)
    elif what == "no product":
        shop.price_list.products.all().delete()
    else:
        shop.price_list.products.update(is_active=False)
    client = parent(shop)

    page = words(client.get(at("shop", shop)))

    assert "Nothing can be ordered yet" in page
    assert prepaying.add_child(client, shop).status_code == 302
    assert client.get(at("checkout", shop)).status_code == 302


# The way in


@pytest.mark.parametrize("where", ["shop", "prepay"])
@pytest.mark.parametrize("spelled", [str.lower, str.upper, lambda text: f" {text[:3]}·{text[3:]} "])
def test_S1_the_code_of_a_job_leads_to_its_shop_however_it_is_typed(where, spelled):
    shop, _noise = prepay_shop(), prepay_shop()
    client = Client()
    assert client.get(at("shop", shop)).url == door(shop.studio)

    answer = type_code(client, shop.studio, spelled(written(shop.code)), where)

    assert answer.url == at("shop", shop)
    assert client.get(answer.url).status_code == 200
    assert not GuessBudget.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("where", ["shop", "prepay"])
def test_S1_an_access_code_of_a_prepay_job_leads_to_the_order_for_that_child(where):
    shop = prepay_shop()
    album = AlbumFactory.create(job=shop.job, name="3a")
    code = AccessCodeFactory.create(subject=SubjectFactory.create(album=album, name="Lena"))
    client = Client()

    answer = type_code(client, shop.studio, written(code.code), where)

    assert answer.url == at("known", shop, code.pk)
    assert "Lena" in words(client.get(answer.url))


def test_S1_wrong_codes_get_one_answer_and_are_slowed_down_together():
    shop = prepay_shop()
    foreign = prepay_shop()
    gone = prepay_shop("planning", studio=shop.studio)
    gone.job.delete()
    client = Client()
    wrong = [foreign.code, gone.code, PrepayShop(studio=shop.studio).code, foreign.code, gone.code]

    answers = [type_code(client, shop.studio, code) for code in wrong]
    waits = type_code(client, shop.studio, wrong[0])
    right = type_code(client, shop.studio, shop.code)

    assert [answer.status_code for answer in answers] == [422] * guessing.FREE_GUESSES
    sentences = {answer.context["error"] for answer in answers}
    assert sentences == {"We do not know this access code. Compare it with your slip."}
    assert (waits.status_code, right.status_code) == (422, 429)
    assert PrepayShop.objects.filter(pk=gone.pk, job=None).exists()


def test_S1_a_typing_error_is_told_and_not_counted():
    shop = prepay_shop()
    broken = shop.code[:-1] + ("0" if shop.code[-1] != "0" else "1")

    answer = type_code(Client(), shop.studio, broken)

    assert "There is a typing error in this code." in answer.context["error"]
    assert not GuessBudget.objects.exists()


def test_L9_jobs_are_chosen_by_name_only_where_the_studio_wants_it_and_while_open(set_clock):
    studio = StudioFactory.create()
    named = prepay_shop(studio=studio, entry="name", name="River School")
    by_code = prepay_shop(studio=studio, name="By code")
    prepay_shop(studio=studio, entry="name", name="Closed", deadline=NOON.date())
    prepay_shop(entry="name", name="Foreign")
    prepay_shop("planning", studio=studio, entry="name", name="Planned")
    client = Client()

    set_clock(NOON + timedelta(days=1))
    page = client.get(door(studio))

    assert [shop.pk for shop in page.context["named"]] == [named.pk]
    assert client.get(at("shop", named)).status_code == 200
    assert client.get(at("shop", by_code)).url == door(studio)


def test_L9_of_many_jobs_the_first_letters_of_the_name_are_asked():
    studio = StudioFactory.create()
    for number in range(21):
        prepay_shop(studio=studio, entry="name", name=f"School {number}", questions=False)
    client = Client()

    everything = client.get(door(studio))
    short = client.get(door(studio), {"name": "sc"})
    some = client.get(door(studio), {"name": "school 1"})

    assert (everything.context["named"], everything.context["can_search"]) == ([], True)
    assert short.context["named"] == []
    assert len(some.context["named"]) == 11


def test_S1_shops_that_a_visitor_may_not_enter_all_answer_alike():
    shop, foreign = prepay_shop(), prepay_shop()
    client = parent(foreign)
    urls = [
        at("shop", shop),
        reverse("prepay:shop", args=[shop.studio.slug, foreign.pk]),
        reverse("prepay:shop", args=[shop.studio.slug, 10**30]),
        reverse("prepay:shop", args=[shop.studio.slug, 0]),
    ]

    answers = [client.get(url) for url in urls]

    assert {(answer.status_code, answer.url) for answer in answers} == {(302, door(shop.studio))}


def test_L9_the_public_page_of_the_job_leads_to_the_order_form():
    shop = prepay_shop()
    public = Storefront.objects.get(job=shop.job).get_absolute_url()

    by_code = words(Client().get(public))
    PrepayShop.objects.update(entry="name")
    by_name = words(Client().get(public))

    assert f'href="{door(shop.studio)}"' in by_code
    assert f'href="{at("shop", shop)}"' in by_name


def test_P1_a_shop_has_a_code_from_its_first_day():
    shop = PrepayShop.objects.get(job=prepaying.job_in(Status.PREPAY))

    assert (shop.entry, len(shop.code)) == ("code", 8)


def test_the_session_has_a_new_key_after_a_code_and_holds_numbers_only():
    shop = prepay_shop()
    client = parent()
    before = client.session.session_key

    type_code(client, shop.studio, shop.code)

    assert client.session.session_key != before
    assert client.session[visit.SHOPS] == [shop.pk]
    assert not Basket.objects.exists()
