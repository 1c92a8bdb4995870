"""What a ruling says to whoever is told of it: the outcome, what follows for them, and their right to appeal."""

from __future__ import annotations

from typing import Any

from domain.base import Side
from domain.model import facts as f
from domain.model.case import Case
from domain.model.prose import Prose
from domain.model.ruling import Ruling
from domain.model.statement import StatementOfReasons
from domain.rules import credit as crediting
from domain.rules import interim, last_word, sanctions
from domain.rules.audiences import Audience
from domain.rules.prior_decision import first_instance
from domain.rules.remedy import remedy_data, told_remedies, undone_by
from domain.rules.rights import less_than_asked, rights_of
from domain.rules.topic import NoticeData

_BY_A_PERSON = "AUTOMATED_DECISION_NOT_AUTOMATED"


def said_of_ruling(case: Case, fact: f.RulingIssued, audience: Audience) -> NoticeData:
    """What a notice says of a ruling that is told, as far as its reader may know."""
    ruling = case.rulings[-1]
    told: dict[str, Any] = {
        "outcome": fact.outcome,
        "decision": ruling.decision,
        "ruling_id": fact.ruling_id,
        "remedies": [remedy_data(remedy) for remedy in told_remedies(case, ruling.remedies, audience)],
        "version": f"{case.terms.pack}@{case.terms.version[:12]}",
    }
    if ruling.ground:
        told["ground"] = ruling.ground
    route, stated = told_route(case, ruling, audience), said_of_statement(case, ruling, audience)
    if route is not None:
        told["complaint_route"] = route
    if stated is not None:
        told["statement"] = stated.codes
    if case.returning is not None and case.returning.because == ruling.id and case.returning.label_paid_by is not None:
        told["label_paid_by"] = case.returning.label_paid_by
    if audience == "claimant" and first_instance(case):
        # Whoever sent a notice is told whether a machine decided about it (Regulation (EU) 2022/2065, article 16(6)).
        told["notice_decided"] = (ruling.statement.automated_decision if ruling.statement else None) or _BY_A_PERSON
    if ruling.conditions:
        told["conditions"] = list(ruling.conditions)
    told |= undone_by(case, ruling, audience) | _of_reader(case, fact, audience)
    return NoticeData(told, _texts_of(case, ruling, audience))


def told_route(case: Case, ruling: Ruling, audience: Audience) -> str | None:
    """Where a ruling can be complained about, as far as it is said to this audience.

    The right to complain is of whoever asked (Regulation (EU) 2016/679, article 12(4)); of a decision on an appeal each side is
    told where else it can go (Regulation (EU) 2022/2065, article 20(5)).
    """
    return (ruling.complaint_route or None) if audience != "respondent" or case.terms.appeal_needs else None


def said_of_statement(case: Case, ruling: Ruling, audience: Audience) -> NoticeData | None:
    """What a ruling's statement of reasons says to an audience; None where it has none, or they are not told it."""
    told = ruling.statement
    if told is None or not _is_told_statement(case, audience):
        return None
    texts = {
        "facts": told.decision_facts,
        "clause": told.illegal_content_legal_ground or told.incompatible_content_ground,
        "explanation": told.illegal_content_explanation or told.incompatible_content_explanation,
    }
    return NoticeData(_stated(case, told), texts)


def _of_reader(case: Case, fact: f.RulingIssued, audience: Audience) -> dict[str, Any]:
    """What the ruling means to whoever reads: a sanction that hits them, a credit of theirs, their right to appeal."""
    told: dict[str, Any] = {}
    if last_word.promised(case, audience):
        told["could_answer"] = True
    if _money_waits(case, audience):
        told["looked_at_first"] = True
    in_force = next((s for s in reversed(case.sanctions) if s.voided_at is None and s.lifted_at is None), None)
    if in_force is not None and audience in (in_force.side.value, "platform", "staff"):
        told |= sanctions.sanction_data(case, in_force.id)
        told |= _of_misuse(case.rulings[-1], audience)
    told |= interim.kept_by_ruling(case, audience)
    if audience != "respondent":
        told |= crediting.over_now(case)
    if audience == "claimant" and _may_ask_for_documents(case):
        told["documents"] = True
    right = next((r for r in rights_of(case, fact.rights, audience)), None)
    if right is not None:
        told["right"] = {"allowed": right.allowed, "because": right.because}
    return told


def _money_waits(case: Case, audience: Audience) -> bool:
    """Whether money by it waits for somebody's hands from the first, and its reader is told of that money."""
    waits = [e.remedy for e in case.effects if e.because == case.rulings[-1].id and e.state == "needs_hands" and e.remedy.amount]
    return bool(told_remedies(case, tuple(waits), audience))


def _of_misuse(ruling: Ruling, audience: Audience) -> dict[str, Any]:
    """By which clause misuse was found of whoever reads, how many there were and of how many, told with the reasons (Regulation
    (EU) 2022/2065, article 23(3) with article 17); how grave and with what intention stands in the record."""
    draft = ruling.sanction
    if draft is None or draft.misuse is None or audience not in (draft.side.value, "platform", "staff"):
        return {}
    return {"misuse": {"clause": draft.misuse.clause, "items": draft.misuse.items, "total": draft.misuse.total}}


def _may_ask_for_documents(case: Case) -> bool:
    """Whether whoever reported gets less than they asked for, in a kind where the law lets them ask for what that rests on:
    12 CFR 1005.11(d)(1)."""
    ruling = case.rulings[-1]
    outcome = case.terms.outcome(ruling.outcome)
    lost = outcome is not None and Side.CLAIMANT in outcome.lost_by
    return case.terms.provisional_credit and ruling.decision != "remit" and (lost or less_than_asked(case, ruling))


def _is_told_statement(case: Case, audience: Audience) -> bool:
    """Whether somebody is told the statement of reasons: the author whose words are restricted, and both where there is none."""
    return audience not in ("claimant", "respondent") or case.author in (None, Side(audience))


_ENDS = (
    "end_date_account_restriction", "end_date_monetary_restriction", "end_date_service_restriction",
    "end_date_visibility_restriction",
)  # fmt: skip
"""Until when it restricts, by what it restricts; none of them: until it is lifted."""


def _stated(case: Case, statement: StatementOfReasons) -> dict[str, Any]:
    names = ("decision_ground", "automated_detection", "automated_decision", "source_type", "territorial_scope", *_ENDS)
    redress = statement.redress or (case.terms.statement.redress if case.terms.statement else ())
    said = {name: list(value) if isinstance(value, tuple) else value for name in names if (value := getattr(statement, name))}
    return said | {"redress": list(redress)}


def _texts_of(case: Case, ruling: Ruling, audience: Audience) -> dict[str, Prose | None]:
    found = {"reasons": ruling.reasons}
    if audience == "staff" or audience in {side.value for side in ruling.reply_to}:
        found["reply"] = ruling.reply
    draft = ruling.sanction
    if draft is not None and draft.misuse is not None and audience in ("staff", draft.side.value):
        found["misuse"] = draft.misuse.reasons
    stated = said_of_statement(case, ruling, audience) if audience != "staff" else None
    return {**found, **stated.texts} if stated is not None else found
