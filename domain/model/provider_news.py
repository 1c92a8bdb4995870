"""What a payment provider says of a dispute: how it stands there, and whether the money has moved already.

Providers send it in any order, twice, and before the dispute itself. So it bears the provider's own instant, and what holds is
what was said last by that, not what came last.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Literal, Protocol, Self, runtime_checkable

from pydantic import BeforeValidator, ValidationInfo, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from domain.base import Code, Instant, Kept, Money, Reference
from domain.model.prose import FROM_OUTSIDE, NOBODYS_WORDS, Prose

What = Literal[
    "opened", "updated", "funds_withdrawn", "funds_reinstated", "won", "lost", "withdrawn", "prevented", "refunded",
    "inquiry_closed", "closed", "payment_refunded", "refund_failed",
]  # fmt: skip

GIVEN: Final = frozenset({"funds_withdrawn", "lost", "prevented", "refunded", "closed", "payment_refunded"})
"""The money went, or is going, to whoever paid. ``closed`` is an end that the provider did not name: until somebody has looked,
it counts as given, so that nothing is paid twice."""
REFUNDED: Final = frozenset({"refunded", "payment_refunded"})
"""Whoever was paid gave the money back. However the dispute ends, it stays with whoever paid: what comes back to whoever was paid
after it is what the dispute had taken. ``payment_refunded`` is said of the payment while its dispute goes on."""
OF_REFUNDS: Final = REFUNDED | {"refund_failed"}
"""What a refund is told by; ``refund_failed``: it was made, and the money stayed with whoever was paid all the same."""
BESIDE: Final = "beside"
"""Stage of what a case hears of another case's dispute about the same payment: ``amount`` is disputed there."""
OF_PAYMENT: Final = frozenset({"payment", "refund", BESIDE})
"""Stages of news that name no dispute of the case: of all that was refunded of a payment so far, of one refund of it, and of what
else is disputed of it. Their ``dispute`` is the payment's own id, the refund's, or made of the other dispute's."""
BACK: Final = frozenset({"funds_reinstated", "won", "withdrawn"})
"""The money is (again) with whoever was paid."""
ENDS: Final = frozenset({"won", "lost", "withdrawn", "prevented", "refunded", "inquiry_closed", "closed"})
"""The provider decides nothing more, and takes no evidence."""


GOES_ON: Final = frozenset({
    "needs_response", "under_review", "warning_needs_response", "warning_under_review",
    "open", "waiting_for_buyer_response", "waiting_for_seller_response",
})  # fmt: skip
"""A provider's words for a dispute that it still decides: said after an end, they take it up again (an inquiry that becomes a
chargeback, an arbitration after a decision)."""

_ALL: Final = 10**15 + 1
"""More than any amount: what does not say how much went counts as all of it."""


PAYMENT_PROVIDERS: Final = frozenset({"stripe", "paypal"})
"""Sources whose numbers are those of disputes, by which whoever paid is found there."""
STANDS_FOR_ID: Final = "pid_"
"""How the keyed digest of a provider's id begins, which stands in its place where a case is found by it."""
SEALED_IDS: Final = ("dispute", "event", "payment", "intent", "also_about", "account")
"""The fields of news that hold a provider's own ids."""


@runtime_checkable
class ConcealsIds(Protocol):
    """A sealer that can also put a provider's ids away."""

    def conceal(self, news: ProviderNews) -> ProviderNews:
        """The news as a case keeps them."""
        ...


def _sealed_inside(value: Any, info: ValidationInfo) -> Any:
    if value is not None and isinstance(info.context, dict) and FROM_OUTSIDE in info.context:
        # A stranger's reference would show what somebody else has put away.
        raise PydanticCustomError("ids_sealed_inside", "Write the ids in their own fields.")
    return value


class ProviderNews(Kept):
    """One thing that a provider said: codes, ids, amounts and instants, no word of anybody's.

    Where it is kept its ids are sealed, and keyed digests stand in their fields: equal for equal ids, so that what is said next
    is matched by them. In facts of earlier releases the ids themselves stand there, and ``ids`` is None.
    """

    provider: Code
    dispute: Reference
    """The provider's own id of the dispute."""
    event: Reference
    """The provider's own id of the message."""
    at: Instant
    """When the provider says it was so."""
    what: What
    status: Code | None = None
    """The provider's word for how it stands."""
    stage: Code | None = None
    """``chargeback`` where evidence is taken until ``due_at``; ``inquiry`` and the like before and after it."""
    reason: Code | None = None
    network_reason: Code | None = None
    """The card network's own code of the reason (``10.4``)."""
    payment: Reference | None = None
    """What was paid: the charge, or the transaction."""
    intent: Reference | None = None
    """The other name of what was paid (Stripe's payment intent), where its charge is named, too."""
    also_about: tuple[Reference, ...] = ()
    """Further payments that the same dispute is about (PayPal: several transactions)."""
    amount: Money | None = None
    """How much moved, or is disputed; None: it does not say."""
    due_at: Instant | None = None
    """Until when the provider takes an answer."""
    paid: Money | None = None
    """All that was paid in the first place, where news of a payment say it."""
    account: Reference | None = None
    """The account of the provider that was paid, where it is not the one that the messages come to (Stripe Connect)."""
    effect: Reference | None = None
    """Of a refund: the effect by which a case ordered it, where whoever made it said so (``ombud_effect``)."""
    doubt: Code | None = None
    """Why the money may not be where it seems to be (``reversed``, ``pending``); None: nothing says so."""
    test: bool = False
    """It is of the provider's test mode: there nothing is paid, disputed or refunded, and no case of real money hears of it."""
    verified: bool = True
    """False: the message was proved by a signature that does not cover all of it, and nobody has asked the provider."""
    ids: SkipJsonSchema[Annotated[Prose | None, BeforeValidator(_sealed_inside), NOBODYS_WORDS]] = None
    """The ids themselves, as JSON and sealed. Nobody sends it: the inbox seals what was said."""

    @model_validator(mode="after")
    def _sealed_on_its_way_in(self, info: ValidationInfo) -> Self:
        context = info.context if isinstance(info.context, dict) else {}
        if FROM_OUTSIDE not in context:
            return self
        sealer = context[FROM_OUTSIDE]
        if sealer is None:
            # Only its shape is checked.
            return self.model_copy(update={"ids": Prose(content_id="cnt_unsealed", digest="", length=0)})
        return self.model_copy(update=dict(sealer.conceal(self))) if isinstance(sealer, ConcealsIds) else self

    @property
    def concealed(self) -> bool:
        """Whether digests stand in the place of its ids."""
        return self.dispute.startswith(STANDS_FOR_ID)

    @property
    def payments(self) -> tuple[str, ...]:
        """Every name of what was paid, and of everything else that was paid and is disputed by it."""
        return tuple(dict.fromkeys(one for one in (self.payment, self.intent, *self.also_about) if one is not None))

    def shares_payment(self, other: ProviderNews) -> bool:
        """Whether both are about one payment: by its charge where both name it, else by any name that they share."""
        if self.test != other.test:
            return False
        if self.intent is not None and other.intent is not None:
            return self.payment == other.payment
        return not {*self.payments}.isdisjoint(other.payments)

    @property
    def order(self) -> tuple[Instant, int, int, str, str]:
        """What was said later counts. Providers tell whole seconds, and promise no order within one.

        At the same instant what ends the dispute does, and money that went before money that came back, and more of it before
        less: then nothing is paid by mistake. Of one refund it is that it failed: nothing follows that.
        """
        failed = self.what == "refund_failed" and self.stage == "refund"
        weight = 3 * (self.what in ENDS or failed) + 2 * (self.what in GIVEN) + (self.what in BACK)
        went = (self.amount.amount if self.amount is not None else _ALL) if self.what in GIVEN else 0
        return (self.at, weight, went, self.event, self.model_dump_json(exclude={"ids"}))


class ProviderDispute(Kept):
    """How a dispute stands with its provider: of each question the newest answer, in whatever order the answers came."""

    newest: ProviderNews
    """What was said last: status, reason, ids."""
    money: ProviderNews | None = None
    """What was said last about money that moved."""
    end: ProviderNews | None = None
    """What was said last of those by which the dispute ended there."""
    due: ProviderNews | None = None
    """What was said last about when an answer is due."""
    verified: bool = True
    """Somebody asked the provider, or nobody had to."""

    @property
    def over(self) -> bool:
        """Whether the provider decides nothing more: it said how it ended, and has not taken it up again since."""
        if self.end is None:
            return False
        return not (self.newest.order > self.end.order and self.newest.status in GOES_ON)

    @property
    def names_account(self) -> ProviderNews | None:
        """The word that names the account that was paid; None: none does."""
        return next((said for said in (self.newest, self.end, self.due, self.money) if said and said.account), None)

    @property
    def account(self) -> str | None:
        """The account that was paid, by whichever word names it."""
        said = self.names_account
        return said.account if said is not None else None

    @property
    def also_about(self) -> frozenset[str]:
        """Further payments that it is about, as any word of it says."""
        said = (self.newest, self.money, self.end, self.due)
        return frozenset(name for one in said if one is not None for name in one.also_about)

    @property
    def of_payment(self) -> bool:
        """Whether it is about a payment, or a refund of one, and no dispute."""
        return self.newest.stage in OF_PAYMENT

    @property
    def paid(self) -> bool:
        """Whether the money went to whoever paid, and did not come back."""
        return self.money is not None and self.money.what in GIVEN


def payments_together(disputes: tuple[ProviderDispute, ...]) -> list[list[str]]:
    """What is told of payments, those of one dispute together: it answers for all of them. Each by its own name."""
    told = sorted({one.newest.payment or "" for one in disputes if one.of_payment})
    about = [{one.newest.payment, *one.also_about} for one in disputes if not one.of_payment and one.also_about]
    first = {name: next((n for n, names in enumerate(about) if name in names), name) for name in told}
    return [[name for name in told if first[name] == key] for key in dict.fromkeys(first.values())]


def told_of_payment(
    disputes: tuple[ProviderDispute, ...], payment: str
) -> tuple[ProviderNews | None, list[ProviderNews], Money | None]:
    """What was told last of a payment as a whole, and of each refund of it; and how much was paid, where any of that says it."""
    entries = [one for one in disputes if one.of_payment and one.newest.payment == payment]
    so_far = next((one.money for one in entries if one.newest.stage == "payment" and one.money is not None), None)
    # Nobody's unproven word that a refund failed sets it free.
    said = [one.newest if one.newest.verified or one.money is None else one.money for one in entries]
    paid = next((one.paid for one in said if one.paid is not None and one.stage != BESIDE), None)
    return so_far, [one for one in said if one.stage == "refund"], paid


def marked_units(refunds: Iterable[ProviderNews], most: Mapping[str, int], currency: str) -> int:
    """What refunds with the mark of a case carried out, in the smallest unit: of no effect more than ``most`` says that it is
    about, for one can be made twice."""
    units: Counter[str] = Counter()
    for one in refunds:
        if one.amount is not None and one.amount.currency == currency:
            units[one.effect or ""] += one.amount.amount
    return sum(min(went, most.get(effect, went)) for effect, went in units.items())


def folded(known: ProviderDispute | None, news: ProviderNews) -> ProviderDispute:
    """How it stands with this, too. Any order of the same news comes to the same."""

    def later(before: ProviderNews | None, fits: bool) -> ProviderNews | None:
        if not fits:
            return before
        return news if before is None or news.order >= before.order else before

    def weightier(before: ProviderNews | None) -> ProviderNews | None:
        if before is None or _refunds(before) == _refunds(news):
            return later(before, news.what in GIVEN or (news.what in BACK | OF_REFUNDS and news.verified))
        return news if _refunds(news) else before

    before = known if known is not None else ProviderDispute(newest=news, verified=news.verified)
    return ProviderDispute(
        newest=later(before.newest, True) or news,
        # Nobody's unproven word sets money free, or lets a day go by.
        money=weightier(before.money),
        end=later(before.end, news.what in ENDS),
        due=later(before.due, news.due_at is not None and news.verified),
        verified=before.verified or news.verified,
    )


def ids_text(news: ProviderNews) -> str:
    """The provider's own ids in it, as they are sealed."""
    return json.dumps(news.model_dump(mode="json", include={*SEALED_IDS}, exclude_none=True), sort_keys=True)


def concealed(news: ProviderNews, token: Callable[[str], str], ids: Prose | None = None) -> ProviderNews:
    """The news with the digest of each of the provider's ids in its place; ``ids`` is where they are sealed."""

    def told(value: str | None) -> str | None:
        return None if value is None else token(value)

    said = {name: told(getattr(news, name)) for name in SEALED_IDS if name != "also_about"}
    return news.model_copy(update={**said, "also_about": tuple(token(one) for one in news.also_about), "ids": ids})


def revealed(news: ProviderNews, ids: str) -> ProviderNews:
    """What :func:`concealed` hid, with the sealed ids opened."""
    return ProviderNews.model_validate({**news.model_dump(mode="json", exclude={"ids"}), **json.loads(ids)})


def without_seal(dispute: ProviderDispute) -> ProviderDispute:
    """How a dispute stands, to be compared: the same ids sealed twice lie in two places."""
    said = {name: getattr(dispute, name) for name in ("newest", "money", "end", "due")}
    bare = {name: one.model_copy(update={"ids": None}) for name, one in said.items() if one is not None}
    return dispute.model_copy(update=bare)


def as_said(dispute: ProviderDispute, news: ProviderNews, token: Callable[[str], str]) -> ProviderNews:
    """The news as what is known of a dispute has them: with its ids, or their digests."""
    return concealed(news, token) if dispute.newest.concealed else news


def ids_shown(said: dict[str, Any], ids: str | None) -> dict[str, Any]:
    """News as JSON with the provider's ids opened; None: they were erased. What does not open says so in place of the dispute."""
    known = {name: value for name, value in said.items() if name != "ids"}
    if ids is None:
        return known | {name: value for name, value in _IDS.items() if name in known}
    try:
        opened = json.loads(ids)
    except ValueError:
        return known | {name: value for name, value in _IDS.items() if name in known} | {"dispute": ids}
    return known | {name: value for name, value in opened.items() if name in known}


ERASED: Final = "erased"
"""Stands where an id of a provider's stood whose case had its number erased."""
_IDS: Final[dict[str, str | list[str] | None]] = {
    "dispute": ERASED, "event": ERASED, "payment": None, "intent": None, "also_about": [], "account": None,
}  # fmt: skip


def without_ids(dispute: ProviderDispute) -> ProviderDispute:
    """How a dispute stands, without the ids by which it, its payment and so whoever paid are found at the provider."""
    return ProviderDispute.model_validate(ids_left_out(dispute.model_dump(mode="json")))


def ids_left_out(said: Any) -> Any:
    """The same of news in any JSON, however deep."""
    if isinstance(said, dict):
        inner = {name: ids_left_out(value) for name, value in said.items()}
        return inner | _IDS if inner.keys() >= {"provider", "what", *_IDS} else inner
    return [ids_left_out(one) for one in said] if isinstance(said, list) else said


def _refunds(news: ProviderNews) -> bool:
    """Whether it is known that the payment was refunded: no later word of the dispute's money undoes that, but of the refund."""
    return news.what in OF_REFUNDS and news.verified


def signal_of(news: ProviderNews) -> str:
    """The signal by which a case is told (``dispute_lost``)."""
    return f"dispute_{news.what}"
