"""Has remedies carried out by the platform: one signed request for each effect, which its id makes safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic_core import to_json

from activities.ports.effects import OrderedEffect
from activities.ports.errors import Never
from adapters.delivery.endpoints import SignedPost

_BY_HAND = frozenset({410, 422, 501})
"""The platform says that it cannot: gone, not processable, not implemented."""


class LiveEndpoint(Protocol):
    """Where a remedy is asked for, and with what that is signed."""

    @property
    def id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def secrets(self) -> Sequence[str]: ...
    @property
    def development(self) -> bool: ...


class RemediesEndpoints(Protocol):
    """Knows where a tenant wants remedies to be asked for; :class:`storage.outside.endpoints.PostgresEndpoints` does."""

    async def live(self, tenant_id: str, purpose: Literal["remedies"]) -> Sequence[LiveEndpoint]:
        """The endpoints that are not disabled; none: by hand."""
        ...

    async def answered(self, tenant_id: str, endpoint_id: str, case_id: str, failure: str | None) -> None:
        """What the endpoint made of it: None, it took it; else how it failed."""
        ...


class WebhookRemedies:
    """Asks the tenant's endpoint to carry an effect out, or to undo one; what it cannot do is left to people."""

    def __init__(self, endpoints: RemediesEndpoints, post: SignedPost | None = None) -> None:
        self._endpoints = endpoints
        self._post = post or SignedPost()

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        """Ask once. 2xx and 409 (done before) mean done; no endpoint, 410, 422 and 501 need hands; the rest is temporary.

        410 disables the endpoint too, and so do three days without an answer that it took one: then people carry out.
        """
        finished: Literal["done", "reversed"] = "reversed" if effect.reverses else "done"
        if effect.synthetic:
            return finished
        endpoint = next(iter(await self._endpoints.live(effect.tenant_id, "remedies")), None)
        if endpoint is None:
            return "needs_hands"
        try:
            answer = await self._post.send(
                endpoint.url,
                endpoint.secrets,
                message_id=effect.id,
                body=body_of(effect),
                headers={"idempotency-key": effect.id},
                development=endpoint.development,
            )
        except Never:
            return "needs_hands"
        except Exception as error:
            # Noted for whoever looks after the endpoint, then a temporary failure for Temporal to retry.
            await self._endpoints.answered(effect.tenant_id, endpoint.id, effect.case_id, type(error).__name__)
            raise
        gone, temporary = answer.status == 410, not (answer.taken or answer.status in {409, *_BY_HAND})
        failure = "endpoint_gone" if gone else "EndpointFailed" if temporary else None
        await self._endpoints.answered(effect.tenant_id, endpoint.id, effect.case_id, failure)
        if temporary:
            answer.raise_for_temporary_failure()
        return "needs_hands" if answer.status in _BY_HAND else finished


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
