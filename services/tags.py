"""Labels by which the team sorts its cases: whoever may work on a case gives and takes them, and nobody outside reads them.

They are no part of the record: they decide nothing, and nothing follows from one. So they wait for no workflow, and go to many
cases at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.callers import TEAM, Caller, role
from services.cases import Listing, Seen, find, page_of_cases
from services.errors import FieldError, Refused
from services.pages import Page
from services.parts import Parts

LONGEST = 32
MOST = 12
"""On one case: more is read by nobody."""
MOST_AT_ONCE = 100
OFFERED = 100
"""Of those in use, in a filter."""
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def named(said: str) -> str:
    """The tag that somebody means: "Fraud ring" is ``fraud_ring``. Raises ``parameter_invalid``."""
    tag = "_".join(said.lower().split())
    if not _TAG.fullmatch(tag):
        wrong = f"Write letters from a to z, digits and hyphens, at most {LONGEST}, and nobody's name."
        raise Refused("parameter_invalid", errors=[FieldError("tag", "parameter_invalid", wrong)])
    return tag


async def of_cases(parts: Parts, caller: Caller, seen: Sequence[Seen]) -> Mapping[str, tuple[str, ...]]:
    """The tags of cases that the caller sees; none for whoever is nobody of the team."""
    return await parts.tags.of_cases(caller.tenant_id, [one.id for one in seen if one.viewer.role in TEAM])


async def in_use(parts: Parts, caller: Caller) -> tuple[str, ...]:
    """The tags that there are, for a filter; none for whoever is nobody of the team."""
    return await parts.tags.in_use(caller.tenant_id, OFFERED) if await role(parts, caller) in TEAM else ()


async def add(parts: Parts, caller: Caller, said: str, case_ids: Sequence[str]) -> frozenset[str]:
    """Give a tag to those of these cases that the caller may see; those that have it now. A case that has as many as one may have
    is left out. Raises ``not_allowed`` and ``parameter_invalid``."""
    await _of_the_team(parts, caller)
    tag, asked = named(said), tuple(dict.fromkeys(case_ids))[:MOST_AT_ONCE]
    if not asked:
        return frozenset()
    theirs = [one.id for one in (await page_of_cases(parts, caller, Listing(ids=asked), Page(MOST_AT_ONCE))).items]
    return await parts.tags.add(caller.tenant_id, tag, theirs, caller.holder, MOST) if theirs else frozenset()


async def take(parts: Parts, caller: Caller, said: str, case_id: str) -> None:
    """Take a tag from a case. Raises ``not_allowed``, ``parameter_invalid`` and what :func:`services.cases.find` raises."""
    await _of_the_team(parts, caller)
    seen = await find(parts, caller, case_id, to_work=True)
    await parts.tags.take(caller.tenant_id, named(said), seen.id)


async def _of_the_team(parts: Parts, caller: Caller) -> None:
    if not caller.is_somebody or await role(parts, caller) not in TEAM:
        raise Refused("not_allowed", "Tags are given by people of the team.")
