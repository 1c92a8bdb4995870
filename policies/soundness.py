"""What is wrong with a pack although it has the right shape: each problem with its place, for the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, get_args

from domain.base import Phase
from domain.facts import Fact
from domain.terms import ClockTerms, Level

if TYPE_CHECKING:
    from policies.pack import Pack

_FACTS = frozenset(one.model_fields["type"].default for one in get_args(get_args(Fact)[0]))
_TRIGGERS = _FACTS | {"phase_left", "phase_resumed", "requests_settled"}
# A clock that ends by these leads out of its phase, or to the next step in it: the case cannot come to rest there.
_LEADS_ON = frozenset({"open_review", "issue_ruling", "close"})


def problems(pack: Pack, clocks: Mapping[str, ClockTerms]) -> list[str]:
    """Everything that would go wrong when a case lives by this pack; empty for a sound one."""
    return [*_phases(pack), *_conditions(pack), *_triggers(pack, clocks), *_clocks(clocks), *_deadlines(pack, clocks)]


def _phases(pack: Pack) -> Iterator[str]:
    if pack.approval_above is not None and Phase.APPROVAL not in pack.labels:
        yield "approval_above: the kind has no phase 'approval' among its labels, so nobody would ever be asked"
    if (Phase.APPEAL in pack.labels) is not (Phase.APPEALABLE in pack.labels):
        yield "labels: 'appealable' and 'appeal' come together or not at all"
    names = [outcome.name for outcome in pack.outcomes]
    yield from (f"outcomes: '{name}' is defined twice" for name in sorted({n for n in names if names.count(n) > 1}))
    for number, outcome in enumerate(pack.outcomes):
        if outcome.needs_amount and not outcome.remedies:
            yield f"outcomes.{number}.needs_amount: '{outcome.name}' comes with no remedy that could have an amount"


def _conditions(pack: Pack) -> Iterator[str]:
    # Imported here: it takes a while, and most commands never load a pack.
    import cel

    rows = [(f"gates.{row.name}", row.when) for row in pack.gates]
    rows += [(f"priority.{row.name}", row.when) for row in pack.priority if row.when is not None]
    for place, condition in rows:
        try:
            cel.compile(condition)
        except ValueError as error:
            yield f"{place}.when: {str(error).splitlines()[0]}"


def _triggers(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    named = [("notices", trigger) for trigger in pack.notices]
    for name, clock in clocks.items():
        for field in ("starts", "stops", "pauses", "resumes"):
            named += [(f"clocks.{name}.{field}", trigger) for trigger in getattr(clock, field)]
    for place, trigger in named:
        if trigger.partition(":")[0] not in _TRIGGERS:
            yield f"{place}: nothing that happens is called '{trigger}'"


def _clocks(clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    for name, clock in clocks.items():
        if not clock.all_starts:
            yield f"clocks.{name}: nothing starts it (give 'during' or 'starts')"
        if clock.pauses and not clock.target.is_clock_time:
            yield f"clocks.{name}.target: a clock that pauses needs hours; days run through a pause"
        levels = [level.name for level in clock.levels]
        yield from (f"clocks.{name}.levels: '{n}' is defined twice" for n in sorted({n for n in levels if levels.count(n) > 1}))
        for level in clock.levels:
            yield from _level(f"clocks.{name}.levels.{level.name}", clock, level)


def _level(place: str, clock: ClockTerms, level: Level) -> Iterator[str]:
    if (level.action == "default") is not (level.default is not None):
        yield f"{place}.default: say what happens by default where the action is 'default', and only there"
    if level.default is not None and level.repeat is not None:
        yield f"{place}.repeat: what happens by default happens once"
    if level.default == "proceed_on_file" and clock.waits_for not in ("claimant", "respondent"):
        yield f"{place}.default: 'proceed_on_file' needs a clock that waits for the claimant or the respondent"
    expected = {"open_review": Phase.SETTLEMENT, "issue_ruling": Phase.RULED}.get(level.default or "")
    if expected is not None and clock.during is not expected:
        yield f"{place}.default: '{level.default}' needs a clock 'during: {expected.value}'"


def _deadlines(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """No open case may come to be without a running deadline."""
    for phase in pack.labels:
        if phase is not Phase.CLOSED and not any(_lasts(clock, phase) for clock in clocks.values()):
            yield f"clocks: nothing keeps a case in '{phase.value}' from being forgotten: a clock that repeats or ends by default"


def _lasts(clock: ClockTerms, phase: Phase) -> bool:
    starts = {f"phase_entered:{phase.value}"} | ({"case_opened"} if phase is Phase.INTAKE else set())
    early = {stop for stop in clock.all_stops if not stop.startswith("phase_left:")}
    return bool(clock.all_starts & starts) and not early and any(x.repeat or x.default in _LEADS_ON for x in clock.levels)
