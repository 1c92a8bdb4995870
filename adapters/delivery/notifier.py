"""Sends each notice by its own channel."""

from __future__ import annotations

from activities.ports.notices import Notifier, OutgoingNotice


class Channels:
    """Implements :class:`activities.ports.notices.Notifier` with one notifier for each channel."""

    def __init__(self, *, email: Notifier, webhook: Notifier) -> None:
        self._channels = {"email": email, "webhook": webhook}

    async def send(self, notice: OutgoingNotice) -> str:
        """Send by the notice's channel and return that channel's receipt."""
        return await self._channels[notice.channel].send(notice)
