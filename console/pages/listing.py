"""Which cases an address of the inbox means, and what can be chosen for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from console.kit.visit import Visit
from console.kit.words import in_words
from domain.base import Phase, Priority
from domain.views.urgency import STATES
from services.cases import WINDOWS, Listing, Seen
from services.errors import FieldError, Refused
from services.references import Told

View = Literal["mine", "queues", "away", "all"]
VIEWS: tuple[View, ...] = get_args(View)
FILTERS = ("kind", "phase", "priority", "queue", "owner", "turn", "tag", "when", "stuck", "campaign", "status", "order")
NOBODY = "nobody"
"""As an owner: what waits for somebody to take it."""
WHEN: Mapping[str, str] = {
    "due_day": "Runs out within a day",
    "late_day": "Late since yesterday",
    "opened_day": "Opened since yesterday",
    "closed_day": "Closed since yesterday",
}
STUCK: Mapping[str, str] = {
    "any": "In any way",
    "letters": "A letter did not arrive",
    "effects": "Not carried out",
    "hands": "To be done by hand",
    "still": "Nothing moves",
}
TURNS: Mapping[str, str] = {
    "staff": "The team",
    "claimant": "The claimant",
    "respondent": "The respondent",
    "both": "Both sides",
    "nobody": "Nobody",
}
ORDERS: Mapping[str, str] = {"pressing": "Most urgent first", "newest": "Newest first"}
_LABELS = 3
"""So many names of a phase are told: each kind may have its own."""


def listing_of(visit: Visit, which: str, said: Mapping[str, str]) -> Listing:
    """What an address asks for. Raises ``parameter_invalid`` for what there is not."""
    when, stuck = _known("when", said, WINDOWS), _known("stuck", said, tuple(STUCK))
    status = _known("status", said, ("open", "closed")) or _usual_status(when, stuck)
    by_age = _known("order", said, tuple(ORDERS)) == "newest" or status != "open"
    own = visit.caller.holder if which == "mine" else None
    return Listing(
        kind=_known("kind", said, tuple(visit.parts.packs)),
        phase=_one(Phase, "phase", said),
        priority=_one(Priority, "priority", said),
        queue=said.get("queue") or None,
        status=status,  # type: ignore[arg-type]  # one of the two, as was asked
        owner=own or (said.get("owner") if said.get("owner") != NOBODY else None) or None,
        unowned=True if own is None and said.get("owner") == NOBODY else None,
        campaign=said.get("campaign") or None,
        window=when,  # type: ignore[arg-type]  # one of them, as was asked
        stuck=stuck,  # type: ignore[arg-type]  # one of them, as was asked
        waits_in=(visit.person.queues if visit.person else ()) if which == "queues" and status == "open" else None,
        put_away=visit.caller.holder if which == "away" else None,
        tag=said.get("tag", "")[:64] or None,
        waiting_on=_known("turn", said, tuple(TURNS)),  # type: ignore[arg-type]  # one of them, as was asked
        pressing=_known("clock", said, STATES),  # type: ignore[arg-type]  # one of them, as was asked
        sort="newest" if by_age else "ends" if when == "due_day" else "due",
    )


_OF_THE_VIEW = ("view", *FILTERS, "clock")
"""What of an address makes the view; where one is in it, and what was just done, does not."""


SAID_ONCE = ("nothing", "unticked", "before", "sent", "tagged", "as", "left")
"""What an address tells of what was just done, and no list keeps."""


def refuse_unknown(said: Mapping[str, str]) -> None:
    """A filter that is misspelt never answers with every case. Raises ``parameter_invalid``."""
    known = (*_OF_THE_VIEW, "cursor", *SAID_ONCE)
    if strange := [name for name in said if name not in known]:
        detail = f"The address of this list filters by “{in_words(strange[0])[:40].lower()}”, which no list knows."
        error = FieldError("view", "parameter_invalid", f"One of: {', '.join(_OF_THE_VIEW)}.")
        raise Refused("parameter_invalid", f"{detail} Choose in the list's filter instead.", errors=[error])


def query_of(said: Mapping[str, str]) -> str:
    """The view that an address shows, written always the same."""
    return urlencode({name: said[name] for name in _OF_THE_VIEW if said.get(name)})


def _usual_status(when: str | None, stuck: str | None) -> str | None:
    """What an address means that names no status: open cases, but for what happens in closed ones as well."""
    if when == "closed_day":
        return "closed"
    return None if when == "opened_day" or stuck in ("any", "effects", "hands") else "open"


def choices(
    visit: Visit, said: Mapping[str, str], names: Mapping[str, str], tags: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """What the filter offers: each parameter with its values and what they are called."""
    if said.get("tag") and said["tag"] not in tags:
        tags = [*tags, said["tag"]]
    queues = dict.fromkeys(visit.person.queues if visit.person else ())
    if visit.person and {"lead", "ops"} & set(visit.person.roles):
        queues |= dict.fromkeys(queue for pack in visit.parts.packs.values() for queue in (pack.queue, pack.appeal_queue))
    if said.get("queue"):
        queues[said["queue"]] = None
    return {
        "kind": [(kind, in_words(kind)) for kind in sorted(visit.parts.packs)],
        "phase": [(phase.value, phase_called(visit, phase, said.get("kind"))) for phase in Phase],
        "priority": [(priority.value, in_words(priority.value)) for priority in Priority],
        "queue": [(queue, in_words(queue)) for queue in sorted(queues)],
        "owner": [(NOBODY, "Nobody yet"), *sorted(names.items(), key=lambda one: one[1])],
        "campaign": [(said["campaign"], "One campaign")] if said.get("campaign") else [],
        "when": list(WHEN.items()),
        "stuck": list(STUCK.items()),
        "turn": list(TURNS.items()),
        "tag": [(tag, in_words(tag)) for tag in tags],
        "status": [("open", "Open"), ("closed", "Closed")],
        "order": list(ORDERS.items()),
    }


def phase_called(visit: Visit, phase: Phase, kind: str | None) -> str:
    """A phase as people say it: as the pack of the kind calls it, else as any pack does."""
    packs = [visit.parts.packs[kind]] if kind is not None and kind in visit.parts.packs else visit.parts.packs.values()
    labels = list(dict.fromkeys(pack.labels[phase] for pack in packs if phase in pack.labels))
    return ", ".join(labels[:_LABELS]) + (", …" if len(labels) > _LABELS else "") if labels else in_words(phase.value)


def titled(seen: Seen, told: Told | None) -> tuple[str, str]:
    """The number of a case and what it is called in a list: what the platform calls it, else the end of its id and its kind."""
    known = told.references if told is not None else None
    assert seen.case is not None, "what is listed was opened"
    usual = f"{in_words(seen.case.kind)}: {in_words(seen.case.category).lower()}"
    number = (known.external_id if known else None) or f"…{seen.id[-8:]}"
    return number, (known.subject or known.matter if known else None) or usual


def _one(kind: Any, name: str, said: Mapping[str, str]) -> Any:
    value = _known(name, said, [one.value for one in kind])
    return kind(value) if value else None


def _known(name: str, said: Mapping[str, str], known: Sequence[str]) -> str | None:
    value = said.get(name)
    if value and value not in known:
        raise wrong(name, known)
    return value or None


def wrong(name: str, allowed: Any) -> Refused:
    """The refusal of a value that there is not."""
    error = FieldError(name, "parameter_invalid", f"One of: {', '.join(allowed)}.")
    there_is_not = f"The address of this list asks for a “{in_words(name).lower()}” that there is not."
    return Refused("parameter_invalid", f"{there_is_not} Choose it in the list's filter instead.", errors=[error])
