"""The hash chain over the facts of a case: each hash covers its fact and the hash before it, so nobody changes one quietly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from domain.base import Kept
from domain.model.facts import Recording

_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode
_LIKE_A_FLOAT = re.compile(r"[:,\[]-?\d+[.e]")
FORM = 2
"""The form in which this release writes a recording down: what is null is left out. A field of a fact that may be null is null
unless it is said, for ever: so both forms say the same."""


class Chained(Kept):
    """A recording with its place in the hash chain (hex SHA-256)."""

    recording: Recording
    written: str
    """The recording as it was hashed (:func:`canonical`) and is stored."""
    hash: str
    prev_hash: str


def canonical(recording: Recording | Mapping[str, Any]) -> str:
    """The one way to write a recording down: JSON with sorted keys, no spaces, ASCII only.

    A stored recording is given as the mapping that was read back, never as a model: a release that adds a field to a fact must
    not change what older facts hash to. Whole floats are written as integers, because a JSON column keeps no difference between
    them. Raises ValueError for numbers that JSON does not have.
    """
    if isinstance(recording, Recording):
        body: Mapping[str, Any] = recording.model_dump(mode="json", exclude_none=recording.form >= FORM)
    else:
        body = recording
    written = _dumps(body)
    # There are next to none: looking through every value of every fact took longer than writing it.
    return _dumps(_plain(body)) if _LIKE_A_FLOAT.search(written) else written


def root(tenant_id: str, case_id: str) -> str:
    """What the first fact of a case stands behind. Every hash covers the one before it, so each covers tenant and case too: a
    fact, or a whole chain, that is copied to another case does not follow there.

    Cases of a release before this one begin behind the empty string, and go on as they began.
    """
    return hashlib.sha256(f"ombud chain 2\n{tenant_id}\n{case_id}".encode()).hexdigest()


def link(prev_hash: str, recording: Recording | Mapping[str, Any]) -> str:
    """The hash of a recording after the one with ``prev_hash`` (before the first: :func:`root`)."""
    return _link(prev_hash, canonical(recording))


def chained(prev_hash: str, recordings: Iterable[Recording]) -> tuple[Chained, ...]:
    """The recordings in their places behind ``prev_hash``."""
    links: list[Chained] = []
    for recording in recordings:
        written = canonical(recording)
        digest = _link(prev_hash, written)
        links.append(Chained(recording=recording, written=written, hash=digest, prev_hash=prev_hash))
        prev_hash = digest
    return tuple(links)


def _link(prev_hash: str, written: str) -> str:
    return hashlib.sha256(f"{prev_hash}\n{written}".encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
