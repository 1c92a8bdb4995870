"""What the team puts away by two, and never by one: what came as a request over data, a claim or a notice and is none, and a
report of a danger.

What is no request at all is spam, or "where is my parcel"; whoever wrote is told how to ask for their data.

Nobody who asks need name a law (EDPB guidelines 01/2022, section 3.1.2), and who is refused is told why and where to complain
(Regulation (EU) 2016/679, article 12(4)). So it is never one person's word, nor possible once a right was named, by whoever wrote
or by the team, or somebody was asked who they are: then it is answered by a ruling.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.base import Outcome, Priority, among
from domain.model import commands as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.handling import ClaimUndecided, DangerUnconfirmed, ProposedNoRequest, RequestUnanswered
from domain.model.procedure import IDENTITY_STEP
from domain.model.refusals import Refusal
from domain.model.terms import Terms
from domain.rules import prior_decision
from domain.rules.confirmation import may_be_second
from domain.rules.fairness import another_credential
from domain.rules.remedy import asks_for_data
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.told_category import is_plain
from domain.rules.topic import Topic, inside

NO_REQUEST = "no_data_request"
"""The reason of ``decline`` and ``close`` by which it ends."""
_NAMES_NO_RIGHT = frozenset({"general", "other"})
"""Categories that say nothing of what is asked for. A word of one's own ("please_delete") may."""
NO_CLAIM = "no_claim"
"""The reason by which two of the team end what came as a claim of an error in a payment and is none (spam, not a customer)."""


def unanswered(case: Case) -> RequestUnanswered | None:
    """Why nobody puts a request for data away; None: it asks for no data of one's own, or is answered.

    Whoever asks need not name the right, so what no law is settled for is such a request until one is, and what was one stays
    one under another name.
    """
    terms = case.terms
    routed = {category for categories in terms.complaint_routes_for.values() for category in categories}
    settled = {category for remedy in terms.remedies for category in remedy.only_for}
    asked = any(among(one, routed) or one not in settled for one in (case.category, *case.filed_as))
    if not routed or not asked or not asks_for_data(terms) or case.rulings:
        return None
    may = f" What is no request at all two of the team end by the reason '{NO_REQUEST}'." if may_be_none(case) else ""
    return RequestUnanswered(
        "It is answered by a ruling: refuse it by 'rule' with reasons and the route of complaint, and a second person looks; "
        f"or whoever asked takes it back.{may}"
    )


def is_claim(terms: Terms, *called: str) -> bool:
    """Whether somebody says, or may say, that something is wrong with their payment, in a kind that gives the money until that is
    looked into. No name that the law knows is needed for that, nor one that the pack lists (12 CFR 1005.11(b)(1)): it is one
    unless the pack says of what it is called that it is none.
    """
    if not terms.provisional_credit:
        return False
    if terms.no_claims is not None:
        return not set(called) <= set(terms.no_claims)
    claims = {name for one in terms.credit_less or () for name in one.only_for}
    return not claims.isdisjoint(called)


def uninvestigated(case: Case) -> ClaimUndecided | None:
    """Why nobody puts such a claim away, whatever it is called later; None: it is none, or somebody has decided.

    Whoever gives notice of an error is owed an investigation and its results in writing, also where none is found (12 CFR
    1005.11(c)(1), (d)(1)); an error is a transfer that was unauthorised, incorrect or left out, a wrong sum, and a request for
    documents, alike (1005.11(a)(1)).
    """
    if case.rulings or not is_claim(case.terms, case.category, *case.filed_as):
        return None
    return ClaimUndecided(
        "It says, or may say, that something is wrong with a payment of whoever reports it: look into it and decide it by "
        "'rule', also where nothing was, or whoever reported it takes it back. It can be merged into another case of the same "
        f"matter. What is no such claim at all (spam, no customer) two of the team end by the reason '{NO_CLAIM}'."
    )


def may_be_none(case: Case) -> bool:
    """Whether nothing of the case names a right, nor was anybody asked who they are."""
    identified = case.identity_requests or any(taken.step == IDENTITY_STEP for taken in case.steps)
    return not identified and _NAMES_NO_RIGHT.issuperset((case.category, *case.filed_as))


def proposed(case: Case, command: c.Decline | c.Close, context: DecisionContext, at: datetime) -> Facts:
    """The first person's word that it is no request, no claim or no notice; nothing where it ends by this one, or is none of
    these cases.

    Raises RequestUnanswered for another reason, for what may be a request, and for whoever is no second person.
    """
    claim = uninvestigated(case)
    unread = prior_decision.unread(case, at, context.calendars, closing=isinstance(command, c.Close))
    refusal = claim or unread or unanswered(case) or _named(case, command)
    if refusal is None:
        return ()
    ends_by = NO_CLAIM if claim else prior_decision.NO_DECISION if unread else NO_REQUEST
    if command.reason != ends_by or not (claim or unread or may_be_none(case)):
        raise refusal
    said = "One of the team says that it is none: a lead or ops who did not say it, nor reports to who did, has to say it too."
    return _said_by_two(case, command, context, type(refusal)(said, because="second_person"))


def _said_by_two(case: Case, command: c.Decline | c.Close, context: DecisionContext, same_person: Refusal) -> Facts:
    """The first person's word, or nothing where this is the second one's; what whoever reported it has said since starts anew.

    Raises ``same_person`` for whoever is no second person.
    """
    first, actor = case.no_request, context.known()
    if first is None or case.came_in.get("claimant", 0) > first.seq:
        return (f.NoRequestProposed(reasons=command.reasons),)
    if not may_be_second(first.by, actor):
        raise same_person
    another_credential(first.credential, context)
    return ()


def danger_put_away(case: Case, command: c.Decline | c.Close, context: DecisionContext) -> Facts:
    """The first person's word that a report of a danger is put away; nothing where it ends by this one, or tells of none.

    Whoever tells of violence is answered promptly and appropriately, and offered protection (Istanbul Convention, article 50(1)):
    one person who is tired, or wrong, does not end that. Raises DangerUnconfirmed for whoever is no second person.
    """
    if not _may_be_danger(case):
        return ()
    said = (
        "It tells of a danger, or may, and one of the team says that it is put away: a lead or ops who did not say it, nor "
        "reports to who did, has to say it too."
    )
    return _said_by_two(case, command, context, DangerUnconfirmed(said, because="second_person"))


def _may_be_danger(case: Case) -> bool:
    """Whether an undecided report, in a kind that protects people, is urgent, is of somebody under age, or is called by a word
    that nobody lists; or was, before one of the team called it otherwise."""
    if case.terms.withdrawal == "closes" or case.rulings:
        return False
    listed = case.category_listed or is_plain(case.terms, case.category)
    called = bool(case.called_by or case.filed_as) or not listed
    return called or case.priority is Priority.URGENT or any(party.minor for party in case.parties)


def _named(case: Case, command: c.Decline | c.Close) -> RequestUnanswered | None:
    """What names a right, or is an order, is never called none, by whichever law it may be turned away for another reason."""
    if command.reason != NO_REQUEST or not asks_for_data(case.terms) or may_be_none(case):
        return None
    return RequestUnanswered("It is called by a right or an order, or somebody was asked who they are: it is one. Answer it.")


def outcome_of(command: c.Close) -> Outcome:
    """How a case ends that ops closes: what is no request is declined, whatever was said."""
    return Outcome.DECLINED if command.reason in (NO_REQUEST, NO_CLAIM, prior_decision.NO_DECISION) else Outcome(command.outcome)


def _noted(case: Case, rec: f.Recording, fact: f.NoRequestProposed) -> Change:
    first: dict[str, Any] = {"by": rec.actor.id, "credential": rec.credential, "seq": rec.seq}
    return {"no_request": ProposedNoRequest(**first)}


TOPIC = Topic(
    changes={"no_request_proposed": _noted},
    known_to={"no_request_proposed": inside("It ends so once two of the team have said it.")},
)
