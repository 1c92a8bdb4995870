"""When the respondent learns of a case. Until they are told, there is no case for them: no view, no letter, no clock.

Their whole side is told at once. What came before stays with the desk: they see the report as far as it was disclosed to them,
the measures that hit them, and what happens from then on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.disclosure import AlreadyDisclosed, CaseDisclosed, Disclose, NotDisclosed
from domain.model.evidence import PartyNotAsked
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.model.ruling import Ruling
from domain.rules import hearing, losses
from domain.rules.audiences import Audience
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, everybody

_SHOWN_OF_BEFORE = frozenset({"case_opened", "interim_imposed", "interim_reviewed", "interim_ended"})
"""What whoever was told later sees of the time before."""
_SHOWN_TO_NEWCOMERS = _SHOWN_OF_BEFORE | {"case_disclosed", "phase_entered", "ruling_issued"}
"""What whoever came later sees of the time before: the report, how far it has come, and what was decided."""


def _disclose(case: Case, command: Disclose, context: DecisionContext, at: datetime) -> Facts:
    if not case.side_parties(Side.RESPONDENT):
        raise PartyNotAsked("There is nobody on the side of the respondent to tell.", of=Side.RESPONDENT.value)
    return (CaseDisclosed(text=command.text, with_statement=command.with_statement),)


def along(case: Case, because: Literal["asked", "ruling", "latest_date"]) -> tuple[CaseDisclosed, ...]:
    """The fact that tells the respondent of the case by something else that happens; none where they know, or nobody is there."""
    if case.is_disclosed or not case.side_parties(Side.RESPONDENT):
        return ()
    return (CaseDisclosed(because=because),)


def check_told(case: Case, lost: frozenset[Side]) -> None:
    """Refuses a ruling against somebody who was not heard, or was not even told, where the pack wants them heard.

    Where it does not, they learn of the case with the ruling (:func:`along`).
    """
    hearing.check(case, lost)
    if not case.is_disclosed and Side.RESPONDENT in case.terms.hear and Side.RESPONDENT in lost:
        raise NotDisclosed("The respondent has not been told of the case: disclose it before they can lose by a ruling.")


def by_ruling(case: Case, ruling: Ruling, rights: tuple[f.AppealRight, ...]) -> tuple[CaseDisclosed, ...]:
    """The fact by which the respondent learns of the case with a ruling that takes something from them, or that they may appeal
    against; of any other they learn nothing."""
    outcome = case.terms.outcome(ruling.outcome)
    loses = outcome is not None and Side.RESPONDENT in losses.losers(case, outcome, ruling.remedies)
    may = any(right.side is Side.RESPONDENT and right.allowed for right in rights)
    return along(case, "ruling") if loses or may else ()


def seen_of_before(case: Case, recording: f.Recording) -> bool:
    """Whether a respondent may see something, if it happened before they were told."""
    return recording.seq >= case.disclosed_seq or recording.fact.type in _SHOWN_OF_BEFORE


def before_they_came(case: Case, recording: f.Recording, party_id: str) -> bool:
    """Whether something was said before somebody came who reads along only from then on."""
    party = case.party(party_id)
    return party is not None and recording.seq < party.sees_seq and recording.fact.type not in _SHOWN_TO_NEWCOMERS


def _case_disclosed(case: Case, rec: f.Recording, fact: CaseDisclosed) -> Change:
    return {"disclosed_at": rec.at, "disclosed": fact, "disclosed_seq": rec.seq}


def _refusal_of_disclosing(case: Case, actor: Actor) -> Refusal | None:
    return AlreadyDisclosed("The respondent knows of the case already.") if case.is_disclosed else None


def _said(case: Case, fact: CaseDisclosed, audience: Audience) -> NoticeData:
    if audience == "claimant":
        return NoticeData()
    asked = next((one.what for one in case.requests if one.of is Side.RESPONDENT and one.party is None), None)
    said: dict[str, Any] = {"because": fact.because}
    return NoticeData(said, {"text": fact.text, "what": asked if audience == "respondent" else None})


TOPIC = Topic(
    rules={"disclose": _disclose},
    changes={"case_disclosed": _case_disclosed},
    refuses={"disclose": _refusal_of_disclosing},
    known_to={
        "case_disclosed": everybody(
            "The respondent learns of the case by it; whoever reported it has to know from when on they may be asked about it.",
            "news",
        ),
    },
    said={"case_disclosed": _said},
)
