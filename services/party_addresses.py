"""Where a party is reached: the language that it chooses itself, and an address that a lead mends because letters went nowhere.

An address is the way to a party's page, so whoever could change it unseen could take a party's place. It takes a lead or somebody
of ops with their own credential, who has shown lately who they are; it is noted in the case and in the audit trail; every link
and session of before ends; and the address before is told, unless the last letter to it came back and nobody reads it.
"""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError
from uuid_utils import uuid7

from domain.model.report import EmailAddress
from domain.rules.audiences import told_of
from services.callers import Caller, only
from services.cases import find
from services.commands import put
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.parts import Parts
from services.trail import Administrator, note
from storage.access.party_addresses import Mended
from storage.access.party_links import PartySession

__all__ = ["LONGEST_REASON", "Mended", "mend", "speak"]

_LEADERS = frozenset({"lead", "ops"})
_WHOSE = "The address of a party is mended by a lead or by operations, with their own credential."
_ADDRESS = TypeAdapter(EmailAddress)
LONGEST_REASON = 2000
"""Characters."""


async def mend(parts: Parts, caller: Caller, case_id: str, party_id: str, email: str, reason: str) -> Mended:
    """Have letters go to another address from now on, and those that went nowhere go out again.

    ``reason`` is for the team alone and stands in the case. Raises ``not_found``; ``not_allowed`` for whoever is no lead, and for
    a key or session that is nobody's own; ``proof_needed`` for a session in which nobody has shown for a while who they are;
    ``malformed`` for what is no address, for no reason, and for the address that it is already.
    """
    seen = await find(parts, caller, case_id, "party_links")
    if seen.viewer.side is not None or not caller.is_somebody:
        raise Refused("not_allowed", _WHOSE)
    await only(parts, caller, _LEADERS, _WHOSE)
    need_fresh(caller, "mend_address")
    party = seen.case.party(party_id) if seen.case is not None else None
    if seen.case is None or party is None or party.left:
        raise not_found()
    address, said = _address(email), reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise _wrong("reason", "Say why, in at most 2,000 characters.")
    # Whoever was not told of the case is told nothing: a letter to the address before would be the first that they hear of it.
    tell_old = told_of(seen.case, party)
    async with parts.trail.deed(caller.tenant_id) as conn:
        mended = await parts.party_addresses.mend(
            conn, caller.tenant_id, case_id, party_id, address, by=caller.holder, tell_old=tell_old
        )
        if mended is None:
            raise _wrong("email", "Letters go there already, or what is known of this party was erased.")
        who = Administrator(caller.tenant_id, caller.holder, caller.credential)
        await note(conn, who, "party_address_changed", party_id, case=case_id, **vars(mended))
    # The note wakes the case too, which then sends what waits.
    text = f"The address of {party.side.value} {party_id} was changed: {said}"
    await put(parts, caller, seen, {"id": f"cmd_{uuid7()}", "type": "note", "by": caller.holder, "text": text})
    return mended


async def speak(parts: Parts, session: PartySession, language: str) -> None:
    """Letters to this party are in the language that it chose on its page."""
    await parts.party_addresses.speak(session.tenant_id, session.case_id, session.party_id, language)


def _address(email: str) -> str:
    try:
        return _ADDRESS.validate_python(email.strip())
    except ValidationError:
        raise _wrong("email", "This is not an e-mail address.") from None


def _wrong(field: str, words: str) -> Refused:
    return Refused("malformed", words, [FieldError(field, "parameter_invalid", words)])
