"""The pages of orders of authorities: noted, looked at, answered, told; for leads and operations."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.browsing import Lobby
from tests.support.office import Office

pytestmark = pytest.mark.postgres
SAID = {
    "article": "9", "country": "de", "language": "de", "asks_declared_language": "yes", "declared_language": "yes",
    "authority": "Amtsgericht Hamburg", "reference": "12 Gs 3/26", "where": "https://example.com/posts/77",
}  # fmt: skip


async def first(office: Office) -> dict[str, Any]:
    (one,) = (await office.desk("dana").get("/v1/orders?which=all")).json()["data"]
    found: dict[str, Any] = one
    return found


async def test_an_order_goes_its_way_on_the_pages(office: Office) -> None:
    lead = await Lobby(office).signed_in("cleo")
    await lead.open("/orders")
    assert "Nothing is to be done about any order." in lead.words
    await lead.turn("/orders", **{**SAID, "country": "Germany"})
    assert "Nothing was noted." in lead.words
    await lead.turn("/orders", **SAID)
    assert "It does not say: legal basis (article 9(2)(a)(i))" in lead.words
    path = f"/orders/{(await first(office))['id']}"
    later = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    await lead.turn(
        f"{path}/change", legal_basis="Section 1", reasons="A forgery.", scope="Germany", redress="Complaint.", keeper="per_cleo",
        hold_until=later,
    )  # fmt: skip
    assert "It does not say:" not in lead.words
    await lead.turn(f"{path}/answer", effect="")
    assert "Nothing was noted." in lead.words
    await lead.turn(f"{path}/answer", effect="given", answer="Not shown in Germany any more.")
    assert "tell the authority what effect it was given; tell the person concerned, later, from" in lead.words
    assert "There is none to the person concerned" in lead.words
    await lead.turn(f"{path}/told", whom="authority")
    await lead.turn(f"{path}/told", whom="person")
    assert "Nothing was noted." in lead.words
    await lead.turn(f"{path}/change", lift="yes", hold_until="")
    assert ("Nothing was noted." in lead.words, "may be told sooner" in lead.words) == (True, True)
    await lead.turn(f"{path}/change", lift="yes", hold_until="", lift_reason="court", authority_allows="yes")
    await lead.open("/orders")
    assert ("1 is late" in lead.words, "Amtsgericht Hamburg" in lead.words) == (True, True)
    await lead.open("/today")
    assert "Orders of authorities, 1 late" in lead.words
    await lead.open(path)
    await lead.turn(f"{path}/told", whom="person")
    assert ("To do:" in lead.words, "Erase what it says" in lead.words) == (False, False)


async def test_operations_erase_what_is_done_and_nobody_else_sees_any(office: Office) -> None:
    lobby = Lobby(office)
    ops = await lobby.signed_in("dana")
    await ops.open("/orders")
    await ops.turn("/orders", **SAID)
    path = f"/orders/{(await first(office))['id']}"
    await ops.turn(f"{path}/answer", effect="not_given", because="not_specified")
    await ops.turn(f"{path}/told", whom="authority")
    await ops.open(path)
    assert "Erase what it says" in ops.words
    await ops.turn(f"{path}/erase")
    assert "What it said was erased" in ops.words
    await ops.open("/orders?which=all")
    assert ("Erased" in ops.words, "Amtsgericht" in ops.words) == (True, False)
    mediator = await lobby.signed_in("ada")
    for address in ("/orders", path, "/orders.csv"):
        await mediator.open(address)
        assert mediator.page is not None
        assert (mediator.page.status_code, "Amtsgericht" in mediator.words) == (403, False)


async def test_a_table_for_other_programs_takes_no_word_for_a_formula(office: Office) -> None:
    await office.desk("dana").post("/v1/orders", {
        "article": 10, "country": "DE", "language": "de", "authority": "=HYPERLINK(1)", "about": "scams_and_fraud"})  # fmt: skip
    ops = await Lobby(office).signed_in("dana")
    await ops.open("/orders.csv")
    assert ops.page is not None
    head, row = csv.reader(io.StringIO(ops.page.text.lstrip("\ufeff")))
    found = dict(zip(head, row, strict=True))
    assert (found["Authority"], found["About"], found["State"]) == ("'=HYPERLINK(1)", "scams_and_fraud", "open")
    assert found["To do"] == "confirm_receipt give_effect_or_say_why_not"
