"""The shipped packs bind cases as they say, and a broken pack names every problem with its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from domain.base import Priority
from domain.report import Report
from domain.spans import SpanUnit
from domain.terms import MAX_TERMS_BYTES, Routing, Terms
from policies.pack import PACKS_DIR, Pack, PackError, load_pack
from policies.resolve import resolve
from policies.shelf import UnknownKind
from tests.support.cases import KINDS, shelf

LONG = "They closed it as a duplicate of a report that is about something else."


def a_report(kind: str, **changes: Any) -> Report:
    parties = [{"side": "claimant", "ref": "u1"}, {"side": "respondent", "ref": "u2"}]
    return Report.model_validate({"kind": kind, "statement": LONG, "parties": parties, **changes})


def routed(kind: str, **changes: Any) -> Routing:
    return shelf().terms(a_report(kind, **changes))[1]


def source(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PACKS_DIR / f"{kind}.yaml").read_text("utf-8"))
    return loaded


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(yaml.safe_dump(raw), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    return caught.value.problems


def clock(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in raw["clocks"] if c["name"] == name)
    return found


class TestShippedPacks:
    def test_are_the_two_kinds(self) -> None:
        assert sorted(shelf().packs) == sorted(KINDS)

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_version_follows_from_the_content(self, kind: str) -> None:
        text = (PACKS_DIR / f"{kind}.yaml").read_text("utf-8")
        assert load_pack(text, kind).version == shelf().packs[kind].version
        assert load_pack(text + "\n# a comment\n", kind).version != shelf().packs[kind].version

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("priority", list(Priority))
    def test_terms_travel_in_every_opening_fact_and_stay_small(self, kind: str, priority: Priority) -> None:
        terms, _ = shelf().terms(a_report(kind, priority=priority))
        assert terms.priority is priority
        assert len(terms.model_dump_json().encode()) <= MAX_TERMS_BYTES
        assert Terms.model_validate_json(terms.model_dump_json()) == terms

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
        raw["grounds"] = [f"a_ground_with_a_rather_long_name_{n}" for n in range(40)]
        pack = load_pack(yaml.safe_dump(raw), "long.yaml")
        with pytest.raises(PackError, match="at most 4096"):
            resolve(pack, a_report("bounty_dispute"), shelf().references)

    def test_an_unknown_kind_names_those_that_are_known(self) -> None:
        with pytest.raises(UnknownKind, match="bounty_dispute, fraud_report"):
            shelf().terms(a_report("tax_return"))

    def test_a_later_pack_changes_nothing_in_terms_that_were_resolved(self) -> None:
        before, _ = shelf().terms(a_report("fraud_report"))
        raw = source("fraud_report")
        raw["approval_above"]["amount"] = 1
        later = load_pack(yaml.safe_dump(raw), "later.yaml")
        after, _ = resolve(later, a_report("fraud_report"), shelf().references)
        assert before.version != after.version
        assert before.approval_above != after.approval_above


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
            (("clocks", 5, "target"), "10 business days", "clocks.ruling.target"),
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
        del clock(raw, "ruling")["levels"][-1]["repeat"]
        assert any("'review'" in p for p in problems(raw))

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
        pack = load_pack(yaml.safe_dump(source("fraud_report"), sort_keys=True), "sorted.yaml")
        assert isinstance(pack, Pack)
        assert pack.model_copy(update={"version": ""}) == shelf().packs["fraud_report"].model_copy(update={"version": ""})
