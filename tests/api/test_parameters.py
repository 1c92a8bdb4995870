"""Every route takes the query parameters and headers that it names, each once, and says so of any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from api.app import create_app
from api.kit.parameters import ONCE, taken_by
from tests.support.office import Office

pytestmark = pytest.mark.postgres

KNOWN = {"case_id": "case_01990000-0000-7000-8000-000000000000", "tenant_id": "acme", "person_id": "per_ada"}


def routes(office: Office) -> Iterator[tuple[str, str, list[str]]]:
    """Every method of every route: the method, a path, and the parameters that it takes."""
    app = create_app(office.parts(), public_url="https://disputes.example")
    for route in (route for included in app.routes for route in included.original_router.routes):  # type: ignore[attr-defined]  # it is FastAPI's own
        assert isinstance(route, APIRoute), f"{route} is no route of ours: nothing checks its parameters"
        path = route.path.format(**{name: KNOWN.get(name, "x") for name in route.param_convertors})
        for method in sorted(route.methods or ()):
            yield method, path, taken_by(route)


async def test_a_parameter_that_no_route_knows_is_refused_by_every_one(office: Office) -> None:
    desk, tried = office.desk(), 0
    for method, path, taken in routes(office):
        answer = await desk.http.request(method, path, params={"foo": "1"})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "parameter_unknown"), (method, path)
        assert [error["field"] for error in problem["errors"]] == ["foo"]
        assert all(name in problem["errors"][0]["message"] for name in taken), (method, path)
        tried += 1
    assert tried > 80


async def test_a_single_parameter_given_twice_is_refused_by_every_route(office: Office) -> None:
    desk, tried = office.desk(), 0
    for method, path, taken in routes(office):
        for name in taken:
            if name.endswith("[]"):
                continue
            answer = await desk.http.request(method, path, params=[(name, "1"), (name, "1")])
            assert (answer.status_code, answer.json()["code"]) == (422, "parameter_repeated"), (method, path, name)
            assert answer.json()["errors"][0]["field"] == name
            tried += 1
    assert tried > 20


async def test_what_may_be_given_several_times_has_brackets_in_its_name(office: Office) -> None:
    description = (await office.desk(None).get("/v1/openapi.json")).json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    many = "array" in str(parameter["schema"])
                    assert many == parameter["name"].endswith("[]"), (method, path, parameter["name"])


async def test_the_name_of_an_unknown_parameter_is_told_without_what_a_terminal_would_act_on(office: Office) -> None:
    problem = (await office.desk().get("/v1/cases", params={"\x1b[2Jfoo" + "x" * 500: "1"})).json()
    assert problem["errors"][0]["field"] == "?[2Jfoo" + "x" * 57


async def test_a_misspelt_filter_no_longer_answers_with_everything(office: Office) -> None:
    desk = office.desk()
    await desk.opened(external_id="R-1")
    answer = await desk.get("/v1/cases", params={"externalid": "R-2"})
    assert answer.status_code == 422
    assert "external_id" in answer.json()["detail"]


@pytest.mark.parametrize("name", ONCE)
async def test_a_header_that_says_who_speaks_is_refused_when_it_is_given_twice(office: Office, name: str) -> None:
    """By every route: what stands between may believe the first one, and we the second."""
    desk, tried = office.desk(None), 0
    for method, path, _ in routes(office):
        for values in (("Bearer x", "Bearer x"), ("pty_1", "pty_2")):
            answer = await desk.http.request(method, path, headers=[(name, value) for value in values])
            assert (answer.status_code, answer.json()["code"]) == (400, "header_repeated"), (method, path)
            assert answer.json()["errors"][0]["field"] == name
            tried += 1
    assert tried > 160


async def test_an_idempotency_key_is_refused_where_nothing_is_kept_by_it(office: Office) -> None:
    """Where it is taken is what the description says, and what the routes do: both are asked."""
    desk, described = office.desk(None), office.app.openapi()["paths"]
    refused, taken = set[tuple[str, str]](), set[tuple[str, str]]()
    app = create_app(office.parts(), public_url="https://disputes.example")
    for route in (route for included in app.routes for route in included.original_router.routes):  # type: ignore[attr-defined]  # it is FastAPI's own
        path = route.path.format(**{name: KNOWN.get(name, "x") for name in route.param_convertors})
        for method in route.methods or ():
            answer = await desk.http.request(method, path, headers={"Idempotency-Key": "k-1"})
            is_refused = "idempotency_key_unused" in answer.text
            (refused if is_refused else taken).add((method, route.path))
            operation = described.get(route.path, {}).get(method.lower(), {})
            says = any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
            if method in ("POST", "PATCH", "PUT", "DELETE") and not route.path.startswith("/v1/intake/"):
                assert is_refused is not says, (method, route.path)
    assert {("POST", "/v1/api-keys"), ("POST", "/v1/people"), ("POST", "/v1/webhook-endpoints")} <= refused
    assert {("POST", "/v1/cases"), ("POST", "/v1/bulk"), ("GET", "/v1/cases")} <= taken


async def test_a_method_that_there_is_not_names_all_that_there_are(office: Office) -> None:
    desk, at = office.desk(), dict[str, set[str]]()
    for method, path, _ in routes(office):
        at.setdefault(path, set()).add(method)
    for path, methods in at.items():
        answer = await desk.http.request("TRACE", path)
        assert answer.status_code == 405
        assert methods <= set(answer.headers["Allow"].split(", ")), path
