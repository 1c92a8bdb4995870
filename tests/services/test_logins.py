"""Whose credential it is, and the development login."""

from __future__ import annotations

import pytest

from services.errors import Refused
from services.logins import development_key
from storage.tenants import Tenant
from tests.support.office import Office

pytestmark = pytest.mark.postgres


async def test_everybody_is_told_who_they_are(office: Office) -> None:
    ada, platform = (await office.desk("ada").get("/v1/me")).json(), (await office.desk().get("/v1/me")).json()
    assert (ada["tenant"], ada["kind"], ada["person"], ada["role"]) == (office.tenant_id, "person_key", "per_ada", "mediator")
    assert (platform["kind"], platform["person"], platform["role"]) == ("platform_key", None, "platform")


async def test_in_development_a_person_is_enough(office: Office) -> None:
    tenant = Tenant(id=office.tenant_id, name="Test", development=True)
    _, secret = await development_key(office.tenants, tenant, "per_ada")
    found = await office.tenants.find_key(secret)
    assert found is not None
    assert found.person_id == "per_ada"


async def test_elsewhere_a_key_is_needed(office: Office) -> None:
    with pytest.raises(Refused, match="login_needs_key"):
        await development_key(office.tenants, Tenant(id=office.tenant_id, name="Test"), "per_ada")
