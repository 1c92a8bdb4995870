"""Whatever a command cannot do ends with its message, its code and the exit code for the cause: shown in one place."""

from __future__ import annotations

import ast

import pytest
import typer
from asyncpg.exceptions import UndefinedColumnError, UndefinedTableError

from cli.kit.exits import BROKEN, guarded, leave_for_problem, misused
from runtime.errors import ServiceFault
from services.errors import FieldError, OperatorRefused, Refused
from tests.architecture.house import modules, name_of, parsed

RESULTS = {"1", "BAD_DATA", "NOT_RUNNING", "NOT_NOW", "UNOPENED", "_REFUSED"}
"""Exit codes of a result that was shown and is not the one hoped for."""
UNDER_WORK = {"cli/commands/tenant.py"}
"""Says itself what is wrong with its options."""


def ended(raised: Exception, exits: dict[str, int] | None = None) -> int:
    """The exit code with which a failure ends a command."""

    def fails() -> None:
        raise raised

    with pytest.raises(typer.Exit) as caught:
        guarded(fails, exits)
    return caught.value.exit_code


@pytest.mark.parametrize(
    ("raised", "exit_code"),
    [
        (ServiceFault("temporal_unreachable", "Temporal is away."), 69),
        (ServiceFault("tenant_unclear", "Name the tenant."), 64),
        (ServiceFault("tenant_unknown", "There is no such tenant."), 66),
        (OperatorRefused("actor_unknown", "Nobody has the id."), 77),
        (OperatorRefused("own_publication", "Another person has to."), 77),
        (OperatorRefused("publication_unknown", "Nothing was proposed."), 66),
        (OperatorRefused("pack_invalid", "It has errors."), 65),
        (Refused("not_allowed", "This is for leads and ops."), 77),
        (Refused("malformed"), 65),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_the_exit_code_is_that_of_the_cause(raised: Exception, exit_code: int) -> None:
    assert ended(raised) == exit_code


def test_a_code_may_mean_something_else_to_one_command() -> None:
    refused = OperatorRefused("calendar_unknown", "There is no calendar 'x'.")
    assert (ended(refused), ended(refused, {"calendar_unknown": 66})) == (65, 66)


def test_what_nobody_expected_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        ended(KeyError("kim"))


@pytest.mark.parametrize("raised", [UndefinedTableError('relation "tenants" does not exist'), UndefinedColumnError("no column")])
def test_a_database_that_was_not_migrated_is_said_so(raised: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raised) == 69
    said = capsys.readouterr().err
    assert "ombud migrate" in said
    assert "[not_migrated]" in said


def test_a_message_is_one_line_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    ended(OperatorRefused("pack_invalid", "mine.yaml:\n  not YAML"))
    assert capsys.readouterr() == ("", "mine.yaml: not YAML [pack_invalid]\n")


def test_several_problems_have_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    ended(OperatorRefused("script_invalid", "all of it", ["s.yaml: step 2: by", "s.yaml: step 3: at"]))
    assert capsys.readouterr().err == "s.yaml: step 2: by [script_invalid]\ns.yaml: step 3: at [script_invalid]\n"


def test_a_refusal_names_the_fields_that_are_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    ended(Refused("malformed", errors=[FieldError("until", "datetime_parsing", "Not an instant.")]))
    assert capsys.readouterr().err == "malformed [malformed]\n  until: Not an instant. [datetime_parsing]\n"


def test_a_problem_of_the_api_is_shown_with_its_fields_and_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    errors = [{"field": "reasons", "code": "text_empty", "message": "Write something."}]
    with pytest.raises(typer.Exit) as caught:
        leave_for_problem({"status": 422, "code": "malformed", "title": "Malformed", "errors": errors}, "Read the page.")
    assert caught.value.exit_code == 65
    assert capsys.readouterr().err == "Malformed [malformed]\n  reasons: Write something. [text_empty]\n  Read the page.\n"


def test_an_answer_that_is_no_problem_of_ours_has_its_status_as_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught:
        leave_for_problem({"status": 502, "detail": "Bad gateway"})
    assert (caught.value.exit_code, capsys.readouterr().err) == (BROKEN, "Bad gateway [502]\n")


def test_a_command_that_was_typed_wrongly_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught:
        misused("Say either --for or --to.")
    assert (caught.value.exit_code, capsys.readouterr().err) == (64, "Say either --for or --to. [usage]\n")


def test_no_command_ends_itself_for_a_failure() -> None:
    """It would be an end without a code: only this module may, and a command whose result is not the one hoped for."""
    ends = [
        f"{name_of(path)}: {ast.unparse(node)}"
        for path in [*modules("cli/commands"), *modules("cli/kit")]
        if name_of(path) not in {"cli/kit/exits.py", *UNDER_WORK}
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "typer.Exit"
        if not (ast.unparse(node.args[0]) in RESULTS or isinstance(node.args[0], ast.Call))
    ]
    assert ends == []
