"""Parties who come and go, and several on one side: each acts for their own part, and nobody gives away what is another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from domain.base import Phase, Side
from domain.model.people import Actor
from domain.model.sanctions import NotHeard
from domain.rules import hearing
from domain.views.actions import may_see
from domain.views.case import visible
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, OUTCOMES, PLATFORM, RESPONDENT, WITNESS, Life, a_case

HELPER = "pty_helper"
SHOP_2 = "pty_shop2"
COUNSEL = {"side": "claimant", "role": "representative", "ref": "counsel"}
PAYOUT = {"remedy": "payout", "amount": {"amount": 1001, "currency": "EUR"}}


def two_claimants(kind: str = "bounty_dispute") -> Life:
    return a_case(kind).with_party(HELPER, "claimant", "principal")


def facts(life: Life) -> list[str]:
    return [r.fact.type for r in life.recordings]


def heard_alone(life: Life) -> tuple[str, ...]:
    return life.case.heard_parties


def paid(life: Life) -> list[tuple[str | None, int]]:
    return [(e.remedy.party, e.remedy.amount.amount) for e in life.case.effects if e.remedy.amount is not None]


def replaced(life: Life, first: str = OPS, second: str = LEAD) -> Life:
    """By two: whoever stood there had spoken."""
    swap = {"party": RESPONDENT, "by_party": {"side": "respondent", "ref": "heir"}, "reasons": "The shop was sold."}
    return life.says(first, "replace_party", **swap).says(second, "replace_party", **swap)


class TestAnAgreement:
    def test_what_counsel_said_for_one_of_several_leaves_with_them(self) -> None:
        life = two_claimants().with_party("pty_law", "claimant", "representative")
        life._parties[-1] = life._parties[-1].model_copy(update={"represents": CLAIMANT})
        life.in_settlement().says(RESPONDENT, "offer", **PAYOUT).says("pty_law", "accept_offer")
        life.says(CLAIMANT, "remove_party", party="pty_law").says(HELPER, "accept_offer")
        assert life.case.open, "the first one has said nothing of it themselves"
        life.says(CLAIMANT, "accept_offer")
        assert not life.case.open

    def test_that_waits_for_others_of_a_side_is_told_to_them_alone(self) -> None:
        """And to whom it was said for: whoever speaks for them may bind them by it."""
        life = two_claimants().with_party("pty_law", "claimant", "representative")
        life._parties[-1] = life._parties[-1].model_copy(update={"represents": CLAIMANT})
        life.in_settlement().says(RESPONDENT, "offer", **PAYOUT)
        told = []
        for who in ("pty_law", HELPER):
            life.says(who, "accept_offer")
            letters = [draft for _, draft in life.last.notices if draft.event == "party_agreed:waits"]
            told.append({(draft.recipient, draft.data["agreed_to"], draft.data.get("yourself", False)) for draft in letters})
        assert told == [{(CLAIMANT, "offer", True), (HELPER, "offer", False)}, set()], "the second one makes it whole"

    def test_takes_all_of_a_side(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        assert (life.case.open, life.case.effects) == (True, ())
        life.says(HELPER, "accept_offer")
        assert not life.case.open

    def test_pays_each_an_equal_share_and_what_is_over_to_the_first(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT)
        life.says(HELPER, "accept_offer").says(CLAIMANT, "accept_offer")
        assert paid(life) == [(CLAIMANT, 501), (HELPER, 500)]

    def test_is_not_asked_twice_of_the_same_one(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        assert life.refused(CLAIMANT, "accept_offer").code == "nothing_changes"

    def test_made_by_one_of_several_binds_the_others_only_when_they_agree(self) -> None:
        life = two_claimants().in_settlement().says(CLAIMANT, "offer", **PAYOUT).says(RESPONDENT, "accept_offer")
        assert life.case.open
        life.says(HELPER, "accept_offer")
        assert not life.case.open

    def test_to_a_proposal_is_each_ones_own_and_nobody_else_learns_of_it_before_both_sides_have_answered(self) -> None:
        life = two_claimants().in_review().says(MEDIATOR, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        assert life.case.proposal is not None
        assert life.case.proposal.answered_by == ()
        known = {who: visible(life.case, life.recordings[-1], life.actor(who)) for who in (HELPER, RESPONDENT, PLATFORM)}
        assert known == {HELPER: True, RESPONDENT: False, PLATFORM: False}
        before = life.says(RESPONDENT, "accept_offer").case.open
        life.says(HELPER, "accept_offer")
        assert (before, life.case.open) == (True, False)
        assert paid(life) == [(CLAIMANT, 501), (HELPER, 500)]

    @pytest.mark.parametrize("by", [OPS, PLATFORM])
    def test_is_with_those_who_were_there_when_it_was_offered(self, by: str) -> None:
        life = a_case().in_review().says(MEDIATOR, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        life.says(RESPONDENT, "offer", **PAYOUT)
        life.says(by, "add_party", party={"side": "claimant", "role": "principal", "ref": "late"})
        assert (life.case.proposal, life.case.offer) == (None, None)
        assert life.refused(CLAIMANT, "accept_offer").code == "no_such_offer"

    def test_to_concede_takes_all_of_a_side_and_each_agrees_to_the_same_sum(self) -> None:
        life = a_case().with_party(SHOP_2, "respondent", "principal").in_review()
        # The report named no amount: what was said since is what is granted.
        life.says(PLATFORM, "state_amount", amount={"amount": 1001, "currency": "EUR"})
        life.says(RESPONDENT, "concede")
        assert life.case.open
        assert life.refused(RESPONDENT, "concede").code == "nothing_changes"
        life.says(PLATFORM, "state_amount", amount={"amount": 2002, "currency": "EUR"}, reasons="It was twice as much.")
        life.says(SHOP_2, "concede")
        assert life.case.open, "the first has granted another sum"
        life.says(RESPONDENT, "concede")
        assert (life.case.open, [amount for _, amount in paid(life)]) == (False, [2002])

    def test_to_concede_is_taken_back_by_offering_something_else(self) -> None:
        """What is declared can be taken back until it has taken effect (German Civil Code, section 130(1))."""
        life = a_case().with_party(SHOP_2, "respondent", "principal").in_review()
        life.says(PLATFORM, "state_amount", amount={"amount": 1001, "currency": "EUR"})
        life.says(RESPONDENT, "concede").says(RESPONDENT, "offer", **{**PAYOUT, "amount": {"amount": 100, "currency": "EUR"}})
        life.says(SHOP_2, "concede")
        assert life.case.open, "the first one offers less than all"
        life.says(RESPONDENT, "concede")
        assert not life.case.open

    def test_after_a_ruling_leaves_each_with_their_share_of_what_is_agreed(self) -> None:
        life = two_claimants().appealable()
        life.says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer").says(HELPER, "accept_offer")
        assert not life.case.open
        undone = {e.reverses for e in life.case.effects if e.reverses}
        stands = [e.remedy for e in life.case.effects if e.reverses is None and e.id not in undone]
        assert [(one.party, one.amount.amount) for one in stands if one.amount] == [(CLAIMANT, 501), (HELPER, 500)]

    def test_is_none_without_the_other_side(self) -> None:
        life = two_claimants().in_settlement().says(CLAIMANT, "offer", **PAYOUT).says(HELPER, "accept_offer")
        assert life.case.open
        life.says(RESPONDENT, "accept_offer")
        assert not life.case.open

    def test_to_an_earlier_offer_is_none_to_the_next(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        life.says(RESPONDENT, "offer", remedy="payout", amount={"amount": 1, "currency": "EUR"}).says(HELPER, "accept_offer")
        assert life.case.open

    def test_is_ended_by_any_one_who_declines(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        life.says(HELPER, "decline_offer")
        assert life.refused(HELPER, "accept_offer").code == "no_such_offer"

    def test_of_one_of_several_is_not_known_to_the_other_side(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        known = {who: visible(life.case, life.recordings[-1], life.actor(who)) for who in (HELPER, RESPONDENT, PLATFORM)}
        assert known == {HELPER: True, RESPONDENT: False, PLATFORM: True}


class TestWithdrawal:
    @pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute"])
    def test_of_one_takes_them_out_and_ends_it_for_nobody_else(self, kind: str) -> None:
        life = two_claimants(kind).in_review().says(HELPER, "withdraw")
        assert life.case.phase is Phase.REVIEW
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == [CLAIMANT]
        assert life.refused(HELPER, "message").code == "actor_unknown"

    def test_of_the_last_one_ends_it(self) -> None:
        life = two_claimants().in_settlement().says(HELPER, "withdraw").says(CLAIMANT, "withdraw")
        assert not life.case.open

    def test_of_one_is_hidden_from_the_other_side(self) -> None:
        life = two_claimants("safety_incident").in_review().says(HELPER, "withdraw").says(MEDIATOR, "accept_withdrawal")
        assert not visible(life.case, life.recordings[-1], life.actor(RESPONDENT))
        assert RESPONDENT not in {n.recipient for _, n in life.notices if n.event == "party_left"}

    def test_of_an_appeal_takes_all_who_could_have_made_it(self) -> None:
        life = a_case().with_party(SHOP_2, "respondent", "principal").in_appeal().says(SHOP_2, "withdraw")
        assert Side.RESPONDENT in life.case.appellants
        life.says(RESPONDENT, "withdraw")
        assert Side.RESPONDENT not in life.case.appellants

    def test_those_who_stay_are_paid_alone(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT).says(CLAIMANT, "accept_offer")
        life.says(HELPER, "withdraw").says(CLAIMANT, "accept_offer")
        assert paid(life) == [(None, 1001)]


class TestAddedByTheirSide:
    def test_counsel_speaks_for_whoever_added_them(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        counsel = life.case.party("pty_counsel")
        assert counsel is not None
        assert (counsel.represents, counsel.speaks) == (CLAIMANT, True)
        life.says("pty_counsel", "message")

    def test_counsel_reads_what_their_side_reads(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message", to="claimant").says(MEDIATOR, "message", to="respondent")
        life.says(CLAIMANT, "add_party", party=COUNSEL)
        read = [[visible(life.case, r, life.actor(who)) for r in life.recordings] for who in (CLAIMANT, "pty_counsel")]
        assert read[0] == read[1]

    def test_counsel_of_one_agrees_for_that_one_alone(self) -> None:
        life = two_claimants().in_settlement().says(CLAIMANT, "add_party", party=COUNSEL).says(RESPONDENT, "offer", **PAYOUT)
        life.says("pty_counsel", "accept_offer")
        assert life.refused(CLAIMANT, "accept_offer").code == "nothing_changes"
        life.says(HELPER, "accept_offer")
        assert not life.case.open

    def test_counsel_goes_with_whoever_they_speak_for(self) -> None:
        life = two_claimants().in_review().says(HELPER, "add_party", party=COUNSEL).says(HELPER, "withdraw")
        assert life.refused("pty_counsel", "message").code == "actor_unknown"

    @pytest.mark.parametrize(
        ("who", "party", "because"),
        [
            (CLAIMANT, {"side": "respondent", "ref": "new"}, "other_side"),
            (RESPONDENT, {"side": "claimant", "ref": "new", "role": "witness"}, "other_side"),
            (RESPONDENT, {"side": "respondent", "ref": "new"}, "role"),
            (CLAIMANT, {"side": "claimant", "ref": "new", "role": "authority"}, "role"),
        ],
        ids=["accuse", "their-witness", "pull-in", "authority"],
    )
    def test_nobody_is_pulled_in(self, who: str, party: dict[str, Any], because: str) -> None:
        refusal = a_case().in_review().refused(who, "add_party", party=party)
        assert (refusal.code, refusal.fields["because"]) == ("party_unfit", because)

    def test_nobody_gives_away_the_shares_of_others(self) -> None:
        refusal = two_claimants().in_review().refused(CLAIMANT, "add_party", party={"side": "claimant", "ref": "third"})
        assert refusal.fields["because"] == "shares"

    def test_nobody_is_added_twice_or_to_both_sides(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        other = {**COUNSEL, "side": "respondent"}
        assert life.refused(RESPONDENT, "add_party", party=other).code == "party_known"

    @pytest.mark.parametrize("who", [MEDIATOR, LEAD, PLATFORM])
    def test_nobody_is_accused_in_a_case_of_their_own(self, who: str) -> None:
        life = two_claimants("safety_incident").in_review()
        accused = {"side": "respondent", "ref": HELPER.removeprefix("pty_")}
        refusal = life.refused(who, "add_party", party=accused)
        assert (refusal.code, refusal.fields["because"]) == ("party_unfit", "claimant_here")
        assert "a case of its own" in str(refusal)
        again = life.refused(who, "replace_party", party=RESPONDENT, by_party=accused)
        assert (again.code, again.fields["because"]) == ("party_unfit", "claimant_here")

    def test_the_other_side_is_not_told(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        told = {n.recipient for _, n in life.notices if n.event == "party_added"}
        assert "pty_counsel" in told
        assert RESPONDENT not in told


class TestAddedByTheDesk:
    ACCUSED = {"side": "respondent", "ref": "accused"}

    def found(self) -> Life:
        return a_case("conduct_report").without_respondent().in_intake().says(MEDIATOR, "take")

    def test_the_respondent_found_in_triage_is_entered(self) -> None:
        life = self.found().says(MEDIATOR, "add_party", party=self.ACCUSED)
        assert [p.id for p in life.case.principals(Side.RESPONDENT)] == ["pty_accused"]

    def test_and_hears_of_it_when_the_owner_tells_them_and_not_before(self) -> None:
        life = self.found().says(MEDIATOR, "add_party", party=self.ACCUSED)
        assert "pty_accused" not in {n.recipient for _, n in life.notices}
        assert not may_see(life.case, life.actor("pty_accused"))
        assert not any(visible(life.case, r, life.actor("pty_accused")) for r in life.recordings)
        assert [p["id"] for p in life.seen_by(CLAIMANT).parties] == [CLAIMANT]
        life.says(MEDIATOR, "disclose")
        assert [n.event for _, n in life.notices if n.recipient == "pty_accused"] == ["case_disclosed"]

    def test_whoever_comes_to_a_side_that_knows_is_told(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "add_party", party=self.ACCUSED)
        told = {n.recipient: n.data["yourself"] for _, n in life.notices if n.event == "party_added"}
        assert told["pty_accused"] is True

    def test_nobody_is_represented_who_has_not_agreed(self) -> None:
        life = a_case().in_review()
        assert life.refused(PLATFORM, "add_party", party=COUNSEL).code == "agreement_missing"
        life.says(PLATFORM, "add_party", party=COUNSEL, agreed=True)

    def test_it_has_to_be_said_whom_they_speak_for(self) -> None:
        life = two_claimants().in_review()
        assert life.refused(PLATFORM, "add_party", party=COUNSEL, agreed=True).fields["because"] == "represents"

    def test_another_takes_the_place(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        life.says(OPS, "replace_party", party=CLAIMANT, by_party={"side": "claimant", "ref": "heir"})
        counsel = life.case.party("pty_counsel")
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == ["pty_heir"]
        assert counsel is not None
        assert counsel.represents == "pty_heir"
        assert life.refused(CLAIMANT, "message").code == "actor_unknown"

    def test_a_place_keeps_its_side(self) -> None:
        refusal = a_case().in_review().refused(OPS, "replace_party", party=CLAIMANT, by_party=self.ACCUSED)
        assert refusal.code == "party_unfit"

    def test_the_last_of_a_side_stays(self) -> None:
        assert a_case().in_review().refused(OPS, "remove_party", party=RESPONDENT).fields["because"] == "last"

    def test_whoever_was_removed_says_nothing_more(self) -> None:
        life = a_case().with_party(WITNESS, "respondent", "witness").in_review().says(OPS, "remove_party", party=WITNESS)
        assert life.refused(WITNESS, "message").code == "actor_unknown"
        assert life.refused(OPS, "remove_party", party=WITNESS).code == "party_unknown"


class TestRemovedAgainstTheirWill:
    """Nobody settles for a side by taking the one off it who says no."""

    def removed(self, life: Life, by: str, party: str = HELPER, **fields: Any) -> Life:
        return life.says(by, "remove_party", party=party, **{"reasons": "They are no finder.", **fields})

    def test_takes_two_once_they_have_said_something(self) -> None:
        life = two_claimants().in_review().says(HELPER, "message")
        assert life.refused(MEDIATOR, "remove_party", party=HELPER).fields["because"] == "reasons"
        self.removed(life, MEDIATOR)
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == [CLAIMANT, HELPER]
        assert {n.recipient for _, n in life.last.notices} == {"role:leads"}
        for who in (MEDIATOR, PLATFORM):
            assert life.refused(who, "remove_party", party=HELPER).fields["because"] == "second_person"
        self.removed(life, LEAD)
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == [CLAIMANT]
        assert life.case.removal is None

    def test_not_two_who_report_to_each_other(self) -> None:
        life = self.removed(two_claimants().in_review().says(HELPER, "message"), MEDIATOR)
        below = Actor(id="per_below", role="lead", manager=MEDIATOR)
        assert life.refused(below, "remove_party", party=HELPER).fields["because"] == "second_person"

    @pytest.mark.parametrize("waits", ["offer", "proposal", "draft"])
    def test_takes_two_while_their_word_is_waited_for(self, waits: str) -> None:
        life = two_claimants().in_review()
        if waits == "draft":
            life.says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"]["light"])
        else:
            life.says(RESPONDENT if waits == "offer" else MEDIATOR, "offer", **PAYOUT)
        self.removed(life, OPS)
        assert life.facts[-1].type == "party_removal_proposed"

    def test_takes_one_for_somebody_named_by_mistake_who_has_said_nothing(self) -> None:
        life = two_claimants().in_review().says(MEDIATOR, "remove_party", party=HELPER)
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == [CLAIMANT]

    def test_they_are_told_why_and_the_rest_of_their_side_that_it_stands_alone_and_the_other_side_nothing(self) -> None:
        life = two_claimants().in_review().says(HELPER, "message")
        self.removed(self.removed(life, MEDIATOR, told="You have sold your share."), LEAD)
        told = {n.recipient: n for _, n in life.last.notices if n.event == "party_left"}
        assert told[HELPER].data == {
            "kind": "bounty_dispute", "your_side": "claimant", "yourself": True, "left_by": "removed", "reason": "mistaken",
        }  # fmt: skip
        assert life.sealer.texts[told[HELPER].texts["told"].content_id] == "You have sold your share."
        assert (told[CLAIMANT].data["left_by"], told[CLAIMANT].data["stands_alone"]) == ("removed", True)
        assert RESPONDENT not in told

    def test_of_a_case_that_they_do_not_know_of_they_are_told_nothing(self) -> None:
        life = a_case("fraud_report").with_party(SHOP_2, "respondent", "principal").in_review()
        life.says(MEDIATOR, "remove_party", party=SHOP_2)
        assert SHOP_2 not in {n.recipient for _, n in life.notices}


class TestAnotherInTheirPlace:
    HEIR: ClassVar[dict[str, Any]] = {"side": "claimant", "ref": "heir"}

    def told(self, life: Life) -> dict[str, Any]:
        return {n.recipient: n.data for _, n in life.last.notices if n.event in ("party_added", "party_left")}

    def test_the_other_side_is_told_with_whom_it_deals(self) -> None:
        told = self.told(a_case().in_review().says(OPS, "replace_party", party=CLAIMANT, by_party=self.HEIR))
        assert told[RESPONDENT]["in_place_of_the_other"] is True
        assert "from_start" not in told[RESPONDENT]
        assert (told[CLAIMANT]["left_by"], told[CLAIMANT]["reason"]) == ("replaced", "succession")
        assert told["pty_heir"]["yourself"] is True

    def test_not_of_who_reported_them_where_they_learn_of_it_later(self) -> None:
        life = a_case("fraud_report").in_review().disclosed()
        assert RESPONDENT not in self.told(life.says(OPS, "replace_party", party=CLAIMANT, by_party=self.HEIR))

    def test_nor_of_other_counsel(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        life.says(PLATFORM, "replace_party", party="pty_counsel", by_party={**COUNSEL, "ref": "second"}, agreed=True)
        assert RESPONDENT not in self.told(life)


class TestReading:
    ACCUSED = {"side": "respondent", "ref": "accused"}

    def read(self, life: Life, who: str) -> list[str]:
        return [r.fact.type for r in life.recordings if visible(life.case, r, life.actor(who))]

    def test_whoever_comes_later_reads_on_from_there(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message", to="respondent").says(RESPONDENT, "message", to="desk")
        for who in (MEDIATOR, LEAD):
            life.says(who, "add_party", party=self.ACCUSED)
        assert self.read(life, "pty_accused")[0] == "case_opened"
        assert "message_sent" not in self.read(life, "pty_accused")
        assert life.seen_by("pty_accused").caucus == ()
        life.says(MEDIATOR, "message", to="respondent")
        assert self.read(life, "pty_accused")[-1] == "message_sent"

    def test_unless_it_is_said_that_they_read_it_all(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message", to="respondent")
        life.says(MEDIATOR, "add_party", party=self.ACCUSED, sees_from="start")
        assert "message_sent" not in self.read(life, "pty_accused"), "it is the word of one"
        life.says(LEAD, "add_party", party=self.ACCUSED)
        assert "message_sent" in self.read(life, "pty_accused")

    def test_the_successor_does_not_read_what_was_said_to_the_one_before(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "message", to="claimant")
        life.says(OPS, "replace_party", party=CLAIMANT, by_party={"side": "claimant", "ref": "heir"})
        assert "message_sent" not in self.read(life, "pty_heir")

    def test_to_whoever_left_there_is_no_case(self) -> None:
        life = two_claimants().in_review().says(HELPER, "message").says(OPS, "remove_party", party=HELPER, reasons="Sold.")
        life.says(LEAD, "remove_party", party=HELPER)
        assert not may_see(life.case, life.actor(HELPER))
        assert self.read(life, HELPER) == []
        before = len(life.notices)
        life.says(MEDIATOR, "message", to="claimant").appealable()
        assert HELPER not in {n.recipient for _, n in life.notices[before:]}

    def test_consent_is_on_record(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        life.says(PLATFORM, "add_party", party={**COUNSEL, "ref": "second"}, agreed=True)
        assert [r.fact.consent for r in life.recordings if r.fact.type == "party_added"] == ["own_word", "stated"]

    def test_other_counsel_needs_consent_too(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "add_party", party=COUNSEL)
        swap = {"party": "pty_counsel", "by_party": {**COUNSEL, "ref": "second"}}
        assert life.refused(OPS, "replace_party", **swap).code == "agreement_missing"
        life.says(PLATFORM, "replace_party", **swap, agreed=True)

    def test_whoever_is_represented_ends_it(self) -> None:
        life = a_case().with_party(HELPER, "claimant", "representative").in_review().says(CLAIMANT, "remove_party", party=HELPER)
        assert not may_see(life.case, life.actor(HELPER))


class TestWhoSpeaksForSomebody:
    """Legal assistance is of one's own choosing, and a guardian who says no stays (ECHR, article 6(3)(c); CRC, article 12(2))."""

    OTHER: ClassVar[dict[str, Any]] = {**COUNSEL, "ref": "second"}
    OUT: ClassVar[tuple[tuple[str, dict[str, Any]], ...]] = (
        ("remove_party", {"party": "pty_counsel"}),
        ("replace_party", {"party": "pty_counsel", "by_party": OTHER, "agreed": True}),
    )

    def counselled(self, by: str = CLAIMANT, **fields: Any) -> Life:
        return a_case().in_review().says(by, "add_party", party=COUNSEL, **fields)

    @pytest.mark.parametrize(("what", "fields"), OUT)
    @pytest.mark.parametrize("by", [CLAIMANT, PLATFORM])
    def test_is_taken_from_them_by_two(self, what: str, fields: dict[str, Any], by: str) -> None:
        life = self.counselled(by, **({"agreed": True} if by == PLATFORM else {}))
        assert life.refused(MEDIATOR, what, **fields).fields["because"] == "reasons"
        life.says(MEDIATOR, what, **fields, reasons="She is a witness.")
        assert not next(p for p in life.case.parties if p.id == "pty_counsel").left
        assert life.refused(MEDIATOR, what, **fields).fields["because"] == "second_person"
        life.says(LEAD, what, **fields)
        assert next(p for p in life.case.parties if p.id == "pty_counsel").left
        told = {n.recipient: n for _, n in life.last.notices if n.event == "party_left"}
        assert told["pty_counsel"].data["yourself"], told
        assert RESPONDENT not in told
        client = next(n for _, n in life.last.notices if n.recipient == CLAIMANT)
        assert client.event == "party_added" if what == "replace_party" else client.data["spoke"]
        assert life.says(CLAIMANT, "add_party", party={**COUNSEL, "ref": "third"}).case.parties[-1].stated_by is None

    @pytest.mark.parametrize(("what", "fields"), OUT)
    def test_by_one_where_one_has_put_them_there(self, what: str, fields: dict[str, Any]) -> None:
        life = self.counselled(MEDIATOR, agreed=True).says(MEDIATOR, what, **fields)
        assert next(p for p in life.case.parties if p.id == "pty_counsel").left

    def test_who_ends_it_themselves_needs_nobody_and_their_counsel_is_told(self) -> None:
        life = self.counselled().says(CLAIMANT, "remove_party", party="pty_counsel")
        assert [n.recipient for _, n in life.last.notices if n.audience == "claimant"] == ["pty_counsel"]


class TestReplacedByTwo:
    """Nobody settles for a side by putting an agreeable one in the place of whoever says no."""

    SWAP: ClassVar[dict[str, Any]] = {"party": RESPONDENT, "by_party": {"side": "respondent", "ref": "heir"}}

    def dissenting(self) -> Life:
        return a_case().in_review().says(MEDIATOR, "offer", **PAYOUT).says(RESPONDENT, "decline_offer")

    def test_once_they_have_said_no_or_spoken(self) -> None:
        for life in (self.dissenting(), a_case().in_review().says(RESPONDENT, "message")):
            assert life.refused(MEDIATOR, "replace_party", **self.SWAP).fields["because"] == "reasons"
            life.says(MEDIATOR, "replace_party", **self.SWAP, reasons="The shop was sold.")
            assert [p.id for p in life.case.principals(Side.RESPONDENT)] == [RESPONDENT]
            assert {n.recipient for _, n in life.last.notices} == {"role:leads"}
            assert life.refused(MEDIATOR, "replace_party", **self.SWAP).fields["because"] == "second_person"
            life.says(LEAD, "replace_party", **self.SWAP)
            assert [p.id for p in life.case.principals(Side.RESPONDENT)] == ["pty_heir"]
            assert life.case.removal is None

    def test_by_the_one_whom_both_mean(self) -> None:
        life = self.dissenting().says(MEDIATOR, "replace_party", **self.SWAP, reasons="The shop was sold.")
        other = {"party": RESPONDENT, "by_party": {"side": "respondent", "ref": "nephew"}}
        assert life.refused(LEAD, "replace_party", **other).fields["because"] == "reasons"
        life.says(LEAD, "replace_party", **other, reasons="To another one.")
        assert [p.id for p in life.case.principals(Side.RESPONDENT)] == [RESPONDENT]
        assert life.refused(MEDIATOR, "remove_party", party=RESPONDENT).code == "party_unfit"

    def test_who_gets_the_money_is_then_not_the_word_of_one(self) -> None:
        life = a_case().in_review().says(CLAIMANT, "message")
        swap = {"party": CLAIMANT, "by_party": {"side": "claimant", "ref": "heir"}, "reasons": "He has died."}
        assert life.says(MEDIATOR, "replace_party", **swap).says(LEAD, "replace_party", **swap).case.seated == ()

    def test_whoever_has_said_nothing_is_replaced_by_one(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "replace_party", **self.SWAP)
        assert [p.id for p in life.case.principals(Side.RESPONDENT)] == ["pty_heir"]


class TestMoney:
    def told(self, life: Life, who: str, event: str = "ruling_issued") -> list[dict[str, Any]]:
        return next(n.data["remedies"] for _, n in life.notices if n.event == event and n.recipient == who)

    def test_a_letter_tells_each_their_share(self) -> None:
        life = two_claimants().appealable()
        whole = life.case.rulings[-1].remedies[0].amount
        assert whole is not None
        shares = {who: self.told(life, who)[0] for who in (CLAIMANT, HELPER)}
        assert {one["whole"] for one in shares.values()} == {whole.amount}
        assert sum(one["amount"] for one in shares.values()) == whole.amount
        assert [(who, one["amount"]) for who, one in shares.items()] == paid(life)
        assert self.told(life, RESPONDENT)[0]["amount"] == whole.amount

    def test_of_an_offer_too(self) -> None:
        life = two_claimants().in_settlement().says(RESPONDENT, "offer", **PAYOUT)
        offers = {n.recipient: n.data["offer"] for _, n in life.notices if n.event == "offer_made"}
        assert [(offers[who]["amount"], offers[who]["whole"]) for who in (CLAIMANT, HELPER)] == [(501, 1001), (500, 1001)]


class TestMinors:
    CHILD = {"side": "claimant", "ref": "child", "minor": True}

    def with_a_guardian(self) -> Life:
        life = a_case("safety_incident").in_review().says(MEDIATOR, "add_party", party=self.CHILD)
        guardian = {"side": "claimant", "role": "representative", "ref": "guardian"}
        return life.says(MEDIATOR, "add_party", party=guardian, represents="pty_child", agreed=True)

    @pytest.mark.parametrize(("words", "told"), [("shared", {"pty_child", "pty_guardian"}), ("desk", {"pty_child"})])
    def test_what_goes_to_the_child_alone_goes_to_the_guardian_too_unless_words_go_to_the_desk(
        self, words: str, told: set[str]
    ) -> None:
        life = a_case("safety_incident").with_terms(words=words).in_review().says(MEDIATOR, "add_party", party=self.CHILD)
        guardian = {"side": "claimant", "role": "representative", "ref": "guardian"}
        life.says(MEDIATOR, "add_party", party=guardian, represents="pty_child", agreed=True)
        before = len(life.notices)
        life.says(MEDIATOR, "request_evidence", of="claimant", party="pty_child")
        assert {n.recipient for _, n in life.notices[before:] if n.event.startswith("evidence_requested")} == told

    def days(self, life: Life) -> int | None:
        until, closed = life.case.keep_until, life.case.closed_at
        return None if until is None or closed is None else (until - closed).days

    def test_a_case_with_one_is_kept_for_a_shorter_time_and_not_counted_while_it_is_held(self) -> None:
        spans = {"keep_for": timedelta(days=30), "keep_for_minors": timedelta(days=10), "withdrawal": "closes"}
        grown, young = (a_case("safety_incident").with_terms(**spans).in_review() for _ in range(2))
        young.says(MEDIATOR, "add_party", party={**self.CHILD, "side": "respondent"})
        assert [self.days(life) for life in (grown, young)] == [None, None]
        closed = [life.says(CLAIMANT, "withdraw") for life in (grown, young)]
        kept = [self.days(life) for life in closed]
        assert [self.days(life.says(OPS, "place_hold", reason="litigation")) for life in closed] == [None, None]
        assert kept == [30, 10]

    def test_a_child_does_not_send_the_guardian_away(self) -> None:
        life = self.with_a_guardian()
        assert life.refused("pty_child", "remove_party", party="pty_guardian").code == "party_unfit"
        life.says(MEDIATOR, "remove_party", party="pty_guardian")


class TestHearing:
    """In a kind that hears the respondent before they lose."""

    ACCUSED = {"side": "respondent", "ref": "accused"}

    def two_shops(self) -> Life:
        return a_case("payment_dispute").that_protects().with_party(SHOP_2, "respondent", "principal").in_review()

    def unheard(self, life: Life) -> str | None:
        found = hearing.unheard(life.case, Side.RESPONDENT)
        return found.party if found is not None and found.missing == "answer" else None

    def test_the_word_of_one_is_not_that_of_the_other(self) -> None:
        life = self.two_shops().says(RESPONDENT, "message")
        assert life.case.heard == (Side.CLAIMANT, Side.RESPONDENT)
        assert heard_alone(life) == (RESPONDENT,)
        life.says(SHOP_2, "message")
        assert heard_alone(life) == (RESPONDENT, SHOP_2)

    def test_a_ruling_waits_for_the_other(self) -> None:
        life = self.two_shops().says(RESPONDENT, "message").later(timedelta(days=30))
        assert self.unheard(life) == SHOP_2
        with pytest.raises(NotHeard) as refused:
            hearing.check(life.case, [Side.RESPONDENT], life.now)
        assert refused.value.fields["party"] == SHOP_2
        life.says(SHOP_2, "message")
        hearing.check(life.case, [Side.RESPONDENT], life.now)

    def test_counsel_speaks_for_the_one_alone(self) -> None:
        life = self.two_shops().says(SHOP_2, "add_party", party={**COUNSEL, "side": "respondent"}).says("pty_counsel", "message")
        assert heard_alone(life) == (SHOP_2,)

    def test_whoever_comes_later_is_heard_for_themselves(self) -> None:
        life = a_case("payment_dispute").that_protects().in_review().says(RESPONDENT, "message")
        assert heard_alone(life) == ()
        life.says(MEDIATOR, "add_party", party=self.ACCUSED)
        assert heard_alone(life) == (RESPONDENT,)
        assert self.unheard(life) == "pty_accused"

    def test_so_is_a_successor(self) -> None:
        life = a_case("payment_dispute").that_protects().in_review().says(RESPONDENT, "message")
        replaced(life)
        assert self.unheard(life) == "pty_heir"
        life.says("pty_heir", "message")
        assert self.unheard(life) is None

    @pytest.mark.parametrize("leaves", ["removed", "replaced"])
    def test_the_word_of_one_who_left_does_not_stand_for_those_who_stay(self, leaves: str) -> None:
        life = self.two_shops().says(RESPONDENT, "message")
        if leaves == "replaced":
            replaced(life)
        else:
            life.says(MEDIATOR, "remove_party", party=RESPONDENT, reasons="Named by mistake.")
            life.says(OPS, "remove_party", party=RESPONDENT)
        assert self.unheard(life) == SHOP_2
        life.says(SHOP_2, "message")
        assert self.unheard(life) == ("pty_heir" if leaves == "replaced" else None)

    def test_what_was_asked_of_one_and_lapsed_counts_for_that_one(self) -> None:
        life = self.two_shops().says(RESPONDENT, "message")
        life.says(MEDIATOR, "request_evidence", of="respondent", party=SHOP_2, due_at=life.now + timedelta(days=3))
        life.fire("respondent_evidence", "end")
        assert heard_alone(life) == (RESPONDENT, SHOP_2)

    def test_what_was_asked_of_somebody_who_left_waits_for_nobody(self) -> None:
        life = self.two_shops()
        life.says(MEDIATOR, "request_evidence", of="respondent", party=SHOP_2, due_at=life.now + timedelta(days=3))
        life.says(OPS, "remove_party", party=SHOP_2)
        assert life.case.requests == ()

    def test_a_co_claimant_whom_another_named_has_not_reported_anything(self) -> None:
        life = a_case("payment_dispute").that_protects().with_party(HELPER, "claimant", "principal").in_review()
        assert heard_alone(life) == (CLAIMANT,)


class TestSanctions:
    def test_hit_nobody_while_several_could_be_meant(self) -> None:
        life = a_case("conduct_report").with_party(SHOP_2, "respondent", "principal")
        life.with_terms(procedure=(), root_cause_needed=False, hear=()).in_review()
        ruling = {"outcome": "violation", "ground": "harassment"}
        assert life.refused(MEDIATOR, "rule", **ruling).code == "party_unclear"


class TestWhileNobodyIsToldYet:
    def drafted(self, weight: str) -> Life:
        life = a_case().that_protects().in_review().says(RESPONDENT, "message")
        return life.says(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"][weight])

    @pytest.mark.parametrize(("weight", "phase"), [("heavy", Phase.APPROVAL), ("light", Phase.RULED)])
    def test_a_draft_goes_back_when_somebody_comes_who_was_not_heard(self, weight: str, phase: Phase) -> None:
        life = self.drafted(weight)
        assert life.case.phase is phase
        life.says(OPS, "add_party", party={"side": "respondent", "ref": "late"})
        assert (life.case.phase, life.case.ruling) == (Phase.REVIEW, None)
        assert life.refused(MEDIATOR, "rule", **OUTCOMES["bounty_dispute"][weight]).code == "not_heard"

    def test_and_when_another_takes_a_place(self) -> None:
        life = self.drafted("light")
        replaced(life)
        assert life.case.phase is Phase.REVIEW

    def test_a_witness_changes_nothing(self) -> None:
        life = self.drafted("heavy").says(OPS, "add_party", party={"side": "respondent", "role": "witness", "ref": "w"})
        assert life.case.phase is Phase.APPROVAL
