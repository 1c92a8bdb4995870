"""``ombud case list`` and its siblings find a case by what the platform knows of it; ``case proof`` proves one to a stranger."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_a_case_is_found_and_shown_by_what_the_platform_knows_of_it(shell: Shell, office: Office) -> None:
    desk = office.desk()
    case = await desk.opened(external_id="R-1", matter="booking-9", category="scope", metadata={"order": "A-1 [x]"})
    await desk.opened()
    whose = ("-t", office.tenant_id)
    for words in (
        ("--external-id", "R-1"),
        ("--matter", "BOOKING-9"),
        ("--category", "scope"),
        ("--external-id", "R-1", "--party-ref", "user-1", "--source", "api", "--priority", case.get("priority", "normal")),
        ("--external-id", "R-1", "--opened", "2020-01-01T00:00Z..", "--updated", "..2099-01-01T00:00Z"),
    ):
        listed = await shell.json("case", "list", *words, *whose)
        assert [one["id"] for one in listed["data"]] == [case["id"]], words
    shown = (await shell.type("case", "show", case["id"], *whose)).stdout
    assert all(word in shown for word in ("R-1", "booking-9", "metadata order", "A-1 [x]", "user-1", "kim@example.org"))


async def test_the_operator_notes_for_the_platform(shell: Shell, office: Office) -> None:
    case, whose = await office.desk().opened(metadata={"order": "A-1"}), ("-t", office.tenant_id)
    noted = await shell.json("case", "metadata", case["id"], "--set", "ticket=ZD=1", "--remove", "order", *whose)
    assert noted["metadata"] == {"ticket": "ZD=1"}
    assert (await shell.type("case", "metadata", case["id"], "--set", "ticket", *whose)).exit_code == 64


async def test_a_range_without_dots_is_no_range(shell: Shell, office: Office) -> None:
    refused = await shell.type("case", "list", "--opened", "2026-01-01", "-t", office.tenant_id)
    assert (refused.exit_code, refused.stdout) == (64, "")
    assert "--opened" in refused.stderr


class TestProof:
    async def test_a_folder_is_written_that_a_stranger_checks_with_python_alone(
        self, shell: Shell, office: Office, tmp_path: Path
    ) -> None:
        case, tenant = (await office.desk().in_review())["id"], ("-t", office.tenant_id)
        made = await shell.type("audit", "make-key", str(tmp_path / "heads.key"))
        public = {"OMBUD_HEADS_PUBLIC_KEY": made.stdout.strip()}
        heads, key = str(tmp_path / "heads.jsonl"), str(tmp_path / "heads.key")
        signed = await shell.type("audit", "sign-heads", heads, "--key", key, *tenant, **public)
        assert signed.exit_code == 0, signed.output
        into = tmp_path / "proof"
        told = await shell.json("case", "proof", case, "--folder", str(into), *tenant, **public)
        assert (told["folder"], told["signed"]) == (str(into), True)
        proof = json.loads((into / "proof.json").read_text())
        assert len(proof["facts"]) == told["facts"] > 1
        assert "python3 -I verify_proof.py" in (into / "README.txt").read_text()
        script = [sys.executable, "-I", "verify_proof.py", "proof.json", made.stdout.strip()]
        done = await asyncio.to_thread(subprocess.run, script, cwd=into, capture_output=True, text=True, check=False, env={})
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        proof["facts"][0]["hash"] = "0" * 64
        (into / "proof.json").write_text(json.dumps(proof))
        forged = await asyncio.to_thread(subprocess.run, script, cwd=into, capture_output=True, text=True, check=False, env={})
        assert forged.returncode == 1, forged.stdout

    async def test_of_a_case_that_nobody_has_there_is_no_folder(self, shell: Shell, office: Office, tmp_path: Path) -> None:
        gone = await shell.type("case", "proof", "case_00000000-0000", "--folder", str(tmp_path / "none"), "-t", office.tenant_id)
        assert gone.exit_code == 66
        assert not (tmp_path / "none").exists()
