"""Safety incidents with everybody who is ever in one."""

from __future__ import annotations

from typing import Any

from domain.model.facts import Colleague
from tests.support.cases import LEAD, MEDIATOR, OPS, PEOPLE, Life, a_case

INSURER, POLICE, NEIGHBOUR = "pty_insurer", "pty_police", "pty_neighbour"
STATEMENT = "The dog ran into the road while the sitter held the lead."


def incident(**report: Any) -> Life:
    """A report with a witness, an insurer and the police; nobody of the team is on shift."""
    life = a_case("safety_incident", **{"statement": STATEMENT, "category": "bite", **report})
    life.with_party(NEIGHBOUR, "claimant", "witness").with_party(INSURER, "respondent", "insurer")
    life.with_party(POLICE, "claimant", "authority")
    life.team = tuple(Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,), on_shift=False) for who in (MEDIATOR, LEAD, OPS))
    return life
