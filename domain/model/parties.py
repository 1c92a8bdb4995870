"""Parties who come and go while a case runs, and what several on one side have agreed to."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import BeforeValidator, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from domain.base import Code, CommandBase, Kept, PartyId, Side
from domain.model.people import OpenedParty, Superiors, line_above
from domain.model.prose import FROM_OUTSIDE, Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.report import ReportedParty

MOST_PARTIES = 40
"""Parties of one case, those who left it included."""


@runtime_checkable
class EntersParties(Protocol):
    """A sealer that can also put a person away: name and address under a key of their own."""

    def party(self, person: ReportedParty) -> OpenedParty:
        """The party as the rules see them, with an id of their own."""
        ...


def _enter(value: Any, info: ValidationInfo) -> Any:
    context = info.context or {}
    if FROM_OUTSIDE not in context:
        return value
    person = ReportedParty.model_validate(value)
    sealer = context[FROM_OUTSIDE]
    if sealer is None:
        # A check of the shape alone. The digest says that there is something to be put away.
        shape = {"id": "pty_unsealed", "ref_digest": "cnt_unsealed", "side": person.side, "role": person.role}
        return OpenedParty.model_validate(shape)
    if not isinstance(sealer, EntersParties):
        raise PydanticCustomError("party_not_here", "Parties are added one case at a time, by the case's own address.")
    return sealer.party(person)


class _AsReported:
    """On the wire a new party is what a report calls one."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(ReportedParty.__pydantic_core_schema__)


NewParty = Annotated[OpenedParty, BeforeValidator(_enter), _AsReported()]
"""A person on their way in: as in a report on the wire, an :class:`OpenedParty` once name and address were put away."""


class AddParty(CommandBase):
    """Somebody becomes a party: counsel, a guardian, a co-finder; the respondent who was found in triage.

    A side adds people to itself; the platform and whoever handles the case add them to either side.
    """

    type: Literal["add_party"] = "add_party"
    party: NewParty
    represents: PartyId | None = None
    """For a representative: whom they speak for; left out: the one who adds them, or the only principal of the side."""
    agreed: bool = False
    """Whoever is represented has agreed. Needed unless they say it themselves.

    Said by one of the team it lets somebody speak, and bind nobody: that takes the same command once more, by whoever is
    represented or, for who is under age too, by a lead or ops who did not say it first.
    """
    sees_from: Literal["start", "now"] | None = None
    """Whether they read what their side could read before they came. Left out: a representative does, everybody else not."""


class RemoveParty(CommandBase):
    """A party is none any more. What they said and were told stays on record.

    Whose own matter it is, and who has said something to it or whose word is waited for, is put out by two: the first proposes it
    with reasons, and a lead or ops who did not sends the same command.
    """

    type: Literal["remove_party"] = "remove_party"
    party: PartyId
    reason: Code = "mistaken"
    reasons: SealedText | None = None
    """For the team alone."""
    told: SealedText | None = None
    """What somebody whose own matter it was is told of why, beside ``reason``."""


class ReplaceParty(CommandBase):
    """Another takes a party's place: a successor, the new owner of an account, other counsel.

    Whose own matter it is, and who has spoken since the report, said no or is under age, and anybody once something is ruled or
    agreed, is replaced by two: the first proposes it with reasons, and a lead or ops who did not sends the same command, with the
    same successor. Who is replaced by one binds nobody, and is bound by nobody, until that second word.
    """

    type: Literal["replace_party"] = "replace_party"
    party: PartyId
    by_party: NewParty
    reason: Code = "succession"
    agreed: bool = False
    """Whoever is represented has agreed: needed where whoever represents them is replaced."""
    sees_from: Literal["start", "now"] | None = None
    """As of a party who is added."""
    reasons: SealedText | None = None
    """For the team alone."""


PartyCommand = AddParty | RemoveParty | ReplaceParty


class PartyAdded(Kept):
    """Somebody became a party after the case was opened."""

    type: Literal["party_added"] = "party_added"
    party: OpenedParty
    sees_from: Literal["start", "now"] = "start"
    consent: Literal["own_word", "stated"] | None = None
    """That whoever is represented agreed: they said it themselves, or somebody stated it; None: nobody had to."""
    instead_of: str | None = None
    """Whose place they have."""


class PartyLeft(Kept):
    """A party is none any more: they took back their own part, were removed, or another has their place."""

    type: Literal["party_left"] = "party_left"
    party: str
    because: Literal["withdrawn", "removed", "replaced"]
    reason: str | None = None
    successor: str | None = None
    reasons: Prose | None = None
    told: Prose | None = None
    """What they are told of why."""


class PartyRemovalProposed(Kept):
    """Somebody would put out a party who has said something to the matter that is theirs, or put another in their place; a second
    person has to agree."""

    type: Literal["party_removal_proposed"] = "party_removal_proposed"
    party: str
    reason: str
    reasons: Prose
    told: Prose | None = None
    successor: str | None = None
    """The keyed digest of who would take their place; None: nobody would."""


class ProposedRemoval(Kept):
    """Such a proposal, while nobody has agreed to it."""

    party: str
    by: str
    credential: str | None = None
    told: Prose | None = None
    successor: str | None = None


class PartyAgreed(Kept):
    """One of several on a side agreed to something that takes all of them."""

    type: Literal["party_agreed"] = "party_agreed"
    party: str
    to: str
    """An offer by its id, the end of the side's appeal (``appeal:1:claimant``), goods that are back (``return:rtn_…``), or who
    speaks for them, by their id."""


Changed = Literal["added", "replaced", "removed", "under_age", "adult"]
"""What one of the team has changed about whose own matter it is: somebody was put beside them or in their place, was taken out,
or counts as under age; ``adult``: would count as under age no longer."""


class PartyChangeConfirmed(Kept):
    """A second person agrees to what one of the team has changed about whose own matter it is."""

    type: Literal["party_change_confirmed"] = "party_change_confirmed"
    party: str
    change: Changed


class PartyChangeSaidAgain(Kept):
    """What one had changed about whose own matter it is, who must not decide the case, another one says now: it waits for a
    second person by their word."""

    type: Literal["party_change_said_again"] = "party_change_said_again"
    party: str
    change: Literal["added", "replaced", "removed", "under_age", "speaks"]
    """What was changed; ``speaks``: that they speak for somebody."""


class AdulthoodProposed(Kept):
    """Somebody who counts as under age is not, says one of the team; a second person has to agree."""

    type: Literal["adulthood_proposed"] = "adulthood_proposed"
    party: str
    reason: str


PartyFact = (
    PartyAdded | PartyLeft | PartyAgreed | PartyRemovalProposed | PartyChangeConfirmed | PartyChangeSaidAgain | AdulthoodProposed
)


class UnconfirmedChange(Kept):
    """What one of the team changed about whose own matter it is, while nobody else has confirmed it."""

    side: Side
    by: str
    change: Changed = "added"
    party: str = ""
    """Who came, was taken out, or counts as under age; empty: it was kept before this was noted."""
    instead_of: str | None = None
    """Whose place they have."""


class Seated(UnconfirmedChange):
    """The same, as the record keeps it."""

    manager: str | None = None
    above: Superiors = ()
    credential: str | None = None
    """By which credential it was said."""

    @property
    def superiors(self) -> frozenset[str]:
        """Everybody to whom whoever said it reports."""
        return line_above(self.manager, self.above)


class Agreed(Kept):
    """That a party agreed to something that takes all of their side."""

    party: str
    to: str
    by: str | None = None
    """Who said it: themselves, or who speaks for them. None: noted by an earlier release."""


class KnownParty(Refusal):
    """This person is a party already."""

    code = "party_known"


class PartyUnfit(Refusal):
    """This person cannot be added like this; ``because`` says why (``other_side``, ``role``, ``shares``, ``too_many``,
    ``claimant_here``: whoever is accused is no claimant of the same case;
    ``represents``, ``last``; ``own_request``: each shows who they are in a case of their own; ``not_carried_out``: they would
    share in what was meant for others; ``proven``: it is known who they are), or cannot be removed by one alone (``reasons``,
    ``second_person``)."""

    code = "party_unfit"


class AgreementMissing(Refusal):
    """Whoever is to be represented has not agreed."""

    code = "agreement_missing"


class ChangeUnconfirmed(Refusal):
    """One of the team changed who the parties are, or what is known of them, and nobody else has confirmed it yet: until then
    nobody agrees on anything, and the case is neither split nor merged."""

    code = "change_unconfirmed"


class PrincipalNeeded(Refusal):
    """Several are on this side, and each of them speaks for themselves in this."""

    code = "principal_needed"


class GuardianNeeded(Refusal):
    """Somebody under age does not settle, grant or give up by themselves; ``because`` says whether a guardian is missing
    (``no_guardian``) or there and the one to do it (``guardian_decides``)."""

    code = "guardian_needed"


class PartyUnclear(Refusal):
    """Several are on this side: it has to be said which of them."""

    code = "party_unclear"
