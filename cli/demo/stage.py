"""What the demo plays on: embedded services, a tenant with people, a worker and an API as processes of their own, a platform."""

from __future__ import annotations

import asyncio
import os
import smtplib
import subprocess
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any, cast

import httpx2
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from cli.demo.cast import PAYPAL_WEBHOOK, hire
from cli.demo.mail_door import MailDoor
from cli.demo.platform import DemoPlatform
from cli.demo.signatures import PayPalSigner
from cli.kit.show import out
from cli.local.attributes import SEARCH_ATTRIBUTES
from cli.local.fleet import Fleet
from runtime.embedded.stack import Stack
from runtime.embedded.state import StackInfo
from runtime.settings import Settings

WIDTH = 100
"""Columns of a heading and of a letter."""


@dataclass
class Stage:
    """Everything that runs, and the few verbs the story needs."""

    state_dir: Path
    console: Console = field(default_factory=out)
    begun: float = field(default_factory=time.monotonic)
    platform: DemoPlatform = field(default_factory=DemoPlatform)
    paypal: PayPalSigner = field(default_factory=lambda: PayPalSigner(PAYPAL_WEBHOOK))
    tenant: str = field(default_factory=lambda: f"demo-{int(time.time()):x}")
    keys: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    info: StackInfo | None = None

    def __post_init__(self) -> None:
        """Let a relative folder mean the one where the demo was started, for the processes work elsewhere."""
        self.state_dir = self.state_dir.absolute()
        self.mail_door = MailDoor(self._hand_over)

    def say(self, line: str, style: str = "") -> None:
        """One line of progress with the time since the beginning."""
        self.console.print(Text.assemble((f"{time.monotonic() - self.begun:6.1f} s  ", "dim"), (line, style)))

    def title(self, line: str) -> None:
        """A heading."""
        self.console.print()
        # As wide as the panels: a file or a pipe has no width of its own to fill.
        self.console.print(Rule(Text(line, style="bold"), align="left"), width=min(self.console.width, WIDTH))

    def set(self) -> None:
        """Start services, database, tenant, worker and API."""
        settings = self._settings()
        self._stack = Stack(settings, search_attributes=SEARCH_ATTRIBUTES, ui=False, mail=True)
        # Cases of an earlier demo would go on living, escalating and writing mails in this one.
        for role in ("worker", "api"):
            Fleet(self.state_dir).stop(role)
        asyncio.run(self._stack.destroy())
        self.info = asyncio.run(self._stack.up(self.say))
        certificate = self.state_dir / "paypal-demo.pem"
        certificate.write_bytes(self.paypal.certificate())
        self.fleet = Fleet(self.state_dir, {**settings.environment(), **self._environment(certificate)})
        self.platform.start()
        self.keys, self.sources = asyncio.run(hire(self.tenant, self.platform, settings, self.say))
        self.fleet.start("worker", say=self.say)
        self.say("worker is ready")
        self.fleet.start("api", say=self.say)
        self.say(f"API answers on {self.api_url}")
        self.mail_door.start()
        self.say(f"the platform's mail server takes mail on 127.0.0.1:{self.mail_door.port}")

    def strike(self) -> None:
        """Stop everything that was started here."""
        self.mail_door.stop()
        # Found again, not remembered: `set` may have failed at any point.
        for role in ("api", "worker"):
            Fleet(self.state_dir).stop(role)
        asyncio.run(Stack(self._settings()).down())
        self.platform.stop()

    @property
    def api_url(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.fleet.crew.api_port}"

    def _settings(self) -> Settings:
        return Settings(state_dir=self.state_dir, development=True, webhook_allow_private=True)

    def _environment(self, certificate: Path) -> dict[str, str]:
        return {
            "OMBUD_DEVELOPMENT": "true",
            "OMBUD_WEBHOOK_ALLOW_PRIVATE": "true",
            "OMBUD_PAYPAL_CERTIFICATE_PATH": str(certificate),
            "OMBUD_LOG_FORMAT": "json",
            "OMBUD_RELAY_EVERY_FOR": "1",
        }

    # --- the verbs of the story

    def call(self, method: str, path: str, *, key: str = "platform", **more: Any) -> httpx2.Response:
        """One request to the API with somebody's key."""
        headers = {"Authorization": f"Bearer {self.keys[key]}", **more.pop("headers", {})}
        return httpx2.request(method, self.api_url + path, headers=headers, timeout=30, **more)

    def mail(self, raw: bytes, sender: str, recipient: str) -> httpx2.Response:
        """Send a mail by SMTP, and give what the API answered to the mail server that brought it."""
        with smtplib.SMTP("127.0.0.1", self.mail_door.port, timeout=40) as server:
            server.sendmail(sender, [recipient], raw)
        return self.mail_door.answers[-1]

    def _hand_over(self, raw: bytes) -> httpx2.Response:
        return self.call("POST", "/v1/intake/email", content=raw, headers={"Content-Type": "message/rfc822"})

    def command(self, case_id: str, command: dict[str, Any], key: str = "platform") -> tuple[int, dict[str, Any]]:
        """Send a command through the API (an *update* of the case's workflow) and give its answer."""
        answer = self.call("POST", f"/v1/cases/{case_id}/commands", key=key, json=command)
        return answer.status_code, cast(dict[str, Any], answer.json())

    def case(self, case_id: str) -> dict[str, Any]:
        """A case as the platform's operator sees it."""
        return cast(dict[str, Any], self.call("GET", f"/v1/cases/{case_id}", key="dana").json())

    def wait(self, case_id: str, what: str, holds: Any, seconds: float = 40.0) -> dict[str, Any]:
        """Look at a case until something holds. Raises TimeoutError that says what did not come true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            case = self.case(case_id)
            if holds(case):
                return case
            time.sleep(0.15)
        raise TimeoutError(f"{case_id}: waited {seconds:.0f} s for: {what}")

    def temporal(self, *args: str) -> str:
        """Run Temporal's own command line against the server, as an operator would."""
        assert self.info is not None
        program = str(self._stack.binaries.find(lambda _: None).path)
        command = [
            program,
            "workflow",
            *args,
            "--address",
            self.info.temporal_address,
            "--namespace",
            self.info.temporal_namespace,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
        return done.stdout + done.stderr

    def mails(self) -> list[EmailMessage]:
        """What the mail server received since the demo began."""
        files = sorted(self._mail_files())
        return [message_from_bytes(f.read_bytes(), policy=mail_policy) for f in files]

    def _mail_files(self) -> list[Path]:
        folder = self.info.mail_folder if self.info else None
        return list(folder.glob("*.eml")) if folder and folder.exists() else []
