"""Examples for the links of parties. Data only; a test holds them to the models."""

from __future__ import annotations

from typing import Any

PARTY_LINK_SAID: dict[str, Any] = {"party": "pty_0198c5a0-1f2e-7000-8000-0000000000c1"}
PARTY_LINK: dict[str, Any] = {
    "object": "party_link",
    "case": "case_0198c5a0-1f2e-7000-8000-000000000001",
    "party": "pty_0198c5a0-1f2e-7000-8000-0000000000c1",
    "path": "/l/5f0c1d7e9a3b42c68d11e0f7a96b35c4d2e81f7060b9a4c3",
    "expires_in": 600,
}
ADDRESS_SAID: dict[str, Any] = {
    "email": "ada.brennan@example.org",
    "reason": "She called from the number on her account, and our letters came back.",
}
ADDRESS: dict[str, Any] = {
    "object": "party_address",
    "case": "case_0198c5a0-1f2e-7000-8000-000000000001",
    "party": "pty_0198c5a0-1f2e-7000-8000-0000000000c1",
    "letters_sent_anew": 1,
    "links_ended": 2,
    "sessions_ended": 0,
    "old_address_told": False,
}
