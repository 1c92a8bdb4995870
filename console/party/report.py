"""A report by anybody: one question a screen, nothing sent before the last one, and no account.

What was answered is kept, sealed, for the browser that wrote it: each screen has an address, so that going back, loading it
again or another language loses nothing. It is gone in a day, with the window, or when somebody leaves by the quick exit. A
browser without cookies carries the answers from screen to screen in the form itself.
Against machines: a field that people do not see, a sealed mark of when the form was begun, and counts; nobody else is asked
about anybody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import uploads
from console.kit.render import zone_of
from console.party import notice
from console.party.case import QUICK_EXIT
from console.party.language import Language, languages
from console.party.links import led_away
from console.party.visit import LANGUAGE, PartyAddresses, PartyVisit, go, why_not
from domain.model.report import Attachment, Report
from services import outside_drafts, report_form, trusted_flaggers
from services.errors import Refused
from services.report_form import Form as ReportForm
from services.report_form import HandedIn

WITH_AMOUNT = frozenset({"payment_dispute", "bounty_dispute", "fraud_report"})
GENERAL = "general"
STEPS = ("about", "what", "you", "check")
LEAST = {"payment_dispute": 20, "bounty_dispute": 20}
"""Characters that say what happened: with fewer the pack turns it away. Elsewhere a few are enough."""
_OF_MONEY = ("matter", "amount", "currency")
TRAP = "left_empty"
"""A field that people do not see, by a name that nothing fills in that fills in forms for them. Something else may fill it in
still, so it stops a report once: who presses again is taken for somebody."""
PRESSED = "again"
_KEPT = (
    "category", "statement", "matter", "amount", "currency", "occurred", "name", "email", "minor", "zone", "once", "mark",
    PRESSED, *notice.FIELDS,
)  # fmt: skip
ZONES = (
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Manila",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Toronto",
    "America/Halifax",
    "America/Bogota",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "America/Buenos_Aires",
    "UTC",
)
"""Zones to choose from where no script says which one it is: the places where most people live."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


async def begin(visit: PartyVisit) -> Response:
    """The first question, or the one whose address it is, with what was answered before."""
    visit, form = await _form(visit)
    secret = visit.request.cookies.get(visit.house.cookies.report, "")
    step = visit.request.query_params.get("step", "")
    kept = await outside_drafts.answers(visit.parts, form, secret) if secret else None
    if step == "done" and kept is not None and kept.get("case_id"):
        handed = HandedIn(kept["case_id"], kept["link"] or None, kept["files_kept"] == "yes", kept.get("addressed") != "no")
        return _reported(visit, form, handed, 200)
    if step not in _steps(form) or kept is None or kept.get("case_id"):
        # Whoever types the address of the form begins anew: who has the device next finds nothing of who wrote there before.
        said = {"once": f"rep_{uuid7()}", "mark": report_form.begun(visit.parts, form), "currency": "EUR"}
        if form.notices:
            said[notice.KEY] = visit.request.query_params.get(notice.KEY, "")[:600]
        answer = _page(visit, form, _steps(form)[0], said)
        visit.house.cookies.give(answer, visit.house.cookies.report, secret or secrets.token_urlsafe(32))
        return answer
    if not visit.request.query_params.get("mend"):
        return _page(visit, form, step, kept)
    missing = _missing(visit, form, step, kept)
    code = kept.get("why", "") if step == "check" else ""
    row = visit.house.problems.get(code)
    status = row.status if row else 422 if missing or code else 200
    return _page(visit, form, step, kept, status, missing=missing, why=why_not(visit.words, Refused(code)) if code else "")


async def go_on(visit: PartyVisit) -> Response:
    """The next question, the one before, or what is wrong with an answer; at the end it is sent."""
    visit, form = await _form(visit)
    sent = await visit.upload()
    try:
        said = {name: str(sent.get(name) or "").replace("\r\n", "\n")[:50_000] for name in _KEPT}
        if form.kind not in WITH_AMOUNT:
            # Not asked for, so it is nobody's answer: a number of somebody's booking is no question of this form.
            said |= dict.fromkeys(_OF_MONEY, "")
        if not form.notices:
            said |= dict.fromkeys(notice.FIELDS, "")
        elif len(form.notices) == 1:
            said["category"] = form.notices[0]
        steps = _steps(form)
        at = str(sent.get("at") or "")
        if at not in steps:
            raise Refused("malformed")
        if (code := str(sent.get("speak") or "")) in languages():
            answer = await _shown(replace(visit, words=languages()[code]), form, at, said)
            visit.house.cookies.give(answer, LANGUAGE, code, 365 * 24 * 3600)
            return answer
        if sent.get("back"):
            return await _shown(visit, form, steps[max(steps.index(at) - 1, 0)], said)
        missing = _missing(visit, form, at, said)
        if missing:
            return await _shown(visit, form, at, said, 422, missing=missing)
        if at != "check":
            return await _shown(visit, form, steps[steps.index(at) + 1], said)
        return await _send(visit, form, said, sent)
    finally:
        await sent.close()


async def leave(visit: PartyVisit) -> Response:
    """Away at once, and nothing of what was written is kept."""
    answer = await led_away(visit)
    visit, form = await _form(visit)
    cookies = visit.house.cookies
    if secret := visit.request.cookies.get(cookies.report, ""):
        await outside_drafts.forget_answers(visit.parts, form, secret)
    cookies.take(answer, cookies.report)
    return answer


async def _shown(
    visit: PartyVisit, form: ReportForm, step: str, said: Mapping[str, str], status: int = 200, /, **more: Any
) -> Response:
    """The screen at its own address, with the answers kept; of a browser that keeps no cookies, in answer to what it sent."""
    secret = visit.request.cookies.get(visit.house.cookies.report, "")
    kept = {**said, "why": more.get("code", "")}
    if await outside_drafts.keep_answers(visit.parts, form, secret, kept, visit.place):
        return go(f"/report/{form.source.id}?step={step}{'&mend=yes' if status >= 400 else ''}")
    return _page(visit, form, step, said, status, **{name: value for name, value in more.items() if name != "code"})


async def _send(visit: PartyVisit, form: ReportForm, said: dict[str, str], sent: FormData) -> Response:
    earlier = next(((step, found) for step in _steps(form)[:-1] if (found := _missing(visit, form, step, said))), None)
    if earlier is not None:
        return await _shown(visit, form, earlier[0], said, 422, missing=earlier[1])
    try:
        report_form.check_begun(visit.parts, form, said["mark"])
        if sent.get(TRAP) and not said[PRESSED]:
            raise Refused("form_filled_in")
        files = [report_form.looked_at(visit.parts, *one) for one in await uploads.files_of(sent, visit.parts.inspector.most)]
        flagger = await trusted_flaggers.by_form_key(visit.parts, form.tenant.id, said[notice.KEY]) if form.notices else None
        area = flagger.area if flagger else ""
        report = _report(visit, form, said, files, ref=flagger.ref if flagger else notice.unnamed(said), area=area)
        words = visit.words.say("reported.files")
        handed = await report_form.hand_in(
            visit.parts, form, report, once=said["once"], place=visit.place, with_files=words, known_sender=flagger is not None
        )
    except Refused as refused:
        row = visit.house.problems.get(refused.code) or visit.house.problems["refused"]
        anew = {**said, "mark": report_form.begun(visit.parts, form)} if refused.code == "form_expired" else said
        anew |= {PRESSED: "yes"} if refused.code == "form_filled_in" else {}
        why = why_not(visit.words, refused)
        return await _shown(visit, form, "check", anew, row.status, why=why, code=refused.code)
    secret = visit.request.cookies.get(visit.house.cookies.report, "")
    # In place of the answers: what was reported is read in the case from now on.
    done = {"case_id": handed.case_id, "link": handed.link or "", "files_kept": "yes" if handed.files_kept else ""}
    done["addressed"] = "yes" if handed.addressed else "no"
    if await outside_drafts.keep_answers(visit.parts, form, secret, done, visit.place):
        return go(f"/report/{form.source.id}?step=done")
    return _reported(visit, form, handed, 201)


def _report(
    visit: PartyVisit, form: ReportForm, said: Mapping[str, str], files: Sequence[Attachment], *, ref: str | None, area: str
) -> Report:
    return report_form.report_of(
        form,
        category=said["category"] or GENERAL,
        statement=notice.statement_of(visit.words, said) if form.notices else said["statement"],
        email=said["email"],
        ref=ref,
        name=said["name"].strip()[:200],
        language=visit.words.code,
        zone=zone_of(said["zone"] or visit.zone.key).key,
        matter=said["matter"].strip()[:100],
        amount=_amount(visit, said),
        occurred_at=_day(visit, said["occurred"]),
        minor=said["minor"] == "yes",
        attachments=files,
        attributes=notice.attributes_of(said, area) if form.notices else {},
    )


def _reported(visit: PartyVisit, form: ReportForm, handed: HandedIn, status: int) -> Response:
    number = handed.case_id[-8:]
    return visit.page("reported.html", status, case_id=handed.case_id, number=number, handed=handed, **_around(form))


def _missing(visit: PartyVisit, form: ReportForm, step: str, said: Mapping[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """What is wrong with the answers of a screen: by field the key of a sentence, and what is filled in."""
    found = dict(notice.missing(step, said)) if form.notices else {}
    match step:
        case "about":
            if said["category"] not in (*_categories(visit, form), *(() if form.notices else (GENERAL,))):
                found["category"] = ("report.choose", {})
        case "what":
            least, there = LEAST.get(form.kind, 10), len(said["statement"].strip())
            if there < least:
                found["statement"] = ("report.say_more", {"least": least, "n": there})
            if said["amount"].strip() and _amount_or_none(visit, said) is None:
                found["amount"] = ("field.amount_not_exact", {})
            if said["occurred"].strip():
                day = _day(visit, said["occurred"])
                # Noon of that day: it is still today in the zone that is behind all others.
                if day is None or day > visit.now + timedelta(hours=36):
                    found["occurred"] = ("report.day_unclear" if day is None else "report.day_ahead", {})
        case "you":
            unnamed = bool(form.notices) and notice.needs_no_name(said) and not said["email"].strip()
            if not unnamed and (not _ADDRESS.fullmatch(said["email"].strip()) or len(said["email"]) > 254):
                found["email"] = ("lost.address_missing", {})
        case _:
            pass
    return found


def categories_of(words: Language, kind: str, listed: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What can be chosen from, with its name and a hint: what the pack lists (with its title) and this language has words for.
    Of a kind that the language knows nothing of (a company's own) everything, by the pack's titles.
    """
    of_kind = f"category.{kind}"
    known = [code for code in listed if words.knows(f"{of_kind}.{code}.name")]
    if known:
        return {code: (words.say(f"{of_kind}.{code}.name"), words.say(f"{of_kind}.{code}.hint")) for code in known}
    return {code: (title, "") for code, title in listed.items()}


def _categories(visit: PartyVisit, form: ReportForm) -> dict[str, tuple[str, str]]:
    listed = report_form.listed(form.pack)
    if form.notices:
        listed = {code: listed.get(code, code) for code in form.notices}
    return categories_of(visit.words, form.kind, listed)


def _steps(form: ReportForm) -> tuple[str, ...]:
    """The screens of a form: what a notice is about is known where there is one thing alone that it can be."""
    return STEPS[1:] if len(form.notices) == 1 else STEPS


def zones_of(visit: PartyVisit, chosen: str) -> dict[str, str]:
    """Zones to choose from, each by a place in the language: the company's first, and whatever was chosen or a script found."""
    keys = [visit.zone.key, *ZONES]
    if chosen and zone_of(chosen).key == chosen:
        keys.insert(0, chosen)
    return {key: visit.words.place(ZoneInfo(key)) for key in dict.fromkeys(keys)}


def _amount(visit: PartyVisit, said: Mapping[str, str]) -> dict[str, object] | None:
    return _amount_or_none(visit, said) if said["amount"].strip() else None


def _amount_or_none(visit: PartyVisit, said: Mapping[str, str]) -> dict[str, object] | None:
    currency = said["currency"].strip().upper()
    try:
        return {"amount": visit.house.amounts.read(said["amount"].strip(), currency), "currency": currency}
    except ValueError:
        return None


def _day(visit: PartyVisit, said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said.strip()).replace(hour=12, tzinfo=visit.zone) if said.strip() else None
    except ValueError:
        return None


async def _form(visit: PartyVisit) -> tuple[PartyVisit, ReportForm]:
    form = await report_form.form_of(visit.parts, visit.request.path_params["source"])
    if form.of_decisions and not form.notices:
        # It begins with a decision, which the platform hands over: nobody can tell it by hand.
        raise Refused("not_found")
    return replace(visit, tenant=form.tenant, session=None, zone=zone_of(form.tenant.zone)), form


def _around(form: ReportForm) -> dict[str, Any]:
    return {
        "form": form,
        "danger": form.kind == "safety_incident",
        "quick_exit": f"/report/{form.source.id}/leave" if form.kind in QUICK_EXIT else None,
        "desk": form.pack.words == "desk",
    }


def _page(visit: PartyVisit, form: ReportForm, step: str, said: Mapping[str, str], status: int = 200, /, **more: Any) -> Response:
    kept = {name: said.get(name, "") for name in _KEPT}
    unasked = () if form.kind in WITH_AMOUNT else _OF_MONEY
    own = {
        "about": ("category",), "what": ("statement", "matter", "amount", "currency", "occurred", *notice.OF_WHAT),
        "you": ("name", "email", "minor", "zone", *notice.OF_YOU),
    }.get(step, ())  # fmt: skip
    about = {
        "step": step,
        "steps": _steps(form),
        "said": kept,
        "carried": {name: value for name, value in kept.items() if name not in (*own, *unasked)},
        "categories": _categories(visit, form),
        "with_amount": form.kind in WITH_AMOUNT,
        "trap": TRAP,
        "most": visit.parts.inspector.most,
        "missing": {},
        "speak_form": "report",
        "zones": zones_of(visit, said.get("zone", "")) if step == "you" else {},
        "chosen_zone": zone_of(said.get("zone") or visit.zone.key),
        "day": _day(visit, said.get("occurred", "")),
        "why": "",
    }
    return visit.page("report.html", status, **_around(form), **{**about, **more})


OPEN: PartyAddresses = [
    ("/report/{source}", ["GET"], begin),
    ("/report/{source}", ["POST"], go_on),
    ("/report/{source}/leave", ["GET"], leave),
]
