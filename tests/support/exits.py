"""Every way out of every kind: who sends what once the case stands where, and how it ends.

Thought out from the design and from the packs' own words; nothing here looks into the transition table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

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

_ORDER = ("receipt_confirmed", "identity", "scope", "search", "exemptions")
_STEPS = tuple(act("review", "owner", "complete_step", step=step) for step in _ORDER)
_UPHELD = act("appeal", "owner", "decide_appeal", decision="uphold", **WHY)
_RESTORED = act("appeal", "owner", "decide_appeal", decision="overturn", outcome="keep", ground="no_violation", **WHY)


def _decided(outcome: str = "remove", appellant: str = "author", days_ago: int = 10) -> dict[str, Any]:
    """A report that brings a decision made elsewhere; its content gets a name of its own for each case."""
    effective_at = datetime.now(UTC) - timedelta(days=days_ago)
    decision = {"outcome": outcome, "appellant": appellant, "decider": "machine", "effective_at": effective_at.isoformat()}
    return {"decision": {**decision, "content": "post"}}


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
    "moderation_appeal": (
        Exit("the window is over", "declined", report=_decided(days_ago=200)),
        Exit("withdrawn", "withdrawn", (act("appeal", "claimant", "withdraw"),), report=_decided()),
        Exit("upheld, and the author has had their appeal", "ruled", (_UPHELD,), report=_decided(), fired=("grace",)),
        Exit("restored, and nobody appeals against that", "ruled", (_RESTORED,), report=_decided(), fired=("grace",)),
        Exit(
            "kept, then removed on the reporter's appeal, then restored on the author's",
            "ruled",
            (
                act(
                    "appeal",
                    "owner",
                    "decide_appeal",
                    decision="overturn",
                    outcome="remove",
                    ground="violence",
                    remedies=[{"type": "remove", "to": "respondent"}],
                    **WHY,
                ),
                act("appealable", "respondent", "appeal", reasons="It is a quotation from a film."),
                act("appeal", "owner", "decide_appeal", decision="overturn", outcome="keep", ground="no_violation", **WHY),
            ),
            {"grace": SOON, "appeal_window": timedelta(minutes=5)},
            _decided("keep", "reporter"),
        ),
        Exit(
            "sent back, and closed by ops",
            "expired",
            (
                act("appeal", "owner", "decide_appeal", decision="remit", **WHY),
                act("review", "per_ola", "close", reason="account_gone", **WHY),
            ),
            report=_decided(),
        ),
    ),
    "compliance_request": (
        Exit("not ours to answer", "declined", report={"category": "gdpr_access", "attributes": {"controller": "another"}}),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"),), report={"category": "gdpr_access"}),
        Exit(
            "closed by ops",
            "expired",
            (act("review", "per_ola", "close", reason="account_gone", **WHY),),
            report={"category": "ccpa_know"},
        ),
        Exit(
            "granted",
            "ruled",
            (
                *_STEPS,
                act(
                    "review", "owner", "rule", outcome="granted", ground="right_of_access", remedies=[{"type": "disclose"}], **WHY
                ),
            ),
            report={"category": "gdpr_access"},
        ),
        Exit(
            "refused, with a route of complaint, after legal review",
            "ruled",
            (
                *_STEPS,
                act(
                    "review",
                    "owner",
                    "rule",
                    outcome="refused",
                    ground="rights_of_others",
                    complaint_route="supervisory_authority",
                    **WHY,
                ),
                act("approval", "lead", "approve"),
            ),
            report={"category": "gdpr_erasure"},
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
