"""Whole lives of cases, lived through the real API by people who do not give up: what was sent is sent again until it is
answered.

A life looks at its case and does what its script says for the phase, so that it comes to its end whatever fails on the way and
whichever clock runs out meanwhile.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.support.fleet import Firm, House, until

MONEY = {"amount": 25_000, "currency": "USD"}
HEAVY = {"amount": 900_000, "currency": "USD"}
PAUSE_FOR = 0.12
"""Seconds between two looks at a case."""
BOUNTY = ("settle", "escalate", "silent", "lapse", "heavy", "appeal", "withdraw", "remit")
FRAUD = ("quick", "answer", "lapse", "heavy", "returned", "appeal", "withdraw", "overturn")
PATIENT = frozenset({"silent", "quick"})
"""In these nobody appeals: the window's own end closes the case."""

Json = dict[str, Any]


def a_report(kind: str = "bounty_dispute", number: str = "1", **changes: Any) -> Json:
    """A report as a platform would send it."""
    return {
        "kind": kind, "source": "platform", "external_id": f"report-{number}", "matter": f"matter-{number}",
        "subject": f"Report {number}",
        "statement": "The report was closed as a duplicate, but the one it is said to repeat describes another flaw.",
        "amount": MONEY,
        "parties": [
            {"side": "claimant", "ref": f"user-{number}", "name": "Kim Doe", "email": f"kim-{number}@example.org"},
            {"side": "respondent", "ref": f"desk-{number}", "name": "Nimbus", "email": f"desk-{number}@nimbus.example"},
        ],
        **changes,
    }  # fmt: skip


_ALONE: Json = {"relies_on": []}
"""What each side wrote to the desk alone decides nothing: else whoever loses has to be shown it first."""


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.code = str(problem.get("code"))
        self.problem = problem


class Desk:
    """The API of one firm, asked again until it answers."""

    def __init__(self, house: House, firm: Firm, http: httpx2.AsyncClient) -> None:
        self._house, self.firm, self._http = house, firm, http
        self.patience = house.patience

    async def ask(self, method: str, path: str, *, by: str | None = None, **more: Any) -> tuple[int, Json]:
        """Status and body, asked by a person or by the platform; sent again after a temporary failure. Raises Refused."""
        key = self.firm.people.get(by or "", self.firm.platform)
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}

        last = "nothing"

        async def once() -> httpx2.Response | None:
            nonlocal last
            try:
                # By whole address: an API that was started again may have another port.
                response = await self._http.request(method, self._house.api_url + path, headers=headers, **more)
            except httpx2.HTTPError as error:
                last = repr(error)
                return None
            last = f"{response.status_code} {response.text[:300]}"
            refused = response.status_code >= 400
            if refused and "problem+json" not in response.headers.get("content-type", ""):
                # Where an API listened that was struck down, another process may listen by now: it is none of its answers.
                return None
            again = response.status_code >= 500 or (response.status_code in (409, 429) and "retry-after" in response.headers)
            return None if again else response

        response = await until(once, lambda: f"an answer to {method} {path}; the last was {last}", self.patience)
        body: Json = response.json()
        if response.status_code >= 400:
            raise Refused(body)
        return response.status_code, body

    async def open(self, report: Json, key: str | None = None) -> str:
        """Open a case and give its id."""
        headers = {"Idempotency-Key": key} if key else {}
        _, body = await self.ask("POST", "/v1/cases", json=report, headers=headers)
        self.firm.promises.opened.add(body["id"])
        return str(body["id"])

    async def see(self, case_id: str) -> Json:
        """The case as the team sees it, once it was judged."""

        async def judged() -> Json | None:
            body = (await self.ask("GET", f"/v1/cases/{case_id}", by="per_dana"))[1]
            return body if "phase" in body else None

        found: Json = await until(judged, f"{case_id} to be judged", self.patience)
        return found

    async def send(self, case_id: str, command: Json) -> Json:
        """Send a command with its own id until it is judged: its answer. Raises Refused."""
        promises = self.firm.promises
        status, body = await self.ask("POST", f"/v1/cases/{case_id}/commands", json=command, by=command.get("by"))
        sent = (case_id, str(command["id"]))
        promises.received.add(sent)
        if status == 202:
            by = command.get("by")
            body = await until(lambda: self._answered(*sent, by), f"{command['type']} {sent} to be judged", self.patience)
        answer: Json = body["answer"]
        if answer["status"] != "accepted":
            raise Refused(answer)
        promises.accepted.add(sent)
        return answer

    async def _answered(self, case_id: str, command_id: str, by: str | None = None) -> Json | None:
        # Whoever sent it reads what became of it; the platform knows nothing of the team's own.
        body = (await self.ask("GET", f"/v1/cases/{case_id}/commands/{command_id}", by=by))[1]
        return body if body["answer"] else None


@dataclass
class Life:
    """One case and its script."""

    kind: str
    script: str
    number: str
    case_id: str = ""
    done: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    sent: int = 0

    async def live(self, desk: Desk, *, to: str = "closed") -> Json:
        """From the report to the end (or until the case stands in the phase ``to``)."""
        if not self.case_id:
            paid = HEAVY if self.script in ("heavy", "returned") else MONEY
            self.case_id = await desk.open(
                a_report(self.kind, self.number, amount=paid), key=f"open-{desk.firm.id}-{self.number}"
            )
        case = await desk.see(self.case_id)
        async with asyncio.timeout(2.5 * desk.patience):
            while case["phase"] not in (to, "closed"):
                step = self.next(case)
                if step is not None:
                    await self._take(desk, *step)
                else:
                    await asyncio.sleep(PAUSE_FOR)
                case = await desk.see(self.case_id)
        assert case["phase"] != "closed" or case["outcome"] in self.ends, f"{self}: ended as {case['outcome']}"
        return case

    @property
    def ends(self) -> tuple[str, ...]:
        """How the case may end. A settlement whose time was over before the offer could be taken is ruled on instead."""
        return {"settle": ("settled", "ruled"), "withdraw": ("withdrawn",)}.get(self.script, ("ruled",))

    async def _take(self, desk: Desk, name: str, command: Json) -> None:
        self.sent += 1
        whole = {"id": f"cmd_{self.case_id}.{self.sent}", **command}
        try:
            await desk.send(self.case_id, whole)
        except Refused as refused:
            if refused.code not in MOVED_ON:
                raise
            # A clock ran out meanwhile, or somebody was quicker: look again.
            self.refused.append(f"{command['type']}: {refused.code}")
            await asyncio.sleep(PAUSE_FOR)
        else:
            self.done.add(name)

    def next(self, case: Json) -> tuple[str, Json] | None:
        """The next thing that somebody does; None: wait."""
        parties = {p["side"]: p["id"] for p in case["parties"]}
        match case["phase"]:
            case "settlement":
                return self._settlement(case, parties)
            case "review":
                return self._review(case, parties)
            case "approval":
                if self.script == "returned" and "return_ruling" not in self.done:
                    return self._step(
                        "return_ruling", "per_cleo", reasons="The amount needs another look: show how it was reached."
                    )
                return self._step("approve", "per_finn")
            case "appealable":
                return self._appeal(case, parties)
            case "appeal":
                return self._appeal_decision(case, parties)
            case _:
                return None

    def _settlement(self, case: Json, parties: Json) -> tuple[str, Json] | None:
        match self.script, case["offer"]:
            case "settle", None:
                return self._step("offer", parties["claimant"], remedy="payout", amount=MONEY)
            case "settle", offer:
                return self._step("accept_offer", parties["respondent"], offer_id=offer["id"])
            case "withdraw", _:
                return self._step("withdraw", parties["claimant"])
            case "silent", _:
                return None
            case _:
                return self._step("escalate", parties["claimant"])

    def _review(self, case: Json, parties: Json) -> tuple[str, Json] | None:
        owner = case["owner"]
        if self.script == "withdraw" and "withdraw" not in self.done:
            return self._step("withdraw", parties["claimant"])
        if owner is None:
            return None
        if self.script == "withdraw":
            return self._step("accept_withdrawal", owner)
        if self.kind == "fraud_report" and self.script != "quick" and "disclose" not in self.done:
            return self._step("disclose", owner, text="Two reports say that the device was not yours.")
        asked = self.script in ("lapse", "answer", "overturn") and "request_evidence" not in self.done
        if asked:
            return self._step("request_evidence", owner, of="respondent", what="Please send the log of the three days.")
        if case["requests"]:
            if self.script == "lapse":
                return None
            return self._step("submit_evidence", parties["respondent"], to="all", text="The log of the three days is attached.")
        if "submit_evidence" not in self.done and self.script != "quick":
            # Nobody loses by a ruling unheard; whoever lets the time for an answer go by was heard too.
            return self._step("submit_evidence", parties["respondent"], to="all", text="The log of the three days is attached.")
        bounty = self.kind == "bounty_dispute"
        outcome, ground, remedy = ("upheld", "scope", "payout") if bounty else ("confirmed", "stolen_payment", "refund")
        remedies = [{"type": remedy, "amount": HEAVY if self.script in ("heavy", "returned") else MONEY}]
        reasons = "The file shows what the report says; nothing that was handed in speaks against it."
        return self._step("rule", owner, **_ALONE, outcome=outcome, ground=ground, reasons=reasons, remedies=remedies)

    def _appeal(self, case: Json, parties: Json) -> tuple[str, Json] | None:
        side = next((r["side"] for r in case["rights"] if r["allowed"]), None)
        if self.script in PATIENT or side is None or "appeal" in self.done:
            return None
        return self._step("appeal", parties[side], reasons="The log that was handed in was not looked at.")

    def _appeal_decision(self, case: Json, parties: Json) -> tuple[str, Json] | None:
        owner = case["owner"]
        if owner is None:
            return None
        if self.script == "remit":
            return self._step("decide_appeal", owner, decision="remit", reasons="The log has to be looked at first.")
        # Where else one can go: what the kind asks of every decision on an appeal.
        route = {"complaint_route": "out_of_court_and_court"} if self.kind == "fraud_report" else {}
        if self.script == "overturn" and "message" not in self.done:
            # Nobody comes out of the other side's appeal with less, unheard.
            return self._step("message", parties["claimant"], text="The log is not theirs.")
        if self.script == "overturn":
            return self._step("decide_appeal", owner, **_ALONE, **route, decision="overturn", outcome="false_positive",
                              ground="no_fraud", reasons="The log shows that nobody was deceived.")  # fmt: skip
        reasons = "The log changes nothing; the ruling stands."
        return self._step("decide_appeal", owner, **route, relies_on=[], decision="uphold", reasons=reasons)

    def _step(self, command: str, by: str, **fields: Any) -> tuple[str, Json]:
        return command, {"type": command, "by": by, **fields}


MOVED_ON = frozenset({
    "not_in_this_phase", "not_allowed", "not_your_case", "own_case", "own_offer", "no_such_offer", "owner_mismatch",
    "no_right_to_appeal", "window_over", "no_withdrawal", "withdrawal_pending",
    "not_heard", "already_disclosed",
})  # fmt: skip


def some_lives(chance: random.Random, many: int, prefix: str = "") -> list[Life]:
    """Lives of both kinds, every script in turn, in an order that the seed decides."""
    scripts = [("bounty_dispute", s) for s in BOUNTY] + [("fraud_report", s) for s in FRAUD]
    lives = [Life(*scripts[n % len(scripts)], number=f"{prefix}{n}") for n in range(many)]
    chance.shuffle(lives)
    return lives
