"""Campaigns: who may open, close and read them. A case joins and leaves one by a command of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from uuid_utils import uuid7

from domain.base import CampaignId
from domain.rules.lifecycle import Who
from services.callers import Caller, conflicts_of, overseer, speaking
from services.errors import Refused, not_found
from services.parts import Parts
from services.repeats import Asked, own_key
from services.rows import Campaign, Summary

_ID: TypeAdapter[str] = TypeAdapter(CampaignId)
_WHOSE = "Campaigns are the business of leads and ops."


@dataclass(frozen=True)
class Opening:
    """A campaign that somebody who may do so opens."""

    id: str
    name: str
    reason: str
    by: str


async def opening(parts: Parts, caller: Caller, asked: Asked, *, name: str, reason: str, by: str | None) -> Opening:
    """What a request for a campaign comes to. Raises ``by_forbidden``, ``actor_unknown`` and ``not_allowed``."""
    speaker = await _leading(parts, caller, by)
    # Repeated with its key, a request whose answer was lost is the same campaign.
    number = str(uuid7())
    if asked.key is not None:
        same = f"campaign\n{own_key(caller, asked.key)}\n{asked.by(speaker).decode()}"
        number = parts.bulk.number_of(caller.tenant_id, same)
    return Opening(f"cmp_{number}", name, reason, speaker)


async def open_campaign(parts: Parts, caller: Caller, opening: Opening) -> Summary:
    """The campaign, opened."""
    closed = await conflicts_of(parts, caller, caller.viewer_id)
    return await parts.campaigns.open(
        caller.tenant_id, opening.id, name=opening.name, reason=opening.reason, by=opening.by, closed_to=closed
    )


async def closing(parts: Parts, caller: Caller, campaign_id: str, by: str | None) -> str:
    """Who closes a campaign. Raises the same as :func:`opening`, and ``not_found`` for what is no campaign's id."""
    speaker = await _leading(parts, caller, by)
    _known(campaign_id)
    return speaker


async def close_campaign(parts: Parts, caller: Caller, campaign_id: str, by: str) -> Summary:
    """The campaign, closed; one that was closed before stays as it was closed. Raises ``not_found``."""
    found = await parts.campaigns.close(caller.tenant_id, campaign_id, by, await conflicts_of(parts, caller, caller.viewer_id))
    if found is None:
        raise not_found()
    return found


async def listed(parts: Parts, caller: Caller, *, is_open: bool | None) -> Sequence[Campaign]:
    """The campaigns of the tenant. Raises ``not_allowed``."""
    await overseer(parts, caller, _WHOSE)
    closed = await conflicts_of(parts, caller, caller.viewer_id)
    return await parts.campaigns.all(caller.tenant_id, is_open=is_open, closed_to=closed)


async def read(parts: Parts, caller: Caller, campaign_id: str) -> Summary:
    """One campaign, and how its cases stand. Raises ``not_allowed`` and ``not_found``."""
    await overseer(parts, caller, _WHOSE)
    _known(campaign_id)
    found = await parts.campaigns.summary(caller.tenant_id, campaign_id, await conflicts_of(parts, caller, caller.viewer_id))
    if found is None:
        raise not_found()
    return found


async def _leading(parts: Parts, caller: Caller, by: str | None) -> str:
    """Who speaks, if a lead or ops. Raises ``scope_missing``, ``by_forbidden``, ``actor_unknown`` and ``not_allowed``."""
    # What is answered sums up its cases.
    caller.may("read", "not_allowed")
    speaker, role = await speaking(parts, caller, by, "join_campaign")
    if role not in (Who.LEAD, Who.OPS):
        raise Refused("not_allowed", _WHOSE)
    return speaker


def _known(campaign_id: str) -> None:
    """Raises ``not_found`` for what is no campaign's id."""
    try:
        _ID.validate_python(campaign_id)
    except ValueError:
        raise not_found() from None
