"""The ways out of disputes about money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.support.exits import PAID, SHORTLY, SOON, TOLD, WHY, Exit, act

_BOUNTY: dict[str, Any] = {"outcome": "upheld", "ground": "severity", "remedies": [{"type": "payout", "amount": PAID}], **WHY}
_HEAVY = {**_BOUNTY, "remedies": [{"type": "payout", "amount": {"amount": 900_000, "currency": "USD"}}]}
_REFUNDED = [{"type": "refund", "amount": PAID}]
_FRAUD: dict[str, Any] = {"outcome": "confirmed", "ground": "stolen_payment", "remedies": _REFUNDED, **WHY}
_WORD = act("review", "respondent", "submit_evidence", text="The log of that day is attached.")
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
            (_WORD, act("review", "owner", "rule", **_BOUNTY)),
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
            {**TOLD, "respondent_reply": SHORTLY, "respondent_response": SHORTLY},
            fired=("respondent_response", "grace", "appeal_window"),
        ),
        Exit(
            "approved by a second person, then upheld on appeal",
            "ruled",
            (
                _ESCALATED,
                _WORD,
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
                _WORD,
                act("review", "owner", "rule", **_BOUNTY),
                _APPEAL,
                act("appeal", "claimant", "message", text="The scope says otherwise."),
                act("appeal", "owner", "decide_appeal", decision="overturn", outcome="invalid", ground="scope", **WHY),
                act("appealable", "claimant", "appeal", reasons="The scope says otherwise."),
                act("appeal", "claimant", "withdraw"),
            ),
            {"grace": SOON, "appeal_window": timedelta(minutes=5)},
        ),
    ),
    "payment_dispute": (
        Exit("refunded already", "declined", report={"attributes": {"refunded": True}}),
        Exit("withdrawn", "withdrawn", (act("settlement", "claimant", "withdraw"),)),
        Exit("closed by ops", "expired", (act("settlement", "per_ola", "close", reason="account_gone", **WHY),)),
        Exit(
            "settled once the goods are back",
            "settled",
            (
                act("settlement", "respondent", "offer", remedy="refund_with_return", amount=PAID),
                act("settlement", "claimant", "accept_offer"),
                act("settlement", "claimant", "ship_return"),
                act("settlement", "respondent", "confirm_return"),
            ),
        ),
        Exit(
            "settled, and nothing is sent back",
            "expired",
            (
                act("settlement", "respondent", "offer", remedy="refund_with_return", amount=PAID),
                act("settlement", "claimant", "accept_offer"),
            ),
            {"return_shipping": SHORTLY},
            fired=("return_shipping",),
        ),
        Exit(
            "the shop is silent, and the claim is decided",
            "ruled",
            (act("review", "owner", "rule", outcome="denied", ground="not_received", **WHY),),
            {**TOLD, "inquiry_reply": SOON},
            fired=("inquiry_reply", "grace", "appeal_window"),
        ),
        Exit(
            "refunded once the goods are back, though nobody confirms them",
            "ruled",
            (
                act("settlement", "claimant", "escalate"),
                _WORD,
                act(
                    "review",
                    "owner",
                    "rule",
                    outcome="refunded",
                    ground="not_as_described",
                    remedies=[{"type": "refund", "amount": PAID, "after_return": True}],
                    **WHY,
                ),
                act("appealable", "claimant", "ship_return"),
            ),
            {"grace": SOON, "appeal_window": timedelta(seconds=4), "return_receipt": SHORTLY},
            fired=("grace", "return_receipt", "appeal_window"),
        ),
    ),
    "fraud_report": (
        Exit("a gate turns it away", "declined", report={"category": "collusion", "attributes": {"status": "won"}}),
        Exit("withdrawn", "withdrawn", (act("review", "claimant", "withdraw"), act("review", "owner", "accept_withdrawal"))),
        Exit(
            "closed by ops",
            "expired",
            (act("review", "per_ola", "close", reason="account_gone", **WHY),),
            report={"category": "collusion"},
        ),
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
