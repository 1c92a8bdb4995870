"""A shelf for one tenant: the packs that the tenant has published take the place of the files of the same kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from domain.rules.reference import PackInForce
from policies.loading import load_kept
from policies.pack import Pack
from policies.shelf import Shelf
from policies.yaml_text import read


class PublishedPacks:
    """Packs read from their texts once: a version never changes."""

    def __init__(self) -> None:
        self._packs: dict[str, tuple[Pack, object]] = {}

    async def on(self, shelf: Shelf, published: Iterable[PackInForce], text: Callable[[str], Awaitable[str]]) -> Shelf:
        """The shelf with what is published. Raises :class:`~policies.pack.PackError` for a text that this release cannot use."""
        found = list(published)
        if not found:
            return shelf
        for publication in found:
            if publication.version not in self._packs:
                said = await text(publication.id)
                self._packs[publication.version] = load_kept(said, publication.kind), read(said)
        ours = {publication.kind: self._packs[publication.version] for publication in found}
        return replace(
            shelf,
            packs={**shelf.packs, **{kind: pack for kind, (pack, _) in ours.items()}},
            sources={**shelf.sources, **{pack.version: source for pack, source in ours.values()}},
        )
