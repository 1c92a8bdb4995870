"""Sends the letters that are about no case, beside everything else, so that a slow mail server keeps no case waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from activities.ports.errors import Never
from activities.ports.notices import TeamLetter
from runtime.patience import Pauses
from storage.postgres.pool import AWAY

AT_A_TIME = 20
"""Letters of one tenant that are taken at once."""
SEND_FOR = timedelta(seconds=30)

log = structlog.stdlib.get_logger("ombud.team_post")


class Letters(Protocol):
    """Letters that wait, and what became of them; :class:`storage.team.letters.PostgresTeamLetters` is one."""

    async def due(self, limit: int) -> Sequence[TeamLetter]: ...
    async def sent(self, tenant_id: str, letter_id: str) -> None: ...
    async def failed(self, tenant_id: str, letter_id: str, code: str, *, for_good: bool) -> None: ...


class Mail(Protocol):
    """Sends one letter; :class:`adapters.delivery.smtp.SmtpNotifier` does. Raises :class:`Never` for what never goes through."""

    async def send_to_team(self, letter: TeamLetter) -> str: ...


class TeamPost:
    """Works off what waits."""

    def __init__(self, letters: Letters, mail: Mail) -> None:
        self._letters, self._mail = letters, mail

    async def round(self) -> int:
        """Try every letter whose time has come; how many."""
        found = await self._letters.due(AT_A_TIME)
        await asyncio.gather(*map(self._try, found))
        return len(found)

    async def keep_sending(self, every_for: timedelta) -> None:
        """Send for ever. Outages are logged and waited out."""
        pauses = Pauses(every_for)
        while True:
            try:
                await self.round()
            except AWAY as error:
                log.warning("team post is waiting for Postgres", error=type(error).__name__)
                pause = pauses.after_failure()
            except Exception:  # whatever it was, the letters after it are to be sent
                log.exception("team post failed; trying again")
                pause = pauses.after_failure()
            else:
                pause = pauses.after_success()
            await asyncio.sleep(pause)

    async def _try(self, letter: TeamLetter) -> None:
        try:
            async with asyncio.timeout(SEND_FOR.total_seconds()):
                await self._mail.send_to_team(letter)
        except Never as never:
            await self._letters.failed(letter.tenant_id, letter.id, never.code, for_good=True)
        except Exception as error:  # noqa: BLE001 - an outage of any kind: it is tried again
            await self._letters.failed(letter.tenant_id, letter.id, type(error).__name__, for_good=False)
        else:
            await self._letters.sent(letter.tenant_id, letter.id)
