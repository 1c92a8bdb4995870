"""The record proves itself: recompute it, and sign the heads of its chains. For whoever runs Ombud; no key is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.callers import Caller
from services.cases import Seen
from services.parts import Parts
from storage.record.audit import Flaw, PostgresAudit, Verdict
from storage.record.heads import Signer, new_key
from storage.record.signing import Signing

HeadSigner = Signer
Work = Callable[[PostgresAudit], Awaitable[dict[str, Any]]]
"""Something to do with the record, once it is open: one of the functions below with the rest of its arguments."""

_PAST = (
    "Somebody wrote past Ombud. Keep this database as it is, compare the case with a backup, and change the database's passwords."
)
_LOST = "Bring it back from a backup of the same day; until then nobody can read it."
_STORE = "Bring it back from a backup of the evidence store."
_AGAIN = "Compare with a backup; the next command to the case writes the row anew from its facts."
_FILE = "Take the file from where a copy of it is kept. Sign into it again only when it is whole."
MEANS: dict[str, tuple[str, str]] = {
    "fact_missing": ("A fact is missing from the chain.", _PAST),
    "fact_changed": ("A fact says something else than when it was recorded.", _PAST),
    "chain_broken": ("A fact does not follow the one before it, or the chain is that of another case.", _PAST),
    "columns_differ": ("A fact's row says beside its content something else than in it.", _PAST),
    "unreadable": (
        "A fact cannot be read by this release.",
        "Verify with the release that recorded it. Else: " + _PAST,
    ),
    "head_differs": ("The case counts other facts than are there.", _PAST),
    "state_differs": ("The case stands otherwise than its facts say.", _AGAIN),
    "projection_differs": ("What lists show of the case is not what its facts say.", _AGAIN),
    "deadlines_differ": ("The deadlines of the case are not those that were recorded.", _AGAIN),
    "key_missing": ("The key of a text, a person or a file is not among those of the case.", _LOST),
    "key_unreadable": ("A key does not open under the master key.", "Is it the right master key? Else: " + _LOST),
    "erased_unsaid": ("A key was destroyed, and no erasure says so.", _PAST),
    "erased_back": (
        "A key that was destroyed is there again: what was erased can be read.",
        "Erase again what was erased (ombud erasure), see who has read it meanwhile, and: " + _PAST,
    ),
    "erasure_differs": ("Who had something erased, why or when is not what the audit trail says.", _PAST),
    "text_missing": ("A text to which the record refers is gone.", _LOST),
    "text_unreadable": ("A text does not open under its key: it was changed, or its key was.", _LOST),
    "text_differs": ("A text is not the one that was put away.", _PAST),
    "party_missing": ("A party of the case has no row.", _LOST),
    "party_differs": ("The row of a party says another side or another person, or is wrong on having an address.", _PAST),
    "contact_unreadable": ("Name and address of a party do not open under their key.", _LOST),
    "part_missing": ("Somebody of the team had a part in the case, and the list of it does not say so.", _AGAIN),
    "file_missing": ("A file that was handed in as evidence has no row.", _LOST),
    "file_differs": ("The row of a file is not that of the file that was handed in.", _PAST),
    "file_unreadable": ("The name of a file does not open under its key.", _LOST),
    "file_lost": ("The evidence store does not have a file.", _STORE),
    "file_changed": (
        "A file in the evidence store is not the one that was handed in.",
        _STORE,
    ),
    "command_missing": ("The command that led to a fact is gone.", _PAST),
    "command_differs": ("A command's row is not what the facts and its own content say.", _PAST),
    "effect_missing": (
        "An effect that was ordered is gone.",
        "See whether it was carried out. " + _PAST,
    ),
    "effect_differs": ("An effect is not the one that was ordered, or ended otherwise than was reported.", _PAST),
    "effect_unknown": ("There is an effect that no fact has ordered.", "See whether it was carried out. " + _PAST),
    "sanction_missing": ("A sanction that was imposed is gone: it does not count any more.", _PAST),
    "sanction_differs": ("A sanction is not the one that was imposed.", _PAST),
    "sanction_unknown": ("There is a sanction that no fact has imposed.", _PAST),
    "notice_unknown": ("There is a notice of something that the record does not know.", _PAST),
    "around_differs": ("A notice or a command, also a refused one, was changed or is gone since the head was signed.", _PAST),
    "rights_differ": (
        "Somebody's rights, or what a key, session or endpoint is good for, are not what the audit trail says was set.",
        "Set them to what they should be (ombud person set, ombud key revoke), see what was done with them, and: " + _PAST,
    ),
    "rights_unsaid": ("There is somebody, a key, a session or an endpoint of which the audit trail says nothing.", _PAST),
    "reads_differ": ("Who read what was changed since it was signed: a read is gone, put in, or another one.", _PAST),
    "archive_missing": ("A case counts as archived, and nothing says where it lies.", _PAST),
    "archive_lost": ("The evidence store does not have a case that is in the archive.", _STORE),
    "archive_changed": ("What lies in the archive is not the case that was put there.", _STORE),
    "rewritten": ("Another fact was signed than is there now: the chain was computed anew.", _PAST),
    "facts_lost": ("Facts that were signed are gone.", "Was an older backup brought back? Else: " + _PAST),
    "case_missing": ("A case that was signed is gone.", "Was an older backup brought back? Else: " + _PAST),
    "heads_missing": ("There are no signed heads to compare with.", "Sign them each day: ombud audit sign-heads FILE --key KEY."),
    "heads_empty": ("The file of signed heads is empty.", _FILE),
    "heads_cut": ("Lines of the file of signed heads are missing, changed or out of order.", _FILE),
    "heads_fewer": ("A head that was signed is not in the file.", _FILE),
    "heads_old": ("The heads were signed too long ago.", "See why ombud audit sign-heads does not run, and run it."),
    "head_unreadable": ("A line of the file of signed heads is none.", _FILE),
    "head_forged": ("A head was not signed with our key, or was changed since.", _FILE),
}
"""What each finding means, and what is to be done."""


def said(flaw: Flaw) -> dict[str, Any]:
    """A finding in words."""
    means, step = MEANS[flaw.what]
    return {
        "tenant": flaw.tenant_id, "case_id": flaw.case_id, "code": flaw.what, "seq": flaw.seq, "detail": flaw.detail,
        "means": means, "next_step": step,
    }  # fmt: skip


async def verify(
    record: PostgresAudit,
    tenant: str | None,
    heads: Path | None,
    *,
    case: str | None = None,
    since: datetime | None = None,
    longest: timedelta | None = None,
) -> dict[str, Any]:
    """How many cases, facts, texts, deeds and signed heads were checked, and what does not agree: of a case, a tenant, or all.

    ``since``: only the cases that moved from then on. ``longest``: the newest signed heads must not be older.
    """
    if case is not None:
        verdict = await _of_one(record, tenant, case, heads)
    else:
        verdict = await record.verify(tenant, heads=heads, since=since, longest=longest)
    counted = {name: getattr(verdict, name) for name in ("cases", "facts", "texts", "deeds", "heads")}
    return {**counted, "problems": [said(flaw) for flaw in verdict.flaws]}


async def _of_one(record: PostgresAudit, tenant: str | None, case: str, heads: Path | None) -> Verdict:
    verdict = Verdict()
    for one in [tenant] if tenant is not None else await record.database.tenant_ids():
        verdict = await record.verify_case(one, case, heads)
        if verdict.cases:
            return verdict
    verdict.flaws.append(Flaw(tenant or "", case, "case_missing", detail="there is no such case"))
    return verdict


async def of_case(parts: Parts, caller: Caller, seen: Seen) -> Verdict:
    """What does not agree in the record of one case that somebody of the team reads."""
    return await parts.audit.verify_case(caller.tenant_id, seen.id)


def new_head_key() -> tuple[bytes, str]:
    """A key to sign heads with, as PEM, and its public part in hex."""
    made = new_key()
    return made, Signer.from_pem(made).public_key


def signer_of(pem: bytes) -> Signer:
    """Whoever signs with a key. Raises ValueError for what is none."""
    return Signer.from_pem(pem)


async def sign_heads(
    record: PostgresAudit, tenant: str | None, file: Path, signer: Signer, *, anew: bool = False, settled: timedelta | None = None
) -> dict[str, Any]:
    """Verify everything, then sign the head of every chain that moved into a file, to be kept where the database's owners cannot
    change it: how many lines were written, and what is amiss: nothing of such a case was signed."""
    signing = Signing(record, signer) if settled is None else Signing(record, signer, settled)
    told = await signing.sign(file, tenant, anew=anew)
    return {"signed": told.heads, "cases": told.cases, "file": str(file), "problems": [said(flaw) for flaw in told.flaws]}
