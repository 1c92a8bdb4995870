"""Lists that somebody comes back to: theirs alone, or shared with the team by whoever looks after its work."""

from __future__ import annotations

from collections.abc import Sequence

from services.callers import LEADERS, TEAM, Caller, reader, role
from services.cases import Listing
from services.errors import FieldError, Refused, not_found
from services.need_to_know import within
from services.parts import Parts
from services.rows import SavedView

MOST = 30
"""Of one person: a menu of more is read by nobody."""
SHOWN = 60
"""In a menu at most: their own and those that others share."""
LONGEST_NAME = 60
MOST_COUNTED = 100
"""From there on a list is long, and how long is read on it."""
_LONGEST_QUERY = 1000


async def listed(parts: Parts, caller: Caller) -> Sequence[SavedView]:
    """The caller's own, and those that others share."""
    return await parts.saved_views.listed(caller.tenant_id, caller.holder, SHOWN) if caller.is_somebody else ()


async def counted(parts: Parts, caller: Caller, listings: Sequence[Listing], most: int = MOST_COUNTED) -> Sequence[int]:
    """How many cases each list has for the caller, counted up to a bound. Raises ``filter_forbidden``."""
    looker = await reader(parts, caller)
    limits = await within(parts, caller, looker)
    for listing in listings:
        listing.check(looker)
    which = [listing.which(looker, caller.party, limits) for listing in listings]
    return await parts.saved_views.counted(caller.tenant_id, which, most)


async def may_share(parts: Parts, caller: Caller) -> bool:
    """Whether what they keep can be there for everybody."""
    return await role(parts, caller) in LEADERS


async def keep(parts: Parts, caller: Caller, name: str, query: str, *, shared: bool = False) -> None:
    """Keep a list under a name. Whoever opens it sees what they themselves may see, and nothing more.

    Raises ``not_allowed`` for whoever is nobody of the team, and for whoever shares without looking after others' work;
    ``text_empty``, ``text_too_long`` and ``too_many_views``.
    """
    who = await role(parts, caller)
    if not caller.is_somebody or who not in TEAM:
        raise Refused("not_allowed", "Lists are kept by people of the team.")
    if shared and who not in LEADERS:
        raise Refused("not_allowed", "Leads and operations share lists with everybody.")
    said = " ".join(name.replace("\x00", "").split())
    if not said or len(said) > LONGEST_NAME or len(query) > _LONGEST_QUERY:
        code = "text_too_long" if said else "text_empty"
        raise Refused(code, errors=[FieldError("name", code, f"Give it a name of at most {LONGEST_NAME} characters.")])
    if not await parts.saved_views.add(caller.tenant_id, caller.holder, said, query, MOST, shared=shared):
        raise Refused("too_many_views", fields={"most": MOST})


async def forget(parts: Parts, caller: Caller, view_id: str) -> None:
    """Forget one of the caller's own. Raises ``not_found``, also for what another shares."""
    if not await parts.saved_views.remove(caller.tenant_id, caller.holder, view_id):
        raise not_found()
