"""The demo's platform: one small HTTP server that receives Ombud's webhooks and pays remedies out, once per key."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class DemoPlatform:
    """Receives events and remedies on loopback; keeps what was signed properly, and counts repeats apart."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.remedies: dict[str, dict[str, Any]] = {}
        self.repeated: list[str] = []
        self.secrets: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = outer.receive(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
                """Nothing: the demo prints what matters itself."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        if self._thread.is_alive():  # the server waits for ever for the end of a loop that never began
            self._server.shutdown()
        self._server.server_close()

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Take one delivery: 204 when its signature fits, 401 when not."""
        purpose = path.strip("/")
        try:
            Webhook(self.secrets[purpose]).verify(body, {k.lower(): v for k, v in headers.items()})
        except (WebhookVerificationError, KeyError):
            return 401
        key = next((v for k, v in headers.items() if k.lower() == "webhook-id"), "")
        with self._lock:
            if purpose == "remedies":
                if key in self.remedies:
                    self.repeated.append(key)
                self.remedies[key] = json.loads(body)
            else:
                self.events.append(json.loads(body))
        return 204
