"""The statement of reasons on the page of a ruling: what the case knows is there; what is missing is said beside its field."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from console.pages.statement_form import GROUPS, PARTS, beside
from domain.model.statement import StatementOfReasons
from services.errors import FieldError
from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres
WORDS = "My comment was removed, and it was a quotation from a book that I reviewed."


def test_every_field_of_a_statement_is_on_the_form_once() -> None:
    names = [part.name for group in GROUPS for part in group.parts]
    assert sorted(names) == sorted(StatementOfReasons.model_fields)
    for name, part in PARTS.items():
        several = "tuple" in str(StatementOfReasons.model_fields[name].annotation)
        assert several == (part.kind in ("some", "many")) or name == "redress", (name, get_args(part))


async def ruling(lobby: Lobby) -> tuple[Any, str]:
    for name in ("ada", "ben"):
        await lobby.office.works(name, "moderation_appeals", "moderation-appeals")
    decision = {
        "outcome": "keep", "appellant": "reporter", "decider": "machine", "content": "comment-9",
        "effective_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    desk = lobby.office.desk()
    case = await desk.opened(kind="moderation_appeal", decision=decision, statement=WORDS)
    ada = await lobby.signed_in("ada")
    await ada.open("/inbox?view=queues")
    await ada.send("/take-next")
    await ada.follow()
    return ada, case["id"]


async def test_what_is_missing_stands_beside_its_field_all_at_once(lobby: Lobby) -> None:
    ada, case_id = await ruling(lobby)
    path = f"/cases/{case_id}/ruling"
    await ada.open(path)
    assert "It breaks the terms of the platform" in ada.words
    assert re.search(r'name="statement.application_date" type="date" value="\d{4}-\d\d-\d\d"', ada.html)
    await ada.send(path, decision="overturn", outcome="remove", reasons="It is a threat.", do="send")
    for name in ("category", "content_type", "decision_facts", "decision_ground", "automated_detection"):
        assert f'id="e-statement.{name}"' in ada.html, name
    assert 'id="e-statement.decision_visibility"' not in ada.html, "it follows from the outcome"


async def test_on_conduct_what_is_missing_is_said_in_words_once_and_what_is_taken_away_is_known(lobby: Lobby) -> None:
    await lobby.office.works("cleo", "conduct")
    case = await lobby.office.desk().opened(kind="conduct_report", category="harassment", statement=WORDS)
    cleo = await lobby.signed_in("cleo")
    taken = await lobby.office.desk("cleo").command(case["id"], "take", "per_cleo")
    assert taken.status_code == 200, taken.text
    path = f"/cases/{case['id']}/ruling"
    await cleo.open(path)
    said = {"outcome": "violation", "remedy.violation": "remove", "to.violation.remove": "respondent", "do": "send"}
    answer = await cleo.send(path, **said, reasons="It was not for there.")
    assert answer.status_code == 422
    for name in ("content_type", "content_date", "decision_facts", "decision_ground"):
        assert f'id="e-statement.{name}"' in cleo.html, name
    assert 'id="e-statement.decision_visibility"' not in cleo.html, "it follows from what is removed"
    assert "not complete:" not in cleo.words
    assert not re.search(r"decision (visibility|monetary|provision|facts)\b", cleo.words)


def test_that_nothing_is_restricted_is_said_once() -> None:
    errors = [
        FieldError(name, "nothing_restricted", "…") for name in ("decision_visibility", "decision_monetary", "decision_account")
    ]
    assert [one.field for one in beside(errors)] == ["statement.decision_visibility"]
