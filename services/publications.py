"""Packs that a tenant publishes itself: proposed by one person, approved by another, in force for its new reports since then.

Both show who they are with a credential of their own; what they may do is judged by their roles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from policies.lint import Finding, lint
from policies.loading import load_pack
from policies.pack import Pack
from services.callers import Caller
from services.errors import OperatorRefused
from services.packs import calendar_names, readable
from storage.policies.publications import PackVersion, PublishRefused


class Publications(Protocol):
    """Where the packs of tenants are kept."""

    async def propose(
        self, tenant_id: str, kind: str, version: str, text: str, *, by: str, reason: str, credential: str | None
    ) -> str:
        """Keep the text of a pack as a proposal and return its id. Raises ``PublishRefused``."""

    async def approve(self, tenant_id: str, named: str, *, by: str, credential: str | None) -> PackVersion:
        """The second person agrees. Raises ``PublishRefused``."""

    async def versions(self, tenant_id: str) -> Sequence[PackVersion]:
        """Everything that was proposed or published, by kind, the newest first."""


@dataclass(frozen=True)
class Draft:
    """The text of a pack that somebody would like to publish, and what was found in it."""

    text: str
    file: Path
    findings: tuple[Finding, ...]

    def pack(self, *, anyway: bool = False) -> Pack:
        """The pack, to be proposed. Raises :class:`OperatorRefused`: ``pack_invalid`` for errors, which nothing excuses, and
        ``pack_doubtful`` for warnings unless it is to be proposed ``anyway``.
        """
        if any(finding.severity == "error" for finding in self.findings):
            raise OperatorRefused("pack_invalid", f"{self.file}: it has errors and cannot be published.")
        if self.findings and not anyway:
            raise OperatorRefused("pack_doubtful", f"{self.file}: it has warnings; look at them, and say --anyway.")
        with readable("pack_unreadable", str(self.file)):
            return load_pack(self.text, self.file.name)


def draft(file: Path, folder: Path | None) -> Draft:
    """What is in a file, linted. Raises :class:`OperatorRefused`: ``pack_unreadable``, and those of the policies folder."""
    calendars = calendar_names(folder)
    with readable("pack_unreadable", str(file)):
        text = file.read_bytes().decode("utf-8-sig")
        return Draft(text, file, tuple(lint(text, file.name, calendars)))


async def propose(kept: Publications, caller: Caller, text: str, pack: Pack, *, reason: str) -> dict[str, Any]:
    """Propose a pack for the tenant's new reports; until another person approves it nothing changes.

    Raises :class:`OperatorRefused` ``actor_unknown``, and Refused ``own_credential_needed``.
    """
    said = {"by": caller.deciding_person(), "reason": reason, "credential": caller.credential}
    try:
        made = await kept.propose(caller.tenant_id, pack.kind, pack.version, text, **said)
    except PublishRefused as refused:
        raise OperatorRefused(refused.code, str(refused)) from refused
    return {"id": made, "kind": pack.kind, "version": pack.version, "state": "proposed"}


async def approve(kept: Publications, caller: Caller, named: str) -> PackVersion:
    """Approve what was proposed under an id, or under the first characters of the pack's version.

    Raises :class:`OperatorRefused`: ``actor_unknown``, ``not_allowed``, ``own_publication``, ``publication_unknown``,
    ``already_approved``, ``same_credential``; and Refused ``own_credential_needed``.
    """
    person = caller.deciding_person()
    try:
        return await kept.approve(caller.tenant_id, named, by=person, credential=caller.credential)
    except PublishRefused as refused:
        raise OperatorRefused(refused.code, str(refused)) from refused


async def listed(kept: Publications, tenant_id: str, files: Mapping[str, Pack]) -> list[dict[str, Any]]:
    """Of each kind the pack of this machine's files, then every version that was proposed, with its state: ``proposed``,
    ``in force`` or ``replaced``.
    """
    found = await kept.versions(tenant_id)
    newest: dict[str, str] = {}
    for version in sorted((version for version in found if version.approved_at), key=lambda version: str(version.approved_at)):
        newest[version.kind] = version.id
    return [*_of_files(files, newest), *(_of_version(version, newest) for version in found)]


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
