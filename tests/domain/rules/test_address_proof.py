"""A form proves nothing about who fills it in: before the address is proven nobody is bound, or kept from their case, by it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.commands import COMMANDS
from domain.model.links import OtherCase
from domain.model.people import OpenedParty
from domain.rules.address_proof import OPEN_TO_ANYBODY
from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    KINDS,
    LEAD,
    MEDIATOR,
    OFFERS,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    Life,
    a_case,
    digest_of,
)
from tests.support.other_cases import OTHER_CASE, elsewhere, other

PAY: dict[str, Any] = {"remedy": "refund", "amount": {"amount": 1, "currency": "USD"}}
EVERY_KIND = (*KINDS, "conduct_report", "safety_incident", "compliance_request")


def by_form(kind: str = "payment_dispute") -> Life:
    return a_case(kind).by_a_form()


def party(who: str, side: Side = Side.CLAIMANT, **more: Any) -> OpenedParty:
    return OpenedParty(**{"id": f"pty_{who.removeprefix('pty_')}_there", "side": side, "ref_digest": digest_of(who), **more})


def beside(there: OtherCase, kind: str, *, doubted: bool = False, **known: Any) -> Life:
    """A report of the matter of another case."""
    life = by_form(kind) if doubted else a_case(kind)
    life.elsewhere = {"other": there, **known}
    return life.opened()


class TestWhoBindsNobody:
    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_every_command_but_three_is_refused_until_the_address_is_proven(self, kind: str) -> None:
        """Whatever a kind lets a claimant do, in each phase that it comes to."""
        later = "in_settlement" if a_case(kind).opened().case.terms.has(Phase.SETTLEMENT) else "in_review"
        for reach in ("in_intake", later):
            life, known = (getattr(one, reach)() for one in (by_form(kind), a_case(kind)))
            could = {action.command for action in known.seen_by(CLAIMANT).actions if action.allowed}
            may = {action.command: action.code for action in life.seen_by(CLAIMANT).actions if action.command in could}
            assert {command for command, code in may.items() if code is None} == could & OPEN_TO_ANYBODY
            assert {code for command, code in may.items() if command not in OPEN_TO_ANYBODY} <= {"address_unproven"}

    def test_what_is_open_to_anybody_is_known(self) -> None:
        assert set(COMMANDS.json_schema()["discriminator"]["mapping"]) >= OPEN_TO_ANYBODY

    def test_an_offer_is_not_accepted_before_and_is_after(self) -> None:
        life = by_form().in_settlement().says(RESPONDENT, "offer", **PAY)
        assert life.refused(CLAIMANT, "accept_offer").code == "address_unproven"
        assert life.refused(CLAIMANT, "offer", **OFFERS.get("payment_dispute", PAY)).code == "address_unproven"
        life.says(ROBOT, "prove_address", party=CLAIMANT).says(CLAIMANT, "accept_offer")
        assert life.case.outcome is Outcome.SETTLED

    def test_the_platform_says_it_of_its_own_users_and_nobody_else_does(self) -> None:
        life = by_form().in_settlement()
        for who in (CLAIMANT, RESPONDENT, MEDIATOR, LEAD, OPS):
            assert life.refused(who, "prove_address", party=CLAIMANT).code == "not_allowed"
        assert life.refused(PLATFORM, "prove_address", party="pty_nobody").code == "party_unclear"
        life.says(PLATFORM, "prove_address", party=CLAIMANT)
        assert not life.seen_by(CLAIMANT).address_unproven
        assert life.refused(PLATFORM, "prove_address", party=CLAIMANT).code == "party_unfit"

    def test_they_read_what_they_wrote_and_nothing_of_the_others(self) -> None:
        life = by_form().in_settlement().says(RESPONDENT, "message", text="We are sorry.").says(RESPONDENT, "offer", **PAY)
        life.says(CLAIMANT, "message", text="It never came.")
        seen = [one.fact.type for one in life.recordings if visible(life.case, one, life.actor(CLAIMANT))]
        assert set(seen) == {"case_opened", "message_sent"}
        assert seen.count("message_sent") == 1
        said = life.seen_by(CLAIMANT)
        assert (said.address_unproven, said.offer, said.offers, said.ruling) == (True, None, (), None)
        life.says(ROBOT, "prove_address", party=CLAIMANT)
        assert life.seen_by(CLAIMANT).offer is not None

    def test_the_other_side_never_learns_of_it(self) -> None:
        life = by_form().in_settlement().says(ROBOT, "prove_address", party=CLAIMANT)
        seen = [one.fact.type for one in life.recordings if visible(life.case, one, life.actor(RESPONDENT))]
        assert "address_proven" not in seen
        assert not any("unproven" in one for one in life.seen_by(RESPONDENT).parties)

    def test_the_address_is_told_that_the_report_was_taken_back_in_its_name(self) -> None:
        told = [
            [n.event for n in life.in_settlement().says(CLAIMANT, "withdraw").notices_for(CLAIMANT)]
            for life in (by_form(), a_case("payment_dispute"))
        ]
        assert "case_withdrawn" in told[0]
        assert "case_withdrawn" not in told[1]


class TestAtTheGate:
    @pytest.mark.parametrize("doubted", ["here", "there"])
    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_nobodys_report_goes_on_in_another_one_of_which_either_proves_nothing(self, kind: str, doubted: str) -> None:
        mine = party(CLAIMANT, unproven=doubted == "there")
        life = beside(other(kind, parties=(mine,)), kind, doubted=doubted == "here")
        assert life.case.open
        assert [link.other for link in life.case.links] == [OTHER_CASE]

    @pytest.mark.parametrize("doubted", ["here", "there"])
    def test_nor_is_it_turned_away_because_the_matter_was_decided_there(self, doubted: str) -> None:
        mine = party(CLAIMANT, unproven=doubted == "there")
        there = other("payment_dispute", parties=(mine,), open=False, outcome=Outcome.SETTLED)
        life = by_form() if doubted == "here" else a_case("payment_dispute")
        life.elsewhere = {"decided": there}
        life.opened()
        assert (life.case.open, [link.other for link in life.case.links]) == (True, [OTHER_CASE])

    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident", "fraud_report"])
    @pytest.mark.parametrize("disclosed", [True, False])
    def test_what_may_be_secret_is_joined_by_the_desk_alone(self, kind: str, *, disclosed: bool) -> None:
        """Whoever names the matter of such a case gets one of their own, as where there is none."""
        there = other(kind, is_disclosed=disclosed)
        strangers = tuple(p for p in there.parties if p.id != "pty_same")
        life = beside(there.model_copy(update={"parties": strangers}), kind)
        alone = a_case(kind).opened()
        assert (life.case.open, life.case.phase) == (True, alone.case.phase)
        assert [n.event for n in life.notices_for(CLAIMANT)] == [n.event for n in alone.notices_for(CLAIMANT)]
        for who in (CLAIMANT, PLATFORM):
            assert life.seen_by(who).model_copy(update={"id": ""}) == alone.seen_by(who).model_copy(update={"id": ""})

    @pytest.mark.parametrize("kind", EVERY_KIND)
    def test_the_accused_is_never_a_co_claimant_against_themselves(self, kind: str) -> None:
        """Whoever is known there by the platform's id and writes from their own address is the same one."""
        accused = party("somebody", Side.RESPONDENT, address_digest=digest_of(CLAIMANT))
        life = beside(other(kind, parties=(party("victim"), accused)), kind)
        assert not any(isinstance(one.fact, f.CaseMerged) for one in life.recordings)

    def test_whoever_has_the_other_case_is_told(self) -> None:
        life = a_case("safety_incident").in_review(owner=MEDIATOR)
        life.says(ROBOT, "mirror_link", link_id="lnk_9", other=OTHER_CASE, relation="related")
        told = {(n.recipient, n.event) for _, n in life.last.notices}
        assert told >= {(MEDIATOR, "same_matter_reported"), ("role:leads", "same_matter_reported")}


class TestMerge:
    @pytest.mark.parametrize("doubted", ["here", "there"])
    def test_waits_until_the_address_is_proven(self, doubted: str) -> None:
        mine = party(CLAIMANT, unproven=doubted == "there")
        shop = party(RESPONDENT, Side.RESPONDENT)
        life = (by_form() if doubted == "here" else a_case("payment_dispute")).in_settlement()
        life.elsewhere = elsewhere("payment_dispute", parties=(mine, shop))
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "address_unproven"
