"""Whatever a pack lets a ruling give can be given from the page, and what is missing is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

import pytest

from cli.kit.pages import Amounts
from console.kit.visit import Form
from console.pages import giving, ruling_form
from domain.model.case import Case
from services.errors import Refused
from tests.support.browsing import Lobby
from tests.support.cases import LEAD, MEDIATOR, OUTCOMES, STATEMENT, Life, a_case, facts_named

UTC, AMOUNTS = ZoneInfo("UTC"), Amounts()
REASONS = "We looked at what both of you handed in."


def filled(values: Mapping[str, str]) -> Form:
    return Form(list(values.items()))


def ready(kind: str) -> Life:
    """A case in which whatever has to come before a ruling has come."""
    life = a_case(kind, category="insult").in_review().disclosed() if kind == "conduct_report" else a_case(kind).in_review()
    life.disclosed()
    if life.case.terms.root_causes:
        life.says(MEDIATOR, "name_root_cause", cause=life.case.terms.root_causes[0])
    return life.heard()


def chosen(case: Case, outcome: str, remedy: str | None) -> dict[str, str]:
    """The page filled in as somebody does who follows what it shows."""
    terms = case.terms
    known = terms.outcome(outcome)
    assert known is not None
    values = {"outcome": outcome, "reasons": REASONS}
    ladders = terms.sanctions.ladders if terms.sanctions is not None else ()
    grounds = next((ladder.grounds for ladder in ladders), terms.grounds)
    if grounds:
        values["ground"] = grounds[0]
    if "complaint_route" in known.needs:
        values["complaint_route"] = terms.routes_for(case.category)[0]
    if remedy is None:
        values[giving.nothing_of(outcome)] = "yes"
    for one in giving.given(terms, known):
        if one.remedy != remedy and not one.alone:
            continue
        values |= {} if one.alone else {one.tick: one.remedy}
        values |= {one.to: "respondent"} if one.asks_whom and not one.whom else {}
        if one.amount:
            values |= {one.amount: "12,50", one.currency: case.amount.currency if case.amount else "USD"}
    if terms.statement is not None and remedy in terms.statement.remedies:
        stated = STATEMENT.items()
        values |= {f"statement.{name}": "\n".join(said) if isinstance(said, list | tuple) else str(said) for name, said in stated}
    return values


def _every() -> Iterator[tuple[str, str, str | None]]:
    """Each remedy of each outcome of each shipped pack that decides in the first instance, and each outcome without one."""
    for kind in sorted(OUTCOMES):
        for outcome in a_case(kind).opened().case.terms.outcomes:
            nothing = () if "remedies" in outcome.needs else (None,)
            yield from ((kind, outcome.name, remedy) for remedy in (*nothing, *outcome.remedies))


EVERY = list(_every())


@pytest.mark.parametrize(("kind", "outcome", "remedy"), EVERY)
def test_each_remedy_of_each_outcome_of_each_pack_can_be_given_from_the_form(kind: str, outcome: str, remedy: str | None) -> None:
    life = ready(kind)
    only = life.case.terms.remedy(remedy).only_for if remedy else ()
    if only:
        life.says(LEAD, "retarget", category=only[0], reason="law_found")
    values = chosen(life.case, outcome, remedy)
    body = ruling_form.body(life.case.terms, "rule", filled(values), UTC, AMOUNTS)
    life.says(MEDIATOR, "rule", **body)
    (drafted,) = facts_named(life.recordings, "ruling_drafted")
    gives = [one.type for one in drafted.remedies]  # type: ignore[union-attr]  # it was drafted a moment ago
    assert remedy is None or remedy in gives
    assert all(one.amount is None or one.amount.amount == 1250 for one in drafted.remedies)  # type: ignore[union-attr]  # it was drafted a moment ago


@pytest.mark.parametrize(("kind", "outcome", "remedy"), [one for one in EVERY if one[2] is not None])
def test_what_a_draft_said_fills_the_form_in_again(kind: str, outcome: str, remedy: str) -> None:
    case = ready(kind).case
    body = ruling_form.body(case.terms, "rule", filled(chosen(case, outcome, remedy)), UTC, AMOUNTS)
    again = ruling_form.written({**body, "decision": "rule"}, case.terms, "rule", UTC, AMOUNTS)
    form = Form([(name, value) for name, each in again.items() for value in each])
    assert ruling_form.body(case.terms, "rule", form, UTC, AMOUNTS) == body


def refused(case: Case, command: str = "rule", **values: str) -> dict[str, str]:
    with pytest.raises(Refused) as said:
        ruling_form.body(case.terms, command, filled({name.replace("__", "."): v for name, v in values.items()}), UTC, AMOUNTS)
    return {error.field: error.message for error in said.value.errors}


class TestWhatIsMissing:
    def test_is_said_all_at_once(self) -> None:
        case = a_case("payment_dispute").in_review().case
        assert set(refused(case)) == {"outcome", "ground", "reasons"}
        assert set(refused(case, outcome="partly_refunded")) == {"amount.partly_refunded", "ground", "reasons"}
        assert set(refused(case, "decide_appeal")) == {"decision", "reasons"}
        assert set(refused(case, "decide_appeal", decision="overturn")) == {"outcome", "reasons"}
        compliance = a_case("compliance_request").in_review().case
        assert "complaint_route" in refused(compliance, outcome="refused")

    def test_an_amount_goes_with_its_box_and_a_box_with_its_amount(self) -> None:
        case = a_case("bounty_dispute").in_review().case
        said = {"outcome": "upheld", "ground": "severity", "reasons": REASONS}
        assert set(refused(case, **said, remedy__upheld="payout")) == {"amount.upheld.payout"}
        assert "Tick “Payout”" in refused(case, **said, amount__upheld__payout="5")["amount.upheld.payout"]
        assert "say that it gives nothing" in refused(case, **said)["nothing.upheld"]
        nothing = refused(case, **said, remedy__upheld="payout", amount__upheld__payout="0", currency__upheld__payout="USD")
        assert "above zero" in nothing["amount.upheld.payout"]
        unclear = refused(case, **said, remedy__upheld="payout", amount__upheld__payout="1,250", currency__upheld__payout="USD")
        assert "Write 1250.00" in unclear["amount.upheld.payout"]

    def test_a_preview_asks_for_no_reasons_yet(self) -> None:
        case = a_case("bounty_dispute").in_review().case
        said = {"outcome": "invalid", "ground": "scope"}
        assert ruling_form.body(case.terms, "rule", filled(said), UTC, AMOUNTS, without=["reasons"]) == said


@pytest.mark.parametrize("decision", ["uphold", "remit"])
def test_what_stays_as_it_is_takes_no_outcome_whatever_was_chosen_before(decision: str) -> None:
    case = a_case("payment_dispute").in_appeal().case
    said = {**chosen(case, "partly_refunded", "refund"), "decision": decision}
    body = ruling_form.body(case.terms, "decide_appeal", filled(said), UTC, AMOUNTS)
    assert not {"outcome", "remedies", "sanction", "statement"} & set(body)


@pytest.mark.postgres
class TestOnThePage:
    async def test_a_bounty_is_upheld_with_its_payout_from_the_page_without_javascript(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "bounties")
        case = await lobby.office.desk().in_review(heard=True, amount={"amount": 240000, "currency": "USD"})
        ada, where = await lobby.signed_in("ada"), f"/cases/{case['id']}/ruling"
        await ada.open("/inbox")
        await ada.send("/take-next")
        await ada.open(where)
        assert ada.form(where).fields["currency.upheld.payout"] == "USD"
        said = {"outcome": "upheld", "ground": "severity", "reasons": REASONS, "remedy.upheld": "payout", "do": "send"}
        answer = await ada.send(where, **said)
        assert answer.status_code == 422
        assert "Write the amount of “Payout”." in ada.words
        little = {**said, "amount.upheld.payout": "12,50"}
        answer = await ada.send(where, **little)
        assert answer.status_code == 422, "who wins gets little of it: that is asked once"
        assert "It gives 12.50 USD of the 2,400.00 USD in question" in ada.words
        assert 'id="e-less_because"' in ada.html
        assert ada.html.count('<article class="letter">') == 2, "both letters stand there all the same"
        assert ada.form(where).fields["amount.upheld.payout"] == "12,50"
        answer = await ada.send(where, **little, less_because="not_owed")
        assert answer.status_code == 303, ada.words
        await ada.follow()
        facts = await lobby.house.parts.views.timeline(lobby.office.tenant_id, case["id"])
        (drafted,) = [fact.fact for fact in facts if fact.fact.type == "ruling_drafted"]
        assert [(one.type, one.amount.amount, one.amount.currency) for one in drafted.remedies if one.amount] == [
            ("payout", 1250, "USD")
        ]

    @pytest.mark.parametrize("kind", sorted(OUTCOMES))
    async def test_the_page_has_every_field_that_the_outcomes_of_its_kind_can_need(self, lobby: Lobby, kind: str) -> None:
        await lobby.office.works("ada", "payments")
        case = await lobby.office.desk().opened(kind=kind, category="other")
        ada = await lobby.signed_in("cleo")
        await ada.open(f"/cases/{case['id']}/ruling")
        terms = a_case(kind).opened().case.terms
        for outcome in terms.outcomes:
            for one in giving.given(terms, outcome):
                wanted = [one.amount, one.amount and one.currency, one.asks_whom and one.to, not one.alone and one.tick]
                for name in filter(None, wanted):
                    assert f'name="{name}"' in ada.html, name
            # That something is given at all is ticked among the remedies above.
            for need in (need for need in outcome.needs if need != "remedies"):
                assert f'name="{need}"' in ada.html, need

    async def test_it_says_what_stays_in_force_where_an_authority_was_told(self, lobby: Lobby) -> None:
        await lobby.office.works("ada", "payments")
        desk, lead = lobby.office.desk(), lobby.office.desk("cleo")
        case = await desk.opened(kind="fraud_report", category="other")
        where, cleo = f"/cases/{case['id']}/ruling", await lobby.signed_in("cleo")
        froze = {"type": "impose_interim", "measure": "payout_freeze", "reasons": "The money would be gone."}
        told = {"type": "report_to_authority", "authority": "police", "reasons": "It is a ring."}
        for command, shown in (({"type": "take"}, False), (froze, False), (told, True)):
            answer = await lead.post(f"/v1/cases/{case['id']}/commands", command)
            assert answer.status_code == 200, answer.text
            await cleo.open(where)
            assert ('name="stays"' in cleo.html, 'name="until"' in cleo.html) == (shown, shown)
