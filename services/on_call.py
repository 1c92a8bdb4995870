"""The rota: who is called for a queue and when, and how a turn is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.model.facts import SYSTEM
from domain.rules.alarms import open_pages
from domain.rules.lifecycle import Who
from services.bulk import MAX_CASES, place
from services.callers import TEAM, Caller, only, sender
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from services.rows import Turn
from storage.team.bulk import Order
from storage.views.cases import CaseFilter

_SETS = (Who.LEAD, Who.OPS, Who.SYSTEM)
_WHOSE = "Who is on call is for people of the team to know."
LONGEST_TURN_FOR = timedelta(days=92)
"""Nobody is on call for longer at once: a turn without an end is a rota that nobody looks after."""


async def turns(parts: Parts, caller: Caller, queue: str | None = None, at: datetime | None = None) -> Sequence[Turn]:
    """Turns that run now or are ahead; with ``at``, those that run at that instant. Raises ``not_allowed`` for who is nobody of
    the team."""
    await only(parts, caller, TEAM, _WHOSE)
    found = await parts.on_call.turns(caller.tenant_id, at or datetime.now(UTC), queue)
    return found if at is None else [turn for turn in found if turn.from_at <= at]


async def put(
    parts: Parts,
    caller: Caller,
    queue: str,
    person: str,
    place: int,
    from_at: datetime | None,
    until_at: datetime,
    by: str | None,
) -> Turn:
    """Somebody is on call for a queue. For leads and ops.

    Raises ``not_allowed``, ``instant_refused`` for a turn that is over or longer than three months, and ``not_on_rota`` for
    somebody who does not work the queue.
    """
    speaker = await sender(parts, caller, by, "assign", _SETS)
    now = datetime.now(UTC)
    begins_at = from_at or now
    if until_at <= max(begins_at, now) or until_at > begins_at + LONGEST_TURN_FOR:
        text = "A turn ends after it begins, ahead of now, and within three months."
        raise Refused("instant_refused", errors=[FieldError("until_at", "instant_refused", text)])
    made = await parts.on_call.add(caller.tenant_id, queue, person, place, begins_at, until_at, speaker)
    if made is None:
        raise _unfit("person", person)
    return made


async def hand_over(parts: Parts, caller: Caller, turn_id: str, to: str, at: datetime | None, by: str | None) -> Turn:
    """What is left of a turn goes to somebody else, from an instant on. For leads and ops, and for whoever has the turn. Handed
    over now, the cases of whoever had it that somebody was called for go along, and whoever has it now is told of each.

    Raises ``not_found``, ``not_allowed``, ``turn_over`` and ``not_on_rota``.
    """
    speaker, turn = await _theirs(parts, caller, turn_id, by)
    when = max(at or turn.from_at, datetime.now(UTC))
    if when >= turn.until_at:
        raise Refused("turn_over")
    made = await parts.on_call.hand_over(caller.tenant_id, turn_id, to, when, speaker)
    if made is None:
        raise _unfit("to", to)
    if made.from_at <= datetime.now(UTC):
        await _alarms_go_along(parts, caller, turn, made)
    return made


async def _alarms_go_along(parts: Parts, caller: Caller, before: Turn, now: Turn) -> None:
    """What somebody was called for, and is not done yet, is with who has their turn now: nobody sleeps on an alarm that another
    one has given away. Who cannot decide a case does not get it; there the next rung calls."""
    theirs = CaseFilter(status="open", owner=before.person_id, queue=before.queue)
    rows = await parts.views.cases(caller.tenant_id, theirs, None, MAX_CASES)
    called = tuple(row.id for row in rows if row.case is not None and open_pages(row.case))
    if called:
        more = {"owner": now.person_id, "reason": "on_call"}
        await place(parts, caller, Order("assign", None, now.id, SYSTEM.id, more=more, which=CaseFilter(ids=called)))


async def end(parts: Parts, caller: Caller, turn_id: str, by: str | None) -> Turn:
    """A turn ends now, or is taken back where it has not begun. For leads and ops. Raises ``not_found`` and ``turn_over``."""
    speaker = await sender(parts, caller, by, "assign", _SETS)
    if await parts.on_call.one(caller.tenant_id, turn_id) is None:
        raise not_found()
    ended = await parts.on_call.end(caller.tenant_id, turn_id, datetime.now(UTC), speaker)
    if ended is None:
        raise Refused("turn_over")
    return ended


async def _theirs(parts: Parts, caller: Caller, turn_id: str, by: str | None) -> tuple[str, Turn]:
    await only(parts, caller, TEAM, _WHOSE)
    turn = await parts.on_call.one(caller.tenant_id, turn_id)
    if turn is None:
        raise not_found()
    speaker = caller.speaker(by, "assign")
    if speaker != turn.person_id:
        speaker = await sender(parts, caller, by, "assign", _SETS)
    return speaker, turn


def _unfit(field: str, person: str) -> Refused:
    said = f"'{person}' does not work here, or not in this queue and neither as lead nor as ops."
    return Refused("not_on_rota", errors=[FieldError(field, "not_on_rota", said)])
