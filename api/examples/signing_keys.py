"""Examples for the operations about credentials. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

ME: dict[str, Any] = {
    "object": "me",
    "tenant": "acme",
    "credential": "key_0198c5a3-2b1c-7000-8000-00000000ada0",
    "kind": "person_key",
    "scopes": ["cases:read", "cases:write"],
    "person": "per_ada",
    "role": "mediator",
    "expires_at": "2027-02-27T09:00:00Z",
}
SIGNING_KEY_SAID: dict[str, Any] = {"public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}
SIGNING_KEY: dict[str, Any] = {
    "object": "signing_key",
    "id": "sig_0198c5a3-2b1c-7000-8000-00000000ada1",
    "person": "per_ada",
    "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "created_at": "2026-11-22T09:05:00.120000Z",
    "revoked_at": None,
}
SIGNING_KEYS: dict[str, Any] = {"object": "list", "data": [SIGNING_KEY], "has_more": False, "next_cursor": None}
REVOKED: dict[str, Any] = {**SIGNING_KEY, "revoked_at": "2026-12-01T10:00:00.500000Z"}
