"""Whatever comes in: a problem that names the field, and nothing half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.office import Office, a_report, party

pytestmark = pytest.mark.postgres

JSON = {"Content-Type": "application/json"}


def _raw(**changes: Any) -> bytes:
    return json.dumps(a_report(**changes)).encode()


def _party(**changes: Any) -> list[dict[str, Any]]:
    return [{"side": "claimant", "ref": "u1", **changes}]


def _with(name: str, raw: str) -> bytes:
    """A report with one field as raw JSON text."""
    rest = {key: value for key, value in a_report().items() if key != name}
    return json.dumps(rest)[:-1].encode() + f', "{name}": {raw}}}'.encode()


REPORTS: list[tuple[str, bytes, int, str, str]] = [
    ("empty", b"", 400, "json_invalid", "body"),
    ("no JSON", b"{", 400, "json_invalid", "body"),
    ("bare NaN", b"NaN", 422, "malformed", "body"),
    ("not UTF-8", b'{"kind": "\xff"}', 400, "json_invalid", "body"),
    ("UTF-16", '{"kind": "x"}'.encode("utf-16"), 400, "json_invalid", "body"),
    ("a list", b"[]", 422, "object_expected", "body"),
    ("a string", b'"case"', 422, "object_expected", "body"),
    ("null", b"null", 422, "object_expected", "body"),
    ("deep list", b"[" * 200_000 + b"]" * 200_000, 422, "too_deep", "body"),
    ("deep field", _with("attributes", '{"a":' * 40 + "1" + "}" * 40), 422, "too_deep", "attributes"),
    ("given twice", json.dumps(a_report())[:-1].encode() + b', "kind": "fraud_report"}', 422, "key_twice", "kind"),
    ("twice below", _with("amount", '{"amount": 1, "amount": 2, "currency": "USD"}'), 422, "key_twice", "amount.amount"),
    ("NUL in text", _raw(statement="Some text with a \x00 in it, long enough."), 422, "malformed", "statement"),
    ("NUL in name", _with("x\\u0000y", "1"), 422, "malformed", "body"),
    ("half a surrogate pair", _with("subject", '"\\ud800"'), 422, "malformed", "subject"),
    ("not a number", _with("attributes", '{"age": NaN}'), 422, "malformed", "attributes.age"),
    ("infinity", _with("occurred_at", "1e999"), 422, "malformed", "occurred_at"),
    ("huge integer", _with("amount", '{"amount": ' + "9" * 5000 + ', "currency": "USD"}'), 422, "malformed", "amount.amount"),
    ("unknown kind", _raw(kind="lost_dog"), 422, "kind_unknown", "kind"),
    (
        "neither yes nor no", _raw(kind="fraud_report", attributes={"new_account": "perhaps"}),
        422, "attribute_unreadable", "attributes.new_account",
    ),
    (
        "no number", _raw(kind="fraud_report", attributes={"risk_score": "high"}),
        422, "attribute_unreadable", "attributes.risk_score",
    ),
    ("kind of the wrong type", _raw(kind=7), 422, "report_invalid", "kind"),
    ("a field too many", _raw(colour="red"), 422, "report_invalid", "colour"),
    ("no statement", _raw(statement=None), 422, "report_invalid", "statement"),
    ("empty statement", _raw(statement="  "), 422, "report_invalid", "statement"),
    ("long statement", _raw(statement="x" * 20_001), 422, "report_invalid", "statement"),
    ("no parties", _raw(parties=[]), 422, "report_invalid", "parties"),
    ("parties of the wrong type", _raw(parties="both"), 422, "report_invalid", "parties"),
    ("no claimant", _raw(parties=[{"side": "respondent", "ref": "u1"}]), 422, "report_invalid", "body"),
    ("wrong side", _raw(parties=_party(side="judge")), 422, "report_invalid", "parties.0.side"),
    ("no address", _raw(parties=_party(email="nobody")), 422, "report_invalid", "parties.0.email"),
    ("no zone", _raw(parties=_party(zone="Mars/Base")), 422, "report_invalid", "parties.0.zone"),
    ("line break in a ref", _raw(parties=_party(ref="a\nb")), 422, "report_invalid", "parties.0.ref"),
    ("impossible date", _raw(occurred_at="2026-02-30T00:00:00Z"), 422, "report_invalid", "occurred_at"),
    ("date without a zone", _raw(occurred_at="2026-02-03T00:00:00"), 422, "report_invalid", "occurred_at"),
    ("date beyond time", _raw(occurred_at="0001-01-01T00:00:00+14:00"), 422, "report_invalid", "occurred_at"),
    ("negative amount", _raw(amount={"amount": -1, "currency": "USD"}), 422, "report_invalid", "amount.amount"),
    ("amount as a fraction", _raw(amount={"amount": 1.5, "currency": "USD"}), 422, "report_invalid", "amount.amount"),
    ("no currency", _raw(amount={"amount": 1, "currency": "dollars"}), 422, "report_invalid", "amount.currency"),
    ("attachment that is no base64", _raw(attachments=[{"name": "a", "data": "%"}]), 422, "report_invalid", "attachments.0.data"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "field"), [case[1:] for case in REPORTS], ids=[case[0] for case in REPORTS])
async def test_a_bad_report_is_named_and_leaves_nothing(office: Office, body: bytes, status: int, code: str, field: str) -> None:
    desk = office.desk()
    answer = await desk.post("/v1/cases", content=body, headers={**JSON, "Idempotency-Key": "bad"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert any(error["field"].startswith(field) for error in problem["errors"]), problem["errors"]
    assert (await desk.get("/v1/cases")).json()["data"] == []
    # The key was not used up by a request that could not be one.
    assert (await desk.post("/v1/cases", a_report(), headers={"Idempotency-Key": "bad"})).status_code == 201


async def test_two_megabytes_are_too_much(office: Office) -> None:
    answer = await office.desk().post("/v1/cases", a_report(statement="x" * 2_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(office: Office) -> None:
    async def endless() -> Any:
        for _ in range(1_000):
            yield b" " * 10_000

    answer = await office.desk().post("/v1/cases", content=endless(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
async def test_another_content_type_is_not_guessed_at(office: Office, media_type: str) -> None:
    answer = await office.desk().post("/v1/cases", content=_raw(), headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported")


COMMANDS: list[tuple[str, dict[str, Any], str]] = [
    ("no type", {"text": "x"}, "body"),
    ("unknown type", {"type": "judge"}, "body"),
    ("type of the wrong type", {"type": ["message"]}, "body"),
    ("no text", {"type": "message"}, "text"),
    ("text of the wrong type", {"type": "message", "text": 5}, "text"),
    ("a stolen reference", {"type": "message", "text": {"content_id": "cnt_1", "digest": "", "length": 1}}, "text"),
    ("long text", {"type": "message", "text": "x" * 20_001}, "text"),
    ("a field too many", {"type": "escalate", "loudly": True}, "loudly"),
    ("id of the wrong shape", {"type": "escalate", "id": "x"}, "id"),
    ("id of the wrong type", {"type": "escalate", "id": 5}, "id"),
    ("by of the wrong shape", {"type": "escalate", "by": "Kim"}, "by"),
    ("by of the wrong type", {"type": "escalate", "by": {"id": "per_ada"}}, "by"),
    ("amount without a currency", {"type": "offer", "remedy": "payout", "amount": {"amount": 1}}, "amount.currency"),
    ("eleven remedies", {"type": "rule", "outcome": "upheld", "reasons": "x", "remedies": [{"type": "payout"}] * 11}, "remedies"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field"), [case[1:] for case in COMMANDS], ids=[case[0] for case in COMMANDS])
async def test_a_bad_command_is_named_and_not_kept(office: Office, body: dict[str, Any], field: str) -> None:
    case = await office.desk().opened()
    # Whether a platform may say it at all is asked before how it is said.
    desk = office.desk("ada" if body.get("type") == "rule" else "platform")
    answer = await desk.post(f"/v1/cases/{case['id']}/commands", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "malformed"), answer.text
    assert [error["field"] for error in problem["errors"]][:1] == [field]
    assert len(await office.views.commands(office.tenant_id, case["id"])) == 1


@pytest.mark.parametrize("command", ["open", "deadline", "report_effect", "report_delivery"])
async def test_what_only_the_system_sends_is_refused_at_the_door(office: Office, command: str) -> None:
    desk = office.desk()
    case = await desk.opened()
    fields: dict[str, dict[str, Any]] = {
        "deadline": {"clock": "grace", "instance": 1, "level": "end"},
        "report_effect": {"effect_id": "e", "result": "done"},
        "report_delivery": {"notice_id": "n", "reason": "r"},
        "open": {},
    }
    answer = await desk.post(f"/v1/cases/{case['id']}/commands", {"type": command, "by": "system", **fields[command]})
    assert answer.json()["code"] in ("system_only", "malformed")
    assert answer.status_code in (403, 422)


async def test_a_reserved_id_is_refused(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened()
    answer = await desk.command(case["id"], "escalate", party(case, "claimant"), id="dl_settlement:1:end:0")
    assert (answer.status_code, answer.json()["code"]) == (403, "system_only")


async def test_a_verb_takes_its_own_command(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened()
    answer = await desk.post(f"/v1/cases/{case['id']}/messages", {"type": "rule", "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", " "])
async def test_an_unusable_idempotency_key_is_named(office: Office, key: str) -> None:
    answer = await office.desk().post("/v1/cases", a_report(), headers={"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")
