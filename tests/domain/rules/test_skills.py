"""What a case asks of whoever decides it: the skill that its pack names, and the language of whoever reported it."""

from __future__ import annotations

import pytest

from domain.rules.skills import language_of, skill_of
from tests.support.cases import CLAIMANT, a_case


def test_the_skill_is_that_of_the_category_and_else_none() -> None:
    life = a_case(category="injection").with_terms(skills={"injection": "appsec"}).opened()
    assert skill_of(life.case) == "appsec"
    assert skill_of(a_case().with_terms(skills={"injection": "appsec"}).opened().case) is None


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("en", "en")])
def test_the_language_is_the_claimants_without_its_country(locale: str, language: str) -> None:
    case = a_case().opened().case
    parties = tuple(p.model_copy(update={"locale": locale}) if p.id == CLAIMANT else p for p in case.parties)
    assert language_of(case.model_copy(update={"parties": parties})) == language


def test_nobody_on_that_side_any_more_speaks_nothing() -> None:
    case = a_case().opened().case
    parties = tuple(party for party in case.parties if party.id != CLAIMANT)
    assert language_of(case.model_copy(update={"parties": parties})) is None
