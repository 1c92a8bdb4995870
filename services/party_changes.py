"""What somebody of the team has changed about the parties by their word alone, and by which command a second one says it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.model.case import Case
from domain.model.people import Actor
from domain.rules.confirmation import may_be_second
from services.references import Told


@dataclass(frozen=True)
class WaitingChange:
    """A change that binds nobody before a second person has said it."""

    party: str
    change: str
    """``added``, ``replaced``, ``removed``, ``under_age``, ``adult``, ``speaks`` for somebody, ``removal`` that is proposed."""
    by: str
    may: bool
    """Whether whoever looks is a second person: a lead or ops who did not say it, nor reports to who did."""
    instead_of: str | None = None


def waiting(case: Case, actor: Actor) -> list[WaitingChange]:
    """All that waits, the oldest first."""
    found = [
        WaitingChange(one.party, one.change, one.by, may_be_second(one.by, actor), one.instead_of)
        for one in case.seated
        if one.party
    ]
    for party in case.parties:
        if party.stated_by is not None and not party.left:
            whose = case.party(party.represents) if party.represents is not None else None
            first = [by for by in (party.stated_by, whose.flagged_by if whose is not None else None) if by is not None]
            may = all(may_be_second(by, actor) for by in first)
            found.append(WaitingChange(party.id, "speaks", party.stated_by, may, party.represents))
    if case.removal is not None and case.removal.successor is None:
        proposed = case.removal
        found.append(WaitingChange(proposed.party, "removal", proposed.by, may_be_second(proposed.by, actor)))
    return found


def said_again(case: Case, told: Told | None, change: WaitingChange) -> dict[str, Any] | None:
    """The command by which it is confirmed; None: who they are on the platform is not known any more."""
    if change.change in ("removed", "removal"):
        return {"type": "remove_party", "party": change.party, "reason": "mistaken"}
    if change.change in ("under_age", "adult"):
        who = "minors" if change.change == "under_age" else "adults"
        return {"type": "retarget", who: [change.party], "reason": change.change}
    known: Mapping[str, Any] = {one.id: one for one in (told.references.parties if told is not None else ())}
    party, here = known.get(change.party), case.party(change.party)
    if party is None or here is None or not party.ref:
        return None
    said = {"side": here.side.value, "role": here.role, "ref": party.ref}
    represents = {"represents": here.represents} if here.represents is not None else {}
    return {"type": "add_party", "party": said, **represents}


def one_of(found: Sequence[WaitingChange], party: str, change: str) -> WaitingChange | None:
    """The one that a form names; None: it waits no longer."""
    return next((one for one in found if (one.party, one.change) == (party, change)), None)
