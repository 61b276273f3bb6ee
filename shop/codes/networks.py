"""Which network a request came from, for limits. Pure.

An IPv4 address is a network of its own: behind it may be a whole school, which is why no limit ever
locks one out. Of an IPv6 address the first 48 bits count: whoever has one has all addresses behind
them, and could use a new one for every guess.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

IPV6_PREFIX_BITS = 48
UNKNOWN = "unknown"  # requests without a readable address share one network
LONGEST_ADDRESS = 60  # with zone, brackets and port


def client_network(*, remote_addr: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The visitor's network, in 24 characters at most.

    `trusted_proxies` counts our own proxies, each of which adds to X-Forwarded-For whom it was
    asked by. What stands further left was sent by the visitor and is not believed.
    """
    passed_on = forwarded_for.rsplit(",", trusted_proxies)[-trusted_proxies:]
    chain = [*(passed_on if trusted_proxies else []), remote_addr]
    for address in map(_parsed, chain):
        if address is not None:
            return _network(address)
    return UNKNOWN


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address in one part of the header, also with brackets and port; None if there is none."""
    text = text.strip()
    if not text or len(text) > LONGEST_ADDRESS:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(IPv6Network((int(address), IPV6_PREFIX_BITS), strict=False))
        address = address.ipv4_mapped
    return str(address)
