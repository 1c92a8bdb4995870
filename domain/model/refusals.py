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


class ConflictOfInterest(Refusal):
    """Whoever speaks declared that they stand close to a party: the case is closed to them."""

    code = "conflict_of_interest"


class AccessNeeded(Refusal):
    """The case is in none of the queues of whoever speaks, and they have no part in it."""

    code = "access_needed"


class AccessReadsOnly(Refusal):
    """Whoever speaks took access to the case with a reason: they read it, and change nothing."""

    code = "access_reads_only"


class AlreadyOpen(Refusal):
    """The case was opened before."""

    code = "already_open"


class NotOpened(Refusal):
    """The case has no opening fact yet."""

    code = "not_opened"


class TooLate(Refusal):
    """The window for this is over."""

    code = "window_over"


class NotSystem(Refusal):
    """Only the system itself may send this."""

    code = "system_only"


class DeadlineMoot(Refusal):
    """The clock was stopped or moved before this level was reached."""

    code = "deadline_moot"


class Malformed(Refusal):
    """The command does not have the shape of any command."""

    code = "malformed"


class InstantRefused(Refusal):
    """The instant is past, too far away, or ahead of what it is about; ``because`` says which."""

    code = "instant_refused"


class NothingChanges(Refusal):
    """The case is already as the command would make it."""

    code = "nothing_changes"
