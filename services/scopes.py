"""What an API key may be good for: the closed list of scopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SCOPES: Mapping[str, str] = {
    "cases:read": "Read cases, as whoever the key speaks for.",
    "cases:write": "Open cases, and send commands as whoever the key speaks for.",
    "act_as:parties": "Speak and read in the place of parties: what a platform does for its own users.",
    "act_as:staff": (
        "Send commands in the name of people of the team, for moving in from another system. In no default, and good for no "
        "decision."
    ),
    "intake": "Hand reports in by mail.",
    "team:read": "Read how the team is doing: queues, workload, campaigns, bulks.",
    "admin": "Look after keys, people, endpoints, sources and the tenant's settings; a person of ops alone.",
}
"""By scope, in words."""

EVERYTHING = "*"
"""What keys of the first releases have: every scope but ``act_as:staff``, which nobody has without asking for it."""
LOGIN_CODE = "login_code"
"""Stands where scopes do on a login code, and is none: such a code opens nothing but its own exchange for a key."""
_EARLIER = {"act_as": "act_as:parties"}
"""Names of the first releases, and what they are good for now."""


def good_for(scopes: Iterable[str]) -> frozenset[str]:
    """What a credential with these scopes, as they are stored, may do."""
    said = {_EARLIER.get(scope, scope) for scope in scopes}
    if EVERYTHING in said:
        said |= SCOPES.keys() - {"act_as:staff"}
    return frozenset(said & SCOPES.keys())
