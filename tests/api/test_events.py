"""Webhooks are described as they are sent: every event of the shipped packs, the fields of their bodies, and the headers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from activities.ports.effects import OrderedEffect
from adapters.delivery.webhooks import body_of
from adapters.remedies import body_of as remedy_body_of
from api.bodies.events import event_example, on_the_wire, remedy_example, webhooks
from api.examples.events import EVENTS
from domain.notices.plan import events_of_platform
from domain.views.references import References
from policies.shelf import Shelf
from tests.support.answers import description
from tests.support.outgoing_notices import a_notice


def test_every_event_that_a_shipped_pack_tells_the_platform_is_described() -> None:
    told = {event for pack in Shelf.load(datetime.now(UTC).year).packs.values() for event in events_of_platform(pack.notices)}
    assert EVENTS.keys() == told
    assert description()["webhooks"] == webhooks()
    assert {on_the_wire(event) for event in told} < description()["webhooks"].keys()


def test_an_example_has_the_fields_of_what_is_sent() -> None:
    references = References(source="shop", parties=())
    for event, data in EVENTS.items():
        sent = json.loads(body_of(a_notice(event, data=data, references=references)))
        assert event_example(event).keys() == sent.keys()
        assert event_example(event)["data"].keys() == sent["data"].keys(), event


def test_an_example_of_a_remedy_has_the_fields_of_what_is_sent() -> None:
    nothing: dict[str, Any] = dict.fromkeys(OrderedEffect.model_fields)
    effect = OrderedEffect.model_construct(**nothing)
    effect = effect.model_copy(update={"references": References(source="shop", parties=())})
    assert remedy_example("remedy.perform")["data"].keys() == json.loads(remedy_body_of(effect))["data"].keys()
