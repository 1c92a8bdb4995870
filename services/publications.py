"""Packs that a tenant publishes itself: what is in force for its new reports, what was, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policies.pack import Pack
from storage.policies.publications import PackVersion


def listed(kept: Sequence[PackVersion], files: Mapping[str, Pack]) -> list[dict[str, Any]]:
    """Of each kind the pack of this machine's files, then every version that was proposed, with its state: ``proposed``,
    ``in force`` or ``replaced``.
    """
    newest: dict[str, str] = {}
    for version in sorted((version for version in kept if version.approved_at), key=lambda version: str(version.approved_at)):
        newest[version.kind] = version.id
    return [*_of_files(files, newest), *(_of_version(version, newest) for version in kept)]


def _of_files(files: Mapping[str, Pack], newest: Mapping[str, str]) -> list[dict[str, Any]]:
    nobody = {"id": None, "proposed_by": None, "approved_by": None, "since": None, "reason": "the file of this machine"}
    return [
        {"kind": kind, "version": pack.version, "state": "replaced" if kind in newest else "in force", **nobody}
        for kind, pack in sorted(files.items())
    ]


def _of_version(version: PackVersion, newest: Mapping[str, str]) -> dict[str, Any]:
    approved = "in force" if newest.get(version.kind) == version.id else "replaced"
    return {
        "kind": version.kind,
        "version": version.version,
        "state": "proposed" if version.approved_at is None else approved,
        "id": version.id,
        "proposed_by": version.proposed_by,
        "approved_by": version.approved_by,
        "since": (version.approved_at or version.proposed_at).isoformat(),
        "reason": version.reason,
    }
