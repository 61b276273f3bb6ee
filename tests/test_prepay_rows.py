"""What the database itself refuses of prepay (P1, P2, L8), whoever writes it."""

import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from jobstatus import clock
from shop.characters import ALPHABET, check_character, written
from shop.codes import spelling
from shop.models import (
    Order,
    OrderLine,
    OrderPicture,
    PrepayQuestion,
    PrepayShop,
    Product,
    SameChild,
    SubjectAnswer,
)
from shop.models.prepay import new_job_code
from tests import prepaying
from tests.factories import NOON, ProductFactory, SubjectFactory, family
from tests.factories import at as standing
from tests.prepaying import prepay_shop
from tests.shop_rows import order_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", standing(NOON))


@pytest.fixture
def placed():
    shop = prepay_shop()
    return prepaying.order(prepaying.parent(shop), shop)


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


def raw(table, pk, **values):
    """As somebody at the database's own prompt would write it."""
    quoted = connection.ops.quote_name
    changes = ", ".join(f"{quoted(name)} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(table)} SET {changes} WHERE id = %s", [*values.values(), pk]
        )


def test_P2_only_prepay_orders_are_held_and_released(placed):
    standard = order_of(family())
    assert (placed.is_held, standard.is_held) == (True, False)
    assert list(Order.objects.held()) == [placed]

    raw("shop_order", placed.pk, released_at=NOON)
    refused(
        "only_prepay_orders_are_held_and_released",
        lambda: raw("shop_order", standard.pk, released_at=NOON),
    )

    assert not Order.objects.held().exists()
    assert (list(Order.objects.prepay()), list(Order.objects.standard())) == ([placed], [standard])


LINE = {
    "without a code": {"code_id": None},
    "without a rule": {"photo_rule": ""},
    "with another rule": {"photo_rule": "any"},
    "without a place": {"photo_count": 0},
    "without a name": {"subject_name": ""},
    "without a job": {"job_name": ""},
}


@pytest.mark.parametrize("name", LINE)
def test_P1_a_line_of_prepay_has_a_child_a_rule_and_places(placed, name):
    line = placed.lines.get()

    refused(
        "a_prepay_line_has_a_child_and_a_rule",
        lambda: raw("shop_orderline", line.pk, **LINE[name]),
    )


@pytest.mark.parametrize(
    "values",
    [{"photo_rule": "group"}, {"photo_count": 1}, {"subject_name": "Lena"}, {"job_name": "X"}],
)
def test_P1_a_line_of_photos_has_none_of_it(values):
    line = order_of(family()).lines.get()

    refused(
        "a_prepay_line_has_a_child_and_a_rule",
        lambda: raw("shop_orderline", line.pk, **values),
    )


def test_P2_a_place_of_a_line_has_one_picture_and_chosen_pictures_have_none(placed):
    line = placed.lines.get()
    values = {"line": line, "job_name": "J", "file_name": "1.jpg", "original_name": "1.jpg"}
    OrderPicture.objects.create(place=0, **values)
    OrderPicture.objects.create(place=None, **values)
    OrderPicture.objects.create(place=None, **values)

    refused(
        "shop_orderpicture.line_id|a_place_in_a_line_has_one_picture",
        lambda: OrderPicture.objects.create(place=0, **values),
    )


RULES = {
    ("print", 1): {"individual", "group"},
    ("package", 1): {"individual", "group"},
    ("package", 3): {"individual", "group", "mixed"},
    ("download", 1): {"individual", "group", "all"},
}


@pytest.mark.parametrize(("kind", "count"), RULES)
def test_P2_the_rule_of_a_product_fits_it(kind, count):
    product = ProductFactory.create(kind=kind, picture_count=count)

    for rule in ("individual", "group", "mixed", "all", "", "first"):
        if rule in RULES[kind, count]:
            Product.objects.filter(pk=product.pk).update(photo_rule=rule)
            continue
        refused(
            "a_photo_rule_fits_its_product",
            lambda rule=rule: raw("shop_product", product.pk, photo_rule=rule),
        )


def test_P1_a_shop_outlives_its_job_and_a_price_list_is_kept_while_it_sells():
    shop = prepay_shop("planning")
    prepaying.ask(shop, "first", "Frame")
    with pytest.raises(ProtectedError):
        shop.price_list.delete()

    shop.job.delete()

    kept = PrepayShop.objects.get(pk=shop.pk)
    assert (kept.job, kept.code) == (None, shop.code)
    assert not PrepayQuestion.objects.exists()


def test_P1_an_order_keeps_its_shop(placed):
    with pytest.raises(ProtectedError):
        placed.prepay_shop.delete()


def test_P1_a_job_asks_at_most_five_things_and_each_once():
    shop = prepay_shop(questions=False)
    for slot in PrepayQuestion.Slot.values:
        prepaying.ask(shop, slot, slot)

    assert PrepayQuestion.objects.count() == 5
    refused("job_id|a_job_asks_for_a_thing_once", lambda: prepaying.ask(shop, "class", "Again"))
    refused("a_question_has_a_slot", lambda: prepaying.ask(shop, "sixth", "More"))
    with pytest.raises(ValidationError):
        PrepayQuestion(job=shop.job, slot="class", label="x" * 61).full_clean()


def test_P1_an_answered_question_is_not_deleted_by_itself(placed):
    subject = placed.lines.get().code.subject
    question = placed.prepay_shop.job.prepay_questions.get(slot="teacher")
    SubjectAnswer.objects.create(subject=subject, question=question, text="Ms Ray")

    with pytest.raises(RestrictedError):
        question.delete()


def test_P1_nobody_is_a_double_twice_or_of_themselves():
    first, second = SubjectFactory.create_batch(2)
    SameChild.objects.create(first=first, second=second, found_at=NOON)

    refused(
        "first_id|a_double_is_found_once",
        lambda: SameChild.objects.create(first=first, second=second, found_at=NOON),
    )
    refused(
        "nobody_is_their_own_double",
        lambda: SameChild.objects.create(first=first, second=first, found_at=NOON),
    )


def test_S1_a_job_code_has_eight_characters_and_is_no_access_code():
    codes = {new_job_code() for _n in range(1_000)}

    assert len(codes) == 1_000
    assert {len(code) for code in codes} == {8}
    for code in itertools.islice(codes, 50):
        assert set(code) <= set(ALPHABET)
        assert check_character(code[:-1]) == code[-1]
        assert spelling.read_either(written(code).lower()) == code
        with pytest.raises(spelling.Mistyped):
            spelling.read(code)


@pytest.mark.parametrize("code", ["abcdefgh", "ABCDEFG", "", "ABCDEFGHJKMNP"])
def test_S1_a_job_code_is_stored_as_it_is_looked_up(code):
    shop = prepay_shop()
    if len(code) > 8 and connection.vendor == "postgresql":
        return  # The column does not hold it.

    refused("a_prepay_code_is_8_capitals", lambda: raw("shop_prepayshop", shop.pk, code=code))


def test_S1_two_jobs_never_have_one_code():
    first, second = prepay_shop(), prepay_shop()

    refused("code", lambda: raw("shop_prepayshop", second.pk, code=first.code))


def test_P1_the_line_of_a_deleted_child_keeps_its_names_and_its_dead_code(placed):
    line = placed.lines.get()

    line.code.subject.delete()

    line = OrderLine.objects.select_related("code").get(pk=line.pk)
    assert (line.code.subject, line.subject_name) == (None, "Lena Beispiel")
