"""A form that somebody filled in on the platform's pages: flat fields, handed on by the platform's server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from adapters.intake.errors import ReportInvalid
from adapters.intake.shapes import code, line, present, shaped
from domain.base import Side
from domain.model.report import Report, ReportedParty

MAX_BYTES = 1_000_000
MAX_FIELDS = 100
_KNOWN = frozenset({"id", "category", "matter", "subject", "statement", "amount", "currency", "ref", "name", "email"})


def report_from_form(body: bytes, *, kind: str, respondent: ReportedParty | None) -> Report:
    """The report of a form (urlencoded, or one flat JSON object). Raises :class:`ReportInvalid` with each wrong field.

    ``statement``, and ``ref`` or ``email`` of whoever filled it in, have to be there; ``id, category, matter, subject, amount``
    (in minor units) with ``currency``, and ``name`` may be. Every other field becomes an attribute.
    """
    if len(body) > MAX_BYTES:
        raise ReportInvalid.one("too_large", "body", f"The form has {len(body)} bytes; at most {MAX_BYTES} are taken.")
    fields = _fields(body)
    claimant = {"side": Side.CLAIMANT, "ref": fields.get("ref") or fields.get("email", "").lower()}
    claimant |= present({"name": line(fields.get("name")), "email": fields.get("email")})
    others = [respondent] if respondent and respondent.ref != claimant["ref"] else []
    said = fields.get("amount", "")
    amount = int(said[:20]) if said.isascii() and said.isdigit() else said or None
    money = {"amount": amount, "currency": fields.get("currency", "")} if amount is not None else None
    attributes = {name: value for key, value in fields.items() if key not in _KNOWN and (name := code(key)) and value}
    return shaped(
        present(
            {
                "kind": kind,
                "source": "form",
                "external_id": fields.get("id"),
                "category": fields.get("category"),
                "matter": fields.get("matter"),
                "subject": line(fields.get("subject")),
                "statement": fields.get("statement", ""),
                "amount": money,
                "parties": [claimant, *others],
                "attributes": attributes,
            }
        )
    )


def _fields(body: bytes) -> dict[str, str]:
    """The fields that were filled in, as text."""
    try:
        text = body.decode("utf-8")
        found: Any = json.loads(text) if text.lstrip().startswith("{") else dict(parse_qsl(text, max_num_fields=MAX_FIELDS))
    except (ValueError, RecursionError):
        raise ReportInvalid.one(
            "report_invalid", "body", "This is no form: send urlencoded fields, or one flat JSON object."
        ) from None
    if len(found) > MAX_FIELDS or any(isinstance(value, dict | list) for value in found.values()):
        raise ReportInvalid.one("report_invalid", "body", f"A form is flat and has at most {MAX_FIELDS} fields.")
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else str(value)
        for name, value in found.items()
        if value is not None and value != ""
    }
