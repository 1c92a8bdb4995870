"""What is told at Temporal's own doors: whoever reaches the namespace can speak as anybody there, so what they send is signed.

A setting says what an unsigned command may do. ``open``: everything, for tenants of development alone. ``signed``, the default of
every other tenant: what a machine reports, and no more; it neither decides nor speaks for a person or a party. ``closed``: nobody
tells anything here; a case is only poked to look into its inbox.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from domain.model.reading import read_incoming, signed_bytes
from services import letter_secrets
from storage.intake.inbox import PostgresInbox
from storage.intake.refusals import Noted
from storage.tenants import Tenant

Door = Literal["open", "signed", "closed"]
UNSIGNED = "temporal"
"""The credential of whoever reached the namespace and showed nothing else."""
REPORTS = frozenset({"signal"})
"""Commands by which a machine says what it noticed: they decide nothing, and speak for nobody."""
_CLOSED = "No command is told here. Send it by the API or the command line."
_NEEDED = (
    "A command told here is signed by the person who sends it: `ombud command sign`. Unsigned, only a machine's report is taken: "
    "{0}."
)
_INVALID = "The signature is not that of this command by whom it names. Sign the whole command, for this tenant and case."


class SigningKeys(Protocol):
    """Whose signature it is; :class:`storage.access.signing_keys.PostgresSigningKeys`."""

    async def signer(self, tenant_id: str, key_id: str, message: bytes, signature: bytes) -> str | None: ...


class Tenants(Protocol):
    """:class:`storage.tenants.PostgresTenants`."""

    async def tenant(self, tenant_id: str) -> Tenant | None: ...


class Refusals(Protocol):
    """Where operations sees what was not let in; :class:`storage.intake.refusals.PostgresDoorRefusals`."""

    async def note(
        self, tenant_id: str, case_id: str, *, claimed: str, command_type: str, command_id: str, code: str, channel: str
    ) -> Noted | None: ...


class Tried(NamedTuple):
    """What was told in somebody's name and not let in, as it said of itself; for whoever watches."""

    tenant_id: str
    case_id: str
    claimed: str
    command_id: str
    code: str
    noted: Noted | None


NOT_KEPT = "cmd_not-kept"
"""For whoever asks what became of what is only counted: there is no such command."""
_LONGEST = 128


class Shown(NamedTuple):
    """By which credential a command came, and why it is not let in."""

    credential: str
    signature: dict[str, str] | None = None
    refusal: tuple[str, str, dict[str, Any]] | None = None


class TemporalDoor:
    """Implements :class:`activities.ports.records.Inbox`. ``setting`` None: open for tenants of development, else signed."""

    def __init__(
        self,
        inbox: PostgresInbox,
        tenants: Tenants,
        keys: SigningKeys,
        setting: Door | None = None,
        *,
        refusals: Refusals,
        letters: letter_secrets.Letters,
        watch: Callable[[Tried], None] = lambda tried: None,
    ) -> None:
        self._inbox, self._tenants, self._keys, self._setting = inbox, tenants, keys, setting
        self._refusals, self._letters, self._watch = refusals, letters, watch

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        """Keep a command as it came and return the id under which it is kept.

        What may not be told here is kept as refused, under an id of its own, and noted for operations; beyond the bound of a day
        it is counted and not kept. So is what is no command, and what only the system says: a wrong field hides nobody's try.
        """
        if channel != "temporal":
            return await self._inbox.put(tenant_id, case_id, raw, channel=channel)
        shown = await self._look(tenant_id, case_id, raw)
        refusal = shown.refusal or read_incoming(raw, "temporal").refusal
        if refusal is not None and not await self._noted(tenant_id, case_id, raw, refusal[0]):
            return NOT_KEPT
        body: object = raw
        if isinstance(raw, Mapping):
            said = {name: value for name, value in raw.items() if name != "signature"}
            # Also of what is refused: it is kept. A signature stays beside it, as that of what was sent.
            body = await letter_secrets.of_command(self._letters, tenant_id, case_id, said)
        receipt = await self._inbox.receive(
            tenant_id,
            case_id,
            body,
            channel=channel,
            credential=shown.credential,
            signature=shown.signature,
            refusal=shown.refusal,
        )
        return receipt.command_id

    async def _noted(self, tenant_id: str, case_id: str, raw: object, code: str) -> bool:
        """Whether it is to be kept by itself."""
        said = raw if isinstance(raw, Mapping) else {}
        claimed, command_type, command_id = (_shown(said.get(name)) for name in ("by", "type", "id"))
        noted = await self._refusals.note(
            tenant_id, case_id, claimed=claimed, command_type=command_type, command_id=command_id, code=code, channel="temporal"
        )
        self._watch(Tried(tenant_id, case_id, claimed, command_id, code, noted))
        return noted is None or noted.kept

    async def _look(self, tenant_id: str, case_id: str, raw: object) -> Shown:
        door = await self._of(tenant_id)
        if door == "closed":
            return Shown(UNSIGNED, refusal=("door_closed", _CLOSED, {}))
        if isinstance(raw, Mapping) and "signature" in raw:
            return await self._signed(tenant_id, case_id, raw)
        if door == "open":
            return Shown(UNSIGNED)
        incoming = read_incoming(raw, "temporal")
        machine = incoming.actor_id.startswith("key_") and incoming.type in REPORTS
        if incoming.command is None or incoming.refusal is not None or machine:
            # What is no command at all is told that; it does nothing.
            return Shown(UNSIGNED)
        return Shown(UNSIGNED, refusal=("signature_needed", _NEEDED.format(", ".join(sorted(REPORTS))), {}))

    async def _of(self, tenant_id: str) -> Door:
        if self._setting == "closed":
            return "closed"
        tenant = await self._tenants.tenant(tenant_id)
        development = tenant is not None and tenant.development
        return "open" if development and self._setting in (None, "open") else "signed"

    async def _signed(self, tenant_id: str, case_id: str, raw: Mapping[str, Any]) -> Shown:
        refused = Shown(UNSIGNED, refusal=("signature_refused", _INVALID, {}))
        match raw["signature"]:
            case {"key": str(key), "value": str(value)} if key.isascii() and len(key) <= 128:
                try:
                    signature, message = base64.b64decode(value, validate=True), signed_bytes(tenant_id, case_id, raw)
                except (binascii.Error, ValueError, TypeError, RecursionError):
                    return refused
                person = await self._keys.signer(tenant_id, key, message, signature)
                if person is None or person != raw.get("by"):
                    return refused
                return Shown(key, {"key": key, "value": value})
            case _:
                return refused


def _shown(said: object) -> str:
    """What somebody said of themselves, as it can be kept and read."""
    if not isinstance(said, str):
        return ""
    return "".join(letter if letter.isprintable() else "?" for letter in said[:_LONGEST])
