"""What a payment provider said before its dispute had a case, and which of its transmissions were here before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from domain.model.case import Case
from domain.model.provider_news import (
    OF_PAYMENT,
    ProviderNews,
    as_said,
    concealed,
    folded,
    ids_text,
    revealed,
    without_seal,
)
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, secret_place

KEEP = """
INSERT INTO provider_news (tenant, provider, dispute, digest, news, sealed) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
WAITING = """
SELECT dispute, digest, news, sealed FROM provider_news
WHERE tenant = $1 AND provider = $2 AND dispute = ANY($3::text[]) ORDER BY received_at, digest
"""
TOLD = """
DELETE FROM provider_news WHERE tenant = $1 AND provider = $2 AND dispute = ANY($3::text[]) AND digest = ANY($4::bytea[])
"""
# Whether a dispute has a case of an earlier release, whose record has the provider's ids as they are: it goes on as it began.
_BEGAN_IN_THE_CLEAR = """
SELECT EXISTS (
    SELECT FROM cases c WHERE c.tenant = $1 AND c.source = $2 AND c.external_id = $3 AND (c.state IS NULL
        OR jsonb_path_exists(c.state, '$.provider_disputes[*].newest.dispute ? (!(@ starts with "pid_"))')))
"""
_ORDERED_BY = "SELECT case_id FROM effects WHERE tenant = $1 AND id = $2"
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
    """Keeps what waits for its case, and remembers transmissions. A provider's ids lie there sealed, and are found by their
    digests; whoever asks gets the news as they were said."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def keep(self, tenant_id: str, news: ProviderNews) -> None:
        """Keep it until its dispute has a case; the same said twice is kept once."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_NEWS, tenant_id, NEWS_FOR)
            await self._keep(conn, tenant_id, news, [news.dispute], _said(news))

    async def waiting(self, tenant_id: str, provider: str, dispute: str) -> list[ProviderNews]:
        """What was said of a dispute and no case has been told, the first that came first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(WAITING, tenant_id, provider, self._vault.numbers_of(tenant_id, dispute))
        return [self._opened(tenant_id, row["dispute"], row["digest"], row["news"], row["sealed"]) for row in rows]

    async def keep_of_payment(self, tenant_id: str, news: ProviderNews) -> bool:
        """Keep beside its payment, by every name of it, what is said of a refund, or that there is this dispute about it (once
        of each dispute, and once more where it says how much was paid): what is refunded concerns all of them. It goes by its age
        alone. Whether any of it is new."""
        assert news.payment is not None, "it is about a payment"
        paid = f" {news.paid.amount} {news.paid.currency}" if news.paid is not None else ""
        said = _said(news) if news.stage in OF_PAYMENT else f"dispute {news.dispute}{paid}".encode()
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_NEWS, tenant_id, NEWS_FOR)
            return await self._keep(conn, tenant_id, news, news.payments, said)

    async def told(self, tenant_id: str, news: ProviderNews) -> None:
        """Its case has it now, in its inbox."""
        digests = [digest_of(news), self._vault.provider_digest(tenant_id, _said(news))]
        async with self._database.tenant(tenant_id) as conn:
            names = self._vault.numbers_of(tenant_id, news.dispute)
            await conn.execute(TOLD, tenant_id, news.provider, names, digests)

    async def ordered_by(self, tenant_id: str, effect_id: str) -> str | None:
        """The case that ordered an effect; None: none here did."""
        async with self._database.tenant(tenant_id) as conn:
            case_id: str | None = await conn.fetchval(_ORDERED_BY, tenant_id, effect_id)
        return case_id

    def known_to(self, tenant_id: str, case: Case, news: ProviderNews) -> bool:
        """Whether a case has heard this already, or something newer of everything it says."""
        token = partial(self._vault.provider_token, tenant_id)
        for known in map(without_seal, case.provider_disputes):
            said = as_said(known, news, token)
            if (known.newest.provider, known.newest.dispute) == (said.provider, said.dispute) and folded(known, said) == known:
                return True
        return False

    def name_of(self, tenant_id: str, case_id: str, case: Case | None, news: ProviderNews) -> str:
        """The same for the same news told to the same case: forty hex digits. A case that an earlier release opened knows by them
        what that has told it."""
        began = case is not None and not all(one.newest.concealed for one in case.provider_disputes)
        if began:
            return hashlib.sha256(case_id.encode() + digest_of(news)).hexdigest()[:40]
        return self._vault.provider_digest(tenant_id, case_id.encode() + _said(news)).hex()[:40]

    async def _keep(self, conn: Connection, tenant_id: str, news: ProviderNews, names: Sequence[str], said: bytes) -> bool:
        """Put it under each of these names, each once. Whether any of it is new."""
        vault, kept = self._vault, list[str]()
        if await conn.fetchval(_BEGAN_IN_THE_CLEAR, tenant_id, news.provider, news.dispute):
            digest, body = hashlib.sha256(said).digest(), news.model_dump(mode="json", exclude={"ids"})
            kept = [await conn.execute(KEEP, tenant_id, news.provider, one, digest, body, None) for one in names]
            return any(one == "INSERT 0 1" for one in kept)
        digest = vault.provider_digest(tenant_id, said)
        body = concealed(news, partial(vault.provider_token, tenant_id)).model_dump(mode="json", exclude={"ids"})
        for one in names:
            under = vault.provider_token(tenant_id, one)
            sealed = vault.seal_secret(tenant_id, _place(under, digest), ids_text(news).encode())
            kept.append(await conn.execute(KEEP, tenant_id, news.provider, under, digest, body, sealed))
        return any(one == "INSERT 0 1" for one in kept)

    def _opened(self, tenant_id: str, under: str, digest: bytes, news: object, sealed: bytes | None) -> ProviderNews:
        kept = ProviderNews.model_validate(news)
        if sealed is None:
            return kept
        return revealed(kept, self._vault.open_secret(tenant_id, _place(under, digest), sealed).decode())

    async def transmitted(self, tenant_id: str, source_id: str, transmission: str, body: bytes) -> bool:
        """Remember a transmission by its id and time. False where it bore another body the first time: then it is forged."""
        digest = hashlib.sha256(transmission.encode("utf-8", "surrogateescape")).digest()
        hashed = hashlib.sha256(body).digest()
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET_TRANSMISSIONS, tenant_id, TRANSMISSIONS_FOR)
            await conn.execute(SEEN, tenant_id, source_id, digest, hashed)
            same: bool | None = await conn.fetchval(KNOWN, tenant_id, source_id, digest, hashed)
        return same is not False


def _said(news: ProviderNews) -> bytes:
    """Equal for the same said twice, by whichever endpoint it came."""
    left_out = {name for name in ("paid", "intent", "doubt", "also_about", "test", "effect") if not getattr(news, name)}
    return news.model_dump_json(exclude=left_out | {"ids"}).encode()


def digest_of(news: ProviderNews) -> bytes:
    """By what the same said twice is known in the rows and cases of earlier releases."""
    return hashlib.sha256(_said(news)).digest()


def _place(under: str, digest: bytes) -> str:
    return secret_place("provider_ids", f"{under}/{digest.hex()}")
