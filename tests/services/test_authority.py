"""Which credential may do what, at every door: a table that was reviewed by hand, and tried for real."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx2 import Response

from domain.model.commands import COMMANDS, SYSTEM_COMMANDS
from domain.rules.lifecycle import TABLE, Who
from services.authority import AUTHORITY, DECIDING, deed_of
from tests.support.office import Office, party

BY_HAND = """
                  read    report  own     party   staff   decide  admin
platform_key      read    write   write   parties staff   -       -
person_key        read    write   write   -       -       write   admin
session           yes     yes     yes     -       -       yes     yes
party_link        yes     -       yes     -       -       -       -
intake_source     -       yes     -       -       -       -       -
mail              -       yes     yes     -       -       -       -
operator          yes     yes     yes     yes     yes     -       yes
temporal          -       -       yes     -       -       -       -
temporal_signed   -       -       yes     -       -       yes     -
"""
"""``-``: never. ``yes``: by itself. A scope's last word: with that scope of an API key."""
REVIEWED = {
    # ends a case, or takes it up again
    "admit": ("decides", "Lets a report in against somebody."),
    "decline": ("decides", "Turns a report away."),
    "close": ("decides", "Ends a case without a ruling; with `declined` it is what `decline` is."),
    "reopen": ("decides", "Takes back what ended the case."),
    "merge": ("decides", "Ends a case, which is not reopened, and takes its reporter their appeal."),
    "accept_withdrawal": ("decides", "Ends a case, and says what becomes of its measures."),
    "continue_of_office": ("decides", "Goes on against a respondent whom nobody accuses any more."),
    "recuse": ("decides", "Takes a ruling in its grace back, and bars a person from the case."),
    "annul": ("decides", "Sets a ruling aside that was told."),
    # the matter itself
    "rule": ("decides", "The decision."),
    "approve": ("decides", "Its second half."),
    "return_ruling": ("decides", "Refuses the second half."),
    "retract": ("decides", "Takes the decision back."),
    "decide_appeal": ("decides", "The decision on the decision."),
    "decide_return": ("decides", "Says whose goods and whose money it is."),
    "credit_provisionally": ("decides", "Gives money."),
    "state_amount": ("decides", "Says how much can be given, and sends a draft back."),
    # imposes something on somebody
    "impose_interim": ("decides", "Takes somebody their account, before anybody was heard."),
    "review_interim": ("decides", "Keeps it taken, or gives it back to whom it was taken from for others' safety."),
    "remove_party": ("decides", "To whoever is removed there is no case any more, and no word in it."),
    "replace_party": ("decides", "The same, and somebody else speaks in their place."),
    "disclose": ("decides", "Tells a suspect; that cannot be untold."),
    # leaves the house, or is gone
    "report_to_authority": ("decides", "Names somebody to the police: the draft of a decision, as `rule` is."),
    "approve_report": ("decides", "Lets it go out."),
    "ask_exception": ("decides", "The draft of a decision to depart from the rules of the kind."),
    "grant_exception": ("decides", "The rules of the kind are departed from."),
    "refuse_exception": ("decides", "The rules hold."),
    "return_report": ("decides", "Refuses that."),
    "submit_chargeback_evidence": ("decides", "The one submission that a card network takes."),
    "lift_hold": ("decides", "Lets be destroyed what a court may want."),
    # does neither: it can be taken back, or follows what was decided
    "add_party": ("works", "Lets one more be heard; removing is what decides."),
    "report_manual_work": ("works", "Says what became of what was decided; what a machine says of it elsewhere."),
    "offer": ("works", "A proposal, which each side accepts or declines for itself."),
    "message": ("works", "Words."),
    "note": ("works", "Words for the team."),
    "translate": ("works", "Beside the original, which stays what counts; who did it is said."),
    "request_evidence": ("works", "Asks."),
    "ask_identity": ("works", "Asks."),
    "propose_appointment": ("works", "Asks; whoever is invited answers for themselves."),
    "move_appointment": ("works", "Asks anew."),
    "cancel_appointment": ("works", "Nothing is decided by it."),
    "record_appointment": ("works", "Words that both sides read and may comment on."),
    "submit_evidence": ("works", "Something to answer: nobody loses by it before they could."),
    "assign": ("works", "Whose work it is."),
    "take": ("works", "The same."),
    "skip": ("works", "The same."),
    "acknowledge": ("works", "Who is called; a case of nobody is theirs from then on, as by `take`."),
    "hand_over": ("works", "The same."),
    "pause": ("works", "Time; what stood still goes on."),
    "resume": ("works", "Time."),
    "snooze": ("works", "Time."),
    "extend": ("works", "Gives somebody more of it."),
    "retarget": ("works", "Targets of the team; never a party's right."),
    "freeze": ("works", "Time, for an incident, also by machines."),
    "thaw": ("works", "Time, for an incident, also by machines."),
    "place_hold": ("works", "Keeps; lifting it is what decides."),
    "draft_chargeback_evidence": ("works", "A draft that goes nowhere by itself."),
    "complete_step": ("works", "Says what was done."),
    "skip_step": ("works", "The ruling of whoever left it out needs a second person."),
    "name_root_cause": ("works", "For statistics."),
    "link": ("works", "A note in two cases."),
    "unlink": ("works", "Takes it back."),
    "split": ("works", "A case more, with the same terms; the first one stays."),
    "join_campaign": ("works", "A name for many cases."),
    "leave_campaign": ("works", "Takes it back."),
}
"""Every command that somebody of the team may send: whether it decides, and why. Reviewed by hand."""
_SCOPES = {
    "read": "cases:read", "write": "cases:write", "parties": "act_as:parties", "staff": "act_as:staff", "admin": "admin",
}  # fmt: skip
_DEEDS = ("read", "report", "own_word", "for_party", "for_staff", "decide", "administer")


def _said(grant: Any) -> str:
    if not grant.allowed:
        return "-"
    return next((word for word, scope in _SCOPES.items() if scope == grant.scope), "yes")


def test_the_table_is_the_one_that_was_reviewed() -> None:
    for line in BY_HAND.strip().splitlines()[1:]:
        kind, *cells = line.split()
        assert [_said(AUTHORITY[kind][deed]) for deed in _DEEDS] == cells, kind  # type: ignore[index]  # each kind, by its name
    assert len(BY_HAND.strip().splitlines()) == len(AUTHORITY) + 1


class TestDeeds:
    def test_deciding_is_what_only_a_judge_does_to_the_matter(self) -> None:
        """Every command that a drafter, an approver or the judge of an appeal sends and nobody of the team beside them."""
        judged = {row.command for row in TABLE if row.who and row.who <= {Who.APPROVER, Who.DRAFTER}}
        assert judged <= DECIDING
        assert {"rule", "decide_appeal", "decide_return", "approve_report"} <= DECIDING
        assert not DECIDING & set(SYSTEM_COMMANDS)

    def test_whoever_of_the_team_ends_a_case_or_takes_it_up_again_decides(self) -> None:
        """By whatever verb: another way to the same end takes the same credential."""
        team = {Who.STAFF, Who.JUDGE, Who.OWNER, Who.LEAD, Who.OPS, Who.APPROVER, Who.DRAFTER}
        turns = {row.command for row in TABLE if row.leads_to and row.who & team}
        assert turns <= DECIDING

    def test_every_command_of_the_team_was_looked_at(self) -> None:
        outside = {Who.CLAIMANT, Who.RESPONDENT, Who.REPORTER, Who.WITNESS, Who.APPELLANT, Who.PLATFORM, Who.SYSTEM, Who.HIT}
        of_team = {row.command for row in TABLE if row.who - outside}
        assert {command for command in REVIEWED if REVIEWED[command][0] == "decides"} == DECIDING
        assert set(REVIEWED) == of_team

    def test_each_is_a_command(self) -> None:
        known = COMMANDS.json_schema()["discriminator"]["mapping"]
        assert set(known) >= DECIDING

    @pytest.mark.parametrize(
        ("command", "speaker", "holder", "deed"),
        [
            ("rule", "per_ada", "per_ada", "decide"),
            ("rule", "per_ada", "key_1", "decide"),
            ("rule", "system", "system", "decide"),
            ("rule", "pty_kim", "key_1", "for_party"),
            ("note", "per_ada", "per_ada", "own_word"),
            ("note", "per_ada", "key_1", "for_staff"),
            ("offer", "pty_kim", "key_1", "for_party"),
            ("signal", "key_1", "key_1", "own_word"),
        ],
    )
    def test_what_it_is(self, command: str, speaker: str, holder: str, deed: str) -> None:
        assert deed_of(command, speaker, holder) == deed


Deed = Callable[[Office, dict[str, Any], str], Awaitable[Response]]


async def _read(office: Office, case: dict[str, Any], key: str) -> Response:
    return await office.desk(key).get(f"/v1/cases/{case['id']}")


async def _report(office: Office, case: dict[str, Any], key: str) -> Response:
    from tests.support.office import a_report

    return await office.desk(key).post("/v1/cases", a_report())


async def _own_word(office: Office, case: dict[str, Any], key: str) -> Response:
    return await office.desk(key).command(case["id"], "message", text="Hello.", to="all")


async def _for_party(office: Office, case: dict[str, Any], key: str) -> Response:
    return await office.desk(key).command(case["id"], "message", party(case, "claimant"), text="Hello.")


async def _for_staff(office: Office, case: dict[str, Any], key: str) -> Response:
    return await office.desk(key).command(case["id"], "note", "per_ben", text="Called them.")


async def _decide(office: Office, case: dict[str, Any], key: str) -> Response:
    return await office.desk(key).command(case["id"], "rule", "per_ada", outcome="rejected", reasons="No.", ground="scope")


DOING: dict[str, Deed] = {
    "read": _read, "report": _report, "own_word": _own_word, "for_party": _for_party, "for_staff": _for_staff, "decide": _decide,
}  # fmt: skip
REFUSED = {"scope_missing", "by_forbidden", "own_credential_needed"}


@pytest.mark.postgres
class TestAtTheApi:
    """Each deed, by each kind of key, with all scopes and with each one taken away."""

    @pytest.mark.parametrize("without", [None, "cases:read", "cases:write", "act_as:parties", "act_as:staff"])
    @pytest.mark.parametrize("kind", ["platform_key", "person_key"])
    async def test_is_as_the_table_says(self, office: Office, kind: str, without: str | None) -> None:
        case = await office.desk().in_review()
        assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take")).status_code == 200
        scopes = tuple(sorted({*_SCOPES.values()} - {without}))
        key = await office.key(scopes=scopes, person_id="per_ada" if kind == "person_key" else None)
        for deed, do in DOING.items():
            grant = AUTHORITY[kind][deed]  # type: ignore[index]  # each by its name
            # Every address that takes a command asks for this one beside.
            needed = {grant.scope} | ({"cases:write"} if deed != "read" else set())
            answer = await do(office, case, key)
            code = answer.json().get("code")
            if grant.allowed and (without is None or without not in needed):
                assert code not in REFUSED, (deed, answer.text)
            else:
                assert (answer.status_code, code in REFUSED) == (403, True), (deed, answer.text)

    async def test_what_everything_meant_before_scopes_were_told_apart_speaks_for_nobody_of_the_team(
        self, office: Office
    ) -> None:
        case = await office.desk().in_review()
        key = await office.key(scopes=("*",))
        assert (await _for_party(office, case, key)).status_code == 200
        assert (await _for_staff(office, case, key)).json()["code"] == "scope_missing"

    async def test_every_deciding_command_needs_the_own_credential(self, office: Office) -> None:
        case = await office.desk().in_review()
        key = await office.key(scopes=tuple(_SCOPES.values()))
        for command in sorted(DECIDING):
            answer = await office.desk(key).command(case["id"], command, "per_cleo", reasons="No.")
            assert (answer.status_code, answer.json()["code"]) == (403, "own_credential_needed"), command


@pytest.mark.postgres
class TestEveryFact:
    async def test_says_by_which_credential_it_came(self, office: Office) -> None:
        case = await office.desk().in_review()
        ada = office.desk("ada")
        await ada.post(f"/v1/cases/{case['id']}/take")
        own = (await ada.get("/v1/me")).json()["credential"]
        platform = (await office.desk().get("/v1/me")).json()["credential"]
        async with office.database.tenant(office.tenant_id) as conn:
            found = await conn.fetch(
                "SELECT type, body ->> 'credential' AS credential FROM facts WHERE case_id = $1 ORDER BY seq", case["id"]
            )
        said = {row["type"]: row["credential"] for row in found}
        assert said["case_opened"] == platform
        assert said["case_assigned"] == own
        assert all(row["credential"] for row in found)
        for who, shown in (("dana", {own, platform}), ("cleo", {own, platform}), ("ada", {None})):
            entries = (await office.desk(who).get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
            assert shown <= {entry.get("credential") for entry in entries}, who
            assert who != "ada" or not any(entry.get("credential") for entry in entries)


@pytest.mark.postgres
class TestTwoPersons:
    async def test_no_credential_yields_both_drafter_and_approver(self, office: Office) -> None:
        """Whatever one key holder tries, with every scope that there is."""
        case = await office.desk().in_review(heard=True)
        ada = office.desk("ada")
        await ada.post(f"/v1/cases/{case['id']}/take")
        heavy = [{"type": "payout", "amount": {"amount": 90_000_00, "currency": "USD"}}]
        said: dict[str, Any] = {"outcome": "upheld", "ground": "scope", "reasons": "It was in scope.", "remedies": heavy}
        drafted = await ada.command(case["id"], "rule", None, **said)
        assert drafted.status_code == 200, drafted.text
        for key, by in (("ada", None), ("ada", "per_cleo"), ("platform", "per_cleo")):
            refused = await office.desk(key).command(case["id"], "approve", by)
            assert refused.status_code == 403, refused.text
        assert (await office.desk("cleo").command(case["id"], "approve")).status_code == 200
