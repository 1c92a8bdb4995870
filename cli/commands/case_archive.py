"""``ombud case archive`` and ``ombud case unarchive``: one closed case into the archive and back, for whoever runs Ombud."""

from __future__ import annotations

from typing import Any

from cli.kit.exits import IN_THE_WAY, fail, guarded
from cli.kit.options import AsJson, CaseId, Tenant
from cli.kit.show import show

KEEPS = {
    "unknown": "There is no such case.",
    "archived": "It is in the archive already.",
    "open": "It is not closed.",
    "legal_hold": "It is under legal hold.",
    "not_quiet": "Something of it is still under way: a command, a deadline, an effect or a letter.",
    "needs_hands": "Somebody has to see to something in it: work by hand, or a letter that did not arrive.",
    "looked_at_by_others": "It was reported to an authority, or departs from its pack: rules of other cases look at its facts.",
    "moved": "It has just moved. Try again.",
}
"""Why a case stays where it is."""


def archive(case_id: CaseId, tenant: Tenant = None, json: AsJson = False) -> None:
    """Put a closed case into the archive now, however young it is. It stays listed, and comes back when somebody reads it."""
    from cli.kit.record import put_away

    bar, size = guarded(lambda: put_away(case_id, tenant))
    if bar is not None:
        fail(KEEPS[bar], f"archive_{bar}", IN_THE_WAY)
    show({"case": case_id, "archived": True, "bytes": size}, json, _said)


def unarchive(case_id: CaseId, tenant: Tenant = None, json: AsJson = False) -> None:
    """Bring a case back from the archive."""
    from cli.kit.record import brought_back

    found = guarded(lambda: brought_back(case_id, tenant))
    show({"case": case_id, "archived": False, "brought_back": found}, json, _said)


def _said(done: dict[str, Any]) -> str:
    if done["archived"]:
        return f"{done['case']} is in the archive, {done['bytes']} bytes."
    return f"{done['case']} is back." if done["brought_back"] else f"{done['case']} is not in the archive."
