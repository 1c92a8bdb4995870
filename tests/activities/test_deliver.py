"""Each notice goes by itself: a slow mail delays neither a webhook of the same case nor what is recorded meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Literal

import pytest
from temporalio.exceptions import ApplicationError

from activities.deliver import MAIL_AT_ONCE, DeliverActivities
from activities.messages import CaseRef, NoticeRef
from activities.ports.notices import OutgoingNotice
from workers.life import OUTBOUND_AT_ONCE

ONE = partial(NoticeRef, tenant_id="acme", case_id="case_1")
CASE = CaseRef(tenant_id="acme", case_id="case_1")


def a_notice(number: int, channel: Literal["email", "webhook"], **more: object) -> OutgoingNotice:
    said = {
        "id": f"ntc_{number}", "tenant_id": "acme", "tenant_name": "Acme", "case_id": "case_1", "kind": "bounty_dispute",
        "pack_version": "v", "event": "message_sent", "channel": channel, "recipient": "pty_1", "audience": "claimant",
        "at": datetime(2026, 1, 1, tzinfo=UTC), "data": {}, **more,
    }  # fmt: skip
    return OutgoingNotice.model_validate(said)


@dataclass
class Box:
    """An outbox in memory."""

    pending: list[OutgoingNotice] = field(default_factory=list)
    sent_at: dict[str, float] = field(default_factory=dict)
    handed_to_others: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def undelivered(self, tenant_id: str, case_id: str, limit: int = 50) -> Sequence[OutgoingNotice]:
        return self.pending[:limit]

    async def one(self, tenant_id: str, notice_id: str) -> OutgoingNotice | None:
        return next((notice for notice in self.pending if notice.id == notice_id), None)

    async def sent(self, tenant_id: str, notice_id: str, receipt: str, folded: Sequence[str] | None = None) -> None:
        self._drop(notice_id)
        self.sent_at[notice_id] = monotonic()

    async def attempt(self, tenant_id: str, notice_id: str, error_code: str) -> None:
        self.errors.append(error_code)

    async def handed_over(self, tenant_id: str, notice_ids: Sequence[str]) -> None:
        for notice_id in notice_ids:
            self._drop(notice_id)
        self.handed_to_others += notice_ids

    async def handed(self, tenant_id: str, case_id: str) -> Sequence[str]:
        return self.handed_to_others

    async def failed(self, tenant_id: str, notice_id: str, code: str) -> None:
        self._drop(notice_id)

    def _drop(self, notice_id: str) -> None:
        self.pending = [notice for notice in self.pending if notice.id != notice_id]


@dataclass
class Post:
    """Webhooks arrive at once, mails never do."""

    tried: list[str] = field(default_factory=list)

    async def send(self, notice: OutgoingNotice) -> str:
        self.tried.append(notice.id)
        if notice.channel == "email":
            await asyncio.sleep(60)
        return "kept"


async def test_a_slow_mail_delays_no_webhook_and_is_handed_over() -> None:
    box, post = Box([a_notice(1, "email"), a_notice(2, "webhook")]), Post()
    deliver = DeliverActivities(box, post, mail_for=1.2)
    began = monotonic()
    running = asyncio.create_task(deliver.deliver(CASE))
    await asyncio.sleep(0.1)
    box.pending.append(a_notice(3, "webhook"))
    told = await running
    assert (told.sent, told.failed, told.slow) == (2, 0, ("ntc_1",))
    assert box.sent_at["ntc_2"] - began < 0.4
    assert box.sent_at["ntc_3"] - began < 1.1, "what was recorded meanwhile does not wait for the mail either"
    assert monotonic() - began < 3


async def test_while_mail_is_slow_it_is_handed_over_untried_and_later_tried_again() -> None:
    now, box, post = [0.0], Box([a_notice(1, "email")]), Post()
    deliver = DeliverActivities(box, post, mail_for=0.01, clock=lambda: now[0])
    await deliver.deliver(CASE)
    box.pending = [a_notice(2, "email"), a_notice(3, "webhook")]
    assert (await deliver.deliver(CASE)).sent == 1
    assert (post.tried, box.handed_to_others) == (["ntc_1", "ntc_3"], ["ntc_1", "ntc_2"])
    now[0], box.pending = 31.0, [a_notice(4, "email")]
    await deliver.deliver(CASE)
    assert post.tried[-1] == "ntc_4"


async def test_more_than_one_batch_goes_out() -> None:
    box = Box([a_notice(number, "webhook") for number in range(120)])
    assert (await DeliverActivities(box, Post()).deliver(CASE)).sent == 120


async def test_a_letter_waits_for_its_turn_by_temporals_retry() -> None:
    box = Box([a_notice(1, "email", wait_for=timedelta(minutes=7))])
    post = Post()
    with pytest.raises(ApplicationError) as told:
        await DeliverActivities(box, post).deliver_one(NoticeRef(tenant_id="acme", case_id="case_1", notice_id="ntc_1"))
    assert (told.value.next_retry_delay, told.value.non_retryable, post.tried) == (timedelta(minutes=7), False, [])


class TestPlaces:
    """However slow the mail is, it holds some of a worker's slots and never all of them."""

    async def test_a_mail_that_finds_no_place_gives_its_slot_back_at_once(self) -> None:
        box, post = Box([a_notice(1, "email"), a_notice(2, "email"), a_notice(3, "email"), a_notice(4, "webhook")]), Post()
        activities = DeliverActivities(box, post, mail_at_once=2)
        slow = [asyncio.create_task(activities.deliver_one(ONE(notice_id=f"ntc_{n}"))) for n in (1, 2)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(1):
            with pytest.raises(ApplicationError) as busy:
                await activities.deliver_one(ONE(notice_id="ntc_3"))
            await activities.deliver_one(ONE(notice_id="ntc_4"))
        # Tried again as after any other failure, and not held against the letter's address.
        assert (busy.value.type, busy.value.non_retryable, box.errors) == ("mail_busy", False, [])
        assert (post.tried, list(box.sent_at)) == (["ntc_1", "ntc_2", "ntc_4"], ["ntc_4"])
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        again = asyncio.create_task(activities.deliver_one(ONE(notice_id="ntc_3")))
        await asyncio.sleep(0.05)
        assert post.tried[-1] == "ntc_3"
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)

    def test_half_of_a_workers_slots_are_never_mails(self) -> None:
        assert MAIL_AT_ONCE * 2 <= OUTBOUND_AT_ONCE
