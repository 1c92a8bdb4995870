"""A workflow's steps do not change by accident: they are kept here, and every change has to be looked at."""

from __future__ import annotations

import difflib
import json
from functools import cache

import pytest

from tests.replay.fingerprint import KEPT, Steps, fingerprint, sources

DANGER = """
The steps of a workflow have changed. Cases that run now were begun with the old steps and are replayed with the new ones: if
these differ before the point where a case stands, its workflow task fails again and again, and the case stands still without a
word.

  new, moved or removed activity, timer, child, end; another name of one; another condition around one
      -> needs workflow.patched("an-id") with the old steps in its else, until no case is older than the change (README.md)
  another time-out, retry policy, summary, argument; a longer or shorter timer; a new handler or query; another text
      -> needs nothing, and is not in this fingerprint
  nothing was ever released with the old steps
      -> record the histories anew

Then keep the new steps:  python -m tests.replay.fingerprint --write
"""


def difference(kept: object, now: object) -> str:
    old, new = (json.dumps(one, indent=2).splitlines() for one in (kept, now))
    return "\n".join(difflib.unified_diff(old, new, "kept", "now", lineterm="", n=2))


def test_the_steps_are_the_kept_ones() -> None:
    kept, now = json.loads(KEPT.read_text(encoding="utf-8")), fingerprint(sources())
    if kept != now:
        pytest.fail(f"{difference(kept, now)}\n{DANGER}", pytrace=False)


CASE, DELIVERY = "workflows/case.py", "workflows/delivery.py"
ARRIVALS, TELLING = "workflows/arrivals.py", "workflows/summaries.py"
RECORD, BESIDE = "            await self._record()\n", "            self._start_beside()\n"
LOOKS = "            if self._look or self._arrivals:\n                continue\n"
DANGEROUS = {
    "another name of an activity": (CASE, '"records.record"', '"records.write"'),
    "a timer more": (CASE, RECORD, f"            await workflow.sleep(1)\n{RECORD}"),
    "a step less": (CASE, BESIDE, ""),
    "another order": (CASE, BESIDE + LOOKS, LOOKS + BESIDE),
    "a patch less": (CASE, ' and workflow.patched("continue-when-due")', ""),
    "regular instead of local": (CASE, "workflow.execute_local_activity", "workflow.execute_activity"),
    "another condition around a step": (CASE, "self._known.wants_owner and", "not self._known.wants_owner and"),
    "another condition to wait for": (CASE, "self._has_news() or self._is_idle()", "self._is_idle()"),
    "another meaning of news": (CASE, "bool(self._arrivals) or self._look or", "bool(self._arrivals) or"),
    "another memory": (CASE, "else upto", "else self._known.undelivered"),
    "another end": (CASE, "            workflow.continue_as_new(self._start)", "            return"),
    "a child of another name": (TELLING, '"Delivery"', '"Deliver"'),
    "a change of the lists less": (TELLING, "    workflow.upsert_search_attributes(changes)\n", ""),
    "lists that follow nobody": (
        CASE,
        "            if self._known.lists:\n                summaries.bring_up_to_date(self._known)\n",
        "",
    ),
    "another door": (CASE, '@workflow.update(name="ask", ', '@workflow.update(name="tell", '),
    "giving up under another name": (DELIVERY, '"notices.give_up"', '"notices.abandon"'),
    "fewer commands at once": (ARRIVALS, "pending_updates[:AT_ONCE]", "pending_updates[:1]"),
}
HARMLESS = {
    "another summary": (CASE, '"Find an owner"', '"Find somebody"'),
    "another time-out": (CASE, "**options.CARRY_OUT", "**options.DELIVER"),
    "another text": (TELLING, "The record has no such case.", "Nobody knows this case."),
    "another description": (CASE, "description=summaries.ASK", "description=summaries.TELL"),
    "another comment": (CASE, "# ", "# indeed: "),
    "another query": (CASE, '    @workflow.query(name="timetable", ', '    @workflow.query(name="mood", '),
}


@cache
def _now() -> dict[str, Steps]:
    return fingerprint(sources())


def _changed(name: str, old: str, new: str) -> dict[str, str]:
    texts = sources()
    assert old in texts[name], f"{name} has no {old!r} any more: choose another change"
    return texts | {name: texts[name].replace(old, new)}


@pytest.mark.parametrize("change", DANGEROUS.values(), ids=DANGEROUS)
def test_a_change_of_the_steps_is_noticed(change: tuple[str, str, str]) -> None:
    assert fingerprint(_changed(*change)) != _now()


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_no_replay_sees_is_let_pass(change: tuple[str, str, str]) -> None:
    assert fingerprint(_changed(*change)) == _now()


def test_the_failing_test_shows_the_difference_and_what_to_do() -> None:
    shown = difference(_now(), fingerprint(_changed(CASE, '"cases.assign"', '"cases.hand_out"')))
    assert "-" in shown
    assert "cases.hand_out" in shown
    assert "--write" in DANGER
