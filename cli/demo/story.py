"""The demo's story: six reports, four people, one killed worker. Every step is what a real platform or person would send."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.demo.cast import STRIPE_SECRET
from cli.demo.signatures import stripe_header
from cli.demo.stage import Stage

REPORTS = Path(__file__).with_name("reports")


class Story:
    """Plays the story and keeps what it expected and saw."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.cases: dict[str, str] = {}
        self.checks: list[tuple[bool, str]] = []

    def play(self) -> None:
        """From six reports to an appeal decided by somebody else."""
        self.open_reports()
        self.settle()
        self.let_a_clock_run_out()
        self.rule_above_the_limit_and_kill_the_worker()
        self.rule_by_signal()
        self.rule_and_appeal()

    def check(self, holds: bool, what: str) -> None:
        """Say whether something the demo promises came true; one that did not makes the demo fail."""
        self.checks.append((holds, what))
        self.stage.say(("✓ " if holds else "✗ ") + what, "green" if holds else "bold red")

    def case(self, name: str) -> str:
        """The id of a case of the story."""
        return self.cases[name]

    def wait(self, name: str, what: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 40) -> dict[str, Any]:
        """Wait for a case to stand somewhere, and note that it did."""
        case = self.stage.wait(self.case(name), what, holds, seconds)
        self.check(True, f"{name}: {what}")
        return case

    def send(self, name: str, key: str, expect: int | str, /, **command: Any) -> dict[str, Any]:
        """Send a command and check what comes back: a status, or the code of a refusal."""
        status, answer = self.stage.command(self.case(name), command, key=key)
        got = answer.get("code") if isinstance(expect, str) else status
        who = key if "by" not in command else command["by"][:12] + "…"
        told = f"{name}: {command['type'].replace('_', ' ')} by {who} → {got}"
        self.check(got == expect, told if got == expect else f"{told}, expected {expect}: {json.dumps(answer)[:300]}")
        return answer

    def party(self, name: str, side: str) -> str:
        """The id of a party, as the platform's webhook told it."""
        parties = self.stage.case(self.case(name))["parties"]
        return str(next(p["id"] for p in parties if p["side"] == side))

    # --- the acts

    def open_reports(self) -> None:
        """One report of each intake shape."""
        self.stage.title("Reports come in, one of each shape")
        self._opened("B nimbus severity", self._post("/v1/cases", (REPORTS / "bounty.json").read_bytes()))
        self._opened("E too old", self._post("/v1/cases", (REPORTS / "too-old.json").read_bytes()))
        self._opened("A password reset", self._mailed("bounty.eml", b"DEMO-91207", "zoe@researchers.example"))
        self._opened("F invoices", self._mailed("invoices.eml", b"DEMO-91208", "ilse@researchers.example"))
        body = (REPORTS / "stripe.json").read_bytes()
        signed = {"Stripe-Signature": stripe_header(body, STRIPE_SECRET)}
        self._opened("C boarding charge", self._post(f"/v1/intake/{self.stage.sources['stripe']}", body, signed))
        body = (REPORTS / "paypal.json").read_bytes()
        signed = self.stage.paypal.headers(body)
        self._opened("D dog walks", self._post(f"/v1/intake/{self.stage.sources['paypal']}", body, signed))
        self.wait("F invoices", "by SMTP, as HTML that never closes its head", lambda c: c["phase"] == "settlement")
        self.wait("E too old", "declined by a gate, with its reason", lambda c: c["outcome"] == "declined")

    def _mailed(self, name: str, message_id: bytes, sender: str) -> Any:
        """A report that comes by SMTP, through the platform's mail server."""
        mail = (REPORTS / name).read_bytes().replace(message_id, f"DEMO-{uuid.uuid4().hex}".encode())
        return self.stage.mail(mail, sender, "disputes@bountyhub.example")

    def _post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex, **(headers or {})}
        return self.stage.call("POST", path, content=body, headers=headers)

    def _opened(self, name: str, answer: Any) -> None:
        body = answer.json()
        if answer.status_code not in (200, 201, 202) or "id" not in body:
            self.check(False, f"{name}: not opened: {answer.status_code} {json.dumps(body)[:300]}")
            raise RuntimeError(f"{name} could not be opened")
        self.cases[name] = body["id"]
        self.stage.say(f"{name}: {answer.status_code} {body['id']}")

    def settle(self) -> None:
        """An offer, a counter-offer, an agreement."""
        self.stage.title("Two parties settle")
        name = "B nimbus severity"
        self.wait(name, "is in settlement", lambda c: c["phase"] == "settlement")
        claimant, respondent = self.party(name, "claimant"), self.party(name, "respondent")
        money = {"amount": 250000, "currency": "USD"}
        self.send(name, "platform", 200, type="offer", by=claimant, remedy="payout", amount=money)
        self.send(name, "platform", 200, type="offer", by=respondent, remedy="payout", amount={**money, "amount": 180000})
        self.send(name, "platform", "own_offer", type="accept_offer", by=respondent)
        self.send(name, "platform", 200, type="accept_offer", by=claimant)
        self.wait(name, "closed as settled", lambda c: c["outcome"] == "settled")

    def let_a_clock_run_out(self) -> None:
        """Nobody answers: the first-response clock escalates. The other fraud report hears the merchant."""
        self.stage.title("A response clock runs out and escalates")
        case = self.wait("C boarding charge", "was assigned by itself", lambda c: c.get("owner") is not None)
        self.check(case["owner"] == "per_ben", "C boarding charge: it went to Ben, who works the fraud queue")
        self.wait("D dog walks", "was assigned by itself", lambda c: c.get("owner") is not None)
        asked = {
            "type": "request_evidence",
            "of": "respondent",
            "what": "Please send the walkers' GPS tracks of the three bookings.",
        }
        self.send("D dog walks", "ben", 200, **asked)
        self.wait("C boarding charge", "first response overdue, escalated to the leads", lambda c: c["escalations"] > 0)

    def rule_above_the_limit_and_kill_the_worker(self) -> None:
        """A heavy ruling needs a second person; the worker dies while it is given."""
        self.stage.title("A ruling above the limit needs a second person; the worker is killed meanwhile")
        name = "C boarding charge"
        remedy = {"type": "refund", "amount": {"amount": 186400, "currency": "USD"}}
        reasons = "The card was used from a device never seen before, and the stay never began. The charge goes back in full."
        self.send(name, "ben", 200, type="rule", outcome="confirmed", ground="stolen_payment", reasons=reasons, remedies=[remedy])
        self.wait(name, "waits for approval", lambda c: c["phase"] == "approval")
        self.send(name, "ben", "own_ruling", type="approve")
        self.stage.fleet.kill("worker")
        self.stage.say("the worker is dead (SIGKILL)", "yellow")
        self.send(name, "cleo", 202, type="approve")
        self.stage.fleet.start("worker")
        self.stage.say("a new worker is ready", "yellow")
        self.wait(name, "approved after the crash, issued when its grace was over", lambda c: c["phase"] == "appealable")

    def rule_by_signal(self) -> None:
        """Settlement runs out by itself; a mediator rules through Temporal's own command line."""
        self.stage.title("A ruling arrives as a signal, through Temporal's own command line")
        name = "A password reset"
        self.wait(name, "settlement over, mediation opened and Ada assigned", lambda c: c.get("owner") == "per_ada")
        # Nobody loses by a ruling unheard: the programme says its side first.
        said = "The endpoint was taken out of scope a week after the report, and the fix was planned before."
        self.send(name, "platform", 200, type="message", by=self.party(name, "respondent"), text=said)
        command = {
            "id": f"cmd_{uuid.uuid4()}",
            "type": "rule",
            "by": "per_ada",
            "outcome": "upheld",
            "ground": "scope",
            "reasons": "The endpoint was in scope on the day of the report, and the fix that was shipped is for this flaw.",
            "remedies": [{"type": "payout", "amount": {"amount": 150000, "currency": "USD"}}],
        }
        workflow = f"case/{self.stage.tenant}/{self.case(name)}"
        said = self.stage.temporal("signal", "--workflow-id", workflow, "--name", "tell", "--input", json.dumps(command))
        self.stage.say(f'$ temporal workflow signal --name tell --workflow-id {workflow} --input \'{{"type":"rule",…}}\'', "cyan")
        self.stage.say(said.strip().splitlines()[0] if said.strip() else "(no output)", "dim")
        self.wait(name, "ruled by signal; both parties are told", lambda c: c["phase"] == "appealable")

    def rule_and_appeal(self) -> None:
        """The merchant answers, Ben rules, the buyer appeals, and somebody else decides."""
        self.stage.title("An appeal is decided by somebody else")
        name = "D dog walks"
        claimant, respondent = self.party(name, "claimant"), self.party(name, "respondent")
        self.send(
            name,
            "platform",
            200,
            type="submit_evidence",
            by=respondent,
            to="all",
            text="Tracks of all three walks are attached to booking 90121.",
        )
        # Nobody loses by what they could not answer: the buyer reads the tracks and says what she has to say to them.
        said = "Somebody walked my dog three times, the tracks are right. I did not book it."
        self.send(name, "platform", 200, type="message", by=claimant, text=said)
        reasons = "The tracks start and end at the buyer's address, and the door was opened with her code each time."
        self.send(name, "ben", 200, type="rule", outcome="false_positive", ground="no_fraud", reasons=reasons)
        self.wait(name, "ruled, appeal possible", lambda c: c["phase"] == "appealable")
        self.send(
            name,
            "platform",
            200,
            type="appeal",
            by=claimant,
            reasons="My sitter had the code. I was abroad, and nobody checked with me.",
        )
        self.wait(name, "appeal assigned to somebody without a part in it", lambda c: c.get("owner") == "per_cleo")
        self.send(name, "ben", "own_case", type="decide_appeal", decision="uphold", reasons="It was right the first time.")
        reasons = (
            "The sitter acted for the buyer and with her code: the walks were taken, nobody was deceived. The ruling stands."
        )
        route = "out_of_court_and_court"
        decided = {"decision": "uphold", "ground": "no_fraud", "complaint_route": route, "reasons": reasons}
        self.send(name, "cleo", 200, type="decide_appeal", **decided)
        self.wait(name, "appeal upheld, no right left, closed", lambda c: c["outcome"] == "ruled")
