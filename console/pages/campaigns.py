"""Campaigns: many cases of one wave, opened and closed together, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Visit, to
from console.kit.words import in_words
from services import campaigns, people
from services.errors import FieldError, Refused
from services.repeats import Asked

LONGEST = 80


async def show(visit: Visit) -> Response:
    """All of them. Raises ``not_allowed`` for whoever looks after nobody's work."""
    return await _page(visit)


async def one(visit: Visit) -> Response:
    """One, and how its cases stand."""
    found = await campaigns.read(visit.parts, visit.caller, visit.request.path_params["campaign_id"])
    names = await people.colleagues(visit.parts, visit.caller)
    return visit.page("campaign.html", list="administration", found=found, names=names)


async def begin(visit: Visit) -> Response:
    """Open one."""
    form = await visit.form()
    said = {name: " ".join(form.text(name).split()) for name in ("name", "reason")}
    try:
        if wrong := [name for name, text in said.items() if not text or len(text) > LONGEST]:
            raise Refused("malformed", errors=[FieldError(name, "malformed", f"At most {LONGEST} characters.") for name in wrong])
        asked = Asked(said, form.text("order_id") or str(uuid7()))
        code = "_".join(said["reason"].lower().split())
        opening = await campaigns.opening(visit.parts, visit.caller, asked, name=said["name"], reason=code, by=None)
        opened = await campaigns.open_campaign(visit.parts, visit.caller, opening)
    except Refused as refused:
        return await _page(visit, refused, said)
    return to(f"/campaigns/{opened.id}")


async def end(visit: Visit) -> Response:
    """Close one; its cases go on."""
    await visit.form()
    campaign_id = visit.request.path_params["campaign_id"]
    by = await campaigns.closing(visit.parts, visit.caller, campaign_id, None)
    await campaigns.close_campaign(visit.parts, visit.caller, campaign_id, by)
    return to(f"/campaigns/{campaign_id}")


async def _page(visit: Visit, refused: Refused | None = None, typed: Mapping[str, str] | None = None) -> Response:
    row = visit.house.problems.get(refused.code) if refused else None
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    return visit.page(
        "campaigns.html",
        (row.status if row else 422) if refused else 200,
        list="administration",
        found=await campaigns.listed(visit.parts, visit.caller, is_open=None),
        order_id=str(uuid7()),
        refused=refused,
        typed=typed or {},
        why=" ".join(
            (speaker.refusal(refused, row.advice if row else ""), *(f"{in_words(e.field)}: {e.message}" for e in refused.errors))
        )
        if refused
        else "",
    )


PAGES: Addresses = [
    ("/campaigns", ["GET"], show),
    ("/campaigns", ["POST"], begin),
    ("/campaigns/{campaign_id}", ["GET"], one),
    ("/campaigns/{campaign_id}/close", ["POST"], end),
]
