"""While somebody is reported in secret, nothing that one person wrote reaches anybody outside the team.

A careless word tips off whoever is reported, and so does one to somebody else who passes it on: neither the person concerned nor
others may learn of the report (directive (EU) 2015/849, article 39(1); 31 USC 5318(g)(2)). So from when it is proposed each text
of one person of the team, or of the platform, goes one of these ways (:data:`TEXTS`, one entry for each field of a command that
holds a text; without one it is a word of one person):

``word``    It is there to be told. Refused to one person, until two have agreed on these words by ``disclose``.
``hidden``  What happens is told, without why: the parties read the text neither then nor later.
``by_two``  A second person reads it before anybody else does.
``inside``  Nobody outside the team ever reads it.
``party``   A party writes it, or whoever hands in their words.

The same is true of codes that one person chooses and the parties read: a category, an authority among the parties, and a reason
that is any word (:data:`CODES`). In the case of the report the parties do not read it; in another one, where no fact tells from
when on, it is one of :data:`PLAIN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.links import Split
from domain.model.prose import Prose, text_fields, text_of
from domain.rules.authorities import reported_in_secret, tipping_off
from domain.rules.confidence import addressed, evidence_for
from domain.rules.rule import DecisionContext

How = Literal["word", "hidden", "by_two", "inside", "party"]
_PARTIES = frozenset({"claimant", "respondent"})
_BY_TWO = frozenset({"message_sent", "case_disclosed"})
"""Facts by which two persons tell something; a word of one is refused before it becomes one."""
_REASONED = frozenset(
    {"case_closed", "case_declined", "case_reopened", "clock_extended", "party_left", "ruling_annulled", "case_retargeted"}
    | {"clocks_paused", "clocks_resumed"}
)
"""Facts whose ``reason`` is a code that somebody writes as they like."""

TEXTS: Mapping[tuple[str, str], How] = {
    ("open", "statement"): "party",
    ("open", "subject"): "party",
    ("open", "attachments"): "party",
    ("open", "decision"): "party",
    ("open", "history"): "party",
    ("open", "measures"): "hidden",
    ("open", "holds"): "inside",
    ("decline", "reasons"): "hidden",
    ("message", "text"): "word",
    ("note", "text"): "inside",
    ("offer", "text"): "word",
    ("request_evidence", "what"): "word",
    ("submit_evidence", "text"): "word",
    ("rule", "reasons"): "by_two",
    ("rule", "reply"): "by_two",
    ("rule", "sanction_reasons"): "by_two",
    ("rule", "misuse_reasons"): "by_two",
    ("rule", "statement"): "by_two",
    ("return_ruling", "reasons"): "inside",
    ("appeal", "reasons"): "party",
    ("decide_appeal", "reasons"): "by_two",
    ("decide_appeal", "reply"): "by_two",
    ("decide_appeal", "sanction_reasons"): "by_two",
    ("decide_appeal", "misuse_reasons"): "by_two",
    ("decide_appeal", "statement"): "by_two",
    ("withdraw", "reasons"): "party",
    ("close", "reasons"): "hidden",
    ("reopen", "reasons"): "hidden",
    ("extend", "reasons"): "hidden",
    ("impose_interim", "reasons"): "hidden",
    ("impose_interim", "told"): "word",
    ("review_interim", "reasons"): "hidden",
    ("review_interim", "told"): "word",
    ("complete_step", "reasons"): "inside",
    ("skip_step", "reasons"): "inside",
    ("name_root_cause", "insight"): "inside",
    ("place_hold", "reasons"): "inside",
    ("lift_hold", "reasons"): "inside",
    ("ask_identity", "what"): "word",
    ("ask_identity", "reasons"): "inside",
    ("ship_return", "tracking"): "word",
    ("contest_return", "reasons"): "party",
    ("decide_return", "reasons"): "hidden",
    ("merge", "reasons"): "hidden",
    ("join", "statement"): "inside",
    ("link", "note"): "inside",
    ("split", "statement"): "word",
    ("split", "reasons"): "inside",
    ("draft_chargeback_evidence", "text"): "inside",
    ("signal", "text"): "inside",
    ("credit_provisionally", "reasons"): "hidden",
    ("report_to_authority", "reasons"): "inside",
    ("return_report", "reasons"): "inside",
    ("hand_over", "reasons"): "inside",
    ("state_amount", "reasons"): "hidden",
    ("accept_withdrawal", "reasons"): "hidden",
    ("continue_of_office", "reasons"): "hidden",
    ("annul", "reasons"): "hidden",
    ("recuse", "reasons"): "inside",
    ("disclose", "text"): "by_two",
    ("disclose", "reasons"): "inside",
    ("ask_interim_review", "text"): "party",
    ("concede", "text"): "party",
    ("remove_party", "reasons"): "hidden",
    ("remove_party", "told"): "word",
    ("replace_party", "reasons"): "hidden",
    ("report_manual_work", "text"): "inside",
    ("propose_appointment", "about"): "word",
    ("move_appointment", "reasons"): "word",
    ("cancel_appointment", "reasons"): "inside",
    ("cancel_appointment", "told_why"): "word",
    ("record_appointment", "protocol"): "word",
    ("comment_protocol", "text"): "party",
    ("ask_exception", "reasons"): "inside",
    ("refuse_exception", "reasons"): "inside",
    # What is said to translate can say anything, and stands where the original is read.
    ("translate", "text"): "word",
    ("translate", "translator"): "word",
    ("translate", "original"): "inside",
}
"""By command and field: how a text of one person goes while somebody is reported in secret."""


Code = Literal["free", "listed", "by_two", "inside", "party"]
CODES: Mapping[tuple[str, str], Code] = {
    ("open", "kind"): "party",
    ("open", "source"): "party",
    ("open", "category"): "party",
    ("open", "filed_as"): "inside",
    ("decline", "reason"): "free",
    ("disclose", "ground"): "listed",
    ("offer", "remedy"): "listed",
    ("assign", "reason"): "inside",
    ("skip", "reason"): "free",
    ("request_evidence", "evidence_type"): "free",
    ("request_evidence", "ground"): "listed",
    ("ask_exception", "name"): "listed",
    ("submit_evidence", "evidence_type"): "free",
    ("rule", "ground"): "by_two",
    ("rule", "conditions"): "listed",
    ("rule", "complaint_route"): "listed",
    ("rule", "sanction"): "listed",
    ("rule", "misuse"): "listed",
    ("rule", "sanction_reason"): "by_two",
    ("rule", "outcome"): "listed",
    ("decide_appeal", "ground"): "by_two",
    ("decide_appeal", "conditions"): "listed",
    ("decide_appeal", "complaint_route"): "listed",
    ("decide_appeal", "sanction"): "listed",
    ("decide_appeal", "misuse"): "listed",
    ("decide_appeal", "sanction_reason"): "by_two",
    ("decide_appeal", "outcome"): "listed",
    ("close", "reason"): "free",
    ("reopen", "reason"): "free",
    ("deadline", "clock"): "listed",
    ("deadline", "level"): "listed",
    ("report_effect", "note"): "inside",
    ("report_delivery", "reason"): "inside",
    ("pause", "clock"): "listed",
    ("pause", "reason"): "free",
    ("resume", "clock"): "listed",
    ("resume", "reason"): "free",
    ("snooze", "reason"): "inside",
    ("extend", "clock"): "listed",
    ("extend", "reason"): "free",
    ("retarget", "category"): "by_two",
    ("split", "category"): "by_two",
    ("retarget", "queue"): "inside",
    ("retarget", "calendar"): "inside",
    ("retarget", "reason"): "inside",
    ("freeze", "incident"): "inside",
    ("freeze", "reason"): "inside",
    ("thaw", "incident"): "inside",
    ("thaw", "reason"): "inside",
    ("impose_interim", "measure"): "listed",
    ("complete_step", "step"): "listed",
    ("complete_step", "steps"): "listed",
    ("skip_step", "step"): "listed",
    ("name_root_cause", "cause"): "listed",
    ("place_hold", "reason"): "inside",
    ("ship_return", "carrier"): "free",
    ("join", "reason"): "inside",
    ("unlink", "reason"): "inside",
    ("leave_campaign", "reason"): "inside",
    ("signal", "signal"): "inside",
    ("report_to_authority", "authority"): "listed",
    ("hand_over", "queue"): "inside",
    ("annul", "reason"): "free",
    ("recuse", "reason"): "inside",
    ("remove_party", "reason"): "free",
    ("replace_party", "reason"): "free",
}
"""By command and field: how a code goes while somebody is reported in secret. ``free``: any word, which the parties read;
``listed``: of a list of the pack or of ours; ``by_two``: a second person looks at it, or it is refused."""
PLAIN = frozenset({
    "other", "mistaken", "succession", "resumed", "duplicate", "resolved", "no_answer", "more_time", "new_evidence", "fault",
    "bias", "error", "holiday", "document", "photo", "receipt", "identity",
})  # fmt: skip
"""What a free code may say in a case that is tied to one in which somebody is reported in secret: it tells nothing of it."""


def words_barred(case: Case) -> bool:
    """Whether no text of one person goes out of the team: somebody is reported in secret here, or in another case that this one
    is tied to, or that whoever speaks has worked on.
    """
    return reported_in_secret(case) or case.words_by_two


def check(case: Case, command: c.Command, context: DecisionContext) -> None:
    """Refuses what one person would have somebody outside the team read, unless two have agreed on these very words."""
    if context.actor is None or context.actor.role in (*_PARTIES, "system") or not words_barred(case):
        return
    if _telling_code(case, command):
        raise tipping_off(case, "The parties read it: leave it as it is, and write a note.", "one_person")
    _check_codes(case, command)
    for field in text_fields(type(command)):
        value = getattr(command, field)
        if value is None or not _is_word(case, command, field) or not _leaves(case, command, context):
            continue
        if not isinstance(value, Prose) or value.digest not in case.words_agreed:
            said = (
                f"'{field}' is in the words of one person. Say it by 'disclose' with text and reasons, which a second person "
                "tells; or leave it out."
            )
            raise tipping_off(case, said, "one_person")


def _check_codes(case: Case, command: c.Command) -> None:
    """Refuses any word that one person would have the parties read as a code. In the case of the report nobody reads it."""
    for (kind, field), how in CODES.items():
        value = getattr(command, field) if kind == command.type else None
        if how != "free" or value is None or value in PLAIN or _hidden(case, command, field):
            continue
        said = f"The parties read '{field}': say one of {', '.join(sorted(PLAIN))}, and the rest in a note."
        raise tipping_off(case, said, "one_person")


def _hidden(case: Case, command: c.Command, field: str) -> bool:
    """Whether the parties do not read a code here: in the case of the report, or as what the pack lists."""
    if field == "evidence_type":
        return getattr(command, field) in case.terms.evidence_types
    return field == "reason" and reported_in_secret(case)


def _is_word(case: Case, command: c.Command, field: str) -> bool:
    """Whether a text would be read if it were written. What is hidden in the case of the report is not in another one, where no
    fact tells from when on: there somebody writes it who has no part in that case."""
    how = TEXTS.get((command.type, field), "word")
    if how != "hidden" or reported_in_secret(case):
        return how == "word"
    # Of a measure against somebody who knows of no case nobody outside reads why.
    return case.is_disclosed or command.type not in ("impose_interim", "review_interim")


def _leaves(case: Case, command: c.Command, context: DecisionContext) -> bool:
    """Whether a word goes to anybody beside the team."""
    match command:
        case c.Message():
            return addressed(case, context.actor, command.to) != "desk"
        case c.SubmitEvidence():
            return evidence_for(case, command, context.actor) == "shared"
        case _:
            return True


def _telling_code(case: Case, command: c.Command) -> bool:
    match command:
        case Retarget(category=str() as category) | Split(category=str() as category):
            return category != case.category
        case c.AddParty():
            return command.party.role == "authority"
        case c.ReplaceParty():
            return command.by_party.role == "authority"
        case _:
            return False


def unsaid(case: Case, recording: f.Recording) -> frozenset[str]:
    """Fields of a fact that no party reads: one person of the team wrote them by themselves while somebody was reported in
    secret, be it why a measure stays or ends, why a clock got more time, or why the case was closed or taken up again.
    """
    fact, role = recording.fact, recording.actor.role
    if role in _PARTIES or fact.type in _BY_TWO or not _in_secret(case, recording.seq):
        return frozenset()
    names = frozenset(text_fields(type(fact)))
    if names and all(text.digest in case.words_agreed for text in text_of(fact)):
        names = frozenset()
    return names | {"reason"} if fact.type in _REASONED and role != "system" else names


def _in_secret(case: Case, seq: int) -> bool:
    return any(first <= seq and (last is None or seq < last) for first, last in case.reported_spans)


def agreed_words(case: Case, text: Prose | None) -> tuple[str, ...]:
    """The words, by digest, that two persons have agreed on once they tell ``text``: so far, and these."""
    first = case.telling
    if (
        first is None
        or first.text is None
        or text is None
        or first.text.digest != text.digest
        or text.digest in case.words_agreed
    ):
        return case.words_agreed
    return (*case.words_agreed, text.digest)
