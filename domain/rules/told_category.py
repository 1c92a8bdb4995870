"""What a case is called, as people outside the team read it.

The category of a report is any word: whoever reports writes it, and a lead can change it. It can say what nobody on the other
side may know, where the words beside it go to the desk alone. So the other side reads a word that packs list, or that the case's
own terms name; any other is read as :data:`NEUTRAL`, wherever it would be: in the view, the timeline, an export, a letter, a
webhook, and as what somebody is accused of. Whoever reported, and the platform, go on reading the word of the report; the team
reads every one.
"""

from __future__ import annotations

from typing import Literal

from domain.base import Phase
from domain.model.case import Case
from domain.model.terms import Terms

Reader = Literal["claimant", "respondent", "platform", "staff", "third_parties"]
NEUTRAL = "other"
UNKNOWN = "category_unknown"
"""Why a report comes before a person whose category its pack does not list."""
PLAIN = frozenset({
    NEUTRAL, "general",
    # Payments and what was bought.
    "amount", "cancelled", "charged_twice", "damaged", "duplicate", "not_as_described", "not_received", "refund_missing",
    "refund_not_processed", "subscription_cancelled", "unauthorised", "wrong_amount",
    # Fraud.
    "account_taken", "account_takeover", "card_testing", "collusion", "fake_listing", "false_identity", "friendly_fraud",
    "never_existed", "paid_outside", "refund_abuse", "stolen_payment", "documents_asked", "not_on_statement", "unrecognised",
    "wrong_cash", "wrong_sum", "wrong_transfer",
    # Conduct and safety.
    "assault", "bite", "child_endangerment", "contact_off_platform", "death", "discrimination", "doxxing", "extortion",
    "harassment", "illness", "injury", "insult", "life_in_danger", "missing", "neglect", "pressure_for_payment", "property",
    "retaliation", "self_harm", "sexual_misconduct", "spam", "threat", "threats", "unauthorised_disclosure", "unprofessional",
    # Findings.
    "communication", "eligibility", "feedback", "out_of_scope", "scope", "severity",
    # What the law gives.
    "ccpa_correct", "ccpa_delete", "ccpa_know", "ccpa_limit", "ccpa_opt_out", "gdpr_access", "gdpr_automated", "gdpr_erasure",
    "gdpr_marketing", "gdpr_objection", "gdpr_portability", "gdpr_rectification", "gdpr_restriction", "legal_order",
})  # fmt: skip
"""Words that say what a matter is about, and nothing of anybody: those that the packs of Ombud list."""
_OWN = frozenset({"claimant", "platform"})


def is_plain(terms: Terms, word: str) -> bool:
    """Whether a word is one that packs list or that these terms name: a clause, a ladder, what has a limit or a remedy."""
    return word in PLAIN or word in _named(terms)


def told(case: Case, word: str, reader: Reader) -> str:
    """What a case is, or was, called, as somebody reads it."""
    if reader == "staff" or is_plain(case.terms, word) or (case.category_listed and word == case.category):
        return word
    reported = next(iter((*case.filed_as, case.category)))
    return word if reader in _OWN and word == reported else NEUTRAL


def is_unknown(case: Case) -> bool:
    """Whether a report came before a person under a name that neither its pack nor anybody lists, whatever it is called since:
    who writes "unauthorized" or "ilegal_content" has the rights of who writes it as the pack does."""
    first = next(iter((*case.filed_as, case.category)))
    listed = case.category_listed and not case.filed_as
    read = case.gate is not None or case.phase is Phase.INTAKE
    return case.gate == UNKNOWN or (read and not listed and not is_plain(case.terms, first))


def _named(terms: Terms) -> frozenset[str]:
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    limits = (place.partition("/") for clock in terms.clocks for place in clock.targets)
    first = terms.elsewhere.first_instance if terms.elsewhere is not None else ()
    return frozenset({
        *terms.grounds,
        *first,
        *(one.category for one in ladders),
        *(category for category, stroke, _ in limits if stroke),
        *(category for one in terms.remedies for category in (*one.only_for, *one.beside_for)),
    })  # fmt: skip
