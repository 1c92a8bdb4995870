"""How long a decision can be complained of by law, also when its case is closed meanwhile.

Article 20(1) of Regulation (EU) 2022/2065 gives six months from being informed of a decision, whatever the platform calls its
case after that. A pack says so with a clock that does 'end_complaints'; while it runs, whoever lost something by the last
decision may appeal against it. Each decision that is told starts it anew.
"""

from __future__ import annotations

from domain.base import Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.terms import ClockTerms


def is_window(clock: ClockTerms) -> bool:
    """Whether a clock says until when a decision can be complained of."""
    return any(level.default == "end_complaints" for level in clock.levels)


def last(case: Case) -> bool:
    """Whether the last decision that was told can still be complained of by its law."""
    for clock in case.clocks:
        definition = case.terms.clock(clock.name)
        if definition is None or clock.stopped_at is not None or not is_window(definition):
            continue
        over = {level.name for level in definition.levels if level.default == "end_complaints"}
        if over.isdisjoint(fired.level for fired in clock.fired):
            return True
    return False


def end(case: Case) -> tuple[f.Fact, ...]:
    """The time is over. An appeal that came before it is decided, and what it is decided into has a time of its own."""
    if case.phase not in (Phase.APPEALABLE, Phase.CLOSED) or not any(right.allowed for right in case.rights):
        return ()
    return (f.RightsLapsed(),)


def bars(case: Case, command: str) -> bool:
    """Whether an appeal comes to a closed case of whose decision nobody may complain any more."""
    return command == "appeal" and case.phase is Phase.CLOSED and not last(case)
