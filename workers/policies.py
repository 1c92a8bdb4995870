"""The packs and calendars of now, for cases that are re-targeted to them. What new terms refer to is on disk before they bind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog

from activities.ports.policies import Resolved
from domain.model.case import Case
from domain.model.clocks import Retarget
from policies.calendars import CalendarFault
from policies.folders import PolicyFolderFault
from policies.pack import PackError
from policies.published import PublishedPacks
from policies.retarget import retargeted
from policies.shelf import Shelf
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications


class ShelfPolicies:
    """Implements :class:`activities.ports.policies.Policies`. The shelf is loaded when first asked for: few cases ever ask."""

    def __init__(self, shelf: Callable[[], Shelf], library: PostgresLibrary, publishing: PostgresPublications) -> None:
        self._load, self._library, self._publishing = shelf, library, publishing
        self._published = PublishedPacks()
        self._shelf: Shelf | None = None
        self._loading = asyncio.Lock()

    async def resolve(self, tenant_id: str, case: Case, wanted: Retarget) -> Resolved | None:
        """The terms that a command leads to; None when there is no such calendar or pack."""
        try:
            shelf = await self._ready()
            in_force = await self._publishing.in_force(tenant_id)
            shelf = await self._published.on(shelf, in_force, partial(self._publishing.text, tenant_id))
        except (PackError, CalendarFault, PolicyFolderFault) as fault:
            # A file that cannot be used is for the operator to mend, and no reason for the case to stand still.
            structlog.get_logger("ombud.worker").error("policies_unusable", code=fault.code, detail=str(fault))
            return None
        # What is published counts, not what lies in this machine's files: else two workers would answer differently.
        published = await self._library.newest()
        found = retargeted(replace(shelf, calendars={**shelf.calendars, **published}), case, wanted)
        if found is None:
            return None
        terms, calendars = found
        await self._library.keep_calendars(calendars)
        notices = {}
        if not terms.notices and terms.version in shelf.notices:
            notices = {terms.version: shelf.notices[terms.version]}
            await self._library.keep_pack(terms.version, terms.pack, shelf.sources.get(terms.version, {}), notices[terms.version])
        return Resolved(terms=terms, calendars=calendars, notices=notices)

    async def _ready(self) -> Shelf:
        async with self._loading:
            if self._shelf is None:
                # Half a second of reading files: not on the loop that polls the server.
                self._shelf = await asyncio.to_thread(self._load)
            return self._shelf
