"""Every topic, a line each. What it says about its commands and facts lies in the file of its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from domain.rules import (
    address_proof,
    agreement,
    alarms,
    annulment,
    appeals,
    appointments,
    authorities,
    beside_others,
    case_import_changes,
    chargeback,
    clocks,
    confirmation,
    credit,
    data_rights,
    disclosure,
    evidence,
    handling,
    interim,
    legal_hold,
    links,
    manual_work,
    money,
    no_request,
    parties,
    phases,
    policy_exceptions,
    prior_decision,
    procedure,
    proposals,
    returns,
    ruling,
    sanctions,
    settlement,
    signals,
    stating,
    translations,
    withdrawal,
)
from domain.rules.topic import Refuse, Topic

TOPICS: tuple[Topic, ...] = (
    address_proof.TOPIC,
    agreement.TOPIC,
    alarms.TOPIC,
    annulment.TOPIC,
    appeals.TOPIC,
    appointments.TOPIC,
    authorities.TOPIC,
    beside_others.TOPIC,
    case_import_changes.TOPIC,
    chargeback.TOPIC,
    clocks.TOPIC,
    confirmation.TOPIC,
    credit.TOPIC,
    disclosure.TOPIC,
    evidence.TOPIC,
    handling.TOPIC,
    interim.TOPIC,
    legal_hold.TOPIC,
    links.TOPIC,
    manual_work.TOPIC,
    money.TOPIC,
    data_rights.TOPIC,
    no_request.TOPIC,
    parties.TOPIC,
    phases.TOPIC,
    policy_exceptions.TOPIC,
    prior_decision.TOPIC,
    procedure.TOPIC,
    proposals.TOPIC,
    returns.TOPIC,
    ruling.TOPIC,
    sanctions.TOPIC,
    settlement.TOPIC,
    signals.TOPIC,
    stating.TOPIC,
    translations.TOPIC,
    withdrawal.TOPIC,
)

Value = TypeVar("Value")


def merged(parts: Iterable[Mapping[str, Value]]) -> Mapping[str, Value]:
    """One table of what topics say. Raises ValueError where two of them say something about the same command or fact."""
    whole: dict[str, Value] = {}
    for part in parts:
        if twice := sorted(whole.keys() & part.keys()):
            raise ValueError(f"two topics speak of {', '.join(twice)}")
        whole |= part
    return whole


REFUSES: Mapping[str, Refuse] = merged(topic.refuses for topic in TOPICS)
"""By command: what must hold beside the row of the table."""
