"""Interim measures: reversible, before the ruling, looked at again, and gone by themselves when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.commands import Remedy
from domain.model.people import Actor
from domain.model.ruling import Effect
from domain.rules.evolve import fold
from domain.rules.rights import in_force
from domain.views.case import unsaid, visible
from domain.views.explain import clocks_of
from tests.support.cases import (
    CLAIMANT,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    Life,
    a_case,
    digest_of,
    facts_named,
)
from tests.support.clock_readings import after, ahead, at, rows

DAY = timedelta(days=1)
SUSPEND, FREEZE = (Remedy(type=name, to=Side.RESPONDENT) for name in ("suspend", "payout_freeze"))
WANTS_IT = {"outcome": "confirmed", "ground": "stolen_payment", "remedies": [{"type": "suspend", "to": "respondent"}]}
WANTS_OTHER = dict(OUTCOMES["fraud_report"]["light"])


def imposes(life: Life, who: str = MEDIATOR, measure: str = "suspend") -> Life:
    return life.says(who, "impose_interim", measure=measure, reasons="The money would be gone.")


def imposed() -> Life:
    """Suspended since Monday 2 March, 09:02."""
    life = imposes(a_case("fraud_report").in_review())
    assert life.now == at("03-02 09:02")
    return life


def reviews(life: Life, decision: str, who: str = MEDIATOR, **which: Any) -> Life:
    return life.says(who, "review_interim", decision=decision, reasons="Nothing has changed.", **which)


def undone(life: Life) -> list[Remedy]:
    """What was undone, in that order."""
    return [fact.remedy for fact in life.facts if isinstance(fact, f.EffectOrdered) and fact.reverses]


def ended(life: Life) -> list[str]:
    """Why measures ended."""
    return [fact.because for fact in life.facts if isinstance(fact, f.InterimEnded)]


def standing(life: Life) -> list[Effect]:
    gone = {effect.reverses for effect in life.case.effects if effect.reverses}
    return [effect for effect in life.case.effects if effect.reverses is None and effect.id not in gone]


class TestImpose:
    def test_takes_effect_at_once_and_against_the_respondent(self) -> None:
        life = imposed()
        (measure,), (effect,) = life.case.interim, life.case.effects
        assert (measure.remedy, measure.imposed_at, measure.reviewed_at) == (SUSPEND, life.now, None)
        assert (effect.remedy, effect.because, effect.state) == (SUSPEND, measure.id, "running")

    def test_is_no_remedy_that_was_ruled(self) -> None:
        assert in_force(imposed().case) == ()

    def test_the_review_falls_due_and_a_reminder_before(self) -> None:
        assert rows(imposed(), "interim_review") == {
            "review": at("03-13 09:02"), "last_call": at("03-13 09:02"), "lapse": at("03-16 09:02"),
        }  # fmt: skip

    def test_several_at_once(self) -> None:
        life = imposes(imposed(), measure="payout_freeze")
        assert [measure.remedy for measure in life.case.interim] == [SUSPEND, FREEZE]

    @pytest.mark.parametrize(
        ("fields", "allowed"),
        [({"measure": "warn"}, ["payout_freeze", "suspend"]), ({"measure": "suspend", "of": "claimant"}, [])],
    )
    def test_only_what_the_pack_knows(self, fields: dict[str, Any], allowed: list[str]) -> None:
        refusal = a_case("fraud_report").in_review().refused(MEDIATOR, "impose_interim", **fields, reasons="Now.")
        assert (refusal.code, refusal.fields["allowed"]) == ("measure_not_allowed", allowed)

    def test_not_what_is_in_force(self) -> None:
        assert imposed().refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Again.").code == "measure_not_allowed"

    def test_not_what_a_ruling_has_already_ordered(self) -> None:
        """Ended, it would be undone; and with it what the ruling stands for."""
        life = a_case("fraud_report").in_review().says(MEDIATOR, "rule", **WANTS_IT).fire("grace").says(RESPONDENT, "appeal")
        life.says(LEAD_2, "take")
        assert life.refused(LEAD_2, "impose_interim", measure="suspend", reasons="Again.").code == "measure_not_allowed"

    def test_again_when_it_was_lifted(self) -> None:
        assert len(imposes(reviews(imposed(), "lift")).case.interim) == 1

    def test_a_kind_without_any(self) -> None:
        refusal = a_case("bounty_dispute").in_review().refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Now.")
        assert refusal.code == "measure_not_allowed"

    def test_in_triage_too(self) -> None:
        assert imposes(a_case("fraud_report").in_intake(), who=OPS).case.interim

    def test_whom_it_hits_is_told_and_the_platform_and_nobody_else_outside(self) -> None:
        life = imposed()
        assert {n.recipient for _, n in life.last.notices} == {RESPONDENT, "platform"}
        life.disclosed()
        shown = next(r for r in life.recordings if r.fact.type == "interim_imposed")
        assert [who for who in (CLAIMANT, RESPONDENT, PLATFORM) if visible(life.case, shown, life.actor(who))] == [
            RESPONDENT,
            PLATFORM,
        ]

    @pytest.mark.parametrize("kind", ["fraud_report", "conduct_report", "safety_incident"])
    def test_whoever_it_hits_reads_until_when_it_holds(self, kind: str) -> None:
        """Regulation (EU) 2022/2065, article 17(3)(a): also before they know of a case, where the date is that of the letter."""
        life = imposes(a_case(kind).in_review())
        (lapses,) = (row.due_at for row in life.case.timetable if (row.clock, row.level) == ("interim_review", "lapse"))
        (letter,) = (n.data for n in life.notices_for(RESPONDENT) if n.event == "interim_imposed")
        assert datetime.fromisoformat(letter.get("measure_until") or letter["due_at"]) == lapses


class TestReview:
    def test_kept_its_time_begins_anew(self) -> None:
        life = after(imposed(), "03-10 09:02", MEDIATOR, "review_interim", decision="keep", reasons="As it was.")
        assert life.case.interim[0].reviewed_at == at("03-10 09:02")
        assert rows(life, "interim_review") == {
            "review": at("03-21 09:02"), "last_call": at("03-23 09:02"), "lapse": at("03-24 09:02"),
        }  # fmt: skip
        assert undone(life) == []

    def test_prolonged_again_by_somebody_else(self) -> None:
        """European Convention on Human Rights, article 6(2)."""
        life = reviews(imposed(), "keep")
        refusal = life.refused(MEDIATOR, "review_interim", decision="keep", reasons="As it was.")
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        reviews(life, "keep", who=LEAD)
        assert life.refused(LEAD, "review_interim", decision="keep", reasons="As it was.").fields["because"] == "one_person"
        assert reviews(life, "keep").case.interim[0].kept == 3

    def test_whom_it_hits_is_told_each_time_until_when(self) -> None:
        life = reviews(imposes(a_case("fraud_report").in_review().disclosed()), "keep")
        told = [n for _, n in life.last.notices if n.recipient == RESPONDENT]
        lapses = next(row.due_at for row in life.case.timetable if row.level == "lapse")
        assert [(n.event, n.data["measure_until"]) for n in told] == [("interim_reviewed", lapses.isoformat())]
        assert not [n for _, n in life.last.notices if n.recipient == CLAIMANT]

    def test_also_who_knows_of_no_case(self) -> None:
        life = reviews(imposed(), "keep")
        told = [n for _, n in life.last.notices if n.recipient == RESPONDENT]
        assert [(n.event, n.data["goes_on"], n.texts) for n in told] == [("interim_reviewed", True, {})]

    @pytest.mark.parametrize("decision", ["keep", "lift"])
    def test_whom_it_hits_reads_what_is_said_to_them_instead_of_the_reasons(self, decision: str) -> None:
        said = {"decision": decision, "reasons": "Her mother called."}
        for first, told, reads in ((None, None, "Her mother called."), (None, "We looked.", "We looked."), ("Wait.", None, None)):
            life = a_case("fraud_report").in_review().disclosed()
            life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Danger.", **({"told": first} if first else {}))
            life.says(MEDIATOR, "review_interim", **said, **({"told": told} if told else {}))
            (letter,) = [n for _, n in life.last.notices if n.recipient == RESPONDENT]
            assert getattr(letter.texts.get("reasons"), "digest", None) == (digest_of(reads) if reads else None)
            (record,) = [r for r in life.recordings if r.fact.type in ("interim_reviewed", "interim_ended")]
            assert ("reasons" in unsaid(life.case, record, life.actor(RESPONDENT))) == (reads != "Her mother called.")

    def test_nor_by_whoever_reports_to_them(self) -> None:
        life = reviews(reviews(imposed(), "keep"), "keep", who=LEAD)
        under = Actor(id="per_under", role="lead", manager=LEAD)
        assert life.refused(under, "review_interim", decision="keep", reasons="As it was.").fields["because"] == "one_person"

    @pytest.mark.parametrize("how", ["lapsed", "lifted"])
    def test_imposed_anew_it_is_prolonged(self, how: str) -> None:
        def over(life: Life) -> Life:
            return life.later(14 * DAY) if how == "lapsed" else reviews(life, "lift")

        life = over(imposes(over(imposed())))
        refusal = life.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="As it was.")
        assert (refusal.code, refusal.fields["because"]) == ("measure_not_allowed", "one_person")
        assert imposes(life.says(OPS, "assign", owner=LEAD), who=LEAD).case.interim

    def test_lifted_it_is_undone_and_nothing_is_left_to_review(self) -> None:
        life = reviews(imposed(), "lift", who=LEAD)
        assert (life.case.interim, undone(life), ended(life)) == ((), [SUSPEND], ["lifted"])
        assert "interim_review" not in ahead(life)

    def test_one_of_two(self) -> None:
        life = imposes(imposed(), measure="payout_freeze")
        due = rows(life, "interim_review")
        reviews(life, "lift", measure_id=life.case.interim[0].id)
        assert ([m.remedy for m in life.case.interim], undone(life)) == ([FREEZE], [SUSPEND])
        assert rows(life, "interim_review") == due

    def test_all_of_them_newest_first(self) -> None:
        assert undone(reviews(imposes(imposed(), measure="payout_freeze"), "lift")) == [FREEZE, SUSPEND]

    @pytest.mark.parametrize("fields", [{"measure_id": "itm_none"}])
    def test_not_one_that_is_not_in_force(self, fields: dict[str, Any]) -> None:
        refusal = imposed().refused(MEDIATOR, "review_interim", decision="keep", reasons="As it was.", **fields)
        assert refusal.code == "interim_unknown"

    def test_not_one_that_has_ended(self) -> None:
        life = imposed()
        measure = life.case.interim[0].id
        reviews(imposes(life, measure="payout_freeze"), "lift", measure_id=measure)
        refusal = life.refused(MEDIATOR, "review_interim", decision="keep", reasons="As it was.", measure_id=measure)
        assert refusal.code == "interim_unknown"


class TestLapse:
    def test_by_itself_when_nobody_has_looked(self) -> None:
        life = imposed().later(14 * DAY)
        assert (life.case.interim, undone(life), ended(life)) == ((), [SUSPEND], ["lapsed"])
        assert "interim_review" not in ahead(life)

    def test_owner_and_leads_are_reminded_before(self) -> None:
        life = imposed().says(MEDIATOR, "message").fire("interim_review", "review")
        assert {n.recipient for _, n in life.last.notices} == {MEDIATOR, "role:leads"}

    def test_before_it_lapses_it_is_escalated_on_a_working_day_whoever_has_just_answered(self) -> None:
        life = imposed()
        life.later(at("03-13 09:00") - life.now).says(MEDIATOR, "message").later(DAY / 24)
        called = [x for x in life.facts if isinstance(x, f.LevelReached) and x.level == "last_call"]
        assert [(x.withheld, x.step, x.due_at.weekday()) for x in called] == [(None, "lead", 4)]

    def test_owner_leads_and_whoever_it_protected_are_told(self) -> None:
        life = imposes(a_case("conduct_report").that_protects().in_review()).later(30 * DAY)
        lapsed = next(step for step in life.steps if any(r.fact.type == "interim_ended" for r in step.recordings))
        told = {(n.recipient, n.event) for _, n in lapsed.notices}
        assert {(MEDIATOR, "interim_ended:lapsed"), ("role:leads", "interim_ended:lapsed")} <= told
        assert (CLAIMANT, "protection_lapsed") in told

    def test_after_an_outage_as_of_its_instant(self) -> None:
        life = imposed().outage(30 * DAY)
        lapsed = next(r for r in life.recordings if r.fact.type == "interim_ended")
        assert (lapsed.at, lapsed.recorded_at) == (at("03-16 09:02"), life.now)

    def test_a_keep_in_time_comes_first(self) -> None:
        life = after(imposed(), "03-16 09:01", LEAD, "review_interim", decision="keep", reasons="As it was.")
        assert life.later(DAY).case.interim

    def test_each_that_is_in_force(self) -> None:
        life = imposes(imposed(), measure="payout_freeze").later(15 * DAY)
        assert (life.case.interim, undone(life)) == ((), [FREEZE, SUSPEND])


class TestOvertaken:
    def test_a_draft_changes_nothing(self) -> None:
        life = imposed().says(MEDIATOR, "rule", **WANTS_OTHER)
        assert (life.case.phase, len(life.case.interim), undone(life)) == (Phase.RULED, 1, [])

    def test_kept_where_the_ruling_wants_the_same(self) -> None:
        life = imposed().says(MEDIATOR, "rule", **WANTS_IT).fire("grace")
        assert (life.case.interim, undone(life), ended(life)) == ((), [], ["ruled"])
        assert [e.remedy for e in in_force(life.case)] == [SUSPEND]
        assert len(facts_named(life.recordings, "effect_ordered")) == 1

    def test_undone_where_it_does_not(self) -> None:
        life = imposed().says(MEDIATOR, "rule", **WANTS_OTHER).fire("grace")
        assert (life.case.interim, undone(life), ended(life)) == ((), [SUSPEND], ["ruled"])
        assert [e.remedy.type for e in in_force(life.case)] == ["refund"]

    def test_the_same_against_the_other_side_is_not_the_same(self) -> None:
        ruling = {**WANTS_IT, "remedies": [{"type": "suspend", "to": "claimant"}]}
        life = imposed().says(MEDIATOR, "rule", **ruling).fire("grace")
        assert undone(life) == [SUSPEND]
        assert [e.remedy.to for e in in_force(life.case)] == [Side.CLAIMANT]

    def test_what_was_kept_is_undone_once_when_the_ruling_is_overturned(self) -> None:
        life = imposed().says(MEDIATOR, "rule", **WANTS_IT).fire("grace").says(RESPONDENT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="overturn", **OUTCOMES["fraud_report"]["none"]).fire("grace")
        assert undone(life) == [SUSPEND]
        assert in_force(life.case) == ()

    def test_one_kept_and_one_undone(self) -> None:
        life = imposes(imposed(), measure="payout_freeze").says(MEDIATOR, "rule", **WANTS_IT).fire("grace")
        assert (undone(life), [e.remedy for e in in_force(life.case)]) == ([FREEZE], [SUSPEND])

    def on_appeal(self) -> Life:
        return imposes(a_case("fraud_report").in_appeal(), who=LEAD_2, measure="payout_freeze")

    def test_upheld_on_appeal_it_is_undone_and_the_remedies_stand(self) -> None:
        life = self.on_appeal().says(LEAD_2, "decide_appeal", decision="uphold").fire("grace")
        assert (undone(life), [e.remedy.type for e in in_force(life.case)]) == ([FREEZE], ["refund"])

    def test_remitted_it_goes_on_for_nothing_is_decided(self) -> None:
        life = self.on_appeal().says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
        assert (life.case.phase, [m.remedy for m in life.case.interim], undone(life)) == (Phase.REVIEW, [FREEZE], [])
        assert "interim_review" in ahead(life)

    def test_an_appeal_that_is_taken_back_ends_what_it_was_imposed_for_where_somebody_says_so(self) -> None:
        life = self.on_appeal().says(RESPONDENT, "withdraw")
        assert undone(life) == []
        life.says(LEAD_2, "accept_withdrawal", ends=["payout_freeze"])
        assert life.case.phase in (Phase.APPEALABLE, Phase.CLOSED)
        assert (life.case.interim, undone(life)) == ((), [FREEZE])


class TestEndOfTheCase:
    @pytest.mark.parametrize(
        ("reach", "who", "what"),
        [
            ("in_review", CLAIMANT, "withdraw"),
            ("in_review", OPS, "close"),
            ("in_intake", OPS, "decline"),
            ("in_intake", CLAIMANT, "withdraw"),
        ],
    )
    def test_ends_it(self, reach: str, who: str, what: str) -> None:
        life = imposes(getattr(a_case("fraud_report").with_terms(withdrawal="closes"), reach)(), who=MEDIATOR)
        life.says(who, what, **({"outcome": "expired"} if what == "close" else {}))
        assert (life.case.phase, life.case.interim, undone(life), ended(life)) == (Phase.CLOSED, (), [SUSPEND], ["closed"])
        assert standing(life) == []

    def test_and_whom_it_hit_is_told_of_the_end(self) -> None:
        life = imposed().disclosed().says(CLAIMANT, "withdraw").says(LEAD, "accept_withdrawal", ends=["suspend"])
        (notice,) = (n for _, n in life.last.notices if n.recipient == RESPONDENT)
        assert notice.event == "case_withdrawn"


class TestWhoMayAsk:
    def test_its_clock_is_known_to_whom_it_hits_and_not_to_the_other_side(self) -> None:
        life = imposed()
        seen = {who: clocks_of(life.case, life.actor(who)) for who in (CLAIMANT, RESPONDENT, MEDIATOR)}
        assert "interim_review" in seen[RESPONDENT]
        assert "interim_review" in seen[MEDIATOR]
        assert "interim_review" not in seen[CLAIMANT]


class TestWhomItHits:
    """A measure is one person's, whoever stands in their place later."""

    def replaced(self, *, disclosed: bool) -> Life:
        life = a_case("safety_incident").in_review()
        life = imposes(life.disclosed() if disclosed else life)
        return life.says(OPS, "replace_party", party=RESPONDENT, by_party={"side": "respondent", "ref": "other"})

    @pytest.mark.parametrize("disclosed", [False, True])
    def test_it_stays_with_who_was_replaced_and_they_hear_when_it_ends(self, disclosed: bool) -> None:
        life = self.replaced(disclosed=disclosed)
        assert reviews(life, "lift").case.interim == ()
        (letter,) = (n for _, n in life.last.notices if n.audience == "respondent")
        assert (letter.recipient, letter.event, letter.data["measure_alone"]) == (RESPONDENT, "interim_ended", True)

    def test_they_may_still_ask_that_it_be_looked_at_and_the_successor_has_nothing_to_ask(self) -> None:
        life = self.replaced(disclosed=True)
        assert life.refused("pty_other", "ask_interim_review").code == "not_allowed"
        assert life.refused(RESPONDENT, "message").code == "actor_unknown"
        assert life.says(RESPONDENT, "ask_interim_review").case.interim[0].asked_at == life.now

    @pytest.mark.parametrize("disclosed", [False, True])
    def test_it_ends_by_itself_after_a_day(self, disclosed: bool) -> None:
        """Nobody is held without a charge: European Convention on Human Rights, article 6(2)."""
        life = self.replaced(disclosed=disclosed)
        assert [one.kept_until for one in life.case.interim] == [life.now + DAY], "nobody's protection ends by the way"
        life.later(DAY)
        assert (life.case.interim, ended(life), undone(life)) == ((), ["lapsed"], [SUSPEND])
        assert life.notices_for(RESPONDENT)[-1].event.startswith("interim_ended")
        assert fold(life.case_id, life.recordings) == life.case

    def test_unless_somebody_keeps_it_who_neither_took_them_out_nor_imposed_it(self) -> None:
        life = self.replaced(disclosed=False)
        for who in (MEDIATOR, OPS):
            refusal = life.refused(who, "review_interim", decision="keep", reasons="It goes on.")
            assert refusal.fields["because"] == "one_person"
        life.says(OPS, "assign", owner=LEAD)
        reviews(life, "keep", who=LEAD).later(2 * DAY)
        assert [(one.alone, one.kept_until) for one in life.case.interim] == [(False, None)]

    def test_it_lasts_where_who_was_replaced_by_mistake_stands_there_again(self) -> None:
        life = self.replaced(disclosed=False)
        life.says(OPS, "replace_party", party="pty_other", by_party={"side": "respondent", "ref": "respondent"}).later(2 * DAY)
        assert [(one.alone, one.kept_until, one.taken_out_by) for one in life.case.interim] == [(False, None, None)]

    def test_it_stays_while_somebody_is_there_whom_it_hits_too(self) -> None:
        life = a_case("safety_incident").in_review().disclosed()
        life.says(OPS, "add_party", party={"side": "respondent", "ref": "other"})
        imposes(life.says(LEAD, "add_party", party={"side": "respondent", "ref": "other"}))
        life.says(OPS, "remove_party", party="pty_other", reason="not_involved", reasons="They were away.").later(2 * DAY)
        assert len(life.case.interim) == 1

    def test_and_where_an_authority_was_told_of_it(self) -> None:
        life = imposes(a_case("fraud_report").in_review(), measure="payout_freeze")
        life.says(MEDIATOR, "report_to_authority", authority="police", reasons="A ring.").says(LEAD, "approve_report")
        life.says(OPS, "replace_party", party=RESPONDENT, by_party={"side": "respondent", "ref": "other"}).later(2 * DAY)
        assert [one.alone for one in life.case.interim] == [False]

    def test_where_it_outlived_its_case_those_are_asked_who_can_lift_it(self) -> None:
        life = imposes(a_case("fraud_report").in_review().disclosed(), measure="payout_freeze").says(CLAIMANT, "withdraw")
        until = (life.now + timedelta(days=30)).isoformat()
        life.says(LEAD, "accept_withdrawal", stays=["payout_freeze"], until=until).says(RESPONDENT, "ask_interim_review")
        assert "role:leads" in {n.recipient for _, n in life.last.notices}

    def test_another_one_can_hit_who_came_and_each_is_lifted_for_itself(self) -> None:
        life = imposes(self.replaced(disclosed=False))
        assert [n.recipient for _, n in life.last.notices if n.audience == "respondent"] == ["pty_other"]
        assert [e.hits for e in life.case.effects] == [(RESPONDENT,), ("pty_other",)]
        assert life.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Again.").code == "measure_not_allowed"
        reviews(life, "lift", measure_id=life.case.interim[0].id)
        assert [n.recipient for _, n in life.last.notices if n.audience == "respondent"] == [RESPONDENT]


class TestWhileAnAuthorityHasYetToSay:
    """A ruling between the two frees nothing that an authority, which was told, may want to stay where it is."""

    def frozen(self, *, told: bool = True) -> Life:
        life = imposes(a_case("fraud_report").in_review(), measure="payout_freeze")
        if told:
            life.says(MEDIATOR, "report_to_authority", authority="police", reasons="A ring.").says(LEAD, "approve_report")
        return life

    def ruled(self, **said: Any) -> Life:
        life = self.frozen()
        return life.says(MEDIATOR, "rule", **WANTS_OTHER, stays=["payout_freeze"], until=life.now + 20 * DAY, **said)

    def test_the_freeze_stays_until_its_day(self) -> None:
        life = self.ruled().fire("grace")
        assert (ended(life), len(life.case.interim)) == ([], 1)
        while life.case.open:
            life.later(DAY)
        assert (life.case.phase, len(life.case.interim)) == (Phase.CLOSED, 1)
        told = [n.data for n in life.notices_for(RESPONDENT) if n.data.get("to_at")]
        assert told, "whom it hits is told until when"
        life.later(30 * DAY)
        assert (ended(life), life.case.interim) == (["lapsed"], ())
        assert undone(life) == [FREEZE]

    def test_it_can_be_lifted_before(self) -> None:
        life = self.ruled().fire("grace")
        while life.case.open:
            life.later(DAY)
        assert reviews(life, "lift", who=OPS).case.interim == ()

    def test_it_needs_a_day_and_an_authority(self) -> None:
        life = self.frozen()
        assert life.refused(MEDIATOR, "rule", **WANTS_OTHER, stays=["payout_freeze"]).code == "instant_refused"
        until = {"stays": ["payout_freeze"], "until": life.now + 20 * DAY}
        assert self.frozen(told=False).refused(MEDIATOR, "rule", **WANTS_OTHER, **until).code == "measure_not_allowed"
        until["stays"] = ["suspend"]
        assert life.refused(MEDIATOR, "rule", **WANTS_OTHER, **until).code == "interim_unknown"

    def test_what_nobody_named_ends_as_ever(self) -> None:
        life = self.frozen()
        life = (
            imposes(life).says(MEDIATOR, "rule", **WANTS_OTHER, stays=["payout_freeze"], until=life.now + 20 * DAY).fire("grace")
        )
        assert (ended(life), undone(life)) == (["ruled"], [SUSPEND])


class TestOfSomebodyWhomOnePersonFound:
    """At night, of whoever is still to be found: protection does not stand still, and nobody is held for long by one word."""

    SITTER = {"side": "respondent", "ref": "sitter"}

    def found(self, **report: Any) -> Life:
        life = a_case("safety_incident", **{"priority": "urgent", **report}).without_respondent().in_review()
        return life.says(MEDIATOR, "add_party", party=self.SITTER)

    def test_the_first_goes_at_once_and_leads_hear_of_it(self) -> None:
        life = imposes(self.found())
        until = life.now + DAY
        assert [(one.alone, one.kept_until) for one in life.case.interim] == [(True, until)]
        told = {n.recipient: (n.event, n.data) for _, n in life.last.notices}
        assert told["role:leads"][0] == "interim_imposed:alone"
        assert told["role:leads"][1]["measure_until"] == until.isoformat()
        assert told["pty_sitter"][1]["due_at"] == until.isoformat()

    def test_it_ends_within_a_day_and_the_next_takes_two(self) -> None:
        life = imposes(self.found()).later(DAY)
        assert (life.case.interim, ended(life), undone(life)) == ((), ["lapsed"], [SUSPEND])
        refusal = life.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Once more.")
        assert refusal.code == "change_unconfirmed"

    def test_who_imposed_it_does_not_keep_it(self) -> None:
        life = imposes(self.found())
        refusal = life.refused(MEDIATOR, "review_interim", decision="keep", reasons="It goes on.")
        assert refusal.fields["because"] == "one_person"
        other = next(m.name for m in life.case.terms.interim if m.to is Side.RESPONDENT and m.name != "suspend")
        assert life.refused(MEDIATOR, "impose_interim", measure=other, reasons="Too.").code == "change_unconfirmed"

    def test_nobody_holds_one_name_after_another(self) -> None:
        life = imposes(self.found())
        life.says(MEDIATOR, "add_party", party={"side": "respondent", "ref": "walker"})
        life.says(MEDIATOR, "remove_party", party="pty_sitter", reason="not_involved")
        for _ in range(2):
            refusal = life.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Now this one.")
            assert refusal.code == "change_unconfirmed"
            life.later(DAY)
        assert (life.case.interim, undone(life)) == ((), [SUSPEND]), "whom nobody accuses is free after the day, as ever"
        life.says(OPS, "assign", owner=MEDIATOR_2)
        life.says(MEDIATOR_2, "add_party", party={"side": "respondent", "ref": "third"})
        life.says(MEDIATOR_2, "remove_party", party="pty_walker", reason="not_involved")
        assert life.refused(MEDIATOR_2, "impose_interim", measure="suspend", reasons="And now.").code == "change_unconfirmed"
        life.says(LEAD, "add_party", party={"side": "respondent", "ref": "third"})
        assert imposes(life, who=MEDIATOR_2).case.interim[0].alone is False

    def test_once_a_second_person_has_said_who_it_hit_the_next_goes_at_once_again(self) -> None:
        life = imposes(self.found()).later(DAY)
        life.says(LEAD, "add_party", party=self.SITTER)
        life.says(MEDIATOR, "replace_party", party="pty_sitter", by_party={"side": "respondent", "ref": "walker"})
        assert [one.alone for one in imposes(life).case.interim] == [True]

    def test_who_comes_back_is_held_by_one_word_as_before(self) -> None:
        life = imposes(self.found())
        until = life.case.interim[0].kept_until
        life.says(OPS, "replace_party", party="pty_sitter", by_party={"side": "respondent", "ref": "walker"})
        life.says(OPS, "replace_party", party="pty_walker", by_party=self.SITTER)
        assert [(one.alone, one.kept_until, one.taken_out_by) for one in life.case.interim] == [(True, until, None)]

    def test_nor_keeps_it_by_taking_them_out(self) -> None:
        life = imposes(self.found()).says(MEDIATOR, "add_party", party={"side": "respondent", "ref": "walker"})
        until = life.case.interim[0].kept_until
        life.says(MEDIATOR, "remove_party", party="pty_sitter", reason="not_involved")
        assert life.refused(MEDIATOR, "review_interim", decision="keep", reasons="Yes.").fields["because"] == "one_person"
        life.says(LEAD, "add_party", party={"side": "respondent", "ref": "walker"})
        assert [(one.alone, one.kept_until) for one in life.case.interim] == [(True, until)], "another one was confirmed"

    @pytest.mark.parametrize("how", ["confirmed", "kept"])
    def test_by_a_second_person_it_lasts_as_any_other(self, how: str) -> None:
        life = imposes(self.found())
        if how == "confirmed":
            life.says(LEAD, "add_party", party=self.SITTER)
        else:
            reviews(life.says(OPS, "assign", owner=MEDIATOR_2), "keep", who=MEDIATOR_2)
        life.later(2 * DAY)
        assert [(one.alone, one.kept_until) for one in life.case.interim] == [(False, None)]

    def test_what_only_holds_money_goes_at_once_in_no_urgent_matter_too(self) -> None:
        """A payout that has left comes back from nowhere: Regulation (EU) 655/2014, articles 11 and 33."""
        life = a_case("fraud_report", priority="normal").without_respondent().in_review()
        life.says(MEDIATOR, "add_party", party=self.SITTER)
        for measure in (m.name for m in life.case.terms.interim if m.to is Side.RESPONDENT and m.name != "payout_freeze"):
            assert life.refused(MEDIATOR, "impose_interim", measure=measure, reasons="Now.").code == "change_unconfirmed"
        until = life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="It is on its way.").now + DAY
        assert [(one.alone, one.kept_until) for one in life.case.interim] == [(True, until)]
        assert "interim_imposed:alone" in {n.event for _, n in life.last.notices if n.recipient == "role:leads"}
        assert life.later(DAY).case.interim == ()
        assert life.refused(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="Again.").code == "change_unconfirmed"

    def test_what_is_not_urgent_takes_two(self) -> None:
        life = self.found(priority="normal", category="property_damage")
        refusal = life.refused(MEDIATOR, "impose_interim", measure="suspend", reasons="Now.")
        assert refusal.code == "change_unconfirmed"

    def test_nor_does_it_outlast_the_case_by_who_imposed_it(self) -> None:
        life = imposes(self.found()).says(CLAIMANT, "withdraw")
        until = (life.now + 9 * DAY).isoformat()
        refusal = life.refused(MEDIATOR, "accept_withdrawal", stays=["suspend"], until=until)
        assert refusal.fields["because"] == "one_person"
