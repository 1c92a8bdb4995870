"""A request that may come twice: what tells it apart from every other one, so that the second time nothing happens again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from services.callers import Caller


def canonical(said: dict[str, Any]) -> bytes:
    """The same JSON is the same bytes, whatever its order of names."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def own_key(caller: Caller, key: str) -> str:
    """The key as it is kept: each caller has their own, so that nobody is given the answer that somebody else got, and nobody
    learns of, or uses up, a key of somebody else's.

    Whoever asks with another credential, or in the place of another party, is another caller. A rotated key stays the same one.
    """
    return f"{caller.credential}\n{caller.viewer_id}\n{key}"


@dataclass(frozen=True)
class Asked:
    """What was asked, as it was said, and the key under which the same may be asked again (None: it is asked once)."""

    said: dict[str, Any]
    key: str | None = None

    def by(self, speaker: str) -> bytes:
        """The request of this very speaker: who speaks belongs to it, and the same words from somebody else are another one."""
        return canonical({**self.said, "by": speaker})
