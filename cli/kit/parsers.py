"""What turns the payloads of the outside world into reports: each intake source gets the reader of its provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from adapters.intake.errors import ReportInvalid
from adapters.intake.form import report_from_form
from adapters.intake.generic import report_from_json, report_of_source
from adapters.intake.mail import MailIntake
from adapters.intake.mail_marks import MarksReader
from adapters.intake.outcome import PROVIDERS, outcome_of
from adapters.intake.paypal import PayPalIntake
from adapters.intake.signed import BodyAlone, SignedIntake, key_of
from adapters.intake.stripe import Said, StripeIntake
from domain.base import Side
from domain.model.report import Report, ReportedParty
from runtime.settings import Settings
from services.parts import Parsers, SourceReports
from storage.intake.sources import LiveSource, Provider
from storage.tenants import Tenant

__all__ = ["PROVIDERS", "outcome", "parsers"]

_PAYMENTS = "fraud_report"
_MAIL = "bounty_dispute"


def parsers(settings: Settings) -> Parsers:
    """The readers that this installation has."""
    certificate = settings.paypal_certificate_path.read_bytes() if settings.paypal_certificate_path else None
    made = _Readers(settings.message_domain, certificate, settings.own_addresses, _servers(settings))
    return Parsers(
        generic=report_from_json,
        mail=made.mail,
        marks=made.marks,
        source=made.source,
        provider=made.provider,
        refused=made.refused,
        invalid=ReportInvalid,
    )


def outcome(settings: Settings, provider: str, raw: bytes, kind: str | None) -> dict[str, Any]:
    """What would become of an input of one of :data:`PROVIDERS`, without a database: see :mod:`adapters.intake.outcome`."""
    mail = MailIntake(settings.message_domain, ours=settings.own_addresses)
    marks = MarksReader(settings.message_domain, settings.own_addresses, tokens_alone=settings.development, **_servers(settings))
    return outcome_of(provider, raw, mail, kind, marks=marks).as_json()


def _servers(settings: Settings) -> dict[str, Any]:
    """Our own mail servers, as a :class:`MarksReader` knows them."""
    hosts, networks = settings.own_mail_servers
    return {"relays": tuple(settings.mail_relay.split()), "hosts": hosts, "networks": networks}


@dataclass(frozen=True)
class _Readers:
    """One reader for each provider, with what the source and its tenant stand in for."""

    message_domain: str
    certificate: bytes | None
    own: frozenset[str] = frozenset()
    """Addresses at which mail reaches us: nobody writes from them."""
    servers: Mapping[str, Any] = field(default_factory=dict)
    """Our own mail servers."""

    def marks(self, tenant: Tenant) -> MarksReader:
        named: Any = tenant.settings.get("mail_addresses", ())
        own = self.own | {str(address).lower() for address in named}
        return MarksReader(self.message_domain, own, tokens_alone=tenant.development, **self.servers)

    def mail(self, tenant: Tenant | None, source: LiveSource | None = None) -> MailIntake:
        kind = (source.kind if source else None) or str((tenant.settings if tenant else {}).get("email_kind", _MAIL))
        other = _other_side(source, tenant, "default_respondent")
        return MailIntake(self.message_domain, kind=kind, respondent=other, ours=self.own)

    def source(self, source: LiveSource, tenant: Tenant | None) -> SourceReports:
        if source.provider in ("stripe", "paypal"):
            return self.provider(source, tenant)
        other = _other_side(source, tenant, "default_respondent")
        match source.provider:
            case "mail":
                return SignedIntake(source.secrets, BodyAlone(self.mail(tenant, source).read))
            case "form":
                form = partial(report_from_form, kind=source.kind or "", respondent=other)
                return SignedIntake(source.secrets, BodyAlone(form))
            case _:
                completed = partial(report_of_source, kind=source.kind, respondent=other)
                return SignedIntake(source.secrets, BodyAlone(completed))

    def provider(self, source: LiveSource, tenant: Tenant | None) -> StripeIntake | PayPalIntake | _NotProved:
        merchant = _other_side(source, tenant, "default_merchant")
        kind = source.kind or _PAYMENTS
        if source.provider == "stripe":
            return StripeIntake(*source.secrets, respondent=merchant, kind=kind)
        if self.certificate is None:
            return _NotProved()
        newest, old = source.secrets[0], next(iter(source.secrets[1:]), None)
        return PayPalIntake(newest, self.certificate, old_webhook_id=old, respondent=merchant, kind=kind)

    def refused(self, provider: Provider, secret: str) -> str | None:
        if provider in ("stripe", "paypal"):
            return "source_not_provable" if provider == "paypal" and self.certificate is None else None
        try:
            key_of(secret)
        except ValueError:
            return "source_secret_invalid"
        return None


class _NotProved:
    """A source whose provider cannot be proved here (any more): the certificate is not configured."""

    def prove(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise ReportInvalid.one("signature_invalid", "PAYPAL-TRANSMISSION-SIG", "No certificate is configured.")

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        return None

    def said(self, body: bytes, headers: Mapping[str, str], fetched: bytes | None = None) -> Said | None:
        return None

    def dispute_of(self, body: bytes) -> str | None:
        return None

    def refund_of(self, body: bytes) -> str | None:
        return None


def _other_side(source: LiveSource | None, tenant: Tenant | None, name: str) -> ReportedParty | None:
    """Who is on the other side when the report does not say: the source's, else the tenant's."""
    if source is not None and source.respondent is not None:
        return source.respondent
    known: Any = tenant.settings.get(name) if tenant else None
    return ReportedParty.model_validate({**known, "side": Side.RESPONDENT}) if known else None
