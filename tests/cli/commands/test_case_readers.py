"""``ombud case access`` and ``ombud case readers`` on a real database."""

from __future__ import annotations

import pytest

from storage.tenants import Person
from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_access_is_taken_with_a_reason_and_who_read_is_listed(shell: Shell, office: Office) -> None:
    otto = Person(id="per_otto", name="Otto", roles=("mediator",), queues=("fraud",), vendor="helpers")
    await office.tenants.put_person(office.tenant_id, otto)
    case, tenant = (await office.desk().in_review())["id"], ("-t", office.tenant_id)
    refused = await shell.type("case", "show", case, "--as", "per_otto", *tenant)
    assert (refused.exit_code != 0, "[access_needed]" in refused.stderr) == (True, True), refused.output
    taken = await shell.type("case", "access", case, "--reason", "Their site is \x1b[2Jclosed.", "--as", "per_otto", *tenant)
    assert (taken.exit_code, taken.stdout.startswith("acc_")) == (0, True), taken.output
    assert (await shell.type("case", "show", case, "--as", "per_otto", *tenant)).exit_code == 0
    listed = await shell.type("case", "readers", case, "--as", "per_dana", *tenant)
    assert listed.exit_code == 0, listed.output
    assert "per_otto" in listed.stdout
    assert "break_glass" in listed.stdout
    assert "\x1b" not in listed.stdout
    read = (await shell.json("case", "readers", case, *tenant))["data"]
    # The platform, which opened it, was told its own references.
    assert {one["credential"] for one in read if one["what"] != "references"} == {"operator"}
    ada = await shell.type("case", "readers", case, "--as", "per_ada", *tenant)
    assert "[not_allowed]" in ada.stderr
