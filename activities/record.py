"""The one activity that changes a case: one read, the rules, one write."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.decisions import Batch, broken, levels_due, work_through
from activities.lookups import Lookups
from activities.messages import Answer, Arrival, DueAt, Recorded, RecordInput
from activities.ports.errors import Never, Unstorable
from activities.ports.records import CaseSnapshot, Inbox, KeptAnswer, Records, Transition
from domain.model.case import Case
from domain.views.urgency import NO_END, next_end

BATCH = 50
"""Commands read at once."""
REMEMBERED = 2000
"""Folded cases kept by one worker, so that a busy case's state is not read again for every command."""
STALE_TRIES = 8
"""Reads against other writers before Temporal tries again later."""


class RecordActivities:
    """Holds ``records.record``. ``hit`` is called at named points, for tests that kill the process there; ``lists`` says whether
    Temporal's lists are to follow the case."""

    def __init__(
        self,
        records: Records,
        inbox: Inbox,
        zone_data: str,
        hit: Callable[[str], None] = lambda name: None,
        lookups: Lookups | None = None,
        lists: Callable[[], bool] = lambda: True,
    ) -> None:
        self._records, self._inbox, self._zone_data, self._hit, self._lists = records, inbox, zone_data, hit, lists
        self._lookups = lookups
        self._cases: OrderedDict[tuple[str, str], tuple[int, Case]] = OrderedDict()

    @activity.defn(name="records.record")
    async def record(self, ask: RecordInput) -> Recorded:
        """Take in what has arrived and what waits in the inbox, judge it, write it, and say how the case stands."""
        ids: list[str | None] = [await self._known_id(ask, arrival) for arrival in ask.arrivals]
        named = [i for i in ids if i is not None]
        found: dict[str, KeptAnswer] = {}
        for _ in range(STALE_TRIES):
            snapshot, case = await self._read(ask, named)
            if snapshot is None:
                return Recorded(answers=tuple(_unknown(ask, arrival) for arrival in ask.arrivals), quiet=True)
            found |= snapshot.answers
            batch = work_through(case, ask.case_id, snapshot, self._zone_data)
            written = await self._write(ask, snapshot, case, batch)
            if written is not None:
                found |= {a.command_id: a for a in written.answers}
                more = snapshot.more or any(p.command_id not in found for p in snapshot.pending)
                pairs = zip(ask.arrivals, ids, strict=True)
                answers = [_answer(ask, arrival, i, found.get(i or ""), more) for arrival, i in pairs]
                return _recorded(written, snapshot, tuple(answers), more, lists=self._lists())
        raise ApplicationError("The case is being written by others all the time; trying again.", type="record_busy")

    async def _known_id(self, ask: RecordInput, arrival: Arrival) -> str | None:
        if arrival.command_id is not None:
            # An empty id is a mere poke: "look into the inbox".
            return arrival.command_id or None
        try:
            return await self._inbox.put(ask.tenant_id, ask.case_id, arrival.command)
        except Never:
            return None

    async def _read(self, ask: RecordInput, named: list[str]) -> tuple[CaseSnapshot | None, Case | None]:
        key = (ask.tenant_id, ask.case_id)
        turn, remembered = self.remembered(*key)
        read = self._records.read
        # By this machine's clock, which decides nothing: where a level seems to be due it saves the look without the lock.
        lock = levels_due(remembered, datetime.now(UTC))  # noqa: TID251 - an activity: it never replays
        snapshot = await read(*key, ask=named, known_turn=turn, limit=BATCH, lock=lock)
        if snapshot is None:
            _behind(0, ask.saw_seq)
            return None, None
        case = remembered if snapshot.unchanged else snapshot.case
        if not lock and levels_due(case, snapshot.now):
            # In time must be exact: wait for commands that are being received just now, then look again.
            snapshot = await read(*key, ask=named, known_turn=snapshot.turn, limit=BATCH, lock=True)
            if snapshot is None:
                return None, None
            case = case if snapshot.unchanged else snapshot.case
        _behind(case.seq if case else 0, ask.saw_seq)
        if self._lookups is not None:
            snapshot = await self._lookups.complete(*key, case, snapshot)
        return snapshot, case

    async def _write(self, ask: RecordInput, snapshot: CaseSnapshot, case: Case | None, batch: Batch) -> Batch | None:
        """The batch as written; None when somebody else wrote in between and everything has to be read again."""
        transition = batch.transition(snapshot)
        key = (ask.tenant_id, ask.case_id)
        if transition is None:
            self._remember(key, snapshot.turn, batch.case)
            return batch
        self._hit("record.before_write")
        try:
            written = await self._records.write(*key, transition)
        except Unstorable as error:
            await self._first_alone(ask, snapshot, case, error)
            self._cases.pop(key, None)
            return None
        self._hit("record.after_write")
        if not written:
            self._cases.pop(key, None)
            return None
        self._remember(key, snapshot.turn + 1, batch.case)
        return batch

    async def _first_alone(self, ask: RecordInput, snapshot: CaseSnapshot, case: Case | None, error: Unstorable) -> None:
        """Judge the first pending command alone; when it is the one that the database will not store, answer it as broken.

        The rest waits for the next look. With nothing pending it is a level or a rule that cannot be stored: that is for Temporal
        to retry and for people to see.
        """
        if not snapshot.pending:
            raise error
        first = snapshot.pending[0]
        batch = work_through(case, ask.case_id, snapshot, self._zone_data, only=[first])
        transition = batch.transition(snapshot)
        try:
            if transition is not None:
                await self._records.write(ask.tenant_id, ask.case_id, transition)
        except Unstorable as unstorable:
            substitute = Transition(turn=snapshot.turn, answers=(broken(first.command_id, unstorable),), substitute=True)
            await self._records.write(ask.tenant_id, ask.case_id, substitute)

    def remembered(self, tenant_id: str, case_id: str) -> tuple[int, Case] | tuple[None, None]:
        """The case as it was written last here, and the turn after which that was so; Nones when it is not kept."""
        return self._cases.get((tenant_id, case_id), (None, None))

    def _remember(self, key: tuple[str, str], turn: int, case: Case | None) -> None:
        if case is None:
            return
        self._cases[key] = (turn, case)
        self._cases.move_to_end(key)
        while len(self._cases) > REMEMBERED:
            self._cases.popitem(last=False)


def _behind(seq: int, saw_seq: int) -> None:
    if seq < saw_seq:
        detail = (
            f"The record holds {seq} facts of this case, {saw_seq} were seen before: the database has lost facts. Restore it."
        )
        raise ApplicationError(detail, type="record_behind", next_retry_delay=timedelta(seconds=30))


def _answer(ask: RecordInput, arrival: Arrival, command_id: str | None, kept: KeptAnswer | None, more: bool) -> Answer | None:
    """None for a mere poke, and for a command that waits beyond this batch: its asker goes on waiting."""
    if kept is not None:
        return Answer(**kept.model_dump())
    if command_id is None:
        return None if arrival.command_id == "" else _unknown(ask, arrival)
    if more:
        return None
    detail = "There is no such command in the inbox of this case."
    return Answer(command_id=command_id, status="refused", code="command_unknown", detail=detail)


def _unknown(ask: RecordInput, arrival: Arrival) -> Answer:
    detail = "There is no such case."
    return Answer(
        command_id=arrival.command_id or "", status="refused", code="case_unknown", detail=detail, fields={"case": ask.case_id}
    )


def _recorded(batch: Batch, snapshot: CaseSnapshot, answers: tuple[Answer | None, ...], more: bool, *, lists: bool) -> Recorded:
    case = batch.case
    newest = max((seq for seq, _ in batch.notices), default=0)
    if case is None:
        # Accepted by intake, its opening command refused or broken: there is nothing to wait for.
        return Recorded(answers=answers, more=more, quiet=not more, status="unknown")
    ends_at = next_end(case)
    return Recorded(
        seq=case.seq,
        kind=case.kind,
        phase=case.phase.value,
        status="open" if case.open else "closed",
        outcome=case.outcome.value if case.outcome else None,
        owner=case.owner,
        queue=case.queue,
        priority=case.priority.value,
        waiting_on=case.waiting_on,
        opened_at=case.opened_at,
        answers=answers,
        timetable=tuple(DueAt(clock=d.clock, level=d.level, at=d.due_at) for d in case.timetable),
        undelivered=newest or (case.seq if snapshot.undelivered else 0),
        effects=case.running,
        wants_owner=case.owner_sought and case.owner is None and case.open,
        more=more or levels_due(case, snapshot.now),
        quiet=case.quiet and not more,
        due_at=ends_at if ends_at < NO_END else None,
        lists=lists,
    )
