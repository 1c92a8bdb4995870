"""What somebody has begun to write in a case: kept while they write, theirs alone, gone when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.callers import TEAM, Caller
from services.cases import Seen
from services.errors import Refused
from services.parts import Parts
from storage.team.drafts import Draft

_OF_SOMEBODY_ELSE = {"translate": ("text", "translator")}
"""By form: fields with the words of whoever wrote the original. A draft lies under the key of the team's own words, and would
outlast the erasing of theirs."""
LONGEST = 200_000
"""Characters of all fields together: ten texts of the greatest length."""


async def save(parts: Parts, caller: Caller, seen: Seen, form: str, values: Mapping[str, Sequence[str]]) -> datetime:
    """Keep it, in place of what was kept before; when that was. Raises ``not_allowed`` for whoever is nobody of the team, and
    ``text_too_long``."""
    if not caller.is_somebody or seen.viewer.role not in TEAM:
        raise Refused("not_allowed", "Drafts are kept for people of the team.")
    if sum(len(name) + sum(map(len, each)) for name, each in values.items()) > LONGEST:
        raise Refused("text_too_long")
    # What cannot be kept as text is refused when it is sent; here it is left out.
    unkept = _OF_SOMEBODY_ELSE.get(form, ())
    kept = {name: [value.replace("\x00", "") for value in each] for name, each in values.items() if name not in unkept}
    return await parts.drafts.save(caller.tenant_id, seen.id, caller.holder, form, kept)


async def find(parts: Parts, caller: Caller, seen: Seen, form: str) -> Draft | None:
    """What the caller has kept of this form; None: nothing, or it was erased with the case's words."""
    return await parts.drafts.find(caller.tenant_id, seen.id, caller.holder, form)


async def discard(parts: Parts, caller: Caller, seen: Seen, form: str) -> None:
    """It was sent, or the caller does not want it any more."""
    await parts.drafts.discard(caller.tenant_id, seen.id, caller.holder, form)
