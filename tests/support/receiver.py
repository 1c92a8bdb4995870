"""The platform's end of webhooks: counts every signed delivery by its key, and performs a remedy only the first time."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


class Receiver:
    """Listens on loopback; addresses are ``/{tenant}/events`` and ``/{tenant}/remedies``."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.taken: dict[str, Counter[str]] = {}
        """By address, how often each key came: a repeat is counted, never hidden."""
        self.performed: dict[str, dict[str, Any]] = {}
        """By key, what was performed: once, as a payment provider does with an idempotency key."""
        self.changed: list[str] = []
        """Keys that came again with another body."""
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status = receiver.receive(self.path.strip("/"), {k.lower(): v for k, v in self.headers.items()}, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
                """Nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def receive(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """Take one delivery: 204 when its signature fits, 401 when not."""
        try:
            Webhook(self.secrets[address]).verify(body, headers)
        except (WebhookVerificationError, KeyError):
            return 401
        key, said = headers["webhook-id"], json.loads(body)
        with self._lock:
            self.taken.setdefault(address, Counter())[key] += 1
            if address.endswith("/remedies") and self.performed.setdefault(key, said) != said:
                self.changed.append(key)
        return 204
