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
FLAGGER_SAID: dict[str, Any] = {
    "name": "Hotline Example e.V.",
    "ref": "notices@hotline.example",
    "authority": "Bundesnetzagentur",
    "area": "Forged documents",
    "since_at": "2026-03-01T00:00:00Z",
}
FLAGGER: dict[str, Any] = {
    "object": "trusted_flagger",
    "id": "tfl_019abf00-0000-7000-8000-000000000001",
    **FLAGGER_SAID,
    "until_at": None,
    "suspended_at": None,
    "state": "in_force",
    "made_by": "per_dana",
    "figures": {"notices": 0, "open": 0, "acted_on": 0, "in_vain": [], "report_proposed": False},
}
SUSPENDED: dict[str, Any] = {**FLAGGER, "suspended_at": "2026-09-01T09:00:00Z", "state": "suspended"}
FLAGGERS: dict[str, Any] = {"object": "list", "data": [FLAGGER]}
FORM_KEY: dict[str, Any] = {"object": "form_key", "flagger": FLAGGER["id"], "query": "?flagger=7f00aa"}
