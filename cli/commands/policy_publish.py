"""``ombud policy publish``, ``approve`` and ``list``: a pack becomes a tenant's own, by two persons."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson, Tenant
from cli.kit.show import note, show

By = Annotated[str, typer.Option("--as", help="Who does it: per_….")]


def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A pack as YAML.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why, for whoever approves it and for those who ask later.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Propose it though there are warnings.")] = False,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Propose a pack for this tenant's new reports. Another person approves it; until then nothing changes.

    It is linted first: errors refuse it, and so do warnings without --anyway (exit code 65).
    """
    from cli.kit.record import with_publications
    from cli.tables.policy import finding_line
    from runtime.settings import Settings
    from services import publications

    draft = guarded(lambda: publications.draft(file, Settings().policies_dir))
    for finding in draft.findings:
        note(finding_line({"file": file, **finding.model_dump()}))
    pack = guarded(lambda: draft.pack(anyway=anyway))

    made = guarded(
        lambda: asyncio.run(
            with_publications(
                lambda kept, caller: publications.propose(kept, caller, draft.text, pack, reason=reason), tenant, by
            )
        )
    )
    approving = f"Another person approves it: ombud policy approve {made['id']}"
    show(made, json, lambda proposal: f"proposed: {proposal['kind']} {proposal['version'][:12]}. {approving}")


def approve(
    named: Annotated[str, typer.Argument(metavar="VERSION", help="The proposal's id (pkv_…), or the start of its version.")],
    by: By,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Approve a proposed pack: new reports of its kind are bound by it from now on. Cases that run stay as they are.

    For a lead or ops, and never for whoever proposed it (exit code 77).
    """
    from cli.kit.record import with_publications
    from services import publications

    found = guarded(
        lambda: asyncio.run(with_publications(lambda kept, caller: publications.approve(kept, caller, named), tenant, by))
    )
    show(found.model_dump(mode="json"), json, lambda pack: f"in force: {pack['kind']} {pack['version'][:12]}, for new reports")


def list_packs(tenant: Tenant = None, json: AsJson = False) -> None:
    """Kinds and the packs in force for this tenant's new reports, who published them and since when; and what waits for a
    second person.
    """
    from cli.kit.compose import shelf
    from cli.kit.record import with_publications
    from cli.tables.policy import publication_table
    from runtime.settings import Settings
    from services import publications

    files = guarded(lambda: shelf(Settings()).packs)
    rows = guarded(
        lambda: asyncio.run(
            with_publications(lambda kept, caller: publications.listed(kept, caller.tenant_id, files), tenant),
        )
    )
    show(rows, json, publication_table)
