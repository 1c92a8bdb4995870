"""Whom an address stands for, and which proxies are believed about it."""

from __future__ import annotations

import pytest

from runtime.addresses import block_of, named_networks


@pytest.mark.parametrize(("one", "other", "same"), [
    ("203.0.113.7", "203.0.113.7", True),
    ("203.0.113.7", "203.0.113.8", False),
    ("2001:db8:0:1::5", "2001:db8:0:1:ffff::1", True),
    ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
    ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
    ("fe80::1%eth0", "fe80::1", True),
])  # fmt: skip
def test_one_customer_is_one_whoever_of_them_asks(one: str, other: str, same: bool) -> None:
    assert (block_of(one) == block_of(other)) is same


def test_what_is_no_address_is_itself_and_short() -> None:
    assert block_of("x" * 5000) == "x" * 64


def test_proxies_are_addresses_and_networks() -> None:
    assert named_networks(" 192.0.2.5, 198.51.100.0/24 ,2001:db8::/32,") == ["192.0.2.5", "198.51.100.0/24", "2001:db8::/32"]
    assert named_networks("") == []


@pytest.mark.parametrize("said", ["*", "proxy.example", "192.0.2.5 192.0.2.6", "192.0.2.5/8", "0.0.0.0.0"])
def test_and_nothing_else(said: str) -> None:
    with pytest.raises(ValueError, match=said[:3].replace("*", r"\*")):
        named_networks(said)
