"""A process dies at exactly the moments that hurt most; it is started again, and every case goes on as if nothing had been."""

from __future__ import annotations

import asyncio

import pytest

from cli.fleet import Role
from tests.support.fleet import House
from tests.support.lives import Desk, Life
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

IN_FLIGHT = 5
"""Mails that one worker hands over at once, at most: as many can have been accepted and not been noted when it dies."""


SHORT = ("bounty_dispute/settle", "bounty_dispute/remit", "bounty_dispute/lapse", "fraud_report/appeal", "fraud_report/withdraw")
LONG = ("bounty_dispute/silent", "fraud_report/quick", "fraud_report/lapse")
"""Lives with quiet stretches, in which a long history goes on as a new run."""


def lives(scripts: tuple[str, ...]) -> list[Life]:
    """One life for each script; together they record, mail, pay and approve."""
    pairs = [script.split("/") for script in scripts]
    return [Life(kind, script, number=f"{kind}-{script}") for kind, script in pairs]


@pytest.mark.parametrize(
    ("role", "point", "repeats"),
    [
        ("worker", "record.before_write:4", IN_FLIGHT),
        ("worker", "record.after_write:4", IN_FLIGHT),
        ("worker", "mail.after_accept", IN_FLIGHT),
        ("worker", "effect.after_perform", IN_FLIGHT),
        ("worker", "workflow.continue_as_new", IN_FLIGHT),
        ("api", "intake.before_start:2", 0),
    ],
)
async def test_cases_go_on_after_a_death_at(house: House, role: Role, point: str, repeats: int) -> None:
    renewed = point == "workflow.continue_as_new"
    firm = await house.firm(hour=0.02 if renewed else 0.05)
    await house.restart(role, fail_point=point)
    async with house.watched() as died, house.api(firm.platform) as http:
        desk = Desk(house, firm, http)
        await asyncio.gather(*(life.live(desk) for life in lives(LONG if renewed else SHORT)))
    assert house.mark_of(point).exists(), f"nobody passed {point}"
    assert died[role] == 1
    sound = await assert_sound(house, firm, repeats=repeats)
    print(f"{point}: {sound}")
    if point == "mail.after_accept":
        assert sound.repeated_mails >= 1, "the mail whose 250 was not noted has to come again"
    if point == "effect.after_perform":
        assert sound.repeated_remedies == 1, "the remedy that was not noted is asked for again, under the same key"
