"""What happened in a case, and what can be done in it, as people say it. A code without words is shown as it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.kit.render import in_words

_HAPPENED: Mapping[str, tuple[str, str]] = {
    "case_opened": ("flag", "{who} reported it"),
    "case_assigned": ("user-round", "Given to {owner}"),
    "case_queued": ("layers", "Put into the queue {queue}"),
    "case_closed": ("archive", "Closed: {reason}"),
    "case_declined": ("x", "Turned away: {reason}"),
    "case_withdrawn": ("undo-2", "{who} took it back"),
    "case_reopened": ("history", "Taken up again: {reason}"),
    "case_disclosed": ("eye", "The respondent was told of it"),
    "case_skipped": ("hand", "{who} skipped it: {reason}"),
    "case_handed_over": ("users", "{who} handed it over"),
    "phase_entered": ("arrow-right", "{phase} began: {reason}"),
    "message_sent": ("message-square", "{who} wrote to {to}"),
    "note_added": ("lock", "{who} left a note for the team"),
    "offer_made": ("handshake", "{who} made an offer"),
    "offer_accepted": ("handshake", "{who} accepted the offer"),
    "offer_declined": ("handshake", "{who} declined the offer"),
    "evidence_requested": ("image-plus", "{who} asked {of} for evidence"),
    "evidence_submitted": ("paperclip", "{who} handed evidence in"),
    "evidence_lapsed": ("clock-alert", "Nothing came in time; it goes on with what is on file"),
    "ruling_drafted": ("gavel", "{who} decided: {outcome}"),
    "ruling_approved": ("stamp", "{who} approved the ruling"),
    "ruling_returned": ("undo-2", "{who} sent the ruling back"),
    "ruling_retracted": ("undo-2", "{who} took the ruling back before anybody was told"),
    "ruling_issued": ("send", "Both sides were told of the ruling"),
    "ruling_annulled": ("undo-2", "{who} set the ruling aside"),
    "appeal_lodged": ("scale", "{who} appealed"),
    "appeal_withdrawn": ("undo-2", "{who} took the appeal back"),
    "rights_lapsed": ("clock", "The time to appeal is over"),
    "effect_ordered": ("badge-dollar-sign", "To be carried out: {remedy}"),
    "effect_reported": ("badge-dollar-sign", "Carried out: {state}"),
    "level_reached": ("timer", "{clock}: {level} reached"),
    "level_passed": ("timer", "{clock}: {level} passed"),
    "clocks_paused": ("circle-pause", "Clocks stand still: {reason}"),
    "clocks_resumed": ("clock", "Clocks go on"),
    "clock_extended": ("clock", "{who} gave {clock} more time"),
    "interim_imposed": ("shield-alert", "{who} imposed a temporary measure"),
    "interim_ended": ("shield-check", "A temporary measure ended"),
    "delivery_failed": ("triangle-alert", "A letter could not be delivered"),
    "legal_hold_placed": ("file-lock", "{who} placed a legal hold"),
    "step_completed": ("check", "{who}: {step} done"),
    "step_skipped": ("x", "{who} left out {step}"),
    "root_cause_named": ("search", "{who} named the root cause: {cause}"),
    "amount_stated": ("credit-card", "{who} said what was paid"),
}
_TO = {"all": "both sides", "desk": "the team only", "claimant": "the claimant only", "respondent": "the respondent only"}

KINDS = {
    "payment_dispute": "credit-card",
    "moderation_appeal": "scale",
    "bounty_dispute": "badge-dollar-sign",
    "fraud_report": "shield-alert",
    "safety_incident": "triangle-alert",
    "compliance_request": "file-lock",
}
"""The icon of each kind; a kind of one's own has a scroll."""

SAID: Mapping[str, tuple[str, str]] = {
    "take": ("Take the case", "hand"),
    "assign": ("Give to a colleague", "user-plus"),
    "skip": ("Give it back to its queue", "undo-2"),
    "rule": ("Rule on this case", "gavel"),
    "decide_appeal": ("Decide the appeal", "gavel"),
    "approve": ("Approve the ruling", "stamp"),
    "return_ruling": ("Send the ruling back", "undo-2"),
    "retract": ("Take the ruling back", "undo-2"),
    "request_evidence": ("Ask for evidence", "image-plus"),
    "submit_evidence": ("Hand evidence in", "paperclip"),
    "offer": ("Propose a settlement", "handshake"),
    "accept_offer": ("Accept the offer", "handshake"),
    "decline_offer": ("Decline the offer", "handshake"),
    "message": ("Write a message", "message-square"),
    "note": ("Leave a note for the team", "lock"),
    "escalate": ("Ask for a decision", "gavel"),
    "snooze": ("Put it away until later", "bell"),
    "pause": ("Let clocks stand still", "circle-pause"),
    "resume": ("Let clocks go on", "clock"),
    "extend": ("Give more time", "clock"),
    "close": ("Close without a ruling", "archive"),
    "reopen": ("Take it up again", "history"),
    "admit": ("Let the report in", "check"),
    "decline": ("Turn the report away", "x"),
    "disclose": ("Tell the respondent of it", "eye"),
    "withdraw": ("Take the report back", "undo-2"),
    "recuse": ("I cannot decide this", "hand"),
    "hand_over": ("Hand over to another site", "users"),
    "merge": ("Merge into another case", "layers"),
    "link": ("Link with another case", "layers"),
    "impose_interim": ("Impose a temporary measure", "shield-alert"),
    "review_interim": ("Review temporary measures", "shield-check"),
    "place_hold": ("Place a legal hold", "file-lock"),
    "lift_hold": ("Lift a legal hold", "file-lock"),
    "complete_step": ("A step is done", "check"),
    "skip_step": ("Leave a step out", "x"),
    "name_root_cause": ("Name the root cause", "search"),
    "ask_identity": ("Ask for proof of identity", "key-round"),
    "state_amount": ("Say what was paid", "credit-card"),
    "annul": ("Set the ruling aside", "undo-2"),
}
"""What a command is called on its button, and its icon."""
USUAL = ("rule", "decide_appeal", "approve", "return_ruling", "retract", "take", "request_evidence", "assign", "offer", "snooze")
"""What the rail shows without being asked for more, in this order."""
KEYS = {
    "take": "a", "rule": "r", "decide_appeal": "r", "approve": "p", "snooze": "s", "request_evidence": "q", "assign": "g",
    "retract": "u",
}  # fmt: skip


def called(command: str) -> str:
    """A command's name on its button."""
    return SAID[command][0] if command in SAID else in_words(command)


def icon_of(command: str) -> str:
    """Its icon."""
    return SAID[command][1] if command in SAID else "chevron-right"


class _Said(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def happened(type_: str, data: Mapping[str, Any], who: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What happened in one line, and its icon. ``names`` are of people and parties, by id."""
    icon, sentence = _HAPPENED.get(type_, ("chevron-right", in_words(type_)))
    words = _Said({name: _value(name, value, names) for name, value in data.items() if isinstance(value, str | int)})
    remedy = data.get("remedy")
    if isinstance(remedy, Mapping):
        words["remedy"] = in_words(remedy.get("type", "")).lower()
    words["who"] = who
    said = sentence.format_map(words).removesuffix(": …")
    return icon, said[:1].upper() + said[1:]


def _value(name: str, value: str | int, names: Mapping[str, str]) -> str:
    if name == "to":
        return _TO.get(str(value), str(value))
    text = str(value)
    return names.get(text) or (in_words(text).lower() if name != "phase" else in_words(text))
