"""What one of the team has changed about the parties, and a second one has not said yet: in words, and what was said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.views.case import CaseView
from services.cases import Seen
from services.party_changes import WaitingChange, said_again, waiting
from services.references import Told

_SAID: Mapping[str, tuple[str, str]] = {
    "added": ("{party} came by the word of {by} alone.", "Confirm that {party} is a party"),
    "replaced": ("{party} has the place of {before} by the word of {by} alone.", "Confirm that {party} has the place"),
    "removed": ("{party} was taken out by the word of {by} alone.", "Confirm that {party} is out"),
    "under_age": ("{party} counts as under age by the word of {by} alone.", "Confirm that {party} is under age"),
    "adult": ("{by} says that {party} is not under age; until a second person says so they count as a child.", "Confirm it"),
    "speaks": ("{party} speaks for {before} by the word of {by} alone.", "Confirm that {party} speaks for them"),
    "removal": ("{by} proposes that {party} be no party any more; they still are.", "Agree that {party} goes"),
}
_WHY = "A lead or operations confirms it who did not say it, nor reports to who did."
_GONE = "Their id on the platform is not known any more: the platform confirms it, or the change is undone."


@dataclass(frozen=True)
class Unconfirmed:
    """Something that waits for a second person, in words."""

    party: str
    change: str
    words: str
    button: str
    why_not: str
    """Why whoever looks cannot confirm it; empty: they can."""


def unconfirmed(seen: Seen, said: CaseView, told: Told | None, names: Mapping[str, str]) -> list[Unconfirmed]:
    """All that waits, the oldest first."""
    if seen.case is None:
        return []
    can = {action.command for action in said.actions if action.allowed and not seen.reads_only}
    return [_shown(one, said_again(seen.case, told, one), can, names) for one in waiting(seen.case, seen.viewer)]


def _shown(one: WaitingChange, body: Mapping[str, object] | None, can: Collection[str], names: Mapping[str, str]) -> Unconfirmed:
    said = {
        "party": names.get(one.party, "Somebody"),
        "by": names.get(one.by, "one of the team"),
        "before": names.get(one.instead_of or "", "somebody"),
    }
    words, button = (part.format(**said) for part in _SAID[one.change])
    why = _GONE if body is None else "" if one.may and body["type"] in can else _WHY
    return Unconfirmed(one.party, one.change, words, button, why)


_CONFIRMED: Mapping[str, str] = {
    "added": "The party is confirmed.",
    "replaced": "The party is confirmed: they have the place for good.",
    "removed": "It is confirmed: they are no party any more.",
    "under_age": "It is confirmed that they are under age.",
    "adult": "It is confirmed that they are not under age.",
}
_WAITS = "Nobody agrees on anything before a second person of the team confirms it here."


def what_changed(facts: Mapping[str, Mapping[str, object]], *, waits: bool) -> str | None:
    """What a command did to the parties, by the facts that it brought about; None: nothing. ``waits``: a second person has to say
    something of it too."""
    if (confirmed := facts.get("party_change_confirmed")) is not None:
        return _CONFIRMED.get(str(confirmed.get("change")), "It is confirmed.")
    if "party_change_said_again" in facts:
        return f"Whoever said it must not decide the case: it is your word now. {_WAITS}"
    if "party_agreed" in facts:
        return "It is confirmed that they speak for them."
    if "party_removal_proposed" in facts:
        return "It is proposed and not done yet: a lead or operations who did not propose it agrees here."
    if "adulthood_proposed" in facts:
        return f"It is proposed and not done yet. {_WAITS}"
    if "party_added" in facts:
        done = "Another one has the party's place now." if "party_left" in facts else "The party was added."
        return f"{done} {_WAITS}" if waits else done
    if "party_left" in facts:
        return f"The party is none any more. {_WAITS}" if waits else "The party is none any more."
    return None
