"""Erasing destroys the keys of what is somebody's, once, all of it or nothing, and leaves what was destroyed and why."""

from __future__ import annotations

import itertools
from typing import Any

import asyncpg
import pytest

from adapters.evidence.stores import MemoryEvidenceStore
from storage.access.party_addresses import PostgresPartyAddresses
from storage.access.trail import PostgresTrail
from storage.intake.unplaced import Arrived, MailWords, PostgresUnplaced
from storage.postgres.vault import LegalHold
from storage.record.erasures import DEED, CaseOpen, NotToBeDone, PostgresErasures, ToErase
from tests.support.worlds import World, a_command, a_report, sql

pytestmark = pytest.mark.postgres


async def closed_case(world: World, **more: Any) -> str:
    """A case whose reporter took it back."""
    case_id = await world.case(report=a_report(**more))
    recorded = await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    assert [answer.status for answer in recorded.answers if answer] == ["accepted"]
    return case_id


async def asked(world: World, case_id: str, party_id: str | None = None, **more: Any) -> str:
    wanted = ToErase(case_id, party_id, **{"reason": "request", "needs_second": False, **more})
    async with world.database.deed(world.tenant_id) as conn:
        made = await PostgresErasures(world.database).ask(conn, world.tenant_id, wanted, "per_ola", "key_1")
    assert made is not None
    return made


async def carried_out(world: World, erasure_id: str) -> dict[str, int]:
    async with world.database.deed(world.tenant_id) as conn:
        return dict(await PostgresErasures(world.database).carry_out(conn, world.tenant_id, erasure_id, "per_ola", "key_1"))


async def holders(world: World, case_id: str) -> set[str]:
    """Whose words of a case can still be read."""
    left = "SELECT holder FROM keys WHERE tenant = $1 AND case_id = $2 AND wrapped IS NOT NULL"
    return {row["holder"] for row in await sql(world, left, world.tenant_id, case_id)}


async def test_a_case_goes_whole_and_the_trail_says_which_keys(world: World) -> None:
    case_id = await closed_case(world, external_id="kim@example.org/7")
    keys = await sql(world, "SELECT id, holder FROM keys WHERE tenant = $1 AND case_id = $2", world.tenant_id, case_id)
    erasure_id = await asked(world, case_id, reason="retention")
    assert await carried_out(world, erasure_id) == {case_id: len(keys)}
    assert await holders(world, case_id) == set()
    (entry,) = await PostgresTrail(world.database).listed(world.tenant_id, 10)
    assert (entry.deed, entry.about, entry.by) == (DEED, case_id, "per_ola")
    assert entry.more == {
        "erasure": erasure_id, "scope": "case", "reason": "retention", "though_open": None, "asked_by": "per_ola",
        "approved_by": None, "keys": {row["id"]: row["holder"] for row in keys},
    }  # fmt: skip
    (row,) = await sql(world, "SELECT external_id FROM cases WHERE tenant = $1 AND id = $2", world.tenant_id, case_id)
    assert row["external_id"] == f"erased:{case_id}"


async def test_a_person_goes_in_every_case_and_nobody_else(world: World) -> None:
    first, second = await closed_case(world), await closed_case(world)
    before = await holders(world, first)
    claimants = {case_id: await world.claimant(case_id) for case_id in (first, second)}
    assert set(await carried_out(world, await asked(world, first, claimants[first]))) == {first, second}
    for case_id in (first, second):
        assert claimants[case_id] not in await holders(world, case_id)
    assert before - await holders(world, first) <= {claimants[first], "platform"}
    whose = await PostgresErasures(world.database).erased(world.tenant_id, [first, second])
    assert claimants[second] in whose[second]


async def test_while_a_case_of_theirs_is_open_nothing_goes_unless_the_ground_is_named(world: World) -> None:
    closed, open_one = await closed_case(world), await world.case()
    party = await world.claimant(closed)
    erasure_id = await asked(world, closed, party)
    with pytest.raises(CaseOpen):
        await carried_out(world, erasure_id)
    assert party in await holders(world, closed)
    async with world.database.deed(world.tenant_id) as conn:
        assert await PostgresErasures(world.database).drop(conn, world.tenant_id, erasure_id, "per_ola")
    named = await asked(world, closed, party, though_open="unlawful_processing")
    assert set(await carried_out(world, named)) == {closed, open_one}


async def test_it_waits_for_the_second_person_and_is_carried_out_once(world: World) -> None:
    case_id = await closed_case(world)
    kept, erasure_id = PostgresErasures(world.database), await asked(world, case_id, needs_second=True)
    with pytest.raises(NotToBeDone):
        await carried_out(world, erasure_id)
    async with world.database.deed(world.tenant_id) as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            async with conn.transaction():
                await kept.approve(conn, world.tenant_id, erasure_id, "per_ola", "key_2")
        assert await kept.approve(conn, world.tenant_id, erasure_id, "per_lee", "key_2")
    assert await carried_out(world, erasure_id)
    with pytest.raises(NotToBeDone):
        await carried_out(world, erasure_id)
    found = await kept.found(world.tenant_id, erasure_id)
    assert found is not None
    assert (found.state, found.approved_by) == ("done", "per_lee")
    assert [e.id for e in await kept.listed(world.tenant_id, 5)] == [erasure_id]


@pytest.mark.parametrize("order", list(itertools.permutations(("hold", "lift", "erase", "erase_other"))))
async def test_nothing_is_erased_after_a_hold_that_was_not_lifted(world: World, order: tuple[str, ...]) -> None:
    """In every order of placing, lifting and erasing here or for the person on another case."""
    await world.staff()
    case_id, other = await closed_case(world), await closed_case(world)
    mine = {case: await world.claimant(case) for case in (case_id, other)}
    held = False
    for step in order:
        if step in ("hold", "lift"):
            name, more = ("place_hold", {"reason": "litigation"}) if step == "hold" else ("lift_hold", {})
            recorded = await world.record(case_id, a_command(name, "per_ola", reasons="It is so.", **more))
            done = [answer.status for answer in recorded.answers if answer] == ["accepted"]
            held = (step == "hold") if done else held
            continue
        target = case_id if step == "erase" else other
        before = await holders(world, case_id), await holders(world, other)
        try:
            await carried_out(world, await asked(world, target, mine[other] if target == other else None))
        except LegalHold:
            assert held
        if held:
            assert before == (await holders(world, case_id), await holders(world, other))


async def test_what_lies_beside_the_record_goes_with_the_keys(world: World) -> None:
    case_id = await closed_case(world)
    party = await world.claimant(case_id)
    key_of = "(SELECT id FROM keys WHERE tenant = $1 AND case_id = $2 AND holder = $3)"
    draft = f"INSERT INTO outside_drafts (tenant, id, case_id, key_id, sealed) VALUES ($1, 'd', $2, {key_of}, 'x')"
    await sql(world, draft, world.tenant_id, case_id, party)
    await carried_out(world, await asked(world, case_id, party))
    assert await sql(world, "SELECT 1 FROM outside_drafts WHERE tenant = $1", world.tenant_id) == []


def a_mail(email: str = "kim@example.org", number: int = 1) -> dict[str, Any]:
    """What a mail, or a form without an account, says of its sender: an address and nothing else."""
    sender = {"side": "claimant", "ref": email.lower(), "email": email}
    return {"parties": [sender], "matter": None, "source": "email", "external_id": f"<{number}@mail.example.org>"}


async def meant(world: World, erasure_id: str) -> dict[str, str | None]:
    found = await PostgresErasures(world.database).found(world.tenant_id, erasure_id)
    assert found is not None
    return {case.case_id: case.found_by for case in found.cases}


async def test_cases_that_came_by_mail_are_found_by_the_address_and_named(world: World) -> None:
    of_id, by_mail = await closed_case(world), await closed_case(world, **a_mail("Kim@Example.org"))
    others = await closed_case(world, **a_mail("kim2@example.org", 2))
    erasure_id = await asked(world, of_id, await world.claimant(of_id))
    assert await meant(world, erasure_id) == {of_id: "id", by_mail: "address"}
    assert set(await carried_out(world, erasure_id)) == {of_id, by_mail}
    assert await world.claimant(by_mail) not in await holders(world, by_mail)
    assert await world.claimant(others) in await holders(world, others)
    assert await meant(world, erasure_id) == {of_id: None, by_mail: None}
    assert not await sql(world, "SELECT 1 FROM parties WHERE tenant = $1 AND case_id = $2 AND address_digest IS NOT NULL "
                         "AND side = 'claimant'", world.tenant_id, by_mail)  # fmt: skip


async def test_two_users_who_share_an_address_are_two_persons(world: World) -> None:
    mine, theirs = await closed_case(world), await closed_case(world, parties=[
        {"side": "claimant", "ref": "user-2", "email": "kim@example.org"},
        {"side": "respondent", "ref": "program-8"},
    ])  # fmt: skip
    assert await meant(world, await asked(world, mine, await world.claimant(mine))) == {mine: "id"}
    by_mail = await closed_case(world, **a_mail())
    # From the address both are reached: whoever agrees sees it.
    assert await meant(world, await asked(world, by_mail, await world.claimant(by_mail))) == {
        by_mail: "id", mine: "address", theirs: "address",
    }  # fmt: skip
    kept = PostgresErasures(world.database)
    assert set(await kept.cases_of(world.tenant_id, by_mail, await world.claimant(by_mail), by_address=False)) == {by_mail}


async def test_a_hold_covers_what_came_by_mail(world: World) -> None:
    await world.staff()
    of_id, by_mail = await closed_case(world), await closed_case(world, **a_mail())
    await world.record(of_id, a_command("place_hold", "per_ola", reasons="It is so.", reason="litigation"))
    with pytest.raises(LegalHold):
        await carried_out(world, await asked(world, by_mail, None))
    assert await world.claimant(by_mail) in await holders(world, by_mail)


async def test_rows_older_than_the_digest_are_filled_in_from_the_sealed_contact(world: World) -> None:
    of_id, by_mail = await closed_case(world), await closed_case(world, **a_mail())
    async with world.database.deed(world.tenant_id) as conn:
        older = "UPDATE parties SET address_digest = NULL WHERE tenant = $1 AND has_email RETURNING id"
        forgotten = await conn.fetch(older, world.tenant_id)
    addresses = PostgresPartyAddresses(world.database, world.vault)
    assert len(forgotten) == 3
    async with world.database.deed(world.tenant_id) as conn:
        on = await addresses.digest(conn, world.tenant_id, at_once=2)
        assert on is not None
        assert await addresses.digest(conn, world.tenant_id, on, at_once=2) is None
    assert await meant(world, await asked(world, of_id, await world.claimant(of_id))) == {of_id: "id", by_mail: "address"}


async def test_an_address_that_was_mended_finds_what_came_from_it(world: World) -> None:
    of_id, by_mail = await closed_case(world), await closed_case(world, **a_mail("new@example.org"))
    party = await world.claimant(of_id)
    async with world.database.deed(world.tenant_id) as conn:
        await PostgresPartyAddresses(world.database, world.vault).mend(
            conn, world.tenant_id, of_id, party, "new@example.org", by="per_dana", tell_old=False
        )
    assert await meant(world, await asked(world, of_id, party)) == {of_id: "id", by_mail: "address"}


async def mended(world: World, case_id: str, email: str) -> None:
    """Somebody of the team changes where the claimant's letters go."""
    async with world.database.deed(world.tenant_id) as conn:
        await PostgresPartyAddresses(world.database, world.vault).mend(
            conn, world.tenant_id, case_id, await world.claimant(case_id), email, by="per_dana", tell_old=False
        )


async def beside(world: World, erasure_id: str) -> tuple[set[str], set[str]]:
    """The mails that go with it, and what of an address before it does not reach."""
    found = await PostgresErasures(world.database).found(world.tenant_id, erasure_id)
    assert found is not None
    return set(found.mails), set(found.address_before)


async def waits(world: World, sender: str, **more: Any) -> str:
    """A mail that nobody has placed yet; its id."""
    words = MailWords(sender=sender, subject="The bike", text="It never came.")
    mail = Arrived(reason="machine_mail", proof="none", same=f"{sender} {more}", credential="key_1", words=words, **more)
    kept = PostgresUnplaced(world.database, world.vault, MemoryEvidenceStore())
    return (await kept.keep(world.tenant_id, mail, b"It never came."))[0]


async def readable(world: World) -> set[str]:
    """Mails of which something can be read."""
    left = "SELECT id FROM unplaced WHERE tenant = $1 AND wrapped IS NOT NULL"
    return {row["id"] for row in await sql(world, left, world.tenant_id)}


async def test_mail_that_waits_goes_with_whom_it_comes_from_and_is_named_before(world: World) -> None:
    """Nobody has found out yet which case it is about, nor whether it is really them: it is theirs as far as anybody knows."""
    of_id, beside_it = await closed_case(world), await closed_case(world, **a_mail("lee@example.org"))
    theirs = {await waits(world, "kim@example.org"), await waits(world, "kim@example.org", case_id=beside_it, party="pty_x")}
    another = await waits(world, "lee@example.org")
    erasure_id = await asked(world, of_id, await world.claimant(of_id))
    assert await beside(world, erasure_id) == (theirs, set())
    assert await readable(world) == {*theirs, another}
    await carried_out(world, erasure_id)
    assert await readable(world) == {another}
    why = "SELECT DISTINCT state, closed_by, closed_why FROM unplaced WHERE tenant = $1 AND wrapped IS NULL"
    assert [tuple(row) for row in await sql(world, why, world.tenant_id)] == [("dismissed", "system", "erased")]


async def test_mail_after_the_erasure_of_who_is_known_by_an_address_goes_with_another_one(world: World) -> None:
    by_mail = await closed_case(world, **a_mail())
    party = await world.claimant(by_mail)
    await carried_out(world, await asked(world, by_mail, party))
    later = await waits(world, "kim@example.org")
    erasure_id = await asked(world, by_mail, party)
    assert await beside(world, erasure_id) == ({later}, set())
    await carried_out(world, erasure_id)
    assert await readable(world) == set()


async def test_the_erasure_of_a_case_takes_only_the_mail_about_it(world: World) -> None:
    case_id = await closed_case(world)
    about = await waits(world, "kim@work.example", case_id=case_id, party=await world.claimant(case_id))
    other = await waits(world, "kim@example.org")
    erasure_id = await asked(world, case_id)
    assert await beside(world, erasure_id) == ({about}, set())
    await carried_out(world, erasure_id)
    assert await readable(world) == {other}


async def test_mail_about_a_case_under_hold_keeps_its_sender_from_being_erased(world: World) -> None:
    await world.staff()
    case_id, held = await closed_case(world), await closed_case(world, **a_mail("lee@example.org"))
    await waits(world, "kim@example.org", case_id=held)
    await world.record(held, a_command("place_hold", "per_ola", reasons="It is so.", reason="litigation"))
    before = await holders(world, case_id)
    with pytest.raises(LegalHold):
        await carried_out(world, await asked(world, case_id, await world.claimant(case_id)))
    assert await holders(world, case_id) == before


async def test_what_came_from_an_address_before_is_named_and_left_to_whoever_looks(world: World) -> None:
    """It may have been misspelt, and another person's all the time: nobody's words go because of a slip."""
    of_id, before, now = await closed_case(world), await closed_case(world, **a_mail()), await closed_case(world)
    waiting = await waits(world, "kim@example.org")
    for one in (of_id, now):
        await mended(world, one, "kim@new.example")
    from_new = await closed_case(world, **a_mail("kim@new.example", 2))
    erasure_id = await asked(world, of_id, await world.claimant(of_id))
    assert await meant(world, erasure_id) == {of_id: "id", now: "id", from_new: "address"}
    assert await beside(world, erasure_id) == (set(), {before, waiting})
    # The same from the other end: named by the mail, those who had its address before are told.
    from_mail = await asked(world, before, await world.claimant(before))
    assert await beside(world, from_mail) == ({waiting}, {of_id, now})
    await carried_out(world, erasure_id)
    assert await world.claimant(before) in await holders(world, before)
    assert await readable(world) == {waiting}
    assert await beside(world, from_mail) == ({waiting}, set())
    gone = "SELECT count(*) AS known FROM party_address_changes WHERE tenant = $1 AND old_digest IS NOT NULL"
    assert [row["known"] for row in await sql(world, gone, world.tenant_id)] == [0]


async def test_an_address_that_was_changed_and_changed_back_is_no_address_before(world: World) -> None:
    of_id, by_mail = await closed_case(world), await closed_case(world, **a_mail())
    for email in ("kim@new.example", "kim@example.org"):
        await mended(world, of_id, email)
    erasure_id = await asked(world, of_id, await world.claimant(of_id))
    assert await meant(world, erasure_id) == {of_id: "id", by_mail: "address"}
    assert await beside(world, erasure_id) == (set(), set())


async def test_what_the_team_called_a_case_goes_with_it(world: World) -> None:
    await world.staff()
    case_id, beside = await closed_case(world), await closed_case(world)
    tagged = "INSERT INTO case_tags (tenant, tag, case_id, tagged_by) VALUES ($1, 'kim-doe', $2, 'per_ola')"
    named = (
        "INSERT INTO campaigns (tenant, id, name, reason, opened_by) VALUES ($1, 'cmp_1', 'Kim Doe again', 'fraud', 'per_ola')"
    )
    await sql(world, named, world.tenant_id)
    for one in (case_id, beside):
        await sql(world, tagged, world.tenant_id, one)
        await sql(world, "UPDATE cases SET campaign = 'cmp_1' WHERE tenant = $1 AND id = $2", world.tenant_id, one)
    name = "SELECT name, (SELECT count(*) FROM case_tags WHERE tenant = $1) AS tags FROM campaigns WHERE tenant = $1"
    await carried_out(world, await asked(world, case_id, await world.claimant(case_id)))
    assert [tuple(row) for row in await sql(world, name, world.tenant_id)] == [("Kim Doe again", 2)]
    await carried_out(world, await asked(world, case_id))
    assert [tuple(row) for row in await sql(world, name, world.tenant_id)] == [("Kim Doe again", 1)]
    await carried_out(world, await asked(world, beside))
    assert [tuple(row) for row in await sql(world, name, world.tenant_id)] == [("erased", 0)]
