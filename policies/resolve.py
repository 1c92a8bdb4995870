"""From a pack and a report to the terms that bind one case.

Gates and routing are evaluated once, at intake, and their trace is kept; a later version of the pack does not reach the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from domain.base import Priority, Side, most_urgent
from domain.model.prose import MAX_PROSE
from domain.model.report import Report
from domain.model.terms import (
    MAX_TERMS_BYTES,
    USUAL_STANDSTILL,
    CreditLessTerms,
    ElsewhereTerms,
    ExceptionTerms,
    InterimTerms,
    LadderStep,
    OfferTerms,
    OutcomeTerms,
    RemedyTerms,
    Routing,
    SanctionTerms,
    StatementTerms,
    Terms,
)
from domain.rules import told_category
from policies import attributes, danger
from policies.pack import Pack, PackError
from policies.pack_rows import PriorityRow

_MOST_RESOLVED = 256
_RESOLVED: dict[tuple[Any, ...], Terms] = {}
"""Terms by what they follow from: a pack of one version says the same to every report of one priority."""


def resolve(pack: Pack, report: Report, calendars: Mapping[str, str], time_scale: float = 1.0) -> tuple[Terms, Routing]:
    """The terms for a report and what the gates said.

    ``calendars`` maps the pack's calendar names to references; ``time_scale`` below 1 is for development tenants (1/3600 makes
    hours seconds). Raises :class:`PackError` when the terms of real time outgrow 4 KiB, KeyError for an unknown calendar,
    :class:`AttributeUnreadable` for an attribute that no condition can compare.
    """
    facts = _report_facts(pack, report)
    endangered = danger.said(pack, report)
    routing = _of_category(pack, report, _gates(pack, facts, files=bool(report.attachments)))
    routing = _not_turned_away(pack, report, routing) if endangered else routing
    priority, why = (Priority.URGENT, f"danger/{endangered}: urgent") if endangered else _priority(pack, report, facts)
    fitting = _variants(pack, facts)
    with_minor = {**facts, "report": {**facts["report"], "minors": max(1, facts["report"]["minors"])}}
    young = priority if endangered else _priority(pack, report, with_minor)[0]
    trace = (*routing.trace, why, *(f"clocks/{clock}/{row}" for clock, row in fitting.items()))
    terms = terms_of(pack, priority, calendars, time_scale, fitting, young if young is not priority else None, endangered)
    listed = report.category in pack.categories and not told_category.is_plain(terms, report.category)
    return terms, routing.model_copy(update={"trace": trace, "category_listed": listed})


def terms_of(
    pack: Pack,
    priority: Priority,
    calendars: Mapping[str, str],
    time_scale: float = 1.0,
    variants: Mapping[str, str] = MappingProxyType({}),
    for_minors: Priority | None = None,
    endangered: str | None = None,
) -> Terms:
    """What the pack says for one case; ``variants`` are the rows that fitted its report, by clock, ``for_minors`` the priority
    that it has where somebody under age is in it, ``endangered`` the danger that the report tells of.

    Raises :class:`PackError` and KeyError as :func:`resolve` does.
    """
    fits = (tuple(sorted(variants.items())), for_minors, endangered)
    key = (pack.version, priority, time_scale, tuple(sorted(calendars.items())), *fits)
    if not pack.version or key not in _RESOLVED:
        if len(_RESOLVED) >= _MOST_RESOLVED:
            _RESOLVED.clear()
        terms = _terms(pack, priority, calendars, time_scale, variants, for_minors)
        # Who is in danger is not refused because the terms are long: what that adds is outside the bound of a pack.
        _RESOLVED[key] = terms if endangered is None else danger.on_call(pack, terms, endangered)
    return _RESOLVED[key]


_AS_THEY_ARE = (
    "grounds", "procedure", "root_causes", "root_cause_needed", "by_hand", "conditions", "complaint_routes",
    "complaint_routes_for", "grounds_not_for", "appeal_needs", "hear", "joins",
    "disclosure", "words", "concession",
    "decided_matter", "merges_with", "evidence_types", "withdrawal", "destructive", "heard_when", "worse_on_appeal",
)  # fmt: skip
"""What terms say in the words of the pack."""


def _quiet(pack: Pack, time_scale: float) -> dict[str, timedelta | None]:
    """How long nobody is called. What is usual is left out: what stands in every opening fact is short."""
    stands, quiet = pack.standstill_for, pack.acknowledged_for
    return {
        "quiet_for": pack.quiet_for.scaled(time_scale).time,
        "acknowledged_for": quiet.scaled(time_scale).time if quiet else None,
        "standstill_for": stands.scaled(time_scale).time if stands and stands.time != USUAL_STANDSTILL else None,
    }


def _terms(
    pack: Pack,
    priority: Priority,
    calendars: Mapping[str, str],
    time_scale: float,
    variants: Mapping[str, str],
    for_minors: Priority | None,
) -> Terms:
    terms = Terms(
        pack=pack.kind,
        version=pack.version,
        late=pack.hear_evidence,
        opens_in=pack.opens_in,
        labels=pack.labels,
        **_calendars(pack, calendars, time_scale),
        queue=pack.queue,
        appeal_queue=pack.appeal_queue,
        skills=pack.skills,
        priority=priority,
        clocks=tuple(clock.terms(priority, calendars, time_scale, variants.get(clock.name)) for clock in pack.clocks),
        outcomes=tuple(OutcomeTerms.model_validate(outcome.model_dump()) for outcome in pack.outcomes),
        chargeback=pack.chargeback.terms(time_scale) if pack.chargeback else None,
        offers=tuple(OfferTerms.model_validate(offer.model_dump()) for offer in pack.offers),
        **{name: getattr(pack, name) for name in _AS_THEY_ARE},
        report=pack.statement,
        approval_above=pack.approval_above,
        remedies=tuple(RemedyTerms.model_validate(remedy.model_dump()) for remedy in pack.remedies),
        ladder=tuple(_step(step, time_scale) for step in pack.ladder),
        **_quiet(pack, time_scale),
        interim=tuple(InterimTerms.model_validate(measure.model_dump()) for measure in pack.interim_measures),
        statement=_statement(pack),
        elsewhere=_prior_decision(pack, time_scale),
        sanctions=_sanctions(pack, time_scale),
        reopen_for=pack.reopen_for.scaled(time_scale).time,
        keep_for=pack.keep_for.scaled(time_scale).time if pack.keep_for else None,
        keep_for_minors=pack.keep_for_minors.scaled(time_scale).time if pack.keep_for_minors else None,
        **_at_risk(pack, time_scale, variants),
        # Where nothing is bounded by what was paid, there is no less of it.
        less=pack.less_is_lost and any(remedy.bounded_by for remedy in pack.remedies),
        # Of sides that are heard anyway it says nothing more.
        hear_penalties=pack.hear_penalties and {*pack.hear} != {*Side},
        priority_for_minors=for_minors,
        time_scale=time_scale,
    )
    # What the calendars of a tenant are called is the tenant's: nobody's report is refused because there are many of them.
    size = len(terms.model_dump_json(exclude={"names"}).encode())
    # A development tenant's spans take longer to write ("504 seconds", not "7 days"): a pack is not too large by that.
    if size > MAX_TERMS_BYTES and time_scale == 1.0:
        raise PackError(pack.kind, [f"the terms take {size} bytes; at most {MAX_TERMS_BYTES} are allowed"])
    return terms


def _statement(pack: Pack) -> StatementTerms | None:
    row = pack.statement_of_reasons
    return StatementTerms.model_validate(row.model_dump()) if row is not None else None


def _prior_decision(pack: Pack, time_scale: float) -> ElsewhereTerms | None:
    row = pack.decision_elsewhere
    if row is None:
        return None
    return ElsewhereTerms.model_validate(
        row.model_dump() | ({} if time_scale == 1.0 else {"window": row.window.scaled(time_scale), "whole_days": False})
    )


def _at_risk(pack: Pack, time_scale: float, variants: Mapping[str, str]) -> dict[str, Any]:
    """What the pack says for where money or people are at risk, and which of its limits fit the report."""
    names = ("reopen_on", "provisional_credit", "authorities", "sites")
    rows = pack.credit_less
    less = tuple(CreditLessTerms.model_validate(row.model_dump()) for row in rows) if rows is not None else None
    ladders = {key: tuple(_step(step, time_scale) for step in steps) for key, steps in pack.ladders.items()}
    none = tuple(name for name, row in pack.categories.items() if not row.claim) if pack.provisional_credit else None
    said = {
        "ladders": ladders,
        "variants": dict(variants),
        "credit_less": less,
        "no_claims": none,
        "steps_without": {
            step: spared
            for step in pack.procedure
            if (spared := tuple(name for name, row in pack.categories.items() if step in row.without))
        },
        **_exceptions(pack, time_scale),
    }
    return {name: getattr(pack, name) for name in names} | said


def _exceptions(pack: Pack, time_scale: float) -> dict[str, Any]:
    names = ("of", "name", "per_month", "up_to", "currency", "told")
    rows = ((row, {name: getattr(row, name) for name in names}) for row in pack.exceptions)
    return {"exceptions": tuple(ExceptionTerms(**said, lasts=row.lasts.scaled(time_scale).time) for row, said in rows)}


def _calendars(pack: Pack, calendars: Mapping[str, str], time_scale: float) -> dict[str, Any]:
    if time_scale != 1.0:
        return {}
    by_queue = {queue: calendars[name] for queue, name in pack.queue_calendars.items()}
    names = {calendars[name]: name for name in sorted(pack.calendars)}
    return {"calendar": calendars[pack.calendar] if pack.calendar else None, "calendars": by_queue, "names": names}


def _sanctions(pack: Pack, time_scale: float) -> SanctionTerms | None:
    if pack.sanctions is None:
        return None
    return SanctionTerms.model_validate(pack.sanctions.model_dump()).scaled(time_scale)


def _step(step: LadderStep, time_scale: float) -> LadderStep:
    own = LadderStep.model_validate(step.model_dump())
    return own if time_scale == 1.0 else own.model_copy(update={"wait_for": own.wait_for.scaled(time_scale)})


def _report_facts(pack: Pack, report: Report) -> dict[str, Any]:
    said = {
        "kind": report.kind,
        "source": report.source,
        "category": report.category,
        "amount": report.amount.amount if report.amount else 0,
        "currency": report.amount.currency if report.amount else "",
        "statement_length": len(report.statement.strip()),
        "respondents": sum(1 for p in report.parties if p.side is Side.RESPONDENT),
        "minors": sum(1 for p in report.parties if p.minor and p.role == "principal"),
        "reachable": any(p.side is Side.CLAIMANT and bool(p.name) and bool(p.email) for p in report.parties),
        "attachments": len(report.handed_in),
        "decision": report.decision.outcome if report.decision else "",
        "appellant": report.decision.appellant if report.decision else "",
    }
    conditions = (condition for _, condition in pack.cel_conditions)
    return {"report": said, "attributes": attributes.read(conditions, report.attributes)}


def _gates(pack: Pack, facts: dict[str, Any], *, files: bool = False) -> Routing:
    """What the gates say, the first hit first. ``files``: something came with the report, and its words may stand there."""
    trace: list[str] = []
    for_length: str | None = None
    for gate in pack.gates:
        hit = _holds(gate.when, facts)
        if hit is None:
            # A condition that cannot be evaluated on this report is for a person to look at, not for the reporter to suffer from.
            return Routing(decision="triage", reason="gate_unclear", trace=(*trace, f"gates/{gate.name}: unclear"))
        if hit and (gate.then == "decline" or files) and _for_its_length(gate.when, facts):
            # How long a report is says nothing of whether it is right, and a complaint is not decided by a machine alone
            # (Regulation (EU) 2022/2065, article 20(6)): a person reads it. Other gates still hold.
            why = "words_in_files" if files else gate.reason
            for_length = for_length or why
            trace.append(f"gates/{gate.name}: {why}")
            continue
        if hit:
            return Routing(decision=gate.then, reason=gate.reason, trace=(*trace, f"gates/{gate.name}: {gate.then}"))
        trace.append(f"gates/{gate.name}: pass")
    if for_length is not None:
        return Routing(decision="triage", reason=for_length, trace=tuple(trace))
    return Routing(decision="admit", trace=tuple(trace))


def _not_turned_away(pack: Pack, report: Report, routing: Routing) -> Routing:
    """No table turns away somebody who tells of a danger, nor is it put aside for want of a decision: a person reads it."""
    elsewhere = pack.decision_elsewhere
    lacks = elsewhere is not None and report.decision is None and report.category not in elsewhere.first_instance
    if routing.decision == "triage" or (routing.decision == "admit" and not lacks):
        return routing
    return routing.model_copy(update={"decision": "triage", "reason": "notice_by_another_name" if lacks else "danger_said"})


def _for_its_length(expression: str, facts: dict[str, Any]) -> bool:
    """Whether a gate hits for the length of the statement alone: it would not, had the report more words, or none."""
    said = facts["report"]
    return any(_holds(expression, {**facts, "report": {**said, "statement_length": n}}) is False for n in (MAX_PROSE, 0))


def _of_category(pack: Pack, report: Report, routing: Routing) -> Routing:
    """What a category is, and what it needs, is told before a report is taken in: a misspelt one is nobody's fault but ours."""
    row = pack.categories.get(report.category)
    # What a word means that nobody lists no gate knows: where it may be a danger, no table turns it away.
    unknown = row is None and routing.decision == "decline" and pack.withdrawal != "closes"
    if not pack.categories or (routing.decision != "admit" and not unknown):
        return routing
    missing = [name for name in row.needs if report.attributes.get(name) in (None, "")] if row is not None else []
    if row is not None and not missing:
        return routing
    reason = "details_missing" if row is not None else "category_unknown"
    said = f"categories/{report.category}: {f'without {missing[0]}' if missing else 'unknown'}"
    return Routing(decision="triage", reason=reason, trace=(*routing.trace, said))


def _priority(pack: Pack, report: Report, facts: dict[str, Any]) -> tuple[Priority, str]:
    found, why = _by_table(pack, report, facts)
    category = pack.categories.get(report.category)
    floors = [(row.then, f"priority/{row.name}: {row.then.value}") for row in pack.priority if row.least and _hits(row, facts)]
    if category is not None and category.priority is not None:
        floors.append((category.priority, f"categories/{report.category}: {category.priority.value}"))
    for least, because in floors:
        if most_urgent(found, least) is not found:
            found, why = least, because
    return found, why


def _by_table(pack: Pack, report: Report, facts: dict[str, Any]) -> tuple[Priority, str]:
    if report.priority is not None:
        return report.priority, "priority: as reported"
    for row in pack.priority:
        if _hits(row, facts):
            return row.then, f"priority/{row.name}: {row.then.value}"
    raise PackError(pack.kind, ["priority: no row hit"])


def _hits(row: PriorityRow, facts: dict[str, Any]) -> bool:
    return row.when is None or _holds(row.when, facts) is True


def _variants(pack: Pack, facts: dict[str, Any]) -> dict[str, str]:
    """Which row fits for each clock whose target follows from the report. What cannot be told from it hits no row."""
    fitting = {clock.name: next((r.name for r in clock.by_report if _holds(r.when, facts)), None) for clock in pack.clocks}
    return {clock: row for clock, row in fitting.items() if row is not None}


@lru_cache(maxsize=256)
def _compiled(expression: str) -> Any:
    # Imported here: only an intake needs it, and the command line must start quickly.
    import cel

    return cel.compile(expression)


def _holds(expression: str, facts: dict[str, Any]) -> bool | None:
    try:
        result = _compiled(expression).execute(facts)
    except (ValueError, TypeError, KeyError, RuntimeError):
        return None
    return result if isinstance(result, bool) else None
