"""Who read a case, for operations; and access to a case that is none of one's business otherwise, taken with a reason."""

from __future__ import annotations

from datetime import timedelta

from services.callers import Caller, only
from services.cases import find, located
from services.errors import FieldError, Refused
from services.need_to_know import right_of
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.rows import Access, ReadRow

ACCESS_FOR = timedelta(hours=4)
"""Long enough to look into a case in one sitting; whoever needs longer says again why."""
_OPS = frozenset({"ops", "system"})
_LONGEST = 2_000
FEWEST_WORDS, FEWEST_LETTERS = 3, 5
"""Of a reason; the letters are different ones."""


async def break_glass(parts: Parts, caller: Caller, case_id: str, reason: str) -> Access:
    """Take access to a case for :data:`ACCESS_FOR`; operations is told at once.

    Raises ``not_found``, ``not_allowed`` for whoever is no person of the team, ``conflict_of_interest`` (which opens for no
    reason), ``access_not_needed``, ``text_empty``, ``text_too_long`` and ``reason_too_thin``.
    """
    seen = await located(parts, caller, case_id)
    if not caller.is_somebody or seen.viewer.side is not None or seen.case is None:
        raise Refused("not_allowed", "Access is taken by people of the team, for a case that was opened.")
    if not reason.strip() or len(reason) > _LONGEST:
        code = "text_too_long" if reason.strip() else "text_empty"
        raise Refused(code, errors=[FieldError("reason", code, f"Say why, in at most {_LONGEST} characters.")])
    if not says_why(reason):
        message = "Say in some words why you need to read this case; operations reads it."
        raise Refused("reason_too_thin", errors=[FieldError("reason", "reason_too_thin", message)])
    if await right_of(parts, caller, case_id, seen.case, seen.viewer) is not None:
        raise Refused("access_not_needed")
    return await parts.reading.break_glass(caller.tenant_id, seen.case, seen.viewer, caller.credential, reason, ACCESS_FOR)


def says_why(reason: str) -> bool:
    """Whether it is some words, which somebody can hold against whoever said them: an ``x`` is no reason."""
    letters = [letter for letter in reason if letter.isalpha()]
    # Scripts without spaces between words have a word in a letter or two.
    words = reason.split() if all(letter < "\u0e00" for letter in letters) else letters
    return len(words) >= FEWEST_WORDS and len(set(letters)) >= FEWEST_LETTERS


async def readers(parts: Parts, caller: Caller, case_id: str, page: Page) -> Part[ReadRow]:
    """Who read what of a case and by what right, the newest first, for operations. Raises ``not_allowed``."""
    await only(parts, caller, _OPS, "Who read a case is the business of operations.")
    seen = await find(parts, caller, case_id)
    cursors = Cursors.of(parts, caller, "readers", seen.id)
    after = int(cursors.read(page.cursor)[0]) if page.cursor else None
    found = await parts.reading.readers(caller.tenant_id, seen.id, after, page.limit + 1)
    more, shown = len(found) > page.limit, found[: page.limit]
    return Part(tuple(shown), more, cursors.write(str(shown[-1].id)) if more else None)
