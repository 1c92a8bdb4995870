"""The packs of a tenant for the pages: their versions, what a proposed one would change in words, proposing and approving one.

Who may do it is said where it is done by command line too (:mod:`services.publications`); this looks at it and asks nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policies.diff import Difference
from policies.diff_words import Effect
from policies.lint import Finding, lint
from policies.loading import load_kept, load_pack
from policies.pack import Pack, PackError
from services import publications
from services.callers import LEADERS, Caller, only
from services.errors import FieldError, OperatorRefused, Refused, not_found
from services.packs import changes, meaning_for_people
from services.parts import Parts
from storage.policies.publications import PackVersion, PostgresPublications

LONGEST = 200_000
"""Characters of a pack: the longest one that ships has a tenth of it."""
_WHOSE = "Policies are the business of leads and ops."


@dataclass(frozen=True)
class Review:
    """A version, beside what binds new reports of its kind now."""

    version: PackVersion
    text: str
    against: str
    """The version that it is compared with."""
    effects: Sequence[Effect]
    """Whose rights, limits and letters change, in words."""
    differences: Sequence[Difference]
    """Everything that changes."""


async def versions(parts: Parts, caller: Caller) -> Sequence[dict[str, Any]]:
    """Of each kind the pack of this machine's files, then every version, with its state. Raises ``not_allowed``."""
    await only(parts, caller, LEADERS, _WHOSE)
    return await publications.listed(_kept(parts), caller.tenant_id, parts.packs)


async def review(parts: Parts, caller: Caller, publication_id: str) -> Review:
    """A version and what it changes, or has changed. Raises ``not_allowed`` and ``not_found``."""
    await only(parts, caller, LEADERS, _WHOSE)
    kept = _kept(parts)
    found = {version.id: version for version in await kept.versions(caller.tenant_id)}
    version = found.get(publication_id)
    if version is None:
        raise not_found()
    text = await kept.text(caller.tenant_id, version.id)
    before = await _before(parts, caller, version, list(found.values()))
    try:
        new = load_kept(text, version.kind)
    except PackError as error:
        raise Refused("refused", f"This release cannot use it: {error}") from None
    if before is None:
        return Review(version, text, "", (), ())
    return Review(version, text, before.version, meaning_for_people(before, new), changes(before, new))


async def propose(parts: Parts, caller: Caller, text: str, reason: str, *, anyway: bool) -> tuple[str | None, Sequence[Finding]]:
    """Propose the text of a pack; the id of the proposal, or (None) what was found in it and keeps it from being one.

    ``anyway``: warnings do not. Raises ``not_allowed``, ``text_empty``, ``text_too_long`` and ``own_credential_needed``.
    """
    await only(parts, caller, LEADERS, _WHOSE)
    if not text.strip() or not reason.strip() or len(text) > LONGEST or len(reason) > 500:
        code = "text_empty" if not text.strip() or not reason.strip() else "text_too_long"
        field = "text" if not text.strip() or len(text) > LONGEST else "reason"
        raise Refused(code, errors=[FieldError(field, code, "Give the pack's text, and a reason of at most 500 characters.")])
    calendars = frozenset({*parts.calendars, *await parts.library.newest()})
    findings = tuple(lint(text, "pack", calendars))
    if any(one.severity == "error" for one in findings) or (findings and not anyway):
        return None, findings
    made = await publications.propose(_kept(parts), caller, text, load_pack(text, "pack"), reason=reason.strip())
    return str(made["id"]), findings


async def approve(parts: Parts, caller: Caller, publication_id: str) -> PackVersion:
    """The second person agrees. Raises ``not_allowed``, in the words of whatever forbids it."""
    await only(parts, caller, LEADERS, _WHOSE)
    try:
        return await publications.approve(_kept(parts), caller, publication_id)
    except OperatorRefused as refused:
        raise Refused("not_allowed", refused.message) from None


async def _before(parts: Parts, caller: Caller, version: PackVersion, all_of_them: Sequence[PackVersion]) -> Pack | None:
    """What bound new reports before a version did, or does while it is only proposed."""
    earlier = [
        one
        for one in all_of_them
        if one.kind == version.kind
        and one.approved_at is not None
        and one.id != version.id
        and (version.approved_at is None or one.approved_at < version.approved_at)
    ]
    if not earlier:
        return parts.packs.get(version.kind)
    last = max(earlier, key=lambda one: str(one.approved_at))
    return load_kept(await _kept(parts).text(caller.tenant_id, last.id), version.kind)


def _kept(parts: Parts) -> PostgresPublications:
    if parts.publishing is None:
        raise not_found()
    return parts.publishing
