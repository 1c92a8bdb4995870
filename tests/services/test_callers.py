"""The one place that answers whether a caller may: as whom they read, for whom they speak, what they send to many cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from domain.base import Side
from domain.model.facts import SYSTEM, Actor
from domain.rules.lifecycle import Who
from services.callers import LEADERS, TEAM, Caller, only, overseer, reader, sender, viewer
from services.errors import Refused
from services.parts import Parts
from storage.tenants import KeyHolder

CASE = "case_01990000-0000-7000-8000-00000000c0de"
PEOPLE = {"per_ada": "mediator", "per_cleo": "lead", "per_dana": "ops"}


class Views:
    """Knows three people everywhere, and one party in its own case."""

    async def actor(self, tenant_id: str, case_id: str, actor_id: str) -> Actor | None:
        if actor_id in PEOPLE:
            return Actor.model_validate({"id": actor_id, "role": PEOPLE[actor_id]})
        if (case_id, actor_id) == (CASE, "pty_kim"):
            return Actor(id="pty_kim", role="claimant", side=Side.CLAIMANT)
        return None


PARTS = cast("Parts", SimpleNamespace(views=Views()))


def platform(*scopes: str) -> Caller:
    """A platform's key, with every scope unless some are named."""
    return Caller.holding(KeyHolder(tenant_id="acme", key_id="key_1", name="shop", scopes=scopes or ("*",)))


def person(person_id: str) -> Caller:
    """Somebody's own key."""
    holder = KeyHolder(tenant_id="acme", key_id="key_2", name="own", scopes=("*",), person_id=person_id)
    return Caller.holding(holder)


def operator(speaker: str) -> Caller:
    """Whoever holds the database's password, at the command line."""
    return Caller.holding(KeyHolder(tenant_id="acme", key_id="operator", name="", scopes=(), person_id=speaker, operator=True))


class TestNeed:
    def test_a_scope_or_all_of_them(self) -> None:
        platform("cases:read").need("cases:read")
        platform("*").need("cases:read")

    def test_any_other_is_refused_by_its_name(self) -> None:
        with pytest.raises(Refused) as caught:
            platform("cases:read").need("cases:write")
        assert (caught.value.code, caught.value.fields) == ("scope_missing", {"scope": "cases:write"})


class TestActingAs:
    def test_a_platform_acts_as_a_party(self) -> None:
        caller = platform("act_as").acting_as("pty_kim")
        assert (caller.viewer_id, caller.party, caller.holder) == ("pty_kim", "pty_kim", "key_1")

    @pytest.mark.parametrize(
        ("caller", "name", "code"),
        [
            (person("per_ada"), "pty_kim", "act_as_forbidden"),
            (platform(), "per_ada", "act_as_forbidden"),
            (platform(), "pty_", "act_as_forbidden"),
            (platform("cases:read"), "pty_kim", "scope_missing"),
        ],
    )
    def test_nobody_else_does(self, caller: Caller, name: str, code: str) -> None:
        with pytest.raises(Refused) as caught:
            caller.acting_as(name)
        assert caught.value.code == code


class TestSpeaker:
    @pytest.mark.parametrize(
        ("caller", "by", "speaker"),
        [
            (person("per_ada"), None, "per_ada"),
            (person("per_ada"), "per_ada", "per_ada"),
            (platform(), None, "key_1"),
            (platform(), "pty_kim", "pty_kim"),
            (platform("cases:write", "act_as:staff"), "per_ada", "per_ada"),
            (platform().acting_as("pty_kim"), None, "pty_kim"),
            (platform().acting_as("pty_kim"), "pty_kim", "pty_kim"),
            (operator("system"), "per_ada", "per_ada"),
            (operator("per_ada"), None, "per_ada"),
        ],
    )
    def test_who_speaks(self, caller: Caller, by: str | None, speaker: str) -> None:
        assert caller.speaker(by, "assign") == speaker

    @pytest.mark.parametrize(
        ("caller", "by", "code"),
        [
            (person("per_ada"), "per_ben", "by_forbidden"),
            (person("per_ada"), "pty_kim", "by_forbidden"),
            (platform(), "key_other", "by_forbidden"),
            (platform().acting_as("pty_kim"), "pty_lee", "by_forbidden"),
            (platform("cases:write"), "pty_kim", "scope_missing"),
            # The first releases' "everything" has never been asked whether it may speak for people of the team.
            (platform("*"), "per_ada", "scope_missing"),
            (platform("act_as"), "per_ada", "scope_missing"),
        ],
    )
    def test_nobody_speaks_for_somebody_else(self, caller: Caller, by: str, code: str) -> None:
        with pytest.raises(Refused) as caught:
            caller.speaker(by, "assign")
        assert caught.value.code == code


class TestViewer:
    async def test_as_whom_the_rules_see_them(self) -> None:
        assert await viewer(PARTS, person("system"), CASE) == SYSTEM
        assert (await viewer(PARTS, platform(), CASE)).role == "platform"
        assert (await viewer(PARTS, person("per_ada"), CASE)).role == "mediator"
        assert (await viewer(PARTS, platform().acting_as("pty_kim"), CASE)).side is Side.CLAIMANT

    @pytest.mark.parametrize("caller", [platform().acting_as("pty_lee"), person("per_nobody")])
    async def test_a_stranger_is_told_that_there_is_nothing(self, caller: Caller) -> None:
        with pytest.raises(Refused) as caught:
            await viewer(PARTS, caller, CASE)
        assert caught.value.code == "not_found"

    async def test_a_party_lists_cases_before_anybody_knows_in_which_it_is_one(self) -> None:
        assert (await reader(PARTS, platform().acting_as("pty_lee"))).id == "pty_lee"

    async def test_nobody_of_the_team_lists_nothing(self) -> None:
        with pytest.raises(Refused) as caught:
            await reader(PARTS, person("per_nobody"))
        assert caught.value.code == "actor_unknown"


class TestManyCases:
    @pytest.mark.parametrize("who", ["per_cleo", "per_dana"])
    async def test_who_may_send(self, who: str) -> None:
        assert await sender(PARTS, person(who), None, "pause", (Who.LEAD, Who.OPS)) == who
        mover = platform("cases:write", "act_as:staff")
        assert await sender(PARTS, mover, who, "pause", (Who.LEAD, Who.OPS)) == who

    @pytest.mark.parametrize(
        ("caller", "by", "code"),
        [
            (person("per_ada"), None, "not_allowed"),
            (platform(), None, "not_allowed"),
            (platform().acting_as("pty_kim"), None, "not_allowed"),
            (platform("cases:write", "act_as:staff"), "per_nobody", "actor_unknown"),
            (person("per_ada"), "per_cleo", "by_forbidden"),
        ],
    )
    async def test_nobody_else(self, caller: Caller, by: str | None, code: str) -> None:
        with pytest.raises(Refused) as caught:
            await sender(PARTS, caller, by, "pause", (Who.LEAD, Who.OPS))
        assert caught.value.code == code

    async def test_whoever_may_send_for_the_team_may_read_what_became_of_it(self) -> None:
        await overseer(PARTS, platform("act_as:staff"), "Not yours.")
        await overseer(PARTS, person("per_cleo"), "Not yours.")
        for caller, code in ((platform("cases:read"), "scope_missing"), (person("per_ada"), "not_allowed")):
            with pytest.raises(Refused) as caught:
                await overseer(PARTS, caller, "Not yours.")
            assert caught.value.code == code

    @pytest.mark.parametrize(
        ("caller", "roles"), [(person("per_ada"), LEADERS), (platform(), TEAM), (platform().acting_as("pty_kim"), TEAM)]
    )
    async def test_what_is_for_some_roles_is_refused_in_the_words_given(self, caller: Caller, roles: frozenset[str]) -> None:
        await only(PARTS, person("per_dana"), roles, "Not yours.")
        with pytest.raises(Refused) as caught:
            await only(PARTS, caller, roles, "Not yours.")
        assert (caught.value.code, caught.value.detail) == ("not_allowed", "Not yours.")
