"""One example for every operation, as a bug bounty platform would see it. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_CASE_ID = "case_0198c5a0-1f2e-7000-8000-00000000c0de"
_CLAIMANT, _RESPONDENT = "pty_0198c5a0-1f2e-7000-8000-0000000000c1", "pty_0198c5a0-1f2e-7000-8000-0000000000d2"
_OTHER = "case_0198c5a0-77aa-7000-8000-00000000beef"
_COMMAND_ID = "cmd_0198c5a2-7d1e-7000-8000-00000000c0de"
_LINKS = {
    "self": f"/v1/cases/{_CASE_ID}",
    "timeline": f"/v1/cases/{_CASE_ID}/timeline",
    "actions": f"/v1/cases/{_CASE_ID}/actions",
    "commands": f"/v1/cases/{_CASE_ID}/commands",
}
_USD = {"amount": 90000, "currency": "USD"}
_REASONS = (
    "The report is in scope by the policy in force on its day, and the fix shipped two days later shows that it was taken up."
)

REPORT: dict[str, Any] = {
    "kind": "bounty_dispute",
    "external_id": "R-118",
    "category": "severity",
    "matter": "report-448120",
    "subject": "Report 448120 closed as informative",
    "statement": "My report was closed as informative, but the endpoint was fixed two days later. I ask for a review.",
    "amount": _USD,
    "parties": [
        {"side": "claimant", "ref": "user-81", "name": "Kim Doe", "email": "kim@example.org", "zone": "Europe/Berlin"},
        {"side": "respondent", "ref": "programme-7", "name": "Nimbus security", "email": "security@nimbus.example"},
    ],
    "attributes": {"closed_days_ago": 4},
    "metadata": {"order": "A-4711"},
}

_TOLD: dict[str, Any] = {
    "source": "api",
    "external_id": "R-118",
    "matter": "report-448120",
    "subject": "Report 448120 closed as informative",
    "metadata": {"order": "A-4711"},
}

ACTIONS: dict[str, Any] = {
    "object": "list",
    "data": [
        {"command": "message", "allowed": True, "code": None, "detail": None},
        {"command": "accept_offer", "allowed": False, "code": "no_such_offer", "detail": "There is no open offer."},
    ],
}

CASE: dict[str, Any] = {
    "object": "case",
    "id": _CASE_ID,
    "kind": "bounty_dispute",
    "category": "severity",
    "phase": "settlement",
    "phase_label": "Settlement",
    "status": "open",
    "outcome": None,
    "close_reason": None,
    "opened_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T09:00:00Z",
    "closed_at": None,
    "amount": _USD,
    "waiting_on": "both",
    "your_side": None,
    "deadlines": [
        {
            "clock": "settlement",
            "level": "end",
            "due_at": "2026-11-25T09:00:00Z",
            "action": "default",
            "by_default": "open_review",
        }
    ],
    "available_actions": ACTIONS["data"],
    "offer": None,
    "offers": [],
    "returning": None,
    "requests": [],
    "ruling": None,
    "rights": [],
    "parties": [
        {"id": _CLAIMANT, "side": "claimant", "role": "principal", "ref": "user-81"},
        {"id": _RESPONDENT, "side": "respondent", "role": "principal", "ref": "programme-7"},
    ],
    **_TOLD,
    "links": _LINKS,
}

METADATA_SAID: dict[str, Any] = {"metadata": {"ticket": "ZD-2291", "draft": None}}
METADATA: dict[str, Any] = {"object": "metadata", "case": _CASE_ID, "metadata": {"order": "A-4711", "ticket": "ZD-2291"}}

ACCEPTED: dict[str, Any] = {
    "object": "case",
    "id": _CASE_ID,
    "kind": "bounty_dispute",
    "status": "accepted",
    **_TOLD,
    "deadlines": [],
    "available_actions": [],
    "links": _LINKS,
}

LISTED = {name: value for name, value in CASE.items() if name != "available_actions"}
"""A case in a list, where nothing was asked for beside it."""

CASES: dict[str, Any] = {"object": "list", "data": [LISTED], "has_more": False, "next_cursor": None}

PROOF: dict[str, Any] = {
    "form": 1,
    "tenant": "acme",
    "case_id": CASE["id"],
    "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "begins": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "facts": [{"seq": 1, "hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", "body": None}],
    "head": None,
}
TIMELINE: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "n": 1,
            "at": "2026-11-22T09:05:00Z",
            "type": "message_sent",
            "round": 0,
            "actor": {"id": _CLAIMANT, "role": "claimant"},
            "data": {"to": "all", "text": "Which devices did you test on?", "sender": "claimant"},
        }
    ],
    "has_more": False,
    "next_cursor": None,
}

_COMMAND_LINKS = {"self": f"/v1/cases/{_CASE_ID}/commands/{_COMMAND_ID}", "case": f"/v1/cases/{_CASE_ID}"}
_ACCEPTED = {"command_id": _COMMAND_ID, "status": "accepted"}

COMMAND_ANSWER: dict[str, Any] = {
    "command_id": _COMMAND_ID,
    "status": "accepted",
    "answer": _ACCEPTED,
    "case": CASE,
    "links": _COMMAND_LINKS,
}
PENDING: dict[str, Any] = {**COMMAND_ANSWER, "status": "pending", "answer": None}
COMMAND_ROW: dict[str, Any] = {
    "object": "command",
    "command_id": _COMMAND_ID,
    "type": "message",
    "status": "accepted",
    "received_at": "2026-11-22T09:05:00Z",
    "answer": {**_ACCEPTED, "code": None, "detail": None, "fields": None},
    "links": _COMMAND_LINKS,
}
TAKEN: dict[str, Any] = {"id": _CASE_ID, "status": "opened", "command_id": _COMMAND_ID}

COMMANDS: dict[str, dict[str, Any]] = {
    "admit": {"by": "per_mara"},
    "decline": {"by": "per_mara", "reason": "out_of_scope", "reasons": "The asset is not part of the programme."},
    "message": {"by": _CLAIMANT, "text": "It can be replayed from another device: see the steps."},
    "note": {"by": "per_mara", "text": "Ask the programme for its log of the day."},
    "offer": {"by": _RESPONDENT, "remedy": "payout", "amount": _USD, "text": "We can meet you here."},
    "accept_offer": {"by": _CLAIMANT, "offer_id": "off_0198c5a2-7d1e"},
    "concede": {"by": _RESPONDENT, "text": "You are right; we pay what you asked for."},
    "decline_offer": {"by": _CLAIMANT, "offer_id": "off_0198c5a2-7d1e"},
    "escalate": {"by": _CLAIMANT},
    "assign": {"by": "per_dana", "owner": "per_mara", "reason": "assigned"},
    "take": {"by": "per_mara"},
    "skip": {"by": "per_mara", "reason": "too_technical"},
    "acknowledge": {"by": "per_mara", "until": "2026-11-26T09:40:00Z"},
    "request_evidence": {"by": "per_mara", "of": "respondent", "what": "Which version was deployed on the day of the report?"},
    "propose_appointment": {
        "by": "per_mara",
        "sides": "both",
        "form": "video",
        "times": ["2026-12-01T09:00:00Z", "2026-12-02T14:00:00Z"],
        "minutes": 45,
        "about": "What was agreed when the report came in. You get the link an hour before.",
    },
    "answer_appointment": {"by": _CLAIMANT, "times": ["2026-12-02T14:00:00Z"], "joint": True},
    "move_appointment": {"by": _RESPONDENT, "times": ["2026-12-04T09:00:00Z"], "reasons": "I am at work then."},
    "cancel_appointment": {"by": "per_mara", "reasons": "The interpreter is ill.", "told_why": "There is no interpreter."},
    "record_appointment": {"by": "per_mara", "missed_by": [], "protocol": "Both say that the fee was named on Monday."},
    "comment_protocol": {"by": _CLAIMANT, "text": "It was on Tuesday.", "was_there": True},
    "submit_evidence": {
        "by": _CLAIMANT,
        "text": "Recording of the request and its answer.",
        "confidentiality": "shared",
        "files": ["fil_0198c5a2-7d1e-7000-8000-0000000000f1"],
    },
    "rule": {
        "by": "per_mara",
        "outcome": "upheld",
        "ground": "scope",
        "reasons": _REASONS,
        "remedies": [{"type": "payout", "amount": _USD, "to": "claimant"}],
    },
    "approve": {"by": "per_lee"},
    "return_ruling": {"by": "per_lee", "reasons": "Say which clause the severity follows from."},
    "retract": {"by": "per_mara"},
    "appeal": {"by": _RESPONDENT, "reasons": "The asset was removed from scope a week before."},
    "decide_appeal": {"by": "per_lee", "decision": "uphold", "ground": "scope", "reasons": _REASONS},
    "withdraw": {"by": _CLAIMANT, "reasons": "We have come to terms."},
    "accept_withdrawal": {
        "by": "per_mara",
        "ends": ["cancel_bookings"],
        "stays": ["suspend"],
        "until": "2027-01-15T09:00:00Z",
        "reasons": "We have talked, and you told us that you are safe.",
    },
    "continue_of_office": {
        "by": "per_mara",
        "reasons": "We go on without you, because others book there. You need not do anything.",
    },
    "add_party": {
        "by": _CLAIMANT,
        "party": {
            "side": "claimant",
            "role": "representative",
            "ref": "counsel-3",
            "name": "A. Nwosu",
            "email": "nwosu@law.example",
        },
    },
    "prove_address": {"by": "key_platform", "party": _CLAIMANT},
    "remove_party": {"by": "per_mara", "party": _RESPONDENT, "reason": "mistaken"},
    "replace_party": {
        "by": "per_mara",
        "party": _RESPONDENT,
        "by_party": {"side": "respondent", "ref": "programme-9", "name": "Programme Nine"},
        "reason": "succession",
    },
    "close": {"by": "per_dana", "outcome": "expired", "reason": "no_respondent", "reasons": "The programme no longer exists."},
    "reopen": {"by": "per_dana", "reason": "new_evidence", "reasons": "The log was found."},
    "annul": {
        "by": "per_dana",
        "reason": "decider_was_biased",
        "reasons": "Whoever decided this worked for the other side until last year. Somebody else decides it afresh.",
    },
    "recuse": {"by": "per_mara", "reason": "knows_a_party", "reasons": "We studied together."},
    "pause": {"by": "per_mara", "clock": "ruling", "until": "2026-11-26T09:00:00Z", "reason": "waits_for_lab"},
    "resume": {"by": "per_mara", "reason": "lab_answered"},
    "snooze": {"by": "per_mara", "until": "2026-11-26T09:00:00Z", "reason": "hearing_on_thursday"},
    "extend": {
        "by": "per_lee",
        "clock": "claimant_response",
        "to": "2026-12-04T17:00:00Z",
        "reason": "asked_for",
        "reasons": "You asked for more time because the device is being repaired.",
    },
    "retarget": {"by": "per_dana", "priority": "high", "reason": "amount_corrected"},
    "freeze": {"by": "per_dana", "incident": "mail-outage-2026-11"},
    "thaw": {"by": "per_dana", "incident": "mail-outage-2026-11", "margin": "2 working hours"},
    "ask_identity": {"by": "per_mara", "what": "Please sign in once and confirm the code that we send you."},
    "place_hold": {
        "by": "per_dana",
        "reason": "litigation",
        "reasons": "The respondent has sued; counsel asks to keep everything.",
    },
    "lift_hold": {"by": "per_dana", "reasons": "The suit was settled."},
    "draft_chargeback_evidence": {
        "by": "per_lee",
        "text": "The parcel was signed for by the cardholder on 12 November: see the carrier's receipt.",
        "due_at": "2026-12-04T23:59:00Z",
    },
    "submit_chargeback_evidence": {"by": "per_lee"},
    "ship_return": {"by": _CLAIMANT, "carrier": "parcel_post", "tracking": "RR 123 456 785 DE"},
    "confirm_return": {"by": _RESPONDENT},
    "contest_return": {"by": _RESPONDENT, "reasons": "The parcel holds another item."},
    "decide_return": {"by": "per_mara", "received": True, "reasons": "The carrier's photograph shows the item."},
    "state_amount": {
        "by": "per_lee",
        "amount": {"amount": 12000, "currency": "USD"},
        "reasons": "The platform's ledger shows one charge of 120.00.",
    },
    "report_manual_work": {
        "by": "per_mara",
        "effect_id": "eff_0198c5a2",
        "result": "done",
        "reference": "SEPA-2026-118204",
        "text": "By bank transfer.",
    },
    "impose_interim": {
        "by": "per_mara",
        "measure": "payout_freeze",
        "of": "respondent",
        "reasons": "Two stolen cards were used from this account within an hour.",
        "told": "Your payouts wait while we check your account.",
    },
    "complete_step": {
        "by": "per_mara",
        "step": "logs_read",
        "evidence": ["evd_0198c5a2-7d1e"],
        "reasons": "Both devices are in them.",
    },
    "skip_step": {"by": "per_mara", "step": "expert_asked", "reasons": "The logs leave no question open."},
    "name_root_cause": {"by": "per_mara", "cause": "unclear_policy", "insight": "The policy does not say what a duplicate is."},
    "merge": {"by": "per_lee", "into": _OTHER, "reasons": "Both are about the same booking and the same host."},
    "link": {"by": "per_mara", "to": _OTHER, "relation": "retaliation", "note": "Reported an hour after the other one."},
    "unlink": {"by": "per_mara", "link_id": "lnk_0198c5a2-7d1e", "reason": "mistaken"},
    "split": {
        "by": "per_lee",
        "statement": "The second report is about another endpoint, and its reward was never decided.",
        "parties": [_CLAIMANT, _RESPONDENT],
        "reasons": "Two endpoints, two rewards: one ruling cannot do justice to both.",
    },
    "join_campaign": {"by": "per_dana", "campaign": "cmp_0198c5a3-2b1c"},
    "leave_campaign": {"by": "per_dana", "reason": "mistaken"},
    "signal": {"by": "key_risk", "signal": "same_device_again", "text": "A card of this case was used on the same device."},
    "credit_provisionally": {
        "by": "per_mara",
        "amount": {"amount": 24_000, "currency": "EUR"},
        "reasons": "You have the money while the bank looks into it.",
    },
    "report_to_authority": {
        "by": "per_mara",
        "authority": "police",
        "reasons": "Nine bookings with cards from one stolen batch; the list is in the evidence.",
    },
    "approve_report": {"by": "per_lee"},
    "ask_exception": {
        "by": "per_mara",
        "of": "step",
        "name": "record_checked",
        "until": "2026-12-03T09:00:00Z",
        "reasons": "The record is with another site that cannot be reached this week; nothing turns on it.",
    },
    "translate": {
        "by": "per_mara",
        "of": 7,
        "from_language": "de",
        "into_language": "en",
        "text": "The dog had been ill since Tuesday.",
        "machine": "Lingua 3",
    },
    "grant_exception": {"by": "per_lee"},
    "refuse_exception": {"by": "per_lee", "reasons": "Ask the other site first."},
    "return_report": {"by": "per_lee", "reasons": "Say which bookings."},
    "hand_over": {"by": "per_mara", "queue": "safety-apac", "reasons": "The sitter is awake there in an hour."},
    "review_interim": {"by": "per_lee", "decision": "keep", "reasons": "The bank has not answered yet."},
    "disclose": {
        "by": "per_mara",
        "text": "Guests say that the flat in Rua Augusta does not exist.",
        "with_statement": False,
        "ground": "misrepresentation",
    },
    "ask_interim_review": {"by": "pty_0198c5a2-0002", "text": "The listing is mine, and the deed is attached to my account."},
}

FILE: dict[str, Any] = {
    "object": "file",
    "id": "fil_0198c5a2-7d1e-7000-8000-0000000000f1",
    "name": "recording.mp4",
    "media_type": "video/mp4",
    "bytes": 4194304,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2026-11-22T10:00:00Z",
    "links": {
        "self": f"/v1/cases/{_CASE_ID}/files/fil_0198c5a2-7d1e-7000-8000-0000000000f1",
        "case": f"/v1/cases/{_CASE_ID}",
    },
}
EVIDENCE: dict[str, Any] = {
    "object": "evidence",
    "id": "evd_0198c5a2-7d1e",
    "at": "2026-11-22T10:01:00Z",
    "by": _CLAIMANT,
    "side": "claimant",
    "evidence_type": None,
    "confidentiality": "shared",
    "text": "Recording of the request and its answer.",
    "answers": [],
    "files": [FILE],
}

STRIPE: dict[str, Any] = {
    "type": "charge.dispute.created",
    "livemode": True,
    "data": {
        "object": {
            "id": "dp_1",
            "amount": 1000,
            "currency": "usd",
            "charge": "ch_1",
            "reason": "fraudulent",
            "status": "needs_response",
        }
    },
}
MAIL = (
    "From: Kim Doe <kim@example.org>\r\nTo: disputes@platform.example\r\nSubject: Report #448120\r\n"
    "Message-ID: <1@example.org>\r\n\r\nMy report was closed as informative. I ask for a review.\r\n"
)

ACCESS_SAID: dict[str, Any] = {"reason": "The claimant called; the site that has the case is closed until Monday."}
ACCESS: dict[str, Any] = {
    "object": "access",
    "id": "acc_0198c5a2-7d1e-7000-8000-00000000c0de",
    "case": CASE["id"],
    "person": "per_mara",
    "asked_at": "2026-11-23T08:00:00Z",
    "until_at": "2026-11-23T12:00:00Z",
}
READERS: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "at": "2026-11-23T08:01:12Z",
            "who": "per_mara",
            "role": "mediator",
            "credential": "key_0198c5a0-1f2e-7000-8000-00000000aaaa",
            "what": "timeline",
            "why": "break_glass",
            "access": ACCESS["id"],
            "reason": ACCESS_SAID["reason"],
        }
    ],
    "has_more": False,
    "next_cursor": None,
}
