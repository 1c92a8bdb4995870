"""Signing in: with the company's provider of identities, or on a development machine by choosing whom to be."""

from __future__ import annotations

import base64
import hmac
import json

from starlette.responses import Response

from console.kit.browser import device_of, own_origin
from console.kit.visit import Addresses, Identities, Visit, read_form, to, within_house
from services import sessions
from services.errors import Refused, not_found
from services.heavy import FRESH_FOR

_BEGUN_FOR = 600
"""Seconds in which somebody gets through their provider's own pages."""
_PLACE = "console sign-in"


async def choose(visit: Visit) -> Response:
    """How to sign in. Whoever is signed in goes on."""
    next_ = within_house(visit.request.query_params.get("next"))
    if visit.session is not None:
        return to(next_)
    companies = []
    for tenant_id in await visit.house.development() if visit.house.development else ():
        tenant = await visit.parts.tenants.tenant(tenant_id)
        if tenant is not None and tenant.development:
            companies.append((tenant, await sessions.choices(visit.parts, tenant_id)))
    left, identities, there = "left" in visit.request.query_params, visit.house.identities, None
    if left and identities is not None:
        # A form leads nowhere but to ourselves (form-action): the way to the provider's own page is a link on ours.
        there = await identities.provider.leave(f"{visit.house.public_url.rstrip('/')}/sign-in")
    said = {"companies": companies, "oidc": identities is not None, "next": next_}
    return visit.page("sign_in.html", left=left, there=there, **said)


async def prove(visit: Visit) -> Response:
    """Show again who one is, before a heavy deed: at the provider, or in development by saying so."""
    if visit.session is None:
        return to("/sign-in")
    next_ = within_house(visit.request.query_params.get("next"))
    said = {"next": next_, "oidc": visit.session.way == "oidc", "for_": FRESH_FOR}
    return visit.page("prove.html", **said)


async def be_somebody(visit: Visit) -> Response:
    """The development login. Outside development there is no such page."""
    house = visit.house
    form = await visit.form() if visit.session is None else await read_form(visit.request)
    own_origin(visit.request, house.public_url)
    tenants = await house.development() if house.development else ()
    tenant_id, _, person_id = form.text("who").partition("/")
    if tenant_id not in tenants:
        raise not_found()
    opened = await sessions.open_in_development(visit.parts, tenant_id, person_id, _device(visit))
    return await _in(visit, opened, form.text("next"))


async def begin(visit: Visit) -> Response:
    """Off to the provider. What must come back with them stays with this very browser, sealed."""
    identities = _identities(visit)
    begun = await identities.provider.begin(_redirect(visit), anew="anew" in visit.request.query_params)
    kept = [begun.state, begun.nonce, begun.verifier, within_house(visit.request.query_params.get("next"))]
    sealed = visit.parts.seals.seal_cursor(identities.tenant_id, _PLACE, json.dumps(kept).encode())
    answer = to(begun.url)
    visit.house.cookies.give(answer, visit.house.cookies.sign_in, base64.urlsafe_b64encode(sealed).decode(), _BEGUN_FOR)
    return answer


async def back(visit: Visit) -> Response:
    """Back from the provider, with a code."""
    identities, said = _identities(visit), visit.request.query_params
    state, nonce, verifier, next_ = _kept(visit, identities)
    if not hmac.compare_digest(said.get("state", "").encode(), state.encode()):
        raise Refused("sign_in_refused", "This sign-in was begun in another browser, or too long ago. Begin again.")
    if "code" not in said:
        raise Refused("sign_in_refused", "Your provider did not let you in.")
    claims = await identities.provider.finish(said["code"], redirect_to=_redirect(visit), nonce=nonce, verifier=verifier)
    opened = await sessions.open_for(visit.parts, identities.tenant_id, claims, identities.mapped, _device(visit))
    answer = await _in(visit, opened, next_)
    visit.house.cookies.take(answer, visit.house.cookies.sign_in)
    return answer


async def ended_elsewhere(visit: Visit) -> Response:
    """The provider tells us, without any browser, that somebody signed out there."""
    identities = _identities(visit)
    form = await read_form(visit.request)
    over = await identities.provider.logged_out(form.text("logout_token"))
    issuer, tenant_id = identities.provider.issuer, identities.tenant_id
    await sessions.end_by_provider(visit.parts, tenant_id, issuer=issuer, sid=over.sid, subject=over.subject, at=over.at)
    return Response(status_code=200)


async def leave(visit: Visit) -> Response:
    """Sign out here. The page that follows leads on to the provider's own."""
    if visit.session is None:
        return to("/sign-in")
    await visit.form()
    await sessions.end(visit.parts, visit.caller, visit.session.id)
    answer = to("/sign-in?left=1")
    visit.house.cookies.take(answer, visit.house.cookies.session)
    return answer


async def _in(visit: Visit, opened: sessions.Opened, next_: str) -> Response:
    """Into the house. A session that this browser had before ends: two people never share one."""
    if visit.session is not None:
        await sessions.end(visit.parts, visit.caller, visit.session.id)
    answer = to(within_house(next_))
    visit.house.cookies.give(answer, visit.house.cookies.session, opened.secret)
    return answer


def _identities(visit: Visit) -> Identities:
    if visit.house.identities is None:
        raise not_found()
    return visit.house.identities


def _kept(visit: Visit, identities: Identities) -> tuple[str, str, str, str]:
    try:
        sealed = base64.urlsafe_b64decode(visit.request.cookies.get(visit.house.cookies.sign_in, ""))
    except ValueError:
        sealed = b""
    opened = visit.parts.seals.open_cursor(identities.tenant_id, _PLACE, sealed) if sealed else None
    if opened is None:
        raise Refused("sign_in_refused", "This sign-in was begun in another browser, or too long ago. Begin again.")
    state, nonce, verifier, next_ = json.loads(opened)
    return state, nonce, verifier, next_


def _redirect(visit: Visit) -> str:
    return f"{visit.house.public_url.rstrip('/')}/sign-in/oidc/back"


def _device(visit: Visit) -> str:
    """What a browser calls itself, as people say it: ``Firefox on Linux``."""
    browser, system = device_of(visit.request.headers.get("user-agent", ""))
    return f"{browser or 'A browser'} on {system}" if system else browser or "A browser"


PAGES: Addresses = [
    ("/sign-in", ["GET"], choose),
    ("/sign-in/development", ["POST"], be_somebody),
    ("/prove", ["GET"], prove),
    ("/sign-in/oidc", ["GET"], begin),
    ("/sign-in/oidc/back", ["GET"], back),
    ("/sign-in/oidc/ended", ["POST"], ended_elsewhere),
    ("/sign-out", ["POST"], leave),
]
