"""Writes down whole lives as this release records them: ``python -m tests.domain.keep_facts 0.2.0``, once a release.

What is written is folded by ``test_kept_facts.py`` for ever, so a folder that exists is never written again.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from domain.base import Money
from domain.model.case_import_report import MovingCase
from domain.model.facts import Recording
from domain.model.money import PaidElsewhere
from policies.case_import import rehearsed
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_2,
    MEDIATOR_3,
    MONDAY,
    OPS,
    OUTCOMES,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    STATEMENT,
    WITNESS,
    Life,
    a_case,
    shelf,
)
from tests.support.other_cases import CAMPAIGN, OTHER_CASE, YOUNGER_CASE, elsewhere, other

KEPT = Path(__file__).parent / "kept_facts"


def bounty_dispute() -> Life:
    """Settled, reopened, drafted and sent back, ruled, appealed from both sides, remitted, ruled afresh."""
    amount = {"amount": 120_000, "currency": "USD"}
    life = a_case("bounty_dispute", amount=amount).with_party(AGENT, "claimant", "representative")
    life.with_party(WITNESS, "respondent", "witness").in_intake().says(LEAD, "admit")
    life.says(PLATFORM, "message", text="The programme has answered within a day so far.")
    life.says(RESPONDENT, "offer", remedy="payout", amount={"amount": 10_000, "currency": "USD"}, text="As a courtesy.")
    life.says(CLAIMANT, "decline_offer").says(AGENT, "offer", remedy="payout", amount=amount)
    life.says(RESPONDENT, "accept_offer")
    life.says(ROBOT, "report_effect", effect_id=life.case.effects[0].id, result="done")
    life.later(timedelta(days=3)).says(OPS, "reopen", reason="not_performed", reasons="The payout went to another account.")
    life.says(OPS, "assign", owner=MEDIATOR_3).says(MEDIATOR_3, "skip", reason="too_technical")
    life.says(OPS, "assign", owner=MEDIATOR).says(MEDIATOR, "message", to="claimant").says(MEDIATOR, "note")
    life.says(MEDIATOR, "request_evidence", of="claimant").says(MEDIATOR, "request_evidence", of="respondent")
    life.says(CLAIMANT, "submit_evidence", confidential=True).says(WITNESS, "submit_evidence").says(PLATFORM, "submit_evidence")
    life.fire("respondent_response", "end")
    life.in_approval().says(LEAD, "return_ruling").in_approval().says(LEAD, "approve").says(MEDIATOR, "retract")
    life.says(OPS, "assign", owner=None, reason="on_leave").says(MEDIATOR_2, "take").appealable("both")
    life.says(ROBOT, "report_delivery", notice_id="ntc_0001", reason="mailbox_gone")
    life.says(RESPONDENT, "appeal").says(LEAD_2, "take").says(CLAIMANT, "appeal").says(RESPONDENT, "withdraw")
    life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace").says(MEDIATOR_3, "take").outage(timedelta(days=30))
    life.ruled("light").fire("grace")
    for effect in [e.id for e in life.case.effects if e.state == "running"]:
        life.says(ROBOT, "report_effect", effect_id=effect, result="done")
    return life


def fraud_report() -> Life:
    """Declined, reopened, held and aimed anew, ruled, overturned on appeal, appealed and withdrawn, reopened, taken back."""
    steps = ("payments_read", "bank_asked")
    life = a_case("fraud_report", priority="urgent").with_terms(procedure=steps).in_intake()
    life.says(LEAD, "decline", reason="no_claim").says(OPS, "decline", reason="no_claim").says(OPS, "reopen")
    life.fire("first_response", "breach").in_review()
    life.says(MEDIATOR, "complete_step", step="payments_read").says(MEDIATOR, "skip_step", step="bank_asked")
    life.says(MEDIATOR, "complete_step", step="bank_asked", reasons="They wrote back after all.")
    life.says(MEDIATOR, "name_root_cause", cause="data_breach", insight="The password was used elsewhere too.")
    _beside_others(life)
    _moved_in_time(life).appealable("both").says(RESPONDENT, "appeal").says(LEAD_3, "take")
    life.says(LEAD_3, "decide_appeal", decision="overturn", **OUTCOMES["fraud_report"]["none"]).fire("grace")
    life.says(ROBOT, "report_effect", effect_id=life.case.effects[2].id, result="needs_hands", note="account_closed")
    life.says(LEAD_3, "report_manual_work", effect_id=life.case.effects[2].id, result="done", text="By bank transfer.")
    life.says(CLAIMANT, "appeal").says(CLAIMANT, "withdraw").says(LEAD_2, "take").says(LEAD_2, "accept_withdrawal")
    life.says(OPS, "reopen")
    return (
        _at_risk(life.in_review(owner=LEAD))
        .says(LEAD, "rule", **OUTCOMES["fraud_report"]["light"], less_because="not_proven")
        .says(CLAIMANT, "withdraw", reasons="It is settled.")
        .says(LEAD, "accept_withdrawal", ends=["provisional_credit"])
    )


def _at_risk(life: Life) -> Life:
    """A signal, money until the matter is decided, an authority told by two persons, the case handed over and back."""
    life.says(PLATFORM, "signal", signal="login_from_elsewhere", text="Two countries within an hour.")
    life.says(LEAD, "state_amount", amount={"amount": 80_000, "currency": "USD"}, reasons="The bank's list.")
    life.says(LEAD, "credit_provisionally", amount={"amount": 5_000, "currency": "USD"}, reasons="While we look.")
    life.says(LEAD_2, "credit_provisionally", amount={"amount": 5_000, "currency": "USD"})
    life.says(LEAD, "report_to_authority", authority="police", reasons="The same ring.")
    life.says(LEAD_2, "return_report", reasons="Say which bookings.")
    life.says(LEAD, "report_to_authority", authority="police", reasons="Bookings 14 to 19.").says(LEAD_2, "approve_report")
    life.says(OPS, "state_amount", amount={"amount": 90_000, "currency": "USD"}, reasons="The bank's list.")
    life.says(LEAD, "hand_over", to=MEDIATOR_3, reasons="They know the bank.")
    return life.says(MEDIATOR_3, "hand_over", to=LEAD, reasons="They do not.")


def moderation_appeal() -> Life:
    """A comment that was kept is removed on its reporter's appeal, and put back on its author's."""
    kept = {"outcome": "keep", "appellant": "reporter", "decider": MEDIATOR, "content": "comment-9", "reasons": "It is satire.",
            "effective_at": "2026-02-20T10:00:00Z"}  # fmt: skip
    life = a_case("moderation_appeal", decision=kept).opened().says(MEDIATOR_2, "take")
    removes = [{"type": "remove", "to": "respondent"}, {"type": "warn", "to": "respondent"}]
    life.says(
        MEDIATOR_2,
        "decide_appeal",
        decision="overturn",
        outcome="remove",
        ground="violence",
        remedies=removes,
        reply="Done.",
        statement=STATEMENT,
    ).fire("grace").says(RESPONDENT, "appeal").says(LEAD, "take")
    life.says(LEAD, "decide_appeal", decision="overturn", outcome="keep", ground="no_violation", conditions=["labelled"])
    life.fire("grace").says(OPS, "place_hold", reason="litigation").says(LEAD, "place_hold", reason="order")
    life.says(OPS, "lift_hold", hold_id=life.case.legal_holds[0].id).says(OPS, "reopen").says(MEDIATOR_3, "take")
    return life.says(MEDIATOR_3, "ask_identity").says(CLAIMANT, "submit_evidence")


def conduct_report() -> Life:
    """Banned for a time, let in again, banned for longer on a varied appeal, set aside and taken back."""
    life = a_case("conduct_report").in_review().heard("threat")
    life.says(MEDIATOR, "rule", outcome="violation", ground="threat", reasons="It is on the screen shots.").fire("grace")
    life.says(RESPONDENT, "appeal").says(LEAD_2, "take").later(timedelta(days=31))
    departs = {"sanction_reason": "planned", "sanction_reasons": "It was prepared for weeks."}
    life.says(LEAD_2, "decide_appeal", decision="vary", sanction="long_ban", **departs).says(LEAD, "approve").fire("grace")
    life.later(timedelta(days=1)).says(LEAD_3, "annul", reason="decider_was_biased").says(MEDIATOR_3, "recuse")
    return life.later(timedelta(days=1)).says(CLAIMANT, "withdraw").says(MEDIATOR_2, "take").says(MEDIATOR_2, "accept_withdrawal")


def safety_incident() -> Life:
    """Asked back in the grace and told all the same; taken up again, asked back, gone on with of office; and one that ended."""
    life = a_case("safety_incident").with_terms(procedure=(), root_cause_needed=False).ruled("light").says(CLAIMANT, "withdraw")
    life.fire("grace").later(timedelta(days=20)).says(OPS, "reopen").says(CLAIMANT, "withdraw").says(MEDIATOR_2, "take")
    life.says(MEDIATOR_2, "continue_of_office")
    return life


def compliance_request() -> Life:
    """Held in the grace, decided afresh, held while it is carried out, let go on, and held too late."""
    life = a_case("compliance_request", category="gdpr_erasure").with_terms(procedure=()).in_review()
    erase = {"outcome": "granted", "ground": "right_to_erasure", "remedies": [{"type": "erase"}]}
    life.says(MEDIATOR, "rule", **erase).says(LEAD, "place_hold").fire("grace").says(LEAD, "lift_hold")
    life.says(MEDIATOR, "rule", **erase).fire("grace").says(LEAD, "place_hold").says(LEAD, "lift_hold")
    life.says(ROBOT, "report_effect", effect_id=life.case.effects[-1].id, result="done")
    return life.says(LEAD, "place_hold")


def withdrawn() -> Life:
    """Taken back, while a measure stays for a month."""
    life = a_case("safety_incident").in_review().says(MEDIATOR, "impose_interim", measure="suspend", reasons="There is danger.")
    until = (life.now + timedelta(days=30)).isoformat()
    life.says(CLAIMANT, "withdraw").says(LEAD, "accept_withdrawal", stays=["suspend"], until=until)
    return life.later(timedelta(days=31))


def shared() -> Life:
    """Somebody who helped to find it joins with counsel, one agrees to an offer alone, and takes their part back."""
    life = a_case("bounty_dispute").in_settlement()
    life.says(CLAIMANT, "add_party", party={"side": "claimant", "role": "representative", "ref": "counsel"})
    life.says(CLAIMANT, "add_party", party={"side": "claimant", "ref": "helper"})
    life.says(RESPONDENT, "offer", remedy="payout", amount={"amount": 1001, "currency": "EUR"})
    life.says(OPS, "remove_party", party="pty_helper", reasons="They have sold their share.")
    return life.says(CLAIMANT, "accept_offer").says("pty_helper", "withdraw").says(CLAIMANT, "accept_offer")


def stayed_out() -> Life:
    """A second shop that somebody put there who must not decide the case: two others have to say it."""
    life, put = a_case("payment_dispute").in_review(), {"party": {"side": "respondent", "ref": "shop2"}}
    life.says(MEDIATOR, "add_party", **put).says(MEDIATOR, "recuse", reason="knows_a_party")
    return life.says(LEAD, "add_party", **put).says(LEAD_2, "add_party", **put)


def put_there() -> Life:
    """An heir who one of the team puts there and another confirms; thought to be under age, and not."""
    life = a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).in_settlement()
    life.says(OPS, "state_amount", amount={"amount": 30_000, "currency": "USD"}, reasons="A slip of the pen.")
    swap = {"party": CLAIMANT, "by_party": {"side": "claimant", "ref": "heir"}}
    life.says(OPS, "replace_party", **swap).says(LEAD, "replace_party", **swap)
    life.says(OPS, "retarget", minors=["pty_heir"], reason="under_age")
    for who in (OPS, LEAD):
        life.says(who, "retarget", adults=["pty_heir"], reason="born_earlier")
    return life


def _beside_others(life: Life) -> None:
    """Linked both ways, joined, split, counted to a campaign and not any more."""
    life.elsewhere = elsewhere("fraud_report")
    life.says(MEDIATOR, "link", to=OTHER_CASE, relation="retaliation", note="An hour after the other one.")
    _reports_errands(life)
    life.says(MEDIATOR, "unlink", link_id=life.case.links[0].id).says(LEAD, "split", amount={"amount": 500, "currency": "USD"})
    _reports_errands(life)
    life.judge(life.command(ROBOT, "join", merge_id="mrg_0001", of=YOUNGER_CASE, reason="by_hand"), ROBOT)
    life.says(OPS, "join_campaign", campaign=CAMPAIGN).says(OPS, "leave_campaign")


def _reports_errands(life: Life) -> None:
    for task in [e for e in life.case.cross_case_tasks if e.state == "running"]:
        note = {"note": YOUNGER_CASE} if task.what == "split" else {}
        life.says(ROBOT, "report_effect", effect_id=task.id, result="done", **note)


def settled_in_review() -> Life:
    """Offered until an hour, proposed by the mediator twice, and conceded in the end."""
    amount = {"amount": 60_000, "currency": "USD"}
    life = a_case("bounty_dispute", amount=amount).in_review()
    offer = {"remedy": "payout", "amount": {"amount": 10_000, "currency": "USD"}}
    life.says(RESPONDENT, "offer", **offer, expires_at=(life.now + timedelta(hours=1)).isoformat()).fire("offer_expiry", "lapse")
    life.says(MEDIATOR, "offer", **offer).says(CLAIMANT, "decline_offer").says(RESPONDENT, "accept_offer")
    return life.says(RESPONDENT, "concede", text="The second look convinced us.")


def merged() -> Life:
    """A bounty dispute that goes on in another one."""
    life = a_case("bounty_dispute").in_review()
    life.elsewhere = elsewhere("bounty_dispute")
    life.says(LEAD, "merge", into=OTHER_CASE)
    _reports_errands(life)
    return life


def called_otherwise() -> Life:
    """A request over data that counts as another right than it came as."""
    return a_case("compliance_request").opened().says(LEAD, "retarget", category="gdpr_erasure", reason="it_is_another")


def heard_again() -> Life:
    """A payment dispute about what was decided before, with something new."""
    life = a_case("payment_dispute", amount={"amount": 9_000, "currency": "USD"}, attributes={"new_fact": True})
    life.elsewhere = {"decided": other("payment_dispute", open=False, outcome="ruled", given=[{"amount": 10, "currency": "USD"}])}
    life.opened()
    _reports_errands(life)
    return life.says(OPS, "decline")


def paid_in_another() -> Life:
    """A payment dispute whose respondent grants what a fraud report has given already."""
    life = a_case("payment_dispute", amount={"amount": 9_000, "currency": "USD"}).opened()
    given = (Money(amount=9_000, currency="USD"),)
    life.elsewhere = {"paid_elsewhere": (PaidElsewhere(case=OTHER_CASE, given=given, disclosed=False),)}
    return life.says(RESPONDENT, "concede")


def _moved_in_time(life: Life) -> Life:
    """Measures imposed and looked at, clocks paused, put away, extended, frozen and aimed anew."""
    why = "The money would be gone."
    life.says(MEDIATOR, "impose_interim", measure="payout_freeze", reasons=why)
    life.says(MEDIATOR, "impose_interim", measure="suspend", reasons=why).later(timedelta(days=3))
    life.says(RESPONDENT, "ask_interim_review", text="It pays my rent.").disclosed(text="A card is said to have been stolen.")
    life.says(LEAD, "review_interim", decision="keep", reasons="It still would.", measure_id=life.case.interim[0].id)
    life.says(MEDIATOR, "review_interim", decision="lift", reasons="Not him.", measure_id=life.case.interim[1].id)
    life.says(MEDIATOR, "pause", clock="ruling", until=(life.now + timedelta(days=2)).isoformat(), reason="expert_asked")
    life.says(MEDIATOR, "snooze", until=(life.now + timedelta(days=1)).isoformat(), reason="expert_asked").later(
        timedelta(hours=1)
    )
    life.says(CLAIMANT, "message").says(LEAD, "resume").says(MEDIATOR, "message")
    life.says(LEAD, "extend", clock="final_answer", reason="paid_abroad", reasons="It happened abroad.")
    life.says(OPS, "freeze", incident="inc_0001", at=(life.now - timedelta(hours=1)).isoformat()).later(timedelta(hours=3))
    life.says(OPS, "thaw", incident="inc_0001", margin="2 working hours")
    return life.says(OPS, "retarget", priority="high", calendar="us-office", reason="moved")


def payment_dispute() -> Life:
    """Ruled with a return, contested and decided, appealed and varied; the window passes while the goods are on their way."""
    back = {"type": "refund", "amount": {"amount": 30_000, "currency": "USD"}, "after_return": True}
    less = {"type": "refund", "amount": {"amount": 10_000, "currency": "USD"}, "after_return": True}
    network = {"stage": "chargeback", "due_by": int(MONDAY.timestamp()) + 3_600}
    life = a_case("payment_dispute", attributes=network).in_review()
    life.says(MEDIATOR, "rule", outcome="refunded", ground="not_as_described", remedies=[back]).fire("grace")
    life.says(CLAIMANT, "ship_return", carrier="parcel_post", tracking="RR 123 456 785 DE")
    life.says(RESPONDENT, "appeal").says(LEAD_2, "take")
    life.says(LEAD_2, "decide_appeal", decision="vary", outcome="partly_refunded", remedies=[less]).fire("grace")
    life.says(LEAD_2, "draft_chargeback_evidence", due_at=(life.now + timedelta(days=2)).isoformat())
    life.says(RESPONDENT, "contest_return").fire("appeal_window")
    return life.says(LEAD_3, "decide_return", received=True)


def reported() -> Life:
    """Reported to a financial intelligence unit, and disclosed by two persons."""
    life = a_case("fraud_report").in_review()
    life.says(MEDIATOR, "report_to_authority", authority="financial_intelligence_unit", reasons="Nine cards.")
    return life.says(MEDIATOR, "disclose", reasons="The unit agrees.").says(LEAD, "disclose", reasons="I have read it.")


def called() -> Life:
    """A bounty dispute whose first response is late; who is called says that they have it."""
    return a_case().in_review().fire("first_response", "breach").says(LEAD, "acknowledge")


def departed() -> Life:
    """A conduct report in which the pack is departed from once, and once not."""
    life = a_case("conduct_report").in_review()
    said = {"of": "step", "name": "record_checked", "until": life.now + timedelta(days=3)}
    life.says(MEDIATOR, "ask_exception", **said, reasons="They are away.").says(LEAD, "refuse_exception", reasons="Ask them.")
    return life.says(MEDIATOR, "ask_exception", **said, reasons="They say nothing.").says(LEAD, "grant_exception")


def no_request() -> Life:
    """What asks for no data, ended by two."""
    said = {"reason": "no_data_request", "reasons": "Asks where a parcel is."}
    life = a_case("compliance_request", category="other").in_intake()
    return life.says(MEDIATOR, "decline", **said).says(LEAD, "decline", **said)


def translated() -> Life:
    """What was reported in another language: by a machine at first, then by somebody who can."""
    life = a_case().in_review()
    said = {"of": 1, "field": "statement", "from_language": "de", "into_language": "en"}
    life.says(MEDIATOR, "translate", **said, text="The dog was ill since Tuesday.", machine="Lingua 3")
    return life.says(MEDIATOR, "translate", **said, text="The dog had been ill since Tuesday.", translator="Ines Roth")


def spoken_with() -> Life:
    """Both sides spoken with: proposed, agreed, moved, reminded of, put down and commented on; a second call is called off."""
    life = a_case().in_review()
    soon, late = ([(life.now + timedelta(days=day)).isoformat()] for day in (3, 4))
    life.says(MEDIATOR, "propose_appointment", times=soon, about="The fee.").says(CLAIMANT, "answer_appointment", times=soon)
    life.says(RESPONDENT, "move_appointment", times=late, reasons="At work.").says(CLAIMANT, "answer_appointment", times=late)
    life.later(timedelta(days=4)).says(MEDIATOR, "record_appointment", protocol="Both named the fee.")
    life.says(CLAIMANT, "comment_protocol", text="It was less.")
    again = [(life.now + timedelta(days=3)).isoformat()]
    life.says(MEDIATOR, "propose_appointment", times=again, about="The rest.")
    return life.says(MEDIATOR, "cancel_appointment", reasons="Nothing is left to say.")


def by_a_form() -> Life:
    """Reported by a form, and the address proven when the link of the letter was used."""
    life = a_case("payment_dispute").by_a_form().in_settlement().says(CLAIMANT, "message", text="It never came.")
    return life.says(ROBOT, "prove_address", party=CLAIMANT)


def _lived() -> dict[str, Life]:
    """Every life that began here, by the name of its file."""
    return {
        "bounty_dispute": bounty_dispute(),
        "fraud_report": fraud_report(),
        "moderation_appeal": moderation_appeal(),
        "payment_dispute": payment_dispute(),
        "conduct_report": conduct_report(),
        "safety_incident": safety_incident(),
        "compliance_request": compliance_request(),
        "no_request": no_request(),
        "withdrawn": withdrawn(),
        "shared": shared(),
        "put_there": put_there(),
        "stayed_out": stayed_out(),
        "merged": merged(),
        "settled_in_review": settled_in_review(),
        "called_otherwise": called_otherwise(),
        "heard_again": heard_again(),
        "paid_in_another": paid_in_another(),
        "reported": reported(),
        "called": called(),
        "departed": departed(),
        "translated": translated(),
        "by_a_form": by_a_form(),
        "spoken_with": spoken_with(),
    }


def moved_in() -> tuple[Recording, ...]:
    """Decided elsewhere, moved in with what was said, and waiting for an appeal."""
    since = (MONDAY - timedelta(days=9)).isoformat()
    parties = [{"side": side, "ref": side} for side in ("claimant", "respondent")]
    moving = MovingCase.model_validate({
        "report": {"kind": "bounty_dispute", "source": "oldtool", "external_id": "T-1", "parties": parties,
                   "statement": "They closed my report as a duplicate of nothing."},
        "received_at": since, "phase": "appeal", "phase_at": since, "appellants": ["claimant"],
        "messages": [{"sent_at": since, "by": "respondent", "text": "It is a duplicate."}],
        "decisions": [{"decided_at": since, "outcome": "invalid", "reasons": "It is a duplicate.", "by": MEDIATOR}],
    })  # fmt: skip
    return rehearsed(shelf(), moving, MONDAY).recordings


def lives() -> dict[str, tuple[Recording, ...]]:
    """What a release keeps, by the name of its file."""
    return {**{name: life.recordings for name, life in _lived().items()}, "moved_in": moved_in()}


def main(release: str) -> None:
    """Write the lives of this release. Raises FileExistsError when they were written before."""
    folder = KEPT / release
    folder.mkdir(parents=True)
    for name, recordings in lives().items():
        lines = [recording.model_dump_json() for recording in recordings]
        (folder / f"{name}.jsonl").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
