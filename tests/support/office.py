"""A tenant with people and keys, and the API on a real database. The case's door is a fake of two kinds: one at which the real
``record`` judges in this process, and one at which nobody answers."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from activities.lookups import Lookups
from activities.messages import Answer, Arrival, RecordInput
from activities.ports.errors import Never
from activities.record import RecordActivities
from adapters.delivery.endpoints import SignedPost
from adapters.evidence.file_types import MEDIA_TYPES, Inspector
from adapters.evidence.letter_tokens import holds, letters_in, links_in, without
from adapters.evidence.pdf_text import text_of
from adapters.evidence.stores import MemoryEvidenceStore
from adapters.letters.composer import Composer
from adapters.letters.preview import LetterPreviews
from adapters.reading.pool import ReadingBusy, ReadingFailed
from api.app import create_app
from cli.demo.signatures import PayPalSigner
from cli.kit.parsers import parsers
from policies.shelf import Shelf
from runtime.settings import Settings
from services.parts import Parts
from storage.access.keys import PostgresKeys
from storage.access.outside_drafts import PostgresOutsideDrafts
from storage.access.party_addresses import PostgresPartyAddresses
from storage.access.party_links import PostgresPartyLinks
from storage.access.sessions import PostgresSessions
from storage.access.signing_keys import PostgresSigningKeys
from storage.access.trail import PostgresTrail
from storage.intake.evidence import PostgresEvidenceFiles, PostgresFiles
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.intake.orders import PostgresOrders
from storage.intake.provider_news import PostgresProviderNews
from storage.intake.refusals import PostgresDoorRefusals
from storage.intake.sources import PostgresSources
from storage.intake.trusted_flaggers import PostgresTrustedFlaggers
from storage.intake.unplaced import PostgresUnplaced
from storage.outside.answered import PostgresAnswered
from storage.outside.endpoints import PostgresEndpoints
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.idempotency import PostgresIdempotency
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.record.audit import PostgresAudit
from storage.record.erasures import PostgresErasures
from storage.record.other_cases import PostgresOtherCases
from storage.record.records import PostgresRecords
from storage.record.retention import PostgresRetention
from storage.record.sanctions import PostgresSanctions
from storage.team.absences import PostgresAbsences
from storage.team.bulk import PostgresBulk
from storage.team.campaigns import PostgresCampaigns
from storage.team.desk import PostgresDesk
from storage.team.desk_settings import PostgresDeskSettings
from storage.team.drafts import PostgresDrafts
from storage.team.letters import PostgresTeamLetters
from storage.team.live import PostgresLive
from storage.team.on_call import PostgresOnCall
from storage.team.overview import PostgresOverview
from storage.team.people import PostgresPeople
from storage.team.policy_exceptions import PostgresPolicyExceptions
from storage.team.reading import PostgresReading
from storage.team.roster import PostgresRoster
from storage.team.saved_views import PostgresSavedViews
from storage.team.tags import PostgresTags
from storage.team.templates import PostgresTemplates
from storage.tenants import Person, PostgresTenants, Tenant
from storage.views.cases import PostgresViews
from workers.policies import ShelfPolicies
from workflows.handles import Named, NotReached

PLATFORM = ("cases:read", "cases:write", "act_as:parties", "act_as:staff")
PEOPLE = (
    Person(id="per_ada", name="Ada", roles=("mediator",), queues=("mediation", "fraud"), manager="per_cleo"),
    Person(id="per_ben", name="Ben", roles=("mediator",), queues=("mediation", "fraud")),
    Person(id="per_cleo", name="Cleo", roles=("lead",), queues=("appeals",)),
    Person(id="per_dana", name="Dana", roles=("ops",)),
)


class ReadHere:
    """Reads in this process, after a way that is as long as that to another one."""

    busy, failed = ReadingBusy, ReadingFailed

    async def read(self, tenant_id: str, job: Callable[[], Any], size: int) -> Any:
        return pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(job))()))

    def state(self) -> Mapping[str, int]:
        return {}


class JudgingDoor:
    """Judges at once, as the workflow would: by asking ``record``."""

    def __init__(self, records: PostgresRecords, inbox: PostgresInbox, lookups: Lookups | None = None) -> None:
        self.recorder = RecordActivities(records, inbox, "test", lookups=lookups)

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        arrival = RecordInput(tenant_id=case.tenant_id, case_id=case.case_id, arrivals=(Arrival(command_id=command_id),))
        (answer,) = (await self.recorder.record(arrival)).answers
        assert answer is not None
        return answer


class ClosedDoor:
    """Nobody answers: Temporal or the workers are away."""

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        raise NotReached("closed")


class AlreadyCompleted(JudgingDoor):
    """The command was judged, and its answer lost on the way back."""

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answer:
        await super().ask(case, command_id, wait_for)
        raise NotReached("RPCError")


@cache
def shelf() -> Shelf:
    return Shelf.load(datetime.now(UTC).year)


async def _there() -> None:
    return None


async def away() -> None:
    """A check of a service that is not there."""
    raise ConnectionError("away")


PAYPAL = PayPalSigner("WH-1")
"""Stands for PayPal's signing service, whose certificate every installation has."""


@cache
def settings() -> Settings:
    """Those of the tests' installation: PayPal's certificate is configured."""
    folder = Path(tempfile.mkdtemp(prefix="ombud-office-"))
    (folder / "paypal.pem").write_bytes(PAYPAL.certificate())
    return Settings(_env_file=None, paypal_certificate_path=folder / "paypal.pem", smtp_from="Ombud <disputes@ombud.example>")


async def any_public(url: str, development: bool) -> str | None:
    """Why webhooks cannot go to an address; any name that can be looked up leads to a public place here."""

    async def resolve(host: str, port: int) -> list[str]:
        return [host] if host.replace(".", "").isdigit() or ":" in host else ["93.184.215.14"]

    try:
        await SignedPost(resolve=resolve).check(url, development=development)
    except Never as never:
        return never.code
    return None


@dataclass
class Office:
    """One tenant, and everything around it."""

    database: Database
    vault: Vault
    tenant_id: str
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = MemoryEvidenceStore()
        self.archive = Archive(self.database, self.vault, self.store)
        self.inbox = PostgresInbox(self.database, self.vault, self.archive)
        self.records = PostgresRecords(self.database, archive=self.archive)
        self.tenants = PostgresTenants(self.database, self.vault)
        self.endpoints, self.sources = PostgresEndpoints(self.database, self.vault), PostgresSources(self.database, self.vault)
        self.views = PostgresViews(self.database, self.vault, self.archive)
        book = PostgresEvidenceFiles(self.database)
        policies = ShelfPolicies(shelf, PostgresLibrary(self.database), PostgresPublications(self.database))
        self.lookups = Lookups(
            PostgresRoster(self.database),
            policies,
            sanctions=PostgresSanctions(self.database),
            other_cases=PostgresOtherCases(self.database),
            files=book,
        )

    async def hire(self) -> None:
        """Take everybody on, with a key each, and one for the platform."""
        await self.tenants.create(Tenant(id=self.tenant_id, name="Test", development=True))
        for person in PEOPLE:
            await self.tenants.put_person(self.tenant_id, person)
            self.keys[person.id.removeprefix("per_")] = await self.key(person_id=person.id)
        self.keys["platform"] = await self.key(scopes=PLATFORM)

    async def works(self, name: str, *queues: str) -> None:
        """Give somebody more queues: what lies in others is none of their business."""
        (person,) = [one for one in await self.tenants.people(self.tenant_id) if one.id == f"per_{name}"]
        await self.tenants.put_person(self.tenant_id, person.model_copy(update={"queues": (*person.queues, *queues)}))

    async def key(self, **more: Any) -> str:
        """A new API key's secret."""
        _, secret = await self.tenants.create_key(self.tenant_id, **more)
        return secret

    def parts(self, **changes: Any) -> Parts:
        """What the API is made of here."""
        bulk = PostgresBulk(self.database, self.vault)
        made = Parts(
            intake=PostgresIntake(self.database, self.vault),
            inbox=self.inbox,
            views=self.views,
            files=PostgresFiles(self.database, self.vault, self.store),
            inspector=Inspector(MEDIA_TYPES, 100_000),
            pdf_text=text_of,
            letters_in=letters_in,
            links_in=links_in,
            token_in=holds,
            without_tokens=without,
            bulk=bulk,
            campaigns=PostgresCampaigns(self.database),
            records=self.records,
            letters=LetterPreviews(Composer()),
            desk=PostgresDesk(self.database, self.inbox),
            drafts=PostgresDrafts(self.database, self.vault),
            desk_settings=PostgresDeskSettings(self.database),
            overview=PostgresOverview(self.database),
            saved_views=PostgresSavedViews(self.database),
            tags=PostgresTags(self.database),
            templates=PostgresTemplates(self.database),
            live=PostgresLive(self.database),
            reading=PostgresReading(self.database, self.vault),
            absences=PostgresAbsences(self.database, bulk),
            on_call=PostgresOnCall(self.database),
            policy_exceptions=PostgresPolicyExceptions(self.database),
            audit=PostgresAudit(self.database, self.vault),
            sanctions=PostgresSanctions(self.database),
            library=PostgresLibrary(self.database),
            tenants=self.tenants,
            keys=self.tenants,
            signing_keys=PostgresSigningKeys(self.database),
            api_keys=PostgresKeys(self.database),
            sessions=PostgresSessions(self.database),
            party_links=PostgresPartyLinks(self.database, self.vault),
            outside_drafts=PostgresOutsideDrafts(self.database, self.vault),
            party_addresses=PostgresPartyAddresses(self.database, self.vault),
            people=PostgresPeople(self.database, self.vault),
            trail=PostgresTrail(self.database),
            erasures=PostgresErasures(self.database),
            retention=PostgresRetention(self.database),
            team_letters=PostgresTeamLetters(self.database, self.vault),
            idempotency=PostgresIdempotency(self.database, self.vault),
            seals=self.vault,
            doors=JudgingDoor(self.records, self.inbox, self.lookups),
            packs=shelf().packs,
            calendars=shelf().calendars,
            parsers=parsers(settings()),
            readers=ReadHere(),
            endpoints=self.endpoints,
            sources=self.sources,
            provider_news=PostgresProviderNews(self.database, self.vault),
            door_refusals=PostgresDoorRefusals(self.database),
            unplaced=PostgresUnplaced(self.database, self.vault, self.store),
            trusted_flaggers=PostgresTrustedFlaggers(self.database),
            orders=PostgresOrders(self.database, self.vault),
            answered=PostgresAnswered(self.database, self.vault, self.archive),
            address_refused=any_public,
            database_ready=_there,
            also_ready={"temporal": _there},
            publishing=PostgresPublications(self.database),
        )
        return replace(made, **changes)

    @cached_property
    def app(self) -> FastAPI:
        """The API as it is."""
        return create_app(self.parts(), public_url="https://disputes.example")

    def desk(self, key: str | None = "platform", *, api: Mapping[str, Any] | None = None, **changes: Any) -> Desk:
        """The API as the holder of one key meets it. ``api`` are arguments of its application; ``changes`` replace parts."""
        # One application for all who meet it as it is: to make one takes longer than most of what is asked of it.
        if changes or api:
            app = create_app(self.parts(**changes), public_url="https://disputes.example", **(api or {}))
        else:
            app = self.app
        headers = {"Authorization": f"Bearer {self.keys.get(key, key)}"} if key else {}
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://disputes.example", headers=headers)
        return Desk(client)


@dataclass
class Desk:
    """Requests by one caller."""

    http: httpx2.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.http.get(path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return await self.http.post(path, json=body, **more) if body is not None else await self.http.post(path, **more)

    async def opened(self, **changes: Any) -> dict[str, Any]:
        """A case in settlement."""
        answer = await self.post("/v1/cases", a_report(**changes))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def command(self, case_id: str, command: str, by: str | None = None, **fields: Any) -> httpx2.Response:
        """Send a command."""
        said = {"type": command, **({"by": by} if by else {}), **fields}
        return await self.post(f"/v1/cases/{case_id}/commands", said)

    async def in_review(self, *, heard: bool = False, **changes: Any) -> dict[str, Any]:
        """A case that a party escalated. ``heard``: the respondent has said something to it, so that it can be ruled."""
        case = await self.opened(**changes)
        answer = await self.command(case["id"], "escalate", party(case, "claimant"))
        assert answer.status_code == 200, answer.text
        if heard:
            answer = await self.command(case["id"], "submit_evidence", party(case, "respondent"), text="It was known before.")
            assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["case"]
        return found


def a_report(**changes: Any) -> dict[str, Any]:
    """A bounty dispute between two people, as a platform sends it."""
    return {
        "kind": "bounty_dispute",
        "statement": "They closed my report as informative, and fixed the flaw two days later.",
        "subject": "Report 4711",
        "parties": [
            {"side": "claimant", "ref": "user-1", "name": "Kim Doe", "email": "kim@example.org"},
            {"side": "respondent", "ref": "programme-9", "name": "Nimbus", "email": "security@nimbus.example"},
        ],
        "attributes": {"closed_days_ago": 4},
        **changes,
    }


def party(case: Mapping[str, Any], side: str) -> str:
    """A party's id."""
    return str(next(p["id"] for p in case["parties"] if p["side"] == side))


async def some_cases(office: Office) -> dict[str, str]:
    """One in settlement, two in review (one of them Ada's), one fraud report, and one that is closed."""
    desk, ada = office.desk(), office.desk("ada")
    cases = {"settlement": await desk.opened(), "waiting": await desk.in_review(), "adas": await desk.in_review()}
    assert (await ada.post(f"/v1/cases/{cases['adas']['id']}/take")).status_code == 200
    cases["fraud"] = await desk.opened(kind="fraud_report", category="stolen_payment")
    cases["closed"] = await desk.opened()
    gone = await desk.command(cases["closed"]["id"], "withdraw", party(cases["closed"], "claimant"))
    assert gone.status_code == 200, gone.text
    return {name: case["id"] for name, case in cases.items()}
