"""What a case that runs in another system would be here: asked before it is imported, by the same rules that judge it then."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from domain.model.case_import_report import MovingCase
from domain.model.commands import Open, OpenedParty
from domain.model.people import SYSTEM, Actor
from domain.model.prior_decision import as_opened
from domain.model.prose import Prose
from domain.model.terms import Routing, Terms
from domain.rules.reference import ReferenceData
from domain.rules.rule import DecisionContext
from domain.transition import Step, step
from domain.worktime.calculator import zone_data_version
from policies.shelf import Shelf

MOVED_IN = "routing: moved in"


def routed(shelf: Shelf, moving: MovingCase, time_scale: float = 1.0) -> tuple[Terms, Routing]:
    """The terms that bind it, and why.

    The gates are for new reports: what they say is kept in the trace, and turns nothing away. Raises UnknownKind.
    """
    terms, routing = shelf.terms(moving.report, time_scale)
    return terms, Routing(decision="admit", trace=(*routing.trace, MOVED_IN))


def rehearsed(
    shelf: Shelf,
    moving: MovingCase,
    at: datetime,
    *,
    owner: Actor | None = None,
    digest: Callable[[str], str] = lambda ref: hashlib.sha256(ref.encode()).hexdigest(),
    time_scale: float = 1.0,
    notify: bool = False,
) -> Step:
    """What would be recorded if it were imported at this instant. Raises what the rules refuse, and UnknownKind."""
    terms, routing = routed(shelf, moving, time_scale)
    report = moving.report
    ids = {party.ref: (f"pty_{number}", party.side) for number, party in enumerate(report.parties)}
    parties = tuple(
        OpenedParty(
            id=ids[p.ref][0], side=p.side, role=p.role, ref_digest=digest(p.ref), locale=p.locale, zone=p.zone, minor=p.minor,
            org_digest=digest(p.organisation) if p.organisation else None,
        )
        for p in report.parties
    )  # fmt: skip
    command = Open(
        id="cmd_moving-in", by="system", channel="cli", kind=report.kind, source=report.source, category=report.category,
        priority=terms.priority, terms=terms, routing=routing, parties=parties, statement=_reference(report.statement),
        amount=report.amount, occurred_at=report.occurred_at, synthetic=report.synthetic, owner=moving.owner,
        decision=as_opened(report.decision, "", _reference),
        history=moving.history(ids, lambda holder: _reference, notify=notify),
    )  # fmt: skip
    reference = ReferenceData(shelf.calendars_of(terms), shelf.notices, zone_data_version())
    return step(None, "case_moving-in", command, DecisionContext(actor=SYSTEM, target=owner), at, at, reference)


def _reference(text: str) -> Prose:
    """Stands for a text: nothing is sealed for a mere question."""
    return Prose(content_id="cnt_unsealed", digest="", length=len(text))
