"""A broken pack names every problem with its place; a clock like a usual one is written by its name."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from domain.base import Priority
from domain.model.terms import ClockTerms
from domain.model.usual_clocks import USUAL
from domain.worktime.spans import Span
from policies.loading import load_kept, load_pack
from policies.pack import PACKS_DIR, Pack, PackError
from policies.resolve import terms_of
from tests.support.cases import shelf
from tests.support.packs import clock, source, text_of, written_out


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(text_of(raw), "mine.yaml")
    assert str(caught.value).startswith("mine.yaml: ")
    return caught.value.problems


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
            (("priority", 1, "when"), "true", "priority"),
            (("opens_in",), "mediation", "opens_in"),
            (("labels", "mediation"), "Mediation", "labels.mediation"),
            (("surprise",), 1, "surprise"),
            (("clocks", 0, "target"), "soon", "clocks.0.target"),
            (("clocks", 0, "whole_days"), True, "clocks.triage.whole_days"),
            (("appeal_needs",), ["complaint_route"], "appeal_needs"),
            (("complaint_routes_for",), {"court": ["general"]}, "complaint_routes_for.court"),
            (("grounds_not_for",), {"no_such": ["general"]}, "grounds_not_for.no_such"),
            (("complaint_routes_for",), {"court": ["gdpr_*"]}, "complaint_routes_for.court"),
            (("clocks", 2, "target"), {"urgent": "1 hour"}, "clocks.first_response.target"),
            (("clocks", 0, "strats"), ["case_opened"], "clocks.triage.strats"),
            (("clocks", 0, "starts"), ["case_opend"], "clocks.triage.starts"),
            (("clocks", 0, "levels", 0, "audiense"), ["ops"], "clocks.triage.levels.0.audiense"),
            (("clocks", 0, "levels", 0, "action"), "panic", "clocks.triage.levels.0.action"),
            (("clocks", 0, "levels", 0, "audience"), ["everybody"], "clocks.triage.levels.0.audience"),
            (("clocks", 1, "levels", 0, "default"), None, "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "default"), "issue_ruling", "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "default"), "proceed_on_file", "clocks.settlement.levels.end.default"),
            (("clocks", 1, "levels", 0, "repeat"), "1 day", "clocks.settlement.levels.end.repeat"),
            (("clocks", 8, "target"), "10 business days", "clocks.ruling.target"),
            (("clocks", 0, "name"), "standstill", "clocks.standstill"),
            (("clocks", 0, "name"), "snooze", "clocks.snooze"),
            (("clocks", 0, "restarts"), ["case_opend"], "clocks.triage.restarts"),
            (("clocks", 0, "extension"), {"by": "8 working hours"}, "clocks.triage.extension"),
            (("clocks", 0, "by_category"), {"injury": {"urgent": "1 hour"}}, "clocks.triage.by_category.injury"),
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

    def test_two_limits_of_one_currency(self) -> None:
        raw = source("bounty_dispute")
        raw["approval_above"] = [{"amount": 1, "currency": "USD"}, {"amount": 2, "currency": "USD"}]
        assert problems(raw) == ["approval_above: 'USD' has two limits"]

    def test_one_limit_of_several_that_is_wrong_is_named_with_its_place(self) -> None:
        raw = source("bounty_dispute")
        raw["approval_above"] = [{"amount": 1, "currency": "USD"}, {"amount": 2, "currency": "usd"}]
        assert problems(raw)[0].startswith("approval_above.1.currency")

    @pytest.mark.parametrize(
        ("row", "where"),
        [
            ({"name": "a_pony"}, "remedies.0:"),
            ({"name": "payout", "above": "second_person"}, "remedies.0.above"),
            ({"name": "payout", "bounded_by": "mercy"}, "remedies.0.bounded_by"),
        ],
    )
    def test_what_holds_for_a_remedy_fits_the_pack(self, row: dict[str, Any], where: str) -> None:
        raw = source("bounty_dispute")
        raw["remedies"] = [row]
        assert any(p.startswith(where) for p in problems(raw))

    def test_a_label_where_nothing_goes_back(self) -> None:
        raw = source("bounty_dispute")
        raw["outcomes"][0]["label_paid_by"] = "claimant"
        assert problems(raw) == ["outcomes: 'upheld' says who pays for a return, and nothing goes back"]

    def test_an_appeal_without_a_window_for_it(self) -> None:
        raw = source("bounty_dispute")
        del raw["labels"]["appealable"]
        assert any(p.startswith("labels") for p in problems(raw))

    def test_a_respondent_who_is_told_later_and_whose_time_runs_before(self) -> None:
        raw = source("fraud_report")
        clock(raw, "respondent_response").update({"starts": ["case_opened"]})
        assert any(p.startswith("clocks.respondent_response.starts") for p in problems(raw))

    def test_a_settlement_with_somebody_who_does_not_know_of_it(self) -> None:
        raw = source("bounty_dispute")
        raw["disclosure"] = "by_owner"
        assert any(p.startswith("disclosure") for p in problems(raw))

    def test_a_last_day_for_whoever_was_told_at_the_opening(self) -> None:
        raw = source("bounty_dispute")
        raw["clocks"].append({"like": "disclosure"})
        assert any(p.startswith("clocks.disclosure") for p in problems(raw))

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

    def test_money_is_withheld_from_nothing_that_is_no_claim(self) -> None:
        raw = source("fraud_report")
        raw["categories"]["card_testing"]["claim"] = False
        raw["credit_less"][0]["only_for"].append("card_tested")
        said = problems(raw)
        assert "categories.card_testing.claim: money is withheld from such a claim (credit_less), so it is one" in said
        assert any(one.startswith("credit_less.only_for: the pack lists no category 'card_tested'") for one in said)

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


class TestLoadKept:
    """A pack that binds reports since an earlier release stays in force, though a newer one would not take it any more."""

    def test_one_whose_sense_is_doubted_now_is_still_read(self) -> None:
        raw = source("bounty_dispute")
        raw["notices"]["offer_made:shop"] = ["all"]
        assert load_kept(text_of(raw), "kept").notices["offer_made:shop"] == ("all",)
        assert any("offer_made:shop" in problem for problem in problems(raw))

    def test_one_that_cannot_be_read_is_refused(self) -> None:
        raw = source("bounty_dispute")
        raw["quue"] = "x"
        with pytest.raises(PackError, match="quue"):
            load_kept(text_of(raw), "kept")
