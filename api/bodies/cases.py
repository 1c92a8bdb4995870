"""The bodies that the API answers with. ``domain.views.case`` decided what a caller may see in them; here it gets its shape."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.bodies.requests import RequestBody, worded
from api.bodies.sanctions import DraftedSanction, drafted_sanction
from api.kit.texts import Texts, with_texts
from domain.base import Instant, Money, Outcome, Phase, Priority, Side
from domain.model.commands import Remedy
from domain.model.facts import Actor, AppealRight
from domain.model.legal_hold import LegalHold
from domain.model.links import Relation
from domain.model.safeguards import Credit, ReportView
from domain.model.settlement import MadeOffer, OpenOffer, Returning
from domain.views.case import Action, Due, SanctionView, StepView, view
from domain.views.chargeback import ChargebackView
from services.callers import TEAM
from services.parts import Answered
from storage.views.cases import CaseRow, Sent


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Links(_Body):
    """Where to go on."""

    merged_into: str | None = None

    self: str
    timeline: str
    actions: str
    commands: str


class RulingBody(_Body):
    """A ruling as told. ``reasons`` are given when a case is read; an answer to a command leaves them out."""

    id: str
    outcome: str
    decision: str
    reasons: str | None = None
    """Null once they were erased."""
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    conditions: tuple[str, ...] = ()
    complaint_route: str | None = None
    reply: str | None = None
    """To whoever appealed, or asked, and to the team."""
    elsewhere: bool = False
    """Made before there was a case: the decision that the case is an appeal against."""
    decider: str | None = None
    issued_at: Instant | None = None
    sanction: DraftedSanction | None = None
    """For the team: what the ladder said, what was counted, and why the ruling departs from it."""


class PartyBody(_Body):
    """Somebody on a side."""

    id: str
    side: Side
    role: str


class CaseLinkBody(_Body):
    """What a case has to do with another. ``mirrored``: it was said in the other case."""

    id: str
    other: str
    relation: Relation
    mirrored: bool = False


class Entry(_Body):
    """Something that happened, as the caller may know it."""

    n: int
    """Counts what this caller sees; the team sees every fact and its number."""
    at: Instant
    type: str
    actor: dict[str, str | None]
    data: dict[str, Any]
    command_id: str | None = None
    round: int = 0


class CaseBody(_Body):
    """A case as the caller may see it. Fields for the team alone are left out for everybody else."""

    object: Literal["case"] = "case"
    id: str
    kind: str
    category: str
    phase: Phase
    phase_label: str
    status: Literal["open", "closed"]
    outcome: Outcome | None = None
    close_reason: str | None = None
    opened_at: Instant
    updated_at: Instant
    closed_at: Instant | None = None
    amount: Money | None = None
    waiting_on: str
    your_side: Side | None = None
    deadlines: tuple[Due, ...] = ()
    available_actions: tuple[Action, ...] = ()
    offer: OpenOffer | None = None
    offers: tuple[MadeOffer, ...] = ()
    """All offers of the settlement, oldest first, with what became of them."""
    returning: Returning | None = None
    """Goods that go back before the money does."""
    requests: tuple[RequestBody, ...] = ()
    settled_requests: tuple[RequestBody, ...] = ()
    """What was asked for before, and was answered or has lapsed."""
    ruling: RulingBody | None = None
    rights: tuple[AppealRight, ...] = ()
    sanctions: tuple[SanctionView, ...] = ()
    """Of this case, for the team and the side that they hit."""
    merged_into: str | None = None
    """The case in which the matter goes on."""
    merged_as: str | None = None
    """Who the caller is there; null also for whoever was a party there before."""
    parties: tuple[PartyBody, ...] = ()
    links: Links
    timeline: tuple[Entry, ...] | None = None
    """With ``expand[]=timeline``."""
    seq: int | None = None
    priority: Priority | None = None
    owner: str | None = None
    queue: str | None = None
    round: int | None = None
    escalations: int | None = None
    chargeback: ChargebackView | None = None
    """The one submission of evidence to a card network."""
    hands: tuple[str, ...] | None = None
    legal_holds: tuple[LegalHold, ...] | None = None
    """While there is one, nothing of the case or of its people can be deleted."""
    credits: tuple[Credit, ...] | None = None
    authority_reports: tuple[ReportView, ...] | None = None
    """Reports to authorities, proposed or made. No party may hear of them."""
    procedure: tuple[StepView, ...] | None = None
    """Steps to be done, or left out with a reason, before anybody rules."""
    root_cause: str | None = None
    campaign: str | None = None
    joined: tuple[str, ...] | None = None
    """Cases that go on in this one."""
    case_links: tuple[CaseLinkBody, ...] | None = None
    """What this case has to do with others; for the team alone."""
    pack: str | None = None
    pack_version: str | None = None


class AcceptedCase(_Body):
    """A report that is on disk and not judged yet: it is carried out when Temporal and the workers are there."""

    object: Literal["case"] = "case"
    id: str
    kind: str
    status: Literal["accepted"] = "accepted"
    deadlines: tuple[Due, ...] = ()
    available_actions: tuple[Action, ...] = ()
    links: Links


class AnswerBody(_Body):
    """What became of a command."""

    command_id: str
    status: Literal["accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None
    fields: dict[str, Any] | None = None


class CommandBody(_Body):
    """A command that is on disk. ``answer`` is null while it waits to be judged."""

    object: Literal["command"] = "command"
    command_id: str
    type: str
    status: Literal["pending", "accepted", "refused", "broken"]
    received_at: Instant
    answer: AnswerBody | None
    links: dict[str, str]


class CommandAnswer(_Body):
    """The answer to a command, and the case as it stands now. ``pending``: on disk, judged when the workers are there."""

    command_id: str
    status: Literal["pending", "accepted"]
    answer: AnswerBody | None
    case: CaseBody | AcceptedCase
    links: dict[str, str]


class CasePage(_Body):
    """One page of cases, newest first."""

    object: Literal["list"] = "list"
    data: tuple[CaseBody, ...]
    has_more: bool
    next_cursor: str | None = None


class TimelinePage(_Body):
    """One page of what happened, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[Entry, ...]
    has_more: bool
    next_cursor: str | None = None


class ActionsBody(_Body):
    """What the caller may do now, with a reason where not."""

    object: Literal["list"] = "list"
    data: tuple[Action, ...]


class TakenBody(_Body):
    """What became of something that a provider or a mail server sent."""

    id: str | None = None
    """The case; null when it was ignored."""
    status: Literal["opened", "accepted", "known", "message", "ignored"]
    """Opened; on disk, not judged yet; here before; a message on its case; nothing that opens a case."""
    command_id: str | None = None


_INTERNAL = (
    "seq", "priority", "owner", "queue", "round", "escalations", "hands", "legal_holds", "procedure", "root_cause", "campaign",
    "joined", "case_links", "credits", "authority_reports", "pack", "pack_version",
)  # fmt: skip


def links_of(case_id: str) -> dict[str, str]:
    """The addresses of a case."""
    here = f"/v1/cases/{case_id}"
    return {"self": here, "timeline": f"{here}/timeline", "actions": f"{here}/actions", "commands": f"{here}/commands"}


def case_body(held: CaseRow, viewer: Actor, texts: Texts | None = None) -> dict[str, Any]:
    """The case as JSON. ``texts`` are the decrypted ones; without them a ruling's reasons are left out."""
    if held.case is None:
        accepted = AcceptedCase(id=held.id, kind=held.kind, links=Links(**links_of(held.id)))
        return accepted.model_dump(mode="json", exclude={"links": {"merged_into"}})
    body = view(held.case, viewer).model_dump(mode="json")
    body["available_actions"] = body.pop("actions")
    if viewer.role not in TEAM:
        for name in _INTERNAL:
            del body[name]
    if body["ruling"]:
        for name in ("reasons", "reply"):
            said = body["ruling"].pop(name)
            if texts is not None and (said is not None or name == "reasons"):
                body["ruling"][name] = texts.get(said["content_id"]) if said else None
        if body["ruling"]["sanction"]:
            body["ruling"]["sanction"] = drafted_sanction(with_texts(body["ruling"]["sanction"], texts or {}))
    for one in body.get("case_links") or ():
        del one["note"]
    worded((*body["requests"], *body["settled_requests"]), texts)
    links = links_of(held.id)
    if body["merged_into"]:
        links["merged_into"] = f"/v1/cases/{body['merged_into']}"
    return {"object": "case", **body, "links": links}


def answer_body(answer: Answered | None) -> dict[str, Any] | None:
    """What became of a command, as JSON; None: not judged yet."""
    if answer is None:
        return None
    names = ("command_id", "status", "code", "detail", "fields")
    told = {name: getattr(answer, name) for name in names}
    return {name: value for name, value in told.items() if value}


def command_body(sent: Sent) -> dict[str, Any]:
    """A command as JSON."""
    return CommandBody(
        command_id=sent.id,
        type=sent.type,
        status=sent.status,
        received_at=sent.received_at,
        answer=AnswerBody(**answer_body(sent.answer) or {}) if sent.answer else None,
        links=command_links(sent.case_id, sent.id),
    ).model_dump(mode="json")


def command_links(case_id: str, command_id: str) -> dict[str, str]:
    """The addresses of a command."""
    return {"self": f"/v1/cases/{case_id}/commands/{command_id}", "case": f"/v1/cases/{case_id}"}
