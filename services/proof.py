"""The proof of one case, for a stranger: its facts as the caller may see them, the hashes of all others, and the signed head."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from domain.model.facts import Recording
from services import verify_proof
from services.callers import TEAM, Caller
from services.cases import Seen
from services.errors import Refused
from services.parts import Parts
from services.timelines import entries, read_whole

HOW = """The proof of a case

proof.json        what was recorded: each fact with its hash, as far as you may read it, and the head that was signed
verify_proof.py   checks it; it needs Python 3.9 or newer and nothing else, and is short enough to be read

    python3 -I verify_proof.py proof.json PUBLIC_KEY

PUBLIC_KEY is the key with which this platform signs its heads (64 hexadecimal digits). Ask for it on another way than the one
by which you got this proof, or compare it with what others were given. Without it the key in the proof itself is taken, which
shows that the proof agrees with itself and no more.

What it shows when it says "Whole up to fact N": the facts up to N were recorded in this order, in this case, before the head was
signed, and none of them was left out, changed or put in. The head signs the list of their hashes; a fact that you may not read is
there as its hash. To whoever is not of the team the proof ends with the first signature after the last fact that they know of:
what came later and is not for them is not counted either. Facts after N were recorded after the head was signed: nothing proves
them yet. A head of an earlier release
signs the last hash and no list: it proves what follows the last fact that is closed to you, and the script says which that is.

What it does not show: that what a fact says is true, and what the texts are to which facts refer; a fact holds a keyed digest of
each.
"""


async def proof_of(parts: Parts, caller: Caller, seen: Seen) -> dict[str, Any]:
    """The proof of a case that the caller reads. A fact is open when the caller's timeline tells everything that it says, for a
    hash covers all of a fact or nothing (:func:`services.timelines.read_whole`).

    How many facts there are that somebody does not see tells that something happened. So everybody outside is refused
    (``proof_not_yet``) while the case is open, or it would tell of a ruling that waits for approval; and their proof ends with
    the first signature after the last fact that they know of, or it would tell of what nobody may tip them off about: that a
    closed case is held for a court, or reported to an authority.
    """
    if seen.case is None or (seen.viewer.role not in TEAM and seen.case.open):
        raise Refused("proof_not_yet")
    chain = await parts.audit.chain(caller.tenant_id, seen.id)
    recordings = [Recording.model_validate(body) for _, body, _ in chain.facts]
    known = None
    if seen.viewer.role not in TEAM:
        known = max((one.seq for one in recordings if entries(seen.case, [one], seen.viewer)), default=0)
    head, key = chain.signed(known)
    last = len(recordings) if known is None else max(known, head.seq if head is not None else 0)
    read = await read_whole(parts, caller, seen, recordings[:last])
    facts = [{"seq": seq, "hash": digest, "body": body if seq in read else None} for seq, body, digest in chain.facts[:last]]
    return {
        "form": 2, "tenant": caller.tenant_id, "case_id": seen.id, "public_key": key, "begins": chain.begins,
        "facts": facts, "head": asdict(head) if head is not None else None,
    }  # fmt: skip


def packed(proof: dict[str, Any]) -> bytes:
    """The proof with what checks it and how, as a zip."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files(proof).items():
            bundle.writestr(name, text)
    return kept.getvalue()


def files(proof: dict[str, Any]) -> dict[str, str]:
    """The files of a proof by name."""
    script = Path(verify_proof.__file__).read_text(encoding="utf-8")
    return {"proof.json": json.dumps(proof, indent=1), "verify_proof.py": script, "README.txt": HOW}
