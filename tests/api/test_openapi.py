"""The OpenAPI description says what the API does, and its examples are true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api.kit.problems import PROBLEMS
from api.routes.commands import VERBS
from api.schema import body_name
from domain.model.commands import parse_command
from domain.model.report import Report
from tests.support.office import Desk, Office, party

pytestmark = pytest.mark.postgres

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 4
"""For each operation and each mode, in every profile: the schema's breadth is what counts."""


schemathesis.serializer.alias("message/rfc822", "text/plain")


@pytest.fixture
async def description(office: Office) -> dict[str, Any]:
    """The description as it is served."""
    found: dict[str, Any] = (await office.desk(None).get("/v1/openapi.json")).json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with a name."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_operation_has_examples_that_are_valid(description: dict[str, Any]) -> None:
    whole = {"components": description["components"]}
    for name, operation in operations(description):
        contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
        contents += [answer.get("content", {}) for answer in operation["responses"].values()]
        shown = 0
        for content in contents:
            for media_type, one in content.items():
                assert "example" in one, (name, media_type)
                jsonschema_rs.validator_for({**one["schema"], **whole}).validate(one["example"])
                shown += 1
        assert shown, name
        assert operation["summary"], name


async def test_the_examples_are_what_the_rules_take(description: dict[str, Any]) -> None:
    said = {name: operation for name, operation in operations(description) if "requestBody" in operation}
    example = said["POST /v1/cases"]["requestBody"]["content"]["application/json"]["example"]
    assert Report.model_validate(example).kind in ("bounty_dispute", "fraud_report")
    for verb in VERBS:
        body = said[f"POST /v1/cases/{{case_id}}/{verb.path}"]["requestBody"]["content"]["application/json"]
        assert body["schema"]["$ref"].endswith(f"/{body_name(verb.command)}")
        assert parse_command({"id": "cmd_0198c5a2", "type": verb.command, **body["example"]}).type == verb.command


async def test_the_docs_page_needs_nothing_from_elsewhere(office: Office, description: dict[str, Any]) -> None:
    page = await office.desk(None).get("/v1/docs")
    assert page.status_code == 200
    assert all(path in page.text for path in description["paths"])
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_the_problem_page_named_by_a_problem_is_there(office: Office) -> None:
    desk = office.desk(None)
    problem = (await desk.get("/v1/cases")).json()
    page = await desk.get(problem["type"])
    assert page.status_code == 200
    assert PROBLEMS[problem["code"]].title in page.text


async def send(desk: Desk, case: Any) -> httpx2.Response:
    """What Schemathesis made up, as a request in this process."""
    wire = requests.Request(**case.as_transport_kwargs(base_url="https://disputes.example")).prepare()
    # The key and the made-up headers of the case; what makes no header at all stays out.
    headers = {name: value for name, value in wire.headers.items() if name.lower() not in ("authorization", "content-length")}
    body = wire.body or b""
    assert isinstance(body, str | bytes)
    return await desk.http.request(str(wire.method), str(wire.url), headers=_as_bytes(headers), content=body)


def _as_bytes(headers: dict[str, str | bytes]) -> dict[bytes, bytes]:
    return {
        name.encode(): value.encode("latin-1", "replace") if isinstance(value, str) else value for name, value in headers.items()
    }


@pytest.mark.slow
@pytest.mark.hypothesis  # it makes its tests while it runs, so nobody sees that it is one
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_whatever_is_sent_the_answer_is_as_described(
    office: Office, description: dict[str, Any], mode: GenerationMode
) -> None:
    desk, loop = office.desk(), asyncio.get_running_loop()
    known = {"case_id": (await desk.in_review())["id"], "tenant_id": office.tenant_id, "command_id": "cmd_none"}
    schema = schemathesis.openapi.from_dict(description)

    def holds(operation: Any) -> None:
        path = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode, **({"path_parameters": path} if path else {})))
        def answers_as_described(case: Any) -> None:
            answer = asyncio.run_coroutine_threadsafe(send(desk, case), loop).result()
            case.validate_response(answer, checks=CHECKS)

        answers_as_described()

    tried = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # a schema of ours that does not parse fails here, as it should
        if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()) and not operation.body:
            continue  # There is nothing to get wrong.
        await asyncio.to_thread(holds, operation)
        tried += 1
    assert tried > 25


async def test_real_answers_are_as_described(office: Office, description: dict[str, Any]) -> None:
    """A case with everything in it, as each viewer reads it."""
    platform, ada = office.desk(), office.desk("ada")
    case = await platform.in_review()
    path = f"/v1/cases/{case['id']}"
    await ada.post(f"{path}/take")
    await ada.post(f"{path}/evidence-requests", {"of": "claimant", "what": "Which version?"})
    await platform.post(f"{path}/evidence", {"by": party(case, "claimant"), "text": "Version 4."})
    ruled = await ada.post(f"{path}/rulings", {"outcome": "invalid", "ground": "scope", "reasons": "Out of scope."})
    assert ruled.status_code == 200
    whole = {"components": description["components"]}
    for desk in (platform, ada):
        body = (await desk.get(path, params={"expand[]": "timeline"})).json()
        jsonschema_rs.validator_for({"$ref": "#/components/schemas/CaseBody", **whole}).validate(body)
        page = (await desk.get(f"{path}/timeline")).json()
        jsonschema_rs.validator_for({"$ref": "#/components/schemas/TimelinePage", **whole}).validate(page)
