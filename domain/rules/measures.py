"""What becomes of what is in force where a case ends without a ruling: each interim measure, and what an earlier ruling left, is
named by whoever ends it. And where a part becomes a case of its own, it begins with the measures on whoever goes along. Nobody's
protection ends by the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.base import derived_id
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.handling import Decline
from domain.model.people import OpenedParty
from domain.model.ruling import Effect
from domain.model.safeguards import Interim, InterimUnknown
from domain.model.withdrawal import AcceptWithdrawal, MeasuresUnnamed, NamesMeasures
from domain.rules import authorities, interim
from domain.rules import ruling as r
from domain.rules.fairness import who_is_hit
from domain.rules.remedy import CREDIT, burdens
from domain.rules.rights import in_force
from domain.rules.rule import DecisionContext, Facts


def measures_named(case: Case, command: NamesMeasures, context: DecisionContext, at: datetime) -> Facts:
    """What ends and what stays of what hits somebody, where the desk ends a case: interim measures, and what an earlier ruling of
    a matter that is decided afresh has left. Raises a Refusal for one unnamed.
    """
    ends, stays = named(case, command, to_be_named(case))
    return (*interim_over(case, command, ends, stays, context, at), *r.undo(case, ends, command.id))


def of_recused(case: Case) -> bool:
    """Whether somebody who said that they cannot decide the case has imposed, or prolonged last, what is in force: whoever has it
    now looks at that anew (Directive 2013/11/EU, article 6(2))."""
    return any((one.kept_by or one.by) in case.recused for one in case.interim)


def left_of_ruling(case: Case) -> tuple[Effect, ...]:
    """What an earlier ruling still does to somebody while the matter is decided afresh: measures and sanctions of it, and money
    that was credited until then. Not what was final before the case was taken up again.
    """
    if not case.rulings or case.rulings[0].elsewhere:
        return ()
    stand = (e for e in in_force(case) if e.id not in (case.final or ()))
    return tuple(e for e in stand if e.remedy.type == CREDIT or burdens(case, (e.remedy,), e.remedy.to))


def interim_names(case: Case) -> dict[str, str]:
    """By id: what the interim measures in force are called."""
    return {i.id: i.remedy.type for i in case.interim}


def to_be_named(case: Case) -> dict[str, str]:
    """By id: everything of which whoever ends the case says whether it ends."""
    return interim_names(case) | {e.id: e.remedy.type for e in left_of_ruling(case)}


def interim_over(
    case: Case, command: NamesMeasures, ends: tuple[str, ...], stays: tuple[str, ...], context: DecisionContext, at: datetime
) -> Facts:
    """What becomes of the interim measures among those that end and those that stay."""
    over, kept = (tuple(i.id for i in case.interim if i.id in ids) for ids in (ends, stays))
    until = interim.check_until(command.until, at) if kept else None
    interim.check_kept(case, kept, context.known(), declined=isinstance(command, Decline))
    if isinstance(command, AcceptWithdrawal):
        interim.check_ended(case, (i for i in case.interim if i.id in over), context.known())
    gone = (f.InterimEnded(measure_ids=over, because="lifted"), *interim.undo(case, over, command.id)) if over else ()
    return (*gone, *((f.InterimKept(measure_ids=kept, until=until),) if until is not None else ()))


def named(case: Case, command: NamesMeasures, known: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what is in force what ends, and what stays. Each is one or the other, for nothing lapses by a withdrawal."""
    ends, stays = ({i for i, name in known.items() if {i, name} & {*names}} for names in (command.ends, command.stays))
    if unknown := sorted({*command.ends, *command.stays} - {*known, *known.values()}):
        raise InterimUnknown("No such measure is in force.", measure=unknown[0])
    unclear = [i for i in known if (i in ends) is (i in stays)]
    if unclear:
        of_ruling = any(e.id in unclear for e in left_of_ruling(case))
        more = " What an earlier ruling ordered stays for as long as it was ordered for." if of_ruling else ""
        raise MeasuresUnnamed(
            f"Say of each measure in force whether it ends, or stays and, of an interim one, until when.{more}",
            measures=[{"id": i, "measure": known[i]} for i in unclear],
        )
    return tuple(i for i in known if i in ends), tuple(i for i in known if i in stays)


def end_kept(case: Case, instance: int, command_id: str) -> Facts:
    """The time is over for which a measure outlived its case. In one that was taken up again, it ends when its review is over."""
    over = tuple(
        i.id
        for i in case.interim
        if i.kept_until is not None
        and interim.number(case, i) == instance
        and (i.alone or not case.open or interim.lapses_at(case) is None)
    )
    return (f.InterimEnded(measure_ids=over, because="lapsed"), *interim.undo(case, over, command_id)) if over else ()


def held_alone(case: Case, party: OpenedParty) -> bool:
    """Whether a measure of the case hits somebody, or did, by the word of one who had found them."""
    found = tuple(i.id for i in (*case.interim, *case.interim_over) if i.alone and i.of_found)
    return party.id in who_is_hit(case, found)


# --- of a part that becomes a case of its own


def taken_along(
    case: Case, go: Sequence[OpenedParty], command: c.Split, context: DecisionContext
) -> tuple[f.InterimImposed, ...]:
    """The interim measures with which a part of the case begins: those in force on whoever goes along.

    The case that they were imposed in may end before the part does, and with it what holds there: whoever a measure protects does
    not lose it by a step of procedure (Istanbul Convention, article 53(2)). Its time begins anew, so to split is to prolong it.

    None of a case that was ever reported in secret: its reasons are read by nobody outside, and the part does not know that
    (directive (EU) 2015/849, article 39(1)). There it is imposed by hand, in words that two have agreed on.
    """
    if authorities.is_secret(case) or case.reported_spans:
        return ()
    found: list[f.InterimImposed] = []
    for one in case.interim:
        hit = who_is_hit(case, (one.id,))
        mine = {p.id for p in go if p.role == "principal" and p.side is one.remedy.to}
        if not hit & mine:
            continue
        interim.check_not_alone((one,), context.known())
        # Where it hits all who go along it is the side's, as when it was imposed.
        on = (None,) if mine <= hit else sorted(hit & mine)
        found += (_along(one, party, command) for party in on)
    return tuple(found)


def _along(one: Interim, party: str | None, command: c.Split) -> f.InterimImposed:
    return f.InterimImposed(
        measure_id=derived_id("itm", command.id, f"{one.id}/{party or one.remedy.to.value}"),
        remedy=one.remedy.model_copy(update={"party": party}),
        reasons=one.reasons or command.reasons,
        told=one.told,
        by=one.by,
        kept_by=command.by,
    )


def begun_with(command: c.Open) -> Facts:
    """The measures with which a part begins, each carried out by itself: what is undone with the other case stands here."""
    return tuple(
        fact
        for one in command.measures
        for fact in (one, f.EffectOrdered(effect_id=derived_id("eff", one.measure_id), remedy=one.remedy, because=one.measure_id))
    )
