"""Every way out of every kind, lived on a real server: by what people send, and by clocks that run out.

What each comes to was thought out from the design and from the pack's own words; nothing here looks into the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from storage.tenants import Person, PostgresTenants
from tests.support.temporal import House, Living, troubles

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]

SOON, SHORTLY = timedelta(milliseconds=100), timedelta(milliseconds=600)
TOLD = {"grace": SOON, "appeal_window": SHORTLY}
"""The grace, and the window in which nobody appeals."""
WHY: dict[str, Any] = {"reasons": "The file shows what the report says; nothing that was handed in speaks against it."}
PAID = {"amount": 25_000, "currency": "USD"}


@dataclass(frozen=True)
class Act:
    """Somebody sends a command once the case stands in a phase; ``owner`` and ``lead`` are whoever owns it or may agree."""

    phase: str
    who: str
    what: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    once: Mapping[str, Any] = field(default_factory=dict)
    """What else the case has to show first."""


@dataclass(frozen=True)
class Exit:
    """A life, and how it ends."""

    name: str
    ends: str
    acts: tuple[Act, ...] = ()
    clocks: Mapping[str, timedelta] = field(default_factory=lambda: TOLD)
    report: Mapping[str, Any] = field(default_factory=dict)
    fired: tuple[str, ...] = ()
    """Clocks whose end must have come by itself."""


def act(phase: str, who: str, what: str, /, *, once: Mapping[str, Any] | None = None, **fields: Any) -> Act:
    return Act(phase, who, what, fields, once or {})


_BOUNTY: dict[str, Any] = {"outcome": "upheld", "ground": "severity", "remedies": [{"type": "payout", "amount": PAID}], **WHY}
_HEAVY = {**_BOUNTY, "remedies": [{"type": "payout", "amount": {"amount": 900_000, "currency": "USD"}}]}
_REFUNDED = [{"type": "refund", "amount": PAID}]
_FRAUD: dict[str, Any] = {"outcome": "confirmed", "ground": "stolen_payment", "remedies": _REFUNDED, **WHY}
_ESCALATED = act("settlement", "claimant", "escalate")
_APPEAL = act("appealable", "respondent", "appeal", reasons="The log was not looked at.")
_FOUND = {"attributes": {"reporter_standing": -1}}

EXITS: Mapping[str, tuple[Exit, ...]] = {
    "bounty_dispute": (
        Exit("a gate turns it away", "declined", report={"attributes": {"closed_days_ago": 120}}),
        Exit("triage turns it away", "declined", (act("intake", "per_ola", "decline", reason="spam", **WHY),), report=_FOUND),
        Exit(
            "settled by a counter-offer",
            "settled",
            (
                act("settlement", "claimant", "offer", remedy="payout", amount=PAID),
                act("settlement", "respondent", "offer", remedy="correction", amount=PAID),
                act("settlement", "claimant", "accept_offer"),
            ),
        ),
        Exit("withdrawn", "withdrawn", (act("settlement", "claimant", "withdraw"),)),
        Exit("closed by ops", "expired", (act("settlement", "per_ola", "close", reason="account_gone", **WHY),)),
        Exit(
            "silence opens the review, and nobody appeals",
            "ruled",
            (act("review", "owner", "rule", **_BOUNTY),),
            {**TOLD, "settlement": SOON},
            fired=("settlement", "grace", "appeal_window"),
        ),
        Exit(
            "nobody answers, so it is decided on the file",
            "ruled",
            (
                _ESCALATED,
                act("review", "owner", "request_evidence", of="respondent", what="The log, please."),
                act("review", "owner", "rule", once={"waiting_on": "staff"}, **_BOUNTY),
            ),
            {**TOLD, "respondent_response": SHORTLY},
            fired=("respondent_response", "grace", "appeal_window"),
        ),
        Exit(
            "approved by a second person, then upheld on appeal",
            "ruled",
            (
                _ESCALATED,
                act("review", "owner", "rule", **_HEAVY),
                act("approval", "lead", "approve"),
                _APPEAL,
                act("appeal", "owner", "decide_appeal", decision="uphold", **WHY),
            ),
            {"grace": SOON, "appeal_window": timedelta(minutes=5)},
            fired=("grace",),
        ),
        Exit(
            "overturned on appeal, which nobody else may appeal",
            "ruled",
            (
                _ESCALATED,
                act("review", "owner", "rule", **_BOUNTY),
                _APPEAL,
                act("appeal", "owner", "decide_appeal", decision="overturn", outcome="invalid", ground="scope", **WHY),
                act("appealable", "claimant", "appeal", reasons="The scope says otherwise."),
                act("appeal", "claimant", "withdraw"),
            ),
            {"grace": SOON, "appeal_window": timedelta(minutes=5)},
        ),
    ),
    "fraud_report": (
        Exit("a gate turns it away", "declined", report={"attributes": {"status": "won"}}),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"),)),
        Exit("closed by ops", "expired", (act("review", "per_ola", "close", reason="account_gone", **WHY),)),
        Exit("ruled, and nobody appeals", "ruled", (act("review", "owner", "rule", **_FRAUD),), fired=("grace", "appeal_window")),
        Exit(
            "a measure that nobody reviews lapses by itself",
            "ruled",
            (
                act("review", "owner", "impose_interim", measure="suspend", **WHY),
                act("review", "owner", "rule", **_FRAUD),
            ),
            {**TOLD, "interim_review": SHORTLY},
        ),
    ),
}


async def lived(house: House, kind: str, way: Exit) -> Living:
    """A case that went this way to its end."""
    case = await house.opens(kind, report=dict(way.report), **way.clocks)
    await case.starts()
    for one in way.acts:
        standing = await _stands(case, way, {"phase": one.phase, **one.once}, owned=one.who == "owner")
        speaker = {"owner": standing["owner"], "lead": "per_lou"}.get(one.who, one.who)
        await case.does(one.what, speaker, **one.fields)
    await _stands(case, way, {"status": "closed"})
    await case.ends()
    return case


async def _stands(case: Living, way: Exit, expected: Mapping[str, Any], owned: bool = False) -> dict[str, Any]:
    """Wait until the case stands so (and somebody owns it): asked of the database, so that many can wait at once."""
    statement = "SELECT phase, status, owner, waiting_on, outcome FROM cases WHERE tenant = $1 AND id = $2"
    seen: dict[str, Any] = {}
    for _ in range(1200):
        async with case.house.database.tenant(case.house.tenant_id) as conn:
            seen = dict(await conn.fetchrow(statement, case.house.tenant_id, case.opened.case_id) or {})
        if all(seen.get(name) == value for name, value in expected.items()) and (seen["owner"] or not owned):
            return seen
        await asyncio.sleep(0.05)
    raise AssertionError(f"'{way.name}' never came to {dict(expected)}: {seen.get('phase')}, owner {seen.get('owner')}")


async def _facts(case: Living) -> list[dict[str, Any]]:
    statement = "SELECT body -> 'fact' AS fact FROM facts WHERE tenant = $1 AND case_id = $2 ORDER BY seq"
    async with case.house.database.tenant(case.house.tenant_id) as conn:
        return [row["fact"] for row in await conn.fetch(statement, case.house.tenant_id, case.opened.case_id)]


@pytest.mark.parametrize("kind", EXITS)
async def test_every_exit_is_reached(house: House, kind: str) -> None:
    """All lives of a kind at once, as on any day."""
    pack, tenants = house.shelf.packs[kind], PostgresTenants(house.database, house.vault)
    mia = Person(id="per_mia", name="Mia", manager="per_head", queues=(pack.queue,), capacity=100)
    lea = Person(id="per_lea", name="Lea", roles=("lead",), manager="per_boss", queues=(pack.appeal_queue,), capacity=100)
    for person in (mia, lea):
        await tenants.put_person(house.tenant_id, person)
    cases = await asyncio.gather(*(lived(house, kind, way) for way in EXITS[kind]))
    for way, case in zip(EXITS[kind], cases, strict=True):
        facts = await _facts(case)
        assert facts[-1]["type"] in ("case_closed", "effect_reported", "delivery_failed"), way.name
        assert [fact["outcome"] for fact in facts if fact["type"] == "case_closed"] == [way.ends], way.name
        reached = [fact["clock"] for fact in facts if fact["type"] == "level_reached" and fact["action"] == "default"]
        assert set(way.fired) <= set(reached), way.name
        assert troubles(await case.history()) == [], way.name
