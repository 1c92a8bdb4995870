"""The table draws its own picture, and hides nothing: whatever lives do is drawn."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from domain.base import Phase
from domain.model.facts import CaseClosed, PhaseEntered, Recording
from domain.rules.lifecycle import Who, commands_in, diagram
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, OUTCOMES, RESPONDENT, Life, a_case


def arrows() -> set[tuple[str, str]]:
    return set(re.findall(r"^    (\w+) --> (\w+):", diagram(), flags=re.MULTILINE))


def walked(recordings: tuple[Recording, ...]) -> set[tuple[str, str]]:
    phases = ["intake"]
    for recording in recordings:
        match recording.fact:
            case PhaseEntered():
                phases.append(recording.fact.phase.value)
            case CaseClosed():
                phases.append("closed")
            case _:
                pass
    return set(pairwise(phases))


def lives() -> list[Life]:
    none = OUTCOMES["bounty_dispute"]["none"]
    return [
        a_case().in_intake().says(OPS, "decline"),
        a_case().in_intake().in_settlement().says(CLAIMANT, "withdraw"),
        a_case("fraud_report").in_intake().in_review().says(OPS, "close"),
        a_case().in_approval().says(LEAD, "return_ruling").ruled().says(MEDIATOR, "retract").ruled().says(CLAIMANT, "withdraw"),
        a_case().ruled("heavy").fire("grace").fire("appeal_window").says(OPS, "reopen"),
        a_case().appeal_ruled("remit").fire("grace"),
        a_case().appeal_ruled("overturn", **none).fire("grace").says(CLAIMANT, "appeal").says(CLAIMANT, "withdraw"),
        a_case()
        .appeal_in_approval()
        .says(LEAD, "return_ruling")
        .says("per_l2", "decide_appeal", decision="uphold")
        .fire("grace"),
        a_case().in_appeal(weight="both").says(RESPONDENT, "withdraw"),
        a_case().appeal_ruled().says("per_l2", "retract"),
        a_case().in_settlement().fire("settlement"),
    ]


class TestTable:
    """What is hidden: the rows of approval and grace repeat for the parties what they are judged by."""

    OUTSIDE = frozenset({Who.CLAIMANT, Who.RESPONDENT, Who.APPELLANT, Who.WITNESS, Who.PLATFORM, Who.HIT})

    def outside(self, *phases: Phase) -> dict[str, frozenset[Who]]:
        found: dict[str, frozenset[Who]] = {}
        for phase in phases:
            for row in commands_in(phase):
                found[row.command] = found.get(row.command, frozenset()) | (row.who & self.OUTSIDE)
        return {command: who for command, who in found.items() if who}

    @pytest.mark.parametrize("hidden", [Phase.APPROVAL, Phase.RULED])
    def test_shows_for_a_hidden_phase_what_parties_may_in_the_one_they_see(self, hidden: Phase) -> None:
        assert self.outside(hidden) == self.outside(Phase.REVIEW, Phase.APPEAL)


class TestDiagram:
    def test_every_step_of_a_life_is_drawn(self) -> None:
        for life in lives():
            assert walked(life.recordings) <= arrows()

    def test_is_a_state_diagram_with_a_beginning_and_an_end(self) -> None:
        lines = diagram().splitlines()
        assert (lines[0], lines[1], lines[-1]) == ("stateDiagram-v2", "    [*] --> intake: open", "    closed --> [*]")
