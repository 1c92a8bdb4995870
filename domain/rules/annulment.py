"""Somebody else decides: a told ruling that is set aside, a person who says that they cannot decide a case, and reasons for which
whoever decided before stays out with their line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.base import Outcome, Phase
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import Actor
from domain.model.prose import Prose
from domain.model.refusals import NothingChanges, OwnCase, Refusal, TooLate
from domain.model.ruling import NothingToAnnul
from domain.rules import returns, sanctions
from domain.rules.audiences import Audience
from domain.rules.fairness import ABOUT_DECIDERS, deciders_out, goes_along, in_conflict, set_aside_by
from domain.rules.phases import reopened_afresh
from domain.rules.rights import standing
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.ruling import undo_all
from domain.rules.topic import NoticeData, Topic, everybody, inside


def annul(case: Case, command: c.Annul, context: DecisionContext, at: datetime) -> Facts:
    """The ruling in force no longer is: what it brought about is undone, and the matter goes back to review, to somebody else."""
    until = (case.closed_at or at) + case.terms.reopen_for
    if case.phase is Phase.CLOSED and at > until:
        raise TooLate("The window for taking this case up again is over.", until=until.isoformat())
    ruling = standing(case)
    assert ruling is not None, "it is refused without one"
    about = command.reason in ABOUT_DECIDERS
    annulled = f.RulingAnnulled(ruling_id=ruling.id, reason=command.reason, reasons=command.reasons, about_deciders=about)
    goods = returns.after_ruling(case, ruling.id, ())
    undone = undo_all(case, command.id, "ann")
    back: Facts = (f.PhaseEntered(phase=Phase.REVIEW, reason="annulled"),)
    if case.phase is Phase.CLOSED:
        back = (f.CaseReopened(reason="annulled"), f.PhaseEntered(phase=Phase.REVIEW, reason="reopened"))
    out = deciders_out(case, command.id, command.by) if about else ()
    return (annulled, *sanctions.void_all(case, "annulled"), *undone, *goods, *back, *out)


def _refusal_of_annulment(case: Case, actor: Actor) -> Refusal | None:
    last = standing(case)
    if last is None or last.elsewhere or last.annulled_at is not None:
        return NothingToAnnul("No ruling of this case is in force.")
    if case.phase is Phase.CLOSED and case.outcome is not Outcome.RULED:
        return NothingToAnnul("The case has ended, or goes on, by something else than a ruling.")
    if in_conflict(case, actor):
        return OwnCase("You stand close to a party; another lead or ops has to look at it.", because="conflict")
    if (close := set_aside_by(case, actor)) is not None:
        # Else one person would set aside whatever is decided until it is what they want.
        return OwnCase(
            "You, or whoever you report to, set a ruling of it aside already; another lead or ops has to.", because=close
        )
    if any(actor.id == part.person for part in case.involved):
        return OwnCase("You had a part in it; another lead or ops has to look at it.", because="earlier_part")
    if any(part.person in actor.superiors for part in case.involved):
        return OwnCase("You report to somebody who had a part in it; another lead or ops has to.", because="reports_to_earlier")
    return None


def recuse(case: Case, command: c.Recuse, context: DecisionContext, at: datetime) -> Facts:
    """Whoever could decide the case says that they cannot."""
    return (
        *stays_out(case, command.by, command.reason, command.reasons),
        *goes_along(case, (command.by,), command.id, command.by),
    )


def of_one_matter(case: Case, people: Sequence[str]) -> Facts:
    """Whoever cannot decide a case (see :func:`domain.rules.fairness.partial`) does not decide another one of the matter: whether
    that one is free of it does not hang on the number of the file (European Convention on Human Rights, article 6(1))."""
    return tuple(fact for one in people if one not in case.recused for fact in stays_out(case, one, "duplicate"))


def stays_out(case: Case, person: str, reason: str, reasons: Prose | None = None) -> Facts:
    """Somebody does not decide the case: a draft of theirs goes back, and so does the case.

    What they approved goes back as well: the second look was by somebody who could not give it.
    """
    recused = f.CaseRecused(person=person, reason=reason, reasons=reasons)
    untold = case.ruling if case.phase in (Phase.APPROVAL, Phase.RULED) else None
    drafted = untold is not None and untold.decider == person
    back: Facts = ()
    if untold is not None and person in (untold.decider, untold.approved_by):
        phase = Phase.REVIEW if untold.decision == "rule" else Phase.APPEAL
        back = (f.RulingRetracted(ruling_id=untold.id), f.PhaseEntered(phase=phase, reason="retracted", goes_on="paused"))
    queued = (f.CaseQueued(queue=case.queue, reason="recused"),) if case.open and (case.owner == person or drafted) else ()
    return (recused, *back, *queued)


def _refusal_of_recusal(case: Case, actor: Actor) -> Refusal | None:
    return NothingChanges("You have said so already.") if actor.id in case.recused else None


def _case_recused(case: Case, rec: f.Recording, fact: f.CaseRecused) -> Change:
    return {"recused": (*case.recused, fact.person)}


def _ruling_annulled(case: Case, rec: f.Recording, fact: f.RulingAnnulled) -> Change:
    over = {"annulled_at": rec.at, "annulled_by": rec.actor.id}
    rulings = tuple(ruling.model_copy(update=over) if ruling.id == fact.ruling_id else ruling for ruling in case.rulings)
    return {"rulings": rulings, "appellants": (), "heard": (), **reopened_afresh(case, fact.about_deciders)}


def _said(case: Case, fact: f.RulingAnnulled, audience: Audience) -> NoticeData:
    return NoticeData({"reason": fact.reason, "ruling_id": fact.ruling_id}, {"reasons": fact.reasons})


TOPIC = Topic(
    rules={"annul": annul, "recuse": recuse},
    changes={"ruling_annulled": _ruling_annulled, "case_recused": _case_recused},
    refuses={"annul": _refusal_of_annulment, "recuse": _refusal_of_recusal},
    known_to={
        "ruling_annulled": everybody("Both were told the ruling, so both are told that it stands no more, and why.", "news"),
        "case_recused": inside("Who of the team has a case, and who cannot have it, is the team's."),
    },
    said={
        "ruling_annulled": _said,
        "case_recused": lambda case, fact, audience: NoticeData({"reason": fact.reason}, {"reasons": fact.reasons}),
    },
)
