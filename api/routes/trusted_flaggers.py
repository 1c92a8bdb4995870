"""Trusted flaggers: whose notices of illegal content go first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.bodies.trusted_flaggers import TrustedFlaggerChange, TrustedFlaggerRequest, flagger_body, flagger_list, form_key_body
from api.examples.sources import FLAGGER, FLAGGER_SAID, FLAGGERS, FORM_KEY, SUSPENDED
from api.kit.context import Context
from api.kit.reading import parsed, read_object
from api.kit.replies import created, shown
from api.schema import gives, takes
from services import trusted_flaggers

router = APIRouter(tags=["administration"])

FlaggerId = Annotated[str, Path(max_length=60, description="A trusted flagger (`tfl_…`).")]


@router.get("/v1/trusted-flaggers", summary="Trusted flaggers", responses=gives({200: ("TrustedFlaggerList", FLAGGERS)}))
async def list_flaggers(
    context: Context,
    year: Annotated[int | None, Query(ge=2000, le=9998, description="Figures of this year, and not of twelve months.")] = None,
) -> Response:
    """For people of the team: who has or had the status, by name, and what became of their notices (of a year by UTC, or of the
    last twelve months). `report_proposed` says that many were in vain: somebody looks at them and tells the coordinator."""
    caller = await context.caller("cases:read")
    return shown(flagger_list(await trusted_flaggers.listed(context.parts, caller, year)))


@router.post(
    "/v1/trusted-flaggers",
    status_code=201,
    summary="Note a trusted flagger",
    openapi_extra=takes("TrustedFlaggerRequest", FLAGGER_SAID, keyed=False),
    responses=gives({201: ("TrustedFlaggerBody", FLAGGER)}),
)
async def add_flagger(context: Context) -> Response:
    """From then on the notices of whoever is known by `ref` have a high priority in the shipped pack."""
    caller = await context.caller("admin")
    said = parsed(TrustedFlaggerRequest, await read_object(context.request))
    made = await trusted_flaggers.add(
        context.parts, caller, said.name, said.ref, said.authority, area=said.area, since_at=said.since_at, until_at=said.until_at
    )
    return created(f"/v1/trusted-flaggers/{made.flagger.id}", flagger_body(made))


@router.patch(
    "/v1/trusted-flaggers/{flagger_id}",
    summary="Suspend, resume or end the status of a trusted flagger",
    openapi_extra=takes("TrustedFlaggerChange", {"change": "suspend"}, keyed=False),
    responses=gives({200: ("TrustedFlaggerBody", SUSPENDED)}),
)
async def change_flagger(context: Context, flagger_id: FlaggerId) -> Response:
    """As the coordinator says: suspended while it investigates, given back, or over for good. Suspended or over, their notices
    are as anybody's."""
    caller = await context.caller("admin")
    said = parsed(TrustedFlaggerChange, await read_object(context.request))
    return shown(flagger_body(await trusted_flaggers.change(context.parts, caller, flagger_id, said.change)))


@router.post(
    "/v1/trusted-flaggers/{flagger_id}/form-key",
    summary="A trusted flagger's own address of a form",
    responses=gives({200: ("FormKeyBody", FORM_KEY)}),
)
async def make_form_key(context: Context, flagger_id: FlaggerId) -> Response:
    """What is put behind the address of a form for notices, so that it is known who fills it in. It is good until their status is
    over, and while it is suspended it says nothing."""
    caller = await context.caller("admin")
    return shown(form_key_body(flagger_id, await trusted_flaggers.form_key(context.parts, caller, flagger_id)))
