"""A case that somebody may not know is named in nothing that they read of others: not by any address that the API has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from storage.tenants import Person
from tests.support.errands import carried_out, newest
from tests.support.leaks import NOWHERE, Asker, Operation, Viewer, operations
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

READERS = {
    "lead": {"roles": ("lead",)},
    "ops": {"roles": ("ops",)},
    "close": {"queues": ("mediation",)},
    # In no queue of hers; to what she reads she took access.
    "stranger": {"queues": ("elsewhere",)},
}


def sides(claimant: str, *respondents: str) -> list[dict[str, Any]]:
    roles = ("principal", "insurer")
    return [
        {"side": "claimant", "ref": claimant},
        *({"side": "respondent", "role": role, "ref": ref} for ref, role in zip(respondents, roles, strict=False)),
    ]


@dataclass
class Planted:
    """Cases that are open to somebody, and what they have to do with those that are not."""

    open: tuple[str, ...]
    closed: frozenset[str]
    link: str
    """Of the first with a closed one."""
    gone: str
    """The one that was merged into a closed one."""


async def planted(office: Office) -> Planted:
    desk, cleo = office.desk(), office.desk("cleo")
    old = await desk.opened(parties=sides("user-5", "programme-5", "programme-9"))
    both = await desk.opened(parties=sides("user-8", "programme-9", "programme-5"))
    # Nobody's claim ends in another's case: what is merged is the same claimant's.
    hub, gone = [await desk.in_review(parties=sides(f"user-{n}", "programme-9"), matter=f"report-{n}") for n in (1, 5)]
    witness = {"side": "respondent", "role": "witness", "ref": "programme-5"}
    late = await desk.opened(parties=[*sides("user-1", "programme-9"), witness], matter="report-7")

    async def said(case: dict[str, Any], verb: str, **more: Any) -> None:
        answer = await cleo.post(f"/v1/cases/{case['id']}/{verb}", more)
        assert answer.status_code == 200, answer.text

    async def merged(case: dict[str, Any], into: str) -> None:
        # Nothing but a word says that it is the same matter, so two say it.
        noted = await office.desk("dana").post(f"/v1/cases/{case['id']}/links", {"to": into, "relation": "duplicate"})
        assert noted.status_code == 200, noted.text
        await carried_out(office, case["id"], into)
        await said(case, "merges", into=into, reasons="The same.")
        await carried_out(office, case["id"], into)

    await said(hub, "links", to=old["id"], relation="related")
    await carried_out(office, hub["id"], old["id"])
    await merged(gone, old["id"])
    await merged(late, hub["id"])
    parts = [party(both, side) for side in ("claimant", "respondent")]
    await said(both, "splits", statement="One half of it.", parties=parts, reasons="Two matters.")
    await carried_out(office, both["id"], None)
    split_off = await newest(office)
    await _sanctioned(office, old, hub)
    links = (await cleo.get(f"/v1/cases/{hub['id']}")).json()["case_links"]
    (link,) = (one for one in links if one["relation"] == "related")
    closed = frozenset({old["id"], both["id"], late["id"]})
    return Planted((hub["id"], gone["id"], split_off), closed, link["id"], gone["id"])


async def _sanctioned(office: Office, old: dict[str, Any], hub: dict[str, Any]) -> None:
    """A sanction of the closed case, against somebody who is a party of the open one too."""
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute(
            """
            INSERT INTO sanctions (tenant, id, case_id, party, ref_digest, category, sanction, weight, imposed_at, counts_until)
            SELECT tenant, 'san_old', $2, $3, ref_digest, 'unprofessional', 'warning', 1, clock_timestamp(), NULL
            FROM parties WHERE tenant = $1 AND id = $4
            """,
            office.tenant_id, old["id"], party(old, "respondent"), party(hub, "respondent"),
        )  # fmt: skip


async def reading(office: Office, who: str, open_to: tuple[str, ...]) -> Viewer:
    """Somebody to whom some cases are closed."""
    conflicts = () if who == "stranger" else office.tenants.conflicts(office.tenant_id, ("programme-5",))
    person = Person(id="per_eve", name="Eve", conflicts=conflicts, **{"roles": ("mediator",), **READERS[who]})
    await office.tenants.put_person(office.tenant_id, person)
    secret = await office.key(person_id=person.id)
    if who == "stranger":
        for case_id in open_to:
            taken = await office.desk(secret).post(f"/v1/cases/{case_id}/access", {"reason": "Is it the same matter?"})
            assert taken.status_code == 201, taken.text
    return Viewer(who, {"Authorization": f"Bearer {secret}"})


async def named_in(asker: Asker, viewer: Viewer, here: Planted) -> dict[str, set[str]]:
    """By operation: the closed cases that its answers name."""
    found: dict[str, set[str]] = {}
    for operation in operations(asker.description):
        if operation.method != "GET":
            continue
        places = here.open if "case" in operation.kinds.values() else ("",)
        for case_id in places:
            answer = await asker.ask(viewer, "GET", operation.address({**NOWHERE, "case": case_id}), params=_all_of(operation))
            assert case_id == "" or answer.status_code in (200, 403, 404), answer.text
            found.setdefault(operation.name, set()).update(one for one in here.closed if one in answer.text)
    return {name: ids for name, ids in found.items() if ids}


def _all_of(operation: Operation) -> dict[str, Any]:
    asked: dict[str, Any] = dict.fromkeys(operation.needed, "a.txt")
    if operation.path == "/v1/cases":
        return asked | {"limit": 100}
    return asked | ({"expand[]": "timeline"} if operation.path == "/v1/cases/{case_id}" else {})


@pytest.mark.parametrize("who", list(READERS))
async def test_no_address_names_a_case_that_is_closed_to_its_reader(office: Office, who: str) -> None:
    here, asker = await planted(office), Asker(office)
    viewer = await reading(office, who, here.open)
    everything = await named_in(asker, Viewer("cleo", {"Authorization": f"Bearer {office.keys['cleo']}"}), here)
    of_a_case = {f"GET /v1/cases/{{case_id}}{rest}" for rest in ("", "/timeline", "/sanctions", "/terms", "/proof")}
    assert everything.keys() >= of_a_case | {"GET /v1/cases"}, "nothing was planted there"
    for case_id in here.open:
        read = await asker.ask(viewer, "GET", f"/v1/cases/{case_id}")
        assert read.status_code == 200, read.text
    assert await named_in(asker, viewer, here) == {}


async def test_what_is_read_and_what_is_answered_agree(office: Office) -> None:
    """A link that one does not see is no link, and whatever goes on in a closed case goes on somewhere."""
    here = await planted(office)
    viewer = await reading(office, "ops", here.open)
    eve, dana = office.desk(viewer.headers["Authorization"].removeprefix("Bearer ")), office.desk("dana")
    hub = here.open[0]
    assert (await eve.get(f"/v1/cases/{hub}")).json()["case_links"] == []
    line = (await eve.get(f"/v1/cases/{hub}/timeline", params={"limit": 100})).json()["data"]
    assert [entry["data"] for entry in line if entry["type"] in ("case_linked", "case_joined")] == [{}, {}, {}]
    answer = await eve.post(f"/v1/cases/{hub}/links/remove", {"link_id": here.link})
    assert (answer.json()["code"], answer.json()["fields"]["links"]) == ("link_unknown", [])
    young = (await office.desk().in_review(parties=sides("user-9", "programme-9")))["id"]
    for desk, told in ((eve, False), (dana, True)):
        refused = await desk.post(f"/v1/cases/{young}/merges", {"into": here.gone, "reasons": "The same."})
        assert refused.json()["code"] == "merged_already"
        assert any(one in refused.text for one in here.closed) is told
        reopened = await desk.post(f"/v1/cases/{here.gone}/reopen", {"reason": "new_fact"})
        assert reopened.json()["code"] == "merged_already", reopened.text
        assert not any(one in reopened.text for one in here.closed)
