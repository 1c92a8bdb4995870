"""A filter by the phase that somebody outside sees finds in Postgres just what the rules say, whatever the case went through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.base import Phase
from domain.rules.audiences import seen_phase
from storage.views.cases import CaseFilter, PostgresViews
from tests.support.worlds import World, a_command, some_terms

pytestmark = pytest.mark.postgres

REMEDY = {"type": "refund", "amount": {"amount": 500, "currency": "USD"}}
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("take", {}),
    ("rule", {"outcome": "upheld", "reasons": "It is so.", "remedies": [REMEDY]}),
    ("rule", {"outcome": "rejected", "reasons": "It is not so."}),
    ("retract", {}),
    ("appeal", {"reasons": "Look again."}),
    ("decide_appeal", {"decision": "uphold", "reasons": "It was right."}),
    ("message", {"text": "Hello."}),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from(("per_mia", "per_lee", "claimant")), st.sampled_from(STEPS)), max_size=10),
    grace=st.sampled_from(("0.01 seconds", "1 hour")),
)
async def test_the_filter_is_the_rule(world: World, steps: list[tuple[str, tuple[str, dict[str, Any]]]], grace: str) -> None:
    case_id = await world.case(terms=some_terms(grace=grace))
    claimant = await world.claimant(case_id)
    for who, (kind, fields) in steps:
        await world.record(case_id, a_command(kind, claimant if who == "claimant" else who, **fields))
    case = (await world.snapshot(case_id)).case
    assert case is not None
    views = PostgresViews(world.database, world.vault)
    for phase in Phase:
        found = await views.cases(world.tenant_id, CaseFilter(told_phase=phase.value, ids=(case_id,)))
        assert bool(found) is (seen_phase(case, "platform") is phase), phase
