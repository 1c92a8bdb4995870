"""A pack becomes a tenant's own: linted first, and what is not done is a refusal with its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.loading import load_pack
from policies.pack import PACKS_DIR
from services.callers import Caller
from services.errors import OperatorRefused, Refused
from services.publications import approve, draft, listed, propose
from services.scopes import SCOPES
from storage.policies.publications import PackVersion, PublishRefused

OLA = Caller("acme", "key_ola", frozenset({"cases:write"}), "person_key", "per_ola")
LEE = Caller("acme", "key_lee", frozenset({"cases:write"}), "person_key", "per_lee")
TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")
PACK = load_pack(TEXT, "bounty_dispute.yaml")
DOUBTFUL = TEXT.replace('  "evidence_requested:claimant": [claimant]\n', "")
BROKEN = TEXT.replace("opens_in: settlement", "opens_in: nowhere")


class Publications:
    """The packs of one tenant in memory, and a reason to refuse everything."""

    def __init__(self, *kept: PackVersion, refuses: str | None = None) -> None:
        self._kept, self._refuses = kept, refuses
        self.proposed: list[tuple[str, str, str]] = []

    async def propose(
        self, tenant_id: str, kind: str, version: str, text: str, *, by: str, reason: str, credential: str | None
    ) -> str:
        """Note what was proposed."""
        self._judge()
        self.proposed.append((kind, version, text))
        return "pkv_new"

    async def approve(self, tenant_id: str, named: str, *, by: str, credential: str | None) -> PackVersion:
        """The one that is named."""
        self._judge()
        return next(version for version in self._kept if version.id == named)

    async def versions(self, tenant_id: str) -> Sequence[PackVersion]:
        """All of them."""
        return self._kept

    def _judge(self) -> None:
        if self._refuses:
            raise PublishRefused(self._refuses, "Not this time.")


def version(name: str, kind: str = "bounty_dispute", *, approved: int | None = None) -> PackVersion:
    """Proposed on the first of March 2026, and approved on the day that is said."""
    at = datetime(2026, 3, approved, tzinfo=UTC) if approved else None
    return PackVersion(
        id=name, kind=kind, version=f"{name}-version", reason="a higher limit", proposed_by="per_ola",
        proposed_at=datetime(2026, 3, 1, tzinfo=UTC), approved_by="per_lee" if at else None, approved_at=at,
    )  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return path


class TestDraft:
    def test_a_pack_without_findings_is_a_pack(self, tmp_path: Path) -> None:
        found = draft(written(tmp_path, TEXT), None)
        assert (found.findings, found.text, found.pack().version) == ((), TEXT, PACK.version)

    def test_warnings_are_excused_by_anyway_alone(self, tmp_path: Path) -> None:
        found = draft(written(tmp_path, DOUBTFUL), None)
        assert {finding.severity for finding in found.findings} == {"warning"}
        with pytest.raises(OperatorRefused) as caught:
            found.pack()
        assert caught.value.code == "pack_doubtful"
        assert found.pack(anyway=True).kind == "bounty_dispute"

    def test_nothing_excuses_an_error(self, tmp_path: Path) -> None:
        found = draft(written(tmp_path, BROKEN), None)
        with pytest.raises(OperatorRefused, match="it has errors and cannot be published") as caught:
            found.pack(anyway=True)
        assert caught.value.code == "pack_invalid"

    def test_what_is_no_text_is_unreadable(self, tmp_path: Path) -> None:
        binary = tmp_path / "mine.yaml"
        binary.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(OperatorRefused) as caught:
            draft(binary, None)
        assert caught.value.code == "pack_unreadable"

    def test_a_policies_folder_of_no_use(self, tmp_path: Path) -> None:
        with pytest.raises(OperatorRefused) as caught:
            draft(written(tmp_path, TEXT), tmp_path / "none")
        assert caught.value.code == "policies_dir_missing"


async def test_a_proposal_keeps_the_text_as_it_was_written() -> None:
    kept = Publications()
    made = await propose(kept, OLA, TEXT, PACK, reason="a higher limit")
    assert made == {"id": "pkv_new", "kind": "bounty_dispute", "version": PACK.version, "state": "proposed"}
    assert kept.proposed == [("bounty_dispute", PACK.version, TEXT)]


async def test_an_approval_answers_with_what_is_in_force_now() -> None:
    assert (await approve(Publications(version("pkv_1", approved=2)), LEE, "pkv_1")).approved_by == "per_lee"


@pytest.mark.parametrize("code", ["actor_unknown", "not_allowed", "own_publication", "publication_unknown", "already_approved"])
async def test_why_it_is_not_published_keeps_its_code(code: str) -> None:
    kept = Publications(refuses=code)
    for asked in (
        propose(kept, OLA, TEXT, PACK, reason="x"),
        approve(kept, OLA, "pkv_1"),
    ):
        with pytest.raises(OperatorRefused, match="Not this time") as caught:
            await asked
        assert caught.value.code == code


@pytest.mark.parametrize(
    "caller",
    [
        Caller("acme", "key_1", frozenset(SCOPES)),
        Caller("acme", "operator", frozenset(SCOPES), "operator", "per_ola"),
        Caller("acme", "operator", frozenset(SCOPES), "operator", "system"),
    ],
    ids=["a platform", "the operator in her name", "the operator"],
)
async def test_nobody_else_does_it_in_their_name(caller: Caller) -> None:
    kept = Publications(version("pkv_1"))
    for asked in (propose(kept, caller, TEXT, PACK, reason="x"), approve(kept, caller, "pkv_1")):
        with pytest.raises(Refused) as caught:
            await asked
        assert caught.value.code == "own_credential_needed"
    assert kept.proposed == []


class TestListed:
    async def test_what_was_approved_last_is_in_force_wherever_it_stands(self) -> None:
        kept = Publications(version("pkv_3"), version("pkv_2", approved=5), version("pkv_1", approved=3))
        rows = await listed(kept, "acme", {"bounty_dispute": PACK})
        assert [(row["id"], row["state"]) for row in rows] == [
            (None, "replaced"),
            ("pkv_3", "proposed"),
            ("pkv_2", "in force"),
            ("pkv_1", "replaced"),
        ]

    async def test_a_file_is_in_force_until_something_is_approved_in_its_place(self) -> None:
        kept = Publications(version("pkv_1"), version("pkv_2", "fraud_report", approved=2))
        rows = await listed(kept, "acme", {"bounty_dispute": PACK})
        assert {row["id"]: row["state"] for row in rows} == {None: "in force", "pkv_1": "proposed", "pkv_2": "in force"}

    async def test_since_is_the_approval_or_while_it_waits_the_proposal(self) -> None:
        rows = await listed(Publications(version("pkv_1"), version("pkv_2", approved=4)), "acme", {})
        assert [row["since"][:10] for row in rows] == ["2026-03-01", "2026-03-04"]
