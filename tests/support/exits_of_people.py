"""The ways out of what is about people and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.cases import STATEMENT
from tests.support.exits import SHORTLY, SOON, WHY, Exit, act

_ORDER = ("receipt_confirmed", "identity", "scope", "search", "exemptions")
_STEPS = (
    act("review", "owner", "ask_identity", what="The code that we have sent to your address."),
    act("review", "claimant", "submit_evidence", text="The code is 4711."),
    *(act("review", "owner", "complete_step", step=step, reasons="Done; see the notes.") for step in _ORDER),
)


def _asked_about(ground: str) -> tuple[Any, ...]:
    """The accused is asked about a clause by name."""
    return (
        act("review", "owner", "complete_step", steps=["evidence_secured", "record_checked"]),
        act("review", "owner", "request_evidence", of="respondent", what="Tell us your side of it.", ground=ground),
    )


_ROUTE: Any = {"complaint_route": "out_of_court_and_court"}
_UPHELD = act("appeal", "owner", "decide_appeal", decision="uphold", **_ROUTE, **WHY)
_RESTORED = act("appeal", "owner", "decide_appeal", decision="overturn", outcome="keep", ground="no_violation", **_ROUTE, **WHY)


def _decided(outcome: str = "remove", appellant: str = "author", days_ago: int = 10) -> dict[str, Any]:
    """A report that brings a decision made elsewhere; its content gets a name of its own for each case."""
    effective_at = datetime.now(UTC) - timedelta(days=days_ago)
    decision = {"outcome": outcome, "appellant": appellant, "decider": "machine", "effective_at": effective_at.isoformat()}
    return {"decision": {**decision, "content": "post"}}


_SAFE = (
    act("review", "owner", "disclose", text="The dog of a guest was hurt while it was with you.", ground="duty_of_care"),
    act("review", "respondent", "submit_evidence", text="The gate was open when I came."),
    act("review", "owner", "complete_step", steps=["reporter_is_safe", "both_sides_heard", "expert_heard"]),
    act("review", "owner", "name_root_cause", cause="no_supervision", insight="The garden has no fence."),
)

EXITS: Mapping[str, tuple[Exit, ...]] = {
    "safety_incident": (
        Exit(
            "not booked here",
            "declined",
            (act("intake", "per_ola", "decline", reason="not_ours", **WHY),),
            report={"category": "property", "attributes": {"booked_here": False}},
        ),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"), act("review", "owner", "accept_withdrawal"))),
        Exit(
            "closed by ops",
            "expired",
            (act("review", "per_ola", "close", reason="account_gone", **WHY),),
            report={"category": "property"},
        ),
        Exit(
            "nobody's fault",
            "ruled",
            (*_SAFE, act("review", "owner", "rule", outcome="accident", ground="no_breach", **WHY)),
            {"grace": SOON, "appeal_window": SHORTLY},
            {"category": "bite"},
            fired=("grace", "appeal_window"),
        ),
        Exit(
            "suspended at once, and excluded by two persons",
            "ruled",
            (
                act("review", "owner", "impose_interim", measure="suspend", **WHY),
                *_SAFE,
                act(
                    "review",
                    "owner",
                    "rule",
                    outcome="excluded",
                    ground="duty_of_care",
                    remedies=[{"type": "ban", "to": "respondent"}],
                    **WHY,
                ),
                act("approval", "lead", "approve"),
            ),
            report={"category": "life_in_danger"},
            fired=("grace", "appeal_window"),
        ),
    ),
    "conduct_report": (
        Exit("belongs to a dispute", "declined", report={"attributes": {"about": "severity"}}),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"), act("review", "owner", "accept_withdrawal"))),
        Exit("closed by ops", "expired", (act("review", "per_ola", "close", reason="account_gone", **WHY),)),
        Exit(
            "a warning, after the accused was heard",
            "ruled",
            (
                *_asked_about("insult"),
                act("review", "respondent", "submit_evidence", text="I was angry."),
                act("review", "owner", "rule", outcome="violation", ground="insult", **WHY),
            ),
            fired=("grace", "appeal_window"),
        ),
        Exit(
            "the accused says nothing, and the ban lifts by itself after the case is closed",
            "ruled",
            (
                *_asked_about("threat"),
                act(
                    "review",
                    "owner",
                    "rule",
                    once={"waiting_on": "staff"},
                    outcome="violation",
                    ground="threat",
                    statement=STATEMENT,
                    **WHY,
                ),
            ),
            # Thirty days last seven seconds, five business days four tenths of one. An hour is a round number: terms stay short.
            {"grace": SOON, "appeal_window": SHORTLY},
            fired=("respondent_response", "grace", "appeal_window"),
            scale=0.01 / 3600,
        ),
        Exit(
            "a ban for good, approved, and overturned on appeal",
            "ruled",
            (
                *_asked_about("extortion"),
                act("review", "respondent", "submit_evidence", text="It was not me."),
                act("review", "owner", "rule", outcome="violation", ground="extortion", statement=STATEMENT, **WHY),
                act("approval", "lead", "approve"),
                act("appealable", "respondent", "appeal", reasons="It was not me."),
                act(
                    "appeal",
                    "owner",
                    "decide_appeal",
                    decision="overturn",
                    outcome="no_violation",
                    ground="no_clause",
                    **_ROUTE,
                    **WHY,
                ),
            ),
            {"grace": SOON, "appeal_window": timedelta(seconds=15)},
            fired=("appeal_window",),
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
                    statement=STATEMENT,
                    **_ROUTE,
                    **WHY,
                ),
                act("appealable", "respondent", "appeal", reasons="It is a quotation from a film."),
                _RESTORED,
            ),
            {"grace": SOON, "appeal_window": timedelta(minutes=5)},
            _decided("keep", "reporter"),
        ),
        Exit(
            "sent back, and taken back by whoever complained",
            "withdrawn",
            (act("appeal", "owner", "decide_appeal", decision="remit", **WHY), act("review", "claimant", "withdraw")),
            report=_decided(),
        ),
    ),
    "compliance_request": (
        Exit(
            "no request at all, as two say",
            "declined",
            (
                act("intake", "per_ola", "decline", reason="no_data_request", **WHY),
                act("intake", "lead", "decline", reason="no_data_request", **WHY),
            ),
            report={"category": "general"},
        ),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"),), report={"category": "gdpr_access"}),
        Exit(
            "closed by ops",
            "expired",
            (act("review", "per_ola", "close", reason="account_gone", **WHY),),
            report={"category": "legal_order"},
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
                    complaint_route="authority_and_court",
                    **WHY,
                ),
                act("approval", "lead", "approve"),
            ),
            report={"category": "gdpr_erasure"},
        ),
    ),
}
