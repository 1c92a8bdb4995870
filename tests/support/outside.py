"""Somebody outside with a phone: a party with the link of its letter, or whoever reports something."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from storage.access.party_links import PostgresPartyLinks
from tests.support.browsing import Browser, Lobby
from tests.support.office import Office, party
from tests.support.rooms import Rooms

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

CABIN: dict[str, Any] = {
    "kind": "payment_dispute",
    "statement": "My bank shows two charges on the same day. I booked only once.",
    "subject": "You were charged twice for one booking",
    "matter": "booking-7781",
    "external_id": "H-20440",
    "amount": {"amount": 31250, "currency": "EUR"},
    "attributes": {"paid_days_ago": 5},
    "parties": [
        {"side": "claimant", "ref": "guest-8", "name": "Amira Haddad", "email": "amira@example.org", "zone": "Europe/Paris"},
        {"side": "respondent", "ref": "cabins", "name": "Nordkap Cabins", "email": "desk@nordkap.example"},
    ],
}
DANGER: dict[str, Any] = {
    "kind": "safety_incident",
    "category": "assault",
    "statement": "He waited for me at the door after the booking and would not let me pass.",
    "subject": "What happened at the door",
    "parties": [
        {"side": "claimant", "ref": "sitter-4", "name": "Mara", "email": "mara@example.org", "locale": "en"},
        {"side": "respondent", "ref": "owner-2", "name": "Udo", "email": "udo@example.org"},
    ],
}
"""A report of which the accused is not told yet."""


async def link_of(office: Office, case: dict[str, Any], side: str) -> str:
    """The address in a letter to this side."""
    links = PostgresPartyLinks(office.database, office.vault)
    return f"/l/{await links.create(office.tenant_id, case['id'], party(case, side), 'letter')}"


async def by_link(lobby: Lobby, case: dict[str, Any], side: str) -> Browser:
    """A browser without a screen, at its case."""
    browser = lobby.browser()
    path = await link_of(lobby.office, case, side)
    await browser.open(path)
    await browser.send(path)
    await browser.follow()
    return browser


async def phone(rooms: Rooms, case: dict[str, Any], side: str, **more: Any) -> Page:
    """A phone at its case."""
    page = await (await rooms.context(**{**PHONE, **more})).new_page()
    await page.goto(await link_of(rooms.office, case, side))
    await page.locator("main form button").click()
    await page.wait_for_url("**/my")
    return page
