"""Whose a domain is, for counting mail."""

from __future__ import annotations

import pytest

from storage.intake.mail_domains import registered


@pytest.mark.parametrize(
    ("domain", "whose"),
    [
        ("x7f2.sys.example", "sys.example"),
        ("A.b.Shop.CO.UK.", "shop.co.uk"),
        ("gmail.com", "gmail.com"),
        ("mail.müller.de", "xn--mller-kva.de"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("", ""),
        ("[192.0.2.7]", "[192.0.2.7]"),
        ("192.0.2.7", "192.0.2.7"),
        ("..", ""),
    ],
)
def test_what_stands_below_a_registered_domain_is_of_whoever_has_it(domain: str, whose: str) -> None:
    assert registered(domain) == whose


def test_whoever_has_a_place_with_a_provider_is_not_everybody_there() -> None:
    assert (registered("a.one.github.io"), registered("a.one.github.io", hosts=True)) == ("one.github.io", "github.io")
