"""Commands about goods that go back before the money does."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase
from domain.model.prose import SealedText


class ShipReturn(CommandBase):
    """The goods are on their way back."""

    type: Literal["ship_return"] = "ship_return"
    carrier: Code | None = None
    tracking: SealedText | None = None
    """The carrier's number, or whatever else helps to find the parcel."""


class ConfirmReturn(CommandBase):
    """The goods are back: what was promised for them is carried out."""

    type: Literal["confirm_return"] = "confirm_return"


class ContestReturn(CommandBase):
    """What came back is not what was agreed, or nothing came: the team looks before anything is carried out."""

    type: Literal["contest_return"] = "contest_return"
    reasons: SealedText


class DecideReturn(CommandBase):
    """The team says whether the goods count as back."""

    type: Literal["decide_return"] = "decide_return"
    received: bool
    """True: what was promised is carried out; false: it is not."""
    reasons: SealedText


ReturnCommand = ShipReturn | ConfirmReturn | ContestReturn | DecideReturn
