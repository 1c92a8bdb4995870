"""``ombud policy publish``, ``approve`` and ``list``: a pack becomes a tenant's own, by two persons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson, Tenant
from cli.kit.show import note, show

if TYPE_CHECKING:
    from policies.pack import Pack
    from storage.policies.publications import PostgresPublications

_BAD_FILE, _NO_PERMISSION, _NOT_THERE = 65, 77, 66
_EXITS = {"actor_unknown": _NO_PERMISSION, "not_allowed": _NO_PERMISSION, "own_publication": _NO_PERMISSION}
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
    text, pack = _checked(file, anyway=anyway)
    made = _run(
        lambda publishing, tenant_id: publishing.propose(tenant_id, pack.kind, pack.version, text, by=by, reason=reason),
        tenant,
        by,
    )
    said = {"id": made, "kind": pack.kind, "version": pack.version, "state": "proposed"}
    show(
        said,
        json,
        lambda _: f"proposed: {pack.kind} {pack.version[:12]}. Another person approves it: ombud policy approve {made}",
    )


def approve(
    named: Annotated[str, typer.Argument(metavar="VERSION", help="The proposal's id (pkv_…), or the start of its version.")],
    by: By,
    tenant: Tenant = None,
    json: AsJson = False,
) -> None:
    """Approve a proposed pack: new reports of its kind are bound by it from now on. Cases that run stay as they are.

    For a lead or ops, and never for whoever proposed it (exit code 77).
    """
    found = _run(lambda publishing, tenant_id: publishing.approve(tenant_id, named, by=by), tenant, by)
    show(found.model_dump(mode="json"), json, lambda _: f"in force: {found.kind} {found.version[:12]}, for new reports")


def list_packs(tenant: Tenant = None, json: AsJson = False) -> None:
    """Kinds and the packs in force for this tenant's new reports, who published them and since when; and what waits for a
    second person.
    """
    from cli.kit.compose import shelf
    from runtime.settings import Settings
    from services.publications import listed

    kept = _run(lambda publishing, tenant_id: publishing.versions(tenant_id), tenant)
    rows = listed(kept, guarded(lambda: shelf(Settings())).packs)
    show(rows, json, _packs_table)


def _packs_table(rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table("kind", "version", "state", "published by", "since (UTC)", "reason")
    for row in rows:
        who = " and ".join(person for person in (row["proposed_by"], row["approved_by"]) if person)
        since = (row["since"] or "")[:16].replace("T", " ")
        table.add_row(row["kind"], row["version"][:12], row["state"], who, since, row["reason"])
    return table


def _checked(file: Path, *, anyway: bool) -> tuple[str, Pack]:
    from policies.folders import PolicyFolderFault, calendar_files
    from policies.lint import lint
    from policies.loading import load_pack
    from runtime.settings import Settings

    try:
        text = file.read_bytes().decode("utf-8-sig")
        findings = lint(text, file.name, frozenset(calendar_files(Settings().policies_dir)))
    except PolicyFolderFault as fault:
        _leave(str(fault), fault.code, _BAD_FILE)
    except (OSError, UnicodeDecodeError) as error:
        _leave(f"{file}: {error}", "pack_unreadable", _BAD_FILE)
    for one in findings:
        note(f"{file}:{one.line}: {one.severity}: {one.place}: {one.problem}")
    if any(one.severity == "error" for one in findings):
        _leave(f"{file}: it has errors and cannot be published.", "pack_invalid", _BAD_FILE)
    if findings and not anyway:
        _leave(f"{file}: it has warnings; look at them, and say --anyway.", "pack_doubtful", _BAD_FILE)
    return text, load_pack(text, file.name)


def _run(work: Callable[[PostgresPublications, str], Awaitable[Any]], tenant: str | None, by: str | None = None) -> Any:
    from cli.kit.record import with_publications
    from storage.policies.publications import PublishRefused

    try:
        return guarded(lambda: asyncio.run(with_publications(work, tenant, by)))
    except PublishRefused as refused:
        _leave(str(refused), refused.code, _EXITS.get(refused.code, _NOT_THERE))


def _leave(message: str, code: str, status: int) -> NoReturn:
    note(f"{' '.join(message.split())} [{code}]")
    raise typer.Exit(status)
