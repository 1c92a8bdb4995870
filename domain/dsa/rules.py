"""Whether a statement of reasons is one that the EU's DSA Transparency Database takes: the rules it publishes for submissions.

What such a statement must say is article 17(3) of Regulation (EU) 2022/2065; that platforms submit it, article 24(5). The form is
the database's own (API version 2): its page "How to use the API" and its published code, ``StatementStoreRequest.php`` at
d78506ee. ``docs/reference/reasons.md`` has every rule with its source, and says where page and code differ and which is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.dsa import checks as c
from domain.dsa import words as w
from domain.dsa.checks import Check, Code, Complaint, Statement

Need = Callable[[Statement], Complaint | None]

FIRST_CONTENT = date(2000, 1, 1)
FIRST_APPLICATION = date(2020, 1, 1)
SHORT_TEXT = 500
EXPLANATION = 2_000
FACTS = 5_000

_RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")


class Fault(NamedTuple):
    """One field that the database would not take, with a code for machines and words for people."""

    field: str
    code: str
    words: str


def faults(statement: Statement) -> tuple[Fault, ...]:
    """What the database would not take, one fault a field at most, in the order of its documentation; empty when it is valid.

    Fields that the database does not know are passed over, as it does. No clock is asked: no rule speaks of today.
    """
    judged = ((rule.field, _complaint(rule, statement)) for rule in RULES)
    return tuple(Fault(field, *complaint) for field, complaint in judged if complaint)


class Rule(NamedTuple):
    """How one field is judged."""

    field: str
    check: Check
    need: Need = lambda statement: None
    """Why it must be there, when it is not."""
    nullable: bool = True
    """Whether ``null``, or text of nothing but white space, counts as left out."""
    heeded: Callable[[Statement], bool] = lambda statement: True
    """The database drops the field unread where this does not hold."""


def _complaint(rule: Rule, statement: Statement) -> Complaint | None:
    if not rule.heeded(statement):
        return None
    present, value = _read(statement, rule.field)
    if not c.given(value) and (lack := rule.need(statement)):
        return lack
    if not present or (rule.nullable and c.blank(value)):
        return None
    return rule.check(value, statement)


def _read(statement: Statement, field: str) -> tuple[bool, Any]:
    """Whether the field is there, and its value; a dot leads into an object."""
    name, _, inner = field.partition(".")
    value = statement.get(name)
    if inner:
        return _read(value, inner) if isinstance(value, Mapping) else (False, None)
    return name in statement, value


def _always(statement: Statement) -> Complaint | None:
    return Code.MISSING, "This field is required."


def _a_restriction(statement: Statement) -> Complaint | None:
    if any(c.given(statement.get(name)) for name in _RESTRICTIONS):
        return None
    return Code.NOTHING_RESTRICTED, f"At least one restriction is required: {c.either(_RESTRICTIONS)}."


def _with(field: str, value: str) -> Need:
    complaint = (Code.REQUIRED_WITH, f"Required when {field} is {value}.")
    return lambda statement: complaint if _says(field, value)(statement) else None


def _says(field: str, value: str) -> Callable[[Statement], bool]:
    def holds(statement: Statement) -> bool:
        said = statement.get(field)
        return said == value or (isinstance(said, list) and value in said)

    return holds


RULES = (
    Rule("decision_visibility", c.some_of(w.VISIBILITIES), _a_restriction),
    Rule("decision_visibility_other", c.text(SHORT_TEXT), _with("decision_visibility", w.VISIBILITY_OTHER)),
    Rule("decision_monetary", c.one_of(w.MONETARIES), _a_restriction),
    Rule(
        "decision_monetary_other",
        c.text(SHORT_TEXT),
        _with("decision_monetary", w.MONETARY_OTHER),
        heeded=_says("decision_monetary", w.MONETARY_OTHER),
    ),
    Rule("decision_provision", c.one_of(w.PROVISIONS), _a_restriction),
    Rule("decision_account", c.one_of(w.ACCOUNTS), _a_restriction),
    Rule("account_type", c.one_of(w.ACCOUNT_TYPES)),
    Rule("decision_facts", c.text(FACTS), _always),
    Rule("decision_ground", c.one_of(w.GROUNDS), _always),
    Rule("decision_ground_reference_url", c.written(c.URL, "a complete http or https address", SHORT_TEXT)),
    *(
        Rule(field, c.text(longest), _with("decision_ground", ground), heeded=_says("decision_ground", ground))
        for field, longest, ground in (
            ("illegal_content_legal_ground", SHORT_TEXT, w.ILLEGAL),
            ("illegal_content_explanation", EXPLANATION, w.ILLEGAL),
            ("incompatible_content_ground", SHORT_TEXT, w.INCOMPATIBLE),
            ("incompatible_content_explanation", EXPLANATION, w.INCOMPATIBLE),
        )
    ),
    Rule("incompatible_content_illegal", c.one_of(w.YES_NO), nullable=False),
    Rule("content_type", c.some_of(w.CONTENT_TYPES), _always),
    Rule("content_type_other", c.text(SHORT_TEXT), _with("content_type", w.CONTENT_TYPE_OTHER)),
    Rule("category", c.one_of(w.CATEGORIES), _always),
    Rule("category_addition", c.some_of(w.CATEGORIES), nullable=False),
    Rule("category_specification", c.some_of(w.KEYWORDS)),
    Rule("category_specification_other", c.text(SHORT_TEXT)),
    Rule("content_id", c.identifiers),
    Rule("content_id.EAN-13", c.written(c.EAN_13, "an EAN-13 code of 13 digits"), nullable=False),
    Rule("content_id_ean", c.written(c.EAN_13, "an EAN-13 code of 13 digits")),
    Rule("territorial_scope", c.some_of(w.COUNTRIES)),
    Rule("content_language", c.one_of(w.LANGUAGES)),
    Rule("content_date", c.day_from(FIRST_CONTENT), _always),
    Rule("application_date", c.day_from(FIRST_APPLICATION), _always),
    Rule("end_date_account_restriction", c.end_day),
    Rule("end_date_monetary_restriction", c.end_day),
    Rule("end_date_service_restriction", c.end_day),
    Rule("end_date_visibility_restriction", c.end_day),
    Rule("source_type", c.one_of(w.SOURCES), _always),
    Rule("source_identity", c.text(SHORT_TEXT)),
    Rule("automated_detection", c.one_of(w.YES_NO), _always),
    Rule("automated_decision", c.one_of(w.AUTOMATED_DECISIONS), _always),
    Rule("puid", c.written(c.PUID, "made of letters a-z and A-Z, digits, hyphens and underscores alone", SHORT_TEXT), _always),
)
