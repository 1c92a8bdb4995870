"""Network addresses: whom one stands for when tries are counted, and which proxies are believed about it."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


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


def as_network(said: str) -> IPv4Network | IPv6Network | None:
    """The network or address that is said; None: it is none, and perhaps a name."""
    try:
        return ip_network(said, strict=False)
    except ValueError:
        return None


def is_server(said: str) -> bool:
    """Whether this names a host or a network, and not everybody: an address with a slip of the pen is no name."""
    network = as_network(said)
    if network is not None:
        return network.prefixlen > 0
    return bool(_HOST.fullmatch(said)) and not set(said) <= set("0123456789.")
