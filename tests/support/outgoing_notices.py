"""Notices with defaults, as the rules hand them out, for tests that word and send them."""

from datetime import UTC, datetime
from typing import Any

from activities.ports.notices import OutgoingNotice

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
DUE = {"due_at": "2026-03-19T16:00:00+00:00"}


def a_notice(event: str = "case_opened", **changes: Any) -> OutgoingNotice:
    """A notice of ``event``; ``data`` and ``texts`` as the test needs them."""
    fields: dict[str, Any] = {
        "id": "ntc_0196a7c2-opened-1",
        "tenant_id": "acme",
        "tenant_name": "Acme Bounties",
        "case_id": "case_0196a7c2-77aa-7bcd-9f3c-2a1b44d05e6f",
        "kind": "bounty_dispute",
        "pack_version": "a1b2c3d4e5f6",
        "event": event,
        "channel": "email",
        "recipient": "pty_1",
        "audience": "claimant",
        "address": "ada@example.net",
        "name": "Ada Brennan",
        "zone": "Europe/Berlin",
        "at": AT,
        "data": {},
    }
    return OutgoingNotice(**(fields | changes))
