"""Where text and personal data lie: encrypted with a key for each case and holder, so one key less erases one person's words.

The keys themselves are stored encrypted ("wrapped") under a key that follows from the master key, which is never in the
database and can be changed (:mod:`storage.postgres.ring`). Every ciphertext is bound to its place (tenant, case, id): copied to
another row, it does not open.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import asyncpg
from pydantic_core import to_json
from uuid_utils import uuid7

from domain.model.erasure import Erased
from domain.model.prose import Prose
from domain.model.provider_news import PAYMENT_PROVIDERS, STANDS_FOR_ID
from storage.postgres.pool import Connection
from storage.postgres.ring import (
    NONCE,
    Damaged,
    KeyRing,
    MasterKey,
    VaultFault,
    bound,
    derived,
    keyed_digest,
    opened_under,
    sealed_under,
)

__all__ = ["Damaged", "DataKey", "LegalHold", "SealBox", "Unreadable", "Vault", "VaultFault"]

STAFF = "staff"
"""The holder of everything that is not written by a party."""
PLATFORM = "platform"
"""The holder of what the platform notes for itself. It may be about anybody of the case, so it goes with the first of them."""
_WRAP = ("wrap",)
_ASKED = "asked:"
_KEYS = "SELECT case_id, id, wrapped FROM keys WHERE tenant = $1 AND case_id = ANY($2) AND holder = $3 AND destroyed_at IS NULL"
# By case, so that two who make keys for the same cases wait for each other and never lock each other out.
_NEW_KEYS = """
INSERT INTO keys (tenant, id, case_id, holder, wrapped)
SELECT $1, k.id, k.case_id, $2, k.wrapped FROM unnest($3::text[], $4::text[], $5::bytea[]) AS k (id, case_id, wrapped)
ORDER BY k.case_id
ON CONFLICT (tenant, case_id, holder) WHERE destroyed_at IS NULL DO NOTHING
"""
_NEW_CONTENTS = """
INSERT INTO contents (tenant, id, case_id, key_id, ciphertext)
SELECT $1, c.id, c.case_id, c.key_id, c.ciphertext
FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) AS c (id, case_id, key_id, ciphertext)
"""
_REVEAL = """
SELECT c.id, c.case_id, c.ciphertext, k.id AS key_id, k.holder, k.wrapped
FROM contents c JOIN keys k ON k.tenant = c.tenant AND k.id = c.key_id
WHERE c.tenant = $1 AND c.id = ANY($2)
"""
# When these texts were erased, and why.
GONE = """
SELECT c.id, k.holder, k.destroyed_at AS at, e.reason
FROM contents c JOIN keys k ON k.tenant = c.tenant AND k.id = c.key_id
LEFT JOIN erasures e ON e.tenant = k.tenant AND e.id = k.erasure_id
WHERE c.tenant = $1 AND c.id = ANY($2) AND k.destroyed_at IS NOT NULL
"""
_ERASE = """
UPDATE keys SET wrapped = NULL, destroyed_at = clock_timestamp()
WHERE tenant = $1 AND case_id = $2 AND (holder = $3 OR holder = 'platform' AND $3 LIKE 'pty\\_%') AND destroyed_at IS NULL
"""
HELD = "OM451"
"""SQLSTATE of what the database does not delete because of a legal hold (migration 0007)."""


UNREADABLE = "[This cannot be read: it was changed or damaged after it was written. It was not erased.]"


class Unreadable(str):
    """Stands where a text was that does not open any more, so that whoever reads the rest of a case sees that something is amiss.

    It is nobody's words: what goes outside in somebody's name is refused with it. ``ombud audit verify`` says which text it was.
    """

    __slots__ = ("content_id",)

    def __new__(cls, content_id: str = "") -> Unreadable:
        """What is said in its place."""
        said = super().__new__(cls, UNREADABLE)
        said.content_id = content_id
        return said

    content_id: str


class LegalHold(Exception):
    """The case, or another case of this person, is under legal hold: nothing was deleted."""

    code = "legal_hold"


@dataclass(frozen=True)
class DataKey:
    """The key of one holder on one case."""

    tenant_id: str
    case_id: str
    holder: str
    id: str
    key: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)

    def seal(self, place: str, data: bytes) -> bytes:
        """Encrypt; only the same place opens it again."""
        return sealed_under(self.key, data, bound(self.tenant_id, self.case_id, place))

    def open(self, place: str, data: bytes) -> bytes:
        """Decrypt. Raises VaultFault when it was sealed elsewhere or changed since."""
        return opened_under(self.key, data, bound(self.tenant_id, self.case_id, place))

    def digest(self, data: bytes) -> str:
        """Keyed digest (HMAC-SHA-256, hex). It dies with the key, so nobody can guess a short text from it afterwards."""
        return keyed_digest(derived(self.key, "digest"), data).hex()


class Unwrapped:
    """Keys as they are met while something is read, each of them unwrapped once. It is let go of with what was read."""

    def __init__(self, vault: Vault, tenant_id: str) -> None:
        self._vault, self._tenant_id = vault, tenant_id
        self._keys: dict[str, DataKey] = {}

    def key(self, case_id: str, holder: str, key_id: str, wrapped: bytes) -> DataKey:
        """As :meth:`Vault.unwrap`."""
        found = self._keys.get(key_id)
        if found is None or (found.case_id, found.holder, found.wrapped) != (case_id, holder, wrapped):
            found = self._keys[key_id] = self._vault.unwrap(self._tenant_id, case_id, holder, key_id, wrapped)
        return found


class SealBox:
    """A sealer for one holder: call it with each text, then :meth:`Vault.keep` what it collected."""

    def __init__(self, key: DataKey) -> None:
        self.key = key
        self.rows: list[tuple[str, bytes]] = []

    def __call__(self, text: str) -> Prose:
        data = text.encode("utf-8")
        return Prose(content_id=self.put(data), digest=self.key.digest(data), length=len(text))

    def file(self, name: str, media_type: str, data: bytes) -> Prose:
        """Put a file away, with its name and media type inside."""
        packed = b"\n".join((name.encode(), media_type.encode(), data))
        return Prose(content_id=self.put(packed), digest=self.key.digest(packed), length=len(data))

    def put(self, data: bytes) -> str:
        """Put bytes away and return their content id."""
        content_id = f"cnt_{uuid7()}"
        self.rows.append((content_id, self.key.seal(content_id, data)))
        return content_id


class Vault:
    """Everything that needs the master key (32 bytes), or a ring of several."""

    def __init__(self, master: bytes | KeyRing) -> None:
        self.ring = master if isinstance(master, KeyRing) else KeyRing(master)

    @classmethod
    def from_text(cls, text: str) -> Vault:
        """A vault from the keys as a process finds them: see :meth:`KeyRing.from_text`."""
        return cls(KeyRing.from_text(text))

    # --- texts of a case ---------------------------------------------------------------------------------------------

    def new_key(self, tenant_id: str, case_id: str, holder: str) -> DataKey:
        """A fresh key, not stored yet."""
        key_id, key = f"dek_{uuid7()}", os.urandom(32)
        wrapped = self.ring.seal(_WRAP, key, bound(tenant_id, case_id, holder, key_id))
        return DataKey(tenant_id, case_id, holder, key_id, key, wrapped)

    async def key(self, conn: Connection, tenant_id: str, case_id: str, holder: str) -> DataKey:
        """The holder's key on this case; made when there is none (or only destroyed ones)."""
        return (await self.keys(conn, tenant_id, [case_id], holder))[case_id]

    async def keys(self, conn: Connection, tenant_id: str, case_ids: Sequence[str], holder: str) -> dict[str, DataKey]:
        """The holder's key on each of these cases, by case; made where there is none."""
        while True:
            rows = await conn.fetch(_KEYS, tenant_id, case_ids, holder)
            found = {r["case_id"]: self.unwrap(tenant_id, r["case_id"], holder, r["id"], r["wrapped"]) for r in rows}
            made = [self.new_key(tenant_id, case_id, holder) for case_id in case_ids if case_id not in found]
            if not made:
                return found
            ids, cases, wrapped = zip(*((key.id, key.case_id, key.wrapped) for key in made), strict=True)
            if await conn.execute(_NEW_KEYS, tenant_id, holder, ids, cases, wrapped) == f"INSERT 0 {len(made)}":
                return found | {key.case_id: key for key in made}

    async def sealer(self, conn: Connection, tenant_id: str, case_id: str, holder: str) -> SealBox:
        """A box for the texts of one holder."""
        return SealBox(await self.key(conn, tenant_id, case_id, holder))

    async def keep(self, conn: Connection, *boxes: SealBox) -> None:
        """Store what boxes of one tenant have collected."""
        rows = [(content_id, box.key.case_id, box.key.id, data) for box in boxes for content_id, data in box.rows]
        if rows:
            await conn.execute(_NEW_CONTENTS, boxes[0].key.tenant_id, *zip(*rows, strict=True))

    async def reveal_bytes(
        self,
        conn: Connection,
        tenant_id: str,
        ids: Iterable[str],
        unreadable: set[str] | None = None,
        keys: Unwrapped | None = None,
    ) -> dict[str, bytes | None]:
        """What lies under these content ids; None when it was erased. Unknown ids are left out.

        Raises VaultFault for one that does not open; with ``unreadable`` the id of one that was changed or damaged is put there
        instead, and the rest is read. ``keys``: those that were met before.
        """
        keys = keys or Unwrapped(self, tenant_id)
        found: dict[str, bytes | None] = {}
        for row in await conn.fetch(_REVEAL, tenant_id, list(dict.fromkeys(ids))):
            if row["wrapped"] is None:
                found[row["id"]] = None
                continue
            try:
                key = keys.key(row["case_id"], row["holder"], row["key_id"], row["wrapped"])
                found[row["id"]] = key.open(row["id"], row["ciphertext"])
            except Damaged:
                if unreadable is None:
                    raise
                unreadable.add(row["id"])
        return found

    async def reveal_to_readers(self, conn: Connection, tenant_id: str, ids: Iterable[str]) -> dict[str, str | None]:
        """As :meth:`reveal`, for whoever reads a case: where a text does not open stands :class:`Unreadable`, and the others are
        read all the same."""
        lost = set[str]()
        found = await self.reveal_bytes(conn, tenant_id, ids, lost)
        texts = {key: None if data is None else data.decode("utf-8", "replace") for key, data in found.items()}
        return texts | {key: Unreadable(key) for key in lost}

    async def reveal(self, conn: Connection, tenant_id: str, ids: Iterable[str]) -> dict[str, str | None]:
        """The texts under these content ids; None when one was erased. Unknown ids are left out."""
        found = await self.reveal_bytes(conn, tenant_id, ids)
        return {key: None if data is None else data.decode("utf-8", "replace") for key, data in found.items()}

    async def gone(self, conn: Connection, tenant_id: str, ids: Iterable[str]) -> dict[str, Erased]:
        """Of these texts those that were erased: when, and why."""
        rows = await conn.fetch(GONE, tenant_id, list(dict.fromkeys(ids)))
        return {row["id"]: Erased(row["holder"], row["at"], row["reason"]) for row in rows}

    async def file(self, conn: Connection, tenant_id: str, content_id: str) -> tuple[str, str, bytes] | None:
        """Name, media type and bytes of an attachment; None when it is unknown or was erased."""
        data = (await self.reveal_bytes(conn, tenant_id, [content_id])).get(content_id)
        if data is None:
            return None
        name, media_type, body = data.split(b"\n", 2)
        return name.decode(), media_type.decode(), body

    async def erase(self, conn: Connection, tenant_id: str, case_id: str, holder: str) -> bool:
        """Destroy the holder's key on this case: nothing sealed with it can be read again. False when there was none.

        With a party goes what the platform noted for itself, which may be about them.
        Raises :class:`LegalHold`, by the database's own word, while the case or another case of this person is held.
        """
        try:
            return await conn.execute(_ERASE, tenant_id, case_id, holder) != "UPDATE 0"
        except asyncpg.PostgresError as error:
            if error.sqlstate == HELD:
                raise LegalHold("This is under legal hold; nothing of it can be deleted.") from error
            raise

    def unwrap(self, tenant_id: str, case_id: str, holder: str, key_id: str, wrapped: bytes) -> DataKey:
        """A stored key, ready for use. Raises VaultFault when it was wrapped by a master key that is not known here."""
        key = self.ring.open(_WRAP, wrapped, bound(tenant_id, case_id, holder, key_id))
        return DataKey(tenant_id, case_id, holder, key_id, key, wrapped)

    def rewrap(self, tenant_id: str, case_id: str, holder: str, key_id: str, wrapped: bytes) -> bytes:
        """A stored key, wrapped by the current master key. Raises VaultFault as :meth:`unwrap`."""
        place = bound(tenant_id, case_id, holder, key_id)
        return self.ring.seal(_WRAP, self.ring.open(_WRAP, wrapped, place), place)

    # --- what belongs to a tenant ------------------------------------------------------------------------------------

    def seal_secret(self, tenant_id: str, place: str, data: bytes) -> bytes:
        """Encrypt a secret that belongs to no case (of a webhook endpoint)."""
        return self.ring.seal(("secret", tenant_id), data, bound(tenant_id, place))

    def open_secret(self, tenant_id: str, place: str, data: bytes) -> bytes:
        """What :meth:`seal_secret` put away."""
        return self.ring.open(("secret", tenant_id), data, bound(tenant_id, place))

    def seal_cursor(self, tenant_id: str, place: str, data: bytes) -> bytes:
        """Encrypt where a page of a list ended. The same for the same place and data, so that equal pages are equal bytes."""
        at = bound(tenant_id, place)
        # The nonce follows from what is sealed: it repeats only with the very same text, which tells nobody anything new.
        nonce = keyed_digest(self.ring.current.of("cursor-nonce", tenant_id), at + b"\x1f" + data)[:NONCE]
        return self.ring.seal(("cursor", tenant_id), data, at, nonce)

    def open_cursor(self, tenant_id: str, place: str, sealed: bytes) -> bytes | None:
        """What :meth:`seal_cursor` sealed; None for what it did not seal for this place."""
        try:
            return self.ring.open(("cursor", tenant_id), sealed, bound(tenant_id, place))
        except VaultFault:
            return None

    def seal_asked_number(self, tenant_id: str, number: str) -> str:
        """What somebody who has lost their link wrote as the number of their case, for the moments until it is looked for."""
        return _ASKED + base64.b64encode(self.seal_cursor(tenant_id, _ASKED, number.encode())).decode()

    def open_asked_number(self, tenant_id: str, kept: str) -> str:
        """What :meth:`seal_asked_number` sealed, or an earlier release left open. Empty: the key was changed at that moment."""
        if not kept.startswith(_ASKED):
            return kept
        opened = self.open_cursor(tenant_id, _ASKED, base64.b64decode(kept.removeprefix(_ASKED)))
        return opened.decode() if opened is not None else ""

    def open_secrets(self, tenant_id: str, place: str, *sealed: bytes | None) -> tuple[str, ...]:
        """The signing secrets that lie under a place; one that is not there is left out."""
        return tuple(self.open_secret(tenant_id, place, secret).decode() for secret in sealed if secret is not None)

    def ref_digest(self, tenant_id: str, ref: str) -> str:
        """Keyed digest of the platform's id of a user: equal for equal users of one tenant, readable by nobody."""
        return self._tenant_digest("ref", tenant_id, ref)

    def known_by(self, tenant_id: str, email: str | None) -> str | None:
        """What an address is known by: the ``ref_digest`` of whoever has no id of the platform's but this address."""
        return self.ref_digest(tenant_id, email.strip().lower()) if email else None

    def matter_digest(self, tenant_id: str, matter: str) -> str:
        """Keyed digest of what a case is about: equal for the same matter of one tenant, readable by nobody."""
        return self._tenant_digest("matter", tenant_id, matter)

    def provider_token(self, tenant_id: str, provider_id: str) -> str:
        """What stands for a payment provider's id: equal for the same id of one tenant, readable by nobody. Forty hex digits."""
        return STANDS_FOR_ID + self._tenant_digest("provider", tenant_id, provider_id)[:40]

    def number_kept(self, tenant_id: str, source: str, external_id: str | None) -> str | None:
        """The number of a report as its case keeps it: that of a dispute leads to whoever paid, and is kept as its digest."""
        if external_id is None or source not in PAYMENT_PROVIDERS:
            return external_id
        return self.provider_token(tenant_id, external_id)

    def numbers_of(self, tenant_id: str, external_id: str) -> list[str]:
        """By what a case with this number is found: one of an earlier release keeps a payment provider's as it is."""
        return [external_id, self.provider_token(tenant_id, external_id)]

    def provider_digest(self, tenant_id: str, said: bytes) -> bytes:
        """Keyed digest of what a payment provider said: equal for the same said twice."""
        return keyed_digest(self.ring.digest_key("provider-news", tenant_id), said)

    def repeat_digest(self, tenant_id: str, key: str) -> str:
        """Keyed digest of the key under which a request can be repeated."""
        return self._tenant_digest("repeat", tenant_id, key)

    def body_hash(self, tenant_id: str, body: bytes) -> bytes:
        """Keyed digest of a request's body, to tell a repetition from a changed one."""
        return keyed_digest(self.ring.digest_key("body", tenant_id), body)

    def _tenant_digest(self, purpose: str, tenant_id: str, text: str) -> str:
        return keyed_digest(self.ring.digest_key(purpose, tenant_id), text.encode("utf-8", "surrogatepass")).hex()

    def reply_token(self, tenant_id: str, notice_id: str) -> str:
        """What proves that somebody has the letter of a notice: only its recipient was sent it. Twenty hex digits (80 bits)."""
        return self._tenant_digest("reply", tenant_id, notice_id)[:20]

    def link_token(self, tenant_id: str, link_id: str) -> str:
        """The secret of a party's link, the same each time a letter with it is tried. Forty-eight hex digits (192 bits)."""
        return self._tenant_digest("link", tenant_id, link_id)[:48]

    def address_digest(self, tenant_id: str, address: str) -> str:
        """Keyed digest of an e-mail address, or of where a request comes from: compared, and readable by nobody."""
        return self._tenant_digest("address", tenant_id, address.strip().casefold())

    def payload_key(self, scope: str) -> bytes:
        """The key (32 bytes) of what Temporal keeps for one workflow, named by its id; see :mod:`runtime.codec`."""
        return self.ring.current.of("temporal", scope)

    @property
    def earlier_payload_keys(self) -> Sequence[Callable[[str], bytes]]:
        """The same of the other master keys that are known: what was sealed with them is opened still."""
        return [partial(_payload_key, key) for key in self.ring.others]

    def signing_seed(self) -> bytes:
        """Seed of the key that signs the heads of the chains. It outlives the master key, as what it signed does."""
        return self.ring.digest_key("heads")


def secret_place(what: str, key: str) -> str:
    """To which place a tenant's secret is bound: its id, and for what lies beside a secret what it is."""
    match what:
        case "answers":
            return f"idempotency/{key}"
        case "source_parties":
            return f"{key}/respondent"
        case "provider_ids":
            return f"provider_news/{key}"
        case _:
            return key


def signing_secret() -> str:
    """A new secret to sign with, as Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(os.urandom(24)).decode()


def _payload_key(master: MasterKey, scope: str) -> bytes:
    return master.of("temporal", scope)


def seal_contact(key: DataKey, party_id: str, name: str | None, email: str | None, ref: str) -> bytes:
    """Name, address and the platform's own id of a party, as they lie in its row."""
    return key.seal(f"contact/{party_id}", to_json({"name": name, "email": email, "ref": ref}))


def open_contact(key: DataKey, party_id: str, contact: bytes) -> bytes:
    """What :func:`seal_contact` put away, as JSON."""
    return key.open(f"contact/{party_id}", contact)


def evidence_path(tenant_id: str, case_id: str, digest: str) -> str:
    """Where the bytes of a file lie in the evidence store."""
    return f"{tenant_id}/{case_id}/{digest}"


def archive_path(tenant_id: str, case_id: str, digest: str) -> str:
    """Where a case lies in the evidence store that is in the archive."""
    return f"{tenant_id}/{case_id}/archive-{digest}"
