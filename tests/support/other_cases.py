"""What a command that names another case, or a campaign, is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from domain.base import Side
from domain.model.links import KnownCampaign, OtherCase
from domain.model.people import OpenedParty
from tests.support.cases import MONDAY, RESPONDENT, digest_of

OTHER_CASE = "case_0196a7c1-0000-7000-8000-000000000001"
"""An hour older than the case of tests."""
YOUNGER_CASE = "case_0196a7c9-0000-7000-8000-000000000001"
CAMPAIGN = "cmp_1"


def other(kind: str = "bounty_dispute", **changes: Any) -> OtherCase:
    """An open, older case of somebody else against the same respondent."""
    fields: dict[str, Any] = {
        "id": OTHER_CASE,
        "kind": kind,
        "opened_at": MONDAY - timedelta(hours=1),
        "open": True,
        "parties": (
            OpenedParty(id="pty_reporter", side=Side.CLAIMANT, ref_digest=digest_of("pty_reporter")),
            OpenedParty(id="pty_host", side=Side.RESPONDENT, ref_digest=digest_of(RESPONDENT)),
        ),
    }
    return OtherCase(**{**fields, **changes})


def elsewhere(kind: str = "bounty_dispute", **changes: Any) -> dict[str, Any]:
    """The other case and a campaign, both open."""
    return {"other": other(kind, **changes), "campaign": KnownCampaign(id=CAMPAIGN, open=True)}


@cache
def named(command: str, kind: str) -> Mapping[str, Any]:
    """What ``record`` looks up for a command of a case of this kind."""
    found: dict[str, dict[str, Any]] = {
        "merge": {"other": other(kind)},
        "link": {"other": other(kind)},
        "join_campaign": {"campaign": KnownCampaign(id=CAMPAIGN, open=True)},
    }
    return found.get(command, {})
