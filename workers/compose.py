"""The worker's composition root: the only place where ports meet their implementations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from temporalio.worker import Interceptor

from activities.assign import AssignActivities
from activities.carry_out import CarryOutActivities
from activities.deliver import DeliverActivities
from activities.lookups import Lookups
from activities.ports.effects import Remedies
from activities.ports.relay import Relay
from activities.record import RecordActivities
from adapters.delivery.endpoints import SignedPost
from adapters.delivery.notifier import Channels
from adapters.delivery.smtp import MailServer, SmtpNotifier
from adapters.delivery.webhooks import WebhookNotifier
from adapters.evidence.letter_tokens import holds, letters_in, links_in, without
from adapters.evidence.stores import ObjectEvidenceStore
from adapters.letters.composer import Composer
from adapters.remedies import WebhookRemedies
from domain.worktime.calculator import zone_data_version
from policies.shelf import Shelf
from runtime.codec import SealedPayloads, codec_of
from runtime.failpoints import FailPoints
from runtime.patience import once_there
from runtime.places import Places
from runtime.settings import Settings
from runtime.tracing import OFF, Tracing
from services.letter_secrets import LettersKnown
from services.temporal_door import TemporalDoor
from storage.access.party_links import PostgresPartyLinks
from storage.access.signing_keys import PostgresSigningKeys
from storage.intake.evidence import PostgresEvidenceFiles
from storage.intake.inbox import PostgresInbox
from storage.intake.refusals import PostgresDoorRefusals
from storage.outside.answered import PostgresAnswered
from storage.outside.cross_case import PostgresCrossCaseTasks
from storage.outside.effects import PostgresEffects
from storage.outside.endpoints import PostgresEndpoints
from storage.outside.outbox import PostgresOutbox
from storage.outside.party_letters import PostgresPartyLetters
from storage.outside.relay import PostgresRelay
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.master_keys import PostgresMasterKeys
from storage.postgres.pool import AWAY, Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.record.other_cases import PostgresOtherCases
from storage.record.records import PostgresRecords
from storage.record.sanctions import PostgresSanctions
from storage.team.absences import PostgresAbsences
from storage.team.bulk import PostgresBulk
from storage.team.letters import PostgresTeamLetters
from storage.team.roster import PostgresRoster
from storage.team.sender_letters import PostgresSenderLetters
from storage.tenants import PostgresTenants
from storage.views.business import PostgresBusiness
from workers.failures import CONTINUE_AS_NEW, FailingInterceptor
from workers.metrics import Counters, CountingNotifier, CountingRecords, watched
from workers.policies import ShelfPolicies
from workers.relay import AbsencesFirst
from workers.team_post import TeamPost
from workers.watch import FollowingLists

Activity = Callable[..., Any]


@dataclass(frozen=True)
class WorkerParts:
    """What a worker runs."""

    database: Database
    master_keys: PostgresMasterKeys
    case_activities: list[Activity]
    outbound_activities: list[Activity]
    relay: Relay
    team_post: TeamPost
    sender_post: TeamPost
    party_post: TeamPost
    """Letters to senders of mail that could not be placed."""
    counters: Counters
    business: PostgresBusiness
    lists: FollowingLists
    interceptors: list[Interceptor]
    codec: SealedPayloads | None
    """Seals payloads on their way to Temporal; None: nothing is sealed."""


def _letters(database: Database, vault: Vault) -> LettersKnown:
    """What finds in words what only the letter to one recipient has."""
    known = PostgresAnswered(database, vault), PostgresPartyLinks(database, vault)
    return LettersKnown(*known, letters_in, links_in, holds, without)


@asynccontextmanager
async def compose(settings: Settings, places: Places, traced: Tracing = OFF) -> AsyncIterator[WorkerParts]:
    """Everything a worker needs, connected; closed again at the end."""
    points = FailPoints.of(settings)
    vault, counters = Vault.from_text(places.master_key), Counters()
    smallest, largest, told = settings.database_pool_min, settings.database_pool_max, traced.statements
    # Without the administrator's role: a worker runs cases, and changes nobody's rights.
    connect = partial(Database.connect, places.database_url, min_size=smallest, max_size=largest, statements=told)
    async with await once_there(connect, AWAY) as database:
        masters = PostgresMasterKeys(database, vault)
        await once_there(masters.check, AWAY)
        mail = _mail(settings, places, points)
        notifier = CountingNotifier(Channels(email=mail, webhook=WebhookNotifier(_post(settings))), counters)
        outbox = PostgresOutbox(database, vault, links=settings.party_links)
        effects = PostgresEffects(database, vault)
        archive = Archive(database, vault, _store(settings))
        inbox = PostgresInbox(database, vault, archive)
        records = CountingRecords(PostgresRecords(database, settings.lease_for, archive), counters)
        files = PostgresEvidenceFiles(database)
        roster, other_cases = PostgresRoster(database), PostgresOtherCases(database)
        policies = ShelfPolicies(partial(_shelf, settings), PostgresLibrary(database), PostgresPublications(database))
        lookups = Lookups(roster, policies, PostgresSanctions(database), other_cases, files)
        tenants, keys = PostgresTenants(database, vault), PostgresSigningKeys(database)
        refusals, watch = PostgresDoorRefusals(database), partial(watched, counters)
        letters = _letters(database, vault)
        door = TemporalDoor(inbox, tenants, keys, settings.temporal_door, refusals=refusals, letters=letters, watch=watch)
        lists = FollowingLists(settings.temporal_lists)
        record = RecordActivities(records, door, zone_data_version(), points.hit, lookups, lists.follow)
        deliver = DeliverActivities(outbox, notifier)
        remedies = _remedies(settings, WebhookRemedies(PostgresEndpoints(database, vault), _post(settings)), database, vault)
        yield WorkerParts(
            database=database,
            master_keys=masters,
            case_activities=[record.record, AssignActivities(records, roster, inbox, record.remembered).assign],
            outbound_activities=[
                deliver.deliver,
                deliver.deliver_one,
                deliver.give_up,
                CarryOutActivities(effects, remedies, points.hit, PostgresCrossCaseTasks(database, vault)).carry_out,
            ],
            relay=AbsencesFirst(PostgresAbsences(database, PostgresBulk(database, vault)), PostgresRelay(database)),
            team_post=TeamPost(PostgresTeamLetters(database, vault), mail),
            sender_post=TeamPost(PostgresSenderLetters(database, vault), mail),
            party_post=TeamPost(PostgresPartyLetters(database, vault), mail),
            counters=counters,
            business=PostgresBusiness(database),
            lists=lists,
            interceptors=[FailingInterceptor(points.hit)] if points.armed(CONTINUE_AS_NEW) else [],
            codec=codec_of(settings.temporal_codec, vault.payload_key, vault.earlier_payload_keys),
        )


def _shelf(settings: Settings) -> Shelf:
    return Shelf.load(datetime.now(UTC).year, settings.policies_dir)


def _mail(settings: Settings, places: Places, points: FailPoints) -> SmtpNotifier:
    catcher = settings.smtp_host is None
    server = MailServer(
        host=places.smtp_host or "127.0.0.1",
        port=places.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        # The embedded mail catcher speaks no TLS.
        starttls=False if catcher else settings.smtp_starttls,
    )
    return SmtpNotifier(
        Composer(public_url=settings.public_url if settings.party_links else None, replies=not catcher),
        server,
        sender=settings.smtp_from,
        message_domain=settings.message_domain,
        reply_to=settings.mail_reply_to.strip() or None,
        after_accept=lambda _: points.hit("mail.after_accept"),
    )


def _remedies(settings: Settings, others: WebhookRemedies, database: Database, vault: Vault) -> Remedies:
    """Who carries remedies out: the tenant's endpoint, and Stripe itself where an account is configured."""
    key, tenant = settings.stripe_api_key, settings.provider_tenant
    if key is None or tenant is None:
        return others
    from adapters.stripe_evidence import StripeEvidence, stripe_client
    from storage.intake.evidence import PostgresFiles

    files = PostgresFiles(database, vault, _store(settings))
    return StripeEvidence(others, {tenant: stripe_client(key.get_secret_value(), settings.stripe_api_url)}, files)


def _store(settings: Settings) -> ObjectEvidenceStore:
    url = settings.evidence_url.get_secret_value() if settings.evidence_url is not None else None
    return ObjectEvidenceStore.of(url, settings.state_dir.resolve() / "evidence")


def _post(settings: Settings) -> SignedPost:
    return SignedPost(allow_private=settings.webhook_allow_private and settings.development)
