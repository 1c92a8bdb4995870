"""A tenant with people, and reports with the terms they get: enough of a life for the record's tests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import count
from typing import Any

import asyncpg

from activities.messages import Arrival, Recorded, RecordInput
from activities.ports.records import CaseSnapshot, Inbox, Records
from activities.record import RecordActivities
from adapters.memory import MemoryInbox, MemoryRecords
from domain.model.commands import Open, OpenedParty
from domain.model.facts import Actor
from domain.model.prose import Prose
from domain.model.report import Report
from domain.model.terms import Routing, Terms
from domain.rules.reference import Notices
from domain.worktime.calendars import Calendar
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import Opened, PostgresIntake
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords
from storage.tenants import Person, PostgresTenants

OFFICE = Calendar.model_validate(
    {"tz": "Europe/Berlin", "hours": {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}}
)
_numbers = count(1)


def a_report(**changes: Any) -> Report:
    """A report of a bounty dispute between two people, with an address each."""
    return Report.model_validate({
        "kind": "bounty_dispute", "source": "api", "statement": "They closed my report as a duplicate of nothing.",
        "subject": "Report 4711", "matter": "report-4711", "attributes": {"account_age_days": 12},
        "parties": [
            {"side": "claimant", "ref": "user-1", "name": "Kim Doe", "email": "kim@example.org", "zone": "Europe/Berlin"},
            {"side": "respondent", "ref": "program-9", "name": "Acme", "email": "security@acme.example"},
        ],
        "attachments": [{"name": "proof.txt", "media_type": "text/plain", "data": "cHJvb2Y="}],
        **changes,
    })  # fmt: skip


def some_terms(grace: str = "1 hour", **changes: Any) -> Terms:
    """Terms with a review clock of working hours, and everybody told of the opening and of messages."""
    return Terms.model_validate({
        "pack": "bounty_dispute", "version": "pack_0123456789abcdef", "opens_in": "review",
        "labels": {"intake": "received", "review": "mediation", "approval": "checking", "ruled": "ruled",
                   "appealable": "decided", "appeal": "appeal", "closed": "closed"},
        "calendar": OFFICE.ref, "queue": "bounty", "appeal_queue": "bounty-appeals", "priority": "normal",
        "clocks": [
            {"name": "ruling", "target": "24 working hours", "during": "review",
             "levels": [{"name": "warning", "at": 0.8, "action": "warn", "audience": ["owner", "leads"]},
                        {"name": "breach", "action": "escalate", "audience": ["ops"], "repeat": "8 working hours"}]},
            {"name": "grace", "target": grace, "during": "ruled",
             "levels": [{"name": "over", "action": "default", "default": "issue_ruling"}]},
        ],
        "outcomes": [{"name": "upheld", "lost_by": ["respondent"], "remedies": ["refund"]},
                     {"name": "rejected", "lost_by": ["claimant"]}],
        "notices": {"case_opened": ["all"], "message_sent": ["parties", "owner", "leads"]},
        **changes,
    })  # fmt: skip


ADMITTED = Routing(decision="admit", trace=("gates/statement: pass",))

PEOPLE = (
    Person(
        id="per_mia",
        name="Mia",
        email="mia@team.example",
        roles=("mediator",),
        team="emea",
        manager="per_lee",
        queues=("bounty",),
    ),
    Person(
        id="per_max",
        name="Max",
        email="max@team.example",
        roles=("mediator",),
        team="emea",
        manager="per_lee",
        queues=("bounty",),
    ),
    Person(id="per_lee", name="Lee", email="lee@team.example", roles=("mediator", "lead"), queues=("bounty-appeals",)),
    Person(id="per_ola", name="Ola", email=None, roles=("ops", "lead")),
    Person(id="per_gone", name="Gone", email="gone@team.example", roles=("lead",), active=False, queues=("bounty",)),
)


class Life(ABC):
    """A tenant in which cases are opened and commands judged, whatever keeps them."""

    tenant_id: str
    records: Records
    inbox: Inbox
    recorder: RecordActivities

    @abstractmethod
    async def staff(self) -> None:
        """Take everybody on."""

    @abstractmethod
    async def machine(self) -> str:
        """A machine's key."""

    @abstractmethod
    async def opened(self, report: Report | None = None, terms: Terms | None = None, notices: Notices | None = None) -> Opened:
        """A report taken in, its opening command not judged yet; ``notices`` are those of its pack."""

    async def case(self, **more: Any) -> str:
        """A case in review."""
        opened = await self.opened(**more)
        await self.record(opened.case_id)
        return opened.case_id

    async def case_with_words(self) -> str:
        """A case that somebody has, and in which they wrote to both sides."""
        case_id = await self.case()
        await self.record(
            case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("message", "per_mia", text="Hello.")
        )
        return case_id

    async def record(self, case_id: str, *commands: dict[str, Any]) -> Recorded:
        """Arrival with commands, as a signal or an update does."""
        arrivals = tuple(Arrival(command=command) for command in commands)
        return await self.recorder.record(RecordInput(tenant_id=self.tenant_id, case_id=case_id, arrivals=arrivals))

    async def snapshot(self, case_id: str, **more: Any) -> CaseSnapshot:
        """How a case stands."""
        snapshot = await self.records.read(self.tenant_id, case_id, **more)
        assert snapshot is not None
        return snapshot

    async def claimant(self, case_id: str) -> str:
        """The claimant's id."""
        case = (await self.snapshot(case_id)).case
        assert case is not None
        return next(p.id for p in case.parties if p.side == "claimant")


class World(Life):
    """Everything around one tenant on Postgres."""

    def __init__(self, database: Database, vault: Vault, tenant_id: str) -> None:
        self.database, self.vault, self.tenant_id = database, vault, tenant_id
        self.records = PostgresRecords(database)
        self.inbox = PostgresInbox(database, vault)
        self.recorder = RecordActivities(self.records, self.inbox, "2025b")
        self.intake = PostgresIntake(database, vault)
        self.tenants = PostgresTenants(database, vault)

    async def staff(self) -> None:
        """Take everybody on."""
        for person in PEOPLE:
            await self.tenants.put_person(self.tenant_id, person)

    async def machine(self) -> str:
        """A machine's key."""
        return (await self.tenants.create_key(self.tenant_id))[0]

    async def opened(
        self,
        report: Report | None = None,
        terms: Terms | None = None,
        notices: Notices | None = None,
        **more: Any,
    ) -> Opened:
        """A report on disk, its opening command not judged yet."""
        report, terms, calendars = report or a_report(), terms or some_terms(), {OFFICE.ref: OFFICE}
        return await self.intake.open(self.tenant_id, report, terms, ADMITTED, calendars=calendars, notices=notices, **more)


class MemoryWorld(Life):
    """The same world without a database."""

    def __init__(self) -> None:
        self.tenant_id = "acme"
        self.store = MemoryRecords()
        self.records = self.store
        self.inbox = MemoryInbox(self.store)
        self.recorder = RecordActivities(self.records, self.inbox, "2025b")
        self.store.calendars[OFFICE.ref] = OFFICE

    async def staff(self) -> None:
        """Take everybody on."""
        for person in PEOPLE:
            if person.active:
                strongest: Any = next(role for role in ("ops", "lead", "mediator") if role in person.roles)
                actor = Actor(id=person.id, role=strongest, team=person.team, manager=person.manager, conflicts=person.conflicts)
                self.store.people[self.tenant_id, person.id] = actor

    async def machine(self) -> str:
        """A machine's key."""
        key_id = f"key_{next(_numbers)}"
        self.store.people[self.tenant_id, key_id] = Actor(id=key_id, role="platform")
        return key_id

    async def opened(self, report: Report | None = None, terms: Terms | None = None, notices: Notices | None = None) -> Opened:
        """A report in the inbox, its opening command not judged yet."""
        report, terms, number = report or a_report(), terms or some_terms(), next(_numbers)
        parties = tuple(
            OpenedParty(id=f"pty_{number}-{n}", side=p.side, role=p.role, ref_digest=p.ref) for n, p in enumerate(report.parties)
        )
        opening = Open(
            id=f"cmd_open-{number}", by="system", channel="api", kind=report.kind, source=report.source, category=report.category,
            priority=terms.priority, terms=terms, routing=ADMITTED, parties=parties,
            statement=Prose(content_id="cnt_0", digest="", length=len(report.statement)),
        )  # fmt: skip
        self.store.open(self.tenant_id, f"case_memory-{number}", opening)
        if notices is not None:
            self.store.notices.setdefault(terms.version, notices)
        return Opened(f"case_memory-{number}", opening.id, created=True)


def a_command(kind: str, by: str, **fields: Any) -> dict[str, Any]:
    """A command as JSON, with an id of its own."""
    return {"id": f"cmd_test-{next(_numbers)}", "type": kind, "by": by, **fields}


async def sql(world: World, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    """What the tenant's own tables answer."""
    async with world.database.tenant(world.tenant_id) as conn:
        return list(await conn.fetch(statement, *arguments))
