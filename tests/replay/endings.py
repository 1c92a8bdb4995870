"""One short life for every way in which a case, or a delivery, can end. Each is lived on a real server to be recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowFailureError, WorkflowHandle

from activities.ports.notices import OutgoingNotice
from tests.support.temporal import House, Living, until

Handles = dict[str, WorkflowHandle[Any, Any]]
"""What a life leaves behind, by the name it adds to its own."""

KINDS = ("bounty_dispute", "fraud_report")
SHORT: dict[str, Any] = {"grace": timedelta(milliseconds=150), "appeal_window": timedelta(milliseconds=700)}
LONG: dict[str, Any] = {"grace": timedelta(milliseconds=150), "appeal_window": timedelta(hours=8)}


def _money(cents: int) -> list[dict[str, Any]]:
    return [{"amount": {"amount": cents, "currency": "USD"}}]


RULINGS: dict[str, dict[str, dict[str, Any]]] = {
    "bounty_dispute": {
        "none": {"outcome": "invalid", "ground": "scope"},
        "pays": {"outcome": "upheld", "ground": "severity", "remedies": [{"type": "payout", **_money(50_000)[0]}]},
        "heavy": {"outcome": "upheld", "ground": "severity", "remedies": [{"type": "payout", **_money(900_000)[0]}]},
    },
    "fraud_report": {
        "none": {"outcome": "false_positive", "ground": "no_fraud"},
        "pays": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": [{"type": "refund", **_money(20_000)[0]}]},
        "heavy": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": [{"type": "refund", **_money(200_000)[0]}]},
    },
}
ELSEWHERE = {"bounty_dispute": {}, "fraud_report": {"complaint_route": "out_of_court_and_court"}}
"""Where else one can go, in kinds in which every decision on an appeal says so."""
WHY = {"reasons": "The logs that were handed in show it."}


async def _in_review(house: House, kind: str, **targets: Any) -> Living:
    case = await house.opens(kind, **targets)
    await case.starts()
    if kind == "bounty_dispute":
        await case.does("escalate", "claimant")
    await case.until(phase="review", owner="per_mia")
    return case


async def _ruled(house: House, kind: str, ruling: str, **targets: Any) -> Living:
    case = await _in_review(house, kind, **targets)
    await case.does("rule", "per_mia", **RULINGS[kind][ruling], **WHY)
    return case


async def _in_appeal(house: House, kind: str) -> Living:
    case = await _ruled(house, kind, "pays", **LONG)
    await case.until(phase="appealable")
    await case.does("appeal", "respondent", reasons="Nobody looked at our logs.")
    await case.until(phase="appeal", owner="per_lea")
    return case


async def _ended(case: Living) -> Handles:
    await case.ends()
    return {"": case.handle}


async def _taken_back(case: Living, kind: str) -> None:
    """The claimant takes the report back; where others are protected by it, a lead lets it end."""
    await case.does("withdraw", "claimant")
    if kind == "fraud_report":
        await case.does("accept_withdrawal", "per_lou")


# --- cases


async def declined(house: House, kind: str) -> Handles:
    """Turned away at the gate."""
    case = await house.opens(kind, report={"statement": "No."})
    await case.starts()
    return await _ended(case)


async def settled(house: House, kind: str) -> Handles:
    """An offer, a counter-offer, and an acceptance that is paid."""
    case = await house.opens(kind)
    await case.starts()
    await case.does("offer", "respondent", remedy="payout", **_money(10_000)[0])
    await case.does("offer", "claimant", remedy="payout", **_money(30_000)[0])
    await case.does("accept_offer", "respondent")
    return await _ended(case)


async def settlement_lapsed(house: House, kind: str) -> Handles:
    """Nobody settles: the clock opens the review; left open."""
    case = await house.opens(kind, settlement=timedelta(milliseconds=300))
    await case.starts()
    await case.until(phase="review", owner="per_mia")
    await until(case.rests)
    return {"": case.handle}


async def ruled(house: House, kind: str) -> Handles:
    """Evidence, a ruling, and nobody appeals."""
    case = await _in_review(house, kind, **SHORT)
    await case.does("submit_evidence", "claimant", text="Here are the logs.")
    await case.does("rule", "per_mia", **RULINGS[kind]["none"], **WHY)
    return await _ended(case)


async def followed(house: House, kind: str) -> Handles:
    """The same, while Temporal's lists follow the case: another queue, another priority, told, over."""
    case = await _in_review(house, kind, **SHORT)
    await case.does("assign", "per_ola", owner="per_lea")
    await case.does("rule", "per_lea", **RULINGS[kind]["none"], **WHY)
    return await _ended(case)


async def approved(house: House, kind: str) -> Handles:
    """A heavy ruling: refused to its drafter, returned, drafted again, approved, paid."""
    case = await _ruled(house, kind, "heavy", **SHORT)
    assert (await case.says("approve", "per_mia")).status == "refused"
    await case.does("return_ruling", "per_lou", reasons="Say why so much.")
    await case.does("rule", "per_mia", **RULINGS[kind]["heavy"], **WHY)
    await case.does("approve", "per_lou")
    return await _ended(case)


async def retracted(house: House, kind: str) -> Handles:
    """A ruling taken back inside the grace, and another one."""
    case = await _ruled(house, kind, "pays", grace=timedelta(hours=1), appeal_window=timedelta(milliseconds=500))
    await case.does("retract", "per_mia")
    await case.does("withdraw", "claimant")
    return await _ended(case)


async def appeal_upheld(house: House, kind: str) -> Handles:
    """The appeal changes nothing."""
    case = await _in_appeal(house, kind)
    await case.does("decide_appeal", "per_lea", decision="uphold", **ELSEWHERE[kind], **WHY)
    return await _ended(case)


async def appeal_overturned(house: House, kind: str) -> Handles:
    """The appeal turns it round: what was paid is taken back, and the other side has a right now; left there."""
    case = await _in_appeal(house, kind)
    await case.does("decide_appeal", "per_lea", decision="overturn", **RULINGS[kind]["none"], **ELSEWHERE[kind], **WHY)
    await case.until(phase="appealable", effects=[])
    await until(case.rests)
    return {"": case.handle}


async def appeal_remitted(house: House, kind: str) -> Handles:
    """The appeal sends it back, and it is ruled again by whoever is free to."""
    case = await _in_appeal(house, kind)
    await case.does("decide_appeal", "per_lea", decision="remit", **WHY)
    await case.until(phase="review")
    await until(case.rests)
    await _taken_back(case, kind)
    return await _ended(case)


async def withdrawn(house: House, kind: str) -> Handles:
    """The claimant takes the report back."""
    case = await house.opens(kind)
    await case.starts()
    await _taken_back(case, kind)
    return await _ended(case)


async def expired(house: House, kind: str) -> Handles:
    """An ops lead ends what cannot be decided."""
    case = await _in_review(house, kind)
    await case.does("close", "per_ola", reason="no_contact", **WHY)
    return await _ended(case)


async def reopened(house: House, kind: str) -> Handles:
    """Closed, started again in a second run and reopened there; closed once more, and a third run that ends at once."""
    case = await house.opens(kind)
    await case.starts()
    await _taken_back(case, kind)
    await case.ends()
    first = await _run_of(case)
    await case.does("reopen", "per_ola", reason="new_evidence")
    await case.until(phase="review", status="open")
    await case.does("close", "per_ola", reason="no_contact", **WHY)
    await case.ends()
    second = await _run_of(case)
    await house.doors.revive(case.named)
    await case.ends()
    return {"first": first, "second": second, "third": await _run_of(case)}


async def escalated(house: House, kind: str) -> Handles:
    """Nobody rules in time: it warns, escalates, and escalates again; left open."""
    case = await _in_review(house, kind, ruling=timedelta(milliseconds=500), first_response=timedelta(milliseconds=300))
    await case.told("level_reached:escalate")
    await until(case.rests)
    return {"": case.handle}


# --- what can happen to any case


async def told_anything(house: House, kind: str) -> Handles:
    """Signals that are no commands, commands that are refused, a good one by signal."""
    case = await house.opens(kind)
    await case.starts()
    await case.handle.signal("tell", 7)
    await case.handle.signal("tell", args=[])
    await case.handle.signal("tel", {"id": "cmd_00001"})
    await case.handle.signal("tell", case.command("rule", "claimant", outcome="upheld", **WHY))
    assert (await case.says("approve", "per_lou")).status == "refused"
    await case.handle.signal("tell", case.command("withdraw", "claimant"))
    return await _ended(case)


async def many_at_once(house: House, kind: str) -> Handles:
    """Ten people ask in the same moment."""
    case = await house.opens(kind)
    await case.starts()
    await asyncio.gather(*(case.says("message", "claimant", text=f"Message {n}") for n in range(10)))
    await case.does("withdraw", "claimant")
    return await _ended(case)


async def cancelled(house: House, kind: str) -> Handles:
    """Somebody cancels the workflow in Temporal's pages."""
    case = await house.opens(kind)
    await case.starts()
    await until(case.rests)
    await case.handle.cancel()
    try:
        await case.ends()
    except WorkflowFailureError:
        return {"": case.handle}
    raise AssertionError("a cancelled case ended well")


async def unknown(house: House, kind: str) -> Handles:
    """A case that nobody knows."""
    case = await house.opens(kind)
    stranger = case.named.__class__("acme", "case_00000000", kind, case.named.opened_at)
    await house.doors.revive(stranger)
    handle = house.client.get_workflow_handle(stranger.workflow_id)
    await handle.result()
    return {"": handle}


async def continued(house: House, kind: str) -> Handles:
    """On a server that finds its history long: it goes on in a second run, and ends there."""
    case = await house.opens(kind)
    await case.starts()
    first = await _run_of(case)
    for n in range(4):
        await case.does("message", "claimant", text=f"Message {n}")
        await until(case.rests)
    await case.does("withdraw", "claimant")
    await case.ends()
    return {"first": first, "last": await _run_of(case)}


async def database_away(house: House, kind: str) -> Handles:
    """The local record fails, the regular one goes on until the database is back."""
    case = await house.opens(kind)
    house.outages.fails = 3
    await case.starts()
    await _taken_back(case, kind)
    return await _ended(case)


async def database_silent(house: House, kind: str) -> Handles:
    """The local record times out, which looks otherwise on replay than to the worker that saw it; the regular one goes on."""
    case = await house.opens(kind)
    house.outages.hangs = 1
    await case.starts()
    await _taken_back(case, kind)
    return await _ended(case)


# --- deliveries


async def delivered_late(house: House, kind: str) -> Handles:
    """The first try of every notice fails; each becomes a delivery, which succeeds."""
    house.postman.slow = _the_first_time()
    case = await house.opens(kind)
    await case.starts()
    await case.told("case_opened")
    await _taken_back(case, kind)
    await case.ends()
    deliveries = await _deliveries(house, case)
    for handle in deliveries:
        assert await handle.result() == "sent"
    return {"case": case.handle, "sent": deliveries[0]}


async def delivery_given_up(house: House, kind: str) -> Handles:
    """Slow at first, then never: the case is told."""
    house.postman.slow = _the_first_time()
    house.postman.never = lambda notice: notice.audience == "respondent" and house.postman.tries[notice.id] > 1
    case = await house.opens(kind)
    await case.starts()
    given_up: list[WorkflowHandle[Any, Any]] = []

    async def one_is_given_up() -> bool:
        given_up.extend([h for h in await _deliveries(house, case) if await h.result() == "address_rejected"])
        return bool(given_up)

    await until(one_is_given_up)
    await house.doors.poke(case.named)
    await _taken_back(case, kind)
    await case.ends()
    return {"case": case.handle, "given-up": given_up[0]}


def _the_first_time() -> Callable[[OutgoingNotice], bool]:
    tried: set[str] = set()

    def first_time(notice: OutgoingNotice) -> bool:
        new = notice.id not in tried
        tried.add(notice.id)
        return new

    return first_time


async def _deliveries(house: House, case: Living) -> list[WorkflowHandle[Any, Any]]:
    events = await case.history()
    started = [e.child_workflow_execution_started_event_attributes.workflow_execution for e in events]
    return [house.client.get_workflow_handle(one.workflow_id) for one in started if one.workflow_id]


async def _run_of(case: Living) -> WorkflowHandle[Any, Any]:
    run_id = (await case.handle.describe()).run_id
    return case.house.client.get_workflow_handle(case.named.workflow_id, run_id=run_id)


Life = Callable[[House, str], Awaitable[Handles]]
EVERY_KIND: tuple[Life, ...] = (
    declined, ruled, approved, retracted, appeal_upheld, appeal_overturned, appeal_remitted, withdrawn, expired, reopened,
    escalated,
)  # fmt: skip
ONE_KIND: tuple[tuple[str, Life], ...] = (
    ("bounty_dispute", settled),
    ("bounty_dispute", settlement_lapsed),
    ("bounty_dispute", told_anything),
    ("bounty_dispute", many_at_once),
    ("bounty_dispute", cancelled),
    ("bounty_dispute", unknown),
    ("bounty_dispute", followed),
    ("fraud_report", database_away),
    ("fraud_report", database_silent),
    ("bounty_dispute", delivered_late),
    ("fraud_report", delivery_given_up),
)
