"""A report as plain JSON: the shape of :class:`domain.model.report.Report` itself."""

from __future__ import annotations

import json

from adapters.intake.shapes import parsed, storable
from domain.model.report import Report, ReportedParty

MAX_BYTES = 16_000_000
"""Ten attachments of one megabyte are 13.4 MB as base64; the rest is room for the report."""


def report_from_json(body: bytes, *, max_bytes: int = MAX_BYTES) -> Report:
    """The report that a JSON body holds. Raises :class:`ReportInvalid` with one entry for each wrong field."""
    return storable(parsed(Report, body, max_bytes=max_bytes))


def report_of_source(body: bytes, *, kind: str | None, respondent: ReportedParty | None) -> Report:
    """The report that a source sends, with what the source knows where the report does not say it. Raises as above."""
    return report_from_json(_completed(body, kind, respondent))


def _completed(body: bytes, kind: str | None, respondent: ReportedParty | None) -> bytes:
    """A report with what its source knows and it does not say. What is no JSON object is told of by its reader."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(said, dict):
        return body
    said = {"source": "webhook", **({"kind": kind} if kind else {}), **said}
    parties = said.get("parties")
    if respondent is not None and isinstance(parties, list):
        sides = [
            party.get("side") for party in parties if isinstance(party, dict) and party.get("role", "principal") == "principal"
        ]
        if "respondent" not in sides:
            said["parties"] = [*parties, respondent.model_dump(mode="json", exclude_none=True)]
    return json.dumps(said).encode()
