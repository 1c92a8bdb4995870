"""Letters promise only what a rule holds: each sentence stands in ``promises.yaml``, under the rule that holds it.

A new sentence fails here until somebody has decided whether it promises something, and which test would fail if it were broken.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.letters.composer import FIRST, LANGUAGES, TEMPLATES, Composer
from domain.base import Phase, Side
from domain.model.clock_terms import ClockTerms
from domain.model.ruling import DecideAppeal, Rule
from domain.rules.hearing import unheard
from domain.rules.interim import SPEAKS_OF_OTHERS
from tests.support.cases import CLAIMANT, FRIEND, MEDIATOR, OUTCOMES, RESPONDENT, a_case, shelf
from tests.support.outgoing_notices import a_notice

ROOT = Path(__file__).parents[3]
WRITTEN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("promises.yaml").read_text("utf-8"))
PROMISES: dict[str, dict[str, Any]] = WRITTEN["promises"]
HEARD = "You will be heard before a decision takes anything from you."
KINDS = ("bounty_dispute", "fraud_report", "payment_dispute", "safety_incident", "conduct_report")
BEGINS = {
    "bounty_dispute": {"hear": True}, "fraud_report": {"hear": True}, "payment_dispute": {"hear": True},
    "safety_incident": {"hear": True}, "conduct_report": {"hear": True}, "compliance_request": {"hear": False},
    "moderation_appeal": {"hear": False},
}  # fmt: skip


OTHERS = tuple(code for code in LANGUAGES if code != FIRST)
TABLES = ("rights", "decisions", "endings", "redress", "routes")
WRITTEN_IN = {code: yaml.safe_load(Path(__file__).with_name(f"promises_{code}.yaml").read_text("utf-8")) for code in OTHERS}


def sentences(language: str = FIRST) -> Iterator[str]:
    """Every sentence that a party, insurer or authority can read, alternatives apart, and what is filled in left out."""
    folder = TEMPLATES / language
    for path in (*folder.glob("party/*.j2"), *folder.glob("third/*.j2"), folder / "pieces.j2"):
        for passage in passages(path.read_text("utf-8")):
            yield from _sentences(passage)
    for table in TABLES:
        for said in getattr(LANGUAGES[language], table).values():
            yield from _sentences(said)


def passages(template: str) -> list[str]:
    """What stands between the statements of a template: alternatives apart, what is filled in left out."""
    text = re.sub(r"{#.*?#}|{% block subject %}.*?{% endblock %}", "", template, flags=re.DOTALL)
    return [re.sub(r"{{.*?}}", "…", passage, flags=re.DOTALL) for passage in re.split(r"{%.*?%}", text, flags=re.DOTALL)]


def _sentences(passage: str) -> Iterator[str]:
    for line in passage.split("\n"):
        for sentence in re.split(r"(?<=[.!?])\s+", line.strip()):
            if len(re.findall(r"[^\W\d_]+", sentence)) >= 3:
                yield sentence.strip()


def side_by_side(language: str) -> Iterator[tuple[str, str]]:
    """Every passage in English, and what stands in its place in the other language."""
    first, other = TEMPLATES / FIRST, TEMPLATES / language
    for path in (*first.glob("party/*.j2"), *first.glob("third/*.j2")):
        mine, theirs = (passages(one.read_text("utf-8")) for one in (path, other / path.relative_to(first)))
        yield from zip(mine, theirs, strict=True)
    pieces, theirs_of = (_macros((folder / "pieces.j2").read_text("utf-8")) for folder in (first, other))
    for name in pieces.keys() & theirs_of.keys():
        yield from zip(passages(pieces[name]), passages(theirs_of[name]), strict=True)
    for table in TABLES:
        mine_of, said_of = getattr(LANGUAGES[FIRST], table), getattr(LANGUAGES[language], table)
        yield from ((mine_of[code], said_of[code]) for code in mine_of)


def _macros(text: str) -> dict[str, str]:
    return dict(re.findall(r"{% macro (\w+).*?%}(.*?){% endmacro %}", text, flags=re.DOTALL))


def _placed(written: Any) -> dict[str, str]:
    """Which promise each sentence stands under; "" where nothing is promised."""
    of = {s: name for name, said in written["promises"].items() for s in (said["sentences"] if isinstance(said, dict) else said)}
    return of | dict.fromkeys(written["says_what_happened"], "")


class TestTable:
    def test_every_sentence_was_decided_on(self) -> None:
        written = [s for promise in PROMISES.values() for s in promise["sentences"]] + WRITTEN["says_what_happened"]
        assert set(sentences()) - set(written) == set(), "decide what these promise, and which rule holds it"
        assert set(written) - set(sentences()) == set(), "no letter says this any more"
        assert len(written) == len(set(written))

    @pytest.mark.parametrize("promise", sorted(PROMISES))
    def test_the_rule_that_holds_it_is_tested(self, promise: str) -> None:
        file, *names = PROMISES[promise]["held_by"].split("::")
        body: Any = ast.parse((ROOT / file).read_text("utf-8")).body
        for name in names:
            found = next((node for node in body if getattr(node, "name", None) == name), None)
            assert found is not None, f"{file} has no {name}"
            body = getattr(found, "body", [])


@pytest.mark.parametrize("language", OTHERS)
class TestOtherLanguages:
    def test_every_sentence_was_decided_on(self, language: str) -> None:
        written = WRITTEN_IN[language]
        said = [s for sentences_of in written["promises"].values() for s in sentences_of] + written["says_what_happened"]
        assert set(sentences(language)) - set(said) == set(), "decide what these promise, and which rule holds it"
        assert set(said) - set(sentences(language)) == set(), "no letter says this any more"
        assert len(said) == len(set(said))
        assert set(written["promises"]) == set(PROMISES)

    def test_promises_where_english_does_and_the_same(self, language: str) -> None:
        mine, theirs = _placed(WRITTEN), _placed(WRITTEN_IN[language])
        differ = []
        for english, other in side_by_side(language):
            promised = {mine[s] for s in _sentences(english)} - {""}
            if promised != {theirs[s] for s in _sentences(other)} - {""}:
                differ.append((english.strip(), other.strip()))
        assert differ == []


class TestHeardFirst:
    @pytest.mark.parametrize("kind", sorted(BEGINS))
    def test_is_promised_where_it_is_held(self, kind: str) -> None:
        """A letter says so to a side when, and only when, the pack hears it."""
        pack = shelf().packs[kind]
        assert (Side.RESPONDENT in pack.hear) is BEGINS[kind]["hear"]
        if kind not in KINDS:
            return
        life = a_case(kind).that_protects().opened().disclosed()
        told = {notice.recipient: notice.data for _, notice in life.last.notices}
        for side, party in ((Side.CLAIMANT, CLAIMANT), (Side.RESPONDENT, RESPONDENT)):
            assert (told.get(party, {}).get("heard_first") is True) is (side in pack.hear)
        assert unheard(life.case, Side.RESPONDENT) is not None

    @pytest.mark.parametrize("event", ["case_opened", "case_disclosed", "case_remitted", "case_reopened", "ruling_annulled"])
    @pytest.mark.parametrize("promised", [True, False], ids=["promised", "not promised"])
    def test_is_said_by_no_letter_without_it(self, event: str, promised: bool) -> None:
        data = {"phase": "review", "phase_label": "Mediation", **({"heard_first": True} if promised else {})}
        text = Composer(replies=True).compose(a_notice(event, audience="respondent", data=data)).text
        assert (HEARD in " ".join(text.split())) is promised


class TestWhoDecides:
    def test_nobody_who_stands_close_to_a_side_and_never_without_reasons(self) -> None:
        assert a_case().in_review(owner=None).refused(FRIEND, "take").code == "own_case"
        assert all(command.model_fields["reasons"].is_required() for command in (Rule, DecideAppeal))


class TestAMeasureBeforeTheyKnow:
    @pytest.mark.parametrize(
        ("kind", "measure"),
        [(kind, one.name) for kind, pack in sorted(shelf().packs.items()) if pack.disclosure == "by_owner"
         for one in pack.interim_measures],
    )  # fmt: skip
    def test_says_nothing_of_a_case_or_of_whoever_reported_it(self, kind: str, measure: str) -> None:
        """Nor does its name: one that does is imposed with the owner's own words, or not before they know."""
        life = a_case(kind).in_review()
        said = {"measure": measure, "reasons": "She is afraid of him."}
        if measure in SPEAKS_OF_OTHERS:
            refusal = life.refused(MEDIATOR, "impose_interim", **said)
            assert (refusal.code, refusal.fields["measure"]) == ("not_disclosed", measure)
            life.says(MEDIATOR, "impose_interim", told="Do not write to Ada.", **said)
            return
        life.says(MEDIATOR, "impose_interim", **said)
        begun = life.notices_for(RESPONDENT)
        life.says(MEDIATOR, "review_interim", decision="keep", reasons="She is still afraid.")
        life.says(MEDIATOR, "review_interim", decision="lift", reasons="She is safe now.")
        letters = (*begun, *life.notices_for(RESPONDENT)[len(begun) :])
        assert {letter.event for letter in letters} == {"interim_imposed", "interim_reviewed", "interim_ended"}
        for letter in letters:
            assert (letter.texts, letter.data["measure_alone"]) == ({}, True)
            mail = Composer(replies=True).compose(
                a_notice(letter.event, audience="respondent", recipient=RESPONDENT, kind=kind, data=letter.data)
            )
            whole = f"{mail.subject} {mail.text}".lower()
            telling = ("case", "report", "other side", "claim", "accus", kind.replace("_", " "), life.case_id.lower(), "she")
            assert [word for word in telling if re.search(rf"\b{word}", whole)] == []


class TestSilence:
    @pytest.mark.parametrize("kind", sorted(BEGINS))
    def test_leads_on_and_never_to_a_loss_by_itself(self, kind: str) -> None:
        """A clock that waits for a side leads to review or to a decision on file, or to what was agreed on goods."""
        pack = shelf().packs[kind]
        for row in pack.clocks:
            clock = ClockTerms.model_validate({**(row.model_extra or {}), "name": row.name, "target": "1 day"})
            if clock.waits_for in ("claimant", "respondent"):
                defaults = {level.default for level in clock.levels if level.default}
                assert defaults <= {"open_review", "proceed_on_file", "end_return", "honour_return"}, clock.name


class TestWords:
    def test_are_taken_in_until_the_decision_is_told(self) -> None:
        for reach in ("in_review", "in_approval", "ruled", "in_appeal"):
            life = getattr(a_case(), reach)()
            assert life.says(RESPONDENT, "submit_evidence").says(CLAIMANT, "message").case.handed_in


class TestTakenBack:
    def test_what_is_void_is_undone_and_counts_no_more(self) -> None:
        life = a_case("conduct_report").in_review().heard("insult").says(MEDIATOR, "rule", **OUTCOMES["conduct_report"]["light"])
        life.fire("grace").says("per_l2", "annul")
        assert life.case.sanctions[0].voided_because == "annulled"
        assert life.case.effects[-1].reverses == life.case.effects[0].id


class TestTime:
    def test_the_law_s_limit_grows_as_the_law_says(self) -> None:
        life = a_case("fraud_report").in_review()
        assert life.says("per_l1", "extend", clock="final_answer", reason="paid_abroad").case.phase is Phase.REVIEW
        assert life.refused("per_l1", "extend", clock="final_answer", reason="paid_abroad").code == "extension_refused"

    def test_a_reminder_comes_before_the_end(self) -> None:
        rows = [row for row in a_case().that_protects().in_review().case.timetable if row.clock == "respondent_reply"]
        assert [row.level for row in rows] == ["remind", "end"]


class TestTold:
    @pytest.mark.parametrize("kind", sorted(BEGINS))
    def test_every_kind_tells_both_sides_how_the_matter_goes_on(self, kind: str) -> None:
        notices = shelf().packs[kind].notices
        for event in ("ruling_issued", "case_closed", "case_withdrawn"):
            assert {"all", "parties", "claimant"} & set(notices[event]), event

    @pytest.mark.parametrize("kind", sorted(BEGINS))
    def test_whoever_is_asked_is_told(self, kind: str) -> None:
        notices = shelf().packs[kind].notices
        assert "claimant" in notices["evidence_requested:claimant"]
        assert kind == "compliance_request" or "respondent" in notices["evidence_requested:respondent"]
