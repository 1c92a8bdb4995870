"""Every form of a case, sent empty and sent wrong: what is said then, where it stands, and what is still there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import pytest

from console.kit.forms import Field, commands, fields_of
from tests.support.browsing import Browser, Lobby
from tests.support.lamp import LAMP, in_claim
from tests.support.office import party

pytestmark = pytest.mark.postgres

OF_A_MACHINE = re.compile(
    r"\b[a-z]+_[a-z_]+\b|field required|input should|string should|value error|minor units|\[|`", re.IGNORECASE
)
WRONG = "zz nobody knows this"
BY_HAND = {"rule", "decide_appeal"}
"""Their page is made by hand: it is tried below."""


class Alerts(HTMLParser):
    """What a page says is wrong, and every id that it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.ids: set[str] = set()
        self.led: set[str] = set()
        self._depth = 0
        self._tag = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        self.ids |= {had.get("id") or ""}
        if "data-to-field" in had:
            self.led.add(had["data-to-field"] or "")
        if self._depth:
            self._depth += tag == self._tag
        elif had.get("role") == "alert":
            self._depth, self._tag = 1, tag
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag == self._tag:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.said[-1] += data


def wrong_values(fields: tuple[Field, ...], *, chosen: bool = True) -> Iterator[tuple[str, str]]:
    """Something in every field that nobody could mean; also in those that are ``chosen`` and not typed, unless said."""
    for field in fields:
        if field.parts:
            yield from wrong_values(field.parts, chosen=chosen)
        elif field.kind == "money":
            yield from ((f"{field.name}.amount", "12,3,4.567"), (f"{field.name}.currency", "ZZZ"))
        elif field.kind != "tick" and (chosen or field.kind not in ("choice", "yes_no")):
            yield field.name, WRONG


def judged(browser: Browser, command: str) -> Alerts:
    """What the page says, which reads as people speak, and each of which leads to a field that is there."""
    found = Alerts(browser.html)
    for said in found.said:
        assert not OF_A_MACHINE.search(said), f"{command}: {' '.join(said.split())}"
    missing = {name for name in found.led if f"f-{name}" not in found.ids and f'name="{name}' not in browser.html}
    assert not missing, f"{command}: nothing on the page is called {missing}"
    return found


async def at_hand(lobby: Lobby) -> Mapping[str, str]:
    """Cases in the phases in which forms are open: claimed by Ada, in settlement, and closed."""
    office = lobby.office
    await office.works("ada", "payments")
    claimed = await in_claim(office)
    taken = await office.desk("ada").command(claimed["id"], "take", "per_ada")
    assert taken.status_code == 200, taken.text
    desk = office.desk()
    settling = await desk.opened(**{**LAMP, "external_id": "H-2", "matter": "order-2"})
    ended = await desk.opened(**{**LAMP, "external_id": "H-3", "matter": "order-3"})
    said = {"remedy": "refund", "amount": {"amount": 5_000, "currency": "EUR"}}
    for side, command, more in (("respondent", "offer", said), ("claimant", "accept_offer", {})):
        answer = await desk.command(ended["id"], command, party(ended, side), **more)
        assert answer.status_code == 200, answer.text
    return {"claimed": claimed["id"], "settling": settling["id"], "ended": ended["id"]}


async def emptied(browser: Browser, where: str, command: str) -> None:
    """The form is sent with nothing in it: everything that is missing is said, each at its field."""
    typed = {name for name, _ in wrong_values(fields_of(command))}
    form = browser.form(where)
    answer = await browser.post(where, {name: "" if name in typed else value for name, value in form.fields.items()})
    assert answer.status_code in (409, 422), (command, answer.status_code, browser.words[:400])
    found = judged(browser, command)
    assert found.said, f"{command}: nothing is said"
    assert found.led or answer.status_code == 409, f"{command}: it stands at no field"


async def filled_in_wrongly(browser: Browser, where: str, command: str) -> None:
    """The form is sent with what nobody could mean: it is said in words, and what was typed is still there."""
    wrong = dict(wrong_values(fields_of(command), chosen=False))
    form = browser.form(where)
    answer = await browser.post(where, {**form.fields, **wrong})
    if answer.status_code in (303, 404):
        return  # words of one's own are right where words are asked for
    assert answer.status_code in (403, 409, 422), (command, answer.status_code)
    judged(browser, command)
    typed = browser.form(where).fields
    # What has a form of its own is not typed here; of several times under one name the first one is what was typed.
    shown = {name for name in wrong if f'name="{name}" type="datetime-local" value="{wrong[name]}"' in browser.html}
    lost = {name for name in wrong if typed.get(name) not in (None, wrong[name])} - shown
    assert not lost, f"{command}: {lost} is not what was typed"


@pytest.mark.parametrize("who", ["ada", "cleo", "dana"])
async def test_whatever_is_refused_is_said_in_words_at_its_field_and_nothing_typed_is_lost(lobby: Lobby, who: str) -> None:
    cases = await at_hand(lobby)
    browser = await lobby.signed_in(who)
    tried = set()
    for command in sorted(commands() - BY_HAND):
        fields = fields_of(command)
        for case_id in cases.values():
            where = f"/cases/{case_id}/do/{command}"
            await browser.open(where)
            if not fields or 'data-key="ctrl-enter"' not in browser.html:
                continue
            tried.add(command)
            if any(field.required for field in fields):
                await emptied(browser, where, command)
                await browser.open(where)
            await filled_in_wrongly(browser, where, command)
            break
    assert len(tried) >= 10, f"{who} met {sorted(tried)}"


async def test_the_form_of_a_ruling_says_what_is_missing_in_words_and_keeps_what_was_typed(lobby: Lobby) -> None:
    cases = await at_hand(lobby)
    ada, where = await lobby.signed_in("ada"), f"/cases/{cases['claimed']}/ruling"
    await ada.open(where)
    answer = await ada.send(where, do="send")
    assert answer.status_code == 422
    assert {"outcome", "ground", "reasons"} <= judged(ada, "rule").led
    said = {"outcome": "refunded", "ground": "not_as_described", "reasons": "It came broken.", "relies_on_none": "yes"}
    answer = await ada.send(where, do="send", **said, **{"amount.refunded": "9999", "currency.refunded": "EUR"})
    assert answer.status_code == 422
    assert "amount.refunded" in judged(ada, "rule").led, "more than was paid is said at the amount"
    assert ada.form(where).fields["reasons"] == "It came broken."
    answer = await ada.send(where, do="send", **{"amount.refunded": "5.00"})
    assert answer.status_code == 422
    assert judged(ada, "rule").led == {"less_because"}
