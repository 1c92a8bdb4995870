"""Hands a chargeback's evidence in at Stripe itself: ``POST /v1/disputes/{id}`` with ``submit``, once, whatever is retried.

Every other remedy, and evidence for other providers or tenants, goes the way that all remedies go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Literal, Protocol

import stripe
from stripe import RequestOptions

from activities.ports.effects import OrderedEffect, Submission
from domain.rules.chargeback import SUBMISSION

_WAITS_FOR = 20.0
"""Seconds for one answer of Stripe."""
_OVER = frozenset({"won", "lost", "prevented", "charge_refunded", "warning_closed"})
_MARK = "ombud_effect"
"""In the dispute's metadata: which effect handed the evidence in. Stripe forgets idempotency keys after a day."""
_BY_HAND = (
    stripe.InvalidRequestError,
    stripe.AuthenticationError,
    stripe.PermissionError,
    stripe.IdempotencyError,
)
"""Trying again does not help, and the network's day does not wait."""

Result = Literal["done", "reversed", "needs_hands"]


class Performs(Protocol):
    """Carries remedies out; :class:`adapters.remedies.WebhookRemedies` does."""

    async def perform(self, effect: OrderedEffect) -> Result: ...


def stripe_client(api_key: str, url: str | None = None) -> stripe.StripeClient:
    """A client of one Stripe account; ``url`` is another address than Stripe's own, for tries."""
    http = stripe.RequestsClient(timeout=_WAITS_FOR)
    # Temporal's retries are the only ones.
    own = {"base_addresses": {"api": url, "files": url}} if url else {}
    return stripe.StripeClient(api_key, http_client=http, max_network_retries=0, **own)  # type: ignore[arg-type]  # see above


class StripeEvidence:
    """Carries out what Stripe takes of it, by the account of each tenant; the rest is the ``others``'."""

    def __init__(self, others: Performs, clients: Mapping[str, stripe.StripeClient]) -> None:
        self._others = others
        self._clients = clients

    async def perform(self, effect: OrderedEffect) -> Result:
        """Hand it in. Raises what Stripe's library raises for a temporary failure."""
        told, client = effect.submission, self._clients.get(effect.tenant_id)
        ours = effect.type == SUBMISSION and told is not None and told.source == "stripe" and effect.reverses is None
        if not ours or told is None or client is None or effect.synthetic:
            return await self._others.perform(effect)
        # Stripe's library waits in the thread that asks; the loop is the worker's.
        return await asyncio.to_thread(_submit, client, effect.id, told)


def _submit(client: stripe.StripeClient, effect_id: str, told: Submission) -> Result:
    if told.external_id is None or told.text is None:
        return "needs_hands"
    # A dispute of a connected account is that account's; without its name Stripe knows none of that id.
    own: RequestOptions = {"stripe_account": told.account} if told.account is not None else {}
    try:
        dispute = client.v1.disputes.retrieve(told.external_id, options=own)
        if _marked(dispute) == effect_id:
            return "done"
        if dispute.status in _OVER:
            return "needs_hands"
        client.v1.disputes.update(
            told.external_id,
            params={"evidence": {"uncategorized_text": told.text}, "metadata": {_MARK: effect_id}, "submit": True},
            options={**own, "idempotency_key": effect_id},
        )
    except _BY_HAND:
        return "needs_hands"
    return "done"


def _marked(dispute: stripe.Dispute) -> str | None:
    """The effect that handed evidence in before; None: nobody has, or somebody by hand."""
    noted = dispute.to_dict().get("metadata")
    return noted.get(_MARK) if isinstance(noted, dict) else None
