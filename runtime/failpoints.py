"""Named places at which a process can be made to die, so that the fault tests hit exactly the moment they mean.

Armed only in development, by `OMBUD_FAIL_POINT=name` or `name:n` (the n-th passing). A point fires once for a state folder: it
leaves a mark first, so that the process which is started again passes it.
"""

import os
import signal
from pathlib import Path

from runtime.settings import Settings


class FailPoints:
    """Kills the own process with SIGKILL at the armed point; everywhere else, and in production, it does nothing."""

    def __init__(self, armed: str | None, state_dir: Path) -> None:
        """`armed` is `name` or `name:n`; None arms nothing."""
        name, _, number = (armed or "").partition(":")
        self._name = name
        self._left = int(number or 1)
        self._mark = state_dir / f"failpoint-{name}.hit"

    @classmethod
    def of(cls, settings: Settings) -> "FailPoints":
        """What the settings arm; nothing outside development."""
        return cls(settings.fail_point if settings.development else None, settings.state_dir)

    def armed(self, name: str) -> bool:
        """Whether this process is to die at the point `name`."""
        return name == self._name

    def hit(self, name: str) -> None:
        """Pass the point `name`: the process ends here, at once, when that point is armed and its turn has come."""
        if not self.armed(name):
            return
        self._left -= 1
        if self._left > 0:
            return
        try:
            # Made before the kill, and only by one: several workers may pass the same point at the same moment.
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            self._mark.touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
