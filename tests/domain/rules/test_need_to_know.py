"""Whom a case concerns, and what their right to it is good for."""

from __future__ import annotations

import pytest

from domain.model.people import Actor, Standing
from domain.rules.need_to_know import closed_to, refusal_of_stranger, right_by_part, right_by_standing
from tests.support.cases import LEAD, MEDIATOR, OPS, PEOPLE, a_case

CASE = a_case().in_review().case
STRANGER = Actor(id="per_stranger", role="mediator")
NOBODY = Standing()
GLASS = Standing(access_id="acc_1")


def close(actor: Actor) -> Actor:
    """The same, close to the respondent."""
    return actor.model_copy(update={"conflicts": (CASE.parties[1].ref_digest,)})


@pytest.mark.parametrize(
    ("standing", "right"),
    [
        (NOBODY, None),
        (GLASS, "break_glass"),
        (Standing(in_queue=True, access_id="acc_1"), "queue"),
        (Standing(worked_on=True, access_id="acc_1"), "involved"),
    ],
)
def test_an_access_counts_where_nothing_else_does(standing: Standing, right: str | None) -> None:
    assert right_by_standing(standing) == right


def test_leads_and_operations_and_whoever_owns_it_need_nothing_else() -> None:
    assert (right_by_part(CASE, PEOPLE[LEAD]), right_by_part(CASE, PEOPLE[OPS])) == ("lead", "ops")
    assert right_by_part(CASE.model_copy(update={"owner": MEDIATOR}), PEOPLE[MEDIATOR]) == "owner"
    assert right_by_part(CASE, STRANGER) is None
    assert right_by_part(None, STRANGER) is None


@pytest.mark.parametrize("who", [MEDIATOR, LEAD, OPS])
def test_a_conflict_closes_it_whatever_else_is_true(who: str) -> None:
    actor = close(PEOPLE[who])
    owned = CASE.model_copy(update={"owner": who})
    assert closed_to(CASE.parties, actor)
    refusal = refusal_of_stranger(owned, actor, Standing(in_queue=True, worked_on=True))
    assert refusal is not None
    assert refusal.code == "conflict_of_interest"


@pytest.mark.parametrize(("standing", "code"), [(NOBODY, "access_needed"), (GLASS, "access_reads_only")])
def test_whom_it_does_not_concern_does_nothing_in_it(standing: Standing, code: str) -> None:
    refusal = refusal_of_stranger(CASE, STRANGER, standing)
    assert refusal is not None
    assert refusal.code == code


def test_whom_it_concerns_and_whom_nobody_looked_up_may_go_on() -> None:
    assert refusal_of_stranger(CASE, STRANGER, Standing(in_queue=True)) is None
    assert refusal_of_stranger(CASE, STRANGER, None) is None
    party = Actor(id=CASE.parties[0].id, role="claimant", side=CASE.parties[0].side)
    assert refusal_of_stranger(CASE, party, NOBODY) is None
