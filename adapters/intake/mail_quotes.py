"""Tells what somebody wrote now from what they quote of an earlier mail."""

from __future__ import annotations

import re
from collections.abc import Collection

from adapters.intake.mail_quote_heads import head_at, is_own

_ATTRIBUTION = re.compile(
    r"^(?:On\b.{4,200}\bwrote|Le\b.{4,200}\ba écrit|Am\b.{4,200}\bschrieb.{0,100}|El\b.{4,200}\bescribió|"
    r"Il\b.{4,200}\bha scritto|Op\b.{4,200}\bschreef.{0,100}|Em\b.{4,200}\bescreveu)\s*:$"
)
_OF_MAIL = re.compile(r"^(?=.*\d.*\d.*\d).{10,}[:：]$")
"""With a date in it and a colon at its end."""
_ADDRESS = re.compile(r"<([^\s<>@]{1,100}@[^\s<>@]{1,200})>")
_FORWARD = re.compile(r"^\s*(?:(?:re|aw|sv|antw)\s*:\s*){0,3}(?:fwd?|wg|tr|rv|i|vs|vl)\s*:", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original)\s*-{2,}$", re.IGNORECASE
)


def is_forward(subject: str) -> bool:
    """Whether a mail hands on somebody else's words, by the mark that mail programs put before its subject."""
    return _FORWARD.match(subject) is not None


def without_quotes(text: str, ours: Collection[str] = (), subject: str = "") -> tuple[str, str]:
    """``(own, quoted)``. Answers written between quoted lines make no sense without them: then everything is the sender's own.
    What is nothing but a quotation has no own words. ``ours`` are the addresses that our letters come from and are answered at,
    ``subject`` is the answer's.
    """
    lines = text.split("\n")
    quoted = _quoted_lines(lines, ours, subject)
    own = "\n".join(line for line, is_quoted in zip(lines, quoted, strict=True) if not is_quoted).strip()
    if not own and any(quoted):
        return "", text.strip()
    if not any(quoted) or not own or _interleaved(lines, quoted):
        return text.strip(), ""
    rest = "\n".join(line for line, is_quoted in zip(lines, quoted, strict=True) if is_quoted).strip()
    return re.sub(r"\n{3,}", "\n\n", own), rest


def _quoted_lines(lines: list[str], ours: Collection[str], subject: str) -> list[bool]:
    quoted = [line.startswith(">") for line in lines]
    if (head := head_at(lines, ours, subject)) is not None:
        # What stands below a block of headers is the quoted mail, to its end.
        return [*_quoted_lines(lines[:head], ours, subject), *([True] * (len(lines) - head))] if head else [True] * len(lines)
    for at, line in enumerate(lines):
        if _ORIGINAL.match(line.strip()):
            return quoted[:at] + [True] * (len(lines) - at)
    for at in range(len(lines)):
        height, own = _attribution(lines, at, ours)
        after = at + height
        while height and after < len(lines) and not lines[after].strip():
            after += 1
        # Without quoted lines after it, "On … wrote:" is somebody's own sentence, unless nothing follows at all.
        if height and (after == len(lines) or quoted[after]):
            quoted[at:after] = [True] * (after - at)
        elif height and own:
            # It names one of our addresses and when: Yahoo quotes our letter below it without any mark.
            quoted[at:] = [True] * (len(lines) - at)
            break
    return quoted


def _attribution(lines: list[str], at: int, ours: Collection[str]) -> tuple[int, bool]:
    """How many lines an attribution that starts here takes (mail programs break it at the address), 0 when none does; and whether
    it is one of a letter of ours, in whatever language."""
    if quoted_or_blank(lines[at]):
        return 0, False
    for height in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + height])
        if len(joined) > 400:
            break
        if _ATTRIBUTION.match(joined):
            return height, _of_ours(joined, ours)
        if _of_ours(joined, ours) and not _of_ours(joined[len(lines[at].strip()) :].strip(), ours):
            # The next lines alone are none: this one belongs to it.
            return height, True
    return 0, False


def _of_ours(joined: str, ours: Collection[str]) -> bool:
    return _OF_MAIL.match(joined) is not None and any(is_own(one, ours) for one in _ADDRESS.findall(joined))


def quoted_or_blank(line: str) -> bool:
    """Whether the line cannot begin an attribution."""
    return not line.strip() or line.startswith(">")


def _interleaved(lines: list[str], quoted: list[bool]) -> bool:
    """Whether own text stands between two quotations."""
    shape = "".join("q" if is_quoted else "o" for line, is_quoted in zip(lines, quoted, strict=True) if line.strip())
    return re.search(r"qo+q", shape) is not None
