"""The link to a party's page, and whatever else a letter has for its recipient alone, reaches nobody else by any door."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from adapters.evidence.letter_tokens import holds
from services.temporal_door import TemporalDoor
from storage.access.party_links import PostgresPartyLinks
from storage.access.signing_keys import PostgresSigningKeys
from storage.intake.refusals import PostgresDoorRefusals
from tests.support.office import JudgingDoor, Office, party
from workflows.handles import Named

pytestmark = pytest.mark.postgres

KIM = "Kim <kim@example.org>"
PAGE = "https://disputes.example/l/"


async def link(office: Office, case: dict[str, Any], side: str = "claimant") -> str:
    links = PostgresPartyLinks(office.database, office.vault)
    return await links.create(office.tenant_id, case["id"], party(case, side), "letter")


async def live(office: Office, secret: str) -> bool:
    found = await PostgresPartyLinks(office.database, office.vault).find(secret)
    assert found is not None
    return found.revoked_at is None


async def answered(office: Office, case: dict[str, Any], body: str, kind: str = "text/plain", **headers: str) -> dict[str, Any]:
    notices = await office.views.notices(office.tenant_id, case["id"])
    notice = next(one.id for one in notices if one.audience == "claimant" and one.channel == "email")
    token = office.vault.reply_token(office.tenant_id, notice)
    told = {
        "From": KIM, "To": "disputes@ombud.example", "Subject": "Re: My case", "Message-ID": "<back@example.org>",
        "In-Reply-To": f"<{notice}.{token}@ombud.example>", "MIME-Version": "1.0", "Content-Type": f"{kind}; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    raw = ("".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n" + body).encode()
    answer = await office.desk("platform").post("/v1/intake/email", content=raw)
    assert answer.is_success, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def shown(office: Office, case: dict[str, Any], side: str = "respondent") -> bytes:
    """Everything that a party reads of the case and its files."""
    desk, who = office.desk(), {"Ombud-Act-As": party(case, side)}
    read = (await desk.get(f"/v1/cases/{case['id']}/timeline", headers=who)).content
    files = await office.parts().files.of_case(office.tenant_id, case["id"])
    for one in files:
        read += one.name.encode() if isinstance(one.name, str) else b""
        read += (await desk.get(f"/v1/cases/{case['id']}/files/{one.id}", headers=who)).content
    return read


LETTER = "Hello Kim,\r\n\r\nYour page of this case: {link}\r\n\r\nIt is for you alone."
QUOTED = "".join(f"> {line}\r\n" for line in LETTER.split("\r\n"))
INTERLEAVED = QUOTED.replace("> It is", "The parcel never came, I can prove it.\r\n> It is") + "\r\nThank you, Kim\r\n"
ATTACHED = (
    "--b\r\nContent-Type: text/plain\r\n\r\nYour letter is attached.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "From: Desk <d@ombud.example>\r\nTo: kim@example.org\r\nSubject: Yours\r\nContent-Type: text/plain\r\n\r\n"
    + LETTER + "\r\n--b--\r\n"
)  # fmt: skip
BACK = {
    "answered below each paragraph": (INTERLEAVED, "text/plain", {}),
    "forwarded": (f"See it.\r\n\r\n---------- Forwarded message ---------\r\n{LETTER}", "text/plain", {"Subject": "Fwd: x"}),
    "below in a div": (f"<div>It never came.</div><div class=q>--- Original ---<br>{LETTER}</div>", "text/html", {}),
    "as an address of a link": ('<p>It is <a href="{link}">here</a>.</p>', "text/html", {}),
    "typed in capitals": ("My page is {upper} as you know.", "text/plain", {}),
    "percent-encoded": ("Go to https://t.example/?u={quoted} please.", "text/plain", {}),
    "attached": (ATTACHED, 'multipart/mixed; boundary="b"', {}),
}  # fmt: skip


@pytest.mark.parametrize("how", BACK)
async def test_a_link_that_comes_back_in_a_mail_is_taken_out_and_ended(office: Office, how: str) -> None:
    case = await office.desk().in_review()
    secret = await link(office, case)
    body, kind, headers = BACK[how]
    page = PAGE + secret
    for name, said in (("{link}", page), ("{upper}", page.upper()), ("{quoted}", quote(page, safe=""))):
        body = body.replace(name, said)
    assert (await answered(office, case, body, kind, **headers))["status"] == "message"
    read = await shown(office, case)
    assert b"message_sent" in read
    assert not holds(read, {secret})
    assert not await live(office, secret)


async def test_a_link_cut_in_two_or_hidden_between_signs_is_found(office: Office) -> None:
    case = await office.desk().in_review()
    first, second = await link(office, case), await link(office, case)
    await answered(office, case, f"Mine: {PAGE}{first[:20]}\r\n{first[20:]}\r\n\r\nAnd\r\n\r\n{chr(0x200B).join(second)}.\r\n")
    assert not holds(await shown(office, case), {first, second})
    assert [await live(office, one) for one in (first, second)] == [False, False]


async def test_one_that_is_in_the_quotation_below_an_answer_alone_stays_good(office: Office) -> None:
    """Most programs answer so, and what they quote is shown to nobody else."""
    case = await office.desk().in_review()
    secret = await link(office, case)
    below = QUOTED.replace("{link}", PAGE + secret)
    await answered(office, case, f"It never came.\r\n\r\nOn 4 May 2026 at 10:00 Desk <d@ombud.example> wrote:\r\n{below}")
    assert not holds(await shown(office, case), {secret})
    assert await live(office, secret)


@pytest.mark.parametrize("who", ["platform", "party"])
async def test_words_by_any_other_door_have_none(office: Office, who: str) -> None:
    case = await office.desk().in_review()
    secret, claimant = await link(office, case), party(case, "claimant")
    notice = (await office.views.notices(office.tenant_id, case["id"]))[0].id
    token = office.vault.reply_token(office.tenant_id, notice)
    said = f"I wrote to {token} and opened {PAGE}{secret}. It never came."
    await office.desk().command(case["id"], "message", claimant, text=said)
    await office.desk().command(case["id"], "submit_evidence", claimant, text=f"Look: {PAGE}{secret}", about="statement")
    read = await shown(office, case, "respondent" if who == "party" else "claimant")
    assert not holds(read, {secret, token})
    assert b"It never came." in read
    assert not await live(office, secret)


async def test_a_new_report_has_none_of_another_case(office: Office) -> None:
    case = await office.desk().in_review()
    secret = await link(office, case)
    raw = (
        f"From: {KIM}\r\nTo: disputes@ombud.example\r\nSubject: See {PAGE}{secret}\r\nMessage-ID: <new@example.org>\r\n\r\n"
        f"I was charged twice, see {PAGE}{secret} for the rest.\r\n"
    ).encode()
    opened = (await office.desk("platform").post("/v1/intake/email", content=raw)).json()
    told = await office.desk("dana").get(f"/v1/cases/{opened['id']}")
    assert not holds(told.content, {secret})
    assert not await live(office, secret)


async def test_a_name_of_a_party_has_none(office: Office) -> None:
    case = await office.desk().in_review()
    first, second = await link(office, case), await link(office, case)
    opened = await office.desk().opened(
        external_id="named", matter="named", metadata={"seen_at": f"{PAGE}{first}"},
        parties=[{"side": "claimant", "ref": "ole", "name": f"Ole {PAGE}{first}"}, {"side": "respondent", "ref": "pim"}],
    )  # fmt: skip
    person = {"side": "claimant", "role": "representative", "ref": "una", "name": f"Una {PAGE}{second}"}
    added = await office.desk("dana").command(case["id"], "add_party", "per_dana", party=person, agreed=True)
    assert added.status_code == 200, added.text
    told = [(await office.desk("dana").get(f"/v1/cases/{one['id']}")).content for one in (opened, case)]
    assert b"Una" in told[1]
    assert not any(holds(one, {first, second}) for one in told)
    assert [await live(office, one) for one in (first, second)] == [False, False]


async def test_a_key_of_the_api_that_somebody_types_is_told_to_nobody(office: Office) -> None:
    key = f"omb_{'aZ09_-' * 6}abcd"
    assert len(key) == 44
    opened = await office.desk().opened(external_id="k", matter="k", statement=f"It never came. I used {key} for it.")
    assert key.encode() not in await shown(office, opened, "claimant")
    case = await office.desk().in_review()
    await office.desk().command(case["id"], "message", party(case, "claimant"), text=f"My key is {key}. It never came.")
    read = await shown(office, case)
    assert key.encode() not in read
    assert b"It never came." in read


async def test_a_file_with_a_link_is_for_whoever_handed_it_in_and_the_team(office: Office) -> None:
    case, other = await office.desk().in_review(), await office.desk().in_review(external_id="another", matter="another")
    mine, theirs = await link(office, case), await link(office, other)
    for at, data in enumerate((f"See {PAGE}{mine}".encode(), b64encode(f"See {PAGE}{theirs}".encode()))):
        sent = with_file(data)
        assert (await answered(office, case, sent, 'multipart/mixed; boundary="b"', Message_ID=f"<f{at}@x.example>"))["status"]
    assert not holds(await shown(office, case), {mine, theirs})


def with_file(data: bytes) -> str:
    coded = b64encode(data).decode()
    return (
        "--b\r\nContent-Type: text/plain\r\n\r\nHere is a file.\r\n--b\r\nContent-Type: application/octet-stream\r\n"
        f'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="notes.txt"\r\n\r\n{coded}\r\n--b--\r\n'
    )


async def test_what_is_told_at_temporals_own_door_has_none(office: Office) -> None:
    case = await office.desk().in_review()
    secret, key = await link(office, case), f"omb_{'aZ09_-' * 6}abcd"
    refusals, keys = PostgresDoorRefusals(office.database), PostgresSigningKeys(office.database)
    door = TemporalDoor(office.inbox, office.tenants, keys, refusals=refusals, letters=office.parts())
    words = f"See {PAGE}{secret} and {key}. It never came."
    said = {"id": "cmd_told-1", "type": "message", "by": party(case, "claimant"), "text": words}
    assert [await door.put(office.tenant_id, case["id"], said) for _ in range(2)] == ["cmd_told-1"] * 2, "said twice it is once"
    (command,) = [one for one in await office.views.commands(office.tenant_id, case["id"]) if one.id == "cmd_told-1"]
    named = Named(tenant_id=office.tenant_id, case_id=case["id"], kind="bounty_dispute", opened_at=command.received_at)
    await JudgingDoor(office.records, office.inbox, office.lookups).ask(named, command.id, timedelta(seconds=1))
    read = await shown(office, case)
    assert b"It never came." in read
    assert not holds(read, {secret})
    assert key.encode() not in read
    assert not await live(office, secret)
