"""Who sees what, on every address that the description names: nobody an id of somebody else's, nobody a word that is not theirs.

The addresses come from the application's own description. One that this module cannot fill fails, with what to do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Set
from itertools import product
from typing import Any

import pytest

from adapters.delivery.webhooks import body_of
from adapters.letters.composer import Composer
from storage.outside.outbox import PostgresOutbox
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.leaks import (
    NOWHERE,
    Asker,
    Operation,
    Planted,
    Viewer,
    a_planted_tenant,
    found_in,
    ids_in,
    kind_of,
    operations,
    told,
    with_ids,
)  # fmt: skip
from tests.support.office import Office, a_report, party

pytestmark = pytest.mark.postgres


class World:
    """Two planted tenants on one application, and everybody who asks."""

    def __init__(self, own: Planted, foreign: Planted) -> None:
        self.own, self.foreign, self.asker = own, foreign, Asker(own.office)
        self.operations = operations(self.asker.description)
        self.viewers = [
            own.viewer("platform", "platform"),
            own.viewer("other_platform", "other_platform"),
            own.viewer("admin_scope", "admin_scope"),
            own.viewer("reader", "reader"),
            own.viewer("writer", "writer"),
            own.viewer("lead_who_writes", "lead_who_writes"),
            own.viewer("claimant", "platform", own.party("claimant")),
            own.viewer("respondent", "platform", own.party("respondent")),
            own.viewer("witness", "platform", own.witness()),
            own.viewer("other_party", "platform", own.party("claimant", "else")),
            own.viewer("other_respondent", "platform", own.party("respondent", "else")),
            *(own.viewer(name, name) for name in (*TEAM, *CLOSED_TO)),
            own.viewer("source", "source"),
            Viewer("nobody", {}),
            foreign.viewer("foreign_platform", "platform"),
            foreign.viewer("foreign_admin", "dana"),
            foreign.viewer("foreign_party", "platform", foreign.party("claimant")),
        ]

    def viewer(self, name: str) -> Viewer:
        return next(one for one in self.viewers if one.name == name)

    async def each(self, asked: Iterable[Any]) -> list[Any]:
        """The answers, eight asked at a time."""
        room = asyncio.Semaphore(8)

        async def one(question: Any) -> Any:
            async with room:
                return await question

        return await asyncio.gather(*(one(question) for question in asked))


TEAM = ("mediator", "ben", "cleo", "dana", "ina", "sita")
"""Who reads the main case: Ina's queue has it, Sita broke the glass."""
CLOSED_TO = ("eve", "eda", "otto")
"""To whom it is closed: two declared a conflict, the third is a vendor's and has other queues."""


@pytest.fixture(scope="module")
async def world(database: Database, vault: Vault) -> AsyncIterator[World]:
    own, foreign = Office(database, vault, "leaks"), Office(database, vault, "leaks-elsewhere")
    for office in (own, foreign):
        await office.hire()
    made = World(await a_planted_tenant(own), await a_planted_tenant(foreign, "foreign_"))
    yield made
    await made.asker.http.aclose()


def invalid(operation: Operation) -> list[dict[str, Any]]:
    """What is wrong in itself, and must not tell what is there either."""
    if operation.media_type != "application/json":
        return []
    return [operation.body({"nonsense": 1}), operation.body([])]


class TestIds:
    async def test_one_of_another_tenant_answers_as_one_that_nobody_has(self, world: World) -> None:
        """Each route, each viewer, each shape of body: the same status, bytes and headers."""
        asked = [operation for operation in world.operations if operation.kinds]
        assert len(asked) > 80
        different = []

        async def compare(viewer: Viewer, operation: Operation, body: dict[str, Any]) -> None:
            there = world.own if viewer.name.startswith("foreign") else world.foreign
            answers = []
            for ids in (NOWHERE, {**NOWHERE, **there.ids}):
                sent = {**body, "params": dict.fromkeys(operation.needed, "a.txt")}
                answer = await world.asker.ask(viewer, operation.method, operation.address(ids), **sent)
                answers.append(told(answer, iter(ids[kind] for kind in operation.kinds.values())))
            if answers[0] != answers[1]:
                different.append((viewer.name, operation.name, *answers))
            elif answers[0][0] < 400:
                different.append((viewer.name, operation.name, "is answered whatever the id is"))

        await world.each(
            compare(viewer, operation, body)
            for viewer, operation in product(world.viewers, asked)
            for body in (operation.body(), *(invalid(operation) if viewer.name in ("claimant", "dana") else ()))
        )
        assert different == []

    async def test_one_below_a_case_answers_as_one_that_nobody_has_unless_it_is_known(self, world: World) -> None:
        """What the viewer may not know of their own case: its commands, its files, its clocks."""
        below = [one for one in world.operations if len(one.kinds) == 2]
        assert {kind for one in below for kind in one.kinds.values()} == {"case", "command", "file", "clock", "party"}
        for operation, name in product(below, (*IN_THE_CASE, *TEAM)):
            viewer = world.viewer(name)
            (kind,) = set(operation.kinds.values()) - {"case"}
            for number, real in enumerate(world.own.hidden.get(kind, [world.own.ids[kind]])):
                answers = []
                for one in (real, NOWHERE[kind], world.foreign.ids[kind] if kind != "clock" else NOWHERE[kind]):
                    ids = {**world.own.ids, kind: one}
                    answers.append(
                        told(await world.asker.ask(viewer, operation.method, operation.address(ids)), iter([one])),
                    )
                assert answers[1] == answers[2], (name, operation.name)
                known = GIVEN_TO.get(operation.name, KNOWN_BELOW[kind][number])
                assert (answers[0] != answers[1]) is (name in known), (name, operation.name, number, answers)

    async def test_of_the_own_tenant_only_whoever_may_know_it_learns_that_it_is_there(self, world: World) -> None:
        learnt: dict[str, set[str]] = {kind: set() for kind in KNOWN_TO}
        single = [one for one in world.operations if len(one.kinds) == 1]
        for operation, viewer in product(single, world.viewers):
            (kind,) = operation.kinds.values()
            if viewer.name.startswith("foreign") or (
                operation.method != "GET" and viewer.name in KNOWN_TO[kind] | DOES.get(kind, frozenset())
            ):
                continue
            answers = []
            for ids in (NOWHERE, world.own.ids):
                more = {**operation.body(), "params": dict.fromkeys(operation.needed, "a.txt")}
                answers.append(
                    told(await world.asker.ask(viewer, operation.method, operation.address(ids), **more), iter([ids[kind]]))
                )
            if answers[0] != answers[1]:
                learnt[kind].add(viewer.name)
                assert viewer.name in KNOWN_TO[kind], (viewer.name, operation.name, answers)
        for kind in {one.kinds[name] for one in single if one.method == "GET" for name in one.kinds}:
            assert learnt[kind] == KNOWN_TO[kind], f"{kind}: somebody in KNOWN_TO learns nothing"

    async def test_to_whom_a_case_is_closed_they_are_told_so_and_nothing_else(self, world: World) -> None:
        for operation, name in product(world.operations, CLOSED_TO):
            if "case" not in operation.kinds.values():
                continue
            more = {**operation.body(), "params": dict.fromkeys(operation.needed, "a.txt")}
            if operation.path.endswith("/access") and name == "otto":
                continue
            answer = await world.asker.ask(world.viewer(name), operation.method, operation.address(world.own.ids), **more)
            assert answer.status_code == 403, (name, operation.name, answer.text)
            assert answer.json()["code"] in CLOSED_CODES[name], (name, operation.name, answer.text)
            assert found_in(answer.text) == set(), (name, operation.name)

    async def test_one_of_another_tenant_in_a_body_is_refused_as_one_that_nobody_has(self, world: World) -> None:
        case = await world.own.said("platform", "POST", "/v1/cases", a_report())
        own = {**world.own.ids, "case": case["id"]}
        await world.own.said("platform", "POST", f"/v1/cases/{case['id']}/escalate", {"by": party(case, "claimant")})
        await world.own.said("ben", "POST", f"/v1/cases/{case['id']}/take", {})
        sides = [world.own.viewer(side, "platform", party(case, side)) for side in ("claimant", "respondent")]
        viewers = [world.viewer(name) for name in ("platform", "ben", "cleo", "dana")] + sides
        nobodys, theirs = await _ids_of_bodies(world.foreign)
        asked = [one for one in world.operations if one.method != "GET" and isinstance(one.example, dict)]
        asked = [one for one in asked if set(ids_in({**one.example, "by": None})) and one.path not in MAKES]
        assert len(asked) > 10
        for operation, viewer in product(asked, viewers):
            answers = []
            for ids in (nobodys, theirs):
                body = operation.body(with_ids({**operation.example, "by": viewer.headers.get("Ombud-Act-As")}, ids))
                answer = await world.asker.ask(viewer, operation.method, operation.address(own), **body)
                answers.append(told(answer, iter(ids.values())))
            assert answers[0] == answers[1], (viewer.name, operation.name)
            # A bulk goes to nobody, and says so.
            assert answers[0][0] >= 400 or b'"cases":0' in answers[0][1], (viewer.name, operation.name, answers[0])

    def test_a_route_that_nobody_can_fill_says_what_to_do(self) -> None:
        path = {"/v1/wonders/{wonder_id}": {"get": {"parameters": [{"name": "wonder_id", "in": "path"}]}}}
        with pytest.raises(LookupError, match="give its kind in KINDS"):
            operations({"paths": path})
        assert kind_of("/v1/api-keys/{key_id}/revoke", "key_id") == "api_key"


async def _ids_of_bodies(there: Planted) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """By what they begin with: ids that nobody has, and real ones of that tenant."""
    case = await there.said("mediator", "GET", f"/v1/cases/{there.ids['case']}")
    evidence = await there.said("mediator", "GET", f"/v1/cases/{there.ids['case']}/evidence")
    real = {
        "case": case["id"], "cmp": there.ids["campaign"], "fil": there.ids["file"], "per": there.mediator,
        "pty": there.party("claimant"), "evd": evidence["data"][0]["id"], "off": case["offers"][0]["id"],
        "lnk": case["case_links"][0]["id"], "cmd": there.ids["command"], "key": there.ids["api_key"],
        "rul": case["ruling"]["id"], "ntc": "ntc_none", "src": there.ids["source"], "whk": there.ids["endpoint"],
    }  # fmt: skip
    return {start: f"{start}_01990000-0000-7000-8000-000000000000" for start in real}, real


MAKES = frozenset({"/v1/cases", "/v1/people", "/v1/api-keys"})
"""Where an id of a body is one's own to choose, or is tried elsewhere (`tests/api/test_access.py`)."""
IN_THE_CASE = ("platform", "other_platform", "reader", "claimant", "respondent", "witness")
_ALL_TEAM = frozenset(TEAM)
KNOWN_BELOW: Mapping[str, list[frozenset[str]]] = {
    # The mediator's note; the claimant's word to the desk; the draft; the platform's signal.
    "command": [
        frozenset({"mediator"}), frozenset({"claimant", "platform"}), frozenset({"mediator"}), frozenset({"platform"}),
    ],
    # Shared; the claimant's own; the respondent's own; for those who decide.
    "file": [
        frozenset({"platform", "other_platform", "reader", "claimant", "respondent", "witness"}) | _ALL_TEAM,
        frozenset({"claimant"}) | _ALL_TEAM, frozenset({"respondent"}) | _ALL_TEAM, frozenset({"respondent"}) | _ALL_TEAM,
    ],
    "clock": [_ALL_TEAM],
    # Where letters go is changed by whoever may, and before that nobody learns by the address who is a party.
    "party": [frozenset()],
}  # fmt: skip
"""Who of a case may know of what is below it, in the order of ``Planted.hidden``. Reviewed by hand."""
GIVEN_TO: Mapping[str, frozenset[str]] = {"GET /v1/cases/{case_id}/parties/{party_id}/personal-data": frozenset({"dana"})}
"""By operation, where it is given to others than those who may know of it."""

_READS = frozenset({"platform", "other_platform", "admin_scope", "reader", "claimant", "respondent", "witness", *TEAM})
KNOWN_TO: Mapping[str, frozenset[str]] = {
    # To whom it is closed they are told that it is.
    "case": _READS | {"eve", "eda", "otto"},
    "campaign": frozenset({"platform", "cleo", "dana", "eda"}),
    "bulk": frozenset({"platform", "cleo", "dana", "eda"}),
    "unplaced": frozenset({"cleo", "dana", "eda"}),
    "incident": frozenset(),
    "turn": frozenset({"cleo", "dana", "eda"}),
    # Whoever it hits alone, and they are none of these.
    "measure": frozenset(),
    "person": frozenset({"dana"}),
    "erasure": frozenset({"dana"}),
    "endpoint": frozenset({"dana"}),
    "source": frozenset({"dana"}),
    "flagger": frozenset({"dana"}),
    "order": frozenset({"cleo", "dana", "eda"}),
    "api_key": frozenset({"dana"}),
    "signing_key": frozenset({"dana", "mediator"}),
}
"""By kind of id: for whom one of their tenant differs from one that nobody has. Reviewed by hand."""
DOES: Mapping[str, frozenset[str]] = {
    "case": frozenset({"writer", "lead_who_writes"}),
    "incident": frozenset({"platform", "dana"}),
    "unplaced": frozenset({"lead_who_writes"}),
    "order": frozenset({"lead_who_writes"}),
    # Who is on call is for the team to see.
    "turn": frozenset({*TEAM, "lead_who_writes", "eve", "eda", "otto", "ben", "ina"}),
    "person": frozenset({"platform", "cleo", "eda", "lead_who_writes", "mediator"}),
}
"""Who else learns of one by what they may do to it: send a command, thaw, say who is away."""
CLOSED_CODES = {"eve": {"conflict_of_interest", "not_allowed"}, "eda": {"conflict_of_interest", "not_allowed"},
                "otto": {"access_needed", "not_allowed"}}  # fmt: skip


def _of(case: str, *names: str) -> frozenset[str]:
    return frozenset(f"{case}_{name}" for name in names)


def _files(*names: str) -> frozenset[str]:
    return frozenset(f"{what}_{name}" for what in ("bytes", "file", "evidence") for name in names)


_EACH = ("claimant", "respondent", "witness")
_STATED = ("statement", "subject")
_REFERENCES = ("external", "matter", "subject", "metadata", *(f"ref_{who}" for who in _EACH))
_OF_PLATFORMS = (*_STATED, *_REFERENCES, *(f"{what}_{who}" for what in ("name", "email") for who in _EACH))
_DECIDED = {"decided_reasons"}
_SHARED = frozenset({"to_all"}) | _files("claimant_shared") | _of("main", *_STATED)
_BETWEEN_THE_SIDES = _SHARED | {"offer", "proposal"}
_PLATFORM = (
    _BETWEEN_THE_SIDES | _DECIDED | {"asked_of_respondent"}
    | _of("main", *_OF_PLATFORMS) | _of("decided", *_OF_PLATFORMS) | _of("else", *_OF_PLATFORMS, "category")
)  # fmt: skip
_IN_MAIN = (
    _BETWEEN_THE_SIDES | _of("main", *_OF_PLATFORMS)
    | _files("claimant_own_side", "respondent_own_side", "respondent_deciders")
    | {"asked_of_respondent", "claimant_to_desk", "caucus_claimant", "caucus_respondent", "note", "hold", "signal", "insight",
       "link_note", "first_draft", "returned_because", "draft", "mediator", "incident"}
)  # fmt: skip
_MEDIATORS = _IN_MAIN | _PLATFORM | {"decided_note"}
_CAMPAIGN = frozenset({"campaign", "campaign_reason"})
_MAIL = frozenset({"mailsender", "mailsubject"})
_ORDERS = frozenset({"ordered", "order_reasons"})
_ADMINISTERED = frozenset({"endpoint", "source", "keyname", "mediatormail"})
ALLOWED: Mapping[str, frozenset[str]] = {
    # The signal is its own; campaigns are for whoever may send commands for the team.
    "platform": _PLATFORM | _CAMPAIGN | {"signal"},
    "other_platform": _PLATFORM,
    "admin_scope": _PLATFORM,
    "reader": _PLATFORM,
    "claimant": _BETWEEN_THE_SIDES | _files("claimant_own_side") | {"claimant_to_desk", "caucus_claimant"},
    "respondent": _BETWEEN_THE_SIDES | _files("respondent_own_side", "respondent_deciders")
        | {"asked_of_respondent", "caucus_respondent"},
    "witness": _SHARED,
    # What a report is called is the reporter's own word; the other side reads one that packs list.
    "other_party": _of("else", *_STATED, "category"),
    "other_respondent": _of("else", *_STATED),
    "mediator": _MEDIATORS,
    "ben": _MEDIATORS,
    "ina": _MEDIATORS,
    # The case that the link is with is none of her business.
    "sita": _IN_MAIN - {"link_note"},
    "cleo": _MEDIATORS | _CAMPAIGN | _MAIL | _ORDERS | {"mediatorname"},
    "dana": _MEDIATORS | _CAMPAIGN | _MAIL | _ORDERS | _ADMINISTERED | {"mediatorname", "glass"},
    # To whom the cases are closed, the team and its campaigns are not, nor are mail and orders that are about none of them.
    "eda": _CAMPAIGN | _MAIL | _ORDERS | {"mediator", "mediatorname"},
}  # fmt: skip
"""By viewer: the words that they may read anywhere. Whoever is not here reads none. Reviewed by hand."""


TRANSLATED = frozenset({
    "main_statement", "main_subject", "to_all", "claimant_to_desk", "caucus_claimant", "caucus_respondent", "note", "offer",
    "proposal",
    "evidence_claimant_shared", "evidence_claimant_own_side", "evidence_respondent_own_side", "evidence_respondent_deciders",
    "asked_of_respondent", "hold", "signal", "insight", "link_note",
})  # fmt: skip
"""Words of which there is a translation (``tr_`` before them): whoever may read the word may read that, and nobody else."""


def theirs(viewer: Viewer) -> frozenset[str]:
    """The words that a viewer may read."""
    of = {f"foreign_{word}" for word in TRANSLATED} if viewer.name.startswith("foreign") else TRANSLATED
    return _translated(_theirs(viewer), of)


def _translated(words: frozenset[str], of: Set[str]) -> frozenset[str]:
    """Words, with the translations of them."""
    return words | {f"tr_{word}" for word in words & of}


def _theirs(viewer: Viewer) -> frozenset[str]:
    if not viewer.name.startswith("foreign"):
        return ALLOWED.get(viewer.name, frozenset())
    name = {"foreign_platform": "platform", "foreign_admin": "dana", "foreign_party": "claimant"}[viewer.name]
    return frozenset(f"foreign_{word}" for word in ALLOWED[name])


class TestWords:
    async def test_nobody_reads_a_word_that_is_not_theirs(self, world: World) -> None:
        read: dict[str, set[str]] = {viewer.name: set() for viewer in world.viewers}
        where: dict[tuple[str, str], str] = {}

        async def ask(viewer: Viewer, name: str, address: str, params: Any) -> None:
            answer = await world.asker.ask(viewer, "GET", address, params=params)
            for word in found_in(answer.text + json.dumps(dict(answer.headers))):
                read[viewer.name].add(word)
                where.setdefault((viewer.name, word), f"{name} {params}")

        await world.each(ask(viewer, *asked) for viewer in world.viewers for asked in _reads(world, viewer.name))
        allowed = {viewer.name: theirs(viewer) for viewer in world.viewers}
        assert {(name, word): place for (name, word), place in where.items() if word not in allowed[name]} == {}
        at_home = [viewer.name for viewer in world.viewers if not viewer.name.startswith("foreign")]
        unread = {name: sorted(allowed[name] - read[name]) for name in at_home if allowed[name] - read[name]}
        assert unread == {}, "nobody reads these: the table says too much"

    async def test_nor_in_letters_and_webhooks(self, world: World) -> None:
        own, composer = world.own, Composer(public_url="https://disputes.example")
        outbox = PostgresOutbox(own.office.database, own.office.vault)
        parties = {own.party("claimant"): "claimant", own.party("respondent"): "respondent", own.witness(): "witness"}
        sent: dict[str, set[str]] = {}
        for notice in await outbox.undelivered(own.office.tenant_id, own.ids["case"], 500):
            letter = composer.compose(notice) if notice.channel == "email" else None
            text = f"{letter.subject} {letter.text} {letter.html}" if letter else body_of(notice).decode()
            name = "platform" if letter is None else parties.get(notice.recipient, "mediator")
            # Whoever a letter is to reads their own name.
            words = found_in(text) - {f"main_name_{name}", "mediatorname" if name == "mediator" else ""}
            assert words <= _translated(ALLOWED[name], TRANSLATED), (name, notice.event, text)
            sent.setdefault(name, set()).update(words)
        assert sent.keys() == {"platform", "mediator", "claimant", "respondent"}
        assert "to_all" in sent["respondent"]
        assert "main_metadata" in sent["platform"]

    @pytest.mark.parametrize("name", ["platform", "writer", "lead_who_writes", "claimant", "respondent", "mediator", "dana"])
    async def test_nor_in_the_answer_to_what_they_send(self, world: World, name: str) -> None:
        viewer, path = world.viewer(name), f"/v1/cases/{world.own.ids['case']}"
        for verb, body in (("messages", {"text": "Hello."}), ("retractions", {}), ("rulings/preview", RULING)):
            answer = await world.asker.ask(viewer, "POST", f"{path}/{verb}", json=body)
            assert found_in(answer.text) <= theirs(viewer), (verb, answer.text)


RULING = {"outcome": "upheld", "ground": "scope", "reasons": "In scope."}


class TestAKeyThatOnlyWrites:
    async def test_is_told_what_became_of_its_command_and_nothing_of_the_case(self, world: World) -> None:
        writer, path = world.viewer("writer"), f"/v1/cases/{world.own.ids['case']}/messages"
        sent = await world.asker.ask(writer, "POST", path, json={"text": "Hello."})
        assert sent.status_code == 200
        assert sent.json().keys() == {"command_id", "status", "answer", "links"}
        assert sent.json()["answer"] == {"command_id": sent.json()["command_id"], "status": "accepted"}
        key = {"Idempotency-Key": "again"}
        both = [await world.asker.ask(writer, "POST", path, json={"text": "Again."}, headers=key) for _ in range(2)]
        assert both[0].json() == both[1].json()

    async def test_is_told_a_refusal_by_its_code(self, world: World) -> None:
        path = f"/v1/cases/{world.own.ids['case']}"
        for writer, verb, body in (
            ("writer", "take", {}),
            ("lead_who_writes", "offers", {"remedy": "payout", "amount": {"amount": 1, "currency": "USD"}}),
        ):
            answer = await world.asker.ask(world.viewer(writer), "POST", f"{path}/{verb}", json=body)
            assert answer.status_code in (403, 409), answer.text
            assert answer.json().keys() == {"type", "title", "status", "code", "detail", "request_id"}
            assert "approval" not in answer.text

    async def test_opens_a_case_and_hears_its_id(self, world: World) -> None:
        report = a_report(external_id="written-only")
        for status, state in ((201, "opened"), (200, "known")):
            answer = await world.asker.ask(world.viewer("writer"), "POST", "/v1/cases", json=report)
            assert (answer.status_code, answer.json()["status"]) == (status, state)
            assert answer.json().keys() == {"id", "status", "command_id"}

    async def test_reads_no_selection_by_a_dry_run_and_takes_no_case_unseen(self, world: World) -> None:
        command = {"type": "retarget", "priority": "high", "reason": "press_asks"}
        freeze, every = {"incident": "outage"}, {"all": True}
        for address, body in (
            ("/v1/bulk", {"command": command, "selection": every, "dry_run": True}),
            ("/v1/freezes", {**freeze, **every, "dry_run": True}),
            ("/v1/campaigns", {"name": "Outage", "reason": "one_cause"}),
            ("/v1/take-next", {}),
        ):
            lead = Viewer("", world.own.viewer("", await _writer(world, "per_dana")).headers)
            answer = await world.asker.ask(lead, "POST", address, json=body)
            assert (answer.status_code, answer.json().get("fields")) == (403, {"scope": "cases:read"}), (address, answer.text)

    async def test_hears_of_a_bulk_the_codes_alone_and_of_notes_its_own(self, world: World) -> None:
        case = await world.own.said("platform", "POST", "/v1/cases", a_report(metadata={"order": "secret"}))
        order = {"command": {"type": "resume", "reason": "lab_answered"}, "selection": {"case_ids": [case["id"]]}}
        lead = world.own.viewer("", await _writer(world, "per_dana"))
        (result,) = (await world.asker.ask(lead, "POST", "/v1/bulk", json=order)).json()["results"]
        assert (result["status"], result["detail"]) == ("refused", None)
        assert result["code"]
        said = {"metadata": {"mine": "1"}}
        noted = await world.asker.ask(world.viewer("writer"), "PATCH", f"/v1/cases/{case['id']}/metadata", json=said)
        assert noted.json()["metadata"] == {"mine": "1"}


async def _writer(world: World, person: str) -> str:
    world.own.secrets[person] = await world.own.office.key(person_id=person, scopes=("cases:write",))
    return person


def _reads(world: World, viewer: str) -> Iterable[tuple[str, str, Any]]:
    """Every address that is read, with the ids of the case and of the decided one, and with each of its parameters."""
    own = world.own
    known = [own.ids, {**own.ids, "case": own.cases["decided"]["id"]}, {**own.ids, "case": own.cases["else"]["id"]}]
    for operation in world.operations:
        if operation.method != "GET":
            continue
        for ids in known:
            more = [own.hidden[kind] for kind in operation.kinds.values() if kind in own.hidden]
            kinds = [kind for kind in operation.kinds.values() if kind in own.hidden]
            for others in product(*more):
                address = operation.address({**ids, **dict(zip(kinds, others, strict=True))})
                yield operation.name, address, {}
                for name in operation.queries if ids is own.ids and viewer not in LIKE_OTHERS else ():
                    for value in _values(name, own):
                        yield operation.name, address, {name: value}
            if not operation.kinds:
                break


LIKE_OTHERS = frozenset({"other_platform", "admin_scope", "ben", "ina", "foreign_platform", "foreign_admin", "foreign_party"})
"""Who reads as somebody else here does: each address once, without its parameters."""


def _values(name: str, own: Planted) -> tuple[str, ...]:
    """What a parameter is asked with. Raises LookupError with what to do for one that nobody knows."""
    values = {
        "limit": ("1", "500"), "cursor": ("made_up",), "own_cursor": ("made_up",), "waiting_cursor": ("made_up",),
        "expand[]": ("timeline", "available_actions"), "kind": ("bounty_dispute",), "phase": ("review", "approval", "ruled"),
        "year": ("2026",), "month": ("2026-11",),
        "status": ("open", "closed"), "category": ("general",), "source": ("api",), "external_id": (own.word("main_external"),),
        "party_ref": (own.word("main_ref_claimant"),), "matter": (own.word("main_matter"),), "owner": (own.mediator,),
        "queue": ("mediation",), "priority": ("urgent",), "campaign": (own.ids["campaign"],), "due_before": (_LATER,),
        "thread": ("claimant", "respondent"), "state": ("all",), "sender_of": (own.ids["unplaced"],),
        "sort": ("due",), "person": (own.mediator,), "active": ("true", "false"), "about": (own.mediator,),
        "after": (own.cases["main"]["id"],), "which": ("to_do", "all"),
        "by": (own.mediator,), "deed": ("person_added",), "since": (_LONG_AGO,), "until": (_LATER,), "at": (_LATER,),
        **{f"{what}_after": (_LONG_AGO,) for what in ("opened", "closed", "updated")},
        **{f"{what}_before": (_LATER,) for what in ("opened", "closed", "updated")},
    }  # fmt: skip
    if name not in values:
        raise LookupError(f"nobody knows how to ask with the parameter `{name}`: give it a value in `_values` of this module")
    return values[name]


_LONG_AGO, _LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
