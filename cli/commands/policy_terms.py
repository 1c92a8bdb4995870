"""``ombud policy explain`` and ``diff``: why a case stands under its terms, and what changed between two packs."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.packs import pack_of
from cli.kit.show import say, show


def explain(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Why these terms bind a case: the pack and its version, the rows that matched, the targets in force, and what was changed
    later and by whom.
    """
    from cli.kit.client import run
    from cli.kit.target import Target
    from runtime.settings import Settings
    from services.packs import same_file

    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/terms"), Target(tenant, speaker))
    file = same_file(found["opened_under"], Settings().policies_dir)
    same = [f"The file it came from is still the same: {file}"] if file is not None else []
    show({**found, "file": str(file) if file else None}, json, lambda terms: "\n".join([*terms["words"], *same]))


def exceptions(
    month: Annotated[str | None, typer.Option(help="A calendar month (2026-11); left out: this one.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind alone.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for other programs on stdout.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Where cases departed from their packs in a month: what was asked, granted and refused. For leads and ops."""
    from cli.kit.client import run
    from cli.kit.send import given_only
    from cli.kit.target import Target
    from cli.tables.policy import exception_csv, exception_table

    params = given_only({"month": month, "kind": kind})
    found = run(lambda desk: desk.ask("GET", "/v1/exceptions", params=params), Target(tenant, speaker))
    if as_csv and not json:
        say(exception_csv(found))
        return
    nothing = f"No exception was asked for in {found['month']}."
    show(found, json, lambda listed: exception_table(listed) if listed["data"] else None, nothing=nothing)


def diff(
    old: Annotated[str, typer.Argument(help="A kind, a pack file, or the first characters of a kept version.")],
    new: Annotated[str, typer.Argument(help="What it is compared with: the same.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two packs: whose rights, limits and letters in words, then every field that is another to a case.

    Exit code 0 also when they differ; no difference says so.
    """
    from cli.tables.policy import differences
    from services.packs import changes, meaning_for_people

    before, after = pack_of(old), pack_of(new)
    found = {
        "effects": [effect.model_dump() for effect in meaning_for_people(before, after)],
        "differences": [difference.model_dump() for difference in changes(before, after)],
    }
    none = "No difference: both packs mean the same."
    show(found, as_json, lambda told: differences(told) if told["differences"] else none)
