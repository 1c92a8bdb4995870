"""Floods of the API: what a busy tenant or a stranger sends, over connections that send again as soon as they are answered.

Requests are bytes made ahead, and answers are read no further than needed: a flood costs its sender next to nothing, so it is
the server that is measured. It runs in a process of its own, with the least right to the processor: in life it has other
machines.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

MOST = 5000
"""Requests of one flood at most."""


def report(number: int) -> dict[str, Any]:
    """A bounty dispute."""
    return {
        "kind": "bounty_dispute",
        "statement": "They closed my report as informative, and fixed the flaw two days later.",
        "subject": f"Report {number}",
        "external_id": f"R-{number}-{os.urandom(6).hex()}",
        "parties": [
            {"side": "claimant", "ref": f"user-{number}", "name": "Kim Doe", "email": "kim@example.org"},
            {"side": "respondent", "ref": "programme-9", "name": "Nimbus", "email": "security@nimbus.example"},
        ],
        "attributes": {"closed_days_ago": 4},
    }


Wanted = tuple[str, str, dict[str, Any] | None]
"""Method, path, body."""
FLOODS: dict[str, Callable[[dict[str, Any], int], Wanted]] = {
    "GET /v1/cases": lambda case, n: ("GET", "/v1/cases?limit=100", None),
    "GET /v1/cases, expanded": lambda case, n: ("GET", "/v1/cases?limit=100&expand[]=available_actions", None),
    "GET timeline": lambda case, n: ("GET", f"/v1/cases/{case['id']}/timeline", None),
    "GET /v1/campaigns": lambda case, n: ("GET", "/v1/campaigns", None),
    "GET one case": lambda case, n: ("GET", f"/v1/cases/{case['id']}", None),
    "POST /v1/cases": lambda case, n: ("POST", "/v1/cases", report(n)),
    "POST a message": lambda case, n: (
        "POST",
        f"/v1/cases/{case['id']}/messages",
        {"by": case["parties"][0]["id"], "text": f"Message {n}."},
    ),
    "wrong keys": lambda case, n: ("GET", "/v1/cases", None),
}

OF_OPS = frozenset({"GET /v1/campaigns"})
"""What no platform's key is let in to: the flood comes from somebody of ops."""


def flood(address: str, key: str, name: str, case: dict[str, Any], connections: int, seconds: float) -> dict[int, int]:
    """What so many connections were answered, by status; 0 is a connection that broke. Runs until its time is over."""
    os.nice(19)
    return asyncio.run(_flood(address, key, name, case, connections, seconds))


async def _flood(address: str, key: str, name: str, case: dict[str, Any], connections: int, seconds: float) -> dict[int, int]:
    answers, number, until = Counter[int](), iter(range(MOST)), perf_counter() + seconds
    place = urlsplit(address)

    def request(n: int) -> bytes:
        method, path, body = FLOODS[name](case, n)
        said = b"" if body is None else json.dumps(body).encode()
        secret = f"omb_{n}_{os.urandom(16).hex()}" if name == "wrong keys" else key
        head = f"{method} {path} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {secret}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said

    async def one() -> None:
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for n in number:
            if perf_counter() > until:
                break
            try:
                if connection is None:
                    connection = await asyncio.open_connection(place.hostname, place.port)
                connection[1].write(request(n))
                status, goes_on = await answered(*connection)
                answers[status] += 1
            except (OSError, EOFError):
                answers[0] += 1
                goes_on = False
            if not goes_on and connection is not None:
                connection[1].close()
                connection = None
        if connection is not None:
            connection[1].close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return dict(sorted(answers.items()))


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, bool]:
    """The status of the next answer, and whether the connection may be used again."""
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, after = head.partition(b"content-length:")
    await reader.readexactly(int(after.split(b"\r\n", 1)[0] or 0))
    return int(head.split(b" ", 2)[1]), b"connection: close" not in head
