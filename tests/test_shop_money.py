"""Amounts and account numbers as people type them."""

from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shop import iban, money

MOST = 1_000_000


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("9,50", 950),
        ("9.50", 950),
        ("9.5", 950),
        (" 9 ", 900),
        ("0", 0),
        ("0,05", 5),
        ("10000", MOST),
        ("10000.00", MOST),
    ],
)
def test_S3_an_amount_is_read_with_comma_or_point(text, cents):
    assert money.read(text, highest_cents=MOST) == cents


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "cannot be negative"),
        ("−1", "cannot be negative"),
        ("9,999", "nothing between the thousands"),
        ("1.000", "nothing between the thousands"),
        ("10,000.01", "nothing between the thousands"),
        ("10 000,01", "nothing between the thousands"),
        ("1'000", "nothing between the thousands"),
        ("10000.01", "At most 10000.00 is possible"),
        ("99999999999", "At most 10000.00 is possible"),
        ("1e9", "Write an amount in digits, such as 9.50"),
        ("٩", "Write an amount in digits"),
        ("NaN", "Write an amount in digits"),
        ("0x10", "Write an amount in digits"),
        ("9.", "Write an amount in digits"),
        (".5", "Write an amount in digits"),
        ("", "Write an amount in digits"),
        ("1" * 1_000_000, "Write an amount in digits"),
    ],
)
def test_S3_what_is_no_amount_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(money.NotAnAmount, match=sentence):
        money.read(text, highest_cents=MOST)


@given(st.integers(0, MOST), st.sampled_from(["en", "de"]))
def test_S3_every_amount_is_read_as_it_is_written_into_the_form(cents, language):
    with translation.override(language):
        assert money.read(money.typed(cents), highest_cents=MOST) == cents


@given(st.text(max_size=30))
def test_S3_whatever_is_typed_is_cents_within_the_limit_or_a_sentence(text):
    with suppress(money.NotAnAmount):
        assert 0 <= money.read(text, highest_cents=MOST) <= MOST


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("DE02120300000000202051", "DE02 1203 0000 0000 2020 51"),
        ("de02 1203-0000 0000 2020 51", "DE02 1203 0000 0000 2020 51"),
        ("AT611904300234573201", "AT61 1904 3002 3457 3201"),
        ("CH9300762011623852957", "CH93 0076 2011 6238 5295 7"),
    ],
)
def test_S4_an_iban_is_kept_in_groups(text, written):
    assert iban.read(text) == written


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "begins with two letters and two digits"),
        ("12345678", "begins with two letters and two digits"),
        ("DE02 1203 0000 0000 2020 5!", "begins with two letters and two digits"),
        ("DE02 1203 0000 0000 2020 5", "has 22 characters, yours has 21"),
        ("XX12 3456", "15 to 34 characters"),
        ("DE02 1203 0000 0000 2020 52", "typing error"),
        ("DE02 1203 0000 0000 2002 51", "typing error"),
        ("DE" + "1" * 100_000, "has 22 characters"),
    ],
)
def test_S4_a_wrong_iban_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(iban.NotAnAccount, match=sentence):
        iban.read(text)


@given(st.integers(4, 21), st.sampled_from("0123456789"))
def test_S4_one_wrong_digit_of_an_iban_is_always_noticed(place, digit):
    right = "DE02120300000000202051"
    wrong = right[:place] + digit + right[place + 1 :]

    if wrong == right:
        assert iban.read(wrong)
    else:
        with pytest.raises(iban.NotAnAccount, match="typing error"):
            iban.read(wrong)
