"""What is wrong with a pack although it has the right form: each problem with its place, for the person who wrote it.

Checked whenever a pack is read (:mod:`policies.loading`): such a pack is refused. What is odd but can be used is a warning of
:mod:`policies.lint`. Example: a clock that starts with a fact that does not exist would never start, so the pack is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.base import Phase, among
from domain.model.procedure import IDENTITY_STEP
from domain.model.terms import ALL_REDRESS, BUILT_IN, ClockTerms, Level
from domain.rules.hearing import HEARING_STEP
from domain.rules.triggers import WORDS
from domain.worktime.spans import Span, SpanUnit
from policies.conditions import compared
from policies.pack import Pack
from policies.pack_rows import repeated
from policies.sanction_soundness import sanction_problems
from policies.suggestions import did_you_mean, nearest_trigger

_NOBODY_S = frozenset({IDENTITY_STEP, HEARING_STEP})
"""Steps that are done for the sides and not for the desk: no two of the team give them up."""
_LAWFUL_PAUSES = frozenset({"identity_asked"})
"""Whoever has to prove who they are keeps the limit of some laws waiting (see docs/how-to/compliance-requests.md)."""
# A clock that ends by these leads out of its phase, or to the next step in it: the case cannot come to rest there.
_LEADS_ON = frozenset({"open_review", "issue_ruling", "close"})
_OF_RETURNS = {"return_awaited": "end_return", "return_shipped": "honour_return"}
"""What ends by itself when goods that go back are not sent, or not taken in."""


def problems(pack: Pack, clocks: Mapping[str, ClockTerms]) -> list[str]:
    """Everything that would go wrong when a case lives by this pack; empty for a sound one."""
    return [
        *_whole(pack),
        *_phases(pack),
        *_disclosure(pack, clocks),
        *_prior_decision(pack),
        *_conditions(pack),
        *_categories(pack),
        *_queues(pack),
        *_triggers(pack, clocks),
        *_clocks(clocks),
        *_ladder(pack, clocks),
        *_interim(pack, clocks),
        *_withdrawal(pack, clocks),
        *_procedure(pack),
        *_exceptions(pack, clocks),
        *_returns(pack, clocks),
        *sanction_problems(pack, clocks),
        *(pack.chargeback.problems() if pack.chargeback else ()),
        *_second_person(pack, clocks),
        *_deadlines(pack, clocks),
    ]


def _whole(pack: Pack) -> Iterator[str]:
    """What every kind has."""
    if pack.opens_in not in pack.labels:
        yield f"opens_in: the kind has no phase '{pack.opens_in.value}' among its labels"
    if pack.priority[-1].when is not None:
        yield "priority: the last row must hit always (leave its 'when' out)"
    yield from (f"clocks: '{name}' is defined twice" for name in repeated(clock.name for clock in pack.clocks))
    for phase in (Phase.REVIEW, Phase.CLOSED, Phase.INTAKE, Phase.RULED):
        if phase not in pack.labels:
            yield f"labels: every kind has the phase '{phase.value}'"


def _phases(pack: Pack) -> Iterator[str]:
    if pack.approval_above is not None and Phase.APPROVAL not in pack.labels:
        yield "approval_above: the kind has no phase 'approval' among its labels, so nobody would ever be asked"
    if (Phase.APPEAL in pack.labels) is not (Phase.APPEALABLE in pack.labels):
        yield "labels: 'appealable' and 'appeal' come together or not at all"
    yield from _money(pack)
    yield from _kept(pack)
    yield from (f"outcomes: '{name}' is defined twice" for name in repeated(outcome.name for outcome in pack.outcomes))
    for number, outcome in enumerate(pack.outcomes):
        if outcome.needs_amount and not outcome.remedies:
            yield f"outcomes.{number}.needs_amount: '{outcome.name}' comes with no remedy that could have an amount"


def _kept(pack: Pack) -> Iterator[str]:
    """How long a closed case is kept, beside how long it can be reopened."""
    said = {name: getattr(pack, name) for name in ("keep_for", "keep_for_minors")}
    spans = {name: span.scaled(1.0).time for name, span in said.items() if span is not None}
    reopened = pack.reopen_for.scaled(1.0).time
    yield from (f"{name}: a case can be reopened for longer than it is kept" for name in spans if spans[name] < reopened)
    if spans.get("keep_for_minors", reopened) > spans.get("keep_for", spans.get("keep_for_minors", reopened)):
        yield "keep_for_minors: what is known of somebody under age is kept no longer than anything else"


def _disclosure(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Whoever does not know of a case neither settles it nor runs out of time in it."""
    if pack.disclosure == "at_opening":
        for name, clock in clocks.items():
            if any(level.default == "disclose" for level in clock.levels):
                yield f"clocks.{name}: the respondent learns of the case at its opening (say 'disclosure: by_owner')"
        return
    if Phase.SETTLEMENT in pack.labels:
        yield "disclosure: in a kind with a settlement both sides know of the case from its opening"
    if pack.decision_elsewhere is not None:
        yield "disclosure: an appeal against a decision made elsewhere has no respondent who could be told later"
    for name, clock in clocks.items():
        early = sorted(start for start in clock.all_starts if start == "case_opened" or start.startswith("phase_"))
        if clock.waits_for == "respondent" and early and "case_disclosed" not in clock.all_starts:
            yield f"clocks.{name}.starts: it waits for somebody who may not know of the case yet; start it with 'case_disclosed'"


def _money(pack: Pack) -> Iterator[str]:
    given = {remedy for outcome in pack.outcomes for remedy in outcome.remedies}
    given |= {remedy for offer in pack.offers for remedy in offer.all_remedies}
    yield from (f"remedies: '{name}' is defined twice" for name in repeated(row.name for row in pack.remedies))
    for number, row in enumerate(pack.remedies):
        if row.name not in given:
            yield f"remedies.{number}: no outcome and no offer comes with '{row.name}'{did_you_mean(row.name, given)}"
        if row.above == "second_person" and (row.bounded_by is None or Phase.APPROVAL not in pack.labels):
            yield f"remedies.{number}.above: a second person needs a bound ('bounded_by') and a phase 'approval'"
    if isinstance(pack.approval_above, tuple):
        twice = repeated(limit.currency for limit in pack.approval_above)
        yield from (f"approval_above: '{currency}' has two limits" for currency in twice)
    for place, rows in (("outcomes", pack.outcomes), ("offers", pack.offers)):
        odd = [row.name for row in rows if row.label_paid_by is not None and not row.with_return]
        yield from (f"{place}: '{name}' says who pays for a return, and nothing goes back" for name in odd)


def _prior_decision(pack: Pack) -> Iterator[str]:
    """A kind that is an appeal begins with the decision that it is against."""
    rows = pack.decision_elsewhere
    if (pack.opens_in is Phase.APPEAL) is not (rows is not None):
        yield "decision_elsewhere: a kind opens in appeal when, and only when, it is against decisions made elsewhere"
    yield from _first_instance(pack)
    outcomes = {outcome.name: outcome for outcome in pack.outcomes}
    for name, row in (rows.decisions if rows is not None else {}).items():
        place = f"decision_elsewhere.decisions.{name}"
        if name not in outcomes:
            yield f"{place}: it would be the first ruling, and the kind has no outcome '{name}'{did_you_mean(name, outcomes)}"
        else:
            odd = [remedy for remedy in row.remedies if remedy not in outcomes[name].remedies]
            yield from (f"{place}.remedies: '{name}' does not come with '{remedy}'" for remedy in odd)
    for number, outcome in enumerate(pack.outcomes):
        if rows is None and {"author", "reporter"} & set(outcome.lost_by):
            yield f"outcomes.{number}.lost_by: author and reporter are sides of an appeal against a decision made elsewhere"
        if outcome.needs_approval and Phase.APPROVAL not in pack.labels:
            yield f"outcomes.{number}.needs_approval: the kind has no phase 'approval' among its labels"
        yield from (
            f"outcomes.{number}.needs: the pack names no {table}, so the ruling could never be made"
            for need, table in (("conditions", "conditions"), ("complaint_route", "complaint_routes"))
            if need in outcome.needs and not getattr(pack, table)
        )
    yield from _routes(pack)
    remedies = {remedy for outcome in pack.outcomes for remedy in outcome.remedies}
    yield from _stated(pack, remedies)
    for place in ("destructive", "by_hand"):
        for name in getattr(pack, place):
            if name not in remedies:
                yield f"{place}: no outcome comes with '{name}'{did_you_mean(name, remedies)}"


def _first_instance(pack: Pack) -> Iterator[str]:
    """What is decided without a decision before it. A notice whose category is misspelt there a machine would turn away."""
    named = pack.decision_elsewhere.first_instance if pack.decision_elsewhere is not None else ()
    place = "decision_elsewhere.first_instance"
    if named and Phase.REVIEW not in pack.labels:
        yield f"{place}: the kind has no phase 'review' among its labels, where it would be decided"
    known = {*pack.categories, *pack.grounds}
    for name in named:
        if name not in known:
            yield f"{place}: no category and no ground of the pack is called '{name}'{did_you_mean(name, known)}"


def _stated(pack: Pack, remedies: Collection[str]) -> Iterator[str]:
    """What needs a statement of reasons is among what there is."""
    row = pack.statement_of_reasons
    if row is None:
        return
    outcomes = [outcome.name for outcome in pack.outcomes]
    for name in row.outcomes:
        if name not in outcomes:
            yield f"statement_of_reasons.outcomes: the kind has no outcome '{name}'{did_you_mean(name, outcomes)}"
    kinds = [kind.name for kind in pack.sanctions.kinds] if pack.sanctions is not None else []
    for place, named, known in (("sanctions", row.sanctions, kinds), ("remedies", row.remedies, remedies)):
        for name in named:
            if name not in known:
                yield f"statement_of_reasons.{place}: the kind has no '{name}'{did_you_mean(name, known)}"
    for name in row.redress:
        if name not in ALL_REDRESS and (meant := did_you_mean(name, ALL_REDRESS)):
            yield f"statement_of_reasons.redress: nobody is told of '{name}'{meant}"
    if not (row.outcomes or row.sanctions or row.remedies):
        yield "statement_of_reasons: name the outcomes, sanctions or remedies that need one"


def _routes(pack: Pack) -> Iterator[str]:
    """Where a decision can be complained about, and who has to say so."""
    if "complaint_route" in pack.appeal_needs and not pack.complaint_routes:
        yield "appeal_needs: the pack names no complaint_routes, so no appeal could ever be decided"
    if pack.appeal_needs and Phase.APPEAL not in pack.labels:
        yield "appeal_needs: the kind has no phase 'appeal' among its labels"
    yield from _by_category(pack, "complaint_routes_for", "route", "complaint_routes")
    yield from _by_category(pack, "grounds_not_for", "ground", "grounds")
    for category in pack.categories if pack.grounds else ():
        if all(among(category, pack.grounds_not_for.get(ground, ())) for ground in pack.grounds):
            yield f"grounds_not_for: no ground is left for '{category}', so nobody could ever rule on it"


def _by_category(pack: Pack, field: str, what: str, listed: str) -> Iterator[str]:
    """What holds for some categories, by a name that the pack has to have elsewhere."""
    rows: Mapping[str, Sequence[str]] = getattr(pack, field)
    named: Sequence[str] = getattr(pack, listed)
    for name, categories in rows.items():
        if name not in named:
            yield f"{field}.{name}: the pack names no such {what} among its {listed}{did_you_mean(name, named)}"
        for category in categories if pack.categories else ():
            if not any(among(one, [category]) for one in pack.categories):
                yield f"{field}.{name}: the pack lists no category '{category}'{did_you_mean(category, pack.categories)}"


def _conditions(pack: Pack) -> Iterator[str]:
    # Imported here: it takes a while, and most commands never load a pack.
    import cel

    for place, condition in pack.cel_conditions:
        try:
            cel.compile(condition)
        except ValueError as error:
            yield f"{place}: {str(error).splitlines()[0]}"


def _categories(pack: Pack) -> Iterator[str]:
    """Where a category is named that the pack does not list: no report of it ever comes that far."""
    if not pack.categories:
        return
    named = [(f"skills.{name}", name) for name in pack.skills if name != "any"]
    named += [(f"remedies.{one.name}.only_for", name) for one in pack.remedies for name in one.only_for]
    named += [(f"remedies.{one.name}.beside_for", name) for one in pack.remedies for name in one.beside_for]
    named += [("credit_less.only_for", name) for row in pack.credit_less or () for name in row.only_for]
    named += [(f"ladders.{key}", key.partition("/")[0]) for key in pack.ladders if "/" in key]
    for clock in pack.clocks:
        extension = (clock.model_extra or {}).get("extension") or {}
        longer = extension.get("by_category") or {} if isinstance(extension, dict) else {}
        named += [(f"clocks.{clock.name}.by_category.{name}", name) for name in clock.by_category]
        named += [(f"clocks.{clock.name}.extension.by_category.{name}", str(name)) for name in longer]
        named += [
            (f"clocks.{clock.name}.pauses_only", name)
            for name in _as_codes((clock.model_extra or {}).get("pauses_only"))
            if not any(among(one, [name]) for one in pack.categories)
        ]
    for place, condition in pack.cel_conditions:
        named += [(place, name) for field, name in compared(condition) if field == "category"]
    for place, name in named:
        if name not in pack.categories:
            yield f"{place}: the pack lists no category '{name}'{did_you_mean(name, pack.categories, 'there are')}"


def _as_codes(said: object) -> list[str]:
    return said.split() if isinstance(said, str) else [str(code) for code in said] if isinstance(said, list | tuple) else []


def _queues(pack: Pack) -> Iterator[str]:
    """Hours of a queue in which no case of the kind ever is, while those of the queue that was meant are the pack's."""
    queues = {pack.queue, pack.appeal_queue, *pack.sites}
    for queue in pack.queue_calendars:
        if queue not in queues:
            near = did_you_mean(queue, queues, "there are")
            yield f"queue_calendars.{queue}: no case of the kind is ever in '{queue}' (queue, appeal_queue, sites){near}"


def _triggers(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    named = [(f"notices.{trigger}", trigger) for trigger in pack.notices]
    for name, clock in clocks.items():
        for field in ("starts", "stops", "restarts", "pauses", "resumes"):
            named += [(f"clocks.{name}.{field}", trigger) for trigger in getattr(clock, field)]
    for place, trigger in named:
        if trigger not in WORDS:
            yield f"{place}: nothing that happens is called '{trigger}'{nearest_trigger(trigger, pack.labels)}"
            continue
        word, _, phase = trigger.partition(":")
        if word.startswith("phase_") and phase and phase not in pack.labels:
            phases = ", ".join(pack.labels)
            yield f"{place}: this kind has no phase '{phase}', so '{trigger}' never happens; it has {phases}"


def _clocks(clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    for name, clock in clocks.items():
        if not clock.all_starts:
            yield f"clocks.{name}: nothing starts it (give 'during' or 'starts')"
        if name in {x.name for x in BUILT_IN}:
            yield f"clocks.{name}: every case has a clock of this name by itself; choose another"
        if (
            clock.pauses
            and not clock.statutory
            and not all(span.is_clock_time for span in (clock.target, *clock.targets.values()))
        ):
            yield f"clocks.{name}.target: a clock that pauses needs hours; days run through a pause"
        if clock.behind is not None and (clock.behind not in clocks or clock.behind == name):
            near = did_you_mean(clock.behind, [other for other in clocks if other != name])
            yield f"clocks.{name}.behind: there is no other clock '{clock.behind}' for it to wait for{near}"
        if not clock.is_the_teams and clock.all_stops & {"phase_left:review", "phase_left:appeal"}:
            yield f"clocks.{name}.stops: its end would tell a party that a ruling is drafted; stop it with 'ruling_issued'"
        yield from _statutory(f"clocks.{name}", clock)
        if clock.whole_days and any(span.is_clock_time for span in (clock.target, *clock.targets.values())):
            yield f"clocks.{name}.whole_days: hours end when they are over; count whole days in days, months or business days"
        levels = repeated(level.name for level in clock.levels)
        yield from (f"clocks.{name}.levels: '{level}' is defined twice" for level in levels)
        for level in clock.levels:
            yield from _level(f"clocks.{name}.levels.{level.name}", clock, level)


def _statutory(place: str, clock: ClockTerms) -> Iterator[str]:
    if clock.statutory and any(not key.endswith("/") for key in clock.targets):
        yield f"{place}.statutory: a limit of the law has one target for a category, whatever the priority"
    if clock.statutory and set(clock.pauses) - _LAWFUL_PAUSES:
        yield f"{place}.statutory: a limit of the law pauses for {', '.join(sorted(_LAWFUL_PAUSES))} alone, where its law says so"
    more = clock.extension
    if more is None:
        return
    if not clock.statutory:
        yield f"{place}.extension: only a statutory limit needs a rule for it; other clocks are extended by a lead, with a reason"
    if more.by.unit is not clock.target.unit:
        yield f"{place}.extension.by: count it in the unit of the target, '{clock.target}'"
    for category, by in more.by_category.items():
        own = clock.targets.get(f"{category}/")
        if own is None:
            yield f"{place}.extension.by_category.{category}: the clock has no target of its own for this category"
        elif own.unit is not by.unit:
            yield f"{place}.extension.by_category.{category}: count it in the unit of its target, '{own}'"


def _ladder(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    ladders = {"ladder": pack.ladder, **{f"ladders.{key}": steps for key, steps in pack.ladders.items()}}
    steps = [(place, step) for place, ladder in ladders.items() for step in ladder]
    # A level that was reached names its rung alone: one name is one rung.
    yield from (f"ladder: '{name}' is defined twice" for name in repeated(step.name for _, step in steps))
    for place, step in steps:
        if not set(step.audience) & {"owner", "drafter", "leads", "ops"}:
            yield f"{place}.{step.name}.audience: an escalation lands on somebody of the team: owner, drafter, leads or ops"
    if pack.ladders and not pack.ladder:
        yield "ladders: give the pack a ladder for everything else too"
    for name in ("quiet_for", "acknowledged_for", "standstill_for"):
        said: Span | None = getattr(pack, name)
        if said is not None and (said.unit is not SpanUnit.WALL or (name == "standstill_for" and not said.amount)):
            yield f"{name}: give it in hours or minutes of wall time"
    for name, clock in clocks.items():
        for level in clock.levels:
            if level.action == "escalate" and not level.audience and not pack.ladder:
                yield f"clocks.{name}.levels.{level.name}.audience: say whom it tells, or give the pack a ladder"
            if level.action == "escalate" and not level.audience and level.repeat is not None:
                yield f"clocks.{name}.levels.{level.name}.repeat: the ladder says when it comes again"


def _interim(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """A measure that nobody looks at again would be a punishment without a ruling."""
    lapses = any(x.default == "lift_interim" for c in clocks.values() if "interim_imposed" in c.all_starts for x in c.levels)
    if pack.interim_measures and not lapses:
        yield "interim_measures: give a clock that starts with 'interim_imposed' and has the default 'lift_interim'"


def _withdrawal(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Whoever asks for their report back gets an answer, also when nobody has the case."""
    asked = (clock for clock in clocks.values() if "withdrawal_requested" in clock.all_starts)
    if pack.withdrawal == "asks" and not any(level.action == "escalate" for clock in asked for level in clock.levels):
        yield "withdrawal: give a clock that starts with 'withdrawal_requested' and escalates, or a request could be forgotten"


def _procedure(pack: Pack) -> Iterator[str]:
    for name in ("procedure", "root_causes"):
        yield from (f"{name}: '{code}' stands here twice" for code in repeated(getattr(pack, name)))
    for name, row in pack.categories.items():
        for step in row.without:
            if step not in pack.procedure:
                near = did_you_mean(step, pack.procedure)
                yield f"categories.{name}.without: the procedure has no step '{step}'{near}"
    if pack.root_cause_needed and not pack.root_causes:
        yield "root_cause_needed: say which root causes there are (root_causes), or nobody could ever rule"


def _exceptions(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Departures from the pack: each from something that there is, and that is the pack's to give up."""
    twice = repeated(f"{row.of}:{row.name}:{row.currency}" for row in pack.exceptions)
    yield from (f"exceptions: '{one.removesuffix(':None')}' stands here twice" for one in twice)
    bounded = [row.name for row in pack.remedies if row.bounded_by is not None]
    steps = [step for step in pack.procedure if step not in _NOBODY_S]
    desk = [name for name, clock in clocks.items() if not clock.statutory]
    for number, row in enumerate(pack.exceptions):
        place = f"exceptions.{number}"
        match row.of:
            case "step" if row.name in _NOBODY_S:
                yield f"{place}.name: nobody goes without '{row.name}': it is owed to the sides"
            case "step" if row.name not in steps:
                yield f"{place}.name: the procedure has no step '{row.name}'{did_you_mean(row.name, steps)}"
            case "limit" if row.name in clocks and row.name not in desk:
                yield f"{place}.name: '{row.name}' is a limit of the law; only its `extension` gives more time"
            case "limit" if row.name not in clocks:
                yield f"{place}.name: the pack has no clock '{row.name}'{did_you_mean(row.name, desk)}"
            case "amount" if row.name not in bounded:
                yield f"{place}.name: nothing bounds '{row.name}' (remedies: bounded_by){did_you_mean(row.name, bounded)}"
        if (row.of == "amount") is not (row.up_to is not None and row.currency is not None):
            yield f"{place}: `up_to` and `currency` belong to an exception of an amount, and to no other"
        if not row.lasts.is_clock_time and row.lasts.unit is not SpanUnit.DAYS:
            yield f"{place}.lasts: say it in days, hours or minutes"


def _returns(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """Goods that go back: somebody's silence must neither keep the money nor the case for ever."""
    yield from (f"offers: '{name}' is defined twice" for name in repeated(offer.name for offer in pack.offers))
    if pack.concession is not None and Phase.SETTLEMENT not in pack.labels:
        yield "concession: there is no settlement in this kind, so nobody can concede"
    rulings = any(outcome.with_return for outcome in pack.outcomes)
    if rulings and Phase.APPEALABLE not in pack.labels:
        yield "outcomes: a ruling waits for goods in the phase 'appealable', which the kind does not have"
    if not rulings and not any(offer.with_return for offer in pack.offers):
        return
    for start, default in _OF_RETURNS.items():
        if not any(start in c.all_starts and any(x.default == default for x in c.levels) for c in clocks.values()):
            yield f"clocks: goods go back in this kind; give a clock that starts with '{start}' and has the default '{default}'"
    if not any("return_contested" in c.all_starts and any(x.action == "escalate" for x in c.levels) for c in clocks.values()):
        yield "clocks: goods go back in this kind; give a clock that starts with 'return_contested' and escalates"
    for name, clock in clocks.items():
        if clock.during is Phase.SETTLEMENT and "return_awaited" not in clock.stops:
            yield f"clocks.{name}.stops: they have settled once the goods go back; stop it with 'return_awaited'"


def _second_person(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """What waits for a second person is not forgotten, and a clock for the credit knows when there is one."""
    if pack.authorities and not any("report_proposed" in clock.all_starts for clock in clocks.values()):
        yield "authorities: give a clock that starts with 'report_proposed', or a proposal could be forgotten"
    if not pack.provisional_credit:
        for name, clock in clocks.items():
            if "provisional_credit_given" in clock.all_stops:
                yield f"clocks.{name}.stops: this kind has no provisional credit (say 'provisional_credit: true')"
    for category in sorted({name for row in pack.credit_less or () for name in row.only_for}):
        if category in pack.categories and not pack.categories[category].claim:
            yield f"categories.{category}.claim: money is withheld from such a claim (credit_less), so it is one"


def _level(place: str, clock: ClockTerms, level: Level) -> Iterator[str]:
    if (level.action == "default") is not (level.default is not None):
        yield f"{place}.default: say what happens by default where the action is 'default', and only there"
    if sum((level.at != 1.0, level.before is not None, level.after is not None)) > 1:
        yield f"{place}: a level lies at a share (at), before the end, or after it; say one"
    if level.default == "lapse_appointment":
        yield f"{place}.default: a hearing or call lapses by itself, with the last of its proposed times"
    if level.default == "lapse_offer":
        yield f"{place}.default: an offer lapses by itself, at the expiry that whoever made it set"
    if level.default == "lift_sanction":
        yield f"{place}.default: a ban ends by itself, by what its sanction says"
    if level.default == "end_kept_interim":
        yield f"{place}.default: a measure that outlives its case ends by itself, when it was said that it does"
    if level.default is not None and level.repeat is not None:
        yield f"{place}.repeat: what happens by default happens once"
    if level.default == "proceed_on_file" and clock.waits_for not in ("claimant", "respondent"):
        yield f"{place}.default: 'proceed_on_file' needs a clock that waits for the claimant or the respondent"
    expected = {"open_review": Phase.SETTLEMENT, "issue_ruling": Phase.RULED}.get(level.default or "")
    if expected is not None and clock.during is not expected:
        yield f"{place}.default: '{level.default}' needs a clock 'during: {expected.value}'"


def _deadlines(pack: Pack, clocks: Mapping[str, ClockTerms]) -> Iterator[str]:
    """No open case may come to be without a running deadline."""
    for phase in pack.labels:
        if phase is not Phase.CLOSED and not any(_lasts(clock, phase) for clock in clocks.values()):
            yield f"clocks: nothing keeps a case in '{phase.value}' from being forgotten: a clock that repeats or ends by default"


def _lasts(clock: ClockTerms, phase: Phase) -> bool:
    starts = {f"phase_entered:{phase.value}"} | ({"case_opened"} if phase is Phase.INTAKE else set())
    # Goods that go back have clocks of their own.
    early = {stop for stop in clock.all_stops if not stop.startswith("phase_left:")} - {"return_awaited"}
    # Where it is only in some phases or waits behind another clock, a case could be without it.
    sure = not clock.only_in and clock.behind is None
    lasting = any(x.repeat or x.default in _LEADS_ON or (x.action == "escalate" and not x.audience) for x in clock.levels)
    return bool(clock.all_starts & starts) and not early and sure and lasting
