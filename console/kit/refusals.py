"""Why something was not done, as people say it: no codes, no minor units, no instants of a machine, no ids, no patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
        if refused.errors and (refused.detail is None or _SEE.match(refused.detail)):
            return _BESIDE
        if refused.detail is None:
            return self.plainly(advice)
        return self.plainly(refused.detail)

    def errors(self, refused: Refused | None) -> Sequence[FieldError]:
        """What is wrong with which field."""
        errors = refused.errors if refused is not None else ()
        return [error._replace(message=self.of_field(error)) for error in errors]

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
