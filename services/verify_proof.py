"""Verify the proof of one case, without Ombud: python3 -I verify_proof.py proof.json [PUBLIC KEY IN HEX]

Standard library only, and short enough to be read. It computes the chain of facts anew, checks that it is that of this case, and
that its head, with the list of all facts up to it, was signed (Ed25519) with the key that you were given. Exit code 1 when
anything does not agree, 2 when a head of an earlier release proves a part of the facts only. A file in which anything stands
that was not signed (a member that is not known here, or one twice) is no proof.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
MEMBERS = {
    "form": int,
    "tenant": str,
    "case_id": str,
    "public_key": str,
    "begins": str,
    "facts": list,
    "head": (dict, type(None)),
}
OF_FACTS = {"seq": int, "hash": str, "body": (dict, type(None))}
OF_HEAD: dict[str, Any] = dict.fromkeys(("prev", "tenant", "case_id", "head", "around", "until", "signed_at", "signature"), str)
OF_HEAD.update(dict.fromkeys(("number", "seq", "turn"), int))
"""Everything that stands in a proof, and of which type it is."""


def x_of(y: int, sign: int) -> int:
    """The x of a point of the curve, from its y and the sign of x (RFC 8032, 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or y >= P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y)


def plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points."""
    (x1, y1), (x2, y2) = a, b
    both = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + both, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, P - 2, P) % P


def times(n: int, point: tuple[int, int]) -> tuple[int, int]:
    """A point, n times."""
    total = (0, 1)
    while n:
        total = plus(total, point) if n & 1 else total
        point, n = plus(point, point), n >> 1
    return total


def point_of(data: bytes) -> tuple[int, int]:
    """A point as it is written."""
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    return x_of(y, number >> 255), y


def genuine(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a message was signed with the private part of the key (RFC 8032, 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    try:
        public, r = point_of(key), point_of(signature[:32])
    except ValueError:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return s < L and times(s, BASE) == plus(r, times(k, public))


def plain(value: object) -> object:
    """Whole floats as integers, as they were hashed."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_hash(value: object) -> bool:
    """Whether it is written as every hash is: 64 hexadecimal digits, small ones."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def chain_flaws(proof: dict[str, Any]) -> Iterator[str]:
    """What does not agree in the list of facts itself."""
    root = hashlib.sha256(f"ombud chain 2\n{proof['tenant']}\n{proof['case_id']}".encode()).hexdigest()
    before = proof["begins"]
    if before not in ("", root):
        yield "the chain is not that of this case"
    for number, fact in enumerate(proof["facts"], start=1):
        if fact["seq"] != number:
            yield f"fact {number} is missing"
            return
        if not is_hash(fact["hash"]):
            yield f"the hash of fact {number} is none"
        elif fact["body"] is not None:
            text = json.dumps(plain(fact["body"]), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            if hashlib.sha256(f"{before}\n{text}".encode()).hexdigest() != fact["hash"] or fact["body"]["seq"] != number:
                yield f"fact {number} is not what was recorded"
        before = fact["hash"]


def head_flaws(proof: dict[str, Any], key: str) -> Iterator[str]:
    """What does not agree between the facts and what was signed of them."""
    head, hashes = proof["head"], [str(fact["hash"]) for fact in proof["facts"]]
    names = ["number", "prev", "tenant", "case_id", "seq", "head", "turn", "around", "until", "signed_at"]
    form = "ombud head 2"
    if head.get("all_facts"):
        form, names = "ombud head 3", [*names, "all_facts"]
    message = "\n".join([form, *(str(head[name]) for name in names)]).encode()
    if not genuine(bytes.fromhex(key), message, bytes.fromhex(head["signature"])):
        yield "the head was not signed with this key"
    signed = hashes[: head["seq"]]
    if (head["tenant"], head["case_id"]) != (proof["tenant"], proof["case_id"]) or head["seq"] < 1:
        yield "the signed head is not that of this case"
    elif len(signed) != head["seq"] or signed[-1] != head["head"]:
        yield "the signed head is not that of these facts"
    elif head.get("all_facts") and hashlib.sha256("".join(signed).encode()).hexdigest() != head["all_facts"]:
        yield "the facts up to the signed head are not those that were signed"


def flaws(proof: dict[str, Any], key: str) -> list[str]:
    """What does not agree."""
    if proof["head"] is None:
        return [*chain_flaws(proof), "no head of this case was signed yet: ask again tomorrow"]
    return [*chain_flaws(proof), *head_flaws(proof, key)]


def first_proven(proof: dict[str, Any]) -> int:
    """From which fact on the signature proves what is there. One over the list of all hashes: from the first on. One of an
    earlier release over the last hash alone: only what no closed fact stands behind, as nothing ties that to the one before."""
    facts, head = proof["facts"], proof["head"]
    if head.get("all_facts"):
        return 1
    return 1 + max((fact["seq"] for fact in facts[: head["seq"]] if fact["body"] is None), default=0)


def shown(proof: dict[str, Any]) -> tuple[list[str], int]:
    """What a proof without a flaw shows, and the exit code for it."""
    head, first, later = proof["head"], first_proven(proof), len(proof["facts"]) - proof["head"]["seq"]
    last = head["seq"]
    told = [f"Facts {last + 1} to {last + later}: recorded after the signed head: not proven."] if later else []
    if first == 1:
        return [f"Whole up to fact {last}: nothing was changed, left out or put in.", *told], 0
    some = f"Facts {first} to {last} are proven" if first <= last else "No fact is proven"
    why = "the head is of an earlier form, which proves only what follows the last closed fact: ask for the proof again"
    return [f"IN PART: {some}; facts 1 to {first - 1} are not: {why}.", *told], 2


class NoProof(ValueError):
    """The file is none."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. One whose member stands there twice says two things: which of them is read is anybody's choice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise NoProof(f"{twice!r} stands twice in one object")
    return found


def formed(where: str, value: object, members: dict[str, Any], may: str = "") -> None:
    """Refuse what has other members than these, or of another type. ``may``: one that can be left out."""
    if not isinstance(value, dict):
        raise NoProof(f"{where} is no object")
    for name in value:
        if name not in members and name != may:
            raise NoProof(f"{where} has {name!r}, which is not of a proof: nobody signed it")
    for name, kinds in (*members.items(), *([(may, str)] if may in value else [])):
        there = name in value and isinstance(value[name], kinds) and not isinstance(value[name], bool)
        if not there:
            raise NoProof(f"{where} has no {name!r}, or not as it is written in a proof")
        if isinstance(value[name], str) and not (value[name].isascii() and value[name].isprintable() and " " not in value[name]):
            raise NoProof(f"{name!r} of {where} has signs in it that no proof has: {value[name][:99]!a}")


def read(file: str) -> dict[str, Any]:
    """A proof, in which nothing stands but what belongs there. Raises ValueError and OSError."""
    proof: dict[str, Any] = json.loads(Path(file).read_text(encoding="utf-8"), object_pairs_hook=once)
    formed("the proof", proof, MEMBERS)
    for number, fact in enumerate(proof["facts"], start=1):
        formed(f"fact {number}", fact, OF_FACTS)
        if fact["body"] is not None and not isinstance(fact["body"].get("seq"), int):
            raise NoProof(f"fact {number} has no number in its body")
    if proof["head"] is not None:
        formed("the head", proof["head"], OF_HEAD, "all_facts")
        bytes.fromhex(proof["head"]["signature"])
    return proof


def main(arguments: list[str]) -> int:
    """Say what was checked, and what does not agree."""
    try:
        proof = read(arguments[1])
        key = arguments[2] if len(arguments) > 2 else proof["public_key"]
        bytes.fromhex(key)
        found = flaws(proof, key)
    except IndexError:
        sys.stdout.write("Name the file: python3 -I verify_proof.py proof.json [PUBLIC KEY IN HEX]\n")
        return 1
    except (ValueError, OSError, RecursionError) as error:
        sys.stdout.write(f"WRONG: this is no proof: {error}\n")
        return 1
    head, facts = proof["head"], proof["facts"]
    told = [f"Case {proof['case_id']} of {proof['tenant']}."]
    told.append(f"{len(facts)} facts, {sum(fact['body'] is not None for fact in facts)} of them open to you.")
    if head:
        told.append(f"Signed up to fact {head['seq']} on {head['signed_at']}; later ones are covered by the next signature.")
    if len(arguments) < 3:
        told.append(f"Key of the proof itself, compare it with the published one: {key}")
    if found:
        # First: what the file says of itself is not to be read as the verdict.
        sys.stdout.write("\n".join([*(f"WRONG: {flaw}" for flaw in found), *told]) + "\n")
        return 1
    said, code = shown(proof)
    sys.stdout.write("\n".join([*told, *said]) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
