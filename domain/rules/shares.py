"""The money of several on a side: ordered for each of them, and told to each as their own share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.base import Side, derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.people import OpenedParty
from domain.model.remedy import Remedy
from domain.rules.remedy import MONEY_REMEDIES
from domain.rules.rule import Facts


def shared(case: Case, command_id: str, facts: Facts) -> Facts:
    """The facts, with money for a side of several ordered for each of them: equal shares, and what is left over to the first."""
    whole: list[f.Fact] = []
    for fact in facts:
        whole += _shares(case, fact) if isinstance(fact, f.EffectOrdered) else (fact,)
    return tuple(whole)


def _shares(case: Case, fact: f.EffectOrdered) -> tuple[f.EffectOrdered, ...]:
    remedy, several = fact.remedy, case.principals(fact.remedy.to)
    money = remedy.amount
    if len(several) < 2 or money is None or remedy.type not in MONEY_REMEDIES or remedy.party is not None or fact.reverses:
        return (fact,)
    each, over = divmod(money.amount, len(several))
    found = []
    for number, party in enumerate(several):
        amount = each + (over if number == 0 else 0)
        if amount == 0:
            continue
        part = {"party": party.id, "amount": money.model_copy(update={"amount": amount})}
        effect_id = fact.effect_id if number == 0 else derived_id("eff", fact.effect_id, f"s{number}")
        found.append(fact.model_copy(update={"effect_id": effect_id, "remedy": remedy.model_copy(update=part)}))
    return tuple(found)


def of_one(case: Case, party: OpenedParty, remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """What remedies are for one of several on a side: what names them, what names nobody there, and their share of its money."""
    several = [p.id for p in case.principals(party.side)]
    found = []
    for remedy in remedies:
        if remedy.to is not party.side or remedy.party not in (None, party.id):
            continue
        money = remedy.amount
        if money is not None and remedy.party is None and remedy.type in MONEY_REMEDIES and party.id in several:
            each, over = divmod(money.amount, len(several))
            part = money.model_copy(update={"amount": each + (over if party.id == several[0] else 0)})
            found.append(remedy.model_copy(update={"amount": part}))
            continue
        found.append(remedy)
    return tuple(found)


_TOLD_MONEY = ("remedies", "measures", "undone", "undone_by_hand", "offer", "credit")
"""Where a notice names what somebody gets."""


def told_share(case: Case, party_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a notice says, with the money of a side of several as the share of whoever reads it."""
    party = case.party(party_id)
    if party is None or len(case.principals(party.side)) < 2:
        return data
    whom = party.id if party.role == "principal" else party.represents
    told = dict(data)
    for name in _TOLD_MONEY:
        found = data.get(name)
        if isinstance(found, dict):
            told[name] = _told(case, party.side, whom, found)
        elif isinstance(found, list):
            told[name] = [_told(case, party.side, whom, one) for one in found]
    return told


def _told(case: Case, side: Side, whom: str | None, said: dict[str, Any]) -> dict[str, Any]:
    several = [p.id for p in case.principals(side)]
    money = said.get("type") in MONEY_REMEDIES and isinstance(said.get("amount"), int)
    if not money or said.get("to", Side.CLAIMANT.value) != side.value or whom not in several:
        return said
    if said.get("party") is not None:
        return said if said["party"] == whom else {**said, "share": "of_another"}
    each, over = divmod(said["amount"], len(several))
    return {**said, "share": "own", "whole": said["amount"], "amount": each + (over if whom == several[0] else 0)}
