"""Deeds so heavy that whoever sits at the screen shows again who they are: a session is left open, a person's hand is not.

This is about sessions alone. A key is shown with every request, and is held by a machine that asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.model.case import Case
from domain.rules.sanctions import counts_here, step_of
from domain.worktime.calculator import due
from domain.worktime.spans import Span
from services.callers import Caller
from services.errors import Refused
from services.parts import Parts

FRESH_FOR = timedelta(minutes=15)
"""So long after somebody has shown who they are it is taken to be them: time for one decision, not for a walk."""
LONG_BAN_FOR = timedelta(days=30)
"""A ban that is longer keeps somebody from a month's income."""
HEAVY = frozenset({"approve", "grant_exception", "approve_report", "annul", "lift_hold"})
"""Heavy in every case: a second look is asked for above a limit, an authority does not forget, a ruling was trusted, and what a
hold kept may be gone the same hour."""


async def need_proof(parts: Parts, caller: Caller, case: Case | None, command: Mapping[str, Any]) -> None:
    """Raises ``proof_needed`` for a heavy deed by a session in which nobody has shown for a while who they are."""
    now = datetime.now(UTC)
    if caller.kind != "session" or (caller.proved_at is not None and now - caller.proved_at <= FRESH_FOR):
        return
    said = command.get("type")
    heavy = said in HEAVY or _is_second_look(case, said)
    if heavy or (said in ("rule", "decide_appeal") and await _bans_for_long(parts, caller, case, command, now)):
        raise Refused("proof_needed", fields={"command": str(said)})


def need_fresh(caller: Caller, deed: str) -> None:
    """Raises ``proof_needed`` for a session in which nobody has shown for a while who they are: for deeds that are no command of
    a case, and heavy for whom they are done to or for everybody."""
    fresh = caller.proved_at is not None and datetime.now(UTC) - caller.proved_at <= FRESH_FOR
    if caller.kind == "session" and not fresh:
        raise Refused("proof_needed", fields={"command": deed})


def _is_second_look(case: Case | None, said: Any) -> bool:
    """Whether it lets out what one person alone only proposed: as heavy as an approval."""
    if case is None:
        return False
    waits = {"credit_provisionally": case.credit_proposed, "disclose": case.telling, "state_amount": case.lowering}
    return waits.get(said) is not None


async def _bans_for_long(parts: Parts, caller: Caller, case: Case | None, command: Mapping[str, Any], now: datetime) -> bool:
    terms = case.terms.sanctions if case is not None else None
    outcome = case.terms.outcome(str(command.get("outcome"))) if case is not None else None
    if case is None or terms is None or outcome is None or outcome.sanctions is None:
        return False
    named, ladder = command.get("sanction") or outcome.sanction, terms.ladder_of(str(command.get("ground")))
    if named is None and ladder is not None:
        earlier = await parts.sanctions.against(caller.tenant_id, case.id)
        hit = [party.ref_digest for party in case.parties if party.side is outcome.sanctions and party.speaks]
        count = max((sum(counts_here(case, ladder, one, digest, now) for one in earlier) for digest in hit), default=0)
        named = step_of(ladder, count)
    kind = terms.kind(str(named))
    return kind is not None and _long(kind.ban)


def _long(ban: Span | str | None) -> bool:
    if not isinstance(ban, Span):
        return ban is not None
    begins = datetime(2025, 1, 1, tzinfo=UTC)
    ends = due(None, begins, ban)
    return ends is None or ends - begins > LONG_BAN_FOR
