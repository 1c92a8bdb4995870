"""Campaigns: who may open, close and read them, and what is told of them. A case joins and leaves one by a command of its own."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from uuid_utils import uuid7

from api.bodies.campaigns import (
    CampaignBody,
    CampaignCases,
    CampaignCloseRequest,
    CampaignList,
    CampaignRequest,
    CampaignSummary,
    StakeBody,
)
from api.kit.idempotent import Reply, canonical
from domain.base import CampaignId
from domain.rules.lifecycle import Who
from services.bulk import Work, parsed
from services.callers import Caller, overseer, speaking
from services.errors import Refused, not_found
from services.parts import Parts
from storage.team.campaigns import Campaign, Summary

_ID: TypeAdapter[str] = TypeAdapter(CampaignId)
_WHOSE = "Campaigns are the business of leads and ops."


async def opening(parts: Parts, caller: Caller, key: str | None, body: dict[str, Any]) -> tuple[str, Work]:
    """What a request for a campaign orders.

    Raises ``malformed``, ``by_forbidden``, ``actor_unknown`` and ``not_allowed``.
    """
    said = parsed(CampaignRequest, body)
    by = await _leading(parts, caller, said.by)
    # Repeated with its key, a request whose answer was lost is the same campaign.
    asked = f"campaign\n{key}\n{canonical({**body, 'by': by}).decode()}"
    number = parts.bulk.number_of(caller.tenant_id, asked) if key is not None else str(uuid7())

    async def work() -> Reply:
        made = await parts.campaigns.open(caller.tenant_id, f"cmp_{number}", name=said.name, reason=said.reason, by=by)
        return Reply(201, _summary(made))

    return by, work


async def closing(parts: Parts, caller: Caller, campaign_id: str, body: dict[str, Any]) -> tuple[str, Work]:
    """What a request to close a campaign orders. Raises the same, and its work ``not_found``."""
    by = await _leading(parts, caller, parsed(CampaignCloseRequest, body).by)
    _known(campaign_id)

    async def work() -> Reply:
        found = await parts.campaigns.close(caller.tenant_id, campaign_id, by)
        if found is None:
            raise not_found()
        return Reply(200, _summary(found))

    return by, work


async def listed(parts: Parts, caller: Caller, *, is_open: bool | None) -> dict[str, Any]:
    """The campaigns of the tenant. Raises ``not_allowed``."""
    await overseer(parts, caller, _WHOSE)
    found = await parts.campaigns.all(caller.tenant_id, is_open=is_open)
    return CampaignList(data=tuple(CampaignBody(**_fields(one)) for one in found)).model_dump(mode="json")


async def told(parts: Parts, caller: Caller, campaign_id: str) -> dict[str, Any]:
    """One campaign, and how its cases stand. Raises ``not_allowed`` and ``not_found``."""
    await overseer(parts, caller, _WHOSE)
    _known(campaign_id)
    found = await parts.campaigns.summary(caller.tenant_id, campaign_id)
    if found is None:
        raise not_found()
    return _summary(found)


async def _leading(parts: Parts, caller: Caller, by: str | None) -> str:
    speaker, role = await speaking(parts, caller, by)
    if role not in (Who.LEAD, Who.OPS):
        raise Refused("not_allowed", _WHOSE)
    return speaker


def _known(campaign_id: str) -> None:
    """Raises ``not_found`` for what is no campaign's id."""
    try:
        _ID.validate_python(campaign_id)
    except ValueError:
        raise not_found() from None


def _summary(found: Summary) -> dict[str, Any]:
    stakes = tuple(StakeBody(**one.model_dump()) for one in found.at_stake)
    made = CampaignSummary(**_fields(found), by_phase=found.by_phase, by_outcome=found.by_outcome, at_stake=stakes)
    return made.model_dump(mode="json")


def _fields(one: Campaign) -> dict[str, Any]:
    names = ("id", "name", "reason", "opened_by", "opened_at", "closed_by", "closed_at")
    return {
        **{name: getattr(one, name) for name in names},
        "status": "open" if one.closed_at is None else "closed",
        "cases": CampaignCases(open=one.open_cases, closed=one.closed_cases),
        "links": {"self": f"/v1/campaigns/{one.id}", "cases": f"/v1/cases?campaign={one.id}"},
    }
