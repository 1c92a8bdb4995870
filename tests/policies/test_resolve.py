"""A report meets a pack: what its gates say, which priority it gets, and which terms bind its case."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Priority
from domain.model.report import ORIGINAL, Attachment
from domain.model.terms import ClockTerms, Routing
from domain.worktime.spans import SpanUnit
from policies.attributes import AttributeUnreadable
from policies.loading import load_pack
from policies.pack import PackError
from policies.resolve import resolve
from policies.shelf import UnknownKind
from tests.support.cases import KINDS, shelf
from tests.support.packs import a_report, clock, source, text_of

NOTICE = {"category": "illegal_content", "attributes": {"good_faith": True}}
"""A notice of illegal content that does not say where that is."""
WHOLE_NOTICE = {
    **NOTICE,
    "attributes": {"good_faith": True, "content_url": "https://example.com/posts/77"},
    "parties": [{"side": "claimant", "ref": "u1", "name": "Nora", "email": "n@example.com"}, {"side": "respondent", "ref": "u2"}],
}


def routed(kind: str, **changes: Any) -> Routing:
    return shelf().terms(a_report(kind, **changes))[1]


class TestGates:
    @pytest.mark.parametrize(
        ("kind", "changes", "decision", "reason"),
        [
            ("bounty_dispute", {"statement": "Too short."}, "triage", "no_reason_given"),
            ("bounty_dispute", {"attributes": {"closed_days_ago": 93}}, "decline", "closed_too_long_ago"),
            ("bounty_dispute", {"attributes": {"closed_days_ago": 92}}, "admit", None),
            ("bounty_dispute", {"attributes": {"last_reply_days_ago": 6}}, "decline", "reply_pending"),
            ("bounty_dispute", {"attributes": {"last_reply_days_ago": 7}}, "admit", None),
            ("bounty_dispute", {"attributes": {"programme_excluded": True}}, "decline", "programme_excluded"),
            ("bounty_dispute", {"attributes": {"programme_excluded": False}}, "admit", None),
            ("bounty_dispute", {"attributes": {"reporter_standing": -1}}, "triage", "standing_to_check"),
            ("bounty_dispute", {"attributes": {"reporter_standing": 0}}, "admit", None),
            ("bounty_dispute", {}, "admit", None),
            ("fraud_report", {"statement": "Fraud!"}, "triage", "no_reason_given"),
            ("fraud_report", {"attributes": {"status": "won"}}, "decline", "decided_elsewhere"),
            ("fraud_report", {"attributes": {"status": "needs_response"}}, "admit", None),
            ("fraud_report", {"parties": [{"side": "claimant", "ref": "u1"}]}, "triage", "respondent_to_find"),
            ("fraud_report", {}, "admit", None),
            ("moderation_appeal", {**NOTICE, "statement": "Illegal!"}, "triage", "notice_incomplete"),
            ("moderation_appeal", {**WHOLE_NOTICE, "statement": "Illegal!"}, "triage", "no_reason_given"),
        ],
    )
    def test_each_where_it_hits_and_just_where_it_does_not(
        self, kind: str, changes: Any, decision: str, reason: str | None
    ) -> None:
        routing = routed(kind, **changes)
        assert (routing.decision, routing.reason) == (decision, reason)

    def test_the_trace_says_which_row_hit_and_which_did_not(self) -> None:
        assert routed("bounty_dispute", attributes={"last_reply_days_ago": 1}).trace == (
            "gates/not_too_old: pass", "gates/programme_answers: decline", "priority/everything_else: normal",
        )  # fmt: skip

    def test_the_first_hit_wins(self) -> None:
        assert (
            routed("bounty_dispute", statement="Short.", attributes={"programme_excluded": True}).reason == "programme_excluded"
        )

    @pytest.mark.parametrize("kind", ["bounty_dispute", "conduct_report", "payment_dispute"])
    @pytest.mark.parametrize("name", ["letter.txt", ORIGINAL])
    def test_what_came_with_a_file_is_not_turned_away_for_its_few_words(self, kind: str, name: str) -> None:
        files = [Attachment(name=name, media_type="text/plain", data=b"All that happened.")]
        found = routed(kind, statement="See.", attachments=files)
        assert (found.decision, found.reason) == ("triage", "words_in_files")
        assert any(row.endswith(": words_in_files") for row in found.trace)

    def test_another_gate_still_turns_it_away(self) -> None:
        files = [Attachment(name="letter.txt", media_type="text/plain", data=b"All that happened.")]
        excluded = routed("bounty_dispute", statement="See.", attachments=files, attributes={"programme_excluded": True})
        assert (excluded.decision, excluded.reason) == ("decline", "programme_excluded")

    @pytest.mark.parametrize("kind", KINDS)
    def test_no_complaint_ends_for_its_length_without_a_person(self, kind: str) -> None:
        assert routed(kind, statement="Das war Satire.").decision != "decline"

    @pytest.mark.parametrize(
        "when",
        [
            "report.statement_length < 200", "report.statement_length == 15", "report.statement_length > 3",
            "report.category == 'general' && report.statement_length < 200",
            "report.statement_length > 3 && report.statement_length < 200",
        ],
    )  # fmt: skip
    def test_whatever_a_pack_of_ones_own_says_of_it(self, when: str) -> None:
        gates = [
            {"name": "length", "when": when, "then": "decline", "reason": "unfit"},
            {"name": "old", "when": "has(attributes.old)", "then": "decline", "reason": "too_old"},
        ]
        pack = load_pack(text_of({**source("bounty_dispute"), "gates": gates}), "mine")
        said: dict[str, Any] = {"statement": "Das war Satire.", "category": "general"}
        _, routing = resolve(pack, a_report("bounty_dispute", **said), shelf().references)
        assert (routing.decision, routing.reason) == ("triage", "unfit")
        _, routing = resolve(pack, a_report("bounty_dispute", **said, attributes={"old": True}), shelf().references)
        assert (routing.decision, routing.reason) == ("decline", "too_old")

    @pytest.mark.parametrize("said", [{}, {"region": 7}])
    def test_what_cannot_be_told_is_for_a_person_to_look_at(self, said: dict[str, Any]) -> None:
        raw = source("bounty_dispute")
        raw["gates"] = [{"name": "abroad", "when": 'attributes.region.startsWith("US")', "then": "decline", "reason": "abroad"}]
        _, routing = resolve(
            load_pack(text_of(raw), "mine.yaml"), a_report("bounty_dispute", attributes=said), shelf().references
        )
        assert (routing.decision, routing.reason) == ("triage", "gate_unclear")
        assert routing.trace[-2] == "gates/abroad: unclear"

    @pytest.mark.parametrize("value", ["many", True])
    def test_what_is_no_number_is_refused_where_one_is_compared(self, value: Any) -> None:
        with pytest.raises(AttributeUnreadable, match="closed_days_ago takes a number"):
            routed("bounty_dispute", attributes={"closed_days_ago": value})

    def test_blanks_are_no_reason(self) -> None:
        assert routed("bounty_dispute", statement="no" + " " * 60 + ".").decision == "admit"
        assert routed("bounty_dispute", statement="no." + " " * 60).reason == "no_reason_given"


LISTED = {
    "assault": {"title": "Somebody was attacked", "priority": "urgent"},
    "noise": {"title": "Noise", "needs": ["hours"]},
    "general": {"title": "Something else"},
}


class TestCategories:
    """What a pack lists comes in; what it does not know comes before a person, and never falls to 'normal' unseen."""

    def terms(self, **changes: Any) -> tuple[Any, Routing]:
        pack = load_pack(text_of({**source("bounty_dispute"), "categories": LISTED}), "mine")
        return resolve(pack, a_report("bounty_dispute", **changes), shelf().references)

    @pytest.mark.parametrize(
        ("changes", "decision", "reason"),
        [
            ({"category": "assault"}, "admit", None),
            ({"category": "asault"}, "triage", "category_unknown"),
            ({}, "admit", None),
            ({"category": "noise"}, "triage", "details_missing"),
            ({"category": "noise", "attributes": {"hours": ""}}, "triage", "details_missing"),
            ({"category": "noise", "attributes": {"hours": 3}}, "admit", None),
            # What a gate turns away is turned away, whatever it is called.
            ({"category": "asault", "attributes": {"programme_excluded": True}}, "decline", "programme_excluded"),
            ({"category": "asault", "statement": "Short."}, "triage", "no_reason_given"),
        ],
    )
    def test_unknown_ones_and_those_that_lack_something_wait_for_a_person(
        self, changes: Any, decision: str, reason: str | None
    ) -> None:
        routing = self.terms(**changes)[1]
        assert (routing.decision, routing.reason) == (decision, reason)

    @pytest.mark.parametrize("said", [None, "low", "urgent"])
    def test_one_is_at_least_so_urgent_whatever_the_report_says(self, said: str | None) -> None:
        assert self.terms(category="assault", priority=said)[0].priority is Priority.URGENT

    def test_the_trace_says_what_made_it_urgent(self) -> None:
        assert self.terms(category="assault")[1].trace[-1] == "categories/assault: urgent"

    def test_a_pack_that_lists_none_takes_any(self) -> None:
        pack = load_pack(text_of({key: value for key, value in source("bounty_dispute").items() if key != "categories"}), "mine")
        _, routing = resolve(pack, a_report("bounty_dispute", category="whatever"), shelf().references)
        assert routing.decision == "admit"

    @pytest.mark.parametrize(
        ("kind", "category"),
        [
            *(("safety_incident", name) for name in ("assault", "child_endangerment", "injury", "self_harm", "life_in_danger")),
            *(("conduct_report", name) for name in ("threats", "extortion", "self_harm", "sexual_misconduct")),
        ],
    )
    def test_whoever_may_be_in_danger_is_urgent(self, kind: str, category: str) -> None:
        for severity in ({}, {"severity": "minor"}):
            report = a_report(kind, category=category, attributes=severity)
            assert shelf().terms(report)[0].priority is Priority.URGENT


class TestPriority:
    @pytest.mark.parametrize("kind", ["conduct_report", "safety_incident"])
    @pytest.mark.parametrize("category", ["general", "no_such_word"])
    def test_a_child_is_urgent_whatever_the_report_says_of_its_priority(self, kind: str, category: str) -> None:
        parties = [{"side": "claimant", "ref": "u1", "minor": True}, {"side": "respondent", "ref": "u2"}]
        report = a_report(kind, priority="low", category=category, parties=parties)
        terms, routing = shelf().terms(report)
        assert (terms.priority, routing.trace[-1]) == (Priority.URGENT, "priority/under_age: urgent")

    @pytest.mark.parametrize(
        ("kind", "changes", "priority"),
        [
            ("bounty_dispute", {"amount": {"amount": 1_000_000, "currency": "USD"}}, Priority.HIGH),
            ("bounty_dispute", {"amount": {"amount": 999_999, "currency": "USD"}}, Priority.NORMAL),
            ("bounty_dispute", {}, Priority.NORMAL),
            ("fraud_report", {"attributes": {"risk_score": 80}}, Priority.URGENT),
            ("fraud_report", {"attributes": {"risk_score": 79.9}}, Priority.NORMAL),
            ("fraud_report", {"attributes": {"risk_score": "99"}}, Priority.URGENT),
            ("fraud_report", {"amount": {"amount": 100_000, "currency": "EUR"}}, Priority.HIGH),
            ("fraud_report", {"priority": "low", "attributes": {"risk_score": 99}}, Priority.LOW),
            ("moderation_appeal", {"category": "illegal_content", "attributes": {"child_sexual_abuse": True}}, Priority.URGENT),
            ("moderation_appeal", {"category": "illegal_content", "attributes": {"child_sexual_abuse": "yes"}}, Priority.URGENT),
        ],
    )
    def test_the_first_row_that_hits_unless_the_report_says_it(self, kind: str, changes: Any, priority: Priority) -> None:
        assert shelf().terms(a_report(kind, **changes))[0].priority is priority


class TestResolve:
    @pytest.mark.parametrize("kind", KINDS)
    def test_scaled_time_runs_on_any_clock_on_the_wall(self, kind: str) -> None:
        plain, scaled = shelf().terms(a_report(kind))[0], shelf().terms(a_report(kind), 1 / 3600)[0]
        assert scaled.calendar is None
        for one, was in zip(scaled.clocks, plain.clocks, strict=True):
            assert (one.calendar, one.target.unit) == (None, SpanUnit.WALL)
            assert one.target == was.target.scaled(1 / 3600)
            assert [x.repeat.unit for x in one.levels if x.repeat] == [SpanUnit.WALL for x in was.levels if x.repeat]
            assert [x.before for x in one.levels] == [x.before and x.before.scaled(1 / 3600) for x in was.levels]
            assert one.targets == {key: span.scaled(1 / 3600) for key, span in was.targets.items()}
        assert [x.wait_for for x in scaled.ladder] == [x.wait_for.scaled(1 / 3600) for x in plain.ladder]
        assert (scaled.quiet_for, scaled.forgotten_after) == (plain.quiet_for / 3600, plain.forgotten_after / 3600)
        assert scaled.reopen_for == plain.reopen_for / 3600

    def test_the_calendar_goes_by_its_content(self) -> None:
        terms, _ = shelf().terms(a_report("bounty_dispute"))
        assert terms.calendar == shelf().calendars["europe-office"].ref
        assert set(shelf().calendars_of(terms)) == {terms.calendar}

    def test_an_unknown_calendar_is_an_error(self) -> None:
        with pytest.raises(KeyError, match="europe-office"):
            resolve(shelf().packs["bounty_dispute"], a_report("bounty_dispute"), {})

    def test_terms_that_outgrow_their_fact_are_refused(self) -> None:
        raw = source("bounty_dispute")
        raw["grounds"] += [f"a_ground_with_a_rather_long_name_{n}" for n in range(90)]
        pack = load_pack(text_of(raw), "long.yaml")
        with pytest.raises(PackError, match="at most 4096"):
            resolve(pack, a_report("bounty_dispute"), shelf().references)

    def test_an_unknown_kind_names_those_that_are_known(self) -> None:
        with pytest.raises(UnknownKind, match=r"bounty_dispute, .*fraud_report"):
            shelf().terms(a_report("tax_return"))

    def test_a_later_pack_changes_nothing_in_terms_that_were_resolved(self) -> None:
        before, _ = shelf().terms(a_report("fraud_report"))
        raw = source("fraud_report")
        raw["approval_above"]["amount"] = 1
        later = load_pack(text_of(raw), "later.yaml")
        after, _ = resolve(later, a_report("fraud_report"), shelf().references)
        assert before.version != after.version
        assert before.approval_above != after.approval_above


class TestTargets:
    """Which target a clock has follows from category and priority; the closest fit counts."""

    def clock(self, priority: Priority, **changes: Any) -> ClockTerms:
        raw = source("bounty_dispute")
        clock(raw, "first_response").update(changes)
        terms, _ = resolve(
            load_pack(text_of(raw), "mine.yaml"), a_report("bounty_dispute", priority=priority), shelf().references
        )
        found = terms.clock("first_response")
        assert found is not None
        return found

    @pytest.mark.parametrize("opened", list(Priority))
    def test_every_priority_has_its_own_whatever_the_case_opened_with(self, opened: Priority) -> None:
        found = self.clock(opened)
        assert {p.value: str(found.target_for(p, "general")) for p in Priority} == {
            "urgent": "2 working hours", "high": "4 working hours", "normal": "8 working hours", "low": "16 working hours",
        }  # fmt: skip

    @pytest.mark.parametrize("opened", list(Priority))
    def test_a_category_comes_before_a_priority(self, opened: Priority) -> None:
        own = {"urgent": "1 hour", "high": "2 hours", "normal": "3 hours", "low": "4 hours"}
        found = self.clock(opened, by_category={"injury": own, "privacy": "5 hours"})
        assert [str(found.target_for(p, "injury")) for p in Priority] == ["4 hours", "3 hours", "2 hours", "1 hour"]
        assert {str(found.target_for(p, "privacy")) for p in Priority} == {"5 hours"}
        assert str(found.target_for(Priority.HIGH, "general")) == "4 working hours"


class TestQueues:
    def test_people_of_a_queue_can_keep_other_hours(self) -> None:
        raw = source("bounty_dispute") | {"queue_calendars": {"appeals": "us-office"}}
        terms, _ = resolve(load_pack(text_of(raw), "mine.yaml"), a_report("bounty_dispute"), shelf().references)
        berlin, york = (shelf().calendars[name].ref for name in ("europe-office", "us-office"))
        ruling = terms.clock("ruling")
        assert ruling is not None
        assert [terms.calendar_of(ruling, queue) for queue in ("mediation", "appeals")] == [berlin, york]
        assert terms.references == {berlin, york}
        assert terms.names == {berlin: "europe-office", york: "us-office"}

    def test_a_clock_with_a_calendar_of_its_own_keeps_it_in_every_queue(self) -> None:
        raw = source("fraud_report") | {"queue_calendars": {"fraud": "us-office"}}
        terms, _ = resolve(load_pack(text_of(raw), "mine.yaml"), a_report("fraud_report"), shelf().references)
        limit = terms.clock("final_answer")
        assert limit is not None
        assert terms.calendar_of(limit, "fraud") == shelf().calendars["around-the-clock"].ref
