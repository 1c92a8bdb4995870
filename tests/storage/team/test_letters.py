"""Letters about no case: to whom, sent once, and nothing of a code left behind."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from activities.ports.errors import Never
from activities.ports.notices import TeamLetter
from storage.team.letters import PostgresTeamLetters
from tests.support.worlds import World, sql
from workers.team_post import TeamPost

pytestmark = pytest.mark.postgres


class Mail:
    """Takes letters of one tenant, unless it is told to fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.letters = failure, list[TeamLetter]()

    async def send_to_team(self, letter: TeamLetter) -> str:
        if self.failure is not None:
            raise self.failure
        self.letters.append(letter)
        return letter.id


@pytest.fixture
async def letters(world: World) -> PostgresTeamLetters:
    """The letters of a tenant with three of ops, one of whom has no address."""
    await world.staff()
    async with world.database.deed(world.tenant_id) as conn:
        await conn.execute("UPDATE people SET email = id || '@team.example', roles = '{ops}' WHERE id IN ('per_ola', 'per_lee')")
        await conn.execute("UPDATE people SET email = NULL, roles = '{ops}' WHERE id = 'per_max'")
    return PostgresTeamLetters(world.database, world.vault)


async def told(world: World, letters: PostgresTeamLetters, **more: Any) -> None:
    async with world.database.deed(world.tenant_id) as conn:
        await letters.tell(conn, world.tenant_id, "login_code_made", "per_mia", "per_ola", **more)


async def test_the_person_and_the_others_of_ops_each_once_and_the_code_to_the_person_alone(
    world: World, letters: PostgresTeamLetters
) -> None:
    await told(world, letters, code="omb_secret")
    (kept,) = await sql(world, "SELECT sealed FROM team_letters WHERE sealed IS NOT NULL")
    assert b"omb_secret" not in kept["sealed"]
    mail = Mail()
    post = TeamPost(letters, mail)
    assert [await post.round(), await post.round()] == [2, 0]
    sent = {letter.recipient: letter for letter in mail.letters}
    assert {who: letter.code for who, letter in sent.items()} == {"per_mia": "omb_secret", "per_lee": None}
    assert (sent["per_mia"].address, sent["per_mia"].person_name, sent["per_mia"].by_name) == ("mia@team.example", "Mia", "Ola")
    rows = await sql(world, "SELECT state, address, sealed FROM team_letters")
    assert {tuple(row) for row in rows} == {("sent", None, None)}


async def test_it_goes_where_the_person_was_reached_when_it_was_written(world: World, letters: PostgresTeamLetters) -> None:
    await told(world, letters, earlier_address="before@team.example")
    async with world.database.deed(world.tenant_id) as conn:
        await conn.execute("UPDATE people SET email = 'stolen@x.example'")
    mail = Mail()
    await TeamPost(letters, mail).round()
    assert {letter.recipient: letter.address for letter in mail.letters} == {
        "per_mia": "before@team.example", "per_lee": "per_lee@team.example",
    }  # fmt: skip


async def test_an_outage_is_tried_again_and_what_never_goes_through_is_not(world: World, letters: PostgresTeamLetters) -> None:
    await told(world, letters, code="omb_secret")
    await TeamPost(letters, Mail(OSError("away"))).round()
    rows = await sql(world, "SELECT state, last_error, next_try_at > clock_timestamp() AS later FROM team_letters")
    assert {tuple(row) for row in rows} == {("pending", "OSError", True)}
    async with world.database.tenant(world.tenant_id) as conn:
        await conn.execute("UPDATE team_letters SET next_try_at = clock_timestamp()")
    await TeamPost(letters, Mail(Never("address_refused"))).round()
    rows = await sql(world, "SELECT state, last_error, address, sealed FROM team_letters")
    assert {tuple(row) for row in rows} == {("failed", "address_refused", None, None)}


async def test_what_is_out_is_never_sent_again(world: World, letters: PostgresTeamLetters) -> None:
    await told(world, letters)
    await TeamPost(letters, Mail()).round()
    async with world.database.tenant(world.tenant_id) as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("UPDATE team_letters SET state = 'pending'")
