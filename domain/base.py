"""The ground the rules stand on: frozen models, money, and words shared by every part of a case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer
from pydantic_core import PydanticCustomError


class Frozen(BaseModel):
    """A value that never changes and refuses fields it does not know (a misspelt field must not be lost silently)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kept(BaseModel):
    """A value that was stored and is read back for ever: fields that a later release added are ignored by an older one.

    A field whose name was changed keeps the stored one as its alias; both are read, the stored one is written.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


def without_defaults(value: BaseModel, dumped: dict[str, Any]) -> dict[str, Any]:
    """What a dumped model says beyond its defaults."""
    fields = type(value).model_fields
    return {k: v for k, v in dumped.items() if getattr(value, k) != fields[k].default}


class Compact(Kept):
    """A kept value whose JSON leaves out what equals its default. A default of such a model therefore never changes."""

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_defaults(self, handler(self))


def _as_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("date_impossible", "This instant lies outside the years that can be kept.") from None


Instant = Annotated[AwareDatetime, AfterValidator(_as_utc)]
"""An aware UTC datetime. Fields of this type are named ``..._at``."""


class Side(StrEnum):
    """The two sides of a case."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"

    @property
    def other(self) -> Side:
        """The opposing side."""
        return Side.RESPONDENT if self is Side.CLAIMANT else Side.CLAIMANT


class Phase(StrEnum):
    """Where a case stands (design: phases). Packs switch phases off and rename them for people."""

    INTAKE = "intake"
    SETTLEMENT = "settlement"
    REVIEW = "review"
    APPROVAL = "approval"
    RULED = "ruled"
    APPEALABLE = "appealable"
    APPEAL = "appeal"
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a case is; clocks have a target for each."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


def most_urgent(priority: Priority, *others: Priority | None) -> Priority:
    """The most urgent of them; None counts for nothing."""
    return max((priority, *(p for p in others if p is not None)), key=tuple(Priority).index)


class Outcome(StrEnum):
    """How a case ended."""

    RULED = "ruled"
    SETTLED = "settled"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code, upper case")]


class Money(Frozen):
    """An amount in minor units (cents) of one ISO 4217 currency; never a float."""

    amount: Annotated[int, Field(ge=0, le=10**15, strict=True)]
    currency: Currency


_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, of which terminals make commands; newline and tab are none of them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of what stands around it
    # What nobody sees, and machines read: of Unicode's format characters all that do not show, and its fillers. The signs that
    # are written around numbers (Arabic, Syriac, Kaithi) and those that arrange hieroglyphs show, and stay.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\ud800-\udfff"  # half characters
    "]"
)
_VARIANT, _JOINER = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]", "[\u200c\u200d]"
_SHAPES = re.compile(f"(?:{_VARIANT}|{_JOINER})+")
"""What joins letters and emoji, and what chooses between their forms."""
_SHAPED = re.compile(f"({_VARIANT}?)({_JOINER}?)")
_LATIN = "\u02ff"
"""The end of the letters that nothing has to join."""
_NEW_LINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Somebody's words as they may be shown: without control characters, bidi overrides and what nobody sees.

    Every face that shows what strangers wrote asks here, and nowhere is it decided again. Newlines and tabs stay; a carriage
    return is a new line, for a terminal writes over what stood there. What joins letters (ZWJ, ZWNJ) stays once behind a
    character of a script that needs it or an emoji, and what chooses a form of a character once behind it: in `ad\u200cmin`,
    or many in a row, they only make two words look the same.
    """
    if text.isascii() and text.isprintable():
        # What most words are: nothing of the above is among the printable letters of ASCII.
        return text
    return _SHAPES.sub(_shaping, _UNSEEN.sub("", _NEW_LINE.sub("\n", text)))


def _shaping(found: re.Match[str]) -> str:
    """What of it shapes the character before."""
    before = found.string[found.start() - 1] if found.start() else " "
    shaped = _SHAPED.match(found[0])
    if before.isspace() or shaped is None:
        return ""
    return shaped[1] + (shaped[2] if before > _LATIN else "")


def plain_line(text: str) -> str:
    """The same on one line, words one space apart."""
    return " ".join(plain(text).split())


Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_.:-]*$")]
"""A short lower-case identifier that a pack or a rule defines (an outcome, a ground, a category)."""

CodePattern = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_.:-]*\*?$")]
"""A code, or with ``*`` at its end all that begin like it (``gdpr_*``)."""


def among(code: str, patterns: Iterable[str]) -> bool:
    """Whether a code is one of these, each a :data:`CodePattern`."""
    return any(code == one or (one.endswith("*") and code.startswith(one[:-1])) for one in patterns)


Reference = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Somebody else's identifier (an order, a charge, a report number): one line, no control characters."""


ActorId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^(system|(per|pty|key)_[A-Za-z0-9_.-]+)$")]
"""Who speaks: a person (``per_``), a party (``pty_``), a machine's key (``key_``) or ``system``."""

CommandId = Annotated[str, Field(min_length=5, max_length=128, pattern=r"^(cmd|dl)_[A-Za-z0-9_.:-]+$")]
"""The id of a command: ``cmd_…`` chosen by whoever sends it, ``dl_{clock}:{instance}:{level}`` for a deadline."""


class CommandBase(Frozen):
    """What every command says: its own id, who asks, and the door through which it came."""

    id: CommandId
    by: ActorId
    channel: Literal["api", "console", "cli", "temporal", "email", "webhook", "system"] = "temporal"


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code of a language")]

CaseId = Annotated[str, Field(pattern=r"^case_[A-Za-z0-9-]{8,64}$")]
PartyId = Annotated[str, Field(pattern=r"^pty_[A-Za-z0-9_.-]{1,120}$")]
PersonId = Annotated[str, Field(pattern=r"^per_[A-Za-z0-9_.-]{1,120}$")]
CampaignId = Annotated[str, Field(pattern=r"^cmp_[A-Za-z0-9-]{1,64}$")]
TenantId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


def derived_id(prefix: str, command_id: str, part: str = "") -> str:
    """An id that follows from the command that caused it, so that deciding twice gives the same one.

    ``derived_id("rul", "cmd_0198…")`` is ``rul_0198…``; ``part`` tells several of one command apart.
    """
    stem = command_id.split("_", 1)[1]
    return f"{prefix}_{stem}{'-' + part if part else ''}"
