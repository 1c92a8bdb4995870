"""When the respondent learns of a case. Until they are told, there is no case for them: no view, no letter, no clock.

Their whole side is told at once. What came before stays with the desk: they see the report as far as it was disclosed to them,
the measures that hit them, and what happens from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.disclosure import (
    AlreadyDisclosed,
    CaseDisclosed,
    Disclose,
    DisclosureProposed,
    NotDisclosed,
    ProposedDisclosure,
)
from domain.model.evidence import PartyNotAsked
from domain.model.people import Actor
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy
from domain.model.ruling import Ruling
from domain.model.terms import OutcomeTerms
from domain.model.withdrawal import WithdrawalPending
from domain.rules import charge, hearing, losses
from domain.rules.audiences import Audience
from domain.rules.authorities import is_secret, tipping_off, under_order
from domain.rules.fairness import another_credential
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.told_by_two import agreed_words, words_barred
from domain.rules.topic import NoticeData, Topic, everybody, inside

LEAST_TOLD = 12
"""Characters: what is shorter tells nobody of what they are accused."""
LEAST_ASKED = 4
"""Characters of a question whose letter names the clause beside it: ``Your side?`` is one, a mere sign is none."""
_SECOND = ("lead", "ops")

_SHOWN_OF_BEFORE = frozenset({"case_opened", "interim_imposed", "interim_reviewed", "interim_ended"})
"""What whoever was told later sees of the time before."""
_SHOWN_TO_NEWCOMERS = _SHOWN_OF_BEFORE | {"case_disclosed", "phase_entered", "ruling_issued"}
"""What whoever came later sees of the time before: the report, how far it has come, and what was decided."""


def _disclose(case: Case, command: Disclose, context: DecisionContext, at: datetime) -> Facts:
    if command.to == "claimant":
        return _by_two(case, command, context)
    if not case.side_parties(Side.RESPONDENT):
        raise PartyNotAsked("There is nobody on the side of the respondent to tell.", of=Side.RESPONDENT.value)
    charge.check_known(case.terms, command.ground)
    _check_nobody_withdraws(case)
    if case.is_disclosed and command.text is None and case.telling is None:
        raise tipping_off(case, "They know of the case: say in 'text' what else they are told, and give reasons.", "text")
    if case.is_disclosed or is_secret(case):
        return _by_two(case, command, context)
    if not command.with_statement:
        check_says_what(command.text)
    return (_telling(case, command.text, command.with_statement, command.ground),)


def _telling(case: Case, text: Prose | None, with_statement: bool, ground: str | None) -> CaseDisclosed:
    return CaseDisclosed(text=text, with_statement=with_statement, charge=charge.put_by(case, ground))


def check_says_what(text: Prose | None, *, beside_clause: bool = False) -> None:
    """Refuses to tell somebody that there is a case, or to ask them by which they learn of it, and not of what: nobody has
    answered to that. Where the letter names the clause beside the question, the question itself may be short.

    European Convention on Human Rights, article 6(3)(a): informed promptly, and in detail, of the nature and cause.
    """
    if text is None or text.length < (LEAST_ASKED if beside_clause else LEAST_TOLD):
        raise NotDisclosed(
            "Say what is held against them, in a sentence: in the text that tells them, or in what you ask of them; or send the "
            "report along, in the words of whoever reported it."
        )


def _check_nobody_withdraws(case: Case) -> None:
    """Refuses to tell somebody of a report that whoever made it wants to take back, maybe for fear of them, before an answer."""
    if case.withdrawal is not None and not case.is_disclosed:
        said = "Whoever reported it wants to take it back: answer that first (accept_withdrawal, continue_of_office)."
        raise WithdrawalPending(said, request=case.withdrawal.id)


def _by_two(case: Case, command: Disclose, context: DecisionContext) -> Facts:
    """The first person proposes to tell them, a lead or ops who did not propose it does."""
    if command.to == "claimant" and case.telling is None and not words_barred(case):
        raise AlreadyDisclosed("Nobody is reported in secret here: write to them by 'message'.")
    if command.reasons is None:
        raise tipping_off(case, "Give reasons; a second person has to agree.", "reasons")
    first = case.telling
    if first is None or _other_words(first, command):
        if command.to == "claimant" and command.text is None:
            raise tipping_off(case, "Say in 'text' what they are told, and give reasons.", "text")
        told = {"text": command.text, "with_statement": command.with_statement, "to": command.to, "ground": command.ground}
        return (DisclosureProposed(reasons=command.reasons, **told),)
    if first.by == command.by or context.actor is None or context.actor.role not in _SECOND:
        raise tipping_off(case, "A lead or ops who did not propose it has to agree.", "second_person")
    another_credential(first.credential, context)
    if (case.is_disclosed or first.to == "claimant") and first.text is not None:
        return (f.MessageSent(to=first.to, text=first.text, sender="staff"),)
    return (_telling(case, first.text, first.with_statement, first.ground),)


def _other_words(first: ProposedDisclosure, command: Disclose) -> bool:
    """Whether somebody would tell them otherwise than was proposed: then these words wait for a second person in their turn."""
    anew = command.text is not None and (first.text is None or command.text.digest != first.text.digest)
    other = command.ground not in (None, first.ground)
    return anew or other or command.to != first.to or (command.with_statement and not first.with_statement)


def along(case: Case, because: Literal["asked", "ruling", "latest_date"], ground: str | None = None) -> tuple[CaseDisclosed, ...]:
    """The fact that tells the respondent of the case by something else that happens; none where they know, or nobody is there.

    Refused where they must not be told.
    """
    if case.is_disclosed or not case.side_parties(Side.RESPONDENT):
        return ()
    if because == "asked":
        _check_nobody_withdraws(case)
    if is_secret(case):
        raise tipping_off(case, "Disclose it by two persons first, with reasons.", "by_the_way")
    return (CaseDisclosed(because=because, charge=charge.put_by(case, ground)),)


def lost_on_appeal(case: Case, outcome: OutcomeTerms, remedies: tuple[Remedy, ...]) -> frozenset[Side]:
    """The sides that lose by a decision on appeal: by what takes more from them than before, and whoever may not be told by
    whatever takes something from them at all.
    """
    find = losses.losers if is_secret(case) else losses.lost_on_appeal
    return find(case, outcome, remedies)


def check_told(case: Case, lost: frozenset[Side], hit: Iterable[f.OpenedParty], at: datetime) -> None:
    """Refuses a ruling against somebody who was not heard, or was not even told, where the pack wants them heard.

    Of those who lose by it, ``hit`` are the ones who have to bear something.

    Where it does not, they learn of the case with the ruling (:func:`along`).
    """
    if Side.RESPONDENT in lost and is_secret(case) and not under_order(case):
        raise tipping_off(
            case, "Disclose it by two persons before they can lose by a ruling; freeze the money meanwhile.", "by_ruling"
        )
    hearing.check(case, lost, at)
    hearing.check_charge(case, hit)
    if not case.is_disclosed and Side.RESPONDENT in case.terms.hear and Side.RESPONDENT in lost:
        raise NotDisclosed("The respondent has not been told of the case: disclose it before they can lose by a ruling.")


def by_ruling(case: Case, ruling: Ruling, rights: tuple[f.AppealRight, ...]) -> tuple[CaseDisclosed, ...]:
    """The fact by which the respondent learns of the case with a ruling that takes something from them, or that they may appeal
    against; of any other they learn nothing. Of a case that is secret by law they learn by none."""
    if is_secret(case):
        return ()
    outcome = case.terms.outcome(ruling.outcome)
    loses = outcome is not None and Side.RESPONDENT in losses.losers(case, outcome, ruling.remedies)
    may = any(right.side is Side.RESPONDENT and right.allowed for right in rights)
    return along(case, "ruling") if loses or may else ()


def rights_told(case: Case, rights: tuple[f.AppealRight, ...]) -> tuple[f.AppealRight, ...]:
    """The rights to appeal; none of a respondent whom the law forbids to tell, and from whom such a ruling takes nothing."""
    if not is_secret(case):
        return rights
    none = {"allowed": False, "because": "nothing_lost"}
    return tuple(right.model_copy(update=none) if right.side is Side.RESPONDENT else right for right in rights)


def held_back(case: Case) -> Literal["withdrawal_pending", "reported"] | None:
    """Why the machine does not tell the respondent by itself on the last day: a person looks first."""
    if not case.is_disclosed and case.withdrawal is not None:
        return "withdrawal_pending"
    return "reported" if is_secret(case) else None


def seen_of_before(case: Case, recording: f.Recording) -> bool:
    """Whether a respondent may see something, if it happened before they were told."""
    return recording.seq >= case.disclosed_seq or recording.fact.type in _SHOWN_OF_BEFORE


def before_they_came(case: Case, recording: f.Recording, party_id: str) -> bool:
    """Whether something was said before somebody came who reads along only from then on."""
    party = case.party(party_id)
    return party is not None and recording.seq < party.sees_seq and recording.fact.type not in _SHOWN_TO_NEWCOMERS


def _case_disclosed(case: Case, rec: f.Recording, fact: CaseDisclosed) -> Change:
    return {"disclosed_at": rec.at, "disclosed": fact, "disclosed_seq": rec.seq, "telling": None, **_agreed(case, fact)}


def _agreed(case: Case, fact: CaseDisclosed) -> Change:
    return {"words_agreed": agreed_words(case, fact.text)} if case.telling is not None else {}


def _disclosure_proposed(case: Case, rec: f.Recording, fact: DisclosureProposed) -> Change:
    said = {"text": fact.text, "with_statement": fact.with_statement, "to": fact.to, "ground": fact.ground}
    return {"telling": ProposedDisclosure(by=rec.actor.id, credential=rec.credential, **said)}


def _refusal_of_disclosing(case: Case, actor: Actor) -> Refusal | None:
    told = case.is_disclosed and case.telling is None and not words_barred(case)
    return AlreadyDisclosed("The respondent knows of the case already.") if told else None


def _said(case: Case, fact: CaseDisclosed, audience: Audience) -> NoticeData:
    if audience == "claimant":
        return NoticeData()
    asked = next((one.what for one in case.requests if one.of is Side.RESPONDENT and one.party is None), None)
    said: dict[str, Any] = {"because": fact.because}
    if audience == "respondent" and (about := charge.in_words(case, fact.charge)) is not None:
        said["about"] = about
    return NoticeData(said, {"text": fact.text, "what": asked if audience == "respondent" else None})


TOPIC = Topic(
    rules={"disclose": _disclose},
    changes={"case_disclosed": _case_disclosed, "disclosure_proposed": _disclosure_proposed},
    refuses={"disclose": _refusal_of_disclosing},
    known_to={
        "case_disclosed": everybody(
            "The respondent learns of the case by it; whoever reported it has to know from when on they may be asked about it.",
            "news",
        ),
        "disclosure_proposed": inside("Nobody outside learns that there is something which the respondent must not be told."),
    },
    said={
        "case_disclosed": _said,
        "disclosure_proposed": lambda case, fact, audience: NoticeData(texts={"reasons": fact.reasons}),
    },
)
