"""``ombud policy rehearse`` and ``lint`` keep their contract: JSON lines, findings with file and line, exit codes by cause."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.commands.policy import app
from cli.kit.exits import BAD_DATA
from policies.pack import PACKS_DIR
from tests.architecture.house import ROOT

STORY = """\
report:
  kind: bounty_dispute
  statement: They closed it as a duplicate of a report that is about something else.
  parties:
    claimant: {ref: researcher}
    respondent: {ref: programme}
at: 2026-03-02T09:00:00Z
steps:
  - {at: 2026-03-02 10:00:00, by: {id: researcher, role: claimant}, command: {type: escalate}}
  - {at: +1 minute, by: {id: per_mara, role: mediator}, command: {type: escalate}}
  - {at: +2 business days, by: {id: mara, role: mediator}, command: {type: take}}
"""
KEYS = ["step", "at", "by", "facts", "phase", "refused", "notices", "deadlines", "actions"]
DEADLINES = [
    {"clock": "first_response", "level": "warn", "at": "2026-03-03T08:24:00Z"},
    {"clock": "first_response", "level": "breach", "at": "2026-03-03T10:00:00Z"},
    {"clock": "respondent_reply", "level": "remind", "at": "2026-03-06T08:24:00Z"},
    {"clock": "respondent_reply", "level": "end", "at": "2026-03-07T10:00:00Z"},
    {"clock": "ruling", "level": "warn", "at": "2026-03-12T10:00:00Z"},
    {"clock": "ruling", "level": "breach", "at": "2026-03-16T10:00:00Z"},
]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text(STORY, "utf-8")
    return path


def typed(*words: str | Path, story: str | bytes | None = None, **env: str) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=story, env=env)


def told(*words: str | Path, code: int = 0, story: str | bytes | None = None) -> list[dict[str, Any]]:
    result = typed("rehearse", *words, "--json", story=story)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


class TestRehearse:
    def test_prints_one_json_line_a_step_and_one_for_each_deadline_between(self, story: Path) -> None:
        lines = told("bounty_dispute", story)
        assert [list(line) for line in lines] == [KEYS] * 7
        assert [line["step"] for line in lines] == [1, 2, 3, None, None, None, 4]
        assert [line["by"] == "system" for line in lines] == [line["step"] is None for line in lines]
        opened, escalated, refused, *_ = lines
        assert (opened["facts"], opened["phase"], opened["refused"]) == (["case_opened", "phase_entered"], "settlement", None)
        assert escalated["deadlines"] == DEADLINES
        assert escalated["actions"]["claimant"] == ["message", "submit_evidence", "withdraw", "offer", "add_party"]
        assert set(refused["refused"]) == {"code", "detail"}
        assert (refused["phase"], refused["deadlines"]) == ("review", DEADLINES)

    def test_takes_a_script_from_standard_input(self) -> None:
        assert told("bounty_dispute", "-", story=STORY)[0]["step"] == 1

    def test_takes_a_pack_of_ones_own(self, story: Path, tmp_path: Path) -> None:
        text = (
            (PACKS_DIR / "bounty_dispute.yaml")
            .read_text("utf-8")
            .replace("- like: settlement", "- {like: settlement, target: 4 business days}")
        )
        mine = tmp_path / "mine.yaml"
        mine.write_text(text, "utf-8")
        assert told(mine, story)[0]["deadlines"] == [{"clock": "settlement", "level": "end", "at": "2026-03-06T09:00:00Z"}]

    def test_takes_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "story.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + STORY.encode())
        assert len(told("bounty_dispute", path)) == 7

    def test_knows_the_holidays_of_the_storys_own_year(self) -> None:
        # Whenever this runs: Good Friday 2019 was the 19th of April, and Easter Monday the 22nd.
        text = STORY.replace("2026-03-02T09:00:00Z", "2019-04-17T09:00:00Z").partition("steps:")[0] + "steps: []\n"
        assert told("bounty_dispute", "-", story=text)[0]["deadlines"][0]["at"] == "2019-04-24T09:00:00Z"

    def test_prints_a_table_for_people(self, story: Path) -> None:
        result = typed("rehearse", "bounty_dispute", story)
        assert result.exit_code == 0
        for words in ("case_opened", "refused: not_in_this_phase", "settlement end", "per_mara", "level_reached"):
            assert words in result.stdout

    def test_a_refused_step_is_no_failure(self, story: Path) -> None:
        assert typed("rehearse", "bounty_dispute", story).exit_code == 0

    def test_an_expectation_that_is_not_met_is_one(self) -> None:
        text = STORY.replace("command: {type: escalate}}", "command: {type: escalate}, expect: {phase: closed}}", 1)
        result = typed("rehearse", "bounty_dispute", "-", "--json", story=text)
        assert result.exit_code == 1
        assert "step 2: phase: review, not closed" in result.stderr
        assert json.loads(result.stdout.splitlines()[1])["missed"] == ["phase: review, not closed"]

    def test_what_nobody_knows_is_said_on_stderr_only(self) -> None:
        result = typed("rehearse", "bounty_dispute", "-", "--json", story=f"author: me\n{STORY}")
        assert result.exit_code == 0
        assert "author" in result.stderr
        assert len(result.stdout.splitlines()) == 7

    @pytest.mark.parametrize("as_json", [True, False])
    def test_a_bad_step_ends_it_after_the_lines_before(self, as_json: bool) -> None:
        text = STORY + "  - {at: 2026-03-01, by: mara, command: note}\n"
        result = typed("rehearse", "bounty_dispute", "-", *(["--json"] if as_json else []), story=text)
        assert result.exit_code == BAD_DATA
        assert "step 5: at: 2026-03-01T00:00:00Z lies before the step before it" in result.stderr
        assert "[script_invalid]" in result.stderr
        assert "case_opened" in result.stdout

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("report: [", "not YAML"),
            ("steps: []", "there is no `report`"),
            ("report: {parties: {claimant: a}}\nsteps: []", "report.statement: Field required"),
            (STORY.replace("role: claimant", "role: king", 1), "step 2: by.role: "),
            (b"\xff\xfe", "script_unreadable"),
        ],
    )
    def test_a_script_that_makes_no_sense(self, text: str | bytes, words: str) -> None:
        result = typed("rehearse", "bounty_dispute", "-", "--json", story=text)
        assert (result.exit_code, result.stdout) == (BAD_DATA, "")
        assert words in result.stderr
        assert "Traceback" not in result.output

    def test_a_script_that_is_not_there(self, tmp_path: Path) -> None:
        for path in (tmp_path / "none.yaml", tmp_path):
            result = typed("rehearse", "bounty_dispute", path, "--json")
            assert (result.exit_code, result.stdout) == (BAD_DATA, "")
            assert "[script_unreadable]" in result.stderr

    def test_a_kind_that_is_not_there(self, story: Path) -> None:
        result = typed("rehearse", "no_such_kind", story, "--json")
        assert (result.exit_code, result.stdout) == (BAD_DATA, "")
        assert "Kinds: bounty_dispute, " in result.stderr
        assert "[kind_unknown]" in result.stderr

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("queue: mediation", "quue: mediation", "pack_invalid"),
            ("calendar: europe-office", "calendar: mars-office", "calendar_unknown"),
            ("kind: bounty_dispute", "kind: 2026-13-45", "pack_unreadable"),
            ("kind: bounty_dispute", "kind: other_kind", "script_invalid"),
        ],
    )
    def test_a_pack_that_cannot_be_used(self, story: Path, tmp_path: Path, old: str, new: str, code: str) -> None:
        mine = tmp_path / "mine.yaml"
        mine.write_text((PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8").replace(old, new, 1), "utf-8")
        result = typed("rehearse", mine, story, "--json")
        assert (result.exit_code, result.stdout) == (BAD_DATA, "")
        assert f"[{code}]" in result.stderr
        assert "Traceback" not in result.output

    def test_a_folder_of_policies_that_is_not_there(self, story: Path, tmp_path: Path) -> None:
        for words in (("rehearse", "bounty_dispute", story), ("lint",)):
            result = typed(*words, OMBUD_POLICIES_DIR=str(tmp_path / "none"))
            assert result.exit_code == BAD_DATA
            assert "[policies_dir_missing]" in result.stderr

    @pytest.mark.slow
    @pytest.mark.parametrize("as_json", ["--json", ""])
    def test_a_reader_that_goes_away_gets_no_traceback(self, tmp_path: Path, as_json: str) -> None:
        path = tmp_path / "long.yaml"
        path.write_text(STORY + "until: +60 days\n", "utf-8")
        command = [sys.executable, "-m", "cli.main", "policy", "rehearse", "bounty_dispute", str(path), *as_json.split()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            said = process.stderr.read()
        assert said == ""


class TestThePageThatShowsHow:
    PAGE = (ROOT / "docs" / "how-to" / "try-a-policy.md").read_text("utf-8")

    def test_its_story_comes_to_what_it_says(self) -> None:
        story = self.PAGE.partition("```yaml\n")[2].partition("```")[0]
        assert told("bounty_dispute", "-", story=story)[-1]["phase"] == "closed"

    def test_it_names_every_field_of_a_line(self) -> None:
        assert [key for key in (*KEYS, "missed") if f"`{key}`" not in self.PAGE and key not in ("at", "by")] == []


class TestLint:
    def test_the_packs_that_ship_have_no_findings(self) -> None:
        result = typed("lint", "--json")
        assert (result.exit_code, json.loads(result.stdout)) == (0, [])

    def test_names_file_line_and_place(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.yaml"
        text = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8").replace("report.amount >=", "report.weight >=")
        mine.write_text(text, "utf-8")
        line = next(number for number, words in enumerate(text.splitlines(), 1) if "report.weight" in words)
        result = typed("lint", mine)
        assert result.exit_code == 1
        assert result.stdout.startswith(f"{mine}:{line}: error: priority.large_amount.when: a report has no 'weight'")
        (row,) = json.loads(typed("lint", mine, "--json").stdout)
        assert {key: row[key] for key in ("file", "line", "severity", "place")} == {
            "file": str(mine), "line": line, "severity": "error", "place": "priority.large_amount.when"
        }  # fmt: skip

    def test_warnings_alone_are_no_failure(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.yaml"
        text = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8").replace("  case_closed: [all]\n", "")
        mine.write_text(text, "utf-8")
        result = typed("lint", mine)
        assert result.exit_code == 0
        assert ": warning: notices: nobody is told of 'case_closed'" in result.stdout

    def test_takes_kinds_and_files(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.yaml"
        mine.write_text("kind: [", "utf-8")
        result = typed("lint", "fraud_report", mine)
        assert result.exit_code == 1
        assert "2 pack(s)" in result.stderr

    def test_a_kind_that_is_not_there(self) -> None:
        result = typed("lint", "no_such_kind")
        assert (result.exit_code, result.stdout) == (BAD_DATA, "")
        assert "[kind_unknown]" in result.stderr

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        binary = tmp_path / "binary.yaml"
        binary.write_bytes(b"\xff\xfe\x00")
        for path in (binary, tmp_path):
            result = typed("lint", path)
            assert result.exit_code == BAD_DATA
            assert "[pack_unreadable]" in result.stderr


class TestNew:
    def test_lints_clean_and_its_story_comes_true(self, tmp_path: Path) -> None:
        made = typed("new", "road_fine", "--to", tmp_path, "--title", "Road fine")
        pack, story, schema = (Path(line) for line in made.stdout.splitlines())
        assert (made.exit_code, schema.name) == (0, "pack.schema.json")
        assert "ombud policy rehearse" in made.stderr
        assert typed("lint", pack).stdout == ""
        assert typed("rehearse", pack, story).exit_code == 0

    def test_like_another_kind(self, tmp_path: Path) -> None:
        made = typed("new", "parking", "--like", "payment_dispute", "--to", tmp_path)
        assert [Path(line).name for line in made.stdout.splitlines()] == ["parking.yaml", "pack.schema.json"]
        assert "kind: parking\ntitle: Parking\n" in (tmp_path / "parking.yaml").read_text("utf-8")

    def test_overwrites_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "road_fine.story.yaml").write_text("mine", "utf-8")
        result = typed("new", "road_fine", "--to", tmp_path)
        assert (result.exit_code, "[file_exists]" in result.stderr) == (BAD_DATA, True)
        assert [path.name for path in tmp_path.iterdir()] == ["road_fine.story.yaml"]

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("payment_dispute",), "kind_taken"),
            (("Road Fine",), "kind_invalid"),
            (("../escape",), "kind_invalid"),
            (("mine", "--like", "no_such_kind"), "kind_unknown"),
        ],
    )
    def test_says_why_not(self, tmp_path: Path, words: tuple[str, ...], code: str) -> None:
        result = typed("new", *words, "--to", tmp_path)
        assert (result.exit_code, f"[{code}]" in result.stderr) == (BAD_DATA, True)
        assert list(tmp_path.iterdir()) == []


def test_the_schema_is_json_schema() -> None:
    printed = json.loads(typed("schema").stdout)
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert {"kind", "clocks", "notices"} <= printed["properties"].keys()
