"""Commands about what must not be deleted."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase, Instant, Kept, Reference, Side
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy


class PlaceHold(CommandBase):
    """Nothing of this case, or of its people, may be deleted until the hold is lifted. Parties are not told."""

    type: Literal["place_hold"] = "place_hold"
    reason: Code
    """Why, as a code (``litigation``, ``preservation_order``)."""
    reasons: SealedText


class LiftHold(CommandBase):
    """A legal hold, or (no id) every one, is over."""

    type: Literal["lift_hold"] = "lift_hold"
    hold_id: Reference | None = None
    reasons: SealedText


LegalHoldCommand = PlaceHold | LiftHold


class Found(Kept):
    """Something that destroys, as a hold found it: a draft, or an effect of one."""

    id: str
    """Of the ruling that is drafted, or of the effect."""
    type: str
    """What it does (``erase``)."""
    state: Literal["drafted", "stopped", "done", "needs_hands"]
    """``stopped``: it was ordered, and is not carried out any more; ``done``: the hold came too late for it."""
    at: Instant | None = None
    """When it was reported as carried out, where that is known."""


class LegalHoldPlaced(Kept):
    """From now on nothing of the case, or of its people, may be deleted."""

    type: Literal["legal_hold_placed"] = "legal_hold_placed"
    hold_id: str
    reason: str
    reasons: Prose | None = None
    """None: it came along with a part of another case, which says them."""
    found: tuple[Found, ...] = ()
    """What destroys something and was under way, or done already."""
    by: str | None = None
    """Who placed it, where it came along; None: whoever speaks."""


class EffectWithheld(Kept):
    """Something that destroys is not carried out, because the case is under legal hold."""

    type: Literal["effect_withheld"] = "effect_withheld"
    effect_id: str
    remedy: Remedy
    because: str
    hold_ids: tuple[str, ...]


class EffectReleased(Kept):
    """No hold is left: what was withheld goes on as another effect, or waits for a person where its ruling stands no more."""

    type: Literal["effect_released"] = "effect_released"
    effect_id: str
    remedy: Remedy
    goes_on_as: str | None = None


class RulingWithheld(Kept):
    """A ruling that destroys something is not told while the case is under legal hold, nor one that hands out or destroys what is
    kept of somebody who has come to be accused elsewhere, nor one against somebody who has said since that they were not at the
    hearing it may rest on: it goes back to whoever decides."""

    type: Literal["ruling_withheld"] = "ruling_withheld"
    ruling_id: str
    hold_ids: tuple[str, ...]
    because: Literal["hold", "accused_elsewhere", "was_not_there"] = "hold"


class LegalHoldLifted(Kept):
    type: Literal["legal_hold_lifted"] = "legal_hold_lifted"
    hold_ids: tuple[str, ...]
    reasons: Prose


LegalHoldFact = LegalHoldPlaced | LegalHoldLifted | EffectWithheld | EffectReleased | RulingWithheld


class LegalHold(Kept):
    """Why nothing of the case may be deleted."""

    id: str
    reason: str
    by: str
    since: Instant
    side: Side | None = None
    """Whose things it keeps, where it lies on another case of theirs: then it is named by that case. None: all of this case."""


class HeldPerson(Kept):
    """Somebody of whom another case is under legal hold, or was; or who is accused or reported there."""

    ref_digest: str
    case_id: str
    held: bool = True
    lifted_by: tuple[str, ...] = ()
    """Who lifted a hold of that case."""
    lifted_under: tuple[str, ...] = ()
    """Whom those report to."""
    reported: bool = False
    """They are on the side of the respondent there, and that case was, or is to be, reported to an authority in secret."""
    accused: bool = False
    """They are on the side of the respondent there, and that case is of a kind that tells authorities or protects people, and is
    open or can be taken up again; or a report of it waits for its second person; or they reported it, and were asked about
    something that could be held against them."""
    closed_at: Instant | None = None
    """When that case was closed; None: it is open."""
    known_by: tuple[str, ...] = ()
    """Who of the team has, or had, a part in that case."""
    held_alone: bool = False
    """A measure hits them there, or did, by the word of one who had found them, and no second person has looked at it."""


class Withheld(Kept):
    """Something that destroys and was not carried out because of a hold."""

    id: str
    remedy: Remedy
    because: str
    """The ruling or the offer that it puts into effect."""
    since: Instant


class UnderLegalHold(Refusal):
    """Nothing may be deleted while the case is under legal hold."""

    code = "legal_hold"


class NotOnHold(Refusal):
    """No such legal hold is on the case."""

    code = "not_on_hold"
