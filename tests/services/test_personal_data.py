"""All that is held about a person: whole for them, nothing of what they may not know, and kept that somebody took it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from storage.record.audit import PostgresAudit
from tests.support.database import Server
from tests.support.office import Office, party
from tests.support.owners import owner_of

pytestmark = pytest.mark.postgres

MINE, THEIRS, INSIDE, SECRET = "zq0mine0qz", "zq0theirs0qz", "zq0inside0qz", "zq0secret0qz"


def path_of(case: dict[str, Any], side: str) -> str:
    return f"/v1/cases/{case['id']}/parties/{party(case, side)}/personal-data"


async def unpacked(office: Office, case: dict[str, Any], side: str) -> tuple[dict[str, Any], str, str]:
    """What is for machines, what is for people, and how many cases were withheld."""
    got = await office.desk("dana").get(path_of(case, side))
    assert got.status_code == 200, got.text
    with zipfile.ZipFile(io.BytesIO(got.content)) as packed:
        assert packed.testzip() is None
        return json.loads(packed.read("everything.json")), packed.read("index.html").decode(), got.headers["Ombud-Cases-Withheld"]


async def a_case(office: Office, **more: Any) -> dict[str, Any]:
    """With words of its reporter and of the team."""
    desk = office.desk()
    case = await desk.opened(statement=f"They never sent it {MINE} <script>alert(1)</script>", **more)
    await office.desk("ada").command(case["id"], "note", "per_ada", text=f"A liar {INSIDE}")
    await desk.command(case["id"], "message", party(case, "claimant"), text=f"Only the desk {SECRET}", to="desk")
    return case


async def test_it_has_every_case_of_theirs_and_nothing_of_what_they_may_not_know(office: Office) -> None:
    case, other = await a_case(office), await a_case(office)
    whole, page, withheld = await unpacked(office, case, "claimant")
    assert {one["case"]["id"] for one in whole["cases"]} == {case["id"], other["id"]}
    assert withheld == "0"
    said = json.dumps(whole)
    assert MINE in said
    assert SECRET in said, "their own words to the desk are theirs"
    assert INSIDE not in said + page
    assert MINE in page
    assert "<script" not in page
    whole, page, _ = await unpacked(office, case, "respondent")
    assert SECRET not in json.dumps(whole) + page
    assert INSIDE not in json.dumps(whole) + page


async def test_the_page_says_all_that_the_file_for_machines_says(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened(
        external_id="H-77120", subject="Booking of a <b>cat sitter</b>", amount={"amount": 1_250_000, "currency": "USD"}
    )
    offer = {"remedy": "payout", "amount": {"amount": 4_000, "currency": "USD"}}
    made = await desk.command(case["id"], "offer", party(case, "respondent"), **offer)
    assert made.status_code == 200, made.text
    whole, page, _ = await unpacked(office, case, "claimant")
    (told,) = whole["cases"]
    assert told["report"] == {"number": "H-77120", "subject": "Booking of a <b>cat sitter</b>"}
    assert "12,500.00 USD" in page, "what they reported"
    assert "40.00 USD" in page, "what was offered"
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).replace("_", " ")
    missing = [leaf for leaf in leaves(told) if leaf not in words]
    assert missing == []


async def test_it_says_until_when_it_is_kept_and_what_is_not_in_it(office: Office) -> None:
    people = [
        {"side": "claimant", "ref": "guest-1", "name": "Kim Doe", "email": "kim@example.org", "organisation": "Acme"},
        {"side": "respondent", "ref": "host-9", "name": "Nimbus", "email": "host@nimbus.example"},
    ]
    case = await office.desk().opened(parties=people, attributes={"their_strikes": 3})
    for side, missing in (("claimant", ["organisation", "attributes"]), ("respondent", ["attributes"])):
        whole, page, _ = await unpacked(office, case, side)
        (told,) = whole["cases"]
        assert (told["kept_until"], told["not_in_here"]) == (None, missing), "an open case has no end"
        assert "strikes" not in json.dumps(whole) + page, "it can be about the other side"
        assert ("as a code alone" in page) == ("organisation" in missing)
    closed = await office.desk().command(case["id"], "withdraw", party(case, "claimant"))
    assert closed.status_code == 200, closed.text
    whole, page, _ = await unpacked(office, case, "claimant")
    assert whole["cases"][0]["kept_until"] is not None
    assert "kept until: " in page


def leaves(told: Any, name: str = "") -> Iterator[str]:
    """Every word that an export holds, as a page writes it; what amounts and instants become is looked at above."""
    match told:
        case {"amount": int(), "currency": str()}:
            return
        case dict():
            for key, value in told.items():
                yield from leaves(value, key)
        case list():
            for one in told:
                yield from leaves(one, name)
        case str() if (
            told and not re.match(r"\d{4}-\d\d-\d\dT", told) and name not in ("content_id", "sha256", "by", "not_in_here")
        ):
            yield re.sub(r"\s+", " ", told if " " in told else told.replace("_", " ")).strip()


async def test_a_case_of_which_they_were_not_told_is_left_out_and_counted(office: Office) -> None:
    people = [
        {"side": "claimant", "ref": "guest-1", "name": "Kim Doe", "email": "kim@example.org"},
        {"side": "respondent", "ref": "host-9", "name": "Nimbus", "email": "host@nimbus.example"},
    ]
    case = await a_case(office, parties=people)
    fraud = {"kind": "fraud_report", "category": "fake_listing", "attributes": {}, "subject": "Flat 4", "parties": people}
    hidden = await office.desk().opened(statement=f"No such flat {SECRET}", **fraud)
    whole, page, withheld = await unpacked(office, case, "respondent")
    assert withheld == "1"
    assert hidden["id"] not in json.dumps(whole) + page
    trail = (await office.desk("dana").get(f"/v1/audit-trail?about={case['id']}")).json()["data"]
    assert trail[0]["more"]["withheld"] == [hidden["id"]]
    _, _, withheld = await unpacked(office, hidden, "claimant")
    assert withheld == "0"


async def test_it_is_kept_who_took_it_and_only_ops_do(office: Office) -> None:
    case = await a_case(office)
    for who in ("ada", "cleo", "platform"):
        assert (await office.desk(who).get(path_of(case, "claimant"))).json()["code"] in ("scope_missing", "not_allowed")
    await unpacked(office, case, "claimant")
    trail = (await office.desk("dana").get(f"/v1/audit-trail?about={case['id']}")).json()["data"]
    assert (trail[0]["deed"], trail[0]["by"]) == ("person_exported", "per_dana")
    readers = (await office.desk("dana").get(f"/v1/cases/{case['id']}/readers")).json()["data"]
    assert ("per_dana", "personal data") in {(one["who"], one["what"]) for one in readers}


async def test_nobody_is_not_found(office: Office) -> None:
    case = await a_case(office)
    other = {**case, "parties": [{**one, "id": "pty_01990000-0000-7000-8000-000000000000"} for one in case["parties"]]}
    assert (await office.desk("dana").get(path_of(other, "claimant"))).json()["code"] == "not_found"


SPOILT = {
    "the report's words": (
        "contents", "ciphertext",
        "id = (SELECT body -> 'fact' -> 'statement' ->> 'content_id' FROM facts WHERE case_id = $1 AND seq = 1)",
    ),
    "what it is about": ("contents", "ciphertext", "id = (SELECT report_content FROM cases WHERE id = $1)"),
    "who they are": ("parties", "contact", "case_id = $1 AND side = 'claimant'"),
    "the name of a file": ("files", "about", "case_id = $1"),
}  # fmt: skip
"""What is altered, so that it does not open any more: table, column, and which rows."""


@pytest.mark.parametrize("what", SPOILT)
async def test_what_does_not_open_is_named_and_the_rest_is_given(office: Office, server: Server, what: str) -> None:
    case = await a_case(office, matter="booking-7")
    kim = party(case, "claimant")
    headers = {"Ombud-Act-As": kim, "Content-Type": "text/plain"}
    sent = await office.desk().http.post(f"/v1/cases/{case['id']}/files?name=proof.txt", headers=headers, content=b"A file.")
    await office.desk().command(case["id"], "submit_evidence", kim, text="See the file.", files=[sent.json()["id"]])
    whole, page, _ = await unpacked(office, case, "claimant")
    assert whole["cases"][0]["unreadable"] == []
    table, column, which = SPOILT[what]
    async with owner_of(server, office.tenant_id) as owner:
        bits = f"set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)"
        assert await owner.execute(f"UPDATE {table} SET {column} = {bits} WHERE {which}", case["id"]) == "UPDATE 1"
    got = await office.desk("dana").get(path_of(case, "claimant"))
    assert (got.status_code, got.headers["Ombud-Unreadable"]) == (200, "1"), got.text
    whole, page, _ = await unpacked(office, case, "claimant")
    assert whole["cases"][0]["unreadable"] == [PLACES[what]]
    assert "could not be read" in page
    assert "erased on" not in page
    if what != "the report's words":
        assert MINE in page
    trail = (await office.desk("dana").get(f"/v1/audit-trail?about={case['id']}")).json()["data"]
    assert trail[0]["more"]["unreadable"] == 1
    for who in ("dana", "platform"):
        for path in ("", "/timeline", "/evidence", "/files", "?expand[]=timeline"):
            read = await office.desk(who).get(f"/v1/cases/{case['id']}{path}")
            assert read.status_code == 200, (who, path, read.text)
    verdict = await PostgresAudit(office.database, office.vault).verify_case(office.tenant_id, case["id"])
    assert {flaw.what for flaw in verdict.flaws} <= {"text_unreadable", "contact_unreadable", "file_unreadable"}
    assert verdict.flaws


PLACES = {
    "the report's words": "what_happened.0.statement",
    "what it is about": "matter",
    "who they are": "you",
    "the name of a file": "files.0",
}
