"""What a command to one case shows where the case is somebody's already."""

from __future__ import annotations

import httpx2
import pytest

from cli.kit.client import Desk, Failed
from cli.kit.send import sent

MINE = {"status": 409, "code": "owner_mismatch", "because": "yours", "detail": "It is your case already."}
THEIRS = {"status": 409, "code": "owner_mismatch", "detail": "The case has an owner."}


def desk(problem: dict[str, object]) -> Desk:
    def answered(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"owner": "per_ada"}) if request.method == "GET" else httpx2.Response(409, json=problem)

    return Desk(httpx2.AsyncClient(transport=httpx2.MockTransport(answered), base_url="http://desk"), {})


async def test_who_takes_what_is_theirs_hears_that_it_is() -> None:
    told = await sent(desk(MINE), "case_1", {"type": "take"})
    assert told == {"answer": {"status": "yours already", "command_id": "case_1"}}


async def test_who_takes_what_is_a_colleagues_hears_whose_it_is() -> None:
    with pytest.raises(Failed) as failed:
        await sent(desk(THEIRS), "case_1", {"type": "take"})
    assert failed.value.advice == ("It is owned by per_ada.",)
