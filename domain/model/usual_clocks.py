"""The usual clocks: what a pack means when it says that a clock is ``like`` one of them."""

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


def _reply(side: str, starts: str) -> dict[str, Any]:
    """What a side has to say to the matter before anything is decided against it. Five days, as companies promise a first answer
    to a report within five; a pack says how long it is.
    """
    words = f"message_sent:{side} evidence_submitted:{side} offer_made:{side}"
    return {
        "waits_for": side,
        "target": "5 days",
        "starts": starts,
        "stops": f"{words} {_EVIDENCE}:{side} appeal_lodged:{side} ruling_issued phase_entered:appealable",
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
    # Heard before decided: to the matter, to what takes it up again, and to the other side's appeal.
    "respondent_reply": _reply("respondent", "phase_entered:review appeal_lodged:claimant case_disclosed"),
    "claimant_reply": _reply("claimant", "case_reopened ruling_annulled appeal_lodged:respondent"),
    # A claim about a payment has longer, and goes on with what a side is asked as soon as it is asked.
    "claim_reply": {
        **_reply("respondent", "phase_entered:review appeal_lodged:claimant"),
        "target": "10 days",
        "levels": [{"name": "remind", "before": "3 days", "audience": "respondent"}, {"default": "proceed_on_file"}],
    },
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
    # measure does not give the first one more time. Packs that protect say `roll: true`.
    "interim_review": {
        "target": "14 days",
        "starts": "interim_imposed",
        "restarts": "interim_reviewed:all",
        "stops": "interim_over",
        "statutory": True,
        "levels": [
            {"name": "review", "before": "3 days", "audience": "owner leads"},
            # Whoever it protects must not lose it because a reminder was not read: it is escalated while people are at work.
            {"name": "last_call", "action": "escalate", "before": "1 business day"},
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
    # The last day on which the respondent learns of a case that its owner has not told them of.
    "disclosure": {
        "target": "1 month",
        # A matter that is decided once more is a case against them once more.
        "starts": "case_opened appeal_lodged case_remitted case_reopened ruling_annulled",
        "stops": "case_disclosed ruling_issued",
        "goes_on": True,
        "levels": [{"before": "3 days", "audience": "owner leads"}, {"default": "disclose"}],
    },
    "approval": {
        "waits_for": "approver",
        "target": "2 business days",
        "during": "approval",
        "levels": [{"action": "escalate", "audience": "leads ops", "repeat": "1 business day"}],
    },
    # Somebody wants to take back a report by which others are protected: somebody of the team looks at it soon.
    "withdrawal": {
        "target": "8 working hours",
        "targets": {"urgent": "2 working hours", "high": "4 working hours", "low": "16 working hours"},
        "starts": "withdrawal_requested",
        "stops": "withdrawal_answered",
        "levels": [{"at": 0.8, "audience": "owner"}, {"action": "escalate"}],
    },
    "grace": {"waits_for": "nobody", "target": "30 minutes", "during": "ruled", "levels": [{"default": "issue_ruling"}]},
    "appeal_window": {"waits_for": "nobody", "target": "14 days", "during": "appealable", "levels": [{"default": "close"}]},
    # Who is told of a decision may complain of it for so long, also when the case is closed meanwhile: six months from being
    # informed, each decision its own, to the last hour of the last day, which moves to the next working day (Regulation (EU)
    # 2022/2065, article 20(1) and (2); Regulation (EEC, Euratom) No 1182/71, article 3).
    "complaint_window": {
        "waits_for": "nobody",
        "target": "6 months",
        "roll": True,
        "whole_days": True,
        "outlives": True,
        "starts": "ruling_issued",
        "restarts": "ruling_issued",
        "stops": "ruling_annulled",
        "statutory": True,
        "levels": [{"default": "end_complaints"}],
    },
    "appeal_ruling": {
        "target": "80 working hours",
        "during": "appeal",
        "pauses": _EVIDENCE,
        "resumes": "requests_settled",
        "levels": [{"at": 0.8, "audience": "owner"}, {"action": "escalate"}],
    },
    # What was found out is told within three business days, also while a second person looks at it (12 CFR 1005.11(c)(1)).
    "results": {
        "waits_for": "approver",
        "target": "3 business days",
        "statutory": True,
        "starts": "phase_entered:approval",
        "stops": "phase_left:approval ruling_issued",
        "levels": [
            {"before": "1 business day", "audience": "leads ops"},
            {"action": "escalate", "audience": "leads ops", "repeat": "1 business day"},
        ],
    },
    # An error is put right within one business day of its being found (12 CFR 1005.11(c)(1)): from when a ruling that finds one
    # is written, also while a second person looks at it, until it is told; anew where its money waits for somebody's hands.
    "correction": {
        "target": "1 business day",
        "statutory": True,
        "outlives": True,
        "starts": "error_found error_unpaid",
        "stops": "error_settled ruling_returned ruling_retracted ruling_annulled phase_entered:review",
        "levels": [{"at": 0.5, "audience": "owner leads ops"}, {"action": "escalate"}],
    },
    # The money until the matter is decided: within ten business days of the report (12 CFR 1005.11(c)(2)).
    "provisional_credit": {
        "target": "10 business days",
        "statutory": True,
        "starts": "case_opened case_reopened",
        "stops": "provisional_credit_given ruling_issued",
        "levels": [{"before": "2 business days", "audience": "owner leads"}, {"action": "escalate"}],
    },
    # The whole matter, from the report to the answer: 45 calendar days (12 CFR 1005.11(c)(2)).
    "final_answer": {
        "target": "45 days",
        "statutory": True,
        "starts": "case_opened case_reopened",
        "stops": "ruling_issued",
        "levels": [{"before": "7 days", "audience": "owner leads"}, {"action": "escalate"}],
    },
    # A report to an authority waits for a second person, and is not forgotten.
    "authority_report": {
        "waits_for": "approver",
        "target": "1 business day",
        "starts": "report_proposed",
        "stops": "report_approved report_returned",
        "levels": [{"action": "escalate", "audience": "leads ops", "repeat": "1 business day"}],
    },
    # A credit that is taken back is taken five business days after whoever has it was told the day (12 CFR 1005.11(d)(2)).
    "credit_reversal": {
        "waits_for": "nobody",
        "target": "5 business days",
        "outlives": True,
        "statutory": True,
        "starts": "provisional_credit_ended:reversed",
        "stops": "provisional_credit_ended:final",
        "levels": [{"default": "take_credit_back"}],
    },
    # Somebody is in danger: whoever is on call is called within the hour, until one of the team has said something to somebody.
    "danger": {
        "target": "1 hour",
        "starts": "case_opened",
        "stops": f"message_sent:staff {_EVIDENCE} ruling_issued",
        "goes_on": True,
        "levels": [{"action": "escalate"}],
    },
}
"""What a pack means by ``like``. One of them never changes: the terms of cases that run say only what differs from it."""
