"""The worked tables of `reference/limits-by-law.md`: limits of Regulation E and of privacy laws, as the shipped packs keep them.

Each date is computed by the rules from the shipped pack, and each statutory clock of the two packs has a row, or the page is not
written: so a limit that changes, or comes, changes the page.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.model.clock_terms import ClockTerms
from domain.model.clocks import Extended
from domain.model.report import Report
from domain.model.terms import Terms
from domain.rules.levels import ClockInputs, calendars_of, schedule_of
from policies.shelf import Shelf

YEAR = 2026
EASTERN, CENTRAL = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")


class Row(NamedTuple):
    """One limit of a law."""

    limit: str
    """What the law says, in words."""
    source: str
    """Where it says so."""
    field: str
    """The clock, and the field of it that holds the span."""
    clock: str
    begins: str
    """The instant of the example, in UTC."""
    attributes: dict[str, bool] = {}
    category: str | None = None
    longer: bool = False
    """With the extension that the law allows."""


REGULATION_E = (
    Row(
        "ten business days to credit provisionally",
        "12 CFR 1005.11(c)(2)",
        "`provisional_credit: target`",
        "provisional_credit",
        "2026-06-30T15:00:00Z",
    ),
    Row(
        "twenty, of an account that is new",
        "1005.11(c)(3)(i)",
        "`provisional_credit: by_report: new_account`",
        "provisional_credit",
        "2026-06-30T15:00:00Z",
        {"new_account": True},
    ),
    Row("45 days to decide", "1005.11(c)(2)", "`final_answer: target`", "final_answer", "2026-01-14T15:00:00Z"),
    Row(
        "90 days: a new account",
        "1005.11(c)(3)(ii)(C)",
        "`final_answer: by_report: new_account`",
        "final_answer",
        "2026-01-14T15:00:00Z",
        {"new_account": True},
    ),
    Row(
        "90 days: made outside the United States",
        "1005.11(c)(3)(ii)(A)",
        "`final_answer: by_report: foreign`",
        "final_answer",
        "2026-01-14T15:00:00Z",
        {"foreign": True},
    ),
    Row(
        "90 days: a debit card at a point of sale",
        "1005.11(c)(3)(ii)(B)",
        "`final_answer: by_report: point_of_sale`",
        "final_answer",
        "2026-01-14T15:00:00Z",
        {"point_of_sale": True},
    ),
    Row("three business days to tell the results", "1005.11(c)(1)", "`results: target`", "results", "2026-11-24T15:00:00Z"),
    Row(
        "one business day to correct an error that was found",
        "1005.11(c)(1)",
        "`correction: target`",
        "correction",
        "2026-07-02T15:00:00Z",
    ),
    Row(
        "five business days before a credit is taken back",
        "1005.11(d)(2)(ii)",
        "`credit_reversal: target`",
        "credit_reversal",
        "2026-12-23T15:00:00Z",
    ),
)
PRIVACY = (
    Row(
        "one month: articles 15 to 18, 20 to 22",
        "GDPR 12(3)",
        "`answer: target`",
        "answer",
        "2026-01-31T10:00:00Z",
        category="gdpr_access",
    ),
    Row(
        "one month: article 21(2) and (3), and no month more",
        "GDPR 12(3)",
        "`answer: by_category: gdpr_marketing`",
        "answer",
        "2026-01-31T10:00:00Z",
        category="gdpr_marketing",
    ),
    Row(
        "two months more, told in the first",
        "GDPR 12(3)",
        "`answer: extension: by`",
        "answer",
        "2026-01-31T10:00:00Z",
        category="gdpr_access",
        longer=True,
    ),
    Row(
        "45 days: to know",
        "Cal. Civ. Code 1798.130(a)(2)(A)",
        "`answer: by_category: ccpa_know`",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_know",
    ),
    Row(
        "45 days: to delete",
        "Cal. Civ. Code 1798.130(a)(2)(A)",
        "`answer: by_category: ccpa_delete`",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_delete",
    ),
    Row(
        "45 days: to correct",
        "Cal. Civ. Code 1798.130(a)(2)(A)",
        "`answer: by_category: ccpa_correct`",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_correct",
    ),
    Row(
        "45 days more, 90 in all",
        "Cal. Civ. Code 1798.130(a)(2)(A); 11 CCR 7021(b)",
        "`answer: extension: by_category`",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_know",
        longer=True,
    ),
    Row(
        "15 business days: to stop selling or sharing",
        "11 CCR 7026(f)(1)",
        "`answer: by_category: ccpa_opt_out` (every day counts)",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_opt_out",
    ),
    Row(
        "15 business days: to limit sensitive data",
        "11 CCR 7027(g)(1)",
        "`answer: by_category: ccpa_limit` (every day counts)",
        "answer",
        "2026-03-02T10:00:00Z",
        category="ccpa_limit",
    ),
    Row(
        "as the order says; 15 days where it says nothing",
        "the order",
        "`answer: by_category: legal_order`",
        "answer",
        "2026-03-02T10:00:00Z",
        category="legal_order",
    ),
)
ELSEWHERE = {"interim_review", "complaint_window"}
"""Statutory clocks of the two packs that are no limits of these laws."""

HEAD = """\
# Limits by law, worked

{note}
What each law gives, where it says so, which field of the shipped pack keeps it, and one example. A test counts a whole year
of such dates once more from the articles alone, and none is late (`tests/policies/test_regulation_e.py`,
`tests/domain/rules/test_timetable_by_law.py`).
"""
ABOUT_E = """\
## Regulation E, for `fraud_report`

Business days are those on which United States banks are open (12 CFR 1005.2(d)); 4 July 2026 is a Saturday, and the banks are
open on the 3rd. The day of the notice does not count. `final_answer` has longer only for the cases that the law names, and
then 90 days from the notice in all.
"""
ABOUT_PRIVACY = """\
## The GDPR and the laws of California, for `compliance_request`

A month ends on the same date, or on the last day of a shorter month; every limit lasts to the last hour of its last day, by
the days of the office (Regulation (EEC, Euratom) No 1182/71, article 3(2)). The example's office is in Berlin. Fifteen
business days are kept by counting every day, so the answer is early.
"""


def page(note: str) -> str:
    """The page. Raises ValueError where a statutory clock of the packs, or a category with a limit of its own, has no row."""
    _check("fraud_report", REGULATION_E)
    _check("compliance_request", PRIVACY)
    tables = (_table("fraud_report", REGULATION_E, EASTERN), _table("compliance_request", PRIVACY, CENTRAL))
    return "\n".join([HEAD.format(note=note), ABOUT_E, tables[0], "", ABOUT_PRIVACY, tables[1], ""])


def _table(kind: str, rows: tuple[Row, ...], zone: ZoneInfo) -> str:
    lines = ["| the law | source | the pack's field | begins | runs out |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        begins = datetime.fromisoformat(row.begins)
        times = (_said(begins, zone), _said(_ends(kind, row, begins), zone))
        lines.append(f"| {row.limit} | {row.source} | {row.field} | {' | '.join(times)} |")
    return "\n".join(lines)


def _said(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y, %H:%M}"


def _ends(kind: str, row: Row, begins: datetime) -> datetime:
    """When it runs out, as a case says it: by the law's count where that lasts to the last hour of the last day."""
    terms, clock = _bound(kind, row)
    category = row.category or ""
    by = clock.extension_for(category) if row.longer else None
    more = (Extended(at=begins, by_span=by),) if by is not None else ()
    inputs = ClockInputs(
        instance=1,
        started_at=begins,
        target=clock.target_for(terms.priority, category),
        roll=clock.roll,
        calendar=terms.calendar_of(clock, terms.queue),
        pauses=(),
        holds=(),
        extensions=more,
        whole_days=clock.whole_days,
        days=terms.calendar if clock.whole_days else None,
    )
    ends = schedule_of(inputs, *calendars_of(inputs, _shelf().calendars_of(terms))).over_at
    if ends is None or (row.longer and by is None):
        raise ValueError(f"{kind}: {row.field} runs out never, or is never longer")
    return ends


def _bound(kind: str, row: Row) -> tuple[Terms, ClockTerms]:
    parties = [{"side": "claimant", "ref": "person"}, {"side": "respondent", "ref": "house"}]
    said: dict[str, Any] = {"kind": kind, "parties": parties, "statement": "Told in enough words to be read by somebody."}
    category = {"category": row.category} if row.category else {}
    terms = _shelf().terms(Report.model_validate({**said, **category, "attributes": row.attributes}))[0]
    clock = terms.clock(row.clock)
    if clock is None or not clock.statutory:
        raise ValueError(f"{kind}: '{row.clock}' is no limit of a law")
    return terms, clock


def _check(kind: str, rows: tuple[Row, ...]) -> None:
    """Refuses a table that leaves a limit of the pack out, or says a span that no field of it holds."""
    statutory = {clock.name for clock in _bound(kind, rows[0])[0].clocks if clock.statutory}
    said = {row.clock for row in rows}
    rows_of = {(row.clock, name) for row in rows for name in (*row.attributes, *([row.category] if row.category else []))}
    if forgotten := sorted(statutory - said - ELSEWHERE):
        raise ValueError(f"{kind}: say in docs/limits_by_law.py what the law says of {forgotten}")
    for clock in _shelf().packs[kind].clocks:
        wanted = {(clock.name, key.partition("/")[0]) for key in _own_limits(clock)}
        missing = sorted(wanted - rows_of) if clock.name in said else []
        if missing:
            raise ValueError(f"{kind}: say in docs/limits_by_law.py what the law says of {missing}")


def _own_limits(clock: Any) -> list[str]:
    return [*clock.by_category, *(row.name for row in clock.by_report)]


@cache
def _shelf() -> Shelf:
    return Shelf.load(YEAR)
