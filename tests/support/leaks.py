"""A tenant in which every word is one that can be found again, and every address of the API as its description gives it: for
tests of who sees what, asked with ids of every kind."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.app import create_app
from api.kit.gate import Gate
from api.kit.throttle import Bulkhead, Throttle
from storage.record.erasures import PostgresErasures, ToErase
from storage.tenants import Person
from tests.support.office import Office, a_report, party

SAME = {"Request-Id": "the-same"}
"""With it two answers can be the same, byte by byte."""
_PLANTED = re.compile(r"zq0([a-z]+(?:_[a-z]+)*)0qz", re.IGNORECASE)

KINDS: Mapping[str, str] = {
    "case_id": "case", "command_id": "command", "file_id": "file", "bulk_id": "bulk", "campaign_id": "campaign",
    "person_id": "person", "endpoint_id": "endpoint", "source_id": "source", "incident": "incident", "clock": "clock",
    "measure_id": "measure", "unplaced_id": "unplaced", "turn_id": "turn", "flagger_id": "flagger", "party_id": "party",
    "order_id": "order",
    "erasure_id": "erasure",
    "/api-keys/{key_id}": "api_key", "/signing-keys/{key_id}": "signing_key",
}  # fmt: skip
"""What stands in an address: the kind of id by the parameter, or by the end of the address up to it."""
NOWHERE: Mapping[str, str] = {
    "case": "case_01990000-0000-7000-8000-000000000000", "command": "cmd_01990000-0000-7000-8000-000000000000",
    "file": "fil_01990000-0000-7000-8000-000000000000", "bulk": "bulk_00000000000000000000000000000000",
    "campaign": "cmp_01990000-0000-7000-8000-000000000000", "person": "per_nobody", "endpoint": "whk_nothing",
    "source": "src_01990000-0000-7000-8000-000000000000", "incident": "nothing_broke", "clock": "nothing_runs",
    "measure": "itm_01990000-0000-7000-8000-000000000000", "unplaced": "unp_01990000-0000-7000-8000-000000000000",
    "flagger": "tfl_01990000-0000-7000-8000-000000000000", "order": "ord_01990000-0000-7000-8000-000000000000",
    "turn": "oct_01990000-0000-7000-8000-000000000000",
    "party": "pty_01990000-0000-7000-8000-000000000000",
    "api_key": "key_01990000-0000-7000-8000-000000000000", "signing_key": "sgn_01990000-0000-7000-8000-000000000000",
    "erasure": "ers_01990000-0000-7000-8000-000000000000",
}  # fmt: skip
"""An id of each kind that nobody has."""
IN_BODIES = ("case", "cmp", "fil", "per", "pty", "evd", "off", "lnk", "cmd", "rul", "ntc", "key", "src", "whk")
"""What the ids begin with that a body can name."""
ADVICE = "give its kind in KINDS, an id that nobody has in NOWHERE, and plant a real one in Planted.ids (tests/support/leaks.py)"


def planted(name: str) -> str:
    """A word that is nowhere else."""
    return f"zq0{name}0qz"


def found_in(text: str) -> frozenset[str]:
    """The names of the planted words in a text."""
    return frozenset(name.lower() for name in _PLANTED.findall(text))


@dataclass(frozen=True)
class Operation:
    """One operation of the description, and what can be sent to it."""

    method: str
    path: str
    kinds: Mapping[str, str]
    """The kind of id by parameter of the address."""
    queries: tuple[str, ...]
    needed: tuple[str, ...]
    """Those of them that have to be said."""
    media_type: str | None
    example: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, ids: Mapping[str, str]) -> str:
        return self.path.format_map({name: ids[kind] for name, kind in self.kinds.items()})

    def body(self, said: Any = ...) -> dict[str, Any]:
        """What is sent: the example, or something else."""
        if self.media_type is None:
            return {}
        if self.media_type != "application/json":
            return {"content": str(self.example).encode(), "headers": {**SAME, "Content-Type": self.media_type}}
        example = {name: value for name, value in self.example.items() if name != "by"}
        return {"content": json.dumps(example if said is ... else said), "headers": {**SAME, "Content-Type": "application/json"}}


def operations(description: Mapping[str, Any]) -> list[Operation]:
    """Every operation of a description. Raises LookupError with what to do for an address that nobody knows how to fill."""
    found = []
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            parameters = told.get("parameters", ())
            kinds = {one["name"]: kind_of(path, one["name"]) for one in parameters if one["in"] == "path"}
            if set(kinds) != set(re.findall(r"\{(\w+)\}", path)):
                raise LookupError(f"{method.upper()} {path}: its description leaves out what stands in its address")
            queries = [one for one in parameters if one["in"] == "query"]
            bodies: dict[str, Any] = told.get("requestBody", {}).get("content", {})
            media_type = next(iter(bodies), None)
            found.append(
                Operation(
                    method.upper(),
                    path,
                    kinds,
                    tuple(one["name"] for one in queries),
                    tuple(one["name"] for one in queries if one.get("required")),
                    media_type,
                    bodies[media_type].get("example") if media_type else None,
                )
            )
    return found


def kind_of(path: str, parameter: str) -> str:
    """The kind of id that stands there. Raises LookupError with what to do."""
    before = path.partition(f"{{{parameter}}}")[0] + f"{{{parameter}}}"
    kinds = [kind for end, kind in KINDS.items() if end == parameter or before.endswith(end)]
    if len(kinds) != 1 or kinds[0] not in NOWHERE:
        raise LookupError(f"{path}: nobody knows what `{parameter}` is; {ADVICE}")
    return kinds[0]


@dataclass
class Viewer:
    """Somebody who asks."""

    name: str
    headers: dict[str, str]


@dataclass
class Planted:
    """A tenant full of planted words."""

    office: Office
    prefix: str = ""
    """Before the name of each word that is not of the first case."""
    ids: dict[str, str] = field(default_factory=dict)
    """A real id of each kind."""
    hidden: dict[str, list[str]] = field(default_factory=dict)
    """More ids of a kind, by kind: what not everybody in the case may know."""
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        return planted(f"{self.prefix}{name}")

    @property
    def mediator(self) -> str:
        return f"per_{self.word('mediator')}"

    def viewer(self, name: str, key: str, act_as: str | None = None) -> Viewer:
        secret = self.secrets.get(key) or self.office.keys[key]
        more = {"Ombud-Act-As": act_as} if act_as else {}
        return Viewer(name, {"Authorization": f"Bearer {secret}", **more})

    async def said(self, key: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """What is answered to somebody who may do it."""
        desk = self.office.desk(self.secrets.get(key, key))
        answer = await desk.http.request(method, path, **({"json": body} if body is not None else {}), **more)
        assert answer.status_code < 300, (key, method, path, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    async def command(self, key: str, case: str, verb: str, **said: Any) -> dict[str, Any]:
        return await self.said(key, "POST", f"/v1/cases/{self.cases[case]['id']}/{verb}", said)

    def party(self, side: str, case: str = "main") -> str:
        return party(self.cases[case], side)

    def witness(self, case: str = "main") -> str:
        return str(next(one["id"] for one in self.cases[case]["parties"] if one["role"] == "witness"))


def a_planted_report(here: Planted, case: str, **more: Any) -> dict[str, Any]:
    """A report of which each word is planted."""

    def word(name: str) -> str:
        return here.word(f"{case}_{name}")

    sides = (
        ("claimant", "principal", "claimant"),
        ("respondent", "principal", "respondent"),
        ("respondent", "witness", "witness"),
    )
    parties = [
        {
            "side": side,
            "role": role,
            **{name: word(f"{name}_{who}") for name in ("ref", "name", "organisation")},
            "email": f"{word(f'email_{who}')}@a.example",
        }
        for side, role, who in sides
    ]
    return a_report(
        statement=word("statement"), subject=word("subject"), matter=word("matter"), external_id=word("external"),
        metadata={"noted": word("metadata")}, parties=parties, **more,
    )  # fmt: skip


async def a_planted_tenant(office: Office, prefix: str = "") -> Planted:
    """A tenant with people of every kind, a case full of words, one that was decided, and one of others."""
    here = Planted(office, prefix)
    await _people(here)
    url = f"https://{here.word('endpoint')}.example/in"
    here.ids["endpoint"] = (await here.said("dana", "POST", "/v1/webhook-endpoints", {"url": url}))["id"]
    turn = {"queue": "mediation", "person": "per_dana", "until_at": (datetime.now(UTC) + timedelta(days=7)).isoformat()}
    here.ids["turn"] = (await here.said("dana", "POST", "/v1/on-call", turn))["id"]
    await _decided(here)
    await _main(here)
    called = {"category": here.word("else_category")}
    here.cases["else"] = await here.said("platform", "POST", "/v1/cases", a_planted_report(here, "else", **called))
    await _measured(here)
    await _tenant(here)
    return here


async def _people(here: Planted) -> None:
    office, put = here.office, here.office.tenants.put_person
    close = office.tenants.conflicts(
        office.tenant_id, [here.word(f"{case}_ref_respondent") for case in ("main", "decided", "else")]
    )
    people = (
        Person(id=here.mediator, name=here.word("mediatorname"), email=f"{here.word('mediatormail')}@team.example",
               queues=("mediation",), manager="per_cleo"),
        Person(id="per_eve", name="Eve", queues=("mediation",), conflicts=close),
        Person(id="per_eda", name="Eda", roles=("lead",), conflicts=close),
        Person(id="per_otto", name="Otto", queues=("fraud",), vendor="helpers"),
        Person(id="per_ina", name="Ina", queues=("mediation",), vendor="helpers"),
        Person(id="per_sita", name="Sita", queues=("fraud",), site="manila"),
    )  # fmt: skip
    for person in people:
        await put(office.tenant_id, person)
        here.secrets[person.id.removeprefix("per_")] = await office.key(person_id=person.id)
    here.secrets["mediator"] = here.secrets.pop(here.word("mediator"))
    here.secrets["reader"] = await office.key(scopes=("cases:read",))
    here.secrets["writer"] = await office.key(scopes=("cases:write",))
    here.secrets["other_platform"] = await office.key(scopes=("cases:read", "cases:write", "act_as:parties"))
    here.secrets["admin_scope"] = await office.key(scopes=("*",))
    here.secrets["lead_who_writes"] = await office.key(person_id="per_cleo", scopes=("cases:write",))


async def _translate(here: Planted, case: str) -> None:
    """Each text of a case gets a translation: ``tr_`` and the word that it translates."""
    for entry in (await here.said("mediator", "GET", f"/v1/cases/{here.cases[case]['id']}/timeline?limit=100"))["data"]:
        for name, said in entry["data"].items():
            word = _PLANTED.fullmatch(said) if isinstance(said, str) else None
            if word is not None and name in ("text", "statement", "what", "reasons", "note", "insight", "subject"):
                told = {"of": entry["n"], "field": name, "from_language": "de", "into_language": "en"}
                await here.command("mediator", case, "translations", **told, text=planted(f"tr_{word[1]}"))


async def _decided(here: Planted) -> None:
    """Ruled, and told: the grace of a tenant whose hours are seconds is over soon."""
    await _hours_last(here, 0.0001)
    case = here.cases["decided"] = await here.said("platform", "POST", "/v1/cases", a_planted_report(here, "decided"))
    await here.command("platform", "decided", "escalate", by=party(case, "claimant"))
    await here.command("mediator", "decided", "take")
    await here.command("platform", "decided", "messages", by=party(case, "respondent"), text="We have nothing to add.")
    await here.command("mediator", "decided", "rulings", outcome="upheld", ground="scope", reasons=here.word("decided_reasons"))
    await _hours_last(here, 1.0)


async def _hours_last(here: Planted, scale: float) -> None:
    async with here.office.database.deed(here.office.tenant_id) as conn:
        await conn.execute("UPDATE tenants SET development = true, time_scale = $2 WHERE id = $1", here.office.tenant_id, scale)


async def _main(here: Planted) -> None:
    case = here.cases["main"] = await here.said("platform", "POST", "/v1/cases", a_planted_report(here, "main"))
    sides = {side: party(case, side) for side in ("claimant", "respondent")}

    async def party_says(side: str, verb: str, **said: Any) -> dict[str, Any]:
        return await here.command("platform", "main", verb, by=sides[side], **said)

    usd = {"amount": 500, "currency": "USD"}
    await party_says("respondent", "offers", remedy="payout", amount=usd, text=here.word("offer"))
    await party_says("claimant", "escalate")
    await here.command("mediator", "main", "take")
    await here.command("mediator", "main", "offers", remedy="payout", amount=usd, text=here.word("proposal"))
    await party_says("claimant", "messages", text=here.word("to_all"))
    private = await party_says("claimant", "messages", text=here.word("claimant_to_desk"), to="claimant")
    await here.command("mediator", "main", "messages", text=here.word("caucus_claimant"), to="claimant")
    await here.command("mediator", "main", "messages", text=here.word("caucus_respondent"), to="respondent")
    note = await here.command("mediator", "main", "notes", text=here.word("note"))
    files = {}
    for side, seen_by in (
        ("claimant", "shared"),
        ("claimant", "own_side"),
        ("respondent", "own_side"),
        ("respondent", "deciders"),
    ):
        name = f"{side}_{seen_by}"
        path = f"/v1/cases/{case['id']}/files?name={here.word(f'file_{name}')}.txt"
        headers = {"Ombud-Act-As": sides[side], "Content-Type": "text/plain"}
        made = await here.said("platform", "POST", path, headers=headers, content=here.word(f"bytes_{name}").encode())
        files[name] = made["id"]
        await party_says(side, "evidence", text=here.word(f"evidence_{name}"), confidentiality=seen_by, files=[made["id"]])
    await here.command("mediator", "main", "evidence-requests", of="respondent", what=here.word("asked_of_respondent"))
    await here.command("dana", "main", "legal-holds", reason="litigation", reasons=here.word("hold"))
    signal = await here.command("platform", "main", "signals", signal="same_device_again", text=here.word("signal"))
    await here.command("mediator", "main", "root-cause", cause="unclear_policy", insight=here.word("insight"))
    await here.command(
        "mediator", "main", "links", to=here.cases["decided"]["id"], relation="retaliation", note=here.word("link_note")
    )
    await _translate(here, "main")
    # Nobody loses by a ruling while they still have time to answer.
    await party_says("respondent", "evidence", text="We have nothing to add.")
    money = {"amount": 900_000, "currency": "USD"}
    ruling = {"outcome": "upheld", "ground": "scope", "remedies": [{"type": "payout", "amount": money}], "relies_on": []}
    await here.command("mediator", "main", "rulings", reasons=here.word("first_draft"), **ruling)
    await here.command("cleo", "main", "returns", reasons=here.word("returned_because"))
    drafted = await here.command("mediator", "main", "rulings", reasons=here.word("draft"), **ruling)
    commands = [answer["command_id"] for answer in (note, private, drafted, signal)]
    here.ids |= {"case": case["id"], "command": commands[0], "file": files["respondent_deciders"], "clock": "ruling"}
    here.ids["party"] = party(case, "respondent")
    here.hidden |= {"command": commands, "file": list(files.values())}


async def _measured(here: Planted) -> None:
    """A measure of a case of which whoever it hits was told nothing; nobody who looks on here is hit."""
    parties = [{"side": side, "ref": f"measured-{side}"} for side in ("claimant", "respondent")]
    report = {"kind": "fraud_report", "category": "fake_listing", "statement": "The flat that was paid for is not there."}
    here.cases["measured"] = await here.said("platform", "POST", "/v1/cases", {**report, "parties": parties})
    await here.command("ada", "measured", "take")
    imposed = await here.command("ada", "measured", "interim-measures", measure="payout_freeze", reasons="Others may be hit too.")
    assert imposed["answer"]["status"] == "accepted"
    hit = {"Ombud-Act-As": here.party("respondent", "measured")}
    (measure,) = (await here.said("platform", "GET", "/v1/measures", headers=hit))["data"]
    here.ids["measure"] = measure["id"]


async def _tenant(here: Planted) -> None:
    """What else has an id: what leads and ops made."""
    campaign = await here.said(
        "cleo", "POST", "/v1/campaigns", {"name": here.word("campaign"), "reason": here.word("campaign_reason")}
    )
    await here.command("cleo", "main", "campaign", campaign=campaign["id"])
    snooze = {"type": "retarget", "priority": "urgent", "reason": "press_asks"}
    bulk = await here.said("dana", "POST", "/v1/bulk", {"command": snooze, "selection": {"kind": "bounty_dispute"}})
    incident = here.word("incident")
    await here.said("dana", "POST", "/v1/freezes", {"incident": incident, "kind": "bounty_dispute"})
    source = await here.said("dana", "POST", "/v1/intake-sources", {"provider": "webhook", "name": here.word("source")})
    flagger = {"name": "Hotline", "ref": "hotline", "authority": "The coordinator"}
    here.ids["flagger"] = (await here.said("dana", "POST", "/v1/trusted-flaggers", flagger))["id"]
    order = {
        "article": 10,
        "country": "DE",
        "language": "de",
        "whom": here.word("ordered"),
        "reasons": here.word("order_reasons"),
    }
    here.ids["order"] = (await here.said("dana", "POST", "/v1/orders", order))["id"]
    key = await here.said("dana", "POST", "/v1/api-keys", {"name": here.word("keyname"), "scopes": ["cases:read"]})
    signing = await here.said("mediator", "POST", "/v1/signing-keys", {"public_key": _public_key()})
    glass = here.cases["main"]["id"]
    await here.said("sita", "POST", f"/v1/cases/{glass}/access", {"reason": f"They asked me about {here.word('glass')}."})
    await here.said("sita", "GET", f"/v1/cases/{glass}/timeline")
    mail = f"From: kim@{here.word('mailsender')}.example\nSubject: {here.word('mailsubject')}\nPrecedence: bulk\n\nHello.\n"
    here.ids["unplaced"] = (await here.said("platform", "POST", "/v1/intake/email", content=mail.encode()))["unplaced"]
    here.secrets["source"] = source["secret"]
    # The case is held, so nobody could ask for it any more; somebody had, before that.
    database, whom = here.office.database, (here.cases["main"]["id"], party(here.cases["main"], "claimant"))
    async with database.deed(here.office.tenant_id) as conn:
        wanted = ToErase(*whom, "request", needs_second=True, though_open="unlawful")
        asked = await PostgresErasures(database).ask(conn, here.office.tenant_id, wanted, "per_dana", "key_1")
    here.ids["erasure"] = str(asked)
    here.ids |= {
        "campaign": campaign["id"], "bulk": bulk["id"], "incident": incident, "source": source["id"],
        "api_key": key["id"], "signing_key": signing["id"], "person": here.mediator,
    }  # fmt: skip
    # The grace of the decided case is over by now; a word lets it be seen.
    await asyncio.sleep(0.4)
    await here.command("mediator", "decided", "notes", text=here.word("decided_note"))


def _public_key() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()


class Asker:
    """Asks one application, as anybody, as often as it takes."""

    def __init__(self, office: Office) -> None:
        free = Gate(keys=Throttle(1e6, 1e6), strangers=Throttle(1e6, 1e6), bulkhead=Bulkhead(8), reads=Bulkhead(8))
        app = create_app(office.parts(), public_url="https://disputes.example", gate=free)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://disputes.example")
        self.description: dict[str, Any] = app.openapi()

    async def ask(self, viewer: Viewer, method: str, address: str, **more: Any) -> httpx2.Response:
        headers = {**SAME, **viewer.headers, **more.pop("headers", {})}
        return await self.http.request(method, address, headers=headers, **more)


def ids_in(said: Any) -> Iterator[str]:
    """The ids that stand in a body."""
    if isinstance(said, dict):
        for value in said.values():
            yield from ids_in(value)
    elif isinstance(said, list):
        for value in said:
            yield from ids_in(value)
    elif isinstance(said, str) and re.fullmatch(r"[a-z]{3,4}_[0-9a-z_.-]+", said) and said.partition("_")[0] in IN_BODIES:
        yield said


def with_ids(said: Any, ids: Mapping[str, str]) -> Any:
    """The same body with other ids, by what theirs begin with."""
    if isinstance(said, dict):
        return {name: with_ids(value, ids) for name, value in said.items()}
    if isinstance(said, list):
        return [with_ids(value, ids) for value in said]
    return ids[said.partition("_")[0]] if list(ids_in(said)) else said


def told(answer: httpx2.Response, asked: Iterator[str]) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """All that an answer tells, the ids that were asked for taken out: whoever asked knows them."""
    content = answer.content
    for one in sorted(asked, key=len, reverse=True):
        content = content.replace(one.encode(), b"(id)")
    headers = sorted((name.lower(), value) for name, value in answer.headers.items() if name.lower() != "content-length")
    return answer.status_code, content, tuple(headers)
