"""What one of the team changes about whose own matter it is binds nobody before a second one has said it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.people import Actor
from domain.model.refusals import Refusal
from domain.rules import confirmation, hearing
from domain.rules.confided import said_alone
from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    JUNIOR,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PEOPLE,
    PLATFORM,
    RESPONDENT,
    Life,
    a_case,
)

PAY: dict[str, Any] = {"remedy": "refund", "amount": {"amount": 1_000, "currency": "USD"}}
AMOUNT = {"amount": 40_000, "currency": "USD"}
HEIR = {"side": "claimant", "ref": "heir"}
FRIEND = {"side": "claimant", "ref": "friend", "role": "representative"}
SHOP_2 = {"side": "respondent", "ref": "shop2"}


def a_payment(*extra: str) -> Life:
    life = a_case("payment_dispute", amount=AMOUNT)
    for one in extra:
        life.with_party(one, "claimant", "principal")
    return life.in_review()


def swapped(life: Life, by: str | Actor = MEDIATOR) -> Life:
    return life.says(by, "replace_party", party=CLAIMANT, by_party=HEIR)


class TestWaiting:
    @pytest.mark.parametrize(
        ("what", "fields"),
        [
            ("replace_party", {"party": CLAIMANT, "by_party": HEIR}),
            ("replace_party", {"party": RESPONDENT, "by_party": SHOP_2}),
            ("add_party", {"party": HEIR}),
            ("add_party", {"party": SHOP_2}),
            ("remove_party", {"party": "pty_two"}),
        ],
    )
    def test_nobody_agrees_and_what_was_open_is_over(self, what: str, fields: dict[str, Any]) -> None:
        life = a_payment("pty_two").says(MEDIATOR, "offer", **PAY) if what != "remove_party" else a_payment("pty_two")
        life.says(MEDIATOR, what, **fields)
        assert (life.case.proposal, len(life.case.seated)) == (None, 1)
        there = [p.id for p in life.case.principals(Side.RESPONDENT)]
        life.says(there[0], "offer", **PAY)
        for one in life.case.principals(Side.CLAIMANT):
            assert life.refused(one.id, "accept_offer").code == "change_unconfirmed"
        assert life.refused(there[0], "concede").code == "change_unconfirmed"
        assert life.refused(MEDIATOR, what, **fields).fields["because"] == "second_person"
        life.says(LEAD, what, **fields)
        assert [r.fact.type for r in life.last.recordings] == ["party_change_confirmed"]
        for one in life.case.principals(Side.CLAIMANT):
            life.says(one.id, "accept_offer")
        for other in there[1:]:
            life.says(other, "accept_offer")
        assert life.case.outcome is Outcome.SETTLED

    def test_the_refusal_tells_a_side_what_to_do_and_not_who_it_is_about(self) -> None:
        refusal = swapped(a_payment()).says(RESPONDENT, "offer", **PAY).refused("pty_heir", "accept_offer")
        assert (refusal.fields, "Write to the desk" in refusal.detail) == ({}, True)

    def test_the_platforms_own_word_waits_for_nobody(self) -> None:
        life = swapped(a_payment(), PLATFORM).says(RESPONDENT, "offer", **PAY)
        assert life.says("pty_heir", "accept_offer").case.outcome is Outcome.SETTLED

    def test_nor_does_what_two_have_agreed_to(self) -> None:
        life = a_payment().says(CLAIMANT, "message")
        for who in (MEDIATOR, LEAD):
            life.says(who, "replace_party", party=CLAIMANT, by_party=HEIR, reasons="Died.")
        assert life.case.seated == ()

    def test_nor_a_co_claimant_whom_a_claimant_names(self) -> None:
        assert a_payment().says(CLAIMANT, "add_party", party=HEIR).case.seated == ()

    def test_who_comes_and_goes_again_has_changed_nothing(self) -> None:
        life = a_payment().says(MEDIATOR, "add_party", party=SHOP_2).says(MEDIATOR, "remove_party", party="pty_shop2")
        assert life.case.seated == ()

    def test_who_replaces_a_replacement_waits_for_both(self) -> None:
        life = swapped(a_payment()).says(MEDIATOR, "replace_party", party="pty_heir", by_party={**HEIR, "ref": "nephew"})
        assert [one.party for one in life.case.seated] == ["pty_heir", "pty_nephew"]
        life.says(LEAD, "replace_party", party="pty_heir", by_party={**HEIR, "ref": "nephew"})
        assert life.says(RESPONDENT, "offer", **PAY).refused("pty_nephew", "accept_offer").code == "change_unconfirmed"
        life.says(LEAD, "replace_party", party=CLAIMANT, by_party=HEIR)
        assert life.says("pty_nephew", "accept_offer").case.outcome is Outcome.SETTLED

    def test_neither_split_nor_merged_meanwhile(self) -> None:
        life = swapped(a_payment())
        assert life.refused(LEAD, "split", amount={"amount": 500, "currency": "USD"}).code == "change_unconfirmed"

    def test_leads_are_told_and_the_team_reads_it(self) -> None:
        life = swapped(a_payment())
        assert ("role:leads", "party_change_waits") in {(n.recipient, n.event) for _, n in life.last.notices}
        seen = life.seen_by(LEAD).unconfirmed
        assert seen is not None
        assert [(one.party, one.change, one.by) for one in seen] == [("pty_heir", "replaced", MEDIATOR)]
        assert life.seen_by(RESPONDENT).unconfirmed is None


class TestUndoing:
    def test_a_replacement_that_nobody_has_confirmed(self) -> None:
        life = swapped(a_payment()).says("pty_heir", "message")
        life.says(LEAD, "replace_party", party="pty_heir", by_party={"side": "claimant", "ref": "claimant"})
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == [CLAIMANT]
        assert life.case.seated == ()
        assert {n.recipient for _, n in life.last.notices} >= {CLAIMANT, "pty_heir"}
        assert life.says(RESPONDENT, "offer", **PAY).says(CLAIMANT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_a_removal(self) -> None:
        life = a_payment("pty_two").says(MEDIATOR, "remove_party", party="pty_two")
        life.says(LEAD, "add_party", party={"side": "claimant", "ref": "two"})
        assert ([p.id for p in life.case.principals(Side.CLAIMANT)], life.case.seated) == ([CLAIMANT, "pty_two"], ())

    def test_not_what_two_have_agreed_to(self) -> None:
        life = a_payment("pty_two")
        for who in (MEDIATOR, LEAD):
            life.says(who, "remove_party", party="pty_two")
        assert life.refused(LEAD, "add_party", party={"side": "claimant", "ref": "two"}).code == "party_known"

    def test_not_by_a_side(self) -> None:
        life = a_payment("pty_two").says(MEDIATOR, "remove_party", party="pty_two")
        assert life.refused(CLAIMANT, "add_party", party={"side": "claimant", "ref": "two"}).code == "party_known"


class TestBesideOthers:
    def test_nobody_names_who_agrees_for_another(self) -> None:
        life = a_payment("pty_two").says(RESPONDENT, "offer", **PAY)
        life.says(CLAIMANT, "add_party", party=FRIEND, represents="pty_two", agreed=True)
        assert life.refused("pty_friend", "accept_offer").code == "agreement_missing"
        life.says("pty_two", "add_party", party=FRIEND).says("pty_friend", "accept_offer")
        assert life.says(CLAIMANT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_nobody_joins_what_is_still_to_be_carried_out(self) -> None:
        life = a_payment().says(RESPONDENT, "offer", remedy="refund_with_return", amount=PAY["amount"])
        life.says(CLAIMANT, "accept_offer")
        assert life.refused(MEDIATOR, "add_party", party=HEIR).fields["because"] == "not_carried_out"
        assert life.refused(MEDIATOR, "replace_party", party=CLAIMANT, by_party=HEIR).fields["because"] == "reasons"


class TestTheSecondPerson:
    def test_is_none_of_their_line(self) -> None:
        life = swapped(a_payment(), LEAD)
        below = Actor(id="per_below", role="lead", manager=LEAD)
        swap = {"party": CLAIMANT, "by_party": HEIR}
        for who in (LEAD, below):
            assert life.refused(who, "replace_party", **swap).fields["because"] == "second_person"
        assert life.says(OPS, "replace_party", **swap).case.seated == ()

    def test_may_be_the_platform_by_naming_them(self) -> None:
        assert swapped(a_payment()).says(PLATFORM, "add_party", party=HEIR).case.seated == ()

    def test_for_a_representative_as_well(self) -> None:
        life = a_payment().says(MEDIATOR, "add_party", party=FRIEND, agreed=True).says(PLATFORM, "add_party", party=FRIEND)
        assert life.says(RESPONDENT, "offer", **PAY).says("pty_friend", "accept_offer").case.outcome is Outcome.SETTLED

    def test_makes_it_nobodys_own_word(self) -> None:
        life = swapped(a_payment()).says(LEAD, "add_party", party=HEIR)
        life.says(MEDIATOR, "offer", **PAY)
        assert life.case.proposal is not None

    @pytest.mark.parametrize("who", [MEDIATOR, JUNIOR])
    def test_until_then_their_line_proposes_nothing_whichever_side_it_is(self, who: str) -> None:
        life = a_case("payment_dispute", amount=AMOUNT).in_review(owner=who)
        life.says(LEAD if who == JUNIOR else MEDIATOR, "add_party", party=SHOP_2)
        if who == JUNIOR:
            assert life.case.seated[0].by == LEAD
            return
        assert life.refused(MEDIATOR, "offer", **PAY).fields["because"] == "payee_of_own_word"


class TestAWish:
    def suspended(self) -> Life:
        life = a_case("safety_incident").in_review()
        return life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="There is danger.")

    def test_of_who_was_put_there_is_not_granted_by_whoever_did(self) -> None:
        """Istanbul Convention, articles 53 and 55(1): protection does not depend on whoever takes a reporter's place."""
        life = swapped(self.suspended()).says("pty_heir", "withdraw")
        refusal = life.refused(MEDIATOR, "accept_withdrawal", ends=["suspend"])
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "seated_them")
        assert life.says(LEAD, "accept_withdrawal", ends=["suspend"]).case.outcome is Outcome.WITHDRAWN

    def test_is_a_question_where_it_would_close(self) -> None:
        life = swapped(a_payment()).says("pty_heir", "withdraw")
        assert (life.case.phase, [r.fact.type for r in life.last.recordings]) == (Phase.REVIEW, ["withdrawal_requested"])

    def test_of_who_is_left_when_another_was_taken_out(self) -> None:
        life = a_payment("pty_two").says(MEDIATOR, "remove_party", party="pty_two").says(CLAIMANT, "withdraw")
        assert life.refused(MEDIATOR, "accept_withdrawal").fields["because"] == "seated_them"

    def test_what_a_child_said_is_read_whoever_stands_in_their_place(self) -> None:
        life = a_case("safety_incident").under_age(CLAIMANT).in_review().says(CLAIMANT, "withdraw")
        life.says(CLAIMANT, "withdraw", revoke=True)
        for who in (MEDIATOR, LEAD):
            life.says(who, "replace_party", party=CLAIMANT, by_party=HEIR, reasons="A cousin.")
        life.says("pty_heir", "withdraw")
        assert life.refused(LEAD_2, "accept_withdrawal").code == "not_seen"


class TestAChild:
    def child(self, who: str = CLAIMANT) -> Life:
        return a_case("payment_dispute", amount=AMOUNT).under_age(who).with_party("pty_two", "claimant", "principal").in_review()

    @pytest.mark.parametrize("what", ["replace_party", "remove_party"])
    def test_is_replaced_or_removed_by_two_however_silent(self, what: str) -> None:
        fields: dict[str, Any] = {"party": "pty_two"} if what == "remove_party" else {"party": "pty_two", "by_party": HEIR}
        life = a_case("payment_dispute", amount=AMOUNT).with_party("pty_two", "claimant", "principal").under_age("pty_two")
        life.in_review()
        assert life.refused(MEDIATOR, what, **fields).fields["because"] == "reasons"

    def test_stays_one_in_whoever_takes_the_place(self) -> None:
        life = self.child()
        for who in (MEDIATOR, LEAD):
            life.says(who, "replace_party", party=CLAIMANT, by_party=HEIR, reasons="The mother reports it.")
        assert life.says(RESPONDENT, "offer", **PAY).refused("pty_heir", "accept_offer").code == "guardian_needed"

    def test_has_agreed_to_nothing_by_halves_when_it_is_found_out(self) -> None:
        life = a_payment().says(MEDIATOR, "offer", **PAY).says(CLAIMANT, "accept_offer")
        for who in (LEAD, LEAD_2):
            life.says(who, "retarget", minors=[CLAIMANT], reason="under_age")
        assert life.says(RESPONDENT, "accept_offer").case.open
        assert life.refused(CLAIMANT, "accept_offer").code == "guardian_needed"

    def test_has_offered_nothing_either(self) -> None:
        life = a_payment().says(CLAIMANT, "offer", **PAY).says(LEAD, "retarget", minors=[CLAIMANT], reason="under_age")
        assert life.case.offer is None

    def test_whoever_found_it_out_is_not_the_second_one_for_the_guardian(self) -> None:
        life = a_payment().says(LEAD, "retarget", minors=[CLAIMANT], reason="under_age")
        life.says(LEAD_2, "retarget", minors=[CLAIMANT], reason="under_age").says(
            MEDIATOR, "add_party", party=FRIEND, agreed=True
        )
        assert life.refused(LEAD, "add_party", party=FRIEND, agreed=True).code == "party_known"
        life.says(OPS, "add_party", party=FRIEND, agreed=True).says(RESPONDENT, "offer", **PAY)
        assert life.says("pty_friend", "accept_offer").case.outcome is Outcome.SETTLED


class TestAnAdult:
    def flagged(self) -> Life:
        return a_payment().says(LEAD, "retarget", minors=[CLAIMANT], reason="under_age")

    def test_is_protected_by_one_word_and_freed_by_two(self) -> None:
        life = self.flagged().says(RESPONDENT, "offer", **PAY)
        assert life.refused(CLAIMANT, "accept_offer").code == "guardian_needed"
        life.says(OPS, "retarget", adults=[CLAIMANT], reason="born_1981")
        assert life.refused(CLAIMANT, "accept_offer").code == "guardian_needed"
        assert life.refused(OPS, "retarget", adults=[CLAIMANT], reason="born_1981").fields["because"] == "second_person"
        life.says(LEAD, "retarget", adults=[CLAIMANT], reason="my_mistake")
        assert life.case.seated == ()
        assert life.says(CLAIMANT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_is_bound_by_nobody_who_was_put_there_for_the_child(self) -> None:
        life = self.flagged().says(MEDIATOR, "add_party", party=FRIEND, agreed=True)
        life.says(LEAD_2, "add_party", party=FRIEND, agreed=True)
        for who in (OPS, LEAD):
            life.says(who, "retarget", adults=[CLAIMANT], reason="born_1981")
        life.says(RESPONDENT, "offer", **PAY)
        assert life.refused("pty_friend", "accept_offer").code == "agreement_missing"

    def test_is_spoken_for_by_whom_they_chose(self) -> None:
        life = self.flagged().says(CLAIMANT, "add_party", party=FRIEND)
        for who in (OPS, LEAD):
            life.says(who, "retarget", adults=[CLAIMANT], reason="born_1981")
        assert life.says(RESPONDENT, "offer", **PAY).says("pty_friend", "accept_offer").case.outcome is Outcome.SETTLED

    def test_who_counts_as_one_already_is_not_made_one(self) -> None:
        assert a_payment().refused(LEAD, "retarget", adults=[CLAIMANT], reason="born_1981").code == "nothing_changes"


class TestHearingAChild:
    """UN Convention on the Rights of the Child, article 12(2)."""

    def accused(self) -> Life:
        father = {"side": "respondent", "ref": "father", "role": "representative"}
        life = a_case("safety_incident").that_protects().under_age(RESPONDENT).in_review().disclosed()
        return life.says(PLATFORM, "add_party", party=father, agreed=True)

    def test_is_not_a_parents_unasked_word(self) -> None:
        life = self.accused().says("pty_father", "message", text="He did it.")
        assert hearing.unheard(life.case, Side.RESPONDENT) is not None

    def test_is_their_own_word_or_the_answer_to_what_was_asked(self) -> None:
        for life in (
            self.accused().says(RESPONDENT, "message"),
            self.accused().says(MEDIATOR, "request_evidence", of="respondent").says("pty_father", "submit_evidence"),
        ):
            assert Side.RESPONDENT in life.case.heard


# --- over any sequence

_SECONDS = {LEAD: None, LEAD_2: None, OPS: None, PLATFORM: None}
_TEAM = (MEDIATOR, MEDIATOR_2, LEAD, LEAD_2, OPS)
_REFS = st.sampled_from(["heir", "two", "three"])
_SIDES = st.sampled_from(["claimant", "respondent"])
_WHICH = st.sampled_from(["first", "last"])
_EVERY_WAY: list[tuple[str, tuple[str, dict[str, Any]]]] = [
    (PLATFORM, (what, {"side": side}))
    for side in ("claimant", "respondent")
    for what, side in (("offer", side), ("accept_offer", "respondent" if side == "claimant" else "claimant"))
] + [(PLATFORM, ("concede", {"side": "respondent"})), (PLATFORM, ("withdraw", {"side": "claimant"}))]
"""To bind both sides, tried at the end of every sequence."""
_BY_A_SIDE = st.sampled_from(["offer", "accept_offer", "accept_offer", "concede", "withdraw"])


class Words:
    """Who of the team has said what of whose own matter it is: counted from the facts, without asking the rules."""

    def __init__(self) -> None:
        self.said: dict[str, set[str]] = {}
        self.proposed: dict[str, str] = {}

    def hears(self, recording: f.Recording, before: Any) -> None:
        fact, by = recording.fact, recording.actor.id
        inside = recording.actor.role in ("mediator", "lead", "ops")
        match fact:
            case f.PartyRemovalProposed():
                self.proposed[fact.party] = by
            case f.PartyAdded(party=party) if party.role == "principal" and inside:
                words = {by, *filter(None, [self.proposed.get(fact.instead_of or "")])}
                self.said[f"added:{party.id}"] = words
            case f.PartyLeft(because="removed") if inside and before.party(fact.party).role == "principal":
                self.said[f"removed:{fact.party}"] = {by, *filter(None, [self.proposed.get(fact.party)])}
                if len(self.said.get(f"added:{fact.party}", ())) == 1:
                    # Whoever came by one and goes again: nothing is changed.
                    self.said.pop(f"removed:{fact.party}")
                    self.said.pop(f"added:{fact.party}")
            case f.CaseRetargeted() if inside:
                self.said |= {f"minor:{one}": {by} for one in fact.minors}
            case f.PartyChangeConfirmed():
                name = {"under_age": "minor", "removed": "removed", "adult": "minor"}.get(fact.change, "added")
                self.said.setdefault(f"{name}:{fact.party}", set()).add(by)
                if fact.change == "adult":
                    self.said.pop(f"minor:{fact.party}", None)
            case _:
                pass

    def of_one(self) -> list[str]:
        """What only one has said, or two of whom one could tell the other what to say."""
        return [what for what, who in self.said.items() if not self._two(who)]

    def _two(self, who: set[str]) -> bool:
        pairs = [(one, other) for one in who for other in who if one != other]
        return PLATFORM in who or any(PEOPLE[other].manager != one for one, other in pairs)


_STEPS = st.one_of(
    st.tuples(
        st.just("replace_party"),
        st.fixed_dictionaries({"party": _WHICH, "side": _SIDES, "ref": _REFS, "minor": st.booleans()}),
    ),
    st.tuples(st.just("add_party"), st.fixed_dictionaries({"side": _SIDES, "ref": _REFS})),
    st.tuples(st.just("remove_party"), st.fixed_dictionaries({"party": _WHICH, "side": _SIDES})),
    st.tuples(st.just("retarget"), st.fixed_dictionaries({"name": st.sampled_from(["minors", "adults"]), "side": _SIDES})),
    st.tuples(_BY_A_SIDE, st.fixed_dictionaries({"side": _SIDES})),
    st.tuples(st.sampled_from(["propose", "accept_withdrawal", "again", "again"]), st.just({})),
)  # fmt: skip


def _done(life: Life, who: str, what: str, said: dict[str, Any], last: list[tuple[str, dict[str, Any]]]) -> None:
    """One step of somebody; refused, it changes nothing."""
    side = Side(said.get("side", "claimant"))
    there = life.case.principals(side)
    if what == "again" and last:
        life.says(who, last[-1][0], **last[-1][1])
        return
    fields: dict[str, Any] = {}
    if what in ("replace_party", "remove_party") and there:
        fields = {"party": there[0 if said["party"] == "first" else -1].id, "reasons": "It is so."}
    if what in ("replace_party", "add_party"):
        new = {"side": side.value, "ref": said["ref"], "minor": said.get("minor", False)}
        fields["by_party" if what == "replace_party" else "party"] = new
    if what == "retarget" and there:
        fields = {said["name"]: [there[0].id], "reason": "age"}
    if what in ("replace_party", "add_party", "remove_party", "retarget"):
        last.append((what, fields))
        life.says(who, what, **fields)
    elif what == "propose":
        life.says(who, "offer", **PAY)
    elif what == "accept_withdrawal":
        life.says(who, what)
    else:
        for one in there:
            with suppress(Refusal):
                life.says(one.id, what, **(PAY if what == "offer" else {}))


@given(steps=st.lists(st.tuples(st.sampled_from([*_TEAM, PLATFORM]), _STEPS), max_size=8), several=st.booleans())
def test_nothing_is_agreed_on_with_somebody_whom_one_has_put_there(
    steps: list[tuple[str, tuple[str, dict[str, Any]]]], several: bool
) -> None:
    life, words = a_payment("pty_two") if several else a_payment(), Words()
    last: list[tuple[str, dict[str, Any]]] = []
    for who, (what, said) in (*steps, *_EVERY_WAY):
        seen, before = len(life.recordings), life.case
        with suppress(Refusal, AssertionError, ValueError):
            _done(life, who, what, said, last)
        for recording in life.recordings[seen:]:
            bound = isinstance(recording.fact, f.OfferAccepted | f.ClaimConceded | f.CaseWithdrawn)
            bound = bound or (isinstance(recording.fact, f.ProposalEnded) and recording.fact.became == "accepted")
            alone = words.of_one()
            if isinstance(recording.fact, f.CaseWithdrawn):
                # What the claimant gives up is theirs, whoever stands on the other side.
                alone = [one for one in alone if one.partition(":")[2] in {p.id for p in before.side_parties(Side.CLAIMANT)}]
            if isinstance(recording.fact, f.CaseWithdrawn) and what == "accept_withdrawal":
                # Somebody else than who put them there has granted it: two have looked.
                alone = [one for one in alone if {recording.actor.id, *_line(recording.actor)} & words.said[one]]
            assert not (bound and alone), (recording.fact.type, alone)
            words.hears(recording, before)
        if not life.case.open:
            return
    assert {one.party for one in confirmation.seats(life.case)} <= {what.partition(":")[2] for what in words.said}


_AGAINST: dict[Side, dict[str, Any]] = {
    Side.CLAIMANT: {"outcome": "denied", "ground": "not_received", "relies_on": []},
    Side.RESPONDENT: {**OUTCOMES["payment_dispute"]["light"], "relies_on": []},
}


@given(
    steps=st.lists(st.tuples(st.sampled_from([*_TEAM, PLATFORM]), _STEPS), max_size=6),
    side=st.sampled_from(Side), decider=st.sampled_from([MEDIATOR, MEDIATOR_2, LEAD, LEAD_2]),
)  # fmt: skip
def test_nobody_finds_against_whom_one_has_put_there(
    steps: list[tuple[str, tuple[str, dict[str, Any]]]], side: Side, decider: str
) -> None:
    """European Convention on Human Rights, article 6(2) and (3)."""
    life, words = a_payment(), Words()
    last: list[tuple[str, dict[str, Any]]] = []
    for who, (what, said) in steps:
        seen, before = len(life.recordings), life.case
        with suppress(Refusal, AssertionError, ValueError):
            _done(life, who, what, said, last)
        for recording in life.recordings[seen:]:
            words.hears(recording, before)
    seen, there = len(life.recordings), {f"added:{p.id}" for p in life.case.principals(side)}
    with suppress(Refusal):
        life.says(OPS, "assign", owner=decider)
    with suppress(Refusal):
        life.says(decider, "rule", **_AGAINST[side])
    if any(isinstance(r.fact, f.RulingDrafted) for r in life.recordings[seen:]):
        assert not there & {*words.of_one()}


def _line(actor: Actor) -> set[str]:
    below = {who for who, one in PEOPLE.items() if one.manager == actor.id}
    return {*below, *filter(None, [actor.manager])}


class TestWhomOneHasPutThere:
    """Whoever speaks for a side by the word of one of the team is neither its hearing nor its appeal."""

    def protected(self) -> Life:
        return a_case("payment_dispute", amount=AMOUNT).that_protects().in_review()

    def put_there(self, life: Life) -> Life:
        counsel = {**FRIEND, "side": "respondent"}
        return life.says(MEDIATOR, "add_party", party=counsel, represents=RESPONDENT, agreed=True)

    def test_answers_nothing_for_them_before_the_second_word(self) -> None:
        life = self.put_there(self.protected().says(MEDIATOR, "request_evidence", of="respondent"))
        friend = life.case.parties[-1].id
        life.says(friend, "submit_evidence").says(friend, "message")
        assert hearing.unheard(life.case, Side.RESPONDENT) is not None
        assert (life.case.spoke, len(life.case.requests)) == ((CLAIMANT,), 1), "the question waits for whom it was put to"
        life.says(LEAD, "add_party", party={**FRIEND, "side": "respondent"}, represents=RESPONDENT, agreed=True)
        life.says(friend, "submit_evidence")
        assert hearing.unheard(life.case, Side.RESPONDENT) is None

    def test_does_not_use_up_their_appeal(self) -> None:
        pay = OUTCOMES["payment_dispute"]["light"]
        life = self.protected().says(RESPONDENT, "message").says(MEDIATOR, "rule", **pay, relies_on=[]).fire("grace")
        friend = self.put_there(life).case.parties[-1].id
        assert life.refused(friend, "appeal").code == "agreement_missing"
        assert life.says(RESPONDENT, "appeal").case.appellants == (Side.RESPONDENT,)

    def test_nor_does_whoever_one_has_put_on_the_side_itself(self) -> None:
        pay = OUTCOMES["payment_dispute"]["light"]
        life = self.protected().says(RESPONDENT, "message").says(MEDIATOR, "rule", **pay, relies_on=[]).fire("grace")
        life.says(OPS, "add_party", party=SHOP_2)
        assert life.refused("pty_shop2", "appeal").code == "change_unconfirmed"
        life.says(LEAD, "add_party", party=SHOP_2)
        assert life.says("pty_shop2", "appeal").case.appellants == (Side.RESPONDENT,)

    def test_does_not_read_what_was_told_to_the_desk_before_the_second_word(self) -> None:
        life = a_payment().says(MEDIATOR, "add_party", party=FRIEND, represents=CLAIMANT, agreed=True)
        friend = life.case.parties[-1].id
        life.says(CLAIMANT, "message", to="desk")
        assert friend not in {n.recipient for _, n in life.last.notices}
        read = "message_sent"
        assert read not in {r.fact.type for r in life.recordings if visible(life.case, r, life.actor(friend))}
        life.says(LEAD, "add_party", party=FRIEND, represents=CLAIMANT, agreed=True)
        assert read in {r.fact.type for r in life.recordings if visible(life.case, r, life.actor(friend))}

    def test_is_not_hit_by_a_ruling(self) -> None:
        life = self.protected().says(RESPONDENT, "message")
        life.says(MEDIATOR, "replace_party", party=RESPONDENT, by_party=SHOP_2, reasons="It was sold.")
        life.says(LEAD, "replace_party", party=RESPONDENT, by_party=SHOP_2)
        assert life.case.seated == (), "who had spoken is replaced by two"
        life = self.protected().says(MEDIATOR, "replace_party", party=RESPONDENT, by_party=SHOP_2)
        life.says("pty_shop2", "message")
        ruling = {**OUTCOMES["payment_dispute"]["light"], "relies_on": []}
        assert life.refused(MEDIATOR, "rule", **ruling).code == "change_unconfirmed"
        life.says(LEAD, "replace_party", party=RESPONDENT, by_party=SHOP_2)
        assert life.says(MEDIATOR, "rule", **ruling).case.ruling is not None

    def suspends(self, life: Life, who: str) -> str | None:
        try:
            life.says(who, "impose_interim", measure="suspend", reasons="Until it is decided.")
        except Refusal as refusal:
            return refusal.code
        return life.case.interim[-1].remedy.party

    def test_is_hit_by_a_measure_of_somebody_else_alone(self) -> None:
        sitter = {"side": "respondent", "ref": "sitter"}
        for who, comes_to in ((MEDIATOR, "change_unconfirmed"), (MEDIATOR_2, None)):
            life = (
                a_case("conduct_report").without_respondent().in_review(owner=MEDIATOR).says(MEDIATOR, "add_party", party=sitter)
            )
            if who == MEDIATOR_2:
                life.says(OPS, "assign", owner=MEDIATOR_2)
            assert self.suspends(life, who) == comes_to
        life = a_case("conduct_report").in_review().says(MEDIATOR, "add_party", party=sitter)
        assert self.suspends(life, MEDIATOR) == RESPONDENT, "whom the report names is held off at once"

    @given(
        st.lists(
            st.sampled_from(
                [
                    (CLAIMANT, "message", {"to": "desk"}),
                    (CLAIMANT, "message", {}),
                    (CLAIMANT, "submit_evidence", {"to": "desk"}),
                    (CLAIMANT, "withdraw", {"reasons": "He waits for me."}),
                    (CLAIMANT, "withdraw", {"revoke": True}),
                    (MEDIATOR, "message", {"to": "claimant"}),
                ]
            ),
            max_size=6,
        ),
        st.sampled_from(["principal", "representative"]),
        st.integers(0, 6),
    )
    def test_learns_nothing_of_what_is_between_that_side_and_the_desk(
        self, steps: list[tuple[str, str, dict[str, Any]]], role: str, comes_after: int
    ) -> None:
        """Directive 2012/29/EU, article 21: whoever one of the team has put beside a victim reads nothing of it, old or new."""
        life = a_case("safety_incident").that_protects().with_terms(words="desk").in_review()
        spy: dict[str, Any] = {"party": {"side": "claimant", "role": role, "ref": "spy"}, "sees_from": "start"}
        spy |= {"represents": CLAIMANT, "agreed": True} if role == "representative" else {}
        for who, what, fields in (*steps[:comes_after], (MEDIATOR, "add_party", spy), *steps[comes_after:]):
            with suppress(Refusal):
                life.says(who, what, **fields)
        words = ("message_sent", "evidence_submitted", "withdrawal_requested", "withdrawal_overtaken")
        assert [
            r.fact.type for r in life.recordings if visible(life.case, r, life.actor("pty_spy")) and r.fact.type in words
        ] == []
        assert {n.event for n in life.notices_for("pty_spy")} <= {"party_added"}
        seen = life.seen_by("pty_spy")
        assert (seen.caucus, seen.withdrawal) == ((), None)
        for who in (LEAD, LEAD_2):
            with suppress(Refusal):
                life.says(who, "add_party", **spy)
        shown = [r.fact for r in life.recordings if not said_alone(r.fact)]
        said = [fact.type for fact in shown if fact.type in ("message_sent", "evidence_submitted")]
        read = [r.fact.type for r in life.recordings if visible(life.case, r, life.actor("pty_spy"))]
        assert [one for one in read if one in ("message_sent", "evidence_submitted")] == said

    def test_reads_what_the_desk_writes_where_nobody_else_is_left_on_the_side(self) -> None:
        life = self.protected().says(MEDIATOR, "replace_party", party=RESPONDENT, by_party=SHOP_2)
        life.says(MEDIATOR, "message", to="respondent")
        assert "pty_shop2" in {n.recipient for _, n in life.last.notices}
