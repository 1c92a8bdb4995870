"""A process dies at exactly the moments that hurt most; it is started again, and every case goes on as if nothing had been."""

from __future__ import annotations

import asyncio

import pytest

from cli.local.fleet import Role
from tests.support.fleet import Firm, House
from tests.support.played_cases import Desk, Life
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


async def _lived(house: House, firm: Firm, role: Role, first: str, *others: str, scripts: tuple[str, ...] = SHORT) -> None:
    """The lives are lived while a process dies at one point after the other."""
    await house.restart(role, fail_point=first)
    async with house.watched(*others) as died, house.api(firm.platform) as http:
        desk = Desk(house, firm, http)
        await asyncio.gather(*(life.live(desk) for life in lives(scripts)))
    missed = [point for point in (first, *others) if not house.mark_of(point).exists()]
    assert not missed, f"nobody passed {missed}"
    assert died[role] >= 1 + len(others)


async def test_worker_dies_at_each_point_of_its_work(house: House, firm: Firm) -> None:
    """Before and after the record's write, after the mail server's 250, after a remedy; one worker after the other."""
    points = ("record.before_write:4", "record.after_write:4", "mail.after_accept", "effect.after_perform")
    await _lived(house, firm, "worker", *points)
    sound = await assert_sound(house, firm, repeats=IN_FLIGHT * len(points))
    print(f"{', '.join(points)}: {sound}")
    assert sound.repeated_mails >= 1, "the mail whose 250 was not noted has to come again"
    assert sound.repeated_remedies >= 1, "the remedy that was not noted is asked for again, under the same key"


async def test_worker_dies_while_a_run_goes_on_as_a_new_one(house: House) -> None:
    # The window to appeal has to last longer than a worker takes to come back, or the case is over before it can go on.
    firm = await house.firm(hour=0.06)
    await _lived(house, firm, "worker", "workflow.continue_as_new", scripts=LONG)
    sound = await assert_sound(house, firm, repeats=IN_FLIGHT)
    print(f"workflow.continue_as_new: {sound}")
    assert sound.runs > sound.cases, "what died while it went on as a new run has to do so afterwards"


async def test_api_dies_between_the_disk_and_temporal(house: House, firm: Firm) -> None:
    await _lived(house, firm, "api", "intake.before_start:2")
    print(f"intake.before_start: {await assert_sound(house, firm)}")
