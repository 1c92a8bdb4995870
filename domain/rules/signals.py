"""Signals of the platform's machines: they wake what was put away, and take up again what the pack says they do."""

from __future__ import annotations

from datetime import datetime

from domain.base import Outcome, Phase
from domain.model import facts as f
from domain.model.case import Case
from domain.model.safeguards import Signal
from domain.rules import provider_news
from domain.rules.audiences import Audience
from domain.rules.clocks import released
from domain.rules.links import heard_again
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import NoticeData, Topic, inside


def receive(case: Case, command: Signal, context: DecisionContext, at: datetime) -> Facts:
    """Kept with the case, whatever becomes of it. A closed one is taken up again where the pack names the signal and the window
    is open; any other signal comes before ops, who may reopen it.
    """
    received = f.SignalReceived(signal=command.signal, text=command.text, news=command.news)
    by_news = (provider_news.made_by_provider, provider_news.stopped, provider_news.owed_still)
    stopped = tuple(fact for one in by_news for fact in one(case, command.news))
    if not reopens(case, command.signal, at):
        return (received, *stopped)
    # The parties hear that the case is taken up again, not what was noticed.
    return (f.CaseReopened(reason="new_signal"), f.PhaseEntered(phase=Phase.REVIEW, reason="reopened"), received, *stopped)


def reopens(case: Case, signal: str, at: datetime) -> bool:
    """Whether a signal takes the case up again by itself. What was merged goes on elsewhere."""
    if case.open or case.closed_at is None or case.outcome is Outcome.MERGED or heard_again(case) is not None:
        return False
    return signal in case.terms.reopen_on and at <= case.closed_at + case.terms.reopen_for


def _signal_received(case: Case, rec: f.Recording, fact: f.SignalReceived) -> Change:
    woken: Change = {"holds": released(case.holds, rec.at, frozenset({"snooze"}))} if case.holds else {}
    return woken | (provider_news.heard(case, fact.news, rec.at) if fact.news is not None else {})


def _said(case: Case, fact: f.SignalReceived, audience: Audience) -> NoticeData:
    told = provider_news.said(case, fact.news) if fact.news is not None else {}
    return NoticeData({"signal": fact.signal, **told}, {"text": fact.text})


def _means(before: Case | None, fact: f.SignalReceived, after: Case) -> set[str]:
    return (set() if after.open else {"signal_received:closed"}) | provider_news.money_back(before, fact, after)


TOPIC = Topic(
    rules={"signal": receive},
    changes={"signal_received": _signal_received},
    means={"signal_received": _means},
    words=frozenset({"signal_received:closed", "signal_received:money_back"}),
    known_to={"signal_received": inside("What the platform's machines noticed would show whoever is reported what to avoid.")},
    said={"signal_received": _said},
)
