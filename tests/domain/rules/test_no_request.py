"""What came as a request over data and is none is ended by two of the team; whatever may be one is answered."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Outcome, Phase, Priority
from domain.model.people import Actor
from domain.rules.no_request import NO_REQUEST, is_claim
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.resolve import terms_of
from policies.yaml_text import read
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, Life, a_case, shelf
from tests.support.packs import text_of

NONE: dict[str, Any] = {"reason": NO_REQUEST, "reasons": "Asks where a parcel is."}
OPS_2 = Actor(id="per_o2", role="ops", team="amber", site="berlin", manager="per_h1")


def came(category: str = "other") -> Life:
    return a_case("compliance_request", category=category).in_intake()


class TestByTwo:
    @pytest.mark.parametrize("category", ["general", "other"])
    @pytest.mark.parametrize(("first", "second"), [(MEDIATOR, LEAD), (LEAD, OPS)])
    def test_it_ends_as_declined(self, category: str, first: str, second: str) -> None:
        life = came(category).says(first, "decline", **NONE)
        assert (life.case.phase, life.case.no_request is not None) == (Phase.INTAKE, True)
        life.says(second, "decline", **NONE)
        assert (life.case.phase, life.case.outcome, life.case.close_reason) == (Phase.CLOSED, Outcome.DECLINED, NO_REQUEST)

    def test_also_once_it_was_let_in(self) -> None:
        life = came().says(LEAD, "admit").says(OPS, "close", **NONE).says(OPS_2, "close", **NONE)
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.DECLINED)

    def test_the_first_person_is_not_the_second(self) -> None:
        life = came().says(LEAD, "decline", **NONE)
        assert life.refused(LEAD, "decline", **NONE).fields["because"] == "second_person"
        assert life.refused(MEDIATOR, "decline", **NONE).fields["because"] == "second_person"

    def test_what_is_said_since_is_looked_at_by_two(self) -> None:
        life = came().says(LEAD, "decline", **NONE).says(CLAIMANT, "message", text="I want to see my data.")
        life.says(OPS, "decline", **NONE)
        assert life.case.phase is Phase.INTAKE
        assert life.says(LEAD, "decline", **NONE).case.phase is Phase.CLOSED

    def test_taken_up_again_it_takes_two_again(self) -> None:
        life = came().says(LEAD, "decline", **NONE).says(OPS, "decline", **NONE).says(OPS, "reopen", reason="it_was_one")
        assert life.case.no_request is None


class TestWhatMayBeARequest:
    @pytest.mark.parametrize("category", ["gdpr_access", "ccpa_delete", "please_delete"])
    def test_is_not_ended_so(self, category: str) -> None:
        """Regulation (EU) 2016/679, article 12(4)."""
        assert came(category).refused(LEAD, "decline", **NONE).code == "request_unanswered"

    def test_nor_what_was_called_one_before(self) -> None:
        life = came("gdpr_access").says(LEAD, "retarget", category="other", reason="unsure")
        assert life.refused(LEAD, "decline", **NONE).code == "request_unanswered"

    def test_nor_once_somebody_names_the_right_between_the_two(self) -> None:
        life = came().says(LEAD, "decline", **NONE).says(OPS, "retarget", category="gdpr_access", reason="it_is_one")
        assert life.refused(OPS, "decline", **NONE).code == "request_unanswered"

    def test_nor_where_somebody_was_asked_who_they_are(self) -> None:
        life = came().says(LEAD, "admit").says(LEAD, "take").says(LEAD, "ask_identity", what="Show who you are.")
        assert life.refused(OPS, "close", **NONE).code == "request_unanswered"

    def test_nor_for_another_reason(self) -> None:
        assert "no_data_request" in came().refused(LEAD, "decline").detail


CLAIMS = (
    *("unauthorised", "stolen_payment", "account_takeover", "account_taken", "card_testing"),
    *(
        "duplicate",
        "wrong_amount",
        "wrong_transfer",
        "not_on_statement",
        "unrecognised",
        "wrong_sum",
        "wrong_cash",
        "documents_asked",
    ),
)
NO_CLAIM = {"reason": "no_claim", "reasons": "An advertisement."}


class TestAClaimOfAnErrorInAPayment:
    """12 CFR 1005.11(a)(1), (c)(1), (d)(1)."""

    @pytest.mark.parametrize("category", CLAIMS)
    @pytest.mark.parametrize("renamed", [False, True])
    def test_is_put_away_by_nobody(self, category: str, renamed: bool) -> None:
        life = a_case("fraud_report", category=category).that_protects().in_intake()
        if renamed:
            life.says(LEAD, "retarget", category="general", reason="unsure")
        assert life.refused(MEDIATOR, "decline", reason="not_ours").code == "claim_undecided"
        assert life.says(LEAD, "admit").refused(OPS, "close", reason="abandoned").code == "claim_undecided"

    @pytest.mark.parametrize("category", ["sim_swap", "unauthorized", "phished"])
    def test_whatever_it_is_called(self, category: str) -> None:
        """Whoever gives notice names no law and no list: 12 CFR 1005.11(b)(1)."""
        life = a_case("fraud_report", category=category).that_protects().in_intake()
        assert life.refused(MEDIATOR, "decline", reason="not_ours").code == "claim_undecided"
        life.says(LEAD, "retarget", category="collusion", reason="unsure").says(LEAD, "admit")
        assert life.refused(OPS, "close", reason="abandoned").code == "claim_undecided"

    def test_also_in_a_pack_of_ones_own(self) -> None:
        """Of another name, or of one more, nobody has to think twice: it is one unless the pack says that it is none."""
        raw: dict[str, Any] = read((PACKS_DIR / "fraud_report.yaml").read_text("utf-8"))
        raw["categories"]["card_stolen"] = raw["categories"].pop("stolen_payment")
        raw["categories"]["sim_swap"] = {"title": "Somebody has taken over a telephone number"}
        raw["credit_less"][0]["only_for"].remove("stolen_payment")
        pack = load_pack(text_of(raw), "own")
        terms = terms_of(pack, Priority.NORMAL, shelf().references)
        assert pack.categories["card_stolen"].claim
        assert all(is_claim(terms, one) for one in ("card_stolen", "sim_swap", "account_taken", "unheard_of"))
        assert not any(is_claim(terms, one) for one in ("collusion", "friendly_fraud"))

    @pytest.mark.parametrize("category", ["general", "other", "false_identity", "paid_outside"])
    def test_what_names_no_error_or_another_one_may_be_one(self, category: str) -> None:
        """12 CFR 1005.11(b)(1): whoever gives notice need not name it."""
        life = a_case("fraud_report", category=category).in_review()
        assert life.refused(OPS, "close", reason="no_case", reasons="Nothing.").code == "claim_undecided"

    def test_nor_does_a_machine_turn_it_away(self) -> None:
        life = a_case("fraud_report", category="sim_swap", attributes={"status": "won"}).that_protects().in_intake()
        assert life.case.phase is Phase.INTAKE

    def test_in_terms_of_before_by_the_names_that_they_have(self) -> None:
        life = a_case("fraud_report", category="stolen_payment").with_terms(no_claims=None).that_protects().in_intake()
        assert is_claim(life.case.terms, "stolen_payment")
        assert not is_claim(life.case.terms, "sim_swap")

    def test_what_is_none_ends_by_two(self) -> None:
        life = a_case("fraud_report", category="unauthorised").that_protects().in_intake().says(MEDIATOR, "decline", **NO_CLAIM)
        assert life.refused(MEDIATOR, "decline", **NO_CLAIM).fields["because"] == "second_person"
        life.says(LEAD, "decline", **NO_CLAIM)
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.DECLINED)

    def test_under_a_name_that_nobody_lists_it_is_no_weaker(self) -> None:
        """Who writes "unauthorized" says the same."""
        life = a_case("fraud_report", category="unauthorized").that_protects().opened()
        assert (life.case.phase, life.case.gate) == (Phase.INTAKE, "category_unknown")
        assert life.refused(MEDIATOR, "decline", reason="not_ours").code == "claim_undecided"
        life.says(LEAD, "retarget", category="general", reason="unsure")
        assert life.refused(MEDIATOR, "decline", reason="not_ours").code == "claim_undecided"
        life.says(MEDIATOR, "decline", **NO_CLAIM).says(LEAD, "decline", **NO_CLAIM)
        assert life.case.outcome is Outcome.DECLINED

    def test_is_one_by_what_the_pack_says_of_the_category_not_by_its_name(self) -> None:
        life = a_case("fraud_report", category="collusion").that_protects().with_terms(no_claims=("general",)).in_intake()
        assert life.refused(MEDIATOR, "decline", reason="not_ours").code == "claim_undecided"

    def test_another_report_of_fraud_is_declined_as_before(self) -> None:
        life = a_case("fraud_report", category="refund_abuse").that_protects().in_intake()
        assert life.says(MEDIATOR, "decline", reason="not_ours").case.phase is Phase.CLOSED
