"""Interim measures: reversible, imposed before the ruling, reviewed, and gone by themselves when nobody reviews them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from domain.base import Phase, Priority, Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.commands import Remedy
from domain.model.disclosure import NotDisclosed
from domain.model.people import Actor
from domain.model.refusals import InstantRefused, Refusal
from domain.model.ruling import DecideAppeal, Effect, Rule
from domain.model.safeguards import AskInterimReview, ImposeInterim, Interim, InterimUnknown, MeasureNotAllowed, ReviewInterim
from domain.rules import authorities, confirmation, legal_hold
from domain.rules.audiences import Audience
from domain.rules.fairness import who_is_hit
from domain.rules.remedy import remedy_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Known, NoticeData, Topic

SPEAKS_OF_OTHERS: Final = frozenset({"no_contact"})
"""Measures whose very name says that there is another side: nobody who harasses one person needs to be told who that is."""

_OF_MEASURES: Final = "itm"
"""What the ids of measures begin with."""


def impose(case: Case, command: ImposeInterim, context: DecisionContext, at: datetime) -> Facts:
    """A measure of the pack takes effect at once."""
    allowed = [m.name for m in case.terms.interim if m.to is command.of]
    if command.measure not in allowed:
        may = ", ".join(allowed) or "none"
        raise MeasureNotAllowed(f"Interim measures against this side: {may}.", measure=command.measure, allowed=allowed)
    remedy = Remedy(type=command.measure, to=command.of)
    free = _not_hit_yet(case, remedy)
    if not free:
        raise MeasureNotAllowed("This is in force already.", measure=command.measure, allowed=allowed)
    until = _alone_until(case, remedy, free, context, at)
    free = free if until is not None else _without_spared(case, remedy, free, context.known())
    check_not_alone([one for one in case.interim_over if _alike(one, remedy)], context.known())
    if command.measure in SPEAKS_OF_OTHERS and command.of is Side.RESPONDENT and not case.is_disclosed and command.told is None:
        raise NotDisclosed(
            f"'{command.measure}' tells whoever it hits that there is a report, and of whom. Tell them of the case first "
            "(disclose), or say in 'told' what they are told with it.",
            measure=command.measure,
        )
    authorities.check_told_of_measure(case, command.told, command.of)
    legal_hold.check_not_held(case, (remedy,))
    # A measure is one person's: of several on a side each has their own, which ends or goes on without the others'.
    whom = free if len(case.principals(command.of)) + _gone(case, remedy) > 1 else (None,)
    return tuple(fact for number, one in enumerate(whom) for fact in _on(command, remedy, one, number, until))


def _on(command: ImposeInterim, remedy: Remedy, party: str | None, number: int, until: datetime | None) -> Facts:
    of, hit = (command.id, str(number or "")), remedy.model_copy(update={"party": party})
    measure_id = derived_id(_OF_MEASURES, *of)
    imposed = f.InterimImposed(measure_id=measure_id, remedy=hit, reasons=command.reasons, told=command.told, until=until)
    return (imposed, f.EffectOrdered(effect_id=derived_id("eff", *of), remedy=hit, because=measure_id))


_HOLDS_MONEY = frozenset({"payout_freeze"})
"""What keeps money where it is and destroys nothing: a payout that has left comes back from nowhere."""


def _alone_until(case: Case, remedy: Remedy, free: tuple[str, ...], context: DecisionContext, at: datetime) -> datetime | None:
    """When a measure ends that hits only those whom somebody has found themselves; None for every other one.

    In an urgent matter protection stands still for nobody who is still to be found: the first such measure goes at once, for a
    day, unless a second person confirms who it is or keeps it (Istanbul Convention, article 52). So it is, however urgent, where
    money is only held: an order may come first and be heard after, if it is short and can be undone (Regulation (EU) 655/2014,
    articles 11 and 33). The next one takes two, whomever it hits and whoever imposes it, until a second person has looked at the
    first, in whichever case: nobody holds one name after another, nor one for a second day, by their own word.
    """
    at_once = case.priority is Priority.URGENT or remedy.type in _HOLDS_MONEY
    if not at_once or case.terms.withdrawal == "closes" or remedy.to is not Side.RESPONDENT:
        return None
    elsewhere = {one.ref_digest for one in context.held if one.held_alone}
    before = any(i.alone and i.of_found for i in (*case.interim, *case.interim_over))
    before = before or any(p.id in free and p.ref_digest in elsewhere for p in case.parties)
    if not free or before or not {*free} <= confirmation.spared(case, remedy.to, context.known()):
        return None
    return at + confirmation.LONGEST_ALONE


def _without_spared(case: Case, remedy: Remedy, free: tuple[str, ...], actor: Actor) -> tuple[str, ...]:
    """Those whom this may hit: of several on a side one who stands there by the word of whoever imposes it is left out."""
    spared = confirmation.spared(case, remedy.to, actor)
    left = tuple(one for one in free if one not in spared)
    if len(left) == len(free) or len(left) == 1:
        return left
    raise confirmation.against_spared(case, remedy.to, spared)


def _not_hit_yet(case: Case, remedy: Remedy) -> tuple[str, ...]:
    """The principals of the side whom this does not hit already; by a ruling it hits all of them."""
    own = {i.id for i in case.interim}
    alike = [e for e in case.effects_in_force if (e.remedy.type, e.remedy.to) == (remedy.type, remedy.to)]
    there = tuple(p.id for p in case.principals(remedy.to))
    if not there:
        return () if alike else ("",)
    if any(e.because not in own or not e.hits for e in alike):
        return ()
    return tuple(one for one in there if not any(one in e.hits for e in alike))


def _gone(case: Case, remedy: Remedy) -> int:
    """How many are hit by the same who are no party any more."""
    hit = {one for e in in_force(case) if (e.remedy.type, e.remedy.to) == (remedy.type, remedy.to) for one in e.hits}
    return sum(1 for one in hit if (party := case.party(one)) is not None and party.left)


def review(case: Case, command: ReviewInterim, context: DecisionContext, at: datetime) -> Facts:
    """Kept, its time begins anew; lifted, it is undone."""
    ids = tuple(i.id for i in case.interim if command.measure_id in (None, i.id))
    if not ids:
        raise InterimUnknown("No such interim measure is in force.", measure=command.measure_id)
    over = [i for i in case.interim if i.id in ids]
    for side in {i.remedy.to for i in over}:
        authorities.check_told_of_measure(case, command.told, side)
    inside = command.told is not None or any(i.told is not None for i in over)
    if command.decision == "keep":
        check_not_alone(over, context.known())
        _check_second(case, ids, context.known())
        return (f.InterimReviewed(measure_ids=ids, reasons=command.reasons, told=command.told, inside=inside),)
    check_ended(case, over, context.known())
    ended = f.InterimEnded(measure_ids=ids, because="lifted", reasons=command.reasons, told=command.told, inside=inside)
    return (ended, *undo(case, ids, command.id))


def check_not_alone(measures: Iterable[Interim], actor: Actor) -> None:
    """Refuses to one person alone what was prolonged once already: whoever imposed or prolonged it last, or reports to them, has
    looked at it with their own eyes only. Imposed anew is prolonged.

    A measure before the decision lasts no longer than it has to: European Convention on Human Rights, article 6(2).
    """
    for one in measures:
        if one.kept >= 1 and prolonged_by_own(one, actor):
            said = "It was prolonged once already: now by somebody who did not do so last, nor reports to who did."
            raise MeasureNotAllowed(said, measure=one.remedy.type, allowed=[], because="one_person")


def check_ended(case: Case, measures: Iterable[Interim], actor: Actor) -> None:
    """Refuses to whoever imposed a measure, or prolonged it last, and to who reports to them, to end it while whoever reported
    wants to take something back: what one person found, and was asked to forget, another one looks at.

    Protection does not depend on the complaint of whoever is protected (Istanbul Convention, articles 53 and 55(1)).
    """
    if case.withdrawal is None or case.withdrawal.appeal is Side.RESPONDENT:
        return
    if own := next((one for one in measures if prolonged_by_own(one, actor)), None):
        said = (
            "Whoever it protects wants to take something back: now it is ended by somebody who did not impose it, nor prolong it "
            "last, nor reports to who did. Or go on of office: then it stays as it is."
        )
        raise MeasureNotAllowed(said, measure=own.remedy.type, allowed=[], because="one_person")


def prolonged_by_own(one: Interim, actor: Actor) -> bool:
    """Whether somebody imposed it or prolonged it last, or reports to who did."""
    return (one.kept_by or one.by) in {actor.id, *actor.superiors}


def _check_second(case: Case, ids: Collection[str], actor: Actor) -> None:
    """Refuses to whoever imposed a measure on somebody whom they have found, or who has left by them, and to their line, to let
    it last."""
    for one in case.interim:
        if one.id not in ids or not one.alone:
            continue
        own = bool({one.by, one.taken_out_by, one.taken_out_with} & {actor.id, *actor.superiors})
        if own and one.taken_out_by is not None:
            said = (
                "Whoever it hits is no party any more: it ends by itself unless somebody keeps it who neither took them out nor "
                "imposed it, nor reports to who did."
            )
            raise MeasureNotAllowed(said, measure=one.remedy.type, allowed=[], because="one_person")
        if own or confirmation.spared(case, one.remedy.to, actor):
            said = (
                "It is the first measure on somebody whom you, or one of your line, have found: it ends by itself unless another "
                "person keeps it, or a lead or ops confirms who it is by the same command."
            )
            raise MeasureNotAllowed(said, measure=one.remedy.type, allowed=[], because="one_person")


def _alike(one: Interim, remedy: Remedy) -> bool:
    return (one.remedy.type, one.remedy.to) == (remedy.type, remedy.to)


def ask_review(case: Case, command: AskInterimReview, context: DecisionContext, at: datetime) -> Facts:
    """Whoever a measure hits asks that somebody look at it again; the measure stays until somebody has."""
    side = context.side()
    own = (i for i in case.interim if command.measure_id in (None, i.id))
    ids = tuple(i.id for i in own if context.known().id in who_is_hit(case, (i.id,)))
    if not ids:
        raise InterimUnknown("No such interim measure is in force.", measure=command.measure_id)
    return (f.InterimReviewAsked(measure_ids=ids, side=side, text=command.text),)


SHORTEST_KEPT_FOR = timedelta(days=1)
"""Wall time: a measure that is named as one that stays is there when whoever it protects wakes up."""
LONGEST_KEPT_FOR = timedelta(days=90)
"""Wall time: nobody is held by a measure without a ruling for longer, once nobody rules any more."""


def check_until(until: datetime | None, at: datetime) -> datetime:
    """Until when measures stay. Raises InstantRefused for no day, and for one too near or too far."""
    if until is None:
        raise InstantRefused("Say until when the measures stay.", because="missing")
    if until <= at:
        raise InstantRefused("This instant is past.", because="past")
    if until < at + SHORTEST_KEPT_FOR:
        raise InstantRefused("What ends within a day protects nobody: name it under 'ends', or a later day.", because="too_soon")
    if until > at + LONGEST_KEPT_FOR:
        raise InstantRefused(f"That is more than {LONGEST_KEPT_FOR.days} days away.", because="too_far")
    return until


def check_kept(case: Case, kept: tuple[str, ...], actor: Actor, *, declined: bool) -> None:
    """Refuses to one person alone what outlives the case: to stay is to be prolonged, so not to whoever imposed it or prolonged
    it last, nor to who reports to them. Where whoever it hits does not know of the case, and cannot answer, it takes a lead or
    ops, and a report that is turned away holds nobody.

    Nobody is held by a charge of which they are not informed, nor found guilty by a measure: European Convention on Human Rights,
    article 6(2) and 6(3)(a). What an authority was told of may wait for its word.
    """
    _check_second(case, kept, actor)
    if case.reports:
        return
    there = [i for i in case.interim if i.id in kept]
    unknown = [i for i in there if i.remedy.to is Side.RESPONDENT and not case.is_disclosed]
    if declined and unknown:
        said = "Whoever it hits knows of no case, and this one is turned away: name it under 'ends', or admit the report."
        raise MeasureNotAllowed(said, measure=unknown[0].remedy.type, allowed=[], because="not_disclosed")
    alone = next((i for i in unknown if not confirmation.may_be_second(i.by, actor)), None)
    if alone is not None:
        said = (
            "Whoever it hits knows of no case: a lead or ops who did not impose it, nor reports to who did, lets it stay. "
            "Or name it under 'ends'."
        )
        raise MeasureNotAllowed(said, measure=alone.remedy.type, allowed=[], because="one_person")
    alone = next((i for i in there if prolonged_by_own(i, actor)), None)
    if alone is not None:
        said = (
            "What stays is prolonged: now by somebody who did not impose it, nor prolong it last, nor reports to who did. "
            "Or name it under 'ends'."
        )
        raise MeasureNotAllowed(said, measure=alone.remedy.type, allowed=[], because="one_person")


def to_stay(case: Case, command: Rule | DecideAppeal, at: datetime) -> tuple[str, ...]:
    """The measures in force that a ruling does not end. Only for what an authority may still say: it is told of a case, and what
    it wants frozen is not freed by the way, because the matter between the two is decided meanwhile (directive (EU) 2015/849,
    article 32(7)).
    """
    if not command.stays:
        return ()
    if not case.reports:
        said = "A ruling ends interim measures, but for what an authority was told of: order what is to last as a remedy."
        raise MeasureNotAllowed(said, allowed=[])
    known = {i.id: i.remedy.type for i in case.interim}
    if unknown := sorted({*command.stays} - {*known, *known.values()}):
        raise InterimUnknown("No such measure is in force.", measure=unknown[0])
    twice = next((r.type for r in command.remedies if r.type in command.stays), None)
    if twice is not None:
        raise MeasureNotAllowed("The ruling orders it itself: leave it out of 'stays'.", measure=twice, allowed=[])
    check_until(command.until, at)
    if unsure := next((i for i in case.interim if i.alone and {i.id, i.remedy.type} & {*command.stays}), None):
        said = "Whoever it hits stands there by the word of one: first a second person confirms who it is, or keeps it."
        raise MeasureNotAllowed(said, measure=unsure.remedy.type, allowed=[], because="one_person")
    return tuple(i for i, name in known.items() if {i, name} & {*command.stays})


def stays_after(case: Case, at: datetime) -> tuple[str, ...]:
    """The measures that stay although the ruling is told, as whoever made it said."""
    ruling = case.ruling
    if ruling is None or ruling.until is None or ruling.until <= at:
        return ()
    return tuple(i.id for i in case.interim if i.id in ruling.stays)


def kept_by_ruling(case: Case, audience: Audience) -> dict[str, Any]:
    """What stays in force although the matter is decided, and until when, for whom it hits."""
    ruling = case.rulings[-1]
    kept = [i for i in case.interim if i.id in ruling.stays and audience in ("platform", "staff", i.remedy.to.value)]
    if not kept or ruling.until is None:
        return {}
    return {"measures": [remedy_data(i.remedy) for i in kept], "to_at": ruling.until.isoformat()}


def lapse(case: Case, command_id: str, at: datetime) -> Facts:
    """Nobody reviewed them in time: those in force end by themselves, but for what was promised to last longer.

    That was when the report was taken back; a case that is taken up again takes nobody's protection from them before its day.
    """
    return _end(case, tuple(i.id for i in case.interim if i.kept_until is None or i.kept_until <= at), command_id, "lapsed")


def end_all(case: Case, command_id: str, because: Literal["lapsed", "ruled", "closed"]) -> Facts:
    """Every measure in force ends and is undone; nothing where none is."""
    return _end(case, tuple(i.id for i in case.interim), command_id, because)


def _end(case: Case, ids: tuple[str, ...], command_id: str, because: Literal["lapsed", "ruled", "closed"]) -> Facts:
    return (f.InterimEnded(measure_ids=ids, because=because), *undo(case, ids, command_id)) if ids else ()


def lapses_at(case: Case) -> datetime | None:
    """When the measures in force end unless somebody reviews them; None where no such clock runs, or where it has run out."""
    rows = ((row, case.terms.level(row.clock, row.level)) for row in case.timetable)
    return next((row.due_at for row, level in rows if level is not None and level.default == "lift_interim"), None)


def ends_at(case: Case, measure: Interim) -> datetime | None:
    """When a measure ends by itself: as somebody promised when the report was taken back, and not before it is due for review."""
    lapse_at = lapses_at(case)
    if measure.kept_until is None or lapse_at is None or measure.alone:
        return measure.kept_until or lapse_at
    return max(measure.kept_until, lapse_at)


def kept_no_longer(case: Case, instance: int) -> Change:
    """The day is over until which a measure was kept: in a case that was taken up again it is one like every other since."""
    if not case.open:
        return {}
    over = {"kept_until": None}
    return {"interim": tuple(i.model_copy(update=over) if number(case, i) == instance else i for i in case.interim)}


def _imposed(before: Case | None, fact: f.InterimImposed, after: Case) -> set[str]:
    """Where only measures are left that outlast their review, its clock has run out, and begins anew with this one."""
    ran_out = before is not None and before.interim and lapses_at(before) is None
    return {*(("interim_reviewed:all",) if ran_out else ()), *(("interim_imposed:alone",) if fact.until is not None else ())}


def undo(case: Case, measure_ids: tuple[str, ...], command_id: str) -> tuple[f.EffectOrdered, ...]:
    """The reversals of what these measures did, newest first."""
    newest_first = reversed([e for e in in_force(case) if e.because in measure_ids])
    # Named after what they undo: the command of a deadline has the same id in every case.
    return tuple(
        f.EffectOrdered(effect_id=derived_id("eff", e.id, "undone"), remedy=e.remedy, because=e.because, reverses=e.id)
        for e in newest_first
    )


def in_force(case: Case) -> tuple[Effect, ...]:
    """Effects of interim measures that were not undone, oldest first."""
    ids = {i.id for i in case.interim}
    return tuple(e for e in case.effects_in_force if e.because in ids)


def is_measure(effect: Effect) -> bool:
    """Whether it was ordered as an interim measure, whether that is in force still or not."""
    return bool(effect.hits) or effect.because.startswith(f"{_OF_MEASURES}_")


def number(case: Case, measure: Interim) -> int:
    """The place of what a measure did among the effects of the case: its own, and the same for ever."""
    return next(number for number, effect in enumerate(case.effects, 1) if effect.because == measure.id)


def _interim_imposed(case: Case, rec: f.Recording, fact: f.InterimImposed) -> Change:
    before = max((one.kept + 1 for one in case.interim_over if _alike(one, fact.remedy)), default=0)
    imposed = Interim(
        id=fact.measure_id, remedy=fact.remedy, imposed_at=rec.at, by=fact.by or rec.actor.id, told=fact.told,
        kept=before + (fact.kept_by is not None), kept_by=fact.kept_by, kept_until=fact.until, alone=fact.until is not None,
        of_found=fact.until is not None, reasons=fact.reasons,
    )  # fmt: skip
    return {"interim": (*case.interim, imposed)}


def _review_asked(case: Case, rec: f.Recording, fact: f.InterimReviewAsked) -> Change:
    asked = {"asked_at": rec.at}
    return {"interim": tuple(i.model_copy(update=asked) if i.id in fact.measure_ids else i for i in case.interim)}


def _interim_reviewed(case: Case, rec: f.Recording, fact: f.InterimReviewed) -> Change:
    def seen(one: Interim) -> Interim:
        second = {"alone": False, "of_found": False, "kept_until": None} if one.alone else {}
        return one.model_copy(update={"reviewed_at": rec.at, "kept": one.kept + 1, "kept_by": rec.actor.id, **second})

    return {"interim": tuple(seen(i) if i.id in fact.measure_ids else i for i in case.interim)}


def _interim_ended(case: Case, rec: f.Recording, fact: f.InterimEnded) -> Change:
    gone = [i for i in case.interim if i.id in fact.measure_ids and fact.because in ("lifted", "lapsed")]
    # Of what ended by itself it stays known, whatever came after.
    others = (one for one in case.interim_over if one.of_found or not any(_alike(one, i.remedy) for i in gone))
    return {"interim": tuple(i for i in case.interim if i.id not in fact.measure_ids), "interim_over": (*others, *gone)}


def ended(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, and the end of what was only meant until the matter is told or closed; unless they end it themselves."""
    if any(isinstance(fact, f.InterimEnded) for fact in facts):
        return facts
    closed = any(isinstance(fact, f.CaseClosed) for fact in facts)
    told = any(isinstance(fact, f.PhaseEntered) and fact.phase is Phase.APPEALABLE for fact in facts)
    if not (closed or told) or any(isinstance(fact, f.InterimKept) for fact in facts):
        return facts
    # What the ruling that stands does not end outlives the case as it said.
    by_ruling = {i for ruling in case.rulings[-1:] if ruling.annulled_at is None for i in ruling.stays}
    over = tuple(i.id for i in case.interim if i.kept_until is None or i.id not in by_ruling)
    return (*_end(case, over, command_id, "closed" if closed else "ruled"), *facts)


def _hits(case: Case, fact: f.InterimImposed | f.InterimReviewed | f.InterimEnded | f.InterimKept, audience: Audience) -> bool:
    if isinstance(fact, f.InterimImposed):
        return audience in ("platform", fact.remedy.to.value)
    return audience in {"platform", *(e.remedy.to.value for e in case.effects if e.because in fact.measure_ids)}


def _refusal_of_measure(case: Case, actor: Actor) -> Refusal | None:
    return None if case.terms.interim else MeasureNotAllowed("This kind of case has no interim measures.", allowed=[])


def _refusal_of_review(case: Case, actor: Actor) -> Refusal | None:
    return None if case.interim else InterimUnknown("No interim measure is in force.")


def reasons_stay_inside(case: Case, fact: f.InterimReviewed | f.InterimEnded) -> bool:
    """Whether nobody outside reads why a measure is kept or ended: whoever it hits was told something else. Where the fact is
    older than its field, the measure itself says so."""
    told = isinstance(fact, f.InterimReviewed) and any(i.told for i in case.interim if i.id in fact.measure_ids)
    return fact.inside or told


def _said(case: Case, fact: f.InterimImposed | f.InterimReviewed | f.InterimEnded, audience: Audience) -> NoticeData:
    if isinstance(fact, f.InterimImposed):
        reasons = fact.told if fact.told is not None and audience == fact.remedy.to.value else fact.reasons
        # Whoever it hits is told until when it holds (Regulation (EU) 2022/2065, article 17(3)(a)).
        over_at = fact.until or lapses_at(case)
        ends = {"measure_until": over_at.isoformat()} if over_at is not None else {}
        return NoticeData({"measures": [remedy_data(fact.remedy)], **ends}, {"reasons": reasons})
    hit = (e.remedy for e in case.effects if e.because in fact.measure_ids and e.reverses is None)
    said: dict[str, Any] = {"measures": [remedy_data(remedy) for remedy in hit]}
    if isinstance(fact, f.InterimEnded):
        said["because"] = fact.because
    until = lapses_at(case) if isinstance(fact, f.InterimReviewed) else None
    if until is not None:
        said["measure_until"] = until.isoformat()
    if reasons_stay_inside(case, fact):
        # Whoever was told something else than the reasons when it was imposed does not read them later.
        return NoticeData(said, {"reasons": fact.told})
    return NoticeData(said, {"reasons": fact.reasons})


def said_of_kept(case: Case, audience: Audience) -> dict[str, Any]:
    """What stays in force although the case is over, for whom it hits, and until when; nothing where nothing does."""
    lasting = (i for i in case.interim if i.kept_until is not None and not i.alone)
    kept = [i for i in lasting if audience in ("platform", "staff", i.remedy.to.value)]
    if not kept:
        return {}
    until = max(i.kept_until for i in kept if i.kept_until is not None)
    return {"measures": [remedy_data(i.remedy) for i in kept], "to_at": until.isoformat()}


OF_WHOM_IT_HITS = Known(_hits, "nothing", "A measure is told to the side that it hits, and to the platform that carries it out.")

TOPIC = Topic(
    rules={"impose_interim": impose, "review_interim": review, "ask_interim_review": ask_review},
    changes={
        "interim_imposed": _interim_imposed,
        "interim_reviewed": _interim_reviewed,
        "interim_ended": _interim_ended,
        "interim_review_asked": _review_asked,
    },
    refuses={"impose_interim": _refusal_of_measure, "review_interim": _refusal_of_review},
    means={
        # Of a closed case only they look at a measure again.
        "interim_review_asked": lambda before, fact, after: () if after.open else {"interim_review_asked:closed"},
        "interim_imposed": _imposed,
        "interim_ended": lambda before, fact, after: {
            *(() if after.interim else ("interim_over",)),
            *(("interim_ended:lapsed",) if fact.because == "lapsed" else ()),
        },
        "interim_reviewed": lambda before, fact, after: (
            {"interim_reviewed:all"} if all(i.reviewed_at == after.updated_at for i in after.interim) else ()
        ),
    },
    words=frozenset(
        {"interim_imposed:alone", "interim_review_asked:closed", "interim_over", "interim_ended:lapsed", "interim_reviewed:all"}
    ),
    known_to={
        "interim_imposed": OF_WHOM_IT_HITS,
        "interim_reviewed": OF_WHOM_IT_HITS,
        "interim_ended": OF_WHOM_IT_HITS,
        "interim_review_asked": Known(
            lambda case, fact, audience: audience == fact.side.value, "nothing", "As a word of the side to the desk alone."
        ),
    },
    said={
        "interim_imposed": _said,
        "interim_reviewed": _said,
        "interim_ended": _said,
        "interim_review_asked": lambda case, fact, audience: NoticeData(texts={"text": fact.text}),
    },
)
