"""``ombud order`` on a real database: noted, looked at, answered, told, erased."""

from __future__ import annotations

import pytest

from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


async def test_an_order_from_its_receipt_to_its_erasing(shell: Shell, office: Office) -> None:
    tenant = ("-t", office.tenant_id)
    assert "Nothing is to be done about any order." in (await shell.type("order", "list", *tenant)).output
    made = await shell.json(
        "order", "add", "9", "--country", "DE", "--language", "de", "--authority", "Amtsgericht Hamburg",
        "--reference", "12 Gs 3/26", "--where", "https://example.com/1", "--keeper", "per_cleo", *tenant,
    )  # fmt: skip
    order = made["id"]
    changed = await shell.type("order", "change", order, "--scope", "Germany", "--keeper", "none", *tenant)
    assert "missing: legal_basis (9(2)(a)(i))" in changed.stdout, changed.output
    assert "scope" not in changed.stdout
    listed = await shell.type("order", "list", *tenant, COLUMNS="250")
    assert ("Amtsgericht Hamburg" in listed.stdout, "give_effect_or_say_why_not" in listed.stdout) == (True, True)
    early = await shell.type("order", "told", order, "authority", *tenant)
    assert "[parameter_invalid]" in early.stderr, early.output
    given = ("order", "answer", order, "given", "--answer", "Not shown there.")
    assert "although: The order does not say legal_basis" in (await shell.type(*given, *tenant)).stderr
    answered = await shell.type(*given, "--although", "danger", *tenant)
    assert "late  to do: tell_authority, tell_person" in answered.stdout, answered.output
    shown = await shell.type("order", "show", order, *tenant)
    assert ("--- letter: person ---" in shown.stdout, "Not shown there." in shown.stdout) == (True, True)
    await shell.type("order", "told", order, "authority", *tenant)
    done = await shell.type("order", "told", order, "person", "--unreachable", *tenant)
    assert "done" in done.stdout, done.output
    erased = await shell.json("order", "erase", order, *tenant)
    assert erased["words"] is None
    assert "(erased)" in (await shell.type("order", "list", "--all", *tenant, COLUMNS="250")).stdout


async def test_a_tenant_says_within_how_many_hours(shell: Shell, office: Office) -> None:
    assert (await shell.json("tenant", "set", office.tenant_id, "--orders-within", "6"))["orders_within"] == 6
    assert (await shell.json("tenant", "set", office.tenant_id, "--orders-within", "0"))["orders_within"] is None
