"""Moving one case in: checked by the rules first, then on disk like a report, or why not."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from pydantic import ValidationError

from domain.base import Kept
from domain.model.case_import_report import MovingCase
from domain.model.facts import LevelPassed
from domain.model.reading import field_errors
from domain.model.refusals import Refusal
from domain.transition import Step
from domain.worktime.errors import WorktimeError
from policies.attributes import AttributeUnreadable
from policies.case_import import rehearsed, routed
from policies.pack import PackError
from policies.shelf import Shelf, UnknownKind
from storage.intake.inbox import Conflict
from storage.intake.opening import PostgresIntake
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import Tenant
from storage.views.cases import PostgresViews


class Result(Kept):
    """What became of one line."""

    line: int
    external_id: str | None = None
    status: Literal["would_move_in", "moved_in", "known", "refused"]
    case: str | None = None
    phase: str | None = None
    next_deadline: dict[str, str] | None = None
    """The next level ahead: ``clock``, ``level``, ``at``."""
    passed: tuple[dict[str, str], ...] = ()
    """Levels that lie before the move; nobody is told of them."""
    problem: dict[str, Any] | None = None
    """Why not: ``code``, ``detail``, and the fields it is about."""


class Movers:
    """Moves cases in for one tenant."""

    def __init__(self, database: Database, vault: Vault, shelf: Shelf, tenant: Tenant) -> None:
        self._vault, self._shelf, self._tenant = vault, shelf, tenant
        self._intake, self._views = PostgresIntake(database, vault), PostgresViews(database, vault)
        self._seen: frozenset[tuple[str, str]] = frozenset()

    async def move(self, number: int, line: bytes, *, dry_run: bool, notify: bool) -> Result:
        """One line of an import. Nothing is written on a dry run, nor when the line is refused."""
        refused = partial(Result, line=number, status="refused")
        try:
            moving = MovingCase.model_validate_json(line)
        except ValidationError as error:
            found = field_errors(error)
            detail = "; ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in found)
            return refused(problem={"code": found[0]["code"], "detail": detail, "errors": found})
        report = moving.report
        refused = partial(refused, external_id=report.external_id)
        try:
            known = await self._known(moving)
            # One that is here already is not asked whether it could move in today.
            made = None if known else await self._rehearsed(moving, notify)
            case_id = known if dry_run else await self._written(moving, notify)
        except Refusal as refusal:
            return refused(problem={"code": refusal.code, "detail": refusal.detail, "fields": refusal.fields})
        except (UnknownKind, PackError, AttributeUnreadable) as error:
            return refused(problem={"code": error.code, "detail": str(error)})
        except (WorktimeError, OverflowError) as error:
            return refused(problem={"code": "date_impossible", "detail": str(error)})
        except Conflict as conflict:
            return refused(case=conflict.of or None, problem={"code": conflict.code, "detail": conflict.detail})
        status: Any = "known" if known else "would_move_in" if dry_run else "moved_in"
        snapshot = _snapshot(made) if made else {}
        return Result(line=number, external_id=report.external_id, status=status, case=case_id, **snapshot)

    async def _known(self, moving: MovingCase) -> str | None:
        name = (moving.report.source, moving.report.external_id or "")
        known = await self._intake.known(self._tenant.id, *name)
        twice, self._seen = name in self._seen, self._seen | {name}
        if twice and known is None:
            detail = "Another line of this file has the same source and external_id."
            raise Conflict("external_id_reused", detail, "")
        return known

    async def _rehearsed(self, moving: MovingCase, notify: bool) -> Step:
        owner = await self._views.actor(self._tenant.id, "", moving.owner) if moving.owner else None
        return rehearsed(
            self._shelf,
            moving,
            datetime.now(UTC),
            owner=owner,
            digest=partial(self._vault.ref_digest, self._tenant.id),
            time_scale=self._tenant.time_scale,
            notify=notify,
        )

    async def _written(self, moving: MovingCase, notify: bool) -> str:
        terms, routing = routed(self._shelf, moving, self._tenant.time_scale)
        opened = await self._intake.open(
            self._tenant.id,
            moving.report,
            terms,
            routing,
            calendars=self._shelf.calendars_of(terms),
            notices=self._shelf.packs[terms.pack].notices,
            channel="cli",
            past=moving,
            notify=notify,
        )
        return opened.case_id


def _snapshot(made: Step) -> dict[str, Any]:
    rows = [{"clock": r.clock, "level": r.level, "at": r.due_at.isoformat()} for r in made.case.timetable[:1]]
    facts = [recording.fact for recording in made.recordings]
    passed = tuple({"clock": f.clock, "level": f.level, "at": f.due_at.isoformat()} for f in facts if isinstance(f, LevelPassed))
    return {"phase": made.case.phase.value, "next_deadline": rows[0] if rows else None, "passed": passed}
