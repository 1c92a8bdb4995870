"""Cases in which everybody is there who ever hands in evidence, and what was asked of them."""

from __future__ import annotations

from tests.support.cases import AGENT, WITNESS, Life, a_case


def in_review() -> Life:
    """A bounty dispute with an agent beside the claimant and a witness of the respondent."""
    life = a_case().with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness")
    return life.in_review()


def open_ids(life: Life) -> list[str]:
    """The requests that are open, oldest first."""
    return [asked.id for asked in life.case.requests]
