"""What payment providers say of disputes: the first word opens a case, each later one is told to it, whichever comes first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from domain.base import Money
from domain.model.case import Case
from domain.model.provider_news import BESIDE, OF_PAYMENT, ProviderNews, signal_of
from domain.model.report import Report
from domain.rules.money import stands_for_others
from services.commands import judged
from services.errors import Refused
from services.parts import Answered, Parts, ProviderReader, ProviderSaid
from services.rows import CaseRow
from storage.intake.sources import LiveSource

_LONGEST_WAY = 20
"""Merges that are followed from case to case."""


@dataclass(frozen=True)
class Heard:
    """News that is on disk: in the inbox of its case, or kept until the dispute has one."""

    case_id: str | None
    """None: the dispute has no case yet."""
    command_id: str | None = None
    answer: Answered | None = None
    """What the case made of it; None: nobody has judged it yet."""


Landed = TypeVar("Landed")


async def said_by(
    parts: Parts, source: LiveSource, reader: ProviderReader, body: bytes, headers: Mapping[str, str]
) -> Callable[[], ProviderSaid | None]:
    """What reads the message, once it is known to be the provider's own; it raises what ``parts.parsers.invalid`` is.

    PayPal's signature covers a checksum of the body alone. So a transmission is remembered with its body, and the dispute is
    asked for at PayPal itself, where that is configured. Raises ``signature_invalid`` for what is forged, and ``provider_away``.
    """
    if source.provider != "paypal":
        return partial(reader.said, body, headers)
    sent = f"{headers.get('paypal-transmission-id', '')}|{headers.get('paypal-transmission-time', '')}"
    if not await parts.provider_news.transmitted(source.tenant_id, source.id, sent, body):
        raise Refused("signature_invalid")
    dispute, refund = reader.dispute_of(body), reader.refund_of(body)
    asked = parts.disputes.get(source.tenant_id)
    if asked is None or (dispute is None and refund is None):
        return partial(reader.said, body, headers)
    try:
        fetched = await asked.fetch(dispute) if dispute is not None else await asked.fetch_refund(refund or "")
    except ConnectionError:
        raise Refused("provider_away") from None
    if fetched is None and dispute is None:
        # PayPal tells of no reversal by its id. What nobody has verified can stop money and set none free.
        return partial(reader.said, body, headers)
    if fetched is None:
        assert dispute is not None, "a refund was read above"
        # A known one is answered all the same, as what nobody has verified: it can stop money and set none free.
        if await parts.intake.known(source.tenant_id, "paypal", dispute) is None:
            raise Refused("signature_invalid")
        return partial(reader.said, body, headers)
    return partial(reader.said, body, headers, fetched)


async def take(
    parts: Parts,
    source: LiveSource,
    said: ProviderSaid,
    land: Callable[[Report, ProviderNews], Awaitable[Landed]],
    standing: Callable[[Landed], tuple[CaseRow, bool]],
) -> Landed | Heard:
    """What became of a message about a dispute. A known dispute is never refused, whatever the snapshot says.

    ``land`` opens a case of a report, ``standing`` says of what it made the row and whether it is new.
    """
    news = said.news
    found: Landed | Heard
    if news.stage in OF_PAYMENT:
        found = await _refunded(parts, source, news)
    elif said.report is None:
        found = await _told_further(parts, source, news)
    else:
        found = await land(said.report, news)
        await _opened(parts, source, news, *standing(found))
    for one in said.beside:
        await _refunded(parts, source, one)
    return found


async def _told_further(parts: Parts, source: LiveSource, news: ProviderNews) -> Heard:
    """A word by which no case is opened: to the case that there is, or kept until there is one."""
    await parts.provider_news.keep(source.tenant_id, news)
    case_id = await parts.intake.known(source.tenant_id, news.provider, news.dispute)
    if case_id is not None:
        # Its first word may have named the payment otherwise, or been kept before both names were.
        await _beside_its_payment(parts, source, case_id, news)
        return await _tell_waiting(parts, source, case_id, news) or Heard(case_id)
    if news.payment is not None:
        # Its first word may not say how much was paid, as this one does.
        await parts.provider_news.keep_of_payment(source.tenant_id, news)
    return Heard(None)


async def _opened(parts: Parts, source: LiveSource, news: ProviderNews, row: CaseRow, created: bool) -> None:
    """What else follows from a word that can open a case, once the case is there."""
    await _beside_its_payment(parts, source, row.id, news, first=True)
    if not created and not (row.case is not None and parts.provider_news.known_to(source.tenant_id, row.case, news)):
        later = news.model_copy(update={"what": "updated"}) if news.what == "opened" else news
        await parts.provider_news.keep(source.tenant_id, later)
    await _tell_waiting(parts, source, row.id, news)


async def _beside_its_payment(parts: Parts, source: LiveSource, case_id: str, news: ProviderNews, *, first: bool = False) -> None:
    """Note under every name of its payment that there is this dispute, and tell its case what was refunded of it, and of the
    others: once, unless it is the ``first`` word of it."""
    if news.payment is None:
        return
    # Before what was refunded is looked for: whichever of the two comes first, one of them finds the other.
    if not await parts.provider_news.keep_of_payment(source.tenant_id, news) and not first:
        return
    disputes = await _of_payment(parts, source, news, refunds=False)
    refunds = await _of_payment(parts, source, news, refunds=True)
    for one in refunds:
        if not all(_of_nothing(each) for each in refunds):
            await _tell(parts, source, case_id, _named_as(news, _known_of(one, disputes, [news, *refunds])))
    if len(disputes) > 1:
        await _tell_each_other(parts, source, news)


async def _refunded(parts: Parts, source: LiveSource, news: ProviderNews) -> Heard:
    """Tell every case of a dispute about the payment what was refunded of it. It is kept: a dispute may come yet.

    A refund that failed is told to the case that ordered it, too, whether or not anybody disputes what was paid.
    """
    if news.payment is None:
        return await _to_whoever_ordered(parts, source, news, told=()) or Heard(None)
    disputes = await _of_payment(parts, source, news, refunds=False)
    before = await _of_payment(parts, source, news, refunds=True)
    # Also that nothing was refunded: it tells what was paid, and by which names, to whatever of these comes later.
    await parts.provider_news.keep_of_payment(source.tenant_id, news)
    if news.paid is not None and len(disputes) > 1:
        await _tell_each_other(parts, source, news)
    if all(_of_nothing(one) for one in (news, *before)):
        return Heard(None)
    # What names a payment twice may be the first by which a refund under the other name is found.
    told = [*(one for one in before if news.intent is not None and one.stage == "refund"), news]
    last: Heard | None = None
    cases = list[str]()
    for dispute in disputes:
        case_id = await parts.intake.known(source.tenant_id, dispute.provider, dispute.dispute)
        if case_id is None:
            continue
        for one in told:
            last = await _tell(parts, source, case_id, _named_as(dispute, _known_of(one, disputes, [news, *before])))
            cases.append(last.case_id or case_id)
    return await _to_whoever_ordered(parts, source, news, told=cases) or last or Heard(None)


async def _to_whoever_ordered(parts: Parts, source: LiveSource, news: ProviderNews, *, told: Sequence[str]) -> Heard | None:
    """Tell the case whose payment a refund with its mark had carried out that this refund failed, unless it was among those told.
    None: there is no such case.

    Only that it failed, which leaves the payment to somebody's hands: that money went is believed of the payment that a case is
    about, and of no other, for whoever holds an account of the provider writes marks.
    """
    if news.effect is None or news.what != "refund_failed" or not news.verified:
        return None
    case_id = await parts.provider_news.ordered_by(source.tenant_id, news.effect)
    if case_id is None or (await _going_on(parts, source.tenant_id, case_id)).id in told:
        return None
    return await _tell(parts, source, case_id, news.model_copy(update={"intent": None, "paid": None}))


def _named_as(dispute: ProviderNews, news: ProviderNews) -> ProviderNews:
    """News of a payment under the name by which the dispute knows it: one payment is counted once."""
    payment = next((name for name in news.payments if name in dispute.also_about), dispute.payment)
    return news.model_copy(update={"payment": payment, "intent": None, "also_about": ()})


def _of_nothing(news: ProviderNews) -> bool:
    """Whether it says of a payment that nothing was refunded of it: of interest where something had been, or for its size."""
    return news.what == "refund_failed" and news.stage == "payment"


async def _tell_each_other(parts: Parts, source: LiveSource, news: ProviderNews) -> None:
    """Tell the cases of all disputes about the payment of each other, and how much was paid in all where that is known: what one
    of them pays the others do not pay again."""
    tenant_id = source.tenant_id
    disputes = await _of_payment(parts, source, news, refunds=False)
    said = [*disputes, *await _of_payment(parts, source, news, refunds=True)]
    # Of a dispute about several payments nobody knows how much of it is about this one: then nothing bounds all of them together.
    mixed = any(one.also_about for one in disputes)
    whole = next((one.paid for one in said if one.paid is not None), None) if not mixed else None
    found: list[tuple[ProviderNews, CaseRow]] = []
    for one in disputes:
        case_id = await parts.intake.known(tenant_id, one.provider, one.dispute)
        if case_id is not None:
            found.append((one, await _going_on(parts, tenant_id, case_id)))
    for other, there in found:
        if there.case is not None and _gave_nothing(there.case):
            continue
        for case_id in dict.fromkeys(row.id for _, row in found if row.id != there.id):
            await _tell(parts, source, case_id, _beside(other, whole))


def _gave_nothing(case: Case) -> bool:
    """Whether it is closed and no money went by it, whatever its kind bounds."""
    given = case.paid_by_provider or stands_for_others(case) or any(e.remedy.amount is not None for e in case.effects_in_force)
    return not case.open and not given


def _beside(other: ProviderNews, whole: Money | None) -> ProviderNews:
    """What a case hears of another case's dispute about its payment."""
    return ProviderNews(
        provider=other.provider, dispute=f"beside {other.dispute}"[:255], event=f"{other.event[:100]}/beside", at=other.at,
        what="updated", stage=BESIDE, payment=other.payment, amount=other.amount, paid=whole,
    )  # fmt: skip


def _known_of(news: ProviderNews, disputes: Sequence[ProviderNews], beside: Sequence[ProviderNews]) -> ProviderNews:
    """News of a payment as its disputes hear it, with all that was paid where any word beside them says it.

    Of several disputes about one payment none knows how much of it nobody disputes, so all of the refund counts in each.
    """
    if len(disputes) > 1:
        return news.model_copy(update={"paid": None, "event": f"{news.event[:100]}/several"})
    said = (one.paid for one in (news, *disputes, *beside) if one.paid is not None)
    return news.model_copy(update={"paid": next(said, None)})


async def _of_payment(parts: Parts, source: LiveSource, news: ProviderNews, *, refunds: bool) -> list[ProviderNews]:
    """What is kept beside the payment of these news: what was refunded of it, or which disputes there are about it."""
    found: list[ProviderNews] = []
    names, kept = list(news.payments), list[ProviderNews]()
    for name in names:
        there = await parts.provider_news.waiting(source.tenant_id, news.provider, name)
        kept += there
        # Another name that the provider has told beside this one. A payment that was tried several times has a charge for each
        # try: by the name that these share none of the others is meant.
        said = (one for one in (news, *there) if one.intent is not None and name in (one.payment, one.intent))
        both = {(one.payment, one.intent) for one in said}
        names += [one for one in next(iter(both)) if one and one not in names] if len(both) == 1 else []
    known_as = news.model_copy(update={"also_about": tuple(one for one in names if one not in (news.payment, news.intent))})
    # A dispute may be kept twice, under the names of its payment that it had then and has now: the word that says most counts.
    for one in kept if refunds else sorted(kept, key=lambda one: one.paid is None):
        known = one in found if refunds else any(one.dispute == other.dispute for other in found)
        if (one.stage in OF_PAYMENT) is refunds and one.shares_payment(known_as) and not known:
            found.append(one)
    return found


async def _tell_waiting(parts: Parts, source: LiveSource, case_id: str, news: ProviderNews) -> Heard | None:
    """Tell the case all that waits for it; what became of the last of it. None: somebody else has told it everything."""
    last: Heard | None = None
    for one in await parts.provider_news.waiting(source.tenant_id, news.provider, news.dispute):
        last = await _tell(parts, source, case_id, one)
        await parts.provider_news.told(source.tenant_id, one)
    return last


async def _tell(parts: Parts, source: LiveSource, case_id: str, news: ProviderNews) -> Heard:
    """Put the news into the case's inbox, or into that of the case in which its matter goes on, as the system's own word."""
    tenant_id = source.tenant_id
    row = await _going_on(parts, tenant_id, case_id)
    if news.test and row.case is not None and not row.case.synthetic:
        return Heard(row.id)
    command = {
        "id": f"cmd_sys-news-{parts.provider_news.name_of(tenant_id, row.id, row.case, news)}",
        "type": "signal",
        "by": "system",
        "signal": signal_of(news),
        "news": news.model_dump(mode="json", exclude={"ids"}),
    }
    receipt = await parts.inbox.receive(tenant_id, row.id, command, channel="system", credential=source.id)
    answer = receipt.answer or await judged(parts, tenant_id, row, receipt.command_id)
    return Heard(row.id, receipt.command_id, answer)


async def _going_on(parts: Parts, tenant_id: str, case_id: str) -> CaseRow:
    """The case, or the one in which its matter goes on."""
    row = await parts.views.case(tenant_id, case_id)
    for _ in range(_LONGEST_WAY):
        into = row.case.merged_into if row is not None and row.case is not None else None
        row = await parts.views.case(tenant_id, into) if into is not None else row
        if into is None:
            break
    assert row is not None, "a case that was opened is there"
    return row
