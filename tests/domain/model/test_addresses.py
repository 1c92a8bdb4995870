"""What can be written to is an address, at every door; what cannot is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.bodies.access import PersonRequest
from domain.model.addresses import LONGEST, LONGEST_LABEL, LONGEST_LOCAL, address_of
from domain.model.report import EmailAddress, email_or_none

LONG = "a" * LONGEST_LABEL


@pytest.mark.parametrize(
    "address",
    [
        "dana@example.net", "d@x.co", "Dana.Roe+orders@sub.example.net", "a..b.@docomo.example",
        "o'neil&co!%=/?^_`{|}~-@example.net",
        '"dana roe"@example.net', '"a@b"@example.net', r'"a\"b"@example.net', "dana@[192.0.2.7]", "dana@[IPv6:2001:db8::1]",
        "dana@[ipv6:::1]", "用户@例子.example", "dana@bücher.example", "dana@xn--bcher-kva.example", "dana@XN--BCHER-KVA.example",
        "dana@a--b.example", "dana@1.2.3.example", "dana@3com.example", "dana@example.xn--p1ai", "dana@_mail.example.net",
        f"{'a' * LONGEST_LOCAL}@example.net", f"a@{LONG}.{LONG}.example",
    ],
)  # fmt: skip
def test_what_is_an_address_stays_as_it_is(address: str) -> None:
    assert address_of(address) == address == email_or_none(f"\t {address} \u3000")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("dana@example。net", "dana@example.net"), ("dana@example．net", "dana@example.net"),
        ("dana@例子｡example", "dana@例子.example"),
        ("dana@ｅｘａｍｐｌｅ.net", "dana@example.net"), ("dana@example.net.", "dana@example.net"),
        ("dana@bu\u0308cher.example", "dana@bücher.example"),
    ],
)  # fmt: skip
def test_one_of_another_keyboard_is_the_same_address(said: str, address: str) -> None:
    assert address_of(said) == address


@pytest.mark.parametrize(
    "said",
    [
        "", "   ", "dana", "@example.net", "dana@", "dana@example", "dana@.example", "dana@example..net", "dana@-x.example",
        "dana@x-.example", "dana@example.-net", "dana@@example.net", "dana@eve@example.net", "dana@192.0.2.7", "dana@example.1",
        "dana@example.１", "dana@[300.1.1.1]", "dana@[1.2.3]", "dana@[192.0.2.7", "dana@[]", "dana@[IPv6:]",
        "dana@[IPv6:12345::]", "dana@[IPv6:fe80::1%eth0]", "dana@[2001:db8::1]", "dana@[tag:x]", "dana@xn--.example",
        "dana@xn--a.example",
        "dana@xn--99999999.example", "dana@xn--abc-.example", "dana@xn---.example", f"{'a' * (LONGEST_LOCAL + 1)}@example.net",
        f"{'é' * (LONGEST_LOCAL // 2 + 1)}@example.net", f"a@{LONG}a.example", f"a@{'é' * 60}.example",
        f"a@{f'{LONG}.' * 4}example",
        "dana roe@example.net", '"dana@example.net', 'da"na@example.net', "<dana@example.net>", "dana@example.net>",
        "dana,eve@example.net", "dana;eve@example.net", "mailto:dana@example.net", "dana(x)@example.net", "dana@exa mple.net",
        "dana@example.net\nBcc: eve@x.example", "da\x00na@example.net", "dana@exam\u202eple.net", "da\u200bna@example.net",
        "dana@example.net/x", "dana@exa<mple.net", "dana@example.net:25", "dana\\@example.net", "\ud800@example.net",
        "dana@\ud800.example",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(said: str) -> None:
    assert address_of(said) is None
    for door in (TypeAdapter(EmailAddress).validate_python, lambda email: person(email=email)):
        with pytest.raises(ValidationError):
            door(said)


def person(**said: Any) -> PersonRequest:
    return PersonRequest.model_validate({"id": "per_dana", "name": "Dana", **said})


def test_a_person_of_the_team_has_one_by_the_same_rule() -> None:
    assert person(email=" dana@example.net ").email == "dana@example.net"


@given(st.one_of(st.text(max_size=40), st.from_regex(r'[a-z."@ \[\]:0-9-]{0,12}@[a-z0-9.\[\]:-]{0,20}', fullmatch=True)))
def test_any_text_is_one_or_is_none_and_one_stays_one(said: str) -> None:
    address = address_of(said)
    if address is not None:
        assert address_of(address) == address
        assert len(address.encode()) <= LONGEST
        assert "\n" not in address
