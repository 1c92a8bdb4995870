"""A stranger checks one case with Python alone: what they may read, the hashes of what they may not, and the signed head."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit import new_head_key, sign_heads, signer_of
from services.proof import files, packed
from services.verify_proof import flaws
from storage.record.audit import PostgresAudit
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
    return {**proof, "facts": facts, "head": chain.head}


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
