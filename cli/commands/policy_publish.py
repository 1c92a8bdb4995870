"""``ombud policy publish``, ``approve`` and ``list``: a pack becomes a tenant's own, by two persons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.kit.exits import guarded
from cli.kit.options import AsJson, Tenant

if TYPE_CHECKING:
    from policies.pack import Pack
    from storage.policies.publications import PackVersion, PostgresPublications

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
    _tell(said, f"proposed: {pack.kind} {pack.version[:12]}. Another person approves it: ombud policy approve {made}", json=json)


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
    _tell(found.model_dump(mode="json"), f"in force: {found.kind} {found.version[:12]}, for new reports", json=json)


def list_packs(tenant: Tenant = None, json: AsJson = False) -> None:
    """Kinds and the packs in force for this tenant's new reports, who published them and since when; and what waits for a
    second person.
    """
    from cli.kit.compose import shelf
    from runtime.settings import Settings

    kept = _run(lambda publishing, tenant_id: publishing.versions(tenant_id), tenant)
    rows = list(_rows(kept, guarded(lambda: shelf(Settings())).packs))
    if json:
        from cli.kit.show import print_json

        print_json(rows)
        return
    from rich.table import Table

    from cli.kit.show import out

    table = Table("kind", "version", "state", "published by", "since (UTC)", "reason")
    for row in rows:
        who = " and ".join(one for one in (row["proposed_by"], row["approved_by"]) if one)
        table.add_row(
            row["kind"], row["version"][:12], row["state"], who, (row["since"] or "")[:16].replace("T", " "), row["reason"]
        )
    out().print(table)


def _rows(kept: list[PackVersion], files: Any) -> Any:
    newest = {}
    for one in sorted((one for one in kept if one.approved_at), key=lambda one: str(one.approved_at)):
        newest[one.kind] = one.id
    for kind, pack in sorted(files.items()):
        state = "replaced" if kind in newest else "in force"
        yield {"kind": kind, "version": pack.version, "state": state, "id": None, "proposed_by": None, "approved_by": None,
               "since": None, "reason": "the file of this machine"}  # fmt: skip
    for one in kept:
        state = "proposed" if one.approved_at is None else "in force" if newest[one.kind] == one.id else "replaced"
        since = one.approved_at or one.proposed_at
        yield {"kind": one.kind, "version": one.version, "state": state, "id": one.id, "proposed_by": one.proposed_by,
               "approved_by": one.approved_by, "since": since.isoformat(), "reason": one.reason}  # fmt: skip


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
        typer.echo(f"{file}:{one.line}: {one.severity}: {one.place}: {one.problem}", err=True)
    if any(one.severity == "error" for one in findings):
        _leave(f"{file}: it has errors and cannot be published.", "pack_invalid", _BAD_FILE)
    if findings and not anyway:
        _leave(f"{file}: it has warnings; look at them, and say --anyway.", "pack_doubtful", _BAD_FILE)
    return text, load_pack(text, file.name)


def _run(work: Callable[[PostgresPublications, str], Awaitable[Any]], tenant: str | None, by: str | None = None) -> Any:
    from cli.kit.operator import (
        OperatorKeys,
    )
    from cli.kit.target import (
        Target,
    )
    from runtime.places import find_places
    from runtime.settings import Settings
    from storage.policies.publications import PostgresPublications, PublishRefused
    from storage.postgres.pool import Database
    from storage.postgres.vault import Vault
    from storage.tenants import PostgresTenants

    async def doing() -> Any:
        places = find_places(Settings())
        async with await Database.connect(places.database_url, min_size=1, max_size=2) as database:
            tenants = PostgresTenants(database, Vault.from_text(places.master_key))
            holder = await (await OperatorKeys.of(tenants, Target(tenant, by))).find_key("")
            assert holder is not None  # the operator needs no key
            return await work(PostgresPublications(database), holder.tenant_id)

    try:
        return guarded(lambda: asyncio.run(doing()))
    except PublishRefused as refused:
        _leave(str(refused), refused.code, _EXITS.get(refused.code, _NOT_THERE))


def _tell(said: dict[str, Any], words: str, *, json: bool) -> None:
    if json:
        from cli.kit.show import print_json

        print_json(said)
    else:
        typer.echo(words)


def _leave(message: str, code: str, status: int) -> NoReturn:
    typer.echo(f"{' '.join(message.split())} [{code}]", err=True)
    raise typer.Exit(status)
