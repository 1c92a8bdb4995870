"""Why a case stands under the terms it stands under: which pack, which row of it matched, and who changed what since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.base import Instant, Kept, Money
from domain.model import facts as f
from domain.model.case import Case
from domain.model.terms import ClockTerms, Terms


class RowMet(Kept):
    """A row of a table that was asked at intake, and what it said."""

    table: str
    row: str
    said: str
    when: str | None = None
    """Its condition as the pack writes it; None for a row that always hits, and where the pack's text is not kept."""


class ClockSaid(Kept):
    """One clock as it binds the case."""

    clock: str
    waits_for: str
    target: str
    because: str
    """What the target follows from: ``category/priority``, a category, a priority, or ``every case``."""
    calendar: str | None = None
    """Name of the calendar, or its reference; None: around the clock."""
    statutory: bool = False


class TermsChange(Kept):
    """What a later command changed."""

    seq: int
    at: Instant
    by: str
    role: str
    reason: str
    changed: dict[str, tuple[str | None, str | None]]
    """By name, from and to: ``priority``, ``category``, ``queue``, ``version``, ``calendar``, ``target of ruling``."""


class TermsSaid(Kept):
    """Why these terms, in numbers and in words."""

    kind: str
    category: str
    priority: str
    pack: str
    version: str
    current: str | None = None
    """The version by which new reports of this kind are judged now."""
    opened_under: str
    """The version it was opened under."""
    decision: str
    reason: str | None = None
    rows: tuple[RowMet, ...] = ()
    calendars: dict[str, str] = {}
    """References by name."""
    clocks: tuple[ClockSaid, ...] = ()
    approval_above: Money | tuple[Money, ...] | None = None
    time_scale: float = 1.0
    changes: tuple[TermsChange, ...] = ()
    words: tuple[str, ...] = ()


def explain_terms(
    case: Case, recordings: Iterable[f.Recording], body: Mapping[str, Any] | None = None, current: str | None = None
) -> TermsSaid:
    """Why the case stands under its terms. ``body`` is the pack it was opened under, as far as its text is kept.

    Raises ValueError for a record that does not begin with ``case_opened``.
    """
    kept = list(recordings)
    opened = next((recording.fact for recording in kept if isinstance(recording.fact, f.CaseOpened)), None)
    if opened is None:
        raise ValueError(f"the record of {case.id} does not begin with case_opened")
    terms = case.terms
    said = TermsSaid(
        kind=case.kind,
        category=case.category,
        priority=case.priority.value,
        pack=terms.pack,
        version=terms.version,
        current=current,
        opened_under=opened.terms.version,
        decision=opened.routing.decision,
        reason=opened.routing.reason,
        rows=tuple(_row(line, body or {}) for line in opened.routing.trace),
        calendars={_called(terms, ref): ref for ref in sorted(terms.references)},
        clocks=tuple(_clock(case, clock) for clock in terms.clocks),
        approval_above=terms.approval_above,
        time_scale=terms.time_scale,
        changes=tuple(_changes(opened, kept)),
    )
    return said.model_copy(update={"words": tuple(_words(said))})


def _row(line: str, body: Mapping[str, Any]) -> RowMet:
    place, _, said = line.partition(": ")
    table, _, row = place.partition("/")
    rows = body.get(table)
    found = (entry for entry in rows if isinstance(entry, Mapping) and entry.get("name") == row) if isinstance(rows, list) else ()
    when = next((row.get("when") for row in found), None)
    return RowMet(table=table, row=row, said=said, when=when if isinstance(when, str) else None)


def _called(terms: Terms, ref: str) -> str:
    return terms.names.get(ref, ref)


def _clock(case: Case, clock: ClockTerms) -> ClockSaid:
    ref = case.terms.calendar_of(clock, case.queue)
    fits = (f"{case.category}/{case.priority.value}", f"{case.category}/", case.priority.value)
    because = next((key.rstrip("/") for key in fits if key in clock.targets), "every case")
    if because == "every case" and clock.targets:
        # The target that stands for itself is that of the priority the case was opened with.
        because = "every other case"
    return ClockSaid(
        clock=clock.name,
        waits_for=clock.waits_for,
        target=str(clock.target_for(case.priority, case.category)),
        because=because,
        calendar=_called(case.terms, ref) if ref else None,
        statutory=clock.statutory,
    )


def _changes(opened: f.CaseOpened, recordings: Iterable[f.Recording]) -> Iterator[TermsChange]:
    terms, stood = opened.terms, {"priority": opened.priority.value, "category": opened.category, "queue": opened.terms.queue}
    for recording in recordings:
        if not isinstance(recording.fact, f.CaseRetargeted):
            continue
        fact = recording.fact
        changed: dict[str, tuple[str | None, str | None]] = {}
        priority = fact.priority.value if fact.priority else None
        for name, to in (("priority", priority), ("category", fact.category), ("queue", fact.queue)):
            if to is not None and to != stood[name]:
                changed[name] = (stood[name], to)
                stood[name] = to
        if fact.terms is not None:
            changed |= _of_terms(terms, fact.terms)
            terms = fact.terms
        if fact.refreshed:
            changed["deadlines"] = (None, "computed afresh")
        by, role = recording.actor.id, recording.actor.role
        yield TermsChange(seq=recording.seq, at=recording.at, by=by, role=role, reason=fact.reason, changed=changed)


def _of_terms(old: Terms, new: Terms) -> dict[str, tuple[str | None, str | None]]:
    found: dict[str, tuple[str | None, str | None]] = {}
    if old.version != new.version:
        found["version"] = (old.version, new.version)
    if old.calendar != new.calendar:
        found["calendar"] = (old.calendar and _called(old, old.calendar), new.calendar and _called(new, new.calendar))
    before, after = ({c.name: str(c.target) for c in terms.clocks} for terms in (old, new))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            found[f"target of {name}"] = (before.get(name), after.get(name))
    return found


def _words(said: TermsSaid) -> Iterator[str]:
    version = said.version[:12]
    same = "" if said.current is None else ", as new reports are" if said.current == said.version else ""
    yield f"It stands under the pack “{said.pack}”, version {version}{same}."
    if said.current is not None and said.current != said.version:
        yield f"New reports of this kind are judged by version {said.current[:12]}; only a command moves this case there."
    if said.opened_under != said.version:
        yield f"It was opened under version {said.opened_under[:12]}."
    for row in said.rows:
        condition = f" ({row.when})" if row.when else ""
        yield f"{row.table.capitalize()}{f', row “{row.row}”' if row.row else ''}: {row.said}{condition}."
    reason = f", because of {said.reason}" if said.reason else ""
    yield f"So the report was to be: {said.decision}{reason}."
    for name, ref in said.calendars.items():
        yield f"Calendar “{name}”: {ref}."
    yield f"Targets at priority {said.priority}, category {said.category}:"
    for clock in said.clocks:
        law = ", a limit of the law" if clock.statutory else ""
        where = clock.calendar or "around the clock"
        yield f"  {clock.clock}: {clock.target} ({clock.because}; {where}{law})"
    limits = said.approval_above or ()
    for limit in (limits,) if isinstance(limits, Money) else limits:
        yield f"A ruling above {limit.amount} {limit.currency} (in minor units) needs a second person."
    if limits:
        yield "A ruling about money in any other currency needs a second person, whatever the amount."
    if said.time_scale != 1.0:
        yield f"Time is scaled by {said.time_scale:g}: a development tenant."
    for change in said.changes:
        what = "; ".join(f"{name} from {old or 'nothing'} to {new or 'nothing'}" for name, (old, new) in change.changed.items())
        yield f"Fact {change.seq}, {change.at:%Y-%m-%d %H:%M} UTC: {change.by} ({change.role}), {change.reason}: {what}."
