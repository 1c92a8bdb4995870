"""New terms for a case that runs: on another calendar, on the newest versions of its own, or by the newest of its pack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.model.case import Case
from domain.model.clocks import Retarget
from domain.model.terms import MAX_TERMS_BYTES, Terms
from domain.worktime.calendars import Calendar
from policies.loading import load_pack
from policies.retarget import calendar_names, retargeted, with_newest_calendars
from policies.shelf import Shelf
from tests.support.cases import a_case, shelf
from tests.support.packs import source, text_of

OFFICE, CLOCK, YORK, BANKS = (
    shelf().calendars[name] for name in ("europe-office", "around-the-clock", "us-office", "us-banking")
)


def wanted(**fields: Any) -> Retarget:
    return Retarget.model_validate({"id": "cmd_1", "by": "per_o1", "reason": "grown", **fields})


def closed_on(calendar: Calendar, day: date) -> Calendar:
    return calendar.model_copy(update={"holidays": (*calendar.holidays, day)})


def a_shelf(**calendars: Calendar) -> Shelf:
    """The shipped one on which these calendars have newer versions (``europe_office``)."""
    return replace(shelf(), calendars={**shelf().calendars, **{name.replace("_", "-"): c for name, c in calendars.items()}})


def with_pack(kind: str, **changes: Any) -> Shelf:
    raw = source(kind) | changes
    return replace(shelf(), packs={**shelf().packs, kind: load_pack(text_of(raw), kind)})


def a_running(kind: str = "fraud_report", **terms: Any) -> Case:
    case = a_case(kind).opened().case
    return case.model_copy(update={"terms": case.terms.model_copy(update=terms)})


def found(on: Shelf, case: Case, **fields: Any) -> tuple[Terms, dict[str, Calendar]]:
    answer = retargeted(on, case, wanted(**fields))
    assert answer is not None
    return answer


class TestNothing:
    def test_a_command_that_asks_for_neither_needs_no_terms(self) -> None:
        assert retargeted(shelf(), a_running(), wanted(priority="high", queue="specialists", category="injury")) is None

    def test_a_calendar_that_is_not_there(self) -> None:
        assert retargeted(shelf(), a_running(), wanted(calendar="mars-office")) is None
        assert retargeted(shelf(), a_running(), wanted(calendar="mars-office", newest="pack")) is None

    def test_a_pack_that_is_gone(self) -> None:
        assert retargeted(replace(shelf(), packs={}), a_running(), wanted(newest="pack")) is None


class TestCalendar:
    def test_the_case_runs_on_it_in_every_queue(self) -> None:
        terms, calendars = found(shelf(), a_running(calendars={"fraud": OFFICE.ref}), calendar="us-office")
        assert (terms.calendar, terms.calendars) == (YORK.ref, {})
        assert terms.names == {YORK.ref: "us-office", CLOCK.ref: "around-the-clock", BANKS.ref: "us-banking"}
        assert calendars == {YORK.ref: YORK, CLOCK.ref: CLOCK, BANKS.ref: BANKS}

    def test_but_for_a_clock_with_a_calendar_of_its_own(self) -> None:
        terms, _ = found(shelf(), a_running(), calendar="us-office")
        limit = terms.clock("final_answer")
        assert limit is not None
        assert terms.calendar_of(limit, "fraud") == CLOCK.ref

    def test_nothing_else_changes(self) -> None:
        case = a_running()
        terms, _ = found(shelf(), case, calendar="us-office")
        same = {"calendar": case.terms.calendar, "calendars": case.terms.calendars, "names": case.terms.names}
        assert terms.model_copy(update=same) == case.terms

    def test_the_one_that_it_runs_on_leaves_the_terms_as_they_are(self) -> None:
        case = a_running()
        assert found(shelf(), case, calendar="europe-office")[0] == case.terms

    def test_a_development_tenants_time_runs_on_no_calendar(self) -> None:
        case = a_case("fraud_report").that_protects().scaled(1 / 3600).opened().case
        assert found(shelf(), case, calendar="us-office") == (case.terms, {})


class TestNewestCalendars:
    NEW = closed_on(OFFICE, date(2026, 3, 9))
    NEW_CLOCK = closed_on(CLOCK, date(2026, 3, 9))

    def test_under_the_same_names(self) -> None:
        on = a_shelf(europe_office=self.NEW)
        terms, calendars = found(on, a_running(), newest="calendars")
        names = {self.NEW.ref: "europe-office", CLOCK.ref: "around-the-clock", BANKS.ref: "us-banking"}
        assert (terms.calendar, terms.names) == (self.NEW.ref, names)
        assert calendars == {self.NEW.ref: self.NEW, CLOCK.ref: CLOCK, BANKS.ref: BANKS}

    def test_also_those_of_queues_and_of_single_clocks(self) -> None:
        on = a_shelf(europe_office=self.NEW, around_the_clock=self.NEW_CLOCK)
        terms, _ = found(on, a_running(calendars={"appeals": OFFICE.ref}), newest="calendars")
        limit = terms.clock("final_answer")
        assert limit is not None
        assert (limit.calendar, terms.calendars) == (self.NEW_CLOCK.ref, {"appeals": self.NEW.ref})

    def test_the_pack_stays_the_one_that_it_was_opened_with(self) -> None:
        on = replace(with_pack("fraud_report", grounds=["other"]), calendars=a_shelf(europe_office=self.NEW).calendars)
        case = a_running()
        terms, _ = found(on, case, newest="calendars")
        assert (terms.version, terms.grounds) == (case.terms.version, case.terms.grounds)

    def test_one_that_the_shelf_does_not_have_stays(self) -> None:
        on = replace(shelf(), calendars={"europe-office": self.NEW})
        terms, _ = found(on, a_running(), newest="calendars")
        assert terms.references == {self.NEW.ref, CLOCK.ref, BANKS.ref}

    def test_where_there_is_nothing_newer_the_terms_are_as_they_were(self) -> None:
        case = a_running()
        assert found(shelf(), case, newest="calendars")[0] == case.terms

    def test_terms_of_the_first_releases_go_by_the_names_of_their_pack(self) -> None:
        """They did not say what their calendars are called."""
        case = a_running(names={})
        assert calendar_names(shelf(), case.terms) == {
            OFFICE.ref: "europe-office",
            CLOCK.ref: "around-the-clock",
            BANKS.ref: "us-banking",
        }
        assert with_newest_calendars(a_shelf(europe_office=self.NEW), case.terms).calendar == self.NEW.ref

    def test_one_that_was_chosen_for_the_case_is_renewed_as_that(self) -> None:
        york = closed_on(YORK, date(2026, 3, 9))
        case = a_running()
        case = case.model_copy(update={"terms": found(shelf(), case, calendar="us-office")[0]})
        assert found(a_shelf(us_office=york), case, newest="calendars")[0].calendar == york.ref


class TestNewestPack:
    def test_binds_the_case_from_now_with_the_newest_calendars(self) -> None:
        new = closed_on(OFFICE, date(2026, 3, 9))
        on = replace(with_pack("fraud_report", grounds=["other"]), calendars=a_shelf(europe_office=new).calendars)
        terms, calendars = found(on, a_running(), newest="pack")
        assert (terms.version, terms.grounds) == (on.packs["fraud_report"].version, ("other",))
        assert terms.calendar == new.ref
        assert set(calendars) == terms.references

    def test_for_the_priority_that_the_case_has_or_gets(self) -> None:
        case = a_running().model_copy(update={"priority": "high"})
        for more, target in (({}, "4 working hours"), ({"priority": "urgent"}, "1 hour")):
            terms, _ = found(shelf(), case, newest="pack", **more)
            first = terms.clock("first_response")
            assert first is not None
            assert str(first.target) == target

    def test_on_a_calendar_that_is_chosen_with_it(self) -> None:
        on = with_pack("fraud_report", grounds=["other"])
        terms, _ = found(on, a_running(), newest="pack", calendar="us-office")
        assert (terms.grounds, terms.calendar) == (("other",), YORK.ref)

    def test_in_a_development_tenants_time(self) -> None:
        case = a_case("fraud_report").that_protects().scaled(1 / 3600).opened().case
        terms, calendars = found(shelf(), case, newest="pack")
        assert (terms, calendars) == (case.terms, {})


def test_terms_that_were_aimed_anew_are_no_larger_than_others() -> None:
    for fields in ({"calendar": "follow-the-sun"}, {"newest": "calendars"}, {"newest": "pack"}):
        terms, _ = found(shelf(), a_running(), **fields)
        assert len(terms.model_dump_json().encode()) <= MAX_TERMS_BYTES
        assert Terms.model_validate_json(terms.model_dump_json()) == terms
