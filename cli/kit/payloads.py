"""What Temporal keeps sealed, opened for its own command line: a codec endpoint on loopback, for as long as one command runs."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from runtime.codec import SealedJson
from runtime.places import find_places
from runtime.settings import Settings
from storage.postgres.vault import Vault

_ABOUT_CASES = frozenset({"workflow", "activity", "schedule", "batch"})
"""Commands of Temporal's command line that show or send payloads; the others do not know of codecs."""
_MOST_BYTES = 8_000_000


@contextmanager
def opening(settings: Settings, words: Sequence[str]) -> Iterator[list[str]]:
    """What to say to Temporal's command line besides, so that it reads and writes sealed payloads; nothing where none are.

    It is the operator's: whoever starts it has the master key. Raises ServiceFault where that is not to be found.
    """
    if settings.temporal_codec == "none" or not _ABOUT_CASES.intersection(words[:1]) or "--codec-endpoint" in words:
        yield []
        return
    from cli.kit.compose import codec

    found = codec(settings, Vault.from_text(find_places(settings).master_key))
    assert found is not None, "there is one unless the setting is none"
    token = secrets.token_urlsafe(32)
    handler = _answering(SealedJson(found), f"Bearer {token}", _scope(words), sealing=found.sealing)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield ["--codec-endpoint", f"http://127.0.0.1:{server.server_port}", "--codec-auth", f"Bearer {token}"]
    finally:
        server.shutdown()
        server.server_close()


def _scope(words: Sequence[str]) -> str:
    """The workflow that a command is about, as Temporal's command line is told it; empty: none in particular."""
    for at, word in enumerate(words):
        name, given, value = word.partition("=")
        if name in ("--workflow-id", "-w"):
            return value if given else next(iter(words[at + 1 :]), "")
    return ""


def _answering(box: SealedJson, token: str, scope: str, *, sealing: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("content-length") or 0), _MOST_BYTES))
            if not compare_digest(self.headers.get("authorization", "").encode(), token.encode()):
                self._say(401, b"")
                return
            try:
                if self.path.endswith("/encode"):
                    said = box.sealed(body, scope) if sealing else body
                else:
                    said = box.opened(body)
            except ValueError:
                self._say(400, b"")
                return
            self._say(200, said)

        def _say(self, status: int, said: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing: what is said here are words of cases."""

    return Handler
