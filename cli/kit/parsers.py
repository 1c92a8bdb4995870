"""What turns the payloads of the outside world into reports: each intake source gets the reader of its provider."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.intake.errors import ReportInvalid
from adapters.intake.form import report_from_form
from adapters.intake.generic import report_from_json
from adapters.intake.mail import MailIntake
from adapters.intake.mail_marks import MarksReader
from adapters.intake.paypal import PayPalIntake
from adapters.intake.signed import SignedIntake, key_of
from adapters.intake.stripe import StripeIntake
from domain.base import Side
from domain.model.report import Report, ReportedParty
from runtime.settings import Settings
from services.parts import Parsers, SourceReports
from storage.intake.sources import LiveSource, Provider
from storage.tenants import Tenant

_PAYMENTS = "fraud_report"
_MAIL = "bounty_dispute"


def parsers(settings: Settings) -> Parsers:
    """The readers that this installation has."""
    certificate = settings.paypal_certificate_path.read_bytes() if settings.paypal_certificate_path else None
    relays = tuple(settings.mail_relay.split())
    made = _Readers(settings.message_domain, certificate, settings.own_addresses, relays)
    return Parsers(
        generic=report_from_json,
        mail=made.mail,
        marks=made.marks,
        source=made.source,
        refused=made.refused,
        invalid=ReportInvalid,
    )


@dataclass(frozen=True)
class _Readers:
    """One reader for each provider, with what the source and its tenant stand in for."""

    message_domain: str
    certificate: bytes | None
    own: frozenset[str] = frozenset()
    relays: tuple[str, ...] = ()

    def marks(self, tenant: Tenant) -> MarksReader:
        named: Any = tenant.settings.get("mail_addresses", ())
        own = self.own | {str(address).lower() for address in named}
        return MarksReader(self.message_domain, own, self.relays)

    def mail(self, tenant: Tenant | None, source: LiveSource | None = None) -> MailIntake:
        kind = (source.kind if source else None) or str((tenant.settings if tenant else {}).get("email_kind", _MAIL))
        return MailIntake(self.message_domain, kind=kind, respondent=_other_side(source, tenant, "default_respondent"))

    def source(self, source: LiveSource, tenant: Tenant | None) -> SourceReports:
        if source.provider in ("stripe", "paypal"):
            return self._payments(source, tenant)
        other = _other_side(source, tenant, "default_respondent")
        match source.provider:
            case "mail":
                return SignedIntake(source.secrets, lambda body, _: self.mail(tenant, source).read(body))
            case "form":
                return SignedIntake(
                    source.secrets, lambda body, _: report_from_form(body, kind=source.kind or "", respondent=other)
                )
            case _:
                return SignedIntake(source.secrets, lambda body, _: report_from_json(_completed(body, source.kind, other)))

    def _payments(self, source: LiveSource, tenant: Tenant | None) -> SourceReports:
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


def _other_side(source: LiveSource | None, tenant: Tenant | None, name: str) -> ReportedParty | None:
    """Who is on the other side when the report does not say: the source's, else the tenant's."""
    if source is not None and source.respondent is not None:
        return source.respondent
    known: Any = tenant.settings.get(name) if tenant else None
    return ReportedParty.model_validate({**known, "side": Side.RESPONDENT}) if known else None


def _completed(body: bytes, kind: str | None, respondent: ReportedParty | None) -> bytes:
    """A report with what its source knows and it does not say. What is no JSON object is told of by its reader."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(said, dict):
        return body
    said = {"source": "webhook", **({"kind": kind} if kind else {}), **said}
    parties = said.get("parties")
    if respondent is not None and isinstance(parties, list):
        sides = [
            party.get("side") for party in parties if isinstance(party, dict) and party.get("role", "principal") == "principal"
        ]
        if "respondent" not in sides:
            said["parties"] = [*parties, respondent.model_dump(mode="json", exclude_none=True)]
    return json.dumps(said).encode()
