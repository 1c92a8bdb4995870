"""Each person appeals once against one decision, however many reports come and however they cross."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.model.facts import Recording
from domain.model.report import Report
from domain.rules.authorities import SECRET, knowing
from storage.intake.opening import Opened
from storage.record.other_cases import HELD, PostgresOtherCases
from tests.support.cases import shelf
from tests.support.worlds import World, a_command, a_report, some_terms, sql

pytestmark = pytest.mark.postgres


def an_appeal(person: str = "user-1", content: str = "post-77", effective_at: str = "2026-11-01T00:00:00Z") -> Report:
    decision = {"outcome": "remove", "appellant": "author", "decider": "machine", "content": content,
                "effective_at": effective_at}  # fmt: skip
    party = {"side": "claimant", "ref": person}
    said = {"kind": "moderation_appeal", "statement": "It is a picture of a statue.", "parties": [party], "decision": decision}
    return Report.model_validate(said)


async def opened(world: World, report: Report) -> Opened:
    terms, routing = shelf().terms(report)
    return await world.intake.open(world.tenant_id, report, terms, routing, calendars=shelf().calendars_of(terms))


async def before(world: World, case: Opened) -> str | None:
    return await PostgresOtherCases(world.database).appealed_before(world.tenant_id, case.case_id)


async def test_the_second_of_two_finds_the_first_and_not_the_other_way_round(world: World) -> None:
    first, second = await opened(world, an_appeal()), await opened(world, an_appeal())
    assert await before(world, first) is None
    assert await before(world, second) == first.case_id


async def test_of_many_at_once_one_counts(world: World) -> None:
    cases = await asyncio.gather(*(opened(world, an_appeal()) for _ in range(8)))
    found = [await before(world, case) for case in cases]
    assert found.count(None) == 1


@pytest.mark.parametrize(
    "other", [an_appeal(person="user-2"), an_appeal(content="post-78"), an_appeal(effective_at="2026-11-02T00:00:00Z")]
)
async def test_another_person_content_or_decision_is_another_appeal(world: World, other: Report) -> None:
    await opened(world, an_appeal())
    assert await before(world, await opened(world, other)) is None


async def test_one_that_was_declined_does_not_count(world: World) -> None:
    first = await opened(world, an_appeal())
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE cases SET outcome = 'declined', seq = 3 WHERE id = $1", first.case_id)
    assert await before(world, await opened(world, an_appeal())) is None


async def ended(world: World, case: Opened, outcome: str, *decisions: str) -> None:
    """It came to an end like that, with these rulings after the one that was made elsewhere."""
    rulings = [{"decision": "rule", "elsewhere": True}, *({"decision": one, "elsewhere": False} for one in decisions)]
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute(
            "UPDATE cases SET outcome = $2, seq = 5, state = jsonb_build_object('rulings', $3::jsonb) WHERE id = $1",
            case.case_id, outcome, rulings,
        )  # fmt: skip


@pytest.mark.parametrize(("outcome", "decisions"), [("withdrawn", ()), ("expired", ("remit",)), ("withdrawn", ("remit",))])
async def test_one_that_nobody_decided_does_not_count(world: World, outcome: str, decisions: tuple[str, ...]) -> None:
    await ended(world, await opened(world, an_appeal()), outcome, *decisions)
    assert await before(world, await opened(world, an_appeal())) is None


@pytest.mark.parametrize(("outcome", "decisions"), [("ruled", ("uphold",)), ("withdrawn", ("overturn",)), ("merged", ())])
async def test_one_that_was_decided_or_goes_on_does(world: World, outcome: str, decisions: tuple[str, ...]) -> None:
    first = await opened(world, an_appeal())
    await ended(world, first, outcome, *decisions)
    assert await before(world, await opened(world, an_appeal())) == first.case_id


async def test_taken_back_twice_it_counts(world: World) -> None:
    first = await opened(world, an_appeal())
    for case in (first, await opened(world, an_appeal())):
        await ended(world, case, "withdrawn")
    assert await before(world, await opened(world, an_appeal())) == first.case_id


async def test_nothing_lies_open(world: World) -> None:
    case = await opened(world, an_appeal())
    async with world.database.tenant(world.tenant_id) as conn:
        rows = [
            row["row"]
            for table in ("cases", "commands", "contents")
            for row in await conn.fetch(f"SELECT t::text AS row FROM {table} t")
        ]
    assert case.case_id in "".join(rows)
    assert "post-77" not in "".join(rows)


async def test_who_is_kept_by_a_hold_on_another_case_of_theirs_is_found(world: World) -> None:
    first, second = await opened(world, an_appeal()), await opened(world, an_appeal(content="post-78"))
    stranger = await opened(world, an_appeal(person="user-2"))
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE cases SET legal_hold = true WHERE id = $1", first.case_id)
    cases = PostgresOtherCases(world.database)
    assert [one.case_id for one in await cases.held(world.tenant_id, second.case_id)] == [first.case_id]
    assert [*await cases.held(world.tenant_id, first.case_id), *await cases.held(world.tenant_id, stranger.case_id)] == []
    async with world.database.tenant(world.tenant_id) as conn:
        lifted = """UPDATE cases SET legal_hold = false, state = '{"lifted_by": ["per_lex"]}' WHERE id = $1"""
        await conn.execute(lifted, first.case_id)
    assert [(one.held, one.lifted_by) for one in await cases.held(world.tenant_id, second.case_id)] == [(False, ("per_lex",))]


@pytest.mark.parametrize(
    ("authority", "side", "barred"),
    [
        ("financial_intelligence_unit", "respondent", True),
        ("police", "respondent", False),
        ("financial_intelligence_unit", "claimant", False),
    ],
)
async def test_who_is_reported_in_secret_in_another_case_of_theirs_is_found(
    world: World, authority: str, side: str, barred: bool
) -> None:
    other = {"respondent": "claimant", "claimant": "respondent"}[side]
    people = [{"side": side, "ref": "payee"}, {"side": other, "ref": "cardholder"}]
    said = {"kind": "fraud_report", "statement": "Nine payments went to one account."}
    first = await opened(world, Report.model_validate({**said, "parties": people}))
    again = [{"side": "respondent", "ref": "payee"}, {"side": "claimant", "ref": "somebody-else"}]
    second = await opened(world, Report.model_validate({**said, "parties": again}))
    state = {"reports": [{"id": "rep_1", "authority": authority}]}
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE cases SET state = $2 WHERE id = $1", first.case_id, state)
    found = await PostgresOtherCases(world.database).held(world.tenant_id, second.case_id)
    assert [one.case_id for one in found if one.reported] == ([first.case_id] if barred else [])


@pytest.mark.parametrize(
    ("terms", "reports", "closed", "accused"),
    [
        ({"authorities": ["police"]}, [], False, True),
        ({"authorities": ["police"]}, [], True, False),
        ({"authorities": []}, [], False, False),
        ({"authorities": ["police"]}, [{"authority": "police", "made": False}], True, True),
        ({"authorities": ["police"]}, [{"authority": "police", "made": True}], True, False),
        ({"withdrawal": "asks"}, [], False, True),
        ({"withdrawal": "asks", "reopen_for": "P180D"}, [], True, True),
        ({"withdrawal": "asks"}, [], True, False),
        ({"withdrawal": "closes", "reopen_for": "P180D"}, [], True, False),
    ],
)
async def test_who_is_accused_in_another_case_that_authorities_are_told_of_is_found(
    world: World, terms: dict[str, Any], reports: list[dict[str, Any]], closed: bool, accused: bool
) -> None:
    said = {"kind": "fraud_report", "statement": "Nine payments went to one account."}
    people = [{"side": "respondent", "ref": "payee"}, {"side": "claimant", "ref": "cardholder"}]
    first = await opened(world, Report.model_validate({**said, "parties": people}))
    asks = [{"side": "claimant", "ref": "payee"}, {"side": "respondent", "ref": "platform"}]
    second = await opened(world, Report.model_validate({**said, "parties": asks}))
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute(
            "UPDATE cases SET state = $2, terms = $3, closed_at = CASE WHEN $4 THEN now() END WHERE id = $1",
            first.case_id, {"reports": reports}, terms, closed,
        )  # fmt: skip
    found = await PostgresOtherCases(world.database).held(world.tenant_id, second.case_id)
    assert [(one.case_id, one.closed_at is not None) for one in found if one.accused] == (
        [(first.case_id, closed)] if accused else []
    )


@pytest.mark.parametrize(
    ("state", "accused"),
    [
        ({}, False),
        ({"requests": [{"id": "req_1", "of": "claimant"}]}, True),
        ({"requests": [{"id": "req_1", "of": "claimant"}], "identity_requests": ["req_1"]}, False),
        ({"requests": [{"id": "req_1", "of": "respondent"}]}, False),
        ({"chargeback": {"due_at": "2026-03-02T09:00:00Z"}}, True),
        ({"chargeback": {"due_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-01T09:00:00Z"}}, False),
        ({"requests": [{"id": "req_1", "of": "claimant", "party": "pty_another"}]}, False),
    ],
)
async def test_a_claimant_who_is_asked_what_could_be_held_against_them_is_found(
    world: World, state: dict[str, Any], accused: bool
) -> None:
    said = {"kind": "fraud_report", "statement": "Nine payments went to one account."}
    people = [{"side": "respondent", "ref": "payee"}, {"side": "claimant", "ref": "cardholder"}]
    first = await opened(world, Report.model_validate({**said, "parties": people}))
    asks = [{"side": "claimant", "ref": "cardholder"}, {"side": "respondent", "ref": "platform"}]
    second = await opened(world, Report.model_validate({**said, "parties": asks}))
    async with world.database.tenant(world.tenant_id) as conn:
        terms = {"withdrawal": "asks", "hear": ["claimant"]}
        await conn.execute("UPDATE cases SET state = $2, terms = $3 WHERE id = $1", first.case_id, state, terms)
    found = await PostgresOtherCases(world.database).held(world.tenant_id, second.case_id)
    assert [one.case_id for one in found if one.accused] == ([first.case_id] if accused else [])


async def reported_by_two(world: World) -> tuple[Opened, Opened]:
    """A case in which the payee is reported in secret, with much going on in it, and another one against them."""
    await world.staff()
    people = [{"side": "respondent", "ref": "payee"}, {"side": "claimant", "ref": "cardholder"}]
    first = await world.opened(a_report(parties=people), some_terms(authorities=("financial_intelligence_unit",)))
    again = [{"side": "respondent", "ref": "payee"}, {"side": "claimant", "ref": "somebody-else"}]
    second = await world.opened(a_report(parties=again))
    report = {"authority": "financial_intelligence_unit", "reasons": "Mules."}
    for one in (first, second):
        await world.record(one.case_id)
    await world.record(
        first.case_id,
        a_command("assign", "per_ola", owner="per_mia"),
        a_command("report_to_authority", "per_mia", **report),
        a_command("note", "per_lee", text="I have read it."),
        a_command("assign", "per_ola", owner=None),
        a_command("message", await world.claimant(first.case_id), text="And now?"),
    )
    return first, second


async def test_whoever_had_a_part_in_a_report_is_found_as_the_rules_say(world: World) -> None:
    first, second = await reported_by_two(world)
    found = await PostgresOtherCases(world.database).held(world.tenant_id, second.case_id)
    rows = await sql(world, "SELECT body FROM facts WHERE case_id = $1 ORDER BY seq", first.case_id)
    recordings = [Recording.model_validate(row["body"]) for row in rows]
    assert [one.known_by for one in found if one.reported] == [knowing(recordings)] == [("per_lee", "per_mia", "per_ola")]


async def test_whom_one_person_has_found_and_held_is_found_in_every_other_case(world: World) -> None:
    await world.staff()
    terms = some_terms(interim=[{"name": "payout_freeze", "to": "respondent"}], withdrawal="asks")
    report = a_report(parties=[{"side": "claimant", "ref": "cardholder"}])
    first, second = [(await world.opened(report, terms)).case_id for _ in range(2)]
    taker = {"side": "respondent", "ref": "taker"}
    freeze = {"measure": "payout_freeze", "reasons": "It would be gone."}
    found = PostgresOtherCases(world.database)
    for case_id in (first, second):
        await world.record(case_id)
        await world.record(
            case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("add_party", "per_mia", party=taker)
        )
    assert [one.held_alone for one in await found.held(world.tenant_id, second)] == [False]
    await world.record(first, a_command("impose_interim", "per_mia", **freeze))
    assert [one.held_alone for one in await found.held(world.tenant_id, second)] == [True]
    # A second person has looked at it.
    await world.record(first, a_command("review_interim", "per_ola", decision="keep", reasons="It is right."))
    assert [one.held_alone for one in await found.held(world.tenant_id, second)] == [False]


async def test_what_is_known_of_others_is_read_by_indices(world: World) -> None:
    _, second = await reported_by_two(world)
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        rows = await conn.fetch(f"EXPLAIN {HELD}", world.tenant_id, second.case_id, sorted(SECRET))
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan" not in plan, plan
