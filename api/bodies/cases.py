"""The bodies that the API answers with. ``domain.views.case`` decided what a caller may see in them; here it gets its shape."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic_core import to_jsonable_python

from api.bodies.base import Body, ErasedBody, told_erased
from api.bodies.evidence import RequestBody, worded
from api.bodies.sanctions import DraftedSanction, drafted_sanction
from domain.base import Frozen, Instant, Side
from domain.model.erasure import Erased
from domain.model.links import Relation
from domain.model.provider_news import ids_shown
from domain.model.report import MOST_METADATA, MetadataKey, MetadataValue
from domain.model.translations import Translator
from domain.views.actions import Action
from domain.views.case import CaseView, Due, RulingView, view
from domain.views.references import may_know, own_id
from services import timelines
from services.callers import TEAM
from services.cases import Seen
from services.commands import CommandState
from services.mailroom import Ignored, Kept, Landed
from services.parts import Answered
from services.provider_news import Heard
from services.references import Told
from services.rows import CommandRow
from services.said_by_mail import Messaged
from services.texts import Texts
from services.translations import ShownTranslation


class Links(Body):
    """Where to go on."""

    merged_into: str | None = None

    self: str
    timeline: str
    actions: str
    commands: str


class RulingBody(RulingView):
    """A ruling as told. ``reasons`` are given when a case is read; an answer to a command leaves them out."""

    model_config = ConfigDict(extra="forbid")

    reasons: str | None = None  # type: ignore[assignment]  # the text itself stands where the view refers to it
    """Null once they were erased."""
    reply: str | None = None  # type: ignore[assignment]  # as above
    """To whoever appealed, or asked, and to the team."""
    sanction: DraftedSanction | None = None  # type: ignore[assignment]  # with the text of its reasons
    """For the team: what the ladder said, what was counted, and why the ruling departs from it."""


class PartyBody(Body):
    """Somebody on a side."""

    id: str
    side: Side
    role: str
    ref: str | None = None
    """The platform's own id of them, for the platform and its team; null once it was erased."""
    name: str | None = None
    """With a case that is read by itself, as their address."""
    email: str | None = None
    minor: bool = False
    unproven: bool = False
    """A form names them, and nothing has shown yet that it was they; for the team and the platform."""
    """Under age; said to the platform and its team alone, as is the next."""
    left: bool = False
    """They are a party no more."""


class CaseLinkBody(Body):
    """What a case has to do with another. ``mirrored``: it was said in the other case."""

    id: str
    other: str
    relation: Relation
    mirrored: bool = False


class TranslationBody(Body):
    """A text in another language, for whoever reads the original; that stays what counts."""

    id: str
    field: str
    """Where the original stands in what it is beside (``ruling.reasons``; in an entry, in its ``data``)."""
    from_language: str
    into_language: str
    by: Translator
    """``team``, ``translator`` (nobody of the team), or ``machine``."""
    name: str | None = None
    """Of the translator or the machine."""
    translated_at: Instant
    text: str | None
    """None: it was erased with the original."""
    replaced: bool = False
    """A newer one of the same text into the same language stands before it."""


class ErasedOfBody(ErasedBody):
    """Whose words in a case were erased."""

    of: str
    """A party's id, ``team``, or ``platform`` for what the platform noted for itself."""


class Entry(Body):
    """Something that happened, as the caller may know it."""

    n: int
    """Counts what this caller sees; the team sees every fact and its number."""
    at: Instant
    type: str
    actor: dict[str, str | None]
    data: dict[str, Any]
    command_id: str | None = None
    credential: str | None = None
    """For leads and ops: by which credential it came."""
    caucus: Side | None = None
    """The side to whose private talk with the desk it belongs; left out for what belongs to none."""
    round: int = 0
    translations: tuple[TranslationBody, ...] = ()
    """Of the texts in ``data``, the newest first; left out where there is none."""
    erased: dict[str, ErasedBody] | None = None
    """Where in ``data`` texts stood that were erased; left out where none was."""


class CaseBody(CaseView):
    """A case as the caller may see it. Fields for the team alone are left out for everybody else."""

    model_config = ConfigDict(extra="forbid")

    object: Literal["case"] = "case"
    actions: tuple[Action, ...] = Field((), alias="available_actions")
    """In lists with ``expand[]=available_actions``."""
    requests: tuple[RequestBody, ...] = ()
    settled_requests: tuple[RequestBody, ...] = ()
    """What was asked for before, and was answered or has lapsed."""
    ruling: RulingBody | None = None
    told: str | None = None  # type: ignore[assignment]  # the view refers to the text
    """What the respondent was told of what is held against them, for them and the team; read alone, the case says it."""
    parties: tuple[PartyBody, ...] = ()  # type: ignore[assignment]  # the view has them as JSON
    links: Links
    timeline: tuple[Entry, ...] | None = None
    """With ``expand[]=timeline``."""
    translations: tuple[TranslationBody, ...] = ()
    """Of the texts of the case as it is read alone (of the ruling, questions, hearings), the newest first."""
    erased: tuple[ErasedOfBody, ...] = ()
    """Whose words in it were erased, when it is read alone: a text of theirs is null."""
    seq: int | None = None  # type: ignore[assignment]  # for the team alone
    case_links: tuple[CaseLinkBody, ...] | None = None  # type: ignore[assignment]  # without the notes of the team
    """What this case has to do with others; for the team alone."""
    source: str | None = None
    """Where the report came from. This and what follows is for the platform and its team, and for no party."""
    external_id: str | None = None
    """The sender's own id of the report."""
    matter: str | None = None
    """What it is about, in the platform's words; null once it was erased."""
    subject: str | None = None
    metadata: dict[str, str] | None = None
    """What the platform notes for itself."""


class AcceptedCase(Body):
    """A report that is on disk and not judged yet: it is carried out when Temporal and the workers are there."""

    object: Literal["case"] = "case"
    id: str
    kind: str
    status: Literal["accepted"] = "accepted"
    source: str | None = None
    external_id: str | None = None
    matter: str | None = None
    subject: str | None = None
    metadata: dict[str, str] | None = None
    parties: tuple[PartyBody, ...] = ()
    deadlines: tuple[Due, ...] = ()
    available_actions: tuple[Action, ...] = ()
    links: Links


class MetadataRequest(Frozen):
    """What the platform notes for itself on a case: a key is set, or taken away by null, and the others stay."""

    metadata: Annotated[dict[MetadataKey, MetadataValue | None], Field(min_length=1, max_length=MOST_METADATA)]


class MetadataBody(Body):
    """All that the platform has noted for itself on a case."""

    object: Literal["metadata"] = "metadata"
    case: str
    metadata: dict[str, str]


class AnswerBody(Body):
    """What became of a command."""

    command_id: str
    status: Literal["accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None
    fields: dict[str, Any] | None = None


class CommandBody(Body):
    """A command that is on disk. ``answer`` is null while it waits to be judged."""

    object: Literal["command"] = "command"
    command_id: str
    type: str
    status: Literal["pending", "accepted", "refused", "broken"]
    received_at: Instant
    answer: AnswerBody | None
    links: dict[str, str]


class CommandAnswer(Body):
    """The answer to a command, and the case as it stands now. ``pending``: on disk, judged when the workers are there."""

    command_id: str
    status: Literal["pending", "accepted"]
    answer: AnswerBody | None
    case: CaseBody | AcceptedCase | None = None
    """Left out for a key that may not read cases."""
    links: dict[str, str]


class CasePage(Body):
    """One page of cases, newest first."""

    object: Literal["list"] = "list"
    data: tuple[CaseBody, ...]
    has_more: bool
    next_cursor: str | None = None


class TimelinePage(Body):
    """One page of what happened, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[Entry, ...]
    has_more: bool
    next_cursor: str | None = None


class ProvenFact(Body):
    """A fact with its place in the chain."""

    seq: int
    hash: str
    body: dict[str, Any] | None
    """All of it, as it was hashed; null where the caller may not read it."""


class ProofBody(Body):
    """What proves a case to a stranger (docs/how-to/prove-the-record.md)."""

    form: int
    tenant: str
    case_id: str
    public_key: str
    begins: str
    facts: tuple[ProvenFact, ...]
    head: dict[str, Any] | None


class ActionsBody(Body):
    """What the caller may do now, with a reason where not."""

    object: Literal["list"] = "list"
    data: tuple[Action, ...]


class TakenBody(Body):
    """What became of something that a provider or a mail server sent."""

    id: str | None = None
    """The case; null when it was ignored."""
    status: Literal["opened", "accepted", "known", "message", "told", "kept", "ignored", "unplaced"]
    """Opened; on disk, not judged yet; here before; a message on its case; news of which its case is told; news of a dispute that
    has no case yet, kept until it has; nothing that concerns a case; kept for the team to place."""
    command_id: str | None = None
    unplaced: str | None = None
    """Of mail that was kept: its id."""
    reason: str | None = None
    """Of mail that was kept or ignored: why."""


_INTERNAL = (
    "seq", "priority", "owner", "queue", "round", "escalations", "alarm", "hands", "guardian_missing", "unconfirmed",
    "legal_holds", "procedure",
    "root_cause", "campaign", "joined", "case_links", "credits", "authority_reports",
    "exceptions", "provider_disputes", "pack", "pack_version",
)  # fmt: skip


def links_of(case_id: str) -> dict[str, str]:
    """The addresses of a case."""
    here = f"/v1/cases/{case_id}"
    return {"self": here, "timeline": f"{here}/timeline", "actions": f"{here}/actions", "commands": f"{here}/commands"}


def listed(expand: Collection[str] | None) -> Callable[[Seen], dict[str, Any]]:
    """The shape of a case in a list: what it costs much to find out is there for those who ask for it."""
    return partial(case_body, with_actions="available_actions" in (expand or ()))


def case_body(seen: Seen, texts: Texts | None = None, *, with_actions: bool = True) -> dict[str, Any]:
    """The case as JSON. ``texts`` are the decrypted ones; without them a ruling's reasons are left out."""
    if seen.case is None:
        accepted = AcceptedCase(id=seen.id, kind=seen.row.kind, links=Links(**links_of(seen.id)))
        unsaid: dict[str, Any] = {"links": {"merged_into"}, **dict.fromkeys(("matter", "subject", "metadata", "parties"), True)}
        return {**accepted.model_dump(mode="json", exclude=unsaid), **_sent_as(seen)}
    said = view(seen.case, seen.viewer) if with_actions else seen.listed
    body = said.model_dump(mode="json")
    can_do = body.pop("actions")
    if with_actions:
        body["available_actions"] = can_do
    for name in _left_out(seen.viewer.role, body):
        del body[name]
    if body["ruling"]:
        for name in ("reasons", "reply"):
            said = body["ruling"].pop(name)
            if texts is not None and (said is not None or name == "reasons"):
                body["ruling"][name] = texts.get(said["content_id"]) if said else None
        if body["ruling"]["sanction"]:
            body["ruling"]["sanction"] = drafted_sanction(body["ruling"]["sanction"], texts or {})
    for link in body.get("case_links") or ():
        del link["note"]
    body["told"] = (texts or {}).get(body["told"]["content_id"]) if body["told"] else None
    worded((*body["requests"], *body["settled_requests"]), texts)
    for one, kept in zip(body.get("provider_disputes") or (), seen.case.provider_disputes, strict=False):
        if kept.newest.ids is not None and texts is not None:
            one.update(ids_shown(one, texts.get(kept.newest.ids.content_id)))
    links = links_of(seen.id)
    if body["merged_into"]:
        links["merged_into"] = f"/v1/cases/{body['merged_into']}"
    return {"object": "case", **body, **_sent_as(seen), "links": links}


def _left_out(role: str, body: dict[str, Any]) -> Iterator[str]:
    """Fields that are not for this viewer: what is the team's own, though the platform knows how urgent its case is."""
    if role not in TEAM:
        yield from (name for name in _INTERNAL if (name, role) != ("priority", "platform"))
    if body["keep_until"] is None:
        yield "keep_until"
    if body["payable"] is None:
        yield "payable"


def _sent_as(seen: Seen) -> dict[str, Any]:
    if not may_know(seen.viewer):
        return {}
    return {"source": seen.row.source, "external_id": own_id(seen.row.source, seen.row.external_id)}


def with_references(body: dict[str, Any], told: Told | None) -> dict[str, Any]:
    """A case as JSON, with what the platform told us of it for itself. Added last: no kept answer ever holds it."""
    if told is None:
        return body
    references, unsaid = told.references, {"unreadable"} if told.with_people else {"name", "email", "unreadable"}
    names = references.model_dump(mode="json", include={"external_id", "matter", "subject", "metadata", "source"})
    known = {party.id: party.model_dump(mode="json", exclude=set(unsaid)) for party in references.parties}
    listed = body.get("parties", known.values())
    return {**body, **names, "parties": [{**party, **known.get(party["id"], {})} for party in listed]}


def metadata_body(case_id: str, noted: dict[str, str]) -> dict[str, Any]:
    """What the platform has noted for itself, as JSON."""
    return MetadataBody(case=case_id, metadata=noted).model_dump(mode="json")


def entry_body(entry: timelines.Entry) -> dict[str, Any]:
    """Something that happened, as JSON."""
    body = {
        "n": entry.n,
        "at": to_jsonable_python(entry.at),
        "type": entry.type,
        "round": entry.round,
        "actor": {"id": entry.actor_id, "role": entry.role},
        "data": entry.data,
    }
    also = {"command_id": entry.command_id, "credential": entry.credential, "caucus": entry.caucus and entry.caucus.value}
    beside = {"translations": [translation_body(one) for one in entry.translations]} if entry.translations else {}
    gone = {"erased": {place: told_erased(one) for place, one in entry.erased.items()}} if entry.erased else {}
    return body | {name: value for name, value in also.items() if value is not None} | beside | gone


_HOLDERS = {"staff": "team"}


def erased_of(erased: Iterable[Erased]) -> list[dict[str, Any]]:
    """Whose words in a case were erased, as JSON."""
    told = (ErasedOfBody(at=one.at, reason=one.reason, of=_HOLDERS.get(one.holder, one.holder)) for one in erased)
    return [one.model_dump(mode="json") for one in told]


def translation_body(one: ShownTranslation) -> dict[str, Any]:
    """A translation, as JSON."""
    return {name: to_jsonable_python(getattr(one, name)) for name in TranslationBody.model_fields}


def answer_body(answer: Answered | None, *, whole: bool = True) -> dict[str, Any] | None:
    """What became of a command, as JSON; None: not judged yet. Not ``whole``: without what it tells of the case."""
    if answer is None:
        return None
    names = ("command_id", "status", "code", *(("detail", "fields") if whole else ()))
    told = {name: getattr(answer, name) for name in names}
    return {name: value for name, value in told.items() if value}


def command_answer(state: CommandState, *, may_read: bool) -> dict[str, Any]:
    """The answer to a command, as JSON, and the case as it stands now for whoever may read it."""
    return {
        "command_id": state.command_id,
        "status": "accepted" if state.answer else "pending",
        "answer": answer_body(state.answer, whole=may_read),
        **({"case": case_body(state.seen)} if may_read else {}),
        "links": _command_links(state.seen.id, state.command_id),
    }


def command_body(sent: CommandRow) -> dict[str, Any]:
    """A command as JSON."""
    return CommandBody(
        command_id=sent.id,
        type=sent.type,
        status=sent.status,
        received_at=sent.received_at,
        answer=AnswerBody(**answer_body(sent.answer) or {}) if sent.answer else None,
        links=_command_links(sent.case_id, sent.id),
    ).model_dump(mode="json")


def _command_links(case_id: str, command_id: str) -> dict[str, str]:
    return {"self": f"/v1/cases/{case_id}/commands/{command_id}", "case": f"/v1/cases/{case_id}"}


def taken_body(taken: Landed | Messaged | Heard | Kept | Ignored | None) -> dict[str, Any]:
    """What became of something that a provider or a mail server sent, as JSON; None: it was ignored."""
    match taken:
        case None:
            return {"id": None, "status": "ignored", "command_id": None}
        case Ignored():
            return {"id": None, "status": "ignored", "command_id": None, "reason": taken.why}
        case Kept():
            return {"id": None, "status": "unplaced", "command_id": None, "unplaced": taken.id, "reason": taken.reason}
        case Landed():
            return {"id": taken.row.id, "status": taken.state, "command_id": taken.command_id}
        case Heard():
            status = "told" if taken.case_id is not None else "kept"
            return {"id": taken.case_id, "status": status, "command_id": taken.command_id}
        case Messaged():
            return {"id": taken.case_id, "status": "message", "command_id": taken.sent.command_id}
