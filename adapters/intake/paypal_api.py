"""Asks PayPal for a dispute before a webhook about it is believed: its signature covers of the body no more than a checksum.

``POST /v1/oauth2/token`` (client credentials), ``GET /v1/customer/disputes/{id}``, ``GET /v2/payments/refunds/{id}`` and, for
refunds of its first version, ``GET /v1/payments/refund/{id}``, as PayPal's REST reference has them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import quote

import httpx2

LIVE = "https://api-m.paypal.com"
_WAITS_FOR = 8.0
"""Seconds. PayPal itself waits some thirty for our answer."""
_MAX_BYTES = 1_000_000
_BEFORE_IT_ENDS = 60.0
"""Seconds before the end of a token at which another one is asked for."""


class ProviderAway(ConnectionError):
    """PayPal does not answer, or not with what was asked for; it may later."""


class PayPalDisputes:
    """The disputes of one PayPal account, by the id and the secret of an app that may read them."""

    def __init__(self, client_id: str, secret: str, *, url: str = LIVE, clock: Callable[[], float] = time.monotonic) -> None:
        self._auth = httpx2.BasicAuth(client_id, secret)
        self._url = url.rstrip("/")
        self._clock = clock
        self._token: tuple[str, float] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def fetch(self, dispute: str) -> bytes | None:
        """The dispute as PayPal tells it, as JSON; None: it knows none with this id. Raises :class:`ProviderAway`."""
        return await self._fetched(f"/v1/customer/disputes/{quote(dispute, safe='')}")

    async def fetch_refund(self, refund: str) -> bytes | None:
        """The same for a refund, of either version of PayPal's payments."""
        named = quote(refund, safe="")
        # An app that may read disputes alone is answered 403: then it is as if PayPal knew none.
        found = await self._fetched(f"/v2/payments/refunds/{named}", unknown=(403,))
        return found if found is not None else await self._fetched(f"/v1/payments/refund/{named}", unknown=(403,))

    async def _fetched(self, path: str, unknown: tuple[int, ...] = ()) -> bytes | None:
        place = f"{self._url}{path}"
        answer = await self._read(place, await self._bearer())
        if answer.status_code == 401:
            answer = await self._read(place, await self._bearer(renew=True))
        if answer.status_code in (400, 404, 422, *unknown):
            return None
        if answer.status_code != 200 or len(answer.content) > _MAX_BYTES:
            raise ProviderAway(f"PayPal answers {answer.status_code}")
        return answer.content

    async def _read(self, place: str, token: str) -> httpx2.Response:
        return await self._ask("GET", place, headers={"Authorization": f"Bearer {token}"})

    async def _bearer(self, *, renew: bool = False) -> str:
        async with self._one_at_a_time:
            known = self._token
            if known is not None and not renew and self._clock() < known[1]:
                return known[0]
            form = {"grant_type": "client_credentials"}
            answer = await self._ask("POST", f"{self._url}/v1/oauth2/token", data=form, auth=self._auth)
            try:
                said = answer.json()
                token, lasts = str(said["access_token"]), float(said.get("expires_in") or 0)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ProviderAway(f"PayPal gives no token: {answer.status_code}") from None
            self._token = (token, self._clock() + lasts - _BEFORE_IT_ENDS)
            return token

    async def _ask(self, method: str, url: str, **more: object) -> httpx2.Response:
        try:
            async with httpx2.AsyncClient(timeout=_WAITS_FOR, trust_env=False, follow_redirects=False) as http:
                return await http.request(method, url, **more)  # type: ignore[arg-type]  # handed through as given above
        except httpx2.HTTPError as error:
            raise ProviderAway(f"PayPal does not answer: {type(error).__name__}") from error
