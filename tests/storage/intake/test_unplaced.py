"""Mail that waits: kept once, sealed, bounded, told once a day, and forgotten when it is over."""

from __future__ import annotations

import asyncpg
import pytest

from activities.ports.notices import TeamLetter
from adapters.evidence.stores import MemoryEvidenceStore
from domain.rules.mail import Counted
from storage.intake.unplaced import Arrived, MailWords, PostgresUnplaced, UnplacedFull, forgotten
from storage.postgres.vault import LegalHold
from storage.team.letters import PostgresTeamLetters
from storage.team.sender_letters import PostgresSenderLetters
from tests.support.database import Server
from tests.support.worlds import PEOPLE, World

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


async def put_away(unplaced: PostgresUnplaced, world: World, one: str) -> bool:
    return await unplaced.dismiss(world.tenant_id, one, "spam", by="per_dana", credential="key_1")


async def test_what_is_placed_is_read_no_more_and_what_was_dismissed_is_forgotten_in_time(world: World) -> None:
    unplaced, letters = kept(world), PostgresSenderLetters(world.database, world.vault)
    placed, _ = await unplaced.keep(world.tenant_id, arrived("1"), RAW)
    dismissed, _ = await unplaced.keep(world.tenant_id, arrived("2"), RAW)
    assert await put_away(unplaced, world, dismissed)
    assert not await put_away(unplaced, world, dismissed)
    mail = await unplaced.one(world.tenant_id, placed)
    assert mail is not None
    taken = await unplaced.take(world.tenant_id, mail, by="per_dana", deed="placing:pty_1", case_id="case_1")
    assert taken is not None
    for _ in range(2):
        await unplaced.placed(world.tenant_id, taken, "placed", "per_dana", "key_1", "case_1")
    assert [deed.deed for deed in await unplaced.deeds(world.tenant_id, placed)] == ["placed"]
    assert await unplaced.original(world.tenant_id, placed) is None
    assert await unplaced.original(world.tenant_id, dismissed) == RAW
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE unplaced SET closed_at = closed_at - interval '31 days'")
    await letters.due(10)
    assert await unplaced.original(world.tenant_id, dismissed) is None
    assert [deed.deed for deed in await unplaced.deeds(world.tenant_id, dismissed)] == ["dismissed"]


async def test_what_nobody_decides_about_is_forgotten_in_time(world: World) -> None:
    unplaced, letters = kept(world), PostgresSenderLetters(world.database, world.vault)
    old, _ = await unplaced.keep(world.tenant_id, arrived("1"), RAW)
    new, _ = await unplaced.keep(world.tenant_id, arrived("2", "lee@x.example"), RAW)
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE unplaced SET last_at = last_at - interval '181 days' WHERE id = $1", old)
    await letters.due(10)
    gone, there = await unplaced.one(world.tenant_id, old), await unplaced.one(world.tenant_id, new)
    assert gone is not None
    assert there is not None
    assert (gone.state, gone.closed_why, gone.closed_by, gone.words) == ("dismissed", "expired", "system", None)
    assert (there.state, there.words is not None) == ("waiting", True)
    assert await unplaced.original(world.tenant_id, old) is None


async def about_a_case(world: World, unplaced: PostgresUnplaced) -> tuple[str, str, str]:
    """A mail about a case, from its claimant."""
    case_id = await world.case()
    who = await world.claimant(case_id)
    unplaced_id, _ = await unplaced.keep(world.tenant_id, arrived(case_id=case_id, party=who), RAW)
    return unplaced_id, case_id, who


async def test_what_is_erased_is_gone_from_here_too(world: World) -> None:
    unplaced = kept(world)
    unplaced_id, case_id, who = await about_a_case(world, unplaced)
    async with world.database.deed(world.tenant_id) as conn:
        assert await world.vault.erase(conn, world.tenant_id, case_id, who)
    mail = await unplaced.one(world.tenant_id, unplaced_id)
    assert mail is not None
    assert (mail.state, mail.closed_why, mail.words) == ("dismissed", "erased", None)
    assert await unplaced.original(world.tenant_id, unplaced_id) is None


async def test_one_is_erased_at_once_and_never_while_its_case_is_held(world: World) -> None:
    unplaced = kept(world)
    unplaced_id, case_id, _ = await about_a_case(world, unplaced)
    assert not await unplaced.erase(world.tenant_id, unplaced_id), "it waits"
    assert await put_away(unplaced, world, unplaced_id)
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE cases SET legal_hold = true WHERE id = $1", case_id)
        await conn.execute("UPDATE unplaced SET closed_at = closed_at - interval '31 days'")
        await forgotten(conn, world.tenant_id)
    with pytest.raises(LegalHold):
        await unplaced.erase(world.tenant_id, unplaced_id)
    assert await unplaced.original(world.tenant_id, unplaced_id) == RAW
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE cases SET legal_hold = false WHERE id = $1", case_id)
    assert await unplaced.erase(world.tenant_id, unplaced_id)
    assert await unplaced.original(world.tenant_id, unplaced_id) is None


async def test_all_mail_of_one_sender_is_found(world: World) -> None:
    unplaced = kept(world)
    ids = [
        (await unplaced.keep(world.tenant_id, arrived(str(n), who), RAW))[0]
        for n, who in enumerate(["k@x.example"] * 2 + ["l@x.example"])
    ]
    assert [mail.id for mail in await unplaced.listed(world.tenant_id, 10, sender_of=ids[0])] == [ids[1], ids[0]]


async def test_the_team_hears_of_new_mail_once_a_day(world: World, server: Server) -> None:
    await world.staff()
    unplaced, senders = kept(world), PostgresSenderLetters(world.database, world.vault)
    team = PostgresTeamLetters(world.database, world.vault)

    async def told() -> list[tuple[str, object]]:
        await senders.due(10)
        due = [letter for letter in await team.due(100) if letter.tenant_id == world.tenant_id]
        return sorted((letter.recipient, letter.data["waiting"]) for letter in due if letter.event == "mail_to_place")

    people = [one.id for one in PEOPLE if {"lead", "ops"} & set(one.roles) and one.email and one.active]
    assert people
    assert await told() == [], "nothing waits"
    await unplaced.keep(world.tenant_id, arrived("1"), RAW)
    assert await told() == sorted((one, 1) for one in people)
    await unplaced.keep(world.tenant_id, arrived("2"), RAW)
    assert await told() == [], "not twice a day"
    owner = await asyncpg.connect(server.owner_dsn)
    try:
        await owner.execute("SELECT set_config('ombud.tenant', $1, false)", world.tenant_id)
        await owner.execute("ALTER TABLE team_letters DISABLE TRIGGER USER")
        await owner.execute("UPDATE team_letters SET created_at = created_at - interval '25 hours'")
        await owner.execute("ALTER TABLE team_letters ENABLE TRIGGER USER")
    finally:
        await owner.close()
    assert await told() == sorted((one, 2) for one in people)


async def test_mails_are_counted_by_sender_and_day(world: World) -> None:
    unplaced = kept(world)
    counts = [await unplaced.count(world.tenant_id, who) for who in ("kim@x.example", "KIM@x.example".lower(), "lee@x.example")]
    assert counts == [Counted(1, 1, 1), Counted(2, 2, 2), Counted(1, 3, 3)]


async def test_a_machine_that_writes_from_a_new_host_each_time_is_one_sender(world: World) -> None:
    unplaced = kept(world)
    hosts = ("a1.sys.example", "b2.sys.example", "sys.example", "deep.c3.sys.example")
    counts = [await unplaced.count(world.tenant_id, f"support@{host}") for host in hosts]
    assert counts[-1] == Counted(4, 4, 4)
    # People of one provider are one each; whoever has a place below one, too.
    others = ("kim@gmail.com", "lee@gmail.com", "info@one.github.io", "info@two.github.io")
    assert [(await unplaced.count(world.tenant_id, one)).sender for one in others] == [1, 1, 1, 1]
