"""Has remedies carried out by the platform: one signed request for each effect, which its id makes safe to repeat."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic_core import to_json

from activities.ports.effects import OrderedEffect
from activities.ports.errors import Never
from adapters.delivery.endpoints import SignedPost

_BY_HAND = frozenset({410, 422, 501})
"""The platform says that it cannot: gone, not processable, not implemented."""


class RemediesEndpoints(Protocol):
    """Knows where a tenant wants remedies to be asked for."""

    async def remedies_endpoint(self, tenant_id: str) -> tuple[str, str] | None:
        """URL and signing secret; None when the tenant has no such endpoint."""
        ...


class WebhookRemedies:
    """Asks the tenant's endpoint to carry an effect out, or to undo one; what it cannot do is left to people."""

    def __init__(self, endpoints: RemediesEndpoints, post: SignedPost | None = None) -> None:
        self._endpoints = endpoints
        self._post = post or SignedPost()

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        """Ask once. 2xx and 409 (done before) mean done; no endpoint, 410, 422 and 501 need hands; the rest is temporary."""
        finished: Literal["done", "reversed"] = "reversed" if effect.reverses else "done"
        if effect.synthetic:
            return finished
        endpoint = await self._endpoints.remedies_endpoint(effect.tenant_id)
        if endpoint is None:
            return "needs_hands"
        url, secret = endpoint
        try:
            answer = await self._post.send(
                url, secret, message_id=effect.id, body=body_of(effect), headers={"idempotency-key": effect.id}
            )
        except Never:
            return "needs_hands"
        if answer.taken or answer.status == 409:
            return finished
        if answer.status not in _BY_HAND:
            answer.raise_for_temporary_failure()
        return "needs_hands"


def body_of(effect: OrderedEffect) -> bytes:
    """The JSON of an effect: without a time, because a repeat must be the same to the byte for whoever compares bodies by key."""
    submission = {"submission": effect.submission} if effect.submission is not None else {}
    return to_json(
        {
            "type": "remedy.reverse" if effect.reverses else "remedy.perform",
            "data": {
                "effect_id": effect.id,
                "case_id": effect.case_id,
                "tenant_id": effect.tenant_id,
                "remedy": effect.type,
                "amount": effect.amount,
                "to": effect.to,
                "to_party": effect.to_party,
                "reverses": effect.reverses,
                **(effect.references.told() if effect.references is not None else {}),
                **submission,
            },
        }
    )
