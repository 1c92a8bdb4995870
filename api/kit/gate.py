"""Who is let in, and when: right keys always find in, wrong ones are counted by address, and each tenant has its own share."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AsyncExitStack
from ipaddress import IPv6Address, ip_address

from api.kit.costs import Cost
from api.kit.problems import Problem
from api.kit.throttle import Budget, Bulkhead, Pace, Throttle
from services.parts import Keys
from services.rows import KeyHolder

WRONG_PER_SECOND = 0.5
"""Wrong keys that one address may lastingly try: nobody guesses one so, and whoever mistyped is still told so."""
WRONG_BURST = 30.0
READS_AT_ONCE = 4
"""Reads of one tenant that a process works on at the same time: each step of another's request waits for as many of them."""
SLOWLY = 0.02
"""Seconds that an address past its limit waits between two looks at keys that are new here."""
WRONG_FOR = 60.0
"""Seconds for which a wrong key is known to be wrong. Secrets are made by chance: what is wrong does not become right."""
LANDINGS_AT_ONCE = 3
"""Reports of one tenant that a process puts on disk at the same time."""
_MOST_KNOWN = 10_000


class Strangers:
    """Looks up keys that this process has not seen yet, as many as an address may try.

    Past its limit an address is not turned away, for a right key may be among what it sends: its keys are looked up one after
    another and slowly, few of all such addresses at a time. A key that was found wrong is not looked up again for a while.
    ``slowly`` is in seconds; ``clock`` gives seconds from any start.
    """

    def __init__(
        self, tries: Throttle | None = None, *, slowly: float = SLOWLY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tries, self._slowly, self._clock = tries or Throttle(WRONG_PER_SECOND, WRONG_BURST), slowly, clock
        self._queues, self._looks = Bulkhead(1, most_waiting=100), asyncio.Semaphore(4)
        self._looking: dict[bytes, asyncio.Task[KeyHolder | None]] = {}
        self._wrong: OrderedDict[bytes, float] = OrderedDict()

    async def holder(self, keys: Keys, secret: str, mark: bytes, address: str) -> KeyHolder | None:
        """Whose key it is; None: nobody's. Raises ``rate_limited`` instead for an address that has tried too much."""
        if mark in self._looking:
            # Many requests with one new key are one guess.
            return await asyncio.shield(self._looking[mark])
        try:
            self._tries.take(address)
        except Problem as too_many:
            if self._is_wrong(mark):
                raise
            async with self._queues.room(address), self._looks:
                found = await self._look(keys, secret, mark)
                if found is None:
                    await asyncio.sleep(self._slowly)
                    raise too_many from None
                return found
        try:
            found = None if self._is_wrong(mark) else await self._look(keys, secret, mark)
        except BaseException:
            # Nobody knows whether it was right.
            self._tries.give_back(address)
            raise
        if found is not None:
            self._tries.give_back(address)
        return found

    async def _look(self, keys: Keys, secret: str, mark: bytes) -> KeyHolder | None:
        if mark not in self._looking:
            self._looking[mark] = looking = asyncio.ensure_future(keys.find_key(secret))
            looking.add_done_callback(lambda done: self._looked(mark, done))
        return await asyncio.shield(self._looking[mark])

    def _looked(self, mark: bytes, done: asyncio.Task[KeyHolder | None]) -> None:
        del self._looking[mark]
        if not done.cancelled() and done.exception() is None and done.result() is None:
            self._wrong[mark] = self._clock() + WRONG_FOR
            if len(self._wrong) > _MOST_KNOWN:
                self._wrong.popitem(last=False)

    def _is_wrong(self, mark: bytes) -> bool:
        return self._wrong.get(mark, 0.0) > self._clock()


class Gate:
    """What every request with a key passes. Without a ``budget`` tenants are only kept apart by what is costly at once."""

    def __init__(
        self,
        *,
        keys: Throttle | None = None,
        strangers: Strangers | None = None,
        budget: Budget | None = None,
        bulkhead: Bulkhead | None = None,
        reads: Bulkhead | None = None,
        landing: Bulkhead | None = None,
        refusals: Pace | None = None,
    ) -> None:
        self.keys, self.refusals = keys or Throttle(), refusals or Pace()
        self._strangers, self._budget = strangers or Strangers(), budget
        self._places = {"costly": bulkhead or Bulkhead(), "read": reads or Bulkhead(READS_AT_ONCE)}
        self.landing = landing or Bulkhead(LANDINGS_AT_ONCE)
        self._known: dict[bytes, str] = {}

    async def holder(self, keys: Keys, secret: str, address: str) -> KeyHolder | None:
        """Whose key it is; None: nobody's. Raises ``rate_limited``.

        A secret that was right before is looked up whatever others at its address do (and no longer right once it is revoked).
        One that this process has not seen counts against its address, and is uncounted when it is right.
        """
        mark = hashlib.sha256(secret.encode()).digest()
        tenant_id = self._known.get(mark)
        if tenant_id is None:
            key = await self._strangers.holder(keys, secret, mark, block_of(address))
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


def block_of(address: str) -> str:
    """Whom an address stands for: one machine by IPv4; by IPv6 a /64, which is what one customer gets."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return str(int(ip) >> 64)
    return str(ip)
