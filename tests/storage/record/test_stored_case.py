"""A case is the same whether its terms are read with it or were read before."""

from __future__ import annotations

import json

import pytest
from pydantic_core import to_json

from domain.model.case import Case
from storage.record.stored_case import STATE, case_of, case_with, state_of, terms_of
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


@pytest.fixture
async def stored(world: World) -> tuple[str, Case]:
    """A case as its row says it, and as the record reads it."""
    case_id = await world.case_with_words()
    async with world.database.tenant(world.tenant_id) as conn:
        text = await conn.fetchval(f"SELECT {STATE} FROM cases c WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
    case = (await world.snapshot(case_id)).case
    assert case is not None
    return text, case


async def test_it_is_what_its_text_says_as_a_whole(stored: tuple[str, Case]) -> None:
    text, case = stored
    terms, state = text.split("\n")
    whole = Case.model_validate_json(f'{state[:-1]}, "terms": {terms}}}')
    assert case_of(text) == whole == case
    assert case_of(text).model_dump_json() == whole.model_dump_json()


async def test_what_says_nothing_is_not_in_it(stored: tuple[str, Case]) -> None:
    text, case = stored
    terms, state = text.split("\n")
    assert "null" not in state
    assert not {"sanctions", "merged_into", "round"} & json.loads(state).keys()
    as_before = case.model_dump_json(exclude={"terms"})
    assert {"sanctions", "merged_into", "round"} <= json.loads(as_before).keys(), "as releases before this one wrote it"
    assert case_of(f"{terms}\n{as_before}") == case_of(f"{terms}\n{to_json(state_of(case)).decode()}") == case


async def test_the_same_terms_are_read_once(stored: tuple[str, Case]) -> None:
    text, case = stored
    assert case_of(text).terms is case_of(text).terms
    changed = text.replace('"queue": "bounty"', '"queue": "fraud"', 1)
    assert changed != text
    assert case_of(changed).terms.queue == "fraud"
    assert case_of(text).terms == case.terms


async def test_a_state_without_its_terms_is_no_case(stored: tuple[str, Case]) -> None:
    _, _, state = stored[0].partition("\n")
    with pytest.raises(ValueError, match="terms"):
        case_with(state, None)
    with pytest.raises(ValueError, match="Terms"):
        terms_of("null")
    assert case_with(state, stored[1].terms) == stored[1]
