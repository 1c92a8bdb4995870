"""A party's page of its case: one card above all the rest that says whose turn it is, until when, and what follows otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import gone
from console.party.story import (
    DEEDS,
    HEARING_DEEDS,
    ICONS,
    Paper,
    Reader,
    Turn,
    asked_of,
    barred,
    deeds_of,
    happened,
    hearing_of,
    open_proposal,
    other_translations,
    spoken,
    subject_of,
    turn_of,
)
from console.party.visit import PartyAddresses, PartyVisit
from domain.base import Side
from domain.model.erasure import Erased
from domain.model.sanctions import Sanction
from domain.views.case import CaseView, view
from domain.views.evidence import answers_alone
from domain.views.told_statement import ToldStatement, is_notice, told_statement
from services import cases, commands, evidence, outside_drafts, personal_data, references, timelines
from services.cases import Seen
from services.errors import not_found
from services.manual_work import carried
from services.personal_data import OPENING
from services.texts import Texts
from services.timelines import Entry
from services.translations import of_statement

QUICK_EXIT = frozenset({"safety_incident", "conduct_report"})
"""Kinds in which somebody may read over a shoulder: their pages can be left at one press."""
ELSEWHERE = "https://www.wikipedia.org/"
"""Where a quick exit leads: a page that says nothing of anybody. The browser goes there only when it is pressed."""
QUICKLY = "/my/leave/quickly"
"""The way there from a page of a case: nobody comes back in on that device."""
_ELSEWHERE = ("decision_taken_over", "past_decision_kept")
"""What keeps a decision that was made before the case came here."""
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox"}


@dataclass(frozen=True)
class MyCase:
    """Everything that the pages need of the case, as far as this party may know it."""

    seen: Seen
    said: CaseView
    reader: Reader
    entries: tuple[Entry, ...]
    texts: Texts
    turn: Turn
    deeds: list[str]

    @property
    def number(self) -> str:
        """How letters call it."""
        return self.seen.id[-8:]

    @property
    def named(self) -> str:
        """What it is called, as a key below ``kind``: a notice is none of the appeals of its kind."""
        return "notice" if self.seen.case is not None and is_notice(self.seen.case) else self.said.kind

    @property
    def terms(self) -> Any:
        """The terms that bind it."""
        assert self.seen.case is not None, "it was opened"
        return self.seen.case.terms


async def my_case(visit: PartyVisit, *reading: str) -> MyCase | None:
    """The case; None: it waits to be judged. Raises ``not_found``."""
    seen = await visit.case(*reading)
    if seen.case is None or visit.session is None:
        return None
    party = seen.case.party(visit.session.party_id)
    if party is None:
        raise not_found()
    said, reader = (
        view(seen.case, seen.viewer),
        Reader(party.id, party.side, party.role, personal_data.reported(seen.case, party)),
    )
    say = instead_of_words(visit)
    entries = gone.of_entries(await timelines.first_entries(visit.parts, visit.caller, seen), say)
    texts = await gone.worded(visit.parts, visit.caller, seen, await cases.texts_of(visit.parts, visit.caller, seen), say)
    now = visit.now
    return MyCase(seen, said, reader, entries, texts, turn_of(said, reader, now), deeds_of(said, reader, now))


async def show(visit: PartyVisit) -> Response:
    """The page."""
    mine = await my_case(visit)
    if mine is None:
        return visit.page("waiting.html", 202)
    said, reader = mine.said, mine.reader
    stated, texts = await _stated(visit, mine)
    draft = await _begun(visit, "write")
    return visit.page(
        "case.html",
        **frame(mine),
        **await _about(visit, mine),
        erased=visit.words.say("case.erased"),
        said=said,
        turn=mine.turn,
        offer=said.offer if said.offer is not None and said.offer.side is not reader.side else None,
        own_offer=said.offer if said.offer is not None and said.offer.side is reader.side else None,
        proposal=open_proposal(said, reader),
        asked=asked_of(said, reader),
        deeds=[deed for deed in mine.deeds if deed not in ("accept", "decline", "write")],
        barred=barred(said),
        icons=ICONS,
        may={deed: deed in mine.deeds for deed in DEEDS},
        hearing_deeds={deed: one.id for deed in HEARING_DEEDS if deed in mine.deeds and (one := hearing_of(said, deed))},
        spoken=spoken(mine.entries, reader, said.opened_at),
        past=happened(mine.entries, reader, said.opened_at),
        papers=await _papers(visit, mine),
        translated=[*other_translations(mine.entries), *await of_statement(visit.parts, visit.caller, mine.seen)],
        ruling=said.ruling,
        stated=stated,
        elsewhere=_made_elsewhere(mine) if stated is None else None,
        hits=_hits(mine, visit.now),
        carried=carried(mine.seen),
        right=next((right for right in said.rights if right.side is reader.side), None),
        texts=texts,
        command_id=f"cmd_{uuid7()}",
        begun=draft.get("text", ""),
        to=draft.get("to", ""),
        speak_form="write" if "write" in mine.deeds else None,
        speak_at="/my/keep/write",
    )


async def _stated(visit: PartyVisit, mine: MyCase) -> tuple[ToldStatement | None, Texts]:
    """The statement of reasons of the decision that the page shows, with its texts beside the others."""
    case, ruling = mine.seen.case, mine.said.ruling
    stated = told_statement(case, ruling.id, mine.seen.viewer) if case is not None and ruling is not None else None
    if stated is None:
        return None, mine.texts
    texts = await visit.parts.views.texts(visit.caller.tenant_id, stated.texts)
    return stated, {**mine.texts, **await gone.worded(visit.parts, visit.caller, mine.seen, texts, instead_of_words(visit))}


def _made_elsewhere(mine: MyCase) -> dict[str, Any] | None:
    """What came along with a decision that was made before the case came here: its clause, that a machine made it, and where the
    pack says that it can be complained about. None for a decision that was made here."""
    case, ruling = mine.seen.case, mine.said.ruling
    kept = {entry.data.get("ruling_id"): entry.data for entry in mine.entries if entry.type in _ELSEWHERE}
    if case is None or ruling is None or ruling.id not in kept:
        return None
    machine = any(one.id == ruling.id and one.decider == "machine" for one in case.rulings)
    redress = case.terms.statement.redress if case.terms.statement is not None else ()
    return {"clause": kept[ruling.id].get("ground"), "machine": machine, "redress": redress}


def _hits(mine: MyCase, now: datetime) -> list[Sanction]:
    """The sanctions of this case that are in force against whoever reads."""
    own = {one.id for one in mine.said.sanctions}
    sanctions = mine.seen.case.sanctions if mine.seen.case is not None else ()
    theirs = [one for one in sanctions if one.id in own and one.side is mine.reader.side and one.lifted_at is None]
    return [one for one in theirs if one.ends_at is None or one.ends_at > now]


def frame(mine: MyCase) -> dict[str, Any]:
    """What every page of a case says around its own."""
    return {
        "mine": mine,
        "subject": subject_of(mine.entries),
        "side": mine.reader.side.value,
        "quick_exit": QUICKLY if mine.said.kind in QUICK_EXIT else None,
        "readers": readers_of(mine),
        "by_child": by_child(mine),
        "to_choices": choices_of(mine),
    }


def readers_of(mine: MyCase) -> str:
    """Who reads what they write without saying to whom, as a key of the catalogue."""
    if mine.reader.side is Side.CLAIMANT and mine.said.disclosed_at is None:
        return "undisclosed"
    return mine.said.words


def choices_of(mine: MyCase) -> tuple[tuple[str, str], ...]:
    """To whom they can write, with the key of what the page says of it; none where there is nothing to choose.

    ``side`` leaves it to the pack. Where words go to the desk, whoever does not stand alone on their side can speak to the desk
    alone, which comes first where they were asked alone.
    """
    readers, apart = readers_of(mine), mine.terms.words == "desk" and not by_child(mine)
    alone, everybody = ("desk", "to_desk_alone" if apart or by_child(mine) else "to_desk"), ("all", "to_all")
    if readers == "shared":
        return (everybody, alone)
    others = (everybody,) if readers == "desk" else ()
    if not apart:
        return (alone, *others) if others else ()
    case, own = mine.seen.case, ("side", "to_desk")
    if case is None or all(p.id == mine.reader.id or not p.speaks for p in case.side_parties(mine.reader.side)):
        return (own, *others) if others else ()
    return (*((alone, own) if answers_alone(case, mine.reader.id) else (own, alone)), *others)


def by_child(mine: MyCase) -> bool:
    """Whether somebody under age reads the page in their own matter: what they write for the desk nobody reads beside it."""
    case = mine.seen.case
    return case is not None and any(one.minor and one.id == mine.reader.id for one in case.principals(mine.reader.side))


def instead_of_words(visit: PartyVisit) -> gone.Say:
    """What stands where words were that are gone, in the reader's language."""
    words = visit.words

    def say(erased: Erased | None) -> str:
        if erased is None:
            return words.say("case.unreadable")
        when = words.day(erased.at, visit.zone)
        if erased.reason is None:
            return words.say("case.erased_on", when=when)
        return words.say("case.erased_because", when=when, why=words.word("erased_because", erased.reason))

    return say


async def _about(visit: PartyVisit, mine: MyCase) -> dict[str, Any]:
    """What the matter is, as far as they may read it: its number, what it was reported as, and when it happened."""
    theirs = await references.of_party(visit.parts, visit.caller, mine.seen, mine.reader.id)
    opened: Mapping[str, Any] = next((entry.data for entry in mine.entries if entry.type in OPENING), {})
    at = opened.get("occurred_at")
    agreed = next((one for one in mine.said.offers if mine.said.settlement and one.id == mine.said.settlement.id), None)
    granted = next((line for line in happened(mine.entries, mine.reader) if line.key == "claim_conceded"), None)
    proposed = next((one for one in mine.said.proposals if mine.said.settlement and one.id == mine.said.settlement.id), None)
    return {
        "matter": theirs.matter,
        "category": f"category.{mine.said.kind}.{mine.said.category}.name",
        "occurred_at": datetime.fromisoformat(at) if isinstance(at, str) else None,
        "agreed": agreed or proposed or granted,
        "danger": mine.said.kind == "safety_incident",
    }


async def _papers(visit: PartyVisit, mine: MyCase) -> list[Paper]:
    pieces = gone.of_pieces(await evidence.handed_in(visit.parts, visit.caller, mine.seen), instead_of_words(visit))
    return [
        Paper(
            "you" if piece.recording.actor.id == mine.reader.id else "own" if piece.fact.side is mine.reader.side else "other",
            piece.recording.at,
            piece.text,
            piece.files,
            piece.fact.confidentiality != "shared",
        )
        for piece in pieces
    ]


async def receipt(visit: PartyVisit) -> Response:
    """What they have sent, when it was there, and what became of it. Raises ``not_found`` for a word that is not theirs."""
    mine = await my_case(visit)
    if mine is None:
        return visit.page("waiting.html", 202)
    row = await commands.read(visit.parts, visit.caller, mine.seen.id, visit.request.path_params["command_id"])
    if row.actor_id != mine.reader.id:
        raise not_found()
    own = [entry for entry in mine.entries if entry.command_id == row.id]
    lines = [line for line in happened(own, mine.reader) if line.remedy is not None]
    pieces = gone.of_pieces(await evidence.handed_in(visit.parts, visit.caller, mine.seen), instead_of_words(visit))
    handed = [piece for piece in pieces if piece.recording.command_id == row.id]
    texts = [said.text for said in spoken(own, mine.reader)] + [piece.text for piece in handed]
    hearing = next((entry.data for entry in own if entry.type in ("appointment_answered", "appointment_moved")), None)
    answered = next((entry.data.get("offer_id") for entry in own if entry.type in ("offer_accepted", "offer_declined")), None)
    return visit.page(
        "receipt.html",
        **frame(mine),
        erased=visit.words.say("case.erased"),
        sent=row,
        state=row.answer.status if row.answer is not None else "waiting",
        text=next((text for text in texts if text), None),
        agreed=lines[0] if lines else next((offer for offer in mine.said.offers if offer.id == answered), None),
        files=[file for piece in handed for file in piece.files],
        hearing=hearing,
        times=[datetime.fromisoformat(at) for at in hearing.get("instead") or hearing.get("times", ())] if hearing else [],
        inside=hearing is not None and bool(hearing.get("instead")),
    )


async def export(visit: PartyVisit) -> Response:
    """Everything of theirs in this case, and all that they may read of it, in one file."""
    seen = await visit.case()
    packed = await personal_data.of_case(visit.parts, visit.caller, seen)
    headers = {"Content-Disposition": f'attachment; filename="case-{seen.id[-8:]}.zip"', **_HARMLESS}
    return Response(packed, media_type="application/zip", headers=headers)


async def _begun(visit: PartyVisit, deed: str) -> Mapping[str, str]:
    """What they have begun to write of a deed and not sent, as it is kept for a day."""
    return await outside_drafts.find(visit.parts, visit.session, deed) if visit.session is not None else {}


async def download(visit: PartyVisit) -> Response:
    """A file that they may see, to be saved. Raises ``not_found`` and ``file_erased``."""
    seen = await visit.case()
    fetched = await evidence.fetch(visit.parts, visit.caller, seen, visit.request.path_params["file_id"])
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(fetched.name, safe='')}", **_HARMLESS}
    return Response(fetched.data, media_type="application/octet-stream", headers=headers)


PAGES: PartyAddresses = [
    ("/my", ["GET"], show),
    ("/my/receipts/{command_id}", ["GET"], receipt),
    ("/my/export", ["GET"], export),
    ("/my/files/{file_id}", ["GET"], download),
]
