"""The tenant's own settings, as they are changed and shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.bodies.base import Body
from api.bodies.sources import DefaultParty
from domain.base import Code, Frozen
from domain.model.report import ZoneName
from services.rows import Tenant


class TenantChange(Frozen):
    """What is to change. What is left out stays; null takes a setting out."""

    name: str = Field("", min_length=1, max_length=200)
    zone: ZoneName = "UTC"
    email_kind: Code | None = None
    """Kind of the cases that come by mail."""
    orders_within: Annotated[int, Field(ge=1, le=720)] | None = None
    """Hours after receipt in which the authority is told what effect its order was given; null: 24."""
    archive_after_days: Annotated[int, Field(ge=91, le=36500)] | None = None
    """Days without anything after which a closed case goes into the archive; null: never."""
    default_merchant: DefaultParty | None = None
    """Who is on the other side of a payment when neither the report nor its source says."""
    default_respondent: DefaultParty | None = None
    """The same of everything else."""

    def said(self) -> dict[str, Any]:
        """What was named, and only that."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class TenantBody(Body):
    """A tenant."""

    object: Literal["tenant"] = "tenant"
    id: str
    name: str
    zone: str
    development: bool
    email_kind: str | None = None
    orders_within: int | None = None
    archive_after_days: int | None = None
    default_merchant: DefaultParty | None = None
    default_respondent: DefaultParty | None = None


def tenant_body(tenant: Tenant) -> dict[str, Any]:
    """A tenant as JSON."""
    names = ("email_kind", "orders_within", "archive_after_days", "default_merchant", "default_respondent")
    known = {name: tenant.settings.get(name) for name in names}
    body = TenantBody(id=tenant.id, name=tenant.name, zone=tenant.zone, development=tenant.development, **known)
    return body.model_dump(mode="json")
