"""Health, meters, limits, and what is told when something of ours breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from structlog.testing import LogCapture

from api.kit.gate import Gate
from api.kit.throttle import Throttle
from storage.postgres.pool import Database
from tests.support.office import Office, a_report, away, party

pytestmark = pytest.mark.postgres


@dataclass
class Breaking:
    """Stands for the views: whatever is asked of them raises."""

    error: Exception
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        async def breaking(*_: Any, **__: Any) -> Any:
            self.asked.append(name)
            raise self.error

        return breaking


async def test_the_process_says_that_it_lives(office: Office) -> None:
    answer = await office.desk(None, database_ready=away).get("/v1/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {}})


async def test_it_is_ready_with_a_database_and_degraded_without_temporal(office: Office) -> None:
    ready = await office.desk(None).get("/v1/readyz")
    degraded = await office.desk(None, also_ready={"temporal": away}).get("/v1/readyz")
    unready = await office.desk(None, database_ready=away).get("/v1/readyz")
    assert [(a.status_code, a.json()["status"]) for a in (ready, degraded, unready)] == [
        (200, "ok"), (200, "degraded"), (503, "unavailable"),
    ]  # fmt: skip
    assert degraded.json()["checks"] == {"database": "ok", "temporal": "away"}


async def test_meters_count_by_route_and_hold_no_ids(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened()
    await desk.get(f"/v1/cases/{case['id']}")
    await desk.get("/kim@example.org")
    text = (await desk.get("/metrics")).text
    assert 'ombud_api_requests_total{method="GET",route="/v1/cases/{case_id}",status="200"} 1.0' in text
    assert not re.search(rf"{case['id']}|omb_|key_0|@|{office.tenant_id}", text)
    assert (await office.desk(api={"metrics": False}).get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), TimeoutError(), asyncpg.CannotConnectNowError(), asyncpg.ConnectionDoesNotExistError(),
     asyncpg.AdminShutdownError(), asyncpg.InterfaceError("pool is closed"), asyncpg.TooManyConnectionsError()],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
async def test_a_database_that_is_away_is_503(office: Office, error: Exception) -> None:
    answer = await office.desk(keys=Breaking(error)).get("/v1/cases")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert answer.headers["Retry-After"]
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_real_pool_that_is_closed_is_503(office: Office, server: Any) -> None:
    database = await Database.connect(server.app_dsn, max_size=1)
    await database.close()
    there = Office(database, office.vault, office.tenant_id, office.keys)
    answer = await there.desk().post("/v1/cases", a_report())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")


async def test_what_nobody_expected_is_500_with_the_request_id_and_without_details(office: Office, log: LogCapture) -> None:
    desk = office.desk(views=Breaking(KeyError("kim@example.org")))
    answer = await desk.get("/v1/cases/case_01990000-0000-7000-8000-000000000000", headers={"Request-Id": "ask-about-me"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert problem["request_id"] == answer.headers["Request-Id"] == "ask-about-me"
    assert "kim" not in answer.text
    told = next(entry for entry in log.entries if entry["event"] == "request_failed")
    assert told["request_id"] == "ask-about-me"


async def test_a_log_line_for_each_request_holds_no_personal_data(office: Office, log: LogCapture) -> None:
    desk = office.desk()
    case = await desk.opened()
    await desk.command(case["id"], "message", party(case, "claimant"), text="My name is Kim.")
    await desk.get("/v1/nothing/kim@example.org", params={"name": "Kim"})
    lines = [entry for entry in log.entries if entry["event"] == "request"]
    assert [line["status"] for line in lines] == [201, 200, 404]
    assert lines[1]["route"] == "/v1/cases/{case_id}/commands"
    assert not re.search(r"kim|omb_|Bearer", str(lines), re.IGNORECASE)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "<script>", "é"])
async def test_a_request_id_that_cannot_be_kept_is_replaced(office: Office, given: str) -> None:
    answer = await office.desk().get("/v1/cases", headers={"Request-Id": given.encode()})
    assert answer.headers["Request-Id"].startswith("req_")


async def test_a_key_that_asks_too_often_is_told_to_wait(office: Office) -> None:
    now = [0.0]
    desk = office.desk(api={"gate": Gate(keys=Throttle(per_second=2, burst=3, clock=lambda: now[0]))})
    statuses = [(await desk.get("/v1/cases")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    limited = await desk.get("/v1/cases")
    assert (limited.json()["code"], limited.headers["Retry-After"]) == ("rate_limited", "1")
    now[0] = 1.0
    assert (await desk.get("/v1/cases")).status_code == 200


async def test_one_busy_key_does_not_stop_another(office: Office) -> None:
    desk = office.desk(api={"gate": Gate(keys=Throttle(per_second=1, burst=1, clock=lambda: 0.0))})
    assert [(await desk.get("/v1/cases")).status_code for _ in range(2)] == [200, 429]
    desk.http.headers["Authorization"] = f"Bearer {office.keys['ada']}"
    assert (await desk.get("/v1/cases")).status_code == 200


async def test_an_unknown_address_and_method_are_problems(office: Office) -> None:
    desk = office.desk()
    nothing = await desk.get("/v1/nothing")
    method = await desk.http.delete("/v1/cases")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert method.headers["Allow"] == "GET, POST"


async def test_a_disabled_key_is_unknown(office: Office) -> None:
    key_id, secret = await office.tenants.create_key(office.tenant_id, scopes=("*",))
    assert (await office.desk(secret).get("/v1/cases")).status_code == 200
    await office.tenants.disable_key(office.tenant_id, key_id)
    assert (await office.desk(secret).get("/v1/cases")).json()["code"] == "key_invalid"


async def test_nothing_of_a_text_lies_in_the_kept_answers(office: Office) -> None:
    """They lie sealed, and what is sealed has no text in it either: it outlives an erasure by two days at most."""
    platform, ada = office.desk(), office.desk("ada")
    case = await platform.in_review()
    key, reasons = {"Idempotency-Key": "rule-1"}, "A reason that nobody else may read."
    await ada.post(f"/v1/cases/{case['id']}/take")
    body = {"outcome": "invalid", "ground": "scope", "reasons": reasons}
    ruled = await ada.post(f"/v1/cases/{case['id']}/rulings", body, headers=key)
    assert ruled.status_code == 200, ruled.text
    async with office.database.tenant(office.tenant_id) as conn:
        row = await conn.fetchrow(
            "SELECT key, response, sealed FROM idempotency WHERE tenant = $1 ORDER BY began_at DESC LIMIT 1", office.tenant_id
        )
    assert row is not None
    kept = office.vault.open_secret(office.tenant_id, f"idempotency/{row['key']}", row["sealed"]).decode()
    assert row["response"] is None
    assert "rul_" in kept
    assert reasons not in kept
