"""Whether a report says that somebody is in danger, in whatever kind and by whatever name.

A danger is told promptly to whoever can help (Regulation (EU) 2022/2065, article 18(1); Istanbul Convention, article 50(1)), so
it does not depend on what a pack lists: a category that the pack does not know, an attribute that is said to be so, and a
severity count alike. A category that the pack lists is as urgent as the pack says. A false alarm costs a call, a missed one
perhaps a life.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from domain.model.clock_terms import LADDERS, ClockTerms
from domain.model.report import Report, Scalar
from domain.model.terms import Terms
from policies import attributes
from policies.pack import Pack

_CHILDREN = ("child", "children", "childs", "kid", "kids", "minors")
_LIFE = ("life", "lives")
_SELF = ("self", "themselves", "himself", "herself", "oneself")
DANGERS: Mapping[str, tuple[str, ...]] = {
    "child": (
        "csam", "csae", "grooming", "pedophilia", "paedophilia",
        *(f"{who} {what}" for who in _CHILDREN for what in (
            "abuse", "abused", "sexual", "endangerment", "endangered", "danger", "exploitation", "harm", "safety", "risk")),
        *(f"minor {what}" for what in ("abuse", "abused", "sexual", "endangerment", "endangered", "exploitation", "safety")),
        *(f"{what} {who}" for who in _CHILDREN for what in ("abuse", "endangered", "endangering", "exploiting", "danger")),
    ),
    "self_harm": (
        "selfharm", "suicide", "suicidal",
        *(f"{who} {what}" for who in _SELF for what in ("harm", "injury", "kill")),
        *(f"{what} {who}" for who in _SELF for what in ("harm", "harming", "kill", "killing", "hurt", "hurting")),
    ),
    "life": (
        "lifethreatening",
        *(f"{who} {what}" for who in _LIFE for what in ("danger", "threat", "threatening", "threatened", "risk")),
        *(f"{what} {who}" for who in _LIFE for what in ("danger", "threat", "threatens", "threatening", "risk", "endangers")),
        *(f"{what} safety" for what in ("threat", "danger", "endangers")), "safety danger", "physical danger", "person danger",
        "people danger", "somebody danger", "someone danger", "emergency",
    ),
    "assault": (
        "assault", "assaulted", "assaults", "attacked", "violence", "violent", "rape", "raped", "stabbing", "stabbed", "beaten",
        "strangled", "kidnapping", "kidnapped", "hostage", "stalking", "physical attack", "physical abuse", "sexual abuse",
    ),
    "threat": (
        "threat", "threats", "threaten", "threatens", "threatened", "threatening", "killed", "killing", "murder",
        "murdered", "wants kill", "will kill",
    ),
    "injury": (
        "injury", "injuries", "injured", "wounded", "bleeding", "unconscious", "bodily harm", "physical harm", "harmed person",
        "person hurt", "somebody hurt", "someone hurt",
    ),
}  # fmt: skip
"""What each danger is called: words of a name, the small ones between them left out."""
_OF_WHOEVER_APPEALS = frozenset({"life", "self_harm"})
"""What an author says of themselves or others; the rest is what the content that was removed is about."""
_GRADES = frozenset({"severity", "danger", "risk", "category", "subcategory"})
"""Attributes whose word is a name of what happened."""
_SMALL = frozenset({"to", "of", "in", "a", "an", "the", "at", "is", "on", "for", "s", "and", "or"})
_NO = frozenset({"no", "not", "non", "without", "never", "nobody"})


@lru_cache(maxsize=2048)
def named(name: str) -> str | None:
    """The danger that a name is one of; None where it is of none, or says that there is none."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.casefold()) if word and word not in _SMALL]
    if _NO.intersection(words):
        return None
    text = f" {' '.join(words)} "
    return next((danger for danger, names in DANGERS.items() if any(f" {one} " in text for one in names)), None)


def said(pack: Pack, report: Report) -> str | None:
    """The danger that a report tells of; None where it tells of none."""
    told = [found for name, value in report.attributes.items() if (found := _attribute(name, value)) is not None]
    if report.decision is not None and report.decision.appellant == "author":
        return next((one for one in told if one in _OF_WHOEVER_APPEALS), None)
    own = named(report.category) if report.category not in pack.categories else None
    return own or next(iter(told), None)


def _attribute(name: str, value: Scalar) -> str | None:
    if isinstance(value, str) and name.casefold() in _GRADES:
        return named(value)
    return named(name) if attributes.means_yes(value) else None


def on_call(pack: Pack, terms: Terms, endangered: str) -> Terms:
    """The same terms, by which somebody on call is called within the hour until one of the team has it, at night too: as the
    pack says where it calls somebody for what is urgent, and as every pack does otherwise.
    """
    terms = terms.model_copy(update={"danger": endangered})
    if any(step.on_call for step in pack.ladders.get("urgent", ())):
        return terms
    ladder = LADDERS["danger"]
    clock = ClockTerms.model_validate({"like": "danger"})
    if terms.time_scale != 1.0:
        ladder = tuple(step.model_copy(update={"wait_for": step.wait_for.scaled(terms.time_scale)}) for step in ladder)
        clock = clock.model_copy(update={"target": clock.target.scaled(terms.time_scale)})
    clocks = terms.clocks if terms.clock("danger") is not None else (*terms.clocks, clock)
    return terms.model_copy(update={"clocks": clocks, "ladders": {**terms.ladders, "urgent": ladder}})
