"""The OpenAPI description. Bodies are read by hand, so that their limits hold; their shape follows from the same models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from api.bodies import (
    access as access_answers,
)
from api.bodies import (
    bulk as bulk_answers,
)
from api.bodies import (
    campaigns as campaign_answers,
)
from api.bodies import (
    cases as answers,
)
from api.bodies import (
    clocks as clock_answers,
)
from api.bodies import (
    desk as desk_answers,
)
from api.bodies import (
    endpoints as endpoint_answers,
)
from api.bodies import (
    erasures as erasure_answers,
)
from api.bodies import (
    evidence as evidence_answers,
)
from api.bodies import (
    health as health_answers,
)
from api.bodies import (
    measures as measure_answers,
)
from api.bodies import (
    on_call as on_call_answers,
)
from api.bodies import (
    orders as order_answers,
)
from api.bodies import (
    party_links as party_link_answers,
)
from api.bodies import (
    preview as preview_answers,
)
from api.bodies import (
    readers as reader_answers,
)
from api.bodies import (
    sanctions as sanction_answers,
)
from api.bodies import (
    signing_keys as signing_answers,
)
from api.bodies import (
    sources as source_answers,
)
from api.bodies import (
    tenants as tenant_answers,
)
from api.bodies import (
    terms as term_answers,
)
from api.bodies import (
    trusted_flaggers as flagger_answers,
)
from api.bodies import (
    unplaced as unplaced_answers,
)
from api.bodies.events import webhooks
from api.bodies.policy_exceptions import ExceptionList
from api.bodies.statements import StatementAnswer
from api.kit.envelope import VERSION
from api.kit.problems import MEDIA_TYPE
from domain.base import ActorId, CommandId, Frozen
from domain.model import commands
from domain.model.report import Report
from services.bulk import IN_BULK

_REF = "#/components/schemas/"
_ANSWERS: tuple[type[BaseModel], ...] = (
    answers.CaseBody, answers.AcceptedCase, answers.CasePage, answers.TimelinePage, answers.ActionsBody, answers.CommandAnswer,
    answers.ProofBody,
    answers.CommandBody, answers.TakenBody, answers.MetadataRequest, answers.MetadataBody, health_answers.CheckBody,
    clock_answers.ClockList, clock_answers.ExplanationBody,
    clock_answers.FreezeRequest, clock_answers.ThawRequest, clock_answers.BulkBody, clock_answers.IncidentList,
    clock_answers.MovesPage, bulk_answers.BulkRequest, bulk_answers.BulkAction, StatementAnswer,
    desk_answers.TakeNextRequest, desk_answers.NextBody, desk_answers.AbsenceRequest, desk_answers.ReturnRequest,
    desk_answers.AbsenceBody, desk_answers.DeskBody, desk_answers.TeamList, desk_answers.WorkBody, preview_answers.PreviewBody,
    sanction_answers.SanctionsBody,
    on_call_answers.TurnRequest, on_call_answers.TurnHandOver, on_call_answers.TurnEnd, on_call_answers.TurnBody,
    on_call_answers.TurnList, ExceptionList,
    evidence_answers.FileBody, evidence_answers.FileList, evidence_answers.EvidenceList,
    term_answers.TermsBody,
    campaign_answers.CampaignRequest, campaign_answers.CampaignCloseRequest, campaign_answers.CampaignSummary,
    campaign_answers.CampaignList,
    measure_answers.MeasureReviewRequest, measure_answers.MeasureList, measure_answers.MeasureReviewBody,
    party_link_answers.PartyLinkRequest, party_link_answers.PartyLinkBody,
    party_link_answers.AddressRequest, party_link_answers.AddressBody,
    reader_answers.AccessRequest, reader_answers.AccessBody, reader_answers.ReaderPage,
    signing_answers.MeBody, signing_answers.SigningKeyRequest, signing_answers.SigningKeyBody, signing_answers.SigningKeyList,
    endpoint_answers.EndpointRequest, endpoint_answers.EndpointChange, endpoint_answers.EndpointRotation,
    endpoint_answers.EndpointBody,
    endpoint_answers.EndpointList, source_answers.SourceRequest, source_answers.SourceChange, source_answers.SourceRotation,
    source_answers.SourceBody,
    source_answers.SourceList, tenant_answers.TenantChange, tenant_answers.TenantBody,
    flagger_answers.TrustedFlaggerRequest, flagger_answers.TrustedFlaggerChange, flagger_answers.TrustedFlaggerBody,
    flagger_answers.TrustedFlaggerList, flagger_answers.FormKeyBody, flagger_answers.FlaggerFigures,
    order_answers.OrderRequest, order_answers.OrderAmended, order_answers.OrderAnswer, order_answers.OrderTold,
    order_answers.OrderBody, order_answers.OrderPage,
    erasure_answers.ErasureRequest, erasure_answers.ErasureBody, erasure_answers.ErasurePage,
    erasure_answers.RetentionRequest, erasure_answers.RetentionBody,
    unplaced_answers.UnplacedPage, unplaced_answers.UnplacedBody, unplaced_answers.PlaceRequest,
    unplaced_answers.ReportRequest, unplaced_answers.DismissRequest,
    access_answers.TrailPage, access_answers.RefusedCommandPage, access_answers.KeyRequest,
    access_answers.KeyRotation, access_answers.KeyBody, access_answers.LoginCodeBody, access_answers.NewKeyBody,
    access_answers.KeyPage,
    access_answers.PersonRequest, access_answers.PersonChanges, access_answers.PersonBody, access_answers.GoneBody,
    access_answers.PersonPage,
)  # fmt: skip

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Why a request failed (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "fields": {"type": "object"},
    },
}
_PROBLEM_EXAMPLE = {
    "type": "https://disputes.example/problems/not_in_this_phase",
    "title": "Not in this phase",
    "status": 409,
    "code": "not_in_this_phase",
    "detail": "'rule' is not possible while the case is in settlement.",
    "request_id": "req_0198c5a2-7d1e-7000-8000-000000000001",
    "fields": {"phase": "settlement", "command": "rule"},
}
_PARAMETERS = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key with the same body is one request: the first answer is given again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
]


def body_name(command: str) -> str:
    """The component that describes a verb's body (``accept_offer``: ``AcceptOfferBody``)."""
    return "".join(part.capitalize() for part in command.split("_")) + "Body"


def takes(
    name: str | None, example: Any, *, may_be_empty: bool = False, public: bool = False, keyed: bool = True
) -> dict[str, Any]:
    """What an operation reads: a component by name, or (None) somebody else's JSON. ``public``: it needs no API key.

    Not ``keyed``: it takes no ``Idempotency-Key``, because its answer holds a secret and is kept nowhere, or is the same anyway.
    """
    schema = {"$ref": _REF + name} if name else {"type": "object"}
    body = {"required": not may_be_empty, "content": {"application/json": {"schema": schema, "example": example}}}
    return {"requestBody": body, **({"security": []} if public else {"parameters": _PARAMETERS} if keyed else {})}


def takes_raw(media_type: str, example: str) -> dict[str, Any]:
    """What an operation reads: bytes."""
    body = {"required": True, "content": {media_type: {"schema": {"type": "string"}, "example": example}}}
    return {"requestBody": body, "parameters": _PARAMETERS}


def gives(answers_by_status: dict[int, tuple[str | None, Any]]) -> dict[int | str, dict[str, Any]]:
    """What an operation answers: by status the component (several: ``A|B``) and an example. Problems go without saying."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, (names, example) in answers_by_status.items():
        found[status] = {"description": _MEANING.get(status, "As asked.")}
        if names:
            refs = [{"$ref": _REF + name} for name in names.split("|")]
            content = {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}} | ({"example": example} if example else {})
            found[status]["content"] = {"application/json": content}
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}, "example": _PROBLEM_EXAMPLE}}
    found["4XX"] = {"description": "Refused; see the code.", "content": problem}
    if 503 not in found:
        found["5XX"] = {"description": "Our fault, or the database is away.", "content": problem}
    return found


def gives_bytes() -> dict[int | str, dict[str, Any]]:
    """What an operation answers that gives a file back."""
    given = gives({200: (None, None)})
    content = {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "The bytes of the file."}
    }
    given[200] |= {"description": "The file, of the media type that it has.", "content": content}
    return given


def or_text(given: dict[int | str, dict[str, Any]], example: str) -> dict[int | str, dict[str, Any]]:
    """The same answers, of which the good one can be had as plain text too."""
    given[200]["content"]["text/plain"] = {"schema": {"type": "string"}, "example": example}
    return given


_MEANING = {
    200: "As asked.",
    201: "Made.",
    204: "Gone.",
    202: "On disk; judged when Temporal and the workers are there.",
    304: "Nothing has changed.",
    503: "Not ready.",
}


def describe(app: FastAPI, public_url: str, routers: Iterable[APIRouter]) -> dict[str, Any]:
    """The whole description."""
    made = get_openapi(
        title="Ombud",
        version=VERSION,
        summary="Disputes and fraud reports as durable cases.",
        description="A 2xx answer means that the report or command is on disk. See the README for the words used here.",
        routes=app.routes,
        servers=[{"url": public_url}],
    )
    _restore_examples(made, [route for router in routers for route in router.routes])
    parts = made.setdefault("components", {})
    parts["schemas"] = {**parts.get("schemas", {}), **_components(), "Problem": PROBLEM}
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key, `omb_…`."}}
    made["security"] = [{"key": []}]
    made["webhooks"] = webhooks()
    return made


def _restore_examples(made: dict[str, Any], routes: Iterable[BaseRoute]) -> None:
    """FastAPI leaves every null out, also where an example shows one."""
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                described = made["paths"][route.path_format][method.lower()]["responses"]
                for status, given in route.responses.items():
                    for media_type, content in given.get("content", {}).items():
                        if "example" in content:
                            described[str(status)]["content"][media_type]["example"] = content["example"]


@cache
def _components() -> dict[str, Any]:
    bodies = {body_name(_type(command)): _body(command) for command in _outside()}
    typed = {_type(command): _body(command, "Command") for command in _outside()}
    bulk = {_type(command): _body(command, "Bulk", named=False) for command in _outside() if _type(command) in IN_BULK}
    models: list[type[BaseModel]] = [*_ANSWERS, Report, *bodies.values(), *typed.values(), *bulk.values()]
    _, made = models_json_schema([(model, "validation") for model in models], ref_template=_REF + "{model}")
    schemas: dict[str, Any] = made["$defs"]
    schemas["Command"] = _one_of("Command", "Any command that somebody outside may send.", typed)
    schemas["BulkCommand"] = _one_of("BulkCommand", "A command that can be sent to many cases at once.", bulk)
    schemas["BulkRequest"]["properties"]["command"] = {"$ref": _REF + "BulkCommand"}
    return schemas


def _one_of(title: str, description: str, models: dict[str, type[BaseModel]]) -> dict[str, Any]:
    refs = {name: _REF + model.__name__ for name, model in models.items()}
    return {
        "title": title,
        "description": description,
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "type", "mapping": refs},
    }


def _outside() -> list[type[BaseModel]]:
    every = get_args(get_args(commands.Command)[0])
    return [command for command in every if _type(command) not in commands.SYSTEM_COMMANDS]


def _type(command: type[BaseModel]) -> str:
    return str(command.model_fields["type"].default)


def _body(command: type[BaseModel], as_what: str = "Body", *, named: bool = True) -> type[BaseModel]:
    """A command as it is sent. ``Body``: the address says the type. ``named``: it can have an id and a speaker, which may be left
    out."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in command.model_fields.items()
        if name not in ("id", "by", "channel", "type")
    }
    if named:
        fields |= {"id": (CommandId | None, None), "by": (ActorId | None, None)}
    if as_what != "Body":
        fields["type"] = (command.model_fields["type"].annotation, ...)
    name = body_name(_type(command)).removesuffix("Body") + as_what
    made: type[BaseModel] = create_model(name, __base__=Frozen, __doc__=command.__doc__, **fields)
    return made
