"""Tells people: every unsent notice of a case at once, and patient tries for those that do not go through."""

from __future__ import annotations

import asyncio
from typing import Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import CaseRef, Delivered, NoticeRef
from activities.ports.errors import Never, ToldToWait
from activities.ports.notices import Notifier, Outbox, OutgoingNotice

TRY_FOR = 10.0
"""Seconds for one try."""
NOTE_FOR = 5.0
"""Seconds for noting that something went out. When the database stays away longer, what is not noted goes out again."""
NOTE_AGAIN_AFTER = 0.2
BATCH = 50
"""Notices sent side by side. A case that was told a lot at once has more than one batch."""


class DeliverActivities:
    """Holds ``notices.deliver``, ``notices.deliver_one`` and ``notices.give_up``."""

    def __init__(self, outbox: Outbox, notifier: Notifier) -> None:
        self._outbox, self._notifier = outbox, notifier

    @activity.defn(name="notices.deliver")
    async def deliver(self, ref: CaseRef) -> Delivered:
        """Send everything unsent of one case; what fails its first try is named for a ``Delivery`` workflow of its own."""
        went: list[str] = []
        while notices := await self._outbox.undelivered(ref.tenant_id, ref.case_id, BATCH):
            batch = await asyncio.gather(*(self._first_try(notice) for notice in notices))
            slow = [notice.id for notice, how in zip(notices, batch, strict=True) if how == "slow"]
            if slow:
                await self._outbox.handed_over(ref.tenant_id, slow)
            went += batch
            if len(notices) < BATCH:
                break
        handed = await self._outbox.handed(ref.tenant_id, ref.case_id)
        return Delivered(sent=went.count("sent"), failed=went.count("failed"), slow=tuple(handed))

    async def _first_try(self, notice: OutgoingNotice) -> Literal["sent", "failed", "slow"]:
        try:
            async with asyncio.timeout(TRY_FOR):
                receipt = await self._notifier.send(notice)
        except Never as never:
            await self._outbox.failed(notice.tenant_id, notice.id, never.code)
            return "failed"
        except Exception as error:  # noqa: BLE001 - see below
            # Outages of any kind: the patient workflow takes over, the case does not wait.
            await self._outbox.attempt(notice.tenant_id, notice.id, type(error).__name__)
            return "slow"
        await self._note(notice.tenant_id, notice.id, receipt)
        return "sent"

    async def _note(self, tenant_id: str, notice_id: str, receipt: str) -> None:
        async with asyncio.timeout(NOTE_FOR):
            while True:
                try:
                    return await self._outbox.sent(tenant_id, notice_id, receipt)
                except Exception:  # noqa: BLE001 - whatever failed, the notice is out and has to be noted
                    await asyncio.sleep(NOTE_AGAIN_AFTER)

    @activity.defn(name="notices.deliver_one")
    async def deliver_one(self, ref: NoticeRef) -> None:
        """One patient try. Its retry policy is the schedule."""
        notice = await self._outbox.one(ref.tenant_id, ref.notice_id)
        if notice is None:
            return
        try:
            receipt = await self._notifier.send(notice)
        except ToldToWait as told:
            await self._outbox.attempt(ref.tenant_id, ref.notice_id, "told_to_wait")
            raise ApplicationError(str(told), type="told_to_wait", next_retry_delay=told.wait_for) from told
        except Never as never:
            raise ApplicationError(str(never), type=never.code, non_retryable=True) from never
        except Exception as error:
            # Noted for the console, then a temporary failure for Temporal to retry.
            await self._outbox.attempt(ref.tenant_id, ref.notice_id, type(error).__name__)
            raise
        await self._note(ref.tenant_id, ref.notice_id, receipt)

    @activity.defn(name="notices.give_up")
    async def give_up(self, ref: NoticeRef, code: str) -> None:
        """After the last try: the case learns of it, and a person has to reach the party by other means."""
        await self._outbox.failed(ref.tenant_id, ref.notice_id, code)
