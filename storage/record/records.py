"""The record of every case in Postgres: one read for all that a decision needs, one statement for all that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import asyncpg
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, from_json, to_json
from uuid_utils import uuid7

from activities.ports.errors import Unstorable
from activities.ports.records import CaseSnapshot, KeptAnswer, Pending, Transition
from domain.base import Money
from domain.model.case import FORM, Case
from domain.model.chain import Chained
from domain.model.facts import (
    CaseAssigned,
    CaseOpened,
    CaseRetargeted,
    CrossCaseTaskOrdered,
    CrossCaseTaskReported,
    EffectOrdered,
    EffectReported,
    EffectWithheld,
    ManualWorkReported,
    Recording,
)
from domain.model.money import PaidElsewhere
from domain.rules.evolve import fold
from domain.rules.reference import Notices
from domain.transition import calendars_of
from domain.views.urgency import next_end, pressing
from domain.worktime.calendars import Calendar
from storage.policies.library import CalendarCache
from storage.postgres.pool import Connection, Database, Json
from storage.record import sql
from storage.record.archive import Archive
from storage.record.leases import LEASE_FOR, lease_rows
from storage.record.other_cases import exceptions_granted, paid_elsewhere
from storage.record.sanctions import sanction_rows
from storage.record.stored_case import case_of, state_of

_PENDING: TypeAdapter[tuple[Pending, ...]] = TypeAdapter(tuple[Pending, ...])
_ANSWERS: TypeAdapter[tuple[KeptAnswer, ...]] = TypeAdapter(tuple[KeptAnswer, ...])

_REFUSED_BY_POSTGRES = ("21", "22", "23", "54")
"""SQLSTATE classes that blame the data: wrong cardinality, wrong values, broken constraints, over the limits."""

_NOTICES: TypeAdapter[Notices] = TypeAdapter(Notices)

_PACKS_KEPT = 256
"""Notices of packs held in memory, by the version of the pack."""

Row = dict[str, Any]


class PostgresRecords:
    """Implements :class:`activities.ports.records.Records`."""

    def __init__(self, database: Database, lease_for: timedelta = LEASE_FOR, archive: Archive | None = None) -> None:
        """``archive``: from where a case is brought back before it is read to be moved; None: whoever reads moves nothing."""
        self._database, self._lease_for, self._archive = database, lease_for, archive
        self._calendars = CalendarCache()
        self._notices: dict[str, Notices] = {}

    async def read(
        self,
        tenant_id: str,
        case_id: str,
        *,
        ask: Sequence[str] = (),
        known_turn: int | None = None,
        limit: int = 50,
        lock: bool = False,
    ) -> CaseSnapshot | None:
        """How the case stands; None when the tenant has no such case."""
        arguments = (tenant_id, case_id, known_turn, _askable(ask), limit + 1)
        async with self._database.tenant(tenant_id) as conn:
            row = await _row(conn, arguments, lock=lock)
            if row is not None and row["archived"] and self._archive is not None:
                async with conn.transaction():
                    await self._archive.lay_out(conn, tenant_id, case_id)
                row = await _row(conn, arguments, lock=lock)
            if row is None:
                return None
            calendars = await self._calendars.of(conn, row["calendars"])
            notices = await self._known_notices(conn, row["pack_version"]) if row["has_notices"] else {}
            snapshot = _snapshot(row, calendars, notices, known_turn, limit)
            case = snapshot.case
            # What is left in the archive is only looked at: closed, it stands as the release that closed it folded it.
            if case is None or case.form >= FORM or row["archived"]:
                return snapshot
            # An earlier release folded it: what it did not know of stands in the facts.
            facts = await conn.fetch(sql.FACTS, tenant_id, case_id, case.seq)
        again = fold(case_id, (Recording.model_validate_json(body) for (body,) in facts))
        return snapshot.model_copy(update={"case": again})

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """Store the transition in one statement; False when the turn has moved, whoever is given the case was deactivated since
        it was read, or another case of the matter has paid or taken back meanwhile. Raises Unstorable for bad data."""
        try:
            statement, arguments = _writing(transition, self._lease_for)
            async with self._database.tenant(tenant_id) as conn, AsyncExitStack() as until:
                if (given := _given(transition)) and not transition.substitute:
                    # A deactivation under way comes first, and is seen here; a later one finds the case with its owner.
                    await until.enter_async_context(conn.transaction())
                    if not all(row["active"] for row in await conn.fetch(sql.HOLD_OWNERS, tenant_id, given)):
                        return False
                if transition.paid_elsewhere is not None and not transition.substitute:
                    # Of two cases that pay for one matter at once the second waits here, and then sees what the first has paid.
                    await until.enter_async_context(conn.transaction())
                    await conn.fetch(sql.HOLD_MATTER, tenant_id, case_id)
                    if _by_case(await paid_elsewhere(conn, tenant_id, case_id)) != _by_case(transition.paid_elsewhere):
                        return False
                if transition.exceptions is not None and not transition.substitute:
                    # Of two that are granted at once the second is counted with the first.
                    await until.enter_async_context(conn.transaction())
                    await conn.fetchval(sql.HOLD_KIND, tenant_id, case_id)
                    if tuple(await exceptions_granted(conn, tenant_id, case_id)) != transition.exceptions:
                        return False
                written = bool(await conn.fetchval(statement, tenant_id, case_id, transition.turn, *arguments))
                if not written and await conn.fetchval(sql.TURN, tenant_id, case_id) == transition.turn:
                    raise Unstorable("the facts do not follow the last one on record")
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] in _REFUSED_BY_POSTGRES:
                raise Unstorable(f"SQLSTATE {error.sqlstate}") from error
            raise
        except (PydanticSerializationError, UnicodeError) as error:
            raise Unstorable("it cannot be written as JSON") from error
        return written

    async def _known_notices(self, conn: Connection, version: str) -> dict[str, Notices]:
        known = self._notices.get(version)
        if known is None:
            known = _NOTICES.validate_json(await conn.fetchval(sql.NOTICES, version))
            if len(self._notices) >= _PACKS_KEPT:
                self._notices.clear()
            self._notices[version] = known
        return {version: known}


async def _row(conn: Connection, arguments: Sequence[Any], *, lock: bool) -> asyncpg.Record | None:
    """The row of :data:`storage.record.sql.READ`."""
    if not lock:
        return await conn.fetchrow(sql.READ, *arguments)
    lending = conn.transaction()
    await lending.start()
    try:
        # Commands being received hold the row FOR SHARE until they are stored; the read below then sees them.
        await conn.fetchval(sql.LOCK, *arguments[:2])
        return await conn.fetchrow(sql.READ, *arguments)
    finally:
        # All it wrote is a lock. A commit would wait for the disk.
        await lending.rollback()


def _by_case(found: Iterable[PaidElsewhere]) -> Mapping[str, tuple[tuple[Money, ...], bool]]:
    return {one.case: (one.given, one.goods) for one in found}


def _askable(ids: Iterable[str]) -> list[str]:
    # An id with a NUL or half a surrogate pair cannot be in the database, and must not break the question about the others.
    return [command_id for command_id in ids if command_id.isascii() and "\x00" not in command_id]


def _snapshot(
    row: asyncpg.Record, calendars: Mapping[str, Calendar], notices: Mapping[str, Notices], known_turn: int | None, limit: int
) -> CaseSnapshot:
    pending = _PENDING.validate_json(row["pending"]) if row["pending"] else ()
    answers = _ANSWERS.validate_json(row["answers"]) if row["answers"] else ()
    return CaseSnapshot(
        turn=row["turn"],
        now=row["now"],
        case=case_of(row["state"]) if row["state"] else None,
        unchanged=row["turn"] == known_turn,
        head=row["head"],
        pending=pending[:limit],
        more=len(pending) > limit,
        answers={answer.command_id: answer for answer in answers},
        calendars=calendars,
        notices=notices,
        undelivered=row["undelivered"],
        effects=tuple(row["effects"]),
    )


def _writing(transition: Transition, lease_for: timedelta) -> tuple[str, list[Any]]:
    """The statement that stores a transition, and its arguments."""
    holds: dict[str, Any] = {}
    case = transition.case
    if transition.facts and case is not None and not transition.substitute:
        first, last = transition.facts[0], transition.facts[-1]
        before = {"after_seq": first.recording.seq - 1, "after_head": first.prev_hash}
        holds["projection"] = {**before, **projection(case), "head": last.hash}
        terms = _new_terms(transition.facts, case)
        if terms is not None:
            holds["projection"]["terms"] = terms
        holds["facts"] = fact_rows(transition.facts)
        if any(c.recording.timetable is not None for c in transition.facts):
            holds["timetable"] = [due.model_dump() for due in case.timetable]
        holds["notices"] = notice_rows(transition)
        recordings = [chained.recording for chained in transition.facts]
        holds["ordered"] = ordered_effects(recordings, case)
        holds["reported"] = reported_effects(recordings)
        holds["worked"] = lease_rows(transition, lease_for)
        holds["sanctions"] = sanction_rows(transition, case)
        holds["given"] = _given(transition)
        holds["parts"] = sorted({part.person for part in case.involved})
    holds["answers"] = [_answer(a) for a in transition.answers]
    holds["archive"] = archived(transition)
    # The timetable is replaced also by an empty one; of everything else nothing is nothing.
    needed = [part for part in sql.PARTS if holds.get(part) or (part == "timetable" and part in holds)]
    gate = () if "projection" in needed else ("turn",)
    return sql.write((*gate, *needed)), [holds[part] for part in needed]


def _new_terms(facts: Sequence[Chained], case: Case) -> Any:
    """The terms of the case, where these facts have brought them; else None."""
    if any(isinstance(c.recording.fact, CaseRetargeted) for c in facts):
        return case.terms
    opened = next((c.written for c in facts if isinstance(c.recording.fact, CaseOpened)), None)
    # As the fact says them: to write terms down again takes as long as much of the rest.
    return from_json(opened)["fact"]["terms"] if opened is not None else None


def _given(transition: Transition) -> list[str]:
    """Who was given the case."""
    return [c.recording.fact.owner for c in transition.facts if isinstance(c.recording.fact, CaseAssigned)]


def projection(case: Case) -> Row:
    """The columns of a case's row, for lists and queues; all of them follow from the state."""
    first = min(case.timetable, key=lambda due: due.due_at, default=None)
    state, ends_at = pressing(case)
    return {
        "seq": case.seq,
        "state": state_of(case),
        "kind": case.kind,
        "category": case.category,
        "phase": case.phase,
        "status": "open" if case.open else "closed",
        "outcome": case.outcome,
        "owner": case.owner,
        "queue": case.queue,
        "priority": case.priority,
        "waiting_on": case.waiting_on,
        "wants_owner": case.owner_sought and case.owner is None and case.open,
        "needs_hands": bool(case.manual_work),
        "legal_hold": bool(case.legal_holds),
        "next_due_at": first.due_at if first else None,
        "next_clock": first.clock if first else None,
        "pressing": state,
        "pressing_at": ends_at,
        "ends_at": next_end(case),
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "platform_updated_at": case.seen_at.get("platform", case.opened_at),
        "closed_at": case.closed_at,
        "pack": case.terms.pack,
        "pack_version": case.terms.version,
        "calendars": sorted(calendars_of(case)),
        "campaign": case.campaign,
    }


def fact_rows(facts: Iterable[Chained]) -> Json:
    """Rows of ``facts``; the body of each is the recording, exactly as it was hashed."""
    return Json(b"[" + b",".join(map(_fact_row, facts)) + b"]")


def _fact_row(chained: Chained) -> bytes:
    recording = chained.recording
    columns = {
        "seq": recording.seq,
        "at": recording.at,
        "recorded_at": recording.recorded_at,
        "type": recording.fact.type,
        "command_id": recording.command_id,
        "actor_id": recording.actor.id,
        "hash": chained.hash,
        "prev_hash": chained.prev_hash,
    }
    return b'%b,"body":%b}' % (to_json(columns)[:-1], chained.written.encode("ascii"))


def archived(transition: Transition) -> list[Row]:
    """Deadline commands, archived with the answers they got."""
    answers = {answer.command_id: answer for answer in transition.answers}
    return [
        {
            "id": due.id,
            "received_at": due.due_at,
            "body": {"id": due.id, "by": "system", "channel": "system", "type": "deadline", "clock": due.clock,
                     "instance": due.instance, "level": due.level, "count": due.count},
            **{k: v for k, v in _answer(answers[due.id]).items() if k != "id"},
        }
        for due in transition.deadlines
        if due.id in answers
    ]  # fmt: skip


def _answer(answer: KeptAnswer) -> Row:
    return {"id": answer.command_id, "status": answer.status, "answer": answer}


def notice_rows(transition: Transition) -> list[Row]:
    """Drafts with an id each; who exactly is told is worked out in the writing statement, from whom the case is about."""
    parties = transition.case.parties if transition.case is not None else ()
    about = sorted({digest for p in parties for digest in (p.ref_digest, p.org_digest) if digest is not None})
    drafts = (({"seq": seq, **draft.model_dump(mode="json")}) for seq, draft in transition.notices)
    return [{"id": f"ntc_{uuid7()}", **draft, "parties": about} for draft in drafts]


def ordered_effects(recordings: Sequence[Recording], case: Case) -> list[Row]:
    """Effects that were ordered, each with the one who gets it: named, or the principal of its side.

    What waits for somebody's hands from the first is never under way; the update of reports does not see rows of the same write.
    """
    rows = []
    at_once = {row["id"]: row for row in reported_effects(recordings)}
    for recording in recordings:
        if isinstance(recording.fact, EffectOrdered):
            remedy = recording.fact.remedy
            money = {"amount": remedy.amount.amount, "currency": remedy.amount.currency} if remedy.amount else {}
            rows.append({
                "id": recording.fact.effect_id, "seq": recording.seq, "type": remedy.type, "side": remedy.to, **money,
                "to_party": remedy.party or next((p.id for p in case.principals(remedy.to)), None),
                "because": recording.fact.because, "reverses": recording.fact.reverses,
                **at_once.get(recording.fact.effect_id, {}),
            })  # fmt: skip
        elif isinstance(recording.fact, CrossCaseTaskOrdered):
            task = recording.fact
            rows.append({
                "id": task.errand_id, "seq": recording.seq, "type": f"case_{task.what}", "side": "claimant",
                "because": task.errand_id, "errand": task,
            })  # fmt: skip
    return rows


def expected_effects(recordings: Sequence[Recording], case: Case) -> dict[str, Row]:
    """How the effects of a case must stand after all of its facts: what was ordered, and the last that was said of each
    (``result``; None while nothing was). Who gets it is known where the order names them."""
    named = {r.fact.effect_id: r.fact.remedy.party for r in recordings if isinstance(r.fact, EffectOrdered)}
    rows = {row["id"]: {**row, "to_party": named.get(row["id"]), "result": None} for row in ordered_effects(recordings, case)}
    for told in reported_effects(recordings):
        if told["id"] in rows:
            rows[told["id"]]["result"] = told["result"]
    return rows


WITHHELD = "withheld"
"""The note of an effect that a legal hold has stopped."""


def reported_effects(recordings: Sequence[Recording]) -> list[Row]:
    """What became of effects, as the facts say."""
    facts = [recording.fact for recording in recordings]
    told = [{"id": f.effect_id, "result": f.result, "note": f.note} for f in facts if isinstance(f, EffectReported)]
    by_hand = [f for f in facts if isinstance(f, ManualWorkReported)]
    told += [{"id": f.effect_id, "result": f.leaves, "note": "by_hand"} for f in by_hand]
    # A hold has stopped them: they are not begun any more. One that is under way just now still says how it ended.
    told += [{"id": f.effect_id, "result": "needs_hands", "note": WITHHELD} for f in facts if isinstance(f, EffectWithheld)]
    return told + [{"id": f.errand_id, "result": f.result, "note": f.case} for f in facts if isinstance(f, CrossCaseTaskReported)]
