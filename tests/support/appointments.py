"""Hearings and calls, for tests: proposed, and agreed on by both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.model.appointments import Appointment
from tests.support.cases import CLAIMANT, MEDIATOR, RESPONDENT, Life, a_case

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TO_MONDAY = 3 * DAY
"""A business day, where something is put down on a Friday."""


def times(life: Life, *days: int) -> list[str]:
    return [(life.now + DAY * day).isoformat() for day in days]


def proposed(life: Life, *days: int, **fields: Any) -> Life:
    said = {"about": "What was agreed on the phone in May. We call you.", "times": times(life, *(days or (3, 4))), **fields}
    return life.says(MEDIATOR, "propose_appointment", **said)


def newest(life: Life) -> Appointment:
    return life.case.appointments[-1]


def on(life: Life, *numbers: int) -> list[str]:
    """The proposed times of these numbers, as a party names them."""
    return [newest(life).times[number].isoformat() for number in numbers]


def agreed(life: Life) -> Life:
    proposed(life)
    life.says(CLAIMANT, "answer_appointment", times=on(life, 0, 1), joint=True)
    return life.says(RESPONDENT, "answer_appointment", times=on(life, 1), joint=True)


def in_review(kind: str = "bounty_dispute") -> Life:
    life = a_case(kind).in_review()
    return life if life.case.is_disclosed else life.disclosed(text="That they followed somebody home on Monday.")


def told(life: Life, who: str) -> list[str]:
    return [notice.event for notice in life.notices_for(who)]
