"""Commands of the desk: what people of the team do with cases that wait for somebody."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase


class Skip(CommandBase):
    """Give a case back to its queue, with the reason. For a while it is not offered again to whoever skipped it."""

    type: Literal["skip"] = "skip"
    reason: Code
