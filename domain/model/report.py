"""What a platform hands over when somebody submits a report: the one shape that every intake is translated into."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from domain.base import Code, Frozen, Instant, Money, Priority, Reference, Side, plain
from domain.model.addresses import address_of
from domain.model.prior_decision import DecisionElsewhere
from domain.model.prose import checked_text

Scalar = bool | int | float | Annotated[str, Field(max_length=500)]
"""What a gate may look at."""

ORIGINAL, QUOTED = "original.eml", "quoted-text.txt"
"""What a mail's reader attaches of its own: the mail as it came, and what it quotes of the letter that it answers."""
TAKEN_OUT = "\u2026"
"""What a mail says where the secret of a page of ours stood."""
FOR_THE_DESK = frozenset({ORIGINAL, QUOTED})
"""For the team and whoever sent it: other parties are not shown the addresses in it, nor what was written to one party alone."""

_ZONES = frozenset(available_timezones())


def _plain(value: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise PydanticCustomError("control_character", "Control characters (line breaks, NUL) are not allowed here.")
    return value


def _shown(value: str) -> str:
    """A name as everybody may be shown it: what turns the direction of the words beside it, or is not seen, is no part of it."""
    shown = plain(_plain(value))
    if not shown:
        raise PydanticCustomError("control_character", "Nothing of this can be seen.")
    return shown


def _known_zone(value: str) -> str:
    if value not in _ZONES:
        raise PydanticCustomError("zone_unknown", "'{zone}' is not an IANA time zone.", {"zone": value[:64]})
    return value


def _email(value: str) -> str:
    address = address_of(value)
    if address is None:
        _plain(value.strip())
        raise PydanticCustomError("email_invalid", "This is not an e-mail address.")
    return address


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_shown)]
EmailAddress = Annotated[str, AfterValidator(_email)]
_EMAIL: TypeAdapter[str] = TypeAdapter(EmailAddress)


def email_or_none(value: str | None) -> str | None:
    """The address when it is one: nobody's report or case is lost for a bad address of somebody who did not write it, nor for
    one that was kept before addresses were looked at so closely."""
    try:
        return _EMAIL.validate_python(value)
    except ValidationError:
        return None


MetadataKey = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_plain)]
MetadataValue = Annotated[str, Field(max_length=500), AfterValidator(_plain)]
MOST_METADATA = 50
"""Keys of metadata on one case."""
ZoneName = Annotated[str, AfterValidator(_known_zone)]
Text = Annotated[str, AfterValidator(checked_text)]


def comparable(matter: str | None) -> str | None:
    """A matter as it is compared with others; None: nothing was named."""
    return " ".join(unicodedata.normalize("NFKC", matter or "").casefold().split()) or None


MOST_ATTACHMENTS = 100
"""Files that come with one report."""
LARGEST_ATTACHMENT = 20_000_000
"""Bytes of one: as large as a mail can be, so that it can be kept as it came."""
MOST_ATTACHED = 36_000_000
"""Bytes of all of them together: the largest mail, and beside it the files that it holds."""


KEPT_BY_INTAKE = frozenset({"original.eml", "full-text.txt", "quoted-text.txt", "messages.txt"})
"""Files that an intake adds by itself: they are the report once more, and bring nothing new."""


class Attachment(Frozen):
    """A file that came with a report; ``data`` travels as base64 in JSON."""

    name: Line
    media_type: Line = "application/octet-stream"
    data: Annotated[bytes, Field(max_length=LARGEST_ATTACHMENT)]

    model_config = {"frozen": True, "extra": "forbid", "ser_json_bytes": "base64", "val_json_bytes": "base64"}


class ReportedParty(Frozen):
    """One person or organisation of the dispute, as the platform knows them."""

    side: Side
    role: Literal["principal", "witness", "insurer", "representative", "authority"] = "principal"
    ref: Reference
    """The platform's own id for this user."""
    organisation: Reference | None = None
    """The platform's own id of whom they belong to (an employer, a programme): whoever has a conflict with it does not judge."""
    name: Line | None = None
    email: EmailAddress | None = None
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    zone: ZoneName = "UTC"
    """IANA zone in which due dates are told to this party."""
    minor: bool = False
    """Under age: whoever represents them is written to as well, and the pack's routing may ask for it (``report.minors``)."""

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A report is known again by the hash of its JSON, also one that came before there were organisations or minors.
        return {
            n: value for n, value in handler(self).items() if n not in ("organisation", "minor") or value not in (None, False)
        }


class Report(Frozen):
    """A report of one dispute or fraud, ready to become a case."""

    kind: Code
    source: Code = "api"
    external_id: Reference | None = None
    """The sender's id of this report: the same (source, external id) is the same case."""
    category: Code = "general"
    priority: Priority | None = None
    """Left out: the pack's routing decides."""
    matter: Reference | None = None
    """What it is about: a booking, a charge, a report number."""
    subject: Line | None = None
    statement: Text
    amount: Money | None = None
    occurred_at: Instant | None = None
    parties: Annotated[tuple[ReportedParty, ...], Field(min_length=1, max_length=20)]
    attributes: Annotated[dict[Code, Scalar], Field(max_length=50)] = {}
    """Facts for the gates and the routing (``account_age_days: 12``)."""
    metadata: Annotated[dict[MetadataKey, MetadataValue], Field(max_length=MOST_METADATA)] = {}
    """What the platform notes for itself (``{"order": "A-4711"}``): no rule looks at it, and no party ever sees it."""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=MOST_ATTACHMENTS)] = ()
    decision: DecisionElsewhere | None = None
    """The decision made elsewhere that this report appeals against, for kinds that open in appeal."""
    synthetic: bool = False
    """A gold or test case: everything but outside effects and reports."""

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # As with a party's organisation: the JSON of a report without metadata is what it was before there was any.
        return {name: value for name, value in handler(self).items() if name != "metadata" or value}

    @property
    def matter_key(self) -> str | None:
        """The matter as it is compared: however it was typed, the same booking is the same matter; None: nothing was named."""
        return comparable(self.matter)

    @property
    def brings_new_fact(self) -> bool:
        """Whether it says that it brings something new (the attribute ``new_fact``), or hands something in."""
        return bool(self.attributes.get("new_fact")) or bool(self.handed_in)

    @property
    def handed_in(self) -> tuple[Attachment, ...]:
        """The files that somebody handed in: without those in which an intake keeps what it could not say in the statement."""
        return tuple(file for file in self.attachments if file.name not in KEPT_BY_INTAKE)

    @property
    def outside_due_at(self) -> datetime | None:
        """When a card network stops taking evidence, as intakes say it (``due_by``, in seconds since 1970)."""
        due_by = self.attributes.get("due_by")
        if self.attributes.get("stage") != "chargeback" or isinstance(due_by, bool) or not isinstance(due_by, int):
            return None
        return datetime.fromtimestamp(due_by, UTC) if 0 < due_by < 10**11 else None

    @model_validator(mode="after")
    def _nobody_twice(self) -> Report:
        if not any(p.side is Side.CLAIMANT and p.role == "principal" for p in self.parties):
            raise PydanticCustomError(
                "claimant_missing", "A report needs a claimant: a party with side 'claimant' and role 'principal'."
            )
        if len({p.ref for p in self.parties}) < len(self.parties):
            raise PydanticCustomError("party_twice", "The same party ref appears twice; nobody can be on both sides.")
        return self

    @model_validator(mode="after")
    def _not_too_heavy(self) -> Report:
        if sum(len(file.data) for file in self.attachments) > MOST_ATTACHED:
            raise PydanticCustomError(
                "attachments_too_large",
                "The attachments have more than {limit} bytes together; upload large files as evidence.",
                {"limit": MOST_ATTACHED},
            )
        return self
