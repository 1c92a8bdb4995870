"""Every command that a person can send has a verb of its own at the command line, with an option for each of its fields."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from cli.commands.case_verbs import VERBS
from domain.model import commands
from tests.support.command_lines import COMMANDS
from tests.support.raw_commands import fields_sent

ELSEWHERE = {
    "complete_step": "case step", "skip_step": "case step", "place_hold": "case hold",
    "lift_hold": "case release", "state_amount": "case amount", "name_root_cause": "case root-cause",
    "hand_over": "case hand-over", "annul": "case annul", "recuse": "case recuse", "credit_provisionally": "case credit",
    "signal": "case signal", "report_to_authority": "case report-to", "approve_report": "case report-approve",
    "return_report": "case report-return", "disclose": "case disclose", "accept_withdrawal": "case withdrawal-accept",
    "continue_of_office": "case of-office", "submit_evidence": "case evidence", "skip": "desk skip",
    "pause": "clock pause", "resume": "clock resume", "snooze": "clock snooze", "extend": "clock extend",
    "retarget": "clock retarget", "join_campaign": "campaign add", "freeze": "clock freeze", "thaw": "clock thaw",
}  # fmt: skip
"""Commands whose verb has options of a kind of its own, with that verb."""
EVERY: dict[str, type[BaseModel]] = {
    str(one.model_fields["type"].default): one for one in get_args(get_args(commands.Command)[0])
}
OUTSIDE = sorted(EVERY.keys() - commands.SYSTEM_COMMANDS)


@pytest.mark.parametrize("command", OUTSIDE)
def test_a_command_has_a_verb(command: str) -> None:
    assert ELSEWHERE.get(command, f"case {command.replace('_', '-')}") in COMMANDS


@pytest.mark.parametrize("command", list(VERBS))
def test_a_verb_takes_what_its_command_takes(command: str) -> None:
    own: dict[str, Any] = {
        field.alias or name: field.is_required()
        for name, field in fields_sent(EVERY[command]).items()
        if name not in ("id", "type", "by", "channel")
    }
    assert {field.name: field.needed for field in VERBS[command][1]} == own
