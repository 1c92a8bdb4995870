"""Lint names every problem of a pack with its line; the packs that ship have none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.rules.triggers import WORDS
from policies.folders import calendar_files
from policies.lint import Finding, lint, lint_file
from policies.pack import PACKS_DIR
from tests.support.packs import written_out

CALENDARS = frozenset(calendar_files())
PACK = written_out("bounty_dispute")
FRAUD = written_out("fraud_report")


def changed(old: str, new: str, text: str = PACK) -> str:
    """A pack with one change in it."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The line on which something is written."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def findings(text: str) -> list[Finding]:
    return lint(text, "mine.yaml", CALENDARS)


def only(text: str) -> Finding:
    (found,) = findings(text)
    return found


@pytest.mark.parametrize("path", sorted(PACKS_DIR.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_packs_that_ship_have_no_findings(path: Path) -> None:
    assert lint_file(path, CALENDARS) == []


class TestAPackThatCannotBeUsed:
    """Errors that loading finds too: lint adds the line."""

    @pytest.mark.parametrize(
        ("old", "new", "at", "place"),
        [
            # a misspelt field, at the top and deep inside
            ("queue: mediation", "queue: mediation\nquue: x", "quue: x", "quue"),
            ("during: settlement", "durring: settlement", "durring", "clocks.settlement.durring"),
            ("action: warn, audience: [claimant]", "action: shout, audience: [claimant]", "shout", "clocks.claimant_response"),
            ("then: decline", "then: refuse", "then: refuse", "gates.0.then"),
            # a value of the wrong kind
            ("target: 14 days", "target: a fortnight", "target: a fortnight", "clocks"),
            ("reopen_for: 90 days", "reopen_for: soon", "reopen_for: soon", "reopen_for"),
            ("approval_above: {amount: 500000", "approval_above: {amount: 5000.50", "approval_above: {", "approval_above.amount"),
            # conditions that are no CEL
            ("when: report.amount >= 1000000", "when: report.amount >=", "when: report.amount >=", "priority.large_amount.when"),
            # events that never happen
            ("case_withdrawn: [all]", "case_vanished: [all]", "case_vanished", "notices.case_vanished"),
            ("starts: [case_opened]", "starts: [case_opend]", "starts: [case_opend]", "clocks.triage.starts"),
            # a default that does not go with its clock
            (
                "default: proceed_on_file",
                "default: issue_ruling",
                "default: issue_ruling",
                "clocks.claimant_response.levels.end.default",
            ),
            ("behind: first_response", "behind: second_response", "behind: second_response", "clocks.next_update.behind"),
            ("during: appealable", "starts: [ruling_issued]", "clocks:", "clocks"),
        ],
    )
    def test_is_an_error_on_its_line(self, old: str, new: str, at: str, place: str) -> None:
        text = changed(old, new)
        found = [one for one in findings(text) if one.severity == "error"]
        assert [one for one in found if one.line == line_of(text, at) and one.place.startswith(place) and one.problem], found

    def test_names_each_problem_of_the_whole_on_its_own_line(self) -> None:
        text = changed("  ruled: Decided, not told yet\n", "", changed("opens_in: settlement", "opens_in: intake"))
        text = changed("{urgent: 2 working hours, high: 4 working hours,", "{urgent: 2 working hours,", text)
        found = {one.place: one for one in findings(text)}
        assert set(found) == {"labels", "clocks.first_response.target"}
        assert found["labels"].line == line_of(text, "labels:")
        assert found["clocks.first_response.target"].line == line_of(text, "{urgent: 2 working hours,")

    def test_that_is_not_yaml_is_an_error_where_it_breaks(self) -> None:
        text = changed("gates:", "gates: ]")
        found = only(text)
        assert (found.severity, found.line) == ("error", line_of(text, "gates: ]"))
        assert "\n" not in found.problem

    def test_with_a_character_that_no_yaml_may_hold(self) -> None:
        text = changed("labels:", "labels: \x07")
        assert only(text).line == line_of(text, "labels:")

    @pytest.mark.parametrize("text", ["", "just words", "- a list", "x: 2026-13-45T00:00:00Z", "&a [*a]", "a: 1" + "0" * 5000])
    def test_that_is_something_else_is_an_error_on_the_first_line(self, text: str) -> None:
        assert [(one.line, one.severity) for one in findings(text)][:1] == [(1, "error")]

    def test_that_lacks_a_part_is_an_error_of_the_file(self) -> None:
        found = only(changed("title: Bounty dispute\n", ""))
        assert (found.line, found.place, found.problem) == (1, "title", "Field required")


class TestWordsForWhatHappens:
    """Behind the colon as before it: a clock that waits for what never happens never starts."""

    @pytest.mark.parametrize(
        ("old", "new", "place", "says"),
        [
            ("starts: [case_opened]", "starts: ['phase_entered:claim']", "clocks.triage.starts", "'phase_entered:review'?"),
            ("starts: [case_opened]", "starts: ['phase_entered:qqq']", "clocks.triage.starts", "one of appeal, appealable"),
            ("starts: [case_opened]", "starts: [notified]", "clocks.triage.starts", "did you mean 'told:respondent'?"),
            ("starts: [case_opened]", "starts: [qqq_xyz]", "clocks.triage.starts", "for example case_opened"),
            (
                "starts: [case_opened]",
                "starts: ['message_sent:respondant']",
                "clocks.triage.starts",
                "'message_sent:respondent'?",
            ),
            ("starts: [case_opened]", "starts: ['offer_made:seller']", "clocks.triage.starts", "'offer_made:respondent'?"),
            ("starts: [case_opened]", "starts: ['case_opened:claimant']", "clocks.triage.starts", "did you mean 'case_opened'?"),
            ("starts: [case_opened]", "starts: [phase_left]", "clocks.triage.starts", "one of appeal, appealable"),
            ("starts: [case_opened]", "starts: [case_opend]", "clocks.triage.starts", "did you mean 'case_opened'?"),
            ("offer_made: [parties]", "'offer_made:shop': [parties]", "notices.offer_made:shop", "'offer_made:respondent'?"),
            ("offer_made: [parties]", "'level_reached:warm': [owner]", "notices.level_reached:warm", "'level_reached:warn'?"),
            ("offer_made: [parties]", "'signal_received:paid': [owner]", "notices.signal_received:paid", "one of closed"),
        ],
    )
    def test_that_never_happens_is_an_error_with_what_may_have_been_meant(
        self, old: str, new: str, place: str, says: str
    ) -> None:
        text = changed(old, new)
        (found,) = [one for one in only_errors(text) if "nothing that happens is called" in one.problem]
        assert (found.place, found.line) == (place, line_of(text, new.partition(": [parties]")[0].partition(": [owner]")[0]))
        assert says in found.problem

    def test_a_phase_that_the_kind_does_not_have_is_never_entered(self) -> None:
        text = changed("case_opened: [", "'phase_entered:settlement': [leads]\n  case_opened: [", FRAUD)
        (found,) = only_errors(text)
        assert "this kind has no phase 'settlement'" in found.problem

    def test_each_word_that_can_happen_is_taken(self) -> None:
        mine = [word for word in WORDS if not word.startswith("phase_") or word.partition(":")[2] in ("", "review", "closed")]
        told = "".join(f"  '{word}': [leads]\n" for word in sorted(mine))
        assert only_errors(PACK[: PACK.index("notices:")] + "notices:\n" + told) == []


class TestCategories:
    """Every category that is named is one that the pack lists; where it lists none, any is taken."""

    RUNG = "[{name: a, audience: [ops], wait_for: 1 hour}]"
    LISTED = changed("queue: mediation", "queue: mediation\ncategories: {severity: {title: Severity}, scope: {title: Scope}}")

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("report.amount >= 1000000", "report.category == 'severty'", "priority.large_amount.when"),
            ("report.amount >= 1000000", "report.category in ['scope', 'severty']", "priority.large_amount.when"),
            ("report.amount >= 1000000", 'report.category != "severty"', "priority.large_amount.when"),
            ("queue: mediation", "queue: mediation\nskills: {severty: triage, any: triage}", "skills.severty"),
            (
                "quiet_for:",
                "ladders: {severty/urgent: [{name: a, audience: [ops], wait_for: 1 hour}]}\nquiet_for:",
                "ladders.severty/urgent",
            ),
        ],
    )
    def test_a_misspelt_one_is_an_error_with_what_may_have_been_meant(self, old: str, new: str, place: str) -> None:
        (found,) = only_errors(changed(old, new, self.LISTED))
        assert (found.place, found.problem) == (place, "the pack lists no category 'severty'; did you mean 'severity'?")
        assert not [one for one in only_errors(changed(old, new)) if "lists no category" in one.problem]

    def test_in_a_target(self) -> None:
        own = "    by_category:\n      severty: {urgent: 1 hours, high: 3 hours, normal: 5 hours, low: 6 hours}\n"
        text = self.LISTED.replace("  - name: first_response\n", f"  - name: first_response\n{own}", 1)
        assert [one.place for one in only_errors(text)] == ["clocks.first_response.by_category.severty"]


class TestEverythingInOnePass:
    """Whoever writes the rules mends all of it at once, not one mistake a run."""

    def test_misspelt_fields_words_and_names_together(self) -> None:
        text = changed("queue: mediation", "queue: mediation\nquue: x")
        text = changed("during: settlement", "durring: settlement", text)
        text = changed("then: decline", "then: refuse", text)
        text = changed("offer_made: [parties]", "'offer_made:shop': [parties]", text)
        text = changed("report.amount >= 1000000", "report.weight >= 1000000", text)
        text = changed("calendar: europe-office", "calendar: europe-ofice", text)
        assert {one.place for one in only_errors(text)} == {
            "quue",
            "clocks.settlement.durring",
            "gates.0.then",
            "notices.offer_made:shop",
            "priority.large_amount.when",
            "calendar",
        }

    def test_what_was_left_out_for_a_mistake_is_no_second_one(self) -> None:
        text = changed("name: upheld, lost_by: [respondent]", "nam: upheld, lost_by: [respondent]")
        assert {one.place for one in only_errors(text)} == {"outcomes.0.nam"}, "the name is there, written otherwise"

    def test_what_a_slip_would_hide_is_told_with_it(self) -> None:
        """A field that every pack has, every row of a list, every word of a list: the rest is read as it was meant."""
        hidden = changed("offer_made: [parties]", "'offer_made:shop': [parties]")
        alone = {one.place for one in only_errors(hidden)}
        outcomes = re.sub(r"lost_by: \[(claimant|respondent)\]", r"lost_by: [\1x]", hidden)
        slips = len(re.findall(r"lost_by: \[\w+x\]", outcomes))
        assert slips > 1
        for text, more in ((changed("reopen_for:", "reopen_fr:", hidden), 1), (outcomes, slips)):
            found = only_errors(text)
            assert alone < {one.place for one in found}
            assert len(found) == len(alone) + more, [one.problem for one in found]
            assert not [one for one in found if "Field required" in one.problem or "Tuple" in one.problem]

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            (
                "queue: mediation",
                "queue: mediation\nappeal_queu: x",
                "did you mean 'appeal_queue'?",
            ),
            ("during: settlement", "durring: settlement", "did you mean 'during'?"),
            ("then: decline", "then: declin", "there is no 'declin' here; did you mean 'decline'?"),
            ("opens_in: settlement", "opens_in: setlement", "did you mean 'settlement'?"),
            ("audience: [owner, leads]", "audience: [owner, lead]", "did you mean 'leads'?"),
            ("calendar: europe-office", "calendar: europe-ofice", "did you mean 'europe-office'?"),
            ("report.statement_length < 20", "report.statement_lenght < 20", "did you mean 'statement_length'?"),
            ("behind: first_response", "behind: first_respones", "did you mean 'first_response'?"),
            ("grounds: [without_ground]", "grounds: [without_grund]", "did you mean 'without_ground'?"),
        ],
    )
    def test_says_what_may_have_been_meant(self, old: str, new: str, says: str) -> None:
        assert any(says in one.problem for one in only_errors(changed(old, new))), only_errors(changed(old, new))


class TestWhatNoticesAreDecidedBy:
    """A misspelt word here would turn every notice away, let a suspended sender through, or leave a way to complain untold."""

    TEXT = (PACKS_DIR / "moderation_appeal.yaml").read_text("utf-8")

    @pytest.mark.parametrize(
        ("old", "new", "place", "meant"),
        [
            ("first_instance: [illegal_", "first_instance: [ilegal_", "decision_elsewhere.first_instance", "illegal_content"),
            ("bars: [processing_", "bars: [procesing_", "sanctions.bars", "processing_suspension"),
            ("redress: [internal_complaint", "redress: [internal_complant", "statement_of_reasons.redress", "internal_complaint"),
        ],
    )
    def test_a_misspelt_one_is_an_error_with_what_may_have_been_meant(self, old: str, new: str, place: str, meant: str) -> None:
        (found,) = only_errors(changed(old, new, self.TEXT))
        assert (found.place, f"did you mean '{meant}'?" in found.problem) == (place, True)


class TestHostileTexts:
    """Whoever may propose a pack may send any text: it is answered at once, in a few words."""

    BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

    def test_one_that_names_itself_many_times(self) -> None:
        assert {one.place for one in only_errors(self.BOMB + PACK)} == {f"a{n}" for n in range(40)}

    @pytest.mark.parametrize(
        "where", ["{word}: 1\n", "opens_in: {word}\n", "x: [{word}]\n", "opens_in: review\nnotices: {{{word}: [all]}}\n"]
    )
    def test_one_with_a_word_that_never_ends(self, where: str) -> None:
        found = findings(PACK.replace("opens_in: settlement\n", "") + where.format(word="q" * 150_000))
        assert found
        assert all(len(one.problem) < 1000 for one in found)


class TestUnknownFacts:
    def test_of_a_report(self) -> None:
        text = changed("report.statement_length < 20", "report.statement_lenght < 20")
        found = only(text)
        assert (found.severity, found.place, found.line) == (
            "error",
            "gates.reason_given.when",
            line_of(text, "statement_lenght"),
        )
        assert "statement_length" in found.problem

    def test_of_a_report_in_the_routing(self) -> None:
        text = changed("report.amount >= 1000000", "report.weight >= 1000000")
        assert only(text).line == line_of(text, "report.weight")

    def test_of_nothing_at_all(self) -> None:
        text = changed("report.amount >= 1000000", "amount >= 1000000")
        found = only_errors(text)
        assert [(one.line, one.place) for one in found] == [(line_of(text, "amount >= 1000000"), "priority.large_amount.when")]
        assert "'amount'" in found[0].problem

    def test_words_in_quotes_are_no_facts(self) -> None:
        assert (
            findings(
                changed("report.statement_length < 20", "report.category == 'report.strange' || report.statement_length < 20")
            )
            == []
        )

    def test_names_that_a_condition_binds_itself_are_known(self) -> None:
        assert (
            findings(changed("report.statement_length < 20", "\"['api', 'web'].exists(one, one == report.source) && false\""))
            == []
        )

    def test_of_calendars(self) -> None:
        text = changed("calendar: europe-office", "calendar: mars-office")
        found = only(text)
        assert (found.line, found.severity) == (line_of(text, "mars-office"), "error")
        assert "europe-office" in found.problem

    def test_of_the_calendar_of_one_clock(self) -> None:
        text = changed("calendar: around-the-clock", "calendar: around-the-block", FRAUD)
        (found,) = (one for one in findings(text) if one.severity == "error")
        assert (found.place, found.line) == ("clocks.final_answer.calendar", line_of(text, "around-the-block"))

    def test_of_the_calendar_of_one_queue(self) -> None:
        text = changed("appeal_queue: appeals", "appeal_queue: appeals\nqueue_calendars:\n  appeals: nowhere")
        assert only(text).line == line_of(text, "nowhere")

    def test_of_calendars_are_not_looked_for_when_nobody_knows_any(self) -> None:
        assert lint(changed("calendar: europe-office", "calendar: mars-office"), "mine.yaml") == []


def only_errors(text: str) -> list[Finding]:
    return [one for one in findings(text) if one.severity == "error"]


class TestConditionsThatComeToNothing:
    def test_an_attribute_that_not_every_report_has(self) -> None:
        text = changed(
            "has(attributes.reporter_standing) && attributes.reporter_standing < 0", "attributes.reporter_standing < 0"
        )
        found = only(text)
        assert (found.severity, found.line) == ("warning", line_of(text, "when: attributes.reporter_standing"))
        assert "has(attributes.reporter_standing)" in found.problem

    def test_in_the_routing_such_a_row_is_simply_passed(self) -> None:
        assert findings(changed("report.amount >= 1000000", "attributes.vip")) == []

    @pytest.mark.parametrize("condition", ["report.amount", "report.amount > 'x'", "size(report.category)"])
    def test_neither_yes_nor_no(self, condition: str) -> None:
        text = changed("report.statement_length < 20", condition)
        found = only(text)
        assert (found.severity, found.line) == ("warning", line_of(text, f"when: {condition}"))


class TestRowsThatAreNeverReached:
    def test_after_one_that_always_hits(self) -> None:
        text = changed("  - name: everything_else", "  - {name: all, then: low}\n  - name: everything_else")
        found = only(text)
        assert (found.severity, found.place) == ("warning", "priority.everything_else")
        assert found.line == line_of(text, "- name: everything_else")
        assert "'all'" in found.problem

    def test_after_a_gate_that_always_hits(self) -> None:
        text = changed("when: report.statement_length < 20", 'when: "true"')
        assert [one.place for one in findings(text)] == [
            "gates.not_too_old", "gates.programme_answers", "gates.programme_excluded", "gates.standing"
        ]  # fmt: skip

    def test_with_the_same_condition_as_one_before(self) -> None:
        row = "  - {name: large_again, when: report.amount  >= 1000000, then: urgent}\n"
        text = changed("  - name: everything_else", row + "  - name: everything_else")
        found = only(text)
        assert (found.place, found.line) == ("priority.large_again", line_of(text, "large_again"))
        assert "'large_amount'" in found.problem


class TestPeopleWhoAreNotTold:
    def test_of_an_event_nobody_is_told_of(self) -> None:
        text = changed("  case_closed: [all]\n", "")
        found = only(text)
        assert (found.severity, found.line) == ("warning", line_of(text, "notices:"))
        assert "case_closed" in found.problem

    @pytest.mark.parametrize(
        ("old", "new", "missing"),
        [
            ("ruling_issued: [all]", "ruling_issued: [claimant, platform]", "respondent"),
            ("case_opened: [all]", "case_opened: [platform]", "claimant and respondent"),
            ('"evidence_requested:claimant": [claimant]', '"evidence_requested:claimant": [respondent]', "claimant"),
            ('"phase_entered:approval": [leads]', '"phase_entered:approval": [ops]', "leads"),
        ],
    )
    def test_of_an_event_somebody_is_not_told_of(self, old: str, new: str, missing: str) -> None:
        text = changed(old, new)
        found = only(text)
        assert (found.severity, found.line) == ("warning", line_of(text, new))
        assert found.problem.startswith(missing)

    def test_leads_need_not_hear_of_approvals_that_there_are_not(self) -> None:
        text = changed("approval_above: {amount: 500000, currency: USD}\n", "")
        assert findings(changed('  "phase_entered:approval": [leads]\n', "", text)) == []


class TestKindsThatTellTheRespondentLater:
    TEXT = (PACKS_DIR / "conduct_report.yaml").read_text("utf-8")

    def test_need_not_tell_them_of_the_opening(self) -> None:
        assert findings(self.TEXT.replace("case_opened: [all]", "case_opened: [claimant, platform]")) == []

    def test_have_to_tell_them_then(self) -> None:
        found = only(self.TEXT.replace("  case_disclosed: [parties, platform]\n", "  case_disclosed: [claimant, platform]\n"))
        assert (found.severity, found.problem) == ("warning", "respondent would not hear of it")
        assert only(self.TEXT.replace("  case_disclosed: [parties, platform]\n", "")).severity == "warning"

    @pytest.mark.parametrize("kind", ["fraud_report", "safety_incident"])
    def test_are_those_that_protect_whoever_reports(self, kind: str) -> None:
        text = (PACKS_DIR / f"{kind}.yaml").read_text("utf-8")
        at_once = findings(text.replace("disclosure: by_owner\n", "disclosure: at_opening\n"))
        (found,) = [one for one in at_once if one.place == "disclosure"]
        assert (found.severity, "the respondent is told at once" in found.problem) == ("warning", True)
        assert text.splitlines()[found.line - 1] == "disclosure: by_owner"


class TestLimitsThatContradictEachOther:
    def test_the_more_urgent_case_has_more_time(self) -> None:
        text = changed("{urgent: 2 working hours, high: 4", "{urgent: 5 working hours, high: 4")
        found = only(text)
        assert (found.severity, found.place) == ("warning", "clocks.first_response.target")
        assert found.line == line_of(text, "{urgent: 5 working hours, high: 4")

    def test_so_it_has_in_one_category(self) -> None:
        own = "    by_category:\n      severity: {urgent: 4 hours, high: 3 hours, normal: 5 hours, low: 6 hours}\n"
        text = changed("  - name: first_response\n", f"  - name: first_response\n{own}")
        found = only(text)
        assert (found.place, found.line) == ("clocks.first_response.by_category.severity", line_of(text, "severity: {urgent"))

    def test_a_warning_before_the_clock_has_begun(self) -> None:
        text = changed("before: 1 working hour", "before: 4 working hours")
        found = only(text)
        assert (found.severity, found.place) == ("warning", "clocks.next_update.levels.warn.before")
        assert found.line == line_of(text, "before: 4 working hours")


class TestNamesThatStandTwice:
    def test_is_an_error_where_the_second_stands(self) -> None:
        text = changed("queue: mediation", "queue: mediation\ntitle: Another title")
        found = only(text)
        assert (found.severity, found.place, found.line) == ("error", "title", line_of(text, "Another title"))

    def test_also_deep_inside(self) -> None:
        text = changed("    target: 3 business days\n", "    target: 3 business days\n    target: 4 business days\n")
        assert only(text).line == line_of(text, "4 business days")

    def test_two_clocks_of_one_name(self) -> None:
        text = changed("- name: settlement", "- name: triage")
        assert any("'triage' is defined twice" in one.problem for one in only_errors(text))


def test_findings_come_in_the_order_of_their_lines() -> None:
    text = changed("report.statement_length < 20", "report.lenght < 20")
    text = changed("{urgent: 2 working hours, high: 4", "{urgent: 5 working hours, high: 4", text)
    text = changed("  case_closed: [all]\n", "", text)
    lines = [one.line for one in findings(text)]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + PACK.encode())
    assert lint_file(path, CALENDARS) == []


class TestNamesOfRowsElsewhere:
    """What names a row of another table, and no such row is there."""

    @pytest.mark.parametrize(
        ("pack", "old", "new", "meant"),
        [
            ("safety_incident", "{safety-us:", "{safty-us:", "safety-us"),
            ("compliance_request", "legal_claims: [gdpr_marketing", "legal_claims: [gdpr_markting", "gdpr_marketing"),
            ("compliance_request", "{name: human_review, only", "{name: human_reveiw, only", "human_review"),
            ("fraud_report", "like: credit_reversal", "like: credit_reversl", "credit_reversal"),
            ("fraud_report", "only_for: [new", "only_fro: [new", "only_for"),
            ("safety_incident", "target: {urgent: 15 minutes", "target: {urgnt: 15 minutes", "urgent"),
            ("safety_incident", "ladders:\n  urgent:", "ladders:\n  urgnt:", "urgent"),
        ],
    )
    def test_the_one_that_was_meant_is_named(self, pack: str, old: str, new: str, meant: str) -> None:
        text = (PACKS_DIR / f"{pack}.yaml").read_text(encoding="utf-8")
        found = only(changed(old, new, text))
        assert found.severity == "error"
        assert f"did you mean '{meant}'?" in found.problem
        assert abs(found.line - line_of(changed(old, new, text), new.splitlines()[-1])) <= 1

    def test_a_customer_is_told_of_the_credit(self) -> None:
        text = (PACKS_DIR / "fraud_report.yaml").read_text(encoding="utf-8")
        found = only(changed("provisional_credit_given: [claimant, platform]", "provisional_credit_given: [platform]", text))
        assert (found.severity, found.problem) == ("warning", "claimant would not hear of it")
