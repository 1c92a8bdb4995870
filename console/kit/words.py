"""What happened in a case, and what can be done in it, as people say it. A code without words is shown as it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.model.manual_work import NEVER_DONE

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
    "effect_reported": ("badge-dollar-sign", "{result}: {remedy}"),
    "manual_work_reported": ("hand", "{result}: {remedy}"),
    "level_reached": ("timer", "{clock}: {level}"),
    "level_passed": ("timer", "{clock}: {level}, before it moved in"),
    "clocks_paused": ("circle-pause", "{who} let clocks stand still: {reason}"),
    "clocks_resumed": ("clock", "Clocks go on"),
    "clock_extended": ("clock", "{who} gave {clock} more time"),
    "interim_imposed": ("shield-alert", "{who} imposed a temporary measure: {remedy}"),
    "interim_ended": ("shield-check", "A temporary measure ended: {because}"),
    "delivery_failed": ("triangle-alert", "A letter could not be delivered"),
    "legal_hold_placed": ("file-lock", "{who} placed a legal hold"),
    "step_completed": ("check", "{who}: {step} done"),
    "step_skipped": ("x", "{who} left out {step}"),
    "root_cause_named": ("search", "{who} named the root cause: {cause}"),
    "amount_stated": ("credit-card", "{who} said what was paid"),
    "amount_lowering_proposed": ("credit-card", "{who} said that less was paid than was reported: a second person says it too"),
    "case_joined": ("layers", "Another report of the same matter joined it"),
    "case_linked": ("layers", "Linked with another case: {relation}"),
    "case_merged": ("layers", "Merged into another case: {reason}"),
    "case_moved_in": ("archive", "Moved in from where it ran before"),
    "appointment_proposed": ("clock", "{who} proposed times for a hearing or a call"),
    "appointment_answered": ("check", "The {side} said which times would do"),
    "appointment_confirmed": ("check", "A time suits everybody: {at}"),
    "appointment_moved": ("clock", "{who} proposed other times for the hearing or call"),
    "appointment_cancelled": ("x", "The hearing or call does not take place"),
    "appointment_reminded": ("bell", "A reminder of the hearing or call: {what}"),
    "appointment_held": ("scroll-text", "{who} put down what was said"),
    "protocol_commented": ("message-square", "The {side} commented on the protocol"),
    "alarm_acknowledged": ("bell", "{person} has it: nobody else is called"),
    "case_recused": ("hand", "{person} cannot decide it: {reason}"),
    "case_remitted": ("undo-2", "Sent back, to be decided afresh"),
    "case_retargeted": ("gauge", "{who} changed what it is: {reason}"),
    "case_split": ("users", "{who} made a part of it a case of its own"),
    "case_unlinked": ("layers", "A link with another case was taken away: {reason}"),
    "campaign_joined": ("layers", "Joined the campaign {campaign}"),
    "campaign_left": ("layers", "Left the campaign {campaign}: {reason}"),
    "chargeback_drafted": ("credit-card", "{who} drafted evidence for the card network"),
    "chargeback_missed": ("clock-alert", "The card network's day went by"),
    "chargeback_sent": ("send", "The evidence went to the card network"),
    "claim_conceded": ("handshake", "{who} granted what was asked"),
    "clocks_frozen": ("circle-pause", "Clocks stand still for {incident}"),
    "clocks_thawed": ("clock", "{incident} is over: clocks go on"),
    "continued_of_office": ("flag", "{who} went on of office: the platform is the claimant now"),
    "decided_before": ("history", "The same matter was decided before"),
    "decision_taken_over": ("gavel", "A decision was made elsewhere: {outcome}"),
    "effect_released": ("badge-dollar-sign", "The hold is over, and it is carried out: {remedy}"),
    "effect_withheld": ("file-lock", "Not carried out while there is a legal hold: {remedy}"),
    "errand_ordered": ("arrow-right", "Another case is told of it: {what}"),
    "errand_reported": ("arrow-right", "The other case was told: {result}"),
    "identity_asked": ("key-round", "{who} asked for proof of identity"),
    "interim_kept": ("shield-check", "Temporary measures stay for a while, although the report was taken back"),
    "interim_review_asked": ("shield-alert", "{who} asked that a temporary measure be looked at again"),
    "interim_reviewed": ("shield-check", "{who} kept a temporary measure"),
    "legal_hold_lifted": ("file-lock", "{who} lifted a legal hold"),
    "offer_lapsed": ("clock", "Its time is over, and nobody accepted it"),
    "party_added": ("user-plus", "{party} became a party"),
    "party_agreed": ("check", "{party} agreed for themselves"),
    "party_left": ("user-round", "{party} is no party any more: {because}"),
    "past_decision_kept": ("gavel", "Decided before it moved in: {outcome}"),
    "party_removal_proposed": ("user-minus", "{who} proposed to take a party out; a second person has to agree"),
    "party_change_confirmed": ("user-check", "{who} confirmed what one had changed about a party"),
    "adulthood_proposed": ("user-check", "{who} says that a party is not under age; a second person has to agree"),
    "past_message_kept": ("message-square", "Written before it moved in"),
    "proposal_answered": ("handshake", "The {side}'s answer to the proposal: {answer}"),
    "proposal_ended": ("handshake", "Both sides have answered the proposal: {became}"),
    "proposal_made": ("handshake", "{who} proposed to both sides how to settle"),
    "provisional_credit_ended": ("badge-dollar-sign", "The provisional credit is over: {because}"),
    "provisional_credit_given": ("badge-dollar-sign", "{who} gave the money back for the time being"),
    "report_approved": ("stamp", "{who} let the report to {authority} go out"),
    "report_proposed": ("scroll-text", "{who} proposed that {authority} be told"),
    "exception_asked": ("circle-help", "{who} asked for an exception from the rules ({of}: {name})"),
    "exception_granted": ("stamp", "{who} granted an exception from the rules ({of}: {name})"),
    "exception_refused": ("undo-2", "{who} refused the exception"),
    "report_returned": ("undo-2", "{who} turned the report to {authority} down"),
    "return_awaited": ("undo-2", "The {of} sends the goods back"),
    "return_changed": ("undo-2", "Another ruling says what follows when the goods are back"),
    "return_contested": ("triangle-alert", "{who} says that the goods are not back as agreed"),
    "return_ended": ("check", "Nobody waits for the goods any more: {because}"),
    "return_shipped": ("send", "{who} sent the goods"),
    "ruling_withheld": ("file-lock", "The ruling waits: it would destroy or hand out what may have to stay"),
    "sanction_drafted": ("shield-alert", "A sanction goes with the ruling: {sanction}"),
    "sanction_imposed": ("shield-alert", "Imposed on {party}: {sanction}"),
    "sanction_lifted": ("shield-check", "A sanction is over"),
    "sanction_voided": ("shield-check", "A sanction was taken back: {because}"),
    "signal_received": ("bell", "The platform noticed: {signal}"),
    "withdrawal_accepted": ("check", "{who} let it be taken back"),
    "withdrawal_explained": ("lock", "Why, for the team alone"),
    "withdrawal_overtaken": ("clock", "The wish to take it back is past: {because}"),
    "withdrawal_requested": ("undo-2", "{who} wants to take it back"),
}
LEVELS: Mapping[str, str] = {
    **dict.fromkeys(("warn", "remind"), "a reminder went out"),
    "breach": "its time was over, and it went up the ladder",
    **dict.fromkeys(("end", "lift", "lapse"), "its time was over"),
    "wake": "it is back from where it was put away",
    "look": "it had stood still for long, and leads were told",
    "missed": "its day went by",
    "send": "what was drafted went out",
}
"""What a level meant, by the name that it usually has. A pack's own name is shown as it reads."""
_BECAUSE: Mapping[str, str] = {
    "admitted": "it was let in",
    "amount_stated": "what was paid was said",
    "annulled": "the ruling was set aside",
    "appealed": "somebody appealed",
    "approved": "the ruling was approved",
    "cross_appealed": "the other side appealed too",
    "deadline": "the time to talk was over",
    "escalated": "a side asked for a decision",
    "held": "the ruling waits",
    "party_added": "a party came in",
    "remitted": "it was sent back",
    "reopened": "it was taken up again",
    "retracted": "the ruling was taken back",
    "returned": "the ruling was sent back",
}
"""Why a phase began."""
_TO = {"all": "both sides", "desk": "the team only", "claimant": "the claimant only", "respondent": "the respondent only"}

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
    "with_statement": "The report goes along, in the words of whoever reported it",
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


def icon_of(command: str) -> str:
    """Its icon."""
    return SAID[command][1] if command in SAID else "chevron-right"


class _Said(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


_ENDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "interim_ended": (
        "because",
        {"lifted": "{who} lifted it", "lapsed": "nobody reviewed it in time"}
        | {"ruled": "it was decided", "closed": "the case ended"},
    ),
    "effect_reported": (
        "result",
        {"done": "Carried out", "reversed": "Undone", "needs_hands": "Not done yet, somebody of the team has to do it by hand"},
    ),
    "manual_work_reported": (
        "result",
        {
            "done": "{who} did it by hand",
            "reversed": "{who} undid it by hand",
            "impossible": "{who} says that it cannot be done",
            "not_done": "{who} says that it was not done after all",
        },
    ),
}
"""What an end is called, by the field that says why or how."""


def happened(type_: str, data: Mapping[str, Any], who: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What happened in one line, and its icon. ``names`` are of people and parties, by id."""
    icon, sentence = _HAPPENED.get(type_, ("chevron-right", in_words(type_)))
    words = _Said({name: _value(name, value, names) for name, value in data.items() if isinstance(value, str | int)})
    remedy = data.get("remedy")
    if isinstance(remedy, Mapping):
        words["remedy"] = in_words(remedy.get("type", "")).lower()
        if data.get("reverses"):
            words["remedy"] = f"{words['remedy']} is undone"
    if type_ in _ENDS:
        about, meant = _ENDS[type_]
        words[about] = meant.get(str(data.get(about)), words.get(about, "…")).format(who=who)
    if type_ == "effect_reported" and data.get("note") == NEVER_DONE:
        words["result"] = "Undone before anybody did it, so nobody has to do it any more"
    party = data.get("party")
    if isinstance(party, Mapping):
        words["party"] = names.get(str(party.get("id")), "Somebody")
    words["who"] = who
    for name, meant in (("level", LEVELS), ("reason", _BECAUSE)):
        if data.get(name) in meant and (name != "reason" or type_ == "phase_entered"):
            words[name] = meant[data[name]]
    said = sentence.format_map(words).removesuffix(": …")
    if type_ == "manual_work_reported" and data.get("reference"):
        # The number as it was written: whoever looks for the payment looks for that.
        said += f", payment {data['reference']}"
    return icon, said[:1].upper() + said[1:]


def amount_of(type_: str, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How much it is about: an offer, what is carried out, a credit. Of what was reported, the facts of the case say it."""
    remedy = data.get("remedy")
    found = data.get("amount") or (remedy.get("amount") if isinstance(remedy, Mapping) else None)
    return found if type_ != "case_opened" and isinstance(found, Mapping) and {"amount", "currency"} <= set(found) else None


def _value(name: str, value: str | int, names: Mapping[str, str]) -> str:
    if name == "to":
        return _TO.get(str(value), str(value))
    text = str(value)
    return names.get(text) or (in_words(text).lower() if name != "phase" else in_words(text))
