"""Proof of identity: asked of the claimant like evidence, and known to clocks as what some laws let their limits wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.base import Side, derived_id
from domain.identity_commands import AskIdentity
from domain.model import facts as f
from domain.model.case import Case

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]


def _ask(case: Case, command: AskIdentity, voice: Voice, at: datetime) -> Facts:
    request_id = derived_id("req", command.id)
    asked = f.EvidenceRequested(request_id=request_id, of=Side.CLAIMANT, what=command.what)
    return (asked, f.IdentityAsked(request_id=request_id))


RULES: Mapping[str, Callable[[Case, Any, Voice, datetime], Facts]] = {"ask_identity": _ask}
