"""Mail that waits: kept once, sealed, bounded, told once a day, and forgotten when it is over."""

from __future__ import annotations

import pytest

from activities.ports.notices import TeamLetter
from adapters.evidence.stores import MemoryEvidenceStore
from storage.intake.unplaced import Arrived, MailWords, PostgresUnplaced, UnplacedFull
from storage.team.sender_letters import PostgresSenderLetters
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

RAW = b"From: kim@example.net\r\n\r\nThey took the money two times.\r\n"


def arrived(same: str = "1", sender: str = "kim@example.net", **changes: object) -> Arrived:
    words = MailWords(sender=sender, subject="Money", text="They took the money two times.")
    return Arrived(
        **{"reason": "unproven", "proof": "none", "same": same, "credential": "key_1", "words": words, "tell": True} | changes
    )


def kept(world: World, **bounds: int) -> PostgresUnplaced:
    return PostgresUnplaced(world.database, world.vault, MemoryEvidenceStore(), **bounds)


async def own(letters: PostgresSenderLetters, world: World) -> list[TeamLetter]:
    return [letter for letter in await letters.due(100) if letter.tenant_id == world.tenant_id]


async def test_a_mail_is_kept_once_and_nothing_of_it_lies_open(world: World) -> None:
    unplaced = kept(world)
    first, again = [await unplaced.keep(world.tenant_id, arrived(), RAW) for _ in range(2)]
    assert (first[0], first[1], again[1]) == (again[0], True, False)
    mail = await unplaced.one(world.tenant_id, first[0])
    assert mail is not None
    assert mail.words is not None
    assert (mail.times, mail.words.text, mail.proven) == (2, "They took the money two times.", False)
    assert await unplaced.original(world.tenant_id, first[0]) == RAW
    async with world.database.tenant(world.tenant_id) as conn:
        rows = str([dict(row) for row in await conn.fetch("SELECT * FROM unplaced")])
    assert "kim@example.net" not in rows
    assert "money" not in rows


async def test_no_more_are_taken_than_there_is_room_for(world: World) -> None:
    unplaced = kept(world, most=2)
    for number in range(2):
        await unplaced.keep(world.tenant_id, arrived(str(number), f"{number}@x.example"), RAW)
    with pytest.raises(UnplacedFull):
        await unplaced.keep(world.tenant_id, arrived("3", "3@x.example"), RAW)
    assert not (await unplaced.keep(world.tenant_id, arrived("1"), RAW))[1], "what is here needs no room"
    with pytest.raises(UnplacedFull):
        await kept(world, most_bytes=100).keep(world.tenant_id, arrived("4"), RAW)


async def test_a_flood_of_one_sender_keeps_nobody_else_out(world: World) -> None:
    unplaced = kept(world, most=30)
    for number in range(3):
        await unplaced.keep(world.tenant_id, arrived(str(number)), RAW)
    with pytest.raises(UnplacedFull):
        await unplaced.keep(world.tenant_id, arrived("3"), RAW)
    assert (await unplaced.keep(world.tenant_id, arrived("4", "lee@x.example"), RAW))[1]


async def test_a_sender_is_told_once_a_day(world: World) -> None:
    unplaced, letters = kept(world), PostgresSenderLetters(world.database, world.vault)
    for number, (sender, tell) in enumerate([("kim@x.example", True)] * 3 + [("lee@x.example", False), ("max@x.example", True)]):
        await unplaced.keep(world.tenant_id, arrived(str(number), sender, tell=tell), RAW)
    due = await own(letters, world)
    assert [(letter.address, letter.data["what"]) for letter in due] == [
        ("kim@x.example", "unproven"),
        ("max@x.example", "unproven"),
    ]
    assert await own(letters, world) == [], "somebody has them"
    await letters.sent(world.tenant_id, due[0].id)
    await letters.failed(world.tenant_id, due[1].id, "address_refused", for_good=True)
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE unplaced SET next_try_at = clock_timestamp()")
    assert await own(letters, world) == []


async def test_what_is_placed_is_read_no_more_and_what_was_dismissed_is_forgotten_in_time(world: World) -> None:
    unplaced, letters = kept(world), PostgresSenderLetters(world.database, world.vault)
    placed, _ = await unplaced.keep(world.tenant_id, arrived("1"), RAW)
    dismissed, _ = await unplaced.keep(world.tenant_id, arrived("2"), RAW)
    for one, state in ((placed, "placed"), (dismissed, "dismissed")):
        done = [
            await unplaced.close(
                world.tenant_id, one, state, by="per_dana", credential="key_1", deed=state, why="spam", case_id=None
            )
            for _ in range(2)
        ]
        assert done == [True, False]
    assert await unplaced.original(world.tenant_id, placed) is None
    assert await unplaced.original(world.tenant_id, dismissed) == RAW
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE unplaced SET closed_at = closed_at - interval '31 days'")
    await letters.due(10)
    assert await unplaced.original(world.tenant_id, dismissed) is None
    assert [deed.deed for deed in await unplaced.deeds(world.tenant_id, dismissed)] == ["dismissed"]


async def test_mails_are_counted_by_sender_and_day(world: World) -> None:
    unplaced = kept(world)
    counts = [await unplaced.count(world.tenant_id, who) for who in ("kim@x.example", "KIM@x.example".lower(), "lee@x.example")]
    assert counts == [(1, 1), (2, 2), (1, 3)]
