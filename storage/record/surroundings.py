"""What the facts of a case refer to, and what follows from them outside its row: texts, keys, parties, files, commands, effects,
notices and sanctions are looked for one by one, opened where they are sealed, and compared with what the facts say.

Everything is read in the moment in which the facts were read. Ciphertexts come in small portions, and one is held at a time.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from activities.ports.evidence import EvidenceStore
from domain.model.case import Case
from domain.model.chain import FORM
from domain.model.facts import CrossCaseTaskOrdered, Recording, SanctionImposed, SanctionLifted, SanctionVoided
from storage.postgres.pool import Connection
from storage.postgres.vault import DataKey, Vault, VaultFault, evidence_path, open_contact
from storage.record.erasure_trail import Destroyed, check_destroyed, destroyed_keys
from storage.record.heads import around_hash
from storage.record.records import expected_effects
from storage.record.sanctions import sanctions_of

Row = asyncpg.Record
Add = Callable[[str, int, str], None]
"""Notes what is amiss: which code, at which fact (0: none), and what exactly."""

CONTENTS_AT_ONCE = 20
"""Ciphertexts held in memory at a time; each is at most as large as an attachment."""

COLUMNS = {
    "keys": "id, holder, wrapped, destroyed_at, erasure_id",
    "parties": "id, side, ref_digest, contact, key_id, has_email, address_digest",
    "commands": "id, type, actor_id, channel, credential, received_at, body, raw_content, status, answer, answered_at",
    "effects": "id, seq, type, amount, currency, side, to_party, because, reverses, synthetic, state, result, errand",
    "notices": "id, seq, event, audience, recipient, data, texts",
    "sanctions": "id, party, ref_digest, category, sanction, weight, imposed_at, ends_at, counts_until, lifted_at, voided_at",
    "files": "id, key_id, about, media_type, bytes, digest",
    "case_parts": "person_id",
}
"""What is compared, by table; each is a field of :class:`Surroundings`."""
TABLES = {
    table: f"SELECT case_id, {columns} FROM {table} WHERE tenant = $1 AND case_id = ANY($2)"  # noqa: S608 - constants
    for table, columns in COLUMNS.items()
}
CONTENTS = """
SELECT c.id, c.case_id, c.key_id, c.ciphertext FROM unnest($2::text[]) AS w (id) JOIN contents c ON c.tenant = $1 AND c.id = w.id
"""
KEYS_BY_ID = "SELECT case_id, id, holder, wrapped FROM keys WHERE tenant = $1 AND id = ANY($2)"


@dataclass(frozen=True)
class Referred:
    """A text that somebody refers to."""

    content_id: str
    digest: str | None
    """None: whoever refers to it keeps no digest."""
    seq: int
    """Of the fact that refers to it; 0: something else does."""
    by: str


@dataclass
class Surroundings:
    """The rows around one case."""

    keys: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    commands: list[Row] = field(default_factory=list)
    effects: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    sanctions: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    case_parts: list[Row] = field(default_factory=list)
    destroyed: dict[str, list[Destroyed]] = field(default_factory=dict)
    """What the tenant's trail says of the keys that were destroyed, by key."""

    def around(self, seq: int, until: datetime) -> str:
        """The hash of what no fact says: the notices of facts up to a number, and what was answered by an instant."""
        notices = [dict(row) for row in self.notices if row["seq"] <= seq]
        commands = [dict(row) for row in self.commands if row["answered_at"] is not None and row["answered_at"] <= until]
        return around_hash(notices, commands)


async def surroundings(conn: Connection, tenant: str, case_ids: Sequence[str]) -> dict[str, Surroundings]:
    """The rows around these cases, without their texts."""
    found = {case_id: Surroundings() for case_id in case_ids}
    for name, statement in TABLES.items():
        for row in await conn.fetch(statement, tenant, list(case_ids)):
            getattr(found[row["case_id"]], name).append(row)
    for case_id, destroyed in (await destroyed_keys(conn, tenant, case_ids)).items():
        found[case_id].destroyed = destroyed
    return found


def referred(row: Row, recordings: Sequence[Recording], around: Surroundings) -> Iterator[Referred]:
    """The texts that a case refers to: its facts, its commands (the refused ones too), its notices, and its row."""
    for recording in recordings:
        for content_id, digest in _texts(recording.fact.model_dump(mode="json")):
            yield Referred(content_id, digest, recording.seq, f"fact {recording.seq}")
    for command in around.commands:
        for content_id, digest in _texts(command["body"]):
            yield Referred(content_id, digest, 0, f"command {command['id']}")
        if command["raw_content"]:
            yield Referred(command["raw_content"], None, 0, f"command {command['id']}, as it came")
    for notice in around.notices:
        for content_id, digest in _texts(notice["texts"]):
            yield Referred(content_id, digest, notice["seq"], f"notice {notice['id']}")
    if row["report_content"]:
        yield Referred(row["report_content"], None, 0, "the report")


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """References to texts in something stored, however deep; what was only checked for its shape refers to none."""
    if isinstance(value, Mapping):
        if value.keys() == {"content_id", "digest", "length"}:
            if value["digest"]:
                yield value["content_id"], value["digest"]
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)


class Texts:
    """Looks at the texts that cases refer to: each is there, opens under its key, and is the one whose digest was recorded."""

    def __init__(self, vault: Vault, conn: Connection, tenant: str) -> None:
        self._vault, self._conn, self._tenant = vault, conn, tenant
        self._keys: dict[str, DataKey | None] = {}
        self.looked_at = 0

    async def check(self, wanted: Sequence[Referred], add: Add) -> None:
        """Note with ``add`` what is not as it was put away. What was erased with its key is no text any more."""
        ids = list(dict.fromkeys(one.content_id for one in wanted))
        for at in range(0, len(ids), CONTENTS_AT_ONCE):
            portion = ids[at : at + CONTENTS_AT_ONCE]
            rows = {row["id"]: row for row in await self._conn.fetch(CONTENTS, self._tenant, portion)}
            await self._learn({row["key_id"] for row in rows.values()})
            opened = {content_id: self._open(rows.get(content_id)) for content_id in portion}
            for one in wanted:
                if one.content_id in opened:
                    self._compare(one, opened[one.content_id], add)

    async def _learn(self, key_ids: set[str]) -> None:
        missing = [key_id for key_id in key_ids if key_id not in self._keys]
        if len(self._keys) > 10_000:
            self._keys.clear()
            missing = list(key_ids)
        for row in await self._conn.fetch(KEYS_BY_ID, self._tenant, missing) if missing else ():
            self._keys[row["id"]] = unwrapped(self._vault, self._tenant, row)

    def _open(self, row: Row | None) -> tuple[str, str]:
        """How a text stands (``gone``, ``erased``, ``sealed`` for one that does not open, ``there``), and its digest."""
        if row is None:
            return "gone", ""
        key = self._keys.get(row["key_id"])
        if key is None:
            return ("erased", "") if row["key_id"] in self._keys else ("sealed", "")
        self.looked_at += 1
        digest = _digest(key, row["id"], row["ciphertext"]) if key.case_id == row["case_id"] else None
        return ("there", digest) if digest is not None else ("sealed", "")

    @staticmethod
    def _compare(one: Referred, found: tuple[str, str], add: Add) -> None:
        how, digest = found
        if how == "gone":
            add("text_missing", one.seq, f"{one.content_id}, to which {one.by} refers, is not there")
        elif how == "sealed":
            add("text_unreadable", one.seq, f"{one.content_id}, to which {one.by} refers, does not open under its key")
        elif how == "there" and one.digest is not None and not hmac.compare_digest(digest, one.digest):
            add("text_differs", one.seq, f"{one.content_id} is not the text to which {one.by} refers")


async def check_stored(store: EvidenceStore, vault: Vault, tenant: str, around: Surroundings, add: Add) -> None:
    """The bytes of each file lie in the evidence store and are those whose digest was recorded; one at a time."""
    keys = {row["id"]: unwrapped(vault, tenant, row) for row in around.keys}
    for row in around.files:
        key = keys.get(row["key_id"])
        if key is None:
            continue
        path = evidence_path(tenant, row["case_id"], row["digest"])
        sealed = await store.get(path)
        if sealed is None:
            add("file_lost", 0, f"the evidence store does not have {row['id']}")
            continue
        if await asyncio.to_thread(_digest, key, path, sealed) != row["digest"]:
            add("file_changed", 0, f"{row['id']} in the evidence store is not the file that was handed in")


def _digest(key: DataKey, place: str, sealed: bytes) -> str | None:
    """The digest of what was sealed there; None when it does not open."""
    try:
        return key.digest(key.open(place, sealed))
    except VaultFault:
        return None


def unwrapped(vault: Vault, tenant: str, row: Row) -> DataKey | None:
    """The key of a row; None when it was destroyed, or does not open (which :func:`check_keys` notes)."""
    if row["wrapped"] is None:
        return None
    try:
        return vault.unwrap(tenant, row["case_id"], row["holder"], row["id"], row["wrapped"])
    except VaultFault:
        return None


def check_around(vault: Vault, tenant: str, case: Case, recordings: Sequence[Recording], around: Surroundings, add: Add) -> None:
    """Compare the rows around a case with what its facts say."""
    keys = {row["id"]: unwrapped(vault, tenant, row) for row in around.keys}
    _check_keys(around, keys, add)
    _check_parties(vault, tenant, case, around, keys, add)
    _check_files(recordings, around, keys, add)
    _check_commands(recordings, around, add)
    _check_effects(case, recordings, around, add)
    _check_sanctions(case, recordings, around, add)
    _check_notices(case, recordings, around, add)
    absent = {part.person for part in case.involved} - {row["person_id"] for row in around.case_parts}
    if absent:
        add("part_missing", 0, f"{', '.join(sorted(absent))} had a part in it, and no list says so")


def _check_keys(around: Surroundings, keys: Mapping[str, DataKey | None], add: Add) -> None:
    check_destroyed(around.keys, around.destroyed, add)
    for row in around.keys:
        if row["wrapped"] is not None and keys[row["id"]] is None:
            add("key_unreadable", 0, f"the key {row['id']} of {row['holder']} does not open under the master key")


def _check_parties(
    vault: Vault, tenant: str, case: Case, around: Surroundings, keys: Mapping[str, DataKey | None], add: Add
) -> None:
    rows = {row["id"]: row for row in around.parties}
    for party in case.parties:
        row = rows.get(party.id)
        if row is None:
            add("party_missing", 0, f"{party.id} is a party, and has no row")
        elif (row["side"], row["ref_digest"]) != (party.side.value, party.ref_digest):
            add("party_differs", 0, f"the row of {party.id} says another side or another person")
    for row in around.parties:
        key = keys.get(row["key_id"])
        if row["key_id"] not in keys:
            add("key_missing", 0, f"the key of {row['id']} is not one of this case")
        elif key is not None:
            try:
                said = json.loads(open_contact(key, row["id"], row["contact"]))
            except VaultFault:
                add("contact_unreadable", 0, f"name and address of {row['id']} do not open under their key")
                continue
            if row["has_email"] is not (said["email"] is not None):
                add("party_differs", 0, f"the row of {row['id']} says otherwise than their contact whether there is an address")
            # None: the row is older than its column, and is filled in when somebody is sought.
            elif row["address_digest"] not in (None, vault.known_by(tenant, said["email"])):
                add("party_differs", 0, f"the row of {row['id']} is found by another address than that of their contact")


def _check_files(recordings: Sequence[Recording], around: Surroundings, keys: Mapping[str, DataKey | None], add: Add) -> None:
    rows = {row["id"]: row for row in around.files}
    for recording in recordings:
        for file in _files(recording.fact.model_dump(mode="json")):
            row = rows.get(file["id"])
            if row is None:
                add("file_missing", recording.seq, f"{file['id']} was handed in, and nothing is known of it")
            elif (row["digest"], row["media_type"], row["bytes"]) != (file["digest"], file["media_type"], file["length"]):
                add("file_differs", recording.seq, f"{file['id']} is not the file that was handed in")
    for row in around.files:
        key = keys.get(row["key_id"])
        if row["key_id"] not in keys:
            add("key_missing", 0, f"the key of {row['id']} is not one of this case")
        elif key is not None:
            try:
                key.open(f"file/{row['id']}", row["about"])
            except VaultFault:
                add("file_unreadable", 0, f"the name of {row['id']} does not open under its key")


def _files(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.keys() == {"id", "digest", "media_type", "length"}:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _files(item)


def _check_commands(recordings: Sequence[Recording], around: Surroundings, add: Add) -> None:
    """Every fact has its command, answered and never changed since; every answered one says of itself what its row says."""
    rows = {row["id"]: row for row in around.commands}
    for recording in recordings:
        row = rows.get(recording.command_id)
        if row is None:
            add("command_missing", recording.seq, f"{recording.command_id}, which led to it, is not there")
        elif row["status"] == "pending":
            add("command_differs", recording.seq, f"{recording.command_id} led to it, and counts as not answered")
    by_command = {recording.command_id: recording for recording in recordings}
    first = {recording.command_id: number for number, recording in reversed([*enumerate(recordings)])}
    for row in around.commands:
        number = first.get(row["id"], 0)
        before = recordings[number - 1] if number else None
        wrong = [name for name, differs in _differences(row, by_command.get(row["id"]), before) if differs]
        if wrong:
            add("command_differs", 0, f"{row['id']}: {', '.join(wrong)}")


def _differences(row: Row, fact: Recording | None, before: Recording | None) -> Iterator[tuple[str, bool]]:
    body, answer = row["body"], row["answer"]
    if body is not None:
        yield "type", body.get("type") != row["type"]
        yield "id", body.get("id") != row["id"]
        yield "actor", body.get("by") != row["actor_id"]
    if answer is not None:
        yield "answer", (answer.get("command_id"), answer.get("status")) != (row["id"], row["status"])
        yield "number", row["status"] == "accepted" and fact is not None and answer.get("seq", 0) < fact.seq
    if fact is not None:
        yield "channel", fact.channel != row["channel"]
        yield "credential", fact.credential is not None and fact.credential != row["credential"]
        # What the case tells itself at a deadline is told again by the next worker when one dies, at a moment of its own.
        yield "received", row["type"] not in ("open", "deadline") and not received_as_said(row["received_at"], fact, before)
    elif row["status"] == "accepted":
        yield "facts", bool(answer and answer.get("seq"))


def received_as_said(received_at: datetime, fact: Recording, before: Recording | None) -> bool:
    """Whether the command of a fact can have been received at an instant; ``before`` is the fact before the command's first.

    A fact is judged when its command was received, but never before its neighbour; one that was says when it was received.
    """
    if fact.form >= FORM or "received_at" in fact.model_fields_set:
        return received_at == (fact.received_at or fact.at)
    # Of an earlier release, which did not say it: where the neighbour's instant was taken, any before that is as good.
    return received_at == fact.at or (before is not None and received_at < before.at == fact.at)


def _check_effects(case: Case, recordings: Sequence[Recording], around: Surroundings, add: Add) -> None:
    """What was ordered is there as it was ordered, and stands as the facts say; what ended just now may be ahead of its fact."""
    expected = expected_effects(recordings, case)
    rows = {row["id"]: row for row in around.effects}
    for effect_id, told in expected.items():
        row = rows.get(effect_id)
        if row is None:
            add("effect_missing", told["seq"], f"{effect_id} was ordered, and is not there")
            continue
        ordered = ("seq", "type", "amount", "currency", "side", "because", "reverses")
        wrong = [name for name in ordered if row[name] != told.get(name)]
        if (
            row["to_party"] != told["to_party"]
            if told["to_party"]
            else row["to_party"] not in (None, *(p.id for p in case.parties))
        ):
            wrong.append("to_party")
        if row["synthetic"] != case.synthetic:
            wrong.append("synthetic")
        if not _same_task(row["errand"], told.get("errand")):
            wrong.append("errand")
        if row["state"] != (row["result"] or "running"):
            wrong.append("state")
        if told["result"] is not None and (row["state"], row["result"]) != (told["result"], told["result"]):
            wrong.append("result")
        if wrong:
            add("effect_differs", told["seq"], f"{effect_id}: {', '.join(wrong)}")
    for effect_id in rows.keys() - expected.keys():
        add("effect_unknown", rows[effect_id]["seq"], f"{effect_id} is there, and no fact has ordered it")


def _same_task(stored: Any, ordered: CrossCaseTaskOrdered | None) -> bool:
    """Whether what is to be done in another case is what was ordered."""
    if stored is None or ordered is None:
        return stored is ordered
    try:
        return CrossCaseTaskOrdered.model_validate(stored) == ordered
    except ValueError:
        return False


def _check_sanctions(case: Case, recordings: Sequence[Recording], around: Surroundings, add: Add) -> None:
    """Each sanction is held against whom the facts name, for as long as they say; of a gold or test case there are none."""
    facts = (recording.fact for recording in recordings)
    touched = {f.sanction_id for f in facts if isinstance(f, SanctionImposed | SanctionLifted | SanctionVoided)}
    expected = {} if case.synthetic else {row["id"]: row for row in sanctions_of(case, touched)}
    rows = {row["id"]: row for row in around.sanctions}
    for sanction_id, told in expected.items():
        row = rows.get(sanction_id)
        if row is None:
            add("sanction_missing", 0, f"{sanction_id} was imposed, and is not there")
        elif wrong := [name for name in told if row[name] != told[name]]:
            add("sanction_differs", 0, f"{sanction_id}: {', '.join(sorted(wrong))}")
    for sanction_id in rows.keys() - expected.keys():
        add("sanction_unknown", 0, f"{sanction_id} is there, and no fact has imposed it")


def _check_notices(case: Case, recordings: Sequence[Recording], around: Surroundings, add: Add) -> None:
    """A notice is about a fact that is there, and to somebody who can be told of it."""
    last = recordings[-1].seq
    parties = {row["id"] for row in around.parties} | {party.id for party in case.parties}
    for row in around.notices:
        if not 0 < row["seq"] <= last:
            add("notice_unknown", row["seq"], f"{row['id']} tells of a fact that is not there")
        elif row["recipient"].startswith("pty_") and row["recipient"] not in parties:
            add("notice_unknown", row["seq"], f"{row['id']} is to somebody who is no party")
