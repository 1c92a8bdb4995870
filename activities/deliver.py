"""Tells people: every unsent notice of a case at once, and patient tries for those that do not go through."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from typing import Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import CaseRef, Delivered, NoticeRef
from activities.ports.errors import Never, ToldToWait
from activities.ports.notices import Notifier, Outbox, OutgoingNotice

TRY_FOR = 10.0
"""Seconds for the first try of a webhook."""
MAIL_FOR = 3.0
"""Seconds for the first try of a mail. A mail server that takes longer has them all handed over, so that nothing waits for it."""
MAIL_SLOW_FOR = 30.0
"""For so many seconds after a mail took too long, mails are handed over without a first try."""
MAIL_AT_ONCE = 200
"""Patient tries of mails that one worker makes at the same time. Each holds one of its slots for as long as a slow server takes,
and webhooks and remedies need slots too."""
LOOK_AGAIN_AFTER = 0.5
"""Seconds between two looks for what was recorded while something slow is under way."""
LOOK_FOR = 4.0
"""Seconds in which such looks are made: a try that begins at their end still fits into the activity's time."""
NOTE_FOR = 5.0
"""Seconds for noting that something went out. When the database stays away longer, what is not noted goes out again."""
NOTE_AGAIN_AFTER = 0.2
HANDED_AT_ONCE = 100
"""Notices that a case hands to ``Delivery`` workflows at once: each is an event in its history. The sweep hands on the others."""
BATCH = 50
"""Notices looked for at once. A case that was told a lot at once has more than one batch."""

How = Literal["sent", "failed", "slow"]


class DeliverActivities:
    """Holds ``notices.deliver``, ``notices.deliver_one`` and ``notices.give_up``."""

    def __init__(
        self,
        outbox: Outbox,
        notifier: Notifier,
        *,
        mail_for: float = MAIL_FOR,
        mail_at_once: int = MAIL_AT_ONCE,
        clock: Callable[[], float] = time.monotonic,  # noqa: TID251 - an activity: it never replays, and only measures patience
    ) -> None:
        self._outbox, self._notifier = outbox, notifier
        self._mail_for, self._clock = mail_for, clock
        self._mail_slow_until = -math.inf
        self._places = asyncio.Semaphore(mail_at_once)

    @activity.defn(name="notices.deliver")
    async def deliver(self, ref: CaseRef) -> Delivered:
        """Send everything unsent of one case; what fails its first try is named for a ``Delivery`` workflow of its own.

        Each notice goes by itself: while a mail is slow, what is recorded meanwhile goes out beside it.
        """
        under_way: dict[str, asyncio.Task[How]] = {}
        try:
            went, more = await self._everything(ref, under_way)
        finally:
            # Also when the book cannot be kept: what is being sent is not torn down half-way.
            await asyncio.gather(*under_way.values(), return_exceptions=True)
        handed = await self._outbox.handed(ref.tenant_id, ref.case_id)
        return Delivered(sent=went["sent"], failed=went["failed"], slow=tuple(handed[:HANDED_AT_ONCE]), more=more)

    async def _everything(self, ref: CaseRef, under_way: dict[str, asyncio.Task[How]]) -> tuple[Counter[str], bool]:
        began, went, found, look = self._clock(), Counter[str](), list[OutgoingNotice](), True
        full = False
        while look or under_way:
            if look:
                found = list(await self._outbox.undelivered(ref.tenant_id, ref.case_id, BATCH))
                for notice in found:
                    if notice.id not in under_way:
                        under_way[notice.id] = asyncio.create_task(self._first_try(notice))
            if under_way:
                await asyncio.wait(under_way.values(), timeout=LOOK_AGAIN_AFTER)  # noqa: TID251 - an activity: it never replays
            for notice_id in [notice_id for notice_id, task in under_way.items() if task.done()]:
                went[under_way.pop(notice_id).result()] += 1
            # What is slow gives others the time to come; and a full batch may not have been all.
            in_time, full = self._clock() - began < LOOK_FOR, len(found) == BATCH
            look = in_time and (bool(under_way) or full)
        return went, full

    async def _first_try(self, notice: OutgoingNotice) -> How:
        mail = notice.channel == "email"
        if mail and self._clock() < self._mail_slow_until:
            await self._outbox.handed_over(notice.tenant_id, [notice.id])
            return "slow"
        try:
            async with asyncio.timeout(self._mail_for if mail else TRY_FOR):
                receipt = await self._notifier.send(notice)
        except Never as never:
            await self._outbox.failed(notice.tenant_id, notice.id, never.code)
            return "failed"
        except Exception as error:  # noqa: BLE001 - see below
            # Outages of any kind: the patient workflow takes over, the case does not wait.
            if mail and isinstance(error, TimeoutError):
                self._mail_slow_until = self._clock() + MAIL_SLOW_FOR
            await self._outbox.attempt(notice.tenant_id, notice.id, type(error).__name__)
            await self._outbox.handed_over(notice.tenant_id, [notice.id])
            return "slow"
        await self._note(notice, receipt)
        return "sent"

    async def _note(self, notice: OutgoingNotice, receipt: str) -> None:
        async with asyncio.timeout(NOTE_FOR):
            while True:
                try:
                    return await self._outbox.sent(notice.tenant_id, notice.id, receipt, notice.folded)
                except Exception:  # noqa: BLE001 - whatever failed, the notice is out and has to be noted
                    await asyncio.sleep(NOTE_AGAIN_AFTER)

    @activity.defn(name="notices.deliver_one")
    async def deliver_one(self, ref: NoticeRef) -> None:
        """One patient try. Its retry policy is the schedule."""
        notice = await self._outbox.one(ref.tenant_id, ref.notice_id)
        if notice is None:
            return
        if notice.wait_for is not None:
            # A letter of the same went out just now: this one waits, and tells of all that comes until then.
            raise ApplicationError("not before its turn", type="folding", next_retry_delay=notice.wait_for)
        if notice.channel == "email" and self._places.locked():
            # Its next try is due as after any other: waiting here would hold what others need.
            raise ApplicationError("too many mails are on their way", type="mail_busy")
        try:
            async with self._places if notice.channel == "email" else nullcontext():
                receipt = await self._notifier.send(notice)
        except ToldToWait as told:
            await self._outbox.attempt(ref.tenant_id, ref.notice_id, "told_to_wait")
            raise ApplicationError(str(told), type="told_to_wait", next_retry_delay=told.wait_for) from told
        except Never as never:
            raise ApplicationError(never.code, type=never.code, non_retryable=True) from never
        except Exception as error:
            # Noted for the console, then a temporary failure for Temporal to retry.
            await self._outbox.attempt(ref.tenant_id, ref.notice_id, type(error).__name__)
            raise
        await self._note(notice, receipt)

    @activity.defn(name="notices.give_up")
    async def give_up(self, ref: NoticeRef, code: str) -> None:
        """After the last try: the case learns of it, and a person has to reach the party by other means."""
        await self._outbox.failed(ref.tenant_id, ref.notice_id, code)
