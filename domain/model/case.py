"""A case as it stands: nothing but the fold of its facts, so it can be rebuilt, verified, or shown as of any moment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from domain.base import Instant, Kept, Money, Outcome, Phase, Priority, Side
from domain.model.alarms import Acknowledged, Page
from domain.model.appointments import Appointment, HeardByProtocol
from domain.model.chargeback import Chargeback
from domain.model.clocks import Clock, Hold, Timetable
from domain.model.disclosure import CaseDisclosed, ProposedDisclosure
from domain.model.evidence import ClausePut, EvidenceRequest, Unanswered
from domain.model.handling import ProposedNoRequest
from domain.model.legal_hold import LegalHold, Withheld
from domain.model.links import CaseLink, CrossCaseTask
from domain.model.money import AmountSaid, PaidElsewhere, ProposedLowering
from domain.model.parties import Agreed, ProposedRemoval, Seated
from domain.model.people import OpenedParty, Superiors
from domain.model.policy_exceptions import PolicyException
from domain.model.procedure import StepTaken
from domain.model.prose import Prose
from domain.model.provider_news import ProviderDispute
from domain.model.ruling import AppealRight, Effect, Involvement, Ruling
from domain.model.safeguards import AuthorityReport, Credit, CreditProposal, Interim
from domain.model.sanctions import Sanction
from domain.model.settlement import Concession, MadeOffer, OpenOffer, Proposal, Returning, Settlement
from domain.model.terms import Terms
from domain.model.translations import Translation
from domain.model.withdrawal import OpenWithdrawal


class Caucus(Kept):
    """The talk between the desk and one side, which the other side does not see: how much was said, and when last."""

    side: Side
    said: int
    last_at: Instant


WaitingOn = Literal["nobody", "claimant", "respondent", "both", "staff"]

FORM = 6
"""The form of the state that this release folds. A stored state of an older form is folded again from its facts when the case is
next recorded; it counts up whenever the same facts lead to more than before.
"""
SINCE: dict[int, frozenset[str]] = {
    1: frozenset({"form", "seen_at"}),
    2: frozenset(
        {
            "form",
            "final",
            "effects",
            "split_off",
            "caucus",
            "heard_parties",
            "raised_by",
            "raised_by_manager",
            "appealed_alone",
            "lifted_by",
        }
        | {"questioned", "identity_requests", "spoke", "heard", "steps", "seated", "withdrawal", "came_since"}
    ),
    3: frozenset(
        {"form", "reported_spans", "reports", "clocks", "telling", "proposed_by", "spoke_since", "unanswered", "revoked"}
    ),
    4: frozenset(
        {"form", "seated", "parties", "agreed", "proposals", "revoked", "links", "settlement", "words_at"}
        | {"heard", "heard_parties", "spoke", "spoke_since", "questioned", "unanswered", "words_agreed"}
        | {"ruling", "rulings", "lifted_under", "appealed_by", "charged_at", "requests", "settled_requests"}
    ),
    5: frozenset({"form", "pages", "acknowledged", "clocks", "steps", "interim", "filed_as"}),
    6: frozenset(
        {"form", "named_by", "told_seq", "came_in", "claims_news", "appealed_alone", "interim", "interim_over"}
        | {"effects", "settlement", "withdrawal", "unseen_end", "appointments", "unanswered", "words_at"}
        | {"put", "charged_at", "asked", "lowering", "category_listed", "holds"}
        | {"steps", "own_papers", "relied_on", "by_protocol", "no_request", "decided_before_by", "heard_on_news", "gate"}
        | {"telling", "removal", "credit_proposed", "exceptions", "seated"}
        | {"answered_since", "called_at", "called_by", "limits_since", "clocks", "said_by", "unlinked_by", "provider_disputes"}
        | {"heard_since", "agreed", "pages"}
    ),
}
"""By form: the fields that it folds otherwise than the form before."""


def folded_otherwise(form: int) -> frozenset[str]:
    """Fields that a state of this form need not have as the present one would."""
    return frozenset().union(*(fields for since, fields in SINCE.items() if since > form))


def _or_known(said: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Terms that somebody has read already are not read again: whoever reads a case hands them in, and the text says null."""
    return info.context if said is None and isinstance(info.context, Terms) else read(said)


class Case(Kept):
    """One case. Every field follows from the facts; nothing is set from outside."""

    id: str
    form: int = 0
    """Which :data:`FORM` it was folded by; 0 before forms were counted."""
    seq: int = 0
    opened_at: Instant
    limits_since: Instant | None = None
    """Since when the limits of the law run, of what was split off; None: since it was opened."""
    updated_at: Instant
    kind: str
    source: str
    category: str
    filed_as: tuple[str, ...] = ()
    """The categories that it had before, oldest first."""
    answered_since: tuple[str, ...] = ()
    """The clauses of which whoever reported it was asked since it was last called otherwise, and that they have answered."""
    called_at: Instant | None = None
    """Since when it is called what it is; None: since it came."""
    category_listed: bool = False
    """The pack lists what the case is called, though its terms do not name it: everybody may read it."""
    called_by: tuple[str, ...] = ()
    """Who of the team has called it otherwise, or said that it is more or less urgent."""
    priority: Priority
    terms: Annotated[Terms, WrapValidator(_or_known)]
    parties: tuple[OpenedParty, ...]
    statement: Prose
    subject: Prose | None = None
    amount: Money | None = None
    synthetic: bool = False

    phase: Phase = Phase.INTAKE
    round: int = 0
    """0 in the first instance; each appeal and each remit begins another."""
    outcome: Outcome | None = None
    close_reason: str | None = None
    closed_at: Instant | None = None
    phase_entered_at: Instant
    seen_at: dict[Literal["claimant", "respondent", "platform", "third_parties"], Instant] = {}
    """When something last happened that each of them may know of; third parties are witnesses, insurers and authorities."""

    owner: str | None = None
    queue: str
    owner_sought: bool = True
    """Somebody should be found for it (assignment has not been tried since it last needed an owner)."""
    named_by: tuple[str, ...] = ()
    """Who gave it to its owner by name, and to whoever did so in turn, with those they report to; none where they took it."""
    escalations: int = 0

    offer: OpenOffer | None = None
    offers: tuple[MadeOffer, ...] = ()
    """Every offer of the settlement, oldest first."""
    proposals: tuple[Proposal, ...] = ()
    """Every proposal made to both sides, oldest first."""
    proposed_by: tuple[str, str | None] | None = None
    """Who of the team made the newest one, and whom they report to."""
    concession: Concession | None = None
    settlement: Settlement | None = None
    """The newest agreement of the sides, also where the case was taken up again since."""
    returning: Returning | None = None
    chargeback: Chargeback | None = None
    provider_disputes: tuple[ProviderDispute, ...] = ()
    """What payment providers said of the disputes of this case, by provider and dispute."""
    goods_back: bool = False
    """The goods were sent back and count as received: nobody is asked for them again."""
    requests: tuple[EvidenceRequest, ...] = ()
    """Those that are open."""
    settled_requests: tuple[EvidenceRequest, ...] = ()
    """Those that were answered, or that nobody waits for any more, oldest first."""
    ruling: Ruling | None = None
    """The ruling that is drafted or in force in this round."""
    rulings: tuple[Ruling, ...] = ()
    """Rulings that were issued, oldest first."""
    rights: tuple[AppealRight, ...] = ()
    appeals_used: tuple[Side, ...] = ()
    appealed_by: tuple[str, ...] = ()
    """Who has used the appeal that is their own, oldest first: principals, and who came with a report that went into this one."""
    appellants: tuple[Side, ...] = ()
    """Sides whose appeal is being decided."""
    appealed_alone: Side | None = None
    """The side that appealed, and the other one did not: nothing that follows from it makes them worse off."""
    involved: tuple[Involvement, ...] = ()
    recused: tuple[str, ...] = ()
    """People of the team who said that they cannot decide it."""
    author: Side | None = None
    """Whose words the matter is about, where the case is an appeal against a decision on them."""
    effects: tuple[Effect, ...] = ()
    manual_work: tuple[str, ...] = Field(default=(), alias="hands")
    """What only a person can finish: effect ids and notices that could not be delivered."""
    clocks: tuple[Clock, ...] = ()
    holds: tuple[Hold, ...] = ()
    standstills: int = 0
    """How often somebody had to look because every clock stood still."""
    look_again_at: Instant | None = None
    """When the last look found nobody there: when somebody is."""
    answered_at: Instant | None = None
    """When the owner last said something to the parties."""
    pages: tuple[Page, ...] = ()
    """Whom a rung of a ladder has called, as long as the clock runs that was missed."""
    acknowledged: Acknowledged | None = None
    """Who of the team said last that they have it, once somebody was called."""
    interim: tuple[Interim, ...] = ()
    interim_over: tuple[Interim, ...] = ()
    """The last one of each that was lifted or lapsed before the matter was decided."""
    handed_in: tuple[str, ...] = ()
    """Ids of the evidence on file, oldest first."""
    own_papers: tuple[str, ...] = ()
    """Those of them that somebody of the team wrote, with no file put to them: their word, on paper."""
    appointments: tuple[Appointment, ...] = ()
    """Hearings and calls, oldest first."""
    steps: tuple[StepTaken, ...] = ()
    root_cause: str | None = None
    legal_holds: tuple[LegalHold, ...] = ()
    """While there is one, nothing of the case or of its people is deleted."""
    withheld: tuple[Withheld, ...] = ()
    """What destroys and was not carried out, because of such a hold."""
    lifted_by: tuple[str, ...] = ()
    """Who lifted a legal hold: they destroy nothing alone that it kept."""
    lifted_under: tuple[str, ...] = ()
    """Whom those report to."""
    sanctions: tuple[Sanction, ...] = ()
    """Every one that was imposed in this case, oldest first, those that are over or taken back included."""
    heard: tuple[Side, ...] = ()
    """Sides that were asked and answered, or let their time go by."""
    heard_parties: tuple[str, ...] = ()
    """Principals who did so for themselves, of sides where one word does not stand for all: of several, and of who came later."""
    questioned: tuple[str, ...] = ()
    """Principals who answered what the team asked of them, or let the time for it go by, since the matter was last taken up."""
    identity_requests: tuple[str, ...] = ()
    """Requests that ask for a proof of who somebody is, and nothing about the matter."""
    charged_at: Instant | None = None
    """Since when the matter is called something that accuses somebody of another clause; None: since it was opened."""
    put: tuple[ClausePut, ...] = ()
    """The clauses that were put to principals by name since the matter was last taken up, answered or with their time gone by."""
    by_protocol: tuple[HeardByProtocol, ...] = ()
    """The sides that were at a hearing since the matter was last taken up, and until when they can say what is wrong with it."""
    came_since: tuple[str, ...] = ()
    """What the side that loses by a draft has said or handed in since it was made; nobody outside knows of the draft."""
    words_at: tuple[int, ...] = ()
    """The numbers of the facts that brought words from outside: what a ruling can rest on by ``message:`` and a number."""
    told_seq: int = 0
    """The number of the fact by which the sides were last told a ruling, or agreed."""
    came_in: dict[Literal["claimant", "respondent", "evidence"], int] = {}
    """The number of the last fact by which a side brought something: a word, evidence, a signal, another report; and by
    which anybody outside the team brought more than a word."""
    claims_news: bool = False
    """It was taken up again for something new, of which nothing was in the file."""
    relied_on: tuple[Side, ...] = ()
    """The sides that could rely on what was final when it was taken up again, for nothing new and for no wish of theirs."""
    unanswered: tuple[Unanswered, ...] = ()
    """What came in from elsewhere and a side has not answered, oldest first, in kinds that hear a side on it."""
    merged_into: str | None = None
    """The case in which the matter goes on."""
    joined: tuple[str, ...] = ()
    """Cases that go on in this one."""
    links: tuple[CaseLink, ...] = ()
    unlinked_by: tuple[str, ...] = ()
    """Who has taken back what another one had noted: that it is one matter with another case."""
    cross_case_tasks: tuple[CrossCaseTask, ...] = Field(default=(), alias="errands")
    campaign: str | None = None
    credits: tuple[Credit, ...] = ()
    """Provisional credits, oldest first."""
    reports: tuple[AuthorityReport, ...] = ()
    """Reports to authorities that wait for a second person, also where the case is closed meanwhile, or were made."""
    reported_spans: tuple[tuple[int, int | None], ...] = ()
    exceptions: tuple[PolicyException, ...] = ()
    """Departures from the pack that were asked for, and what became of them."""
    translations: tuple[Translation, ...] = ()
    """Of texts of the case, oldest first; earlier ones of the same text into the same language are marked as replaced."""
    """From which fact on, and before which one, the respondent is or was reported in secret; None: still."""
    disclosed_at: Instant | None = None
    """When the respondent was told, of a case of which they did not learn at its opening; None: then, or not yet."""
    disclosed: CaseDisclosed | None = None
    """What they were told then."""
    disclosed_seq: int = 0
    """The number of that fact: what happened before it they do not see."""
    telling: ProposedDisclosure | None = None
    """Somebody would tell them although an authority was told, and waits for a second person."""
    words_agreed: tuple[str, ...] = ()
    """Texts, by digest, that two persons have told while somebody was reported in secret: whoever asks may ask in these words."""
    caucus: tuple[Caucus, ...] = ()
    """The talks between the desk and one side, a thread for each side that was ever spoken to alone."""
    split_off: tuple[Money, ...] = ()
    """What went along with parts of the matter that became cases of their own."""
    given_before: tuple[Money, ...] = ()
    """What earlier cases of the same matter gave and left standing."""
    decided_before_by: tuple[str, ...] = ()
    """Who decided an earlier case of the same matter, or approved that; nobody: it is not heard again."""
    heard_on_news: bool = False
    """Whether somebody other than the respondent has handed something in, where it is heard again."""
    paid_elsewhere: tuple[PaidElsewhere, ...] = ()
    """What stands in other cases of the same matter, while a command is judged beside it; it is kept nowhere."""
    given_elsewhere: tuple[Money, ...] = ()
    """What of it counts here as given, beside what earlier cases gave; it is kept nowhere either."""
    reported_elsewhere: bool = False
    """Whether a respondent is reported in secret in another case, while a command is judged beside it; it is kept nowhere."""
    words_by_two: bool = False
    """Whether no text of whoever speaks goes out by them alone, while a command is judged beside another case in which a
    respondent is reported in secret; it is kept nowhere."""
    accused_elsewhere: bool = False
    """Whether a claimant is accused in another case that protects people, while a command is judged beside it; kept nowhere."""
    raised_by: str | None = None
    """Who said last what was paid, where the report does not say it or says less."""
    raised_by_manager: str | None = None
    raised_by_above: Superiors = ()
    """Whom they report to."""
    said_by: tuple[AmountSaid, ...] = ()
    """Who has said what was paid, where the report does not say it or says less, as long as that counts."""
    asked: Money | None = None
    """What the report named, once somebody of the team or the platform has said another amount."""
    lowering: ProposedLowering | None = None
    """Less than was reported, as one person says: it waits for a second one."""
    credit_proposed: CreditProposal | None = None
    """A provisional credit that waits for a second person."""
    withdrawal: OpenWithdrawal | None = None
    """The claimant wants to take the report back, and nobody has answered yet."""
    revoked: tuple[tuple[str, str], ...] = ()
    """Who has taken such a wish back, and by what name ``seen`` calls that."""
    unseen_end: OpenWithdrawal | None = None
    """A wish of whoever represents a child, which the child has taken back by a word to the desk alone: to them it stands."""
    of_office: Instant | None = None
    """Since when the platform is the claimant, because the case goes on although whoever reported it took it back."""
    final: tuple[str, ...] | None = None
    """Effects and sanctions in force when the case was last taken up again: no withdrawal undoes them. None: it never was."""
    agreed: tuple[Agreed, ...] = ()
    """What single ones of several on a side agreed to, while others have not yet."""
    spoke: tuple[str, ...] = ()
    """Principals who have said something to the matter, themselves or by whoever speaks for them."""
    heard_since: tuple[str, ...] = ()
    """Principals who have been heard since what was decided is in question: since the appeal, or since it was taken up again."""
    spoke_since: tuple[str, ...] = ()
    """Those of them who have said something since the report."""
    seated: tuple[Seated, ...] = ()
    """What one of the team has changed about whose own matter it is, and nobody else has confirmed."""
    removal: ProposedRemoval | None = None
    """Somebody would put such a one out, and waits for a second person."""
    gate: str | None = None
    """Why the report came before a person first, as the pack's gates name it. None: it did not, or nobody kept it then."""
    no_request: ProposedNoRequest | None = None
    """Somebody says that what came is no request at all, and waits for a second person."""
    timetable: Timetable = ()

    @property
    def open(self) -> bool:
        """Not closed."""
        return self.phase is not Phase.CLOSED

    @property
    def paid_by_provider(self) -> bool:
        """Whether a payment provider has given whoever paid their money back already, or is about to."""
        return any(dispute.paid for dispute in self.provider_disputes)

    @property
    def is_disclosed(self) -> bool:
        """Whether the respondent knows of the case."""
        return self.terms.disclosure == "at_opening" or self.disclosed_at is not None

    @property
    def keep_until(self) -> Instant | None:
        """Until when it is to be kept; None while it is open or held, and where the pack does not say."""
        young = any(p.minor for p in self.parties)
        span = (self.terms.keep_for_minors if young else None) or self.terms.keep_for
        if self.closed_at is None or self.legal_holds or span is None:
            return None
        return self.closed_at + span

    @property
    def quiet(self) -> bool:
        """Closed, and nothing is running any more: no clock, no effect, no ban that ends."""
        return not self.open and not self.timetable and not self.running

    @property
    def running(self) -> tuple[str, ...]:
        """Ids of the effects and tasks in other cases that are under way."""
        effects = tuple(e.id for e in self.effects if e.state == "running")
        return effects + tuple(e.id for e in self.cross_case_tasks if e.state == "running")

    @property
    def waiting_on(self) -> WaitingOn:
        """Whose turn it is."""
        return self.awaited_in(self.phase)

    def awaited_in(self, phase: Phase) -> WaitingOn:
        """Whose turn it is to somebody for whom the case is in this phase."""
        if self.returning is not None and phase in (Phase.SETTLEMENT, Phase.APPEALABLE):
            return self.returning.waits_for
        if phase is Phase.SETTLEMENT:
            return self.offer.side.other.value if self.offer else "both"
        if phase in (Phase.RULED, Phase.CLOSED, Phase.APPEALABLE):
            return "nobody"
        if phase is Phase.APPROVAL or not self.requests:
            return "staff"
        sides = {r.of for r in self.requests}
        return "both" if len(sides) > 1 else sides.pop().value

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that waits for the sides, or None."""
        return next((p for p in self.proposals if p.became == "open"), None)

    @property
    def open_no_longer(self) -> tuple[Literal["offer", "proposal"], ...]:
        """What was offered and is over since this very instant, though nobody has answered it."""
        names: tuple[tuple[Literal["offer", "proposal"], tuple[MadeOffer | Proposal, ...]], ...]
        names = (("offer", self.offers), ("proposal", self.proposals))
        return tuple(
            name for name, made in names if any(one.became == "lapsed" and one.became_at == self.updated_at for one in made)
        )

    @property
    def effects_in_force(self) -> tuple[Effect, ...]:
        """What was ordered and is not undone, oldest first, whoever ordered it."""
        undone = {e.reverses for e in self.effects if e.reverses}
        stands = (e for e in self.effects if e.reverses is None and e.state not in ("withheld", "impossible"))
        return tuple(e for e in stands if e.id not in undone)

    def party(self, party_id: str) -> OpenedParty | None:
        """The party with this id, or None."""
        return next((p for p in self.parties if p.id == party_id), None)

    def principals(self, side: Side) -> tuple[OpenedParty, ...]:
        """Whose matter it is on one side, in the order in which they came; those who left are none any more."""
        return tuple(p for p in self.side_parties(side) if p.role == "principal" and not p.left)

    def side_parties(self, side: Side) -> tuple[OpenedParty, ...]:
        """Everybody on one side."""
        return tuple(p for p in self.parties if p.side is side)
