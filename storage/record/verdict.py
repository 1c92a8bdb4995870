"""What an audit finds: flaws of one chain after the other, and what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import asyncpg

from domain.model.chain import link
from storage.record.heads import SignedHead


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was recorded."""

    tenant_id: str
    case_id: str
    what: str
    """Of the chain: ``fact_missing``, ``fact_changed``, ``chain_broken``, ``columns_differ``, ``unreadable``, ``head_differs``.
    Of what follows from it: ``state_differs``, ``projection_differs``, ``deadlines_differ``. Of the signed heads:
    ``head_forged``, ``case_missing``, ``rewritten``, ``facts_lost``. Of the trail: ``rights_differ``,
    ``rights_unsaid``, ``erasure_differs``. Of who read what: ``reads_differ``. Of the archive: ``archive_missing``,
    ``archive_lost``, ``archive_changed``. Of what the facts refer to: see :mod:`storage.record.surroundings`. What each means
    and what is to be done stands in :mod:`services.audit`.
    """
    seq: int = 0
    detail: str = ""


@dataclass
class Verdict:
    """What an audit found."""

    cases: int = 0
    facts: int = 0
    deeds: int = 0
    """Entries of audit trails."""
    texts: int = 0
    """Texts that were opened and compared with their digest."""
    heads: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    head: str = ""
    """Of one case that was looked at alone: the hash of its newest fact."""

    def take(self, other: Verdict) -> None:
        """What was found elsewhere, too."""
        for name in ("cases", "facts", "deeds", "texts", "heads", "flaws"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def intact(self) -> bool:
        """Nothing is amiss."""
        return not self.flaws


class Flaws:
    """What is amiss with one chain."""

    def __init__(self, tenant: str, chain_id: str) -> None:
        self._tenant, self._chain_id = tenant, chain_id
        self.found: list[Flaw] = []

    def add(self, what: str, seq: int, detail: str) -> None:
        """One more."""
        self.found.append(Flaw(self._tenant, self._chain_id, what, seq, detail))

    def of_chain(self, rows: Iterable[asyncpg.Record], head: str = "", first: int = 1) -> str:
        """Follow the links from ``head`` on; the head that they come to."""
        for expected, row in enumerate(rows, start=first):
            if row["seq"] != expected:
                self.add("fact_missing", expected, f"the next one is number {row['seq']}")
                break
            if row["prev_hash"] != head:
                self.add("chain_broken", expected, "it does not follow the one before it")
            if link(row["prev_hash"], row["body"]) != row["hash"]:
                self.add("fact_changed", expected, "its hash is not that of its content")
            head = row["hash"]
        return head

    def of_heads(self, kept: Mapping[int, str], signed: Iterable[SignedHead]) -> None:
        """What was signed must still be there; ``kept`` are the hashes by number."""
        for head in signed:
            if head.seq not in kept:
                self.add("facts_lost", head.seq, f"signed at {head.signed_at}, not in the database")
            elif kept[head.seq] != head.head:
                self.add("rewritten", head.seq, f"another one was signed at {head.signed_at}")
