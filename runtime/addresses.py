"""Network addresses: whom one stands for when tries are counted, and which proxies are believed about it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network


def block_of(address: str) -> str:
    """Whom an address stands for: one machine by IPv4; by IPv6 a /64, which is what one customer gets."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return str(int(ip) >> 64)
    return str(ip)


def named_networks(said: str) -> list[str]:
    """Addresses and networks with commas between them. Raises ValueError for what is none: a name, or ``*``, by which anybody
    could say that they come from anywhere."""
    named = [one for part in said.split(",") if (one := part.strip())]
    for one in named:
        ip_network(one)
    return named
