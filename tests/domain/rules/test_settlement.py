"""Offers and counter-offers: nobody is bound by what they did not see, and an acceptance is final."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Money, Outcome, Phase, Side
from domain.model import facts as f
from domain.views.case import visible
from tests.support.cases import AGENT, CLAIMANT, LEAD, LEAD_2, MEDIATOR, MEDIATOR_2, OPS, PLATFORM, RESPONDENT, Life, a_case

PAY: dict[str, Any] = {"remedy": "payout", "amount": {"amount": 30_000, "currency": "USD"}}


def with_offer(by: str = RESPONDENT) -> Life:
    return a_case().with_party(AGENT, "claimant", "representative").in_settlement().says(by, "offer", **PAY)


class TestOffer:
    def test_waits_for_the_other_side(self) -> None:
        case = with_offer().case
        assert case.offer is not None
        assert (case.offer.side, case.waiting_on) == (Side.RESPONDENT, "claimant")

    def test_a_counter_offer_replaces_it(self) -> None:
        life = with_offer()
        assert life.case.offer is not None
        first = life.case.offer.id
        life.says(CLAIMANT, "offer", remedy="payout", amount={"amount": 60_000, "currency": "USD"})
        assert life.refused(RESPONDENT, "accept_offer", offer_id=first).code == "no_such_offer"
        assert life.case.waiting_on == "respondent"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"remedy": "a_pony"}, "remedy_not_allowed"),
            ({"remedy": "payout"}, "amount_missing"),
            ({"remedy": "payout", "amount": {"amount": 0, "currency": "USD"}}, "amount_missing"),
        ],
    )
    def test_only_what_the_kind_can_give(self, fields: dict[str, Any], code: str) -> None:
        assert a_case().in_settlement().refused(RESPONDENT, "offer", **fields).code == code

    def test_stays_open_when_the_settlement_ends(self) -> None:
        assert with_offer().fire("settlement").says(CLAIMANT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_lapses_when_a_ruling_is_told(self) -> None:
        life = a_case().in_review().says(RESPONDENT, "offer", **PAY)
        life.says(MEDIATOR, "rule", outcome="invalid", ground="scope")
        assert life.seen_by(CLAIMANT).offer is not None, "a draft is told by nothing"
        assert life.fire("grace").case.offer is None

    @pytest.mark.parametrize("days", [-1, 91])
    def test_an_expiry_is_ahead_and_not_too_far(self, days: int) -> None:
        life = a_case().in_settlement()
        at = (life.now + timedelta(days=days)).isoformat()
        assert life.refused(RESPONDENT, "offer", **PAY, expires_at=at).code == "instant_refused"

    def test_lapses_at_its_expiry_and_not_before(self) -> None:
        life = a_case().in_review()
        life.says(RESPONDENT, "offer", **PAY, expires_at=(life.now + timedelta(hours=5)).isoformat())
        life.fire("offer_expiry", "lapse")
        assert [o.became for o in life.case.offers] == ["lapsed"]
        assert life.refused(CLAIMANT, "accept_offer").code == "no_such_offer"


class TestLapses:
    """However an offer or a proposal ends, a fact says so, and both sides read it."""

    def told(self, life: Life) -> dict[str, Any]:
        return {n.recipient: n.data.get("lapsed") for _, n in life.last.notices if n.recipient in (CLAIMANT, RESPONDENT)}

    def lapsed(self, life: Life) -> list[tuple[str, str | None]]:
        return [(fact.offer_id[:3], fact.because) for fact in life.facts if isinstance(fact, f.OfferLapsed)]

    @pytest.mark.parametrize(("decision", "because"), [("uphold", "ruled"), ("remit", "ruled")])
    def test_when_a_decision_on_appeal_is_told(self, decision: str, because: str) -> None:
        life = proposed(a_case().in_appeal(), LEAD_2).says(CLAIMANT, "accept_offer")
        life.says(LEAD_2, "decide_appeal", decision=decision).fire("grace")
        assert self.lapsed(life) == [("ppl", because)]
        assert self.told(life) == {CLAIMANT: ["proposal"], RESPONDENT: ["proposal"]}

    def test_both_at_once_when_a_ruling_is_told(self) -> None:
        life = proposed(a_case().in_review().says(RESPONDENT, "offer", **PAY))
        life.says(MEDIATOR, "rule", outcome="invalid", ground="scope")
        assert self.lapsed(life) == [], "it would tell of the draft"
        life.fire("grace")
        assert self.lapsed(life) == [("off", "ruled"), ("ppl", "ruled")]
        assert self.told(life) == {CLAIMANT: ["offer", "proposal"], RESPONDENT: ["offer", "proposal"]}

    def test_when_the_sides_agree_on_something_else(self) -> None:
        life = proposed(a_case().in_review().says(RESPONDENT, "offer", **PAY))
        assert life.case.offer is not None
        life.says(CLAIMANT, "accept_offer", offer_id=life.case.offer.id)
        assert self.lapsed(life) == [("ppl", "settled")]
        assert self.told(life) == {CLAIMANT: ["proposal"], RESPONDENT: ["proposal"]}

    def test_when_the_goods_go_back_first(self) -> None:
        life = a_case("payment_dispute").in_review().says(RESPONDENT, "offer", remedy="replacement_with_return")
        life.says(MEDIATOR, "offer", remedy="replacement")
        assert life.case.offer is not None
        life.says(CLAIMANT, "accept_offer", offer_id=life.case.offer.id)
        assert self.lapsed(life) == [("ppl", "settled")]
        assert life.case.proposal is None

    def test_when_the_respondent_concedes_or_the_case_is_closed_or_taken_back(self) -> None:
        life = proposed(a_case(amount={"amount": 40_000, "currency": "USD"}).in_review()).says(RESPONDENT, "concede")
        assert self.lapsed(life) == [("ppl", "settled")]
        assert self.lapsed(proposed(a_case().in_review()).says(CLAIMANT, "withdraw")) == [("ppl", "closed")]
        life = proposed(a_case().in_review()).says(OPS, "close")
        assert (self.lapsed(life), self.told(life)) == (
            [("ppl", "closed")],
            {CLAIMANT: ["proposal"], RESPONDENT: ["proposal"]},
        )

    def test_not_when_an_appeal_is_taken_back(self) -> None:
        life = a_case().in_appeal(CLAIMANT, weight="both").says(CLAIMANT, "offer", **PAY).says(CLAIMANT, "withdraw")
        assert (life.case.phase, self.lapsed(life)) == (Phase.APPEALABLE, [])
        assert life.says(RESPONDENT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_when_another_takes_the_place_of_whoever_made_it(self) -> None:
        life = with_offer()
        heir = {"side": "respondent", "role": "principal", "ref": "heir"}
        for who in (LEAD, OPS):
            life.says(who, "replace_party", party=RESPONDENT, by_party=heir, reasons="The shop was sold.")
        assert self.lapsed(life) == [("off", None)]
        assert life.refused(CLAIMANT, "accept_offer").code == "no_such_offer"


class TestAcceptOffer:
    def test_closes_as_settled_and_orders_the_remedy_once(self) -> None:
        life = with_offer().says(CLAIMANT, "accept_offer")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.SETTLED)
        orders = [fact for fact in life.facts if isinstance(fact, f.EffectOrdered)]
        assert [(o.remedy.type, o.remedy.amount.amount if o.remedy.amount else 0) for o in orders] == [("payout", 30_000)]
        assert not life.case.quiet, "the payout still runs"

    def test_a_representative_may_accept_for_the_side(self) -> None:
        assert with_offer().says(AGENT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_not_ones_own_sides(self) -> None:
        assert with_offer(by=CLAIMANT).refused(AGENT, "accept_offer").code == "own_offer"

    def test_not_what_was_declined(self) -> None:
        life = with_offer().says(CLAIMANT, "decline_offer")
        assert life.refused(CLAIMANT, "accept_offer").code == "no_such_offer"
        assert life.case.waiting_on == "both"

    def test_not_another_than_the_one_that_is_named(self) -> None:
        assert with_offer().refused(CLAIMANT, "accept_offer", offer_id="off_other").code == "no_such_offer"

    def test_in_time_when_it_came_at_the_very_end(self) -> None:
        """A level comes after every command received by its instant."""
        life = with_offer()
        life.now = life.due("settlement").due_at
        assert life.judge(life.command(CLAIMANT, "accept_offer"), CLAIMANT).case.outcome is Outcome.SETTLED

    def test_what_was_settled_and_reopened_is_weighed_against_the_new_ruling(self) -> None:
        life = with_offer().says(CLAIMANT, "accept_offer").later(timedelta(days=1))
        life.says(OPS, "reopen", reason="asked_by_both", reasons="Both wrote so.").in_review()
        life.says(MEDIATOR, "rule", outcome="invalid", ground="scope").says(LEAD, "approve").fire("grace")
        paid, undone = life.case.effects
        assert undone.reverses == paid.id


class TestEscalate:
    @pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT])
    def test_either_side_can(self, who: str) -> None:
        case = with_offer().says(who, "escalate").case
        assert (case.phase, case.owner_sought) == (Phase.REVIEW, True)
        assert case.offer is not None


def proposed(life: Life, by: str = MEDIATOR) -> Life:
    return life.says(by, "offer", **PAY)


class TestAtAnyTime:
    """Nobody has to wait for a ruling, or to live with one, that both sides would rather do without."""

    @pytest.mark.parametrize("reach", ["in_review", "in_approval", "ruled", "appealable", "in_appeal", "appeal_in_approval"])
    def test_an_offer_is_accepted_and_takes_the_place_of_whatever_was_ruled(self, reach: str) -> None:
        life = getattr(a_case(), reach)().says(RESPONDENT, "offer", **PAY).says(CLAIMANT, "accept_offer")
        assert (life.case.outcome, life.case.ruling) == (Outcome.SETTLED, None)
        paid = [e.remedy.amount.amount for e in life.case.effects_in_force if e.remedy.amount]
        assert paid == [30_000], "what the ruling gave is undone, not paid on top"

    def test_a_draft_that_is_overtaken_is_never_told(self) -> None:
        life = a_case().in_approval().says(RESPONDENT, "offer", **PAY).says(CLAIMANT, "accept_offer")
        assert not any(isinstance(fact, f.RulingIssued) for fact in life.facts)

    def test_what_was_asked_is_asked_no_more(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="claimant").says(RESPONDENT, "offer", **PAY)
        assert life.says(CLAIMANT, "accept_offer").case.requests == ()

    def test_goods_go_back_first_in_review_too(self) -> None:
        refund = {"remedy": "refund_with_return", "amount": {"amount": 500, "currency": "USD"}}
        life = a_case("payment_dispute").in_approval().says(RESPONDENT, "offer", **refund).says(CLAIMANT, "accept_offer")
        assert (life.case.phase, life.case.ruling, life.case.waiting_on) == (Phase.SETTLEMENT, None, "claimant")
        assert life.says(RESPONDENT, "confirm_return").case.outcome is Outcome.SETTLED

    @pytest.mark.parametrize("kind", ["fraud_report", "conduct_report", "safety_incident"])
    def test_not_where_others_are_protected(self, kind: str) -> None:
        life = a_case(kind).with_terms(disclosure="at_opening").in_review()
        assert life.refused(RESPONDENT, "offer", **PAY).code == "no_settlement"

    def test_not_before_the_respondent_was_told(self) -> None:
        life = a_case().with_terms(disclosure="by_owner").in_review()
        assert life.refused(CLAIMANT, "offer", **PAY).code == "not_disclosed"
        assert life.refused(MEDIATOR, "offer", **PAY).code == "not_disclosed"
        assert life.refused(RESPONDENT, "concede").code == "actor_unknown"

    def test_not_over_the_head_of_somebody_whose_report_was_joined(self) -> None:
        life = a_case().in_review().says(RESPONDENT, "offer", **PAY)
        other = life.case.parties[0].model_copy(update={"id": "pty_joined", "role": "co_claimant"})
        life._case = life.case.model_copy(update={"parties": (*life.case.parties, other)})
        assert life.refused(CLAIMANT, "accept_offer").code == "others_in_case"


class TestProposal:
    """The mediator's own: each side answers without knowing the other's answer until both have."""

    @pytest.mark.parametrize(("reach", "by"), [("in_review", MEDIATOR), ("in_appeal", LEAD_2)])
    def test_two_that_accept_have_settled(self, reach: str, by: str) -> None:
        life = proposed(getattr(a_case(), reach)(), by).says(CLAIMANT, "accept_offer")
        assert life.case.open
        assert life.says(RESPONDENT, "accept_offer").case.outcome is Outcome.SETTLED

    @pytest.mark.parametrize("answer", ["accept_offer", "decline_offer"])
    def test_the_other_side_and_the_platform_cannot_tell_that_one_has_answered(self, answer: str) -> None:
        life = proposed(a_case().with_party(AGENT, "respondent", "representative").in_review()).later(timedelta(hours=1))
        others = (RESPONDENT, AGENT, PLATFORM)
        before = {who: life.seen_by(who) for who in others}
        life.says(CLAIMANT, answer)
        assert {who: life.seen_by(who) for who in others} == before
        assert [n for _, n in life.last.notices if n.recipient in (*others, "platform")] == []
        assert not any(visible(life.case, r, life.actor(who)) for r in life.last.recordings for who in others)

    def test_a_side_sees_its_own_answer_alone(self) -> None:
        life = proposed(a_case().in_review()).says(CLAIMANT, "accept_offer")
        assert life.seen_by(CLAIMANT).proposals[0].accepted_by == (Side.CLAIMANT,)
        assert life.seen_by(RESPONDENT).proposals[0].answered_by == ()
        assert life.refused(CLAIMANT, "decline_offer").code == "offer_answered"

    def test_a_no_ends_it_only_once_both_have_answered_and_nobody_is_told_whose_it_was(self) -> None:
        life = proposed(a_case().in_review()).says(CLAIMANT, "decline_offer").says(RESPONDENT, "accept_offer")
        assert (life.case.phase, life.case.proposals[0].became) == (Phase.REVIEW, "declined")
        told = [n.data for _, n in life.last.notices if n.recipient == CLAIMANT]
        assert [d["became"] for d in told] == ["declined"]
        assert "side" not in told[0]

    def test_names_what_it_answers_where_two_offers_wait(self) -> None:
        life = proposed(a_case().in_review().says(RESPONDENT, "offer", **PAY))
        assert life.refused(CLAIMANT, "accept_offer").code == "offer_unclear"
        assert life.case.proposal is not None
        assert life.says(CLAIMANT, "accept_offer", offer_id=life.case.proposal.id).case.open

    def test_comes_from_whoever_handles_the_case(self) -> None:
        assert a_case().in_review().refused(MEDIATOR_2, "offer", **PAY).code == "not_your_case"


class TestConcede:
    def test_grants_what_was_asked(self) -> None:
        life = a_case(amount={"amount": 80_000, "currency": "USD"}).in_review().says(RESPONDENT, "concede")
        assert life.case.outcome is Outcome.SETTLED
        assert [e.remedy.amount.amount for e in life.case.effects_in_force if e.remedy.amount] == [80_000]

    def test_takes_the_place_of_what_a_ruling_gave(self) -> None:
        life = a_case(amount={"amount": 80_000, "currency": "USD"}).in_appeal().says(RESPONDENT, "concede")
        assert [e.remedy.amount.amount for e in life.case.effects_in_force if e.remedy.amount] == [80_000]

    def test_nothing_where_no_amount_was_reported(self) -> None:
        assert a_case().in_review().refused(RESPONDENT, "concede").code == "nothing_to_concede"

    def test_at_most_what_may_still_be_paid(self) -> None:
        life = a_case("payment_dispute", amount={"amount": 80_000, "currency": "USD"}).in_settlement()
        life._case = life.case.model_copy(update={"split_off": (Money(amount=2_000, currency="USD"),)})
        granted = life.says(RESPONDENT, "concede").case.effects_in_force[0].remedy.amount
        assert granted is not None
        assert life.case.amount is not None
        assert granted.amount == life.case.amount.amount - 2_000


class TestTerms:
    """The document of a settlement."""

    def test_say_in_words_what_both_have_agreed_on(self) -> None:
        life = a_case().appealable().says(RESPONDENT, "offer", **PAY).says(CLAIMANT, "accept_offer")
        for viewer in (CLAIMANT, RESPONDENT, OPS):
            seen = life.seen_by(viewer).settlement
            assert seen is not None
            said = " ".join(seen.terms)
            assert "Payout of 300.00 USD, for the claimant." in said
            for words in ("at once", "Undone again: Payout of", "neither can appeal"):
                assert words in said

    def test_say_that_the_goods_go_first(self) -> None:
        refund = {"remedy": "refund_with_return", "amount": {"amount": 500, "currency": "USD"}, "label_paid_by": "respondent"}
        life = a_case("payment_dispute").in_settlement().says(RESPONDENT, "offer", **refund).says(CLAIMANT, "accept_offer")
        assert life.case.settlement is not None
        said = " ".join(life.case.settlement.terms)
        assert "First the claimant sends the goods back. The respondent pays for sending them." in said
        assert "once the goods are back" in said
        assert "at once" not in said

    @pytest.mark.parametrize("answer", ["accept_offer", "decline_offer"])
    def test_there_are_none_before_both_have_accepted_a_proposal(self, answer: str) -> None:
        life = a_case().in_review().says(MEDIATOR, "offer", **PAY).says(CLAIMANT, answer)
        assert life.seen_by(RESPONDENT).settlement is None
        settled = life.says(RESPONDENT, "accept_offer").case.settlement
        assert (settled is not None) is (answer == "accept_offer")
