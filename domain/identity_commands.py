"""Asking somebody to prove who they are."""

from __future__ import annotations

from typing import Literal

from domain.base import CommandBase
from domain.model.prose import SealedText


class AskIdentity(CommandBase):
    """Ask the claimant to prove who they are. Limits of laws that allow it wait until they have answered or the time is over."""

    type: Literal["ask_identity"] = "ask_identity"
    what: SealedText
