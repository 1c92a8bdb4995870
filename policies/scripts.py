"""Stories for rehearsals: a report, and what people do with the case. What a story comes to is the business of
:mod:`policies.rehearse`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import yaml
from pydantic import ConfigDict, Field, ValidationError, field_validator

from domain.base import Frozen, Instant

_ROLE = Literal["claimant", "respondent", "witness", "mediator", "lead", "ops", "platform", "system"]


class ScriptError(ValueError):
    """A script that cannot be rehearsed; ``problems`` says what is wrong, each with its place."""

    code = "script_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Speaker(Frozen):
    """Who does a step. A party is named by its side, or by the ref that the report gives it."""

    id: Annotated[str, Field(min_length=1, max_length=128)]
    role: _ROLE
    manager: str | None = None
    conflicts: tuple[str, ...] = ()
    """Refs of parties whom they may not judge."""


class Expectation(Frozen):
    """What a step has to come to, where the story is also a test."""

    phase: str | None = None
    refused: str | None = None
    """The code of the refusal."""
    facts: tuple[str, ...] | None = None
    outcome: str | None = None


class ScriptStep(Frozen):
    """Somebody sends a command at an instant, or so long after the step before (``+3 business days``)."""

    at: Instant | str
    by: Speaker
    command: dict[str, Any]
    expect: Expectation | None = None

    @field_validator("at", mode="before")
    @classmethod
    def _when(cls, value: Any) -> Any:
        if isinstance(value, str) and value.strip().startswith("+"):
            return value.strip()
        return _instant(value)


class Script(Frozen):
    """A story: the report that opens the case, and what people do then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    report: dict[str, Any]
    at: Instant = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    """When the report comes in."""
    people: tuple[Speaker, ...] = ()
    """People who do nothing themselves but are named by a command (``assign``)."""
    steps: tuple[ScriptStep, ...] = ()
    title: str = ""
    expect: Expectation | None = None
    """What the report itself has to come to."""
    until: Instant | str | None = None
    """Time that passes after the last step, so that deadlines come to fire."""
    ends: Expectation | None = None
    """How the story has to end."""

    @field_validator("at", "until", mode="before")
    @classmethod
    def _when(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) and value.strip().startswith("+") else _instant(value)


def read_script(text: str) -> Script:
    """A script from its YAML text. Raises :class:`ScriptError`."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError([f"not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise ScriptError(["a script is a mapping with `report` and `steps`"])
    report = raw.get("report")
    if isinstance(report, dict) and "at" in report:
        raw = {**raw, "at": report["at"], "report": {k: v for k, v in report.items() if k != "at"}}
    try:
        return Script.model_validate(raw)
    except ValidationError as error:
        raise ScriptError([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from error


def _instant(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
