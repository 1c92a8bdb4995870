"""The composition root of the API and of the command line: services found, database opened, roles filled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from activities.ports.evidence import EvidenceStore
from domain.base import plain
from policies.calendars import CalendarFault, holiday_data_version
from policies.folders import PolicyFolderFault
from policies.pack import PackError
from policies.shelf import LazyMapping, Shelf
from runtime.codec import SealedJson, SealedPayloads, codec_of
from runtime.connection import connect_temporal
from runtime.errors import ServiceFault
from runtime.failpoints import FailPoints
from runtime.logs import set_up_logs
from runtime.memory import spare_what_stays
from runtime.patience import START_FOR, once_there
from runtime.places import Places, find_places
from runtime.plugin import ombud_plugin
from runtime.settings import Settings
from runtime.tracing import OFF, Tracing, tracing
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.migrate import migrate
from storage.postgres.pool import AWAY, Database
from storage.postgres.vault import Vault
from storage.record.pressing import place_cases
from storage.tenants import PostgresTenants
from workflows.handles import Named
from workflows.runs import CaseRuns

if TYPE_CHECKING:
    from socket import socket

    import uvicorn
    from fastapi import FastAPI
    from starlette.types import ASGIApp
    from temporalio.client import Client, Plugin
    from temporalio.runtime import Runtime

    from adapters.reading.pool import ReadingPool
    from api.kit.gate import Gate
    from cli.kit.target import Target
    from services.live import Watch
    from services.parts import Answered, Doors, Inspects, Parts, ProviderDisputes

Result = TypeVar("Result")


def shelf(settings: Settings | None = None) -> Shelf:
    """The shipped policies and those of the operator's folder, with the holidays of the years around now.

    Raises ServiceFault, with the code of what is wrong with a file.
    """
    folder = (settings or Settings()).policies_dir
    try:
        return Shelf.load(datetime.now(UTC).year, folder)
    except (PackError, CalendarFault, PolicyFolderFault) as fault:
        raise ServiceFault(fault.code, str(fault)) from fault


async def prepare_database(places: Places, settings: Settings | None = None) -> list[str]:
    """Migrate, keep the packs, and publish the calendars. The names of the migrations that were applied."""
    policies = shelf(settings)
    applied = await migrate(places.database_owner_url)
    first, last = policies.years
    patience = START_FOR.total_seconds()
    # Once for all tenants, by whoever may change the tables anyway: the process that migrates needs no other password for it.
    owner = places.database_owner_url
    async with await Database.connect(owner, admin_dsn=owner, max_size=2, command_timeout=patience) as database:
        await place_cases(database)
        library = PostgresLibrary(database)
        await library.publish_calendars(policies.calendars, holiday_data=holiday_data_version(), from_year=first, to_year=last)
        for kind, pack in policies.packs.items():
            await library.keep_pack(pack.version, kind, policies.sources[pack.version], pack.notices)
    return applied


async def library_of(work: Callable[[PostgresLibrary], Awaitable[Result]], places: Places | None = None) -> Result:
    """Do something with the packs and calendars in this machine's database."""
    found = places or find_places(Settings())
    async with await Database.connect(found.database_url, min_size=1, max_size=2) as database:
        return await work(PostgresLibrary(database))


async def tenants_of(work: Callable[[PostgresTenants], Awaitable[Result]], places: Places | None = None) -> Result:
    """Do something with the tenants of this machine's database."""
    found = places or find_places(Settings())
    async with await Database.connect(found.database_url, admin_dsn=found.database_admin_url, max_size=2) as database:
        return await work(PostgresTenants(database, Vault.from_text(found.master_key)))


def evidence_store(settings: Settings) -> EvidenceStore:
    """Where files lie: the folder of this machine, or the bucket that is named. Raises ServiceFault for a URL of no use."""
    from adapters.evidence.stores import ObjectEvidenceStore

    url = settings.evidence_url.get_secret_value() if settings.evidence_url else None
    try:
        return ObjectEvidenceStore.of(url, settings.state_dir.resolve() / "evidence")
    except ValueError as error:
        raise ServiceFault("evidence_url_invalid", str(error)) from error


def codec(settings: Settings, vault: Vault) -> SealedPayloads | None:
    """What seals payloads on their way to Temporal, where that is asked for."""
    return codec_of(settings.temporal_codec, vault.payload_key, vault.earlier_payload_keys)


@asynccontextmanager
async def doors_of(settings: Settings, places: Places, *, lazy: bool = True) -> AsyncIterator[CaseRuns]:
    """The doors of all cases. Lazy: made without Temporal, so that reports are taken while it is away."""
    plugin = ombud_plugin(codec=codec(settings, Vault.from_text(places.master_key)))
    client = await connect_temporal(settings, places.temporal_address, plugins=[plugin], lazy=lazy)
    yield CaseRuns(client, settings.task_queue)


class PassingDoors:
    """The API's doors. On the way from the disk to Temporal it passes a named point, for the test that kills it there."""

    def __init__(self, doors: Doors, hit: Callable[[str], None]) -> None:
        self._doors, self._hit = doors, hit

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered:
        """As the doors behind it."""
        self._hit("intake.before_start")
        return await self._doors.ask(case, command_id, wait_for)


async def _lazily(settings: Settings, places: Places, plugin: Plugin, runtime: Runtime | None, traced: Tracing = OFF) -> Client:
    more: dict[str, Any] = {"plugins": [plugin], "interceptors": traced.interceptors, "runtime": runtime}
    return await connect_temporal(settings, places.temporal_address, lazy=True, **more)


@asynccontextmanager
async def api_parts(
    settings: Settings, places: Places, operator: Target | None = None, runtime: Runtime | None = None, traced: Tracing = OFF
) -> AsyncIterator[Parts]:
    """Everything the API is made of, connected; closed again at the end. With an operator, no key is asked for."""
    from cli.kit.health import ready_checks
    from cli.kit.operator import OperatorKeys
    from services.parts import Parts
    from storage.access.signing_keys import PostgresSigningKeys
    from storage.intake.opening import PostgresIntake
    from storage.intake.refusals import PostgresDoorRefusals
    from storage.outside.endpoints import PostgresEndpoints
    from storage.postgres.idempotency import PostgresIdempotency
    from storage.postgres.master_keys import PostgresMasterKeys

    policies, vault, store = cache(lambda: shelf(settings)), Vault.from_text(places.master_key), evidence_store(settings)
    sealed = codec(settings, vault)
    if operator is None:
        policies()  # A server looks at its policies before it says that it is ready; a command may never need them.
    client = await _lazily(settings, places, ombud_plugin(codec=sealed), runtime, traced)
    connect = partial(Database.connect, places.database_url, **_pool(settings, places, traced, served=operator is None))
    async with await (once_there(connect, AWAY) if operator is None else connect()) as database, _readers(settings) as readers:
        tenants, masters = PostgresTenants(database, vault), PostgresMasterKeys(database, vault)
        await once_there(masters.check, AWAY)
        yield Parts(
            intake=PostgresIntake(database, vault),
            **_team_parts(settings, database, vault, store),
            **_file_parts(settings, database, vault, store),
            library=PostgresLibrary(database),
            tenants=tenants,
            keys=await OperatorKeys.of(tenants, operator) if operator else tenants,
            signing_keys=PostgresSigningKeys(database),
            **_access_parts(database, vault),
            idempotency=PostgresIdempotency(database, vault),
            seals=vault,
            doors=PassingDoors(_doors(settings, client), FailPoints.of(settings).hit),
            packs=LazyMapping(lambda: policies().packs),
            calendars=LazyMapping(lambda: policies().calendars),
            **_reading(settings, readers, warm=operator is None),
            endpoints=PostgresEndpoints(database, vault),
            **_source_parts(settings, database, vault),
            door_refusals=PostgresDoorRefusals(database),
            **_mail_parts(settings, database, vault, store),
            address_refused=_addresses(settings),
            **ready_checks(database, client, settings.task_queue, {"evidence": store.check, "master_key": masters.still_good}),
            publishing=PostgresPublications(database),
            payloads=SealedJson(sealed) if sealed else None,
        )


def _source_parts(settings: Settings, database: Database, vault: Vault) -> dict[str, Any]:
    """Where reports come from and within what bounds, what payment providers said, and what asks them."""
    from storage.intake.provider_news import PostgresProviderNews
    from storage.intake.sources import PostgresSources
    from storage.postgres.budgets import PostgresBudgets

    news, sources = PostgresProviderNews(database, vault), PostgresSources(database, vault)
    return {"sources": sources, "budgets": PostgresBudgets(database), "provider_news": news, "disputes": _disputes(settings)}


def _disputes(settings: Settings) -> Mapping[str, ProviderDisputes]:
    """What asks PayPal for disputes, by tenant; empty where no app of a PayPal account is configured."""
    from adapters.intake.paypal_api import PayPalDisputes

    app, secret, tenant = settings.paypal_client_id, settings.paypal_client_secret, settings.provider_tenant
    if app is None or secret is None or tenant is None:
        return {}
    return {tenant: PayPalDisputes(app, secret.get_secret_value(), url=settings.paypal_api_url)}


def _file_parts(settings: Settings, database: Database, vault: Vault, store: EvidenceStore) -> dict[str, Any]:
    """Where files go, and who looks at them first."""
    from storage.intake.evidence import PostgresFiles

    files = PostgresFiles(database, vault, store)
    return {"files": files, "inspector": _inspector(settings), "scanner": _scanner(settings)}


def _mail_parts(settings: Settings, database: Database, vault: Vault, store: EvidenceStore) -> dict[str, Any]:
    """What becomes of mail beside cases and messages, and whose notices go first."""
    from storage.intake.orders import PostgresOrders
    from storage.intake.trusted_flaggers import PostgresTrustedFlaggers
    from storage.intake.unplaced import PostgresUnplaced
    from storage.outside.answered import PostgresAnswered
    from storage.record.archive import Archive

    return {
        "unplaced": PostgresUnplaced(database, vault, store, settings.mail_unplaced_most, settings.mail_unplaced_bytes),
        "trusted_flaggers": PostgresTrustedFlaggers(database),
        "orders": PostgresOrders(database, vault),
        "answered": PostgresAnswered(database, vault, Archive(database, vault, store)),
        "mail_caps": (
            settings.mail_per_sender,
            settings.mail_per_tenant,
            settings.mail_per_domain or 5 * settings.mail_per_sender,
        ),
    }


def _pool(settings: Settings, places: Places, traced: Tracing, *, served: bool) -> dict[str, Any]:
    limits = _limits(settings) if served else {"max_size": settings.database_pool_max}
    own = {"admin_dsn": places.database_admin_url, "min_size": settings.database_pool_min, "statements": traced.statements}
    return own | limits


def _limits(settings: Settings) -> dict[str, Any]:
    """What bounds the API's use of the database: half of it for one tenant at most, and no waiting for one that hangs.

    The wait for a connection and that for a statement come one after the other, so they share the time.
    """
    patience = settings.api_database_for.total_seconds()
    return {
        "max_size": settings.database_pool_max,
        "share": max(1, settings.database_pool_max // 2),
        "lend_within": patience * 0.4,
        "command_timeout": patience * 0.6,
    }


def _doors(settings: Settings, client: Client) -> Doors:
    from services.doors import FairDoors, Shares

    return FairDoors(CaseRuns(client, settings.task_queue), Shares(settings.tenant_asks_at_once))


def _gate(settings: Settings, parts: Parts) -> Gate:
    """How much may be asked of the API."""
    from api.kit.gate import Gate
    from api.kit.throttle import Budget, Bulkhead

    budget = None
    if parts.budgets is not None:
        budget = Budget(parts.budgets, per_second=settings.tenant_budget_per_second, burst=settings.tenant_budget_burst)
    return Gate(budget=budget, bulkhead=Bulkhead(settings.tenant_costly_at_once))


def _beside_cases(database: Database) -> dict[str, Any]:
    """What a team keeps beside cases: who is called, where a pack was departed from, views, labels, building blocks."""
    from storage.team.on_call import PostgresOnCall
    from storage.team.policy_exceptions import PostgresPolicyExceptions
    from storage.team.saved_views import PostgresSavedViews
    from storage.team.tags import PostgresTags
    from storage.team.templates import PostgresTemplates

    kept = {"saved_views": PostgresSavedViews, "tags": PostgresTags, "templates": PostgresTemplates}
    kept |= {"on_call": PostgresOnCall, "policy_exceptions": PostgresPolicyExceptions}
    return {name: made(database) for name, made in kept.items()}


def _team_parts(settings: Settings, database: Database, vault: Vault, store: EvidenceStore) -> dict[str, Any]:
    """What people of the team work with: cases, the inbox, bulks, campaigns, the desk and the preview of rulings."""
    from adapters.evidence.letter_tokens import holds, letters_in, links_in, without
    from adapters.evidence.pdf_text import text_of
    from adapters.letters.composer import Composer
    from adapters.letters.preview import LetterPreviews
    from storage.intake.inbox import PostgresInbox
    from storage.record.archive import Archive
    from storage.record.audit import PostgresAudit
    from storage.record.records import PostgresRecords
    from storage.record.sanctions import PostgresSanctions
    from storage.team.absences import PostgresAbsences
    from storage.team.bulk import PostgresBulk
    from storage.team.campaigns import PostgresCampaigns
    from storage.team.desk import PostgresDesk
    from storage.team.desk_settings import PostgresDeskSettings
    from storage.team.drafts import PostgresDrafts
    from storage.team.live import PostgresLive
    from storage.team.overview import PostgresOverview
    from storage.team.reading import PostgresReading
    from storage.views.cases import PostgresViews

    archive = Archive(database, vault, store)
    inbox, bulk = PostgresInbox(database, vault, archive), PostgresBulk(database, vault)
    return {
        "views": PostgresViews(database, vault, archive),
        "inbox": inbox,
        "bulk": bulk,
        "pdf_text": text_of,
        "letters_in": letters_in,
        "links_in": links_in,
        "token_in": holds,
        "without_tokens": without,
        "campaigns": PostgresCampaigns(database),
        "records": PostgresRecords(database, archive=archive),
        "sanctions": PostgresSanctions(database),
        # As the worker's letters: the embedded mail catcher takes no answers.
        "letters": LetterPreviews(Composer(replies=settings.smtp_host is not None)),
        "desk": PostgresDesk(database, inbox),
        "drafts": PostgresDrafts(database, vault),
        "desk_settings": PostgresDeskSettings(database),
        "overview": PostgresOverview(database),
        "live": PostgresLive(database),
        "reading": PostgresReading(database, vault),
        "absences": PostgresAbsences(database, bulk),
        **_beside_cases(database),
        "audit": PostgresAudit(database, vault),
    }


def _addresses(settings: Settings) -> Callable[[str, bool], Awaitable[str | None]]:
    """Why webhooks cannot go to an address; made at the first question, for it loads the certificates of all authorities."""

    async def refused(url: str, development: bool) -> str | None:
        from activities.ports.errors import Never
        from adapters.delivery.endpoints import SignedPost

        try:
            post = SignedPost(allow_private=settings.webhook_allow_private and settings.development)
            await post.check(url, development=development)
        except Never as never:
            return never.code
        return None

    return refused


def _access_parts(database: Database, vault: Vault) -> dict[str, Any]:
    """What administrators work with."""
    from storage.access.keys import PostgresKeys
    from storage.access.outside_drafts import PostgresOutsideDrafts
    from storage.access.party_addresses import PostgresPartyAddresses
    from storage.access.party_links import PostgresPartyLinks
    from storage.access.sessions import PostgresSessions
    from storage.access.trail import PostgresTrail
    from storage.record.erasures import PostgresErasures
    from storage.record.retention import PostgresRetention
    from storage.team.letters import PostgresTeamLetters
    from storage.team.people import PostgresPeople

    return {
        "api_keys": PostgresKeys(database),
        "sessions": PostgresSessions(database),
        "party_links": PostgresPartyLinks(database, vault),
        "outside_drafts": PostgresOutsideDrafts(database, vault),
        "party_addresses": PostgresPartyAddresses(database, vault),
        "people": PostgresPeople(database, vault),
        "trail": PostgresTrail(database),
        "erasures": PostgresErasures(database),
        "retention": PostgresRetention(database),
        "team_letters": PostgresTeamLetters(database, vault),
    }


def _readers(settings: Settings) -> ReadingPool:
    from adapters.reading.pool import ReadingPool

    return ReadingPool(settings.intake_readers, reading_for=settings.intake_reading_for)


def _reading(settings: Settings, readers: ReadingPool, *, warm: bool) -> dict[str, Any]:
    """What reads the payloads of the outside world, and where. Warm: the first mail does not wait for a process to begin."""
    from cli.kit.parsers import parsers

    if warm:
        readers.warm()
    return {"parsers": parsers(settings), "readers": readers}


def _inspector(settings: Settings) -> Inspects:
    from adapters.evidence.file_types import Inspector

    return Inspector(frozenset(settings.evidence_types.split()), settings.evidence_max_bytes)


def _scanner(settings: Settings) -> Callable[[bytes], Awaitable[None]] | None:
    from adapters.evidence.clamd import Clamd

    return Clamd(settings.evidence_scanner).scan if settings.evidence_scanner else None


async def serve(settings: Settings, places: Places) -> None:
    """Serve the API until the process is told to stop."""
    import structlog

    from api.app import create_app
    from cli.kit.health import answering
    from cli.kit.pages import beside, house_of
    from runtime.telemetry import telemetry

    if not settings.mail_relay.split():
        told = "answers by mail are kept to be placed, but in tenants for development: nothing proves their senders"
        structlog.get_logger("ombud.api").warning("no mail relay is named", setting="OMBUD_MAIL_RELAY", means=told)
    apart = settings.api_health_port is not None
    core = telemetry(metrics=settings.metrics, heartbeats=False)
    async with tracing(settings, "api") as traced, api_parts(settings, places, runtime=core.runtime, traced=traced) as parts:
        metrics = settings.metrics and not apart
        app = create_app(parts, public_url=settings.public_url, metrics=metrics, gate=_gate(settings, parts))
        house = None if settings.console == "off" else house_of(settings, parts)
        served: ASGIApp
        served, watch = (app, None) if house is None else (beside(app, house), house.watch)
        async with answering(settings, app, core):
            served = traced.requests(served)
            await _until_told(settings, served, settings.api_host, settings.api_port, patience_s=10, watch=watch)


async def serve_console(settings: Settings, places: Places) -> None:
    """Serve the pages alone until the process is told to stop."""
    from cli.kit.pages import house_of
    from console.app import create_console
    from runtime.telemetry import telemetry

    told = telemetry(metrics=False, heartbeats=False)
    async with tracing(settings, "console") as traced, api_parts(settings, places, runtime=told.runtime, traced=traced) as parts:
        house = house_of(settings, parts)
        pages = traced.requests(create_console(house))
        await _until_told(settings, pages, settings.console_host, settings.console_port, patience_s=2, watch=house.watch)


def server_config(settings: Settings, app: ASGIApp, host: str, port: int, patience_s: int) -> uvicorn.Config:
    """How the API and the pages are served. Who asks is the other end of the connection; whom it names instead is believed of the
    proxies in the settings alone, and of several names the last one that is no proxy of ours."""
    import uvicorn

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=patience_s,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )


async def _until_told(
    settings: Settings, app: ASGIApp, host: str, port: int, *, patience_s: int, watch: Watch | None = None
) -> None:
    """Serve an application until the process is told to stop, and then so many seconds more for what it is in the middle of.
    Pages that wait for news are let go at once: they never end by themselves."""
    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket] | None = None) -> None:
            if watch is not None:
                watch.end()
            await super().shutdown(sockets)

    config = server_config(settings, app, host, port, patience_s)
    spare_what_stays()
    await Server(config).serve()


@asynccontextmanager
async def local_app(target: Target) -> AsyncIterator[FastAPI]:
    """The API in this process, for the command line: whoever can read the database's password needs no key."""
    from api.app import create_app

    settings = Settings(log_level="WARNING")
    set_up_logs(settings, process="cli", plain=plain)
    async with api_parts(settings, find_places(settings), target) as parts:
        yield create_app(parts, public_url=settings.public_url)
