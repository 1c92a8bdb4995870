"""What no machine could carry out and somebody of the team has to: in one case, and in every case that the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.base import Money, Side
from domain.model.case import Case
from domain.model.ruling import Effect
from domain.rules import manual_work, provider_news
from domain.views.carried_out import Carried, carried_out
from services.callers import Caller
from services.cases import Listing, Seen, page_of_cases
from services.pages import Page
from services.parts import Parts

LISTING = Listing(stuck="hands", status=None)
"""Cases in which something waits for somebody's hands. It waits in closed ones as well: what was settled or told is carried out
after the end."""


@dataclass(frozen=True)
class Errand:
    """Something that somebody has to do by hand."""

    seen: Seen
    effect: Effect


def carried(seen: Seen) -> tuple[Carried, ...]:
    """How what was decided and agreed on stands, as far as whoever reads the case may know."""
    return carried_out(seen.case, seen.viewer) if seen.case is not None else ()


def waiting(case: Case) -> tuple[Effect, ...]:
    """What waits in one case, the oldest first."""
    return manual_work.waiting(case)


def correctable(case: Case) -> tuple[Effect, ...]:
    """What somebody reported as done by hand, and may take back as a mistake."""
    return manual_work.correctable(case)


def contested(case: Case, effect: Effect) -> bool:
    """Whether it was agreed on, and that agreement is in question again: nobody does it before that is decided."""
    return manual_work.contested(case, effect)


def why_not(case: Case, effect: Effect) -> str | None:
    """Why nobody makes this payment before they have looked, where a provider's word makes it doubtful: the code of it."""
    return provider_news.why_not(case, effect)


def made(case: Case, effect: Effect) -> Money | None:
    """What has been carried out of it at the provider already, as far as that is known."""
    return provider_news.made(case, effect)


def hears(case: Case, effect: Effect) -> tuple[Side, ...]:
    """The sides that are told by letter what became of it."""
    return manual_work.hears(case, effect)


def hears_of_failure(case: Case, effect: Effect) -> tuple[Side, ...]:
    """The sides that are told by letter only if it cannot be done."""
    return manual_work.hears_of_failure(case, effect)


async def errands(parts: Parts, caller: Caller, page: Page) -> tuple[Sequence[Errand], str | None]:
    """What waits in the cases of a page, and where the next page begins. Raises what a list of cases raises."""
    found = await page_of_cases(parts, caller, LISTING, page)
    told = [Errand(seen, effect) for seen in found.items if seen.case is not None for effect in waiting(seen.case)]
    return told, found.next_cursor
