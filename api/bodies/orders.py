"""What is said and answered about orders of authorities."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.orders import Although, Article, Because, Effect, LiftReason, Line, Long, Looked, Whom


class OrderChange(Frozen):
    """What is to change of an order. What is left out stays."""

    authority: Line = ""
    """Who issued it."""
    answer_to: Line = ""
    """Where the word of the effect goes: an address of theirs, or the authority that the order names for it."""
    reference: Line = ""
    """Their file number."""
    legal_basis: Long = ""
    reasons: Long = ""
    where: Long = ""
    """Article 9: where exactly the content is, such as its addresses."""
    whom: Long = ""
    """Article 10: about whom information is wanted. Article 9: whose content it is, where known."""
    scope: Long = ""
    """Article 9: in which territory it holds."""
    redress: Long = ""
    """What can be done against it, by you and by the person concerned."""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "DE"
    """Of the authority: ISO 3166-1, two letters."""
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] = "de"
    about: Annotated[str, Field(max_length=64, pattern="^([a-z0-9][a-z0-9_.:-]*)?$")] = ""
    """The kind of illegal content, by which your reports count it."""
    declared_language: bool = True
    """Written in, or with a translation into, a language that you declared or agreed to."""
    reasons_withheld: bool = False
    """Article 10: the authority says that it cannot give its reasons, for the sake of an investigation."""
    due_at: AwareDatetime | None = None
    hold_until: AwareDatetime | None = None
    """The person is not told before; null: they may be told."""
    keeper: Annotated[str, Field(max_length=128)] | None = None
    """Who looks after it (`per_…`)."""

    def said(self) -> dict[str, Any]:
        """What was named, and only that."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class OrderAmended(OrderChange):
    """What is to change of an order that was noted."""

    lift_reason: LiftReason | None = None
    """Why the person may be told sooner than `hold_until` said: asked for then, and kept in the trail."""
    authority_allows: bool = False
    """The authority, or a court over it, allows that they are told sooner: asked for then."""


class OrderRequest(OrderChange):
    """An order that has come in. What it does not say is left out."""

    article: Article
    """9: to act against illegal content. 10: to give information."""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    received_at: AwareDatetime | None = None
    """Left out: now."""


class OrderAnswer(Frozen):
    """Whether and when effect was given to it."""

    effect: Effect
    because: Because | None = None
    """Why not, or not to all of it."""
    answer: Long = ""
    """What was done and how, in words that are told."""
    although: Although | None = None
    """Why effect was given to an order in which something is missing: asked for then, and kept in the trail."""
    at: AwareDatetime | None = None
    """Left out: now."""


class OrderTold(Frozen):
    """Somebody was told."""

    whom: Whom
    at: AwareDatetime | None = None
    """Left out: now."""
    unreachable: bool = False
    """Of the person concerned: there is nobody who could be told."""


class LackBody(Body):
    """Something that the order must say and does not."""

    element: str
    source: str
    """The provision of Regulation (EU) 2022/2065."""


class OrderBody(Body):
    """One order."""

    object: Literal["order"] = "order"
    id: str
    article: int
    state: Literal["open", "late", "done"]
    to_do: tuple[str, ...]
    """What is left to be done, the first first."""
    missing: tuple[LackBody, ...]
    country: str
    about: str
    language: str
    declared_language: bool
    reasons_withheld: bool
    received_at: Instant
    due_at: Instant
    hold_until: Instant | None
    keeper: str | None
    effect: str | None
    because: str | None
    effect_at: Instant | None
    receipt_told_at: Instant | None
    authority_told_at: Instant | None
    person_told_at: Instant | None
    person_unreachable: bool
    coordinator_told_at: Instant | None
    erased_at: Instant | None
    made_by: str
    made_at: Instant
    words: dict[str, str] | None
    """What it says; null: it was erased."""
    letters: dict[str, str]
    """What you can send now: `receipt` and `effect` to the authority, `person` to the person concerned. Ombud sends none. Empty
    in a list."""


class OrderPage(Body):
    """A part of the orders."""

    object: Literal["list"] = "list"
    data: list[OrderBody]
    has_more: bool
    next_cursor: str | None


def order_body(looked: Looked) -> dict[str, Any]:
    """An order as JSON."""
    known = dict(looked.order)
    words = known.pop("words")
    return OrderBody(
        **known,
        state=looked.state,
        to_do=tuple(one.value for one in looked.to_do),
        missing=tuple(LackBody(element=element.value, source=source) for element, source in looked.missing),
        words=words.model_dump() if words is not None else None,
        letters={str(key): text for key, text in looked.letters.items()},
    ).model_dump(mode="json")
