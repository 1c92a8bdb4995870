"""The shipped packs bind cases as they say, and a broken pack names every problem with its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from domain.base import Priority
from domain.model.clock_terms import USUAL
from domain.model.report import Report
from domain.model.terms import MAX_TERMS_BYTES, ClockTerms, Level, Routing, Terms
from domain.rules.reference import ReferenceData
from domain.worktime.spans import Span, SpanUnit
from policies.loading import load_pack
from policies.pack import PACKS_DIR, Pack, PackError
from policies.resolve import resolve, terms_of
from policies.shelf import UnknownKind
from tests.support.cases import KINDS, shelf
from tests.support.packs import source, text_of, written_out

LONG = "They closed it as a duplicate of a report that is about something else."


def a_report(kind: str, **changes: Any) -> Report:
    parties = [{"side": "claimant", "ref": "u1"}, {"side": "respondent", "ref": "u2"}]
    return Report.model_validate({"kind": kind, "statement": LONG, "parties": parties, **changes})


def routed(kind: str, **changes: Any) -> Routing:
    return shelf().terms(a_report(kind, **changes))[1]


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(text_of(raw), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    return caught.value.problems


def clock(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in raw["clocks"] if c["name"] == name)
    return found


class TestShippedPacks:
    def test_have_the_kinds_that_tests_live_by(self) -> None:
        assert set(KINDS) <= set(shelf().packs)

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_version_follows_from_the_content(self, kind: str) -> None:
        text = (PACKS_DIR / f"{kind}.yaml").read_text("utf-8")
        assert load_pack(text, kind).version == shelf().packs[kind].version
        assert load_pack(text + "\n# a comment\n", kind).version != shelf().packs[kind].version

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("priority", list(Priority))
    def test_terms_travel_in_every_opening_fact_and_stay_small(self, kind: str, priority: Priority) -> None:
        for scale in (1.0, 1 / 3600):
            terms, _ = shelf().terms(a_report(kind, priority=priority), scale)
            assert terms.priority is priority
            assert len(terms.model_dump_json().encode()) <= MAX_TERMS_BYTES
            assert Terms.model_validate_json(terms.model_dump_json()) == terms
            assert Terms.model_validate(terms.model_dump()) == terms

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_more_urgent_the_sooner(self, kind: str) -> None:
        order = [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]
        for name in ("first_response", "ruling"):
            targets = [clock.target for p in order if (clock := shelf().terms(a_report(kind, priority=p))[0].clock(name))]
            assert len(targets) == 4
            assert [t.amount for t in targets] == sorted(t.amount for t in targets)

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_outcome_is_lost_by_somebody(self, kind: str) -> None:
        assert all(outcome.lost_by for outcome in shelf().packs[kind].outcomes)


class TestGates:
    @pytest.mark.parametrize(
        ("kind", "changes", "decision", "reason"),
        [
            ("bounty_dispute", {"statement": "Too short."}, "decline", "no_reason_given"),
            ("bounty_dispute", {"attributes": {"closed_days_ago": 93}}, "decline", "closed_too_long_ago"),
            ("bounty_dispute", {"attributes": {"closed_days_ago": 92}}, "admit", None),
            ("bounty_dispute", {"attributes": {"last_reply_days_ago": 6}}, "decline", "reply_pending"),
            ("bounty_dispute", {"attributes": {"last_reply_days_ago": 7}}, "admit", None),
            ("bounty_dispute", {"attributes": {"programme_excluded": True}}, "decline", "programme_excluded"),
            ("bounty_dispute", {"attributes": {"programme_excluded": False}}, "admit", None),
            ("bounty_dispute", {"attributes": {"reporter_standing": -1}}, "triage", "standing_to_check"),
            ("bounty_dispute", {"attributes": {"reporter_standing": 0}}, "admit", None),
            ("bounty_dispute", {}, "admit", None),
            ("fraud_report", {"statement": "Fraud!"}, "decline", "no_reason_given"),
            ("fraud_report", {"attributes": {"status": "won"}}, "decline", "decided_elsewhere"),
            ("fraud_report", {"attributes": {"status": "needs_response"}}, "admit", None),
            ("fraud_report", {"parties": [{"side": "claimant", "ref": "u1"}]}, "triage", "respondent_to_find"),
            ("fraud_report", {}, "admit", None),
        ],
    )
    def test_each_where_it_hits_and_just_where_it_does_not(
        self, kind: str, changes: Any, decision: str, reason: str | None
    ) -> None:
        routing = routed(kind, **changes)
        assert (routing.decision, routing.reason) == (decision, reason)

    def test_the_trace_says_which_row_hit_and_which_did_not(self) -> None:
        assert routed("bounty_dispute", attributes={"last_reply_days_ago": 1}).trace == (
            "gates/reason_given: pass", "gates/not_too_old: pass", "gates/programme_answers: decline",
            "priority/everything_else: normal",
        )  # fmt: skip

    def test_the_first_hit_wins(self) -> None:
        assert routed("bounty_dispute", statement="Short.", attributes={"programme_excluded": True}).reason == "no_reason_given"

    @pytest.mark.parametrize("value", ["many", True, ""])
    def test_what_cannot_be_told_is_for_a_person_to_look_at(self, value: Any) -> None:
        routing = routed("bounty_dispute", attributes={"closed_days_ago": value})
        assert (routing.decision, routing.reason) == ("triage", "gate_unclear")
        assert routing.trace[-2] == "gates/not_too_old: unclear"

    def test_blanks_are_no_reason(self) -> None:
        assert routed("bounty_dispute", statement="no" + " " * 60 + ".").decision == "admit"
        assert routed("bounty_dispute", statement="no." + " " * 60).reason == "no_reason_given"


class TestPriority:
    @pytest.mark.parametrize(
        ("kind", "changes", "priority"),
        [
            ("bounty_dispute", {"amount": {"amount": 1_000_000, "currency": "USD"}}, Priority.HIGH),
            ("bounty_dispute", {"amount": {"amount": 999_999, "currency": "USD"}}, Priority.NORMAL),
            ("bounty_dispute", {}, Priority.NORMAL),
            ("fraud_report", {"attributes": {"risk_score": 80}}, Priority.URGENT),
            ("fraud_report", {"attributes": {"risk_score": 79.9}}, Priority.NORMAL),
            ("fraud_report", {"attributes": {"risk_score": "high"}}, Priority.NORMAL),
            ("fraud_report", {"amount": {"amount": 100_000, "currency": "EUR"}}, Priority.HIGH),
            ("fraud_report", {"priority": "low", "attributes": {"risk_score": 99}}, Priority.LOW),
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
        assert (scaled.quiet_for, scaled.standstill_for) == (plain.quiet_for / 3600, plain.standstill_for / 3600)
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


class TestCompactTerms:
    """What goes without saying is not written; what was written out before still reads."""

    def clock(self, **fields: Any) -> ClockTerms:
        return ClockTerms.model_validate({"name": "ruling", "target": "8 working hours", **fields})

    @pytest.mark.parametrize(
        ("level", "written"),
        [
            (Level(name="warn", action="warn", audience=("owner",)), {"audience": "owner"}),
            (Level(name="breach", action="escalate"), {"action": "escalate"}),
            (Level(name="end", action="default", default="close"), {"default": "close"}),
            (Level(name="look", action="warn", at=0.5), {"name": "look", "at": 0.5}),
            (Level(name="warn", action="escalate"), {"name": "warn", "action": "escalate"}),
            (Level(name="breach", action="default", default="close"), {"name": "breach", "default": "close"}),
            (
                Level(name="breach", action="escalate", audience=("leads", "ops"), before=Span.days(2), repeat=Span.days(1)),
                {"action": "escalate", "audience": "leads ops", "before": "2 days", "repeat": "1 day"},
            ),
        ],
    )
    def test_a_level_says_only_what_is_unusual(self, level: Level, written: dict[str, Any]) -> None:
        assert level.model_dump(mode="json") == written
        assert Level.model_validate(written) == level

    def test_the_form_of_the_first_releases_reads_the_same(self) -> None:
        """Lists for words, every level with its name, and every default spelt out."""
        first = {
            "name": "ruling", "waits_for": "staff", "target": "8 working hours", "roll": False, "calendar": None,
            "during": "review", "starts": [], "stops": [], "pauses": ["evidence_requested"], "resumes": ["requests_settled"],
            "levels": [
                {"name": "warn", "at": 0.8, "action": "warn", "default": None, "audience": ["owner"], "reassign": False},
                {"name": "breach", "at": 1.0, "action": "escalate", "audience": ["leads", "ops"], "repeat": "1 business day"},
            ],
        }  # fmt: skip
        now = self.clock(
            during="review", pauses="evidence_requested", resumes="requests_settled",
            levels=[
                {"at": 0.8, "audience": "owner"},
                {"action": "escalate", "audience": "leads ops", "repeat": "1 business day"},
            ],
        )  # fmt: skip
        assert ClockTerms.model_validate(first) == now
        assert ClockTerms.model_validate_json(now.model_dump_json()) == now

    def test_words_are_codes_and_nothing_else(self) -> None:
        for wrong in ("everybody", "Owner", "owner, leads"):
            with pytest.raises(ValidationError):
                Level.model_validate({"audience": wrong})
        with pytest.raises(ValidationError):
            self.clock(starts="Case-Opened", levels=[{}])

    def test_terms_that_carry_their_notices_still_do(self) -> None:
        """So they were written before notices were found in the pack."""
        terms, _ = shelf().terms(a_report("bounty_dispute"))
        raw = terms.model_dump(mode="json") | {"notices": {"ruling_issued": ["all"]}, "version": "0" * 64}
        old = Terms.model_validate(raw)
        assert ReferenceData({}, shelf().notices, "2026a").notices_of(old) == {"ruling_issued": ("all",)}
        assert Terms.model_validate_json(old.model_dump_json()) == old

    def test_the_notices_of_others_are_found_by_the_version_of_their_pack(self) -> None:
        terms, _ = shelf().terms(a_report("bounty_dispute"))
        reference = ReferenceData({}, shelf().notices, "2026a")
        assert reference.notices_of(terms) == shelf().packs["bounty_dispute"].notices
        with pytest.raises(KeyError):
            reference.notices_of(terms.model_copy(update={"version": "0" * 64}))


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


class TestLoadPack:
    @pytest.mark.parametrize(
        ("text", "says"),
        [("kind: [", "not YAML"), ("- a\n- b", "a pack is a mapping"), ("", "a pack is a mapping"), ("kind: Big Kind", "kind: ")],
    )
    def test_what_is_no_pack(self, text: str, says: str) -> None:
        with pytest.raises(PackError, match=says):
            load_pack(text, "mine.yaml")

    def test_every_missing_part_is_named(self) -> None:
        named = {p.split(":")[0] for p in problems({"kind": "mine", "title": "Mine"})}
        assert named >= {"opens_in", "labels", "queue", "appeal_queue", "priority", "clocks", "outcomes", "reopen_for", "notices"}

    @pytest.mark.parametrize(
        ("path", "value", "place"),
        [
            (("gates", 0, "when"), "report.amount >", "gates.reason_given.when"),
            (("gates", 0, "then"), "ignore", "gates.0.then"),
            (("gates", 0, "reasn"), "typo", "gates.0.reasn"),
            (("priority", 0, "when"), "((", "priority.large_amount.when"),
            (("priority", 1, "when"), "true", "pack: priority"),
            (("opens_in",), "mediation", "opens_in"),
            (("labels", "mediation"), "Mediation", "labels.mediation"),
            (("surprise",), 1, "surprise"),
            (("clocks", 0, "target"), "soon", "clocks.0.target"),
            (("clocks", 2, "target"), {"urgent": "1 hour"}, "pack: clocks.first_response.target"),
            (("clocks", 0, "strats"), ["case_opened"], "clocks.triage.strats"),
            (("clocks", 0, "starts"), ["case_opend"], "clocks.triage.starts"),
            (("clocks", 0, "levels", 0, "audiense"), ["ops"], "clocks.triage.levels.0.audiense"),
            (("clocks", 0, "levels", 0, "action"), "panic", "clocks.triage.levels.0.action"),
            (("clocks", 0, "levels", 0, "audience"), ["everybody"], "clocks.triage.levels.0.audience"),
            (("clocks", 1, "levels", 0, "default"), None, "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "default"), "issue_ruling", "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "default"), "proceed_on_file", "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "repeat"), "1 day", "clocks.settlement.levels.end.repeat"),
            (("clocks", 6, "target"), "10 business days", "clocks.ruling.target"),
            (("clocks", 0, "name"), "standstill", "clocks.standstill"),
            (("clocks", 0, "name"), "snooze", "clocks.snooze"),
            (("clocks", 0, "restarts"), ["case_opend"], "clocks.triage.restarts"),
            (("clocks", 0, "extension"), {"by": "8 working hours"}, "clocks.triage.extension"),
            (("clocks", 0, "by_category"), {"injury": {"urgent": "1 hour"}}, "pack: clocks.triage.by_category.injury"),
            (("clocks", 3, "behind"), "first_respnse", "clocks.next_update.behind"),
            (("clocks", 3, "behind"), "next_update", "clocks.next_update.behind"),
            (("clocks", 3, "levels", 0, "after"), "1 hour", "clocks.next_update.levels.warn"),
            (("clocks", 2, "levels", 0, "before"), "1 hour", "clocks.first_response.levels.warn"),
            (("clocks", 2, "levels", 1, "repeat"), "1 hour", "clocks.first_response.levels.breach.repeat"),
            (("ladder", 0, "audience"), ["claimant", "platform"], "ladder.lead.audience"),
            (("ladder", 1, "name"), "lead", "ladder: 'lead' is defined twice"),
            (("ladder", 0, "wait_fr"), "1 hour", "ladder.0.wait_fr"),
            (("ladder",), [], "clocks.first_response.levels.breach.audience"),
            (("quiet_for",), "1 business day", "quiet_for"),
            (("standstill_for",), "7 days", "standstill_for"),
            (("standstill_for",), "0 hours", "standstill_for"),
            (("interim_measures",), [{"name": "suspend"}], "interim_measures"),
            (("clocks", 1, "during"), None, "clocks.settlement"),
            (("outcomes", 0, "needs_ammount"), True, "outcomes.0.needs_ammount"),
            (("outcomes", 0, "lost_by"), ["everybody"], "outcomes.0.lost_by"),
            (("outcomes", 4, "needs_amount"), True, "outcomes.4.needs_amount"),
            (("outcomes", 1, "name"), "upheld", "outcomes"),
            (("approval_above", "amount"), 5.5, "approval_above.amount"),
            (("notices", "case_opend"), ["all"], "notices"),
            (("notices", "case_opened"), ["all", "press"], "notices.case_opened"),
        ],
    )
    def test_a_mistake_is_named_with_its_place(self, path: tuple[Any, ...], value: object, place: str) -> None:
        raw = source("bounty_dispute")
        where: Any = raw
        for step in path[:-1]:
            where = where[step]
        where[path[-1]] = value
        found = problems(raw)
        assert any(p.startswith(place) for p in found), found

    @pytest.mark.parametrize("name", ["triage", "settlement", "ruling", "approval", "grace", "appeal_window", "appeal_ruling"])
    def test_a_phase_without_a_lasting_deadline_is_refused(self, name: str) -> None:
        raw = source("bounty_dispute")
        raw["clocks"].remove(clock(raw, name))
        assert any("being forgotten" in p for p in problems(raw))

    def test_so_is_one_that_breaches_once_and_then_never_again(self) -> None:
        raw = source("bounty_dispute")
        clock(raw, "ruling")["levels"][-1]["audience"] = ["leads"]
        assert any("'review'" in p for p in problems(raw))

    @pytest.mark.parametrize("change", [{"only_in": ["review"]}, {"behind": "first_response"}])
    def test_so_is_one_whose_lasting_clock_need_not_run(self, change: dict[str, Any]) -> None:
        raw = source("bounty_dispute")
        clock(raw, "ruling").update(change)
        assert any("'review'" in p for p in problems(raw))

    @pytest.mark.parametrize(
        ("changes", "place"),
        [
            ({"pauses": ["evidence_requested"]}, "statutory"),
            ({"target": {"urgent": "15 days", "high": "30 days", "normal": "45 days", "low": "45 days"}}, "statutory"),
            (
                {"by_category": {"new_account": {"urgent": "5 days", "high": "9 days", "normal": "9 days", "low": "9 days"}}},
                "statutory",
            ),
            ({"extension": {"by": "45 days", "by_category": {"abroad": "45 days"}}}, "extension.by_category.abroad"),
            ({"extension": {"by": "30 business days"}}, "extension.by"),
        ],
    )
    def test_a_limit_of_the_law_is_one_and_the_same(self, changes: dict[str, Any], place: str) -> None:
        raw = source("fraud_report")
        clock(raw, "final_answer").update(changes)
        assert any(p.startswith(f"clocks.final_answer.{place}") for p in problems(raw))

    @pytest.mark.parametrize(
        "change", [{"starts": ["case_opened"], "restarts": []}, {"levels": [{"name": "look", "action": "warn"}]}]
    )
    def test_an_interim_measure_that_would_never_lapse(self, change: dict[str, Any]) -> None:
        raw = source("fraud_report")
        clock(raw, "interim_review").update(change)
        assert any(p.startswith("interim_measures") for p in problems(raw))

    @pytest.mark.parametrize("phase", ["review", "ruled", "closed", "intake"])
    def test_phases_that_every_kind_has(self, phase: str) -> None:
        raw = source("bounty_dispute")
        del raw["labels"][phase]
        assert any(phase in p for p in problems(raw))

    def test_a_limit_without_anybody_to_ask(self) -> None:
        raw = source("bounty_dispute")
        del raw["labels"]["approval"]
        assert any(p.startswith("approval_above") for p in problems(raw))

    def test_an_appeal_without_a_window_for_it(self) -> None:
        raw = source("bounty_dispute")
        del raw["labels"]["appealable"]
        assert any(p.startswith("labels") for p in problems(raw))

    def test_all_problems_at_once(self) -> None:
        raw = source("fraud_report")
        raw["gates"][0]["when"] = ")"
        raw["notices"]["case_opend"] = ["all"]
        clock(raw, "ruling")["pausez"] = []
        assert len(problems(raw)) >= 3

    def test_the_order_of_keys_is_no_matter(self) -> None:
        raw = yaml.safe_load((PACKS_DIR / "fraud_report.yaml").read_text("utf-8"))
        pack = load_pack(text_of(raw), "sorted.yaml")
        assert isinstance(pack, Pack)
        assert pack.model_copy(update={"version": ""}) == shelf().packs["fraud_report"].model_copy(update={"version": ""})


class TestUsualClocks:
    @pytest.mark.parametrize("name", sorted(USUAL))
    def test_one_is_written_by_its_name_alone(self, name: str) -> None:
        clock = ClockTerms.model_validate({"like": name})
        assert clock.name == name
        assert clock.model_dump(mode="json") == {"like": name}
        assert ClockTerms.model_validate(clock.model_dump(mode="json")) == clock

    def test_what_differs_is_written_too_also_where_something_is_left_out(self) -> None:
        clock = ClockTerms.model_validate({"like": "ruling"}).model_copy(update={"pauses": (), "target": Span.parse("2 days")})
        said = clock.model_dump(mode="json")
        assert said == {"like": "ruling", "pauses": "", "target": "2 days"}
        assert ClockTerms.model_validate(said) == clock

    @pytest.mark.parametrize("kind", ["bounty_dispute", "fraud_report"])
    @pytest.mark.parametrize("priority", list(Priority))
    def test_a_pack_that_writes_them_out_says_the_same(self, kind: str, priority: Priority) -> None:
        short, long = shelf().packs[kind], load_pack(written_out(kind), kind)
        terms = [terms_of(pack, priority, shelf().references).model_copy(update={"version": ""}) for pack in (short, long)]
        assert terms[0] == terms[1]

    def test_an_unknown_one_is_named_with_those_that_there_are(self) -> None:
        raw = source("bounty_dispute")
        raw["clocks"][0] = {"like": "triaj"}
        with pytest.raises(PackError, match="there is no usual clock 'triaj'; there are triage, settlement"):
            load_pack(text_of(raw), "typo.yaml")
