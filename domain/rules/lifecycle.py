"""The one transition table: in which phase, which command, by whom, and what follows.

Permissions, the API's ``available_actions``, the console's buttons and the diagram in the docs are derived from it. What would be
cheating: a rule about *who may do what when* anywhere else. Conditions on the command itself (an amount, a window) live with
its rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain.base import Phase


class Who(StrEnum):
    """A relation between somebody and a case. One person can have several at once."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    REPORTER = "reporter"
    """Somebody who took the report back, of a case that goes on of office and is about their money; or who reported the same in a
    case that went into this one."""
    WITNESS = "witness"
    APPELLANT = "appellant"
    HIT = "hit"
    """Somebody who speaks for a side that an interim measure in force hits, also if they know nothing of the case but that."""
    OWNER = "owner"
    JUDGE = "judge"
    """A mediator or lead who may judge this case (no conflict, no part in an earlier round)."""
    DRAFTER = "drafter"
    APPROVER = "approver"
    """A lead who may judge this case and did not draft the ruling."""
    STAFF = "staff"
    LEAD = "lead"
    OPS = "ops"
    PLATFORM = "platform"
    SYSTEM = "system"


class Row(NamedTuple):
    """One allowed pair of phase and command."""

    phase: Phase
    command: str
    who: frozenset[Who]
    leads_to: tuple[Phase, ...]
    """Where the case may stand afterwards; empty: where it was."""


def _row(phase: Phase, command: str, who: str, leads_to: str = "") -> Row:
    return Row(phase, command, frozenset(Who(w) for w in who.split()), tuple(Phase(p) for p in leads_to.split()))


_P = Phase
SEEKS_OWNER = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)
"""Phases in which somebody of the team has to have the case."""
PARTIES = "claimant respondent"
TALKERS = "claimant respondent witness staff platform"
HANDERS_IN = "claimant respondent witness platform"
FILERS = f"{HANDERS_IN} owner lead ops"
"""While nothing is drafted the team hands in too, what it was shown or found out itself: both sides answer it before either loses
by it (:mod:`domain.rules.last_word`)."""
ASSIGNERS = "ops lead system"
ADDERS = "claimant respondent owner lead ops platform"
KEEPERS = "owner lead ops"
"""They may let the clocks of the team stand still, with a reason that is recorded."""
_HANDLED = (Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW, Phase.APPROVAL, Phase.APPEAL)
"""Phases in which the team has clocks that could wait for something."""
_RETURNING = (Phase.SETTLEMENT, Phase.REVIEW, Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL)
"""Phases in which goods can be on their way back: after an agreement, and from a first ruling on."""

_SETTLED_FROM = (_P.SETTLEMENT, _P.REVIEW, _P.APPROVAL, _P.RULED, _P.APPEALABLE, _P.APPEAL)
"""Phases in which the sides may agree."""
_UNDECIDED = (Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW)
_MEASURED = (Phase.INTAKE, Phase.SETTLEMENT, Phase.REVIEW, Phase.APPEALABLE, Phase.APPEAL)
_REPORTED_FROM = (Phase.REVIEW, Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL)
"""Phases in which the team can tell an authority; no party hears of it."""

_DECIDED = (Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE)
"""Phases in which a ruling is drafted or told, and an appeal is not being decided."""

_HEARD_IN = (_P.SETTLEMENT, _P.REVIEW, _P.APPEAL)
"""Phases in which the sides and the team speak with each other."""
_ANSWERS = (("accept_withdrawal", "appealable closed"), ("continue_of_office", ""))
"""To whoever wants to take something back, with where each leads."""
_ANSWERED_IN = (_P.REVIEW, _P.APPROVAL, _P.RULED, _P.APPEAL)

TABLE: tuple[Row, ...] = (
    # intake: the gates said "look at it"; a triager admits or declines
    _row(_P.INTAKE, "admit", "judge ops", "settlement review"),
    _row(_P.INTAKE, "decline", "judge ops", "closed"),
    _row(_P.INTAKE, "message", TALKERS),
    _row(_P.INTAKE, "note", "staff"),
    _row(_P.INTAKE, "submit_evidence", FILERS),
    _row(_P.INTAKE, "assign", ASSIGNERS),
    _row(_P.INTAKE, "take", "judge"),
    _row(_P.INTAKE, "withdraw", "claimant", "closed"),
    _row(_P.INTAKE, "close", "ops", "closed"),
    # settlement: the parties talk
    _row(_P.SETTLEMENT, "message", TALKERS),
    _row(_P.SETTLEMENT, "note", "staff"),
    _row(_P.SETTLEMENT, "escalate", PARTIES, "review"),
    _row(_P.SETTLEMENT, "submit_evidence", FILERS),
    _row(_P.SETTLEMENT, "assign", ASSIGNERS),
    _row(_P.SETTLEMENT, "take", "judge"),
    _row(_P.SETTLEMENT, "withdraw", "claimant", "closed"),
    _row(_P.SETTLEMENT, "close", "ops", "closed"),
    # review: a mediator or investigator hears the parties and rules
    _row(_P.REVIEW, "message", TALKERS),
    _row(_P.REVIEW, "note", "staff"),
    _row(_P.REVIEW, "request_evidence", "owner"),
    _row(_P.REVIEW, "submit_evidence", FILERS),
    _row(_P.REVIEW, "assign", ASSIGNERS),
    _row(_P.REVIEW, "take", "judge"),
    _row(_P.REVIEW, "rule", "owner", "approval ruled"),
    _row(_P.REVIEW, "withdraw", "claimant", "appealable closed"),
    _row(_P.REVIEW, "close", "ops", "closed"),
    # approval: looks like review (or appeal) to the parties, so they may do here what they may do there; they are judged by
    # those rows
    _row(_P.APPROVAL, "message", TALKERS),
    _row(_P.APPROVAL, "note", "staff"),
    _row(_P.APPROVAL, "submit_evidence", HANDERS_IN),
    _row(_P.APPROVAL, "approve", "approver", "ruled"),
    _row(_P.APPROVAL, "return_ruling", "approver", "review appeal"),
    _row(_P.APPROVAL, "retract", "drafter", "review appeal"),
    _row(_P.APPROVAL, "appeal", PARTIES, "appeal"),
    _row(_P.APPROVAL, "withdraw", "claimant appellant", "appealable closed"),
    # ruled: the grace; looks like review (or appeal) to the parties too
    _row(_P.RULED, "message", TALKERS),
    _row(_P.RULED, "note", "staff"),
    _row(_P.RULED, "submit_evidence", HANDERS_IN),
    _row(_P.RULED, "retract", "drafter", "review appeal"),
    _row(_P.RULED, "appeal", PARTIES, "appeal"),
    _row(_P.RULED, "withdraw", "claimant appellant", "appealable closed"),
    # appealable: the parties know; each side that lost something may appeal
    _row(_P.APPEALABLE, "message", TALKERS),
    _row(_P.APPEALABLE, "note", "staff"),
    _row(_P.APPEALABLE, "appeal", "claimant respondent reporter", "appeal"),
    # what is found while an appeal is possible is kept for it
    _row(_P.APPEALABLE, "submit_evidence", PARTIES),
    # closed, as long as the law lets whoever was told of the decision complain of it
    _row(_P.CLOSED, "appeal", "claimant respondent reporter", "appeal"),
    # appeal: somebody else looks again
    _row(_P.APPEAL, "message", TALKERS),
    _row(_P.APPEAL, "note", "staff"),
    _row(_P.APPEAL, "appeal", "claimant respondent reporter"),
    _row(_P.APPEAL, "request_evidence", "owner"),
    _row(_P.APPEAL, "submit_evidence", FILERS),
    _row(_P.APPEAL, "assign", ASSIGNERS),
    _row(_P.APPEAL, "take", "judge"),
    _row(_P.APPEAL, "decide_appeal", "owner", "approval ruled"),
    _row(_P.APPEAL, "withdraw", "claimant appellant", "appealable closed"),
    # settling at any time: in approval and grace as before them; whoever handles the case may propose to both
    _row(_P.SETTLEMENT, "offer", PARTIES),
    _row(_P.REVIEW, "offer", "claimant respondent owner"),
    *(_row(phase, "offer", PARTIES) for phase in (_P.APPROVAL, _P.RULED, _P.APPEALABLE)),
    _row(_P.APPEAL, "offer", "claimant respondent owner"),
    *(_row(phase, "accept_offer", PARTIES, "closed settlement") for phase in _SETTLED_FROM),
    *(_row(phase, "decline_offer", PARTIES) for phase in _SETTLED_FROM),
    *(_row(phase, "concede", "respondent", "closed") for phase in _SETTLED_FROM),
    # time: pauses belong to the phase; nobody pauses the grace or the window to appeal, but more time can be given
    *(_row(phase, command, KEEPERS) for phase in _HANDLED for command in ("pause", "snooze", "resume", "extend")),
    _row(_P.APPEALABLE, "extend", "lead ops"),
    # whoever is called says that they have it, and nobody else is called meanwhile
    *(_row(phase, "acknowledge", "judge ops") for phase in Phase if phase is not Phase.CLOSED),
    *(_row(phase, "retarget", "lead ops") for phase in Phase if phase is not Phase.CLOSED),
    *(_row(phase, command, "ops system") for phase in Phase if phase is not Phase.CLOSED for command in ("freeze", "thaw")),
    # the desk: an owner who cannot go on with it gives it back
    *(_row(phase, "skip", "owner") for phase in (_P.INTAKE, _P.SETTLEMENT, _P.REVIEW, _P.APPEAL)),
    # nobody judges their own case: whoever could decide says that they cannot; a ruling that was told is set aside
    *(_row(phase, "recuse", "judge") for phase in _HANDLED),
    _row(_P.RULED, "recuse", "judge", "review appeal"),
    *(_row(phase, "annul", "lead ops", "review") for phase in (_P.APPEALABLE, _P.APPEAL, _P.CLOSED)),
    # goods that go back: sent by the claimant, taken in by the respondent, either also reported by the platform; where they
    # disagree somebody who may judge the case decides
    *(_row(phase, "ship_return", "claimant platform") for phase in _RETURNING),
    *(_row(phase, "confirm_return", "respondent platform", "closed") for phase in _RETURNING),
    *(_row(phase, "contest_return", "respondent") for phase in _RETURNING),
    *(_row(phase, "decide_return", "judge", "closed") for phase in _RETURNING),
    # the one submission of evidence to a card network
    *(_row(phase, "draft_chargeback_evidence", "owner lead ops") for phase in Phase if phase is not Phase.CLOSED),
    *(_row(phase, "submit_chargeback_evidence", "lead") for phase in Phase if phase is not Phase.CLOSED),
    # interim measures: imposed by whoever handles the case, looked at again by them or a lead
    _row(_P.INTAKE, "impose_interim", "judge ops"),
    _row(_P.REVIEW, "impose_interim", "owner"),
    _row(_P.APPEAL, "impose_interim", "owner"),
    # protection does not wait for a second look, nor for the end of the grace or of the window to appeal
    *(_row(phase, "impose_interim", "owner approver") for phase in _DECIDED),
    *(_row(phase, "review_interim", "owner lead ops") for phase in (_P.INTAKE, _P.REVIEW, _P.APPEAL, *_DECIDED)),
    # whoever a measure hits asks for it at any time; who handles the case decides
    *(_row(phase, "ask_interim_review", "hit") for phase in _HANDLED if phase is not Phase.SETTLEMENT),
    *(_row(phase, "ask_interim_review", "hit") for phase in (_P.RULED, _P.APPEALABLE, _P.CLOSED)),
    # the respondent learns of the case, once
    *(_row(phase, "disclose", KEEPERS) for phase in Phase if phase not in (_P.SETTLEMENT, _P.CLOSED)),
    # the procedure before a ruling, and what the matter comes from
    *(_row(phase, command, "owner") for phase in (_P.REVIEW, _P.APPEAL) for command in ("complete_step", "skip_step")),
    *(_row(phase, "name_root_cause", KEEPERS) for phase in Phase if phase not in (_P.INTAKE, _P.SETTLEMENT)),
    # who somebody is: asked by whoever handles a request
    _row(_P.REVIEW, "ask_identity", "owner"),
    # hearings and calls: led by whoever handles the case; each side that is invited answers for itself, and reads the protocol
    *(_row(phase, command, "owner") for phase in _HEARD_IN for command in ("propose_appointment", "record_appointment")),
    # nothing is decided while one is ahead: a lead ends what the owner keeps putting off
    *(_row(phase, "cancel_appointment", "owner lead") for phase in _HEARD_IN),
    *(_row(phase, "move_appointment", "owner claimant respondent") for phase in _HEARD_IN),
    *(_row(phase, "move_appointment", PARTIES) for phase in (_P.APPROVAL, _P.RULED)),
    *(
        _row(phase, command, PARTIES)
        for phase in (*_HEARD_IN, _P.APPROVAL, _P.RULED)
        for command in ("answer_appointment", "comment_protocol")
    ),
    # a translation beside a text: by whoever may leave a note there
    *(_row(phase, "translate", "staff") for phase in Phase),
    # legal hold: before, during and after everything else
    *(_row(phase, command, "lead ops") for phase in Phase for command in ("place_hold", "lift_hold")),
    # cases that have to do with each other: for whoever handles the matter; never after a ruling was begun, as that is about one
    *(_row(phase, "merge", KEEPERS, "closed") for phase in _UNDECIDED),
    *(_row(phase, "split", "owner lead") for phase in _UNDECIDED),
    *(_row(phase, command, KEEPERS) for phase in Phase for command in ("link", "unlink", "join_campaign", "leave_campaign")),
    *(_row(phase, command, "system") for phase in Phase for command in ("join", "mirror_link")),
    *(_row(phase, "prove_address", "platform system") for phase in Phase),
    # where money or people are at risk
    *(_row(phase, "hand_over", KEEPERS) for phase in (_P.INTAKE, _P.REVIEW, _P.APPEAL)),
    # by the owner; where one person does not give so much, the second one sends it too
    *(_row(phase, "credit_provisionally", "owner approver") for phase in (_P.REVIEW, _P.APPROVAL)),
    *(_row(phase, "report_to_authority", "owner") for phase in _REPORTED_FROM),
    *(_row(phase, command, "lead") for phase in _REPORTED_FROM for command in ("approve_report", "return_report")),
    # a departure from the pack in one case: asked for by whoever has it, granted by another
    *(_row(phase, "ask_exception", "owner") for phase in (_P.REVIEW, _P.APPEAL)),
    *(_row(phase, command, "lead") for phase in (_P.REVIEW, _P.APPEAL) for command in ("grant_exception", "refuse_exception")),
    *(_row(phase, "signal", "platform system") for phase in Phase if phase is not Phase.CLOSED),
    # what was paid, where the report did not say it rightly; a draft was measured by something else and goes back to its decider
    *(_row(phase, "state_amount", "owner lead ops platform") for phase in _MEASURED),
    *(_row(phase, "state_amount", "owner lead ops platform", "review appeal") for phase in (Phase.APPROVAL, Phase.RULED)),
    # parties who come and go: a side adds to itself; no party is put out by the other side, nor anybody added to a closed matter
    *(_row(phase, "add_party", ADDERS) for phase in Phase if phase is not Phase.CLOSED),
    *(_row(phase, "remove_party", ADDERS) for phase in Phase if phase is not Phase.CLOSED),
    *(_row(phase, "replace_party", "owner lead ops platform") for phase in Phase if phase is not Phase.CLOSED),
    # closed
    # a claimant who asks for the report back, an appellant for the appeal: answered by whoever has the case, or a lead who may
    # judge it
    *(_row(phase, "accept_withdrawal", "judge ops", "closed") for phase in (_P.INTAKE, _P.SETTLEMENT)),
    *(_row(phase, "continue_of_office", "judge ops") for phase in (_P.INTAKE, _P.SETTLEMENT)),
    *(
        _row(phase, command, "owner approver", to)
        for phase in (_P.REVIEW, _P.APPROVAL, _P.RULED, _P.APPEAL)
        for command, to in _ANSWERS
    ),
    # closed; a measure can have outlived the case
    _row(_P.CLOSED, "review_interim", "lead ops"),
    # what was proposed waits for its second person, whatever became of the case
    *(_row(_P.CLOSED, command, "lead") for command in ("approve_report", "return_report")),
    _row(_P.CLOSED, "signal", "platform system", "review"),
    _row(_P.CLOSED, "note", "staff"),
    _row(_P.CLOSED, "reopen", "ops", "review"),
    # the system's own, in every phase
    *(_row(phase, "report_delivery", "system") for phase in Phase),
    *(_row(phase, "report_effect", "system") for phase in Phase),
    # what no machine could carry out, closed or not
    *(_row(phase, "report_manual_work", "owner lead ops") for phase in Phase),
    # closed too: a ban ends when its time is over, whatever became of the case
    *(_row(phase, "deadline", "system") for phase in Phase),
)

_INDEX: dict[tuple[Phase, str], Row] = {(row.phase, row.command): row for row in TABLE}

DEADLINES: tuple[tuple[Phase, str, Phase], ...] = (
    # What a clock can bring about by itself (the pack chooses which): for the diagram.
    (_P.SETTLEMENT, "open_review", _P.REVIEW),
    (_P.RULED, "issue_ruling", _P.APPEALABLE),
    (_P.RULED, "issue_ruling", _P.CLOSED),
    (_P.RULED, "issue_ruling", _P.REVIEW),
    (_P.APPEALABLE, "close", _P.CLOSED),
)


def row(phase: Phase, command: str) -> Row | None:
    """The row of a pair; None when the phase does not know the command."""
    return _INDEX.get((phase, command))


def commands_in(phase: Phase) -> tuple[Row, ...]:
    """All rows of a phase, in the table's order."""
    return tuple(r for r in TABLE if r.phase is phase)


def diagram() -> str:
    """The table as a Mermaid state diagram (for the docs)."""
    arrows: dict[tuple[Phase, Phase], list[str]] = {}
    for r in TABLE:
        for target in r.leads_to:
            arrows.setdefault((r.phase, target), []).append(r.command)
    for source, default, target in DEADLINES:
        arrows.setdefault((source, target), []).append(f"clock: {default}")
    lines = ["stateDiagram-v2", "    [*] --> intake: open"]
    lines += [f"    {a.value} --> {b.value}: {', '.join(labels)}" for (a, b), labels in arrows.items()]
    return "\n".join([*lines, "    closed --> [*]", ""])
