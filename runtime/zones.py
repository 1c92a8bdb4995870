"""One source of time zones for every process: the pinned `tzdata` wheel, never the zone files of the machine.

Two machines with different zone files would compute different due dates from the same facts, and replay would not notice.
"""

import os
import zoneinfo


def use_wheel_zones() -> None:
    """Make `zoneinfo` read the `tzdata` wheel only, here and in every process started from here. Call it first."""
    os.environ["PYTHONTZPATH"] = ""
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def wheel_zones_only() -> bool:
    """Whether zones are read from the wheel alone, here and in every process started from here."""
    return not zoneinfo.TZPATH and os.environ.get("PYTHONTZPATH") == ""
