"""Time-outs and retry policies, as named bundles, here and nowhere else."""

from datetime import timedelta
from typing import Any

from temporalio.common import Priority, RetryPolicy

OUTBOUND = "-outbound"
"""Added to a case's own task queue: everything that talks to the outside has a queue of its own, so that a slow mail server
does not keep a case from being recorded."""

PRIORITY_KEYS = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
"""Of what waits in a queue Temporal hands out the smaller number first; 3 is what it takes where none is said."""


def place_in_line(tenant_id: str, priority: str | None) -> Priority:
    """Where the tasks of a case stand in line: the more urgent first, and among equals each tenant in its turn, however many
    wait of one. What is not known yet (None) is inherited from the run."""
    return Priority(priority_key=PRIORITY_KEYS.get(priority or ""), fairness_key=tenant_id)


RECORD_LOCAL: dict[str, Any] = {
    # Local: half the events. One quick try; when Postgres does not answer in time, the regular one takes over.
    "start_to_close_timeout": timedelta(seconds=2),
    "schedule_to_close_timeout": timedelta(seconds=2),
    "retry_policy": RetryPolicy(maximum_attempts=1),
}

RECORD: dict[str, Any] = {
    # An outage of the database is temporary: tried until it is over.
    "start_to_close_timeout": timedelta(seconds=15),
    "retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=5)),
}

DELIVER: dict[str, Any] = {
    # One try of one notice takes 10 s at most. When the worker dies, this long passes before another one goes on.
    # Five tries: what is left after them the relay has tried again, and a run that is due to go on as a new one waits no longer.
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=5
    ),
}

GIVE_UP: dict[str, Any] = {
    # That a letter could not be delivered must be noted: tried until it is.
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
}

PATIENT: dict[str, Any] = {
    # Ten tries over about 75 hours: 90 s, 4.5 min, 13.5 min, 40 min, 2 h, 6 h, 18 h, 24 h, 24 h apart. A Retry-After goes first.
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=90), backoff_coefficient=3.0, maximum_interval=timedelta(hours=24), maximum_attempts=10
    ),
}

CARRY_OUT: dict[str, Any] = {
    # What was decided is carried out, however long the other side is away.
    # A platform has 10 s to answer; the rest is for the book of effects before and after.
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10)),
}

UPKEEP: dict[str, Any] = {
    # Goes through every case: as long as it needs, heard of at each batch. A day on which it does not work ends before the next.
    "start_to_close_timeout": timedelta(hours=20),
    "heartbeat_timeout": timedelta(minutes=10),
    "schedule_to_close_timeout": timedelta(hours=23),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=30), maximum_interval=timedelta(minutes=30)),
}

SOON_FOR = timedelta(milliseconds=20)
"""The shortest alarm for an instant that has just passed by the workflow's clock, but not yet by the database's."""

REARM_FOR = timedelta(seconds=1)
"""The shortest alarm after one that rang too early for the same instant: clocks apart must not make a case spin."""

REARM_MOST_FOR = timedelta(minutes=1)
"""The longest such alarm: each that rang too early again is followed by one twice as long."""


def rearm_for(rang_early: int) -> timedelta:
    """How long the next alarm waits at least, after so many in a row that rang too early for the same instant: a database whose
    clock is behind by minutes is not asked each second."""
    return min(REARM_FOR * float(2 ** min(rang_early - 1, 16)), REARM_MOST_FOR)
