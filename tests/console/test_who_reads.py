"""Every form that takes words says who reads them, and says it as the rules have it."""

from __future__ import annotations

import re

import pytest

from console.kit import forms
from console.pages.who_reads import READS
from domain.rules.lifecycle import TABLE, Who
from domain.rules.told_by_two import TEXTS
from tests.support.browsing import Lobby, taken

OUTSIDE = {Who.CLAIMANT, Who.RESPONDENT, Who.REPORTER, Who.WITNESS, Who.APPELLANT, Who.PLATFORM, Who.SYSTEM, Who.HIT}
OWN_PAGE = {"rule", "decide_appeal"}
OF_TEAM = sorted({row.command for row in TABLE if row.who - OUTSIDE} & forms.commands() - OWN_PAGE)
FOUND_INSIDE = {("translate", "original")}
"""What nobody writes: it is found in the case."""
WORDS = [(command, field) for command, field in sorted(TEXTS.keys() - FOUND_INSIDE) if command in OF_TEAM]


@pytest.mark.parametrize(("command", "field"), WORDS)
def test_every_field_for_words_has_a_reader(command: str, field: str) -> None:
    assert (command, field) in READS


@pytest.mark.parametrize(("command", "field"), sorted(set(READS) & set(TEXTS)))
def test_what_is_said_to_stay_inside_does_by_the_rules(command: str, field: str) -> None:
    inside = TEXTS[command, field] == "inside"
    elsewhere = {("draft_chargeback_evidence", "text"), ("credit_provisionally", "reasons")}
    assert inside == (READS[command, field] == "team") or (command, field) in elsewhere


def test_reasons_that_leave_the_team_are_said_to_stay_inside_nowhere() -> None:
    # What a part begins with comes with the split: no form asks for it.
    leave = {row for row, how in TEXTS.items() if how == "hidden"} - {("open", "measures")}
    leave |= {("cancel_appointment", "told_why"), ("move_appointment", "reasons"), ("propose_appointment", "about")}
    assert leave <= set(READS)
    assert {row for row in leave if READS[row] == "team"} == set()


@pytest.mark.postgres
@pytest.mark.usefixtures("payments")
async def test_every_form_names_the_readers_of_its_words(lobby: Lobby) -> None:
    ada, case_id = await taken(lobby)
    silent = []
    for command in sorted({command for command, _ in WORDS}):
        await ada.open(f"/cases/{case_id}/do/{command}")
        for name in re.findall(r'<textarea id="f-([\w.]+)"', ada.html):
            after = ada.html.split(f'id="f-{name}"')[1].split("</textarea>")[1].split("</div>")[0]
            if (command, name) in READS and not re.search(r"\bread|For the team alone", after):
                silent.append((command, name))
    assert silent == []
