"""What has happened to goods that go back before the money does."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept, Side
from domain.model.prose import Prose
from domain.model.ruling import Remedy


class ReturnAwaited(Kept):
    """A side sends the goods back; what was promised for them waits until they are there."""

    type: Literal["return_awaited"] = "return_awaited"
    return_id: str
    of: Side
    because: str
    """The offer or the ruling that asks for them."""
    remedies: tuple[Remedy, ...]


class ReturnChanged(Kept):
    """A later ruling promises something else for the same goods."""

    type: Literal["return_changed"] = "return_changed"
    return_id: str
    because: str
    remedies: tuple[Remedy, ...]


class ReturnShipped(Kept):
    """The goods are on their way."""

    type: Literal["return_shipped"] = "return_shipped"
    return_id: str
    carrier: str | None = None
    tracking: Prose | None = None


class ReturnContested(Kept):
    """The receiving side says that the goods are not back as agreed."""

    type: Literal["return_contested"] = "return_contested"
    return_id: str
    reasons: Prose


class ReturnEnded(Kept):
    """Nobody waits for the goods any more; ``received`` says whether they count as back."""

    type: Literal["return_ended"] = "return_ended"
    return_id: str
    received: bool
    because: Literal["confirmed", "decided", "not_shipped", "not_confirmed", "overtaken"]
    reasons: Prose | None = None


class RightsLapsed(Kept):
    """The windows to appeal are over, while the case waits for the goods."""

    type: Literal["rights_lapsed"] = "rights_lapsed"


ReturnFact = ReturnAwaited | ReturnChanged | ReturnShipped | ReturnContested | ReturnEnded | RightsLapsed
