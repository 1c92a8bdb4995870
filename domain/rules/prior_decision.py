"""A decision that was made before there was a case, and is appealed in it: who may, until when, and how the case begins with it.

The platform's own moderation decides first; the case is the appeal. So the decision made elsewhere becomes the first ruling of
the case, and all that is true of a first ruling (who may not look again, what is undone, which rights are left) follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from domain.base import Outcome, Phase, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Open
from domain.model.prior_decision import NoticeUndecided, OpenedDecision
from domain.model.remedy import Remedy
from domain.model.ruling import Effect, Involvement, Ruling
from domain.model.terms import ElsewhereTerms, Terms
from domain.rules import told_category
from domain.rules.audiences import Audience
from domain.rules.time_to_answer import time_asked_for
from domain.rules.topic import Topic, everybody
from domain.worktime.calculator import day_over, due
from domain.worktime.calendars import Calendar

MACHINE = "machine"
"""The first decider where no person decided."""
PUT_AWAY = "right_to_ask_withdrawn"
"""Why what somebody hands in is turned away for a time."""
INCOMPLETE = "notice_incomplete"
"""The gate that puts a notice before a person because it lacks what article 16(2) asks for."""
ANOTHER_NAME = "notice_by_another_name"
"""The gate behind which a notice is that is called something else, or nothing, and says all that a notice says."""
TO_BE_READ = "notice_or_complaint"
"""The gate behind which a person reads whether something is a notice: admitted, it is one."""
NO_DECISION: Final = "decision_missing"
"""Why a complaint ends that brings no decision: nobody can say what it is about."""
NOT_ANSWERED = frozenset({"ordered_by_authority"})
"""Gates behind which is no decision of the platform's own: article 20 gives no complaint against what an authority ordered."""

Times = tuple[tuple[datetime, datetime], ...]
"""From when until when, in order."""
Declined = Literal["decision_missing", "decision_unknown", "not_yours_to_appeal", "window_over", "already_appealed"]


def taken_over(command: Open) -> tuple[f.Fact, ...]:
    """The decision that the report brings, as the first ruling of the case; nothing where it brings none."""
    brought, terms = command.decision, command.terms.elsewhere
    if brought is None or terms is None:
        return ()
    known = terms.decisions.get(brought.outcome)
    author = author_side(brought.appellant)
    standing = brought.remedies or tuple(Remedy(type=name, to=author) for name in (known.remedies if known else ()))
    said = {name: getattr(brought, name) for name in f.DecisionTakenOver.model_fields if name in type(brought).model_fields}
    return (f.DecisionTakenOver(**{**said, "remedies": standing}, ruling_id=derived_id("rul", command.id)),)


def why_declined(
    command: Open,
    appealed_before: str | None,
    at: datetime,
    calendars: Mapping[str, Calendar] = MappingProxyType({}),
    barred: Times = (),
) -> Declined | None:
    """Why this appeal is not taken up; None when it is. The window is over after the last instant of the pack's span; it stands
    still while whoever complains had lost the right to (``barred``, see :func:`domain.rules.sanctions.times_withdrawn`)."""
    terms, brought = command.terms.elsewhere, command.decision
    if terms is None:
        return None
    if brought is None:
        # What a gate puts before a person is not turned away by a machine: they read what it is.
        read = command.routing.decision == "triage"
        return None if read or command.category in terms.first_instance else "decision_missing"
    known = terms.decisions.get(brought.outcome)
    if known is None:
        return "decision_unknown"
    if known.appealed_by not in (brought.appellant, "either"):
        return "not_yours_to_appeal"
    if _window_over(terms, brought, at, calendars.get(command.terms.calendar or ""), barred):
        return "window_over"
    return "already_appealed" if appealed_before is not None else None


def hits_whoever_complains(command: Open) -> bool:
    """Whether the report brings a decision that was made against whoever sends it."""
    return command.terms.elsewhere is not None and command.decision is not None and command.decision.appellant == "author"


def may_be_notice(command: Open) -> bool:
    """Whether a report brings no decision in a kind that decides notices first: then it says something of somebody else."""
    terms = command.terms.elsewhere
    return terms is not None and bool(terms.first_instance) and command.decision is None


def first_instance(case: Case) -> bool:
    """Whether nobody had decided about it before it came: a notice of illegal content, say (Digital Services Act, article 16)."""
    terms = case.terms.elsewhere
    before = case.rulings and case.rulings[0].elsewhere
    return terms is not None and not before and (case.category in terms.first_instance or named_otherwise(case))


def is_notice(case: Case) -> bool:
    """Whether it came as a notice that is decided here first, whatever it was called later."""
    terms = case.terms.elsewhere
    before = bool(case.rulings) and case.rulings[0].elsewhere
    known = terms is not None and bool({case.category, *case.filed_as} & {*terms.first_instance})
    return terms is not None and not before and (known or named_otherwise(case))


def named_otherwise(case: Case) -> bool:
    """Whether it is a notice by what it says and not by its name: it has the elements of article 16(2), it is about the sexual
    abuse of a child, or a person has read it and let it through as one."""
    if case.terms.elsewhere is None or not case.terms.elsewhere.first_instance:
        return False
    read = case.phase is not Phase.INTAKE and case.outcome is not Outcome.DECLINED
    return case.gate in (INCOMPLETE, ANOTHER_NAME) or (_has_to_be_read(case) and read)


def _has_to_be_read(case: Case) -> bool:
    """Whether it brings no decision, and only somebody who reads it can say whether it is a notice."""
    unknown = told_category.is_unknown(case) and case.gate not in NOT_ANSWERED
    return (case.gate == TO_BE_READ or unknown) and not (bool(case.rulings) and case.rulings[0].elsewhere)


def opens_in_now(case: Case) -> Phase:
    """In which phase the case goes on that a person lets in: what they have read as a notice is decided here first."""
    gate = TO_BE_READ if _has_to_be_read(case) else case.gate
    return opens_in(case.terms, case.category, decided=bool(case.rulings), gate=gate)


def said_of_notice(case: Case, audience: Audience) -> dict[str, bool]:
    """To a side a notice is called one: nobody has appealed against anything yet."""
    return {"notice": True} if audience in ("claimant", "respondent") and is_notice(case) else {}


def unanswered(case: Case, *, closing: bool) -> NoticeUndecided | None:
    """Why nobody of the team puts this notice or complaint away; None: they may, or somebody has decided.

    Whoever sends a notice is told of a decision that they can complain of (Regulation (EU) 2022/2065, articles 16(5), (6) and
    20(1)), and whoever complains is answered with reasons (article 20(4) and (5)). A notice is one whatever it is called later.
    One that lacks what article 16(2) asks for is declined by a person while whoever sent it says nothing more; nor is there a
    complaint against what an authority ordered.
    """
    if case.terms.elsewhere is None:
        return None
    if not case.rulings and is_notice(case):
        lacking = case.gate == INCOMPLETE and case.phase is Phase.INTAKE and not case.spoke_since
        if lacking and not closing:
            return None
        return NoticeUndecided(
            "It is a notice: admit it and decide it by 'rule' ('keep', where nothing is to be done), with reasons and the route "
            "of complaint. It can be merged into another case of the same matter, and whoever sent it can take it back."
        )
    if closing or not undecided(case) or case.gate in NOT_ANSWERED:
        return None
    return NoticeUndecided(
        "It is a complaint about a decision: admit it and answer it by 'decide_appeal' with reasons and the route of complaint, "
        "however few words it has; or whoever complained takes it back."
    )


def unread(case: Case, at: datetime, calendars: Mapping[str, Calendar], *, closing: bool) -> NoticeUndecided | None:
    """Why one person alone does not put away what may be a notice, as one says who has read it; None: it is none, or whoever sent
    it was asked and says nothing more, as of a notice that lacks something.

    A notice is one whatever it is called (Regulation (EU) 2022/2065, article 16(1) and (2)), and who sends one is told of a
    decision that they can complain of.
    """
    first = case.terms.elsewhere.first_instance if case.terms.elsewhere is not None else ()
    if not first or case.rulings or case.phase is not Phase.INTAKE or is_notice(case) or not _has_to_be_read(case):
        return None
    asked_at = next((talk.last_at for talk in case.caucus if talk.side is Side.CLAIMANT), None)
    silent = asked_at is not None and not case.spoke_since
    if silent and asked_at is not None and not closing and at >= time_asked_for(case, Side.CLAIMANT, asked_at, calendars):
        return None
    return NoticeUndecided(
        "It may be a notice of something illegal: admit it as one, or ask whoever sent it by 'message' which decision they mean, "
        f"and wait until their time to answer is over. What is none at all two of the team end by the reason '{NO_DECISION}'."
    )


def check_completed(case: Case, at: datetime, calendars: Mapping[str, Calendar]) -> None:
    """Refuses to turn away a notice for what it lacks before whoever sent it was asked for that and had their time to say it
    (Regulation (EU) 2022/2065, article 16(2): it is made easy to say all that a notice has to say).

    Raises NoticeUndecided, with the instant from which on it can be declined where they were asked.
    """
    if case.rulings or not is_notice(case) or case.gate != INCOMPLETE or case.phase is not Phase.INTAKE:
        return
    asked_at = next((talk.last_at for talk in case.caucus if talk.side is Side.CLAIMANT), None)
    if asked_at is None:
        raise NoticeUndecided(
            "It is a notice that lacks something: ask whoever sent it for that, by 'message' to the claimant; admit it where it "
            "can be decided all the same. While nothing comes it can be declined once their time to answer is over."
        )
    until = time_asked_for(case, Side.CLAIMANT, asked_at, calendars)
    if at < until:
        raise NoticeUndecided(
            "Whoever sent the notice was asked for what it lacks and still has time to answer: wait until then, or admit it.",
            until=until.isoformat(),
        )


def opens_in(terms: Terms, category: str, *, decided: bool, gate: str | None = None) -> Phase:
    """In which phase a case begins: as its pack says, but for what is decided here first in a kind that hears appeals."""
    hears = terms.elsewhere is not None and not decided
    first = terms.elsewhere.first_instance if terms.elsewhere is not None else ()
    notice = category in first or (bool(first) and gate in (INCOMPLETE, ANOTHER_NAME, TO_BE_READ))
    return Phase.REVIEW if hears and notice else terms.opens_in


def _window_over(terms: ElsewhereTerms, brought: OpenedDecision, at: datetime, calendar: Calendar | None, barred: Times) -> bool:
    """Whether it comes too late: counted from when they were told (Regulation (EU) 2022/2065, article 20(2)).

    Where the pack says so, to the last hour of the last day, which moves from a closed day to the next open one (Regulation
    (EEC, Euratom) No 1182/71, article 3(2)(c) and (4)). The time in which nothing of theirs was processed does not count: a
    suspension puts the processing off (article 23(2)) and ends no right.
    """
    told_at = brought.informed_at or brought.effective_at
    over_at = _over_at(terms, told_at, calendar)
    for began_at, ended_at in barred:
        if over_at is not None and began_at < over_at and told_at < ended_at:
            told_at += ended_at - max(began_at, told_at)
            over_at = _over_at(terms, told_at, calendar)
    if over_at is None:
        return False
    return at >= over_at if terms.whole_days else at > over_at


def _over_at(terms: ElsewhereTerms, told_at: datetime, calendar: Calendar | None) -> datetime | None:
    """When the window is over for somebody who was told at this instant."""
    if not terms.whole_days:
        return due(None, told_at, terms.window)
    last = due(calendar, told_at, terms.window, roll=True)
    return day_over(calendar, last) if last is not None else None


def author_side(appellant: Literal["author", "reporter"]) -> Side:
    """The side of whoever wrote what was decided about: whoever appeals is the claimant."""
    return Side.CLAIMANT if appellant == "author" else Side.RESPONDENT


def side_of(case: Case, loser: str) -> Side:
    """The side that a pack means by ``claimant``, ``respondent``, ``author`` or ``reporter``."""
    if loser in ("author", "reporter"):
        author = case.author or Side.RESPONDENT
        return author if loser == "author" else author.other
    return Side(loser)


def said_of_declined(case: Case, reason: str | None) -> dict[str, Any]:
    """Where else whoever is turned away can go (Regulation (EU) 2022/2065, article 20(5)), and that their time stands still while
    what they hand in is put away."""
    if case.terms.elsewhere is None:
        return {}
    routes = list(case.terms.complaint_routes) if "complaint_route" in case.terms.appeal_needs else []
    later = {"again_later": True, "window_waits": bool(case.rulings)} if reason == PUT_AWAY else {}
    return {**({"complaint_routes": routes} if routes else {}), **later}


def undecided(case: Case) -> bool:
    """Whether nobody here has decided yet about the decision that was taken over."""
    return len(case.rulings) == 1 and case.rulings[0].elsewhere


def undecided_end(case: Case) -> Outcome | None:
    """How an appeal ended that nobody has decided; None where somebody has, or it runs.

    It does not use the right up: whoever is told of a decision may have it looked at for six months, and that ends with a
    reasoned answer (Digital Services Act, article 20(1), (4) and (5)). Taken back it comes again once, closed by the platform
    always.
    """
    decided = any(not ruling.elsewhere and ruling.decision != "remit" for ruling in case.rulings)
    return case.outcome if not decided else None


def by_hand(case: Case, effects: Iterable[f.EffectOrdered]) -> tuple[f.EffectReported, ...]:
    """What of it no command undoes (the pack's ``by_hand``): it stands among the things that need somebody's hands."""
    lost = (e for e in effects if e.reverses is not None and e.remedy.type in case.terms.by_hand)
    return tuple(f.EffectReported(effect_id=e.effect_id, result="needs_hands", note="undone_by_hand") for e in lost)


def _decision_taken_over(case: Case, rec: f.Recording, fact: f.DecisionTakenOver) -> dict[str, Any]:
    ruling = Ruling(
        id=fact.ruling_id,
        decider=fact.decider,
        outcome=fact.outcome,
        reasons=fact.reasons,
        ground=fact.ground,
        remedies=fact.remedies,
        issued_at=fact.effective_at,
        elsewhere=True,
    )
    effects = tuple(
        Effect(id=derived_id("eff", fact.ruling_id, str(n)), remedy=remedy, because=fact.ruling_id, state="done")
        for n, remedy in enumerate(fact.remedies)
    )
    first = () if fact.decider == MACHINE else (Involvement(person=fact.decider, round=0, part="decider"),)
    return {
        "rulings": (ruling,),
        "effects": effects,
        "involved": (*case.involved, *first),
        "author": author_side(fact.appellant),
        # What the claimant asks for is the appeal, and that is their one.
        "round": 1,
        "appellants": (Side.CLAIMANT,),
        "appealed_alone": Side.CLAIMANT,
        "appeals_used": (Side.CLAIMANT,),
    }


TOPIC = Topic(
    changes={"decision_taken_over": _decision_taken_over},
    known_to={
        "decision_taken_over": everybody("Both were told it by the platform that made it; a third party was not.", "nothing"),
    },
)
