"""Sends notices to the platform's endpoints: signed by Standard Webhooks, keyed by the notice, so a repeat can be told."""

from __future__ import annotations

from pydantic_core import to_json

from activities.ports.errors import Never
from activities.ports.notices import OutgoingNotice
from adapters.delivery.endpoints import SignedPost


class WebhookNotifier:
    """Posts a notice as ``{type, timestamp, data}``. Tried again, the same notice has the same body, but for what the platform
    noted on the case or had erased meanwhile."""

    def __init__(self, post: SignedPost | None = None) -> None:
        self._post = post or SignedPost()

    async def send(self, notice: OutgoingNotice) -> str:
        """Send and return the status as receipt. :class:`Never`: ``endpoint_gone`` (410) and what makes an endpoint unusable."""
        if notice.address is None:
            raise Never("address_missing")
        if not notice.secrets:
            raise Never("endpoint_invalid", "the endpoint has no signing secret")
        answer = await self._post.send(
            notice.address, notice.secrets, message_id=notice.id, body=body_of(notice), development=notice.development
        )
        if answer.status == 410:
            raise Never("endpoint_gone")
        if not answer.taken:
            answer.raise_for_temporary_failure()
        return str(answer.status)


def body_of(notice: OutgoingNotice) -> bytes:
    """The JSON of a notice. Types are triggers with a full stop: ``ruling_issued``, ``evidence_requested.claimant``."""
    references = notice.references.told() if notice.references is not None else {}
    data = {**notice.data, **references, "case_id": notice.case_id, "kind": notice.kind, "tenant_id": notice.tenant_id}
    if notice.texts:
        data["texts"] = notice.texts
    return to_json({"type": notice.event.replace(":", "."), "timestamp": notice.at, "data": data}, inf_nan_mode="null")
