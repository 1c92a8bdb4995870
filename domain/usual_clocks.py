"""The clocks that most kinds have, as packs and terms may name them: ``like: ruling`` and what is different.

They are written into the record by their name alone, so none of them ever changes: a better one gets a name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_EVIDENCE = "evidence_requested"


def _response(side: str) -> dict[str, Any]:
    """A side has been asked for evidence. Asked again, it has the whole time again, also for what was asked an hour before the
    first end.
    """
    return {
        "waits_for": side,
        "target": "5 business days",
        "starts": f"{_EVIDENCE}:{side}",
        "stops": f"requests_settled:{side} {_EVIDENCE}:{side}",
        "levels": [{"name": "remind", "at": 0.8, "audience": side}, {"default": "proceed_on_file"}],
    }


USUAL: Mapping[str, Mapping[str, Any]] = {
    "triage": {
        "target": "8 working hours",
        "starts": "case_opened",
        "stops": "phase_left:intake",
        "levels": [{"action": "escalate", "audience": "leads ops", "repeat": "1 business day"}],
    },
    "settlement": {
        "waits_for": "nobody",
        "target": "3 business days",
        "during": "settlement",
        "levels": [{"default": "open_review"}],
    },
    # Not "during": a draft that comes back to review asks for no second first response.
    "first_response": {
        "target": "8 working hours",
        "targets": {"urgent": "2 working hours", "high": "4 working hours", "low": "16 working hours"},
        "starts": "phase_entered:review",
        "stops": f"phase_left:review message_sent:staff {_EVIDENCE}",
        "levels": [{"at": 0.8, "audience": "owner"}, {"action": "escalate"}],
    },
    # From the oldest word of a party that nobody has answered.
    "next_update": {
        "target": "16 working hours",
        "targets": {"urgent": "4 working hours", "high": "8 working hours", "low": "24 working hours"},
        "only_in": "review approval ruled appeal",
        "behind": "first_response",
        "starts": "message_sent:claimant message_sent:respondent",
        "stops": f"message_sent:staff {_EVIDENCE} ruling_issued",
        "levels": [{"before": "1 working hour", "audience": "owner"}, {"action": "escalate"}],
    },
    "claimant_response": _response("claimant"),
    "respondent_response": _response("respondent"),
    # Clocks that something pauses have their target in working hours: days have no hours to take a pause out of.
    "ruling": {
        "target": "80 working hours",
        "targets": {"urgent": "16 working hours", "high": "40 working hours", "low": "120 working hours"},
        "during": "review",
        "pauses": _EVIDENCE,
        "resumes": "requests_settled",
        "levels": [{"at": 0.8, "audience": "owner"}, {"action": "escalate"}],
    },
    # Stands still for nobody, like a limit of the law: whoever is suspended must not wait for somebody's holiday. A second
    # measure does not give the first one more time.
    "interim_review": {
        "target": "14 days",
        "starts": "interim_imposed",
        "restarts": "interim_reviewed:all",
        "stops": "interim_over",
        "statutory": True,
        "levels": [
            {"name": "review", "before": "3 days", "audience": "owner leads"},
            {"name": "lapse", "default": "lift_interim"},
        ],
    },
    # Goods that go back before the money: sent in time or the promise lapses, taken in in time or it is kept.
    "return_shipping": {
        "waits_for": "claimant",
        "target": "14 days",
        "starts": "return_awaited",
        "stops": "return_shipped return_contested return_ended",
        "levels": [{"name": "remind", "before": "3 days", "audience": "claimant"}, {"default": "end_return"}],
    },
    "return_receipt": {
        "waits_for": "respondent",
        "target": "14 days",
        "starts": "return_shipped",
        "stops": "return_contested return_ended",
        "levels": [{"name": "remind", "before": "3 days", "audience": "respondent"}, {"default": "honour_return"}],
    },
    "return_look": {
        "target": "2 business days",
        "starts": "return_contested",
        "stops": "return_ended",
        "levels": [{"action": "escalate", "audience": "leads ops", "repeat": "1 business day"}],
    },
    "approval": {
        "waits_for": "approver",
        "target": "2 business days",
        "during": "approval",
        "levels": [{"action": "escalate", "audience": "leads ops", "repeat": "1 business day"}],
    },
    "grace": {"waits_for": "nobody", "target": "30 minutes", "during": "ruled", "levels": [{"default": "issue_ruling"}]},
    "appeal_window": {"waits_for": "nobody", "target": "14 days", "during": "appealable", "levels": [{"default": "close"}]},
    "appeal_ruling": {
        "target": "80 working hours",
        "during": "appeal",
        "pauses": _EVIDENCE,
        "resumes": "requests_settled",
        "levels": [{"at": 0.8, "audience": "owner"}, {"action": "escalate"}],
    },
}
