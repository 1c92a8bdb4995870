"""The way of a party to its case: a link, exchanged once for a session, asked for anew, handed out by the platform, taken back.

What a party may see and do there is no business of the link: the rules judge it as they do for everybody (:mod:`services.cases`,
:mod:`services.commands`). A link proves no more than that somebody has a letter, so its session is good for one case alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.model.facts import SYSTEM
from domain.model.people import OpenedParty
from domain.rules.audiences import told_of
from services.callers import Caller
from services.cases import find
from services.commands import judged
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from storage.access.party_links import SESSION_FOR, LinkReason, PartyLink, PartySession

__all__ = [
    "OF_PLATFORM_FOR",
    "SESSION_FOR",
    "ask_again",
    "end",
    "end_others",
    "exchange",
    "hand_out",
    "known_as",
    "listed",
    "meant",
    "of_report",
    "revoke",
    "send_anew",
    "session_of",
    "sessions_of",
]

OF_PLATFORM_FOR = timedelta(minutes=10)
"""A link that the platform asks for leads somebody there who is signed in with it and waits."""
_TOKEN = re.compile(r"[0-9a-f]{48}")
_DEVICE = 120

ASKED_OF_ONE_ADDRESS, ASKED_OF_ONE_NUMBER, ASKED_FROM_ONE_PLACE = 5, 10, 30
"""Within an hour. Who is beyond them is answered as everybody is, and no letter goes out."""
OPENED_FROM_ONE_PLACE = 60
"""Links that may be opened from one place within an hour: a household behind one address opens none so often."""


async def meant(parts: Parts, secret: str) -> PartyLink | None:
    """The link with this secret, whatever has become of it; looking uses none up. None: there never was one."""
    return await parts.party_links.find(secret) if _TOKEN.fullmatch(secret) else None


async def exchange(parts: Parts, link: PartyLink, secret: str, device: str, place: str) -> str | None:
    """The secret of a session for that of a link, once; None: the link is good no more, whatever the reason.

    ``place`` is where the request comes from. Raises ``rate_limited``.
    """
    if await parts.party_links.tried(link.tenant_id, "open", place) > OPENED_FROM_ONE_PLACE:
        raise Refused("rate_limited")
    own = await parts.party_links.exchange(link.tenant_id, secret, device[:_DEVICE])
    if own is not None and link.why != "report":
        await _prove(parts, link.tenant_id, link.case_id, link.party_id, link.id)
    return own


async def known_as(parts: Parts, session: PartySession, party: OpenedParty | None) -> bool:
    """Whether a session is good for this party. One that was opened at a receipt is until the address is proven, by whomever; one
    that was opened by a letter's link proves it, also where that was not noted when it was opened."""
    if session.from_receipt:
        return party is not None and party.unproven
    if party is not None and party.unproven:
        await _prove(parts, session.tenant_id, session.case_id, session.party_id, session.link_id)
    return True


async def _prove(parts: Parts, tenant_id: str, case_id: str, party_id: str, link_id: str) -> None:
    """Note that the address is theirs: they have what was sent to it, or the platform has signed them in."""
    row = await parts.views.case(tenant_id, case_id)
    party = row.case.party(party_id) if row is not None and row.case is not None else None
    if row is None or party is None or not party.unproven:
        return
    command = {"id": f"cmd_sys-{link_id}-proof", "type": "prove_address", "by": SYSTEM.id, "party": party_id}
    receipt = await parts.inbox.receive(tenant_id, case_id, command, channel="system", credential="system")
    if receipt.answer is None:
        await judged(parts, tenant_id, row, receipt.command_id)


async def session_of(parts: Parts, secret: str) -> PartySession | None:
    """The session that a browser shows; None: it has ended, or there never was one."""
    return await parts.party_links.session(secret) if secret.isascii() and len(secret) < 200 else None


async def end(parts: Parts, session: PartySession) -> None:
    """End a session at once, by whoever has it."""
    await parts.party_links.end_session(session.tenant_id, session.id)


async def sessions_of(parts: Parts, session: PartySession) -> Sequence[PartySession]:
    """Where a party is signed in at its case now, this session included, the last seen first."""
    return await parts.party_links.sessions(session)


async def end_others(parts: Parts, session: PartySession, only: str | None = None) -> None:
    """End the party's other sessions at once, or ``only`` one of them; one that is none of theirs stays as it is."""
    await parts.party_links.end_others(session, only)


async def ask_again(parts: Parts, tenant_id: str, number: str, address: str, place: str) -> None:
    """Somebody has lost their link. The same happens here whoever they are and whether there is such a case: it is noted, and
    looked for elsewhere later. Whoever asks too often is not noted, and not told so either."""
    counts = [
        (await parts.party_links.tried(tenant_id, "lost_from", place), ASKED_FROM_ONE_PLACE),
        (await parts.party_links.tried(tenant_id, "lost_by", address), ASKED_OF_ONE_ADDRESS),
        (await parts.party_links.tried(tenant_id, "lost_of", number), ASKED_OF_ONE_NUMBER),
    ]
    if all(times <= most for times, most in counts):
        await parts.party_links.ask(tenant_id, number.strip(), address)


async def hand_out(parts: Parts, caller: Caller, case_id: str, party_id: str) -> str:
    """A link's secret for the platform, which leads one of its own users with it to their page, having signed them in itself.

    Raises ``not_found`` for a case or party that is none, ``act_as_forbidden`` and ``scope_missing`` for a key that cannot speak
    for parties.
    """
    # Whoever may speak in a party's place may let it speak itself; the rest is asked as if the party itself looked.
    await find(parts, caller, case_id)
    await find(parts, caller.acting_as(party_id), case_id)
    return await parts.party_links.create(caller.tenant_id, case_id, party_id, "platform", OF_PLATFORM_FOR)


async def of_report(parts: Parts, tenant_id: str, case_id: str, party_id: str) -> str:
    """A link's secret for whoever has just reported by a form, who is at the receipt and nowhere else."""
    return await parts.party_links.create(tenant_id, case_id, party_id, "report")


@dataclass(frozen=True)
class Reached:
    """A party of a case, and its links, the newest first."""

    id: str
    side: str
    role: str
    knows: bool
    """Whether they were told of the case. Else nothing can be sent to them: a link would tell them."""
    links: Sequence[PartyLink]
    failed: int = 0
    """Letters that went nowhere."""


async def listed(parts: Parts, caller: Caller, case_id: str) -> Sequence[Reached]:
    """The parties of a case with their links, for the team. Raises ``not_found`` and ``not_allowed``."""
    await _of_the_team(parts, caller, case_id)
    row = await parts.views.case(caller.tenant_id, case_id)
    case = row.case if row is not None else None
    links = await parts.party_links.listed(caller.tenant_id, case_id)
    failed = await parts.party_addresses.failed(caller.tenant_id, case_id)
    return [
        Reached(
            party.id,
            party.side.value,
            party.role,
            told_of(case, party),
            [link for link in links if link.party_id == party.id],
            failed.get(party.id, 0),
        )
        for party in (case.parties if case is not None else ())
        if case is not None and not party.left
    ]


async def send_anew(parts: Parts, caller: Caller, case_id: str, party_id: str) -> None:
    """Have a new link sent to a party's address on record, for the team. Raises ``not_found``, ``not_allowed``."""
    await _party(parts, caller, case_id, party_id)
    why: LinkReason = "team"
    await parts.party_links.create(caller.tenant_id, case_id, party_id, why, by_letter=True)


async def revoke(parts: Parts, caller: Caller, case_id: str, party_id: str) -> tuple[int, int]:
    """End every link and session of a party at once, for the team: how many of each. Raises ``not_found``, ``not_allowed``."""
    await _party(parts, caller, case_id, party_id, undisclosed=True)
    return await parts.party_links.revoke(caller.tenant_id, case_id, party_id, caller.holder)


async def _of_the_team(parts: Parts, caller: Caller, case_id: str) -> None:
    seen = await find(parts, caller, case_id, "party_links")
    if seen.viewer.side is not None or not caller.is_somebody:
        raise Refused("not_allowed", "The links of parties are looked after by people of the team.")


async def _party(parts: Parts, caller: Caller, case_id: str, party_id: str, *, undisclosed: bool = False) -> None:
    await _of_the_team(parts, caller, case_id)
    row = await parts.views.case(caller.tenant_id, case_id)
    party = row.case.party(party_id) if row is not None and row.case is not None else None
    if party is None:
        raise not_found()
    assert row is not None and row.case is not None, "they were there just now"  # noqa: PT018 - one thought
    if not undisclosed and not told_of(row.case, party):
        words = "They do not know of this case, and a link would tell them."
        raise Refused("not_allowed", words, [FieldError("party", "not_allowed", words)])
