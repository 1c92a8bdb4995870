"""A value for every field of every command, for the examples on the reference page of commands."""

from typing import Any

SAMPLES: dict[str, Any] = {
    "by": "per_mara",
    "reasons": "The token works from another device, so the severity is high.",
    "text": "It can be replayed from another device: see the steps attached.",
    "what": "Which devices did you test on?",
    "of": "respondent",
    "owner": "per_mara",
    "outcome": "severity_changed",
    "ground": "severity",
    "remedies": [{"type": "payout", "amount": {"amount": 150000, "currency": "USD"}, "to": "claimant"}],
    "remedy": "payout",
    "amount": {"amount": 90000, "currency": "USD"},
    "offer_id": "off_0198c5a0",
    "decision": "overturn",
    "reason": "out_of_scope",
    "until": "2026-03-09T08:00:00Z",
    "by_span": "4 working hours",
    "incident": "outage-0309",
    "measure": "payout_hold",
    "carrier": "parcel_post",
    "tracking": "RR 123 456 785 DE",
    "received": True,
    "into": "case_0198c5a0-77aa-7000-8000-00000000beef",
    "link_id": "lnk_0198c5a2",
    "campaign": "cmp_0198c5a3-2b1c",
}
"""A value for each field that somebody outside may fill in; the test parses every example made of them."""

OWN_SAMPLES: dict[str, dict[str, Any]] = {
    "close": {"outcome": "expired"},
    "pause": {"reason": "waiting_for_the_bank"},
    "skip": {"reason": "too_technical"},
    "snooze": {"reason": "waiting_for_the_bank"},
    "resume": {"reason": "bank_answered"},
    "extend": {"clock": "ruling", "reason": "many_attachments", "reasons": "Both sides sent logs, which take time to read."},
    "retarget": {"priority": "high", "reason": "severity_raised"},
    "freeze": {"reason": "incident"},
    "thaw": {"reason": "incident_over"},
    "complete_step": {"step": "logs_read", "reasons": "Both devices are in the logs."},
    "skip_step": {"step": "expert_asked", "reasons": "The logs leave no question open."},
    "name_root_cause": {"cause": "unclear_policy", "insight": "The policy does not say what counts as a duplicate."},
    "impose_interim": {"reasons": "Until it is clear whose account it is."},
    "place_hold": {"reason": "litigation", "reasons": "The respondent has sued."},
    "lift_hold": {"hold_id": "lgh_0198c5a2", "reasons": "The suit was settled."},
    "draft_chargeback_evidence": {"text": "The parcel was signed for on the 12th.", "due_at": "2026-12-04T23:59:00Z"},
    "contest_return": {"reasons": "The parcel holds another item."},
    "decide_return": {"reasons": "The carrier's photograph shows the item."},
    "state_amount": {"reasons": "The platform's ledger shows one charge of 120.00."},
    "link": {"to": "case_0198c5a0-77aa-7000-8000-00000000beef"},
    "merge": {"reasons": "Both are about the same token of the same app."},
    "split": {
        "statement": "The second report is about another endpoint, and its reward was never decided.",
        "reasons": "Two endpoints, two rewards: one ruling cannot do justice to both.",
    },
    "signal": {"signal": "same_device_again", "text": "A card of this case was used on the same device."},
    "credit_provisionally": {"reasons": "You have the money while the bank looks into it."},
    "report_to_authority": {"authority": "police", "reasons": "Nine bookings with cards from one stolen batch."},
    "return_report": {"reasons": "Say which bookings."},
    "annul": {"reason": "decider_was_biased", "reasons": "Whoever decided it worked for the other side until last year."},
    "recuse": {"reason": "knows_a_party"},
    "hand_over": {"queue": "safety-apac", "reasons": "The sitter is awake there in an hour."},
    "add_party": {"party": {"side": "claimant", "role": "representative", "ref": "counsel-3"}},
    "remove_party": {"party": "pty_programme", "reason": "mistaken"},
    "replace_party": {
        "party": "pty_0198c5a2-7d1e-7c00-8000-000000000002",
        "by_party": {"side": "respondent", "ref": "programme-9"},
    },
    "disclose": {"text": "Guests say that the flat in Rua Augusta does not exist.", "with_statement": False},
    "ask_interim_review": {"text": "The deed is in my account."},
    "accept_withdrawal": {"stays": ["suspend"], "reasons": "We have talked, and you told us that you are safe."},
    "continue_of_office": {"reasons": "We go on without you, because others book there."},
    "review_interim": {"decision": "keep", "reasons": "It is still not clear whose account it is."},
}
"""Where a command says something else in a field than the others do."""

PARTY_TYPES = {
    "offer", "accept_offer", "decline_offer", "escalate", "submit_evidence", "appeal",
    "withdraw", "message", "ship_return", "confirm_return", "contest_return",
}  # fmt: skip
