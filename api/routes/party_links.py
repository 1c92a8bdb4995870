"""How parties are reached: links to their page of a case, and the address to which their letters go."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.party_links import AddressRequest, PartyLinkRequest, address_body, party_link_body
from api.examples.party_links import ADDRESS, ADDRESS_SAID, PARTY_LINK, PARTY_LINK_SAID
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed, read_object
from api.kit.replies import answer
from api.schema import gives, takes
from services import party_addresses, party_links

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


@router.post(
    "/v1/cases/{case_id}/parties/{party_id}/address",
    summary="Mend the address of a party",
    openapi_extra=takes("AddressRequest", ADDRESS_SAID, keyed=False),
    responses=gives({200: ("AddressBody", ADDRESS)}),
)
async def mend_address(context: Context, case_id: str, party_id: str) -> Response:
    """For leads and ops with their own key: letters to this party go elsewhere from now on, and those that went nowhere go out
    again. Every link and session of the party ends, the case has a note with the reason, the audit trail an entry. The address
    before is told, unless the last letter to it came back. The same address a second time is refused (`malformed`)."""
    caller = await context.caller("cases:write")
    said = parsed(AddressRequest, await read_object(context.request))
    mended = await party_addresses.mend(context.parts, caller, case_id, party_id, said.email, said.reason)
    return answer(Reply(200, address_body(case_id, party_id, mended)))
