"""Several persons on one side: each is heard, each binds only themselves, and nobody's half word outlives its occasion."""

from __future__ import annotations

from typing import Any

from domain.base import Phase
from tests.support.appeals import rights
from tests.support.cases import CLAIMANT, LEAD_2, MEDIATOR, OUTCOMES, RESPONDENT, Life, a_case

HELPER = "pty_helper"
SHOP_2 = "pty_shop2"


def pays(party: str, cents: int) -> dict[str, Any]:
    return {"type": "payout", "amount": {"amount": cents, "currency": "USD"}, "party": party}


def ruling(weight: str, *remedies: dict[str, Any]) -> dict[str, Any]:
    return {**OUTCOMES["bounty_dispute"][weight], "remedies": list(remedies)}


def two_claimants(*given: dict[str, Any], weight: str = "both") -> Life:
    """Two who have found something together, and were given this."""
    life = a_case("bounty_dispute").that_protects().with_party(HELPER, "claimant", "principal").in_review()
    life.says(RESPONDENT, "message").says(CLAIMANT, "message").says(HELPER, "message")
    shares = given or (pays(CLAIMANT, 10_000), pays(HELPER, 10_000))
    return life.says(MEDIATOR, "rule", relies_on=[], **ruling(weight, *shares)).fire("grace")


def in_appeal(*appellants: str) -> Life:
    life = two_claimants()
    for who in appellants:
        life.says(who, "appeal")
    return life.says(LEAD_2, "take")


def varied(*remedies: dict[str, Any]) -> dict[str, Any]:
    return {"decision": "vary", "relies_on": [], **ruling("both", *remedies)}


ALL_TO_ONE = (pays(CLAIMANT, 20_000),)


class TestWhoDidNotAppeal:
    def test_comes_out_of_the_appeal_of_another_one_with_no_less(self) -> None:
        life = in_appeal(CLAIMANT)
        refused = life.refused(LEAD_2, "decide_appeal", **varied(*ALL_TO_ONE))
        assert (refused.code, refused.fields["because"], refused.fields["party"]) == (
            "remedy_not_allowed", "worse_for_the_only_appellant", HELPER,
        )  # fmt: skip

    def test_so_too_when_it_is_decided_afresh_after_it_was_sent_back(self) -> None:
        life = in_appeal(CLAIMANT)
        life.says(LEAD_2, "decide_appeal", decision="remit", same_decider=True).fire("grace")
        refused = life.says(MEDIATOR, "take").refused(MEDIATOR, "rule", relies_on=[], **ruling("both", *ALL_TO_ONE))
        assert (refused.code, refused.fields.get("party")) == ("remedy_not_allowed", HELPER)

    def test_is_heard_in_person_where_the_other_side_appealed(self) -> None:
        life = in_appeal(RESPONDENT)
        life.says(CLAIMANT, "message")
        refused = life.refused(LEAD_2, "decide_appeal", **varied(*ALL_TO_ONE))
        assert (refused.code, refused.fields["party"]) == ("not_heard", HELPER)

    def test_and_may_appeal_then_where_the_other_one_has(self) -> None:
        life = in_appeal(CLAIMANT, RESPONDENT)
        asked = {"of": "claimant", "party": HELPER, "what": "What was your part in it?"}
        life.says(LEAD_2, "request_evidence", **asked).says(HELPER, "submit_evidence", answers=[life.case.requests[-1].id])
        life.says(LEAD_2, "decide_appeal", **varied(*ALL_TO_ONE)).fire("grace")
        assert life.case.phase is Phase.APPEALABLE
        assert rights(life.case)["claimant"] == (True, "lost_something")
        assert life.refused(CLAIMANT, "appeal").code == "no_right_to_appeal"
        assert life.says(HELPER, "appeal").case.phase is Phase.APPEAL


class TestShares:
    def test_whoever_gets_less_than_another_of_their_side_may_appeal(self) -> None:
        assert rights(two_claimants(*ALL_TO_ONE, weight="light").case)["claimant"] == (True, "lost_something")

    def test_an_equal_share_takes_nothing_from_anybody(self) -> None:
        assert rights(two_claimants(pays(CLAIMANT, 10_001), pays(HELPER, 10_000), weight="light").case)["claimant"] == (
            False,
            "nothing_lost",
        )


class TestHalfAConcession:
    def test_ends_when_a_ruling_is_told(self) -> None:
        """Whoever would have granted it before it was decided binds nobody by it afterwards, who has won since."""
        life = a_case("payment_dispute", amount={"amount": 1_000, "currency": "USD"})
        life = life.with_party(SHOP_2, "respondent", "principal").in_settlement().says(RESPONDENT, "concede")
        assert [one.party for one in life.case.agreed] == [RESPONDENT]
        life = life.in_review().says(MEDIATOR, "rule", **OUTCOMES["payment_dispute"]["none"]).fire("grace")
        assert (life.case.phase, life.case.agreed) == (Phase.APPEALABLE, ())
        life.says(SHOP_2, "concede")
        assert life.case.phase is Phase.APPEALABLE
        assert [one.party for one in life.case.agreed] == [SHOP_2]
