"""``ombud master-key`` on a real database: it says what is still needed, by words and by its exit code."""

from __future__ import annotations

import base64

import pytest

from tests.support.database import Server
from tests.support.office import Office
from tests.support.owners import owner_of
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

LATER = base64.b64encode(bytes(range(9, 41))).decode()


async def test_a_key_is_made_known_and_used_and_the_earlier_one_is_not_needed(shell: Shell, office: Office) -> None:
    await office.desk().opened()
    before = await shell.json("master-key", "status")
    assert (before["under_others"], before["known"], before["digest_key_given"]) == ({}, [], False)
    root = (await shell.type("master-key", "digest-key")).stdout.strip()
    made = (await shell.type("master-key", "new")).stdout.strip()
    assert len(base64.b64decode(made)) == 32
    earlier = base64.b64encode(bytes(range(32))).decode()
    keys = {"OMBUD_MASTER_KEY": LATER, "OMBUD_MASTER_KEYS_EARLIER": earlier}
    looked = await shell.type("master-key", "status", **keys)
    assert (looked.exit_code, "Earlier keys are needed" in looked.stdout) == (1, True), looked.output
    lost = await shell.type("case", "list", "-t", office.tenant_id, OMBUD_MASTER_KEY=LATER, OMBUD_DIGEST_KEY=root)
    assert (lost.exit_code, "[master_key_lost]" in lost.stderr) == (69, True), lost.output
    undone = await shell.type("master-key", "rotate", **keys)
    assert undone.exit_code == 1
    assert "set OMBUD_DIGEST_KEY" in undone.stdout, "while digests follow from the earlier key, it is needed"
    keys["OMBUD_DIGEST_KEY"] = root
    done = await shell.type("master-key", "rotate", **keys)
    assert (done.exit_code, "not needed any more" in done.stdout) == (0, True), done.output
    found = await shell.json("case", "list", "-t", office.tenant_id, OMBUD_MASTER_KEY=LATER, OMBUD_DIGEST_KEY=root)
    assert len(found["data"]) == 1
    other = await shell.type("case", "list", "-t", office.tenant_id, OMBUD_MASTER_KEY=LATER)
    assert (other.exit_code, "[digest_key_differs]" in other.stderr) == (69, True), other.output


async def test_what_does_not_open_is_named_and_has_an_exit_code_of_its_own(shell: Shell, office: Office, server: Server) -> None:
    case = await office.desk().opened()
    async with owner_of(server, office.tenant_id) as owner:
        row = await owner.fetchrow(
            "UPDATE keys SET wrapped = wrapped || 'x' WHERE case_id = $1 AND id = (SELECT min(id) FROM keys WHERE case_id = $1) "
            "RETURNING id, holder", case["id"]
        )  # fmt: skip
    assert row is not None
    root = (await shell.type("master-key", "digest-key")).stdout.strip()
    earlier = base64.b64encode(bytes(range(32))).decode()
    keys = {"OMBUD_MASTER_KEY": LATER, "OMBUD_MASTER_KEYS_EARLIER": earlier, "OMBUD_DIGEST_KEY": root}
    done = await shell.type("master-key", "rotate", **keys)
    assert done.exit_code == 4, done.output
    assert f"Does not open: keys {row['id']} of tenant {office.tenant_id} ({row['holder']} of {case['id']})" in done.stderr
    assert "1 do not open by any key known here" in done.stdout


async def test_a_key_that_cannot_be_had_is_said_in_our_words(shell: Shell, office: Office) -> None:
    done = await shell.type("master-key", "status", OMBUD_MASTER_KEY="file:/nowhere")
    assert (done.exit_code, "[master_key_unusable]" in done.stderr) == (69, True), done.output
