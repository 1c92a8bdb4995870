"""Orders of authorities: what they lack is told back, what was done is told on, and the person is told when they may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.dsa.orders import Order
from tests.support.office import Office

pytestmark = pytest.mark.postgres
NOW = datetime.now(UTC).replace(microsecond=0)
WORDS = {
    "authority": "Amtsgericht Hamburg", "reference": "12 Gs 3/26", "legal_basis": "Section 98", "reasons": "It is a forgery.",
    "where": "https://example.com/posts/77", "scope": "Germany", "redress": "Complaint.", "whom": "user_2210",
}  # fmt: skip


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


async def noted(office: Office, **changes: Any) -> dict[str, Any]:
    body = {"article": 9, "country": "DE", "language": "de", **WORDS, **changes}
    answer = await office.desk("dana").post("/v1/orders", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def said(office: Office, order: dict[str, Any], deed: str, who: str = "dana", **body: Any) -> dict[str, Any]:
    answer = await office.desk(who).post(f"/v1/orders/{order['id']}/{deed}", body)
    found: dict[str, Any] = answer.json()
    return found


async def changed(office: Office, order: dict[str, Any], **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await office.desk("dana").http.patch(f"/v1/orders/{order['id']}", json=body)).json()
    return found


async def first_look(office: Office, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await office.desk("cleo").get(f"/v1/orders/{order['id']}")).json()
    return found


async def waiting(office: Office, which: str = "to_do") -> list[str]:
    found = (await office.desk("cleo").get(f"/v1/orders?which={which}")).json()
    return [one["id"] for one in found["data"]]


async def test_from_receipt_to_the_last_word(office: Office) -> None:
    order = await noted(office, received_at=ago(3))
    assert (order["state"], order["to_do"], order["missing"]) == ("open", ["give_effect_or_say_why_not"], [])
    assert datetime.fromisoformat(order["due_at"]) == NOW + timedelta(hours=21)
    answered = await said(office, order, "answer", "cleo", effect="given", answer="Not shown in Germany any more.", at=ago(2))
    assert (answered["state"], answered["to_do"]) == ("late", ["tell_authority", "tell_person"])
    assert "Effect was given" in answered["letters"]["effect"]
    for part in ("Germany", "Complaint.", "It is a forgery.", "Not shown in Germany any more."):
        assert part in answered["letters"]["person"]
    assert (await said(office, order, "told", whom="authority"))["to_do"] == ["tell_person"]
    assert await waiting(office) == [order["id"]]
    done = await said(office, order, "told", whom="person", at=ago(1))
    assert (done["state"], done["to_do"]) == ("done", [])
    assert (await waiting(office), await waiting(office, "all")) == ([], [order["id"]])
    assert (await said(office, order, "told", whom="coordinator"))["coordinator_told_at"]


async def test_what_it_lacks_is_told_back_and_what_is_added_is_not_missed_any_more(office: Office) -> None:
    order = await noted(office, where="", scope="", declared_language=False)
    assert [one["source"] for one in order["missing"]] == ["9(2)(a)(iv)", "9(2)(b)", "9(2)(c)"]
    assert "where exactly the content is (article 9(2)(a)(iv))" in order["letters"]["receipt"]
    found = await changed(office, order, where="https://example.com/1", scope="Germany")
    assert [one["element"] for one in found["missing"]] == ["language"]
    assert found["words"]["authority"] == WORDS["authority"]
    refused = await said(office, order, "answer", effect="not_given", because="not_specified")
    assert refused["to_do"] == ["tell_authority"]
    assert "person" not in refused["letters"]


@pytest.mark.parametrize("article", [9, 10])
@pytest.mark.parametrize("effect", ["given", "in_part"])
async def test_effect_is_given_to_one_that_lacks_something_once_it_was_asked_back_or_for_a_reason(
    office: Office, article: int, effect: str
) -> None:
    """Articles 9(2) and 10(2): what an order has to say protects whoever it is about."""
    order = await noted(office, article=article, legal_basis="", redress="")
    answer = {"effect": effect, "because": None if effect == "given" else "outside_scope", "answer": "Done."}
    for although in (None, "asked_back", "because"):
        refused = await said(office, order, "answer", **answer, although=although)
        assert refused["errors"][0]["field"] == "although", refused
    assert (await first_look(office, order))["effect"] is None
    await said(office, order, "told", whom="authority_receipt")
    assert (await said(office, order, "answer", **answer, although="asked_back"))["effect"] == effect
    (kept, *_) = (await office.desk("dana").get("/v1/audit-trail?limit=1")).json()["data"]
    assert (kept["more"]["although"], kept["more"]["missing"]) == ("asked_back", ["legal_basis", "redress"])


async def test_what_is_not_needed_is_said_and_of_a_whole_order_nothing(office: Office) -> None:
    order = await noted(office, redress="")
    assert (await said(office, order, "answer", effect="given", although="not_needed"))["effect"] == "given"
    whole = await noted(office, reference="13 Gs 4/26")
    refused = await said(office, whole, "answer", effect="given", although="danger")
    assert refused["errors"][0]["field"] == "although"
    assert (await said(office, whole, "answer", effect="given"))["effect"] == "given"


async def test_an_order_for_information_is_confirmed_and_the_person_told_once_they_may_be(office: Office) -> None:
    until = (NOW + timedelta(days=30)).isoformat()
    order = await noted(office, article=10, reasons="", reasons_withheld=True, hold_until=until)
    assert (order["missing"], order["to_do"]) == ([], ["confirm_receipt", "give_effect_or_say_why_not"])
    assert (await said(office, order, "told", whom="authority_receipt"))["to_do"] == ["give_effect_or_say_why_not"]
    await said(office, order, "answer", effect="given", answer="Handed over.")
    held = await said(office, order, "told", whom="authority")
    assert (held["state"], held["to_do"], "person" in held["letters"]) == ("open", ["tell_person_later"], False)
    refused = await said(office, order, "told", whom="person")
    assert (refused["code"], "hold_until" in str(refused["errors"])) == ("parameter_invalid", True)
    for sooner in (None, NOW.isoformat(), (NOW + timedelta(days=29)).isoformat()):
        for lacking in ({}, {"lift_reason": "court"}, {"authority_allows": True}):
            refused = await changed(office, order, hold_until=sooner, **lacking)
            assert (refused["code"], "sooner" in str(refused["errors"])) == ("parameter_invalid", True)
    allowed = {"lift_reason": "court", "authority_allows": True}
    assert "hold_until" in str((await changed(office, order, scope="Germany", **allowed))["errors"])
    later = (NOW + timedelta(days=31)).isoformat()
    assert (await changed(office, order, hold_until=later))["to_do"] == ["tell_person_later"]
    lifted = await changed(office, order, hold_until=None, **allowed)
    kept = (await office.desk("dana").get("/v1/audit-trail?limit=1")).json()["data"][0]
    assert (kept["deed"], kept["more"]["lift_reason"], kept["more"]["authority_allows"]) == (
        "order_changed", "court", True,
    )  # fmt: skip
    assert (lifted["state"], lifted["to_do"]) == ("late", ["tell_person"])
    assert (await said(office, order, "told", whom="person", unreachable=True))["state"] == "done"


async def test_another_answer_is_told_anew(office: Office) -> None:
    order = await noted(office)
    await said(office, order, "answer", effect="not_given", because="not_specified")
    assert (await said(office, order, "told", whom="authority"))["state"] == "done"
    assert (await said(office, order, "answer", effect="given"))["to_do"] == ["tell_authority", "tell_person"]


async def test_it_is_due_when_the_tenant_says_or_when_somebody_says(office: Office) -> None:
    await office.desk("dana").http.patch("/v1/tenant", json={"orders_within": 2})
    late = await noted(office, received_at=ago(3))
    assert (late["state"], datetime.fromisoformat(late["due_at"])) == ("late", NOW - timedelta(hours=1))
    other = await noted(office, reference="", due_at=(NOW + timedelta(hours=5)).isoformat())
    assert await waiting(office) == [late["id"], other["id"]]
    assert await office.parts().orders.counted(office.tenant_id, NOW) == (2, 1)
    assert (await changed(office, late, due_at=(NOW + timedelta(hours=9)).isoformat()))["state"] == "open"
    assert await waiting(office) == [other["id"], late["id"]]


async def test_a_list_goes_on_where_it_ended(office: Office) -> None:
    made = [(await noted(office, reference=f"No. {n}", received_at=ago(9 - n)))["id"] for n in range(3)]
    for which, wanted in (("to_do", made), ("all", made[::-1])):
        first = (await office.desk("dana").get(f"/v1/orders?which={which}&limit=2")).json()
        rest = (await office.desk("dana").get(f"/v1/orders?which={which}&limit=2&cursor={first['next_cursor']}")).json()
        assert [one["id"] for one in (*first["data"], *rest["data"])] == wanted
        assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_the_database_and_the_rules_say_the_same_of_what_is_finished(office: Office) -> None:
    for n, (effect, authority, person) in enumerate(
        (effect, authority, person)
        for effect in ("given", "in_part", "not_given") for authority in (True, False) for person in (True, False)
    ):  # fmt: skip
        order = await noted(office, reference=f"No. {n}")
        because = {} if effect == "given" else {"because": "gone"}
        await said(office, order, "answer", effect=effect, **because)
        if authority:
            await said(office, order, "told", whom="authority")
        if person:
            await said(office, order, "told", whom="person", unreachable=True)
    found = [await office.parts().orders.one(office.tenant_id, one) for one in await waiting(office, "all")]
    left = {one.id for one in found if isinstance(one, Order) and not one.finished}
    assert (left, len(found)) == (set(await waiting(office)), 12)


@pytest.mark.parametrize(
    ("deed", "body", "field"),
    [
        ("answer", {"effect": "in_part"}, "because"),
        ("answer", {"effect": "given", "because": "gone"}, "because"),
        ("answer", {"effect": "not_given", "because": "other"}, "answer"),
        ("answer", {"effect": "given", "at": ago(30)}, "at"),
        ("answer", {"effect": "given", "at": ago(-1)}, "at"),
        ("told", {"whom": "authority"}, "whom"),
        ("told", {"whom": "coordinator", "unreachable": True}, "unreachable"),
        ("told", {"whom": "person", "at": ago(-1)}, "at"),
        ("erase", {}, "id"),
    ],
)
async def test_what_is_refused(office: Office, deed: str, body: dict[str, Any], field: str) -> None:
    found = await said(office, await noted(office), deed, **body)
    assert (found["code"], [one["field"] for one in found["errors"]]) == ("parameter_invalid", [field])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"due_at": ago(30)}, "due_at"),
        ({"keeper": "per_nobody"}, "keeper"),
        ({"reasons_withheld": True}, "reasons_withheld"),
        ({"reference": "taken"}, "reference"),
    ],
)
async def test_what_is_not_changed(office: Office, body: dict[str, Any], field: str) -> None:
    await noted(office, reference="taken")
    order = await noted(office)
    found = await changed(office, order, **body)
    assert (found["code"], [one["field"] for one in found["errors"]]) == ("parameter_invalid", [field])
    assert (await changed(office, order))["code"] == "nothing_changes"


async def test_nothing_is_told_twice_and_no_order_is_noted_twice(office: Office) -> None:
    order = await noted(office)
    again = await office.desk("dana").post("/v1/orders", {"article": 9, "country": "DE", "language": "de", **WORDS})
    assert again.json()["errors"][0]["field"] == "reference"
    await said(office, order, "told", whom="authority_receipt")
    assert (await said(office, order, "told", whom="authority_receipt"))["code"] == "parameter_invalid"


async def test_leads_and_operations_and_nobody_else(office: Office) -> None:
    order = await noted(office)
    for who in ("ada", None):
        desk = office.desk(who) if who else office.desk()
        assert (await desk.get(f"/v1/orders/{order['id']}")).json()["code"] == "not_allowed"
        assert (await desk.get("/v1/orders")).json()["code"] == "not_allowed"
        answer = await desk.post(f"/v1/orders/{order['id']}/answer", {"effect": "given"})
        assert answer.json()["code"] == "not_allowed"
    assert (await office.desk("cleo").get("/v1/orders/ord_none")).status_code == 404
    assert (await said(office, {"id": "ord_none"}, "answer", effect="given"))["code"] == "not_found"


async def test_what_it_says_lies_sealed_and_is_gone_once_it_is_erased(office: Office) -> None:
    order = await noted(office)
    await said(office, order, "answer", effect="not_given", because="gone")
    await said(office, order, "told", whom="authority")
    assert (await said(office, order, "erase", "cleo"))["code"] in ("not_allowed", "scope_missing")
    erased = await said(office, order, "erase")
    assert (erased["words"], erased["letters"], erased["effect"], erased["state"]) == (None, {}, "not_given", "done")
    async with office.database.tenant(office.tenant_id) as conn:
        row = await conn.fetchrow("SELECT wrapped, sealed, matter_digest FROM orders WHERE id = $1", order["id"])
    assert row is not None
    assert set(row.values()) == {None}
    assert (await said(office, order, "told", whom="coordinator"))["code"] == "parameter_invalid"
    assert (await noted(office))["id"] != order["id"]
    trail = (await office.desk("dana").get("/v1/audit-trail?limit=100")).json()["data"]
    text = str([entry for entry in trail if entry["about"] == order["id"]])
    assert not any(word in text for word in WORDS.values())
