"""What every intake does last: check the translated report, and make foreign values fit to be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from adapters.intake.errors import FieldError, ReportInvalid
from domain.base import Reference, plain_line
from domain.model.prose import MAX_PROSE
from domain.model.report import Report

_Model = TypeVar("_Model", bound=BaseModel)
_REFERENCE: TypeAdapter[str] = TypeAdapter(Reference)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_LARGEST_NUMBER = 2**53
"""Beyond it JSON readers disagree about what an integer is."""

CUT = "\n\n[The text is longer than a statement can be. All of it is attached.]"


class Foreign(BaseModel):
    """The part of somebody else's payload that is read; they may add what they like."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def parsed(model: type[_Model], body: bytes, *, max_bytes: int) -> _Model:
    """The JSON body as ``model``. Raises :class:`ReportInvalid`, whatever the bytes are."""
    if len(body) > max_bytes:
        raise ReportInvalid.one("too_large", "body", f"The body has {len(body)} bytes; at most {max_bytes} are taken.")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ReportInvalid.from_validation(error) from None


def shaped(fields: Mapping[str, Any]) -> Report:
    """The report with these fields. Raises :class:`ReportInvalid`."""
    try:
        return storable(Report.model_validate(fields))
    except ValidationError as error:
        raise ReportInvalid.from_validation(error) from None


def storable(report: Report) -> Report:
    """The report itself, when every number in it survives being kept as JSON."""
    errors = [
        FieldError(f"attributes.{name}", "number_not_storable", "Give a finite number; integers up to 2^53.")
        for name, value in report.attributes.items()
        if (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) > _LARGEST_NUMBER)
    ]
    errors += [
        FieldError(f"attributes.{name}", "text_not_storable", "The text contains a NUL character. Remove it.")
        for name, value in report.attributes.items()
        if isinstance(value, str) and _UNSTORABLE.search(value)
    ]
    if errors:
        raise ReportInvalid("report_invalid", errors)
    return report


def line(value: str | None, limit: int = 200) -> str | None:
    """One line of at most ``limit`` characters, without what nobody sees or what turns the direction of what stands around it;
    None when nothing is left."""
    if value is None:
        return None
    clean = _CONTROLS.sub(" ", _UNSTORABLE.sub("", value))
    return plain_line(clean)[:limit].strip() or None


def prose(value: str) -> tuple[str, bool]:
    """The text without what cannot be stored, cut to what a statement may hold; and whether it was cut."""
    clean = _UNSTORABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(clean) <= MAX_PROSE:
        return clean, False
    return clean[: MAX_PROSE - len(CUT)].rstrip() + CUT, True


def reference_or_none(*candidates: str | None) -> str | None:
    """The first candidate that can serve as somebody's identifier."""
    for candidate in candidates:
        try:
            return _REFERENCE.validate_python(candidate)
        except ValidationError:
            continue
    return None


def code(value: str | None) -> str | None:
    """A foreign word (``WAITING_FOR_SELLER``) as a code (``waiting_for_seller``), or None when nothing is left."""
    cleaned = re.sub(r"[^a-z0-9_.:-]+", "_", (value or "").lower()).strip("_.:-")
    return cleaned[:64].rstrip("_.:-") or None


def plain_words(value: str) -> str:
    """A foreign word (``WAITING_FOR_SELLER``) for people (``waiting for seller``)."""
    return value.replace("_", " ").lower()


def present(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that have a value."""
    return {name: value for name, value in attributes.items() if value is not None and value != ""}
