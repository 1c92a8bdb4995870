"""Links with which a platform leads its own users to their page of a case."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.party_links import PartyLinkRequest, party_link_body
from api.examples.party_links import PARTY_LINK, PARTY_LINK_SAID
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed, read_object
from api.kit.replies import answer
from api.schema import gives, takes
from services import party_links

router = APIRouter(tags=["parties"])


@router.post(
    "/v1/cases/{case_id}/party-links",
    status_code=201,
    summary="Make a link for a party",
    openapi_extra=takes("PartyLinkRequest", PARTY_LINK_SAID, keyed=False),
    responses=gives({201: ("PartyLinkBody", PARTY_LINK)}),
)
async def make_link(context: Context, case_id: str) -> Response:
    """For the platform's own key with `act_as:parties`: a link for one of its users, whom it has signed in itself and sends there
    at once. It is good for ten minutes, opens once, and opens this case alone. A party that was not told of the case has none."""
    caller = await context.caller("cases:read")
    said = parsed(PartyLinkRequest, await read_object(context.request))
    secret = await party_links.hand_out(context.parts, caller, case_id, said.party)
    return answer(Reply(201, party_link_body(case_id, said.party, secret, party_links.OF_PLATFORM_FOR.total_seconds())))
