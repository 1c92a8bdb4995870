"""Every command has a form, and a form says exactly what was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from cli.kit.pages import Amounts
from console.kit.forms import Field, commands, fields_of, offered, read, written
from console.kit.visit import Form
from docs import generate
from domain.model.commands import SYSTEM_COMMANDS, parse_command
from services.errors import Refused
from tests.support.raw_commands import fields_sent

BERLIN = ZoneInfo("Europe/Berlin")
AMOUNTS = Amounts()
FROM_OUTSIDE = [command for command in generate.command_classes() if generate.type_of(command) not in SYSTEM_COMMANDS]


def filled(values: Mapping[str, Sequence[str]]) -> Form:
    return Form([(name, value) for name, each in values.items() for value in each])


def names_of(fields: Sequence[Field]) -> set[str]:
    return {field.name for field in fields}


def test_every_command_that_somebody_can_send_has_a_form_and_nothing_else_has() -> None:
    assert commands() == {generate.type_of(command) for command in FROM_OUTSIDE}


@pytest.mark.parametrize("command", FROM_OUTSIDE, ids=generate.type_of)
def test_a_form_has_every_field_of_its_command(command: type[BaseModel]) -> None:
    said = {about.alias or name for name, about in fields_sent(command).items()} - {"id", "by", "channel", "type"}
    assert names_of(fields_of(generate.type_of(command))) == said


@pytest.mark.parametrize("command", FROM_OUTSIDE, ids=generate.type_of)
def test_what_a_command_says_can_be_filled_in_and_is_read_back_the_same(command: type[BaseModel]) -> None:
    example = generate.example(command)
    fields = fields_of(generate.type_of(command))
    body = read(fields, filled(written(fields, example, BERLIN, AMOUNTS)), BERLIN, AMOUNTS)
    envelope = {name: example[name] for name in ("id", "type", "by")}
    assert parse_command({**body, **envelope}) == parse_command(example)


def test_times_are_read_in_the_zone_of_whoever_writes_them() -> None:
    body = read(fields_of("snooze"), Form([("until", "2026-07-01T09:00"), ("reason", "parcel")]), BERLIN, AMOUNTS)
    assert body == {"until": "2026-07-01T09:00:00+02:00", "reason": "parcel"}


def test_amounts_are_read_as_people_write_them_and_never_rounded() -> None:
    fields = fields_of("state_amount")
    said = Form([("amount.amount", "1,240.50"), ("amount.currency", "eur")])
    assert read(fields, said, BERLIN, AMOUNTS) == {"amount": {"amount": 124050, "currency": "EUR"}}
    with pytest.raises(Refused) as refused:
        read(fields, Form([("amount.amount", "1.005"), ("amount.currency", "EUR")]), BERLIN, AMOUNTS)
    assert [error.field for error in refused.value.errors] == ["amount"]


def test_what_is_left_empty_is_left_out() -> None:
    blank = Form([("reasons", "  "), ("remedies.0.type", ""), ("statement.category", ""), ("ground", "")])
    assert set(read(fields_of("rule"), blank, BERLIN, AMOUNTS)) == set()


def test_a_case_offers_what_it_knows() -> None:
    fields = offered(fields_of("assign"), {"owner": [("per_ada", "Ada")]})
    assert next(field for field in fields if field.name == "owner").options == (("per_ada", "Ada"),)
