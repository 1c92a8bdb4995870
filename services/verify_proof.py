"""Verify the proof of one case, without Ombud: python3 -I verify_proof.py proof.json [PUBLIC KEY IN HEX]

Standard library only, and short enough to be read. It computes the chain of facts anew, checks that it is that of this case, and
that its head was signed (Ed25519) with the key that you were given. Exit code 1 when anything does not agree.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


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


def flaws(proof: dict[str, Any], key: str) -> list[str]:
    """What does not agree."""
    found, tenant, case = [], proof["tenant"], proof["case_id"]
    before = proof["begins"]
    if before not in ("", hashlib.sha256(f"ombud chain 2\n{tenant}\n{case}".encode()).hexdigest()):
        found.append("the chain is not that of this case")
    kept = {}
    for number, fact in enumerate(proof["facts"], start=1):
        if fact["seq"] != number:
            found.append(f"fact {number} is missing")
            break
        if fact["body"] is not None:
            text = json.dumps(plain(fact["body"]), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            if hashlib.sha256(f"{before}\n{text}".encode()).hexdigest() != fact["hash"] or fact["body"]["seq"] != number:
                found.append(f"fact {number} is not what was recorded")
        kept[number] = before = fact["hash"]
    head = proof["head"]
    if head is None:
        return [*found, "no head of this case was signed yet: ask again tomorrow"]
    names = ("number", "prev", "tenant", "case_id", "seq", "head", "turn", "around", "until", "signed_at")
    message = "\n".join(["ombud head 2", *(str(head[name]) for name in names)]).encode()
    if not genuine(bytes.fromhex(key), message, bytes.fromhex(head["signature"])):
        found.append("the head was not signed with this key")
    if (head["tenant"], head["case_id"]) != (tenant, case) or kept.get(head["seq"]) != head["head"]:
        found.append("the signed head is not that of these facts")
    return found


def main(arguments: list[str]) -> int:
    """Say what was checked, and what does not agree."""
    proof = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    key = arguments[2] if len(arguments) > 2 else proof["public_key"]
    found, head, facts = flaws(proof, key), proof["head"], proof["facts"]
    told = [f"{len(facts)} facts, {sum(fact['body'] is not None for fact in facts)} of them open to you."]
    if head:
        told.append(f"Signed up to fact {head['seq']} on {head['signed_at']}; later ones are covered by the next signature.")
    if len(arguments) < 3:
        told.append(f"Key of the proof itself, compare it with the published one: {key}")
    told += [f"WRONG: {flaw}" for flaw in found] or ["Whole: nothing was changed, left out or put in."]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
