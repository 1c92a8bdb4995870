"""What the two sides have between them: offers, and goods that go back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, CommandBase, Instant, Kept, Money, Reference, Side
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy
from domain.model.terms import Payer


class OpenOffer(Kept):
    """An offer that waits for the other side."""

    id: str
    side: Side
    remedy: str
    amount: Money | None = None
    expires_at: Instant | None = None
    """Until when it can be accepted; None: as long as the matter is open."""
    label_paid_by: Payer | None = None


class MadeOffer(OpenOffer):
    """An offer of this settlement, and what became of it."""

    made_at: Instant
    became: Literal["open", "countered", "replaced", "accepted", "declined", "lapsed"] = "open"
    became_at: Instant | None = None


class Proposal(Kept):
    """What whoever handles the case proposes to both sides. Neither learns the other's answer until both have answered."""

    id: str
    remedy: str
    amount: Money | None = None
    label_paid_by: Payer | None = None
    expires_at: Instant | None = None
    made_at: Instant
    accepted_by: tuple[Side, ...] = ()
    declined_by: tuple[Side, ...] = ()
    became: Literal["open", "replaced", "accepted", "declined", "lapsed"] = "open"
    became_at: Instant | None = None

    @property
    def answered_by(self) -> tuple[Side, ...]:
        """Sides that have said yes or no."""
        return (*self.accepted_by, *self.declined_by)

    def unanswered_by(self, side: Side) -> Proposal:
        """The same, while it is open, without what a side has said to it."""
        if self.became != "open" or side not in self.answered_by:
            return self
        fields = ("accepted_by", "declined_by")
        return self.model_copy(update={name: tuple(one for one in getattr(self, name) if one is not side) for name in fields})


class Returning(Kept):
    """Goods that a side sends back, and what waits for them."""

    id: str
    of: Side
    because: str
    remedies: tuple[Remedy, ...]
    label_paid_by: Payer | None = None
    """Who pays for sending them; None: it was not said."""
    asked_at: Instant
    shipped_at: Instant | None = None
    state: Literal["awaited", "shipped", "contested"] = "awaited"

    @property
    def waits_for(self) -> Literal["claimant", "respondent", "staff"]:
        """Whose turn it is."""
        if self.state == "contested":
            return "staff"
        return self.of.value if self.state == "awaited" else self.of.other.value


class Offer(CommandBase):
    """Propose how to settle. A new offer by either side replaces the open one (a counter-offer).

    Sent by whoever handles the case it is a proposal to both sides; neither learns the other's answer until both have answered.
    """

    type: Literal["offer"] = "offer"
    remedy: Code
    """One of the pack's offers (``refund_with_return``), or of its remedies where it lists no offers."""
    amount: Money | None = None
    label_paid_by: Payer | None = None
    """Who pays for sending the goods back; left out: as the pack says."""
    text: SealedText | None = None
    expires_at: Instant | None = None
    """Until when it can be accepted; left out: as long as the matter is open."""


class AcceptOffer(CommandBase):
    """Accept the other side's open offer: binding, closes the case as settled and carries the remedy out.

    Where the goods go back first, the case stays open until they are there. A proposal made to both sides binds once both have
    accepted it.
    """

    type: Literal["accept_offer"] = "accept_offer"
    offer_id: Reference | None = None
    """Named, it must be an open one: nobody accepts an offer they have not seen. Needed where two wait for an answer."""


class DeclineOffer(CommandBase):
    """Turn the open offer, or the proposal made to both sides, down; the matter goes on."""

    type: Literal["decline_offer"] = "decline_offer"
    offer_id: Reference | None = None


class Concede(CommandBase):
    """Grant what was asked, without a ruling: the amount of the report. Binding, closes the case as settled."""

    type: Literal["concede"] = "concede"
    text: SealedText | None = None


class OfferMade(Kept):
    type: Literal["offer_made"] = "offer_made"
    offer_id: str
    side: Side
    remedy: str
    amount: Money | None = None
    text: Prose | None = None
    expires_at: Instant | None = None
    label_paid_by: Payer | None = None


class OfferAccepted(Kept):
    type: Literal["offer_accepted"] = "offer_accepted"
    offer_id: str
    side: Side
    terms: tuple[str, ...] = ()
    """What both sides have agreed on, in full and in words."""


class OfferDeclined(Kept):
    type: Literal["offer_declined"] = "offer_declined"
    offer_id: str
    side: Side


class ProposalMade(Kept):
    """Whoever handles the case proposes to both sides how to settle."""

    type: Literal["proposal_made"] = "proposal_made"
    proposal_id: str
    remedy: str
    amount: Money | None = None
    label_paid_by: Payer | None = None
    text: Prose | None = None
    expires_at: Instant | None = None


class ProposalAnswered(Kept):
    """One side's answer; the other side does not hear of it before it has answered itself."""

    type: Literal["proposal_answered"] = "proposal_answered"
    proposal_id: str
    side: Side
    answer: Literal["accepted", "declined"]


class ProposalEnded(Kept):
    """Both have answered: accepted where both said yes. Which side said no is not told."""

    type: Literal["proposal_ended"] = "proposal_ended"
    proposal_id: str
    became: Literal["accepted", "declined"]
    terms: tuple[str, ...] = ()
    """What both sides have agreed on, in full and in words."""


class OfferLapsed(Kept):
    """An offer or a proposal can be accepted no longer: its time is over, or the matter was decided, settled or closed."""

    type: Literal["offer_lapsed"] = "offer_lapsed"
    offer_id: str
    because: Literal["ruled", "settled", "closed"] | None = None
    """What it ended with; None: it was over by itself, or somebody else stands where whoever made it stood."""


class ClaimConceded(Kept):
    """The respondent grants what was asked."""

    type: Literal["claim_conceded"] = "claim_conceded"
    concession_id: str
    remedy: Remedy
    text: Prose | None = None
    terms: tuple[str, ...] = ()
    """What both sides have agreed on, in full and in words."""


class Concession(Kept):
    """What the respondent granted by themselves."""

    id: str
    remedy: Remedy
    at: Instant


class Settlement(Kept):
    """What the sides have agreed on: the document that both get."""

    id: str
    """The offer, the proposal or the concession."""
    at: Instant
    terms: tuple[str, ...]
    reopened: bool = False
    """Somebody has taken the matter up again since."""
    reopened_at: Instant | None = None
    """When they last did."""


ProposalFact = OfferLapsed | ClaimConceded | ProposalMade | ProposalAnswered | ProposalEnded


class SettledBefore(Refusal):
    """The sides have agreed, and what they agreed on binds them: a named ground, or a side, takes the matter up again."""

    code = "settled_before"


class NoSettlement(Refusal):
    """Matters of this kind are decided, for others than the two sides are protected by it."""

    code = "no_settlement"


class NothingToConcede(Refusal):
    """The report names no amount, nor do two of the team or the platform, or less than the platform does; or the kind says no
    remedy by which one is granted."""

    code = "nothing_to_concede"


class OfferUnclear(Refusal):
    """Two offers wait for this side's answer: it has to say which one it means."""

    code = "offer_unclear"


class OfferAnswered(Refusal):
    """This side has answered the proposal; its answer stands."""

    code = "offer_answered"


class OthersInCase(Refusal):
    """Somebody else's report goes on in this case, and nobody settles that for them."""

    code = "others_in_case"


class NoOffer(Refusal):
    """There is no open offer (or not this one) to answer."""

    code = "no_such_offer"


class OwnOffer(Refusal):
    """A side cannot answer its own offer."""

    code = "own_offer"


class NoReturn(Refusal):
    """Nobody waits for goods in this case, or they are not where the command says."""

    code = "no_return_awaited"


class ReturnUnderWay(Refusal):
    """The sides have settled, and the goods are going back: what was agreed binds both."""

    code = "return_under_way"


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
    amount: Money | None = None
    """Less than was promised, because the goods came back damaged, used or not whole; left out: what was promised."""
    reasons: SealedText
    relies_on: Annotated[tuple[Reference, ...] | None, Field(max_length=50)] = None
    """What it relies on of whatever came in, as of a ruling; left out: all of it, so that whoever loses could answer all."""


ReturnCommand = ShipReturn | ConfirmReturn | ContestReturn | DecideReturn


class ReturnAwaited(Kept):
    """A side sends the goods back; what was promised for them waits until they are there."""

    type: Literal["return_awaited"] = "return_awaited"
    return_id: str
    of: Side
    because: str
    """The offer or the ruling that asks for them."""
    remedies: tuple[Remedy, ...]
    label_paid_by: Payer | None = None


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
    relies_on: tuple[str, ...] | None = None
    """What it rests on of whatever came in; None: it was not said."""
    amount: Money | None = None
    """What is paid instead of what was promised, where that is less."""


class RightsLapsed(Kept):
    """The windows to appeal are over, while the case waits for the goods."""

    type: Literal["rights_lapsed"] = "rights_lapsed"


ReturnFact = ReturnAwaited | ReturnChanged | ReturnShipped | ReturnContested | ReturnEnded | RightsLapsed
