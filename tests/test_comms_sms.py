"""What an SMS costs, as providers count it (C3)."""

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from comms.texts import sms
from comms.texts.sms import Size
from tests.test_comms_texts import ROUNDS


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size(0, 0, True)),
        ("x" * 160, Size(160, 1, True)),
        ("x" * 161, Size(161, 2, True)),
        ("x" * 306, Size(306, 2, True)),
        ("x" * 307, Size(307, 3, True)),
        ("Grüße für Zoe: ä ö ü ß Ä Ö Ü @ §", Size(32, 1, True)),
        ("€" * 80, Size(160, 1, True)),
        ("€" * 81, Size(162, 2, True)),
        ("x" * 152 + "€" + "x" * 151, Size(305, 2, True)),
        ("„" + "x" * 69, Size(70, 1, False)),
        ("„" + "x" * 70, Size(71, 2, False)),
        ("👩" * 35, Size(70, 1, False)),
        ("👩" * 67, Size(134, 3, False)),
        ("ç", Size(1, 1, False)),
    ],
)
def test_C3_an_sms_is_counted_in_segments(text, size):
    assert sms.size(text) == size


@rounds(max_examples=ROUNDS)
@given(text=st.text(max_size=700))
def test_C3_a_segment_holds_what_it_can_and_never_more(text):
    size = sms.size(text)
    single, joined = (160, 153) if size.is_gsm else (70, 67)

    if size.units <= single:
        assert size.segments == bool(text)
    else:
        assert -(-size.units // joined) <= size.segments <= -(-size.units // (joined - 1))
