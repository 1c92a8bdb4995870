"""The lives that are counted and timed: real packs, real commands, the clocks that wait for nobody made short."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from uuid_utils import uuid7

from benchmarks.house import MEDIATOR, TENANT, House
from domain.model.report import Report
from domain.model.terms import Routing, Terms
from domain.worktime.spans import Span
from workflows.handles import Named

ANSWER_FOR = timedelta(seconds=60)
SHORT = {
    "grace": timedelta(milliseconds=300),
    "appeal_window": timedelta(milliseconds=2500),
    "complaint_window": timedelta(milliseconds=5000),
}
"""Half an hour, fourteen days and six months of waiting for nobody; apart enough that a late timer merges no two.
Every other clock keeps its length, so that none runs out: it is the
happy path that is counted."""

_PAY = [{"type": "payout", "amount": {"amount": 50_000, "currency": "USD"}}]
_REFUND = [{"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}]
WORDS = "The log files of the second of March show that the request came from the reporter's own account. " * 3
_THEIRS = ("escalate", "submit_evidence")
"""What the claimant says before anybody rules; everything else is the mediator's."""
_STEPS = ["receipt_confirmed", "identity", "scope", "search", "exemptions"]
REPORTS: Mapping[str, dict[str, Any]] = {
    "compliance_request": {"category": "gdpr_access"},
    "moderation_appeal": {
        "decision": {"outcome": "remove", "appellant": "author", "decider": "machine", "effective_at": "2026-11-20T09:00:00Z"}
    },
}
"""What a report of a kind has to say beside the usual."""
BEFORE: Mapping[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "bounty_dispute": (("escalate", {}),),
    "payment_dispute": (("escalate", {}),),
    "conduct_report": (("complete_step", {"steps": ["evidence_secured", "record_checked"]}),),
    # Who asks has to be shown by something of theirs, else a second person looks at what is handed out.
    "compliance_request": (
        ("ask_identity", {"what": WORDS}),
        ("submit_evidence", {"text": WORDS}),
        ("complete_step", {"steps": _STEPS, "reasons": "Done."}),
    ),
    "safety_incident": (
        ("complete_step", {"steps": ["reporter_is_safe", "expert_heard"]}),
        ("name_root_cause", {"cause": "no_supervision"}),
    ),
}
"""What is done before the evidence comes: commands and their fields. A claimant escalates, a mediator does the rest."""
RULINGS: Mapping[str, dict[str, Any]] = {
    "bounty_dispute": {"outcome": "invalid", "ground": "scope"},
    "bounty_dispute/paid": {"outcome": "upheld", "ground": "severity", "remedies": _PAY},
    "fraud_report": {"outcome": "false_positive", "ground": "no_fraud"},
    "payment_dispute": {"outcome": "denied", "ground": "not_received"},
    "conduct_report": {"outcome": "no_violation", "ground": "no_clause"},
    "safety_incident": {"outcome": "unsubstantiated", "ground": "no_breach"},
    "moderation_appeal": {"decision": "uphold", "complaint_route": "out_of_court_and_court"},
    "compliance_request": {"outcome": "granted", "ground": "right_of_access", "remedies": [{"type": "disclose"}]},
    "fraud_report/paid": {"outcome": "confirmed", "ground": "stolen_payment", "remedies": _REFUND},
}


@dataclass(frozen=True)
class CaseOnDisk:
    """A case that intake has put on disk, with what its people are called."""

    named: Named
    opening: str
    claimant: str
    respondent: str

    @property
    def id(self) -> str:
        """The case's id."""
        return self.named.case_id


class Lives:
    """Lives cases. ``pause_for`` is waited after each command, long enough for its notices to be out before the next one."""

    def __init__(self, house: House, pause_for: float = 0.0) -> None:
        self._house, self._pause_for = house, pause_for

    async def happy(self, kind: str, *, asked: bool = False, paid: bool = False) -> CaseOnDisk:
        """Reported, assigned, evidence, ruled, told after the grace, closed after the appeal window.

        ``asked``: the mediator asks for the evidence; ``paid``: the ruling orders a remedy.
        """
        case = await self.opened(kind)
        for command, fields in BEFORE.get(kind, ()):
            await self.ask(case, command, case.claimant if command in _THEIRS else MEDIATOR, **fields)
        if asked:
            await self.ask(case, "request_evidence", MEDIATOR, of="claimant", what=WORDS)
        await self.ask(case, "submit_evidence", case.claimant, text=WORDS)
        ruling = RULINGS[f"{kind}/paid" if paid else kind]
        # Nobody loses by a ruling unheard, and a procedure that hears both sides has heard them.
        if kind == "safety_incident":
            await self.ask(case, "disclose", MEDIATOR, ground=ruling["ground"])
        if kind == "safety_incident" or (kind == "bounty_dispute" and paid):
            await self.ask(case, "submit_evidence", case.respondent, to="all", text=WORDS)
        if kind == "safety_incident":
            await self.ask(case, "complete_step", MEDIATOR, steps=["both_sides_heard"])
            ruling = {**ruling, "relies_on": []}
        decide = "decide_appeal" if "decision" in ruling else "rule"
        await self.ask(case, decide, MEDIATOR, reasons=WORDS, **ruling)
        return await self.ended(case)

    async def settled(self, kind: str, remedy: str) -> CaseOnDisk:
        """Reported, offered, accepted, paid."""
        case = await self.opened(kind)
        await self.ask(case, "offer", case.respondent, remedy=remedy, amount=_PAY[0]["amount"], text=WORDS)
        await self.ask(case, "accept_offer", case.claimant)
        return await self.ended(case)

    async def opened(self, kind: str) -> CaseOnDisk:
        """On disk, started, judged."""
        case = await on_disk(self._house, kind)
        await self._told(case, case.opening)
        return case

    async def ask(self, case: CaseOnDisk, command: str, by: str, /, **fields: Any) -> None:
        """One command through the inbox and the update. RuntimeError when it is refused."""
        command_id = f"cmd_{uuid7()}"
        body = {"id": command_id, "type": command, "by": by, **fields}
        await self._house.inbox.put(TENANT, case.id, body, channel="api")
        await self._told(case, command_id)

    async def ended(self, case: CaseOnDisk) -> CaseOnDisk:
        """Wait until the run is over."""
        await self._house.client.get_workflow_handle(case.named.workflow_id).result()
        return case

    async def events(self, case: CaseOnDisk) -> Sequence[HistoryEvent]:
        """The history of its run."""
        return (await self._house.client.get_workflow_handle(case.named.workflow_id).fetch_history()).events

    async def _told(self, case: CaseOnDisk, command_id: str) -> None:
        answer = await self._house.doors.ask(case.named, command_id, ANSWER_FOR)
        if answer.status != "accepted":
            raise RuntimeError(f"{command_id} was {answer.status}: {answer.code} {answer.detail}")
        if self._pause_for:
            await asyncio.sleep(self._pause_for)


async def on_disk(house: House, kind: str, short: Mapping[str, timedelta] = SHORT) -> CaseOnDisk:
    """A report as intake leaves it; ``short`` are the clocks with another length than in its pack."""
    report = a_report(kind)
    terms, routing = short_terms(house, report, short)
    calendars = house.shelf.calendars_of(terms)
    notices = house.shelf.packs[kind].notices
    opened = await house.intake.open(TENANT, report, terms, routing, calendars=calendars, notices=notices, opened_by="key_bench")
    async with house.database.tenant(TENANT) as conn:
        row = await conn.fetchrow("SELECT kind, opened_at FROM cases WHERE tenant = $1 AND id = $2", TENANT, opened.case_id)
        found = await conn.fetch("SELECT side, id FROM parties WHERE tenant = $1 AND case_id = $2", TENANT, opened.case_id)
    assert row is not None
    sides = {one["side"]: one["id"] for one in found}
    named = Named(TENANT, opened.case_id, row["kind"], row["opened_at"])
    return CaseOnDisk(named, opened.command_id, sides["claimant"], sides["respondent"])


def a_report(kind: str) -> Report:
    """Two parties who can be reached, and something to say."""
    sides = [
        {"side": side, "ref": f"user-{side}", "name": side.title(), "email": f"{side}@example.com", "zone": "Europe/Berlin"}
        for side in ("claimant", "respondent")
    ]
    said = {"kind": kind, "subject": "A report", "statement": WORDS, "parties": sides, **REPORTS.get(kind, {})}
    if "decision" in said:
        # Once each about the same content: every life has a content of its own.
        said["decision"] = {**said["decision"], "content": str(uuid7())}
    return Report.model_validate(said)


def short_terms(house: House, report: Report, short: Mapping[str, timedelta] = SHORT) -> tuple[Terms, Routing]:
    """The pack's terms, but for the waits that nobody does anything in."""
    terms, routing = house.shelf.terms(report)
    clocks = tuple(c.model_copy(update={"target": Span.wall(short[c.name])}) if c.name in short else c for c in terms.clocks)
    return terms.model_copy(update={"clocks": clocks}), routing
