"""What a case is about in money: said anew by somebody who knows, and what was given for the same matter before."""

from __future__ import annotations

from typing import Literal

from domain.base import CommandBase, Kept, Money
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal


class StateAmount(CommandBase):
    """Say what was paid, where the report did not, or not rightly: no ruling and no offer gives back more than that.

    Less than was reported is so once a second person has said it too.
    """

    type: Literal["state_amount"] = "state_amount"
    amount: Money
    reasons: SealedText | None = None
    """How it is known. For the team."""


class AmountSaid(Kept):
    """What one has said was paid, beyond what the report says."""

    by: str
    amount: Money
    of_platform: bool = False
    """Whether it was the platform, which knows what was paid, and not one of the team."""
    credential: str | None = None


class AmountStated(Kept):
    """The case is about this amount from now on."""

    type: Literal["amount_stated"] = "amount_stated"
    amount: Money
    before: Money | None = None
    reasons: Prose | None = None


class AmountLoweringProposed(Kept):
    """One person says that it is less than was reported: so it is once a second one has said it too."""

    type: Literal["amount_lowering_proposed"] = "amount_lowering_proposed"
    amount: Money
    before: Money | None = None
    """What the case is about until then."""
    reasons: Prose | None = None


class ProposedLowering(Kept):
    """Less than was reported, by the word of one."""

    amount: Money
    by: str
    proposed_with: str | None = None
    """The credential by which it was said."""


class DecidedBefore(Kept):
    """The same matter was decided in an earlier case, and is heard again; what was given there counts here."""

    type: Literal["decided_before"] = "decided_before"
    case: str
    given: tuple[Money, ...] = ()
    deciders: tuple[str, ...] = ()
    """Who decided it there, or approved that; nobody: it was settled, or it was kept before this was noted."""


class PaidElsewhere(Kept):
    """What stands in another case, of any kind, that is about the same matter, says a link to it, or may be."""

    case: str
    given: tuple[Money, ...]
    disclosed: bool = True
    """Whether its respondent knows of it."""
    another: bool = False
    """Whether both name a respondent, and not the same one, or somebody else asks there."""
    goods: bool = False
    """Whether goods stand there in the place of the money: a replacement that was agreed on or ordered."""
    possible: bool = False
    """Whether nobody said that it is one matter: the same claimant, respondent and amount, and one of the two names no matter."""


class PaidElsewhereNoticed(Kept):
    """Money was about to be given while other money stands for the same matter: somebody looks at it."""

    type: Literal["paid_elsewhere_noticed"] = "paid_elsewhere_noticed"
    cases: tuple[PaidElsewhere, ...]
    stopped: tuple[str, ...] = ()
    """Effects that wait for somebody's hands, because together it would be more than was paid."""


MoneyCommand = StateAmount
MoneyFact = AmountStated | AmountLoweringProposed | DecidedBefore | PaidElsewhereNoticed


class AmountTooHigh(Refusal):
    """More than may still be paid in this case; the fields say how much that is."""

    code = "amount_too_high"


class CurrencyDiffers(Refusal):
    """The payment was made in another currency."""

    code = "currency_differs"


class AmountKnown(Refusal):
    """The amount is known; a lead, ops or the platform corrects it."""

    code = "amount_known"


class AmountBelowPaid(Refusal):
    """More than this stands already; the fields say how much."""

    code = "amount_below_paid"


class MoneyStands(Refusal):
    """Money was given in this case, so it cannot go on in another one."""

    code = "money_stands"
