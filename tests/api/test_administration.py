"""Endpoints, sources and settings of a tenant: who may look after them, and that nothing tells a secret twice."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.bodies.tenants import TenantChange
from domain.base import Side
from domain.model.report import ReportedParty
from tests.support.office import Office

pytestmark = pytest.mark.postgres

HOOK = {"url": "https://hooks.example/in"}
SHOP: dict[str, Any] = {"ref": "acct_9", "name": "Shop", "email": "desk@shop.example"}
EVERY = (
    ("GET", "/v1/webhook-endpoints", None),
    ("POST", "/v1/webhook-endpoints", HOOK),
    *((verb, f"/v1/webhook-endpoints/{{endpoint}}{deed}", None) for verb, deed in (
        ("GET", ""), ("POST", "/rotate"), ("POST", "/disable"), ("POST", "/enable"), ("DELETE", ""))),
    ("PATCH", "/v1/webhook-endpoints/{endpoint}", HOOK),
    ("GET", "/v1/intake-sources", None),
    ("POST", "/v1/intake-sources", {"provider": "webhook"}),
    *((verb, f"/v1/intake-sources/{{source}}{deed}", None) for verb, deed in (
        ("GET", ""), ("POST", "/rotate"), ("POST", "/disable"), ("POST", "/enable"), ("DELETE", ""))),
    ("PATCH", "/v1/intake-sources/{source}", {"name": "Live"}),
    ("GET", "/v1/tenant", None),
    ("PATCH", "/v1/tenant", {"name": "Another"}),
)  # fmt: skip


async def asked(office: Office, key: str | None, method: str, path: str, body: Any = None) -> httpx2.Response:
    more = {} if body is None else {"json": body}
    return await office.desk(key).http.request(method, path, headers={"Request-Id": "same"}, **more)


async def ids(office: Office) -> dict[str, str]:
    """One endpoint and one source of the tenant."""
    endpoint = await asked(office, "dana", "POST", "/v1/webhook-endpoints", HOOK)
    source = await asked(office, "dana", "POST", "/v1/intake-sources", {"provider": "webhook"})
    assert (endpoint.status_code, source.status_code) == (201, 201), (endpoint.text, source.text)
    return {"endpoint": endpoint.json()["id"], "source": source.json()["id"]}


class TestWhoMay:
    @pytest.mark.parametrize(("method", "path", "body"), EVERY, ids=lambda value: str(value)[:60])
    async def test_ops_alone_with_their_own_key(self, office: Office, method: str, path: str, body: Any) -> None:
        where = path.format(**await ids(office))
        office.keys["all of a platform's"] = await office.key(scopes=("*",))
        office.keys["ops without admin"] = await office.key(scopes=("cases:read", "cases:write"), person_id="per_dana")
        told = {key: (await asked(office, key, method, where, body)) for key in (None, *office.keys) if key != "dana"}
        assert told.pop(None).status_code == 401
        assert {answer.status_code for answer in told.values()} == {403}
        codes = {answer.json()["code"] for answer in told.values()}
        assert codes == {"not_allowed", "scope_missing"}
        assert (await asked(office, "dana", method, where, body)).is_success

    @pytest.mark.parametrize(("method", "path", "body"), EVERY, ids=lambda value: str(value)[:60])
    async def test_who_has_no_role_any_more_is_told_so(self, office: Office, method: str, path: str, body: Any) -> None:
        where = path.format(**await ids(office))
        office.keys["nobody"] = await office.key(scopes=("admin",), person_id="per_ada")
        async with office.database.deed(office.tenant_id) as conn:
            await conn.execute("UPDATE people SET roles = '{}' WHERE tenant = $1 AND id = 'per_ada'", office.tenant_id)
        answer = await asked(office, "nobody", method, where, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

    @pytest.mark.parametrize(("method", "path", "body"), [row for row in EVERY if "{" in row[1]], ids=str)
    async def test_what_is_a_strangers_is_not_there(
        self, office: Office, stranger: Office, method: str, path: str, body: Any
    ) -> None:
        theirs = path.format(**await ids(stranger))
        nobodys = path.format(endpoint="whk_nobody", source="src_nobody")
        answers = [await asked(office, "dana", method, where, body) for where in (theirs, nobodys)]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize(
    ("path", "bodies"),
    [
        ("/v1/webhook-endpoints", [{"url": f"https://hooks{n}.example/in"} for n in range(5)]),
        ("/v1/intake-sources", [{"provider": "webhook", "name": f"No. {n}"} for n in range(5)]),
        ("/v1/signing-keys", [{"public_key": base64.b64encode(bytes([n]) * 32).decode()} for n in range(1, 6)]),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_list_is_given_in_parts(office: Office, path: str, bodies: list[Any]) -> None:
    made = [(await asked(office, "dana", "POST", path, body)).json()["id"] for body in bodies]
    found, cursor = list[str](), None
    while len(found) < 9:
        more = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await office.desk("dana").get(path, params=more)).json()
        found += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
        if cursor is None:
            break
    assert found == sorted(made)
    whole = (await office.desk("dana").get(path)).json()
    assert ([one["id"] for one in whole["data"]], whole["has_more"]) == (found, False)


class TestEndpoints:
    async def test_the_secret_is_told_once(self, office: Office) -> None:
        made = (await asked(office, "dana", "POST", "/v1/webhook-endpoints", HOOK)).json()
        assert made["secret"].startswith("whsec_")
        listed = (await asked(office, "dana", "GET", "/v1/webhook-endpoints")).json()["data"]
        assert listed == [{**made, "secret": None}]
        assert (made["created_by"], made["active"], made["purpose"]) == ("per_dana", True, "events")
        rotated = (await asked(office, "dana", "POST", f"/v1/webhook-endpoints/{made['id']}/rotate")).json()
        assert rotated["secret"] != made["secret"]
        assert rotated["old_secret_until"] is not None
        for deed in ("disable", "enable"):
            assert (await asked(office, "dana", "POST", f"/v1/webhook-endpoints/{made['id']}/{deed}")).json()["secret"] is None

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("http://hooks.example/in", "endpoint_not_https"),
            ("https://127.0.0.1/in", "endpoint_not_public"),
            ("https://[::1]/in", "endpoint_not_public"),
            ("https://100.64.0.1/in", "endpoint_not_public"),
            ("https://169.254.169.254/latest/meta-data", "endpoint_not_public"),
            ("https://[fe80::1]/in", "endpoint_not_public"),
            ("https://[::ffff:7f00:1]/in", "endpoint_not_public"),
            ("https://localhost/in", "endpoint_not_public"),
            ("https://db.LOCALHOST./in", "endpoint_not_public"),
            ("https://kim:secret@hooks.example/in", "endpoint_has_credentials"),
            ("https://kim@hooks.example/in", "endpoint_has_credentials"),
            ("https://hooks.example/" + "x" * 2000, "endpoint_too_long"),
            ("ftp://hooks.example/in", "endpoint_invalid"),
            ("hooks.example", "endpoint_invalid"),
            ("https://", "endpoint_invalid"),
            ("https://hooks.example:99999/", "endpoint_invalid"),
            ("https://hooks.example:25/", "endpoint_port_refused"),
            ("https://[fec0::1]/", "endpoint_not_public"),
            ("https://192.0.0.192/", "endpoint_not_public"),
            ("https://168.63.129.16/", "endpoint_not_public"),
        ],
        ids=lambda value: str(value)[:40],
    )
    async def test_an_address_is_looked_at_when_it_is_made(self, office: Office, url: str, code: str) -> None:
        answer = await asked(office, "dana", "POST", "/v1/webhook-endpoints", {"url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert "secret@" not in answer.text
        assert await office.endpoints.all(office.tenant_id) == []
        made = (await asked(office, "dana", "POST", "/v1/webhook-endpoints", HOOK)).json()
        changed = await asked(office, "dana", "PATCH", f"/v1/webhook-endpoints/{made['id']}", {"url": url})
        assert (changed.status_code, changed.json()["code"]) == (422, code), "and when it is changed"
        assert [one.url for one in await office.endpoints.all(office.tenant_id)] == [HOOK["url"]]

    async def test_it_says_where_it_is_read_and_can_be_changed(self, office: Office) -> None:
        made = await asked(office, "dana", "POST", "/v1/webhook-endpoints", HOOK)
        here = made.headers["Location"]
        assert (await asked(office, "dana", "GET", here)).json() == {**made.json(), "secret": None}
        moved = await asked(office, "dana", "PATCH", here, {"url": "https://other.example/in"})
        assert moved.json() == {**made.json(), "secret": None, "url": "https://other.example/in"}
        purpose = await asked(office, "dana", "PATCH", here, {"purpose": "remedies"})
        assert purpose.json() == {**moved.json(), "purpose": "remedies"}
        for said, code in (({}, "nothing_changes"), ({"url": None}, "malformed"), ({"secret": "x"}, "malformed")):
            assert (await asked(office, "dana", "PATCH", here, said)).json()["code"] == code
        live = (await office.endpoints.live(office.tenant_id, "remedies"))[0]
        assert live.secrets == (made.json()["secret"],)

    async def test_what_is_deleted_is_not_listed(self, office: Office) -> None:
        made = (await asked(office, "dana", "POST", "/v1/webhook-endpoints", HOOK)).json()
        gone = await asked(office, "dana", "DELETE", f"/v1/webhook-endpoints/{made['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await asked(office, "dana", "GET", "/v1/webhook-endpoints")).json()["data"] == []


class TestSources:
    async def test_the_secret_is_told_once(self, office: Office) -> None:
        said = {"provider": "stripe", "secret": "whsec_as_stripe_shows_it", "kind": "fraud_report", "queue": "fraud",
                "respondent": SHOP, "name": "Live"}  # fmt: skip
        made = (await asked(office, "dana", "POST", "/v1/intake-sources", said)).json()
        assert (made["secret"], made["address"]) == ("whsec_as_stripe_shows_it", f"/v1/intake/{made['id']}")
        assert (made["respondent"]["side"], made["respondent"]["email"]) == ("respondent", "desk@shop.example")
        listed = (await asked(office, "dana", "GET", "/v1/intake-sources")).json()["data"]
        assert listed == [{**made, "secret": None}]

    async def test_it_says_where_it_is_read_and_can_be_changed(self, office: Office) -> None:
        said = {"provider": "form", "kind": "fraud_report", "queue": "fraud", "respondent": SHOP, "name": "Live"}
        made = await asked(office, "dana", "POST", "/v1/intake-sources", said)
        here, known = made.headers["Location"], {**made.json(), "secret": None}
        assert (await asked(office, "dana", "GET", here)).json() == known
        for change, told in (
            ({"name": "Test"}, {"name": "Test"}),
            ({"queue": None}, {"queue": None}),
            ({"respondent": None, "kind": "bounty_dispute"}, {"respondent": None, "kind": "bounty_dispute"}),
            ({"name": None}, {"name": ""}),
        ):
            known = {**known, **told}
            assert (await asked(office, "dana", "PATCH", here, change)).json() == known
        refused: tuple[tuple[dict[str, Any], str], ...] = (
            ({}, "nothing_changes"), ({"kind": None}, "source_kind_missing"), ({"kind": "lost_dog"}, "kind_unknown"),
            ({"queue": "nowhere"}, "queue_unknown"), ({"provider": "mail"}, "malformed"),
        )  # fmt: skip
        for wrong, code in refused:
            assert (await asked(office, "dana", "PATCH", here, wrong)).json()["code"] == code, wrong
        assert (await asked(office, "dana", "GET", here)).json() == known

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"provider": "stripe"}, "source_secret_missing"),
            ({"provider": "paypal"}, "source_secret_missing"),
            ({"provider": "webhook", "secret": "whsec_short"}, "source_secret_invalid"),
            ({"provider": "mail", "secret": "no base64!"}, "malformed"),
            ({"provider": "form"}, "source_kind_missing"),
            ({"provider": "mail", "kind": "lost_dog"}, "kind_unknown"),
            ({"provider": "mail", "queue": "nowhere"}, "queue_unknown"),
            ({"provider": "carrier_pigeon"}, "malformed"),
            ({"provider": "mail", "respondent": {"name": "Shop"}}, "malformed"),
        ],
        ids=str,
    )
    async def test_what_could_never_open_a_case_is_refused(self, office: Office, said: dict[str, Any], code: str) -> None:
        answer = await asked(office, "dana", "POST", "/v1/intake-sources", said)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert await office.sources.all(office.tenant_id) == []

    async def test_no_secret_and_no_party_lie_open_in_the_database(self, office: Office) -> None:
        shop = ReportedParty(side=Side.RESPONDENT, **SHOP)
        made = await office.sources.create(office.tenant_id, "webhook", created_by="per_dana", respondent=shop)
        async with office.database.tenant(office.tenant_id) as conn:
            row = str(await conn.fetchval("SELECT to_jsonb(s) FROM intake_sources s WHERE id = $1", made.id))
        assert made.secret not in row
        assert "shop" not in row.lower()

    async def test_a_source_sees_nothing_but_itself(self, office: Office, stranger: Office) -> None:
        mine = await office.sources.create(office.tenant_id, "webhook", created_by="per_dana")
        await stranger.sources.create(stranger.tenant_id, "webhook", created_by="per_dana")
        async with office.database.source(mine.id) as conn:
            assert [row["id"] for row in await conn.fetch("SELECT id FROM intake_sources")] == [mine.id]
            assert await conn.fetch("SELECT id FROM people") == []
        async with office.database.nobody() as conn:
            assert await conn.fetch("SELECT id FROM intake_sources") == []


class TestTenant:
    async def test_what_is_named_changes_and_null_takes_out(self, office: Office) -> None:
        first = await asked(office, "dana", "PATCH", "/v1/tenant", {"default_merchant": SHOP, "email_kind": "fraud_report"})
        assert first.status_code == 200, first.text
        assert (first.json()["default_merchant"]["ref"], first.json()["email_kind"]) == ("acct_9", "fraud_report")
        second = await asked(office, "dana", "PATCH", "/v1/tenant", {"email_kind": None, "zone": "Europe/Berlin"})
        assert second.json() == {**first.json(), "email_kind": None, "zone": "Europe/Berlin"}
        assert (await asked(office, "dana", "GET", "/v1/tenant")).json() == second.json()

    @pytest.mark.parametrize(
        ("said", "code"),
        [({}, "nothing_changes"), ({"email_kind": "lost_dog"}, "kind_unknown"), ({"zone": "Mars"}, "malformed"),
         ({"name": ""}, "malformed"), ({"name": None}, "malformed"), ({"time_scale": 0.1}, "malformed"),
         ({"development": True}, "malformed"), ({"default_merchant": {"ref": ""}}, "malformed")],
        ids=str,
    )  # fmt: skip
    async def test_what_cannot_be_is_refused(self, office: Office, said: dict[str, Any], code: str) -> None:
        before = (await asked(office, "dana", "GET", "/v1/tenant")).json()
        answer = await asked(office, "dana", "PATCH", "/v1/tenant", said)
        assert answer.json()["code"] == code
        assert (await asked(office, "dana", "GET", "/v1/tenant")).json() == before

    async def test_making_a_tenant_again_leaves_its_settings(self, office: Office) -> None:
        await asked(office, "dana", "PATCH", "/v1/tenant", {"default_merchant": SHOP})
        tenant = await office.tenants.tenant(office.tenant_id)
        assert tenant is not None
        await office.tenants.create(tenant.model_copy(update={"settings": {}, "name": "Renamed"}))
        after = (await asked(office, "dana", "GET", "/v1/tenant")).json()
        assert (after["name"], after["default_merchant"]["ref"]) == ("Renamed", "acct_9")


async def test_every_deed_is_in_the_trail_with_no_secret_and_no_name(office: Office) -> None:
    made, secrets = await ids(office), []
    for path in (f"/v1/webhook-endpoints/{made['endpoint']}", f"/v1/intake-sources/{made['source']}"):
        changed = await asked(office, "dana", "PATCH", path, {"url": HOOK["url"]} if "webhook" in path else {"respondent": SHOP})
        assert changed.is_success, changed.text
        for method, deed in (("POST", "/rotate"), ("POST", "/disable"), ("POST", "/enable"), ("DELETE", "")):
            told = await asked(office, "dana", method, path + deed)
            assert told.is_success
            secrets += [told.json()["secret"]] if deed == "/rotate" else []
    assert (await asked(office, "dana", "PATCH", "/v1/tenant", {"default_merchant": SHOP})).is_success
    entries = list(reversed(await office.parts().trail.listed(office.tenant_id, 100)))
    assert [(entry.deed, entry.about) for entry in entries] == [
        ("endpoint_added", made["endpoint"]), ("source_added", made["source"]),
        *((f"endpoint_{deed}", made["endpoint"]) for deed in ("changed", "rotated", "disabled", "enabled", "deleted")),
        *((f"source_{deed}", made["source"]) for deed in ("changed", "rotated", "disabled", "enabled", "deleted")),
        ("tenant_changed", office.tenant_id),
    ]  # fmt: skip
    assert {entry.by for entry in entries} == {"per_dana"}
    kept = " ".join(entry.model_dump_json() for entry in entries)
    assert not any(word in kept for word in (*secrets, "shop", "Shop", HOOK["url"]))


async def test_what_is_refused_leaves_no_note(office: Office) -> None:
    for method, path, body in EVERY:
        await asked(
            office, "dana", method, path.format(endpoint="whk_nobody", source="src_nobody"), body if method == "GET" else {}
        )
    assert await office.parts().trail.listed(office.tenant_id, 10) == []


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["One", "Two"]),
    "zone": st.sampled_from(["UTC", "Asia/Tokyo"]),
    "email_kind": st.sampled_from(["fraud_report", "bounty_dispute", None]),
    "orders_within": st.integers(1, 720),
    "archive_after_days": st.integers(91, 36500),
    "default_merchant": st.sampled_from([SHOP, {"ref": "acct_1"}, None]),
    "default_respondent": st.sampled_from([SHOP, {"ref": "programme-1", "locale": "de"}, None]),
}


def test_every_field_that_can_change_is_tried() -> None:
    assert FIELDS.keys() == TenantChange.model_fields.keys()


async def test_changing_some_changes_no_other(office: Office) -> None:
    """For many choices of what is changed, one after the other."""
    changes = st.fixed_dictionaries({}, optional=FIELDS).filter(bool)
    known = (await asked(office, "dana", "GET", "/v1/tenant")).json()
    said: list[dict[str, Any]] = []

    @settings(max_examples=25, database=None)
    @given(changes)
    def chosen(one: dict[str, Any]) -> None:
        said.append(one)

    chosen()
    for one in said:
        after = (await asked(office, "dana", "PATCH", "/v1/tenant", one)).json()
        assert {name: after[name] for name in after if name not in one} == {n: v for n, v in known.items() if n not in one}
        for name, value in one.items():
            told = after[name]
            assert told == value if not isinstance(value, dict) else value.items() <= told.items()
        known = after
