"""The intake parsers of each tenant, from the settings and what the tenant says of itself."""

from __future__ import annotations

from typing import Any

from adapters.intake.errors import ReportInvalid
from adapters.intake.generic import report_from_json
from adapters.intake.mail import MailIntake
from adapters.intake.paypal import PayPalIntake
from adapters.intake.stripe import StripeIntake
from domain.base import Side
from domain.model.report import ReportedParty
from runtime.settings import Settings
from services.parts import Parsers
from storage.tenants import Tenant


def parsers(settings: Settings) -> Parsers:
    """What turns the payloads of the outside world into reports."""
    certificate = settings.paypal_certificate_path.read_bytes() if settings.paypal_certificate_path else None

    def stripe(tenant: Tenant) -> StripeIntake | None:
        secret = settings.stripe_webhook_secret
        return StripeIntake(secret.get_secret_value(), respondent=_party(tenant, "default_merchant")) if secret else None

    def paypal(tenant: Tenant) -> PayPalIntake | None:
        if certificate is None or settings.paypal_webhook_id is None:
            return None
        return PayPalIntake(settings.paypal_webhook_id, certificate, respondent=_party(tenant, "default_merchant"))

    def mail(tenant: Tenant) -> MailIntake:
        kind = str(tenant.settings.get("email_kind", "bounty_dispute"))
        return MailIntake(settings.message_domain, kind=kind, respondent=_party(tenant, "default_respondent"))

    return Parsers(generic=report_from_json, mail=mail, webhooks={"stripe": stripe, "paypal": paypal}, invalid=ReportInvalid)


def _party(tenant: Tenant, name: str) -> ReportedParty | None:
    known: Any = tenant.settings.get(name)
    return ReportedParty.model_validate({"side": Side.RESPONDENT, **known}) if known else None
