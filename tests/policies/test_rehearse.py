"""A story told by somebody who never saw one of ours is understood, runs through the real rules, and errors name their step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from policies.folders import calendar_files
from policies.lint import lint
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.rehearse import rehearse
from policies.script_case import Line
from policies.scripts import ScriptError, read_script
from policies.yaml_text import read
from tests.support.cases import shelf
from tests.support.packs import source, text_of
from tests.support.stories import ANN, BEN, LENA, MARA, MONDAY, OLGA, REPORT, a_script, a_step, lines_of, told


def problems(text: str) -> list[str]:
    """What is wrong with a script: found when it is read, or when it is told."""
    with pytest.raises(ScriptError) as caught:
        lines_of(read_script(text))
    return caught.value.problems


def in_steps(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.step is not None]


def by_system(lines: Iterable[Line]) -> list[tuple[str, tuple[str, ...]]]:
    return [(f"{line.at:%m-%d %H:%M}", line.facts) for line in lines if line.step is None]


class TestTranslate:
    def test_answers_as_a_live_case_does(self) -> None:
        said = {"type": "translate", "from_language": "en", "into_language": "de", "text": "Sie haben es geschlossen."}
        lines = told(
            a_step("+1 hour", MARA, {**said, "of": 1}),
            a_step("+1 hour", MARA, {**said, "of": 90}),
            a_step("+1 hour", MARA, {**said, "of": 3}),
            a_step("+1 hour", ANN, {**said, "of": 1}),
        )[1:]
        assert [line.facts or (line.refused or {})["code"] for line in lines] == [
            ("text_translated",), "text_unknown", "translation_refused", "not_allowed",
        ]  # fmt: skip


class TestALine:
    def test_the_report_is_the_first_step(self) -> None:
        (line,) = told(at=MONDAY)
        said = json.loads(line.model_dump_json())
        assert said["step"] == 1
        assert said["facts"] == ["case_opened", "phase_entered"]
        assert said["phase"] == "settlement"
        assert said["refused"] is None
        assert said["deadlines"] == [{"clock": "settlement", "level": "end", "at": "2026-03-05T09:00:00Z"}]
        assert said["actions"]["claimant"] == ["message", "escalate", "submit_evidence", "withdraw", "offer", "add_party"]
        assert said["by"] != "system"

    def test_of_a_step_says_who_did_it_and_when(self) -> None:
        line = told(a_step("+1 hour", ANN, "escalate"))[-1]
        assert (line.step, line.by, line.facts, line.phase) == (2, "pty_u1", ("phase_entered",), "review")
        assert line.at == datetime(2026, 3, 2, 10, tzinfo=UTC)

    def test_of_a_refused_step_shows_where_the_case_stands_all_the_same(self) -> None:
        opened, refused = told(a_step("+1 hour", MARA, {"type": "rule", "outcome": "invalid", "reasons": "No."}))
        assert refused.refused is not None
        assert refused.refused["code"] == "not_in_this_phase"
        assert refused.refused["detail"]
        assert refused.facts == ()
        assert (refused.phase, refused.deadlines, refused.actions["claimant"]) == (
            opened.phase,
            opened.deadlines,
            opened.actions["claimant"],
        )

    def test_of_a_declined_report_has_nothing_left_to_wait_for(self) -> None:
        (line,) = told(report={**REPORT, "attributes": {"programme_excluded": True}})
        assert (line.phase, line.deadlines) == ("closed", ())
        assert line.actions["claimant"] == ()
        assert line.actions["ops"] == (
            "name_root_cause", "translate", "place_hold", "link", "join_campaign", "note", "reopen",
        )  # fmt: skip

    def test_of_a_command_that_is_none_is_refused_as_malformed(self) -> None:
        lines = told(
            a_step("+1 hour", ANN, {"type": "dance"}),
            a_step("+1 hour", ANN, {}),
            a_step("+1 hour", ANN, {"type": "message"}),
            a_step("+1 hour", ANN, {"type": "message", "text": "Hi", "colour": "red"}),
            a_step("+1 hour", ANN, {"type": "offer", "remedy": "payout", "amount": {"amount": 5.5, "currency": "USD"}}),
        )
        assert [line.refused["code"] for line in lines[1:] if line.refused] == ["malformed"] * 5
        assert "text" in (lines[3].refused or {})["detail"]

    def test_actions_of_a_role_are_those_of_anybody_who_has_it(self) -> None:
        line = told(a_step("+1h", ANN, "escalate"), a_step("+1h", MARA, "take"))[-1]
        assert "rule" in line.actions["mediator"]
        assert {*line.actions["owner"]} == {*line.actions["mediator"]}
        assert "assign" in line.actions["lead"]
        assert "freeze" in line.actions["ops"]
        assert "submit_evidence" in line.actions["platform"]

    def test_actions_of_a_side_that_is_not_there_are_none(self) -> None:
        (line,) = told(report={**REPORT, "parties": {"claimant": {"ref": "u1"}}})
        assert line.actions["respondent"] == ()


class TestTime:
    def test_deadlines_fire_by_themselves_between_steps_each_with_its_line(self) -> None:
        lines = told(a_step("+1 hour", ANN, "escalate"), a_step("2026-03-03T12:00:00Z", MARA, "take"))
        assert [line.step for line in lines] == [1, 2, None, None, 3]
        assert by_system(lines) == [("03-03 08:24", ("level_reached",)), ("03-03 10:00", ("level_reached",))]
        assert {line.by for line in lines if line.step is None} == {"system"}

    def test_deadlines_fire_in_the_order_in_which_they_fall_due(self) -> None:
        lines = told(a_step("+1 hour", ANN, "escalate"), until="2026-03-20T00:00:00Z")
        instants = [line.at for line in lines]
        assert instants == sorted(instants)

    def test_at_the_instant_of_a_deadline_the_command_goes_first(self) -> None:
        offer = {"type": "offer", "remedy": "payout", "amount": {"amount": 100, "currency": "USD"}}
        lines = told(a_step("2026-03-05T09:00:00Z", BEN, offer), a_step("+1 minute", ANN, "accept_offer"), at=MONDAY)
        assert [(line.step, line.phase) for line in lines] == [
            (1, "settlement"),
            (2, "settlement"),
            (None, "review"),
            (3, "closed"),
        ]

    def test_two_commands_at_that_instant_both_go_first(self) -> None:
        at = "2026-03-05T09:00:00Z"
        lines = told(a_step(at, ANN, {"type": "message", "text": "One."}), a_step(at, ANN, "withdraw"), at=MONDAY, until="+1 day")
        assert [(line.step, line.phase) for line in lines] == [(1, "settlement"), (2, "settlement"), (3, "closed")]

    def test_a_microsecond_after_the_deadline_it_is_too_late(self) -> None:
        lines = told(a_step("2026-03-05T09:00:00.000001Z", ANN, "escalate"), at=MONDAY)
        assert (lines[-2].phase, (lines[-1].refused or {})["code"]) == ("review", "not_in_this_phase")

    def test_nothing_more_happens_after_the_last_step(self) -> None:
        assert len(told(a_step("+1 hour", ANN, "escalate"))) == 2

    def test_until_lets_time_pass_to_that_very_instant(self) -> None:
        assert told(until="2026-03-05T08:59:59Z")[-1].phase == "settlement"
        assert told(until="2026-03-05T09:00:00Z")[-1].phase == "review"

    def test_a_closed_case_has_no_deadlines_that_fire(self) -> None:
        assert len(told(a_step("+1 hour", ANN, "withdraw"), until="+3 years")) == 2


class TestInstants:
    @pytest.mark.parametrize(
        ("written", "at"),
        [
            ("2026-03-04T12:00:00Z", "04 12:00"),
            ("2026-03-04T12:00:00", "04 12:00"),
            ("2026-03-04 12:00:00", "04 12:00"),
            ("2026-03-04 12:00", "04 12:00"),
            ("2026-03-04T12:00", "04 12:00"),
            ("2026-03-04T12:00:00+02:00", "04 10:00"),
            ("2026-03-04 12:00:00 +02:00", "04 10:00"),
            ("2026-03-04T12:00:00.5Z", "04 12:00"),
            ("'2026-03-04T12:00:00'", "04 12:00"),
            ("'2026-03-04T12:00:00Z'", "04 12:00"),
            ("2026-03-04", "04 00:00"),
            ("'2026-03-04'", "04 00:00"),
            ("+1 hour", "02 10:00"),
            ("'+ 90 minutes'", "02 10:30"),
            ("+PT2H", "02 11:00"),
            ("+P1D", "03 09:00"),
            ("+2h", "02 11:00"),
            ("+45m", "02 09:45"),
            ("+1d", "03 09:00"),
            ("+1d 2h", "03 11:00"),
            ("+1 day, 2 hours and 5 min", "03 11:05"),
            ("+1 week", "09 09:00"),
            # The office of the pack closes at five in Berlin: what is left of eight hours is there on the next day.
            ("+8 working hours", "03 09:00"),
            ("+3 business days", "05 09:00"),
            ("+5 business days", "09 09:00"),
            ("+0 minutes", "02 09:00"),
        ],
    )
    def test_of_a_step(self, written: str, at: str) -> None:
        text = text_of({"report": {**REPORT, "at": MONDAY}})
        step = f"steps:\n  - at: {written}\n    by: {{id: u1, role: claimant}}\n    command: {{type: message, text: Hello}}\n"
        line = in_steps(lines_of(read_script(text + step)))[-1]
        assert f"{line.at:%d %H:%M}" == at

    def test_relative_ones_count_from_the_step_before_not_from_a_deadline_between(self) -> None:
        lines = told(a_step("+1 hour", ANN, "escalate"), a_step("+1 day", MARA, "take"), a_step("+1 day", MARA, "note"))
        assert [f"{line.at:%d %H:%M}" for line in in_steps(lines)] == ["02 09:00", "02 10:00", "03 10:00", "04 10:00"]

    def test_business_days_know_the_holidays(self) -> None:
        # Good Friday and Easter Monday lie between.
        line = told(a_step("+2 business days", ANN, "escalate"), at="2026-04-02T09:00:00Z")[-1]
        assert f"{line.at:%m-%d}" == "04-08"

    @pytest.mark.parametrize("place", ["beside", "inside"])
    def test_the_report_says_when_it_came_in(self, place: str) -> None:
        at = {"at": "2026-03-10T12:00:00"}
        (line,) = told(**at) if place == "beside" else told(report={**REPORT, **at})
        assert line.at == datetime(2026, 3, 10, 12, tzinfo=UTC)

    def test_the_report_comes_in_with_the_first_step_if_it_says_nothing(self) -> None:
        assert told(a_step("2025-06-02T09:00:00Z", ANN, "escalate"))[0].at == datetime(2025, 6, 2, 9, tzinfo=UTC)

    def test_and_on_a_monday_morning_if_nothing_does(self) -> None:
        assert told(a_step("+1 hour", ANN, "escalate"))[0].at == datetime(2026, 3, 2, 9, tzinfo=UTC)

    @pytest.mark.parametrize("until", ["2026-03-05T10:00:00", "2026-03-05", "+3 days", datetime(2026, 3, 5, 10)])  # noqa: DTZ001 - as YAML reads it
    def test_inside_a_command_are_read_as_generously(self, until: Any) -> None:
        steps = [a_step("+1h", ANN, "escalate"), a_step("+1h", MARA, "take")]
        snooze = {"type": "snooze", "until": until, "reason": "later"}
        line = told(*steps, a_step("+1 minute", MARA, snooze))[-1]
        assert line.facts == ("clocks_paused",)
        assert "snooze" in {row["clock"] for row in line.deadlines}


class TestTheReport:
    def test_is_read_in_the_shape_of_the_api(self) -> None:
        report = {
            "kind": "bounty_dispute", "source": "api", "external_id": 77, "category": "severity", "matter": 4711,
            "statement": REPORT["statement"], "amount": {"amount": 1000000, "currency": "USD"},
            "subject": "Report 4711", "occurred_at": "2026-02-27T10:00:00", "synthetic": True,
            "parties": [
                {"side": "claimant", "role": "principal", "ref": "u1", "name": "Ann", "email": "ann@example.com", "locale": "de",
                 "zone": "Europe/Berlin"},
                {"side": "respondent", "ref": "u2"},
                {"side": "claimant", "role": "witness", "ref": "w"},
            ],
            "attributes": {"closed_days_ago": 3, "closed_on": datetime(2026, 2, 27, tzinfo=UTC)},
            "attachments": [{"name": "log.txt", "media_type": "text/plain", "data": "aGVsbG8="}],
        }  # fmt: skip
        (line,) = told(report=report)
        assert line.phase == "settlement"

    @pytest.mark.parametrize(
        "parties",
        [
            {"claimant": {"ref": "u1"}, "respondent": {"ref": "u2"}},
            {"claimant": "u1", "respondent": "u2"},
            {"claimant": {"id": "u1"}, "respondent": {"id": "u2", "name": "Ben"}},
            {"claimant": [{"ref": "u1"}], "respondent": [{"ref": "u2"}, {"ref": "w", "role": "witness"}]},
            [{"side": "claimant", "ref": "u1"}, {"side": "respondent", "ref": "u2"}],
            [{"role": "claimant", "ref": "u1"}, {"role": "respondent", "ref": "u2"}],
            [{"side": "claimant", "id": "u1"}, {"side": "respondent", "id": "u2"}],
        ],
    )
    def test_names_its_parties_in_many_ways(self, parties: Any) -> None:
        lines = told(a_step("+1 hour", BEN, {"type": "message", "text": "Hi"}), report={**REPORT, "parties": parties})
        assert (lines[-1].by, lines[-1].refused) == ("pty_u2", None)

    def test_may_leave_names_out_altogether(self) -> None:
        parties = {"claimant": None, "respondent": {"name": "Ben"}}
        lines = told(a_step("+1 hour", "respondent", "escalate"), report={**REPORT, "parties": parties})
        assert lines[-1].by == "pty_respondent"

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"statement": None}, "report.statement: Input should be a valid string"),
            ({"statement": "  "}, "report.statement: Write something: the text is empty."),
            ({"parties": []}, "report.parties: "),
            ({"parties": "u1"}, "report.parties: "),
            ({"parties": [{"ref": "u1"}]}, "report.parties.0.side: Field required"),
            ({"parties": {"respondent": "u2"}}, "report: A report needs a claimant"),
            ({"parties": {"claimant": "u1", "respondent": "u1"}}, "report: The same party ref appears twice"),
            ({"parties": {"plaintiff": "u1"}}, "report.parties.0.side: "),
            ({"parties": {"claimant": {"ref": ["u1"]}}}, "report.parties.0.ref: "),
            ({"amount": 5000}, "report.amount: "),
            ({"kind": "fraud_report"}, "report.kind: the story is about 'fraud_report', and the pack defines 'bounty_dispute'"),
            ({"colour": "red"}, "report.colour: Extra inputs are not permitted"),
        ],
    )
    def test_says_what_is_wrong_with_it(self, changes: dict[str, Any], problem: str) -> None:
        assert problems(text_of({"report": {**REPORT, **changes}, "steps": []}))[0].startswith(problem)

    def test_without_a_statement_is_a_clear_error(self) -> None:
        report = {"parties": REPORT["parties"]}
        assert problems(text_of({"report": report, "steps": []})) == ["report.statement: Field required"]

    def test_refs_that_would_give_the_same_id_stay_apart(self) -> None:
        parties = {"claimant": "a b", "respondent": "a/b"}
        lines = told(
            a_step("+1h", {"id": "a b", "role": "claimant"}, {"type": "message", "text": "I."}),
            a_step("+1h", {"id": "a/b", "role": "respondent"}, {"type": "message", "text": "You."}),
            report={**REPORT, "parties": parties},
        )
        assert [line.refused for line in lines] == [None] * 3
        assert lines[1].by != lines[2].by

    @pytest.mark.parametrize("ref", ["Zoë", "pty_ü b", "pty_", "a@b.example", 42, "x" * 255, "per_ann"])
    def test_any_ref_will_do(self, ref: Any) -> None:
        lines = told(
            a_step("+1h", {"id": ref, "role": "claimant"}, "escalate"),
            report={**REPORT, "parties": {"claimant": ref, "respondent": "shop"}},
        )
        assert lines[-1].phase == "review"


class TestWhoSpeaks:
    @pytest.mark.parametrize(
        "by",
        [
            {"id": "u1", "role": "claimant"},
            {"id": "pty_u1", "role": "claimant"},
            {"id": "claimant", "role": "claimant"},
            {"role": "claimant"},
            {"id": "claimant"},
            {"id": "u1"},
            "claimant",
            "u1",
            {"id": "u1", "role": "CLAIMANT"},
        ],
    )
    def test_a_party_by_ref_id_or_side(self, by: Any) -> None:
        assert told(a_step("+1h", by, "escalate"))[-1].by == "pty_u1"

    @pytest.mark.parametrize(
        ("command", "fact"),
        [
            ({"type": "message", "to": "u2", "text": "Hello"}, "message_sent"),
            ({"type": "request_evidence", "of": "u2", "what": "Show the other report."}, "evidence_requested"),
            ({"type": "request_evidence", "of": "respondent", "party": "u2", "what": "Show it."}, "evidence_requested"),
            ({"type": "add_party", "party": {"role": "respondent", "ref": "u3"}}, "party_added"),
            (
                {
                    "type": "add_party",
                    "side": "claimant",
                    "role": "representative",
                    "ref": "u4",
                    "represents": "u1",
                    "agreed": True,
                },
                "party_added",
            ),
            ({"type": "replace_party", "party": "u2", "by_party": {"role": "respondent", "ref": "u5"}}, "party_added"),
        ],
    )
    def test_a_command_names_parties_as_the_story_does(self, command: dict[str, Any], fact: str) -> None:
        line = told(a_step("+1h", ANN, "escalate"), a_step("+1m", MARA, "take"), a_step("+1m", MARA, command))[-1]
        assert (line.refused, line.facts[0]) == (None, fact)

    def test_a_command_that_names_one_of_several_says_which_side(self) -> None:
        parties = [{"side": "claimant", "ref": "u1"}, *({"side": "respondent", "ref": ref} for ref in ("u2", "u3"))]
        asked = a_step("+1m", MARA, {"type": "message", "to": "u2", "text": "Hello"})
        line = told(a_step("+1h", ANN, "escalate"), a_step("+1m", MARA, "take"), asked, report={**REPORT, "parties": parties})[-1]
        assert (line.refused or {})["code"] == "malformed"

    def test_a_party_by_the_id_that_the_report_gives_it_beside_its_ref(self) -> None:
        parties = [{"id": "pty_77", "side": "claimant", "ref": "u1"}, {"id": "b", "side": "respondent", "ref": "u2"}]
        said = {"type": "message", "text": "Hello"}
        names = [{"id": "pty_77", "role": "claimant"}, ANN, "b", BEN]
        lines = told(*(a_step("+1h", by, said) for by in names), report={**REPORT, "parties": parties})
        assert [line.by for line in lines[1:]] == ["pty_77", "pty_77", "pty_u2", "pty_u2"]
        assert [line.refused for line in lines] == [None] * 5

    @pytest.mark.parametrize("name", ["mara", "per_mara", "Mara M.", 7])
    def test_a_person_with_or_without_the_prefix_is_the_same(self, name: Any) -> None:
        lines = told(
            a_step("+1h", ANN, "escalate"),
            a_step("+1h", {"id": name, "role": "mediator"}, "take"),
            a_step("+1h", {"id": str(name).removeprefix("per_"), "role": "mediator"}, {"type": "message", "text": "Hello"}),
            a_step("+1h", name, {"type": "request_evidence", "of": "respondent", "what": "Logs."}),
        )
        assert [line.refused for line in in_steps(lines)] == [None] * 5

    def test_an_investigator_is_a_mediator(self) -> None:
        assert told(a_step("+1h", {"id": "x", "role": "investigator"}, "take"))[-1].facts == ("case_assigned",)

    def test_a_stranger_has_nothing_to_do_with_it(self) -> None:
        for role in ("claimant", "respondent", "witness"):
            line = told(a_step("+1h", {"id": "somebody", "role": role}, {"type": "message", "text": "Hello"}))[-1]
            assert (line.refused or {})["code"] == "actor_unknown"

    def test_the_respondent_of_a_case_without_one_is_a_stranger(self) -> None:
        report = {**REPORT, "parties": {"claimant": "u1"}}
        line = told(a_step("+1h", "respondent", "escalate"), report=report)[-1]
        assert (line.refused or {})["code"] == "actor_unknown"

    def test_the_platform_and_the_system(self) -> None:
        evidence = {"type": "submit_evidence", "text": "A log."}
        lines = told(
            a_step("+1h", {"id": "shop", "role": "platform"}, evidence),
            a_step("+1h", {"id": "system", "role": "system"}, {"type": "freeze", "incident": "inc-1"}),
            a_step("+1h", MARA, {"type": "report_effect", "effect_id": "eff_1", "result": "done"}),
        )
        assert [line.by for line in lines] == ["pty_u1", "key_shop", "system", "per_mara"]
        assert (lines[-1].refused or {})["code"] == "system_only"


class TestOwners:
    ESCALATED = a_step("+1h", ANN, "escalate")

    def assigned(self, owner: Any, *more: Any, **script: Any) -> Line:
        return in_steps(told(self.ESCALATED, a_step("+1m", OLGA, {"type": "assign", "owner": owner}), *more, **script))[2]

    def test_nobody_knows_a_stranger(self) -> None:
        assert (self.assigned("per_x").refused or {})["code"] == "actor_unknown"

    @pytest.mark.parametrize("owner", ["per_mara", "mara"])
    def test_a_step_says_who_somebody_is(self, owner: str) -> None:
        line = self.assigned(owner, a_step("+1m", MARA, {"type": "note", "text": "Mine."}))
        assert line.facts == ("case_assigned",)

    @pytest.mark.parametrize(
        "people", [[MARA], [{"id": "per_mara", "role": "mediator"}], {"mara": "mediator"}, {"mara": {"role": "lead"}}]
    )
    def test_people_say_it_too(self, people: Any) -> None:
        assert self.assigned("per_mara", people=people).facts == ("case_assigned",)

    def test_a_party_is_nobody_of_the_team(self) -> None:
        assert (self.assigned("u1").refused or {})["code"] == "actor_unknown"

    @pytest.mark.parametrize("conflict", ["u2", "pty_u2", "respondent", ["u2"]])
    def test_a_conflict_that_people_declared_holds(self, conflict: Any) -> None:
        people = [{**MARA, "conflicts": conflict}]
        # Also for the steps in which they speak without mentioning it.
        assert (self.assigned("mara", a_step("+1h", MARA, "take"), people=people).refused or {})["code"] == "own_case"
        taken = told(self.ESCALATED, a_step("+1h", MARA, "take"), people=people)[-1]
        assert (taken.refused or {})["code"] == "own_case"

    def test_whoever_bears_the_name_of_a_party_is_that_party(self) -> None:
        line = told(self.ESCALATED, a_step("+1h", {"id": "u2", "role": "mediator"}, "take"))[-1]
        assert (line.refused or {})["code"] == "own_case"


class TestCommands:
    def test_ids_follow_from_the_step(self) -> None:
        offer = {"type": "offer", "remedy": "payout", "amount": {"amount": 100, "currency": "USD"}}
        lines = told(a_step("+1h", BEN, offer), a_step("+1h", ANN, {"type": "accept_offer", "offer_id": "off_0002"}))
        assert lines[-1].phase == "closed"

    def test_the_same_command_has_one_effect_and_its_first_answer(self) -> None:
        note = {"type": "message", "id": "cmd_mine", "text": "Once."}
        wrong = {"type": "accept_offer", "id": "cmd_wrong"}
        lines = told(*(a_step("+1m", ANN, one) for one in (note, note, wrong, wrong)))
        assert [line.facts for line in lines[1:]] == [("message_sent",), (), (), ()]
        assert [(line.refused or {}).get("code") for line in lines[1:]] == [None, None, "no_such_offer", "no_such_offer"]

    def test_retargeting_to_the_newest_pack_means_the_one_that_is_tried(self) -> None:
        raw = source("bounty_dispute")
        raw["title"] = "Mine"
        mine = load_pack(text_of(raw), "mine.yaml")
        script = a_script(a_step("+1h", LENA, {"type": "retarget", "newest": "pack", "reason": "new_rules"}))
        assert lines_of(script, mine)[-1].facts == ("case_retargeted",)

    def test_a_bare_word_is_a_command(self) -> None:
        assert told({"at": "+1h", "by": "claimant", "command": "escalate"})[-1].phase == "review"


class TestExpectations:
    def missed(self, expect: Any, **more: Any) -> list[str]:
        return [m for line in told(a_step("+1h", ANN, "escalate", expect=expect), **more) for m in line.missed]

    def test_that_are_met_say_nothing(self) -> None:
        due = {"first_response breach": "2026-03-03T10:00:00", "settlement end": "never"}
        met = {"phase": "review", "facts": ["phase_entered"], "fired": [], "priority": "normal", "owner": "nobody", "due": due}
        assert self.missed({**met, "may": {"mediator": "take"}, "may_not": {"claimant": ["escalate"]}}) == []

    @pytest.mark.parametrize(
        ("expect", "missed"),
        [
            ({"phase": "closed"}, "phase: review, not closed"),
            ({"facts": ["case_closed"]}, "facts: phase_entered, not case_closed"),
            ({"refused": "not_allowed"}, "refused: no, not not_allowed"),
            ({"outcome": "ruled"}, "outcome: None, not ruled"),
            ({"ruling": "upheld"}, "ruling: None, not upheld"),
            ({"priority": "high"}, "priority: normal, not high"),
            ({"owner": "mara"}, "owner: nobody, not mara"),
            ({"fired": ["grace end"]}, "fired: none, not grace end"),
            ({"due": {"ruling breach": "never"}}, "due: ruling breach 2026-03-16T10:00:00Z, not never"),
            ({"due": {"grace end": "2026-03-02"}}, "due: grace end never, not 2026-03-02T00:00:00Z"),
            ({"may": {"claimant": "rule"}}, "may: claimant may not rule"),
            ({"may_not": {"claimant": "withdraw"}}, "may_not: claimant may withdraw"),
        ],
    )
    def test_that_are_not_met_are_named(self, expect: Any, missed: str) -> None:
        assert self.missed(expect) == [missed]

    def test_a_refusal_that_nobody_expected_is_missed(self) -> None:
        lines = told(a_step("+1h", MARA, "escalate", expect={"phase": "settlement"}))
        assert lines[-1].missed == ("refused: not_allowed, not expected",)

    def test_the_report_and_the_end_have_theirs(self) -> None:
        lines = told(expect={"phase": "intake"}, until="+3 days", ends={"phase": "closed", "fired": ["settlement end"]})
        assert lines[0].missed == ("phase: settlement, not intake",)
        assert lines[-1].missed == ("at the end: phase: review, not closed",)

    def test_a_wrong_word_in_an_expectation_is_an_error(self) -> None:
        with pytest.raises(ScriptError, match=r"step 2: expect\.fase: Extra inputs"):
            a_script(a_step("+1h", ANN, "escalate", expect={"fase": "review"}))


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "a script is a mapping"),
            ("- report", "a script is a mapping"),
            ("steps: []", "a script is a mapping"),
            ("report: [", "not YAML: "),
            ("report: \x00", "not YAML: "),
            ("report: {at: 2026-13-45T00:00:00Z}", "not YAML that can be read: "),
            ("report: &a [*a]", "report: "),
            ("report: {}\nsteps: &a [*a]", "step 2: "),
            ("report: 5", "report: "),
            ("report: null", "report: "),
            ("--- {report: {}}\n--- {report: {}}", "not YAML: "),
        ],
    )
    def test_of_the_file(self, text: str, problem: str) -> None:
        assert problems(text)[0].startswith(problem)

    @pytest.mark.parametrize(
        ("step", "problem"),
        [
            ({"by": ANN, "command": {"type": "escalate"}}, "step 3: at: Field required"),
            ({"at": "+1h", "command": {"type": "escalate"}}, "step 3: by: Field required"),
            ({"at": "+1h", "by": ANN}, "step 3: command: Field required"),
            (a_step("soon", ANN, "escalate"), "step 3: at: Say an instant"),
            (a_step(90, ANN, "escalate"), "step 3: at: Say an instant"),
            (a_step(None, ANN, "escalate"), "step 3: at: Say an instant"),
            (a_step("+soon", ANN, "escalate"), "step 3: at: Not a span"),
            (a_step("+", ANN, "escalate"), "step 3: at: Not a span"),
            (a_step("+1 business hour ago", ANN, "escalate"), "step 3: at: Not a span"),
            (a_step("-1 hour", ANN, "escalate"), "step 3: at: Say an instant"),
            (a_step("2026-03-02T08:00:00Z", ANN, "escalate"), "step 3: at: 2026-03-02T08:00:00Z lies before the step before it"),
            (a_step("1492-10-12T08:00:00Z", ANN, "escalate"), "step 3: at: 1492-10-12T08:00:00Z lies before"),
            (a_step("+1h", {"id": "x", "role": "king"}, "escalate"), "step 3: by.role: Input should be 'claimant'"),
            (a_step("+1h", "stranger", "escalate"), "step 3: by.role: Field required"),
            (a_step("+1h", {"id": "", "role": "lead"}, "escalate"), "step 3: by.id: String should have at least 1 character"),
            (a_step("+1h", None, "escalate"), "step 3: by: "),
            (a_step("+1h", [], "escalate"), "step 3: by"),
            (a_step("+1h", ANN, {"type": "escalate"}) | {"command": None}, "step 3: command: "),
            (a_step("+1h", ANN, {"type": "escalate"}) | {"command": []}, "step 3: command: "),
            ("escalate", "step 3: "),
            (None, "step 3: "),
        ],
    )
    def test_of_a_step_name_it(self, step: Any, problem: str) -> None:
        first = a_step("2026-03-02T09:00:00Z", ANN, {"type": "message", "text": "Hi"})
        found = problems(text_of({"report": REPORT, "at": MONDAY, "steps": [first, step]}))
        assert found[0].startswith(problem), found

    def test_steps_that_are_no_list(self) -> None:
        assert problems(text_of({"report": REPORT, "steps": {"at": "+1h"}}))[0].startswith("steps: ")

    def test_all_are_said_at_once(self) -> None:
        steps = [a_step("soon", ANN, "escalate"), a_step("+1h", {"id": "x", "role": "king"}, "escalate")]
        assert len(problems(text_of({"report": REPORT, "steps": steps}))) == 2

    def test_an_instant_out_of_all_time_is_one(self) -> None:
        assert problems(text_of({"report": REPORT, "at": "0001-01-01T00:00:00Z", "steps": []}))[0].startswith("step 1: at: ")
        assert problems(text_of({"report": REPORT, "at": MONDAY, "until": "+900 years"}))[0].startswith("until: ")

    def test_the_lines_before_a_bad_instant_are_told(self) -> None:
        script = a_script(a_step("+1h", ANN, "escalate"), a_step("2026-03-01", MARA, "take"), at=MONDAY)
        lines = rehearse(shelf(), shelf().packs["bounty_dispute"], script)
        assert [next(lines).step, next(lines).step] == [1, 2]
        with pytest.raises(ScriptError, match="step 3: at"):
            next(lines)

    def test_a_story_in_which_too_much_falls_due_has_lost_its_way(self) -> None:
        raw = source("bounty_dispute")
        triage = next(clock for clock in raw["clocks"] if clock["name"] == "triage")
        triage["levels"][0]["repeat"] = "1 minute"
        pack = load_pack(text_of(raw), "mine.yaml")
        script = a_script(report={**REPORT, "attributes": {"reporter_standing": -1}}, until="+30 days")
        with pytest.raises(ScriptError, match="until: more than 2000 deadlines fall due"):
            lines_of(script, pack, with_actions=False)

    def test_what_nobody_knows_is_named_and_passed_over(self) -> None:
        script = a_script(
            a_step("+1h", {**ANN, "mood": "angry"}, "escalate", step=2), title="Mine", author="me", people=[{**MARA, "age": 7}]
        )
        assert set(script.passed_over) == {"author", "step 2: step", "u1: mood", "mara: age"}
        assert lines_of(script)[-1].phase == "review"


class TestLimitsInTwoCurrencies:
    """A pack that says from which amount a second person looks, in two currencies: it lints, runs and is explained."""

    def two_limits(self) -> str:
        limits = [{"amount": 50_000, "currency": "USD"}, {"amount": 45_000, "currency": "EUR"}]
        shipped = read((PACKS_DIR / "payment_dispute.yaml").read_text("utf-8"))
        return text_of({**shipped, "approval_above": limits})

    def test_lint_clean(self) -> None:
        assert lint(self.two_limits(), "mine.yaml", frozenset(calendar_files())) == []

    @pytest.mark.parametrize(
        ("amount", "currency", "phase"),
        [
            (45_000, "EUR", "ruled"),
            (45_001, "EUR", "approval"),
            (45_001, "USD", "ruled"),
            (50_001, "USD", "approval"),
            (1, "GBP", "approval"),
        ],
    )
    def test_run(self, amount: int, currency: str, phase: str) -> None:
        money = {"amount": amount, "currency": currency}
        ruling = {"type": "rule", "outcome": "partly_refunded", "ground": "charged_twice", "reasons": "It was.", "relies_on": []}
        script = a_script(
            a_step("+1 hour", ANN, "escalate"),
            a_step("+1 hour", MARA, "take"),
            a_step("+1 minute", MARA, {"type": "request_evidence", "of": "respondent", "what": "Was it charged twice?"}),
            a_step("+1 hour", BEN, {"type": "submit_evidence", "text": "It was."}),
            a_step("+1 hour", MARA, {**ruling, "remedies": [{"type": "refund", "amount": money}]}),
            report={**REPORT, "amount": {"amount": 60_000, "currency": currency}},
        )
        last = lines_of(script, load_pack(self.two_limits(), "mine.yaml"), with_actions=False)[-1]
        assert (last.refused, last.phase) == (None, phase)
