"""``ombud desk`` and ``ombud case rule --preview`` on a real database."""

from __future__ import annotations

import pytest

from tests.support.office import Office
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres


class TestDesk:
    async def test_shows_what_waits_and_keeps_the_next_for_whoever_asks(self, shell: Shell, office: Office) -> None:
        case = await office.desk().in_review()
        ada = ("--as", "per_ada", "-t", office.tenant_id)
        shown = await shell.type("desk", *ada)
        assert shown.exit_code == 0, shown.output
        assert "mediation: 1 waiting" in shown.stdout
        assert case["id"] in shown.stdout
        # No worker is there: it is kept for her, and nobody else is offered it.
        kept = await shell.json("desk", "next", *ada)
        assert (kept["status"], kept["case"]["id"]) == ("pending", case["id"])
        nothing = await shell.type("desk", "next", "--as", "per_ben", "-t", office.tenant_id)
        assert (nothing.exit_code, nothing.stdout) == (0, "")
        assert "Nothing waits" in nothing.stderr

    async def test_an_absence_from_its_beginning_to_the_return(self, shell: Shell, office: Office) -> None:
        dana = ("--as", "per_dana", "-t", office.tenant_id)
        away = await shell.type("desk", "absent", "per_ada", "--until", "2099-01-01T00:00:00Z", *dana)
        assert (away.exit_code, "per_ada is away from" in away.stdout) == (0, True), away.output
        refused = await shell.type("desk", "next", "--as", "per_ada", "-t", office.tenant_id)
        assert (refused.exit_code, "[person_absent]" in refused.stderr) == (75, True)
        team = await shell.json("desk", "team", *dana)
        assert {one["person"]: one["absent"] for one in team["data"]}["per_ada"]
        assert (await shell.type("desk", "back", "per_ada", *dana)).exit_code == 0
        assert not {one["person"]: one["absent"] for one in (await shell.json("desk", "team", *dana))["data"]}["per_ada"]

    async def test_work_on_a_case_and_the_team_are_printed(self, shell: Shell, office: Office) -> None:
        case = await office.desk().in_review()
        await office.desk("ada").post(f"/v1/cases/{case['id']}/take")
        await office.desk("ada").post(f"/v1/cases/{case['id']}/skips", {"reason": "too_technical"})
        dana = ("--as", "per_dana", "-t", office.tenant_id)
        work = await shell.type("desk", "work", case["id"], *dana)
        assert (work.exit_code, "skipped [too_technical]" in work.stdout) == (0, True), work.output
        team = await shell.type("desk", "team", *dana)
        assert (team.exit_code, "1 (too_technical)" in team.stdout) == (0, True), team.output


class TestPreview:
    async def test_prints_what_would_follow_and_the_letters(self, shell: Shell, office: Office) -> None:
        case = await office.desk().in_review(heard=True)
        await office.desk("ada").post(f"/v1/cases/{case['id']}/take")
        words = ("case", "rule", case["id"], "--outcome", "upheld", "--ground", "scope", "--reasons", "It was taken up.")
        more = ("--remedy", "payout:90000:USD", "--preview", "-t", office.tenant_id)
        done = await shell.type(*words, *more, "--as", "per_ada")
        assert done.exit_code == 0, done.output
        assert "order: payout 900.00 USD to the claimant" in done.stdout
        assert "--- to the respondent: " in done.stdout
        assert "It was taken up." in done.stdout
        refused = await shell.type(*words, *more, "--as", "per_ben")
        assert (refused.exit_code, "[not_your_case]" in refused.stdout) == (1, True), refused.output
