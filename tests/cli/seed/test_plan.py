"""What Harbor's cases are: the same each time, and as the rules of today take them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from cli.seed.harbor import PEOPLE, with_sites
from cli.seed.plan import HARBOR, KINDS, planned
from cli.seed.texts import MATTERS
from policies.case_import import rehearsed
from policies.folders import pack_files, text_of
from policies.lint import lint
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.shelf import Shelf

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
OFFICE = Shelf.load(2026).calendars["europe-office"]


def test_the_same_number_makes_the_same_cases_and_another_one_others() -> None:
    assert list(planned(1, 30, NOW, 7, OFFICE)) == list(planned(1, 30, NOW, 7, OFFICE))
    assert list(planned(1, 30, NOW, 7, OFFICE)) != list(planned(1, 30, NOW, 8, OFFICE))


def test_a_case_is_the_same_however_many_are_asked_for() -> None:
    assert list(planned(140, 142, NOW, 7, OFFICE)) == list(planned(130, 150, NOW, 7, OFFICE))[10:13]


def test_there_are_about_a_hundred_and_twenty_of_every_kind_in_every_phase_that_can_move_in() -> None:
    phases = defaultdict(set)
    for case in planned(1, HARBOR, NOW, 7, OFFICE):
        phases[case.moving.report.kind].add(case.moving.phase.value)
    assert 110 <= HARBOR <= 130
    assert set(phases) == set(KINDS)
    assert phases["payment_dispute"] == {"intake", "settlement", "review", "appealable", "appeal", "closed"}
    assert phases["moderation_appeal"] >= {"intake", "appeal", "closed"}


# A Monday after a weekend, a Friday night, the days of Christmas: what the calendars make of the past differs.
@pytest.mark.parametrize("at", [datetime(2026, 11, 30, 3, tzinfo=UTC), datetime(2026, 12, 26, 22, tzinfo=UTC), NOW])
def test_the_rules_take_them_on_whatever_day_it_is(at: datetime) -> None:
    shelf = Shelf.load(at.year)
    office = shelf.calendars["europe-office"]
    for case in [*planned(1, HARBOR, at, 7, office), *planned(HARBOR + 1, HARBOR + 56, at, 7, office)]:
        assert rehearsed(shelf, case.moving, at).case.phase is case.moving.phase


def test_fourteen_people_work_at_two_sites_and_every_queue_has_somebody() -> None:
    assert len(PEOPLE) == 14
    assert {person.site for person in PEOPLE} == {"us", "apac"}
    worked = {queue for person in PEOPLE for queue in person.queues}
    for name, path in pack_files(None, PACKS_DIR).items():
        pack = load_pack(with_sites(text_of(path)), name)
        assert len(pack.sites) == 3
        assert worked >= {*pack.sites, pack.appeal_queue}


def test_its_packs_are_sound() -> None:
    calendars = frozenset({"europe-office", "us-office", "us-banking", "around-the-clock", "follow-the-sun"})
    for name, path in pack_files(None, PACKS_DIR).items():
        assert [found for found in lint(with_sites(text_of(path)), name, calendars) if found.severity == "error"] == []


def test_its_cases_are_about_what_their_packs_know() -> None:
    """A category that the pack does not list would put the case before a person, and Harbor's desks would stand empty."""
    packs = Shelf.load(2026).packs
    about = {(kind, matter.category) for kind, matters in MATTERS.items() for matter in matters}
    assert {(kind, name) for kind, name in about if packs[kind].categories and name not in packs[kind].categories} == set()
