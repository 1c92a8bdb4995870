"""A refusal is told in people's words, whatever raised it."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic_core.core_schema import ErrorType

from cli.kit.pages import Amounts
from console.kit.refusals import Speaker
from console.kit.render import Zones
from console.kit.words import SAID, called, readable
from domain.base import Phase
from domain.rules.lifecycle import Who
from services.errors import FieldError, Refused

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SPEAKER = Speaker(Zones(ZoneInfo("Europe/Berlin"), ZoneInfo("UTC"), NOW), Amounts(), {"per_ada-1": "Ada"})
MACHINES = re.compile(
    r"minor units|\d{4}-\d\d-\d\dT|`|\b(case|evd|cmd|per|pty|off|rul|hld)_|Input should|String should|pattern|Field required|"
    r"This is not a command|\b[a-z]+_[a-z_]+\b"
)


@pytest.mark.parametrize("code", get_args(ErrorType))
def test_every_check_of_a_shape_has_words(code: str) -> None:
    said = SPEAKER.of_field(FieldError("field", code, "Input should be a thing of the machine, matching pattern '^case_'"))
    assert not MACHINES.search(said), said


def sentences() -> list[str]:
    """What the rules say no with: every sentence in them that stands in a call and names a thing of the machine."""
    found = []
    for path in sorted((ROOT / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for said in node.args if isinstance(node, ast.Call) else ():
                text = _text(said)
                if text is not None and re.match(r"^['“A-Z].{12,}\.", text):
                    found.append(text)
    return sorted(set(found))


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    # What is put in is of the kinds that the rules put in: an amount, an instant, codes.
    return "".join(str(one.value) if isinstance(one, ast.Constant) else _put_in(one) for one in node.values)


def _put_in(node: ast.expr) -> str:
    said = ast.unparse(node)
    if "isoformat" in said:
        return "2026-12-04T21:34:10.594704+00:00"
    if "currency" in said:
        return "USD"
    return "21528" if "amount" in said or "total" in said or "limit" in said or "length" in said else "not_received"


@pytest.mark.parametrize("said", sentences())
def test_no_sentence_of_the_rules_reads_like_a_machine(said: str) -> None:
    assert not MACHINES.search(SPEAKER.plainly(said)), SPEAKER.plainly(said)


@pytest.mark.parametrize("name", sorted(name for name in SAID if "_" in name))
def test_what_to_do_is_called_as_its_button_is(name: str) -> None:
    for said in (f"Do that first ({name}).", f"Do one of both (reopen, {name}).", f"Say it too, by {name}."):
        assert called(name) in readable(said)
        assert "“Take it up again”" in readable(said) or "reopen" not in said


def test_amounts_times_and_ids_are_said_as_people_say_them() -> None:
    said = "At most 21528 USD (in minor units) can be given back; this gives 99999900."
    assert SPEAKER.plainly(said) == "At most 215.28 USD can be given back; this gives 999,999.00 USD."
    assert SPEAKER.plainly("until 2026-12-04T21:34:10.594704+00:00.") == "until Fri 22:34."
    assert SPEAKER.plainly("It names evd_8595-77aa and per_ada-1.") == "It names one of them and Ada."


def test_what_came_since_is_not_asked_for_by_the_name_of_a_field() -> None:
    (said,) = SPEAKER.errors(Refused("not_seen", "Something came since it was drafted: name it in 'seen'."), ["seen"])
    assert (said.field, said.message) == ("seen", "Something came in since: read it, and say here that you have.")


def test_what_is_missing_is_said_beside_the_fields() -> None:
    refused = Refused("malformed", "This is not a command: see reasons.", [FieldError("reasons", "missing", "Field required")])
    assert SPEAKER.refusal(refused, "") == "Something is missing, or cannot be read: it says so beside the field."
    assert [error.message for error in SPEAKER.errors(refused)] == ["This is missing."]


@pytest.mark.parametrize("who", [who.value for who in Who])
def test_who_may_do_something_is_said_by_what_they_are(who: str) -> None:
    words = readable(f"'assign' can be sent by: {who}.")
    assert words == ("Only Ombud itself does this." if who == "system" else words)
    assert "can be sent" not in words
    assert not re.search(r"\b(hit|ops|approver|judge)\b", words)


def test_what_others_may_do_just_now_says_that_it_is_because_of_now() -> None:
    words = readable("While the case is in approval, 'submit_evidence' can be sent by: claimant, respondent.")
    assert words == "While the case waits for a second person, only the claimant and the respondent can do this."


@pytest.mark.parametrize("phase", [phase.value for phase in Phase])
def test_what_is_not_possible_now_says_where_the_case_stands(phase: str) -> None:
    assert "while the case is in" not in readable(f"'rule' is not possible while the case is in {phase}.")
