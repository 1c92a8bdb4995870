"""Why something was not done, as people say it: no codes, no minor units, no instants of a machine, no ids, no patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.kit.render import Amounts, Zones
from console.kit.words import LABELS, in_words, readable
from services.errors import FieldError, Refused

_OF_SHAPE: Mapping[str, str] = {
    "missing": "This is missing.",
    "string_too_short": "Write something here.",
    "string_too_long": "This is too long.",
    "too_long": "These are too many.",
    "too_short": "These are too few.",
    "string_pattern_mismatch": "This is not what is asked for here: choose from what is offered, or write a word or two.",
    "literal_error": "Choose one of those that are offered.",
    "enum": "Choose one of those that are offered.",
    "extra_forbidden": "This form does not take it: open it anew.",
    "timezone_aware": "Write a date and a time of day.",
    **dict.fromkeys(
        ("int_parsing", "int_type", "int_from_float", "int_parsing_size", "decimal_parsing", "float_parsing"),
        "Write a whole number.",
    ),
    **dict.fromkeys(("greater_than", "greater_than_equal"), "This is too little."),
    **dict.fromkeys(("less_than", "less_than_equal"), "This is too much."),
    **dict.fromkeys(
        (
            "datetime_parsing",
            "datetime_type",
            "datetime_from_date_parsing",
            "datetime_object_invalid",
            "date_parsing",
            "date_type",
            "date_from_datetime_parsing",
        ),
        "Write a date and a time of day.",
    ),
}
"""What a field's shape wants, by the code of the check that it failed."""
_UNREADABLE = "This cannot be read. Write it in another way."
_OF_THE_MACHINE = re.compile(r"^(Input should|String should|Value error|Field required|Unable to|List should|Tuple should)")
_MINOR = re.compile(r"\b(\d+) ([A-Z]{3}) \(in minor units\)")
_TOTAL = re.compile(r"\bthis gives (\d+)\b")
_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
_ID = re.compile(r"\b[a-z]{2,5}_[A-Za-z0-9-]*[0-9-][A-Za-z0-9-]*\b|\bmessage:\d+\b")
_QUOTED = re.compile(r"`([A-Za-z_./]+)`")
_SEE = re.compile(r"^This is not a command\b.*")
_AT: Mapping[str, tuple[str, ...]] = {
    "less_than_asked": ("less_because",),
    "reference_missing": ("reference",),
    "agreement_in_question": ("done_at",),
    "effect_unknown": ("effect_id",),
    "settled_before": ("reason",),
    "outcome_unknown": ("outcome",),
    "ground_unknown": ("ground",),
    "condition_unknown": ("conditions",),
    "complaint_route_unknown": ("complaint_route",),
    "evidence_unknown": ("relies_on", "evidence_id"),
    "sanction_reasons_missing": ("sanction_reasons", "sanction_reason"),
    "sanction_not_allowed": ("sanction",),
    "measure_not_allowed": ("measure",),
    "interim_unknown": ("measure_id", "ends"),
    "measures_unnamed": ("ends", "stays"),
    "credit_not_allowed": ("amount",),
    "amount_missing": ("amount", "remedies"),
    "remedy_not_allowed": ("amount", "remedy", "outcome"),
    "amount_too_high": ("amount",),
    "amount_below_paid": ("amount",),
    "currency_differs": ("amount",),
    "instant_refused": ("until", "due_at", "expires_at", "done_at"),
    "extension_refused": ("for", "until"),
    "clock_unknown": ("clock",),
    "clock_statutory": ("clock",),
    "person_unknown": ("owner", "to", "mentions"),
    "queue_unknown": ("queue",),
    "party_unknown": ("party",),
    "party_known": ("party", "ref"),
    "party_unfit": ("party", "role"),
    "party_unclear": ("party", "of"),
    "evidence_type_unknown": ("evidence_type",),
    "authority_unknown": ("authority",),
    "root_cause_unknown": ("cause",),
    "step_unknown": ("steps", "step"),
    "same_case": ("into", "to", "case"),
    "other_case_unknown": ("into", "to", "case"),
    "other_case_closed": ("into", "to", "case"),
    "kind_differs": ("into",),
    "matter_differs": ("into", "category"),
    "link_unknown": ("link_id",),
    "report_unknown": ("report_id",),
    "exception_unknown": ("exception_id",),
    "text_unknown": ("of", "field"),
    "text_erased": ("of",),
    "translation_refused": ("from_language", "into_language"),
    "exception_not_allowed": ("of", "name", "until", "amount"),
    "no_such_offer": ("offer_id",),
    "campaign_unknown": ("campaign",),
    "nothing_changes": ("priority", "category"),
    "tipping_off": ("reason", "reasons"),
    "not_seen": ("seen",),
}
"""Beside which field a reason stands, where the form has it: the first of these."""
_IN_THE_CASE: Mapping[str, str] = {
    "effect_unknown": "Nobody has to do this any more: somebody said what became of it, or it was undone. The case says which.",
    "not_seen": "Something came in since: read it, and say here that you have.",
}
"""What a page says in place of a sentence that speaks of the fields of the API."""
_SAID_BY_FIELD = frozenset({"statement_incomplete"})
"""Reasons whose sentence only lists the fields that say it themselves."""
_BESIDE = "Something is missing, or cannot be read: it says so beside the field."


@dataclass(frozen=True)
class Speaker:
    """What is needed to say a refusal: how times and amounts are written, and who is who."""

    zones: Zones
    amounts: Amounts
    names: Mapping[str, str]

    def plainly(self, said: str) -> str:
        """A sentence of ours, for people."""
        currency = next((found[2] for found in _MINOR.finditer(said)), None)
        words = _MINOR.sub(lambda found: self.amounts.write(int(found[1]), found[2]), said)
        if currency is not None:
            words = _TOTAL.sub(lambda found: f"this gives {self.amounts.write(int(found[1]), currency)}", words)
        words = words.replace(", in minor units,", ",").replace(" (in minor units)", "").replace(" in minor units", "")
        words = _INSTANT.sub(lambda found: self._moment(found[0]), words)
        words = _QUOTED.sub(lambda found: f"“{LABELS.get(found[1]) or in_words(found[1])}”", words)
        words = words.replace("`", "")
        words = _ID.sub(lambda found: self.names.get(found[0], "one of them"), words)
        return readable(words)

    def refusal(self, refused: Refused, advice: str) -> str:
        """Why it was not sent."""
        if refused.errors and (refused.detail is None or _SEE.match(refused.detail) or refused.code in _SAID_BY_FIELD):
            return _BESIDE
        return self._why(refused, advice)

    def errors(self, refused: Refused | None, fields: Collection[str] = (), advice: str = "") -> Sequence[FieldError]:
        """What is wrong with which field; a reason that is about one of these ``fields`` stands beside it."""
        if refused is None:
            return []
        if not refused.errors and (place := _place(refused, fields)) is not None:
            return [FieldError(place, refused.code, self._why(refused, advice))]
        said = [FieldError(_whole(error.field, fields), error.code, self.of_field(error)) for error in refused.errors]
        # Of several entries that are wrong in the same way it is said once.
        return list({(error.field, error.message): error for error in said}.values())

    def _why(self, refused: Refused, advice: str) -> str:
        return self.plainly(_IN_THE_CASE.get(refused.code) or refused.detail or advice)

    def of_field(self, error: FieldError) -> str:
        """What is wrong with a field, and what would be right."""
        if error.code in _OF_SHAPE and (error.code != "missing" or _OF_THE_MACHINE.match(error.message)):
            return _OF_SHAPE[error.code]
        return _UNREADABLE if _OF_THE_MACHINE.match(error.message) else self.plainly(error.message)

    def _moment(self, text: str) -> str:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return "then"
        return self.zones.words(at) if at.tzinfo else "then"


def _whole(name: str, fields: Collection[str]) -> str:
    """The field of the form in which something stands: the third of some lines is one of them."""
    return name if name in fields else re.sub(r"(\.\d+)+$", "", name)


def _place(refused: Refused, fields: Collection[str]) -> str | None:
    """The field that a reason is about: as its code says, else one that the reason itself names."""
    return next((name for name in (*_AT.get(refused.code, ()), *refused.fields) if name in fields), None)
