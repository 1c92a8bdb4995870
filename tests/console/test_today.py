"""Today: every number is that of its list and of its table, and what is stuck or overdue has its cure beside it."""

from __future__ import annotations

import csv
import io
import random
import re
from html import unescape

import pytest

from console.pages.today import counted
from services.overview import MOST
from tests.support.browsing import Browser, Lobby
from tests.support.lamp import in_claim

pytestmark = pytest.mark.postgres

_NUMBER = re.compile(
    r'<a(?: class="link(?: num)?(?: right small)?")? href="(/inbox\?[^"]+)">'
    r'(?:<span class="clock".*?</span>\s*<b>|All )?([\d,+]+)',
    re.DOTALL,
)
# A case as its row says; of its state what a list looks at.
_MADE = """
INSERT INTO cases (id, external_id, state, kind, phase, queue, owner, pressing, pressing_at, ends_at, opened_at, closed_at,
    status, next_due_at, {kept})
SELECT m.id, m.id, c.state || jsonb_build_object('id', m.id, 'phase', m.phase), m.kind, m.phase, m.queue, m.owner, m.pressing,
    now() + m.ends_in, CASE WHEN m.pressing IN (1, 2) THEN now() + greatest(m.ends_in, -m.ends_in) ELSE '9999-01-01' END,
    now() - m.opened_before, CASE WHEN m.status = 'closed' THEN now() - m.opened_before END, m.status, now() + m.due_in, {values}
FROM cases c, jsonb_to_recordset($2) AS m (id text, kind text, phase text, queue text, owner text, pressing smallint,
    ends_in interval, opened_before interval, status text, due_in interval)
WHERE c.id = $1
"""
_OWN = (
    "id", "external_id", "open_key", "state", "kind", "phase", "queue", "owner", "pressing", "pressing_at", "ends_at",
    "opened_at", "closed_at", "status", "next_due_at",
)  # fmt: skip


def numbers(browser: Browser) -> dict[str, str]:
    """Each list that the page leads to, with the number that leads there."""
    return {unescape(address): number for address, number in _NUMBER.findall(browser.html)}


async def sown(lobby: Lobby, seed: int, how_many: int) -> None:
    """Copies of one case, each by chance in another state."""
    case = await in_claim(lobby.office)
    chance = random.Random(seed)
    rows = [
        {
            "id": f"case_copy-{seed:04d}-{number:05d}",
            "kind": chance.choice(("payment_dispute", "fraud_report")),
            "phase": chance.choice(("settlement", "review", "appeal")),
            "queue": chance.choice(("payments", "fraud")),
            "owner": chance.choice(("per_ada", "per_ben", None)),
            "pressing": chance.choice((0, 1, 2, 3)),
            "ends_in": f"{chance.choice((-50, -30, -5, -1, 1, 5, 20, 30, 200))} hours",
            "opened_before": f"{chance.choice((1, 10, 40))} hours",
            "status": chance.choice(("open", "open", "closed")),
            "due_in": f"{chance.choice((-2, 3))} hours",
        }
        for number in range(how_many)
    ]
    async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
        names = await conn.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases'")
        kept = sorted(name for (name,) in names if name not in _OWN)
        statement = _MADE.format(kept=", ".join(kept), values=", ".join(f"c.{name}" for name in kept))
        await conn.execute(statement, case["id"], rows)


async def length(browser: Browser, address: str) -> tuple[int, int]:
    """Of the list over all its pages, and of its table."""
    shown, path = 0, address
    while path:
        answer = await browser.open(path)
        assert answer.status_code == 200, (path, browser.words)
        shown += len(re.findall(r'id="row-case_', browser.html))
        more = re.findall(r'class="pager"><a[^>]*href="([^"]+)"', browser.html)
        path = unescape(more[0]) if more else ""
    await browser.open(address.replace("/inbox?", "/inbox.csv?"))
    lines = list(csv.reader(io.StringIO(browser.html.lstrip("\ufeff"))))
    return shown, len(lines) - 1


@pytest.mark.parametrize("seed", [3, 11])
async def test_every_number_is_that_of_its_list_and_of_its_table(lobby: Lobby, seed: int) -> None:
    await sown(lobby, seed, 90)
    dana = await lobby.signed_in("dana")
    answer = await dana.open("/today")
    assert answer.status_code == 200, dana.words
    found = numbers(dana)
    assert len(found) > 15, found
    for address, number in found.items():
        shown, in_table = await length(dana, address)
        assert (shown, in_table) == (int(number), int(number)), address


async def test_a_conflict_of_interest_leaves_no_number_behind(lobby: Lobby) -> None:
    await sown(lobby, 5, 20)
    office = lobby.office
    (person,) = [one for one in await office.tenants.people(office.tenant_id) if one.id == "per_dana"]
    conflicts = office.tenants.conflicts(office.tenant_id, ["buyer-11"])
    await office.tenants.put_person(office.tenant_id, person.model_copy(update={"conflicts": conflicts}))
    dana = await lobby.signed_in("dana")
    await dana.open("/today")
    assert set(numbers(dana).values()) <= {"0"}, numbers(dana)


async def test_a_mediator_has_no_such_page(lobby: Lobby) -> None:
    ada = await lobby.signed_in("ada")
    assert (await ada.open("/today")).status_code == 403
    await ada.open("/menu")
    assert 'href="/today"' not in ada.html


async def test_what_runs_out_soon_is_told_whatever_else_is_more_pressing(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    async with lobby.office.database.tenant(lobby.office.tenant_id) as conn:
        late = "UPDATE cases SET pressing = 0, pressing_at = now(), ends_at = now() + interval '3 hours' WHERE id = $1"
        await conn.execute(late, case["id"])
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/today")
    found = numbers(cleo)
    assert found["/inbox?view=all&clock=late"] == found["/inbox?view=all&when=due_day"] == "1"


async def test_what_is_stuck_is_named_with_its_cause(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    office = lobby.office
    async with office.database.tenant(office.tenant_id) as conn:
        failed = "UPDATE notices SET state = 'failed', attempts = 10, last_error = 'mailbox_full' WHERE case_id = $1"
        await conn.execute(failed, case["id"])
        waiting = "UPDATE cases SET next_due_at = now() - interval '1 hour' WHERE id = $1"
        await conn.execute(waiting, case["id"])
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/today")
    assert "mailbox full, 10 tries" in cleo.words
    found = numbers(cleo)
    assert {found[f"/inbox?view=all&stuck={way}"] for way in ("any", "letters", "still")} == {"1"}, found


async def test_a_letter_that_came_back_is_sent_again(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    office = lobby.office
    async with office.database.tenant(office.tenant_id) as conn:
        one = "SELECT id FROM notices WHERE case_id = $1 ORDER BY id LIMIT 1"
        letter = await conn.fetchval(one, case["id"])
        await conn.execute("UPDATE notices SET state = 'failed', last_error = 'mailbox_full' WHERE id = $1", letter)
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/today")
    form = cleo.form("/today/send-again").fields
    assert form["letter"] == letter
    await cleo.send("/today/send-again")
    await cleo.follow()
    assert "It is sent again." in cleo.words
    assert "mailbox full" not in cleo.words
    async with office.database.tenant(office.tenant_id) as conn:
        assert await conn.fetchval("SELECT state FROM notices WHERE id = $1", letter) == "pending"
    assert (await cleo.post("/today/send-again", form)).status_code == 404
    await cleo.open(f"/cases/{case['id']}")
    assert "It is sent again." in cleo.words
    ada = await lobby.signed_in("ada")
    await ada.open("/inbox")
    own = {**form, "form_token": ada.form("/theme").fields["form_token"]}
    assert (await ada.post("/today/send-again", own)).status_code in (403, 404)


async def test_an_owner_is_reminded_by_a_note_that_names_them(lobby: Lobby) -> None:
    case = await in_claim(lobby.office)
    office = lobby.office
    ada = await lobby.signed_in("ada")
    await lobby.office.works("ada", "payments")
    await ada.open("/inbox?view=queues")
    await ada.send("/take-next")
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute("UPDATE cases SET pressing = 0, pressing_at = now() - interval '1 hour' WHERE id = $1", case["id"])
    cleo = await lobby.signed_in("cleo")
    await cleo.open("/today")
    assert "Remind" in cleo.words
    await cleo.send("/today/remind")
    await cleo.follow()
    assert "Reminded." in cleo.words
    await cleo.send("/today/remind")
    await cleo.follow()
    assert "Nothing was sent again." in cleo.words
    await ada.open("/mentions")
    assert ada.words.count("Please look at it") == 1


def test_more_than_is_counted_is_said_so() -> None:
    assert (counted(MOST), counted(MOST + 1)) == ("1,000", "1,000+")
