"""Orders of authorities: noted, answered, and who was told; each deed is an entry of the tenant's trail.

Regulation (EU) 2022/2065 (the Digital Services Act), articles 9 and 10. For leads and ops. Nothing is sent by Ombud: a person
sends the letters that are drawn up here, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from pydantic import ValidationError

from domain.base import plain
from domain.dsa.order_letters import Letter, letters
from domain.dsa.orders import (
    Article,
    Because,
    Effect,
    Element,
    Line,
    Long,
    Order,
    OrderWords,
    ToDo,
    Whom,
    held_back,
    missing,
    to_do,
)
from services.callers import LEADERS, TEAM, Caller, only
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.trail import Administrator, administrator, note
from storage.intake.orders import Place, SameOrder
from storage.postgres.pool import Connection

__all__ = [
    "CHANGED", "HEAD", "LIFTED", "WITHIN", "Although", "Article", "Because", "Effect", "LiftReason", "Line", "Long", "Looked",
    "OrderWords", "Whom", "add", "answer", "change", "counted", "erase", "line", "listed", "one", "told",
]  # fmt: skip

WITHIN = 24
"""Hours after receipt when nobody says another limit. The law says "without undue delay" and no figure: the tenant's setting
``orders_within`` is what it holds itself to."""
_WHOSE = "Orders of authorities are for leads and operations."
_COUNTRY, _LANGUAGE = re.compile("[A-Z]{2}"), re.compile("[a-z]{2,3}")
_ABOUT = re.compile(r"([a-z0-9][a-z0-9_.:-]{0,63})?")
_WORDS = frozenset(OrderWords.model_fields) - {"answer"}
_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "country": (_COUNTRY, "Write two capital letters, such as DE."),
    "language": (_LANGUAGE, "Write a code in small letters, such as de."),
    "about": (_ABOUT, "Write a code of small letters, such as illegal_speech, or leave it out."),
}
CHANGED = _WORDS | {"country", "about", "language", "declared_language", "reasons_withheld", "due_at", "hold_until", "keeper"}
"""What can be changed of an order: what it says, as the authority adds to it; when it is due; until when the person is not told;
who looks after it."""
LiftReason = Literal["investigation_over", "order_withdrawn", "court", "noted_wrongly"]
"""Why a person may be told sooner than the authority said. A code: the trail keeps nobody's words."""
LIFTED = frozenset({"lift_reason", "authority_allows"})
"""What is said with it where a person may be told sooner than the authority said."""
Although = Literal["asked_back", "not_needed", "danger"]
"""Why effect is given to an order that does not say all that articles 9(2) and 10(2) ask for: the authority was asked for the
rest and has not sent it; nothing of it is needed to carry the order out; or somebody's life or safety is in danger. A code."""
HEAD = (
    "Order", "Article", "Country", "About", "Authority", "Reference", "Received", "Due", "State", "To do", "Looked after by",
    "Effect", "Because", "Effect at", "Receipt confirmed", "Authority told", "Person told", "Hold until", "Coordinator's copy",
)  # fmt: skip
"""The columns of the table for other programs; of a year they are what a report under article 15(1)(a) counts."""


@dataclass(frozen=True)
class Looked:
    """An order, as it stands now."""

    order: Order
    state: str
    to_do: tuple[ToDo, ...]
    missing: tuple[tuple[Element, str], ...]
    letters: Mapping[Letter, str] = field(default_factory=dict)


async def listed(parts: Parts, caller: Caller, page: Page, *, all_of_them: bool = False) -> Part[Looked]:
    """Those about which something is to be done, the most pressing first; or all, the newest first. Raises ``not_allowed``."""
    await only(parts, caller, LEADERS, _WHOSE)
    cursors = Cursors.of(parts, caller, "orders", "all" if all_of_them else "to_do")
    after = None
    if page.cursor is not None:
        at, order_id = cursors.read(page.cursor)
        after = Place(datetime.fromisoformat(at), order_id)
    found = await parts.orders.listed(caller.tenant_id, page.limit + 1, after, to_do=not all_of_them)
    shown, more = found[: page.limit], len(found) > page.limit
    now = datetime.now(UTC)
    last = shown[-1] if more else None
    ends = (last.received_at if all_of_them else last.due_at) if last else None
    cursor = cursors.write(ends.isoformat(), last.id) if last and ends else None
    return Part(tuple(_looked(one, now) for one in shown), more, cursor)


async def counted(parts: Parts, caller: Caller) -> tuple[int, int]:
    """How many something is to be done about, and how many of them are late. Raises ``not_allowed``."""
    await only(parts, caller, LEADERS, _WHOSE)
    return await parts.orders.counted(caller.tenant_id, datetime.now(UTC))


async def one(parts: Parts, caller: Caller, order_id: str) -> Looked:
    """One of them, with the letters that can be sent now. Raises ``not_allowed`` and ``not_found``."""
    await only(parts, caller, LEADERS, _WHOSE)
    found = await parts.orders.one(caller.tenant_id, order_id)
    if found is None:
        raise not_found()
    return await _shown(parts, caller, found)


async def add(parts: Parts, caller: Caller, article: int, country: str, language: str, said: Mapping[str, Any]) -> Looked:
    """Note an order that has come in. ``said``: :data:`CHANGED`, and ``received_at`` where it came before now.

    What the order does not say may be left out: it is noted, and told back (:func:`missing`). Raises ``not_allowed`` and
    ``parameter_invalid``.
    """
    who = await _who(parts, caller)
    now = datetime.now(UTC)
    received = said.get("received_at") or now
    if received > now:
        raise _wrong("received_at", "It came before now.")
    given = {name: value for name, value in said.items() if name != "received_at"}
    given |= {"country": country, "language": language}
    due = given.get("due_at") or received + timedelta(hours=await _within(parts, caller))
    bare = {
        "id": "ord_", "article": article, "country": country, "about": "", "language": language, "declared_language": True,
        "reasons_withheld": False, "received_at": received, "due_at": due, "made_by": who.by, "made_at": now,
        "words": OrderWords(),
    }  # fmt: skip
    order = await _changed(parts, caller, _order(bare), {**given, "due_at": due})
    assert order.words is not None, "made just now"
    async with parts.trail.deed(caller.tenant_id) as conn:
        try:
            made = await parts.orders.add(conn, caller.tenant_id, order, order.words)
        except SameOrder:
            raise _same() from None
        lacks = [element.value for element, _ in missing(made)]
        await note(conn, who, "order_added", made.id, article=article, received_at=received.isoformat(), missing=lacks)
    return await _shown(parts, caller, made)


async def change(parts: Parts, caller: Caller, order_id: str, said: Mapping[str, Any]) -> Looked:
    """What the authority added, another limit, until when the person is not told, or who looks after it (:data:`CHANGED`).

    That they may be told sooner is the authority's word (Regulation (EU) 2022/2065, articles 9(5) and 10(5)): it takes a reason,
    which stays in the trail, and the word of whoever changes it that it is allowed (:data:`LIFTED`).

    Raises ``not_allowed``, ``not_found``, ``nothing_changes`` and ``parameter_invalid``.
    """
    who = await _who(parts, caller)
    if not said:
        raise Refused("nothing_changes", "Name what is to change.")
    async with parts.trail.deed(caller.tenant_id) as conn:
        before = await _held(parts, conn, caller, order_id)
        about = {name: value for name, value in said.items() if name in LIFTED}
        order = await _changed(parts, caller, before, {name: value for name, value in said.items() if name not in LIFTED})
        lifted = _lifted(before, order, about, datetime.now(UTC))
        # Which, not what: what an order says is about somebody.
        when = {name: said[name].isoformat() if said[name] else None for name in ("due_at", "hold_until") if name in said}
        await _save(parts, conn, caller, order)
        await note(conn, who, "order_changed", order_id, fields=sorted(said.keys() - LIFTED), **when, **lifted)
    return await _shown(parts, caller, order)


async def answer(
    parts: Parts, caller: Caller, order_id: str, effect: Effect, because: Because | None = None, answer: str = "",
    at: datetime | None = None, although: Although | None = None,
) -> Looked:  # fmt: skip
    """Say whether and when effect was given to it (articles 9(1) and 10(1)), and why not or not to all of it.

    What an order does not say is asked back first: to give effect to it all the same takes a reason (:data:`Although`), which
    stays in the trail.

    Said again, as when a second order or a court changed it, the authority and the person are to be told anew. Raises
    ``not_allowed``, ``not_found`` and ``parameter_invalid``.
    """
    who = await _who(parts, caller)
    now = datetime.now(UTC)
    when = at or now
    said = plain(answer).strip()
    if (effect == "given") != (because is None):
        raise _wrong("because", "Say why, where no effect or only a part of it was given, and only there.")
    if because == "other" and not said:
        raise _wrong("answer", "Say in words why.")
    async with parts.trail.deed(caller.tenant_id) as conn:
        before = await _held(parts, conn, caller, order_id)
        if not before.received_at <= when <= now:
            raise _wrong("at", "It was after the order came, and not ahead of now.")
        assert before.words is not None, "looked at when it was held"
        despite = _despite(before, effect, although)
        words = _words(before.words, {"answer": said})
        afresh = {"authority_told_at": None, "person_told_at": None, "person_unreachable": False} if before.effect else {}
        order = before.model_copy(update={"effect": effect, "because": because, "effect_at": when, "words": words, **afresh})
        await _save(parts, conn, caller, order)
        await note(conn, who, "order_answered", order_id, effect=effect, because=because, at=when.isoformat(), **despite)
    return await _shown(parts, caller, order)


async def told(
    parts: Parts, caller: Caller, order_id: str, whom: Whom, at: datetime | None = None, *, unreachable: bool = False
) -> Looked:
    """Say that somebody was told; ``unreachable``: there is nobody concerned who could be.

    Raises ``not_allowed``, ``not_found``, and ``parameter_invalid`` for whoever was told already, the authority before it is
    known what to tell it, and the person while they are not to be told.
    """
    who = await _who(parts, caller)
    now = datetime.now(UTC)
    when = at or now
    async with parts.trail.deed(caller.tenant_id) as conn:
        order = await _held(parts, conn, caller, order_id)
        _tellable(order, whom, when, now, unreachable=unreachable)
        column = f"{whom.removeprefix('authority_')}_told_at"
        done = {"person_unreachable": True} if unreachable else {column: when}
        order = order.model_copy(update=done)
        await _save(parts, conn, caller, order)
        await note(conn, who, "order_told", order_id, whom=whom, at=when.isoformat(), unreachable=unreachable)
    return await _shown(parts, caller, order)


async def erase(parts: Parts, caller: Caller, order_id: str) -> Looked:
    """Destroy what an order says, once nothing is left to be done about it. For administrators; nothing brings it back.

    Raises what :func:`administrator` raises, ``proof_needed``, ``not_found`` and ``parameter_invalid``.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "erase")
    async with parts.trail.deed(caller.tenant_id) as conn:
        await _held(parts, conn, caller, order_id)
        if not await parts.orders.erase(conn, caller.tenant_id, order_id):
            raise _wrong("id", "Something is to be done about it yet.")
        await note(conn, who, "order_erased", order_id)
    return await one(parts, caller, order_id)


def line(looked: Looked, names: Mapping[str, str]) -> Sequence[str]:
    """An order as a row under :data:`HEAD`; times in UTC."""
    order, words = looked.order, looked.order.words or OrderWords()
    times = (order.receipt_told_at, order.authority_told_at)
    person = "nobody can be told" if order.person_unreachable else _stamp(order.person_told_at)
    keeper = names.get(order.keeper, order.keeper) if order.keeper else ""
    return (
        order.id, str(order.article), order.country, order.about, words.authority, words.reference, _stamp(order.received_at),
        _stamp(order.due_at), looked.state, " ".join(looked.to_do), keeper, order.effect or "", order.because or "",
        _stamp(order.effect_at), *(_stamp(at) for at in times), person, _stamp(order.hold_until),
        _stamp(order.coordinator_told_at),
    )  # fmt: skip


def _stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes") if at is not None else ""


def _looked(order: Order, now: datetime) -> Looked:
    return Looked(order, order.state(now), to_do(order, now), missing(order))


async def _shown(parts: Parts, caller: Caller, order: Order) -> Looked:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    now = datetime.now(UTC)
    written = letters(order, tenant.name if tenant else "", now)
    return Looked(order, order.state(now), to_do(order, now), missing(order), written)


async def _who(parts: Parts, caller: Caller) -> Administrator:
    await only(parts, caller, LEADERS, _WHOSE)
    return Administrator(caller.tenant_id, caller.holder, caller.credential)


async def _within(parts: Parts, caller: Caller) -> int:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    said = tenant.settings.get("orders_within") if tenant else None
    return said if isinstance(said, int) else WITHIN


async def _held(parts: Parts, conn: Connection, caller: Caller, order_id: str) -> Order:
    found = await parts.orders.held(conn, caller.tenant_id, order_id)
    if found is None:
        raise not_found()
    if found.words is None:
        raise _wrong("id", "What it says was erased: nothing more is noted about it.")
    return found


async def _save(parts: Parts, conn: Connection, caller: Caller, order: Order) -> None:
    try:
        await parts.orders.save(conn, caller.tenant_id, order)
    except SameOrder:
        raise _same() from None


async def _changed(parts: Parts, caller: Caller, order: Order, said: Mapping[str, Any]) -> Order:
    """The order with what is said of it."""
    for name in said:
        if name not in CHANGED:
            raise _wrong(name, "This is not changed.")
    for name, (shape, why) in _SHAPES.items():
        if name in said and not (isinstance(said[name], str) and shape.fullmatch(said[name])):
            raise _wrong(name, why)
    if said.get("due_at", order.due_at) is None or said.get("due_at", order.due_at) < order.received_at:
        raise _wrong("due_at", "It is due after it came.")
    keeper = said.get("keeper")
    if keeper is not None:
        actor = await parts.views.actor(caller.tenant_id, "", keeper)
        if actor is None or actor.role not in TEAM:
            raise _wrong("keeper", "Name somebody who works here.")
    if said.get("reasons_withheld") and order.article != 10:
        raise _wrong("reasons_withheld", "Only an order to give information can keep its reasons back (article 10(2)(a)(iv)).")
    assert order.words is not None, "looked at when it was held"
    words = _words(order.words, {name: plain(said[name]).strip() for name in _WORDS & said.keys()})
    return _order({**dict(order), **{name: value for name, value in said.items() if name not in _WORDS}, "words": words})


def _lifted(before: Order, after: Order, about: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the trail keeps where the person may be told sooner; nothing where they may not. Raises ``parameter_invalid``."""
    sooner = after.hold_until is None or (before.hold_until is not None and after.hold_until < before.hold_until)
    if not (held_back(before, now) and sooner):
        if about:
            raise _wrong(min(about), "It goes with `hold_until` alone, where the person may be told sooner than before.")
        return {}
    reason = about.get("lift_reason")
    if reason not in get_args(LiftReason):
        raise _wrong("lift_reason", f"Say why the person may be told sooner, by one of: {', '.join(get_args(LiftReason))}.")
    if about.get("authority_allows") is not True:
        said = (
            "Only the authority, or a court over it, allows that they are told sooner (articles 9(5) and 10(5)): ask, and say so."
        )
        raise _wrong("authority_allows", said)
    return {"lift_reason": reason, "authority_allows": True}


def _despite(order: Order, effect: Effect, although: Although | None) -> dict[str, Any]:
    """What the trail keeps where effect is given to an order that lacks something; nothing where it is whole, or none is given.
    Raises ``parameter_invalid``."""
    lacks = [element.value for element, _ in missing(order)] if effect != "not_given" else []
    if not lacks:
        if although is not None:
            raise _wrong("although", "It goes with effect that is given to an order in which something is missing.")
        return {}
    if although not in get_args(Although):
        said = (
            f"The order does not say {', '.join(lacks)}: ask the authority for it (the letter `receipt` does), and note what it "
            f"adds. Where effect was given all the same, say why, by one of: {', '.join(get_args(Although))}."
        )
        raise _wrong("although", said)
    if although == "asked_back" and order.receipt_told_at is None:
        raise _wrong(
            "although", "Note first that the authority was asked: the letter `receipt` asks, and `authority_receipt` was told."
        )
    return {"although": although, "missing": lacks}


def _words(before: OrderWords, said: Mapping[str, str]) -> OrderWords:
    try:
        return OrderWords.model_validate({**before.model_dump(), **said})
    except ValidationError as error:
        wrong = [FieldError(str(one["loc"][0]), "parameter_invalid", one["msg"]) for one in error.errors()]
        raise Refused("parameter_invalid", errors=wrong) from None


def _order(values: Mapping[str, Any]) -> Order:
    try:
        return Order.model_validate(values)
    except ValidationError as error:
        wrong = [FieldError(str(one["loc"][0]), "parameter_invalid", one["msg"]) for one in error.errors()]
        raise Refused("parameter_invalid", errors=wrong) from None


def _tellable(order: Order, whom: Whom, when: datetime, now: datetime, *, unreachable: bool) -> None:
    if whom not in get_args(Whom):
        raise _wrong("whom", f"Use one of: {', '.join(get_args(Whom))}.")
    if unreachable and whom != "person":
        raise _wrong("unreachable", "Only of the person concerned.")
    if not order.received_at <= when <= now:
        raise _wrong("at", "It was after the order came, and not ahead of now.")
    already = {
        "authority_receipt": order.receipt_told_at,
        "authority": order.authority_told_at,
        "person": order.person_told_at or (order.person_unreachable or None),
        "coordinator": order.coordinator_told_at,
    }[whom]
    if already is not None:
        raise _wrong("whom", "That is noted already.")
    if whom == "authority" and (order.effect is None or (order.effect_at is not None and when < order.effect_at)):
        raise _wrong("whom", "Say first what effect was given: that is what they are told.")
    if whom == "person" and not unreachable and held_back(order, when):
        raise _wrong("whom", "They are not to be told before `hold_until`; change that first, where the authority allows it.")


def _same() -> Refused:
    return _wrong("reference", "An order of this authority with this number is noted already.")


def _wrong(name: str, why: str) -> Refused:
    return Refused("parameter_invalid", errors=[FieldError(name, "parameter_invalid", why)])
