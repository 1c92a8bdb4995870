"""What happened in a case, told to one caller: the facts that ``domain.views.case`` lets them see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.base import Side
from domain.model.case import Case
from domain.model.erasure import Erased
from domain.model.facts import Actor, AppointmentCancelled, PastMessageKept, Recording, RulingIssued
from domain.model.provider_news import ids_left_out
from domain.model.translations import texts_at
from domain.rules import told_category, told_codes
from domain.rules.appointments_told import told_because
from domain.rules.confidence import reader_of, thread_of
from domain.views.case import unsaid, visible
from domain.views.references import number_erased
from services.callers import LEADERS, TEAM, Caller
from services.cases import Seen
from services.need_to_know import cases_named, closed_among, names_one, without
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.texts import Texts, Unreadable, content_ids, gone_among, with_texts
from services.translations import ShownTranslation, shown_beside

_FACTS_AT_ONCE = 500

_TEAM_ONLY = frozenset({
    "terms", "routing", "priority", "ref_digest", "org_digest", "pack", "version", "decider", "approval_because",
    "content_digest",
    # Of a level: why it landed on nobody.
    "step", "withheld", "again_at",
    # Of a sanction: what it adds to the count of the next one.
    "weight",
    "synthetic",
    # Of a party: who of the team found something out, or alone said who speaks for whom.
    "flagged_by", "stated_by", "sees_seq", "address_digest",
    # Of a decision: the numbers of facts that it rests on.
    "relies_on",
})  # fmt: skip
"""Fields of facts that the team alone reads: they say how the matter is handled, or join a person's cases."""

_TEAM_ONLY_OF = {
    # Of a pause a side learns that its clock stands still, not which plans somebody has; of its end not what else went on.
    "clocks_paused": frozenset({"reason", "hold_id"}),
    "clocks_resumed": frozenset({"reason", "hold_ids"}),
    # Of a level: on whom it landed. Of a case that moved in: whether anybody heard of it.
    "level_reached": frozenset({"told"}),
    "case_moved_in": frozenset({"told"}),
    # Of work by hand a side learns what became of it, not how, when and by which payment.
    "manual_work_reported": frozenset({"text", "reference", "done_at"}),
    # Of what was said before the move: who said it is told as of all else, and of the team nobody is named.
    "past_message_kept": frozenset({"by"}),
    # Of a hearing called off: only what was written for whoever takes part.
    "appointment_cancelled": frozenset({"reasons"}),
}
"""The same of some facts only."""

_UNREAD_BY_PARTIES = frozenset({"source"})
"""Fields of facts that the platform reads and no party: by which door a report came, which is any word of the platform (a line
for tips, another person's name), and nothing that they may list by."""

_OF_A_PARTY = frozenset({"id", "side", "role"})
"""What a fact says of a party that the other parties read. Where somebody lives, what they speak, that they are a child and who
found that out is theirs to tell, whatever else comes to be known of parties."""

_KNOWS_GOLD = frozenset({"ops", "system"})
"""Who may see that a case is a gold or test case."""


@dataclass(frozen=True)
class Entry:
    """Something that happened, as one viewer may know it."""

    n: int
    """The number of the fact for the team; for others a count of what they see, for the facts' own would tell of hidden ones."""
    at: datetime
    type: str
    round: int
    actor_id: str | None
    """None: somebody whom the viewer may not know."""
    role: str
    """``staff`` for whoever of the team did it, when the viewer is not of the team."""
    data: dict[str, Any]
    """What the fact says beyond its type, as JSON."""
    command_id: str | None = None
    """None: not the viewer's own command, and the viewer not of the team."""
    credential: str | None = None
    """By which credential it came, for leads and ops; None also for what was recorded before that was noted."""
    caucus: Side | None = None
    """The side whose private talk with the desk it belongs to; None: it belongs to none."""
    translations: tuple[ShownTranslation, ...] = ()
    """Of the texts that it says to this viewer."""
    texts: tuple[str, ...] = ()
    """Where in its data texts stand that can be translated: none that were erased."""
    erased: Mapping[str, Erased] = field(default_factory=dict)
    """Where in its data texts stood that were erased: when, and why as far as the viewer may know it."""


async def page_of_entries(parts: Parts, caller: Caller, seen: Seen, page: Page, thread: Side | None = None) -> Part[Entry]:
    """One page of what happened, with its texts; of a ``thread``, what one side and the desk said to each other alone. The cursor
    counts what the caller sees. Another side's thread is empty, as if nothing had been said in it."""
    cursors = Cursors.of(parts, caller, "timeline", seen.id if thread is None else f"{seen.id}/{thread.value}")
    skip = int(cursors.read(page.cursor)[0]) if page.cursor else 0
    told = await _told(parts, caller, seen, skip + page.limit + 1, thread)
    shown = told[skip : skip + page.limit]
    more = len(told) > skip + page.limit
    cursor = cursors.write(str(skip + len(shown))) if more else None
    return Part(await _shown(parts, caller, seen, shown), more, cursor)


async def first_entries(parts: Parts, caller: Caller, seen: Seen) -> tuple[Entry, ...]:
    """What happened first, with its texts, in cases of a usual length all of it; the rest is paged through."""
    if seen.case is None:
        return ()
    told = entries(seen.case, await parts.views.timeline(caller.tenant_id, seen.id, 0, _FACTS_AT_ONCE), seen.viewer)
    return await _shown(parts, caller, seen, told)


async def entries_of(parts: Parts, caller: Caller, seen: Seen, recordings: Sequence[Recording]) -> tuple[Entry, ...]:
    """Some facts of a case with their texts, as far as the caller may know them."""
    return await _shown(parts, caller, seen, entries(seen.case, recordings, seen.viewer)) if seen.case is not None else ()


async def read_whole(parts: Parts, caller: Caller, seen: Seen, recordings: Sequence[Recording]) -> frozenset[int]:
    """The numbers of those facts of which the caller reads everything in the timeline: nothing is left out, nor told in another
    way, nor is another case named that they may not know. To whoever is not of the team a fact tells more than they read by who
    did it, by which credential, and what fell due; so it is their own deed, by a credential of theirs.
    """
    if seen.case is None:
        return frozenset()
    told = {}
    for recording in recordings:
        for entry in _without_numbers(seen, entries(seen.case, [recording], seen.viewer)):
            if entry.data == recording.fact.model_dump(mode="json", exclude={"type"}) and _by_what_they_know(
                caller, seen, recording
            ):
                told[recording.seq] = entry.data
    closed = await closed_among(parts, caller, seen.viewer, cases_named([*told.values()]) - {seen.id})
    # Whatever names one, however deep.
    return frozenset(seq for seq, data in told.items() if closed.isdisjoint(cases_named(data)))


def _by_what_they_know(caller: Caller, seen: Seen, recording: Recording) -> bool:
    """Whether what surrounds a fact tells nothing that the viewer's timeline does not tell."""
    if seen.viewer.role in TEAM:
        return recording.credential is None or seen.viewer.role in LEADERS
    by = recording.credential
    known = by is None or by == caller.credential or by.startswith("pse_")
    return recording.actor.id == seen.viewer.id and recording.timetable is None and not recording.calendars and known


async def _told(parts: Parts, caller: Caller, seen: Seen, most: int, thread: Side | None = None) -> list[Entry]:
    after, told, number = 0, list[Entry](), 1
    while seen.case is not None and len(told) < most:
        facts = await parts.views.timeline(caller.tenant_id, seen.id, after, _FACTS_AT_ONCE)
        found = entries(seen.case, facts, seen.viewer, number)
        number += len(found)
        told += found if thread is None else [entry for entry in found if entry.caucus is thread]
        if len(facts) < _FACTS_AT_ONCE:
            break
        after = facts[-1].seq
    return told


async def _shown(parts: Parts, caller: Caller, seen: Seen, told: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries with their texts. One that is about another case which the viewer may not know says that it happened, and
    nothing else."""
    told = [replace(entry, data=_beside_its_original(entry)) for entry in _without_numbers(seen, told)]
    closed = await closed_among(parts, caller, seen.viewer, cases_named([entry.data for entry in told]) - {seen.id})
    if closed:
        told = [replace(entry, data={} if names_one(entry.data, closed) else without(entry.data, closed)) for entry in told]
    texts = await parts.views.texts(caller.tenant_id, content_ids([entry.data for entry in told]))
    gone = await gone_among(parts, caller.tenant_id, texts, seen.viewer)
    own = [entry.data for entry in told]
    beside = await shown_beside(parts, caller, seen.case, own) if seen.case is not None else tuple(() for _ in told)
    return tuple(
        replace(
            entry,
            data=with_texts(entry.data, texts),
            translations=other,
            texts=_kept(said, texts),
            erased={place: gone[text.content_id] for place, text in texts_at(said) if text.content_id in gone},
        )
        for entry, said, other in zip(told, own, beside, strict=True)
    )


def _kept(said: dict[str, Any], texts: Texts) -> tuple[str, ...]:
    """Where texts stand whose words are still there: what was erased, or does not open, is translated by nobody."""
    there = {key for key, text in texts.items() if text is not None and not isinstance(text, Unreadable)}
    return tuple(place for place, text in texts_at(said) if text.content_id in there)


def _without_numbers(seen: Seen, told: Sequence[Entry]) -> Sequence[Entry]:
    """The entries, without a payment provider's ids where the number of the case was erased: they lead to whoever paid."""
    if not number_erased(seen.row.external_id):
        return told
    return [replace(entry, data=ids_left_out(entry.data)) for entry in told]


def _beside_its_original(entry: Entry) -> dict[str, Any]:
    """What an entry says; of a translation that there is one, and none of its words: those are read beside the original alone, as
    whoever looks may read that."""
    if entry.type != "text_translated":
        return entry.data
    return {name: said for name, said in entry.data.items() if name not in ("original", "text", "translator")}


def entries(case: Case, recordings: Sequence[Recording], viewer: Actor, first: int = 1) -> list[Entry]:
    """The facts as entries, their texts still references. ``first`` is the first number for who does not see every fact."""
    if viewer.role in TEAM:
        return [_for_team(recording, viewer) for recording in recordings]
    told = [recording for recording in recordings if visible(case, recording, viewer)]
    return [_for_others(case, recording, viewer, number) for number, recording in enumerate(told, start=first)]


def _for_team(recording: Recording, viewer: Actor) -> Entry:
    # Whoever decides a gold case must not know that it is one.
    unseen = frozenset[str]() if viewer.role in _KNOWS_GOLD else frozenset({"synthetic"})
    entry = _entry(recording, recording.seq, unseen)
    actor = recording.actor
    shown = recording.credential if viewer.role in LEADERS else None
    return replace(entry, actor_id=actor.id, role=actor.role, command_id=recording.command_id, credential=shown)


def _for_others(case: Case, recording: Recording, viewer: Actor, number: int) -> Entry:
    # Numbers of facts would tell that something happened inside, a person's id who decides.
    actor, own = recording.actor, recording.actor.id == viewer.id
    hidden = _TEAM_ONLY | _TEAM_ONLY_OF.get(recording.fact.type, frozenset())
    hidden |= _UNREAD_BY_PARTIES if viewer.side is not None else frozenset()
    entry = _entry(recording, number, hidden)
    unread = unsaid(case, recording, viewer)
    read = {name: said for name, said in entry.data.items() if name not in unread}
    entry = replace(entry, data=_category_told(case, viewer, told_codes.told_of(case, recording, read)))
    if viewer.side is not None:
        entry = replace(entry, data=_of_others(entry.data, viewer.id))
    issued = recording.fact
    if isinstance(issued, RulingIssued):
        ruling = next((r for r in case.rulings if r.id == issued.ruling_id), None)
        if ruling is not None and ruling.reasons is not None:
            entry.data["reasons"] = ruling.reasons.model_dump()
    if isinstance(issued, AppointmentCancelled) and not own:
        # Nor by whom: a side that does not want to meet the other one says so to the team alone.
        return replace(entry, data={**entry.data, "because": told_because(issued)}, actor_id=None, role="staff", command_id=None)
    if isinstance(issued, PastMessageKept):
        # It was written down by whoever moved the case in, and said by the one who wrote it.
        return replace(entry, actor_id=_wrote(case, issued), role=issued.sender, command_id=None)
    return replace(
        entry,
        actor_id=actor.id if own or case.party(actor.id) else None,
        role="staff" if actor.role in ("mediator", "lead", "ops") else actor.role,
        command_id=recording.command_id if own else None,
    )


def _wrote(case: Case, said: PastMessageKept) -> str | None:
    """The party who wrote it before the case moved in; where that was not said, the one of their side. None: the team."""
    if said.by is not None and case.party(said.by) is not None:
        return said.by
    return next((one.id for one in case.parties if one.side == said.sender and one.role == "principal"), None)


def _category_told(case: Case, viewer: Actor, said: dict[str, Any]) -> dict[str, Any]:
    """What a fact says that the case is called, as whoever reads it may; what was put to somebody by it, too."""
    reader = reader_of(case, viewer)
    words = {name: said[name] for name in ("category", "charge") if isinstance(said.get(name), str)}
    return {**said, **{name: told_category.told(case, word, reader) for name, word in words.items()}}


def _entry(recording: Recording, number: int, unseen: frozenset[str]) -> Entry:
    data = _without(recording.fact.model_dump(mode="json", exclude={"type"}), unseen)
    caucus = thread_of(recording.fact)
    return Entry(number, recording.at, recording.fact.type, recording.round, None, recording.actor.role, data, caucus=caucus)


def _of_others(value: Any, own: str) -> Any:
    """What is said of parties, without what only the one of whom it is said reads."""
    if isinstance(value, dict):
        another = value.keys() >= _OF_A_PARTY and value["id"] != own
        return {name: _of_others(part, own) for name, part in value.items() if not another or name in _OF_A_PARTY}
    return [_of_others(part, own) for part in value] if isinstance(value, list) else value


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(part, names) for name, part in value.items() if name not in names}
    return [_without(part, names) for part in value] if isinstance(value, list) else value
