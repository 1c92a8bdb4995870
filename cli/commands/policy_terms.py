"""``ombud policy explain`` and ``diff``: why a case stands under its terms, and what changed between two packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.packs import pack_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.diff import Difference


def explain(case_id: CaseId, tenant: Tenant = None, speaker: As = None, json: AsJson = False) -> None:
    """Why these terms bind a case: the pack and its version, the rows that matched, the targets in force, and what was changed
    later and by whom.
    """
    from cli.kit.client import run
    from cli.kit.show import show
    from cli.kit.target import Target

    found = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/terms"), Target(tenant, speaker))
    file = _file_of(found["pack"], found["opened_under"])
    same = [f"The file it came from is still the same: {file}"] if file is not None else []
    show({**found, "file": str(file) if file else None}, json, lambda terms: "\n".join([*terms["words"], *same]))


def _file_of(kind: str, version: str) -> Path | None:
    """The file on this machine that still says what the case was opened under."""
    import hashlib

    from policies.folders import PolicyFolderFault, pack_files
    from runtime.settings import Settings

    try:
        files = pack_files(Settings().policies_dir)
    except PolicyFolderFault:
        return None
    same = (path for path in files.values() if hashlib.sha256(path.read_bytes()).hexdigest() == version)
    return next(same, None)


def diff(
    old: Annotated[str, typer.Argument(help="A kind, a pack file, or the first characters of a kept version.")],
    new: Annotated[str, typer.Argument(help="What it is compared with: the same.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two packs, as it means to a case: gates, targets, levels, outcomes, limits, notices.

    Exit code 0 also when they differ; no difference says so.
    """
    from cli.kit.show import show
    from policies.diff import differences

    found = differences(pack_of(old), pack_of(new))
    none = "No difference: both packs mean the same."
    show([difference.model_dump() for difference in found], as_json, lambda _: _table(found) if found else none)


def _table(found: Iterable[Difference]) -> Any:
    from rich.table import Table

    table = Table("section", "what", "old", "new")
    for difference in found:
        table.add_row(difference.section.replace("_", " "), difference.what, difference.old or "—", difference.new or "—")
    return table
