"""A party's page of its case: one card above all the rest that says whose turn it is, until when, and what follows otherwise."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json
from starlette.responses import Response
from uuid_utils import uuid7

from console.party.story import (
    DEEDS,
    HEARING_DEEDS,
    ICONS,
    OPENING,
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
from domain.model.case import Case
from domain.model.people import OpenedParty
from domain.model.sanctions import Sanction
from domain.views.case import CaseView, view
from domain.views.told_statement import ToldStatement, told_statement
from services import cases, commands, evidence, outside_drafts, references, timelines
from services.cases import Seen
from services.errors import Refused, not_found
from services.manual_work import carried
from services.rows import StoredFile
from services.texts import Texts
from services.timelines import Entry
from services.translations import ShownTranslation, shown_beside

QUICK_EXIT = frozenset({"safety_incident", "conduct_report"})
"""Kinds in which somebody may read over a shoulder: their pages can be left at one press."""
ELSEWHERE = "https://www.wikipedia.org/"
"""Where a quick exit leads: a page that says nothing of anybody. The browser goes there only when it is pressed."""
MOST_EXPORTED = 200_000_000
"""Bytes of one's own files that go into an export; what is beyond is fetched one by one from the page."""
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
    said, reader = view(seen.case, seen.viewer), Reader(party.id, party.side, party.role, _reported(seen.case, party))
    entries = await timelines.first_entries(visit.parts, visit.caller, seen)
    texts = await cases.texts_of(visit.parts, visit.caller, seen)
    now = visit.now
    return MyCase(seen, said, reader, entries, texts, turn_of(said, reader, now), deeds_of(said, reader, now))


def _reported(case: Case, party: OpenedParty) -> bool:
    own = party.side is Side.CLAIMANT and party.role == "principal" and party.since is None
    return own and len(list(case.principals(Side.CLAIMANT))) == 1


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
        spoken=spoken(mine.entries, reader),
        past=happened(mine.entries, reader),
        papers=await _papers(visit, mine),
        translated=[*other_translations(mine.entries), *await _of_statement(visit, mine)],
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
    return stated, {**mine.texts, **await visit.parts.views.texts(visit.caller.tenant_id, stated.texts)}


async def _of_statement(visit: PartyVisit, mine: MyCase) -> tuple[ShownTranslation, ...]:
    """The translations of the statement of reasons that the page shows."""
    case, ruling = mine.seen.case, mine.said.ruling
    stated = told_statement(case, ruling.id, mine.seen.viewer) if case is not None and ruling is not None else None
    if case is None or stated is None:
        return ()
    told = stated.model_dump(mode="json", include={"facts", "clause", "explanation"})
    return (await shown_beside(visit.parts, visit.caller, case, [told]))[0]


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
        "quick_exit": ELSEWHERE if mine.said.kind in QUICK_EXIT else None,
        "readers": readers_of(mine),
        "by_child": by_child(mine),
    }


def readers_of(mine: MyCase) -> str:
    """Who reads what they write without saying to whom, as a key of the catalogue."""
    if mine.reader.side is Side.CLAIMANT and mine.said.disclosed_at is None:
        return "undisclosed"
    return mine.said.words


def by_child(mine: MyCase) -> bool:
    """Whether somebody under age reads the page in their own matter: what they write for the desk nobody reads beside it."""
    case = mine.seen.case
    return case is not None and any(one.minor and one.id == mine.reader.id for one in case.principals(mine.reader.side))


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
    pieces = await evidence.handed_in(visit.parts, visit.caller, mine.seen)
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
    pieces = await evidence.handed_in(visit.parts, visit.caller, mine.seen)
    handed = [piece for piece in pieces if piece.recording.command_id == row.id]
    texts = [said.text for said in spoken(own, mine.reader)] + [piece.text for piece in handed]
    hearing = next((entry.data for entry in own if entry.type in ("appointment_answered", "appointment_moved")), None)
    answered = next((entry.data.get("offer_id") for entry in own if entry.type in ("offer_accepted", "offer_declined")), None)
    return visit.page(
        "receipt.html",
        **frame(mine),
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
    mine = await my_case(visit)
    if mine is None or visit.session is None:
        raise Refused("not_opened")
    whole, packed, left = await _whole(visit, mine), io.BytesIO(), MOST_EXPORTED
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        files = []
        for number, file in enumerate(await evidence.files(visit.parts, visit.caller, mine.seen), start=1):
            said = {"name": file.name, "bytes": file.bytes, "sha256": file.sha256, "yours": file.uploader == mine.reader.id}
            path = await _packed(visit, mine, file, number, into) if file.name is not None and file.bytes <= left else None
            left -= file.bytes if path else 0
            # What is too much for one file, or cannot be handed out, is named all the same.
            files.append({**said, "path": path})
        into.writestr("case.json", to_json({**whole, "files": files}, indent=2))
    name = f"case-{mine.number}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **_HARMLESS}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


async def _whole(visit: PartyVisit, mine: MyCase) -> Mapping[str, Any]:
    pieces = await evidence.handed_in(visit.parts, visit.caller, mine.seen)
    theirs = await references.of_party(visit.parts, visit.caller, mine.seen, mine.reader.id)
    return {
        "exported_at": visit.now.isoformat(),
        "company": visit.tenant.name if visit.tenant else None,
        "you": {
            "id": mine.reader.id, "side": mine.reader.side.value, "role": mine.reader.role, "name": theirs.name,
            "email": theirs.email, "zone": visit.zone.key, "language": visit.words.code,
        },
        "matter": theirs.matter,
        "case": mine.said.model_dump(mode="json", exclude_none=True, exclude={"actions", "seq"}),
        "texts": mine.texts,
        "what_happened": [
            {"at": entry.at.isoformat(), "type": entry.type, "by": mine.reader.who(entry), **entry.data}
            | ({"translations": [asdict(one) for one in entry.translations]} if entry.translations else {})
            for entry in mine.entries
        ],
        "translations": [asdict(one) for one in await _of_statement(visit, mine)],
        "begun": {deed: kept for deed in DEEDS if (kept := await _begun(visit, deed))},
        "handed_in": [
            {"at": piece.recording.at.isoformat(), "text": piece.text, "files": [file.name for file in piece.files]}
            for piece in pieces
        ],
    }  # fmt: skip


async def _begun(visit: PartyVisit, deed: str) -> Mapping[str, str]:
    """What they have begun to write of a deed and not sent, as it is kept for a day."""
    return await outside_drafts.find(visit.parts, visit.session, deed) if visit.session is not None else {}


async def _packed(visit: PartyVisit, mine: MyCase, file: StoredFile, number: int, into: zipfile.ZipFile) -> str | None:
    """Where a file lies in what is packed; None: it is not handed out."""
    try:
        fetched = await evidence.fetch(visit.parts, visit.caller, mine.seen, file.id)
    except Refused:
        return None
    # A name that somebody chose is no path of whoever unpacks it.
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in fetched.name)[-80:].lstrip(".")
    path = f"files/{number:02}-{safe or 'file'}"
    into.writestr(path, fetched.data)
    return path


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
