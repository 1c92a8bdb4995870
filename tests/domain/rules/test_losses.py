"""What a decision takes from a side, and whether one takes more than another."""

from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model.remedy import Remedy
from domain.model.ruling import RemedyNotAllowed
from domain.rules.losses import _hit_harder, losers, worse
from domain.rules.phases import ABOUT_NEWS
from domain.rules.remedy import burdens
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    Life,
    a_case,
)

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


class TestWhoAppealedAlone:
    """No reformatio in peius, whatever becomes of the appeal."""

    def refunded(self, **refund: Any) -> Life:
        life = (
            a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).with_terms(worse_on_appeal=False).in_review()
        )
        said = {"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}, **refund}
        life.says("per_m1", "rule", outcome="partly_refunded", ground="goodwill", remedies=[said]).fire("grace")
        return life

    def varied(self, life: Life, **refund: Any) -> str | None:
        said = {"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}, **refund}
        label = said.pop("label_paid_by", None)
        fields = {"outcome": "partly_refunded", "ground": "goodwill", "remedies": [said], "label_paid_by": label}
        try:
            if life.case.phase is Phase.APPEAL:
                life.says(LEAD_2, "decide_appeal", decision="vary", **fields)
            else:
                life.says(LEAD_2, "rule", **fields)
        except RemedyNotAllowed as refusal:
            return str(refusal.fields["because"])
        return None

    @pytest.mark.parametrize("how", ["appeal", "annul", "remit"])
    def test_does_not_get_the_same_on_a_condition(self, how: str) -> None:
        life = self.refunded().says(CLAIMANT, "appeal").says(LEAD_2, "take")
        if how == "remit":
            life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
        if how.startswith("annul"):
            life.says(OPS, "annul", reason="procedural_fault")
        if how != "appeal":
            life.with_terms(hear=()).says(LEAD_3, "take")
            refusal = life.refused(
                LEAD_3, "rule", outcome="partly_refunded", ground="goodwill",
                remedies=[{"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}, "after_return": True}],
            )  # fmt: skip
            assert refusal.fields["because"] == "worse_for_the_only_appellant"
            life.says(
                LEAD_3, "rule", outcome="partly_refunded", ground="goodwill",
                remedies=[{"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}],
            )  # fmt: skip
            return
        assert self.varied(life, after_return=True) == "worse_for_the_only_appellant"

    def test_does_not_pay_the_label_that_the_shop_paid(self) -> None:
        life = self.refunded(after_return=True).says(CLAIMANT, "appeal").says(LEAD_2, "take")
        assert self.varied(life, after_return=True, label_paid_by="claimant") == "worse_for_the_only_appellant"
        assert self.varied(life, after_return=True, label_paid_by="respondent") is None

    def test_nor_by_ending_what_was_set_aside(self) -> None:
        life = self.refunded().says(CLAIMANT, "appeal").says(OPS, "annul", reason="procedural_fault")
        assert life.refused(OPS, "close").code == "undecided_afresh"

    def reopened(self, came: bool | str, reason: str = "new_evidence") -> Life:
        life = self.refunded().says(CLAIMANT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="uphold", relies_on=[]).fire("grace")
        assert life.case.appealed_alone is Side.CLAIMANT
        if came and life.case.open:
            life.says(RESPONDENT, came if isinstance(came, str) else "submit_evidence", text="Here is the proof of delivery.")
        if life.case.open:
            life.fire("appeal_window")
        elif came:
            life.says(PLATFORM, "signal", signal="delivery_confirmed")
        return life.says(OPS, "reopen", reason=reason).with_terms(hear=()).says(LEAD_3, "take")

    def test_but_what_is_new_is_weighed_anew(self) -> None:
        life = self.reopened(came=True)
        assert (life.case.appealed_alone, life.case.claims_news) == (None, False)

    @pytest.mark.parametrize("reason", sorted(ABOUT_NEWS))
    def test_what_is_only_said_to_be_new_takes_a_second_person(self, reason: str) -> None:
        life = self.reopened(came=False, reason=reason)
        life.says(LEAD_3, "rule", **OUTCOMES["payment_dispute"]["none"], relies_on=[])
        drafted = next(fact for fact in reversed(life.facts) if fact.type == "ruling_drafted")
        because = getattr(drafted, "approval_because", None)
        assert (life.case.phase, because) == (Phase.APPROVAL, "worse_for_the_only_appellant")
        assert life.says(LEAD, "approve").fire("grace").case.claims_news is False

    def test_a_mere_word_is_nothing_new(self) -> None:
        life = self.reopened(came="message")
        assert (life.case.appealed_alone, life.case.claims_news) == (Side.CLAIMANT, True)

    def test_a_cross_appeal_opens_both_ways(self) -> None:
        life = self.refunded().says(CLAIMANT, "appeal").says(RESPONDENT, "appeal").says(LEAD_2, "take")
        assert life.case.appealed_alone is None
        assert self.varied(life.with_terms(hear=()), after_return=True) is None


@pytest.mark.parametrize(
    ("before", "now", "harder"),
    [
        (("remove",), ("remove", "warn"), True),
        (("remove",), ("warn",), False),
        (("suspend",), ("restrict", "warn"), True),
        (("remove", "warn"), ("restrict", "warn"), False),
        (("warn",), ("ban",), True),
        (("badge_lost",), ("badge_lost",), False),
        (("ban",), ("badge_lost",), True),
        ((), (), False),
    ],
)
def test_a_measure_more_is_more_also_a_milder_one(before: tuple[str, ...], now: tuple[str, ...], harder: bool) -> None:
    assert _hit_harder(before, now) is harder


class TestWhatWasFinal:
    """European Convention on Human Rights, protocol No 7, article 4(2); Brumărescu v Romania (28342/95), paragraph 61."""

    def reopened(self, reason: str, *, came: str | None = None, by: str = MEDIATOR_2, **terms: Any) -> Life:
        life = a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).with_terms(**terms).in_review()
        half = [{"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}]
        life.says(MEDIATOR, "rule", outcome="partly_refunded", ground="goodwill", remedies=half).fire("grace")
        if came is not None:
            who, what = came.split(" ")
            life.says(who, what)
        life.fire("appeal_window").says(OPS, "reopen", reason=reason, reasons="They have telephoned.")
        return life.says(by, "take")

    def ruled(self, life: Life, by: str = MEDIATOR_2, name: str = "none") -> tuple[str, str | None]:
        life.says(by, "rule", **OUTCOMES["payment_dispute"][name], relies_on=[])
        drafted = next(fact for fact in reversed(life.facts) if fact.type == "ruling_drafted")
        return (life.case.phase, getattr(drafted, "approval_because", None))

    @pytest.mark.parametrize(
        ("reason", "came"),
        [
            ("x", None),
            ("mistake", f"{CLAIMANT} message"),
            ("asked_by_claimant", None),
            ("asked_by_respondent", f"{RESPONDENT} message"),
            ("new_evidence", None),
            ("new_evidence", f"{RESPONDENT} message"),
            ("bias", None),
        ],
    )
    def test_takes_a_second_person_where_nothing_is_new(self, reason: str, came: str | None) -> None:
        assert self.ruled(self.reopened(reason, came=came)) == (Phase.APPROVAL, "final_before")

    @pytest.mark.parametrize(
        ("reason", "came"),
        [("new_evidence", f"{RESPONDENT} submit_evidence"), ("asked_by_claimant", f"{CLAIMANT} message")],
        ids=["evidence", "their own wish"],
    )
    def test_takes_one_where_something_is_or_they_want_it(self, reason: str, came: str) -> None:
        assert self.ruled(self.reopened(reason, came=came)) == (Phase.RULED, None)

    def test_takes_two_of_whoever_decided_first_also_where_something_is_new(self) -> None:
        life = self.reopened("new_evidence", came=f"{RESPONDENT} submit_evidence", by=MEDIATOR)
        assert self.ruled(life, MEDIATOR) == (Phase.APPROVAL, "final_before")

    def test_is_told_again_by_one(self) -> None:
        life = self.reopened("x")
        same = [{"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}]
        life.says(MEDIATOR_2, "rule", outcome="partly_refunded", ground="goodwill", remedies=same, relies_on=[])
        assert life.case.phase is Phase.RULED
        assert life.fire("grace").case.relied_on == ()

    def test_stays_so_when_it_was_put_away_in_between(self) -> None:
        life = self.reopened("x").says(OPS, "close", reason="resolved", reasons="All is said.")
        life.says(OPS, "reopen", reason="x", reasons="Once more.").says(MEDIATOR_2, "take")
        assert self.ruled(life) == (Phase.APPROVAL, "final_before")

    def test_is_left_as_it_is_where_no_second_person_looks(self) -> None:
        life = self.reopened("x", labels={phase: "So" for phase in Phase if phase is not Phase.APPROVAL})
        refusal = life.refused(MEDIATOR_2, "rule", **OUTCOMES["payment_dispute"]["none"], relies_on=[])
        assert (refusal.code, refusal.fields["because"]) == ("remedy_not_allowed", "final_before")
