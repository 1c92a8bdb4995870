"""Which commands can be meant for many cases at once, which cases are meant, and how it stands with them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.model.commands import COMMANDS
from services.bulk import IN_BULK, BulkSelection, Results, why_not_in_bulk
from services.rows import Result

COMMAND_TYPES = sorted(COMMANDS.json_schema()["discriminator"]["mapping"])


def test_every_command_goes_or_says_why_not() -> None:
    assert [command for command in COMMAND_TYPES if why_not_in_bulk(command) is None] == sorted(IN_BULK)
    assert "turns its report away" in (why_not_in_bulk("close", "declined") or "")
    assert why_not_in_bulk("close", "expired") is None
    assert why_not_in_bulk("nonsense") is why_not_in_bulk(None) is why_not_in_bulk([]) is None


@pytest.mark.parametrize(
    ("command", "because"),
    [
        *((name, "decides a case") for name in ("rule", "decide_appeal", "approve", "return_ruling", "retract")),
        *((name, "decides a case") for name in ("decline", "admit")),
        *((name, "a party's word") for name in ("concede", "accept_offer", "escalate", "appeal", "withdraw")),
        ("message", "about one case"),
        ("offer", "about one case"),
        ("freeze", "/v1/freezes"),
        ("deadline", "system only"),
    ],
)
def test_it_says_why(command: str, because: str) -> None:
    assert because in str(why_not_in_bulk(command))


def test_every_open_case_is_said_on_purpose() -> None:
    assert BulkSelection(all=True).all
    for said in ({}, {"all": True, "queue": "fraud"}):
        with pytest.raises(ValidationError, match="Say which cases"):
            BulkSelection.model_validate(said)


def test_what_was_not_accepted_is_told_first() -> None:
    results = Results.of(
        [
            Result(case_id="case_3", command_id="cmd_3", status="pending"),
            Result(case_id="case_1", command_id="cmd_1", status="accepted"),
            Result(case_id="case_2", command_id="cmd_2", status="refused", code="own_case"),
            Result(case_id="case_0", command_id="cmd_0", status="accepted"),
        ]
    )
    assert [result.case_id for result in results.each] == ["case_2", "case_3", "case_0", "case_1"]
    assert dict(results.counts) == {"pending": 1, "accepted": 2, "refused": 1}
    assert results.waits
    assert not Results().waits
