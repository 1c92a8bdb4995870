"""Records and inbox without a database, held to the same contract as those on Postgres: for tests and for trying things out.

One process, nothing on disk, texts in the clear. Everything happens between two awaits, so a write is as atomic as a statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic_core import PydanticSerializationError, to_json

from activities.ports.errors import Never, Unstorable
from activities.ports.records import CaseSnapshot, KeptAnswer, Pending, Transition
from domain.model.case import Case
from domain.model.chain import Chained, root
from domain.model.commands import Open, OpenedParty, parse_command
from domain.model.facts import (
    SYSTEM,
    Actor,
    CrossCaseTaskOrdered,
    CrossCaseTaskReported,
    EffectOrdered,
    EffectReported,
    ManualWorkReported,
)
from domain.model.prose import Prose
from domain.model.reading import Incoming, read_incoming
from domain.model.refusals import Refusal
from domain.model.report import ReportedParty
from domain.model.translations import Translate, with_original
from domain.notices.plan import NoticeDraft
from domain.rules.reference import Notices
from domain.transition import calendars_of
from domain.worktime.calendars import Calendar

Key = tuple[str, str]


@dataclass
class _Command:
    """A row of the inbox."""

    id: str
    actor_id: str
    received_at: datetime
    body: dict[str, Any]
    canonical: bytes
    status: Literal["pending", "accepted", "refused", "broken"] = "pending"
    answer: KeptAnswer | None = None


@dataclass
class MemoryCase:
    """Everything of one case; tests may look."""

    opening: Open
    begins: str
    """What the first fact stands behind."""
    turn: int = 0
    case: Case | None = None
    facts: list[Chained] = field(default_factory=list)
    commands: dict[str, _Command] = field(default_factory=dict)
    notices: list[tuple[int, NoticeDraft]] = field(default_factory=list)
    unsent: list[tuple[int, NoticeDraft]] = field(default_factory=list)
    """Notices that nobody has taken away yet."""
    effects: dict[str, str] = field(default_factory=dict)
    """State by id."""

    @property
    def head(self) -> str:
        """Hash of the last fact."""
        return self.facts[-1].hash if self.facts else self.begins


class MemoryRecords:
    """Implements :class:`activities.ports.records.Records`. ``now`` is the clock of its database."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._last = datetime.min.replace(tzinfo=UTC)
        self.cases: dict[Key, MemoryCase] = {}
        self.people: dict[Key, Actor] = {}
        """Staff and machines by tenant and id."""
        self.calendars: dict[str, Calendar] = {}
        self.notices: dict[str, Notices] = {}
        """Whom packs tell of what, by version."""
        self.texts: dict[str, str] = {}
        """Sealed texts by content id."""

    def open(self, tenant_id: str, case_id: str, opening: Open) -> None:
        """What intake does: the case's row, and its opening command in the inbox."""
        row = self.cases[tenant_id, case_id] = MemoryCase(opening, root(tenant_id, case_id))
        body = opening.model_dump(mode="json")
        row.commands[opening.id] = _Command(opening.id, "system", self.clock(), body, to_json(body))

    def clock(self) -> datetime:
        """The database's clock; never twice the same instant."""
        self._last = max(self._now(), self._last + timedelta(microseconds=1))
        return self._last

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
        """How the case stands; None when the tenant has no such case. There is nothing to lock."""
        row = self.cases.get((tenant_id, case_id))
        if row is None:
            return None
        pending = sorted((c for c in row.commands.values() if c.status == "pending"), key=lambda c: (c.received_at, c.id))
        asked = (row.commands[i] for i in ask if i in row.commands)
        refs = calendars_of(row.case, row.opening)
        version = (row.case or row.opening).terms.version
        return CaseSnapshot(
            turn=row.turn,
            now=self.clock(),
            case=None if row.turn == known_turn else row.case,
            unchanged=row.turn == known_turn,
            head=row.head,
            pending=tuple(self._pending(tenant_id, row, c) for c in pending[:limit]),
            more=len(pending) > limit,
            answers={c.id: c.answer for c in asked if c.answer is not None},
            calendars={ref: self.calendars[ref] for ref in refs if ref in self.calendars},
            notices={version: self.notices[version]} if version in self.notices else {},
            undelivered=bool(row.unsent),
            effects=tuple(i for i, state in row.effects.items() if state == "running"),
        )

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """All of the transition, or False when the turn has moved. Raises Unstorable for what Postgres would refuse."""
        row = self.cases.get((tenant_id, case_id))
        if row is None or row.turn != transition.turn:
            return False
        _check_storable(transition)
        if transition.facts and not transition.substitute:
            self._record(row, transition)
        for due in transition.deadlines:
            body = {"id": due.id, "type": "deadline", "by": "system"}
            row.commands.setdefault(due.id, _Command(due.id, "system", due.due_at, body, b""))
        for answer in transition.answers:
            command = row.commands.get(answer.command_id)
            if command is not None and command.status == "pending":
                command.status, command.answer = answer.status, answer
        row.turn += 1
        return True

    def actor(self, tenant_id: str, row: MemoryCase, actor_id: str) -> Actor | None:
        """Who an id is to this case."""
        parties: Sequence[OpenedParty] = row.case.parties if row.case else row.opening.parties
        party = next((p for p in parties if p.id == actor_id), None)
        if party is not None:
            return Actor(id=party.id, role=party.side.value, side=party.side)
        return SYSTEM if actor_id == "system" else self.people.get((tenant_id, actor_id))

    def _pending(self, tenant_id: str, row: MemoryCase, command: _Command) -> Pending:
        return Pending(
            command_id=command.id,
            received_at=command.received_at,
            body=command.body,
            actor=self.actor(tenant_id, row, command.actor_id),
            target=self.people.get((tenant_id, str(command.body.get("owner") or command.body.get("to")))),
        )

    def _record(self, row: MemoryCase, transition: Transition) -> None:
        first = transition.facts[0]
        if (first.recording.seq, first.prev_hash) != (len(row.facts) + 1, row.head):
            raise Unstorable("the facts do not follow the last one on record")
        row.facts += transition.facts
        row.case = transition.case
        row.notices += transition.notices
        row.unsent += transition.notices
        for chained in transition.facts:
            fact = chained.recording.fact
            if isinstance(fact, EffectOrdered):
                row.effects[fact.effect_id] = "running"
            elif isinstance(fact, CrossCaseTaskOrdered):
                row.effects[fact.errand_id] = "running"
            elif isinstance(fact, CrossCaseTaskReported):
                row.effects[fact.errand_id] = fact.result
            elif isinstance(fact, EffectReported):
                row.effects[fact.effect_id] = fact.result
            elif isinstance(fact, ManualWorkReported):
                row.effects[fact.effect_id] = fact.leaves


class MemoryInbox:
    """Implements :class:`activities.ports.records.Inbox` on the same cases."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        """Keep a command as it came and return the id under which it is kept."""
        row = self._records.cases.get((tenant_id, case_id))
        if row is None:
            raise Never("case_unknown", "There is no such case.")
        incoming = read_incoming(raw, channel)
        if incoming.command is None or incoming.refusal is not None:
            return self._refused(row, case_id, incoming, incoming.refusal or ("malformed", "This is not a command.", {}))
        taken = self._taken(tenant_id, incoming.command.id)
        if taken is None:
            try:
                return self._accepted(row, incoming, channel)
            except Refusal as refusal:
                return self._refused(row, case_id, incoming, (refusal.code, refusal.detail, refusal.fields))
        same = taken[1].canonical == incoming.canonical or channel == "system"
        if taken[0] == case_id and same:
            return incoming.command.id
        detail = "This id belongs to another command; choose a new one."
        return self._refused(row, case_id, incoming, ("id_reused", detail, {"id": incoming.command.id}))

    def _taken(self, tenant_id: str, command_id: str) -> tuple[str, _Command] | None:
        for (tenant, case_id), row in self._records.cases.items():
            if tenant == tenant_id and command_id in row.commands:
                return case_id, row.commands[command_id]
        return None

    def _accepted(self, row: MemoryCase, incoming: Incoming, channel: str) -> str:
        assert isinstance(incoming.raw, Mapping)
        command = parse_command({**incoming.raw, "channel": channel}, _MemorySealer(self._records))
        if isinstance(command, Translate):
            found = next((one.recording.fact for one in row.facts if one.recording.seq == command.of), None)
            command = with_original(command, found.model_dump(mode="json") if found is not None else None)
        body = command.model_dump(mode="json")
        row.commands[command.id] = _Command(command.id, command.by, self._records.clock(), body, incoming.canonical)
        return command.id

    def _refused(self, row: MemoryCase, case_id: str, incoming: Incoming, refusal: tuple[str, str, dict[str, Any]]) -> str:
        own_id = incoming.own_id(case_id, lambda data: hashlib.sha256(data).digest())
        code, detail, fields = refusal
        answer = KeptAnswer(command_id=own_id, status="refused", code=code, detail=detail, fields=fields)
        kept = _Command(own_id, incoming.actor_id, self._records.clock(), {}, incoming.canonical, "refused", answer)
        row.commands.setdefault(own_id, kept)
        return own_id


class _MemorySealer:
    """Keeps the texts of a command, and the people whom it makes parties."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    def __call__(self, text: str) -> Prose:
        """What stands for the text."""
        content_id = f"cnt_{len(self._records.texts) + 1}"
        self._records.texts[content_id] = text
        return Prose(content_id=content_id, digest=hashlib.sha256(text.encode()).hexdigest(), length=len(text))

    def party(self, person: ReportedParty) -> OpenedParty:
        """The party as the rules see them: the same person is the same party."""
        digest = hashlib.sha256(person.ref.encode()).hexdigest()
        said = {name: getattr(person, name) for name in ("side", "role", "locale", "zone", "minor")}
        return OpenedParty(id=f"pty_{digest[:12]}", ref_digest=digest, **said)


def _check_storable(transition: Transition) -> None:
    try:
        written = to_json(transition)
    except (PydanticSerializationError, UnicodeError) as error:
        raise Unstorable("it cannot be written as JSON") from error
    if b"\\u0000" in written:
        raise Unstorable("it holds a NUL character")
