"""Examples for the operations about keys, people and the audit trail. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

from api.examples.desk import ABSENCE

_KEY_ID = "key_0198c5a4-11aa-7000-8000-00000000c0de"

KEY_SAID: dict[str, Any] = {"name": "reports of the shop", "scopes": ["cases:read"], "expires_at": "2027-11-23T09:00:00Z"}
ROTATION_SAID: dict[str, Any] = {"overlap_seconds": 3600}
KEY: dict[str, Any] = {
    "object": "api_key",
    "id": _KEY_ID,
    "name": "reports of the shop",
    "scopes": ["cases:read"],
    "person": None,
    "status": "live",
    "created_at": "2026-11-23T09:00:00.500000Z",
    "created_by": "per_dana",
    "expires_at": "2027-11-23T09:00:00Z",
    "last_used_at": "2026-11-23T11:30:00.100000Z",
    "rotated_at": None,
    "earlier_secret_until": None,
    "revoked_at": None,
    "links": {"self": f"/v1/api-keys/{_KEY_ID}"},
}
NEW_KEY: dict[str, Any] = {**KEY, "last_used_at": None, "secret": "omb_shown-this-once"}
ROTATED: dict[str, Any] = {
    **NEW_KEY,
    "rotated_at": "2026-11-24T09:00:00.500000Z",
    "earlier_secret_until": "2026-11-24T10:00:00.500000Z",
}
LOGIN_CODE: dict[str, Any] = {
    **NEW_KEY,
    "name": "login code",
    "scopes": ["login_code"],
    "secret": None,
    "mailed": True,
    "person": "per_mara",
    "expires_at": "2026-11-24T09:00:00.500000Z",
}
LOGIN_KEY: dict[str, Any] = {
    **NEW_KEY,
    "name": "ombud login",
    "scopes": ["cases:read", "cases:write", "team:read"],
    "person": "per_mara",
    "created_by": "per_mara",
    "expires_at": "2027-02-21T09:00:00.500000Z",
}
REVOKED: dict[str, Any] = {**KEY, "status": "revoked", "revoked_at": "2026-11-24T09:00:00.500000Z"}
KEYS: dict[str, Any] = {"object": "list", "data": [KEY], "has_more": False, "next_cursor": None}

PERSON_SAID: dict[str, Any] = {
    "id": "per_mara",
    "name": "Mara",
    "queues": ["mediation"],
    "languages": ["de", "en"],
    "conflicts": ["programme-7"],
}
CHANGES_SAID: dict[str, Any] = {"capacity": 15, "add_conflicts": ["programme-8"]}
PERSON: dict[str, Any] = {
    "object": "person",
    "id": "per_mara",
    "name": "Mara",
    "email": None,
    "roles": ["mediator"],
    "team": None,
    "site": None,
    "vendor": None,
    "manager": None,
    "queues": ["mediation"],
    "capacity": 20,
    "locale": "en",
    "zone": "UTC",
    "hours": None,
    "skills": [],
    "languages": ["de", "en"],
    "absent_from": None,
    "absent_until": None,
    "conflicts": 1,
    "active": True,
    "deactivated_at": None,
    "links": {"self": "/v1/people/per_mara", "keys": "/v1/api-keys?person=per_mara"},
}
CHANGED: dict[str, Any] = {**PERSON, "capacity": 15, "conflicts": 2}
GONE: dict[str, Any] = {
    **PERSON,
    "active": False,
    "deactivated_at": "2026-11-24T09:00:00.500000Z",
    "counts": ABSENCE["counts"],
    "results": ABSENCE["results"],
}
PEOPLE: dict[str, Any] = {"object": "list", "data": [PERSON], "has_more": False, "next_cursor": None}

TRAIL: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "object": "trail_entry",
            "seq": 12,
            "at": "2026-11-23T09:00:00.500000Z",
            "deed": "key_created",
            "about": _KEY_ID,
            "by": "per_dana",
            "credential": "key_0198c5a4-0001-7000-8000-00000000d00d",
            "more": {"scopes": ["cases:read"], "person": None, "expires_at": None},
            "hash": "5f" * 32,
            "prev_hash": "a0" * 32,
        }
    ],
    "has_more": False,
    "next_cursor": None,
}
REFUSED_COMMANDS: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "object": "refused_command",
            "first_at": "2026-11-23T09:00:00.500000Z",
            "last_at": "2026-11-23T09:00:02.250000Z",
            "case": "case_0198c5a0-1f2e-7000-8000-000000000001",
            "claimed": "per_ada",
            "type": "rule",
            "command": "cmd_rule_1",
            "code": "signature_refused",
            "channel": "temporal",
            "times": 2,
        }
    ],
    "has_more": False,
    "next_cursor": None,
}
