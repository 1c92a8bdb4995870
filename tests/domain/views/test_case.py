"""What each viewer sees: their own wording, dates and rights; nothing of what goes on inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase, Side
from domain.model import facts as f
from domain.model.facts import Actor
from domain.views.actions import may_see
from domain.views.case import CaseView, visible
from tests.domain.invariants import STAFF_ONLY, shows_no_secret
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    KINDS,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    MINUTE,
    OFFERS,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
    shelf,
)
from tests.support.other_cases import CAMPAIGN, OTHER_CASE, elsewhere

OUTSIDE = (CLAIMANT, RESPONDENT, WITNESS, PLATFORM)


def with_witness(kind: str = "bounty_dispute") -> Life:
    return a_case(kind).with_party(WITNESS, "respondent", "witness")


def allowed(seen: CaseView) -> set[str]:
    return {a.command for a in seen.actions if a.allowed}


def refused(seen: CaseView) -> dict[str, str | None]:
    return {a.command: a.code for a in seen.actions if not a.allowed}


def phase_of(life: Life) -> Phase:
    return life.case.phase


def recorded(life: Life, name: str) -> f.Recording:
    return [r for r in life.recordings if r.fact.type == name][-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", OUTSIDE)
class TestHiddenPhases:
    """Approval and grace look like what went before, in every field."""

    def test_of_a_first_ruling(self, kind: str, who: str) -> None:
        life = (
            with_witness(kind)
            .in_intake()
            .in_review()
            .says(MEDIATOR, "request_evidence", of="respondent")
            .later(timedelta(days=1))
        )
        before = life.seen_by(who)
        life.in_approval()
        assert phase_of(life) is Phase.APPROVAL
        assert life.seen_by(who) == before
        life.says(LEAD, "approve")
        assert phase_of(life) is Phase.RULED
        assert life.seen_by(who) == before
        life.says(MEDIATOR, "retract")
        assert phase_of(life) is Phase.REVIEW
        assert life.seen_by(who) == before

    def test_of_a_decision_on_appeal(self, kind: str, who: str) -> None:
        life = with_witness(kind).in_appeal().later(timedelta(hours=5))
        before = life.seen_by(who)
        assert before.phase is Phase.APPEAL
        heavy = {k: v for k, v in OUTCOMES[kind]["heavy"].items() if k != "outcome"}
        for speaker, what in ((LEAD_2, "decide_appeal"), (LEAD, "return_ruling"), (LEAD_2, "decide_appeal"), (LEAD, "approve")):
            life.says(speaker, what, **({"decision": "vary", **heavy} if what == "decide_appeal" else {}))
            assert life.seen_by(who) == before, what

    def test_nothing_internal_in_any_phase(self, kind: str, who: str) -> None:
        for reach in (
            "in_intake",
            "in_review",
            "in_approval",
            "ruled",
            "appealable",
            "in_appeal",
            "appeal_in_approval",
            "closed",
        ):
            shows_no_secret(getattr(with_witness(kind), reach)().seen_by(who), who)


class TestView:
    def test_phases_are_called_what_the_pack_calls_them(self) -> None:
        assert a_case("bounty_dispute").in_review().seen_by(CLAIMANT).phase_label == "Mediation"
        assert a_case("fraud_report").in_approval().seen_by(CLAIMANT).phase_label == "Investigation"
        assert a_case("fraud_report").in_approval().seen_by(MEDIATOR).phase_label == "Second look"

    def test_the_team_sees_everything(self) -> None:
        seen = a_case().in_approval().seen_by(MEDIATOR_2)
        assert all(getattr(seen, name) is not None for name in STAFF_ONLY)
        assert seen.ruling is not None
        assert (seen.ruling.decider, seen.phase) == (MEDIATOR, Phase.APPROVAL)

    def test_a_ruling_is_shown_to_the_parties_when_they_were_told(self) -> None:
        life = a_case().ruled()
        assert life.seen_by(CLAIMANT).ruling is None
        shown = life.fire("grace").seen_by(CLAIMANT).ruling
        assert shown is not None
        assert (shown.reasons, shown.decider) == (life.case.rulings[0].reasons, None)

    def test_on_appeal_the_ruling_in_force_is_shown_and_not_the_draft(self) -> None:
        life = a_case().in_appeal()
        first = life.case.rulings[0]
        life.says(LEAD_2, "decide_appeal", decision="overturn", **OUTCOMES["bounty_dispute"]["none"])
        shown = life.seen_by(CLAIMANT).ruling
        assert shown is not None
        assert shown.id == first.id

    def test_each_side_its_own_requests_and_date(self) -> None:
        life = a_case().in_review().says(MEDIATOR, "request_evidence", of="respondent")
        theirs, other = life.seen_by(RESPONDENT), life.seen_by(CLAIMANT)
        assert [r.of for r in theirs.requests] == [Side.RESPONDENT]
        assert [(d.clock, d.by_default) for d in theirs.deadlines] == [("respondent_response", "proceed_on_file")]
        assert (other.requests, other.deadlines, other.waiting_on) == ((), (), "respondent")

    def test_each_side_its_own_right(self) -> None:
        life = a_case().appealable()
        assert [(r.side, r.allowed) for r in life.seen_by(CLAIMANT).rights] == [(Side.CLAIMANT, False)]
        assert [d.clock for d in life.seen_by(RESPONDENT).deadlines] == ["appeal_window"]
        assert life.seen_by(CLAIMANT).deadlines == ()

    def test_a_right_that_is_used_has_no_window_any_more(self) -> None:
        life = a_case().in_appeal(weight="both").says(RESPONDENT, "withdraw")
        assert life.seen_by(RESPONDENT).deadlines == ()
        assert [d.clock for d in life.seen_by(CLAIMANT).deadlines] == ["appeal_window"]

    def test_the_platform_sees_the_dates_of_both_sides_and_none_of_the_teams(self) -> None:
        life = a_case().in_review()
        assert (life.seen_by(PLATFORM).deadlines, bool(life.seen_by(MEDIATOR).deadlines)) == ((), True)
        for side in ("claimant", "respondent"):
            life.says(MEDIATOR, "request_evidence", of=side)
        assert set(life.seen_by(PLATFORM).deadlines) == {
            *life.seen_by(CLAIMANT).deadlines,
            *life.seen_by(RESPONDENT).deadlines,
        }
        assert [d.clock for d in a_case().appealable().seen_by(PLATFORM).deadlines] == ["appeal_window"]
        assert a_case().ruled().seen_by(PLATFORM).deadlines == ()

    def test_a_representative_sees_what_the_side_sees(self) -> None:
        life = a_case().with_party(AGENT, "respondent", "representative").in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent")
        agent, principal = life.seen_by(AGENT), life.seen_by(RESPONDENT)
        assert agent.model_copy(update={"actions": ()}) == principal.model_copy(update={"actions": ()})
        assert allowed(principal) - allowed(agent) == {"add_party"}

    def test_a_witness_sees_the_case_and_not_what_passes_between_the_sides(self) -> None:
        life = with_witness().in_settlement().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 7, "currency": "USD"})
        seen = life.seen_by(WITNESS)
        assert (seen.offer, seen.requests, seen.rights, seen.deadlines) == (None, (), (), ())
        assert life.seen_by(RESPONDENT).offer is not None

    def test_changed_means_that_something_happened_which_the_viewer_may_know(self) -> None:
        life = a_case().in_review()
        quiet = life.seen_by(CLAIMANT).updated_at
        life.later(timedelta(hours=2)).says(MEDIATOR, "note").says(MEDIATOR, "message", to="respondent")
        assert life.seen_by(CLAIMANT).updated_at == quiet
        assert life.seen_by(RESPONDENT).updated_at == life.now
        assert life.seen_by(MEDIATOR).updated_at == life.now


def _of_the_law(life: Life, clock: str) -> bool:
    definition = life.case.terms.clock(clock)
    return definition is not None and definition.statutory


_NO_HEARING = dict.fromkeys(("answer_appointment", "move_appointment", "comment_protocol"), "appointment_unknown")


class TestActions:
    def test_what_a_party_can_do_in_a_settlement(self) -> None:
        life = a_case().in_settlement().says(RESPONDENT, "offer", remedy="payout", amount={"amount": 7, "currency": "USD"})
        assert allowed(life.seen_by(CLAIMANT)) == {
            "message", "offer", "accept_offer", "decline_offer", "escalate", "submit_evidence", "add_party", "withdraw",
        }  # fmt: skip
        assert refused(life.seen_by(RESPONDENT)) == {
            **_NO_HEARING,
            "accept_offer": "own_offer",
            "decline_offer": "own_offer",
            "concede": "nothing_to_concede",
            "remove_party": "party_unfit",
            "withdraw": "not_allowed",
        }

    def test_nothing_to_accept_is_a_disabled_button(self) -> None:
        assert refused(a_case().in_settlement().seen_by(CLAIMANT)) == {
            **_NO_HEARING,
            "accept_offer": "no_such_offer",
            "decline_offer": "no_such_offer",
            "concede": "not_allowed",
            "remove_party": "party_unfit",
        }

    def test_a_mediator_who_does_not_own_it_sees_why_not(self) -> None:
        seen = a_case().in_review().seen_by(MEDIATOR_2)
        codes = refused(seen)
        assert (codes["rule"], codes["take"], codes["close"]) == ("not_your_case", "owner_mismatch", "not_allowed")
        assert {"message", "note"} <= allowed(seen)

    def test_appeal_says_why_not(self) -> None:
        of_appeal = {"appeal", "submit_evidence"}
        refusals = refused(a_case().appealable().seen_by(CLAIMANT))
        assert {name: refusals[name] for name in of_appeal} == dict.fromkeys(of_appeal, "no_right_to_appeal")
        assert allowed(a_case().appealable().seen_by(RESPONDENT)) == {
            "message", "appeal", "submit_evidence", "offer", "add_party",
        }  # fmt: skip

    def test_what_the_system_sends_is_nobodys_button(self) -> None:
        names = {a.command for reach in ("in_review", "closed") for a in getattr(a_case(), reach)().seen_by(OPS).actions}
        assert not names & {"deadline", "report_effect", "report_delivery", "open"}

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT, WITNESS, PLATFORM, MEDIATOR, MEDIATOR_2, LEAD, LEAD_2, OPS])
    def test_a_button_does_what_it_promises(self, kind: str, who: str) -> None:
        """Enabled: the judge takes it. Disabled: the judge refuses it with the same code."""
        offer = dict(OFFERS.get(kind, {}))
        bodies: dict[str, dict[str, Any]] = {
            "offer": offer, "assign": {"owner": "per_m3"}, "request_evidence": {"of": "claimant"},
            "propose_appointment": {"times": ["2026-05-01T09:00:00Z"]}, "move_appointment": {"times": ["2026-05-01T09:00:00Z"]},
            "rule": dict(OUTCOMES[kind]["light"]), "decide_appeal": {"decision": "uphold"}, "pause": {"reason": "expert_asked"},
            "skip": {"reason": "too_technical"},
            "snooze": {"until": "2026-06-01T09:00:00Z", "reason": "expert_asked"}, "freeze": {"incident": "inc_1"},
            "thaw": {"incident": "inc_1"}, "impose_interim": {"measure": "suspend", "reasons": "There is danger."},
            "retarget": {"priority": "low", "reason": "less"}, "review_interim": {"decision": "keep", "reasons": "As it was."},
            "draft_chargeback_evidence": {"due_at": "2027-01-01T00:00:00Z"},
            "complete_step": {"step": "logs_read"}, "skip_step": {"step": "logs_read"},
            "name_root_cause": {"cause": shelf().packs[kind].root_causes[0]},
            "state_amount": {"amount": {"amount": 1_000_000, "currency": "USD"}},
            "add_party": {"party": {"side": "respondent" if who == RESPONDENT else "claimant", "role": "witness", "ref": "new"}},
            "remove_party": {"party": WITNESS},
            "replace_party": {"party": CLAIMANT, "by_party": {"side": "claimant", "ref": "heir"}, "reasons": "Died."},
            "merge": {"into": OTHER_CASE}, "link": {"to": OTHER_CASE}, "unlink": {"link_id": "lnk_1"},
            "join_campaign": {"campaign": CAMPAIGN},
            "hand_over": {"to": "per_m3", "reasons": "They know the bank."}, "signal": {"signal": "login_from_elsewhere"},
            "credit_provisionally": {"amount": {"amount": 7, "currency": "USD"}}, "return_report": {"reasons": "Say more."},
            "prove_address": {"party": CLAIMANT},
            "report_to_authority": {"authority": "police", "reasons": "The same ring as in March."},
            "ask_exception": {"of": "step", "name": "logs_read", "until": "2026-06-01T09:00:00Z", "reasons": "They are gone."},
            "refuse_exception": {"reasons": "The logs can be had."},
            "translate": {"of": 1, "field": "statement", "from_language": "de", "into_language": "en", "text": "It broke."},
        }  # fmt: skip
        for reach in (
            "in_intake",
            "in_review",
            "in_approval",
            "ruled",
            "appealable",
            "in_appeal",
            "appeal_in_approval",
            "closed",
        ):
            life = getattr(with_witness(kind), reach)()
            kept = life._case
            life.elsewhere = elsewhere(kind)
            # Of limits of the law the law says who may extend them, and for what.
            free = (row.clock for row in life.case.timetable if not _of_the_law(life, row.clock))
            running = next(free, "none")
            bodies["extend"] = {"clock": running, "to": "2026-06-01T09:00:00Z", "reason": "expert_asked"}
            for action in life.seen_by(who).actions:
                body = bodies.get(action.command, {})
                if action.command == "extend" and life.actor(who).role == "mediator":
                    # Which clock they name decides it: the parties' they may extend, the team's not.
                    continue
                if action.allowed:
                    life.judge(life.command(who, action.command, **body), who)
                    life._case = kept
                else:
                    assert life.refused(who, action.command, **body).code == action.code, (reach, action.command)


class TestMaySee:
    def test_a_party_of_another_case_has_nothing_to_do_with_it(self) -> None:
        life = a_case().in_review()
        assert not may_see(life.case, Actor(id="pty_other", role="claimant", side=Side.CLAIMANT))
        assert all(may_see(life.case, life.actor(who)) for who in (CLAIMANT, RESPONDENT, MEDIATOR, PLATFORM))


class TestVisible:
    def shown(self, life: Life, recording: f.Recording) -> set[str]:
        return {who for who in (*OUTSIDE, MEDIATOR) if visible(life.case, recording, life.actor(who))}

    def test_a_message_to_one_side(self) -> None:
        life = with_witness().in_review().says(MEDIATOR, "message", to="respondent")
        assert self.shown(life, life.recordings[-1]) == {RESPONDENT, MEDIATOR}

    def test_a_sides_own_message_to_the_other(self) -> None:
        life = with_witness().in_review().says(CLAIMANT, "message", to="respondent")
        assert self.shown(life, life.recordings[-1]) == {CLAIMANT, RESPONDENT, MEDIATOR}

    def test_confidential_evidence_is_for_its_side_and_the_deciders(self) -> None:
        life = with_witness().in_review().says(RESPONDENT, "submit_evidence", confidential=True)
        assert self.shown(life, life.recordings[-1]) == {RESPONDENT, MEDIATOR}

    def test_a_witness_sees_what_they_said_themselves(self) -> None:
        life = with_witness().in_review().says(WITNESS, "submit_evidence", confidential=True)
        assert self.shown(life, life.recordings[-1]) == {WITNESS, RESPONDENT, MEDIATOR}

    def test_the_platforms_confidential_evidence(self) -> None:
        life = with_witness().in_review().says(PLATFORM, "submit_evidence", confidential=True)
        assert self.shown(life, life.recordings[-1]) == {PLATFORM, MEDIATOR}

    def test_a_reminder_is_for_the_side_that_was_reminded(self) -> None:
        life = with_witness().in_review().says(MEDIATOR, "request_evidence", of="claimant").fire("claimant_response", "remind")
        assert self.shown(life, life.recordings[-1]) == {CLAIMANT, MEDIATOR}

    @pytest.mark.parametrize(
        "name", ["ruling_drafted", "ruling_approved", "ruling_retracted", "case_assigned", "note_added", "effect_ordered"]
    )
    def test_what_goes_on_inside(self, name: str) -> None:
        life = with_witness().in_review().says(MEDIATOR, "note").ruled("heavy").says(MEDIATOR, "retract").appealable()
        assert self.shown(life, recorded(life, name)) == {MEDIATOR}

    def test_nobody_outside_can_tell_from_the_timeline_that_a_ruling_was_drafted(self) -> None:
        life = with_witness().in_review()
        life.now += MINUTE
        known = len(life.recordings)
        life.in_approval().says(LEAD, "return_ruling").ruled().says(MEDIATOR, "retract")
        for recording in life.recordings[known:]:
            assert self.shown(life, recording) == {MEDIATOR}, recording.fact.type


class TestAChildIsAdded:
    def test_how_urgent_the_case_becomes_is_the_teams_to_know_whoever_added_the_child(self) -> None:
        for who in (CLAIMANT, PLATFORM):
            life = a_case("conduct_report").in_review()
            life.says(who, "add_party", party={"side": "claimant", "ref": "new1", "minor": True}, agreed=True)
            added, retargeted = life.last.recordings
            assert retargeted.fact.type == "case_retargeted"
            assert visible(life.case, added, life.actor(who))
            assert not visible(life.case, retargeted, life.actor(who))
            assert visible(life.case, retargeted, life.actor(MEDIATOR))


class TestNextWord:
    def test_whoever_reported_a_danger_hears_again_by_then_or_somebody_is_called(self) -> None:
        life = a_case("safety_incident", category="assault").opened()
        due = life.seen_by(CLAIMANT).next_word_by
        care = [row for row in life.case.timetable if row.clock == "care" and row.level == "breach"]
        assert [row.due_at for row in care] == [due]
        level = life.case.terms.level("care", "breach")
        assert level is not None
        assert level.action == "escalate"
        assert life.seen_by(RESPONDENT).next_word_by is None
        assert a_case().opened().seen_by(CLAIMANT).next_word_by is None

    def test_the_day_that_was_promised_stays_until_somebody_writes_and_nobody_outside_reads_when_the_team_is_called_next(
        self,
    ) -> None:
        life = a_case("safety_incident", category="assault").opened()
        before = life.seen_by(CLAIMANT)
        while ("care", "breach") not in {(row.clock, row.level) for row in life.case.timetable if row.count > 0}:
            life.fire_next()
        assert life.seen_by(CLAIMANT).next_word_by == before.next_word_by
        life.says(MEDIATOR, "take").says(MEDIATOR, "message", to="claimant")
        after = life.seen_by(CLAIMANT).next_word_by
        assert after is not None
        assert after > life.now


class TestGrant:
    def test_says_to_whoever_could_grant_the_claim_what_that_gives(self) -> None:
        life = a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).in_review()
        grant = life.seen_by(RESPONDENT).grant
        assert grant is not None
        assert (grant.type, grant.amount) == (life.case.terms.concession, life.case.amount)
        assert life.seen_by(CLAIMANT).grant is None
        assert life.seen_by(PLATFORM).grant is None
        assert a_case("payment_dispute").in_review().seen_by(RESPONDENT).grant is None
