"""What a payment provider said before its dispute had a case, and which of its transmissions were here before."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from domain.model.provider_news import OF_PAYMENT, ProviderNews
from storage.postgres.pool import Database

KEEP = """
INSERT INTO provider_news (tenant, provider, dispute, digest, news) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
WAITING = "SELECT news FROM provider_news WHERE tenant = $1 AND provider = $2 AND dispute = $3 ORDER BY received_at, digest"
TOLD = "DELETE FROM provider_news WHERE tenant = $1 AND provider = $2 AND dispute = $3 AND digest = $4"
SEEN = """
INSERT INTO provider_transmissions (tenant, source, digest, body_hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
KNOWN = "SELECT body_hash = $4 FROM provider_transmissions WHERE tenant = $1 AND source = $2 AND digest = $3"
FORGET_NEWS = "DELETE FROM provider_news WHERE tenant = $1 AND received_at < clock_timestamp() - $2::interval"
FORGET_TRANSMISSIONS = "DELETE FROM provider_transmissions WHERE tenant = $1 AND received_at < clock_timestamp() - $2::interval"

NEWS_FOR = timedelta(days=400)
"""A dispute of a card payment comes some 120 days after it at most, and is decided within a year."""
TRANSMISSIONS_FOR = timedelta(days=10)
"""Longer than a transmission can be repeated: one that is four days old is refused by its time alone."""


class PostgresProviderNews:
    """Keeps what waits for its case, and remembers transmissions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, tenant_id: str, news: ProviderNews) -> None:
        """Keep it until its dispute has a case; the same said twice is kept once."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_NEWS, tenant_id, NEWS_FOR)
            body = news.model_dump(mode="json")
            await conn.execute(KEEP, tenant_id, news.provider, news.dispute, digest_of(news), body)

    async def waiting(self, tenant_id: str, provider: str, dispute: str) -> list[ProviderNews]:
        """What was said of a dispute and no case has been told, the first that came first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(WAITING, tenant_id, provider, dispute)
        return [ProviderNews.model_validate(row["news"]) for row in rows]

    async def keep_of_payment(self, tenant_id: str, news: ProviderNews) -> bool:
        """Keep beside its payment, by every name of it, what is said of a refund, or that there is this dispute about it (once
        of each dispute): what is refunded concerns all of them. It goes by its age alone. Whether any of it is new."""
        assert news.payment is not None, "it is about a payment"
        said = digest_of(news) if news.stage in OF_PAYMENT else hashlib.sha256(f"dispute {news.dispute}".encode()).digest()
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_NEWS, tenant_id, NEWS_FOR)
            body = news.model_dump(mode="json")
            kept = [await conn.execute(KEEP, tenant_id, news.provider, one, said, body) for one in news.payments]
        return any(one == "INSERT 0 1" for one in kept)

    async def told(self, tenant_id: str, news: ProviderNews) -> None:
        """Its case has it now, in its inbox."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(TOLD, tenant_id, news.provider, news.dispute, digest_of(news))

    async def transmitted(self, tenant_id: str, source_id: str, transmission: str, body: bytes) -> bool:
        """Remember a transmission by its id and time. False where it bore another body the first time: then it is forged."""
        digest = hashlib.sha256(transmission.encode("utf-8", "surrogateescape")).digest()
        hashed = hashlib.sha256(body).digest()
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_TRANSMISSIONS, tenant_id, TRANSMISSIONS_FOR)
            await conn.execute(SEEN, tenant_id, source_id, digest, hashed)
            same: bool | None = await conn.fetchval(KNOWN, tenant_id, source_id, digest, hashed)
        return same is not False


def digest_of(news: ProviderNews) -> bytes:
    """Equal for the same said twice, by whichever endpoint it came."""
    left_out = {name for name in ("paid", "intent", "doubt", "also_about") if not getattr(news, name)}
    return hashlib.sha256(news.model_dump_json(exclude=left_out).encode()).digest()
