"""Evidence: which files were uploaded to a case, and where their bytes lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.model.facts import EvidenceFile


class UploadedFile(EvidenceFile):
    """A file that was uploaded to a case."""

    uploader: str
    """A party's id, or a key's."""
    shared: bool = False
    """It was handed in for both sides to read."""


class EvidenceFiles(Protocol):
    """Which files were uploaded to a case."""

    async def uploaded(self, tenant_id: str, case_id: str, ids: Sequence[str]) -> Sequence[UploadedFile]:
        """Those of the ids that are files of this case, in no particular order."""
        ...


class EvidenceStore(Protocol):
    """Where the bytes of files lie. What is put there is sealed already, and never changes."""

    async def put(self, path: str, data: bytes) -> None:
        """Write once: returns when the bytes are safe, and leaves what is there already as it is. Fails temporarily."""
        ...

    async def get(self, path: str) -> bytes | None:
        """The bytes; None when nothing was put there. Fails temporarily."""
        ...

    async def check(self) -> None:
        """Returns when the store answers. Fails temporarily."""
        ...
