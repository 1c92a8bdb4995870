"""The one checker of every fault test: nothing lost, nothing done twice, nothing stuck, the record whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory

from domain.model.facts import Recording
from storage.record.audit import PostgresAudit
from tests.support.fleet import Firm, House, until
from workflows.handles import workflow_id

FACTS = "SELECT case_id, body::text AS body FROM facts WHERE tenant = $1 ORDER BY case_id, seq"
COMMANDS = "SELECT case_id, id, status, answer FROM commands WHERE tenant = $1"
NOTICES = "SELECT id, case_id, channel, state FROM notices WHERE tenant = $1"
EFFECTS = "SELECT id, case_id, state, type, amount FROM effects WHERE tenant = $1"
CASES = "SELECT id, status, phase, state IS NULL AS unjudged FROM cases WHERE tenant = $1"
UNREST = """
SELECT 'command' AS what, id FROM commands WHERE tenant = $1 AND status = 'pending'
UNION ALL SELECT 'notice', id FROM notices WHERE tenant = $1 AND state IN ('pending', 'handed_over')
UNION ALL SELECT 'effect', id FROM effects WHERE tenant = $1 AND state = 'running'
UNION ALL SELECT 'deadline', clock || ':' || level FROM deadlines
    WHERE tenant = $1 AND due_at < clock_timestamp() - interval '3 s'
"""
OPEN = "SELECT 'case' AS what, id FROM cases WHERE tenant = $1 AND status = 'open'"
REST_FOR = 480.0
"""Seconds until all is at rest, after blows of three minutes at most. A letter whose first two tries fell on blows is tried again
4.5 minutes after the second one (``workflows.options.PATIENT``), and an effect after a wait that doubles."""
HARMLESS = {
    # The task was given up because something new had come meanwhile; the server makes another one at once.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
}


@dataclass
class Sound:
    """What was counted while checking."""

    cases: int = 0
    facts: int = 0
    runs: int = 0
    begun_anew: int = 0
    """Runs that the sweep ended and began anew from the record: woken for nothing, at rest all the same."""
    mails: int = 0
    repeated_mails: int = 0
    repeated_events: int = 0
    remedies: int = 0
    repeated_remedies: int = 0
    answers: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in vars(self).items())


async def assert_sound(
    house: House, firm: Firm, *, repeats: int = 0, ended: bool = True, patience: float = REST_FOR, swept: bool = False
) -> Sound:
    """Look at everything that a firm's cases left behind.

    ``repeats`` is how many mails may have come twice: those whose 250 was heard by a process that died before it could note it.
    ``ended``: every case is closed and quiet, so its workflow has ended too, but for the time to complain.
    ``patience``: how many seconds it may take until all is at rest. ``swept``: the sweep may begin cases anew; they are counted.
    """
    left: list[str] = ["Postgres"]
    await until(
        lambda: _at_rest(house, firm, left, ended),
        lambda: f"the cases of {firm.id} to come to rest; left are {', '.join(left)}",
        patience,
    )
    found = Sound()
    async with house.database.tenant(firm.id) as conn:
        facts = [(row["case_id"], Recording.model_validate_json(row["body"])) for row in await conn.fetch(FACTS, firm.id)]
        commands = {(row["case_id"], row["id"]): row for row in await conn.fetch(COMMANDS, firm.id)}
        notices, effects = await conn.fetch(NOTICES, firm.id), await conn.fetch(EFFECTS, firm.id)
        cases = await conn.fetch(CASES, firm.id)
    found.cases, found.facts, found.answers = len(cases), len(facts), len(commands)
    _nothing_lost(firm, {row["id"] for row in cases}, commands)
    _nothing_recorded_twice(facts, commands)
    _everybody_told_once(house, firm, notices, repeats, found)
    _carried_out_once(house, firm, facts, effects, found)
    await _whole(house, firm)
    # A fact that changed none of the clocks has no timetable: the one before it holds.
    clocks = {case: one.timetable for case, one in sorted(facts, key=lambda one: one[1].seq) if one.timetable is not None}
    for case in cases:
        assert not case["unjudged"], f"{case['id']} was never judged"
        assert not ended or case["status"] == "closed", f"{case['id']} is stuck in {case['phase']}"
        # Beside a closed case the law's months to complain run on, and with them its workflow.
        waits = any(row.clock == "complaint_window" for row in clocks.get(case["id"], ()))
        runs, anew = await _history_is_clean(house, firm, case["id"], running=case["status"] == "open" or waits)
        found.runs, found.begun_anew = found.runs + runs, found.begun_anew + anew
    assert not found.begun_anew or swept, "nothing but the sweep begins a case anew"
    return found


async def _at_rest(house: House, firm: Firm, left: list[str], ended: bool) -> bool:
    """Whether nothing is left to do, nor, where all is to have ended, to wait for; ``left`` is filled with what is, for whoever
    has waited in vain."""
    try:
        async with house.database.tenant(firm.id) as conn:
            left[:] = [f"{row['what']} {row['id']}" for row in await conn.fetch(UNREST, firm.id)]
            if ended:
                left += [f"{row['what']} {row['id']}" for row in await conn.fetch(OPEN, firm.id)]
    except OSError:
        return False
    return not left


def _nothing_lost(firm: Firm, cases: set[str], commands: dict[tuple[str, str], Any]) -> None:
    promised = firm.promises
    assert promised.opened <= cases, f"opened and lost: {promised.opened - cases}"
    lost = promised.received - commands.keys()
    assert not lost, f"received and lost: {lost}"
    changed = [key for key in promised.accepted if commands[key]["status"] != "accepted"]
    assert not changed, f"accepted, and no longer so: {changed}"


def _nothing_recorded_twice(facts: list[tuple[str, Recording]], commands: dict[tuple[str, str], Any]) -> None:
    """The facts of a command stand together, differ from each other, and end where its answer says; each level fired once."""
    by_command: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    levels: Counter[tuple[Any, ...]] = Counter()
    for case_id, recording in facts:
        by_command[case_id, recording.command_id].append(recording)
        fact = recording.fact
        if fact.type == "level_reached":
            levels[case_id, fact.clock, fact.instance, fact.level, fact.count] += 1
    assert not [level for level, times in levels.items() if times > 1]
    for key, recordings in by_command.items():
        numbers = [recording.seq for recording in recordings]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"{key}: facts in two places: {numbers}"
        bodies = [recording.fact.model_dump_json() for recording in recordings]
        assert len(set(bodies)) == len(bodies), f"{key}: the same fact twice: {bodies}"
        answer = commands[key]["answer"]
        assert (answer["status"], answer["seq"]) == ("accepted", numbers[-1]), f"{key}: {answer}, facts {numbers}"
    silent = [key for key, row in commands.items() if row["status"] == "accepted" and key not in by_command]
    assert not silent, f"accepted, and left no fact: {silent}"


def _everybody_told_once(house: House, firm: Firm, notices: list[Any], repeats: int, found: Sound) -> None:
    mails, events = house.mails(), house.receiver.taken.get(f"{firm.id}/events", Counter())
    known = {row["id"] for row in notices}
    for row in notices:
        assert row["state"] in ("sent", "unreachable"), f"{row['id']} is {row['state']}"
        came = (mails if row["channel"] == "email" else events)[row["id"]]
        assert row["state"] != "sent" or came > 0, f"{row['id']} is marked as sent and never came"
    ours = {key: times for key, times in mails.items() if key in known}
    found.mails, found.repeated_mails = sum(ours.values()), sum(times - 1 for times in ours.values())
    found.repeated_events = sum(times - 1 for times in events.values())
    assert not events.keys() - known, "an event that is nobody's notice"
    assert found.repeated_mails <= repeats, f"mails that came twice: {[key for key, times in ours.items() if times > 1]}"


def _carried_out_once(house: House, firm: Firm, facts: list[tuple[str, Recording]], effects: list[Any], found: Sound) -> None:
    address = f"{firm.id}/remedies"
    keys = house.receiver.taken.get(address, Counter())
    ordered, reported = Counter[str](), Counter[str]()
    for _, recording in facts:
        if recording.fact.type == "effect_ordered":
            ordered[recording.fact.effect_id] += 1
        if recording.fact.type == "effect_reported":
            reported[recording.fact.effect_id] += 1
    assert set(ordered) == {row["id"] for row in effects} == set(keys), (ordered, keys)
    assert ordered == reported
    assert set(ordered.values()) <= {1}
    assert {row["state"] for row in effects} <= {"done", "reversed"}
    assert not house.receiver.changed, "a key came again with another body"
    found.remedies, found.repeated_remedies = len(keys), sum(keys.values()) - len(keys)


async def _whole(house: House, firm: Firm) -> None:
    verdict = await PostgresAudit(house.database, house.vault).verify(firm.id)
    assert verdict.intact, verdict.flaws


async def _history_is_clean(house: House, firm: Firm, case_id: str, *, running: bool) -> tuple[int, int]:
    """No workflow task of any run failed, no run failed; one run for an open case, none for a closed one. How many runs, and how
    many of them were begun anew."""
    name = workflow_id(firm.id, case_id)
    handle = house.client.get_workflow_handle(name)
    wanted = WorkflowExecutionStatus.RUNNING if running else WorkflowExecutionStatus.COMPLETED

    async def stands() -> bool:
        return (await handle.describe()).status is wanted

    await until(stands, f"{name} to be {wanted.name}")
    runs = [run async for run in house.client.list_workflows(f"WorkflowId = '{name}'")]
    anew = 0
    for run in runs:
        history = await house.client.get_workflow_handle(name, run_id=run.run_id).fetch_history()
        if _made_room(history):
            anew += 1
        else:
            assert run.status not in BAD, f"{name}: {run.status}"
        failures_of(history)
    return len(runs), anew


def _made_room(history: WorkflowHistory) -> bool:
    """Whether the server ended a run because another was begun in its place: as the sweep does, and nobody else."""
    last = history.events[-1]
    ended = last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
    return ended and last.workflow_execution_terminated_event_attributes.reason.startswith("TerminateIfRunning")


BAD = {
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.CANCELED,
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.TIMED_OUT,
}


def failures_of(history: WorkflowHistory) -> None:
    """Fails when a workflow task of this history failed (one that timed out because its worker was killed has not failed)."""
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failed = event.workflow_task_failed_event_attributes
            assert failed.cause in HARMLESS, f"{history.workflow_id}: {failed.cause} {failed.failure.message}"
