"""What the rooms below raise becomes one refusal, and what nobody expected stays what it is."""

from __future__ import annotations

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError

from activities.ports.errors import Never
from adapters.evidence.file_types import FileRefused
from services.errors import Refused, malformed, not_found, of_command, refusal_of
from storage.postgres.primary import NoPrimary
from storage.postgres.vault import VaultFault


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Never("case_unknown", "There is no such case."), "not_found"),
        (VaultFault("changed"), "vault_fault"),
        (asyncpg.DataError(), "not_storable"),
        (asyncpg.DataError("invalid input for query argument $2: 9 (value out of int64 range)"), "number_not_storable"),
        (asyncpg.NumericValueOutOfRangeError("bigint out of range"), "number_not_storable"),
        (asyncpg.CannotConnectNowError(), "storage_unavailable"),
        (TimeoutError(), "storage_unavailable"),
        (asyncpg.ReadOnlySQLTransactionError(), "storage_unavailable"),
        (NoPrimary(), "storage_unavailable"),
        (asyncpg.InternalClientError('cannot switch to state 12; protocol is in the "failed" state'), "storage_unavailable"),
        (Never("too_many_files", "At most 200."), "too_many_files"),
        (not_found(), "not_found"),
    ],
)
def test_what_is_known_has_a_code(error: Exception, code: str) -> None:
    refused = refusal_of(error)
    assert refused is not None
    assert refused.code == code


def test_whoever_looked_at_a_file_says_what_is_wrong_with_it() -> None:
    refused = refusal_of(FileRefused("file_type_refused", "Taken are: image/png."))
    assert refused is not None
    assert refused.detail == "Taken are: image/png."


@pytest.mark.parametrize("error", [KeyError("kim@example.org"), ValueError(), Never("something_else")])
def test_what_nobody_expected_is_no_refusal(error: Exception) -> None:
    assert refusal_of(error) is None


def test_the_errors_of_a_refused_command_are_told_apart_from_its_other_fields() -> None:
    wrong = {"field": "", "code": "text_empty", "message": "Write something."}
    refused = of_command("malformed", None, {"errors": [wrong], "phase": "review"})
    assert refused.errors == (("body", "text_empty", "Write something."),)
    assert refused.fields == {"phase": "review"}
    assert of_command(None, None, None).code == "refused"


def test_a_wrong_shape_names_where_it_is_wrong() -> None:
    class Shape(BaseModel):
        until: int

    with pytest.raises(ValidationError) as caught:
        Shape.model_validate({"until": "soon"})
    assert [error.field for error in malformed(caught.value).errors] == ["until"]
    assert [error.field for error in malformed(caught.value, "command").errors] == ["command.until"]


def test_a_refusal_shows_nothing_but_its_code() -> None:
    assert str(Refused("not_allowed", "Not yours.")) == "not_allowed"
