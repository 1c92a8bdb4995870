"""The texts of packs that write out every clock, for tests that change one word of one."""

from __future__ import annotations

from tests.support.places import FIXTURES

WRITTEN_OUT = FIXTURES / "packs"


def written_out(kind: str) -> str:
    """A pack of this kind in which nothing is ``like`` a usual clock."""
    return (WRITTEN_OUT / f"{kind}.yaml").read_text("utf-8")
