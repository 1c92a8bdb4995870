"""Words for reasons that a team uses again and again: leads and operations write them, each case fills them in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from domain.base import derived_id
from services.callers import LEADERS, TEAM, Caller, only, role
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from storage.team.templates import Became, Template

PLACES: Mapping[str, str] = {
    "claimant": "the claimant's name",
    "respondent": "the respondent's name",
    "amount": "the amount in dispute",
    "given": "the amount that the ruling gives",
    "number": "how the case is called",
    "outcome": "the outcome that is chosen",
    "ground": "the ground that is chosen",
}
"""What a case fills in where a template says ``{claimant}``."""
LONGEST_NAME, LONGEST = 80, 10_000
LAST = 500
"""Of the rulings that were written with a template, the newest ones that are looked at."""
_PLACE = re.compile(r"\{([a-z_]+)\}")
_ID = re.compile(r"tpl_[0-9a-f-]{1,60}")
_WHOSE = "What everybody writes with is written by leads and operations."


async def listed(parts: Parts, caller: Caller, *, kind: str | None = None) -> Sequence[Template]:
    """Those in use; of a kind of case, those that fit it. Nothing for whoever is nobody of the team."""
    if await role(parts, caller) not in TEAM:
        return ()
    return [one for one in await parts.templates.listed(caller.tenant_id) if kind is None or one.kind in (None, kind)]


async def may_write(parts: Parts, caller: Caller) -> bool:
    """Whether the caller writes what everybody uses."""
    return await role(parts, caller) in LEADERS


async def add(parts: Parts, caller: Caller, name: str, body: str, *, kind: str | None, outcome: str | None) -> None:
    """Keep new words. Raises ``not_allowed``, ``text_empty``, ``text_too_long`` and ``parameter_invalid``."""
    await only(parts, caller, LEADERS, _WHOSE)
    said, text = " ".join(name.replace("\x00", "").split()), body.replace("\x00", "").strip()
    for field, value, longest in (("name", said, LONGEST_NAME), ("body", text, LONGEST)):
        if not value or len(value) > longest:
            code = "text_too_long" if value else "text_empty"
            raise Refused(code, errors=[FieldError(field, code, f"Write something, at most {longest} characters.")])
    unknown = sorted(set(_PLACE.findall(text)) - set(PLACES))
    if unknown:
        wrong = f"A case fills in {', '.join('{' + place + '}' for place in PLACES)}; {{{unknown[0]}}} is none of them."
        raise Refused("parameter_invalid", errors=[FieldError("body", "parameter_invalid", wrong)])
    if kind is not None and kind not in parts.packs:
        raise Refused("parameter_invalid", errors=[FieldError("kind", "parameter_invalid", "Choose a kind that there is.")])
    packs = [pack for name, pack in parts.packs.items() if kind in (None, name)]
    known = sorted({row.name for pack in packs for row in pack.outcomes})
    if outcome and outcome not in known:
        wrong = f"No ruling has this outcome. There are: {', '.join(known)}."
        raise Refused("parameter_invalid", errors=[FieldError("outcome", "parameter_invalid", wrong)])
    await parts.templates.add(caller.tenant_id, said, text, caller.holder, kind, outcome or None)


async def retire(parts: Parts, caller: Caller, template_id: str) -> None:
    """Take one out of use. Raises ``not_allowed`` and ``not_found``."""
    await only(parts, caller, LEADERS, _WHOSE)
    if not _ID.fullmatch(template_id) or not await parts.templates.retire(caller.tenant_id, template_id):
        raise not_found()


async def used(parts: Parts, caller: Caller, ids: Sequence[str], case_id: str, command_id: str) -> None:
    """Keep that a ruling was sent, by this command, that was written with these."""
    if known := [one for one in dict.fromkeys(ids) if _ID.fullmatch(one)]:
        await parts.templates.use(caller.tenant_id, known, case_id, derived_id("rul", command_id))


async def became(parts: Parts, caller: Caller) -> Mapping[str, Became]:
    """What became of the last rulings that were written with each. Nothing for whoever is nobody of the team."""
    return await parts.templates.became(caller.tenant_id, LAST) if await role(parts, caller) in TEAM else {}


def filled(body: str, said: Mapping[str, str | None]) -> str:
    """The words with the places filled in; what a case does not know stays to be written, in brackets."""
    return _PLACE.sub(lambda place: said.get(place[1]) or f"[{place[1]}]", body)
