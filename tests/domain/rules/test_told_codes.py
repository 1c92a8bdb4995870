"""A code that somebody of the team chose is read outside the team only where it is meant for whoever reads it."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.model import facts as f
from domain.rules.told_codes import FREE, NEUTRAL, OUTSIDE, told_end
from domain.rules.topics import TOPICS
from domain.views.case import view
from services.timelines import entries
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, PLATFORM, RESPONDENT, Life, a_case

CODE = "reported_to_the_fiu"
OUTSIDERS = (CLAIMANT, RESPONDENT, PLATFORM)


def _closed(kind: str, code: str) -> Life:
    return a_case(kind).in_review().says(OPS, "close", reason=code)


WAYS: dict[str, Callable[[str], Life]] = {
    "closed": lambda code: _closed("payment_dispute", code),
    "declined": lambda code: a_case("bounty_dispute").in_intake().says(LEAD, "decline", reason=code),
    "reopened": lambda code: _closed("payment_dispute", "other").says(OPS, "reopen", reason=code),
    "paused": lambda code: a_case("payment_dispute").in_review().says(MEDIATOR, "pause", reason=code),
    "resumed": lambda code: a_case("payment_dispute").in_review().says(MEDIATOR, "pause", reason="other").says(
        MEDIATOR, "resume", reason=code
    ),
    "extended": lambda code: a_case("payment_dispute").in_review().says(
        LEAD, "extend", clock="ruling", **{"for": "8 working hours"}, reason=code
    ),
    "annulled": lambda code: a_case("payment_dispute").appealable().says(LEAD, "annul", reason=code),
    "removed": lambda code: a_case("payment_dispute").in_review()
    .says(OPS, "add_party", party={"side": "respondent", "ref": "witness", "role": "witness"})
    .says(OPS, "remove_party", party="pty_witness", reason=code),
    "replaced": lambda code: a_case("payment_dispute").in_review().says(
        LEAD, "replace_party", party=RESPONDENT, by_party={"side": "respondent", "ref": "heir"}, reason=code
    ),
    "asked": lambda code: a_case("payment_dispute").with_terms(evidence_types=()).in_review().says(
        MEDIATOR, "request_evidence", of="respondent", evidence_type=code
    ),
}  # fmt: skip
"""By what happens: a life in which somebody of the team chooses a code that people outside could read."""


def read_outside(life: Life) -> str:
    """Everything that anybody outside the team reads of a case: its view, its timeline, and what they were sent."""
    found: list[Any] = []
    for who in OUTSIDERS:
        viewer = life.actor(who)
        found += [view(life.case, viewer).model_dump_json(), repr(entries(life.case, life.recordings, viewer))]
    return "\n".join([*map(str, found), *(repr(n.data) for _, n in life.notices if n.audience != "staff")])


@pytest.mark.parametrize("way", WAYS)
class TestACode:
    def test_of_which_nobody_knows_is_read_by_the_team_alone(self, way: str) -> None:
        life = WAYS[way](CODE)
        assert CODE not in read_outside(life)
        assert CODE in repr(entries(life.case, life.recordings, life.actor(LEAD)))

    def test_that_is_meant_for_them_is_read(self, way: str) -> None:
        # That clocks stand still, go on or have more time is read by its dates, and why by nobody outside.
        read = way not in ("paused", "resumed", "extended")
        assert ("procedural_fault" in read_outside(WAYS[way]("procedural_fault"))) is read


class TestTheEnd:
    def test_is_read_in_full_by_the_team(self) -> None:
        life = _closed("payment_dispute", CODE)
        assert [life.seen_by(who).close_reason for who in (CLAIMANT, RESPONDENT, OPS)] == [NEUTRAL, NEUTRAL, CODE]

    def test_by_a_gate_is_the_packs_own_word(self) -> None:
        own = {"close_reason": "shop_left_the_market"}
        by_a_gate = a_case("payment_dispute", attributes={"refunded": True}).opened().case
        assert by_a_gate.closed_at == by_a_gate.opened_at
        assert told_end(by_a_gate.model_copy(update=own)) == "shop_left_the_market"
        assert told_end(_closed("payment_dispute", "other").case.model_copy(update=own)) == NEUTRAL


def classes_of(union: Any) -> list[type[BaseModel]]:
    """The classes of a union of unions."""
    return [found for part in get_args(union) for found in ([part] if isinstance(part, type) else classes_of(part))]


def test_every_free_code_of_a_fact_that_people_outside_know_is_in_the_table() -> None:
    """A new one is either of a list, or neutral outside: nobody forgets to choose."""
    known = {name for topic in TOPICS for name, one in topic.known_to.items() if callable(one.by) or one.by}
    free = {
        (name, field)
        for cls in classes_of(f.Fact)
        if (name := str(cls.model_fields["type"].default)) in known
        for field in ("reason", "evidence_type", "carrier")
        if field in cls.model_fields and cls.model_fields[field].annotation in (str, str | None)
    }
    # How a phase began is the machine's word; why a case was moved in is the platform's, which reads it back.
    assert {(name, field) for name, fields in FREE.items() for field in fields} >= free - {
        ("phase_entered", "reason"),
        ("case_moved_in", "reason"),
    }


def test_what_is_meant_for_people_says_nothing_of_authorities() -> None:
    assert [code for code in OUTSIDE if any(word in code for word in ("fiu", "authority", "police", "launder"))] == []
