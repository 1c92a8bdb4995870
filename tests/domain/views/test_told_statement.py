"""A side reads on its page the statement of reasons that its letter tells, and nobody else's."""

from __future__ import annotations

import pytest

from domain.model.people import Actor
from domain.rules.audiences import Audience
from domain.rules.ruling_told import said_of_statement
from domain.views.told_statement import told_statement
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, RESPONDENT, WITNESS, Life, a_case


@pytest.fixture(scope="module")
def banned() -> Life:
    life = a_case("conduct_report").with_party(WITNESS, "respondent", "witness").in_review().heard("threat")
    return life.says(MEDIATOR, "rule", outcome="violation", ground="threat", reasons="It is on the screen shots.").fire("grace")


def actor(life: Life, who: str) -> Actor:
    found = life.actor(who)
    assert found is not None
    return found


@pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT])
def test_what_a_side_reads_is_what_its_letter_says(banned: Life, who: str) -> None:
    viewer, ruling = actor(banned, who), banned.case.rulings[-1]
    audience: Audience = "claimant" if who == CLAIMANT else "respondent"
    letter = said_of_statement(banned.case, ruling, audience)
    page = told_statement(banned.case, ruling.id, viewer)
    assert letter is not None
    assert page is not None
    assert (page.facts, page.clause, page.explanation) == tuple(letter.texts[name] for name in ("facts", "clause", "explanation"))
    assert page.redress == tuple(letter.codes["redress"]) != ()
    assert (page.decided, page.source) == (letter.codes["automated_decision"], letter.codes["source_type"])
    assert not page.illegal
    assert not page.detected
    assert len(page.texts) == 3


def test_the_one_it_restricts_reads_it(banned: Life) -> None:
    assert told_statement(banned.case, banned.case.rulings[-1].id, actor(banned, RESPONDENT)) is not None


@pytest.mark.parametrize("who", [LEAD, WITNESS])
def test_nobody_else_reads_it_here(banned: Life, who: str) -> None:
    assert told_statement(banned.case, banned.case.rulings[-1].id, actor(banned, who)) is None


def test_of_a_ruling_that_is_not_there_there_is_none(banned: Life) -> None:
    assert told_statement(banned.case, "rul_other", actor(banned, RESPONDENT)) is None
