"""The loop of one case, activation by activation: nothing asked is lost, nobody is answered twice, one alarm is armed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.messages import NOTHING_DUE, Delivered, Recorded
from tests.support.activation import NOON, Bench, plain
from tests.support.clerk import (
    ASSIGN,
    CARRY_OUT,
    DELIVER,
    RECORD,
    START,
    Clerk,
    a_bench,
    accepted,
    arrivals,
    closed,
    due,
    opened,
    refused,
    standing,
)
from workflows.handles import CASE_KIND, CASE_STATUS, OUTCOME, TENANT_ID
from workflows.options import REARM_FOR, REARM_MOST_FOR, SOON_FOR
from workflows.summaries import NEXT_DUE_AT

DAY = timedelta(days=1)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench() as bench:
        yield bench


class TestOneActivation:
    """Whatever comes together, in whatever order."""

    @pytest.mark.parametrize("single_batch", [False, True], ids=["jobs in sets", "jobs in one batch"])
    @pytest.mark.parametrize("order", list(permutations(("update", "signal", "timer", "answer"))), ids="-".join)
    def test_every_order_of_update_signal_timer_and_answer(self, order: tuple[str, ...], single_batch: bool) -> None:
        with a_bench(single_batch=single_batch) as bench:
            clerk = Clerk(bench, timetable=(due(NOON + DAY),))
            bench.start()
            bench.now_comes(clerk.answers())
            [alarm] = bench.open.timers.values()
            bench.now_comes(bench.signal({"command_id": "cmd_before"}))
            made = {
                "update": bench.update("cmd_asked"),
                "signal": bench.signal({"id": "cmd_told", "type": "note"}),
                "timer": bench.ring(alarm),
                "answer": clerk.answers(),
            }
            clerk.standing["timetable"] = (due(NOON + 5 * DAY),)
            bench.now_comes(*(made[name] for name in order))
            clerk.settle()
            assert sorted(clerk.judged) == ["cmd_asked", "cmd_before", "cmd_told"]
            assert bench.heard["u1"].value["command_id"] == "cmd_asked"
            assert [t.at for t in bench.open.timers.values()] == [NOON + 5 * DAY]
            assert bench.how() is None

    @pytest.mark.parametrize("order", list(permutations(("record", "assign"))), ids="-".join)
    def test_what_was_done_beside_while_the_record_was_read_is_looked_at(self, order: tuple[str, ...], bench: Bench) -> None:
        clerk = Clerk(bench, wants_owner=True)
        bench.start()
        bench.now_comes(clerk.answers())
        bench.now_comes(bench.signal({"command_id": "cmd_told"}))
        clerk.looks()
        assigned, recorded = clerk.finishes(ASSIGN), clerk.answers()
        jobs = {"record": recorded, "assign": assigned}
        bench.now_comes(*(jobs[name] for name in order))
        clerk.settle()
        assert clerk.inbox == []

    def test_done_beside_first_and_recorded_an_activation_later(self, bench: Bench) -> None:
        clerk = Clerk(bench, wants_owner=True)
        bench.start()
        bench.now_comes(clerk.answers())
        bench.now_comes(bench.signal({"command_id": "cmd_told"}))
        clerk.looks()
        bench.now_comes(clerk.finishes(ASSIGN))
        bench.now_comes(clerk.answers())
        clerk.settle()
        assert clerk.inbox == []

    def test_a_message_with_the_start_is_in_the_first_record(self, bench: Bench) -> None:
        bench.start(bench.update("cmd_open-1"), bench.signal({"command_id": "cmd_told"}))
        assert arrivals(bench.waiting(RECORD)) == ["cmd_open-1", "cmd_told"]
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_open-1"), accepted("cmd_told"))))
        assert bench.heard["u1"].value["seq"] == 1

    @pytest.mark.parametrize("seed", [*range(30), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(30, 120))])
    def test_any_sequence_in_any_grouping(self, seed: int) -> None:
        chance = random.Random(seed)
        with a_bench(single_batch=chance.random() < 0.3) as bench:
            clerk = Clerk(bench, wants_owner=True, undelivered=1, effects=("eff_1", "eff_2"), timetable=(due(NOON + DAY),))
            bench.start()
            clerk.looks()
            sent: list[str] = []
            for _ in range(25):
                jobs = []
                for move in chance.sample(["ask", "tell", "ring", "work", "work", "fall back", "move"], k=chance.randint(1, 4)):
                    command = f"cmd_{len(sent):05}"
                    if move == "ask":
                        sent.append(command)
                        jobs.append(bench.update(command, command))
                    elif move == "tell":
                        sent.append(command)
                        jobs.append(bench.signal({"id": command, "type": "note"}))
                    elif move == "ring" and bench.open.timers:
                        jobs.append(bench.ring())
                    elif move == "fall back" and any(c.name == RECORD and c.local for c in bench.open.activities.values()):
                        jobs.append(chance.choice([bench.failed, bench.timed_out])(RECORD))
                    elif move == "work" and bench.open.activities:
                        name = chance.choice(list(bench.open.activities.values())).name
                        jobs.append(clerk.answers() if name == RECORD else clerk.finishes(name))
                    elif move == "move":
                        clerk.standing["timetable"] = (due(bench.now + chance.choice([-1, 1, 30]) * DAY),)
                        clerk.standing["undelivered"] = chance.choice([0, clerk.seq])
                bench.now_comes(*jobs, after=timedelta(seconds=chance.randint(0, 5)))
                clerk.looks()
                assert len(bench.open.timers) <= 1
            clerk.settle()
            assert sorted(c for c in clerk.judged if c in sent) == sent
            assert clerk.inbox == []
            assert all(heard.value["command_id"] == asker for asker, heard in bench.heard.items())
            assert len(bench.open.timers) == 1
            carried = [c.body["effect_id"] for c in bench.calls if c.name == CARRY_OUT]
            assert sorted(carried) == ["eff_1", "eff_2"]
            with a_bench() as other:
                assert bench.commands_again(other) == bench.variants


class TestAnswers:
    """Each asker hears what became of their own command, once."""

    def test_two_askers_and_a_signal_between_them(self, bench: Bench) -> None:
        opened(bench, standing())
        bench.now_comes(bench.update("cmd_aaa", "a"), bench.signal({"command_id": "cmd_bbb"}), bench.update("cmd_ccc", "c"))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_aaa", 4), refused("cmd_bbb"), refused("cmd_ccc"))))
        assert bench.heard["a"].value["command_id"] == "cmd_aaa"
        error = bench.heard["c"].error
        assert isinstance(error, ApplicationError)
        assert (error.type, error.message, error.details) == ("phase_closed", "The case is closed.", ({"phase": "closed"},))
        assert error.non_retryable
        assert error.category is ApplicationErrorCategory.BENIGN

    def test_a_command_asked_while_the_record_is_busy_waits_for_the_next(self, bench: Bench) -> None:
        bench.start()
        bench.now_comes(bench.update("cmd_asked"))
        assert [arrivals(c) for c in bench.calls] == [[]]
        bench.now_comes(bench.done(RECORD, standing()))
        assert [arrivals(c) for c in bench.calls] == [[], ["cmd_asked"]]

    def test_a_broken_command_is_an_error_of_that_type(self, bench: Bench) -> None:
        opened(bench, standing())
        bench.now_comes(bench.update("cmd_poison"))
        answer = refused("cmd_poison").model_copy(update={"status": "broken", "code": "broken"})
        bench.now_comes(bench.done(RECORD, standing(answer)))
        assert isinstance(error := bench.heard["u1"].error, ApplicationError)
        assert error.type == "broken"

    def test_an_asker_beyond_the_batch_waits_until_the_batch_with_the_answer(self, bench: Bench) -> None:
        opened(bench, standing())
        bench.now_comes(bench.update("cmd_last"))
        bench.now_comes(bench.done(RECORD, standing(None, more=True)))
        assert arrivals(bench.waiting(RECORD)) == ["cmd_last"]
        assert not bench.heard["u1"].answered
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_last", 60))))
        assert bench.heard["u1"].value["seq"] == 60

    def test_many_at_once_are_handed_on_in_order_and_in_parts(self, bench: Bench) -> None:
        clerk = Clerk(bench)
        bench.start()
        bench.now_comes(clerk.answers())
        commands = [f"cmd_{n:05}" for n in range(120)]
        bench.now_comes(*(bench.update(c, c) for c in commands))
        clerk.settle()
        assert clerk.judged == commands
        assert max(len(arrivals(c)) for c in bench.calls) == 50
        assert all(bench.heard[c].value["command_id"] == c for c in commands)

    def test_large_commands_are_handed_on_in_loads_that_a_regular_activity_can_carry(self, bench: Bench) -> None:
        clerk = Clerk(bench)
        bench.start()
        bench.now_comes(clerk.answers())
        bench.now_comes(*(bench.signal({"id": f"cmd_{n:05}", "text": "x" * 400_000}) for n in range(5)))
        clerk.settle()
        assert [len(arrivals(c)) for c in bench.calls] == [0, 2, 2, 1]

    @pytest.mark.parametrize(
        "shape",
        ["null", "7", '"no id"', '""', "[]", '["cmd_00001"]', "{", '{"a": "\\ud800"}', "NaN", '{"command_id": ""}', "[" * 500],
    )
    def test_a_malformed_command_is_refused_without_an_event(self, shape: str, bench: Bench) -> None:
        opened(bench, standing())
        assert bench.now_comes(bench.update(None, raw=[plain(shape)])) == ["rejected u1"]
        assert isinstance(error := bench.heard["u1"].error, ApplicationError)
        assert error.type == "malformed"

    def test_a_command_too_large_is_refused_without_an_event(self, bench: Bench) -> None:
        opened(bench, standing())
        assert bench.now_comes(bench.update({"id": "cmd_00001", "text": "x" * 600_000})) == ["rejected u1"]

    @pytest.mark.parametrize("number", [0, 2])
    def test_no_argument_or_two_are_refused_without_an_event(self, number: int, bench: Bench) -> None:
        opened(bench, standing())
        assert bench.now_comes(bench.update(None, raw=[plain('"cmd_00001"')] * number)) == ["rejected u1"]


class TestAlarm:
    """One timer, for the nearest instant."""

    def test_it_is_set_for_the_nearest_instant_and_says_so(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + 60 * DAY), due(NOON + 90 * DAY, level="late"))))
        [timer] = bench.open.timers.values()
        assert timer.wait_for == 60 * DAY
        assert timer.summary == "ruling warn due for bounty dispute"

    def test_it_stays_when_the_nearest_instant_did_not_move(self, bench: Bench) -> None:
        rows = (due(NOON + DAY),)
        opened(bench, standing(timetable=rows))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}), after=timedelta(hours=1))
        assert "start_timer" not in bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00001"), timetable=rows)))
        assert len(bench.timers) == 1

    def test_it_is_made_anew_when_the_nearest_instant_moved(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        out = bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00001"), timetable=(due(NOON + 2 * DAY),))))
        assert sorted(out) == ["cancel_timer", "start_timer"]
        assert [t.at for t in bench.open.timers.values()] == [NOON + 2 * DAY]

    def test_it_is_taken_down_when_nothing_falls_due(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        assert bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00001")))) == ["cancel_timer"]

    def test_ringing_it_only_says_look(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        assert bench.now_comes(bench.ring()) == [f"local {RECORD}"]
        assert arrivals(bench.waiting(RECORD)) == []
        bench.now_comes(bench.done(RECORD, standing(timetable=(due(NOON + 3 * DAY, level="late"),))))
        assert [t.at for t in bench.open.timers.values()] == [NOON + 3 * DAY]

    def test_rung_too_early_it_rings_again_after_a_second_then_two_then_four_and_does_not_spin(self, bench: Bench) -> None:
        rows = (due(NOON + DAY),)
        opened(bench, standing(timetable=rows))
        waits = []
        for _ in range(8):
            bench.now_comes(bench.ring())
            bench.now_comes(bench.done(RECORD, standing(timetable=rows)))
            waits += [t.wait_for for t in bench.open.timers.values()]
        assert waits == [*(timedelta(seconds=2**n) for n in range(6)), REARM_MOST_FOR, REARM_MOST_FOR]

    def test_another_instant_is_rung_for_anew(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        for at in (NOON + DAY, NOON + DAY, NOON + 2 * DAY, NOON + 2 * DAY):
            bench.now_comes(bench.ring())
            bench.now_comes(bench.done(RECORD, standing(timetable=(due(at),))))
        assert [t.wait_for for t in bench.open.timers.values()] == [REARM_FOR]

    def test_an_instant_that_has_just_passed_rings_at_once(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON - DAY),)))
        assert [t.wait_for for t in bench.open.timers.values()] == [SOON_FOR]

    def test_what_is_left_is_recorded_before_any_alarm_is_set(self, bench: Bench) -> None:
        assert opened(bench, standing(more=True, timetable=(due(NOON - DAY),))) == [f"local {RECORD}"]
        bench.now_comes(bench.done(RECORD, standing(timetable=(due(NOON + DAY),))))
        assert len(bench.timers) == 1

    def test_months_pass_in_one_step(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + 200 * DAY),)))
        bench.now_comes(bench.ring())
        assert bench.now == NOON + 200 * DAY


class TestRecord:
    """Local first; what Postgres does not answer in time is tried as a regular activity, without end."""

    @pytest.mark.parametrize("how", ["failed", "timed_out"])
    def test_it_falls_back_to_a_regular_activity_with_the_same_input(self, how: str, bench: Bench) -> None:
        opened(bench, standing())
        bench.now_comes(bench.update("cmd_asked"))
        first = bench.waiting(RECORD)
        assert bench.now_comes(getattr(bench, how)(RECORD)) == [f"regular {RECORD}"]
        again = bench.waiting(RECORD)
        assert again.body == first.body
        assert again.summary == "Record what happened in this bounty dispute"
        assert again.proto.retry_policy.maximum_attempts == 0
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_asked", 4))))
        assert bench.heard["u1"].value["seq"] == 4

    def test_the_next_one_is_local_again(self, bench: Bench) -> None:
        bench.start()
        bench.now_comes(bench.failed(RECORD))
        bench.now_comes(bench.done(RECORD, standing()))
        assert bench.now_comes(bench.signal({"command_id": "cmd_00001"})) == [f"local {RECORD}"]

    def test_it_says_how_many_facts_were_seen(self, bench: Bench) -> None:
        opened(bench, standing(seq=17))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        assert bench.waiting(RECORD).body["saw_seq"] == 17

    def test_a_cancellation_goes_through(self, bench: Bench) -> None:
        bench.start()
        bench.now_comes(bench.cancel())
        bench.now_comes(bench.cancelled(RECORD))
        assert bench.how() == "cancelled"

    def test_a_cancellation_goes_through_while_waiting(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        bench.now_comes(bench.cancel())
        assert bench.how() == "cancelled"

    def test_a_cancelled_regular_record_ends_the_run_too(self, bench: Bench) -> None:
        bench.start()
        bench.now_comes(bench.timed_out(RECORD))
        bench.now_comes(bench.cancel())
        bench.now_comes(bench.cancelled(RECORD))
        assert bench.how() == "cancelled"

    def test_a_later_release_may_answer_with_fields_of_its_own(self, bench: Bench) -> None:
        bench.start()
        body = {**standing(timetable=(due(NOON + DAY),)).model_dump(mode="json"), "invented_later": 1}
        bench.now_comes(bench.done(RECORD, body))
        assert len(bench.open.timers) == 1


class TestEnd:
    """A run ends when the case is closed and quiet, and takes nothing with it that somebody still waits for."""

    def test_closed_and_quiet_it_ends(self, bench: Bench) -> None:
        opened(bench, closed())
        assert bench.how() == "completed"

    def test_closed_with_a_clock_still_running_it_stays(self, bench: Bench) -> None:
        opened(bench, closed(quiet=False, timetable=(due(NOON + DAY),)))
        assert bench.how() is None

    def test_a_case_that_nobody_knows_ends(self, bench: Bench) -> None:
        opened(bench, Recorded(quiet=True))
        assert bench.how() == "completed"
        assert bench.upserts == []

    def test_the_asker_is_answered_before_the_run_ends(self, bench: Bench) -> None:
        opened(bench, standing())
        bench.now_comes(bench.update("cmd_close"))
        out = bench.now_comes(bench.done(RECORD, closed(accepted("cmd_close", 9))))
        assert out.index("completed u1") < out.index("complete_workflow_execution")

    @pytest.mark.parametrize("door", ["ask", "tell"])
    def test_a_message_that_comes_while_it_waits_to_end_is_judged(self, door: str, bench: Bench) -> None:
        opened(bench, closed(undelivered=3))
        assert bench.how() is None
        job = bench.update("cmd_late") if door == "ask" else bench.signal({"command_id": "cmd_late"})
        assert f"local {RECORD}" in bench.now_comes(job)
        assert arrivals(bench.waiting(RECORD)) == ["cmd_late"]
        bench.now_comes(bench.done(RECORD, closed(refused("cmd_late"), undelivered=3)))
        assert bench.how() is None
        bench.now_comes(bench.done(DELIVER, Delivered(sent=2)))
        assert bench.how() == "completed"

    @pytest.mark.parametrize("door", ["ask", "tell"])
    def test_a_message_in_the_very_activation_in_which_it_would_end_is_judged(self, door: str, bench: Bench) -> None:
        opened(bench, closed(undelivered=3))
        job = bench.update("cmd_late") if door == "ask" else bench.signal({"command_id": "cmd_late"})
        bench.now_comes(bench.done(DELIVER, Delivered(sent=2)), job)
        assert bench.how() is None
        assert arrivals(bench.waiting(RECORD)) == ["cmd_late"]

    def test_reopened_while_it_waits_to_end_it_goes_on(self, bench: Bench) -> None:
        opened(bench, closed(undelivered=3))
        bench.now_comes(bench.signal({"command_id": "cmd_reopen"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_reopen"), undelivered=3, timetable=(due(NOON + DAY),))))
        bench.now_comes(bench.done(DELIVER, Delivered(sent=1)))
        assert bench.how() is None
        assert len(bench.open.timers) == 1


class TestContinueAsNew:
    """Only when the server suggests it, and only when nobody would notice."""

    def test_not_of_its_own_accord(self, bench: Bench) -> None:
        clerk = Clerk(bench, timetable=(due(NOON + DAY),))
        bench.start()
        for n in range(50):
            bench.now_comes(bench.signal({"command_id": f"cmd_{n:05}"}))
            clerk.settle()
        assert bench.how() is None

    def test_when_suggested_with_the_start_input_alone(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        bench.suggest_continue_as_new()
        bench.now_comes(bench.update("cmd_asked"))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_asked"), timetable=(due(NOON + DAY),))))
        assert bench.heard["u1"].answered
        assert bench.how() == "continued"
        assert bench.ended is not None
        assert bench.ended.value == [START.model_dump()]

    @pytest.mark.parametrize("door", ["ask", "tell", "alarm"])
    def test_what_comes_while_it_waits_for_that_is_judged_first(self, door: str, bench: Bench) -> None:
        rows = (due(NOON + DAY),)
        opened(bench, standing(undelivered=3, timetable=rows))
        bench.suggest_continue_as_new()
        bench.now_comes(bench.signal({"command_id": "cmd_first"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_first"), undelivered=3, timetable=rows)))
        assert bench.how() is None
        if door == "alarm":
            bench.now_comes(bench.ring())
        else:
            bench.now_comes(bench.update("cmd_late") if door == "ask" else bench.signal({"command_id": "cmd_late"}))
        came = arrivals(bench.waiting(RECORD))
        bench.now_comes(bench.done(DELIVER, Delivered(sent=1)))
        assert bench.how() is None
        bench.now_comes(bench.done(RECORD, standing(*(accepted(c) for c in came), timetable=(due(NOON + 2 * DAY),))))
        assert came == ([] if door == "alarm" else ["cmd_late"])
        assert bench.how() == "continued"

    def test_an_effect_that_nobody_can_carry_out_does_not_keep_it(self, bench: Bench) -> None:
        opened(bench, standing(effects=("eff_1",)))
        bench.suggest_continue_as_new()
        bench.now_comes(bench.update("cmd_asked"))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_asked"), effects=("eff_1", "eff_2"))))
        assert bench.heard["u1"].answered
        assert bench.how() == "continued"
        assert [call.body["effect_id"] for call in bench.calls if call.name == CARRY_OUT] == ["eff_1"]

    def test_nothing_is_begun_any_more(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        bench.suggest_continue_as_new()
        bench.now_comes(bench.update("cmd_asked"))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_asked"), seq=9, undelivered=9, wants_owner=True)))
        assert bench.how() == "continued"
        assert [call.name for call in bench.calls if call.name != RECORD] == []

    def test_who_asks_again_and_again_is_answered_and_does_not_keep_it(self, bench: Bench) -> None:
        opened(bench, standing())
        bench.suggest_continue_as_new()
        bench.now_comes(bench.update("cmd_first", "u1"))
        bench.now_comes(bench.update("cmd_second", "u2"))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_first"))))
        assert bench.how() is None
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_second"))))
        assert bench.heard["u2"].answered
        assert bench.how() == "continued"


class TestBeside:
    """What runs beside the loop, once each."""

    def test_an_owner_is_sought_once_for_a_state_of_the_record(self, bench: Bench) -> None:
        opened(bench, standing(seq=2, wants_owner=True))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        bench.now_comes(bench.done(RECORD, standing(refused("cmd_00001"), seq=2, wants_owner=True)))
        bench.now_comes(bench.done(ASSIGN))
        bench.now_comes(bench.done(RECORD, standing(seq=2, wants_owner=True)))
        assert [c.name for c in bench.calls].count(ASSIGN) == 1
        bench.now_comes(bench.signal({"command_id": "cmd_00002"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00002"), seq=3, wants_owner=True)))
        assert [c.name for c in bench.calls].count(ASSIGN) == 2

    def test_seeking_an_owner_falls_back_to_a_regular_activity(self, bench: Bench) -> None:
        opened(bench, standing(wants_owner=True))
        assert bench.now_comes(bench.failed(ASSIGN)) == [f"regular {ASSIGN}"]
        assert bench.now_comes(bench.done(ASSIGN)) == [f"local {RECORD}"]

    def test_notices_wait_for_the_owner_to_go_out_together(self, bench: Bench) -> None:
        opened(bench, standing(seq=2, wants_owner=True, undelivered=2))
        assert [c.name for c in bench.open.activities.values()] == [ASSIGN]
        bench.now_comes(bench.done(ASSIGN))
        bench.now_comes(bench.done(RECORD, standing(seq=3, undelivered=3)))
        assert [c.name for c in bench.open.activities.values()] == [DELIVER]

    def test_notices_are_sent_by_the_outbound_queue(self, bench: Bench) -> None:
        opened(bench, standing(undelivered=3))
        call = bench.waiting(DELIVER)
        assert call.proto.task_queue == "ombud-test-outbound"
        assert call.summary == "Tell the people of this bounty dispute"

    def test_sent_and_nothing_newer_the_case_does_not_look_again(self, bench: Bench) -> None:
        opened(bench, standing(undelivered=3))
        assert bench.now_comes(bench.done(DELIVER, Delivered(sent=2))) == []
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        assert bench.now_comes(bench.done(RECORD, standing(refused("cmd_00001"), undelivered=3))) == []

    def test_notices_recorded_meanwhile_are_delivered_too(self, bench: Bench) -> None:
        opened(bench, standing(seq=3, undelivered=3))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00001"), seq=5, undelivered=5)))
        assert bench.now_comes(bench.done(DELIVER, Delivered(sent=2))) == [f"local {RECORD}"]
        assert bench.now_comes(bench.done(RECORD, standing(seq=5, undelivered=5))) == [f"regular {DELIVER}"]

    def test_what_there_was_no_time_for_is_delivered_next(self, bench: Bench) -> None:
        opened(bench, standing(seq=3, undelivered=3))
        assert bench.now_comes(bench.done(DELIVER, Delivered(sent=50, more=True))) == [f"local {RECORD}"]
        assert bench.now_comes(bench.done(RECORD, standing(seq=3, undelivered=3))) == [f"regular {DELIVER}"]

    def test_what_failed_its_last_try_is_delivered_when_the_case_is_woken_for_it(self, bench: Bench) -> None:
        opened(bench, standing(seq=3, undelivered=3))
        assert bench.waiting(DELIVER).proto.retry_policy.maximum_attempts == 5
        bench.now_comes(bench.failed(DELIVER))
        bench.now_comes(bench.signal({"command_id": ""}))
        assert bench.now_comes(bench.done(RECORD, standing(None, seq=3, undelivered=3))) == [f"regular {DELIVER}"]

    def test_a_notice_that_can_never_be_delivered_is_looked_at(self, bench: Bench) -> None:
        opened(bench, standing(undelivered=3))
        assert bench.now_comes(bench.done(DELIVER, Delivered(failed=1))) == [f"local {RECORD}"]

    def test_what_is_slow_is_handed_to_deliveries_of_their_own(self, bench: Bench) -> None:
        opened(bench, closed(undelivered=3))
        bench.now_comes(bench.done(DELIVER, Delivered(sent=1, slow=("ntc_1", "ntc_2"))))
        bench.now_comes(bench.child_started("delivery/ntc_1"))
        assert bench.how() is None
        bench.now_comes(bench.child_started("delivery/ntc_2"))
        assert [(c.name, c.id, c.args[0]["notice_id"]) for c in bench.children] == [
            ("Delivery", "delivery/ntc_1", "ntc_1"),
            ("Delivery", "delivery/ntc_2", "ntc_2"),
        ]
        assert bench.how() == "completed"

    def test_the_deliveries_outlive_the_case(self, bench: Bench) -> None:
        opened(bench, standing(undelivered=3))
        bench.now_comes(bench.done(DELIVER, Delivered(slow=("ntc_1",))))
        [child] = bench.open.children.values()
        assert child.proto.parent_close_policy == 2  # abandon

    def test_a_delivery_that_runs_already_is_left_to_run(self, bench: Bench) -> None:
        opened(bench, closed(undelivered=3))
        bench.now_comes(bench.done(DELIVER, Delivered(slow=("ntc_1", "ntc_2"))))
        bench.now_comes(bench.child_started("delivery/ntc_1", already=True))
        bench.now_comes(bench.child_started("delivery/ntc_2"))
        assert bench.how() == "completed"

    def test_every_effect_is_carried_out_once(self, bench: Bench) -> None:
        opened(bench, standing(effects=("eff_1", "eff_2")))
        bench.now_comes(bench.signal({"command_id": "cmd_00001"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_00001"), effects=("eff_1", "eff_2", "eff_3"))))
        effects = [c.body["effect_id"] for c in bench.calls if c.name == CARRY_OUT]
        assert effects == ["eff_1", "eff_2", "eff_3"]
        assert bench.waiting(CARRY_OUT).proto.task_queue == "ombud-test-outbound"
        assert bench.waiting(CARRY_OUT).proto.retry_policy.maximum_attempts == 0

    def test_a_carried_out_effect_is_looked_at(self, bench: Bench) -> None:
        opened(bench, standing(effects=("eff_1",)))
        assert bench.now_comes(bench.done(CARRY_OUT)) == [f"local {RECORD}"]


def _attributes(*pairs: SearchAttributePair[str]) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [SearchAttributePair(TENANT_ID, "acme"), SearchAttributePair(CASE_KIND, "bounty_dispute"), *pairs]
    )


class TestLists:
    """Temporal's lists say at the end how it ended; each change costs, so only what differs is written."""

    def test_closed_is_written_where_the_start_said_open(self) -> None:
        with a_bench(attributes=_attributes(SearchAttributePair(CASE_STATUS, "open"))) as bench:
            opened(bench, closed())
            [change] = bench.upserts
            assert {pair.key.name: pair.value for pair in change} == {"CaseStatus": "closed", "Outcome": "ruled"}

    def test_nothing_is_written_where_the_start_said_closed(self) -> None:
        given = _attributes(SearchAttributePair(CASE_STATUS, "closed"), SearchAttributePair(OUTCOME, "ruled"))
        with a_bench(attributes=given) as bench:
            opened(bench, closed())
            assert bench.upserts == []

    def test_nothing_is_written_when_it_continues_as_new(self, bench: Bench) -> None:
        bench.suggest_continue_as_new()
        opened(bench, standing())
        assert bench.how() == "continued"
        assert bench.upserts == []


class TestListsThatFollow:
    """While it runs, Temporal's lists say how the case stands, wherever ``record`` says that they are to."""

    DUE = NOON + timedelta(days=3)

    def _shown(self, bench: Bench) -> list[dict[str, object]]:
        return [{pair.key.name: pair.value for pair in change} for change in bench.upserts]

    def test_all_that_differs_is_one_change_and_what_does_not_is_none(self, bench: Bench) -> None:
        known = standing(lists=True, due_at=self.DUE, queue="mediation", priority="high")
        opened(bench, known)
        first = {"CaseStatus": "open", "Phase": known.phase, "Queue": "mediation", "Priority": "high", "NextDueAt": self.DUE}
        assert self._shown(bench) == [first]
        bench.now_comes(bench.signal({"command_id": "cmd_2"}))
        bench.now_comes(bench.done(RECORD, known.model_copy(update={"seq": known.seq + 1, "answers": (accepted("cmd_2"),)})))
        assert len(bench.upserts) == 1

    def test_what_comes_together_is_one_change(self, bench: Bench) -> None:
        opened(bench, standing(lists=True, more=True))
        assert bench.upserts == []
        bench.now_comes(bench.done(RECORD, standing(lists=True, phase="review")))
        assert [change["Phase"] for change in self._shown(bench)] == ["review"]

    def test_where_nothing_is_due_any_more_it_says_so_and_takes_no_instant_away(self, bench: Bench) -> None:
        opened(bench, standing(lists=True, due_at=self.DUE, queue="mediation"))
        bench.now_comes(bench.signal({"command_id": "cmd_2"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_2"), lists=True, queue="mediation")))
        assert bench.upserts[1].get(NEXT_DUE_AT) == NOTHING_DUE
        bench.now_comes(bench.signal({"command_id": "cmd_3"}))
        bench.now_comes(bench.done(RECORD, standing(accepted("cmd_3"), lists=True, queue="mediation")))
        assert len(bench.upserts) == 2

    def test_closed_is_said_while_a_ban_of_it_runs_and_not_again_at_its_end(self, bench: Bench) -> None:
        opened(bench, standing(lists=True))
        bench.now_comes(bench.signal({"command_id": "cmd_2"}))
        bench.now_comes(bench.done(RECORD, closed(accepted("cmd_2"), lists=True, quiet=False)))
        assert self._shown(bench)[-1]["CaseStatus"] == "closed"
        bench.now_comes(bench.signal({"command_id": "cmd_3"}))
        bench.now_comes(bench.done(RECORD, closed(accepted("cmd_3"), lists=True)))
        assert bench.how() == "completed"
        assert len(bench.upserts) == 2

    def test_of_a_case_that_the_record_does_not_know_nothing_is_said(self, bench: Bench) -> None:
        opened(bench, Recorded(quiet=True, lists=True))
        assert bench.upserts == []


class TestQueries:
    """How the case stands, as the workflow last heard it."""

    def test_before_the_first_record_it_says_that_it_knows_nothing_yet(self, bench: Bench) -> None:
        bench.start()
        assert bench.query("view").value["loaded"] is False
        assert bench.query("timetable").value == []

    def test_afterwards_it_tells_codes_and_instants(self, bench: Bench) -> None:
        opened(bench, standing(timetable=(due(NOON + DAY),)))
        view = bench.query("view").value
        assert (view["loaded"], view["phase"], view["owner"]) == (True, "review", "per_mia")
        assert bench.query("timetable").value == [{"clock": "ruling", "level": "warn", "at": "2025-03-04T12:00:00Z"}]

    def test_while_something_else_is_to_be_looked_at_it_tells_what_it_knows(self, bench: Bench) -> None:
        opened(bench, standing(more=True))
        assert bench.query("view").value["loaded"] is True

    def test_an_unknown_case_is_told_as_such(self, bench: Bench) -> None:
        opened(bench, Recorded(quiet=True))
        assert bench.query("view").value["status"] == "unknown"

    def test_arguments_do_no_harm(self, bench: Bench) -> None:
        opened(bench, standing())
        assert bench.query("view", "please", 7).value["loaded"] is True

    def test_an_unknown_query_fails_alone(self, bench: Bench) -> None:
        opened(bench, standing())
        assert bench.query("salary").error is not None
        assert bench.query("view").value["loaded"] is True
