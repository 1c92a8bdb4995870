"""A notice of illegal content by anybody: what the form of the report asks beside the usual, and what it makes of the answers.

Regulation (EU) 2022/2065 (the Digital Services Act), article 16(2): why it is illegal, the exact location, name and e-mail
address (but for the offences of articles 3 to 7 of Directive 2011/93/EU) and the belief in good faith. What is missing is asked
for before anything is sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from console.party.language import Language
from domain.model.report import Scalar

OF_WHAT, OF_YOU = ("url", "danger", "abuse", "within"), ("good_faith",)
KEY = "flagger"
"""Behind the address of the form: whose it is, where it is a trusted flagger's."""
FIELDS = (*OF_WHAT, *OF_YOU, KEY)
"""What a notice is asked beside the usual, by the screen on which it is asked, and what its address brought along."""
MOST = 20
"""Addresses in one notice."""
LONGEST = 2000
"""Characters of one address."""
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
_YES = "yes"


def needs_no_name(said: Mapping[str, str]) -> bool:
    """Whether it is about the sexual abuse of a child: article 16(2)(c)."""
    return said["abuse"] == _YES


def unnamed(said: Mapping[str, str]) -> str | None:
    """Who sends it where they give no address: somebody of whom nothing is known, the same for the same form; else None."""
    if said["email"].strip():
        return None
    return f"unnamed-{hashlib.sha256(said['once'].encode('utf-8', 'replace')).hexdigest()[:32]}"


def places(said: Mapping[str, str]) -> list[str]:
    """Where it is, an address after the other, each once."""
    return list(dict.fromkeys(said["url"].split()))


def missing(step: str, said: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    """What a notice lacks, by field: the key of a sentence, and what is filled in."""
    if step == "what":
        found = places(said)
        if not found:
            yield "url", ("notice.place_missing", {})
        elif len(found) > MOST:
            yield "url", ("notice.too_many_places", {"most": MOST, "n": len(found)})
        elif (wrong := next((one for one in found if not _ADDRESS.fullmatch(one) or len(one) > LONGEST), None)) is not None:
            yield "url", ("notice.place_unclear", {"place": wrong[:60]})
    elif step == "you":
        if not said["name"].strip() and not needs_no_name(said):
            yield "name", ("notice.name_missing", {})
        if said["good_faith"] != _YES:
            yield "good_faith", ("notice.good_faith_missing", {})


def statement_of(words: Language, said: Mapping[str, str]) -> str:
    """Why it is illegal and where it is, as everybody who works on it reads it."""
    return "\n\n".join((said["statement"].strip(), "\n".join((f"{words.say('notice.places')}:", *places(said)))))


def attributes_of(said: Mapping[str, str], area: str = "") -> dict[str, Scalar]:
    """What the gates of the pack look at; ``area`` is that of the trusted flagger whose form it is."""
    found: dict[str, Scalar] = {"content_url": places(said)[0][:500], "good_faith": said["good_faith"] == _YES}
    inside: dict[str, Scalar] = {"area": area} if area and said["within"] == _YES else {}
    danger: dict[str, Scalar] = {"threat_to_life": True} if said["danger"] == _YES else {}
    return {**found, **inside, **danger, **({"child_sexual_abuse": True} if needs_no_name(said) else {})}
