"""The statement of reasons as a form: what is always asked comes first, with what the case knows filled in; the rest folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from console.kit.words import in_words
from domain.model.case import Case
from domain.model.terms import OutcomeTerms, Terms
from services.errors import FieldError
from services.statements import CHOICES, missing

Kind = Literal["one", "some", "many", "text", "line", "day"]
_PREFIXES = (
    "DECISION_VISIBILITY_", "DECISION_MONETARY_", "DECISION_PROVISION_", "DECISION_ACCOUNT_", "DECISION_GROUND_", "ACCOUNT_TYPE_",
    "CONTENT_TYPE_", "SOURCE_TYPE_", "SOURCE_", "AUTOMATED_DECISION_", "STATEMENT_CATEGORY_", "KEYWORD_",
)  # fmt: skip
_CALLED: Mapping[str, str] = {
    "DECISION_GROUND_ILLEGAL_CONTENT": "It is illegal",
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": "It breaks the terms of the platform",
    "SOURCE_ARTICLE_16": "A notice of illegal content (article 16)",
    "SOURCE_TRUSTED_FLAGGER": "A trusted flagger",
    "SOURCE_TYPE_OTHER_NOTIFICATION": "Somebody else told us",
    "SOURCE_VOLUNTARY": "We looked ourselves",
    "AUTOMATED_DECISION_FULLY": "By a machine alone",
    "AUTOMATED_DECISION_PARTIALLY": "By a machine in part",
    "AUTOMATED_DECISION_NOT_AUTOMATED": "By a person",
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": "Another breach of the terms",
    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE": "The notice did not say",
}


@dataclass(frozen=True)
class Part:
    """A field of the statement."""

    name: str
    label: str
    kind: Kind
    options: tuple[tuple[str, str], ...] = ()
    when: str = ""
    """Shown where this is chosen: ``illegal`` or ``incompatible``."""
    needed: bool = False
    hint: str = ""

    @property
    def field(self) -> str:
        """What it is called on the form, and as errors name it."""
        return f"statement.{self.name}"


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    title: str
    parts: tuple[Part, ...]
    folded: bool = False
    hint: str = ""


def _words(value: str) -> str:
    bare = next((value.removeprefix(prefix) for prefix in _PREFIXES if value.startswith(prefix)), value)
    return _CALLED.get(value) or (bare if len(value) == 2 else in_words(bare.lower()))


def _part(name: str, label: str, kind: Kind, **more: Any) -> Part:
    return Part(name, label, kind, tuple((value, _words(value)) for value in CHOICES.get(name, ())), **more)


_UNTIL = (("visibility", "Less visible"), ("monetary", "Money"), ("service", "The service"), ("account", "The account"))
GROUPS: tuple[Group, ...] = (
    Group("What it is about", (
        _part("category", "Category", "one", needed=True),
        _part("content_type", "What was restricted", "some", needed=True),
        _part("content_type_other", "What else was restricted", "line", hint="Where “Other” is ticked."),
        _part("decision_facts", "The facts it rests on", "text", needed=True, hint="The person concerned reads it."),
    )),
    Group("On which ground", (
        _part("decision_ground", "Ground", "one", needed=True),
        _part("illegal_content_legal_ground", "Which law", "text", when="illegal", needed=True),
        _part("illegal_content_explanation", "Why it is illegal", "text", when="illegal", needed=True),
        _part("incompatible_content_ground", "Which clause of the terms", "text", when="incompatible", needed=True),
        _part("incompatible_content_explanation", "Why it breaks the clause", "text", when="incompatible", needed=True),
        _part("incompatible_content_illegal", "Is it illegal as well", "one", when="incompatible"),
    )),
    Group("How it was found and decided", (
        _part("source_type", "How we learned of it", "one", needed=True),
        _part("source_identity", "Who told us", "line", hint="Only where it is needed to judge the decision."),
        _part("automated_detection", "Found by a machine", "one", needed=True),
        _part("automated_decision", "Decided", "one", needed=True),
        _part("content_date", "Day of the content", "day", needed=True),
        _part("application_date", "Holds from", "day", needed=True),
    )),
    Group("What is restricted", (
        _part("decision_visibility", "Visibility", "some"),
        _part("decision_visibility_other", "How else it is less visible", "line", hint="Where “Other” is ticked."),
        _part("decision_monetary", "Money", "one"),
        _part("decision_monetary_other", "What else about money", "line", hint="Where “Other” is chosen."),
        _part("decision_provision", "The service", "one"),
        _part("decision_account", "The account", "one"),
        _part("account_type", "Kind of account", "one"),
        *(
            _part(f"end_date_{what}_restriction", f"{called} until", "day")
            for what, called in _UNTIL
        ),
    ), folded=True, hint="Left empty: what follows from the outcome that is chosen above."),
    Group("More, where it applies", (
        _part("decision_ground_reference_url", "Where the law or clause can be read", "line", hint="A whole address, https://…"),
        _part("category_addition", "Further categories", "many"),
        _part("category_specification", "Keywords", "many"),
        _part("category_specification_other", "Another keyword", "line"),
        _part("territorial_scope", "In which countries", "many"),
        _part("content_language", "Language of the content", "one"),
        _part("content_id_ean", "EAN of the product", "line"),
        _part("puid", "The platform's own id of the statement", "line", hint="Left empty: the ruling's."),
        _part("redress", "How to complain", "line", hint="Left empty: as the policy says."),
    ), folded=True),
)  # fmt: skip
PARTS: Mapping[str, Part] = {part.name: part for group in GROUPS for part in group.parts}
_FOLLOWS: Mapping[str, tuple[str, Any]] = {
    "remove": ("decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
    "suspend_service": ("decision_provision", "DECISION_PROVISION_TOTAL_SUSPENSION"),
    "close_service": ("decision_provision", "DECISION_PROVISION_TOTAL_TERMINATION"),
    "suspend_account": ("decision_account", "DECISION_ACCOUNT_SUSPENDED"),
    "suspend": ("decision_account", "DECISION_ACCOUNT_SUSPENDED"),
    "close_account": ("decision_account", "DECISION_ACCOUNT_TERMINATED"),
    "ban": ("decision_account", "DECISION_ACCOUNT_TERMINATED"),
    "demonetise": ("decision_monetary", "DECISION_MONETARY_SUSPENSION"),
}
"""What a remedy restricts, in the words of the database."""
_RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
_CATEGORY_OF: Mapping[str, str] = {
    "hate": "ILLEGAL_OR_HARMFUL_SPEECH", "hate_speech": "ILLEGAL_OR_HARMFUL_SPEECH", "harassment": "CYBER_VIOLENCE",
    "violence": "VIOLENCE", "threat": "VIOLENCE", "threats": "VIOLENCE", "assault": "VIOLENCE", "self_harm": "SELF_HARM",
    "spam": "SCAMS_AND_FRAUD", "impersonation": "SCAMS_AND_FRAUD", "scam": "SCAMS_AND_FRAUD",
    "child_safety": "PROTECTION_OF_MINORS", "animal_harm": "ANIMAL_WELFARE",
}  # fmt: skip
"""Which of the database's categories one of a pack usually is: filled in, to be looked at."""


_BY_ITSELF = frozenset({
    "application_date", "automated_decision", "content_date", "category", "source_type", "automated_detection",
})  # fmt: skip
"""What is filled in by itself."""


def asked(terms: Terms, outcome: str, decision: str) -> bool:
    """Whether this decision comes with a statement."""
    restricts = terms.statement is not None and outcome in terms.statement.outcomes
    return restricts and decision in ("", "rule", "overturn", "vary")


def filled_in(case: Case, now: datetime, happened_at: str | None) -> dict[str, list[str]]:
    """What the case knows of it, for a form that nobody has written on yet: all of it can be changed. ``happened_at``: when, as
    the report says."""
    said = {"application_date": now.date().isoformat(), "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED"}
    if happened_at is not None:
        said["content_date"] = happened_at[:10]
    category = _CATEGORY_OF.get(case.category) or ("SCAMS_AND_FRAUD" if case.kind == "fraud_report" else None)
    if category is not None:
        said["category"] = f"STATEMENT_CATEGORY_{category}"
    if case.rulings == ():
        # Somebody reported it here. Of what was decided elsewhere only whoever decided it knows how it was found.
        said |= {"source_type": "SOURCE_TYPE_OTHER_NOTIFICATION", "automated_detection": "No"}
    return {f"statement.{name}": [value] for name, value in said.items()}


def completed(body: dict[str, Any], terms: Terms, outcome: OutcomeTerms | None, decision: str) -> list[FieldError]:
    """The statement with what follows from the outcome, put into the body of a decision; and everything that it lacks."""
    given = not set(body.get("statement") or {}) <= _BY_ITSELF
    if outcome is None and decision == "vary" and given:
        return []
    # Where it is asked for by what the decision comes to, only the rules know that: what was written goes along.
    by_weight = terms.statement is not None and bool(terms.statement.sanctions or terms.statement.remedies)
    wanted = outcome is not None and (asked(terms, outcome.name, decision) or _weighs(body, terms))
    if outcome is None or not (wanted or (by_weight and given)):
        # What is filled in by itself is no statement of a decision that restricts nothing.
        body.pop("statement", None)
        return []
    said = dict(body.get("statement") or {})
    if not any(said.get(name) for name in _RESTRICTIONS):
        names = [*(remedy["type"] for remedy in body.get("remedies", ())), *outcome.remedies, outcome.name]
        field, value = next((_FOLLOWS[name] for name in names if name in _FOLLOWS), ("", None))
        if field:
            said[field] = value
    body["statement"] = said
    assert terms.statement is not None, "it is asked for"
    return beside(missing(said, terms.statement.redress))


def _weighs(body: Mapping[str, Any], terms: Terms) -> bool:
    """Whether what is chosen restricts somebody, whatever the outcome is called."""
    if terms.statement is None:
        return False
    remedies = {remedy.get("type") for remedy in body.get("remedies", ())}
    return body.get("sanction") in terms.statement.sanctions or not remedies.isdisjoint(terms.statement.remedies)


def _said(error: FieldError) -> str:
    part = PARTS.get(error.field)
    if part is None or error.code not in ("missing", "required_with", "nothing_restricted", "required"):
        return error.message
    if error.code == "nothing_restricted":
        return "Choose what is restricted."
    verb = "Choose" if part.options else "Write"
    return f"{verb}: {part.label[:1].lower()}{part.label[1:]}."


def beside(errors: Sequence[FieldError]) -> list[FieldError]:
    """The errors of a refused statement, each by the field of the form that it is about; that nothing is restricted, which four
    fields could mend, is said once."""
    said, once = [], False
    for error in errors:
        if error.code == "nothing_restricted":
            if once:
                continue
            once = True
        said.append(error._replace(field=f"statement.{error.field}", message=_said(error)))
    return said
