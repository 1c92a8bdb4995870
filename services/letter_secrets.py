"""What only the letter to one recipient has never gets to anybody else: not by a mail, a message, a report, or a file.

Three things are its recipient's alone: the address for answers with its token, the Message-ID with the same, and the link to
their page. By each of them whoever has it can speak as they do. So each is taken out of words as they come in, by whichever door,
and a link that stood in them is ended, because somebody else may have seen it; the next letter brings another one. A key of the
API, or a code to sign in, is taken out likewise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from domain.model.report import FOR_THE_DESK, TAKEN_OUT, Report
from services.errors import Refused
from services.parts import MailReply, Parts
from services.reading import parsed
from storage.access.party_links import PostgresPartyLinks
from storage.outside.answered import PostgresAnswered

_SHORTEST = 20
"""Characters of the shortest secret."""
_NAMES = frozenset({"id", "type", "by"})
"""Of a command: what it is called is shown to nobody but whoever sent it."""
_KEY = re.compile(r"(?<![A-Za-z0-9])omb_[A-Za-z0-9_-]{40}")
"""A key of the API, or a code to sign in: whoever has it is who it was made for."""
_STOOD_HERE = re.compile(rf"(?:/l/|%2Fl%2F){TAKEN_OUT}", re.IGNORECASE)


class Letters(Protocol):
    """What is known of letters, and what finds their secrets in a text: :class:`services.parts.Parts` has it, and each worker."""

    @property
    def answered(self) -> PostgresAnswered: ...
    @property
    def party_links(self) -> PostgresPartyLinks: ...
    @property
    def letters_in(self) -> Callable[[bytes], Sequence[tuple[str, str]]]: ...
    @property
    def links_in(self) -> Callable[[bytes], Sequence[str]]: ...
    @property
    def token_in(self) -> Callable[[bytes, Collection[str]], bool]: ...
    @property
    def without_tokens(self) -> Callable[[str, Collection[str]], str]: ...


@dataclass(frozen=True)
class LettersKnown:
    """The same by itself."""

    answered: PostgresAnswered
    party_links: PostgresPartyLinks
    letters_in: Callable[[bytes], Sequence[tuple[str, str]]]
    links_in: Callable[[bytes], Sequence[str]]
    token_in: Callable[[bytes, Collection[str]], bool]
    without_tokens: Callable[[str, Collection[str]], str]


async def of_text(parts: Letters, tenant_id: str, case_id: str | None, text: str) -> str:
    """The text without secrets of letters: of the case's in any spelling, of others by their letter or link."""
    secrets = await _secrets(parts, tenant_id, case_id, text)
    cleaned: str = _clean(parts, text, secrets)
    return cleaned


async def of_command(parts: Letters, tenant_id: str, case_id: str, command: Mapping[str, Any]) -> dict[str, Any]:
    """The command, each of its texts without them."""
    said = {name: value for name, value in command.items() if name not in _NAMES}
    secrets = await _secrets(parts, tenant_id, case_id, "\n\n".join(_texts(said)))
    return {**command, **_clean(parts, said, secrets)}


async def of_report(parts: Letters, tenant_id: str, report: Report) -> Report:
    """The report, its texts without them. Its case is new: they can be those of others alone."""
    said: dict[str, Any] = {name: getattr(report, name) for name in ("subject", "statement", "attributes", "metadata")}
    names = [party.name for party in report.parties]
    secrets = await _secrets(parts, tenant_id, None, "\n\n".join(_texts([said, names])))
    called = zip(report.parties, _clean(parts, names, secrets), strict=True)
    parties = tuple(party.model_copy(update={"name": name}) for party, name in called)
    cleaned = report.model_copy(update={**_clean(parts, said, secrets), "parties": parties})
    return report if cleaned == report else cleaned


async def of_mail(parts: Parts, tenant_id: str, raw: bytes, found: Report | MailReply) -> None:
    """End the links that a mail gave back among its own words or files, which its reader took out. One that only the quotation
    below an answer has stays: that is shown to its sender and the team alone."""
    text = found.statement if isinstance(found, Report) else found.text
    files = [one.data for one in found.attachments if one.name not in FOR_THE_DESK]
    if not any(_STOOD_HERE.search(one) for one in (text, *(data.decode("utf-8", "replace") for data in files))):
        return
    try:
        given_back = await parsed(parts, tenant_id, partial(parts.links_in, raw), len(raw), light=-1)
    except Refused as refused:
        if refused.code == "reading_busy":
            raise
        return
    await parts.party_links.got_out(tenant_id, given_back)


async def _secrets(parts: Letters, tenant_id: str, case_id: str | None, text: str) -> frozenset[str]:
    """The secrets of letters that a text has, their links ended."""
    if len(text) < _SHORTEST:
        return frozenset()
    data = text.encode("utf-8", "replace")
    links = await parts.party_links.among(tenant_id, parts.links_in(data))
    found = links | {token for notice, token in parts.letters_in(data) if parts.answered.held(tenant_id, notice, token)}
    if case_id is not None:
        found |= frozenset(_held(parts, data, sorted(await parts.answered.tokens(tenant_id, case_id))))
    await parts.party_links.got_out(tenant_id, found)
    return found


def _held(parts: Letters, data: bytes, tokens: list[str]) -> list[str]:
    """Those that stand in it: looked for together, and by halves where there is one."""
    if not tokens or not parts.token_in(data, tokens):
        return []
    half = len(tokens) // 2
    return tokens if half == 0 else _held(parts, data, tokens[:half]) + _held(parts, data, tokens[half:])


def _texts(said: Any) -> list[str]:
    if isinstance(said, str):
        return [said]
    inside = said.values() if isinstance(said, Mapping) else said if isinstance(said, (list, tuple)) else ()
    return [text for one in inside for text in _texts(one)]


def _clean(parts: Letters, said: Any, secrets: frozenset[str]) -> Any:
    if isinstance(said, str):
        return parts.without_tokens(_KEY.sub(TAKEN_OUT, said), secrets)
    if isinstance(said, Mapping):
        return {name: _clean(parts, value, secrets) for name, value in said.items()}
    return type(said)(_clean(parts, one, secrets) for one in said) if isinstance(said, (list, tuple)) else said
