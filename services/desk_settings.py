"""How somebody of the team looks at their desk: theirs alone to read and to change."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from services.callers import Caller
from services.errors import FieldError, Refused
from services.parts import Parts
from services.saved_views import SHOWN
from storage.team.desk_settings import DeskSettings, Sitter


async def find(parts: Parts, caller: Caller) -> DeskSettings:
    """What the caller chose."""
    return await parts.desk_settings.find(caller.tenant_id, caller.holder)


async def sitter(parts: Parts, caller: Caller, *, with_views: bool) -> Sitter:
    """Whoever sits at the desk, in one look: themselves, what they chose, and the lists in their menu where it is shown
    (:func:`services.saved_views.listed`)."""
    return await parts.desk_settings.whose(caller.tenant_id, caller.holder, SHOWN if with_views else 0)


async def change(parts: Parts, caller: Caller, **changes: Any) -> DeskSettings:
    """Change what is named and nothing else. Raises ``parameter_invalid``, and ``not_allowed`` for whoever is nobody."""
    if not caller.is_somebody:
        raise Refused("not_allowed", "A desk is somebody's.")
    before = await find(parts, caller)
    try:
        settings = DeskSettings.model_validate({**before.model_dump(), **changes})
    except ValidationError as error:
        wrong = [FieldError(str(one["loc"][0]), "parameter_invalid", "Choose one of those there are.") for one in error.errors()]
        raise Refused("parameter_invalid", errors=wrong) from None
    if settings != before:
        await parts.desk_settings.save(caller.tenant_id, caller.holder, settings)
    return settings
