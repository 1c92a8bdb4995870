"""What has happened about who somebody is."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept


class IdentityAsked(Kept):
    """What was just asked of the claimant is a proof of who they are."""

    type: Literal["identity_asked"] = "identity_asked"
    request_id: str
