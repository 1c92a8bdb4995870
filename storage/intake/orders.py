"""Orders of authorities: each row with the words of one order, sealed under a key of its own, which can be destroyed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from uuid_utils import uuid7

from domain.dsa.orders import Order, OrderWords
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import DataKey, Vault

_HOLDER = "order"
_PLAIN = (
    "article, country, about, language, declared_language, reasons_withheld, received_at, due_at, hold_until, keeper, effect, "
    "because, effect_at, receipt_told_at, authority_told_at, person_told_at, person_unreachable, coordinator_told_at, erased_at, "
    "made_by, made_at"
)
_ROW = f"id, {_PLAIN}, key_id, wrapped, sealed"
ONE = f"SELECT {_ROW} FROM orders WHERE tenant = $1 AND id = $2"  # noqa: S608 - constants
# Held to the end of the deed, which looks at it first.
HELD_ONE = f"SELECT {_ROW} FROM orders WHERE tenant = $1 AND id = $2 FOR UPDATE"  # noqa: S608 - constants
# The most pressing first.
TO_DO = f"""
SELECT {_ROW} FROM orders
WHERE tenant = $1 AND NOT finished AND ($2::timestamptz IS NULL OR (due_at, id) > ($2, $3)) ORDER BY due_at, id LIMIT $4
"""  # noqa: S608 - constants
# The newest first.
ALL = f"""
SELECT {_ROW} FROM orders
WHERE tenant = $1 AND ($2::timestamptz IS NULL OR (received_at, id) < ($2, $3)) ORDER BY received_at DESC, id DESC LIMIT $4
"""  # noqa: S608 - constants
COUNTED = """
SELECT count(*) AS all, count(*) FILTER (WHERE
    (authority_told_at IS NULL AND due_at <= $2)
    OR (effect IS NOT NULL AND effect <> 'not_given' AND person_told_at IS NULL AND NOT person_unreachable
        AND (hold_until IS NULL OR hold_until <= $2))) AS late
FROM orders WHERE tenant = $1 AND NOT finished
"""
ADD = """
INSERT INTO orders (tenant, id, article, country, about, language, declared_language, reasons_withheld, received_at, due_at,
    hold_until, keeper, made_by, matter_digest, key_id, wrapped, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (tenant, matter_digest) WHERE matter_digest IS NOT NULL DO NOTHING RETURNING id
"""
SAVE = """
UPDATE orders SET country = $3, about = $4, language = $5, declared_language = $6, reasons_withheld = $7, due_at = $8,
    hold_until = $9, keeper = $10, effect = $11, because = $12, effect_at = $13, receipt_told_at = $14, authority_told_at = $15,
    person_told_at = $16, person_unreachable = $17, coordinator_told_at = $18, matter_digest = $19, sealed = $20
WHERE tenant = $1 AND id = $2 AND erased_at IS NULL
"""
ERASE = """
UPDATE orders SET wrapped = NULL, sealed = NULL, matter_digest = NULL, erased_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND finished AND erased_at IS NULL RETURNING id
"""


class SameOrder(Exception):
    """An order of this authority with this number is there already."""


@dataclass(frozen=True)
class Place:
    """Where a list goes on."""

    at: datetime
    id: str


class PostgresOrders:
    """Keeps them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def one(self, tenant_id: str, order_id: str) -> Order | None:
        """One of them, or None."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, order_id)
        return self._read(tenant_id, row) if row else None

    async def listed(self, tenant_id: str, limit: int, after: Place | None, *, to_do: bool) -> Sequence[Order]:
        """Those about which something is to be done, the most pressing first; or all, the newest first."""
        place = (after.at, after.id) if after else (None, None)
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(TO_DO if to_do else ALL, tenant_id, *place, limit)
        return [self._read(tenant_id, row) for row in rows]

    async def counted(self, tenant_id: str, now: datetime) -> tuple[int, int]:
        """How many something is to be done about, and how many of these are late."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(COUNTED, tenant_id, now)
        return (row["all"], row["late"]) if row else (0, 0)

    async def held(self, conn: Connection, tenant_id: str, order_id: str) -> Order | None:
        """One of them, as nobody else changes it before this deed is over."""
        row = await conn.fetchrow(HELD_ONE, tenant_id, order_id)
        return self._read(tenant_id, row) if row else None

    async def add(self, conn: Connection, tenant_id: str, order: Order, words: OrderWords) -> Order:
        """Note one, in the transaction of the deed; its id is given here. Raises :class:`SameOrder`."""
        order_id = f"ord_{uuid7()}"
        key = self._vault.new_key(tenant_id, order_id, _HOLDER)
        values = (order.article, order.country, order.about, order.language, order.declared_language, order.reasons_withheld)
        times = (order.received_at, order.due_at, order.hold_until)
        made = await conn.fetchval(
            ADD, tenant_id, order_id, *values, *times, order.keeper, order.made_by, self._matter(tenant_id, words),
            key.id, key.wrapped, _sealed(key, words),
        )  # fmt: skip
        if made is None:
            raise SameOrder
        return order.model_copy(update={"id": order_id, "words": words})

    async def save(self, conn: Connection, tenant_id: str, order: Order) -> None:
        """Keep what it has become. Raises :class:`SameOrder`."""
        row = await conn.fetchrow(ONE, tenant_id, order.id)
        assert row is not None, "it is held by this deed"
        assert order.words is not None, "nothing changes of one that was erased"
        key = self._vault.unwrap(tenant_id, order.id, _HOLDER, row["key_id"], row["wrapped"])
        try:
            await conn.execute(
                SAVE, tenant_id, order.id, order.country, order.about, order.language, order.declared_language,
                order.reasons_withheld, order.due_at, order.hold_until, order.keeper, order.effect, order.because,
                order.effect_at, order.receipt_told_at, order.authority_told_at, order.person_told_at, order.person_unreachable,
                order.coordinator_told_at, self._matter(tenant_id, order.words), _sealed(key, order.words),
            )  # fmt: skip
        except asyncpg.UniqueViolationError:
            raise SameOrder from None

    async def erase(self, conn: Connection, tenant_id: str, order_id: str) -> bool:
        """Destroy its key and what lay under it; False: something is to be done about it yet, or it is gone already."""
        return await conn.fetchval(ERASE, tenant_id, order_id) is not None

    def _matter(self, tenant_id: str, words: OrderWords) -> str | None:
        said = [" ".join(one.casefold().split()) for one in (words.authority, words.reference)]
        return self._vault.matter_digest(tenant_id, "\x1f".join(("order", *said))) if said[1] else None

    def _read(self, tenant_id: str, row: asyncpg.Record) -> Order:
        known = dict(row)
        key_id, wrapped, sealed = (known.pop(name) for name in ("key_id", "wrapped", "sealed"))
        words = None
        if wrapped is not None:
            key = self._vault.unwrap(tenant_id, row["id"], _HOLDER, key_id, wrapped)
            words = OrderWords.model_validate_json(key.open(f"order/{row['id']}", sealed))
        return Order.model_validate({**known, "words": words})


def _sealed(key: DataKey, words: OrderWords) -> bytes:
    return key.seal(f"order/{key.case_id}", words.model_dump_json().encode())
