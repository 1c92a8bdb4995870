"""Turns a notice's codes into what a letter says: names, sides, amounts and times, and nothing that its reader may not know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activities.ports.notices import OutgoingNotice
from adapters.letters.times import When, day_of, in_zone, instant_of
from adapters.letters.words import OF_DATA, OF_PEOPLE, Words, capital, one_line, written_out
from domain.base import plain
from domain.rules.agreement_terms import LOOKED_AT

_SIDES = ("claimant", "respondent")
_UNTOLD = {"approval": "review", "ruled": "review"}
"""Phases that look like review until the parties are told: who decides, and that it waits for approval, is not theirs to know."""
_OF_A_MEASURE = {"interim_ended": "measure_ended", "manual_work_reported": "measure_impossible"}
"""Letters to whoever knows of a measure and of no case."""
_PROSE = ("reasons", "what", "text", "reply", "facts", "clause", "explanation", "told", "told_why", "misuse", "about", "protocol")
"""Texts that somebody wrote and a letter quotes; a template finds each, also where there is none."""


def seen_event(notice: OutgoingNotice) -> str:
    """The event as this reader may know it: a second look and the undo window are review to a party."""
    name, _, qualifier = notice.event.partition(":")
    if notice.data.get("measure_alone"):
        return _OF_A_MEASURE.get(name, "measure_imposed")
    if notice.audience in _SIDES and name == "phase_entered" and qualifier in _UNTOLD:
        return "phase_entered:review"
    return notice.event


def facts_of(notice: OutgoingNotice, words: Words) -> dict[str, Any]:
    """Everything a template may use. Every name is always there; what the notice does not say is None."""
    data = notice.data
    staff = notice.audience not in _SIDES
    side = None if staff else notice.audience
    kind = words.notice if data.get("notice") is True else words.kinds.get(notice.kind, written_out(notice.kind))
    phase = _string(data.get("phase"))
    phase = phase if staff else _UNTOLD.get(phase or "", phase)
    # Whoever was not told of a case is told of none by its number, its kind, or how much there is beside.
    alone = data.get("measure_alone") is True
    return {
        "measure_alone": alone,
        "goes_on": data.get("goes_on") is True,
        "measure_id": _string(data.get("measure_id")),
        "words": _string(data.get("words")),
        "first_told": data.get("first_told") is True,
        "untold": data.get("disclosed") is False,
        "in_private": data.get("alone") is True,
        "more_follows": data.get("more_follows") is True,
        "tenant": _line_or_none(notice.tenant_name) or words.the_platform,
        "name": _line_or_none(notice.name),
        "case": notice.case_id,
        "ref": _short(notice.case_id),
        "zone": notice.zone,
        "side": side,
        "kind": kind,
        "danger": notice.kind == "safety_incident",
        "matter": words.matter.get(side or "", words.matter[""]).format(kind=kind),
        "event": written_out(seen_event(notice)),
        "more": 0 if alone else len(notice.folded or ()),
        "phase": phase,
        "review": _review(notice, words, phase),
        "due": _when(instant_of(data.get("due_at")), notice, words),
        "measure_until": _when(instant_of(data.get("measure_until")), notice, words),
        **_of_data_request(notice, words),
        "answer_until": _when(instant_of(data.get("answer_until")), notice, words),
        "hearing": _hearing(notice, words, side),
        "expires": _when(instant_of(_offer_of(data).get("expires_at")), notice, words),
        "by_default": _string(data.get("by_default")),
        "reader": _line_or_none(_string(data.get("reader"))),
        "open_until": _when(instant_of(data.get("open_until")), notice, words),
        "texts": {name: _with_translation(notice, words, name) for name in _PROSE},
        **_what_happened(data, words, side),
        "reference": _line_or_none(notice.texts.get("reference") or _string(data.get("reference"))),
        "remedies": _remedies(notice, words, side),
        **_more_time(notice, words, side),
        **_of_sanction(notice, words),
        "credit_at": _when(instant_of(_credit_of(data).get("ended_at")), notice, words),
        **(_internal(notice, words) if staff else dict.fromkeys(_INTERNAL)),
    }


def _hearing(notice: OutgoingNotice, words: Words, side: str | None) -> dict[str, Any]:
    """A hearing or call: when it can be or is, who has to agree to it, and who was not there."""
    data = notice.data
    times = (_when(instant_of(value), notice, words) for value in _list_of(data.get("times")))
    return {
        "form": words.hearings.get(_string(data.get("form")) or "", words.hearing),
        "minutes": data.get("minutes") if isinstance(data.get("minutes"), int) else 60,
        "times": [at.local if at.utc is None else f"{at.local} ({at.utc})" for at in times if at is not None],
        "at": _when(instant_of(data.get("at")), notice, words),
        "both": data.get("sides") == "both",
        "consent": data.get("consent") is True,
        "what": _string(data.get("what")),
        "because": _string(data.get("because")),
        "by": _who(data.get("by"), side),
        "was_there": data.get("was_there"),
        "missed": [who for value in _list_of(data.get("missed_by")) if (who := _who(value, side)) is not None],
    }


def _offer_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return data["offer"] if isinstance(data.get("offer"), Mapping) else {}


def _credit_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return data["credit"] if isinstance(data.get("credit"), Mapping) else {}


def _what_happened(data: Mapping[str, Any], words: Words, side: str | None) -> dict[str, Any]:
    offer = _offer_of(data)
    outcome, decision, reason = (_string(data.get(name)) for name in ("outcome", "decision", "reason"))
    return {
        "outcome": _outcome(outcome, words, side),
        "decision": words.decisions.get(decision or ""),
        "remitted": decision == "remit",
        "heard_first": data.get("heard_first") is True,
        "could_answer": data.get("could_answer") is True,
        "about": words.charges.get(about, written_out(about)) if (about := _string(data.get("about"))) else None,
        "same_decider": data.get("same_decider") is True,
        "new_decider": data.get("new_decider") is True,
        "conditions": [capital(written_out(x)) for x in _list_of(data.get("conditions")) if isinstance(x, str)],
        "again_later": data.get("again_later") is True,
        "window_waits": data.get("window_waits") is True,
        "statement": _stated(data.get("statement"), words),
        "notice_decided": _string(data.get("notice_decided")),
        "right": _right(data.get("right"), words),
        "offer": _remedy(offer, words, None) if offer else None,
        "by": _who(data.get("side") or offer.get("side") or data.get("sender"), side),
        "of": _who(data.get("of"), side),
        "reason": words.reasons.get(reason or "")
        or (capital(written_out(reason)) + "." if reason and reason not in ("deadline", "other") else None),
        "reason_known": (reason or "") in words.reasons,
        "ending": words.endings.get(_string(data.get("case_outcome")) or ""),
        "case_outcome": _string(data.get("case_outcome")),
        "version": _line_or_none(_string(data.get("version"))),
        "result": _string(data.get("result")),
        "measures": [m for m in (_remedy(x, words, None) for x in _list_of(data.get("measures"))) if m],
        "because": _string(data.get("because")),
        "joined": data.get("joined"),
        "from_start": data.get("from_start") is True,
        "returns": offer.get("after_return") is True,
        "looked_at_first": data.get("looked_at_first") is True or LOOKED_AT in _list_of(data.get("terms")),
        "terms": [words.agreed(line) for line in (_line_or_none(_string(one)) for one in _list_of(data.get("terms"))) if line],
        "label": _who(data.get("label_paid_by") or offer.get("label_paid_by"), side),
        "stated": _amount(data.get("amount"), words),
        "stated_before": _amount(data.get("before"), words),
        "lowered_to": _amount(data.get("lowered_to"), words),
        "received": data.get("received") is True,
        "carrier": written_out(carrier) if (carrier := _string(data.get("carrier"))) else None,
        "sanction": _sanction(data.get("sanction"), words),
        "into": _short(into) if (into := _string(data.get("into"))) else None,
        "of_case": _short(of_case) if (of_case := _string(data.get("of_case"))) else None,
        **_of_routes(data, words),
        **_of_risk(data, words, side),
        **_of_parties(data),
    }


def _of_routes(data: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Where somebody can complain."""
    route = _string(data.get("complaint_route"))
    return {
        "route": _route(route, words) if route else None,
        "routes": [_route(one, words) for one in _list_of(data.get("complaint_routes")) if isinstance(one, str)],
    }


def _of_data_request(notice: OutgoingNotice, words: Words) -> dict[str, Any]:
    """What a request over data counts as, and until when the law wants an answer."""
    data = notice.data
    return {
        **{name: _data_right(data.get(name), words) for name in ("asked_for", "asked_for_before")},
        "limit": _when(instant_of(data.get("limit_at")), notice, words),
        "limit_waits": data.get("limit_waits") is True,
    }


def _data_right(value: Any, words: Words) -> str | None:
    right = _string(value)
    return words.data_rights.get(right, capital(written_out(right))) if right else None


def _route(route: str, words: Words) -> str:
    return words.routes.get(route, capital(written_out(route)))


def _of_parties(data: Mapping[str, Any]) -> dict[str, Any]:
    """Who came and went, and what stands or is over by it."""
    names = (
        "stands",
        "set_aside",
        "of_appeal",
        "goes_on",
        "guardian_missing",
        "measure_of_recused",
        "yourself",
        "in_place_of_the_other",
        "stands_alone",
        "spoke",
        "undoes",
        "in_question",
        "carried",
    )
    lapsed = [one for one in _list_of(data.get("lapsed")) if one in ("offer", "proposal")]
    return {**{name: data.get(name) is True for name in names}, "left_by": _string(data.get("left_by")), "lapsed": lapsed}


_PROVIDERS = {"stripe": "Stripe", "paypal": "PayPal"}


def _of_risk(data: Mapping[str, Any], words: Words, side: str | None) -> dict[str, Any]:
    """What is said where money or people are at risk, and what becomes of a report that was taken back."""
    credit = _credit_of(data)
    signal, authority = (_string(data.get(name)) for name in ("signal", "authority"))
    provider = _string(data.get("provider"))
    return {
        "provider": _PROVIDERS.get(provider, provider) if provider else None,
        "money_went": data.get("money_went") is True,
        "money_twice": data.get("money_twice") is True,
        "owed_again": data.get("owed_again") is True,
        "paid_once": data.get("paid_once") is True,
        "refund_failed": data.get("refund_failed") is True,
        "stopped_by": _string(data.get("stopped_by")),
        "agreed_to": _string(data.get("agreed_to")),
        "undone_since": data.get("undone_since") is True,
        "went": _amount(data.get("went"), words),
        "refunded_so_far": _amount(data.get("refunded_so_far"), words),
        "refund_of": _amount(data.get("refund_of"), words),
        "dispute_over": data.get("dispute_over") is True,
        "third_party": _string(data.get("third_party")),
        "own_money": data.get("own_money") is True,
        "documents": data.get("documents") is True,
        "of_office": data.get("of_office") is True,
        "credit": _remedy(credit, words, side) if credit else None,
        "credit_state": _string(credit.get("state")),
        "signal": written_out(signal) if signal else None,
        "authority": written_out(authority) if authority else None,
    }


def _more_time(notice: OutgoingNotice, words: Words, side: str | None) -> dict[str, Any]:
    """Which clock was extended, as far as its reader may know it, and until when."""
    data = notice.data
    clock, due_clock = _string(data.get("clock")), _string(data.get("due_clock"))
    code = clock or due_clock or ""
    waits_for = _string(data.get("waits_for")) or code.removesuffix("_response")
    at = instant_of(data.get("to_at")) or (instant_of(data.get("due_at")) if clock in (None, due_clock) else None)
    what = "you" if side and waits_for == side else {"settlement": "settlement", "appeal_window": "appeal"}.get(code)
    return {
        "extended": "law" if data.get("statutory") is True else what,
        "until": _when(at, notice, words),
    }


_INTERNAL = (
    "claimed",
    "count",
    "endpoint",
    "host",
    "priority",
    "clock",
    "clock_code",
    "dated",
    "level",
    "action",
    "step",
    "trouble",
    "reached",
    "approval",
)


def _internal(notice: OutgoingNotice, words: Words) -> dict[str, Any]:
    """What only the team is told."""
    data = notice.data
    clock = _string(data.get("clock"))
    trouble = _string(data.get("reason"))
    reached = instant_of(data.get("reached_at"))
    return {
        "claimed": _string(data.get("claimed")),
        "count": count if isinstance(count := data.get("count"), int) else None,
        "endpoint": _string(data.get("endpoint")),
        "host": _string(data.get("host")),
        "priority": _string(data.get("priority")),
        "clock": words.clocks.get(clock or "", written_out(clock)) if clock else None,
        "clock_code": clock,
        # The next date of the team can be that of another clock, and a letter must not give it as this one's.
        "dated": _string(data.get("due_clock")) in (None, clock),
        "level": _string(data.get("level")),
        "step": written_out(step) if (step := _string(data.get("step"))) else None,
        "action": _string(data.get("action")),
        "approval": words.approvals.get(_string(data.get("approval_because")) or ""),
        "trouble": words.troubles.get(trouble or ""),
        "reached": _when(reached, notice, words),
    }


def _review(notice: OutgoingNotice, words: Words, phase: str | None) -> str:
    """What this kind calls its review: the pack's own label while the case is there."""
    label = _string(notice.data.get("phase_label")) if words.labels_of_pack else None
    shown = _string(notice.data.get("phase"))
    if phase == "review" and shown == "review" and label and label != "review":
        return _line_or_none(label[:1].lower() + label[1:]) or words.review
    return words.reviews.get(notice.kind, words.review)


def _when(at: datetime | None, notice: OutgoingNotice, words: Words) -> When | None:
    """An instant as its reader's clock and calendar show it."""
    return in_zone(at, notice.zone, words, now=notice.at) if at else None


def _outcome(code: str | None, words: Words, side: str | None) -> str | None:
    if not code:
        return None
    said = words.outcomes.get(code, {})
    return said.get(side or "") or said.get("") or f"{capital(written_out(code))}."


def _remedies(notice: OutgoingNotice, words: Words, side: str | None) -> list[str]:
    """What follows, each with whom it concerns: nobody has to guess whose data is erased, or who is excluded."""
    found = ((value, _remedy(value, words, side)) for value in _list_of(notice.data.get("remedies")))
    return [said + _concerns(value, notice, words, side) for value, said in found if said]


def _concerns(value: Mapping[str, Any], notice: OutgoingNotice, words: Words, side: str | None) -> str:
    code = _string(value.get("type")) or _string(value.get("remedy")) or ""
    said = words.whose if code in OF_DATA else words.on_whom if code in OF_PEOPLE else {}
    to, party = _who(value.get("to"), side), _string(value.get("party"))
    if not said or to is None:
        return ""
    if to != "you":
        return said.get(to, "")
    if party is not None and party != notice.recipient:
        return said["fellow"]
    name = _line_or_none(notice.name)
    return said["named"].format(name=name) if name is not None else said["you"]


def _remedy(value: Any, words: Words, side: str | None) -> str | None:
    """``A refund of 12.00 EUR to you``. Who gets it is said of money only: a warning is not "to" anybody by its record."""
    if not isinstance(value, Mapping):
        return None
    code = _string(value.get("type")) or _string(value.get("remedy"))
    money = value["amount"] if isinstance(value.get("amount"), Mapping) else value
    amount, currency = money.get("amount"), money.get("currency")
    name = words.remedies.get(code or "", capital(written_out(code))) if code else words.remedy
    when = words.once_back if value.get("after_return") is True else ""
    if not isinstance(amount, int) or not isinstance(currency, str):
        return name + when
    said, whole = _line_or_none(currency) or "", value.get("whole")
    whom = words.to.get(_who(value.get("to"), side) or "", "")
    # Money that goes to several on one side says whose part it is.
    if value.get("share") == "own" and isinstance(whole, int):
        whom = words.own_share.format(whole=words.amount(whole, said))
    elif value.get("share") == "of_another":
        whom = words.share_of_another
    return words.remedy_of.format(name=name, amount=words.amount(amount, said), whom=whom, when=when)


def _amount(value: Any, words: Words) -> str | None:
    """``12.00 EUR``."""
    said: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    amount, currency = said.get("amount"), said.get("currency")
    if not isinstance(amount, int) or not isinstance(currency, str):
        return None
    return words.amount(amount, _line_or_none(currency) or "")


def _sanction(value: Any, words: Words) -> str | None:
    """What a sanction is called."""
    return _remedy(value, words, None) if isinstance(value, Mapping) else None


def _of_sanction(notice: OutgoingNotice, words: Words) -> dict[str, Any]:
    """Until when a ban lasts, whether it lasts for good, and until when the sanction counts."""
    value = notice.data.get("sanction")
    said: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    ends, counts = instant_of(said.get("ends_at")), instant_of(said.get("counts_until"))
    return {
        "ban_ends": _when(ends, notice, words),
        "for_good": said.get("ban") is True and ends is None,
        "counts_until": _when(counts, notice, words),
        "misuse": _misuse(notice.data.get("misuse"), words),
    }


def _misuse(value: Any, words: Words) -> dict[str, Any] | None:
    """What was found to be misuse, and how many of how many."""
    if not isinstance(value, Mapping):
        return None
    clause = _string(value.get("clause")) or ""
    return {
        "clause": words.misuse.get(clause, written_out(clause)),
        # Not "items": to a template that is what every mapping can do.
        "number": value.get("items"),
        "total": value.get("total"),
    }


_ENDS = tuple(f"end_date_{what}_restriction" for what in ("account", "monetary", "service", "visibility"))


def _stated(value: Any, words: Words) -> dict[str, Any] | None:
    """What a statement of reasons says beside its texts."""
    if not isinstance(value, Mapping):
        return None
    detected, decided = value.get("automated_detection") == "Yes", _string(value.get("automated_decision")) or ""
    return {
        "illegal": value.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT",
        "automation": words.automation.get((detected, decided)) or words.automation[detected, ""],
        "scope": ", ".join(str(x) for x in _list_of(value.get("territorial_scope")) if isinstance(x, str)),
        "source": words.sources.get(_string(value.get("source_type")) or ""),
        "until": next((day for name in _ENDS if (day := _string(value.get(name)))), None),
        "redress": [words.redress.get(x, capital(written_out(x))) for x in _list_of(value.get("redress")) if isinstance(x, str)],
    }


def _right(value: Any, words: Words) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    allowed = value.get("allowed") is True
    because = _string(value.get("because"))
    plain = words.may_appeal if allowed else words.no_appeal
    return {"allowed": allowed, "said": words.rights.get(because or "", plain)}


def _who(value: Any, side: str | None) -> str | None:
    """``you`` or ``other`` for a party; the side's own name for the team."""
    if value not in _SIDES:
        return "team" if value == "staff" else "platform" if value == "platform" else None
    if side is None:
        return str(value)
    return "you" if value == side else "other"


def _short(case_id: str) -> str:
    return "".join(c for c in case_id.split("_", 1)[-1] if c.isalnum())[-8:]


def _list_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _line_or_none(value: str | None) -> str | None:
    return one_line(value)[:200] or None if value else None


def _with_translation(notice: OutgoingNotice, words: Words, name: str) -> str | None:
    """A quoted text, and beneath it its translation into the reader's language with who or what made it, where there is one."""
    original, beside = _quoted(notice.texts.get(name)), notice.translations.get(name)
    text = _quoted(beside.text) if beside is not None else None
    if original is None and name in notice.erased:
        return words.erased.format(when=day_of(notice.erased[name], notice.zone, words))
    if original is None or beside is None or text is None:
        return original
    who = _line_or_none(beside.name) or _line_or_none(notice.tenant_name) or words.the_platform
    return "\n\n".join((original, words.translated[beside.by].format(name=who), text))


def _quoted(value: Any) -> str | None:
    """A quoted text without control characters, whole."""
    if not isinstance(value, str):
        return None
    return plain(value).replace("\t", "    ").strip() or None
