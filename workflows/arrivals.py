"""What is sent to a case, read so that nothing in it can stop the case: what cannot be a command is recorded as refused.

Handlers take the payload as it came. A value that cannot be decoded would be dropped with a line in the log, and one that cannot
be handed on to an activity would fail the workflow task, again and again, for ever.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json
from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from activities.messages import Answer, Arrival
    from domain.base import CommandId

LARGEST = 512 * 1024
"""Bytes of one command. The inbox keeps no larger one."""
DEEPEST = 64
"""Levels of nesting. An activity's input is nested deeper still, and JSON readers give up at 200."""
AT_ONCE = 50
LOAD = 1024 * 1024
"""Commands, and bytes of commands, handed to one ``record``: the input of a regular activity has a limit of 2 MiB."""

_ID: TypeAdapter[str] = TypeAdapter(CommandId)


class PendingUpdate:
    """A command that has arrived, and its answer once there is one."""

    def __init__(self, arrival: Arrival, size: int) -> None:
        self.arrival, self.size = arrival, size
        self.answer: Answer | None = None


def asked(raw: RawValue) -> PendingUpdate:
    """What came through ``ask``. Raises ValueError when it is neither a JSON object nor the id of a command."""
    command = _read(raw)
    if isinstance(command, dict) and set(command) == {"command_id"}:
        command = command["command_id"]
    if isinstance(command, str):
        return PendingUpdate(Arrival(command_id=_ID.validate_python(command)), len(command))
    if isinstance(command, dict):
        return PendingUpdate(Arrival(command=command), len(raw.payload.data))
    raise ValueError("a command is a JSON object, or the id of one in the inbox")


def told(name: str, given: Sequence[RawValue]) -> PendingUpdate:
    """What came through a signal. None is turned away: what is no command is handed on as that, to be kept as refused."""
    size = sum(len(raw.payload.data) for raw in given)
    if name == "tell" and len(given) == 1:
        try:
            # An empty id is a mere poke: "look into the inbox".
            return PendingUpdate(Arrival(command_id=""), 0) if _read(given[0]) == {"command_id": ""} else asked(given[0])
        except ValueError:
            pass
    note = {"signal": name[:64], "values": len(given), "bytes": size, "given": _as_it_came(given, size)}
    return PendingUpdate(Arrival(command=note), size)


def first_of(pending_updates: Sequence[PendingUpdate]) -> list[PendingUpdate]:
    """As many as one ``record`` takes, in their order; the others wait for the next one."""
    taken: list[PendingUpdate] = []
    load = 0
    for pending in pending_updates[:AT_ONCE]:
        load += pending.size
        if taken and load > LOAD:
            break
        taken.append(pending)
    return taken


def _read(raw: RawValue) -> Any:
    payload = raw.payload
    if payload.metadata.get("encoding") != b"json/plain" or len(payload.data) > LARGEST:
        raise ValueError("not JSON, or too large")
    value = from_json(payload.data, allow_inf_nan=False)
    if isinstance(value, (dict, list)) and _deeper(value, DEEPEST):
        raise ValueError("nested too deeply")
    return value


def _deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(part, levels - 1) for part in inner if isinstance(part, (dict, list)))


def _as_it_came(given: Sequence[RawValue], size: int) -> list[Any] | None:
    """What can be read of a signal that is no command: a number, a list, an id that is none."""
    try:
        return [_read(raw) for raw in given] if size <= LARGEST else None
    except ValueError:
        return None
