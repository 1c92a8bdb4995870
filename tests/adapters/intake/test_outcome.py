"""What an operator is told of an input, without a server."""

import json

import pytest

from adapters.intake.mail import MailIntake
from adapters.intake.outcome import PROVIDERS, outcome_of
from tests.support.places import FIXTURES

MAIL = MailIntake("ombud.example", ours={"help@desk.example"})
INTAKE = FIXTURES / "intake"


def test_a_report_says_all_that_was_read() -> None:
    said = outcome_of("mail", (INTAKE / "mail" / "sent-on-by-a-group.eml").read_bytes(), MAIL).as_json()
    assert list(said) == ["outcome", "why", "claimant", "statement", "files", "external_id", "amount", "guessed"]
    assert (said["outcome"], said["claimant"]) == ("report", {"address": "mia@example.org", "name": "Mia Holt"})
    assert (said["guessed"], said["amount"]) == (["sender"], None)
    assert [file["name"] for file in said["files"]] == ["original.eml"]
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("provider", "name", "outcome", "external_id"),
    [
        ("mail", "report.eml", "report", "2f81.77b0@mail.example.net"),
        ("mail", "reply.eml", "answer", "reply-1@fjord.example"),
        ("mail", "bounce.eml", "ignored", None),
        ("mail", "holiday.eml", "ignored", None),
        ("stripe", "stripe-dispute-created.json", "report", "dp_1QomBudTest00000000000002"),
        ("paypal", "paypal-dispute-created.json", "report", None),
        ("generic", "report.json", "report", None),
        ("generic", "report.eml", "refused", None),
        ("stripe", "report.eml", "refused", None),
        ("stripe", "report.json", "ignored", None),
        ("stripe", "stripe-dispute-closed.json", "signal", "dp_1QomBudTest00000000000002"),
    ],
)
def test_every_provider(provider: str, name: str, outcome: str, external_id: str | None) -> None:
    found = outcome_of(provider, (INTAKE / name).read_bytes(), MAIL)
    assert (found.outcome, bool(found.why)) == (outcome, True)
    assert external_id is None or found.external_id == external_id


def test_an_answer_names_its_notice() -> None:
    assert "ntc_0196a7c2-evidence-2" in outcome_of("mail", (INTAKE / "reply.eml").read_bytes(), MAIL).why


def test_a_subject_of_ours_names_its_case() -> None:
    found = outcome_of("mail", b"From: a@x.example\nSubject: RE: We have it (case 1A2B3c4d)\n\nMore.", MAIL)
    assert (found.outcome, "1a2b3c4d" in found.why) == ("answer", True)


def test_a_dispute_that_is_over_and_one_of_the_test_mode_say_so() -> None:
    event = json.loads((INTAKE / "stripe-dispute-created.json").read_bytes())
    event["data"]["object"]["status"] = "prevented"
    assert "declined at once (decided_elsewhere)" in outcome_of("stripe", json.dumps(event).encode(), MAIL).why
    assert "pays nothing" in outcome_of("stripe", json.dumps(event | {"livemode": False}).encode(), MAIL).why


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_at_all_is_refused(provider: str) -> None:
    found = outcome_of(provider, b"", MAIL)
    assert (found.outcome, found.as_json()["claimant"]) == ("refused", {"address": None, "name": None})
