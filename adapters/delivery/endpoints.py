"""Signed POSTs to addresses that customers chose: by Standard Webhooks, and never into our own network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from activities.ports.errors import Never, ToldToWait

TIMEOUT_FOR = timedelta(seconds=10)
LONGEST_WAIT_FOR = timedelta(hours=24)
"""A ``Retry-After`` beyond it is cut: an endpoint must not put its own notices off for ever."""

LONGEST_URL = 2000
LOOK_UP_FOR = 3.0
"""Seconds for looking a host up while somebody waits who is just adding an endpoint."""
_OURS = ("localhost", ".local", ".internal", ".home.arpa")
"""Names that lead nowhere else than into somebody's own network."""
_NAT64 = IPv6Network("64:ff9b::/96")
_ON_THE_INTERNET = IPv6Network("2000::/3")
"""All that IANA has given out for global use by IPv6; whatever lies outside leads somewhere near."""
_NEAR: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(near)
    for near in (
        "192.0.0.0/24",  # protocol assignments; a cloud answers with its metadata there
        "192.88.99.0/24",  # relays of 6to4, withdrawn
        "168.63.129.16/32",  # the host of every machine in one cloud; the address is public, and what answers there is not
        "2001::/23",  # protocol assignments
        "2001:db8::/32",
        "3fff::/20",  # for documentation, both
    )
)
"""Blocks that some releases of Python take for global, and that are not globally reachable (the registries of RFC 6890)."""
_TLS_PORT, _FIRST_FREE_PORT = 443, 1024
"""Below the second every port is some other service's, such as mail's: webhooks go to the first, or above."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class EndpointFailed(Exception):
    """The endpoint answered, but not that it took the message: to be tried again."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the endpoint answered {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint said: the status and how long it asks to be left alone."""

    status: int
    wait_for: timedelta | None = None

    @property
    def taken(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def raise_for_temporary_failure(self) -> None:
        """Raise :class:`ToldToWait` when it asked for time (429 and 503 with ``Retry-After``), else :class:`EndpointFailed`."""
        if self.wait_for is not None:
            raise ToldToWait(self.wait_for)
        raise EndpointFailed(self.status)


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system finds them. Raises OSError when it finds none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class SignedPost:
    """Posts signed bodies. ``allow_private`` also allows plain HTTP and addresses in private networks, to tenants for
    development: another tenant of the same installation is not let into our network."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        timeout_for: timedelta = TIMEOUT_FOR,
        resolve: Resolver = system_resolver,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._allow_private = allow_private
        self._timeout = timeout_for.total_seconds()
        self._resolve = resolve
        self._now = now
        self._tls = httpx2.create_ssl_context()

    async def send(
        self,
        url: str,
        secrets: Sequence[str],
        *,
        message_id: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        development: bool = False,
    ) -> Answer:
        """Post once and say what the endpoint answered; its body is not read and redirects are not followed.

        Signed with each secret that lives, so that a receiver may still have the one before the last rotation. ``development``:
        whether it is a tenant for development that wants it there.
        Raises :class:`Never` (``endpoint_invalid``, ``endpoint_not_https``, ``endpoint_not_public``, ``endpoint_port_refused``);
        anything else is temporary.
        """
        inside = self._allow_private and development
        target = self._checked(url, inside)
        now = self._now()
        signed = {
            "content-type": "application/json",
            "user-agent": "Ombud",
            **(headers or {}),
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(_signature(secret, message_id, now, body) for secret in secrets),
        }
        async with asyncio.timeout(self._timeout):
            return await self._post(target, await self._addresses(target, inside), signed, body)

    async def check(self, url: str, *, development: bool = False) -> None:
        """Whether an address may become an endpoint's, of a tenant for development or of another one.

        Raises :class:`Never` as :meth:`send` does, and ``endpoint_has_credentials``, ``endpoint_too_long``, and
        ``endpoint_host_unknown`` for a host that cannot be looked up: when something is sent, that is a passing trouble.
        """
        if len(url) > LONGEST_URL:
            raise Never("endpoint_too_long", f"an address has at most {LONGEST_URL} characters")
        inside = self._allow_private and development
        target = self._checked(url, inside)
        if target.userinfo or "@" in target.netloc.decode("ascii", "replace"):
            raise Never("endpoint_has_credentials")
        if not inside and target.host.rstrip(".").lower().endswith(_OURS):
            raise Never("endpoint_not_public")
        try:
            async with asyncio.timeout(LOOK_UP_FOR):
                found = await self._addresses(target, inside)
        except OSError:
            found = ()
        if not found:
            raise Never("endpoint_host_unknown")

    def _checked(self, url: str, inside: bool) -> httpx2.URL:
        try:
            target = httpx2.URL(url)
        except (httpx2.InvalidURL, ValueError, TypeError):
            raise Never("endpoint_invalid", "this is not a URL") from None
        if target.scheme not in ("https", "http") or not target.host or (target.port or 0) > 65535:
            raise Never("endpoint_invalid", "this is not a web address")
        if target.scheme != "https" and not inside:
            raise Never("endpoint_not_https")
        if not inside and target.port is not None and _TLS_PORT != target.port < _FIRST_FREE_PORT:
            raise Never("endpoint_port_refused")
        return target

    async def _addresses(self, target: httpx2.URL, inside: bool) -> Sequence[str]:
        """Where the host is right now. One private address among them is enough to refuse it."""
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            found = await self._resolve(target.raw_host.decode("ascii"), port)
        except UnicodeError:
            raise Never("endpoint_invalid", "the host is no name that can be looked up") from None
        if not inside and not all(is_public(address) for address in found):
            raise Never("endpoint_not_public")
        return found

    async def _post(self, target: httpx2.URL, addresses: Sequence[str], headers: Mapping[str, str], body: bytes) -> Answer:
        """Connects to the addresses that were checked, never by a second look-up; the certificate is still checked by name."""
        sent = {**headers, "host": target.netloc.decode("ascii")}
        extensions = {} if _is_address(target.host) else {"sni_hostname": target.raw_host.decode("ascii")}
        # No proxy from the environment: it would look the name up again, behind the check.
        async with httpx2.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=httpx2.Timeout(self._timeout, connect=4)
        ) as client:
            trouble: Exception = OSError("the host has no address")
            for address in addresses:
                try:
                    url = target.copy_with(host=address, fragment=None)
                    async with client.stream("POST", url, content=body, headers=sent, extensions=extensions) as response:
                        return Answer(response.status_code, self._asked_to_wait(response))
                except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                    trouble = error  # nothing was sent: the next address may do
            raise trouble

    def _asked_to_wait(self, response: httpx2.Response) -> timedelta | None:
        asked = response.headers.get("retry-after", "").strip()
        if response.status_code not in (429, 503) or not asked:
            return None
        if asked.isascii() and asked.isdigit():
            wait_for = timedelta(seconds=min(int(asked[:9]), 10**8))
        else:
            try:
                at = parsedate_to_datetime(asked)
            except ValueError:
                return None
            wait_for = (at if at.tzinfo else at.replace(tzinfo=UTC)) - self._now()
        return max(timedelta(0), min(wait_for, LONGEST_WAIT_FOR))


def is_public(address: str) -> bool:
    """Whether an address is globally reachable: not loopback, private, link-local (cloud metadata), multicast, reserved or given
    out for something near. An IPv6 address that stands for one of IPv4 is judged as that one."""
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        if ip not in _ON_THE_INTERNET and _inside(ip) is None:
            return False
        ip = _inside(ip) or ip
    if any(ip in near for near in _NEAR):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified)


def _inside(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _signature(secret: str, message_id: str, now: datetime, body: bytes) -> str:
    try:
        return Webhook(secret).sign(message_id, now, body.decode("utf-8"))
    except (EmptyWebhookSecretError, ValueError):
        raise Never("endpoint_invalid", "the signing secret is not base64") from None
