"""Why a command was not taken. Every refusal has a code that never changes, typed fields, and says what to do instead."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """A command that cannot be done now, by this actor, in this case. The case is as it was."""

    code: ClassVar[str] = "refused"

    def __init__(self, detail: str, **fields: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields


class NotInThisPhase(Refusal):
    """The case is in a phase that does not know this command."""

    code = "not_in_this_phase"


class NotAllowed(Refusal):
    """The actor's role may not do this."""

    code = "not_allowed"


class NotYourCase(Refusal):
    """Somebody else owns the case."""

    code = "not_your_case"


class UnknownActor(Refusal):
    """Nobody with this id has anything to do with the case."""

    code = "actor_unknown"


class OwnCase(Refusal):
    """Nobody judges their own case: a party, somebody with a declared conflict, or who decided an earlier round."""

    code = "own_case"


class OwnRuling(Refusal):
    """The drafter of a ruling cannot approve it."""

    code = "own_ruling"


class PersonUnknown(Refusal):
    """Nobody of the team has the id that a note mentions."""

    code = "person_unknown"


class AlreadyOpen(Refusal):
    """The case was opened before."""

    code = "already_open"


class NotOpened(Refusal):
    """The case has no opening fact yet."""

    code = "not_opened"


class UnknownOutcome(Refusal):
    """The pack has no such outcome."""

    code = "outcome_unknown"


class UnknownGround(Refusal):
    """The pack has no such ground."""

    code = "ground_unknown"


class RemedyNotAllowed(Refusal):
    """The outcome does not come with this remedy."""

    code = "remedy_not_allowed"


class AmountMissing(Refusal):
    """The outcome or the remedy needs an amount."""

    code = "amount_missing"


class RulingIncomplete(Refusal):
    """The outcome needs something that the ruling does not say; ``missing`` names the fields."""

    code = "ruling_incomplete"


class StatementIncomplete(Refusal):
    """The statement of reasons lacks something, or says what it cannot say; ``missing`` and ``errors`` name the fields."""

    code = "statement_incomplete"


class ConditionUnknown(Refusal):
    """The pack has no such condition."""

    code = "condition_unknown"


class ComplaintRouteUnknown(Refusal):
    """The pack has no such route of complaint."""

    code = "complaint_route_unknown"


class NoOffer(Refusal):
    """There is no open offer (or not this one) to answer."""

    code = "no_such_offer"


class OwnOffer(Refusal):
    """A side cannot answer its own offer."""

    code = "own_offer"


class NoReturn(Refusal):
    """Nobody waits for goods in this case, or they are not where the command says."""

    code = "no_return_awaited"


class ReturnUnderWay(Refusal):
    """The sides have settled, and the goods are going back: what was agreed binds both."""

    code = "return_under_way"


class NoRight(Refusal):
    """This side has no right to appeal; the fields say why."""

    code = "no_right_to_appeal"


class TooLate(Refusal):
    """The window for this is over."""

    code = "window_over"


class OwnerMissing(Refusal):
    """The case is assigned already, or to nobody."""

    code = "owner_mismatch"


class NotSystem(Refusal):
    """Only the system itself may send this."""

    code = "system_only"


class DeadlineMoot(Refusal):
    """The clock was stopped or moved before this level was reached."""

    code = "deadline_moot"


class ChargebackUnknown(Refusal):
    """No card network decides this case, or there is no draft to send it."""

    code = "chargeback_unknown"


class ChargebackOver(Refusal):
    """The network takes evidence once, and it was sent."""

    code = "chargeback_over"


class EffectUnknown(Refusal):
    """The case has no such effect running."""

    code = "effect_unknown"


class Malformed(Refusal):
    """The command does not have the shape of any command."""

    code = "malformed"


class ClockUnknown(Refusal):
    """No clock of this name is running in the case."""

    code = "clock_unknown"


class ClockStatutory(Refusal):
    """A limit of the law stands still for nobody."""

    code = "clock_statutory"


class AlreadyHeld(Refusal):
    """What is to stand still stands still already."""

    code = "already_held"


class NotPaused(Refusal):
    """Nothing was paused or snoozed that could go on."""

    code = "not_paused"


class InstantRefused(Refusal):
    """The instant is past, too far away, or ahead of what it is about; ``because`` says which."""

    code = "instant_refused"


class ExtensionRefused(Refusal):
    """The clock cannot be given this time; ``because`` says why (``ran_out``, ``backwards``, ``unit``, ``how_long``, ``law``)."""

    code = "extension_refused"


class NothingChanges(Refusal):
    """The case is already as the command would make it."""

    code = "nothing_changes"


class CalendarUnknown(Refusal):
    """There is no calendar of this name (or the pack is gone)."""

    code = "calendar_unknown"


class IncidentUnknown(Refusal):
    """The case is not frozen for this incident."""

    code = "incident_unknown"


class MeasureNotAllowed(Refusal):
    """The pack does not know this interim measure against this side, or it is in force already."""

    code = "measure_not_allowed"


class UnderLegalHold(Refusal):
    """Nothing may be deleted while the case is under legal hold."""

    code = "legal_hold"


class NotOnHold(Refusal):
    """No such legal hold is on the case."""

    code = "not_on_hold"


class InterimUnknown(Refusal):
    """No such interim measure is in force."""

    code = "interim_unknown"
