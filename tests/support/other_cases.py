"""What a command that names another case, or a campaign, is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from domain.base import Side
from domain.model.commands import read_command
from domain.model.links import KnownCampaign, OtherCase
from domain.model.people import OpenedParty
from tests.support.cases import AGENT, CLAIMANT, MONDAY, PEOPLE, RESPONDENT, ROBOT, WITNESS, Life, a_case, digest_of

OTHER_CASE = "case_0196a7c1-0000-7000-8000-000000000001"
"""An hour older than the case of tests."""
YOUNGER_CASE = "case_0196a7c9-0000-7000-8000-000000000001"
CAMPAIGN = "cmp_1"
NEIGHBOUR = "pty_neighbour"
"""Somebody who has reported the same."""


def other(kind: str = "bounty_dispute", **changes: Any) -> OtherCase:
    """An open, older case of the same reporter, and of somebody else, against the same respondent."""
    fields: dict[str, Any] = {
        "id": OTHER_CASE,
        "kind": kind,
        "opened_at": MONDAY - timedelta(hours=1),
        "open": True,
        "parties": (
            OpenedParty(id="pty_reporter", side=Side.CLAIMANT, ref_digest=digest_of("pty_reporter")),
            OpenedParty(id="pty_same", side=Side.CLAIMANT, ref_digest=digest_of(CLAIMANT)),
            OpenedParty(id="pty_host", side=Side.RESPONDENT, ref_digest=digest_of(RESPONDENT)),
        ),
    }
    return OtherCase(**{**fields, **changes})


def elsewhere(kind: str = "bounty_dispute", **changes: Any) -> dict[str, Any]:
    """The other case and a campaign, both open."""
    return {"other": other(kind, **changes), "campaign": KnownCampaign(id=CAMPAIGN, open=True)}


AGAINST_THE_SAME = (
    OpenedParty(id="pty_reporter", side=Side.CLAIMANT, ref_digest=digest_of("pty_reporter")),
    OpenedParty(id="pty_host", side=Side.RESPONDENT, ref_digest=digest_of(RESPONDENT)),
)
"""Somebody else has reported the same person."""


def beside_another(kind: str = "bounty_dispute", **other: Any) -> Life:
    """A case in review, and another one that its commands name."""
    life = a_case(kind).with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness").in_review()
    life.elsewhere = elsewhere(kind, **other)
    return life


@cache
def named(command: str, kind: str) -> Mapping[str, Any]:
    """What ``record`` looks up for a command of a case of this kind."""
    found: dict[str, dict[str, Any]] = {
        "merge": {"other": other(kind)},
        "link": {"other": other(kind)},
        "join_campaign": {"campaign": KnownCampaign(id=CAMPAIGN, open=True)},
    }
    return found.get(command, {})


def joined(
    kind: str = "fraud_report",
    life: Life | None = None,
    *,
    priority: str | None = None,
    minor: bool = False,
    owner_conflicts: tuple[str, ...] = (),
    **more: Any,
) -> Life:
    """A case in which somebody else's report goes on."""
    life = life or a_case(kind).in_review()
    neighbour = OpenedParty(id=NEIGHBOUR, side=Side.CLAIMANT, role="co_claimant", ref_digest=digest_of(NEIGHBOUR), minor=minor)
    life._parties.append(neighbour)
    statement = life.sealer("It happened to me as well.").model_dump()
    said = {"merge_id": "mrg_1", "of": YOUNGER_CASE, "parties": [neighbour.model_dump()], "reason": "by_hand", **more}
    command = read_command(
        {"id": "cmd_sys-join-1", "type": "join", "by": ROBOT, "statement": statement, **said, "priority": priority}
    )
    owner = PEOPLE.get(life.case.owner or "")
    if owner is not None:
        life.elsewhere = {**life.elsewhere, "target": owner.model_copy(update={"conflicts": owner_conflicts})}
    life.judge(command, ROBOT)
    life.elsewhere.pop("target", None)
    return life
