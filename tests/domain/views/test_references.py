"""By what a platform finds its own objects again, and who may know it."""

import pytest

from domain.model.people import Actor
from domain.views.references import PartyReference, References, may_know, own_id


@pytest.mark.parametrize(
    ("role", "knows"),
    [
        ("claimant", False), ("respondent", False), ("platform", True), ("mediator", True), ("lead", True), ("ops", True),
        ("system", True),
    ],
)  # fmt: skip
def test_the_platform_and_its_team_may_know_and_no_party(role: str, knows: bool) -> None:
    assert may_know(Actor(id="x", role=role)) is knows


def test_machines_are_told_no_names_and_addresses() -> None:
    party = PartyReference(id="pty_1", side="claimant", role="principal", ref="user-1", name="Kim", email="kim@example.org")
    told = References(source="api", parties=(party,)).told()
    assert told["parties"] == [{"id": "pty_1", "side": "claimant", "role": "principal", "ref": "user-1"}]


def test_a_case_that_was_split_off_has_no_id_of_the_platforms() -> None:
    assert own_id("split", "err_1") is None
    assert own_id("stripe", "dp_1") == "dp_1"
