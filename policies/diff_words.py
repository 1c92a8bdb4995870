"""Whose rights, limits and letters a changed pack changes, in sentences (``ombud policy diff``): for whoever approves it.

:mod:`policies.diff` tells every field that is another. Here stands what it means to a person: whom it gives more, whom less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from domain.base import Kept, Money, Phase, Priority
from domain.currencies import in_words
from domain.model.terms import ClockTerms
from domain.worktime.spans import Span
from policies.pack import ClockRow, Pack

Whom = Literal["everybody", "claimant", "respondent", "author", "reporter", "team", "platform", "third parties"]
About = Literal["right", "limit", "letter"]


class Effect(Kept):
    """One thing that a changed pack means to somebody."""

    whom: Whom
    about: About
    gives: Literal["more", "less", "other"]
    """Whether they have more by it (a right, more time, a letter), less, or something else."""
    words: str


_SIDES: tuple[Whom, ...] = ("claimant", "respondent", "author", "reporter")
_LISTENERS: Mapping[str, tuple[Whom, ...]] = {
    "all": ("claimant", "respondent", "platform"),
    "parties": ("claimant", "respondent"),
    "claimant": ("claimant",),
    "respondent": ("respondent",),
    "platform": ("platform",),
    "third_parties": ("third parties",),
}
_WAITS_FOR: Mapping[str, Whom] = {"claimant": "claimant", "respondent": "respondent", "nobody": "everybody"}
_DISCLOSED = {"at_opening": "at its opening", "by_owner": "from its owner, after somebody has looked at it"}
_READ = {"shared": "both sides", "desk": "the desk and their own side alone"}
_WITHDRAWN = {"closes": "ends the case", "asks": "asks the team, who may go on", "never": "is not possible"}
_HEARD = {
    "asked": "once they have answered what the team asked, or let the time for it go by",
    "told": "once they have said anything since they were told, or let their time go by",
}


def effects(old: Pack, new: Pack) -> tuple[Effect, ...]:
    """What changes for whom: rights first, then limits, then letters; empty when nobody has anything other by it."""
    return (*_rights(old, new), *_limits(old, new), *_letters(old, new))


def _right(whom: Whom, gives: Literal["more", "less", "other"], words: str) -> Effect:
    return Effect(whom=whom, about="right", gives=gives, words=words)


def _rights(old: Pack, new: Pack) -> Iterator[Effect]:
    yield from _appeals(old, new)
    yield from _hearing(old, new)
    yield from _confidence(old, new)
    yield from _settling(old, new)
    yield from _second_person(old, new)
    yield from _sanctions(old, new)
    yield from _turned_away(old, new)


def _appeals(old: Pack, new: Pack) -> Iterator[Effect]:
    possible = [Phase.APPEALABLE in pack.labels for pack in (old, new)]
    before, after = ({o.name: {str(s) for s in o.lost_by} for o in pack.outcomes} for pack in (old, new))
    if possible[0] is not possible[1]:
        words = "Nobody can appeal any more." if possible[0] else "Whoever loses by a ruling can appeal."
        yield _right("everybody", "less" if possible[0] else "more", words)
    elif possible[1]:
        for name in (name for name in before if name in after):
            for side in _SIDES:
                if side in before[name] - after[name]:
                    yield _right(side, "less", f"The {side} can no longer appeal against '{name}'.")
                if side in after[name] - before[name]:
                    yield _right(side, "more", f"The {side} can appeal against '{name}'.")
        if old.less_is_lost is not new.less_is_lost:
            words = "can appeal" if new.less_is_lost else "can no longer appeal"
            gives: Literal["more", "less"] = "more" if new.less_is_lost else "less"
            yield _right("claimant", gives, f"The claimant {words} against less money than they asked for.")
        if old.worse_on_appeal is not new.worse_on_appeal:
            words = "can" if new.worse_on_appeal else "cannot"
            said = f"Whoever appealed alone {words} come out of it with less."
            yield _right("everybody", "less" if new.worse_on_appeal else "more", said)
    for name in _only(before, after):
        yield _right("everybody", "other", f"A ruling can no longer end '{name}'.")
    for name in _only(after, before):
        lost = ", lost by the " + " and the ".join(sorted(after[name])) if after[name] else ""
        yield _right("everybody", "other", f"A ruling can end '{name}'{lost}.")
    if old.reopen_for != new.reopen_for:
        yield _right("everybody", "other", f"A closed case can be taken up again for {new.reopen_for}, not {old.reopen_for}.")


def _hearing(old: Pack, new: Pack) -> Iterator[Effect]:
    for side in ("claimant", "respondent"):
        was, is_ = (any(x.value == side for x in pack.hear) for pack in (old, new))
        if was and not is_:
            yield _right(side, "less", f"The {side} can lose by a ruling without having been heard.")
        if is_ and not was:
            yield _right(side, "more", f"The {side} is heard before they can lose by a ruling.")
    if old.heard_when != new.heard_when:
        yield _right("everybody", "other", f"Somebody counts as heard {_HEARD[new.heard_when]}.")
    for name, words in (
        ("hear_evidence", "Nobody loses by evidence of the other side that they could not answer"),
        ("hear_penalties", "Nobody is sanctioned or warned who could not answer"),
    ):
        was, is_ = getattr(old, name), getattr(new, name)
        if was is not is_:
            yield _right("everybody", "more" if is_ else "less", f"{words}." if is_ else f"{words}: that holds no longer.")


def _confidence(old: Pack, new: Pack) -> Iterator[Effect]:
    if old.disclosure != new.disclosure:
        words = f"The respondent learns of the case {_DISCLOSED[new.disclosure]}, not {_DISCLOSED[old.disclosure]}."
        yield _right("respondent", "more" if new.disclosure == "at_opening" else "less", words)
    for name, what in (("words", "What a party says without saying to whom"), ("statement", "The report")):
        was, is_ = getattr(old, name), getattr(new, name)
        if was != is_:
            yield _right("everybody", "other", f"{what} is read by {_READ[is_]}, not by {_READ[was]}.")
    if old.withdrawal != new.withdrawal:
        words = f"Taking a report back {_WITHDRAWN[new.withdrawal]}; before, it {_WITHDRAWN[old.withdrawal]}."
        yield _right("claimant", "other", words)
    for name, whom in (("keep_for", "a closed case"), ("keep_for_minors", "a case with somebody under age")):
        was, is_ = getattr(old, name), getattr(new, name)
        if was != is_:
            yield _right("everybody", "other", f"What is known of {whom} is kept for {is_ or 'as long as nobody says'}.")
    if old.erased_by != new.erased_by:
        yield _right("everybody", "other", f"It takes {new.erased_by} of operations to erase by hand what is known of a case.")
    for name in _only(new.authorities, old.authorities):
        yield _right("everybody", "less", f"A case can be told to '{name}'.")
    for name in _only(old.authorities, new.authorities):
        yield _right("everybody", "more", f"A case can no longer be told to '{name}'.")


def _settling(old: Pack, new: Pack) -> Iterator[Effect]:
    was, is_ = (Phase.SETTLEMENT in pack.labels for pack in (old, new))
    if was is not is_:
        words = "The two sides can settle before anybody decides." if is_ else "The two sides can no longer settle by themselves."
        yield _right("everybody", "more" if is_ else "less", words)
    if old.concession != new.concession:
        words = f"can grant what was asked ('{new.concession}')" if new.concession else "can no longer grant what was asked"
        yield _right("respondent", "more" if new.concession else "less", f"The respondent {words}.")
    before, after = ({offer.name for offer in pack.offers} for pack in (old, new))
    yield from (_right("everybody", "less", f"Nobody can offer '{name}' any more.") for name in _only(before, after))
    yield from (_right("everybody", "more", f"The sides can offer '{name}'.") for name in _only(after, before))
    if old.provisional_credit is not new.provisional_credit:
        words = "can have the money" if new.provisional_credit else "can no longer have the money"
        gives: Literal["more", "less"] = "more" if new.provisional_credit else "less"
        yield _right("claimant", gives, f"The claimant {words} until the matter is decided.")
    measures = [{measure.name: measure.to.value for measure in pack.interim_measures} for pack in (old, new)]
    for name in _only(measures[1], measures[0]):
        yield _right(_side(measures[1][name]), "less", f"'{name}' can be imposed on the {measures[1][name]} before a ruling.")
    for name in _only(measures[0], measures[1]):
        yield _right(_side(measures[0][name]), "more", f"'{name}' can no longer be imposed before a ruling.")


def _second_person(old: Pack, new: Pack) -> Iterator[Effect]:
    before, after = _limits_of_money(old), _limits_of_money(new)
    for currency in dict.fromkeys((*before, *after)):
        was, is_ = before.get(currency), after.get(currency)
        if was == is_:
            continue
        earlier = f", not {_amount(was)}" if was else ""
        if is_ is not None:
            tighter = (was is None and not before) or (was is not None and is_.amount < was.amount)
            words = f"A second person looks at rulings above {_amount(is_)}{earlier}."
        else:
            # Beside limits of other currencies, one without a limit always needs a second person.
            tighter = bool(after)
            every = "every ruling" if after else "no ruling any more for its amount"
            words = f"In {currency} a second person looks at {every}{f'; before, above {_amount(was)}' if was else ''}."
        yield _right("everybody", "more" if tighter else "less", words)
    always = [{outcome.name for outcome in pack.outcomes if outcome.needs_approval} for pack in (old, new)]
    names = {outcome.name for outcome in old.outcomes} & {outcome.name for outcome in new.outcomes}
    for name in sorted(names & (always[0] ^ always[1])):
        more = name in always[1]
        words = "always looks" if more else "no longer always looks"
        yield _right("everybody", "more" if more else "less", f"A second person {words} at a ruling '{name}'.")
    if not (old.provisional_credit and new.provisional_credit):
        return
    claims = [{name for name, row in pack.categories.items() if row.claim} for pack in (old, new)]
    for name in sorted({*old.categories} & {*new.categories} & (claims[0] ^ claims[1])):
        more = name in claims[1]
        words = "is decided, and no one person ends it" if more else "can be ended by one person, and nobody decides it"
        yield _right("claimant", "more" if more else "less", f"A report as '{name}' {words}.")


def _amount(limit: Money) -> str:
    return in_words(limit.amount, limit.currency)


def _limits_of_money(pack: Pack) -> dict[str, Money]:
    limits = pack.approval_above or ()
    return {limit.currency: limit for limit in ((limits,) if isinstance(limits, Money) else limits)}


def _sanctions(old: Pack, new: Pack) -> Iterator[Effect]:
    before, after = ({x.category: x for x in pack.sanctions.ladders} if pack.sanctions else {} for pack in (old, new))
    for name in _only(before, after):
        yield _right("everybody", "more", f"Nothing follows a violation of '{name}' any more.")
    for name, ladder in after.items():
        steps = ", then ".join(f"'{step}'" for step in ladder.steps)
        was = before.get(name)
        if was is None:
            yield _right("everybody", "less", f"A violation of '{name}' is followed by {steps}.")
        elif was.steps != ladder.steps:
            earlier = ", then ".join(f"'{step}'" for step in was.steps)
            yield _right("everybody", "other", f"A violation of '{name}' is followed by {steps}; before, by {earlier}.")
        if was is not None and was.window != ladder.window:
            gives: Literal["more", "less", "other"] = _longer(was.window, ladder.window, "less", "more")
            yield _right("everybody", gives, f"A violation of '{name}' counts for {ladder.window}, not {was.window}.")


def _turned_away(old: Pack, new: Pack) -> Iterator[Effect]:
    before, after = ({gate.name: gate for gate in pack.gates} for pack in (old, new))
    for name in _only(before, after):
        yield _right("claimant", "more", f"Reports are no longer stopped by '{name}' ({before[name].when}).")
    for name, gate in after.items():
        was = before.get(name)
        if was is not None and (was.when, was.then) == (gate.when, gate.then):
            continue
        done = "turned away" if gate.then == "decline" else "put before a person"
        words = f"Reports are {done} where {' '.join(gate.when.split())} ({gate.reason})."
        yield _right("claimant", "less" if was is None else "other", words)


def _limits(old: Pack, new: Pack) -> Iterator[Effect]:
    before, after = ({row.name: row for row in pack.clocks} for pack in (old, new))
    for name in _only(before, after):
        terms = _terms(before[name])
        yield _limit(terms, "other", f"{_bound(terms)} no longer bound by '{name}' ({terms.target}).")
    for name in _only(after, before):
        terms = _terms(after[name])
        yield _limit(terms, "other", f"{_bound(terms)} bound by '{name}': {terms.target}{_at_its_end(terms)}.")
    for name in (name for name in after if name in before):
        yield from _clock(before[name], after[name])


def _clock(old: ClockRow, new: ClockRow) -> Iterator[Effect]:
    before, after = _terms(old), _terms(new)
    if before.waits_for != after.waits_for:
        words = f"'{new.name}' waits for {_whom_it_waits_for(after)}, not for {_whom_it_waits_for(before)}."
        yield _limit(after, "other", words)
    said: dict[tuple[Span, Span], list[str]] = {}
    plain = [(_target(old, p, ""), _target(new, p, "")) for p in Priority]
    for category in ("", *dict.fromkeys((*old.by_category, *new.by_category))):
        for priority, usual in zip(Priority, plain, strict=True):
            now = _target(old, priority, category), _target(new, priority, category)
            if now[0] != now[1] and (not category or now != usual):
                said.setdefault(now, []).append(f"{category}/{priority.value}" if category else priority.value)
    for (was, is_), where in said.items():
        all_of_it = set(where) >= {priority.value for priority in Priority}
        at = "" if all_of_it else f" at {', '.join(where)}"
        gives = _longer(was, is_, "more", "less")
        yield _limit(after, gives, f"{_bound(after, has=True)} {is_}, not {was}, in '{new.name}'{at}.")
    if _at_its_end(before) != _at_its_end(after):
        yield _limit(
            after, "other", f"When '{new.name}' is over: {_at_its_end(after).removeprefix(', then ') or 'nothing by itself'}."
        )
    if before.statutory is not after.statutory:
        words = "can no longer be paused or moved" if after.statutory else "can be paused and moved"
        yield _limit(after, "other", f"'{new.name}' {words} by hand.")
    if (before.extension and before.extension.by) != (after.extension and after.extension.by):
        by = f"by {after.extension.by}" if after.extension else "no longer"
        yield _limit(after, "other", f"'{new.name}' can be extended {by}.")


def _target(row: ClockRow, priority: Priority, category: str) -> Span:
    """The time that a row gives at a priority and a category."""
    own = row.by_category.get(category, row.target)
    return own if isinstance(own, Span) else own[priority]


def _limit(clock: ClockTerms, gives: Literal["more", "less", "other"], words: str) -> Effect:
    return Effect(whom=_whom(clock), about="limit", gives=gives, words=words)


def _terms(row: ClockRow) -> ClockTerms:
    return row.terms(Priority.NORMAL, {row.calendar: row.calendar} if row.calendar else {}, 1.0)


def _whom(clock: ClockTerms) -> Whom:
    return _WAITS_FOR.get(clock.waits_for, "team")


def _whom_it_waits_for(clock: ClockTerms) -> str:
    named = {"staff": "the team", "approver": "a second person", "nobody": "nobody"}
    return named.get(clock.waits_for, f"the {clock.waits_for}")


def _bound(clock: ClockTerms, *, has: bool = False) -> str:
    whom = _whom_it_waits_for(clock) if clock.waits_for != "nobody" else "the case"
    return f"{whom[0].upper()}{whom[1:]} {'has' if has else 'is'}"


def _at_its_end(clock: ClockTerms) -> str:
    defaults = [level.default.replace("_", " ") for level in clock.levels if level.default]
    return f", then {defaults[0]}" if defaults else ""


def _longer(
    old: Span, new: Span, longer: Literal["more", "less"], shorter: Literal["more", "less"]
) -> Literal["more", "less", "other"]:
    if old.unit is not new.unit:
        return "other"
    return longer if new.amount > old.amount else shorter


def _letters(old: Pack, new: Pack) -> Iterator[Effect]:
    before, after = _told(old), _told(new)
    for event in dict.fromkeys((*old.notices, *new.notices)):
        was, is_ = before.get(event, set()), after.get(event, set())
        for whom in sorted(was - is_):
            yield Effect(whom=whom, about="letter", gives="less", words=f"{_heard(whom)} no longer told of '{event}'.")
        for whom in sorted(is_ - was):
            yield Effect(whom=whom, about="letter", gives="more", words=f"{_heard(whom)} told of '{event}'.")


def _told(pack: Pack) -> dict[str, set[Whom]]:
    return {event: {w for a in audiences for w in _LISTENERS.get(a, ("team",))} for event, audiences in pack.notices.items()}


def _heard(whom: Whom) -> str:
    return "Third parties are" if whom == "third parties" else f"The {whom} is"


def _side(name: str) -> Whom:
    return "claimant" if name == "claimant" else "respondent"


def _only(these: Iterable[str], those: Iterable[str]) -> list[str]:
    known = set(those)
    return [name for name in these if name not in known]
