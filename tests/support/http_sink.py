"""What a platform's HTTP server was sent, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Taken:
    """What came to the HTTP sink, and what it answers."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    silent: bool = False
    """Takes the request and never answers."""
