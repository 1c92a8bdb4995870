"""A pack as somebody names it on the command line: by its kind, by a file, or by a version that is kept in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.kit.exits import guarded

if TYPE_CHECKING:
    from policies.pack import Pack


def pack_of(name: str) -> Pack:
    """The pack of a kind, in a file, or kept under a version; what cannot be found or used ends the command."""
    import asyncio

    from runtime.settings import Settings
    from services.packs import find

    return guarded(lambda: asyncio.run(find(name, Settings().policies_dir, _kept)))


async def _kept(version: str) -> list[Any]:
    from cli.kit.compose import library_of

    return await library_of(lambda library: library.packs_like(version))
