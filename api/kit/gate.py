"""Who is let in, and when: right keys always find in, wrong ones are counted by address, and each tenant has its own share."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from api.kit.costs import Cost
from api.kit.strangers import SLOWLY, Strangers
from api.kit.throttle import Budget, Bulkhead, Pace, Throttle
from runtime.addresses import block_of
from services.errors import Refused
from services.parts import Keys
from services.rows import KeyHolder

WRONG_PER_SECOND = 0.5
"""Wrong keys that one address may lastingly try: nobody guesses one so, and whoever mistyped is still told so."""
WRONG_BURST = 30.0
READS_AT_ONCE = 4
"""Reads of one tenant that a process works on at the same time: each step of another's request waits for as many of them."""
LANDINGS_AT_ONCE = 3
"""Reports of one tenant that a process puts on disk at the same time."""
_MOST_KNOWN = 10_000


class Gate:
    """What every request with a key passes. Without a ``budget`` tenants are only kept apart by what is costly at once.

    ``slowly`` and ``clock`` are those of :class:`Strangers`.
    """

    def __init__(
        self,
        *,
        keys: Throttle | None = None,
        strangers: Throttle | None = None,
        budget: Budget | None = None,
        bulkhead: Bulkhead | None = None,
        reads: Bulkhead | None = None,
        landing: Bulkhead | None = None,
        refusals: Pace | None = None,
        slowly: float = SLOWLY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.keys, self.refusals = keys or Throttle(), refusals or Pace()
        self._strangers = strangers or Throttle(WRONG_PER_SECOND, WRONG_BURST)
        self._budget, self._places = budget, {"costly": bulkhead or Bulkhead(), "read": reads or Bulkhead(READS_AT_ONCE)}
        self._known: dict[bytes, str] = {}
        self._proved: dict[tuple[str, str], None] = {}
        self._keys_of_strangers = Strangers(self._strangers, slowly=slowly, clock=clock)
        self.landing = landing or Bulkhead(LANDINGS_AT_ONCE)

    async def holder(self, keys: Keys, secret: str, address: str) -> KeyHolder | None:
        """Whose key it is; None: nobody's. Raises ``rate_limited``.

        A secret that was right before is looked up whatever others at its address do (and no longer right once it is revoked).
        One that this process has not seen counts against its address, and is uncounted when it is right.
        """
        mark = hashlib.sha256(secret.encode()).digest()
        tenant_id = self._known.get(mark)
        if tenant_id is None:
            key = await self._keys_of_strangers.holder(keys, secret, mark, block_of(address))
        else:
            if self._budget is not None:
                self._budget.check(tenant_id)
            key = await keys.find_key(secret)
        if key is None:
            self._known.pop(mark, None)
            return None
        self._remember(mark, key.tenant_id)
        self.keys.take(f"{key.tenant_id}/{key.key_id}")
        return key

    @contextmanager
    def signed(self, source_id: str, address: str) -> Iterator[None]:
        """Around what proves a source's signature. Wrong ones count against their address as wrong keys do; after too
        many the next are turned away unread, while a source that was proved from there before always finds in. Raises
        ``rate_limited``."""
        place = block_of(address)
        if (source_id, place) not in self._proved:
            self._strangers.take(place)
            self._strangers.give_back(place)
        try:
            yield
        except Refused as refused:
            if refused.code == "signature_invalid":
                self._strangers.take(place)
            raise
        if len(self._proved) >= _MOST_KNOWN:
            self._proved.pop(next(iter(self._proved)))
        self._proved[source_id, place] = None

    async def pass_(self, tenant_id: str, cost: Cost, until: AsyncExitStack) -> None:
        """Let a request of this cost in; it keeps its place, if it needs one, until its end. Raises ``rate_limited``."""
        if self._budget is not None:
            await self._budget.take(tenant_id, cost.weight)
        if cost.place is not None:
            await until.enter_async_context(self._places[cost.place].room(tenant_id))

    def _remember(self, mark: bytes, tenant_id: str) -> None:
        if mark not in self._known and len(self._known) >= _MOST_KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[mark] = tenant_id
