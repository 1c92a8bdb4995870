"""What a life cost, counted from the history that the server keeps: billed actions, events, bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent

BILLED = frozenset(
    {
        "WORKFLOW_EXECUTION_STARTED",
        "WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
        "TIMER_STARTED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
        "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
    }
)
"""Events that Temporal Cloud counts as one action each. Activities count by attempt, local ones by workflow task; queries and
rejected updates count too and leave no event (a life has none of them)."""
LOCAL = "core_local_activity"


@dataclass(frozen=True)
class Cost:
    """What one run cost."""

    actions: int
    events: int
    bytes: int
    by: dict[str, int]
    """Actions by what caused them."""


def cost_of(events: Sequence[HistoryEvent]) -> Cost:
    """Count one run."""
    by: Counter[str] = Counter()
    tasks_with_local = set()
    for event in events:
        name = name_of(event)
        if name in BILLED:
            by[name.removeprefix("WORKFLOW_EXECUTION_").lower()] += 1
        elif name == "ACTIVITY_TASK_STARTED":
            by["activity_attempt"] += event.activity_task_started_event_attributes.attempt
        elif name == "MARKER_RECORDED" and event.marker_recorded_event_attributes.marker_name == LOCAL:
            tasks_with_local.add(event.marker_recorded_event_attributes.workflow_task_completed_event_id)
    if tasks_with_local:
        by["local_activities_of_a_task"] = len(tasks_with_local)
    return Cost(actions=by.total(), events=len(events), bytes=History(events=events).ByteSize(), by=dict(by))


def name_of(event: HistoryEvent) -> str:
    """``TIMER_STARTED`` and the like."""
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")


def census(events: Sequence[HistoryEvent]) -> dict[str, int]:
    """How many events there are of each kind, and bytes of each kind."""
    return dict(Counter(name_of(event) for event in events).most_common())


def bytes_by_kind(events: Sequence[HistoryEvent]) -> dict[str, int]:
    """Where the bytes are."""
    found: Counter[str] = Counter()
    for event in events:
        found[name_of(event)] += event.ByteSize()
    return dict(found.most_common())


def plan_of(events: Sequence[HistoryEvent]) -> list[dict[str, Any]]:
    """The steps of a life for the bare workflow: what woke each workflow task, and what that task called and set."""
    plan: list[dict[str, Any]] = []
    woken_by_timer = False
    step: dict[str, Any] = {}
    for event in events:
        match name_of(event):
            case "TIMER_FIRED":
                woken_by_timer = True
            case "WORKFLOW_TASK_COMPLETED":
                step = {"on": "timer" if woken_by_timer else "update", "local": 0, "regular": 0, "timer_ms": 0}
                woken_by_timer = False
            case "MARKER_RECORDED":
                if step["local"] == 0:
                    plan.append(step)
                step["local"] += 1
            case "ACTIVITY_TASK_SCHEDULED":
                step["regular"] += 1
            case "TIMER_STARTED":
                wait_for = event.timer_started_event_attributes.start_to_fire_timeout
                step["timer_ms"] = max(1, wait_for.ToMilliseconds())
            case _:
                pass
    return plan
