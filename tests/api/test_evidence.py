"""Files of evidence through the API, on a real database: uploaded, handed in, fetched by whoever may, and by nobody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import httpx2
import pytest

from adapters.evidence.stores import EvidenceStoreAway
from storage.intake.evidence import PostgresFiles
from tests.support.office import Desk, Office, a_report, party

pytestmark = pytest.mark.postgres

PAID: dict[str, Any] = {"amount": {"amount": 12_000, "currency": "USD"}, "attributes": {"stage": "chargeback"}}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(100)
WITNESS = {"side": "respondent", "ref": "user-7", "role": "witness"}


def a_case_with_witness() -> dict[str, Any]:
    """The report of a bounty dispute in which somebody saw it."""
    return a_report(parties=[*a_report()["parties"], WITNESS])


def witness_of(case: dict[str, Any]) -> str:
    return str(next(p["id"] for p in case["parties"] if p["role"] == "witness"))


def acting(who: str | None) -> dict[str, str]:
    return {"Ombud-Act-As": who} if who else {}


async def upload(
    desk: Desk,
    case: dict[str, Any],
    who: str | None,
    *,
    data: bytes = PNG,
    name: str = "proof.png",
    said: str = "image/png",
    key: str | None = None,
) -> httpx2.Response:
    headers = {"Content-Type": said, **acting(who), **({"Idempotency-Key": key} if key else {})}
    return await desk.post(f"/v1/cases/{case['id']}/files", params={"name": name}, content=data, headers=headers)


async def handed_in(desk: Desk, case: dict[str, Any], who: str, **fields: Any) -> str:
    """A file that came with evidence."""
    file = (await upload(desk, case, who)).json()["id"]
    answer = await desk.command(case["id"], "submit_evidence", who, text="See the picture.", files=[file], **fields)
    assert answer.status_code == 200, answer.text
    return str(file)


async def fetched(desk: Desk, case: dict[str, Any], file: str, who: str | None = None) -> httpx2.Response:
    return await desk.get(f"/v1/cases/{case['id']}/files/{file}", headers=acting(who))


class Away:
    """A store that does not answer."""

    async def put(self, path: str, data: bytes) -> None:
        raise EvidenceStoreAway("GenericError")

    async def get(self, path: str) -> bytes | None:
        raise EvidenceStoreAway("GenericError")

    async def check(self) -> None:
        raise EvidenceStoreAway("GenericError")


class TestUpload:
    async def test_a_file_comes_back_as_it_was(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        kim = party(case, "claimant")
        made = await upload(desk, case, kim, name="Beweis größer.png")
        assert made.status_code == 201
        file = made.json()
        assert (file["media_type"], file["bytes"], file["name"]) == ("image/png", len(PNG), "Beweis größer.png")
        assert file["sha256"] == hashlib.sha256(PNG).hexdigest()
        assert made.headers["Location"] == file["links"]["self"]
        back = await fetched(desk, case, file["id"], kim)
        assert (back.status_code, back.content, back.headers["Content-Type"]) == (200, PNG, "image/png")
        assert back.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Beweis%20gr%C3%B6%C3%9Fer.png"
        assert back.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in back.headers["Content-Security-Policy"]

    async def test_the_same_again_is_the_same_file(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        kim, nimbus = party(case, "claimant"), party(case, "respondent")
        answers = await asyncio.gather(*(upload(desk, case, kim) for _ in range(5)))
        assert len({one.json()["id"] for one in answers}) == 1
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
        others = [await upload(desk, case, kim, name="other.png"), await upload(desk, case, nimbus)]
        assert len({one.json()["id"] for one in (*answers, *others)}) == 3

    async def test_the_same_request_is_answered_the_same(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        kim = party(case, "claimant")
        first, again = await upload(desk, case, kim, key="upload-1"), await upload(desk, case, kim, key="upload-1")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert (await upload(desk, case, kim, data=PNG + b"1", key="upload-1")).json()["code"] == "idempotency_key_reused"

    async def test_nothing_readable_lies_in_the_store(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        text = b"My address is 12 Elm Street."
        await upload(desk, case, party(case, "claimant"), data=text, name="a.txt", said="text/plain")
        ((path, kept),) = office.store.kept.items()
        assert b"Elm" not in kept
        assert hashlib.sha256(text).hexdigest() not in path

    @pytest.mark.parametrize(
        ("data", "said", "status", "code"),
        [
            (b"", "image/png", 422, "file_empty"),
            (PNG + bytes(100_000), "image/png", 413, "file_too_large"),
            (b"MZ\x90\x00", "image/png", 422, "file_type_differs"),
            (b"<html></html>", "text/html", 415, "file_type_refused"),
        ],
    )
    async def test_what_is_not_taken(self, office: Office, data: bytes, said: str, status: int, code: str) -> None:
        desk = office.desk()
        case = await desk.opened()
        answer = await upload(desk, case, party(case, "claimant"), data=data, said=said)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert office.store.kept == {}

    @pytest.mark.parametrize("name", ["", "a\nb.png", "x" * 201])
    async def test_a_name_that_is_none(self, office: Office, name: str) -> None:
        desk = office.desk()
        case = await desk.opened()
        assert (await upload(desk, case, party(case, "claimant"), name=name)).json()["code"] == "parameter_invalid"

    async def test_what_is_wrong_with_a_name_is_said(self, office: Office) -> None:
        case = await office.desk().in_review()
        answer = await upload(office.desk(), case, party(case, "claimant"), name="invoice\u202egnp.exe")
        (wrong,) = answer.json()["errors"]
        assert (wrong["code"], "U+202E" in wrong["message"], "blank" in wrong["message"]) == ("control_character", True, False)

    async def test_who_could_not_hand_it_in_uploads_nothing(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        assert (await upload(office.desk("ada"), case, None)).json()["code"] == "not_your_case"
        await desk.command(case["id"], "withdraw", party(case, "claimant"))
        assert (await upload(desk, case, party(case, "claimant"))).json()["code"] == "not_in_this_phase"

    async def test_too_many(self, office: Office) -> None:
        desk = office.desk(files=PostgresFiles(office.database, office.vault, office.store, most_files=1))
        case = await desk.opened()
        kim = party(case, "claimant")
        await upload(desk, case, kim)
        assert (await upload(desk, case, kim, name="b.png")).json()["code"] == "too_many_files"
        assert (await upload(desk, case, kim)).status_code == 200, "what is there already is no other file"

    async def test_without_the_store_nothing_is_promised(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        kim = party(case, "claimant")
        closed = office.desk(files=PostgresFiles(office.database, office.vault, Away()))
        answer = await upload(closed, case, kim)
        assert (answer.status_code, answer.json()["code"]) == (503, "evidence_store_away")
        listed = await desk.get(f"/v1/cases/{case['id']}/files", headers=acting(kim))
        assert listed.json()["data"] == [], "no row without its bytes"


class TestWhoFetches:
    async def test_before_it_is_handed_in_the_uploader_alone(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.in_review()
        kim, nimbus = party(case, "claimant"), party(case, "respondent")
        file = (await upload(desk, case, kim)).json()["id"]
        assert (await fetched(desk, case, file, kim)).status_code == 200
        for who, other in ((nimbus, desk), (None, desk), (None, office.desk("ada"))):
            assert (await fetched(other, case, file, who)).json()["code"] == "not_found"
            listed = await other.get(f"/v1/cases/{case['id']}/files", headers=acting(who))
            assert listed.json()["data"] == []

    @pytest.mark.parametrize(
        ("confidentiality", "sees"),
        [
            ("shared", ["claimant", "respondent", "witness", "platform", "ada"]),
            ("own_side", ["claimant", "ada"]),
            ("deciders", ["claimant", "ada"]),
        ],
    )
    async def test_after_it_whoever_sees_the_evidence(self, office: Office, confidentiality: str, sees: list[str]) -> None:
        desk = office.desk()
        case = await desk.in_review(**a_case_with_witness())
        kim = party(case, "claimant")
        file = await handed_in(desk, case, kim, confidentiality=confidentiality)
        callers: dict[str, tuple[Desk, str | None]] = {
            "claimant": (desk, kim), "respondent": (desk, party(case, "respondent")), "witness": (desk, witness_of(case)),
            "platform": (desk, None), "ada": (office.desk("ada"), None),
        }  # fmt: skip
        path = f"/v1/cases/{case['id']}"
        for name, (caller, who) in callers.items():
            found = await fetched(caller, case, file, who)
            assert found.status_code == (200 if name in sees else 404), name
            files = (await caller.get(f"{path}/files", headers=acting(who))).json()["data"]
            assert [one["id"] for one in files] == ([file] if name in sees else []), name
            evidence = (await caller.get(f"{path}/evidence", headers=acting(who))).json()["data"]
            assert [one["text"] for one in evidence] == (["See the picture."] if name in sees else []), name
            assert [f["name"] for one in evidence for f in one["files"]] == (["proof.png"] if name in sees else []), name

    async def test_a_stranger_finds_nothing(self, office: Office, stranger: Office) -> None:
        desk = office.desk()
        case = await desk.in_review()
        file = await handed_in(desk, case, party(case, "claimant"))
        theirs = await stranger.desk().in_review()
        own, foreign = f"/v1/cases/{case['id']}/files", f"/v1/cases/{theirs['id']}/files"
        for path in (own, f"{own}/{file}", f"{foreign}/{file}", f"/v1/cases/{case['id']}/evidence"):
            assert (await stranger.desk().get(path)).json()["code"] == "not_found", path
        other = await desk.in_review()
        assert (await fetched(desk, other, file)).json()["code"] == "not_found", "a file belongs to one case"

    async def test_the_other_side_cannot_hand_it_in_as_its_own(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.in_review()
        file = (await upload(desk, case, party(case, "claimant"))).json()["id"]
        taken = await desk.command(case["id"], "submit_evidence", party(case, "respondent"), text="Mine.", files=[file])
        assert (taken.status_code, taken.json()["code"]) == (422, "file_unknown")

    async def test_a_card_network_gets_what_both_sides_read_and_nothing_that_was_said_in_confidence(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        case = await desk.in_review(kind="payment_dispute", category="not_received", **PAID)
        kim = party(case, "claimant")
        file = await handed_in(desk, case, kim)
        kept = (await upload(desk, case, kim, data=PNG + b"1", name="kept.png")).json()["id"]
        await desk.command(case["id"], "submit_evidence", kim, text="For you alone.", files=[kept], confidentiality="own_side")
        draft = {"text": "The parcel was signed for.", "due_at": "2099-01-01T00:00:00Z"}
        for one, status in ((kept, 422), (file, 200)):
            files = [{"file": one, "shows": "receipt"}]
            answer = await cleo.command(case["id"], "draft_chargeback_evidence", **draft, files=files)
            assert (answer.status_code, answer.json().get("code")) == (status, "file_unknown" if status == 422 else None), (
                answer.text
            )
        # Handed in again in confidence, it goes to no network either.
        await desk.command(case["id"], "submit_evidence", kim, text="Not for them.", files=[file], confidentiality="own_side")
        answer = await cleo.command(case["id"], "draft_chargeback_evidence", **draft, files=[{"file": file}])
        assert answer.json()["code"] == "file_unknown"

    async def test_what_was_erased_is_gone(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.in_review()
        kim = party(case, "claimant")
        file = await handed_in(desk, case, kim)
        async with office.database.deed(office.tenant_id) as conn:
            assert await office.vault.erase(conn, office.tenant_id, case["id"], kim)
        gone = await fetched(desk, case, file)
        assert (gone.status_code, gone.json()["code"]) == (410, "file_erased")
        (listed,) = (await desk.get(f"/v1/cases/{case['id']}/files")).json()["data"]
        assert (listed["name"], listed["sha256"]) == (None, None)

    async def test_what_was_changed_in_the_store_is_not_given_out(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.in_review()
        file = await handed_in(desk, case, party(case, "claimant"))
        ((path, kept),) = office.store.kept.items()
        office.store.kept[path] = kept[:-1] + bytes([kept[-1] ^ 1])
        assert (await fetched(desk, case, file)).json()["code"] == "vault_fault"
        del office.store.kept[path]
        assert (await fetched(desk, case, file)).json()["code"] == "file_missing"


class TestSlots:
    async def test_a_request_is_open_until_it_is_answered(self, office: Office) -> None:
        desk, ada = office.desk(), office.desk("ada")
        case = await desk.in_review()
        path, kim = f"/v1/cases/{case['id']}", party(case, "claimant")
        await ada.post(f"{path}/take")
        asked = {"of": "claimant", "what": "Which version?", "evidence_type": "log"}
        too_far = await ada.post(f"{path}/evidence-requests", {**asked, "due_at": "2099-01-01T00:00:00Z"})
        assert too_far.json()["code"] == "instant_refused"
        assert (await ada.post(f"{path}/evidence-requests", asked)).status_code == 200
        (slot,) = (await desk.get(path, headers=acting(kim))).json()["requests"]
        assert (slot["what"], slot["evidence_type"], slot["state"]) == ("Which version?", "log", "open")
        assert slot["due_at"] is not None
        await handed_in(desk, case, kim, answers=[slot["id"]], evidence_type="log")
        seen = (await desk.get(path, headers=acting(kim))).json()
        assert (seen["requests"], [one["state"] for one in seen["settled_requests"]]) == ([], ["answered"])
        other = (await desk.get(path, headers=acting(party(case, "respondent")))).json()
        assert (other["requests"], other["settled_requests"]) == ([], [])


class TestWhatTheCaseDidNotTake:
    @pytest.mark.parametrize(("changes", "names"), [
        ({"attributes": {"closed_days_ago": 400}}, {"proof.png", "run.html"}),
        ({}, {"run.html"}),
    ])  # fmt: skip
    async def test_is_handed_to_the_team_alone(self, office: Office, changes: dict[str, Any], names: set[str]) -> None:
        """A report that is turned away at once, and one that has a file of a type that is refused: none of its files is lost."""
        html = b"<script>alert(1)</script>"
        files = [
            {"name": "proof.png", "media_type": "image/png", "data": base64.b64encode(PNG).decode()},
            {"name": "run.html", "media_type": "text/html; \u00e9", "data": base64.b64encode(html).decode()},
        ]
        platform, team = office.desk(), office.desk("dana")
        case = await platform.opened(attachments=files, **changes)
        path = f"/v1/cases/{case['id']}/files"
        left = {one["name"]: one["id"] for one in (await team.get(path)).json()["data"] if one["id"].startswith("cnt_")}
        assert left.keys() == names
        answer = await team.get(f"{path}/{left['run.html']}")
        assert (answer.content, answer.headers["content-type"]) == (html, "application/octet-stream")
        assert answer.headers["content-disposition"].startswith("attachment")
        for who in (None, party(case, "claimant"), party(case, "respondent")):
            seen = (await platform.get(path, headers=acting(who))).json()["data"]
            assert not [one for one in seen if one["id"].startswith("cnt_")]
            assert (await fetched(platform, case, left["run.html"], who)).status_code == 404

    async def test_is_no_text_of_a_case(self, office: Office) -> None:
        """Other sealed words, and those of another case, are not files."""
        files = [{"name": "run.html", "media_type": "text/html", "data": base64.b64encode(b"<p>").decode()}]
        team, case = office.desk("dana"), await office.desk().opened(attachments=files)
        other = await office.desk().opened(external_id="another", matter="another")
        row = await office.views.case(office.tenant_id, case["id"])
        assert row is not None
        assert row.case is not None
        (left,) = [one["id"] for one in (await team.get(f"/v1/cases/{case['id']}/files")).json()["data"]]
        assert (await fetched(team, case, row.case.statement.content_id)).status_code == 404
        assert (await fetched(team, other, left)).status_code == 404
