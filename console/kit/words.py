"""What can be done in a case, and why not, as people say it. A code without words is shown as it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

GRAPHIC = frozenset({"moderation_appeal", "safety_incident"})
"""Kinds in which people are hurt: pictures and films in them are blurred until somebody looks, unless they want it otherwise."""
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
    "acknowledge": ("I have it: call nobody else", "bell"),
    "rule": ("Rule on this case", "gavel"),
    "decide_appeal": ("Decide the appeal", "gavel"),
    "approve": ("Approve the ruling", "stamp"),
    "return_ruling": ("Send the ruling back", "undo-2"),
    "retract": ("Take the ruling back", "undo-2"),
    "request_evidence": ("Ask for evidence", "image-plus"),
    "propose_appointment": ("Propose a hearing or a call", "clock"),
    "answer_appointment": ("Answer which times would do", "check"),
    "move_appointment": ("Propose other times", "clock"),
    "cancel_appointment": ("Call the hearing off", "x"),
    "record_appointment": ("Put down what was said", "scroll-text"),
    "comment_protocol": ("Comment on the protocol", "message-square"),
    "submit_evidence": ("Hand evidence in", "paperclip"),
    "offer": ("Propose a settlement", "handshake"),
    "accept_offer": ("Accept the offer", "handshake"),
    "decline_offer": ("Decline the offer", "handshake"),
    "message": ("Write a message", "message-square"),
    "note": ("Leave a note for the team", "lock"),
    "translate": ("Translate a text", "message-square"),
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
    "report_manual_work": ("Say what became of it by hand", "hand"),
    "accept_withdrawal": ("Let it be taken back", "check"),
    "continue_of_office": ("Go on of office", "flag"),
    "add_party": ("Add a party", "user-plus"),
    "remove_party": ("A party is none", "user-round"),
    "replace_party": ("Another takes a party's place", "users"),
    "appeal": ("Appeal", "scale"),
    "concede": ("Grant what was asked", "handshake"),
    "ask_exception": ("Ask for an exception from the rules", "circle-help"),
    "grant_exception": ("Grant the exception", "stamp"),
    "refuse_exception": ("Refuse the exception", "undo-2"),
    "report_to_authority": ("Propose to tell an authority", "scroll-text"),
    "approve_report": ("Let the report to an authority go out", "stamp"),
    "return_report": ("Turn the report to an authority down", "undo-2"),
    "ask_interim_review": ("Ask that a measure be looked at again", "shield-alert"),
    "ship_return": ("The goods are on their way", "send"),
    "confirm_return": ("The goods are back", "check"),
    "contest_return": ("The goods are not back as agreed", "triangle-alert"),
    "decide_return": ("Say whether the goods count as back", "scale"),
    "credit_provisionally": ("Give the money back for now", "badge-dollar-sign"),
    "draft_chargeback_evidence": ("Draft evidence for the card network", "credit-card"),
    "submit_chargeback_evidence": ("Send the evidence to the card network", "send"),
    "freeze": ("Freeze clocks for an incident", "circle-pause"),
    "thaw": ("The incident is over", "clock"),
    "join_campaign": ("Put into a campaign", "layers"),
    "leave_campaign": ("Take out of its campaign", "layers"),
    "retarget": ("Change priority, category or queue", "gauge"),
    "signal": ("Note a signal of the platform", "bell"),
    "split": ("Make a part a case of its own", "users"),
    "unlink": ("Take a link away", "layers"),
}
"""What a command is called on its button, and its icon."""
USUAL = ("rule", "decide_appeal", "approve", "return_ruling", "retract", "take", "request_evidence", "assign", "offer", "snooze")
"""What the rail shows without being asked for more, in this order."""
KEYS = {
    "take": "a", "rule": "r", "decide_appeal": "r", "approve": "p", "snooze": "s", "request_evidence": "q", "assign": "g",
    "retract": "u",
}  # fmt: skip


@dataclass(frozen=True)
class Undo:
    """The command that takes back what somebody has just done, as if they had sent it themselves."""

    command: str
    fields: Mapping[str, str]


UNDO: Mapping[str, Undo] = {
    "snooze": Undo("resume", {"clock": "team", "reason": "undone"}),
    "take": Undo("skip", {"reason": "taken_by_mistake"}),
}
"""What can be undone at once, because nobody outside heard of it. A ruling is taken back in its grace."""
ORDERS = ("assign", "snooze", "request_evidence")
"""What the list offers for many cases at once; other orders go by the API."""
WHY_SKIPPED: Mapping[str, str] = {
    "too_technical": "I cannot judge the matter",
    "language": "It is not in a language of mine",
    "wrong_queue": "It belongs to another queue",
    "needs_longer": "It needs longer than I am here today",
    "needs_a_break": "I need a break from such matters",
    "taken_by_mistake": "I took it by mistake",
}
"""Reasons that are offered when somebody skips a case, by the code that is kept."""
LABELS: Mapping[str, str] = {
    "sides": "Who is invited",
    "times": "Times that would do",
    "missed_by": "Who did not come",
    "joint": "Agrees to meet the other side",
    "protocol": "What was said, as both will read it",
    "ref": "The platform's own id of them",
    "locale": "Language",
    "zone": "Time zone",
    "minor": "Under age",
    "represents": "Speaks for",
    "agreed": "Whoever is represented has agreed",
    "sees_from": "Reads along",
    "by_party": "Who takes their place",
    "party": "Party",
    "label_paid_by": "Who pays for sending the goods back",
    "after_return": "Only once the goods are back",
    "due_at": "By when",
    "expires_at": "Can be accepted until",
    "of": "Of whom",
    "what": "What is asked for",
    "told": "What they are told instead of the reasons; left empty: the reasons, if they know of the case",
    "shows": "What the file shows",
    "told_why": "Why, as everybody invited reads it; left empty: that it does not take place, and nothing else",
    "with_statement": "The report goes along, as it was written; else say in the text what is held against them",
    "ends": "What ends now",
    "stays": "What stays in force",
    "same_decider": "Whoever decided it may decide it again",
    "new_decider": "Somebody else decides",
    "received": "They count as back",
    "offer_id": "Which offer",
    "measure_id": "Which measure",
    "effect_id": "What it is about",
    "reference": "By which number the payment is found",
    "done_at": "When it was done",
    "less_because": "Less than was asked, because",
    "hold_id": "Which hold",
    "report_id": "Which report",
    "link_id": "Which link",
    "sanction": "Sanction, where it is not the ladder's",
    "sanction_reason": "Why it is another one",
    "sanction_reasons": "Why it is another one, in words",
    "misuse": "Misuse found beside it",
    "misuse_by": "Whose misuse",
    "misuse_total": "How many they handed in or provided in all in the time that counts",
    "misuse_gravity": "How grave",
    "misuse_intention": "With what intention, where it is known",
    "misuse_reasons": "Why it is misuse: they read it",
    "seen": "Came since it was drafted: tick what you have read",
    "for": "For how long",
    "into": "Into which case (its id)",
    "insight": "What was learned",
    "newest": "Bring up to the newest",
}
"""What a field is called where its own name says too little."""
DEFAULTS: Mapping[str, str] = {
    "open_review": "somebody of the team decides it",
    "proceed_on_file": "it goes on with what is on file",
    "issue_ruling": "both sides are told of the ruling",
    "close": "the case closes",
    "lift_interim": "the temporary measure ends",
    "end_return": "nobody waits for the goods any more",
    "honour_return": "the goods count as back",
    "lift_sanction": "the sanction ends",
    "end_kept_interim": "the measure that stayed ends",
    "lapse_appointment": "the hearing or call lapses",
    "send_chargeback": "what is drafted goes to the card network",
    "miss_chargeback": "the card network's day goes by",
    "disclose": "the respondent is told of it",
    "lapse_offer": "nobody can accept the offer any more",
    "end_complaints": "the time to complain of the decision is over",
    "take_credit_back": "the provisional credit is taken back",
}
"""What a clock does by itself, by its code in the pack."""
_QUOTED = re.compile(r"'([a-z_]+)'")
_SENT_BY = re.compile(r"(?:While the case is in ([a-z_]+), )?'[a-z_]+' can be sent by: ([a-z, ]+)\.")
_NOT_WHILE = re.compile(r"('[a-z_]+') is not possible while the case is in ([a-z_]+)\.")
_RELATIONS: Mapping[str, str] = {
    "claimant": "the claimant",
    "respondent": "the respondent",
    "reporter": "whoever reported it",
    "witness": "a witness",
    "appellant": "whoever appealed",
    "hit": "whoever a temporary measure hits",
    "owner": "whoever has the case",
    "judge": "somebody of the team who may decide the case",
    "drafter": "whoever drafted the ruling",
    "approver": "another lead, who had no part in the ruling",
    "staff": "the team",
    "lead": "leads",
    "ops": "operations",
    "platform": "the platform",
}
"""Who may send a command, by what they are to the case."""
_PHASES: Mapping[str, str] = {
    "intake": "is being looked at, to be let in",
    "settlement": "is with the two sides, who talk",
    "review": "is being decided",
    "approval": "waits for a second person",
    "ruled": "is decided, and nobody is told yet",
    "appealable": "is decided, and can be appealed",
    "appeal": "is being decided on appeal",
    "closed": "is closed",
}
"""What becomes of a case in each phase."""
_COMMANDS = re.compile(r"\(([a-z_]+(?:, [a-z_]+)*)\)")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


def in_words(code: object) -> str:
    """A code as words: ``not_as_described`` is "Not as described"."""
    text = str(code).replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def readable(said: str) -> str:
    """A reason of ours with its codes in words: ``'assign' can be sent by …`` names the button."""
    said = _SENT_BY.sub(lambda found: _only(found[2].split(", "), _PHASES.get(found[1] or "")), said)
    said = _NOT_WHILE.sub(
        lambda found: f"{found[1]} is not possible while the case {_PHASES.get(found[2], 'stands as it does')}.", said
    )
    named = _QUOTED.sub(lambda found: f"“{called(found[1])}”" if found[1] in SAID else f"“{found[1]}”", said)
    named = _COMMANDS.sub(lambda found: f"({', '.join(_quoted(name) for name in found[1].split(', '))})", named)
    return _CODE.sub(lambda found: _quoted(found[0]) if found[0] in SAID else found[0].replace("_", " "), named)


def _quoted(name: str) -> str:
    """A command by the words of its button, anything else by its own."""
    return f"“{called(name)}”" if name in SAID else name


def _only(relations: Iterable[str], stands: str | None) -> str:
    """Who can do it, and that it is so as the case stands: in another phase others may."""
    known = [_RELATIONS[name] for name in relations if name in _RELATIONS]
    if not known:
        return "Only Ombud itself does this."
    who = known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"
    return f"While the case {stands}, only {who} can do this." if stands else f"Only {who} can do this."


def called(command: str) -> str:
    """A command's name on its button."""
    return SAID[command][0] if command in SAID else in_words(command)


def language_name(tag: str) -> str:
    """What a language is called (``Brazilian Portuguese`` for ``pt-BR``); one that has no name: its tag."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def icon_of(command: str) -> str:
    """Its icon."""
    return SAID[command][1] if command in SAID else "chevron-right"
