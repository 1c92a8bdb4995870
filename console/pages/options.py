"""What a case knows of the values that the fields of its forms take: people, parties, offers, measures, the pack's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from console.kit.words import in_words
from console.pages.case import Shown
from console.pages.in_force import remedy_words
from console.pages.settlement import offered
from domain.base import Side
from domain.model.case import Case
from domain.model.remedy import Remedy
from domain.model.ruling import Effect
from domain.views.appointments import AppointmentView
from domain.views.case import StepView
from domain.views.preview import named_at_end, reopening_grounds
from services.manual_work import contested, correctable, waiting

Option = tuple[str, str]
"""A value, and the words for it."""


def options_of(found: Shown, command: str) -> dict[str, list[Option]]:
    """What there is to choose from, by the field's own name. A field of which nothing is known is written by hand."""
    case = found.seen.case
    assert case is not None, "it was opened"
    options = _of_the_pack(found, case) | _of_the_case(found, case)
    if command == "link":
        # There, it is another case to which a link goes.
        del options["to"]
    if command in ("complete_step", "skip_step"):
        # What is done is said beside the form, and asked for no more.
        left = [(step, in_words(step)) for step in steps_left(found, command)]
        options |= {"step": left, "steps": left}
    if command == "reopen" and (grounds := reopening_grounds(case)):
        options["reason"] = [(ground, in_words(ground)) for ground in grounds]
    return options


def _of_the_pack(found: Shown, case: Case) -> dict[str, list[Option]]:
    terms = case.terms
    remedies = [remedy.name for remedy in terms.remedies]
    sanctions = terms.sanctions
    codes: Mapping[str, Sequence[str]] = {
        "clock": [clock.clock for clock in found.clocks],
        "ground": terms.grounds_for(case.category),
        "outcome": [outcome.name for outcome in terms.outcomes],
        "conditions": terms.conditions,
        "complaint_route": terms.routes_for(case.category),
        "step": terms.procedure,
        "steps": terms.procedure,
        "measure": [measure.name for measure in terms.interim],
        "evidence_type": terms.evidence_types,
        "root_cause": terms.root_causes,
        "cause": terms.root_causes,
        "authority": terms.authorities,
        "queue": terms.sites,
        "misuse": [ground for one in sanctions.ladders if one.misuse for ground in one.grounds] if sanctions else [],
        "sanction": [kind.name for kind in sanctions.kinds] if sanctions else [],
        "sanction_reason": [*sanctions.harsher, *sanctions.milder] if sanctions else [],
        "remedy": [offer.name for offer in terms.offers] or remedies,
        "type": remedies,
    }
    return {name: [(code, in_words(code)) for code in each] for name, each in codes.items()}


def _of_the_case(found: Shown, case: Case) -> dict[str, list[Option]]:
    team = [(key, name) for key, name in found.names.items() if key.startswith("per_")]
    parties = [(party.id, found.names.get(party.id, party.role)) for party in case.parties if not party.left]
    measures = [(one.id, _remedy(one.remedy, found.names)) for one in case.interim]
    left = [(one.id, f"{_remedy(one.remedy, found.names)}, by the ruling") for one in named_at_end(case)]
    holds = [(hold.id, in_words(hold.reason)) for hold in found.said.legal_holds or ()]
    reports = [(one.id, in_words(one.authority)) for one in found.said.authority_reports or () if not one.made]
    asked = [(one.id, f"{in_words(one.of)}: {in_words(one.name)}") for one in found.said.exceptions or () if one.state == "asked"]
    links = [(one.id, f"{in_words(one.relation)}: …{one.other[-8:]}") for one in found.said.case_links or ()]
    requests = [(one.id, f"The {one.of.value}'s, number {one.number}") for one in case.requests]
    return {
        **dict.fromkeys(("owner", "to", "mentions"), team),
        **dict.fromkeys(("party", "parties", "represents"), parties),
        "measure_id": measures,
        **{name: [*measures, *left] for name in ("ends", "stays")},
        "appointment": [(one.id, _hearing(one)) for one in reversed(found.said.appointments)],
        "missed_by": [(side.value, found.of(side) or f"The {side.value}") for side in Side],
        "offer_id": list(_offers(found)),
        "hold_id": holds,
        "report_id": reports,
        "exception_id": asked,
        "link_id": links,
        "answers": requests,
        "effect_id": [(one.id, said) for one, said in by_hand_of(found)],
    }


def steps(found: Shown) -> tuple[StepView, ...]:
    """The steps of the procedure, and what became of each."""
    return found.said.procedure or ()


def steps_left(found: Shown, command: str) -> list[str]:
    """The steps that can be left out, or be done: also one that was left out before."""
    over = ("done", "skipped") if command == "skip_step" else ("done",)
    return [one.step for one in steps(found) if one.state not in over]


def by_hand_of(found: Shown) -> list[tuple[Effect, str]]:
    """What somebody can say of what became of things by hand: what waits, and what was reported as done."""
    case = found.seen.case
    assert case is not None, "it was opened"
    waits = [(one, ", in question" if contested(case, one) else "") for one in waiting(case)]
    done = [(one, ", reported as done") for one in correctable(case)]
    return [(one, f"{remedy_words(one)}: {found.whom(one.remedy)}{stands}") for one, stands in (*waits, *done)]


def _offers(found: Shown) -> Iterable[Option]:
    if found.said.offer is not None:
        yield found.said.offer.id, f"{offered(found.said.offer)}, by the {found.said.offer.side.value}"
    for proposal in found.said.proposals:
        if proposal.became == "open":
            yield proposal.id, f"{offered(proposal)}, proposed by the team"


def _hearing(one: AppointmentView) -> str:
    """A hearing or call by its form, its people and how it stands."""
    whom = (
        "both sides"
        if one.sides == "both"
        else f"the {one.sides}"
        if one.party is None
        else f"one of the {one.sides}'s side alone"
    )
    return f"{in_words(one.form)} with {whom}: {in_words(one.state)}"


def _remedy(remedy: Remedy, names: Mapping[str, str]) -> str:
    whom = names.get(remedy.party or "") or f"the {remedy.to.value}"
    return f"{in_words(remedy.type)} ({whom})"
