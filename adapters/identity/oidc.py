"""A company's own provider of identities (OpenID Connect): who signs in is proved there, and what they are here follows from it.

The code flow with PKCE: the browser brings a code that is of no use without our secret, our verifier and the state that this very
browser was given. Of a token everything is checked: signature, issuer, audience, times, nonce.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx2
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures that are made with a private key: none that somebody who knows our client's secret could make."""
_KNOWN_FOR = 3600.0
"""Seconds for which what the provider says of itself is remembered."""
_ANEW_AFTER = 10.0
"""Seconds after which its keys are asked for again, for a signature by a key that we do not know."""
_LEEWAY = 120
"""Seconds by which two clocks may differ."""
_ASKED_WITHIN = 12 * 3600
"""Seconds: whoever showed the provider longer ago who they are shows it again, once a working day."""
_UNFIT = "What your provider said does not fit this sign-in. Begin again."
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class IdentityFault(Exception):
    """Nobody was proved. ``code`` is one of the table of codes; ``detail`` is told to whoever wants to sign in."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun: where the browser goes, and what must come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Proved:
    """Somebody whom the provider has proved."""

    issuer: str
    subject: str
    sid: str | None
    email: str | None
    name: str | None
    groups: tuple[str, ...]
    authenticated_at: datetime | None = None
    """When they last showed the provider who they are; None: it does not say."""


@dataclass(frozen=True)
class LoggedOut:
    """What the provider says is over: one of its sessions, or all of a person's."""

    sid: str | None
    subject: str | None
    at: datetime


@dataclass(frozen=True)
class _Metadata:
    said: dict[str, Any]
    keys: KeySet
    read_at: float


class OidcProvider:
    """One provider. What it says of itself is asked for at the first sign-in, not at the start of the process."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, *, groups: str = "groups", waits_for: float = 10.0
    ) -> None:
        self.issuer = issuer
        self._client = (client_id, client_secret)
        self._groups, self._waits_for = groups, waits_for
        self._metadata: _Metadata | None = None
        self._asking = asyncio.Lock()

    async def begin(self, redirect_to: str, *, anew: bool = False) -> Begun:
        """Send somebody to the provider, which asks them who they are; ``anew``: also if it knows it already. Raises
        ``identity_provider_away``."""
        said = (await self._known()).said
        state, nonce, verifier = generate_token(40), generate_token(40), generate_token(64)
        url = prepare_grant_uri(
            said["authorization_endpoint"],
            self._client[0],
            "code",
            redirect_uri=redirect_to,
            scope="openid profile email groups" if "groups" in said.get("scopes_supported", ()) else "openid profile email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),  # type: ignore[no-untyped-call]  # its stubs leave it so
            code_challenge_method="S256",
            # With an age asked for, the provider has to say when it last asked (OpenID Connect Core 1.0, 3.1.2.1).
            **({"prompt": "login", "max_age": "0"} if anew else {"max_age": str(_ASKED_WITHIN)}),
        )
        return Begun(url, state, nonce, verifier)

    async def finish(self, code: str, *, redirect_to: str, nonce: str, verifier: str) -> Proved:
        """Whom the code proves. Raises ``sign_in_refused`` and ``identity_provider_away``."""
        known = await self._known()
        said = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_to, "code_verifier": verifier}
        answer = await self._ask("POST", known.said["token_endpoint"], data=said, auth=_basic(*self._client))
        if answer.status_code != 200:
            raise IdentityFault("sign_in_refused", "Your provider does not know this sign-in any more. Begin again.")
        token = _json(answer)
        claims = await self._claims(str(token.get("id_token", "")))
        wanted = {"iss": {"value": self.issuer}, "aud": {"value": self._client[0]}}
        checked = CodeIDToken(claims, {}, wanted, {"nonce": nonce, "client_id": self._client[0]})
        try:
            checked.validate(now=int(time.time()), leeway=_LEEWAY)
        except Exception as error:  # Authlib and joserfc each have their own; whatever it is, nobody was proved
            raise IdentityFault("sign_in_refused", _UNFIT) from error
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise IdentityFault("sign_in_refused", _UNFIT)
        return self._proved(claims)

    async def logged_out(self, token: str) -> LoggedOut:
        """What a logout token of the provider's says (OIDC Back-Channel Logout 1.0, 2.6). Raises ``sign_in_refused``."""
        claims = await self._claims(token)
        now, at = time.time(), claims.get("iat")
        audience = claims.get("aud")
        fits = (
            claims.get("iss") == self.issuer
            and self._client[0] in (audience if isinstance(audience, list) else [audience])
            and isinstance(at, int)
            and abs(now - at) < _LEEWAY
            and (claims.get("exp") is None or claims["exp"] > now - _LEEWAY)
            and "nonce" not in claims
            and isinstance(claims.get("events"), dict)
            and isinstance(claims["events"].get(_LOGOUT), dict)
            and (claims.get("sid") or claims.get("sub"))
        )
        if not fits:
            raise IdentityFault("sign_in_refused", "This is no logout token for us.")
        return LoggedOut(claims.get("sid"), claims.get("sub"), datetime.fromtimestamp(claims["iat"] + 1, UTC))

    async def leave(self, back_to: str) -> str | None:
        """Where somebody signs out at the provider too; None: it has no such page. Raises ``identity_provider_away``."""
        url = (await self._known()).said.get("end_session_endpoint")
        return add_params_to_uri(url, [("client_id", self._client[0]), ("post_logout_redirect_uri", back_to)]) if url else None

    def _proved(self, claims: dict[str, Any]) -> Proved:
        groups = claims.get(self._groups) or ()
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Proved(
            self.issuer,
            str(claims["sub"]),
            claims.get("sid"),
            email,
            claims.get("name"),
            tuple(str(group) for group in groups) if isinstance(groups, list | tuple) else (str(groups),),
            datetime.fromtimestamp(asked, UTC) if isinstance(asked := claims.get("auth_time"), int) else None,
        )

    async def _claims(self, token: str) -> dict[str, Any]:
        """What a token says, its signature checked; with keys asked for anew where it is by one that we do not know."""
        known = await self._known()
        try:
            return dict(jwt.decode(token, known.keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError):
            known = await self._known(anew=True)
        try:
            return dict(jwt.decode(token, known.keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError) as error:
            raise IdentityFault("sign_in_refused", "What your provider said is not signed by it.") from error

    async def _known(self, *, anew: bool = False) -> _Metadata:
        async with self._asking:
            known = self._metadata
            age = time.monotonic() - known.read_at if known else 0.0
            if known is not None and age < (_ANEW_AFTER if anew else _KNOWN_FOR):
                return known
            said = _json(await self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
            if said.get("issuer") != self.issuer:
                raise IdentityFault("identity_provider_away", "The provider of identities gives itself another name.")
            keys = KeySet.import_key_set(_json(await self._ask("GET", said["jwks_uri"])))  # type: ignore[arg-type]  # a JWKS
            self._metadata = _Metadata(said, keys, time.monotonic())
            return self._metadata

    async def _ask(self, method: str, url: str, **more: Any) -> httpx2.Response:
        try:
            async with httpx2.AsyncClient(timeout=self._waits_for, headers={"Accept": "application/json"}) as http:
                return await http.request(method, url, **more)
        except httpx2.HTTPError as error:
            raise IdentityFault(
                "identity_provider_away", "Your provider of identities does not answer. Try again soon."
            ) from error


def _basic(client_id: str, secret: str) -> httpx2.BasicAuth:
    # RFC 6749, 2.3.1: both are encoded as a form would before they are joined.
    return httpx2.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise IdentityFault("identity_provider_away", "Your provider of identities does not answer as one. Try again soon.")
    return said
