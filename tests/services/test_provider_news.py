"""What Stripe and PayPal send of disputes: a known one is always taken, and its case knows how it stands there in any order."""

from __future__ import annotations

import copy
import io
import itertools
import json
import random
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from stripe import WebhookSignature

from domain.model.case import Case
from domain.model.provider_news import BESIDE, without_seal
from domain.rules.given_back import by_provider
from storage.intake.new_parties import PartySealer
from storage.postgres.vault import Vault
from storage.tenants import Person
from tests.support.office import PAYPAL, ClosedDoor, Office
from tests.support.places import FIXTURES

pytestmark = pytest.mark.postgres

SECRET = "whsec_as_stripe_shows_it"
STRIPE: dict[str, Any] = json.loads((FIXTURES / "intake" / "stripe-dispute-created.json").read_text())
BY_PAYPAL: dict[str, Any] = json.loads((FIXTURES / "intake" / "paypal-dispute-created.json").read_text())
AT = STRIPE["created"]


def by_stripe(kind: str = "created", *, minutes: int = 0, event: Mapping[str, Any] | None = None, **dispute: Any) -> bytes:
    """One of Stripe's events, so long after the dispute was opened."""
    told = copy.deepcopy(STRIPE) | {"type": f"charge.dispute.{kind}", "created": AT + 60 * minutes, "id": f"evt_{kind}_{minutes}"}
    told["data"]["object"] |= dispute
    return json.dumps(told | dict(event or {})).encode()


def by_paypal(kind: str = "CREATED", **resource: Any) -> bytes:
    told = copy.deepcopy(BY_PAYPAL) | {"event_type": f"CUSTOMER.DISPUTE.{kind}"}
    told["resource"] |= resource
    return json.dumps(told).encode()


class Door:
    """The address of one source."""

    def __init__(self, office: Office, source: str, **changes: Any) -> None:
        self.office, self.path = office, f"/v1/intake/{source}"
        self.desk = office.desk(None, **changes)

    async def takes(self, *bodies: bytes) -> list[tuple[int, str]]:
        """The answers: status, and what became of it."""
        return [await self._taken(body, self._signed(body)) for body in bodies]

    async def _taken(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        answer = await self.desk.post(self.path, content=body, headers=dict(headers))
        said = answer.json()
        return answer.status_code, said.get("status") if answer.status_code < 300 else said["code"]

    def _signed(self, body: bytes) -> Mapping[str, str]:
        header = WebhookSignature.generate_signature_header(body.decode(), SECRET, int(time.time()))
        return {"Stripe-Signature": str(header)}

    async def cases(self) -> list[Case]:
        """As they stand, the oldest first."""
        rows = (await self.office.desk("dana").get("/v1/cases")).json()["data"]
        views = self.office.parts().views
        found = [await views.case(self.office.tenant_id, row["id"]) for row in rows]
        return sorted((row.case for row in found if row is not None and row.case is not None), key=lambda case: case.id)

    async def case(self) -> Case:
        (one,) = await self.cases()
        return one

    def token(self, provider_id: str) -> str:
        """What stands for a provider's id where it is kept."""
        return self.office.vault.provider_token(self.office.tenant_id, provider_id)

    async def keep(self, under: str, news: Mapping[str, Any], digest: bytes) -> None:
        """A row as an earlier release has written it."""
        async with self.office.database.tenant(self.office.tenant_id) as conn:
            said = "INSERT INTO provider_news (tenant, provider, dispute, digest, news) VALUES ($1, 'stripe', $2, $3, $4)"
            await conn.execute(said, self.office.tenant_id, under, digest * 32, dict(news))


class PayPalDoor(Door):
    def _signed(self, body: bytes) -> Mapping[str, str]:
        return PAYPAL.headers(body)

    async def takes_with(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        return await self._taken(body, headers)


@pytest.fixture
async def door(office: Office) -> Door:
    source = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret=SECRET)
    return Door(office, source.id)


async def paypal_door(office: Office, **changes: Any) -> PayPalDoor:
    source = await office.sources.create(office.tenant_id, "paypal", created_by="per_dana", secret="WH-1")
    return PayPalDoor(office, source.id, **changes)


class PayPalItself:
    """Answers for each dispute as it stands there, or that there is none; or nothing."""

    def __init__(self, *disputes: Mapping[str, Any], away: bool = False) -> None:
        self._disputes = {one.get("dispute_id") or one["id"]: json.dumps(one).encode() for one in disputes}
        self._away = away

    async def fetch(self, dispute: str) -> bytes | None:
        if self._away:
            raise ConnectionError("away")
        return self._disputes.get(dispute)

    async def fetch_refund(self, refund: str) -> bytes | None:
        return await self.fetch(refund)


class TestAKnownDispute:
    async def test_sent_again_is_known_and_nothing_new(self, door: Door) -> None:
        assert await door.takes(by_stripe(), by_stripe()) == [(201, "opened"), (200, "known")]
        assert (await door.case()).seq <= 2

    async def test_with_a_later_snapshot_is_known_and_told(self, door: Door) -> None:
        later = STRIPE["data"]["object"]["evidence_details"]["due_by"] + 86_400
        snapshot = by_stripe(status="under_review", evidence_details={"due_by": later})
        assert await door.takes(by_stripe(), snapshot) == [(201, "opened"), (200, "known")]
        (dispute,) = (await door.case()).provider_disputes
        assert dispute.newest.status == "under_review"
        assert dispute.due is not None
        assert dispute.due.due_at is not None
        assert dispute.due.due_at.timestamp() == later

    async def test_at_the_endpoint_of_the_account_and_of_connect_is_one(self, door: Door) -> None:
        connect = by_stripe(event={"account": "acct_1H6"})
        assert await door.takes(by_stripe(), connect) == [(201, "opened"), (200, "known")]
        assert (await door.case()).seq <= 2

    async def test_is_known_while_nobody_judges(self, office: Office) -> None:
        source = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret=SECRET)
        shut = Door(office, source.id, doors=ClosedDoor())
        answers = await shut.takes(by_stripe(), by_stripe(status="under_review"), by_stripe("closed", minutes=1, status="lost"))
        assert [code for code, _ in answers] == [202, 202, 202]

    async def test_is_known_although_its_pack_is_gone(self, office: Office) -> None:
        source = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret=SECRET)
        assert await Door(office, source.id).takes(by_stripe()) == [(201, "opened")]
        later = Door(office, source.id, packs={})
        assert await later.takes(by_stripe(), by_stripe(status="under_review")) == [(200, "known"), (200, "known")]

    async def test_with_what_is_null_expanded_or_new_is_still_known(self, door: Door) -> None:
        strange = by_stripe(charge={"id": "ch_9", "object": "charge"}, evidence=None, reason=["new"], amount=None)
        assert await door.takes(by_stripe(), strange) == [(201, "opened"), (200, "known")]


class TestADisputeThatIsOver:
    @pytest.mark.parametrize("status", ["prevented", "charge_refunded", "lost", "won", "warning_closed"])
    async def test_is_declined_as_decided_elsewhere(self, door: Door, status: str) -> None:
        assert await door.takes(by_stripe(status=status)) == [(201, "opened")]
        case = await door.case()
        assert (case.outcome, case.close_reason) == ("declined", "decided_elsewhere")

    async def test_whatever_the_kind_of_its_source(self, office: Office) -> None:
        more: dict[str, Any] = {"secret": SECRET, "kind": "payment_dispute"}
        source = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", **more)
        door = Door(office, source.id)
        assert await door.takes(by_stripe(status="prevented")) == [(201, "opened")]
        assert (await door.case()).close_reason == "decided_elsewhere"

    async def test_tells_its_open_case_and_wakes_whoever_has_it(self, door: Door) -> None:
        answers = await door.takes(by_stripe(), by_stripe("closed", minutes=5, status="lost"))
        assert answers == [(201, "opened"), (200, "told")]
        case = await door.case()
        assert case.open
        assert case.paid_by_provider
        assert case.chargeback is not None
        assert case.chargeback.over


ORDER = {
    "created": by_stripe(),
    "withdrawn": by_stripe("funds_withdrawn", minutes=1),
    "updated": by_stripe("updated", minutes=2, status="under_review"),
    "closed": by_stripe("closed", minutes=3, status="won"),
    "reinstated": by_stripe("funds_reinstated", minutes=4, status="won"),
}


def of_dispute(n: int, body: bytes) -> bytes:
    """The same event of another dispute, about another charge."""
    told = json.loads(body)
    told["data"]["object"] |= {"id": f"dp_of_{n}", "charge": f"ch_dp_of_{n}"}
    return json.dumps(told).encode()


def stands(case: Case) -> tuple[Any, ...]:
    disputes = tuple(without_seal(one) for one in case.provider_disputes)
    return disputes, case.paid_by_provider, case.chargeback is not None and case.chargeback.over, case.open


class TestAnyOrder:
    async def test_news_of_no_case_waits_for_it(self, door: Door) -> None:
        first = await door.takes(by_stripe("closed", minutes=5, status="lost"))
        assert first == [(200, "kept")]
        assert await door.takes(by_stripe()) == [(201, "opened")]
        assert (await door.case()).paid_by_provider

    async def test_comes_to_the_same(self, door: Door, office: Office) -> None:
        """A sample of all orders of the events of one dispute, each twice: its case stands the same in the end."""
        found = []
        for n, order in enumerate(list(itertools.permutations(ORDER))[::17]):
            events = [of_dispute(n, ORDER[name]) for name in order for _ in (1, 2)]
            assert {code for code, _ in await door.takes(*events)} <= {200, 201}
            row_id = await office.parts().intake.known(office.tenant_id, "stripe", f"dp_of_{n}")
            assert row_id is not None
            row = await office.parts().views.case(office.tenant_id, row_id)
            assert row is not None
            assert row.case is not None
            found.append((row.case, f"dp_of_{n}"))
        token = partial(office.vault.provider_token, office.tenant_id)
        plain = [
            repr(stands(case)).replace(token(dispute), "dp").replace(token(f"ch_{dispute}"), "ch") for case, dispute in found
        ]
        assert len(plain) > 5
        assert set(plain) == {plain[0]}

    async def test_news_of_a_merged_case_reach_the_one_that_goes_on(self, door: Door) -> None:
        """A second dispute of the same charge by the same cardholder goes on in the first one's case."""
        second = by_stripe(id="dp_second", reason="duplicate")
        assert [code for code, _ in await door.takes(by_stripe(), second)] == [201, 201]
        closed = by_stripe("closed", minutes=5, id="dp_second", status="lost")
        (answer,) = await door.takes(closed)
        assert answer == (200, "told")
        first, merged = await door.cases()
        assert merged.merged_into == first.id
        assert [one.newest.dispute for one in first.provider_disputes if one.paid] == [door.token("dp_second")]
        shown = (await door.office.desk("dana").get(f"/v1/cases/{first.id}")).json()["provider_disputes"]
        assert "dp_second" in {one["dispute"] for one in shown}, "whoever has the right reads it"

    async def test_other_events_concern_no_dispute(self, door: Door) -> None:
        for kind in ("charge.updated", "charge.succeeded", "refund.created"):
            other = json.dumps({"type": kind, "data": {"object": {"id": "ch_1"}}}).encode()
            assert await door.takes(other) == [(200, "ignored")]


CHARGE = STRIPE["data"]["object"]["charge"]
INTENT = STRIPE["data"]["object"]["payment_intent"]


def by_charge(kind: str = "charge.refunded", minutes: int = 1, **said: Any) -> bytes:
    told = {"id": f"evt_{kind}_{minutes}", "type": kind, "created": AT + 60 * minutes, "livemode": True}
    found = {"id": CHARGE, "object": "charge", "amount": 18450, "currency": "eur", **said}
    return json.dumps({**told, "data": {"object": found}}).encode()


def by_refund(kind: str, minutes: int = 1, **said: Any) -> bytes:
    return by_charge(kind, minutes, **{"id": "re_1", "object": "refund", "charge": CHARGE, **said})


class TestARefundOutside:
    @pytest.mark.parametrize(
        "said",
        [
            by_charge(amount_refunded=18450, refunded=True),
            by_charge("charge.updated", amount_refunded=5000),
            by_refund("refund.created", amount=5000, status="pending"),
            by_refund("refund.updated", amount=5000, status="succeeded"),
        ],
    )
    async def test_reaches_the_case_before_and_after_its_dispute(self, office: Office, said: bytes) -> None:
        where = await office.sources.create(office.tenant_id, "stripe", created_by="per_dana", secret=SECRET)
        door = Door(office, where.id)
        for first in (True, False):
            dispute, refunded = (
                body.replace(b"dp_1Qom", b"dp_%d" % first).replace(CHARGE.encode(), b"ch_%d" % first)
                for body in (by_stripe(), said)
            )
            answers = await door.takes(*((refunded, dispute) if first else (dispute, refunded)), refunded)
            assert answers[0] == ((200, "kept") if first else (201, "opened"))
            assert answers[-1] == (200, "told")
        assert [case.paid_by_provider for case in await door.cases()] == [True, True]
        assert all(sum(x.amount for x in by_provider(case)) in (5_000, 18_450) for case in await door.cases())

    async def test_that_failed_moved_nothing(self, door: Door) -> None:
        failed = by_refund("refund.failed", 9, amount=5000, status="failed")
        await door.takes(by_stripe(), by_refund("refund.created", amount=5000), by_charge(amount_refunded=5000), failed)
        assert by_provider(await door.case()) == ()

    @pytest.mark.parametrize("named", [{"charge": None}, {"charge": ""}, {"charge": None, "payment_intent": {"id": INTENT}}])
    async def test_that_names_the_payment_alone_is_seen(self, door: Door, named: dict[str, Any]) -> None:
        refund = by_refund("refund.created", amount=5000, **{"payment_intent": INTENT, **named})
        whole = by_charge(amount_refunded=5000, payment_intent=INTENT)
        assert await door.takes(by_stripe(), refund, whole) == [(201, "opened"), (200, "told"), (200, "told")]
        assert sum(x.amount for x in by_provider(await door.case())) == 5_000

    async def test_is_seen_of_a_dispute_that_names_the_payment_alone(self, door: Door) -> None:
        refund = by_refund("refund.created", amount=5000, payment_intent=INTENT)
        assert await door.takes(refund, by_stripe(charge=None), by_charge(amount_refunded=5000, payment_intent=INTENT)) == [
            (200, "kept"), (201, "opened"), (200, "told"),
        ]  # fmt: skip
        assert sum(x.amount for x in by_provider(await door.case())) == 5_000

    @pytest.mark.parametrize("first", ["refund", "dispute"])
    @pytest.mark.parametrize("under", [CHARGE, INTENT])
    async def test_that_was_kept_by_an_earlier_version_still_counts(self, door: Door, first: str, under: str) -> None:
        """Rows of releases that knew one name of a payment alone; the next word of the dispute names both."""
        old = {
            "provider": "stripe",
            "at": "2025-10-01T12:00:00Z",
            "payment": under,
            "amount": {"amount": 5_000, "currency": "EUR"},
        }
        refund = old | {"dispute": "re_1", "event": "evt_old", "what": "payment_refunded", "stage": "refund"}
        await door.keep(under, refund, b"r")
        if first == "refund":
            await door.takes(by_stripe())
        else:
            await door.takes(by_stripe(payment_intent=None))
            await door.takes(by_stripe("updated", minutes=3))
        assert sum(x.amount for x in by_provider(await door.case())) == 5_000

    async def test_names_another_payment_than_the_dispute_did_at_first(self, door: Door) -> None:
        refund = by_refund("refund.created", amount=5000, charge=None, payment_intent=INTENT)
        answers = await door.takes(by_stripe(payment_intent=None), by_stripe("updated", minutes=3), refund)
        assert answers == [(201, "opened"), (200, "told"), (200, "told")]
        assert sum(x.amount for x in by_provider(await door.case())) == 5_000

    @pytest.mark.parametrize("order", [*permutations(("dispute", "refund", "charge"))])
    @pytest.mark.parametrize(("its", "theirs"), [("charge", "payment_intent"), ("payment_intent", "charge")])
    async def test_is_found_by_the_name_that_the_charge_has_beside(self, door: Door, its: str, theirs: str, order: Any) -> None:
        """The dispute knows one name of its payment, the refund the other one, and the charge both."""
        dispute: dict[str, Any] = {theirs: None}
        refund = {"charge": CHARGE, "payment_intent": INTENT} | {its: None}
        said = {
            "dispute": by_stripe(**dispute),
            "refund": by_refund("refund.created", amount=5000, **refund),
            "charge": by_charge("charge.updated", 2, amount_refunded=0, payment_intent=INTENT),
        }
        await door.takes(*(said[one] for one in order))
        assert sum(x.amount for x in by_provider(await door.case())) == 5_000

    @pytest.mark.parametrize("seed", range(4))
    async def test_leaves_the_same_to_pay_in_whatever_order_it_is_told(self, door: Door, seed: int) -> None:
        """Each word names the payment by one of its names, or by both: two refunds, one of which failed, two disputes, the charge
        as it was paid, a try before it that failed, and a refund of another payment."""
        named: list[dict[str, Any]] = [{"charge": CHARGE, "payment_intent": None}, {"charge": None, "payment_intent": INTENT}]
        one, other = named[:: -1 if seed % 2 else 1]
        said = [
            by_stripe(amount=5_000, **one),
            by_stripe(amount=7_000, id="dp_second", **other),
            by_charge("charge.updated", 1, amount_refunded=0, payment_intent=INTENT),
            by_charge("charge.updated", 0, id="ch_try", status="failed", amount_refunded=0, payment_intent=INTENT),
            by_refund("refund.created", 2, amount=2_000, **other),
            by_refund("refund.created", 3, id="re_2", amount=3_000, **one),
            by_refund("refund.failed", 4, id="re_2", amount=3_000, status="failed", **other),
            by_refund("refund.created", 4, id="re_3", amount=900, charge="ch_other", payment_intent="pi_other"),
        ]
        orders = [random.Random(f"{seed}/{n}").sample(range(len(said)), len(said)) for n in range(6)]
        found = []
        for n, order in enumerate([list(range(len(said))), *orders]):
            names = (CHARGE, INTENT, "dp_", "ch_try", "re_", "ch_other", "pi_other")
            own = {name.encode(): f"{name}_{n}".encode() for name in names}
            for at in order:
                body = said[at]
                for name, as_own in own.items():
                    body = body.replace(name, as_own)
                assert (await door.takes(body))[0][0] in (200, 201)
            cases = (await door.cases())[2 * n :]
            stands = [(case.amount.amount, by_provider(case), beside(case)) for case in cases if case.amount is not None]
            found.append(sorted(stands))
        assert found == [found[0]] * len(found)
        assert [(amount, sum(x.amount for x in given)) for amount, given, _ in found[0]] == [(5_000, 2_000), (7_000, 2_000)]
        assert [whole for *_, others in found[0] for _, whole in others] == [18_450, 18_450]

    @pytest.mark.parametrize("order", [*permutations(("dispute", "refund", "charge"))])
    async def test_of_the_test_mode_is_none_of_real_money(self, door: Door, order: Any) -> None:
        untrue = {"event": {"livemode": False, "id": "evt_test"}}
        said = {
            "dispute": by_stripe(),
            "refund": json.dumps(json.loads(by_refund("refund.created", amount=5000)) | {"livemode": False}).encode(),
            "charge": json.dumps(json.loads(by_charge(amount_refunded=18450, refunded=True)) | {"livemode": False}).encode(),
        }
        await door.takes(*(said[one] for one in order), by_stripe("closed", minutes=5, status="lost", **untrue))
        case = await door.case()
        assert (case.synthetic, case.paid_by_provider, by_provider(case)) == (False, False, ())

    async def test_of_another_try_of_the_same_payment_is_none_of_this(self, door: Door) -> None:
        tries = [by_charge("charge.updated", n, id=f"ch_{n}", amount_refunded=n, payment_intent=INTENT) for n in (1, 2)]
        other = by_refund("refund.created", 5, amount=5000, charge="ch_2")
        await door.takes(by_stripe(charge="ch_1", payment_intent=None), *tries, other)
        assert sum(x.amount for x in by_provider(await door.case())) == 1

    @pytest.mark.parametrize("kind", ["created", "updated"])
    async def test_that_a_snapshot_told_of_ends_with_what_is_said_later(self, door: Door, kind: str) -> None:
        charge = {
            "id": CHARGE,
            "object": "charge",
            "amount": 18450,
            "amount_refunded": 18450,
            "refunded": True,
            "currency": "eur",
        }
        first = [] if kind == "created" else [by_stripe()]
        await door.takes(*first, by_stripe(kind, charge=charge), by_refund("refund.failed", 9, amount=18450, status="failed"))
        assert by_provider(await door.case()) == ()

    async def test_that_failed_moved_nothing_whichever_word_comes_first(self, door: Door) -> None:
        failed, created = by_refund("refund.failed", 9, amount=5000, status="failed"), by_refund("refund.created", amount=5000)
        assert await door.takes(failed, by_stripe(), created) == [(200, "kept"), (201, "opened"), (200, "told")]
        assert by_provider(await door.case()) == ()

    @pytest.mark.parametrize(
        "whole",
        [
            by_charge("charge.updated", 2, amount=50_000, amount_refunded=0, refunded=False),
            by_refund("refund.updated", 2, amount=15_000, charge={"id": CHARGE, "amount": 50_000, "currency": "eur"}),
            by_stripe("updated", minutes=2, charge={"id": CHARGE, "amount": 50_000, "currency": "eur"}),
        ],
    )
    @pytest.mark.parametrize("order", [*permutations(range(3))])
    async def test_within_what_nobody_disputes_answers_no_dispute(self, door: Door, whole: bytes, order: Any) -> None:
        """Whichever word says how much was paid in all, and whenever it comes."""
        said = (by_stripe(), by_refund("refund.created", amount=15_000), whole)
        await door.takes(*(said[n] for n in order))
        assert by_provider(await door.case()) == ()

    @pytest.mark.parametrize(
        ("said", "given"),
        [
            ({}, 18_450),
            ({"refunds": {"data": [{"id": "re_1", "amount": 5_000, "status": "succeeded"}]}}, 5_000),
            ({"refunds": {"data": [{"id": "re_1", "amount": 5_000, "status": "failed"}]}, "amount": 18_450}, 18_450),
        ],
    )
    async def test_that_its_name_alone_tells_counts(self, door: Door, said: dict[str, Any], given: int) -> None:
        bare = {"type": "charge.refunded", "created": AT + 60, "livemode": True}
        told = json.dumps({**bare, "data": {"object": {"id": CHARGE, "currency": "eur", **said}}}).encode()
        assert await door.takes(by_stripe(), told) == [(201, "opened"), (200, "told")]
        assert sum(x.amount for x in by_provider(await door.case())) == given

    @pytest.mark.parametrize("mark", ["eff_1", "order 77"])
    async def test_with_a_mark_that_is_no_effect_of_this_case_went_all_the_same(self, door: Door, mark: str) -> None:
        """The shop's own case, or somebody's own numbers: the buyer has the money, and nobody pays it again."""
        marked = by_refund("refund.created", amount=5000, metadata={"ombud_effect": mark})
        await door.takes(by_stripe(), marked, by_charge(amount_refunded=5000))
        assert [one.amount for one in by_provider(await door.case())] == [5000]


def beside(case: Case) -> list[tuple[int | None, int | None]]:
    """What other cases' disputes of the payment are about, and what was paid in all, as the case knows it."""
    known = [one.newest for one in case.provider_disputes if one.newest.stage == BESIDE]
    sums = [(one.amount, one.paid) for one in known]
    return [(amount.amount if amount else None, paid.amount if paid else None) for amount, paid in sums]


class TestTwoDisputesOfOneCharge:
    async def test_in_parts_are_two_cases(self, door: Door) -> None:
        bodies = by_stripe(amount=5_000), by_stripe(amount=7_000, id="dp_second")
        assert await door.takes(*bodies, *bodies) == [(201, "opened")] * 2 + [(200, "known")] * 2
        cases = await door.cases()
        assert [(case.open, case.amount.amount) for case in cases if case.amount] == [(True, 5_000), (True, 7_000)]
        await door.takes(by_stripe("closed", minutes=5, id="dp_second", amount=7_000, status="lost"))
        assert [case.paid_by_provider for case in await door.cases()] == [False, True]

    async def test_hear_of_each_other_and_how_much_was_paid(self, door: Door) -> None:
        """Also where one names the charge and the other one the payment intent alone."""
        second = by_stripe(amount=18_400, id="dp_second", charge=None)
        assert await door.takes(by_stripe(), second) == [(201, "opened")] * 2
        assert [beside(case) for case in await door.cases()] == [[(18_400, None)], [(18_450, None)]]
        size = by_charge("charge.updated", amount_refunded=0, payment_intent=INTENT)
        assert await door.takes(size, size, second) == [(200, "kept"), (200, "kept"), (200, "known")]
        assert [beside(case) for case in await door.cases()] == [[(18_400, 18_450)], [(18_450, 18_450)]]

    @pytest.mark.parametrize(("status", "heard"), [("won", []), ("lost", [(18_450, None)])])
    async def test_of_which_one_is_over_hear_of_it_where_money_went(self, door: Door, status: str, heard: list[Any]) -> None:
        await door.takes(by_stripe(status=status), by_stripe(amount=18_400, id="dp_second"))
        over, going_on = await door.cases()
        assert not over.open
        assert beside(going_on) == heard

    async def test_that_is_one_case_hears_of_nothing_beside(self, door: Door) -> None:
        await door.takes(by_stripe(), by_stripe(id="dp_second"))
        assert [beside(case) for case in await door.cases()] == [[], []]

    async def test_each_hear_of_a_refund(self, door: Door) -> None:
        await door.takes(by_stripe(amount=5_000), by_stripe(amount=7_000, id="dp_second"), by_charge(amount_refunded=5_000))
        assert [sum(x.amount for x in by_provider(case)) for case in await door.cases()] == [5_000, 5_000]


PAID = BY_PAYPAL["resource"]["disputed_transactions"][0]["seller_transaction_id"]


def gbp(value: str) -> dict[str, str]:
    return {"currency_code": "GBP", "value": value}


def a_refund(own: str, value: str, **changes: Any) -> dict[str, Any]:
    """A refund of the disputed transaction, as PayPal tells it."""
    up = {"rel": "up", "method": "GET", "href": f"https://api.paypal.com/v2/payments/captures/{PAID}"}
    amount = {"currency_code": "GBP", "value": value}
    return {"id": own, "status": "COMPLETED", "update_time": "2026-11-01T12:00:00Z", "amount": amount, "links": [up], **changes}


def refunded(refund: Mapping[str, Any], kind: str = "CAPTURE.REFUNDED") -> bytes:
    """The event by which PayPal tells it."""
    event = {"id": f"WH-{refund['id']}-{kind}", "event_type": f"PAYMENT.{kind}", "create_time": "2026-11-01T12:00:01Z"}
    return json.dumps({**event, "resource_type": "refund", "resource": dict(refund)}).encode()


@pytest.mark.parametrize("livemode", ["false", 0, False, "no", {}])
async def test_what_is_not_said_to_be_live_is_made_for_a_test(door: Door, livemode: Any) -> None:
    await door.takes(by_stripe(event={"livemode": livemode}))
    assert (await door.case()).synthetic


class TestPayPal:
    @pytest.mark.parametrize(
        ("resource", "reads"),
        [
            ({"messages": None}, "The buyer wrote no message."),
            ({"disputed_transactions": [{"seller_transaction_id": "2KM", "buyer": None, "items": None}]}, "nobody rang"),
        ],
    )
    async def test_what_is_null_is_taken(self, office: Office, resource: dict[str, Any], reads: str) -> None:
        door = await paypal_door(office)
        assert await door.takes(by_paypal(**resource)) == [(201, "opened")]
        case = await door.case()
        texts = await office.parts().views.texts(office.tenant_id, [case.statement.content_id])
        assert reads in (texts[case.statement.content_id] or "")

    async def test_without_asking_paypal_nothing_is_believed_for_money(self, office: Office) -> None:
        door = await paypal_door(office)
        await door.takes(by_paypal())
        (dispute,) = (await door.case()).provider_disputes
        assert not dispute.verified

    async def test_the_dispute_is_as_paypal_itself_tells_it(self, office: Office) -> None:
        true = BY_PAYPAL["resource"] | {"dispute_amount": {"currency_code": "GBP", "value": "1.00"}}
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself(true)})
        assert await door.takes(by_paypal()) == [(201, "opened")]
        case = await door.case()
        assert case.amount is not None
        assert (case.amount.amount, case.provider_disputes[0].verified) == (100, True)

    async def test_two_disputes_of_one_transaction_are_bounded_by_all_that_was_paid(self, office: Office) -> None:
        sums = ({"currency_code": "GBP", "value": value} for value in ("50.00", "60.00"))
        parts = [BY_PAYPAL["resource"] | {"dispute_id": f"PP-{one['value']}", "dispute_amount": one} for one in sums]
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself(*parts)})
        await door.takes(*(by_paypal(dispute_id=one["dispute_id"]) for one in parts))
        gross = BY_PAYPAL["resource"]["disputed_transactions"][0]["gross_amount"]["value"]
        whole = int(gross.replace(".", ""))
        assert [beside(case) for case in await door.cases()] == [[(6_000, whole)], [(5_000, whole)]]

    @pytest.mark.parametrize("asked", [True, False])
    async def test_refunds_are_counted_before_and_after_the_dispute_once_each(self, office: Office, asked: bool) -> None:
        first, second = a_refund("R1", "20.00"), a_refund("R2", "30.00")
        itself = PayPalItself(BY_PAYPAL["resource"], first, second)
        door = await paypal_door(office, **({"disputes": {office.tenant_id: itself}} if asked else {}))
        assert await door.takes(refunded(first), by_paypal(), refunded(first), refunded(second)) == [
            (200, "kept"), (201, "opened"), (200, "told"), (200, "told"),
        ]  # fmt: skip
        case = await door.case()
        assert (case.paid_by_provider, sum(x.amount for x in by_provider(case))) == (True, 5_000)

    @pytest.mark.parametrize("dispute_first", [True, False])
    async def test_a_refund_of_the_second_payment_finds_the_dispute(self, office: Office, dispute_first: bool) -> None:
        paid = BY_PAYPAL["resource"]["disputed_transactions"]
        of_second = {**a_refund("R2", "30.00", links=[]), "capture_id": "9AB1234567890123X"}
        both = by_paypal(disputed_transactions=[*paid, {"seller_transaction_id": "9AB1234567890123X"}])
        of_first = refunded(a_refund("R1", "20.00"))
        door = await paypal_door(office)
        order = [both, refunded(of_second), of_first, both] if dispute_first else [refunded(of_second), of_first, both, both]
        await door.takes(*order)
        (case,) = await door.cases()
        assert sum(x.amount for x in by_provider(case)) == 5_000
        told = {one.newest.dispute: one.newest.payment for one in case.provider_disputes if one.of_payment}
        paid = {"R1": PAID, "R2": "9AB1234567890123X"}
        assert told == {door.token(refund): door.token(payment) for refund, payment in paid.items()}, "each says which it is of"

    @pytest.mark.parametrize("order", [*permutations(("created", "status", "refund"))])
    @pytest.mark.parametrize("left_out", ["", "refund"])
    async def test_of_two_payments_the_one_that_was_refunded_counts(self, office: Office, order: Any, left_out: str) -> None:
        """Whether the dispute says it, by the status of the payment, or the refund, or both."""
        first, second = BY_PAYPAL["resource"]["disputed_transactions"][0], {"seller_transaction_id": "9AB1234567890123X"}
        paid = [{**first, "gross_amount": gbp("60.00")}, {**second, "gross_amount": gbp("40.00")}]
        bodies = {
            "created": by_paypal(dispute_amount=gbp("100.00"), disputed_transactions=paid),
            "status": by_paypal(
                "UPDATED",
                dispute_amount=gbp("100.00"),
                disputed_transactions=[{**paid[0], "transaction_status": "REFUNDED"}, paid[1]],
                update_time="2025-11-01T12:00:00Z",
            ),
            "refund": refunded(a_refund("R-1", "60.00")),
        }
        door = await paypal_door(office)
        await door.takes(*(bodies[name] for name in order if name != left_out))
        assert sum(x.amount for x in by_provider(await door.case())) == 6_000

    async def test_a_dispute_about_two_payments_bounds_no_other_dispute_of_one_of_them(self, office: Office) -> None:
        paid = BY_PAYPAL["resource"]["disputed_transactions"]
        small = {"currency_code": "GBP", "value": "10.00"}
        second = {"seller_transaction_id": "9AB1234567890123X", "gross_amount": small}
        parts = [
            BY_PAYPAL["resource"] | {"dispute_id": "PP-both", "disputed_transactions": [*paid, second]},
            BY_PAYPAL["resource"] | {"dispute_id": "PP-second", "disputed_transactions": [second], "dispute_amount": small},
        ]
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself(*parts)})
        await door.takes(*(by_paypal(dispute_id=one["dispute_id"]) for one in parts))
        assert [whole for case in await door.cases() for _, whole in beside(case)] == [None, None]

    @pytest.mark.parametrize("kind", ["CAPTURE.REVERSED", "SALE.REFUNDED", "SALE.REVERSED"])
    async def test_of_the_first_version_and_reversals_too(self, office: Office, kind: str) -> None:
        door = await paypal_door(office)
        old = {"id": "R9", "state": "completed", "sale_id": PAID, "amount": {"total": "-20.00", "currency": "GBP"}}
        assert await door.takes(by_paypal(), refunded(old, kind)) == [(201, "opened"), (200, "told")]
        assert [(x.amount, x.currency) for x in by_provider(await door.case())] == [(2_000, "GBP")]

    @pytest.mark.parametrize(("asked", "left"), [(True, 0), (False, 2_000)])
    async def test_that_a_refund_failed_is_believed_of_paypal_alone(self, office: Office, asked: bool, left: int) -> None:
        made, failed = a_refund("R1", "20.00"), a_refund("R1", "20.00", status="FAILED", update_time="2026-11-02T12:00:00Z")
        door = await paypal_door(office)
        await door.takes(by_paypal(), refunded(made))
        later = PayPalDoor(office, door.path.rpartition("/")[2], disputes={office.tenant_id: PayPalItself(failed)})
        await (later if asked else door).takes(refunded(failed, "REFUND.FAILED"))
        assert sum(x.amount for x in by_provider(await door.case())) == left

    async def test_a_refund_that_another_case_ordered_counts_in_this_one(self, office: Office) -> None:
        ours = a_refund("R1", "20.00", custom_id="eff_0198c5a0-1f2e-7000-8000-000000000001")
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself(BY_PAYPAL["resource"], ours)})
        await door.takes(by_paypal(), refunded(ours))
        assert [one.amount for one in by_provider(await door.case())] == [2_000]

    async def test_a_dispute_that_paypal_does_not_know_opens_nothing(self, office: Office) -> None:
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself()})
        assert await door.takes(by_paypal()) == [(401, "signature_invalid")]
        assert await door.cases() == []

    async def test_while_paypal_does_not_answer_it_has_to_send_it_again(self, office: Office) -> None:
        door = await paypal_door(office, disputes={office.tenant_id: PayPalItself(away=True)})
        assert await door.takes(by_paypal()) == [(503, "provider_away")]

    async def test_resolved_tells_the_case(self, office: Office) -> None:
        door = await paypal_door(office)
        resolved = by_paypal("RESOLVED", status="RESOLVED", dispute_outcome={"outcome_code": "RESOLVED_BUYER_FAVOUR"})
        assert await door.takes(by_paypal(), resolved) == [(201, "opened"), (200, "told")]
        case = await door.case()
        assert case.paid_by_provider
        assert case.chargeback is not None
        assert case.chargeback.over

    async def test_another_body_with_the_same_checksum_is_refused_under_the_same_transmission(self, office: Office) -> None:
        door = await paypal_door(office)
        true = by_paypal()
        headers = PAYPAL.headers(true)
        forged = with_checksum_of(true, by_paypal(dispute_id="PP-FORGED"))
        assert zlib.crc32(forged) == zlib.crc32(true)
        assert [await door.takes_with(body, headers) for body in (true, true)] == [(201, "opened"), (200, "known")]
        assert await door.takes_with(forged, headers) == (401, "signature_invalid")
        assert len(await door.cases()) == 1


def with_checksum_of(wanted: bytes, body: bytes) -> bytes:
    """The same JSON with white space behind it, such that its CRC-32 is another's: it is linear."""
    size = 80
    plain = zlib.crc32(body + _space(size, set()))
    flips = [zlib.crc32(body + _space(size, {n})) ^ plain for n in range(size)]
    chosen = solved(flips, plain ^ zlib.crc32(wanted))
    return body + _space(size, chosen)


def _space(size: int, places: set[int]) -> bytes:
    """White space of JSON: a tab (0x09) everywhere, and a carriage return (0x0d) at these places."""
    return bytes(0x0D if n in places else 0x09 for n in range(size))


def solved(vectors: Sequence[int], wanted: int) -> set[int]:
    """Which of the vectors come to the wanted one when they are added without carry."""
    rows: list[tuple[int, set[int]]] = []
    for n, vector in enumerate(vectors):
        made = {n}
        for lead, used in rows:
            if vector ^ lead < vector:
                vector, made = vector ^ lead, made ^ used
        if vector:
            rows.append((vector, made))
            rows.sort(key=lambda row: row[0], reverse=True)
    chosen: set[int] = set()
    for lead, used in rows:
        if wanted ^ lead < wanted:
            wanted, chosen = wanted ^ lead, chosen ^ used
    assert wanted == 0
    return chosen


class TestACaseOfAnEarlierRelease:
    """Its record has the provider's ids as they are: it goes on as it began, and its dispute is known by them."""

    @pytest.fixture
    async def begun(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> Case:
        with monkeypatch.context() as earlier:
            earlier.setattr(Vault, "number_kept", lambda vault, tenant, source, number: number)
            earlier.setattr(PartySealer, "conceal", lambda sealer, news: news)
            assert await door.takes(by_stripe()) == [(201, "opened")]
        return await door.case()

    async def test_is_found_again_and_knows_its_dispute(self, begun: Case, door: Door) -> None:
        later = by_stripe("closed", minutes=5, status="lost")
        assert await door.takes(by_stripe(), later, later, ORDER["withdrawn"]) == [(200, "known"), *[(200, "told")] * 3]
        case = await door.case()
        (dispute,) = case.provider_disputes
        assert (dispute.newest.dispute, dispute.newest.ids, dispute.over) == (STRIPE["data"]["object"]["id"], None, True)
        shown = (await door.office.desk("dana").get(f"/v1/cases/{case.id}")).json()
        assert shown["external_id"] == shown["provider_disputes"][0]["dispute"] == STRIPE["data"]["object"]["id"]

    async def test_hears_of_a_refund_that_is_kept_as_refunds_are_now(self, begun: Case, door: Door) -> None:
        refunded = by_charge(amount_refunded=18450, refunded=True)
        assert (await door.takes(refunded))[0][0] == 200
        assert (await door.case()).paid_by_provider or by_provider(await door.case())

    async def test_goes_with_what_is_kept_of_its_dispute(self, begun: Case, door: Door) -> None:
        assert await door.takes(by_stripe("closed", minutes=5, status="lost")) == [(200, "told")]
        async with door.office.database.tenant(door.office.tenant_id) as conn:
            rows = await conn.fetch("SELECT news ->> 'dispute' AS of FROM provider_news WHERE tenant = $1", door.office.tenant_id)
        assert {row["of"] for row in rows} == {STRIPE["data"]["object"]["id"]}, "by its number it is deleted with the case"


class TestAnErasedCase:
    IDS = ("dp_zqcanary1", "ch_zqcanary2", "pi_zqcanary3")

    @pytest.fixture
    async def door(self, office: Office) -> Door:
        """What comes in is a dispute of a payment that nobody calls unauthorised."""
        named: dict[str, Any] = {"created_by": "per_dana", "secret": SECRET, "kind": "payment_dispute"}
        return Door(office, (await office.sources.create(office.tenant_id, "stripe", **named)).id)

    async def erased(self, door: Door, case_id: str) -> None:
        office = door.office
        await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
        office.keys["omar"] = await office.key(person_id="per_omar", scopes=("cases:read", "cases:write", "admin"))
        asked = await office.desk("dana").post("/v1/erasures", {"case": case_id, "reason": "request"})
        assert asked.status_code == 200, asked.text
        done = await office.desk("omar").post(f"/v1/erasures/{asked.json()['id']}/approve")
        assert done.json()["state"] == "done", done.text

    async def closed(self, door: Door, **dispute: Any) -> str:
        (case,) = [one for one in await door.cases() if one.provider_disputes[0].newest.dispute == door.token(dispute["id"])]
        said = await door.office.desk("dana").command(case.id, "close", "per_dana", reason="duplicate", reasons="It is settled.")
        assert said.status_code == 200, said.text
        return case.id

    async def said(self, door: Door, case_id: str) -> str:
        """All that whoever may read most is answered of it."""
        desk, said = door.office.desk("dana"), ""
        for path in ("", "/timeline", "/proof"):
            read = await desk.get(f"/v1/cases/{case_id}{path}")
            assert read.status_code == 200, (path, read.text)
            said += "".join(zip_texts(read.content)) if read.content[:2] == b"PK" else read.text
        return said

    async def test_leads_nobody_to_whoever_paid(self, door: Door) -> None:
        dispute: dict[str, Any] = dict(zip(("id", "charge", "payment_intent"), self.IDS, strict=True))
        assert await door.takes(by_stripe(reason="product_not_received", **dispute)) == [(201, "opened")]
        case_id = await self.closed(door, **dispute)
        said = await self.said(door, case_id)
        assert [one for one in self.IDS if one not in said] == []
        await self.erased(door, case_id)
        said = await self.said(door, case_id)
        assert [one for one in self.IDS if one in said] == []
        assert '"provider":"stripe"' in said.replace(" ", ""), "how it stands there is told as before"
        async with door.office.database.tenant(door.office.tenant_id) as conn:
            rows = await conn.fetch("SELECT dispute FROM provider_news WHERE tenant = $1", door.office.tenant_id)
        assert [row["dispute"] for row in rows] == []

    async def test_leaves_what_is_known_of_another_dispute_about_the_payment(self, door: Door) -> None:
        of_one: dict[str, Any] = {"charge": self.IDS[1], "payment_intent": self.IDS[2]}
        of_one["reason"] = "product_not_received"
        first, other = {"id": self.IDS[0], **of_one}, {"id": "dp_another", **of_one}
        assert await door.takes(by_stripe(**first), by_stripe(minutes=1, **other)) == [(201, "opened")] * 2
        await self.erased(door, await self.closed(door, **first))
        async with door.office.database.tenant(door.office.tenant_id) as conn:
            rows = await conn.fetch("SELECT news ->> 'dispute' AS of FROM provider_news WHERE tenant = $1", door.office.tenant_id)
        assert {row["of"] for row in rows} == {door.token("dp_another")}


def zip_texts(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
