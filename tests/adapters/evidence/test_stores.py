"""The evidence store, whatever plays it: written once, read as written, never lost half-way."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import MemoryStore

from activities.ports.evidence import EvidenceStore
from adapters.evidence.stores import EvidenceStoreAway, MemoryEvidenceStore, ObjectEvidenceStore

PATH = "acme/case_1/0a1b"


@pytest.fixture(params=["folder", "object store", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    """Each of them."""
    made: dict[str, EvidenceStore] = {
        "folder": ObjectEvidenceStore.of(None, tmp_path / "evidence"),
        "object store": ObjectEvidenceStore(MemoryStore()),
        "memory": MemoryEvidenceStore(),
    }
    return made[request.param]


async def test_what_was_put_there_comes_back(store: EvidenceStore) -> None:
    data = bytes(range(256)) * 5000
    await store.put(PATH, data)
    assert await store.get(PATH) == data


async def test_what_is_there_stays_as_it_is(store: EvidenceStore) -> None:
    await store.put(PATH, b"first")
    await store.put(PATH, b"second")
    assert await store.get(PATH) == b"first"


async def test_what_was_never_put_there(store: EvidenceStore) -> None:
    assert await store.get(PATH) is None
    await store.check()


async def test_a_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    ObjectEvidenceStore.of(None, tmp_path / "evidence")
    assert (tmp_path / "evidence").stat().st_mode & 0o077 == 0


async def test_a_folder_that_cannot_be_written_is_bad_weather(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    found = ObjectEvidenceStore.of(None, folder)
    (folder / "acme").write_text("a file where a folder should be")
    with pytest.raises(EvidenceStoreAway):
        await found.put(PATH, b"data")


def test_a_url_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="OMBUD_EVIDENCE_URL"):
        ObjectEvidenceStore.of("ftp://files.example/x", tmp_path)
