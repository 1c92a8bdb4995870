"""May this credential speak as this actor, and do this? The one table that every door asks: credentials by deeds.

A *door* makes a :class:`~services.callers.Caller` of what it was shown, and everything behind it asks here. What the person
themselves may do in a case is the business of the transition table (:mod:`domain.rules.lifecycle`); this is about whether the
credential shows that person at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.scopes import SCOPES

CredentialKind = Literal[
    "platform_key",
    "person_key",
    "session",
    "party_link",
    "intake_source",
    "mail",
    "operator",
    "temporal",
    "temporal_signed",
]
"""``platform_key``: an API key that is nobody's own. ``person_key``: one of a person. ``session``: a person signed in to pages.
``party_link``: one party's link. ``intake_source``: a provider's signed event. ``mail``: a letter that answers one of ours.
``operator``: the command line of whoever holds the database's password. ``temporal``: a command told at Temporal's own doors.
``temporal_signed``: the same, with the signature of a person.
"""
Deed = Literal["read", "report", "own_word", "for_party", "for_staff", "decide", "administer"]
"""``read``: cases, as far as they are the speaker's to see. ``report``: open a case. ``own_word``: a command of whoever the
credential is. ``for_party``, ``for_staff``: one in the name of a party, of somebody of the team. ``decide``: one of
:data:`DECIDING`, by whoever it is. ``administer``: keys, people, endpoints, sources, settings.
"""

DECIDING = frozenset({
    "admit", "decline", "rule", "approve", "return_ruling", "retract", "decide_appeal", "decide_return", "credit_provisionally",
    "report_to_authority", "approve_report", "return_report", "state_amount", "accept_withdrawal", "continue_of_office", "annul",
    "recuse", "disclose", "close", "reopen", "merge", "impose_interim", "review_interim", "lift_hold",
    "submit_chargeback_evidence", "remove_party", "replace_party", "ask_exception", "grant_exception", "refuse_exception",
})  # fmt: skip
"""Commands that decide. They take the own credential of the person who decides, at every door.

What counts is the effect and not the verb: what ends a case or takes it up again for the team, imposes something on somebody or
keeps it imposed, takes somebody their place in the case, goes out to an authority or a card network, or lets something be
destroyed. A test holds the reason for each command of the team, on either side.
"""


class Grant(NamedTuple):
    """What a cell of the table says."""

    allowed: bool
    scope: str | None = None
    """What an API key needs for it beside being one."""


NO = Grant(False)
YES = Grant(True)


def _with(scope: str) -> Grant:
    assert scope in SCOPES
    return Grant(True, scope)


AUTHORITY: Mapping[CredentialKind, Mapping[Deed, Grant]] = {
    "platform_key": {
        "read": _with("cases:read"), "report": _with("cases:write"), "own_word": _with("cases:write"),
        "for_party": _with("act_as:parties"), "for_staff": _with("act_as:staff"), "decide": NO, "administer": NO,
    },
    "person_key": {
        "read": _with("cases:read"), "report": _with("cases:write"), "own_word": _with("cases:write"),
        "for_party": NO, "for_staff": NO, "decide": _with("cases:write"), "administer": _with("admin"),
    },
    "session": {
        "read": YES, "report": YES, "own_word": YES, "for_party": NO, "for_staff": NO, "decide": YES, "administer": YES,
    },
    "party_link": {
        "read": YES, "report": NO, "own_word": YES, "for_party": NO, "for_staff": NO, "decide": NO, "administer": NO,
    },
    "intake_source": {
        "read": NO, "report": YES, "own_word": NO, "for_party": NO, "for_staff": NO, "decide": NO, "administer": NO,
    },
    "mail": {
        "read": NO, "report": YES, "own_word": YES, "for_party": NO, "for_staff": NO, "decide": NO, "administer": NO,
    },
    "operator": {
        "read": YES, "report": YES, "own_word": YES, "for_party": YES, "for_staff": YES, "decide": NO, "administer": YES,
    },
    # What an unsigned command may do is a setting: see `services.temporal_door`. This is its `signed`, the default.
    "temporal": {
        "read": NO, "report": NO, "own_word": YES, "for_party": NO, "for_staff": NO, "decide": NO, "administer": NO,
    },
    "temporal_signed": {
        "read": NO, "report": NO, "own_word": YES, "for_party": NO, "for_staff": NO, "decide": YES, "administer": NO,
    },
}  # fmt: skip
"""By kind of credential and deed. A test holds a copy that was reviewed by hand, and tries each cell at each door."""


def deed_of(command: str, speaker: str, holder: str | None) -> Deed:
    """What sending a command in somebody's name is, for a credential that is ``holder``'s own.

    What would be a decision is none in the mouth of a party or a machine: the case refuses it as to everybody outside.
    """
    if command in DECIDING and not speaker.startswith(("pty_", "key_")):
        return "decide"
    if speaker == holder:
        return "own_word"
    return "for_staff" if speaker.startswith("per_") else "for_party"
