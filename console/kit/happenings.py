"""What happened in a case, in one line, as people say it. A code without words is shown as it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.kit.words import in_words
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
    "text_translated": ("message-square", "{who} put a translation beside a text ({from_language} to {into_language})"),
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
    "interim_imposed": ("shield-alert", "{who} ordered a temporary measure: {remedy}"),
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
    "right_renamed": ("scale", "It counts as {now}, no more as {before}; whoever asked is told"),
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
    "party_change_said_again": ("user-check", "{who} says again what somebody had changed who must not decide it"),
    "no_request_proposed": ("file-question", "{who} says that it is put away undecided; a second person has to say so too"),
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
    "ruling_withheld": ("file-lock", "The ruling was not told: of what may have to stay, or of a denied hearing"),
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
