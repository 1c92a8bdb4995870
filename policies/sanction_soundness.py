"""What is wrong with the sanctions of a pack although they have the right form: a part of :mod:`policies.soundness`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.base import Phase, Side
from domain.model.sanction_terms import SanctionLadder, SanctionTerms
from domain.model.terms import ClockTerms
from policies.pack import Pack
from policies.pack_rows import repeated
from policies.suggestions import did_you_mean


def sanction_problems(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Ladders that lead nowhere, outcomes that no ladder fits, and sides that would never be heard."""
    yield from _outcomes(pack)
    yield from _hearing(pack, clocks)
    if pack.sanctions is None:
        return
    yield from _kinds(pack, pack.sanctions)
    yield from _ladders(pack, pack.sanctions)


def _outcomes(pack: Pack) -> Iterator[str]:
    terms = pack.sanctions
    for number, outcome in enumerate(pack.outcomes):
        place = f"outcomes.{number}"
        if outcome.sanctions is not None and terms is None:
            yield f"{place}.sanctions: the pack names no sanctions"
        if outcome.sanction is not None and outcome.sanctions is None:
            yield f"{place}.sanction: say whom it hits (sanctions: respondent)"
        if outcome.sanction is not None and terms is not None and terms.kind(outcome.sanction) is None:
            yield f"{place}.sanction: there is no sanction '{outcome.sanction}'{_known(terms, outcome.sanction)}"
        if outcome.sanctions is not None and outcome.sanctions not in outcome.lost_by:
            yield f"{place}.lost_by: whoever is sanctioned loses by it, and may appeal; add '{outcome.sanctions.value}'"
        for remedy in outcome.remedies:
            if terms is not None and terms.kind(remedy) is not None:
                yield f"{place}.remedies: '{remedy}' is a sanction; it follows from the ladder"


def _known(terms: SanctionTerms, name: str) -> str:
    return did_you_mean(name, (kind.name for kind in terms.kinds))


def _kinds(pack: Pack, terms: SanctionTerms) -> Iterator[str]:
    names = [kind.name for kind in terms.kinds]
    unknown = [name for name in terms.bars if name not in names]
    yield from (f"sanctions.bars: there is no sanction '{name}'{_known(terms, name)}" for name in unknown)
    yield from (f"sanctions.kinds: '{name}' is defined twice" for name in repeated(names))
    measures = {measure.name for measure in pack.interim_measures}
    yield from (f"sanctions.kinds.{name}: an interim measure is called the same" for name in names if name in measures)
    if terms.approval_above is not None and Phase.APPROVAL not in pack.labels:
        yield "sanctions.approval_above: the kind has no phase 'approval' among its labels, so nobody would ever be asked"


def _ladders(pack: Pack, terms: SanctionTerms) -> Iterator[str]:
    categories = repeated(ladder.category for ladder in terms.ladders)
    yield from (f"sanctions.ladders: '{category}' is defined twice" for category in categories)
    taken: dict[str, str] = {}
    for number, ladder in enumerate(terms.ladders):
        place = f"sanctions.ladders.{number}"
        if own := [named for named in ladder.also if named.partition("/")[0] == pack.kind]:
            yield f"{place}.also: '{own[0]}' is of this kind, whose sanctions count here by their category anyway"
        for ground in ladder.grounds:
            if ground not in pack.grounds:
                yield f"{place}.grounds: there is no ground '{ground}' in the pack{did_you_mean(ground, pack.grounds)}"
            if ground in taken:
                yield f"{place}.grounds: '{ground}' belongs to '{taken[ground]}' already"
            taken.setdefault(ground, ladder.category)
        if not ladder.steps:
            yield f"{place}.steps: name at least one sanction"
        unknown = [step for step in ladder.steps if terms.kind(step) is None]
        yield from (f"{place}.steps: there is no sanction '{step}'{_known(terms, step)}" for step in unknown)
        if unknown:
            continue
        yield from _warned_first(terms, ladder, place)
        for step in ladder.steps:
            if terms.rank(step) < terms.rank(ladder.steps[0]):
                yield f"{place}.steps: '{step}' is milder than '{ladder.steps[0]}', which comes first"
            kind = terms.kind(step)
            if kind is not None and not kind.weight:
                yield f"{place}.steps: '{step}' does not count, so nothing would ever follow it"


def _warned_first(terms: SanctionTerms, ladder: SanctionLadder, place: str) -> Iterator[str]:
    """In a ladder of misuse a ban comes after something that was said before; elsewhere nothing asks for that."""
    for number, step in enumerate(ladder.steps):
        kind = terms.kind(step)
        if kind is None:
            continue
        if kind.only_after is not None and (not ladder.misuse or kind.only_after not in ladder.steps[:number]):
            yield f"{place}.steps: '{step}' comes after '{kind.only_after}', which is no earlier step of a ladder of misuse"
        if ladder.misuse and kind.ban is not None and kind.only_after is None:
            yield f"{place}.steps: '{step}' keeps somebody out for misuse: say which warning it comes after (only_after: …)"


def _hearing(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Whoever has to be heard must not be able to put the ruling off for ever by saying nothing."""
    for side in pack.hear:
        if not any(_lapses(clock, side) for clock in clocks.values()):
            yield f"hear: give a clock that waits for the {side.value}, with the default 'proceed_on_file'"
    unasked = any(_lapses(clock, Side.RESPONDENT) and not _by_request(clock) for clock in clocks.values())
    if pack.heard_when == "told" and Side.RESPONDENT in pack.hear and not unasked:
        yield "heard_when: give a clock that waits for the respondent from when they are told (like: respondent_reply)"


def _lapses(clock: ClockTerms, side: Side) -> bool:
    return clock.waits_for == side.value and any(level.default == "proceed_on_file" for level in clock.levels)


def _by_request(clock: ClockTerms) -> bool:
    return all(trigger.startswith("evidence_requested") for trigger in clock.all_starts)
