"""Nobody is sanctioned for what they were not asked about (European Convention on Human Rights, article 6(3)(a) and (b))."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest

from domain.base import Phase, Side
from domain.rules import charge
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, RESPONDENT, STATEMENT, Life, a_case

FIRST, SECOND = RESPONDENT, "pty_second"
VIOLATION: dict[str, Any] = {"outcome": "violation", "relies_on": []}


def answered(category: str = "insult") -> Life:
    """The accused was asked about what the category says, and has answered."""
    life = a_case("conduct_report", category=category).with_terms(procedure=()).in_review()
    return life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")


class TestClausesOf:
    @pytest.mark.parametrize(
        ("category", "clauses"),
        [
            ("insult", {"insult"}),
            ("harassment", {"harassment"}),
            ("threats", {"threat", "doxxing", "retaliation"}),
            ("something_else", set()),
        ],
    )
    def test_a_category_of_reports_is_a_clause_or_the_ladder_of_its_name(self, category: str, clauses: set[str]) -> None:
        assert charge.clauses_of(answered().case.terms, category) == clauses

    def test_a_kind_without_sanctions_has_no_ladder(self) -> None:
        assert charge.clauses_of(a_case("payment_dispute").in_review().case.terms, "threats") == set()


class TestAClauseThatAcquits:
    """By ``no_breach`` nobody did anything: it accuses nobody (European Convention on Human Rights, article 6(3)(a))."""

    KINDS: ClassVar = [
        ("safety_incident", "substantiated", "no_breach", "suspend"),
        ("fraud_report", "confirmed", "no_fraud", "warn"),
        ("conduct_report", "violation", "no_clause", None),
    ]

    @pytest.mark.parametrize(("kind", "outcome", "ground", "remedy"), KINDS)
    def test_hits_nobody_and_is_put_to_nobody(self, kind: str, outcome: str, ground: str, remedy: str | None) -> None:
        life = a_case(kind, category=ground).with_terms(procedure=(), root_cause_needed=False).in_review()
        asked = life.refused(MEDIATOR, "request_evidence", of="respondent", ground=ground)
        assert asked.code == "ground_unknown"
        assert ground not in asked.fields["allowed"]
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        against = [{"type": remedy, "to": "respondent"}] if remedy else []
        said = {"outcome": outcome, "ground": ground, "remedies": against, "relies_on": []}
        assert life.refused(MEDIATOR, "rule", **said).code == "ground_unknown"
        assert life.refused(MEDIATOR, "rule", **{**said, "remedies": []}).code == "ground_unknown"

    def test_it_hits_no_reporter_either_and_whoever_is_acquitted_is_by_it(self) -> None:
        life = a_case("fraud_report").in_review()
        said = {"outcome": "suspicious_unproven", "ground": "no_fraud", "relies_on": []}
        warned = life.refused(MEDIATOR, "rule", **said, remedies=[{"type": "warn", "to": "claimant"}])
        assert warned.code == "ground_unknown"
        assert life.says(MEDIATOR, "rule", **said).case.phase is Phase.RULED


class TestAnotherClause:
    @pytest.mark.parametrize(("category", "ground"), [("insult", "insult"), ("unprofessional", "insult"), ("threats", "threat")])
    def test_that_the_category_says_by_its_name_or_as_a_ladder_is_put(self, category: str, ground: str) -> None:
        assert answered(category).says(MEDIATOR, "rule", **VIOLATION, ground=ground).case.phase is Phase.RULED

    def test_named_to_them_leaves_nothing_to_the_ladder(self) -> None:
        life = answered("unprofessional").says(MEDIATOR, "request_evidence", of="respondent", ground="insult")
        life.says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground="spam").fields["missing"] == "charge"
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground="insult").case.phase is Phase.RULED

    @pytest.mark.parametrize(
        ("category", "ground"),
        [("insult", "threat"), ("threats", "insult"), ("harassment", "sexual_misconduct"), ("insult", "spam")],
    )
    def test_of_whatever_ladder_waits_until_they_were_asked_about_it_by_name(self, category: str, ground: str) -> None:
        life = answered(category)
        refusal = life.refused(MEDIATOR, "rule", **VIOLATION, ground=ground)
        assert (refusal.code, refusal.fields["missing"], refusal.fields["ground"]) == ("not_heard", "charge", ground)
        life.says(MEDIATOR, "request_evidence", of="respondent", ground=ground)
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground=ground).fields["missing"] == "charge"
        life.says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground=ground).case.phase is Phase.RULED

    def test_their_silence_is_an_answer(self) -> None:
        life = answered().says(MEDIATOR, "request_evidence", of="respondent", ground="threat").fire("respondent_response", "end")
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground="threat").case.phase is Phase.RULED

    def test_what_no_ladder_knows_was_asked_about_nothing(self) -> None:
        life = answered("something_else")
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground="threat").fields["missing"] == "charge"

    @pytest.mark.parametrize("asked", [{"of": "claimant"}, {"of": "respondent", "party": "pty_witness"}])
    def test_that_was_put_to_somebody_else_was_not_put_to_them(self, asked: dict[str, str]) -> None:
        life = answered().says(LEAD, "add_party", party={"side": "respondent", "ref": "witness", "role": "witness"})
        due = life.now + timedelta(days=6)
        life.says(MEDIATOR, "request_evidence", **asked, ground="threat", due_at=due).fire(f"{asked['of']}_evidence", "end")
        assert not charge.put_to(life.case, life.case.principals(Side.RESPONDENT)[0].id)
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground="threat").fields["missing"] == "charge"

    def test_nor_to_whoever_takes_their_place(self) -> None:
        life = answered().says(MEDIATOR, "request_evidence", of="respondent", ground="threat").says(RESPONDENT, "submit_evidence")
        life.says(OPS, "add_party", party={"side": "respondent", "ref": "second"})
        assert [charge.put_to(life.case, p.id) for p in life.case.principals(Side.RESPONDENT)] == [("threat",), ()]

    def test_is_one_of_the_kind(self) -> None:
        refusal = answered().refused(MEDIATOR, "request_evidence", of="respondent", ground="gravity")
        assert refusal.code == "ground_unknown"

    def test_a_question_of_the_first_instance_is_none_of_what_is_decided_afresh(self) -> None:
        life = answered().says(MEDIATOR, "request_evidence", of="respondent", ground="threat").says(RESPONDENT, "submit_evidence")
        life.says(MEDIATOR, "rule", **VIOLATION, ground="threat").fire("grace").says(LEAD, "annul", reason="fault")
        assert life.case.put == ()


class TestAnotherCategory:
    def test_is_another_charge_to_be_asked_about(self) -> None:
        life = answered().says(LEAD, "retarget", category="threats", reason="more")
        refusal = life.refused(MEDIATOR, "rule", **VIOLATION, ground="threat")
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "answer")
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground="threat").case.phase is Phase.RULED

    def test_of_the_same_ladder_is_one_too(self) -> None:
        life = answered("harassment").says(LEAD, "retarget", category="sexual_misconduct", reason="more")
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground="sexual_misconduct").fields["missing"] == "answer"

    def test_that_says_less_is_none(self) -> None:
        life = answered("unprofessional").says(LEAD, "retarget", category="spam", reason="more")
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground="spam").case.phase is Phase.RULED

    def test_that_they_were_asked_about_by_name_is_none(self) -> None:
        life = answered().says(MEDIATOR, "request_evidence", of="respondent", ground="threat").says(RESPONDENT, "submit_evidence")
        life.says(LEAD, "retarget", category="threats", reason="more")
        assert life.says(MEDIATOR, "rule", **VIOLATION, ground="threat").case.phase is Phase.RULED

    def test_a_question_from_before_answers_nothing_of_it(self) -> None:
        life = a_case("conduct_report", category="insult").with_terms(procedure=()).in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent").says(LEAD, "retarget", category="threats", reason="more")
        life.says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **VIOLATION, ground="threat").fields["missing"] == "answer"


class TestWithoutSanctions:
    """Where no sanction follows from a clause: what hits the respondent rests on what was put to them."""

    HIT: dict[str, Any] = {
        "outcome": "confirmed", "relies_on": [], "remedies": [{"type": "suspend", "to": "respondent"}],
    }  # fmt: skip

    def told(self, category: str = "stolen_payment") -> Life:
        hears: dict[str, Any] = {"hear": tuple(Side), "heard_when": "told"}
        life = a_case("fraud_report", category=category).with_terms(**hears).in_review()
        return life.says(MEDIATOR, "disclose").says(RESPONDENT, "message")

    def test_another_clause_waits_until_they_were_asked_about_it_by_name(self) -> None:
        life = self.told()
        refusal = life.refused(MEDIATOR, "rule", **self.HIT, ground="misrepresentation")
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "charge")
        life.says(MEDIATOR, "request_evidence", of="respondent", ground="misrepresentation").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **self.HIT, ground="misrepresentation").case.phase is Phase.RULED

    def test_the_category_told_is_put(self) -> None:
        assert self.told().says(MEDIATOR, "rule", **self.HIT, ground="stolen_payment").case.phase is Phase.RULED

    def test_a_category_that_is_no_clause_puts_none(self) -> None:
        life = self.told("unauthorised")
        assert life.refused(MEDIATOR, "rule", **self.HIT, ground="stolen_payment").fields["missing"] == "charge"

    def test_but_whoever_was_asked_about_one_clause_by_name_is_not_hit_by_another(self) -> None:
        life = self.told("unauthorised").says(MEDIATOR, "request_evidence", of="respondent", ground="stolen_payment")
        life.says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **self.HIT, ground="misrepresentation").fields["missing"] == "charge"
        assert life.says(MEDIATOR, "rule", **self.HIT, ground="stolen_payment").case.phase is Phase.RULED

    def test_what_it_came_to_be_called_since_was_not_put(self) -> None:
        life = self.told().says(LEAD, "retarget", category="account_takeover", reason="more")
        assert life.refused(MEDIATOR, "rule", **self.HIT, ground="account_takeover").fields["missing"] == "charge"
        life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **self.HIT, ground="account_takeover").case.phase is Phase.RULED

    def test_what_takes_nothing_from_them_waits_for_nothing(self) -> None:
        refund = {**self.HIT, "remedies": []}
        assert self.told().says(MEDIATOR, "rule", **refund, ground="misrepresentation").case.phase is Phase.RULED


class TestTheTelling:
    """What somebody is accused of goes with the telling: a clause by name, or what the case is called if that says anything."""

    HITS: ClassVar[dict[str, dict[str, Any]]] = {
        "safety_incident": {"outcome": "substantiated", "remedies": [{"type": "suspend", "to": "respondent"}]},
        "fraud_report": {"outcome": "confirmed", "remedies": [{"type": "suspend", "to": "respondent"}], "statement": STATEMENT},
        "conduct_report": {"outcome": "violation"},
    }
    CLAUSES: ClassVar[dict[str, tuple[str, str]]] = {
        "safety_incident": ("duty_of_care", "honesty_about_risks"),
        "fraud_report": ("stolen_payment", "misrepresentation"),
        "conduct_report": ("insult", "threat"),
    }

    def told(self, kind: str, category: str = "general", **telling: Any) -> Life:
        life = a_case(kind, category=category).that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        life.says(MEDIATOR, "disclose", **telling).says(RESPONDENT, "message", text="What is this about?")
        if kind == "conduct_report":
            life.says(MEDIATOR, "request_evidence", of="respondent").says(RESPONDENT, "submit_evidence")
        return life

    def ruling(self, kind: str, ground: str) -> dict[str, Any]:
        return {**self.HITS[kind], "ground": ground, "relies_on": []}

    @pytest.mark.parametrize("category", ["general", "other"])
    @pytest.mark.parametrize("kind", CLAUSES)
    def test_that_names_nothing_is_no_charge_whatever_was_written(self, kind: str, category: str) -> None:
        ground = self.CLAUSES[kind][0]
        life = self.told(kind, category)
        refusal = life.refused(MEDIATOR, "rule", **self.ruling(kind, ground))
        assert (refusal.code, refusal.fields["missing"]) == ("not_heard", "charge")
        assert life.seen_by(RESPONDENT).accused_of == ()
        life.says(MEDIATOR, "request_evidence", of="respondent", ground=ground).says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **self.ruling(kind, ground)).case.ruling is not None

    @pytest.mark.parametrize("kind", CLAUSES)
    def test_by_name_is_one_for_that_clause_alone(self, kind: str) -> None:
        ground, other = self.CLAUSES[kind]
        life = self.told(kind, ground=ground)
        assert life.refused(MEDIATOR, "rule", **self.ruling(kind, other)).fields["missing"] == "charge"
        assert ground in life.seen_by(RESPONDENT).accused_of
        assert life.says(MEDIATOR, "rule", **self.ruling(kind, ground)).case.ruling is not None

    def test_of_what_happened_puts_no_clause(self) -> None:
        """European Convention on Human Rights, article 6(3)(a): what they are accused of, beside what happened."""
        life = self.told("safety_incident", "assault")
        assert life.seen_by(RESPONDENT).accused_of == ("assault",)
        ruling = self.ruling("safety_incident", "duty_of_care")
        assert life.refused(MEDIATOR, "rule", **ruling).fields["missing"] == "charge"
        life.says(MEDIATOR, "request_evidence", of="respondent", ground="duty_of_care").says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **ruling).case.ruling is not None

    def test_does_not_come_to_say_more_by_what_the_case_is_called_later(self) -> None:
        life = self.told("safety_incident").says(LEAD, "retarget", category="assault", reason="found_out")
        assert life.refused(MEDIATOR, "rule", **self.ruling("safety_incident", "duty_of_care")).fields["missing"] == "charge"

    def test_is_named_in_the_letter_beside_the_words(self) -> None:
        life = a_case("safety_incident", category="assault").that_protects().in_review()
        life.says(MEDIATOR, "disclose", text="We have a question for you about something that somebody said.")
        (told,) = [n for n in life.notices_for(RESPONDENT) if n.event == "case_disclosed"]
        assert told.data["about"] == "assault"
        assert "text" in told.texts

    def test_by_a_question_is_one_too(self) -> None:
        life = a_case("safety_incident").that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        life.says(MEDIATOR, "request_evidence", of="respondent", ground="duty_of_care")
        (told,) = [n for n in life.notices_for(RESPONDENT) if n.event == "case_disclosed"]
        assert told.data["about"] == "duty_of_care"
        life.says(RESPONDENT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **self.ruling("safety_incident", "duty_of_care")).case.ruling is not None

    def test_is_a_clause_of_the_kind(self) -> None:
        refusal = a_case("safety_incident").in_review().refused(MEDIATOR, "disclose", ground="gravity")
        assert refusal.code == "ground_unknown"

    def test_of_before_charges_were_kept_stands(self) -> None:
        life = self.told("safety_incident")
        assert life.case.disclosed is not None
        life._case = life.case.model_copy(update={"disclosed": life.case.disclosed.model_copy(update={"charge": None})})
        assert life.says(MEDIATOR, "rule", **self.ruling("safety_incident", "duty_of_care")).case.ruling is not None

    def test_is_for_whom_it_is_about_and_the_team(self) -> None:
        life = self.told("safety_incident", "assault")
        assert [life.seen_by(who).accused_of for who in (CLAIMANT, MEDIATOR)] == [(), ("assault",)]


class TestOneOfSeveral:
    """What a question puts to one of several it puts to nobody else (European Convention on Human Rights, article 6(3)(a))."""

    def two(self) -> Life:
        life = a_case("safety_incident").that_protects().with_party(SECOND, "respondent", "principal")
        life = life.with_terms(procedure=(), root_cause_needed=False).in_review().says(MEDIATOR, "disclose")
        return life.says(RESPONDENT, "message").says(SECOND, "message")

    def hits(self, party: str | None) -> dict[str, Any]:
        remedy = {"type": "suspend", "to": "respondent", **({"party": party} if party else {})}
        return {"outcome": "substantiated", "remedies": [remedy], "ground": "duty_of_care", "relies_on": []}

    def test_is_hit_only_for_what_was_put_to_them(self) -> None:
        life = self.two()
        life.says(MEDIATOR, "request_evidence", of="respondent", party=FIRST, ground="duty_of_care")
        assert [life.seen_by(who).accused_of for who in (RESPONDENT, SECOND)] == [("duty_of_care",), ()]
        life.says(RESPONDENT, "submit_evidence")
        for party in (SECOND, None):
            refusal = life.refused(MEDIATOR, "rule", **self.hits(party))
            assert (refusal.fields["missing"], refusal.fields["party"]) == ("charge", SECOND)
        assert life.says(MEDIATOR, "rule", **self.hits(FIRST)).case.ruling is not None

    def test_of_a_question_to_all_each_answers_for_themselves(self) -> None:
        life = self.two().says(MEDIATOR, "request_evidence", of="respondent", ground="duty_of_care")
        life.says(RESPONDENT, "submit_evidence")
        assert life.refused(MEDIATOR, "rule", **self.hits(None)).fields["missing"] == "charge"

    def test_the_time_of_a_question_to_all_is_over_for_each(self) -> None:
        life = self.two().says(MEDIATOR, "request_evidence", of="respondent", ground="duty_of_care")
        life.fire("respondent_response", "end")
        assert life.says(MEDIATOR, "rule", **self.hits(None)).case.ruling is not None

    def test_to_ask_one_makes_the_case_known_to_no_other(self) -> None:
        life = a_case("safety_incident").that_protects().with_party(SECOND, "respondent", "principal").in_review()
        asked = {"of": "respondent", "party": FIRST, "ground": "duty_of_care"}
        assert life.refused(MEDIATOR, "request_evidence", **asked).code == "not_disclosed"
        assert life.case.disclosed is None


class TestWhoeverReports:
    """A sanction or warning of the claimant takes the clause by name: any other question is no charge."""

    WARNS: ClassVar[dict[str, dict[str, Any]]] = {
        "fraud_report": {
            "outcome": "suspicious_unproven", "ground": "friendly_fraud", "remedies": [{"type": "warn", "to": "claimant"}],
        },
        "bounty_dispute": {"outcome": "unfounded", "ground": "without_ground"},
    }  # fmt: skip

    def heard(self, kind: str) -> Life:
        life = a_case(kind).with_terms(hear=tuple(Side), heard_when="told").in_review()
        return life.says(MEDIATOR, "disclose").says(RESPONDENT, "message") if kind == "fraud_report" else life

    @pytest.mark.parametrize("kind", WARNS)
    def test_is_hit_by_what_they_were_asked_about_by_name(self, kind: str) -> None:
        life = self.heard(kind).says(MEDIATOR, "request_evidence", of="claimant").says(CLAIMANT, "submit_evidence")
        refusal = life.refused(MEDIATOR, "rule", **self.WARNS[kind], relies_on=[])
        assert (refusal.code, refusal.fields["side"], refusal.fields["missing"]) == ("not_heard", "claimant", "charge")
        assert refusal.fields["ground"] == self.WARNS[kind]["ground"]
        life.says(MEDIATOR, "request_evidence", of="claimant", ground=self.WARNS[kind]["ground"])
        asked = [n for n in life.notices_for(CLAIMANT) if n.event.startswith("evidence_requested")][-1]
        assert asked.data["about"] == self.WARNS[kind]["ground"]
        assert life.seen_by(CLAIMANT).accused_of == (self.WARNS[kind]["ground"],)
        assert life.seen_by(RESPONDENT).accused_of != (self.WARNS[kind]["ground"],)
        life.says(CLAIMANT, "submit_evidence")
        assert life.says(MEDIATOR, "rule", **self.WARNS[kind], relies_on=[]).case.ruling is not None
