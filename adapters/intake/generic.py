"""A report as plain JSON: the shape of :class:`domain.model.report.Report` itself."""

from __future__ import annotations

from adapters.intake.shapes import parsed, storable
from domain.model.report import Report

MAX_BYTES = 16_000_000
"""Ten attachments of one megabyte are 13.4 MB as base64; the rest is room for the report."""


def report_from_json(body: bytes, *, max_bytes: int = MAX_BYTES) -> Report:
    """The report that a JSON body holds. Raises :class:`ReportInvalid` with one entry for each wrong field."""
    return storable(parsed(Report, body, max_bytes=max_bytes))
