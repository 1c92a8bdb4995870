"""Whose Authentication-Results are believed, and what they prove."""

from ipaddress import ip_network

import pytest

from adapters.intake.mail_proof import handed_back, no_path_said, verdict_of

RELAY = ("mx.desk.example",)
KIM = "kim@mail.example.net"


def said(*results: str, relays: tuple[str, ...] = RELAY, address: str = KIM) -> str:
    return verdict_of(results, relays, address)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ("dmarc=pass header.from=mail.example.net", "pass"),
        ("spf=fail smtp.mailfrom=x@list.example; dkim=fail; dmarc=pass (p=reject) header.from=mail.example.net", "pass"),
        ("dkim=pass header.d=example.net", "pass"),
        ("dkim=pass header.i=@mail.example.net", "pass"),
        ("spf=pass smtp.mailfrom=bounces@mail.example.net", "pass"),
        ("spf=pass smtp.mailfrom=bounces@elsewhere.example", "unproven"),
        ("dkim=pass header.d=deeper.mail.example.net", "unproven"),
        ("dkim=pass header.d=net", "unproven"),
        ("dmarc=temperror; spf=pass smtp.mailfrom=x@elsewhere.example", "unproven"),
        ("dkim=fail header.d=mail.example.net; spf=none", "unproven"),
        # Two readers saw two authors.
        ("dmarc=pass header.from=elsewhere.example", "fail"),
        ("dmarc=temperror header.from=mail.example.net; spf=softfail", "none"),
        ("dmarc=temperror; spf=fail", "none"),
        ("spf=pass smtp.mailfrom=x@mail.example.net; dmarc=fail header.from=mail.example.net", "fail"),
        ("spf=softfail; dkim=none", "unproven"),
        ("spf=fail; dkim=none", "fail"),
        ("dmarc=none; spf=fail smtp.mailfrom=x@mail.example.net", "unproven"),
        ("dmarc=permerror; spf=softfail", "unproven"),
        ("spf=none; dkim=none; dmarc=none", "unproven"),
        ("none", "unproven"),
    ],
)
def test_what_the_relay_says(results: str, verdict: str) -> None:
    assert said(f"mx.desk.example; {results}") == verdict


@pytest.mark.parametrize(
    ("results", "null"),
    [
        (["mx.desk.example; spf=none smtp.helo=mx.example; dmarc=none"], True),
        (["mx.desk.example; spf=pass smtp.mailfrom=postmaster@mx.example"], True),
        (["mx.desk.example; none"], True),
        (["mx.desk.example; spf=pass smtp.mailfrom=eve@evil.example"], False),
        (["mx.desk.example; spf=pass smtp.mailfrom=evil.example"], False),
        (["mx.desk.example; spf=fail smtp.helo=mx.example"], False),
        (["mx.desk.example; spf (x) = (y) fail (p", "mx.desk.example; none"], False),
        (["mx.evil.example; none"], False),
        ([], False),
    ],
)
def test_a_bounce_has_no_return_path_by_the_relay_either(results: list[str], null: bool) -> None:
    assert no_path_said(results, RELAY) is null
    assert no_path_said(results, ())


@pytest.mark.parametrize(
    ("results", "received", "by_us"),
    [
        ([], ["by mx.desk.example (Postfix) id 1F; Mon, 4 May 2026 10:00:00 +0000"], True),
        (["mx.desk.example; none"], ["by out.mx.desk.example (Postfix) id 1F;"], True),
        ([], ["from vps.evil.example by mx.desk.example id 2;", "by mx.desk.example id 1;"], False),
        ([], ["by mx.evil.example id 1;"], False),
        ([], ["by evilmx.desk.example id 1;"], False),
        (["mx.desk.example; spf=none smtp.helo=vps.evil.example"], ["by mx.desk.example id 1;"], False),
        ([], [], False),
    ],
)
def test_our_own_relay_hands_back_what_came_from_nobody(results: list[str], received: list[str], by_us: bool) -> None:
    assert handed_back(results, RELAY, received) is by_us
    assert not handed_back(results, (), received)


INSIDE = (ip_network("198.51.100.0/24"), ip_network("fd00::/8"))
OUR_OWN = "by mx.desk.example (Postfix) id 1;"


@pytest.mark.parametrize(
    ("hop", "by_us"),
    [
        ("from mx1.in.example (mx1.in.example [198.51.100.4]) by store.mx.desk.example with LMTP id 2;", True),
        ("from mx1.in.example ([IPv6:fd00::4]) by mx.desk.example with ESMTP;", True),
        ("from mx1.in.example (mx1.in.example [192.0.2.4]) by store.mx.desk.example with LMTP;", False),
        ("from [198.51.100.4] (vps.evil.example [192.0.2.4]) by mx.desk.example with ESMTP;", False),
        ("from [198.51.100.4] by mx.desk.example with ESMTP;", False),
        ("from mx1.in.example by mx.desk.example with ESMTP;", False),
        ("from mx1.in.example (mx1.in.example [198.51.100.4]) by mx.evil.example with ESMTP;", False),
        ("from mx1.in.example ([198.51.100.999]) by mx.desk.example;", False),
        ("from by mx.desk.example", False),
        ("from (", False),
    ],
)
def test_its_mail_may_go_on_inside_our_own_networks(hop: str, by_us: bool) -> None:
    assert handed_back([], RELAY, [hop, OUR_OWN], INSIDE) is by_us
    assert handed_back([], RELAY, [hop, hop, OUR_OWN, "from anybody by anything"], INSIDE) is by_us
    assert not handed_back([], RELAY, [hop, OUR_OWN])
    assert not handed_back([], RELAY, [hop] * 20, INSIDE)
    assert not handed_back([], RELAY, [hop, "from vps.evil.example ([192.0.2.9]) by mx.desk.example;", OUR_OWN], INSIDE)


def test_only_the_topmost_of_the_relays_own_counts() -> None:
    forged, own = "mx.desk.example; dmarc=pass header.from=mail.example.net", "MX.desk.example 1; dmarc=fail"
    assert said(own, forged) == "fail"
    assert said("mx.attacker.example; dmarc=pass header.from=mail.example.net") == "unproven"
    assert said("mx.attacker.example; dmarc=fail", own.replace("fail", "none")) == "unproven"


def test_what_filters_of_one_relay_say_on_top_of_each_other_is_read_together() -> None:
    spf, dmarc = (
        "mx.desk.example; spf=pass smtp.mailfrom=bounce.example",
        "mx.desk.example; dmarc=pass header.from=mail.example.net",
    )
    dkim = "mx.desk.example; dkim=pass header.d=mail.example.net"
    assert [verdict_of([spf, dmarc, dkim], RELAY, KIM, together) for together in (1, 2, 3)] == ["unproven", "pass", "pass"]
    # Of one question the top-most answer counts, and what another relay wrote parts them.
    assert verdict_of([dmarc.replace("pass", "fail"), dmarc], RELAY, KIM, 2) == "fail"
    assert verdict_of([spf, "mx.evil.example; none", dmarc], RELAY, KIM, 3) == "unproven"
    assert not no_path_said([dmarc, "mx.desk.example; spf=fail"], RELAY, 2)


def test_a_relay_that_has_said_nothing_proves_nobody() -> None:
    assert said() == "unproven"
    assert said(relays=()) == "none"


def test_without_a_relay_nothing_is_proved_and_what_speaks_against_it_is_heard() -> None:
    assert said("mx.desk.example; dmarc=pass header.from=mail.example.net", relays=()) == "none"
    assert said("mx.desk.example; spf=fail; dkim=none; dmarc=fail", relays=()) == "fail"


@pytest.mark.parametrize(
    "broken", ["", ";", "(" * 3_900, "(a" * 1_900, "mx.desk.example; " + "a=b " * 900, "mx.desk.example; dmarc=pass é", "\x00"]
)
def test_what_nobody_can_read_proves_nothing(broken: str) -> None:
    assert said(broken) in ("none", "unproven")


def test_a_domain_of_other_letters_is_compared_as_the_network_has_it() -> None:
    assert said("mx.desk.example; dmarc=pass header.from=xn--bcher-kva.example", address="kim@bücher.example") == "pass"


def test_below_what_cannot_be_read_of_our_relay_nothing_counts() -> None:
    assert (
        said("mx.desk.example; dmarc (x) = (y) fail (p", "mx.desk.example; dmarc=pass header.from=mail.example.net") == "unproven"
    )
