"""Which network a visitor counts for, whatever a browser claims."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.codes.networks import UNKNOWN, client_network
from shop.codes.registration import PREFIX
from shop.models import GuessBudget


def network(remote_addr: str, forwarded_for: str = "", trusted_proxies: int = 0) -> str:
    return client_network(
        remote_addr=remote_addr, forwarded_for=forwarded_for, trusted_proxies=trusted_proxies
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:CB00:7107", "203.0.113.7"),
        ("", UNKNOWN),
        ("unknown", UNKNOWN),
        ("203.0.113.999", UNKNOWN),
        ("[", UNKNOWN),
        ("9" * 10_000, UNKNOWN),
    ],
)
def test_S1_an_address_belongs_to_one_network(address: str, expected: str) -> None:
    assert network(address) == expected


@given(st.integers(0, 2**80 - 1), st.integers(0, 2**80 - 1))
def test_S1_all_addresses_of_a_line_are_one_network(first: int, second: int) -> None:
    line = int(IPv6Address("2001:db8:7::"))

    one, two = (network(str(IPv6Address(line + host))) for host in (first, second))

    assert one == two == "2001:db8:7::/48"


@pytest.mark.parametrize(
    ("forwarded_for", "trusted_proxies", "expected"),
    [
        ("198.51.100.1", 0, "203.0.113.7"),  # nobody in front of us: the header is the visitor's
        ("198.51.100.1", 1, "198.51.100.1"),
        ("192.0.2.9, 198.51.100.1", 1, "198.51.100.1"),  # what stands further left is forged
        ("192.0.2.9,192.0.2.8, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        ("", 1, "203.0.113.7"),
        ("198.51.100.1", 3, "198.51.100.1"),
        ("unknown", 1, "203.0.113.7"),  # no address: the nearest one that is
        ("192.0.2.9, unknown", 1, "203.0.113.7"),
        (", , ,", 2, "203.0.113.7"),
    ],
)
def test_S1_only_our_own_proxies_are_believed(
    forwarded_for: str, trusted_proxies: int, expected: str
) -> None:
    assert network("203.0.113.7", forwarded_for, trusted_proxies) == expected


@given(st.text(max_size=200), st.integers(1, 3))
def test_S1_whatever_a_visitor_forges_the_network_stays_the_same(forged: str, proxies: int) -> None:
    inner = [f"10.0.0.{n}" for n in range(1, proxies)]
    header = ",".join([forged, "198.51.100.1", *inner])

    assert network("10.0.0.9", header, proxies) == "198.51.100.1"


@given(st.text(max_size=100), st.text(max_size=300), st.integers(0, 4))
def test_S1_whatever_comes_in_a_network_fits_the_table(
    address: str, header: str, proxies: int
) -> None:
    longest = GuessBudget._meta.get_field("network").max_length

    assert 0 < len(PREFIX + network(address, header, proxies)) <= longest
