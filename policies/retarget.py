"""New terms for a case that runs: on another calendar, on the newest versions of its own calendars, or by the newest pack."""

from __future__ import annotations

from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.terms import Terms
from domain.worktime.calendars import Calendar
from policies.resolve import terms_of
from policies.shelf import Shelf


def retargeted(shelf: Shelf, case: Case, wanted: Retarget) -> tuple[Terms, dict[str, Calendar]] | None:
    """The terms that a command leads to, and the calendars they refer to.

    None when the shelf has no such calendar or pack, or the command asks for neither.
    """
    if wanted.newest == "pack":
        pack = shelf.packs.get(case.terms.pack)
        if pack is None:
            return None
        was, priority = case.terms, wanted.priority or case.priority
        terms = terms_of(pack, priority, shelf.references, was.time_scale, was.variants, was.priority_for_minors, was.danger)
    elif wanted.newest == "calendars":
        terms = with_newest_calendars(shelf, case.terms)
    elif wanted.calendar is not None:
        terms = case.terms
    else:
        return None
    if wanted.calendar is not None:
        calendar = shelf.calendars.get(wanted.calendar)
        if calendar is None:
            return None
        if terms.time_scale == 1.0:
            names = {**terms.names, calendar.ref: wanted.calendar}
            terms = terms.model_copy(update={"calendar": calendar.ref, "calendars": {}, "names": names})
    known = {ref: name for ref, name in terms.names.items() if ref in terms.references}
    return terms.model_copy(update={"names": known}), shelf.calendars_of(terms)


def with_newest_calendars(shelf: Shelf, terms: Terms) -> Terms:
    """The same terms on the calendars that the shelf has under the same names; one that it does not have stays."""
    newest, names = newest_refs(shelf, terms), calendar_names(shelf, terms)
    return terms.model_copy(
        update={
            "calendar": newest.get(terms.calendar or "", terms.calendar),
            "calendars": {queue: newest.get(ref, ref) for queue, ref in terms.calendars.items()},
            "names": {newest.get(ref, ref): name for ref, name in names.items()},
            "clocks": tuple(
                clock.model_copy(update={"calendar": newest.get(clock.calendar, clock.calendar)}) if clock.calendar else clock
                for clock in terms.clocks
            ),
        }
    )


def newest_refs(shelf: Shelf, terms: Terms) -> dict[str, str]:
    """The reference that each calendar of a case has on the shelf, by the one it has in the case."""
    return {ref: shelf.calendars[name].ref for ref, name in calendar_names(shelf, terms).items() if name in shelf.calendars}


def calendar_names(shelf: Shelf, terms: Terms) -> dict[str, str]:
    """What the calendars of a case are called. Terms of the first releases did not say; there the pack of the kind does."""
    names = dict(terms.names)
    pack = shelf.packs.get(terms.pack)
    if pack is not None and terms.calendar is not None and pack.calendar is not None:
        names.setdefault(terms.calendar, pack.calendar)
    own = {row.name: row.calendar for row in pack.clocks if row.calendar} if pack is not None else {}
    for clock in terms.clocks:
        if clock.calendar is not None and clock.name in own:
            names.setdefault(clock.calendar, own[clock.name])
    return names
