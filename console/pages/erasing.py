"""What is known of a person: given out whole, and erased; and what is past its time. For operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from domain.model.erasure import ErasureGround, ErasureReason
from services import erasures, personal_data, retention
from services.errors import Refused
from services.pages import Page

SHOWN = 50
REASONS: tuple[ErasureReason, ...] = tuple(reason for reason in get_args(ErasureReason) if reason != "retention")
SAYS: Mapping[str, str] = {
    "legal_hold": "It is under legal hold, or another case of this person is: nothing was erased.",
    "erasure_case_open": "A case of theirs is open. Nothing was erased; choose the ground on which they go all the same.",
    "erasure_waits": "The same was asked for already, and waits for another person.",
    "erasure_ended": "That one was carried out or dropped meanwhile.",
    "own_erasure": "You asked for it yourself: another person of operations agrees to it.",
    "same_credential": "It was asked for with the credential that you use now: another person agrees, with their own.",
    "not_found": "There is no such case, or no such party in it.",
}
GROUNDS: tuple[ErasureGround, ...] = get_args(ErasureGround)


async def show(visit: Visit) -> Response:
    """What was asked for, and a form to ask."""
    return await _page(visit, None)


async def ask(visit: Visit) -> Response:
    """Ask for one."""
    form = await visit.form()
    case, party, reason, ground = (form.text(name).strip() for name in ("case", "party", "reason", "though_open"))
    try:
        why = next((known for known in REASONS if known == reason), None)
        if why is None:
            raise Refused("malformed", "Choose why it is to be erased.")
        though_open = next((known for known in GROUNDS if known == ground), None)
        await erasures.ask(visit.parts, visit.caller, case, party or None, why, though_open)
    except Refused as refused:
        return await _page(visit, refused, {"case": case, "party": party, "reason": reason, "though_open": ground})
    return to("/erasing")


async def export(visit: Visit) -> Response:
    """All that is held about a person, in every case of theirs, as a file."""
    form = await visit.form()
    case, party = (form.text(name).strip() for name in ("case", "party"))
    try:
        found = await personal_data.of_person(visit.parts, visit.caller, case, party)
    except Refused as refused:
        return await _page(visit, refused, {"case": case, "party": party})
    headers = {
        "Content-Disposition": f'attachment; filename="personal-data-{party[-8:]}.zip"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.packed, media_type="application/zip", headers=headers)


async def approve(visit: Visit) -> Response:
    """Agree to one as the second person."""
    form = await visit.form()
    try:
        if form.text("sure") != "yes":
            # One press beside "Drop" would be one slip, and nothing takes it back.
            raise Refused("malformed", "Look at what is meant and tick that you did: what is erased nobody brings back.")
        await erasures.approve(visit.parts, visit.caller, visit.request.path_params["erasure_id"])
    except Refused as refused:
        return await _page(visit, refused)
    return to("/erasing")


async def drop(visit: Visit) -> Response:
    """It is not wanted any more."""
    await visit.form()
    try:
        await erasures.drop(visit.parts, visit.caller, visit.request.path_params["erasure_id"])
    except Refused as refused:
        return await _page(visit, refused)
    return to("/erasing")


async def _page(visit: Visit, refused: Refused | None, said: dict[str, str] | None = None) -> Response:
    found = await erasures.listed(visit.parts, visit.caller, Page(SHOWN, visit.request.query_params.get("cursor")))
    over = await retention.look(visit.parts, visit.caller)
    due = [kept for kept in over.cases if kept.bar is None]
    query = visit.request.query_params
    given = {name: query.get(name, "") for name in ("case", "party", "reason", "though_open")} | (said or {})
    return visit.page(
        "erasing.html", 422 if refused else 200, erasures=found, due=due, more_due=over.after is not None, said=given,
        reasons=REASONS, grounds=GROUNDS, says=SAYS, wrong=refused, list="erasing",
    )  # fmt: skip


PAGES: Addresses = [
    ("/erasing", ["GET"], show),
    ("/erasing", ["POST"], ask),
    ("/erasing/export", ["POST"], export),
    ("/erasing/{erasure_id}/approve", ["POST"], approve),
    ("/erasing/{erasure_id}/drop", ["POST"], drop),
]
