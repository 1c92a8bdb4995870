"""Examples for endpoints, sources and the tenant's settings. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

_AT = "2026-11-23T08:00:00Z"
_UNTIL = "2026-11-24T08:00:00Z"

ENDPOINT_SAID: dict[str, Any] = {"url": "https://platform.example/ombud", "purpose": "events"}
ENDPOINT_CHANGE: dict[str, Any] = {"url": "https://platform.example/ombud"}
ENDPOINT: dict[str, Any] = {
    "object": "webhook_endpoint",
    "id": "whk_0198c5a0-1f2e-7000-8000-00000000e001",
    "purpose": "events",
    "url": "https://platform.example/ombud",
    "active": True,
    "created_at": _AT,
    "created_by": "per_dana",
    "secret": None,
    "old_secret_until": None,
    "failing_since": None,
    "given_up": 0,
    "disabled_at": None,
    "disabled_because": None,
}
NEW_ENDPOINT: dict[str, Any] = {**ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
ROTATION_SAID: dict[str, Any] = {"overlap_hours": 24}
ROTATED_ENDPOINT: dict[str, Any] = {**NEW_ENDPOINT, "old_secret_until": _UNTIL}
DISABLED_ENDPOINT: dict[str, Any] = {**ENDPOINT, "active": False, "disabled_at": _AT, "disabled_because": "by_hand"}
ENDPOINTS: dict[str, Any] = {"object": "list", "data": [ENDPOINT], "has_more": False, "next_cursor": None}

_SHOP: dict[str, Any] = {
    "side": "respondent",
    "role": "principal",
    "ref": "acct_1",
    "name": "Paw Patrol Boarding",
    "email": "desk@pawpatrol.example",
    "locale": "en",
    "zone": "UTC",
}
SOURCE_SAID: dict[str, Any] = {
    "provider": "stripe",
    "name": "Stripe, live",
    "secret": "whsec_as_stripe_shows_it",
    "kind": "fraud_report",
    "queue": "fraud",
    "respondent": {"ref": "acct_1", "name": "Paw Patrol Boarding", "email": "desk@pawpatrol.example"},
}
SOURCE_CHANGE: dict[str, Any] = {"name": "Stripe, live", "queue": "fraud"}
SOURCE: dict[str, Any] = {
    "object": "intake_source",
    "id": "src_0198c5a0-1f2e-7000-8000-00000000a001",
    "provider": "stripe",
    "name": "Stripe, live",
    "address": "/v1/intake/src_0198c5a0-1f2e-7000-8000-00000000a001",
    "kind": "fraud_report",
    "queue": "fraud",
    "respondent": _SHOP,
    "page": False,
    "active": True,
    "created_at": _AT,
    "created_by": "per_dana",
    "last_used_at": None,
    "secret": None,
    "old_secret_until": None,
}
NEW_SOURCE: dict[str, Any] = {**SOURCE, "secret": "whsec_as_stripe_shows_it"}
SOURCE_ROTATION_SAID: dict[str, Any] = {"secret": "whsec_the_next_one", "overlap_hours": 24}
ROTATED_SOURCE: dict[str, Any] = {**SOURCE, "secret": "whsec_the_next_one", "old_secret_until": _UNTIL}
SOURCES: dict[str, Any] = {"object": "list", "data": [SOURCE], "has_more": False, "next_cursor": None}

TENANT_SAID: dict[str, Any] = {
    "email_kind": "bounty_dispute",
    "default_merchant": {"ref": "acct_1", "name": "Paw Patrol Boarding", "email": "desk@pawpatrol.example"},
    "default_respondent": None,
}
TENANT: dict[str, Any] = {
    "object": "tenant",
    "id": "acme",
    "name": "Acme",
    "zone": "Europe/Berlin",
    "development": False,
    "email_kind": "bounty_dispute",
    "default_merchant": _SHOP,
    "default_respondent": None,
}
