"""What is posted to webhook endpoints: events of a case, and remedies to be carried out, described."""

from __future__ import annotations

from typing import Any

from api.examples.events import EVENTS

REMEDIES = ("remedy.perform", "remedy.reverse")
_CASE = "case_0198c5a0-1f2e-7000-8000-00000000c0de"
_REFERENCES: dict[str, Any] = {
    "source": "shop",
    "external_id": "R-118",
    "matter": "report-448120",
    "subject": "Report 448120 closed as informative",
    "metadata": {"plan": "gold"},
    "parties": [
        {"id": "pty_1", "side": "claimant", "role": "claimant", "ref": "user-81"},
        {"id": "pty_2", "side": "respondent", "role": "respondent", "ref": "programme-7"},
    ],
}
HEADERS = {
    "webhook-id": "The message's id, the same each time it is sent: take a second one with the same id for a repeat.",
    "webhook-timestamp": "When it was sent, in seconds since 1970. Refuse what is more than five minutes away.",
    "webhook-signature": "`v1,` and the base64 of the HMAC-SHA-256 of `webhook-id.webhook-timestamp.body`; during a rotation two "
    "of them with a space between, of which one fitting is enough.",
}


def on_the_wire(event: str) -> str:
    """The type of an event as it is sent: ``provisional_credit_ended.final``."""
    return event.replace(":", ".")


def event_example(event: str) -> dict[str, Any]:
    """A whole body."""
    data = {**EVENTS[event], **_REFERENCES, "case_id": _CASE, "tenant_id": "acme"}
    return {"type": on_the_wire(event), "timestamp": "2026-11-02T09:00:00Z", "data": data}


def remedy_example(kind: str) -> dict[str, Any]:
    """A whole body. It has no time: a repeat is the same to the byte."""
    data = {
        "effect_id": "eff_0198c5a0-4",
        "case_id": _CASE,
        "tenant_id": "acme",
        "remedy": "refund",
        "amount": {"amount": 1864, "currency": "USD"},
        "to": "claimant",
        "to_party": "pty_1",
        "reverses": "eff_0198c5a0-2" if kind == "remedy.reverse" else None,
    }
    return {"type": kind, "data": {**data, **_REFERENCES}}


def webhooks() -> dict[str, Any]:
    """Every webhook, as OpenAPI 3.1 describes them."""
    events = {on_the_wire(event): _operation("events", event_example(event)) for event in sorted(EVENTS)}
    return events | {kind: _operation("remedies", remedy_example(kind)) for kind in REMEDIES}


def _operation(purpose: str, example: dict[str, Any]) -> dict[str, Any]:
    needed = ["case_id", "tenant_id", *(["kind", "phase"] if purpose == "events" else ["effect_id", "remedy"])]
    data = {"type": "object", "required": needed, "properties": {name: {"type": "string"} for name in needed}}
    fields = {"type": {"const": example["type"]}, "data": data}
    if "timestamp" in example:
        fields["timestamp"] = {"type": "string", "format": "date-time"}
    schema = {"type": "object", "required": list(fields), "properties": fields}
    headers = [
        {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string"}}
        for name, about in HEADERS.items()
    ]
    return {
        "post": {
            "summary": f"{example['type']}, to endpoints for {purpose}",
            "parameters": headers,
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
            "responses": {
                "2XX": {"description": "Taken."},
                "410": {"description": "Never send here again: the endpoint is disabled."},
                "default": {"description": "Anything else is tried again, for three days at most."},
            },
            "security": [],
        }
    }
