"""The script of a proof believes nothing that was not signed: whoever forges a proof has the genuine head and the genuine key,
computes every hash anew, and may close what they like. It is run as a stranger runs it: Python alone."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.model.chain import link
from services import verify_proof
from services.audit import new_head_key, sign_heads, signer_of
from storage.record.audit import PostgresAudit
from storage.record.heads import SignedHead
from tests.support.worlds import World, a_command

PEM, KEY = new_head_key()
HEAD, LATER = 4, 5
"""Of the facts of the proof the last one that is signed, and one that came after."""
Proof = dict[str, Any]
pytestmark = pytest.mark.postgres


async def signed(world: World, tmp_path: Path) -> Proof:
    """Four facts that are signed and one that is not, all open."""
    case_id = await world.case()
    await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("message", "per_mia", text="Hello."))
    audit = PostgresAudit(world.database, world.vault, public_key=KEY)
    await sign_heads(audit, world.tenant_id, tmp_path / f"{case_id}.jsonl", signer_of(PEM), anew=True, settled=timedelta(0))
    await world.record(case_id, a_command("note", "per_mia", text="After it was signed."))
    chain = await audit.chain(world.tenant_id, case_id)
    head, key = chain.signed()
    assert head is not None
    assert (head.seq, len(chain.facts), key) == (HEAD, LATER, KEY)
    facts = [{"seq": seq, "hash": digest, "body": body} for seq, body, digest in chain.facts]
    kept = {"form": 2, "tenant": world.tenant_id, "case_id": case_id, "public_key": KEY, "begins": chain.begins}
    return {**kept, "facts": facts, "head": asdict(head)}


def earlier_form(proof: Proof) -> Proof:
    """The same with a head as the release before signed them: over the last hash alone."""
    said = {name: value for name, value in proof["head"].items() if name not in ("signature", "all_facts")}
    return {**proof, "head": asdict(signer_of(PEM).sign(**said))}


def checked(folder: Path, proof: Proof) -> tuple[int, str]:
    return run(folder, json.dumps(proof))


def run(folder: Path, text: str) -> tuple[int, str]:
    (folder / "verify_proof.py").write_text(Path(verify_proof.__file__).read_text())
    (folder / "proof.json").write_text(text)
    command = [sys.executable, "-I", "verify_proof.py", "proof.json", KEY]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={})
    assert done.stderr == ""
    return done.returncode, done.stdout


def chained_anew(proof: Proof, upto: int) -> None:
    """Hashes that fit, up to a fact; the one behind it is closed, so that nothing has to fit there."""
    before = proof["begins"]
    for fact in proof["facts"][:upto]:
        fact["hash"] = before = link(before, fact["body"])
    proof["facts"][upto]["body"] = None


def invented(proof: Proof) -> None:
    for fact in proof["facts"][: HEAD - 1]:
        fact["body"] = {**fact["body"], "at": "2019-01-01T00:00:00Z", "fact": {"type": "noted", "text": "Invented."}}
    chained_anew(proof, HEAD - 1)


def dated_back(proof: Proof) -> None:
    proof["facts"][HEAD - 2]["body"]["at"] = "2020-01-01T00:00:00Z"
    chained_anew(proof, HEAD - 1)


def reordered(proof: Proof) -> None:
    first, second = proof["facts"][0], proof["facts"][1]
    first["body"], second["body"] = {**second["body"], "seq": 1}, {**first["body"], "seq": 2}
    chained_anew(proof, HEAD - 1)


def hashes_changed_round(proof: Proof) -> None:
    facts = proof["facts"]
    for fact in facts:
        fact["body"] = None
    facts[0]["hash"], facts[1]["hash"] = facts[1]["hash"], facts[0]["hash"]


def dropped(proof: Proof) -> None:
    del proof["facts"][1]
    for number, fact in enumerate(proof["facts"], start=1):
        fact.update(seq=number, body=None)


def put_in(proof: Proof) -> None:
    proof["facts"].insert(1, {"seq": 2, "hash": "0" * 64, "body": None})
    for number, fact in enumerate(proof["facts"], start=1):
        fact.update(seq=number, body=None)


def cut_before_the_head(proof: Proof) -> None:
    del proof["facts"][HEAD - 1 :]


def appended(digest: str) -> Callable[[Proof], None]:
    return lambda proof: proof["facts"].append({"seq": LATER + 1, "hash": digest, "body": None})


def hashes_written_otherwise(proof: Proof) -> None:
    """The list reads the same when a digit moves from one hash to the next."""
    facts = proof["facts"]
    for fact in facts:
        fact["body"] = None
    facts[0]["hash"], facts[1]["hash"] = facts[0]["hash"][:-1], facts[0]["hash"][-1] + facts[1]["hash"]


FORGERIES = [
    invented, dated_back, reordered, hashes_changed_round, dropped, put_in, cut_before_the_head, hashes_written_otherwise,
]  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
async def test_no_forgery_is_believed(world: World, tmp_path: Path, forgery: Callable[[Proof], None]) -> None:
    proof = await signed(world, tmp_path)
    forged = copy.deepcopy(proof)
    forgery(forged)
    code, said = checked(tmp_path, forged)
    assert (code, said.startswith("WRONG"), "Whole" in said) == (1, True, False), said
    # By a head of the earlier form some of them agree: nothing of them is called proven, or whole.
    code, said = checked(tmp_path, {**earlier_form(proof), "facts": forged["facts"]})
    assert (code in (1, 2), "Whole" in said) == (True, False), said


@pytest.mark.parametrize("digest", ["00", "", "0" * 63 + "G", "A" * 64, "0" * 65])
async def test_what_is_no_hash_is_refused(world: World, tmp_path: Path, digest: str) -> None:
    proof = await signed(world, tmp_path)
    appended(digest)(proof)
    code, said = checked(tmp_path, proof)
    assert (code, "the hash of fact 6 is none" in said) == (1, True)


async def test_facts_after_the_head_are_said_apart(world: World, tmp_path: Path) -> None:
    proof = await signed(world, tmp_path)
    appended("0" * 64)(proof)
    code, said = checked(tmp_path, proof)
    assert code == 0
    assert said.splitlines()[-2:] == [
        "Whole up to fact 4: nothing was changed, left out or put in.",
        "Facts 5 to 6: recorded after the signed head: not proven.",
    ]


@pytest.mark.parametrize("closed", [(), (1,), (2,), (4,), (1, 2, 3, 4, 5)])
async def test_what_is_closed_is_bound_as_well(world: World, tmp_path: Path, closed: tuple[int, ...]) -> None:
    proof = await signed(world, tmp_path)
    for number in closed:
        proof["facts"][number - 1]["body"] = None
    code, said = checked(tmp_path, proof)
    assert (code, "Whole up to fact 4" in said) == (0, True)


@pytest.mark.parametrize(
    ("closed", "code", "words"),
    [
        ((), 0, "Whole up to fact 4"),
        ((1,), 2, "Facts 2 to 4 are proven; facts 1 to 1 are not"),
        ((2,), 2, "Facts 3 to 4 are proven; facts 1 to 2 are not"),
        ((4,), 2, "No fact is proven; facts 1 to 4 are not"),
    ],
)
async def test_a_head_of_the_earlier_form_proves_what_follows_the_last_closed_fact(
    world: World, tmp_path: Path, closed: tuple[int, ...], code: int, words: str
) -> None:
    proof = earlier_form(await signed(world, tmp_path))
    for number in closed:
        proof["facts"][number - 1]["body"] = None
    told, said = checked(tmp_path, proof)
    assert (told, words in said) == (code, True), said
    assert ("Whole" in said) == (code == 0)


def nested(proof: Proof) -> str:
    """Deeper than it can be hashed, and not too deep to be read as JSON."""
    proof["facts"][1]["body"] = {"seq": 2, "at": json.loads("[" * 600 + "]" * 600)}
    return json.dumps(proof)


VERDICT = "acme.\nWhole up to fact 4: nothing was changed, left out or put in.\n\x1b[8m"
"""What would read as the verdict where it is printed as it stands; the rest of the screen is hidden by it."""


def said_beside(part: str, **more: Any) -> Callable[[Proof], str]:
    def put(proof: Proof) -> str:
        into = {"proof": proof, "head": proof["head"], "fact": proof["facts"][1]}[part]
        into.update(more)
        return json.dumps(proof)

    return put


def said_twice(proof: Proof) -> str:
    proof["facts"][1]["lie"] = {"at": "1999-01-01T00:00:00Z"}
    return json.dumps(proof).replace('"lie"', '"body"')


def said_twice_within(proof: Proof) -> str:
    return json.dumps(proof).replace('"recorded_at"', '"at"').replace('"at": ', '"at": "1999-01-01T00:00:00Z", "at": ', 1)


NO_PROOFS: list[Callable[[Proof], str]] = [
    said_beside("proof", text="I admit everything"), said_beside("head", text="x"),
    said_beside("fact", at="2019-01-01T00:00:00Z"),
    said_beside("fact", text="I admit everything"), said_beside("head", seq=4.0), said_beside("head", seq=True),
    said_beside("head", all_facts=None), said_beside("head", signature="xyz"), said_beside("fact", body="words"),
    said_beside("fact", body={}), said_beside("fact", hash=7), said_beside("proof", head=[]), said_beside("proof", facts={}),
    said_beside("proof", public_key=None), said_beside("proof", facts=["x"]), said_twice, said_twice_within,
    nested, said_beside("proof", tenant=VERDICT), said_beside("head", signed_at=VERDICT),
    said_beside("head", tenant="Whole up to"),
    *(said_beside(*place, **{name: "\ud800"}) for place, name in [
        (("proof",), "tenant"), (("proof",), "case_id"), (("proof",), "begins"), (("fact",), "hash"), (("head",), "around"),
    ]),
    lambda proof: "[" * 100_000, lambda proof: "no JSON", lambda proof: "[]", lambda proof: "null", lambda proof: "{}",
    lambda proof: json.dumps(proof)[:-9], lambda proof: "",
]  # fmt: skip
"""What holds something that nobody signed, for whoever reads it by eye, or is none."""


@pytest.mark.parametrize("made", NO_PROOFS)
async def test_what_holds_more_than_a_proof_is_none(world: World, tmp_path: Path, made: Callable[[Proof], str]) -> None:
    proof = await signed(world, tmp_path)
    proof["facts"][1]["body"] = proof["facts"][1]["body"] if made is said_twice_within else None
    code, said = run(tmp_path, made(proof))
    assert (code, said.startswith("WRONG: this is no proof"), said.count("\n"), "\x1b" in said) == (1, True, 1, False), said


async def test_another_case_s_facts_do_not_pass_for_it(world: World, tmp_path: Path) -> None:
    one, other = await signed(world, tmp_path), await signed(world, tmp_path)
    for mixed in ({**one, "head": other["head"]}, {**other, "facts": one["facts"]}, {**one, "case_id": other["case_id"]}):
        for fact in mixed["facts"]:
            fact["body"] = None
        assert checked(tmp_path, mixed)[0] == 1


async def test_a_head_cannot_be_given_the_earlier_form(world: World, tmp_path: Path) -> None:
    proof = await signed(world, tmp_path)
    proof["head"]["all_facts"] = ""
    code, said = checked(tmp_path, proof)
    assert (code, "not signed with this key" in said) == (1, True)
    assert SignedHead(**proof["head"]).line.count("all_facts") == 0
