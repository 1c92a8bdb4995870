"""Until the respondent is told there is no case for them; what they learn then; and that nothing betrays it before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.model.commands import COMMANDS
from domain.model.facts import InterimImposed
from domain.model.people import Actor
from domain.rules.evolve import fold
from domain.views.actions import may_see
from domain.views.case import unsaid, visible
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
    ROBOT,
    WITNESS,
    Life,
    a_case,
)
from tests.support.incidents import INSURER, incident
from tests.support.other_cases import OTHER_CASE, elsewhere

KEPT_FROM_THEM = ("fraud_report", "conduct_report", "safety_incident")
THEIRS = (RESPONDENT, WITNESS, "pty_agent", INSURER)

SECOND_OPS = Actor(id="per_o2", role="ops")


def hidden(kind: str) -> Life:
    """A case of which the respondent's side, everybody who can be on one, was told nothing."""
    life = a_case(kind, category="injury" if kind == "safety_incident" else "collusion" if kind == "fraud_report" else "general")
    for party, role in ((WITNESS, "witness"), ("pty_agent", "representative"), (INSURER, "insurer")):
        life.with_party(party, "respondent", role)
    return life


def sees(life: Life, who: str) -> list[str]:
    return [r.fact.type for r in life.recordings if visible(life.case, r, life.actor(who))]


@pytest.mark.parametrize("kind", KEPT_FROM_THEM)
class TestBefore:
    @pytest.mark.parametrize("reach", ["in_intake", "in_review", "closed_early"])
    def test_everything_that_anybody_of_their_side_sends_is_a_strangers(self, kind: str, reach: str) -> None:
        life = hidden(kind)
        if reach == "closed_early":
            closes = {"reason": "no_claim"}
            life.in_review().says(SECOND_OPS, "close", **closes)
            life = life.says(OPS, "close", **closes) if life.case.open else life
        else:
            life = getattr(life, reach)()
        needs = {"complete_step": {"step": "x"}, "skip_step": {"step": "x"}, "rule": OUTCOMES[kind]["light"]}
        for command in ("message", "submit_evidence", "appeal", "rule", "withdraw", "disclose", "note", "take"):
            for who in THEIRS:
                assert life.refused(who, command, **needs.get(command, {})).code == "actor_unknown", (command, who)
        assert "disclose" in COMMANDS.json_schema()["discriminator"]["mapping"]

    def test_the_case_is_not_there_and_nothing_of_it_is(self, kind: str) -> None:
        life = hidden(kind).in_review().says(CLAIMANT, "message").says(CLAIMANT, "submit_evidence").says(MEDIATOR, "message")
        for who in THEIRS:
            assert not may_see(life.case, life.actor(who))
            assert sees(life, who) == []
            assert life.seen_by(who).actions == ()
            assert life.notices_for(who) == ()
        assert "respondent" not in life.case.seen_at

    def test_no_time_of_theirs_runs(self, kind: str) -> None:
        life = hidden(kind).in_review()
        assert not [row for row in life.case.timetable if "respondent" in row.clock]

    def test_however_it_ends_without_them_they_are_never_told(self, kind: str) -> None:
        for life, ends in ((hidden(kind).in_review(), "close"), (hidden(kind).in_intake(), "decline")):
            # A report of a danger is put away by two.
            for who in (SECOND_OPS, OPS):
                if life.case.open:
                    life.says(who, ends, reason="no_claim")
            for who in THEIRS:
                assert (life.notices_for(who), sees(life, who)) == ((), [])
                assert not may_see(life.case, life.actor(who))
            assert life.refused(OPS, "disclose").code == "not_in_this_phase"

    def test_a_word_of_the_team_to_them_waits_for_the_disclosure(self, kind: str) -> None:
        life = hidden(kind).in_review()
        assert life.refused(MEDIATOR, "message", to="respondent").code == "not_disclosed"
        assert life.refused(MEDIATOR, "message", to="all").code == "not_disclosed"
        life.says(MEDIATOR, "message")
        assert life.facts[-1].to == "claimant"  # type: ignore[union-attr]  # a message was said last

    def test_what_the_claimant_says_for_them_stays_with_the_desk(self, kind: str) -> None:
        life = hidden(kind).in_review().says(CLAIMANT, "message", to="all").says(CLAIMANT, "submit_evidence", to="all")
        life.disclosed()
        assert sees(life, RESPONDENT) == ["case_opened", "case_disclosed"]

    def test_who_may_tell_them(self, kind: str) -> None:
        """Reviewed by hand: the owner, a lead, operations; nobody else, and no machine."""
        life = hidden(kind).in_review()
        refusals = {who: life.refused(who, "disclose").code for who in (CLAIMANT, PLATFORM, MEDIATOR_2)}
        assert refusals == {CLAIMANT: "not_allowed", PLATFORM: "not_allowed", MEDIATOR_2: "not_your_case"}
        for who in (MEDIATOR, LEAD, OPS):
            assert hidden(kind).in_review().says(who, "disclose").case.is_disclosed


class TestBeingTold:
    @pytest.mark.parametrize("text", [None, "."])
    def test_that_there_is_a_case_tells_nobody_of_what(self, text: str | None) -> None:
        life = hidden("safety_incident").in_review()
        assert life.refused(MEDIATOR, "disclose", text=text).code == "not_disclosed"
        assert life.says(MEDIATOR, "disclose", text=text, with_statement=True).case.is_disclosed

    def test_tells_both_sides_once_and_the_platform(self) -> None:
        life = hidden("fraud_report").in_review().disclosed(text="A guest says that the flat does not exist.")
        told = {n.recipient: n for _, n in life.last.notices}
        assert {RESPONDENT, "pty_agent", CLAIMANT, "platform"} <= told.keys()
        assert {n.event for n in told.values()} == {"case_disclosed"}
        assert "text" in told[RESPONDENT].texts
        assert "text" not in told[CLAIMANT].texts
        assert life.refused(MEDIATOR, "disclose").code == "already_disclosed"

    def test_they_read_the_desks_words_and_not_those_of_the_report(self) -> None:
        life = hidden("safety_incident").in_review().disclosed(text="A dog was hurt.")
        opened, disclosed = life.recordings[0], life.recordings[-1]
        seen = life.seen_by(RESPONDENT)
        assert (seen.told, seen.disclosed_at) == (disclosed.fact.text, disclosed.at)  # type: ignore[union-attr]  # see above
        assert unsaid(life.case, opened, life.actor(RESPONDENT)) == {"statement", "subject", "attachments"}
        assert unsaid(life.case, opened, life.actor(INSURER)) == {"statement", "subject", "attachments"}
        assert unsaid(life.case, opened, life.actor(CLAIMANT)) == frozenset()
        assert unsaid(life.case, disclosed, life.actor(CLAIMANT)) == {"text"}

    def test_the_report_goes_along_where_the_owner_says_so(self) -> None:
        life = hidden("safety_incident").in_review().disclosed(with_statement=True)
        assert unsaid(life.case, life.recordings[0], life.actor(RESPONDENT)) == frozenset()

    def test_to_ask_them_is_to_tell_them(self) -> None:
        life = hidden("conduct_report").in_review().says(MEDIATOR, "request_evidence", of="respondent")
        assert [r.fact.type for r in life.last.recordings] == ["case_disclosed", "evidence_requested"]
        (letter,) = (n for n in life.notices_for(RESPONDENT))
        assert letter.event == "case_disclosed"
        assert letter.texts.keys() == {"what"}, "the first letter says what is asked, too"
        assert letter.data["due_clock"] == "respondent_response"
        assert letter.data["first_told"] is True

    def test_to_ask_the_claimant_is_not(self) -> None:
        life = hidden("conduct_report").in_review().says(MEDIATOR, "request_evidence", of="claimant")
        assert not life.case.is_disclosed

    def test_nobody_is_there_to_tell(self) -> None:
        life = a_case("conduct_report").without_respondent().in_review()
        assert life.refused(MEDIATOR, "disclose").code == "party_unknown"

    def test_a_kind_that_tells_at_opening_has_nothing_to_disclose(self) -> None:
        life = a_case().in_review()
        assert life.refused(MEDIATOR, "disclose").code == "already_disclosed"
        assert life.seen_by(RESPONDENT).disclosed_at == life.case.opened_at

    def test_the_last_day_is_the_laws_and_stands_still_for_no_outage(self) -> None:
        life = a_case("conduct_report").that_protects().in_review()
        due = life.due("disclosure").due_at
        life.later(timedelta(days=1)).says(OPS, "freeze", incident="outage")
        assert life.due("disclosure").due_at == due

    @pytest.mark.parametrize("way", ["appeal", "remit", "reopen", "annul"])
    def test_what_is_taken_up_again_has_a_last_day_again(self, way: str) -> None:
        life = a_case("conduct_report").that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        life.says(MEDIATOR, "rule", outcome="no_violation", ground="insult").fire("grace")
        assert "disclosure" not in {row.clock for row in life.case.timetable}
        if way in ("appeal", "remit"):
            life.says(CLAIMANT, "appeal")
        if way == "remit":
            life.says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
        if way == "annul":
            life.says(OPS, "annul", reason="procedural_fault")
        if way == "reopen":
            life.fire("appeal_window").says(OPS, "reopen")
        assert "disclosure" in {row.clock for row in life.case.timetable}
        assert life.later(timedelta(days=32)).case.is_disclosed
        assert "disclosure" not in {row.clock for row in life.says(OPS, "freeze", incident="x").case.timetable}

    @pytest.mark.parametrize(("category", "about"), [("insult", "insult"), ("general", None)])
    def test_the_last_day_says_of_what_the_case_is(self, category: str, about: str | None) -> None:
        life = a_case("conduct_report", category=category).in_review().fire("disclosure", "end")
        assert [n.data.get("about") for n in life.notices_for(RESPONDENT)] == [about]

    def test_a_question_by_which_they_learn_of_it_says_of_what(self) -> None:
        life = a_case("conduct_report").in_review()
        assert life.refused(MEDIATOR, "request_evidence", of="respondent", what="?").code == "not_disclosed"
        life.says(MEDIATOR, "disclose").says(MEDIATOR, "request_evidence", of="respondent", what="?")

    @pytest.mark.parametrize(
        ("category", "asked", "enough"),
        [
            ("extortion", {}, True),  # the letter names the clause that the case is called by
            ("harassment", {}, True),  # or the ladder of some
            ("general", {"ground": "insult"}, True),  # or the one that the question puts to them
            ("general", {}, False),  # that there is something, and not what
            ("extortion", {"what": "?"}, False),
        ],
    )
    def test_a_short_one_does_where_its_letter_names_the_clause(self, category: str, asked: dict[str, str], enough: bool) -> None:
        life = a_case("conduct_report", category=category).in_review()
        question = {"of": "respondent", "what": "Your side?", **asked}
        if not enough:
            assert life.refused(MEDIATOR, "request_evidence", **question).code == "not_disclosed"
            return
        life.says(MEDIATOR, "request_evidence", **question)
        named = [notice.data.get("about") for notice in life.notices_for(RESPONDENT)]
        assert asked.get("ground", category) in named

    def test_the_last_day_of_the_pack_tells_them_by_itself(self) -> None:
        life = hidden("conduct_report").in_review().later(timedelta(days=32))
        assert life.case.is_disclosed
        assert [n.event for n in life.notices_for(RESPONDENT)] == ["case_disclosed"]

    def test_and_passes_by_where_they_know_or_the_case_is_over(self) -> None:
        for life in (hidden("conduct_report").in_review().disclosed(), hidden("conduct_report").in_review().says(OPS, "close")):
            assert not [row for row in life.case.timetable if row.clock == "disclosure"]

    def test_what_went_before_stays_with_the_desk(self) -> None:
        life = hidden("fraud_report").in_review().says(CLAIMANT, "message").says(MEDIATOR, "request_evidence", of="claimant")
        life.says(CLAIMANT, "submit_evidence").says(
            MEDIATOR, "impose_interim", measure="suspend", reasons="She is afraid of him."
        )
        life.disclosed()
        assert sees(life, RESPONDENT) == ["case_opened", "interim_imposed", "case_disclosed"]
        measure = next(r for r in life.recordings if isinstance(r.fact, InterimImposed))
        assert unsaid(life.case, measure, life.actor(RESPONDENT)) == {"reasons"}

    def test_a_running_case_that_was_told_at_opening_stays_told_under_a_newer_pack(self) -> None:
        life = a_case("fraud_report").with_terms(disclosure="at_opening").in_review()
        life.says(OPS, "retarget", newest="pack", reason="new_rules")
        assert (life.case.terms.disclosure, life.case.is_disclosed) == ("by_owner", True)
        assert fold(life.case_id, life.recordings) == life.case


class TestRulings:
    def test_one_by_which_they_lose_nothing_is_none_of_their_business(self) -> None:
        life = hidden("conduct_report").in_review()
        for step in life.case.terms.procedure:
            life.says(MEDIATOR, "complete_step", step=step)
        life.says(MEDIATOR, "rule", outcome="unproven", ground="insult").fire("grace")
        assert (life.notices_for(RESPONDENT), sees(life, RESPONDENT), life.case.is_disclosed) == ((), [], False)

    def test_nor_is_an_appeal_of_whoever_reported_them_until_it_turns_against_them(self) -> None:
        life = hidden("conduct_report").with_terms(procedure=()).in_review()
        life.says(MEDIATOR, "rule", outcome="unproven", ground="insult").fire("grace")
        life.says(CLAIMANT, "appeal")
        assert life.refused(MEDIATOR, "take").code == "own_case"
        life.says(LEAD_2, "take")
        against = {"decision": "overturn", "outcome": "violation", "ground": "insult"}
        assert life.refused(LEAD_2, "decide_appeal", **against).code == "not_heard"
        assert life.refused(RESPONDENT, "message").code == "actor_unknown"
        assert (life.notices_for(RESPONDENT), sees(life, RESPONDENT), life.case.is_disclosed) == ((), [], False)
        life.says(LEAD_2, "request_evidence", of="respondent", ground="insult").says(RESPONDENT, "submit_evidence")
        life.says(LEAD_2, "decide_appeal", **against)

    def test_where_they_are_to_be_heard_none_goes_against_them_before(self) -> None:
        life = hidden("conduct_report").with_terms(procedure=()).in_review()
        assert life.refused(MEDIATOR, "rule", **OUTCOMES["conduct_report"]["light"]).code == "not_heard"

    def test_and_whoever_was_counted_as_heard_untold_is_told_first(self) -> None:
        life = hidden("conduct_report").with_terms(procedure=()).in_review()
        life._case = life.case.model_copy(update={"heard": ("respondent",)})
        assert life.refused(MEDIATOR, "rule", **OUTCOMES["conduct_report"]["light"]).code == "not_disclosed"

    def test_where_a_pack_lets_it_be_they_learn_of_the_case_by_the_ruling_and_may_appeal(self) -> None:
        life = hidden("fraud_report").with_terms(hear=()).ruled()
        assert life.notices_for(RESPONDENT) == ()
        life.fire("grace")
        (letter,) = life.notices_for(RESPONDENT)
        assert (letter.event, letter.data["first_told"]) == ("ruling_issued", True)
        life.says(RESPONDENT, "appeal")

    def test_an_appeal_of_the_claimant_tells_them_nothing(self) -> None:
        life = hidden("fraud_report").with_terms(hear=()).in_review().says(MEDIATOR, "rule", **OUTCOMES["fraud_report"]["none"])
        life.fire("grace").says(CLAIMANT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="uphold").fire("grace")
        assert (life.notices_for(RESPONDENT), life.case.is_disclosed) == ((), False)


class TestMeasures:
    def imposed(self, **fields: str) -> Life:
        life = hidden("fraud_report").in_review()
        return life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons="Three guests, one flat.", **fields)

    def test_of_one_before_they_know_they_hear_what_was_to_be_told_and_nothing_else(self) -> None:
        life = self.imposed(told="Your payouts wait while we check your account.")
        (letter,) = life.notices_for(RESPONDENT)
        assert letter.texts.keys() == {"told"}
        assert letter.data.keys() == {"kind", "measure_alone", "measures", "measure_id", "your_side", "due_at"}
        assert not may_see(life.case, life.actor(RESPONDENT))

    def test_neither_do_they_hear_why_it_ends(self) -> None:
        life = self.imposed()
        life.says(OPS, "close", reason="abandoned", ends=[measure.id for measure in life.case.interim])
        assert [n.event for n in life.notices_for(RESPONDENT)] == ["interim_imposed", "interim_ended"]
        assert life.notices_for(RESPONDENT)[-1].data.keys() == {"kind", "measure_alone", "measures", "your_side"}
        assert life.notices_for(RESPONDENT)[-1].texts == {}

    def test_who_was_told_of_one_hears_that_it_could_not_be_carried_out_and_nothing_of_why(self) -> None:
        life = self.imposed()
        (ordered,) = life.case.effects
        life.says(ROBOT, "report_effect", effect_id=ordered.id, result="needs_hands")
        life.says(LEAD, "report_manual_work", effect_id=ordered.id, result="impossible", text="The bank has closed the account.")
        assert [n.event for n in life.notices_for(RESPONDENT)] == ["interim_imposed", "manual_work_reported"]
        letter = life.notices_for(RESPONDENT)[-1]
        assert letter.data.keys() == {"kind", "measure_alone", "measures", "your_side"}
        assert letter.texts == {}
        assert not may_see(life.case, life.actor(RESPONDENT))

    def test_what_is_done_they_notice_and_that_it_cannot_be_undone_they_hear(self) -> None:
        life = self.imposed()
        life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="needs_hands")
        life.says(LEAD, "report_manual_work", effect_id=life.case.effects[0].id, result="done")
        assert [n.event for n in life.notices_for(RESPONDENT)] == ["interim_imposed"]
        life.says(MEDIATOR, "review_interim", decision="lift", reasons="It was another flat.")
        undoing = life.case.effects[-1]
        assert undoing.reverses == life.case.effects[0].id
        life.says(ROBOT, "report_effect", effect_id=undoing.id, result="needs_hands")
        life.says(LEAD, "report_manual_work", effect_id=undoing.id, result="impossible", text="The provider says no.")
        assert [n.event for n in life.notices_for(RESPONDENT)][1:] == ["interim_ended", "manual_work_reported"]
        assert life.notices_for(RESPONDENT)[-1].data["undoes"] is True

    def test_they_may_ask_that_it_be_looked_at_again_and_the_owner_hears_of_it(self) -> None:
        life = self.imposed().says(RESPONDENT, "ask_interim_review")
        assert [(n.recipient, n.event) for _, n in life.last.notices] == [(MEDIATOR, "interim_review_asked")]
        assert life.case.interim[0].asked_at == life.now
        assert not may_see(life.case, life.actor(RESPONDENT))

    @pytest.mark.parametrize("who", [WITNESS, INSURER])
    def test_whoever_does_not_speak_for_the_side_does_not(self, who: str) -> None:
        assert self.imposed().refused(who, "ask_interim_review").code in ("actor_unknown", "not_allowed")

    def test_without_a_measure_there_is_nothing_to_ask_about(self) -> None:
        life = hidden("fraud_report").in_review()
        assert life.refused(RESPONDENT, "ask_interim_review").code == "actor_unknown"
        assert life.disclosed().refused(RESPONDENT, "ask_interim_review").code == "not_allowed"

    def test_one_that_outlives_a_withdrawal_says_until_when(self) -> None:
        life = self.imposed().says(CLAIMANT, "withdraw")
        until = (life.now + timedelta(days=30)).isoformat()
        life.says(LEAD, "accept_withdrawal", stays=["payout_freeze"], until=until)
        letter = life.notices_for(RESPONDENT)[-1]
        assert (letter.event, letter.data["due_at"], letter.texts) == ("interim_kept", until, {})
        life.says(RESPONDENT, "ask_interim_review")

    def test_its_review_does_not_tell_them_of_the_case(self) -> None:
        life = self.imposed().says(MEDIATOR, "review_interim", decision="lift", reasons="The flat exists.")
        assert life.notices_for(RESPONDENT)[-1].texts == {}


class TestBesideOtherCases:
    def test_a_case_that_they_know_is_not_merged_into_one_that_they_do_not(self) -> None:
        life = hidden("fraud_report").in_review().disclosed()
        life.elsewhere = elsewhere("fraud_report", is_disclosed=False)
        assert life.refused(LEAD, "merge", into=OTHER_CASE).code == "not_disclosed"
        life.elsewhere = elsewhere("fraud_report", is_disclosed=True)
        assert life.says(LEAD, "merge", into=OTHER_CASE).notices_for(RESPONDENT)[-1].event == "case_closed"

    def test_one_that_they_do_not_know_is_and_they_hear_nothing(self) -> None:
        life = hidden("fraud_report").in_review()
        life.elsewhere = elsewhere("fraud_report", is_disclosed=False)
        assert life.says(LEAD, "merge", into=OTHER_CASE).notices_for(RESPONDENT) == ()


class TestWhoMayAskForAReview:
    """Reviewed by hand: whoever speaks for the side that is hit, and nobody else."""

    def test_while_a_measure_is_in_force(self) -> None:
        life = hidden("fraud_report").in_review().disclosed()
        life.says(MEDIATOR, "impose_interim", measure="suspend", reasons="Three guests, one flat.")
        refusals = {
            who: life.refused(who, "ask_interim_review").code for who in (CLAIMANT, WITNESS, INSURER, PLATFORM, MEDIATOR, LEAD)
        }
        assert set(refusals.values()) == {"not_allowed"}
        assert life.refused(RESPONDENT, "ask_interim_review", measure_id="itm_other").code == "interim_unknown"
        for who in (RESPONDENT, "pty_agent"):
            life.says(who, "ask_interim_review")


def test_the_insurer_of_the_other_side_hears_nothing_before() -> None:
    life = incident().opened()
    assert life.notices_for(INSURER) == ()
    life.in_review().disclosed()
    assert [n.event for n in life.notices_for(INSURER)] == []


class TestTheLastDay:
    def test_tells_nobody_while_somebody_wants_to_take_the_report_back(self) -> None:
        life = a_case("conduct_report").in_review().says(CLAIMANT, "withdraw").fire("disclosure", "end")
        assert life.case.disclosed is None
        assert "level_reached:escalate" in {n.event for n in life.notices_for("role:leads")}
        life.later(timedelta(days=2))
        assert life.case.disclosed is None
        life = life.says(MEDIATOR, "continue_of_office").later(timedelta(days=1))
        assert life.case.disclosed is not None
        assert fold(life.case_id, life.recordings) == life.case


class TestAnOrderOfAnAuthority:
    """Orders come under secrecy: 18 USC 2705(b); Regulation (EU) 2023/1543, article 13."""

    TEXT = "An authority has asked us for what we keep of you."

    @staticmethod
    def granted(category: str = "legal_order") -> Life:
        life = a_case("compliance_request", category=category).in_intake()
        if category != "legal_order":
            life.says(LEAD, "retarget", category="legal_order", reason="it_is_one")
        life = life.says(MEDIATOR, "admit") if life.case.phase.value == "intake" else life
        life.says(MEDIATOR, "take")
        for step in life.case.terms.procedure:
            life.says(MEDIATOR, "complete_step", step=step, reasons="The seal was seen.")
        said = {"outcome": "granted", "ground": "valid_order", "remedies": [{"type": "hand_over"}]}
        life.says(MEDIATOR, "rule", **said)
        if life.case.phase.value == "approval":
            life.says(LEAD, "approve")
        return life.fire("grace")

    @pytest.mark.parametrize("category", ["legal_order", "general", "other"])
    def test_is_told_to_nobody_whom_it_is_about(self, category: str) -> None:
        life = self.granted(category)
        assert life.case.outcome is not None
        assert (life.notices_for(RESPONDENT), sees(life, RESPONDENT)) == ((), [])
        assert not may_see(life.case, life.actor(RESPONDENT))

    @pytest.mark.parametrize("renamed", [False, True])
    def test_two_tell_them_or_nobody(self, renamed: bool) -> None:
        life = a_case("compliance_request", category="legal_order").opened().says(MEDIATOR, "take")
        if renamed:
            life.says(LEAD, "retarget", category="gdpr_access", reason="mistaken")
        for command, said in (("request_evidence", {"of": "respondent"}), ("disclose", {"text": self.TEXT})):
            assert life.refused(MEDIATOR, command, **said).code == "tipping_off"
        told = {"text": self.TEXT, "reasons": "The order allows it."}
        assert not life.says(MEDIATOR, "disclose", **told).case.is_disclosed
        assert life.says(LEAD, "disclose", **told).case.is_disclosed

    def test_what_names_a_right_is_told_at_once(self) -> None:
        assert a_case("compliance_request", category="gdpr_access").opened().case.is_disclosed
