"""Hands a chargeback's evidence in at Stripe itself: ``POST /v1/disputes/{id}`` with ``submit``, once, whatever is retried. Files
go before it, by ``POST /v1/files`` with the purpose ``dispute_evidence``, each under a key of its own.

Every other remedy, and evidence for other providers or tenants, goes the way that all remedies go.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import stripe
from stripe import RequestOptions

from activities.ports.effects import OrderedEffect, Submission, SubmittedFile
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


class ReadsFiles(Protocol):
    """Opens the files of a case; :class:`storage.intake.evidence.PostgresFiles` does."""

    async def read(self, tenant_id: str, case_id: str, file_id: str) -> bytes | None:
        """The bytes; None once they were erased. Raises ``Never`` for what the store has lost."""
        ...


class StripeEvidence:
    """Carries out what Stripe takes of it, by the account of each tenant; the rest is the ``others``'."""

    def __init__(self, others: Performs, clients: Mapping[str, stripe.StripeClient], files: ReadsFiles) -> None:
        self._others = others
        self._clients = clients
        self._files = files

    async def perform(self, effect: OrderedEffect) -> Result:
        """Hand it in. Raises what Stripe's library raises for a temporary failure."""
        told, client = effect.submission, self._clients.get(effect.tenant_id)
        ours = effect.type == SUBMISSION and told is not None and told.source == "stripe" and effect.reverses is None
        if not ours or told is None or client is None or effect.synthetic:
            return await self._others.perform(effect)
        read = [await self._files.read(effect.tenant_id, effect.case_id, one.id) for one in told.files]
        files = list(zip(told.files, (data for data in read if data is not None), strict=False))
        if len(files) < len(told.files):
            # Its owner has had it erased since: what was drafted is no longer what would go out.
            return "needs_hands"
        # Stripe's library waits in the thread that asks; the loop is the worker's.
        return await asyncio.to_thread(_submit, client, effect.id, told, files)


Files = Sequence[tuple[SubmittedFile, bytes]]
_ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def _submit(client: stripe.StripeClient, effect_id: str, told: Submission, files: Files) -> Result:
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
        evidence: Any = {"uncategorized_text": told.text, **_uploaded(client, effect_id, files, own)}
        client.v1.disputes.update(
            told.external_id,
            params={"evidence": evidence, "metadata": {_MARK: effect_id}, "submit": True},
            options={**own, "idempotency_key": effect_id},
        )
    except _BY_HAND:
        return "needs_hands"
    return "done"


def _uploaded(client: stripe.StripeClient, effect_id: str, files: Files, own: RequestOptions) -> dict[str, str]:
    """Stripe's ids of the files, by the fields of its evidence. A file of a retry is the same one, by its key."""
    found = {}
    for file, data in files:
        # By what it shows: what somebody called it may tell more than it shows.
        named: Any = io.BytesIO(data)
        named.name = f"{file.shows}.{_ENDING.get(file.media_type, 'bin')}"
        options: RequestOptions = {**own, "idempotency_key": f"{effect_id}-{file.id}"}
        found[file.shows] = client.v1.files.create(params={"purpose": "dispute_evidence", "file": named}, options=options).id
    return found


def _marked(dispute: stripe.Dispute) -> str | None:
    """The effect that handed evidence in before; None: nobody has, or somebody by hand."""
    noted = dispute.to_dict().get("metadata")
    return noted.get(_MARK) if isinstance(noted, dict) else None
