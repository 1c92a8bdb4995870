"""What a decision takes from a side, and whether one takes more than another."""

from typing import Any

import pytest

from domain.base import Side
from domain.model.remedy import Remedy
from domain.rules.losses import burdens, losers, worse
from tests.support.cases import RESPONDENT, Life, a_case

WARN, SUSPEND = (Remedy(type=name, to=Side.RESPONDENT) for name in ("warn", "suspend"))


def paid(cents: int) -> Remedy:
    return Remedy.model_validate({"type": "payout", "amount": {"amount": cents, "currency": "USD"}})


def outcome(life: Life, name: str) -> Any:
    return life.case.terms.outcome(name)


class TestLosers:
    @pytest.mark.parametrize(
        ("name", "sides"), [("upheld", {Side.RESPONDENT}), ("partial_amount", set(Side)), ("invalid", {Side.CLAIMANT})]
    )
    def test_whom_the_outcome_names(self, name: str, sides: set[Side]) -> None:
        life = a_case().in_review()
        assert losers(life.case, outcome(life, name), ()) == sides

    def test_whom_a_remedy_hits_though_the_outcome_is_the_other_sides_loss(self) -> None:
        life = a_case("fraud_report").in_review()
        assert losers(life.case, outcome(life, "suspicious_unproven"), (WARN,)) == set(Side)

    def test_nobody_by_what_gives_the_other_side_its_due_in_time(self) -> None:
        life = a_case("fraud_report").in_review()
        assert losers(life.case, outcome(life, "confirmed"), (paid(5),)) == set()
        assert losers(life.case, outcome(life, "confirmed"), (WARN,)) == {Side.RESPONDENT}


class TestBurdens:
    def test_what_gives_is_none(self) -> None:
        case = a_case().in_review().case
        assert burdens(case, (Remedy(type="release", to=Side.RESPONDENT), paid(5)), Side.RESPONDENT) == ()
        assert burdens(case, (Remedy(type="correction"),), Side.CLAIMANT) == ()

    def test_of_what_only_the_pack_knows_the_respondent_is_taken_to_be_hit(self) -> None:
        case = a_case().in_review().case
        assert burdens(case, (Remedy(type="badge_lost", to=Side.RESPONDENT),), Side.RESPONDENT) == ("badge_lost",)


class TestWorse:
    def decided(self) -> Life:
        """A part was paid, and both have lost something."""
        life = a_case().in_review()
        money = {"amount": 5_000, "currency": "USD"}
        life.says("per_m1", "rule", outcome="partial_amount", ground="scope", remedies=[{"type": "payout", "amount": money}])
        return life.fire("grace").says(RESPONDENT, "appeal")

    @pytest.mark.parametrize(
        ("cents", "claimant", "respondent"), [(5_000, False, False), (4_000, True, False), (6_000, False, True)]
    )
    def test_who_gets_less_or_pays_more(self, cents: int, claimant: bool, respondent: bool) -> None:
        life = self.decided()
        new = outcome(life, "partial_amount")
        assert worse(life.case, Side.CLAIMANT, new, (paid(cents),)) is claimant
        assert worse(life.case, Side.RESPONDENT, new, (paid(cents),)) is respondent

    def test_who_is_hit_harder_and_not_who_is_hit_less(self) -> None:
        life = a_case("fraud_report").in_review()
        warned = [{"type": "warn", "to": "respondent"}]
        life.says("per_m1", "rule", outcome="confirmed", ground="stolen_payment", remedies=warned).fire("grace")
        life.says(RESPONDENT, "appeal")
        new = outcome(life, "confirmed")
        assert worse(life.case, Side.RESPONDENT, new, (SUSPEND,)) is True
        assert worse(life.case, Side.RESPONDENT, new, (WARN,)) is False
        assert worse(life.case, Side.RESPONDENT, new, ()) is False
