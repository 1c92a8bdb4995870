"""Taking a report back ends nobody's protection: what a pack says, who answers, what stays, and who learns of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from domain.model.people import Actor
from domain.rules.evolve import fold
from domain.rules.interim import ends_at
from domain.views.case import visible
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    JUNIOR,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    MEDIATOR_3,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
)
from tests.support.other_cases import joined

DAY = timedelta(days=1)
PROTECTIVE = ("safety_incident", "conduct_report", "fraud_report")
MEASURE = {"safety_incident": "suspend", "conduct_report": "suspend", "fraud_report": "payout_freeze"}


def asked(kind: str = "safety_incident", **terms: Any) -> Life:
    life = a_case(kind).with_terms(**terms) if terms else a_case(kind)
    return life.with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness").in_review()


def suspended() -> Life:
    life = asked().says(MEDIATOR, "impose_interim", measure="suspend", reasons="There is danger.")
    return life.says(MEDIATOR, "impose_interim", measure="cancel_bookings", reasons="Two are next week.")


def types(life: Life) -> list[str]:
    return [recording.fact.type for recording in life.last.recordings]


class TestWhatAPackSays:
    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_where_people_are_protected_the_team_is_asked(self, kind: str) -> None:
        life = a_case(kind).in_review().says(CLAIMANT, "withdraw")
        assert (life.case.phase, types(life)) == (Phase.REVIEW, ["withdrawal_requested"])

    @pytest.mark.parametrize("kind", ["bounty_dispute", "payment_dispute"])
    def test_where_it_is_the_claimants_alone_it_ends(self, kind: str) -> None:
        assert a_case(kind).in_review().says(CLAIMANT, "withdraw").case.outcome is Outcome.WITHDRAWN

    def test_where_it_never_can_be_it_is_refused_with_what_to_do(self) -> None:
        refusal = asked(withdrawal="never").refused(CLAIMANT, "withdraw")
        assert (refusal.code, refusal.fields["because"]) == ("not_withdrawable", "not_in_kind")
        assert "write to the desk" in refusal.detail

    def test_terms_of_before_mean_what_they_always_meant(self) -> None:
        assert "withdrawal" not in a_case("bounty_dispute").in_review().case.terms.model_dump(exclude_defaults=True)


class TestARequest:
    def test_changes_nothing_that_was_asked_imposed_or_drafted(self) -> None:
        life = suspended().says(MEDIATOR, "request_evidence", of="respondent")
        before = life.case
        after = life.says(CLAIMANT, "withdraw").case
        same = ("phase", "interim", "effects", "requests", "ruling", "owner", "queue", "waiting_on", "rights", "heard")
        assert [name for name in same if getattr(before, name) != getattr(after, name)] == []

    def test_is_refused_while_one_waits(self) -> None:
        assert asked().says(CLAIMANT, "withdraw").refused(AGENT, "withdraw").code == "withdrawal_pending"

    def test_can_come_again_after_the_matter_was_told(self) -> None:
        life = asked(procedure=(), root_cause_needed=False).says(CLAIMANT, "withdraw").ruled("light").fire("grace")
        assert life.case.withdrawal is None
        life.later(20 * DAY).says(OPS, "reopen").says(CLAIMANT, "withdraw")
        assert life.case.withdrawal is not None

    def test_comes_before_the_owner_and_whoever_asked_hears_that_it_arrived(self) -> None:
        told = {n.recipient: n.event for _, n in asked().says(CLAIMANT, "withdraw").last.notices}
        assert told == {MEDIATOR: "withdrawal_requested", CLAIMANT: "withdrawal_requested", AGENT: "withdrawal_requested"}

    def test_of_a_case_that_nobody_has_comes_before_the_leads(self) -> None:
        life = a_case("safety_incident").in_intake().says(CLAIMANT, "withdraw")
        assert "role:leads" in {n.recipient for _, n in life.last.notices}

    def test_that_nobody_answers_is_escalated(self) -> None:
        life = asked().says(MEDIATOR, "message").says(CLAIMANT, "withdraw").later(DAY)
        assert "withdrawal" in {x.clock for x in life.facts if isinstance(x, f.LevelReached) and x.action == "escalate"}

    def test_in_the_grace_is_overtaken_by_the_ruling_that_protects_somebody(self) -> None:
        life = a_case("conduct_report").with_terms(procedure=(), hear=()).ruled("light").says(CLAIMANT, "withdraw").fire("grace")
        assert types(life)[:4] == ["level_reached", "withdrawal_overtaken", "case_disclosed", "ruling_issued"]
        assert [s.voided_at for s in life.case.sanctions] == [None]

    def test_of_one_of_several_reporters_ends_it_for_nobody_else(self) -> None:
        life = joined("bounty_dispute").says(CLAIMANT, "withdraw")
        assert life.case.phase is Phase.REVIEW
        assert life.refused(MEDIATOR, "accept_withdrawal").code == "others_reported"
        assert life.says(MEDIATOR, "continue_of_office").case.of_office is not None


class TestWhoeverVoicedIt:
    """A wish is of who voiced it, and of whom they spoke for: it does not outlive that."""

    GUARDIAN = {"side": "claimant", "role": "representative", "ref": "guardian"}

    def voiced(self, by: str = "pty_guardian") -> Life:
        life = a_case("safety_incident").under_age(CLAIMANT).in_review()
        if by == "pty_guardian":
            life.says(MEDIATOR, "add_party", party=self.GUARDIAN, agreed=True)
            # Seated by one of the team alone, they voice no wish that somebody could grant.
            assert life.refused(by, "withdraw").code == "agreement_missing"
            life.says(LEAD, "add_party", party=self.GUARDIAN, agreed=True)
        return life.says(by, "withdraw")

    def test_who_speaks_for_nobody_any_more_is_not_waited_for(self) -> None:
        life = self.voiced()
        for who in (LEAD, OPS):
            life.says(who, "remove_party", party="pty_guardian", reason="mistaken", reasons="She is no aunt of his.")
        assert (types(life)[-1], life.case.withdrawal) == ("withdrawal_overtaken", None)
        assert (MEDIATOR, "withdrawal_overtaken:left") in {(n.recipient, n.event) for _, n in life.last.notices}

    def test_nor_whose_place_another_has(self) -> None:
        other = {**self.GUARDIAN, "ref": "office"}
        life = self.voiced().says(PLATFORM, "replace_party", party="pty_guardian", by_party=other, agreed=True)
        assert ("withdrawal_overtaken" in types(life), life.case.withdrawal) == (True, None)
        assert (MEDIATOR, "withdrawal_overtaken:left") in {(n.recipient, n.event) for _, n in life.last.notices}

    def test_what_a_guardian_says_who_came_since_has_to_be_read(self) -> None:
        life = self.voiced(CLAIMANT).says(MEDIATOR, "add_party", party=self.GUARDIAN, agreed=True)
        life.says("pty_guardian", "message", text="No, she wants this looked at.")
        assert life.refused(MEDIATOR, "accept_withdrawal", reasons="She wants it.").code == "not_seen"

    def test_whoever_took_such_a_wish_back_is_read_before_another_one_is_granted(self) -> None:
        life = self.voiced().says(CLAIMANT, "withdraw", revoke=True)
        told = {(n.recipient, n.event) for _, n in life.last.notices}
        assert told == {(MEDIATOR, "withdrawal_overtaken:revoked")}, "whoever wished it does not learn that the child did"
        life.says("pty_guardian", "withdraw")
        refusal = life.refused(MEDIATOR, "accept_withdrawal", reasons="The guardian wants it.")
        assert refusal.code == "not_seen"
        life.says(MEDIATOR, "accept_withdrawal", reasons="She has told us so.", seen=refusal.fields["since"])
        assert fold(life.case_id, life.recordings) == life.case

    @pytest.mark.parametrize("way", ["disclose", "request_evidence"])
    def test_while_it_waits_whoever_is_reported_is_told_nothing(self, way: str) -> None:
        """Who reported it may be afraid of them."""
        fields = {"of": "respondent"} if way == "request_evidence" else {}
        life = a_case("safety_incident").that_protects().in_review().says(CLAIMANT, "withdraw")
        assert life.refused(MEDIATOR, way, **fields).code == "withdrawal_pending"
        assert life.says(MEDIATOR, "continue_of_office").says(MEDIATOR, way, **fields).case.is_disclosed


class TestOfAnAppeal:
    """A thief with the account takes the appeal back, and so does somebody who is afraid: the team looks first."""

    def appealed(self, kind: str = "safety_incident", measure: bool = True, by: str = CLAIMANT) -> Life:
        life = a_case(kind).with_terms(procedure=(), hear=(), root_cause_needed=False, worse_on_appeal=True, late=False)
        life.in_review().disclosed()
        ends = {"safety_incident": "duty_of_care", "conduct_report": "insult", "fraud_report": "no_fraud"}
        outcome = {"safety_incident": "unsubstantiated", "conduct_report": "no_violation", "fraud_report": "false_positive"}
        life.says(MEDIATOR, "rule", **(dict(OUTCOMES[kind]["light"]) if by == RESPONDENT else
                  {"outcome": outcome[kind], "ground": ends[kind]}))  # fmt: skip
        life = life.says(LEAD, "approve") if life.case.phase is Phase.APPROVAL else life
        life.fire("grace").says(by, "appeal").says(LEAD_2, "take")
        return life.says(LEAD_2, "impose_interim", measure=MEASURE[kind], reasons="He was there.") if measure else life

    @pytest.mark.parametrize("measure", [True, False])
    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_it_is_a_question_to_the_team_and_nothing_ends(self, kind: str, measure: bool) -> None:
        life = self.appealed(kind, measure).says(CLAIMANT, "withdraw", reasons="I am afraid.")
        assert types(life) == ["withdrawal_requested", "withdrawal_explained"]
        assert (life.case.phase, life.case.appellants, len(life.case.interim)) == (Phase.APPEAL, (Side.CLAIMANT,), int(measure))
        assert {n.recipient for _, n in life.last.notices} == {CLAIMANT, LEAD_2}

    def test_also_over_a_draft_that_would_change_what_was_decided(self) -> None:
        life = self.appealed(measure=False)
        life.says(LEAD_2, "decide_appeal", decision="overturn", **OUTCOMES["safety_incident"]["light"]).says(CLAIMANT, "withdraw")
        assert types(life) == ["withdrawal_requested"]
        assert types(life.fire("grace"))[:3] == ["level_reached", "withdrawal_overtaken", "ruling_issued"]

    def test_accepted_the_ruling_stands_and_each_measure_is_named(self) -> None:
        life = self.appealed().says(CLAIMANT, "withdraw")
        assert life.refused(LEAD_2, "accept_withdrawal").code == "measures_unnamed"
        until = (life.now + 30 * DAY).isoformat()
        said = {"stays": ["suspend"], "until": until}
        assert life.refused(LEAD_2, "accept_withdrawal", **said).fields["because"] == "one_person", "it is theirs"
        life.says(LEAD, "accept_withdrawal", **said)
        assert types(life)[:3] == ["withdrawal_accepted", "interim_kept", "appeal_withdrawn"]
        assert (life.case.outcome, len(life.case.interim)) == (Outcome.RULED, 1)

    def test_what_is_said_since_has_to_be_read(self) -> None:
        life = self.appealed(measure=False).says(CLAIMANT, "withdraw").says(CLAIMANT, "message", text="He made me.")
        assert life.refused(LEAD_2, "accept_withdrawal", reasons="As you wish.").code == "not_seen"

    def test_gone_on_with_it_is_the_platforms(self) -> None:
        life = self.appealed().says(CLAIMANT, "withdraw").says(LEAD_2, "continue_of_office")
        assert (life.case.of_office is not None, life.case.appellants) == (True, (Side.CLAIMANT,))
        assert life.refused(CLAIMANT, "withdraw").code == "of_office"
        assert life.says(PLATFORM, "withdraw").case.outcome is Outcome.RULED, "the platform's own is its own"

    def test_of_the_accused_is_theirs_unless_a_measure_would_end_with_it(self) -> None:
        assert "appeal_withdrawn" in types(self.appealed(measure=False, by=RESPONDENT).says(RESPONDENT, "withdraw"))
        life = self.appealed(by=RESPONDENT)
        seen = life.seen_by(CLAIMANT)
        life.says(RESPONDENT, "withdraw")
        assert types(life) == ["withdrawal_requested"]
        assert life.seen_by(CLAIMANT) == seen
        assert [n.recipient for _, n in life.last.notices if n.audience == "respondent"] == [RESPONDENT]

    def test_of_the_accused_while_the_other_side_appeals_too_waits_for_nothing_and_tells_of_no_wish(self) -> None:
        """No measure ends with it, and the refusal would have told them that whoever reported wants to give up."""
        life = a_case("safety_incident").with_terms(procedure=(), hear=(), root_cause_needed=False, late=False)
        life.in_review().disclosed().says(MEDIATOR, "rule", outcome="partly_substantiated", ground="duty_of_care",
                                          remedies=[{"type": "warn", "to": "respondent"}])  # fmt: skip
        life.fire("grace").says(RESPONDENT, "appeal").says(CLAIMANT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "impose_interim", measure="suspend", reasons="He was there.").says(CLAIMANT, "withdraw")
        wish = life.case.withdrawal
        life.says(RESPONDENT, "withdraw")
        assert types(life) == ["appeal_withdrawn"]
        assert (life.case.appellants, life.case.withdrawal, len(life.case.interim)) == ((Side.CLAIMANT,), wish, 1)

    def test_is_over_where_the_ruling_is_set_aside(self) -> None:
        life = self.appealed(measure=False).says(CLAIMANT, "withdraw").says(OPS, "annul", reason="procedural_fault")
        assert types(life)[0] == "withdrawal_overtaken"
        assert life.case.withdrawal is None


class TestTheOtherSide:
    @pytest.mark.parametrize("answer", [None, "continue_of_office"])
    def test_learns_nothing_of_it(self, answer: str | None) -> None:
        life = suspended().disclosed()
        seen = {who: life.seen_by(who) for who in (RESPONDENT, WITNESS)}
        life.says(CLAIMANT, "withdraw", reasons="He came to my house.")
        if answer is not None:
            life.says(MEDIATOR, answer)
        assert {who: life.seen_by(who) for who in seen} == seen
        told = {n.event for _, n in life.notices if n.audience == "respondent"}
        assert told == {"case_disclosed", "interim_imposed"}
        hidden = {"withdrawal_requested", "continued_of_office"}
        known = {r.fact.type for r in life.recordings for who in seen if visible(life.case, r, life.actor(who))}
        assert not hidden & known

    def test_does_not_read_what_was_written_with_it_when_it_ends(self) -> None:
        life = asked().disclosed().says(CLAIMANT, "withdraw", reasons="He came to my house.").says(MEDIATOR, "accept_withdrawal")
        (notice,) = (n for _, n in life.last.notices if n.recipient == RESPONDENT)
        assert (notice.event, notice.texts) == ("case_withdrawn", {})
        withdrawn = next(x for x in life.facts if isinstance(x, f.CaseWithdrawn))
        assert withdrawn.reasons is None


class TestWhatWasWrittenWithIt:
    def test_is_read_by_the_team_and_by_whoever_wrote_it_and_by_nobody_else_on_their_side(self) -> None:
        """A guardian, a partner: who presses somebody may stand on their own side."""
        life = asked().says(CLAIMANT, "withdraw", reasons="My guardian makes me.")
        (why,) = (r for r in life.last.recordings if r.fact.type == "withdrawal_explained")
        readers = (MEDIATOR, CLAIMANT, AGENT, PLATFORM, RESPONDENT, WITNESS)
        assert [who for who in readers if visible(life.case, why, life.actor(who))] == [MEDIATOR, CLAIMANT]
        assert {n.recipient for _, n in life.last.notices if n.texts} == {MEDIATOR}


class TestOwnMoney:
    """Whoever took back a report about their own money keeps their appeal, though the case goes on of office."""

    def lost(self, **report: Any) -> Life:
        life = a_case("fraud_report", **report).in_review().says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        return life.says(MEDIATOR, "rule", outcome="false_positive", ground="no_fraud").fire("grace")

    def test_appeals_where_it_is_their_money_and_stands_by_the_report_again(self) -> None:
        life = self.lost(amount={"amount": 40_000, "currency": "USD"})
        assert life.notices_for(CLAIMANT)[-1].data["right"] == {"allowed": True, "because": "lost_something"}
        life.says(CLAIMANT, "appeal")
        assert (life.case.phase, life.case.of_office) == (Phase.APPEAL, None)
        life.says(CLAIMANT, "submit_evidence")

    def test_they_are_told_so(self) -> None:
        life = self.lost(amount={"amount": 40_000, "currency": "USD"})
        assert [n.data.get("own_money") for n in life.notices_for(CLAIMANT) if n.event == "continued_of_office"] == [True]

    def test_not_where_no_money_is_theirs(self) -> None:
        life = self.lost(amount=None)
        assert life.notices_for(CLAIMANT)[-1].data["right"]["because"] == "of_office"
        assert life.refused(CLAIMANT, "appeal").code == "of_office"

    def test_beside_the_platforms_it_is_theirs_from_then_on(self) -> None:
        life = self.lost(amount={"amount": 40_000, "currency": "USD"}).says(PLATFORM, "appeal").says(CLAIMANT, "appeal")
        assert (life.case.phase, life.case.of_office, life.case.appellants) == (Phase.APPEAL, None, (Side.CLAIMANT,))
        assert life.refused(PLATFORM, "withdraw").code == "not_allowed"
        assert life.refused(CLAIMANT, "appeal").code == "no_right_to_appeal"

    def test_the_platform_gives_up_its_own_and_not_theirs(self) -> None:
        life = self.lost(amount={"amount": 40_000, "currency": "USD"}).says(PLATFORM, "appeal").says(PLATFORM, "withdraw")
        assert (life.case.phase, life.case.of_office is not None) == (Phase.APPEALABLE, True)
        assert [n.data.get("own_money") for n in life.notices_for(CLAIMANT) if n.event == "appeal_withdrawn"] == [True]
        assert life.refused(PLATFORM, "appeal").fields["because"] == "already_used"
        assert life.says(CLAIMANT, "appeal").case.of_office is None

    def test_the_platform_keeps_its_own(self) -> None:
        assert self.lost(amount={"amount": 40_000, "currency": "USD"}).says(PLATFORM, "appeal").case.phase is Phase.APPEAL


class TestAccepting:
    def test_whoever_was_never_told_is_not_told_now(self) -> None:
        life = a_case("fraud_report").that_protects().in_review().says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        assert life.notices_for(RESPONDENT) == ()
        assert life.notices_for(CLAIMANT)[-1].data["disclosed"] is False

    def test_names_every_measure_in_force(self) -> None:
        life = suspended().says(CLAIMANT, "withdraw")
        until = (life.now + DAY).isoformat()
        for said in ({}, {"ends": ["suspend"]}, {"ends": ["suspend", "cancel_bookings"], "stays": ["suspend"]}):
            assert life.refused(MEDIATOR, "accept_withdrawal", until=until, **said).code == "measures_unnamed"
        assert life.refused(MEDIATOR, "accept_withdrawal", ends=["nonsense"]).code == "interim_unknown"

    def test_a_measure_that_stays_outlives_the_case_and_ends_on_its_day(self) -> None:
        life = suspended().disclosed().says(CLAIMANT, "withdraw")
        until = life.now + 30 * DAY
        said = {"stays": ["suspend"], "ends": ["cancel_bookings"], "until": until.isoformat()}
        refusal = life.refused(MEDIATOR, "accept_withdrawal", **said)
        # To stay is to be prolonged: not by whoever imposed it, also where whoever it hits knows of the case.
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        life.says(LEAD, "accept_withdrawal", **said)
        assert [i.remedy.type for i in life.case.interim] == ["suspend"]
        assert [e.remedy.type for e in life.case.effects_in_force] == ["suspend"]
        (notice,) = (n for _, n in life.last.notices if n.recipient == RESPONDENT)
        assert (notice.data["measures"][0]["type"], notice.data["to_at"]) == ("suspend", until.isoformat())
        (own,) = (n for _, n in life.last.notices if n.recipient == CLAIMANT)
        assert "measures" not in own.data
        life.later(31 * DAY)
        assert (life.case.interim, life.case.effects_in_force) == ((), ())

    def test_a_measure_that_stays_can_be_lifted_before(self) -> None:
        life = suspended().says(CLAIMANT, "withdraw")
        names = ["suspend", "cancel_bookings"]
        life.says(LEAD, "accept_withdrawal", stays=names, until=(life.now + 30 * DAY).isoformat())
        life.says(LEAD, "review_interim", decision="lift", reasons="The lead was mended.")
        assert (life.case.interim, life.case.timetable) == ((), ())

    @pytest.mark.parametrize("by", [RESPONDENT, MEDIATOR])
    def test_while_it_waits_the_claimant_settles_nothing(self, by: str) -> None:
        """Whoever is pressed to take a report back could be pressed to this as well."""
        offer = {"remedy": "payout", "amount": {"amount": 1, "currency": "USD"}}
        life = a_case("bounty_dispute").with_terms(withdrawal="asks").in_review().says(by, "offer", **offer)
        life.says(CLAIMANT, "withdraw")
        assert life.refused(CLAIMANT, "accept_offer").code == "withdrawal_pending"
        assert life.refused(CLAIMANT, "offer", **offer).code == "withdrawal_pending"
        life.says(CLAIMANT, "decline_offer").says(RESPONDENT, "offer", **offer)
        assert life.says(MEDIATOR, "continue_of_office", reasons="We look at it.").case.open

    def kept_and_reopened(self, days: int) -> tuple[Life, datetime]:
        life = asked("conduct_report").says(MEDIATOR, "impose_interim", measure="suspend", reasons="It goes on.")
        until = life.says(CLAIMANT, "withdraw").now + days * DAY
        life.says(LEAD, "accept_withdrawal", stays=["suspend"], until=until.isoformat())
        life.says(OPS, "reopen", reason="pressed").says(OPS, "assign", owner=MEDIATOR)
        assert fold(life.case_id, life.recordings) == life.case
        return life, until

    def test_a_measure_that_stays_keeps_its_day_when_the_case_is_taken_up_again(self) -> None:
        life, until = self.kept_and_reopened(24)
        assert ends_at(life.case, life.case.interim[0]) == until
        life.later(until - life.now - DAY)
        assert [i.remedy.type for i in life.case.interim] == ["suspend"]
        assert "interim_review" in {fired.clock for fired in life.facts if fired.type == "level_reached"}
        life.later(2 * DAY)
        assert (life.case.interim, life.case.effects_in_force) == ((), ())

    def test_and_is_one_like_every_other_where_its_day_comes_first_or_somebody_keeps_it(self) -> None:
        life, until = self.kept_and_reopened(2)
        reviewed_until = ends_at(life.case, life.case.interim[0])
        assert reviewed_until is not None
        assert reviewed_until > until
        life.later(reviewed_until - life.now - DAY)
        assert [i.kept_until for i in life.case.interim] == [None]
        assert life.later(2 * DAY).case.interim == ()

    def test_a_review_after_its_clock_ran_out_gives_it_a_new_time(self) -> None:
        life, until = self.kept_and_reopened(24)
        life.later(until - life.now - DAY).says(LEAD, "review_interim", decision="keep", reasons="It goes on.")
        assert [i.remedy.type for i in life.later(3 * DAY).case.interim] == ["suspend"]
        assert life.later(16 * DAY).case.interim == ()

    def test_what_is_imposed_beside_it_lapses_by_itself_all_the_same(self) -> None:
        life, _ = self.kept_and_reopened(24)
        life.later(18 * DAY).says(MEDIATOR, "impose_interim", measure="no_contact", told="Keep away.", reasons="Now.")
        assert "interim_review" in {row.clock for row in life.case.timetable}
        lapse_at = ends_at(life.case, life.case.interim[1])
        assert lapse_at is not None
        assert life.later(lapse_at - life.now).case.interim == ()

    def test_and_it_ends_with_the_case_that_was_taken_up_again(self) -> None:
        life, _ = self.kept_and_reopened(24)
        assert life.says(OPS, "close", reason="resolved", ends=["suspend"]).case.interim == ()

    @pytest.mark.parametrize(
        ("until", "because"), [(None, "missing"), (-DAY, "past"), (timedelta(minutes=1), "too_soon"), (91 * DAY, "too_far")]
    )
    def test_a_measure_stays_until_a_day_that_makes_sense(self, until: timedelta | None, because: str) -> None:
        life = suspended().says(CLAIMANT, "withdraw")
        said = {"until": (life.now + until).isoformat()} if until is not None else {}
        refusal = life.refused(MEDIATOR, "accept_withdrawal", stays=["suspend", "cancel_bookings"], **said)
        assert (refusal.code, refusal.fields["because"]) == ("instant_refused", because)

    def test_keeps_what_was_final_before_the_case_was_taken_up_again(self) -> None:
        life = a_case("conduct_report").with_terms(procedure=(), hear=()).closed().says(OPS, "reopen")
        before = life.case.effects_in_force
        life.says(CLAIMANT, "withdraw").says(MEDIATOR_2, "take").says(MEDIATOR_2, "accept_withdrawal")
        assert (life.case.phase, life.case.effects_in_force) == (Phase.CLOSED, before)
        assert [s.voided_at for s in life.case.sanctions] == [None]

    def test_keeps_it_where_a_withdrawal_ends_the_case_by_itself_too(self) -> None:
        life = a_case("bounty_dispute").closed().says(OPS, "reopen")
        before = life.case.effects_in_force
        assert before
        assert life.says(CLAIMANT, "withdraw").case.effects_in_force == before


class TestWhatAnEarlierRulingLeft:
    """Sent back on the other side's appeal, the matter is decided afresh; meanwhile whoever was banned stays banned."""

    def remitted(self) -> Life:
        life = a_case("conduct_report").with_terms(procedure=(), hear=()).appeal_ruled("remit").fire("grace")
        assert [e.remedy.type for e in life.case.effects_in_force] == ["warning"]
        return life

    def withdrawn(self) -> Life:
        return self.remitted().says(CLAIMANT, "withdraw").says(MEDIATOR_3, "take")

    def test_is_named_by_whoever_accepts_a_withdrawal(self) -> None:
        refusal = self.withdrawn().refused(MEDIATOR_3, "accept_withdrawal")
        assert (refusal.code, [m["measure"] for m in refusal.fields["measures"]]) == ("measures_unnamed", ["warning"])

    def test_stays_or_ends_with_its_sanction_as_they_say(self) -> None:
        stays = self.withdrawn().says(MEDIATOR_3, "accept_withdrawal", stays=["warning"])
        assert ([e.remedy.type for e in stays.case.effects_in_force], stays.case.phase) == (["warning"], Phase.CLOSED)
        assert [s.voided_at for s in stays.case.sanctions] == [None]
        assert stays.notices_for(RESPONDENT)[-1].data["stands"] is True
        ends = self.withdrawn().says(MEDIATOR_3, "accept_withdrawal", ends=["warning"])
        assert (ends.case.effects_in_force, [s.voided_at is None for s in ends.case.sanctions]) == ((), [False])


class TestGoingOnOfOffice:
    def gone_on(self, kind: str = "fraud_report") -> Life:
        life = a_case(kind).with_terms(procedure=(), root_cause_needed=False, hear=()).in_review()
        life.says(MEDIATOR, "request_evidence", of="claimant").says(CLAIMANT, "withdraw")
        return life.says(MEDIATOR, "continue_of_office")

    def test_asks_nothing_of_whoever_reported_it(self) -> None:
        life = self.gone_on()
        assert not life.case.requests
        assert "claimant_response" not in {row.clock for row in life.case.timetable}
        assert life.refused(MEDIATOR, "request_evidence", of="claimant").code == "of_office"
        assert life.says(MEDIATOR, "request_evidence", of="respondent").case.requests

    def test_lets_them_speak_and_nothing_else(self) -> None:
        life = self.gone_on().says(CLAIMANT, "message").says(CLAIMANT, "submit_evidence")
        assert life.refused(CLAIMANT, "withdraw").code == "of_office"
        allowed = {a.command for a in life.seen_by(CLAIMANT).actions if a.allowed}
        assert allowed == {"message", "submit_evidence"}

    def test_tells_them_how_it_ends_and_leaves_the_appeal_to_the_platform(self) -> None:
        life = self.gone_on().says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"]).fire("grace")
        told = {n.recipient: n.data for _, n in life.last.notices if n.event == "ruling_issued"}
        assert told[CLAIMANT]["right"] == {"allowed": False, "because": "of_office"}
        assert told[PLATFORM if PLATFORM in told else "platform"]["right"]["allowed"]
        assert "due_at" not in told[CLAIMANT]
        assert life.refused(CLAIMANT, "appeal").code == "of_office"
        assert life.says(PLATFORM, "appeal").case.appellants == (Side.CLAIMANT,)
        assert life.seen_by(CLAIMANT).rights[0].because == "of_office"

    def remitted(self, life: Life, appellant: str) -> Life:
        life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"]).fire("grace").says(appellant, "appeal")
        return life.says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="remit").fire("grace")

    def test_lets_the_platform_give_up_what_its_appeal_has_led_to(self) -> None:
        life = self.remitted(self.gone_on(), PLATFORM)
        assert life.case.phase is Phase.REVIEW
        life.says(PLATFORM, "withdraw")
        assert (life.case.phase, types(life)[0]) == (Phase.APPEALABLE if life.case.open else Phase.CLOSED, "appeal_withdrawn")
        assert life.case.rights == () or not any(right.allowed for right in life.case.rights if right.side is Side.CLAIMANT)

    def test_and_not_what_somebody_else_had_begun(self) -> None:
        life = a_case("fraud_report").with_terms(procedure=(), root_cause_needed=False, hear=()).in_review()
        life = self.remitted(life, CLAIMANT).says(CLAIMANT, "withdraw").says(MEDIATOR_3, "take")
        life.says(MEDIATOR_3, "continue_of_office")
        assert life.refused(PLATFORM, "withdraw").fields["because"] == "of_office"

    def test_lets_the_platform_take_back_its_appeal_and_not_the_report(self) -> None:
        life = self.gone_on()
        assert life.refused(PLATFORM, "withdraw").fields["because"] == "of_office"
        life.says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"]).fire("grace").says(PLATFORM, "appeal")
        assert life.says(PLATFORM, "withdraw").case.outcome is Outcome.RULED

    def test_the_other_side_appeals_as_ever(self) -> None:
        life = self.gone_on().says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["light"]).fire("grace")
        assert life.says(RESPONDENT, "appeal").says(LEAD_2, "take").case.appellants == (Side.RESPONDENT,)


class TestNobodyGetsRoundIt:
    def test_closing_and_declining_name_the_measures_as_accepting_does(self) -> None:
        life = (
            a_case("safety_incident")
            .in_review()
            .says(MEDIATOR, "impose_interim", measure="suspend", reasons="He hits.")
            .says(CLAIMANT, "withdraw")
        )
        assert life.refused(OPS, "close", outcome="expired").code == "withdrawal_pending"
        refusal = life.refused(MEDIATOR, "review_interim", decision="lift", reasons="Nothing is left of it.")
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        life.says(OPS, "assign", owner=MEDIATOR_2).says(MEDIATOR_2, "review_interim", decision="lift", reasons="So it is.")
        assert life.refused(OPS, "close", outcome="expired").code == "withdrawal_pending"

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_a_measure_ends_by_nobody_who_does_not_name_it(self, kind: str) -> None:
        life = a_case(kind).in_review().says(MEDIATOR, "impose_interim", measure=MEASURE[kind], reasons="He hits.")
        assert life.refused(OPS, "close").code == "measures_unnamed"
        until = (life.now + 7 * DAY).isoformat()
        assert len(life.says(OPS, "close", stays=[MEASURE[kind]], until=until).case.interim) == 1
        other = a_case(kind).in_intake().says(LEAD, "impose_interim", measure=MEASURE[kind], reasons="He hits.")
        assert other.refused(LEAD, "decline").code == "measures_unnamed"
        assert other.says(LEAD, "decline", ends=[MEASURE[kind]]).case.interim == ()

    @pytest.mark.parametrize("kind", PROTECTIVE)
    @pytest.mark.parametrize("who", [MEDIATOR, LEAD, Actor(id="per_report", role="ops", manager=LEAD)])
    def test_nobody_keeps_alone_what_hits_somebody_who_knows_of_no_case(self, kind: str, who: str | Actor) -> None:
        """Nor in a report that is turned away: European Convention on Human Rights, article 6(3)(a)."""
        life = a_case(kind).in_intake()
        life.says(LEAD, "impose_interim", measure=MEASURE[kind], reasons="He hits.", told="Wait.")
        stays = {"stays": [MEASURE[kind]], "until": (life.now + 30 * DAY).isoformat()}
        for one in (LEAD, LEAD_2):
            refusal = life.refused(one, "decline", **stays)
            assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "not_disclosed")
        life.says(CLAIMANT, "withdraw")
        refusal = life.refused(who, "accept_withdrawal", **stays)
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        life.says(LEAD_2, "accept_withdrawal", **stays)
        (letter,) = (n for _, n in life.last.notices if n.recipient == RESPONDENT)
        assert (letter.event, letter.data["due_at"]) == ("interim_kept", stays["until"])

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_closed_with_a_measure_that_stays_who_knows_of_the_case_hears_until_when_too(self, kind: str) -> None:
        life = a_case(kind).in_review().disclosed()
        life.says(MEDIATOR, "impose_interim", measure=MEASURE[kind], reasons="He hits.")
        until = (life.now + 30 * DAY).isoformat()
        life.says(OPS, "close", stays=[MEASURE[kind]], until=until)
        told = {n.recipient: n.data for _, n in life.last.notices if n.event == "case_closed"}
        assert told[RESPONDENT]["to_at"] == until
        assert [m["type"] for m in told[RESPONDENT]["measures"]] == [MEASURE[kind]]
        assert "measures" not in told[CLAIMANT]

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_closed_with_a_measure_that_stays_whom_it_hits_hears_until_when(self, kind: str) -> None:
        life = a_case(kind).in_review()
        life.says(MEDIATOR, "impose_interim", measure=MEASURE[kind], reasons="He hits.", told="Wait.")
        life.says(OPS, "close", stays=[MEASURE[kind]], until=(life.now + 30 * DAY).isoformat())
        assert [n.event for _, n in life.last.notices if n.recipient == RESPONDENT] == ["interim_kept"]

    def test_what_goes_on_of_office_is_ended_by_a_ruling(self) -> None:
        """One person goes on, and another one ends it a minute later: nobody would have looked."""
        life = suspended().says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        refusal = life.refused(OPS, "close", ends=["suspend", "cancel_bookings"])
        assert (refusal.code, refusal.fields["because"]) == ("not_withdrawable", "of_office")


class TestWhatOnePersonFound:
    """Found, and asked to be forgotten a minute later: another one looks. Istanbul Convention, articles 53 and 55(1)."""

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_whoever_imposed_a_measure_does_not_end_it_by_granting_the_wish(self, kind: str) -> None:
        life = a_case(kind).in_review().says(MEDIATOR, "impose_interim", measure=MEASURE[kind], reasons="He hits.")
        life.says(CLAIMANT, "withdraw")
        refusal = life.refused(MEDIATOR, "accept_withdrawal", ends=[MEASURE[kind]])
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        assert life.refused(MEDIATOR, "review_interim", decision="lift", reasons="So be it.").fields["because"] == "one_person"
        assert life.says(LEAD, "accept_withdrawal", ends=[MEASURE[kind]]).case.interim == ()

    def test_nor_who_reports_to_them(self) -> None:
        life = a_case("safety_incident").in_review().says(MEDIATOR, "impose_interim", measure="suspend", reasons="He hits.")
        life.says(OPS, "assign", owner=JUNIOR).says(CLAIMANT, "withdraw")
        assert life.refused(JUNIOR, "accept_withdrawal", ends=["suspend"]).fields["because"] == "one_person"

    def test_going_on_of_office_is_theirs(self) -> None:
        life = a_case("safety_incident").in_review().says(MEDIATOR, "impose_interim", measure="suspend", reasons="He hits.")
        life.says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        assert life.case.interim

    @pytest.mark.parametrize("what", [{"category": "threats"}, {"priority": "urgent"}])
    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_whoever_has_said_what_it_is_about_does_not_grant_it(self, kind: str, what: dict[str, str]) -> None:
        found = a_case(kind, priority="normal", category="general").in_review()
        life = found.says(LEAD, "retarget", **what, reason="read_again").says(CLAIMANT, "withdraw")
        refusal = life.refused(LEAD, "accept_withdrawal")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "called_it")
        assert fold(life.case_id, life.recordings) == life.case
        assert life.says(MEDIATOR, "accept_withdrawal").case.phase is Phase.CLOSED

    def test_nor_whoever_has_found_a_child(self) -> None:
        life = a_case("payment_dispute").in_review().says(LEAD, "retarget", minors=[CLAIMANT], reason="they_say_so")
        life.says(CLAIMANT, "withdraw")
        assert life.refused(LEAD, "accept_withdrawal").fields["because"] == "found_them_young"
        assert life.says(MEDIATOR, "accept_withdrawal").case.phase is Phase.CLOSED

    def test_where_a_withdrawal_closes_nobody_is_asked(self) -> None:
        life = a_case("payment_dispute").in_review().says(OPS, "retarget", category="duplicate", reason="read_again")
        assert life.says(CLAIMANT, "withdraw").case.phase is Phase.CLOSED


class TestGoingBackOnIt:
    def test_whoever_asked_asks_no_more(self) -> None:
        life = suspended().says(CLAIMANT, "withdraw").says(CLAIMANT, "withdraw", revoke=True)
        assert (types(life), life.case.withdrawal) == (["withdrawal_overtaken"], None)
        assert life.refused(MEDIATOR, "accept_withdrawal").code == "no_withdrawal"
        assert life.says(CLAIMANT, "withdraw").case.withdrawal is not None

    def test_is_theirs_whose_report_it_is_and_not_of_whoever_is_beside_them(self) -> None:
        assert suspended().says(AGENT, "withdraw").says(CLAIMANT, "withdraw", revoke=True).case.withdrawal is None
        assert suspended().says(CLAIMANT, "withdraw").refused(AGENT, "withdraw", revoke=True).code == "no_withdrawal"
        assert suspended().refused(CLAIMANT, "withdraw", revoke=True).code == "no_withdrawal"

    def test_by_a_word_has_to_be_read_before_they_are_taken_by_the_first(self) -> None:
        life = asked().says(CLAIMANT, "withdraw").says(CLAIMANT, "message", text="Go on, he forced me.", to="desk")
        refusal = life.refused(MEDIATOR, "accept_withdrawal", reasons="We have talked.")
        assert (refusal.code, refusal.fields["since"]) == ("not_seen", [f"message:{life.case.seq}"])
        since = refusal.fields["since"]
        assert life.refused(MEDIATOR, "accept_withdrawal", seen=since).code == "not_seen", "and a reason is given"
        assert life.says(MEDIATOR, "accept_withdrawal", seen=since, reasons="We have talked.").case.outcome is Outcome.WITHDRAWN

    def test_by_a_child_whose_guardian_asked_counts_as_much(self) -> None:
        life = a_case("safety_incident").under_age(CLAIMANT).with_party(AGENT, "claimant", "representative").in_review()
        life.says(AGENT, "withdraw").says(CLAIMANT, "message", text="I do not want that.", to="desk")
        assert life.refused(MEDIATOR, "accept_withdrawal", reasons="The guardian wants it.").code == "not_seen"


class TestOneOfSeveral:
    def two(self, kind: str = "safety_incident") -> Life:
        life = a_case(kind).with_party("pty_second", "claimant", "principal").in_review()
        return life.says(MEDIATOR, "impose_interim", measure=MEASURE[kind], reasons="He hits.")

    @pytest.mark.parametrize("kind", PROTECTIVE)
    def test_is_asked_about_and_loses_nothing_meanwhile(self, kind: str) -> None:
        life = self.two(kind).says(CLAIMANT, "withdraw", reasons="He stands behind me.")
        assert types(life) == ["withdrawal_requested", "withdrawal_explained"]
        assert life.says(CLAIMANT, "message", to="desk").case.party(CLAIMANT) in life.case.principals(Side.CLAIMANT)

    def test_is_known_to_nobody_beside_them(self) -> None:
        life = self.two().says(CLAIMANT, "withdraw")
        assert {n.recipient for _, n in life.last.notices} == {CLAIMANT, MEDIATOR}
        assert life.seen_by("pty_second").withdrawal is None
        assert not visible(life.case, life.last.recordings[0], life.actor("pty_second"))
        assert life.seen_by(CLAIMANT).withdrawal is not None

    def test_leaves_when_somebody_has_looked_and_every_measure_stays(self) -> None:
        life = self.two().says(CLAIMANT, "withdraw")
        assert life.refused(MEDIATOR, "accept_withdrawal", ends=["suspend"]).code == "others_reported"
        life.says(MEDIATOR, "accept_withdrawal")
        assert types(life) == ["withdrawal_accepted", "party_left"]
        assert (life.case.open, len(life.case.interim)) == (True, 1)

    def test_goes_on_no_more_and_keeps_a_line_to_the_desk(self) -> None:
        life = self.two().says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        assert life.case.of_office is None, "the other one is the claimant"
        assert [p.id for p in life.case.principals(Side.CLAIMANT)] == ["pty_second"]
        assert life.says(CLAIMANT, "message", to="desk").last.recordings
        life.says("pty_second", "withdraw")
        assert life.refused(MEDIATOR, "accept_withdrawal").code == "others_reported", "what the first one reported stays"

    def test_who_was_alone_when_they_asked_leaves_the_others_what_is_theirs(self) -> None:
        life = suspended().says(CLAIMANT, "withdraw")
        life.says(MEDIATOR, "add_party", party={"side": "claimant", "role": "principal", "ref": "late"})
        assert life.says(MEDIATOR, "accept_withdrawal").case.open

    def test_who_is_no_party_any_more_is_not_answered(self) -> None:
        life = (
            self.two()
            .says(CLAIMANT, "withdraw")
            .says(OPS, "replace_party", party=CLAIMANT, by_party={"side": "claimant", "ref": "heir"})
        )
        assert life.case.withdrawal is None

    def test_a_guardian_and_a_child_are_asked_about_in_every_kind(self) -> None:
        for kind in ("payment_dispute", "safety_incident"):
            for who in (CLAIMANT, AGENT):
                life = a_case(kind).under_age(CLAIMANT).with_party("pty_second", "claimant", "principal").in_review()
                guardian = {"side": "claimant", "role": "representative", "ref": "guardian"}
                for one in (MEDIATOR, LEAD):
                    life.says(one, "add_party", party=guardian, represents=CLAIMANT, agreed=True)
                life.says(who if who == CLAIMANT else "pty_guardian", "withdraw")
                assert life.case.withdrawal is not None, (kind, who)
                assert life.says(CLAIMANT, "message").case.open
