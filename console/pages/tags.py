"""Labels of the team: on one case, and on many that were ticked in a list."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Form, Visit, to
from console.pages.listing import query_of
from services import tags, trusted_flaggers
from services.cases import Seen
from services.errors import FieldError, Refused

_UNTAGGED = {
    "words": "Write letters from a to z, digits and hyphens, at most 32, and nobody's name.",
    "many": f"A case has at most {tags.MOST} tags: take one away first.",
}
"""Why a tag was not taken."""


async def ask(visit: Visit, form: Form, refused: Refused | None = None) -> Response:
    """The form for many cases, which were ticked in a list."""
    ids = list(dict.fromkeys(form.all("case")))[: tags.MOST_AT_ONCE]
    wrong = {error.field: error.message for error in refused.errors} if refused else {}
    return visit.page(
        "tag_many.html",
        422 if refused else 200,
        ids=ids,
        back=form.text("list"),
        tag=form.text("tag"),
        wrong=wrong,
        known=await tags.in_use(visit.parts, visit.caller),
        longest=tags.LONGEST,
    )


async def beside(visit: Visit, seen: Seen) -> dict[str, Any]:
    """What the team knows of a case that is no part of its record."""
    return {
        "gone": "The words were erased.",
        "flagger": await trusted_flaggers.of_case(visit.parts, visit.caller, seen),
        "tags": (await tags.of_cases(visit.parts, visit.caller, [seen])).get(seen.id, ()),
        "untagged": _UNTAGGED.get(visit.request.query_params.get("untagged", "")),
    }


async def many(visit: Visit) -> Response:
    """Give a tag to many cases, and go back to the list, which says to how many."""
    form = await visit.form()
    ids = list(dict.fromkeys(form.all("case")))
    try:
        if not ids:
            raise Refused("malformed", errors=[FieldError("tag", "text_empty", "Tick at least one case in the list.")])
        having = await tags.add(visit.parts, visit.caller, form.text("tag"), ids)
    except Refused as refused:
        if not refused.errors:
            raise
        return await ask(visit, form, refused)
    _, _, query = form.text("list").partition("?")
    said = {**dict(parse_qsl(query_of(dict(parse_qsl(query))))), "tagged": str(len(having)), "as": tags.named(form.text("tag"))}
    return to(f"/inbox?{urlencode({**said, 'left': str(len(ids) - len(having))})}")


async def one(visit: Visit) -> Response:
    """Give a tag to one case, or take one from it."""
    form, case_id = await visit.form(), visit.request.path_params["case_id"]
    try:
        if form.text("take"):
            await tags.take(visit.parts, visit.caller, form.text("take"), case_id)
        elif case_id not in await tags.add(visit.parts, visit.caller, form.text("tag"), [case_id]):
            return to(f"/cases/{case_id}?untagged=many#tags")
    except Refused as refused:
        if not refused.errors:
            raise
        return to(f"/cases/{case_id}?untagged=words#tags")
    return to(f"/cases/{case_id}#tags")


PAGES: Addresses = [
    ("/tags", ["POST"], many),
    ("/cases/{case_id}/tags", ["POST"], one),
]
