"""One module a page, or a few that belong together; each names its addresses in ``PAGES``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response

from console.kit.visit import Visit

Addresses = Sequence[tuple[str, list[str], Callable[[Visit], Awaitable[Response]]]]
"""Path, methods, page."""


def signed_in() -> Addresses:
    """Every page for people who are signed in."""
    from console.pages import sessions

    return [address for module in (sessions,) for address in module.PAGES]
