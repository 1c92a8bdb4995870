"""What a party does at its case: each deed with what follows from it said before its button, and a receipt after it.

A deed is a command of the API's, sent with the party's own credential and judged by the same rules; the page decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import uploads
from console.kit.visit import Form
from console.party.case import MyCase, by_child, choices_of, frame, my_case, readers_of
from console.party.drafts import FIELDS, MOST_TEXT
from console.party.story import DEEDS, HEARING_DEEDS, asked_of, hearing_of, open_proposal
from console.party.visit import PartyAddresses, PartyVisit, go, why_not
from domain.model.settlement import OpenOffer, Proposal
from services import commands, outside_drafts
from services.errors import FieldError, Refused, not_found

_TEXTS: Mapping[str, tuple[str, bool]] = {
    # The field of the command that what they write goes into, and whether it has to be there.
    "write": ("text", True),
    "more-time": ("text", True),
    "hand-in": ("text", True),
    "offer": ("text", False),
    "grant": ("text", False),
    "appeal": ("reasons", True),
    "withdraw": ("reasons", False),
    "not-returned": ("reasons", True),
    "measure": ("text", True),
    "hearing-move": ("reasons", True),
    "hearing-comment": ("text", True),
}


async def ask(visit: PartyVisit) -> Response:
    """A deed before it is done: what it means, and what it takes."""
    mine = await _mine(visit)
    deed = _deed(visit)
    if deed not in mine.deeds:
        return _page(visit, mine, deed, 409, gone=True)
    kept = await outside_drafts.find(visit.parts, visit.session, deed) if visit.session is not None else {}
    return _page(visit, mine, deed, **{"text": _begun(visit, deed), **{name: kept[name] for name in FIELDS if name in kept}})


async def do(visit: PartyVisit) -> Response:
    """Do it. Whatever is missing or refused is said above what they wrote, which stays."""
    deed = _deed(visit)
    sent: Form | FormData = await visit.upload() if deed == "hand-in" else await visit.form()
    mine = await _mine(visit, to_send=True)
    text = _text(sent, "text").replace("\r\n", "\n").strip()
    kept: dict[str, Any] = {**{name: _text(sent, name) for name in FIELDS}, "text": text}
    kept |= {"times": _times(sent), "joint": _text(sent, "joint"), "was_there": _text(sent, "was_there")}
    try:
        body = await _body(visit, mine, deed, sent, text)
        state = await commands.send(visit.parts, visit.caller, mine.seen, body, channel="console")
    except Refused as refused:
        row = visit.house.problems.get(refused.code) or visit.house.problems["refused"]
        words = visit.words
        why = words.word("field", refused.errors[0].code, "") if refused.code == "malformed" and refused.errors else ""
        known = bool(refused.errors) and words.knows(f"field.{refused.errors[0].code}")
        said = why if known else _another_offer(visit, mine, deed, sent, refused) or _why_not(visit, refused)
        return _page(visit, mine, deed, row.status, why=said, wrong=_field_of(deed, refused), **kept)
    finally:
        if isinstance(sent, FormData):
            await sent.close()
    if visit.session is not None:
        await outside_drafts.discard(visit.parts, visit.session, deed)
    return go(f"/my/receipts/{state.command_id}")


_OF_THE_AMOUNT = frozenset({"amount_too_high", "amount_missing", "currency_differs", "amount_not_exact"})


def _field_of(deed: str, refused: Refused) -> str:
    """The field of the form that a refusal is about; nothing where it is about none."""
    if refused.code == "malformed" and refused.errors:
        name = refused.errors[0].field.partition(".")[0]
        return {"reasons": "text"}.get(name, name)
    if deed == "offer" and refused.code in _OF_THE_AMOUNT:
        return "amount"
    return "files" if refused.code.startswith("file_") or refused.code == "too_many_files" else ""


def _why_not(visit: PartyVisit, refused: Refused) -> str:
    """Why not, with the amount that is the most where the rules name one."""
    most, currency = refused.fields.get("payable"), refused.fields.get("currency")
    if refused.code == "amount_too_high" and isinstance(most, int) and isinstance(currency, str):
        return visit.words.say("form.at_most", amount=visit.words.money(most, currency))
    return why_not(visit.words, refused)


def _another_offer(visit: PartyVisit, mine: MyCase, deed: str, sent: Form | FormData, refused: Refused) -> str:
    """What was on the page that they pressed a button of, and what is offered now: nobody takes the one for the other. Nothing
    where it is not another one."""
    if deed not in ("accept", "decline") or refused.code != "no_such_offer":
        return ""
    now = open_proposal(mine.said, mine.reader) or mine.said.offer
    made: tuple[OpenOffer | Proposal, ...] = (*mine.said.offers, *mine.said.proposals)
    was = next((one for one in made if one.id == _text(sent, "offer_id")), None)
    if now is None or was is None or now.id == was.id:
        return ""
    return visit.words.say("refused.another_offer", was=_promised(visit, was), now=_promised(visit, now))


def _promised(visit: PartyVisit, one: OpenOffer | Proposal) -> str:
    amount = f"{visit.words.amount(one.amount)} " if one.amount is not None else ""
    return f"{amount}({visit.words.word('remedy', one.remedy)})" if amount else visit.words.word("remedy", one.remedy)


async def _mine(visit: PartyVisit, *, to_send: bool = False) -> MyCase:
    mine = await my_case(visit)
    if mine is None:
        raise Refused("not_opened") if to_send else not_found()
    return mine


def _deed(visit: PartyVisit) -> str:
    deed: str = visit.request.path_params["deed"]
    if deed not in DEEDS:
        raise not_found()
    return deed


def _text(sent: Form | FormData, name: str) -> str:
    said = sent.text(name) if isinstance(sent, Form) else sent.get(name)
    return said[:MOST_TEXT] if isinstance(said, str) else ""


def _times(sent: Form | FormData) -> list[str]:
    return sent.all("times") if isinstance(sent, Form) else []


def _begun(visit: PartyVisit, deed: str) -> str:
    return visit.words.say("deed.more-time.begun") if deed == "more-time" else ""


async def _body(visit: PartyVisit, mine: MyCase, deed: str, sent: Form | FormData, text: str) -> dict[str, Any]:
    """The command. Raises ``malformed`` with what is missing, and what is wrong with a file."""
    command: dict[str, Any] = {"type": DEEDS[deed], "id": _text(sent, "command_id") or f"cmd_{uuid7()}"}
    field, needed = _TEXTS.get(deed, ("", False))
    if field and text:
        command[field] = text
    elif needed:
        raise _missing("text")
    if deed in ("write", "hand-in"):
        command |= _to(mine, _text(sent, "to"))
    if deed == "more-time":
        # Nobody's date moves because somebody asks: whoever works on the case reads it and decides.
        command["to"] = "desk"
    command |= _chosen(mine, deed, sent)
    if deed in ("hearing", "hearing-move"):
        command |= _hearing(visit, mine, deed, sent)
    if deed == "offer":
        command |= _offered(visit, mine, sent)
    if deed == "withdraw" and mine.said.withdrawal is not None:
        command["revoke"] = True
    if deed == "hand-in":
        command |= await _files(visit, mine, sent)
    return commands.whole(visit.caller, command)


def _to(mine: MyCase, said: str) -> dict[str, Any]:
    """Who is to read it. Raises ``malformed`` for whom nobody was asked about, and for nobody where the page asks."""
    choices = dict(choices_of(mine))
    if said in (*choices, "desk"):
        # What is left to the pack is said to the desk and to one's own side.
        return {} if said == "side" else {"to": said}
    if said or choices:
        raise _wrong("to", "to_unclear")
    return {}


def _chosen(mine: MyCase, deed: str, sent: Form | FormData) -> dict[str, Any]:
    """What a deed is about, as the page showed it: what is open by then may be another thing."""
    match deed:
        case "accept" | "decline":
            return {"offer_id": _text(sent, "offer_id")} if _text(sent, "offer_id") else {}
        case "measure":
            return {"measure_id": _text(sent, "measure_id")} if _text(sent, "measure_id") else {}
        case _ if deed in HEARING_DEEDS:
            about = {"appointment": _text(sent, "appointment")} if _text(sent, "appointment") else {}
            there = _text(sent, "was_there") if deed == "hearing-comment" else ""
            return {**about, **({"was_there": there == "yes"} if there else {})}
        case "hand-in":
            asked = [one.id for one in asked_of(mine.said, mine.reader)]
            return {"answers": asked} if asked and _text(sent, "answers") == "yes" else {}
        case "shipped":
            carrier, tracking = (_text(sent, name).strip() for name in ("carrier", "tracking"))
            said = {"carrier": "_".join(carrier.lower().split()) or None, "tracking": tracking or None}
            return {name: value for name, value in said.items() if value}
        case _:
            return {}


def _offered(visit: PartyVisit, mine: MyCase, sent: Form | FormData) -> dict[str, Any]:
    remedy, amount = _text(sent, "remedy"), _text(sent, "amount").strip()
    if not remedy:
        raise _missing("remedy")
    found: dict[str, Any] = {"remedy": remedy}
    if amount:
        currency = currency_of(mine)
        try:
            found["amount"] = {"amount": visit.house.amounts.read(amount, currency), "currency": currency}
        except ValueError:
            raise _wrong("amount", "amount_not_exact") from None
    return found


async def _files(visit: PartyVisit, mine: MyCase, sent: Form | FormData) -> dict[str, Any]:
    """Keep the files that came along; the same file sent again is the same. Raises what is wrong with one."""
    if not isinstance(sent, FormData):
        return {}
    files = await uploads.files_of(sent, visit.parts.inspector.most)
    found = [await uploads.kept(visit.parts, visit.caller, mine.seen, name, data) for name, data in files]
    return {"files": found} if found else {}


def _hearing(visit: PartyVisit, mine: MyCase, deed: str, sent: Form | FormData) -> dict[str, Any]:
    """Which times would do, and whether they agree to meet the other side. Raises ``malformed`` where that is asked and not said,
    and for what is no time."""
    try:
        named = [datetime.fromisoformat(text) for text in _times(sent) if text.strip()]
    except ValueError:
        raise _wrong("times", "times_missing") from None
    found: dict[str, Any] = {"times": [(at if at.tzinfo else at.replace(tzinfo=visit.zone)).isoformat() for at in named]}
    if deed == "hearing-move" and not named:
        raise _missing("times")
    if deed == "hearing" and (joint := _text(sent, "joint")):
        found["joint"] = joint == "yes"
    elif deed == "hearing" and named and (about := hearing_of(mine.said, deed)) is not None and about.needs_consent:
        raise _missing("joint")
    return found


def then_of(mine: MyCase, deed: str) -> str:
    """What follows from a deed, as a key. What follows from taking it back depends on the kind and on what is taken back."""
    if deed == "hearing-move":
        about = hearing_of(mine.said, deed)
        return f"deed.{deed}.then_inside" if about is not None and about.needs_consent else f"deed.{deed}.then"
    if deed != "withdraw":
        return f"deed.{deed}.then_alone" if deed == "hearing-comment" and _alone(mine, deed) else f"deed.{deed}.then"
    if mine.said.withdrawal is not None:
        return "deed.revoke.then"
    case = mine.seen.case
    if case is not None and mine.reader.side in case.appellants:
        return "deed.withdraw.then_appeal"
    if _asks_first(mine):
        return "deed.withdraw.then_asks"
    # Of several reporters only their own part ends: then the general sentence is the true one.
    alone = case is not None and len(list(case.principals(mine.reader.side))) == 1 and not case.appellants
    return "deed.withdraw.then_closes" if alone and mine.terms.withdrawal == "closes" else "deed.withdraw.then"


def _asks_first(mine: MyCase) -> bool:
    """Whether the team is asked before anything ends: in kinds that say so, and where somebody on their side is under age."""
    case = mine.seen.case
    young = case is not None and any(party.minor for party in case.principals(mine.reader.side))
    return mine.terms.withdrawal == "asks" or young


def _alone(mine: MyCase, deed: str) -> bool:
    """Whether nobody but the desk reads it: what a child writes to it, and in kinds whose words go there what it says of a
    hearing, and that it wants its report taken back; what anybody there writes to the desk alone."""
    confided = mine.terms.words == "desk" and deed in ("hearing-comment", "hearing-move", "withdraw")
    return (by_child(mine) and confided) or (deed == "more-time" and (by_child(mine) or mine.terms.words == "desk"))


def said_to(mine: MyCase, deed: str) -> str:
    """Who reads what is written with a deed that does not ask to whom, as a key. The rules of each fact hold it."""
    readers = readers_of(mine)
    if _alone(mine, deed):
        return "alone"
    if deed == "hearing-move" and mine.terms.words == "desk":
        return "desk_only"
    if deed in ("more-time", "measure") or (deed == "withdraw" and _asks_first(mine)):
        return "desk_only"
    return readers if readers == "undisclosed" else "shared"


def currency_of(mine: MyCase) -> str:
    """The currency in which amounts of this case are written."""
    amount = mine.said.amount or (mine.said.offer.amount if mine.said.offer is not None else None)
    return amount.currency if amount is not None else "EUR"


def remedies_of(mine: MyCase) -> list[str]:
    """Ways to settle that the case offers."""
    if mine.terms.offers:
        return [one.name for one in mine.terms.offers]
    return list(dict.fromkeys(remedy for outcome in mine.terms.outcomes for remedy in outcome.remedies))


def _missing(field: str) -> Refused:
    return _wrong(field, f"{field}_missing")


def _wrong(field: str, code: str) -> Refused:
    return Refused("malformed", errors=[FieldError(field, code, code)])


def _page(visit: PartyVisit, mine: MyCase, deed: str, status: int = 200, /, **said: Any) -> Response:
    usual: dict[str, Any] = {
        "why": "",
        "gone": False,
        "wrong": "",
        "times": [],
        "joint": "",
        "was_there": "",
        **dict.fromkeys(FIELDS, ""),
    }
    asked = asked_of(mine.said, mine.reader)
    about: dict[str, Any] = {
        "deed": deed,
        "command_id": f"cmd_{uuid7()}",
        "asked": asked,
        "proposal": open_proposal(mine.said, mine.reader),
        "offer": mine.said.offer,
        "grant": mine.said.grant,
        "speak_form": "deed-form" if not said.get("gone") else None,
        "speak_at": f"/my/keep/{deed}",
        "remedies": remedies_of(mine) if deed == "offer" else [],
        "currency": currency_of(mine),
        "texts": mine.texts,
        "hearing": hearing_of(mine.said, deed) if deed in HEARING_DEEDS else None,
        "text_needed": _TEXTS.get(deed, ("", False))[1],
        "takes_text": deed in _TEXTS,
        "most": visit.parts.inspector.most,
        "then": then_of(mine, deed),
        "said_to": said_to(mine, deed),
        "revokes": deed == "withdraw" and mine.said.withdrawal is not None,
    }
    return visit.page("deed.html", status, **frame(mine), **{**about, **usual, **said})


PAGES: PartyAddresses = [
    ("/my/do/{deed}", ["GET"], ask),
    ("/my/do/{deed}", ["POST"], do),
]
