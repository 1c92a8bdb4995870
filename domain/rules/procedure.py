"""The steps that a pack wants done before anybody rules, and the root cause that is named before the case is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model import procedure as c
from domain.model.case import Case
from domain.model.parties import PartyUnclear
from domain.model.people import Actor
from domain.model.procedure import (
    IDENTITY_STEP,
    UNPROVEN,
    EvidenceUnknown,
    IdentityNotAsked,
    IdentityUnshown,
    ProcedureIncomplete,
    RootCauseMissing,
    RootCauseUnknown,
    StepTaken,
    StepUnknown,
)
from domain.model.refusals import NothingChanges, OwnCase, Refusal
from domain.model.remedy import Remedy
from domain.model.ruling import RemedyNotAllowed
from domain.rules import appointment_times
from domain.rules.departures import asks_no_identity, steps_of, without
from domain.rules.hearing import HEARING_STEP, all_heard
from domain.rules.remedy import given_or_destroyed
from domain.rules.rule import DecisionContext, Facts
from domain.rules.topic import Topic, inside


def proves_identity(case: Case) -> bool:
    """Whether what is asked for goes to one person whose identity was proved, and to nobody else."""
    return IDENTITY_STEP in steps_of(case)


def without_identity(case: Case, side: Side) -> dict[str, Any]:
    """What becomes of the steps when another person asks: who the one was says nothing of who the other is.

    The controller answers the person whose data it is, and asks again who that is where it may doubt it: Regulation (EU)
    2016/679, articles 5(1)(f) and 12(6).
    """
    if side is not Side.CLAIMANT or not proves_identity(case):
        return {}
    return {"steps": tuple(done for done in case.steps if done.step != IDENTITY_STEP)}


def _several_ask(case: Case) -> Refusal | None:
    several = case.principals(Side.CLAIMANT)
    if not proves_identity(case) or len(several) < 2:
        return None
    said = "Several have asked, and each is answered alone, once they have shown who they are: split the case, remove the others."
    return PartyUnclear(said, principals=[p.id for p in several])


def check_identity(case: Case, remedies: tuple[Remedy, ...], ground: str | None) -> None:
    """Refuses to give what was asked for to anybody but the one whose identity was proved, and to refuse for want of such a proof
    what the law gives without one."""
    if ground == UNPROVEN and asks_no_identity(case):
        said = "Nobody has to show who they are to ask for this, so it is not refused because they did not."
        raise IdentityNotAsked(said, category=case.category)
    asking = {p.id for p in case.principals(Side.CLAIMANT)}
    if proves_identity(case) and any(x.party is not None and x.party not in asking for x in remedies):
        raise RemedyNotAllowed("It goes to whoever asked and has shown who they are, and to nobody else.", because="identity")


def missing_steps(case: Case) -> tuple[str, ...]:
    """Steps that were neither done nor left out with a reason, in the pack's order."""
    taken = {done.step for done in case.steps} | without(case)
    return tuple(step for step in steps_of(case) if step not in taken)


def refusal_of_ruling(case: Case, actor: Actor | None = None) -> Refusal | None:
    """Why nobody may rule yet; None when the procedure was followed and the root cause is named where it has to be.

    That the sides were heard is asked of a ruling by which somebody loses: :func:`check_hearing`.
    """
    if (refusal := appointment_times.refusal_of_deciding(case) or _several_ask(case)) is not None:
        return refusal
    steps = missing_steps(case)
    missing = tuple(step for step in steps if step != HEARING_STEP or not case.terms.hear)
    cause = case.terms.root_cause_needed and case.root_cause is None
    # All that is missing is said at once: nobody does one thing to learn of the next.
    heard = f" Before a ruling by which somebody loses: {HEARING_STEP}." if case.terms.hear and HEARING_STEP in steps else ""
    if missing:
        return _incomplete(missing, (" Name the root cause, too." if cause else "") + heard)
    if cause:
        return RootCauseMissing(f"Name the root cause first.{heard}", allowed=list(case.terms.root_causes))
    return None


def check_hearing(case: Case, losers: frozenset[Side]) -> None:
    """Refuses a ruling by which somebody loses while the step that says that the sides were heard is not done."""
    if losers and case.terms.hear and HEARING_STEP in missing_steps(case):
        raise _incomplete((HEARING_STEP,))


def _incomplete(missing: tuple[str, ...], more: str = "") -> ProcedureIncomplete:
    detail = f"Do these steps first, or leave them out with a reason: {', '.join(missing)}.{more}"
    return ProcedureIncomplete(detail, missing=list(missing))


def why_approval(case: Case, decider: Actor, remedies: tuple[Remedy, ...] = ()) -> str | None:
    """Why a second person has to agree to a ruling: a step was left out by whoever rules, by one of their line, or by whoever had
    a hand in naming them. Hearing the sides, and seeing who it is that asks for data, is nobody's to leave out alone; nor to say,
    by a word and nothing else, of somebody to whom data go or whose data are erased.

    Whoever left it out could hand the case to somebody who does as they say. Regulation (EU) 2016/679, article 12(6). Whoever
    took the case themselves, and is of another line, has looked at it as a second one.
    """
    if not case.terms.has(Phase.APPROVAL):
        return None
    always = {IDENTITY_STEP, *((HEARING_STEP,) if case.terms.hear else ())}
    named = {decider.id, *(case.named_by if case.owner == decider.id else ())}
    by = {*named, *decider.superiors}
    found = any(x.step in always or x.by in by or not named.isdisjoint(x.superiors) for x in _left_out(case))
    return "step_skipped" if found else "identity_by_word" if _by_word(case, remedies) else None


def _left_out(case: Case) -> tuple[StepTaken, ...]:
    return tuple(step for step in case.steps if step.how == "skipped")


def _by_word(case: Case, remedies: Iterable[Remedy]) -> tuple[StepTaken, ...]:
    """The proof of identity, where it is a word alone and something is handed out or destroyed on it: as if it was left out.

    Regulation (EU) 2016/679, articles 12(6) and 32: who reads a file over the telephone to somebody whom one person "knew".
    """
    told = tuple(step for step in case.steps if step.by_word)
    return told if told and given_or_destroyed(case.terms, remedies) else ()


def check_approver(case: Case, actor: Actor) -> None:
    """Refuses to be the second person over what oneself, or somebody of one's line, has left out. Whoever ruled may have done as
    they said: Regulation (EU) 2016/679, articles 12(6) and 32."""
    draft = case.ruling
    for step in (*_left_out(case), *_by_word(case, draft.remedies if draft is not None else ())):
        if step.by in {actor.id, *actor.superiors} or actor.id in step.superiors:
            how = f"said '{step.step}' by a word alone" if step.by_word else f"left '{step.step}' out"
            said = f"You, or somebody of your line, {how}: another lead, or it is done after all."
            raise OwnCase(said, because="left_it_out", step=step.step)


def _complete(case: Case, command: c.CompleteStep, context: DecisionContext, at: datetime) -> Facts:
    before = {step: _taken(case, step) for step in command.named}
    if IDENTITY_STEP in before and (several := _several_ask(case)) is not None:
        raise several
    unknown = [piece for piece in command.evidence if piece not in case.handed_in]
    if unknown:
        raise EvidenceUnknown("This case has no such evidence.", evidence=unknown)
    if IDENTITY_STEP in before:
        _check_shown(case, command)
    by_word = IDENTITY_STEP in before and not _shown(case, command, before[IDENTITY_STEP])
    if HEARING_STEP in before and (unheard := all_heard(case, at)) is not None:
        # Whatever else is done is noted; that somebody was heard who was not, never.
        del before[HEARING_STEP]
        if not any(_is_news(taken, command.evidence, by_word) for taken in before.values()):
            raise unheard.refusal()
    news = tuple(step for step, taken in before.items() if _is_news(taken, command.evidence, by_word))
    if not news:
        raise NothingChanges("This is done already; add evidence to it, or go on.", step=command.named[0])
    return tuple(
        f.StepCompleted(
            step=step,
            evidence=command.evidence,
            reasons=command.reasons,
            by_word=by_word and step == IDENTITY_STEP,
        )
        for step in news
    )


def _check_shown(case: Case, command: c.CompleteStep) -> None:
    """Refuses to say that somebody is who they say they are by a tick alone: a proof is in the file, or how it was seen is said.

    Whoever answers can show it: Regulation (EU) 2016/679, articles 5(2) and 12(6).
    """
    if not command.evidence and command.reasons is None and not _shown(case, command, None):
        said = "Name the evidence that shows who they are, or say in the reasons how it was checked; or ask them (ask_identity)."
        raise IdentityUnshown(said, step=IDENTITY_STEP)


def _shown(case: Case, command: c.CompleteStep, before: StepTaken | None) -> bool:
    """Whether something that came from outside the team shows it: a piece of evidence, or the answer to a question who they are.
    A paper that the team wrote itself is its word once more."""
    came = max((p.since for p in case.principals(Side.CLAIMANT) if p.since is not None), default=case.opened_at)
    # Who answered in another's place has shown who they are, and nothing of whoever asks now.
    mine = (x for x in case.settled_requests if x.id in case.identity_requests and (x.settled_at or came) >= came)
    answered = any(x.state == "answered" for x in mine)
    was = before is not None and before.how == "done" and not before.by_word
    return was or answered or bool(set(command.evidence) - set(case.own_papers))


def _is_news(taken: StepTaken | None, evidence: tuple[str, ...], by_word: bool) -> bool:
    if taken is None or taken.how != "done" or set(evidence) - set(taken.evidence):
        return True
    # What was a word alone is shown now.
    return taken.by_word and not by_word


def _skip(case: Case, command: c.SkipStep, context: DecisionContext, at: datetime) -> Facts:
    if _taken(case, command.step) is not None:
        raise NothingChanges("This step was done or left out already.", step=command.step)
    return (f.StepSkipped(step=command.step, reasons=command.reasons),)


def _taken(case: Case, step: str) -> StepTaken | None:
    # What a category goes without may be noted all the same, where somebody did it.
    if step not in case.terms.procedure:
        allowed = list(case.terms.procedure)
        raise StepUnknown(f"The procedure of a {case.kind} has: {', '.join(allowed)}.", step=step, allowed=allowed)
    return next((done for done in case.steps if done.step == step), None)


def _name(case: Case, command: c.NameRootCause, context: DecisionContext, at: datetime) -> Facts:
    allowed = list(case.terms.root_causes)
    if command.cause not in allowed:
        raise RootCauseUnknown(f"Root causes of a {case.kind}: {', '.join(allowed)}.", cause=command.cause, allowed=allowed)
    if command.cause == case.root_cause and command.insight is None:
        raise NothingChanges("This root cause is named already.", cause=command.cause)
    return (f.RootCauseNamed(cause=command.cause, insight=command.insight),)


def _step_completed(case: Case, rec: f.Recording, fact: f.StepCompleted) -> dict[str, Any]:
    before = next((step.evidence for step in case.steps if step.step == fact.step), ())
    evidence = tuple(dict.fromkeys((*before, *fact.evidence)))
    done = StepTaken(step=fact.step, how="done", by=rec.actor.id, at=rec.at, evidence=evidence)
    if fact.by_word:
        done = done.model_copy(update={"by_word": True, "manager": rec.actor.manager, "above": rec.actor.above})
    return _with(case, done)


def _step_skipped(case: Case, rec: f.Recording, fact: f.StepSkipped) -> dict[str, Any]:
    actor = rec.actor
    return _with(case, StepTaken(step=fact.step, how="skipped", by=actor.id, at=rec.at, manager=actor.manager, above=actor.above))


def _with(case: Case, taken: StepTaken) -> dict[str, Any]:
    return {"steps": (*(step for step in case.steps if step.step != taken.step), taken)}


def _root_cause_named(case: Case, rec: f.Recording, fact: f.RootCauseNamed) -> dict[str, Any]:
    return {"root_cause": fact.cause}


def _refusal_of_step(case: Case, actor: Actor) -> Refusal | None:
    return None if case.terms.procedure else StepUnknown("This kind of case has no procedure.", allowed=[])


def _refusal_of_cause(case: Case, actor: Actor) -> Refusal | None:
    if case.terms.root_causes:
        return None
    return RootCauseUnknown("This kind of case has no root causes to choose from.", allowed=[])


_HOW_THE_TEAM_WORKS = inside("How the team works a matter out is its own; the ruling says what came of it.")

TOPIC = Topic(
    rules={"complete_step": _complete, "skip_step": _skip, "name_root_cause": _name},
    changes={
        "step_completed": _step_completed,
        "step_skipped": _step_skipped,
        "root_cause_named": _root_cause_named,
    },
    refuses={
        "rule": refusal_of_ruling,
        "complete_step": _refusal_of_step,
        "skip_step": _refusal_of_step,
        "name_root_cause": _refusal_of_cause,
    },
    known_to={
        "step_completed": _HOW_THE_TEAM_WORKS,
        "step_skipped": _HOW_THE_TEAM_WORKS,
        "root_cause_named": _HOW_THE_TEAM_WORKS,
    },
)
