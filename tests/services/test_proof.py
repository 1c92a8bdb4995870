"""A stranger checks one case with Python alone: what they may read, the hashes of what they may not, and the signed head."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit import new_head_key, sign_heads, signer_of
from services.callers import Caller
from services.cases import find
from services.proof import files, packed
from services.timelines import read_whole
from services.verify_proof import flaws
from storage.record.audit import PostgresAudit
from storage.record.heads import Signer
from tests.support.office import Office
from tests.support.worlds import World, a_command

PEM, KEY = new_head_key()


async def proof_of(world: World, tmp_path: Path, hidden: tuple[int, ...] = ()) -> dict[str, Any]:
    case_id = await world.case()
    await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("message", "per_mia", text="Hello."))
    audit = PostgresAudit(world.database, world.vault, public_key=KEY)
    await sign_heads(audit, world.tenant_id, tmp_path / "heads.jsonl", signer_of(PEM), settled=timedelta(0))
    await world.record(case_id, a_command("note", "per_mia", text="After it was signed."))
    chain = await audit.chain(world.tenant_id, case_id)
    facts = [{"seq": seq, "hash": digest, "body": None if seq in hidden else body} for seq, body, digest in chain.facts]
    proof = {"form": 1, "tenant": world.tenant_id, "case_id": case_id, "public_key": chain.public_key, "begins": chain.begins}
    head, key = chain.signed()
    assert key == KEY
    return {**proof, "facts": facts, "head": asdict(head) if head is not None else None}


def checked(folder: Path, proof: dict[str, Any], *key: str) -> subprocess.CompletedProcess[str]:
    for name, text in files(proof).items():
        (folder / name).write_text(text)
    script = [sys.executable, "-I", "verify_proof.py", "proof.json", *key]
    return subprocess.run(script, cwd=folder, capture_output=True, text=True, check=False, env={})


@pytest.mark.postgres
class TestProof:
    async def test_bare_python_verifies_it(self, world: World, tmp_path: Path) -> None:
        proof = await proof_of(world, tmp_path, hidden=(1, 3))
        done = checked(tmp_path, proof, KEY)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Whole up to fact 4: nothing was changed" in done.stdout
        assert packed(proof)[:2] == b"PK"

    async def test_another_key_did_not_sign_it(self, world: World, tmp_path: Path) -> None:
        done = checked(tmp_path, await proof_of(world, tmp_path), new_head_key()[1])
        assert done.returncode == 1
        assert "was not signed with this key" in done.stdout

    @pytest.mark.parametrize(
        "change",
        [
            lambda proof: proof["facts"][1]["body"]["actor"].update(id="per_max"),
            lambda proof: proof["facts"].pop(1),
            lambda proof: proof["facts"].__setitem__(1, {**proof["facts"][1], "hash": "0" * 64}),
            lambda proof: proof.update(case_id="case_another"),
            lambda proof: proof["head"].update(seq=1),
            lambda proof: proof["head"].update(signed_at="2020-01-01T00:00:00+00:00"),
            lambda proof: proof.update(head=None),
        ],
    )
    async def test_whatever_is_changed_shows(
        self, world: World, tmp_path: Path, change: Callable[[dict[str, Any]], object]
    ) -> None:
        proof = json.loads(json.dumps(await proof_of(world, tmp_path)))
        assert flaws(proof, KEY) == []
        change(proof)
        assert flaws(proof, KEY)


OF_THE_TEAM = frozenset({"conflicts", "terms", "routing", "ref_digest", "synthetic", "relies_on", "manager", "team", "source"})
"""What no fact that is open to a party says, however deep."""
WITNESS = {"side": "claimant", "role": "witness", "ref": "user-3", "name": "Wim Day", "email": "wim@example.org"}
KIM = {"side": "claimant", "ref": "user-1", "name": "Kim Doe", "email": "kim@example.org"}
OTHER = {"side": "respondent", "ref": "programme-9", "name": "Nimbus", "email": "security@nimbus.example"}


async def closed(office: Office, **changes: Any) -> dict[str, Any]:
    """A case in which both sides and the team spoke, and which its claimant took back."""
    desk, ada = office.desk(), office.desk("ada")
    case = await desk.in_review(**changes)
    path = f"/v1/cases/{case['id']}"
    said = [
        await ada.post(f"{path}/take"),
        await ada.post(f"{path}/notes", {"text": "Looks like a duplicate."}),
        await ada.post(f"{path}/messages", {"text": "Is it all?", "to": "claimant"}),
        await desk.post(f"{path}/messages", {"text": "It is.", "to": "desk"}, headers=acting(case, "claimant")),
        await desk.post(f"{path}/messages", {"text": "It was known.", "to": "all"}, headers=acting(case, "respondent")),
        await desk.post(f"{path}/withdrawals", {}, headers=acting(case, "claimant")),
    ]
    assert [answer.status_code for answer in said] == [200] * len(said), [answer.text for answer in said]
    found: dict[str, Any] = (await office.desk("dana").get(path)).json()
    assert found["status"] == "closed"
    return found


def acting(case: dict[str, Any], side: str, role: str = "principal") -> dict[str, str]:
    return {"Ombud-Act-As": next(one["id"] for one in case["parties"] if (one["side"], one["role"]) == (side, role))}


async def read(
    office: Office, case: dict[str, Any], key: str, headers: dict[str, str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The proof and the timeline as somebody reads them."""
    desk, path = office.desk(key), f"/v1/cases/{case['id']}"
    proof = await desk.get(f"{path}/proof", headers=headers)
    line = await desk.get(f"{path}/timeline", headers=headers, params={"limit": 100})
    assert (proof.status_code, line.status_code) == (200, 200), proof.text
    return proof.json(), line.json()["data"]


def names_in(said: Any) -> frozenset[str]:
    """The names of all fields that say something, however deep."""
    if isinstance(said, list):
        return frozenset[str]().union(*map(names_in, said))
    if not isinstance(said, dict):
        return frozenset()
    return frozenset[str]().union(*(names_in(value) | {name} for name, value in said.items() if value not in (None, [], {})))


@pytest.mark.postgres
class TestWhoReadsWhat:
    @pytest.mark.parametrize(
        ("side", "parties", "kinds"),
        [
            (("claimant", "principal"), [KIM, OTHER], {"case_withdrawn"}),
            (("respondent", "principal"), [KIM, OTHER], set[str]()),
            (("claimant", "witness"), [KIM, OTHER, WITNESS], set[str]()),
        ],
        ids=["claimant", "respondent", "witness"],
    )
    async def test_to_a_party_their_own_deeds_are_open_and_nothing_that_their_timeline_does_not_tell(
        self, office: Office, side: tuple[str, str], parties: list[dict[str, Any]], kinds: set[str]
    ) -> None:
        case = await closed(office, parties=parties)
        headers = acting(case, *side)
        proof, line = await read(office, case, "platform", headers)
        bodies = [fact["body"] for fact in proof["facts"] if fact["body"] is not None]
        told = {(entry["type"], entry.get("command_id")): entry for entry in line}
        # What the others say goes with deadlines, which are the team's: their hashes stand there.
        assert {body["fact"]["type"] for body in bodies} & {"message_sent", "case_withdrawn"} == kinds
        for body in bodies:
            entry = told[body["fact"]["type"], body["command_id"]]
            assert entry["actor"]["id"] == body["actor"]["id"] == headers["Ombud-Act-As"]
            assert names_in(body["fact"]) - {"type"} <= names_in(entry["data"]) | {"content_id", "digest"}
            assert not names_in(body) & OF_THE_TEAM
        assert flaws(proof, proof["public_key"]) == ["there is no signed head"] or proof["head"] is None

    async def test_whom_nobody_called_a_child_before_others_is_called_none_here(self, office: Office) -> None:
        case = await office.desk().in_review(parties=[KIM | {"minor": True}, OTHER])
        facts = await office.views.timeline(office.tenant_id, case["id"], 0, 500)
        for side in ("claimant", "respondent"):
            who = acting(case, side)["Ombud-Act-As"]
            caller = Caller(office.tenant_id, "key_x", frozenset({"cases:read", "act_as:parties"}), "platform_key", act_as=who)
            whole = await read_whole(office.parts(), caller, await find(office.parts(), caller, case["id"]), facts)
            assert not [fact for fact in facts if fact.seq in whole and "minor" in names_in(fact.model_dump(mode="json"))], side

    async def test_outside_the_team_there_is_none_while_the_case_is_open(self, office: Office) -> None:
        case = await office.desk().in_review()
        for headers in ({}, acting(case, "claimant"), acting(case, "respondent")):
            refused = await office.desk().get(f"/v1/cases/{case['id']}/proof", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (409, "proof_not_yet")
        assert (await office.desk("dana").get(f"/v1/cases/{case['id']}/proof")).status_code == 200

    async def test_what_came_after_the_last_thing_they_know_of_is_not_counted_to_them(
        self, office: Office, tmp_path: Path
    ) -> None:
        """A legal hold on a closed case is nobody's to be told: its fact stands in the proof of the team alone."""
        case, audit = await closed(office), office.parts().audit
        signer, heads = Signer.of(office.vault), tmp_path / "heads.jsonl"
        headers = acting(case, "claimant")

        async def signed() -> None:
            told = await sign_heads(audit, office.tenant_id, heads, signer, settled=timedelta(0))
            assert told["problems"] == []

        async def read_by_all() -> tuple[Any, Any, int]:
            theirs, platforms, teams = [
                (await office.desk(who).get(f"/v1/cases/{case['id']}/proof", headers=more)).json()
                for who, more in (("platform", headers), ("platform", {}), ("dana", {}))
            ]
            assert flaws(theirs, theirs["public_key"]) == flaws(platforms, platforms["public_key"]) == []
            return theirs, platforms, len(teams["facts"])

        await signed()
        theirs, platforms, before = await read_by_all()
        held = {"reason": "litigation", "reasons": "We are sued."}
        await office.desk("dana").command(case["id"], "place_hold", "per_dana", **held)
        assert await read_by_all() == (theirs, platforms, before + 1)
        await signed()
        assert await read_by_all() == (theirs, platforms, before + 1)

    async def test_by_which_credential_it_came_is_open_to_leads_and_ops_alone(self, office: Office) -> None:
        case = await closed(office)
        (ops, line), (mediator, _) = [await read(office, case, who, {}) for who in ("dana", "ada")]
        assert [fact["seq"] for fact in ops["facts"] if fact["body"]] == [entry["n"] for entry in line]
        assert all(fact["body"]["credential"] is None for fact in mediator["facts"] if fact["body"])

    async def test_whoever_decides_a_gold_case_does_not_learn_that_it_is_one(self, office: Office) -> None:
        case = await closed(office)
        rows = await office.views.timeline(office.tenant_id, case["id"], 0, 500)
        gold = rows[0].model_copy(update={"credential": None, "fact": rows[0].fact.model_copy(update={"synthetic": True})})
        plain = rows[0].model_copy(update={"credential": None})
        for who, synthetic, is_open in (("ada", gold, False), ("ada", plain, False), ("dana", gold, True)):
            caller = Caller(office.tenant_id, "key_x", frozenset({"cases:read"}), "person_key", f"per_{who}")
            seen = await find(office.parts(), caller, case["id"])
            assert bool(await read_whole(office.parts(), caller, seen, [synthetic])) is is_open, who
