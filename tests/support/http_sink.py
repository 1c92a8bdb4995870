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


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Live:
    url: str
    id: str = "whk_1"
    secrets: tuple[str, ...] = (SECRET,)
    development: bool = True


class Endpoints:
    """One endpoint or none, and what was held against it."""

    def __init__(self, url: str | None) -> None:
        self.url = url
        self.heard: list[str | None] = []

    async def live(self, tenant_id: str, purpose: str) -> list[Live]:
        return [Live(self.url)] if self.url else []

    async def answered(self, tenant_id: str, endpoint_id: str, case_id: str, failure: str | None) -> None:
        self.heard.append(failure)
