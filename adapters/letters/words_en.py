"""English names of the codes that notices carry. A code without an entry is written out (``late_delivery`` → "late delivery")."""

from __future__ import annotations

from adapters.letters.words import Words

_LOST = "You may appeal, because this decision takes something from you."
_KEPT = "You cannot appeal this decision, because it takes nothing from you."
_USED = "You cannot appeal again: each side may appeal once, and you have."
_NONE = "Decisions in cases of this kind cannot be appealed."
_FRESH = "You may appeal: an earlier decision was in your favour, and this one is not."

ENGLISH = Words(
    locale="en",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    kinds={
        "bounty_dispute": "bounty dispute",
        "conduct_report": "conduct report",
        "payment_dispute": "payment dispute",
        "fraud_report": "fraud report",
        "moderation_appeal": "moderation appeal",
        "compliance_request": "compliance request",
        "safety_incident": "safety incident",
    },
    reviews={"bounty_dispute": "mediation", "fraud_report": "investigation"},
    remedies={
        "payout": "A payment",
        "refund": "A refund",
        "correction": "A correction of the record",
        "payout_freeze": "Payouts are held back",
        "release": "Funds that were held back are released",
        "warn": "A warning",
        "suspend": "A suspension",
        "disclose": "A copy of the data",
        "erase": "The data is erased",
        "remove": "The content is removed",
        "restrict": "The content is restricted",
    },
    outcomes={
        "upheld": {
            "claimant": "The dispute is decided in your favour.",
            "respondent": "The dispute is decided in favour of the other side.",
        },
        "severity_changed": {"": "The severity of the report is changed."},
        "partial_amount": {"": "A part of what was asked for is granted."},
        "discretionary_correction": {"": "The original decision stands, with a correction made at discretion."},
        "invalid": {
            "claimant": "The dispute is not upheld. The original decision stands.",
            "respondent": "The dispute is not upheld. Your original decision stands.",
        },
        "confirmed": {"": "The fraud report is confirmed."},
        "suspicious_unproven": {"": "There are signs of fraud, but they do not prove it."},
        "false_positive": {"": "No fraud was found."},
        "granted": {"": "The request is granted."},
        "granted_in_part": {"": "A part of the request is granted."},
        "refused": {"": "The request is refused."},
        "keep": {"": "The content stays up."},
        "restrict": {"": "The content stays up with a restriction."},
        "remove": {"": "The content is removed."},
    },
    decisions={
        "uphold": "The appeal was heard, and the earlier decision is upheld.",
        "overturn": "The appeal was heard, and the earlier decision is overturned.",
        "vary": "The appeal was heard, and the earlier decision is changed in part.",
        "remit": "The appeal was heard, and the case goes back to be decided afresh by somebody else.",
    },
    rights={
        "lost_something": _LOST,
        "nothing_lost": _KEPT,
        "already_used": _USED,
        "no_appeal_in_kind": _NONE,
        "fresh_loss": _FRESH,
    },
    routes={
        "supervisory_authority": "You can complain to the data protection authority where you live, where you work or where it "
        "happened, and you can go to court.",
        "attorney_general": "You can complain to the attorney general of your state.",
        "court": "You can ask the court that issued the order to review our answer.",
    },
    reasons={
        "no_reason_given": "The report does not say what happened or what is asked for.",
        "closed_too_long_ago": "What it is about was closed too long ago to be disputed.",
        "reply_pending": "The other side still has time to answer. If that does not settle it, report again.",
        "programme_excluded": "This programme does not take part in disputes.",
        "window_over": "The time to appeal against that decision is over.",
        "already_appealed": "You have appealed against that decision before, and each person may appeal once.",
        "not_yours_to_appeal": "A decision like that one takes nothing from you that an appeal could give back.",
        "decision_unknown": "A decision like that one cannot be appealed against here.",
        "not_ours": "The data is not ours: please turn to whoever holds it.",
        "decision_missing": "The report does not say which decision it appeals against.",
        "decided_elsewhere": "The same matter has been decided elsewhere.",
    },
    endings={
        "ruled": "The time to appeal is over, so the decision stands.",
        "settled": "It was settled by agreement between you and the other side.",
        "declined": "It was not taken up.",
        "merged": "It is the same matter as another case and goes on there.",
        "withdrawn": "It was withdrawn.",
        "expired": "It ended without a decision.",
    },
    clocks={
        "triage": "triage",
        "settlement": "the time to settle",
        "first_response": "the first response",
        "claimant_response": "the claimant's answer",
        "respondent_response": "the respondent's answer",
        "ruling": "the ruling",
        "approval": "the approval",
        "grace": "the undo window",
        "appeal_window": "the time to appeal",
        "appeal_ruling": "the decision of the appeal",
        "next_update": "the answer to what a party wrote",
        "final_answer": "the final answer",
        "answer": "the answer to the request",
        "interim_review": "the review of an interim measure",
        "snooze": "the time for which the case was put away",
        "standstill": "the look at a case that stands still",
    },
    troubles={
        "address_refused": "The mail server refused the address.",
        "address_missing": "There is no address to send it to.",
        "address_invalid": "The address is not an e-mail address.",
        "message_refused": "The mail server refused the message.",
        "endpoint_gone": "The endpoint says that it is gone.",
        "endpoint_not_public": "The endpoint's host leads to an address that is not public.",
        "endpoint_not_https": "The endpoint is not reached by HTTPS.",
        "endpoint_invalid": "The endpoint's address or signing secret cannot be used.",
    },
)
