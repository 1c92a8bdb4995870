"""What is read of one case: for whom it is, and that others are told nothing that they could learn from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from services import clocks, sanctions, statements, terms
from services.callers import Caller
from services.cases import Seen
from services.errors import Refused
from services.parts import Parts
from services.rows import CaseRow
from tests.support.cases import CLAIMANT, MEDIATOR, MONDAY, PLATFORM, a_case

NOTHING = cast("Parts", SimpleNamespace())
"""Parts of which nobody may ask anything: who is refused must be refused before."""
CALLER = Caller("acme", "key_1", frozenset({"*"}))


def seen_by(who: str) -> Seen:
    """A case in settlement, as somebody sees it."""
    life = a_case().in_settlement()
    return Seen(CaseRow(life.case.id, life.case.kind, MONDAY, life.case), life.actor(who))


def waiting(who: str) -> Seen:
    """A report that nobody has judged yet."""
    return Seen(CaseRow("case_01990000-0000-7000-8000-00000000c0de", "bounty_dispute", MONDAY, None), a_case().actor(who))


@pytest.mark.parametrize(
    ("ask", "seen", "code"),
    [
        (terms.terms, seen_by(CLAIMANT), "not_found"),
        (terms.terms, waiting(MEDIATOR), "not_found"),
        (sanctions.record, seen_by(CLAIMANT), "not_allowed"),
        (sanctions.record, waiting(MEDIATOR), "not_found"),
        (statements.statement, seen_by(CLAIMANT), "not_found"),
        (statements.statement, seen_by(MEDIATOR), "statement_missing"),
        (statements.statement, seen_by(PLATFORM), "statement_missing"),
    ],
)
async def test_who_is_refused_is_refused_before_anything_is_read(ask: Any, seen: Seen, code: str) -> None:
    with pytest.raises(Refused) as caught:
        await ask(NOTHING, CALLER, seen)
    assert caught.value.code == code


async def test_a_report_that_waits_has_no_clocks() -> None:
    assert await clocks.clocks(NOTHING, waiting(MEDIATOR)) == []


async def test_a_clock_that_is_not_there_looks_like_one_that_is_not_the_callers_to_know() -> None:
    for clock in ("nothing", "ruling"):
        with pytest.raises(Refused) as caught:
            await clocks.explanation(NOTHING, waiting(CLAIMANT), clock)
        assert caught.value.code == "not_found"
