"""The evidence store: a folder of this machine, or a bucket of a cloud (Amazon S3, Google Cloud Storage, Azure)."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_SCHEMES = frozenset({"s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "adl", "https"})


_ANSWER_FOR = timedelta(seconds=60)
"""For the largest file over a slow line."""
_RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""Somebody waits for the answer: what takes longer they try again themselves."""


class EvidenceStoreAway(OSError):
    """The store does not answer, or refuses us: to be tried again."""

    code = "evidence_store_away"


class ObjectEvidenceStore:
    """Implements :class:`activities.ports.evidence.EvidenceStore` on whatever speaks like an object store."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    @classmethod
    def of(cls, url: str | None, folder: Path) -> ObjectEvidenceStore:
        """The store at a URL (``s3://bucket/prefix``); without one, a folder of this machine.

        Access is found where each cloud's own tools look for it. Raises ValueError for a URL of another kind.
        """
        if url is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(LocalStore(prefix=folder), folder)
        if urlsplit(url).scheme not in _SCHEMES:
            raise ValueError("OMBUD_EVIDENCE_URL begins with s3://, gs://, az:// or https://.")
        try:
            return cls(from_url(url, client_options={"timeout": _ANSWER_FOR}, retry_config=_RETRIES))
        except BaseError as error:
            raise ValueError(f"OMBUD_EVIDENCE_URL cannot be used: {type(error).__name__}.") from error

    async def put(self, path: str, data: bytes) -> None:
        """Write once; what is there already is what was put there before, for a path follows from what it holds."""
        try:
            await self._store.put_async(path, data, mode="create")
        except AlreadyExistsError:
            pass
        except BaseError as error:
            raise EvidenceStoreAway(type(error).__name__) from error
        if self._folder is not None:
            # A folder is safe only once the disk says so; a cloud answers when it is.
            await asyncio.to_thread(_to_disk, self._folder, path)

    async def get(self, path: str) -> bytes | None:
        """The bytes; None when nothing was put there."""
        try:
            found = await self._store.get_async(path)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise EvidenceStoreAway(type(error).__name__) from error

    async def check(self) -> None:
        """Ask for something that is not there."""
        await self.get("check")


class MemoryEvidenceStore:
    """The same in memory, for tests and for trying things out."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, path: str, data: bytes) -> None:
        """Write once."""
        self.kept.setdefault(path, data)

    async def get(self, path: str) -> bytes | None:
        """The bytes; None when nothing was put there."""
        return self.kept.get(path)

    async def check(self) -> None:
        """It is always there."""


def _to_disk(folder: Path, path: str) -> None:
    target = folder / path
    while True:
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if target == folder:
            return
        target = target.parent
