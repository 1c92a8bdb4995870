"""What a browser may do with our pages, and which of its requests are ours: headers, cookies, and the defence against forgery.

A request that changes something must come from a page of ours on this very origin: another port of the same host is another
origin, to which a browser nevertheless sends our cookie. So the browser's own word is asked first (``Sec-Fetch-Site``, else
``Origin``), and each form of somebody signed in holds a token besides that only a page made for their session knows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.errors import Refused

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, errors included."""
TOKEN = "form_token"  # noqa: S105 - the name of a field
"""The hidden field of every form."""


class Cookies:
    """Our cookies at one address. Under https the session's name begins with ``__Host-``, which no other host can set."""

    def __init__(self, public_url: str) -> None:
        self.secure = urlsplit(public_url).scheme == "https"
        self.session = "__Host-ombud" if self.secure else "ombud"
        self.party = "__Host-ombud-party" if self.secure else "ombud-party"
        self.report = "__Host-ombud-report" if self.secure else "ombud-report"
        self.sign_in = "__Host-ombud-sign-in" if self.secure else "ombud-sign-in"

    def give(self, response: Response, name: str, value: str, lives_for: int | None = None) -> None:
        """Let the browser keep it, out of reach for scripts and for posts of other sites."""
        response.set_cookie(name, value, max_age=lives_for, path="/", secure=self.secure, httponly=True, samesite="lax")

    def take(self, response: Response, name: str) -> None:
        """Let the browser forget it."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


def own_origin(request: Request, public_url: str) -> None:
    """Raises ``origin_refused`` for what no page of ours has sent."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise Refused("origin_refused")
        return
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if origin is None or origin not in (_origin(public_url), f"{request.url.scheme}://{host}"):
        raise Refused("origin_refused")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def token_for(secret: str) -> str:
    """A token for the forms of one session, written anew each time, so that compressed pages tell nothing of it."""
    mask = os.urandom(32)
    return base64.urlsafe_b64encode(mask + _masked(mask, _token(secret))).decode()


def check_token(secret: str, said: str) -> None:
    """Raises ``form_expired`` for a form that was not made for this session."""
    try:
        raw = base64.urlsafe_b64decode(said.encode())
    except ValueError:
        raw = b""
    if len(raw) != 64 or not hmac.compare_digest(_masked(raw[:32], raw[32:]), _token(secret)):
        raise Refused("form_expired")


def _token(secret: str) -> bytes:
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), b"form token", hashlib.sha256)


def _masked(mask: bytes, value: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, value, strict=True))


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> tuple[str | None, str | None]:
    """Which browser on which system calls itself so (``User-Agent``): names as people say them, None for what nobody knows."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), None)
    return browser, next((name for mark, name in _SYSTEMS if mark in agent), None)
