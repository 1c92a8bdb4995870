"""Any sequence of commands and deadlines, through Postgres: what is stored is the fold of the facts that are read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.model.facts import Recording
from domain.model.terms import Terms
from domain.rules.evolve import fold
from storage.record.audit import PostgresAudit
from tests.support.worlds import World, a_command, some_terms

pytestmark = pytest.mark.postgres

FACTS = "SELECT seq, body FROM facts WHERE tenant = $1 AND case_id = $2 ORDER BY seq"
ROW = """
SELECT (state || jsonb_build_object('terms', terms))::text AS state,
    seq, phase, status, outcome, owner, queue, priority, waiting_on, next_due_at, next_clock
FROM cases WHERE tenant = $1 AND id = $2
"""
DEADLINES = "SELECT clock, instance, level, count, due_at FROM deadlines WHERE tenant = $1 AND case_id = $2"

STAFF = ("per_mia", "per_max", "per_lee", "per_ola")
REMEDY = {"type": "refund", "amount": {"amount": 500, "currency": "USD"}}
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("message", {"text": "Hello."}),
    ("note", {"text": "Looked at it."}),
    ("assign", {"owner": "per_mia"}),
    ("assign", {"owner": None}),
    ("take", {}),
    ("request_evidence", {"of": "claimant", "what": "The log, please."}),
    ("submit_evidence", {"text": "Here it is."}),
    ("rule", {"outcome": "upheld", "reasons": "It is so.", "remedies": [REMEDY]}),
    ("rule", {"outcome": "rejected", "reasons": "It is not so."}),
    ("retract", {}),
    ("appeal", {"reasons": "Look again."}),
    ("decide_appeal", {"decision": "uphold", "reasons": "It was right."}),
    ("decide_appeal", {"decision": "remit", "reasons": "Look again."}),
    ("withdraw", {}),
    ("close", {"outcome": "expired", "reason": "stale", "reasons": "Nobody is left."}),
    ("reopen", {"reason": "new_signal"}),
    ("nonsense", {"x": 1}),
)


def hasty_terms() -> Terms:
    """Terms whose clocks run out while the test looks on."""
    terms = some_terms(grace="0.01 seconds", reopen_for="P1D")
    clocks = tuple(clock.model_copy(update={"target": clock.target.scaled(1e-6)}) for clock in terms.clocks)
    window = {
        "name": "appeal_window", "waits_for": "nobody", "target": "0.02 seconds", "during": "appealable",
        "levels": [{"name": "end", "action": "default", "default": "close"}],
    }  # fmt: skip
    decided = {
        "name": "appeal_ruling",
        "target": "1 hour",
        "during": "appeal",
        "levels": [{"name": "breach", "action": "escalate"}],
    }
    more = TypeAdapter(Terms).validate_python({**terms.model_dump(), "clocks": [window, decided]}).clocks
    return terms.model_copy(update={"clocks": (*clocks, *more)})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(COMMANDS)), min_size=3, max_size=14))
async def test_the_stored_case_is_the_fold_of_its_facts(
    world: World, steps: list[tuple[int, tuple[str, dict[str, Any]]]]
) -> None:
    case_id = await world.case(terms=hasty_terms())
    snapshot = await world.snapshot(case_id)
    assert snapshot.case is not None
    speakers = (*STAFF, *(party.id for party in snapshot.case.parties))
    for who, (kind, fields) in steps:
        recorded = await world.record(case_id, a_command(kind, speakers[who], **fields))
        assert recorded.answers[0] is not None
        assert recorded.answers[0].status in ("accepted", "refused"), recorded.answers[0]
    await _compare(world, case_id)


async def _compare(world: World, case_id: str) -> None:
    key = (world.tenant_id, case_id)
    async with world.database.tenant(world.tenant_id) as conn:
        facts = await conn.fetch(FACTS, *key)
        row = await conn.fetchrow(ROW, *key)
        deadlines = {tuple(d) for d in await conn.fetch(DEADLINES, *key)}
    assert row is not None
    assert [f["seq"] for f in facts] == list(range(1, len(facts) + 1))
    case = fold(case_id, [Recording.model_validate(f["body"]) for f in facts])
    assert (row["seq"], row["phase"], row["status"]) == (case.seq, case.phase.value, "open" if case.open else "closed")
    assert (row["owner"], row["queue"], row["waiting_on"]) == (case.owner, case.queue, case.waiting_on)
    assert row["outcome"] == (case.outcome.value if case.outcome else None)
    first = case.timetable[0] if case.timetable else None
    assert (row["next_due_at"], row["next_clock"]) == ((first.due_at, first.clock) if first else (None, None))
    assert deadlines == {(d.clock, d.instance, d.level, d.count, d.due_at) for d in case.timetable}
    assert case.open == bool(case.timetable), "an open case has a running deadline, a closed one has none"
    assert not case.open or case.owner or case.queue
    verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id)
    assert verdict.intact, verdict.flaws
