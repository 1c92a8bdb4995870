"""Who a mail says that it is from: an address and a name out of fields that were written by programs of every age."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from adapters.intake.mail_headers import Headers, words_decoded
from domain.base import plain_line

_LOOKED_AT = 4_000
"""Characters of such a field: an address has at most 254."""
_MOST_FIELDS = 10
"""From fields that are looked at: a mail has one."""
_ENTITY = re.compile(r"&(?:lt|gt|quot|amp|apos|nbsp|commat|#[0-9]{1,4}|#x[0-9a-f]{1,3});?", re.IGNORECASE)
"""How a page writes the signs of a field: a form that put the page's own text into the field made them."""
_QUOTES = "\"'`\u2018\u2019\u201c\u201d \t"
_ROUTE = re.compile(r"^(?:@[^:<>]{1,255},?)+:")
_BARE = re.compile(r"(?:[^\s,;:<>()\[\]\"]{1,200}|\"(?:[^\"\\]|\\.){1,62}\")\s{0,3}@\s{0,3}[^\s,;:<>()\"@]{1,255}")
_QUOTED_LOCAL = re.compile(r"\"((?:[^\"\\]|\\[ -~]){1,62})\"\s*@([^\s@\"]{1,255})")
"""A local part in quotation marks (RFC 5321, section 4.1.2): a space in it is part of the address."""
_ATOM = re.compile(r"[^\s\"\\(),:;<>@\[\]]+")


@dataclass(frozen=True, slots=True)
class Sender:
    """As claimed. ``guessed``: the field did not say it by itself."""

    address: str = ""
    name: str = ""
    guessed: bool = False
    others: tuple[str, ...] = ()
    """Further addresses in From, in lower case: nobody knows who of them wrote (RFC 5322, section 3.6.2)."""


def sender_of(headers: Headers, ours: Collection[str] = ()) -> Sender:
    """The first author. ``ours`` are addresses of our own (or ``@domain``): a mail that a group or a list sent on under one of
    them is from whom it names beside.

    An address stands in angle brackets wherever there are any; what else looks like one is a name.
    """
    fields = headers.every("From")[:_MOST_FIELDS]
    authors = [mailbox(field) for field in fields] or [mailbox("")]
    author = next((one for one in authors if one.address), authors[0])
    if not author.address:
        found = next((m for n in ("Sender", "Reply-To", "X-Original-From") if (m := mailbox(headers.raw(n))).address), None)
        return Sender(found.address, found.name, True) if found else author
    if not _rewritten(author.address, headers, ours):
        named = frozenset[str]().union(*map(_authors_in, fields)) - {author.address.lower()}
        guessed = author.guessed or len(fields) > 1 or bool(named)
        return replace(author, guessed=guessed, others=tuple(sorted(named)))
    posts = _listed(headers)
    for name in ("X-Original-From", "Reply-To", "X-Original-Sender"):
        for known in mailboxes(headers.raw(name)):
            if not _is_one_of(known.address, ours) and known.address.lower() not in {author.address.lower(), *posts}:
                return Sender(known.address, known.name or _without_via(author.name), True)
    return author


def _rewritten(address: str, headers: Headers, ours: Collection[str]) -> bool:
    """Whether a group or a list put itself into the place of the author."""
    if _is_one_of(address, ours):
        return True
    listed = any(headers.raw(name) for name in ("X-Original-From", "X-Original-Sender", "List-Id", "List-Post"))
    if address.lower() in _listed(headers):
        return True
    places = " ".join(headers.raw(name) for name in ("To", "Cc", "Delivered-To", "List-Post", "X-Original-To")).lower()
    return listed and address.lower() in re.split(r"[\s<>,;:]+", places)


def _listed(headers: Headers) -> set[str]:
    """The address of the list that the mail came by: where one writes to it, and its id as an address (RFC 2369 and 2919)."""
    posts = set(re.findall(r"mailto:([^>?\s]{3,254})", headers.raw("List-Post")[:_LOOKED_AT].lower()))
    ids = re.findall(r"<([^<>@\s]{3,254})>", headers.raw("List-Id")[:_LOOKED_AT].lower())
    return posts | {named.replace(".", "@", 1) for named in ids}


def _is_one_of(address: str, ours: Collection[str]) -> bool:
    low = address.lower()
    return low in ours or "@" + low.rpartition("@")[2] in ours


def _without_via(name: str) -> str:
    return re.sub(r"\s+via\s.*$", "", name, flags=re.DOTALL).strip(_QUOTES)


def mailboxes(field: str) -> list[Sender]:
    """The first mailboxes of a field that names several."""
    field = field[:_LOOKED_AT]
    cuts = [match.end() for match in re.finditer(r"\"(?:[^\"\\]|\\.)*\"|>\s*,|[^\s,<>\"]+@[^\s,<>\"]+\s*,", field)
            if match[0].endswith(",")][:10]  # fmt: skip
    pieces = [field[start:end] for start, end in zip([0, *cuts], [*cuts, len(field)], strict=True)]
    return [found for piece in pieces if (found := mailbox(piece.strip().rstrip(","))).address]


def addresses_in(field: str) -> frozenset[str]:
    """Whatever looks like an address in a field outside of quotation marks that are a name's, and of comments."""
    plain = _without_comments(field[:_LOOKED_AT])[0]
    outside = re.sub(r'"(?:[^"\\]|\\.)*"(?!\s*@)', " ", plain)
    return frozenset(address.lower() for found in _BARE.findall(outside) if "@" in (address := _address(found)))


def _authors_in(field: str) -> frozenset[str]:
    """The addresses of whoever a field says wrote it: where there are angle brackets, what stands before them is a name."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"(?!\s*@)', " ", _without_comments(field[:_LOOKED_AT])[0])
    pieces = (piece.partition("<") for piece in re.split("[,;:]", plain))
    return frozenset[str]().union(*(addresses_in(inside or before) for before, _, inside in pieces))


def mailbox(field: str) -> Sender:
    """Name and address of the first mailbox in a field; empty when there is none."""
    field = field[:_LOOKED_AT]
    found = _in_brackets(field)
    if found is None and "<" not in field and _ENTITY.search(field) and "<" in (shown := html.unescape(field)):
        return replace(mailbox(shown), guessed=True)
    if found is None and "<" in field and ("<" in _without_comments(field)[0] or field.count("(") != field.count(")")):
        # A quotation mark or a comment that has no end hides the rest from nobody; one that has an end is no address.
        found = _in_brackets(re.sub(r'["()]', " ", field))
    if found is None and "@" not in field and "=?" in field:
        # The address, too, was put into encoded words.
        field = words_decoded(field)
        found = _in_brackets(field)
    if found is not None:
        # Of a group (``Friends: Dana <…>;``) the first member wrote it.
        before = found[0].rpartition(":")[2] if field.rstrip().endswith(";") and '"' not in found[0] else found[0]
        return Sender(_address(found[1]), _name(before, _address(found[1])), _is_mended(found[1]))
    return _bare(field)


def _in_brackets(field: str) -> tuple[str, str] | None:
    """What stands before the first angle brackets with an address in them, outside of quotation marks and comments, and that."""
    quoted, depth, begun, after = False, 0, -1, 0
    at = 0
    while at < len(field):
        sign = field[at]
        if sign == "\\":
            at += 1
        elif quoted:
            quoted = sign != '"'
        elif sign == "(" and begun < 0:
            depth += 1
        elif depth:
            depth -= sign == ")"
        elif sign == '"':
            quoted = True
        elif sign == "<":
            begun = at
        elif sign == ">" and begun >= 0:
            given = field[begun + 1 : at]
            if "@" in _address(given):
                return field[after:begun], given
            begun = -1
        at += 1
    words = field[begun + 1 :].split() if begun >= 0 else []
    return (field[:begun], words[0]) if words and "@" in _address(words[0]) else None


def _is_mended(given: str) -> bool:
    """Whether something stood there that is in no address (RFC 5321, section 4.1.2; RFC 5890), and was left out."""
    text = " ".join(words_decoded(given).split())
    return plain_line(text) != text or text.endswith((";", ",")) or _ENTITY.search(text) is not None


def _address(given: str) -> str:
    text = plain_line(words_decoded(given))
    if (quoted := _QUOTED_LOCAL.fullmatch(text.strip())) is not None:
        local = quoted[1] if _ATOM.fullmatch(quoted[1]) else f'"{quoted[1]}"'
        return f"{local}@{quoted[2].rstrip('.')}"
    # A comment may stand within an address, too (RFC 5322, section 3.4.1).
    text = _without_comments(text)[0] if "(" in text and '"' not in text else text
    text = _ROUTE.sub("", re.sub(r"\s+", "", html.unescape(text) if _ENTITY.search(text) else text)).strip(_QUOTES + "<>,;")
    # A domain in a mail has no dot at its end (RFC 5321, section 4.1.2).
    return (text[7:] if text.lower().startswith("mailto:") else text).rstrip(".")


def _bare(field: str) -> Sender:
    """An address without brackets: its comment, if any, is the name (``dana@example.net (Dana Roe)``)."""
    plain, comments = _without_comments(field)
    found = _BARE.search(plain)
    if found is None:
        return Sender("", _name(field, ""))
    return Sender(_address(found[0]), _name(comments, found[0]), _is_mended(found[0]))


def _without_comments(field: str) -> tuple[str, str]:
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for sign in field:
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        else:
            (inside if depth else outside).append(sign)
    return "".join(outside), "".join(inside)


def _name(given: str, address: str) -> str:
    """The name in plain text; what says the address again is none."""
    whole = re.fullmatch(r'\s*"((?:[^"\\]|\\.)*)"\s*', given)
    text = words_decoded(re.sub(r"\\([\"\\])", r"\1", whole[1] if whole else given))
    text = plain_line(text).strip(_QUOTES + ",;")
    if whole is None and text.count('"') == 2 and not text.startswith('"'):
        text = text.replace('"', "")
    return "" if text.strip(_QUOTES).lower() == address.lower() else text
