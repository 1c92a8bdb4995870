"""Stories for rehearsals, as YAML: a report, and what people do with the case. :mod:`policies.rehearse` runs them.

What cannot be meant is an error that names its step; the report itself is step 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, Frozen, Instant, Money, Phase
from domain.model.prior_decision import DecisionElsewhere
from policies.script_shapes import aware, known, name_of, roles_said, shaped_command, shaped_people, shaped_report, shaped_speaker
from policies.yaml_text import read

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the report comes in, if nothing in a story says so: a working day, ten in the morning in Berlin."""

Role = Literal["claimant", "respondent", "witness", "mediator", "lead", "ops", "platform", "system"]
_ALSO_CALLED = {"investigator": "mediator", "ops_lead": "ops", "ops lead": "ops"}
FIRST = "first"
"""What the case of the story's own report is called."""
_OURS = ("party_ids", "passed_over")
_RECEIVED = ("at", "received_at", "opened_at", "submitted_at", "reported_at")
"""Where a script may say when the report came in, beside it or in it."""


class ScriptError(ValueError):
    """A script that cannot be rehearsed; ``problems`` says what is wrong, each with its place."""

    code = "script_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _when(value: Any) -> Any:
    if isinstance(value, str) and value.strip().startswith("+"):
        return value.strip()
    value = aware(value)
    if not isinstance(value, datetime):
        raise PydanticCustomError(
            "when_unknown", "Say an instant (2026-03-02T09:00:00Z), or how long after the step before (+3 business days)."
        )
    return value


def _role(value: Any) -> Any:
    return _ALSO_CALLED.get(value.lower(), value.lower()) if isinstance(value, str) else value


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str | int) else value or ()


Name = Annotated[str, Field(min_length=1, max_length=255), BeforeValidator(name_of)]
When = Annotated[Instant | str, BeforeValidator(_when)]
"""An instant; or, beginning with a plus, so long after the step before."""


class Speaker(Frozen):
    """Who does a step. A party is named by its side, by the ref that the report gives it, or by its id."""

    id: Name
    role: Annotated[Role, BeforeValidator(_role)]
    manager: Name | None = None
    conflicts: Annotated[tuple[Name, ...], BeforeValidator(_names)] = ()
    """Parties whom they may not judge."""


class Expectation(Frozen):
    """What a step has to come to, where the story is also a test. What is left out may be anything."""

    phase: Phase | None = None
    refused: str | None = None
    """The code of the refusal. Left out: the step must not be refused."""
    facts: tuple[str, ...] | None = None
    outcome: str | None = None
    """How the case ended (``settled``)."""
    ruling: str | None = None
    """The ruling in force (``upheld``)."""
    sanction: str | None = None
    """The one that the ruling carries, in draft or told; ``none`` for no sanction."""
    in_force: tuple[str, ...] | None = None
    """The sanctions of this case that are neither over nor taken back."""
    priority: str | None = None
    owner: Name | None = None
    """``nobody`` when it waits in its queue."""
    fired: tuple[str, ...] | None = None
    """What fell due since the step before: ``settlement end``, clock and level."""
    due: Mapping[str, Annotated[Any, BeforeValidator(aware)]] = {}
    """When a level falls due (``ruling breach: 2026-03-16T16:00Z``), or ``never``."""
    may: Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_names)]] = {}
    """Commands that a side, ``owner`` or a role may send now."""
    may_not: Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_names)]] = {}
    tells: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """Who has to be told since the step before: ``case_opened->claimant``. An event alone: somebody; ``->respondent``: of
    anything.
    """
    tells_not: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """Who must not be."""
    sees: Mapping[str, Literal["nothing"] | dict[str, Any]] = {}
    """What a viewer sees: fields of their view and, as ``timeline``, the types of the facts in it; ``nothing``: not found."""
    sees_not: Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_names)]] = {}
    """Types of facts that a viewer must not find in their timeline, and fields of their view that must be empty."""


class PriorSanction(Frozen):
    """A sanction of another case against somebody in this one."""

    of: Name = "respondent"
    """A party by its side, by the ref that the report gives it, or by its id."""
    category: Code
    sanction: Code
    at: Annotated[Instant, BeforeValidator(aware)]
    """When it was imposed. It counts for as long as the pack's ladder says."""


class ScriptStep(Frozen):
    """Somebody sends a command at an instant, or so long after the step before; or another report comes in."""

    at: When
    case: Name | None = None
    """Which case of the story; left out: the first. With ``report``: what the new one is called from here on."""
    report: dict[str, Any] | None = None
    """Another report, which becomes a case of its own: of the same kind, unless it names another."""
    by: Annotated[Speaker | None, Field(validate_default=True)] = None
    command: Annotated[dict[str, Any] | None, Field(validate_default=True)] = None
    expect: Expectation | None = None
    tells: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """As in ``expect``."""
    tells_not: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    sees: Mapping[str, Literal["nothing"] | dict[str, Any]] = {}
    sees_not: Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_names)]] = {}
    note: str | None = None

    @field_validator("by", "command")
    @classmethod
    def _sent_by_somebody(cls, value: Any, info: ValidationInfo) -> Any:
        reported = info.data.get("report") is not None
        if value is None and not reported:
            raise PydanticCustomError("missing", "Field required")
        if value is not None and reported and info.field_name == "command":
            raise PydanticCustomError("step_unclear", "A step is a command or a report; make two of them.")
        return value

    @property
    def expected(self) -> Expectation | None:
        """What it has to come to; None: nothing was said."""
        if not (self.tells or self.tells_not or self.sees or self.sees_not):
            return self.expect
        said = self.expect or Expectation()
        more = {"tells": (*said.tells, *self.tells), "tells_not": (*said.tells_not, *self.tells_not)}
        return said.model_copy(
            update={**more, "sees": {**said.sees, **self.sees}, "sees_not": {**said.sees_not, **self.sees_not}}
        )

    @property
    def sent(self) -> tuple[Speaker, dict[str, Any]]:
        """Who sends which command."""
        assert self.by is not None
        assert self.command is not None  # both were checked when the step was read
        return self.by, self.command


class AppealedRow(Frozen):
    """An earlier appeal on the same content, and when the decision took effect that it was against."""

    case: Name
    effective_at: Annotated[Instant | None, BeforeValidator(aware)] = None
    """Left out: nobody said, and a decision that names its ground is another one."""

    def is_against(self, decision: DecisionElsewhere) -> bool:
        """Whether it was against this decision: what is put back and removed again is decided anew, with a right of its own."""
        return decision.effective_at == self.effective_at if self.effective_at else decision.ground is None


def _appealed(value: Any) -> Any:
    return {"case": value} if isinstance(value, str) else value


class DecidedRow(Frozen):
    """A case that decided the matter of the story before, and what it gave."""

    case: Name
    outcome: Literal["ruled", "settled"] = "ruled"
    given: tuple[Money, ...] = ()


class Script(Frozen):
    """A story: the report that opens the case, and what people do then."""

    report: dict[str, Any]
    at: Annotated[Instant | None, BeforeValidator(aware)] = None
    people: tuple[Speaker, ...] = ()
    """People who do nothing themselves but are named by a command (``assign``), or of whom there is more to say."""
    sanctions: tuple[PriorSanction, ...] = ()
    """What counts against the parties already, from other cases."""
    steps: tuple[ScriptStep, ...] = ()
    title: str = ""
    appealed_before: Annotated[AppealedRow | None, BeforeValidator(_appealed)] = None
    """The case in which the claimant appealed against a decision on the same content already."""
    decided_before: DecidedRow | None = None
    """The case in which the same matter was decided between the same two."""
    expect: Expectation | None = None
    """What the report itself has to come to."""
    until: When | None = None
    """Time that passes after the last step, so that deadlines come to fire; those at this very instant do."""
    ends: Expectation | None = None
    """How the story has to end."""
    tells: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """Who has to be told at some time, in a story of one case."""
    tells_not: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """Who must never be told, in none of its cases."""
    party_ids: Mapping[str, str] = {}
    """Refs of parties by the ids that the report gives them beside."""
    passed_over: tuple[str, ...] = ()
    """Fields of the script that mean nothing here."""

    @property
    def opened_at(self) -> datetime:
        """When the report comes in: as said, else at the instant of the first step, else on a Monday morning."""
        first = self.steps[0].at if self.steps else None
        return self.at or (first if isinstance(first, datetime) else MONDAY)


def read_script(text: str) -> Script:
    """A script from its YAML text. Raises :class:`ScriptError`."""
    try:
        raw = read(text)
    except yaml.YAMLError as error:
        raise ScriptError([f"not YAML: {_one_line(error)}"]) from error
    except (ValueError, RecursionError) as error:
        raise ScriptError([f"not YAML that can be read: {_one_line(error)}"]) from error
    if not isinstance(raw, dict) or "report" not in raw:
        raise ScriptError(["a script is a mapping with `report` and `steps`; there is no `report`"])
    try:
        return Script.model_validate(_in_order(raw))
    except ValidationError as error:
        raise ScriptError([f"{_place_in_script(e['loc'])}: {e['msg']}" for e in error.errors()]) from error
    except RecursionError:
        raise ScriptError(["nested too deeply, or a part that contains itself"]) from None


def _in_order(raw: Mapping[Any, Any]) -> dict[str, Any]:
    """The script in the one shape that is checked."""
    over: list[str] = []
    said = known({k: v for k, v in raw.items() if k not in (*_OURS, *_RECEIVED[1:])}, Script, "", over)
    report, steps = said["report"], said.get("steps") or ()
    ids: dict[str, str] = {}
    if isinstance(report, Mapping):
        report, ids = shaped_report(report)
        times = [*(raw.get(key) for key in _RECEIVED), *(report.pop(key, None) for key in _RECEIVED)]
        said["at"] = next((at for at in times if at is not None), None)
    if isinstance(steps, list):
        steps = [known(x, ScriptStep, f"step {n}: ", over) if isinstance(x, Mapping) else x for n, x in enumerate(steps, 2)]
    people, speaking = shaped_people(said.get("people")), [x for x in steps if isinstance(x, dict)]
    listed = people if isinstance(people, list) else []
    roles = roles_said(report, ids, [*listed, *(x.get("by") for x in speaking)])
    for step in speaking:
        if "command" in step:
            step["command"] = shaped_command(step["command"])
        if isinstance(step.get("report"), Mapping):
            step["report"], more = shaped_report(step["report"])
            ids |= more
        if "by" in step:
            step["by"] = _speaker(step["by"], roles, over)
    people = [_speaker(person, roles, over) for person in listed] if listed else people
    return {**said, "report": report, "steps": steps, "people": people, "party_ids": ids, "passed_over": tuple(over)}


def _speaker(raw: Any, roles: Mapping[str, str], over: list[str]) -> Any:
    said = shaped_speaker(raw, roles)
    return known(said, Speaker, f"{said.get('id')}: ", over) if isinstance(said, dict) else said


def _place_in_script(loc: tuple[int | str, ...]) -> str:
    """``step 3: by.role`` for what pydantic calls ``steps.1.by.role``: people count the report as step 1."""
    if len(loc) > 1 and loc[0] == "steps" and isinstance(loc[1], int):
        rest = ".".join(map(str, loc[2:]))
        return f"step {loc[1] + 2}" + (f": {rest}" if rest else "")
    return ".".join(map(str, loc))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
