"""What somebody outside has begun to write and not sent: the answers of a form, for their browser alone, and a party's words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from services.parts import Parts
from services.report_form import Form
from services.rows import PartySession

FROM_ONE_PLACE = 300
"""So often within an hour the answers of forms are kept for one place: some dozens of people at it."""
LONGEST = 60_000
"""Characters of one draft."""


async def keep_answers(parts: Parts, form: Form, secret: str, values: Mapping[str, str], place: str) -> bool:
    """Keep the answers of a form for whoever has the secret. Whether they are kept: not what is too much, or comes too often."""
    if len(secret) < 32 or sum(map(len, values.values())) > LONGEST:
        return False
    if await parts.party_links.tried(form.tenant.id, "draft", place) > FROM_ONE_PLACE:
        return False
    await parts.outside_drafts.save_form(form.tenant.id, _id(form, secret), _kept(values))
    return True


async def answers(parts: Parts, form: Form, secret: str) -> Mapping[str, str] | None:
    """The answers that were kept; None: there are none."""
    return await parts.outside_drafts.form(form.tenant.id, _id(form, secret)) if len(secret) >= 32 else None


async def forget_answers(parts: Parts, form: Form, secret: str) -> None:
    """Whoever wrote them leaves, and nobody is to find them."""
    await parts.outside_drafts.discard_form(form.tenant.id, _id(form, secret))


async def keep(parts: Parts, session: PartySession, form: str, values: Mapping[str, str]) -> None:
    """Keep what a party has filled in by now, the first ``LONGEST`` characters of all of it; what is empty is kept no more."""
    if not any(value.strip() for value in values.values()):
        await discard(parts, session, form)
    else:
        await parts.outside_drafts.save(session.tenant_id, session.case_id, session.party_id, form, _kept(values))


async def find(parts: Parts, session: PartySession, form: str) -> Mapping[str, str]:
    """What a party has kept of a form."""
    return await parts.outside_drafts.find(session.tenant_id, session.case_id, session.party_id, form) or {}


async def discard(parts: Parts, session: PartySession, form: str) -> None:
    """It was sent, or is not wanted any more."""
    await parts.outside_drafts.discard(session.tenant_id, session.party_id, form)


def _id(form: Form, secret: str) -> str:
    return hashlib.sha256(f"{form.source.id}/{secret}".encode("utf-8", "replace")).hexdigest()


def _kept(values: Mapping[str, str]) -> dict[str, str]:
    # What cannot be kept as text is refused when it is sent; here it is left out.
    kept, left = {}, LONGEST
    for name, value in values.items():
        kept[name] = value.replace("\x00", "").encode("utf-8", "replace").decode()[:left]
        left -= len(kept[name])
    return kept
