"""A case on one page: whose turn it is and until when, who the sides are and what they want, what is on file, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import gone
from console.kit.happenings import amount_of, happened
from console.kit.refusals import Speaker
from console.kit.render import Zones
from console.kit.visit import Addresses, Visit, to
from console.kit.words import DEFAULTS, KEYS, USUAL, WHY_SKIPPED, called, icon_of, in_words, readable
from console.pages.afterwards import done, sent_before
from console.pages.changes import between_drafts, taken_back
from console.pages.course import OF_WHAT, course, of_what
from console.pages.files import file_shown, veiled
from console.pages.in_force import by_hand, lateness, measures, owed, still_open, with_effects
from console.pages.inbox import CLOCK_WORDS, away, away_until, turn_of
from console.pages.live import met, of_case
from console.pages.party_changes import unconfirmed
from console.pages.settlement import made
from console.pages.tags import beside
from domain.base import Side
from domain.views.actions import Action
from domain.views.case import CaseView, Due, view
from domain.views.urgency import ClockStanding, standings
from services import audit, cases, clocks, drafts, evidence, people, readers, references, timelines
from services.authority import DECIDING
from services.cases import Seen
from services.errors import Refused
from services.references import Told
from services.texts import Texts
from services.timelines import Entry
from services.translations import ShownTranslation

SAY = "say"
"""The draft of what is written in the case itself."""
_BY_HAND = {"rule": "ruling", "decide_appeal": "ruling", "submit_evidence": "hand-in"}
"""Commands that have a page of their own, by the end of its address."""
_JUST_DONE = ("by", "done", "before", "sent", "because")
"""What an address says of what its visitor did a moment ago."""
_OPENING = ("case_opened", "case_moved_in")
_READS_ONLY = "You took access to read this case. To work on it, have it assigned to you or put into a queue of yours."
_SAYS = {
    "message_sent": "sender",
    "past_message_kept": "sender",
    "evidence_submitted": "side",
    "offer_made": "side",
    "appeal_lodged": "side",
}
"""Where somebody says something to the matter, and by which field one learns whose word it is."""
_IN_WORDS = ("text", "what", "reasons")
"""Where the words of what happened stand: what was said, what was asked, and why."""
_SPOKEN = ("message_sent", "note_added", "past_message_kept")


@dataclass(frozen=True)
class PartyShown:
    """A side as the page introduces it."""

    id: str
    side: str
    name: str
    role: str
    wants: str | None
    """Their side's first words, of those that were said since they came: nobody's are put into another's mouth."""
    heard: bool
    """Whether anything was said since."""
    about: tuple[str, ...] = ()
    """What else is to be known of them, in words."""


@dataclass(frozen=True)
class Happened:
    """A line of the timeline."""

    n: int
    at: datetime
    icon: str
    words: str
    detail: str
    ahead: bool = False
    of: str = ""
    """What it concerns."""
    money: Mapping[str, Any] | None = None
    """How much it is about."""
    until: datetime | None = None
    """Until when it holds, where somebody said so."""


@dataclass(frozen=True)
class Spoken:
    """Words of somebody, and who reads them."""

    who: str
    side: str
    to: str
    at: datetime
    text: str | None
    translations: tuple[ShownTranslation, ...] = ()


@dataclass(frozen=True)
class Button:
    """Something that can be done, or cannot, with the reason."""

    command: str
    words: str
    icon: str
    allowed: bool
    why: str | None
    key: str | None
    href: str


@dataclass(frozen=True)
class Shown:
    """Everything that the page and its forms need of a case."""

    seen: Seen
    said: CaseView
    told: Told | None
    names: Mapping[str, str]
    """Of people and parties, by id."""
    clocks: tuple[ClockStanding, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        known = self.told.references if self.told else None
        return (known.subject or known.matter if known else None) or f"{self.said.kind} {self.said.category}".replace(
            "_", " "
        ).capitalize()

    @property
    def number(self) -> str:
        """How people name it."""
        known = self.told.references.external_id if self.told else None
        return known or f"…{self.seen.id[-8:]}"

    def of(self, side: Side) -> str:
        """The people of a side, by name."""
        parties = [party for party in (self.told.references.parties if self.told else ()) if party.role == "principal"]
        left = {party.id for party in (self.seen.case.parties if self.seen.case is not None else ()) if party.left}
        return " and ".join(self.names[party.id] for party in parties if party.side is side and party.id not in left)

    def whom(self, remedy: Any) -> str:
        """Whom a remedy concerns, by name and side: who reads "yes" must not have to guess whose data is erased."""
        name = self.names.get(remedy.party or "") or self.of(remedy.to)
        return f"{name} ({remedy.to.value})" if name else f"the {remedy.to.value}"


async def shown(visit: Visit, case_id: str, *reading: str) -> Shown | None:
    """The case as the caller may see it, who reads it being kept; None: it waits to be judged."""
    found = await known(visit, case_id, *reading)
    if found is None:
        return None
    told = await references.references_and_people(visit.parts, visit.caller, found.seen)
    names = dict(await people.colleagues(visit.parts, visit.caller))
    for party in told.references.parties if told else ():
        names[party.id] = party.name or party.ref or party.side.value
    # Phases are called as the pack calls them.
    return replace(found, told=told, names={**names, **found.names})


async def known(visit: Visit, case_id: str, *reading: str) -> Shown | None:
    """The same without anybody's name: enough to send something, or to keep what is being written. Nobody waits for names that
    no page shows."""
    seen = await cases.find(visit.parts, visit.caller, case_id, *reading)
    if seen.case is None:
        return None
    labels = {phase.value: label for phase, label in seen.case.terms.labels.items()}
    return Shown(seen, view(seen.case, seen.viewer), None, labels, standings(seen.case, visit.zones.now))


async def show(visit: Visit) -> Response:
    """The page."""
    case_id = visit.request.path_params["case_id"]
    try:
        found = await shown(visit, case_id, "case", "timeline", "evidence")
    except Refused as refused:
        if refused.code != "access_needed":
            raise
        return visit.page("access.html", 403, case_id=case_id, for_=readers.ACCESS_FOR, why="")
    if found is None:
        return visit.page("waiting.html", 202)
    said, seen = found.said, found.seen
    say = gone.of_team(visit.zones)
    entries = gone.of_entries(await timelines.first_entries(visit.parts, visit.caller, seen), say)
    texts = await gone.worded(visit.parts, visit.caller, seen, await cases.texts_of(visit.parts, visit.caller, seen), say)
    buttons = _plain(visit, found)
    parties = _parties(found, entries)
    return visit.page(
        "case.html",
        case=found,
        said=said,
        parties=[party for party in parties if party.role == "principal"],
        others=[party for party in parties if party.role != "principal"],
        unconfirmed=unconfirmed(seen, said, found.told, found.names),
        readers={side.value: _named(parties, side) for side in Side},
        made=made(said, entries),
        changes=between_drafts(entries, visit.house.amounts),
        why_withdrawn=_why_withdrawn(entries),
        told_by_itself=next((due.due_at for due in said.deadlines if due.by_default == "disclose"), None),
        undisclosed=said.disclosed_at is None and any(party.side == "respondent" for party in parties),
        turn=turn_of(seen, said, visit.caller.holder, found.names)[0],
        words=CLOCK_WORDS,
        usual=sorted((b for b in buttons if b.command in USUAL), key=lambda b: (not b.allowed, USUAL.index(b.command))),
        more=[button for button in buttons if button.command not in (*USUAL, "message", "note")],
        may={button.command: button for button in buttons},
        grace=next((due for due in said.deadlines if due.by_default == "issue_ruling"), None),
        explained={clock.clock: clock for clock in await clocks.clocks(visit.parts, seen)},
        spoken=[_spoken(entry, found) for entry in entries if entry.type in _SPOKEN],
        texts=texts,
        command_id=f"cmd_{uuid7()}",
        seq=seen.case.seq if seen.case is not None else 0,
        **await _just_now(visit, found, entries),
        called=called,
        why_skipped=WHY_SKIPPED,
        present=await met(visit, seen),
        live=of_case(seen, "reading", again=_again(visit, case_id)),
        **_in_time(visit, found, entries, texts),
        **await _handed_in(visit, found),
        **await beside(visit, seen),
    )


def _again(visit: Visit, case_id: str) -> str:
    """Where the page reads itself anew: with what was just done, so that its word and its way back stay while they hold."""
    said = {name: visit.request.query_params[name] for name in _JUST_DONE if name in visit.request.query_params}
    return f"/cases/{case_id}?{urlencode(said)}" if said else f"/cases/{case_id}"


def _in_time(visit: Visit, found: Shown, entries: Sequence[Entry], texts: Texts) -> dict[str, Any]:
    """What happened, what holds for the moment, and what is ahead."""
    case, said, now = found.seen.case, found.said, visit.zones.now
    return {
        "measures": measures(case, said, entries, found.names) if case is not None else [],
        "by_hand": by_hand(case, found.whom) if case is not None else [],
        **still_open(case),
        "owed": owed(said, found.names, texts),
        **(away(case, now, found.names) if case is not None else {}),
        "course": course(said, entries, found.clocks, found.names, now),
        "of_what": OF_WHAT,
        "ahead": _ahead(found, visit.zones),
        "past": _past(found, entries),
        "translated": [(entry.n, one) for entry in entries if entry.type not in _SPOKEN for one in entry.translations],
        "translatable": {entry.n: entry.texts for entry in entries if entry.texts},
    }


def _plain(visit: Visit, found: Shown) -> list[Button]:
    """The buttons, with their reasons in people's words."""
    speaker = Speaker(visit.zones, visit.house.amounts, found.names)
    return [replace(one, why=speaker.plainly(one.why)) if one.why else one for one in buttons_of(found)]


async def _just_now(visit: Visit, found: Shown, entries: Sequence[Entry]) -> dict[str, Any]:
    """What was just done, here or in the case before; what came back; and what is being written."""
    return {
        **done(visit, entries, found.seen.case),
        **await _begun(visit, found),
        "sent_before": await sent_before(visit),
        "back": taken_back(entries),
    }


async def _begun(visit: Visit, found: Shown) -> dict[str, str]:
    """What somebody has begun to write to a side or to the team, and to whom."""
    draft = await drafts.find(visit.parts, visit.caller, found.seen, SAY)
    text, to_ = ("".join(draft.values.get(name, [])[:1]) if draft else "" for name in ("text", "to"))
    return {"begun": text, "begun_to": to_ if text.strip() else ""}


async def _handed_in(visit: Visit, found: Shown) -> dict[str, Any]:
    """What was handed in, side by side, how its files are shown, and who can be told of a note."""
    pieces = gone.of_pieces(await evidence.handed_in(visit.parts, visit.caller, found.seen), gone.of_team(visit.zones))
    return {
        "evidence": [(side.value, [piece for piece in pieces if piece.fact.side is side]) for side in Side],
        "others_pieces": [piece for piece in pieces if piece.fact.side is None],
        "shown_files": {file.id: file_shown(file) for piece in pieces for file in piece.files},
        "left_over": [file_shown(file) for file, _ in await evidence.left_over(visit.parts, visit.caller, found.seen)],
        "veil": veiled(visit, found.said.kind),
        "colleagues": [(key, name) for key, name in found.names.items() if key.startswith("per_") and key != visit.caller.holder],
    }


def buttons_of(found: Shown) -> list[Button]:
    """Every command of the phase, with the reason where it is not the caller's to send."""
    put_away = found.seen.case is not None and away_until(found.seen.case, datetime.now(UTC)) is not None
    return [_button(found.seen.id, action, away=put_away) for action in _actions(found)]


def _button(case_id: str, action: Action, *, away: bool) -> Button:
    command = action.command
    where = f"/cases/{case_id}/{_BY_HAND.get(command, f'do/{command}')}"
    why = None if action.allowed else readable(action.detail or action.code or "")
    words = "Take it up again" if command == "resume" and away else called(command)
    return Button(command, words, icon_of(command), action.allowed, why, KEYS.get(command), where)


def _actions(found: Shown) -> Sequence[Action]:
    if not found.seen.reads_only:
        return found.said.actions
    return [
        Action(command=one.command, allowed=False, code="access_reads_only", detail=_READS_ONLY) for one in found.said.actions
    ]


def may(found: Shown, command: str) -> Action | None:
    """Whether the caller may send a command now; None: it is none of this phase."""
    return next((action for action in _actions(found) if action.command == command), None)


def since(found: Shown, entries: Sequence[Entry], seq: str) -> list[Happened]:
    """What happened since a form was made: nobody decides past what they have not read."""
    before = int(seq) if seq.isdecimal() and len(seq) < 12 else 0
    return [_happened(entry, found.names, whole=True) for entry in entries if entry.n > before]


def stale(found: Shown, command: str, seq: str, *, form: bool = False) -> bool:
    """Whether somebody decides on a case that has moved on since they opened the page, or sends a ``form`` that they wrote on."""
    assert found.seen.case is not None, "it was opened"
    return (form or command in DECIDING) and seq != str(found.seen.case.seq)


def _parties(found: Shown, entries: Sequence[Entry]) -> list[PartyShown]:
    shown_ = []
    for party in found.told.references.parties if found.told else ():
        name = party.name or party.ref or party.side.value.capitalize()
        of_case = found.seen.case.party(party.id) if found.seen.case is not None else None
        since = of_case.since if of_case is not None else None
        said = [entry for entry in entries if _speaks(entry, party.side) and (since is None or entry.at >= since)]
        wants = next((words for entry in said if (words := _words_of(entry))), None) if party.role == "principal" else None
        about = _about(found, party.id)
        shown_.append(PartyShown(party.id, party.side.value, name, party.role, wants, bool(said), about))
    return shown_


def _speaks(entry: Entry, side: Side) -> bool:
    """Whether a side said something by this, with the claimant's report itself."""
    return side is Side.CLAIMANT if entry.type in _OPENING else entry.data.get(_SAYS.get(entry.type, "")) == side.value


def _words_of(entry: Entry) -> str | None:
    return _text(entry.data.get("statement" if entry.type in _OPENING else "text"))


def _about(found: Shown, party_id: str) -> tuple[str, ...]:
    party = found.seen.case.party(party_id) if found.seen.case is not None else None
    if party is None:
        return ()
    speaks_for = found.names.get(party.represents, "") if party.represents else ""
    known = (
        (f"speaks for {speaks_for}", bool(speaks_for)),
        ("under age", party.minor),
        ("came later", party.since is not None and not party.left),
        ("is no party any more", party.left),
        ("so by the word of one, not confirmed yet", _by_one(found, party_id)),
    )
    return tuple(words for words, is_so in known if is_so)


def _by_one(found: Shown, party_id: str) -> bool:
    """Whether one of the team put them here, took them out, or said how old they are, and nobody else has confirmed it."""
    case = found.seen.case
    party = case.party(party_id) if case is not None else None
    stated = party is not None and party.stated_by is not None and not party.left
    return stated or (case is not None and any(one.party == party_id for one in case.seated))


def _named(parties: Sequence[PartyShown], side: Side) -> str:
    """Who reads what is said to a side."""
    left = "is no party any more"
    names = [party.name for party in parties if party.side == side and party.role == "principal" and left not in party.about]
    return " and ".join(names) or f"the {side.value}"


def _why_withdrawn(entries: Sequence[Entry]) -> str | None:
    """What was written with the newest wish to take the report back."""
    return next((_text(entry.data.get("reasons")) for entry in reversed(entries) if entry.type == "withdrawal_explained"), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _ahead(found: Shown, zones: Zones) -> list[Happened]:
    late = lateness(found.clocks)
    return sorted((_due(due, late, zones) for due in found.said.deadlines), key=lambda line: line.at, reverse=True)


def _due(due: Due, late: Mapping[str, datetime], zones: Zones) -> Happened:
    clock = in_words(due.clock)
    since = f"{clock} is late since {zones.words(late[due.clock])}" if due.clock in late else ""
    match due.action:
        case "warn" if since:
            icon, words, then = "bell", since, "a reminder goes out"
        case "escalate" if since:
            icon, words, then = "clock-alert", since, "it goes further up the ladder"
        case "warn":
            icon, words, then = "bell", f"{clock}: a reminder", ""
        case "escalate":
            icon, words, then = "clock-alert", f"{clock} is due", "after that it goes up the ladder"
        case _:
            icon, words = "clock", f"{clock} ends"
            then = f"then {DEFAULTS.get(due.by_default) or in_words(due.by_default).lower()}" if due.by_default else ""
    return Happened(0, due.due_at, icon, words, then, ahead=True, of="clocks")


def _past(found: Shown, entries: Sequence[Entry]) -> list[Happened]:
    """What happened, the newest first. What a case brought along stands where it happened, not where it was written down."""
    lines = [_happened(entry, found.names) for entry in with_effects(entries)]
    moved = any(entry.type == "case_moved_in" for entry in entries)
    for place, entry in enumerate(entries):
        if entry.type == "past_message_kept":
            words = f"{_who_wrote(entry, found)} wrote, before it moved in"
            lines[place] = replace(lines[place], at=_instant(entry.data.get("sent_at")), words=words)
        elif entry.type == "past_decision_kept":
            lines[place] = replace(lines[place], at=_instant(entry.data.get("decided_at")))
        elif moved and entry.type == "case_opened":
            lines[place] = replace(lines[place], at=found.said.opened_at)
    return sorted(lines, key=lambda line: (line.at, line.n), reverse=True)


def _who(entry: Entry, names: Mapping[str, str]) -> str:
    if entry.type == "case_opened":
        # Whoever reported it, not the machine that took it in.
        reporters = (party["id"] for party in entry.data.get("parties", ()) if party.get("side") == "claimant")
        return names.get(next(reporters, ""), "Somebody")
    if entry.actor_id == "system":
        return "Ombud"
    return names.get(entry.actor_id or "", entry.role.capitalize())


def _happened(entry: Entry, names: Mapping[str, str], *, whole: bool = False) -> Happened:
    icon, words = happened(entry.type, entry.data, _who(entry, names), names)
    said = next((text for text in (_text(entry.data.get(name)) for name in _IN_WORDS) if text), "")
    shown = said if whole or len(said) <= 160 else f"{said[:157]}…"
    ends = entry.data.get("until") if entry.type in ("clocks_paused", "alarm_acknowledged") else None
    money = amount_of(entry.type, entry.data)
    return Happened(entry.n, entry.at, icon, words, shown, of=of_what(entry), money=money, until=_instant(ends) if ends else None)


def _spoken(entry: Entry, found: Shown) -> Spoken:
    past = entry.type == "past_message_kept"
    inside = entry.type == "note_added" or entry.data.get("to") == "team"
    sender = str(entry.data.get("sender") or "staff")
    to = {"all": "to both sides", "desk": "to the team only"} | {one: f"to the {one} only" for one in ("claimant", "respondent")}
    side = "inside" if inside else sender if sender in ("claimant", "respondent") else "team"
    whom = "for the team only" if inside else to.get(str(entry.data.get("to")), "")
    who, at = (_who_wrote(entry, found), _instant(entry.data.get("sent_at"))) if past else (_who(entry, found.names), entry.at)
    return Spoken(who, side, whom, at, _text(entry.data.get("text")), entry.translations)


def _who_wrote(entry: Entry, found: Shown) -> str:
    """Who sent a message that the case brought along: a person by their name, a side by its principal party."""
    by, sender = str(entry.data.get("by")), str(entry.data.get("sender"))
    parties = found.seen.case.parties if found.seen.case is not None else ()
    ids = [by, *(party.id for party in parties if party.side == sender and party.role == "principal")]
    return next((found.names[one] for one in ids if one in found.names), in_words(sender))


def _instant(said: Any) -> datetime:
    return said if isinstance(said, datetime) else datetime.fromisoformat(str(said))


async def take_access(visit: Visit) -> Response:
    """Read a case that is in none of one's queues: with a reason, for a while, and operations is told at once."""
    form, case_id = await visit.form(), visit.request.path_params["case_id"]
    try:
        await readers.break_glass(visit.parts, visit.caller, case_id, form.text("reason"))
    except Refused as refused:
        if not refused.errors:
            raise
        return visit.page("access.html", 422, case_id=case_id, for_=readers.ACCESS_FOR, why=refused.errors[0].message)
    return to(f"/cases/{case_id}")


async def proof(visit: Visit) -> Response:
    """Whether the case is as it was recorded: its chain of hashes computed anew, and its state folded from its facts."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"])
    return visit.page("proof.html", case_id=seen.id, verdict=await audit.of_case(visit.parts, visit.caller, seen))


PAGES: Addresses = [
    ("/cases/{case_id}/proof", ["GET"], proof),
    ("/cases/{case_id}", ["GET"], show),
    ("/cases/{case_id}/access", ["POST"], take_access),
]
