"""Orders of authorities: what one must say, what is still to be done about it, and by when it is late.

Regulation (EU) 2022/2065 (the Digital Services Act), article 9 (orders to act against illegal content) and article 10 (orders to
provide information about a recipient of the service). An order is no case: nobody disputes anything before us.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen, Instant, Kept

Article = Literal[9, 10]
"""9: act against illegal content. 10: give information."""
Effect = Literal["given", "in_part", "not_given"]
Because = Literal["not_specified", "outside_scope", "not_held", "gone", "challenged", "other"]
"""Why no effect was given, or only a part of it: the order lacks what article 9(2) or 10(2) asks for; what is ordered goes beyond
its territory or the service; information that the provider has not collected (article 10(2)(b)); the content is there no more; a
redress against the order runs; or another one, said in words."""
Whom = Literal["authority_receipt", "authority", "person", "coordinator"]
"""Who was told: the authority, of the receipt (article 10(1)) or of the effect (9(1), 10(1)); the person concerned (9(5), 10(5));
the coordinator, to whom the authority transmits the order (9(3), 10(3)) and a provider may send a copy."""


class Element(StrEnum):
    """What an order has to say (articles 9(2) and 10(2))."""

    AUTHORITY = "authority"
    LEGAL_BASIS = "legal_basis"
    REASONS = "reasons"
    WHERE = "where"
    WHOM = "whom"
    SCOPE = "scope"
    REDRESS = "redress"
    LANGUAGE = "language"


class ToDo(StrEnum):
    """What is still to be done about an order, the first first."""

    CONFIRM = "confirm_receipt"
    ANSWER = "give_effect_or_say_why_not"
    TELL_AUTHORITY = "tell_authority"
    TELL_PERSON = "tell_person"
    PERSON_LATER = "tell_person_later"


Line = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(max_length=8000)]


class OrderWords(Kept):
    """What an order says, as somebody typed it off. What it does not say is empty."""

    authority: Line = ""
    """Who issued it, so that they can be told from others."""
    answer_to: Line = ""
    """Where the word of the effect goes: an address of theirs, or the authority that the order names for it."""
    reference: Line = ""
    """Their file number."""
    legal_basis: Long = ""
    """The provision of Union or national law on which they order it."""
    reasons: Long = ""
    """Why the content is illegal, with the provision (9); what for the information is needed (10)."""
    where: Long = ""
    """Article 9: where exactly the content is, such as its addresses."""
    whom: Long = ""
    """Article 10: about whom information is wanted, such as names of accounts. Article 9: whose content it is, where known."""
    scope: Long = ""
    """Article 9: in which territory it holds."""
    redress: Long = ""
    """What can be done against the order, by the provider and by the person concerned."""
    answer: Long = ""
    """What was done and how, or why it was not."""


class Order(Frozen):
    """An order and how far it is. ``words``: None once they were erased."""

    id: str
    article: Article
    country: str
    """Of the authority: ISO 3166-1, two letters."""
    about: str
    """The kind of illegal content, as reports count it (article 15(1)(a)); may be empty."""
    language: str
    declared_language: bool
    """Written in, or with a translation into, a language that the provider declared (article 11(3)) or agreed to."""
    reasons_withheld: bool
    """Article 10: the authority says that reasons cannot be given, for the sake of a criminal investigation (10(2)(a)(iv))."""
    received_at: Instant
    due_at: Instant
    hold_until: Instant | None = None
    """The person is not told before (articles 9(5) and 10(5))."""
    keeper: str | None = None
    effect: Effect | None = None
    because: Because | None = None
    effect_at: Instant | None = None
    receipt_told_at: Instant | None = None
    authority_told_at: Instant | None = None
    person_told_at: Instant | None = None
    person_unreachable: bool = False
    """There is nobody who could be told."""
    coordinator_told_at: Instant | None = None
    erased_at: Instant | None = None
    made_by: str
    made_at: Instant
    words: OrderWords | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be done."""
        return not to_do(self, self.effect_at or self.made_at)

    def state(self, now: datetime) -> Literal["open", "late", "done"]:
        """How it stands."""
        if self.finished:
            return "done"
        return "late" if late(self, now) else "open"


_OF: Mapping[int, tuple[tuple[Element, str], ...]] = {
    9: (
        (Element.LEGAL_BASIS, "9(2)(a)(i)"), (Element.REASONS, "9(2)(a)(ii)"), (Element.AUTHORITY, "9(2)(a)(iii)"),
        (Element.WHERE, "9(2)(a)(iv)"), (Element.REDRESS, "9(2)(a)(v)"), (Element.SCOPE, "9(2)(b)"),
        (Element.LANGUAGE, "9(2)(c)"),
    ),
    10: (
        (Element.LEGAL_BASIS, "10(2)(a)(i)"), (Element.AUTHORITY, "10(2)(a)(ii)"), (Element.WHOM, "10(2)(a)(iii)"),
        (Element.REASONS, "10(2)(a)(iv)"), (Element.REDRESS, "10(2)(a)(v)"), (Element.LANGUAGE, "10(2)(c)"),
    ),
}  # fmt: skip


def missing(order: Order) -> tuple[tuple[Element, str], ...]:
    """What the order does not say though it must, each with its provision; nothing of one whose words were erased."""
    if order.words is None:
        return ()
    return tuple((element, source) for element, source in _OF[order.article] if not _said(order, order.words, element))


def _said(order: Order, words: OrderWords, element: Element) -> bool:
    if element is Element.LANGUAGE:
        return order.declared_language
    if element is Element.REASONS and order.article == 10 and order.reasons_withheld:
        return True
    return bool(getattr(words, element.value).strip())


def to_do(order: Order, now: datetime) -> tuple[ToDo, ...]:
    """What is left to be done.

    The authority is told of the effect (articles 9(1), 10(1)), of the receipt too where it orders information (10(1); one word
    can say both). The person concerned is told where effect was given (9(5), 10(5)), and not before ``hold_until``.
    """
    found: list[ToDo] = []
    if order.article == 10 and order.receipt_told_at is None and order.authority_told_at is None:
        found.append(ToDo.CONFIRM)
    if order.effect is None:
        return (*found, ToDo.ANSWER)
    if order.authority_told_at is None:
        found.append(ToDo.TELL_AUTHORITY)
    if order.effect != "not_given" and order.person_told_at is None and not order.person_unreachable:
        found.append(ToDo.PERSON_LATER if held_back(order, now) else ToDo.TELL_PERSON)
    return tuple(found)


def held_back(order: Order, now: datetime) -> bool:
    """Whether the person is not to be told yet."""
    return order.hold_until is not None and order.hold_until > now


def late(order: Order, now: datetime) -> bool:
    """Whether something is overdue: the word to the authority at ``due_at``; that to the person as soon as effect was given, or
    it is not held back any more ("at the latest when effect is given", articles 9(5) and 10(5))."""
    left = to_do(order, now)
    waits = {ToDo.CONFIRM, ToDo.ANSWER, ToDo.TELL_AUTHORITY} & set(left)
    return ToDo.TELL_PERSON in left or (bool(waits) and order.due_at <= now)
