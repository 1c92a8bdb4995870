"""What holds in a case for the moment: what somebody owes it, what is imposed until it is decided, and that it is put away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.kit.words import in_words
from domain.currencies import in_words as money
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import Effect
from domain.views.case import CaseView
from domain.views.urgency import ClockStanding
from services.manual_work import contested, made, waiting, why_not
from services.timelines import Entry


@dataclass(frozen=True)
class Measure:
    """A temporary measure in force."""

    words: str
    whom: str
    by: str
    since: datetime
    until: datetime | None
    """When it ends by itself unless somebody keeps it; None: no end is in sight."""
    reasons: str | None
    told: str | None
    """What whoever it hits was told instead of the reasons."""
    side: str
    not_done: str = ""
    """That it is ordered and not carried out yet, or cannot be."""


@dataclass(frozen=True)
class Owed:
    """Something that was asked of somebody, and has not come."""

    whom: str
    side: str
    what: str
    until: datetime | None
    """None: their clock stands still."""
    words: str | None = None
    """The question itself."""


@dataclass(frozen=True)
class ByHand:
    """Something that waits for somebody's hands."""

    id: str
    words: str
    whom: str
    since: datetime | None
    contested: bool
    """It was agreed on, and that agreement is in question again."""
    doubt: str
    """What whoever is about to pay should know before; empty: nothing."""


_DOUBTS = {
    "paid_by_provider": "Not to be paid as it stands: the provider gave the money back, and whoever paid would have it twice.",
    "dispute_unverified": "Ask the provider first: what it said of its dispute was not verified.",
    "payment_in_doubt": "Ask the provider first: it does not say where the money is.",
    "disputed_less": "Look first: less is disputed by now than what was decided.",
    "payment_unsaid": "Only where the payment went out: say first what became of that.",
    "undone_since": "Not to be paid: what it carried out has been undone. It may have gone out before: say whether it did.",
    "taken_back": "Look first: it has been undone since. What was taken back from them, and they never had, is theirs.",
    "disputed_again": "Look first: another case is about the same payment.",
}


def before_paying(case: Case, effect: Effect) -> str:
    """What a provider's word means for a payment that waits for hands, in words; empty: nothing."""
    why, already = why_not(case, effect), made(case, effect)
    said = [_DOUBTS[why]] if why is not None else []
    if already is not None:
        said.append(f"Of it {money(already.amount, already.currency)} has been refunded at the provider: only the rest is owed.")
    return " ".join(said)


def remedy_words(effect: Effect) -> str:
    """What is to be carried out, with its amount; of a reversal, that it is undone: ``Refund of 40.00 EUR``."""
    amount = effect.remedy.amount
    words = in_words(effect.remedy.type) + (f" of {money(amount.amount, amount.currency)}" if amount is not None else "")
    return f"{words}: undo it" if effect.reverses is not None else words


def by_hand(case: Case, whom: Callable[[Remedy], str]) -> list[ByHand]:
    """What waits for somebody's hands, the oldest first."""
    return [
        ByHand(one.id, remedy_words(one), whom(one.remedy), one.reported_at, contested(case, one), before_paying(case, one))
        for one in waiting(case)
    ]


def not_done(case: Case, because: Collection[str], *, on_its_way: bool = True) -> str:
    """How what somebody decided stands, in words: empty where it is done, or nothing of it is to be carried out; and, not
    ``on_its_way``, where a machine is about to do it."""
    states = {one.state for one in case.effects if one.because in because and one.reverses is None}
    if "needs_hands" in states:
        return "not done yet: somebody of the team has to do it by hand"
    if "impossible" in states:
        return "it could not be done"
    return "not done yet" if on_its_way and "running" in states else ""


def still_open(case: Case | None) -> dict[str, str]:
    """How what was decided and what was agreed on stands, where it is not all done: said wherever the page shows it."""
    ruling = case.ruling if case is not None and case.ruling is not None and case.ruling.issued_at else None
    agreed = case.settlement if case is not None else None
    return {
        "ruling_stands": not_done(case, (ruling.id,)) if case is not None and ruling is not None else "",
        "agreed_stands": not_done(case, (agreed.id,)) if case is not None and agreed is not None else "",
    }


_REPORTS = ("effect_reported", "manual_work_reported")


def with_effects(entries: Sequence[Entry]) -> list[Entry]:
    """The same, where something was carried out or not with what it was: the order says it, the report has its id alone."""
    ordered = {entry.data.get("effect_id"): entry for entry in entries if entry.type == "effect_ordered"}
    found = []
    for entry in entries:
        order = ordered.get(entry.data.get("effect_id")) if entry.type in _REPORTS else None
        if order is not None:
            about = {name: order.data.get(name) for name in ("remedy", "reverses") if order.data.get(name) is not None}
            found.append(replace(entry, data={**entry.data, **about}))
        else:
            found.append(entry)
    return found


def measures(case: Case, said: CaseView, entries: Sequence[Entry], names: Mapping[str, str]) -> list[Measure]:
    """The temporary measures in force, the oldest first."""
    imposed = {str(entry.data.get("measure_id")): entry for entry in entries if entry.type == "interim_imposed"}
    ends = min((due.due_at for due in said.deadlines if due.by_default in ("lift_interim", "end_kept_interim")), default=None)
    found = []
    for one in case.interim:
        entry = imposed.get(one.id)
        ids = [one.remedy.party] if one.remedy.party else [party.id for party in case.principals(one.remedy.to)]
        whom = " and ".join(names.get(party_id, in_words(one.remedy.to.value)) for party_id in ids) or in_words(
            one.remedy.to.value
        )
        by = names.get(entry.actor_id or "", "Ombud") if entry else "Ombud"
        reasons = entry.data.get("reasons") if entry else None
        until = one.kept_until or ends
        words = reasons if isinstance(reasons, str) else None
        said_ = entry.data.get("told") if entry else None
        told = said_ if isinstance(said_, str) else None
        side, still = one.remedy.to.value, not_done(case, (one.id,), on_its_way=False)
        found.append(Measure(in_words(one.remedy.type), whom, by, one.imposed_at, until, words, told, side, still))
    return found


def owed(said: CaseView, names: Mapping[str, str], texts: Mapping[str, str | None]) -> list[Owed]:
    """What the sides were asked for and have not handed in, in the words of the question, what falls due first above."""
    found = [
        Owed(
            names.get(asked.party or "", f"the {asked.of.value}"),
            asked.of.value,
            in_words(asked.evidence_type) if asked.evidence_type else "Evidence",
            asked.due_at,
            texts.get(asked.what.content_id) if asked.what else None,
        )
        for asked in said.requests
    ]
    return sorted(found, key=lambda one: (one.until is None, one.until or said.opened_at))


def lateness(clocks: Sequence[ClockStanding]) -> Mapping[str, datetime]:
    """Since when each clock is late, of those that are: what is said of one on a page is said the same everywhere on it."""
    return {one.clock: one.due_at for one in clocks if one.state == "late" and one.due_at is not None}
