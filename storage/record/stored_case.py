"""A folded case as its row keeps it: the state, and apart from it the terms, which are read once and not with every case."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic_core import PydanticUndefined, to_jsonable_python

from domain.model.case import Case
from domain.model.terms import Terms

KNOWN_TERMS = 512
"""Terms that a process keeps. Cases of one pack, priority and category have the same."""
STATE = "(c.terms::text || E'\\n' || c.state::text)"
"""The folded case of a row ``c`` as :func:`case_of` reads it. The terms of a case are written once, not at every step."""
_PLAIN = {
    field.serialization_alias or name: to_jsonable_python(field.get_default(call_default_factory=True))
    for name, field in Case.model_fields.items()
    if field.default is not PydanticUndefined
}
"""What a field of a case says, by its stored name, while nothing has happened that it tells of."""


def state_of(case: Case) -> dict[str, Any]:
    """The state of a case as its row keeps it: without its terms, and without what says nothing.

    Most fields of most cases are empty for all of their life, and the whole state is written anew at each step.
    """
    said = case.model_dump(mode="json", exclude={"terms"}, exclude_none=True)
    # Asked by SQL, also that of the release before, whether they have an end: what is asked for is said.
    said["holds"] = [hold.model_dump(mode="json") for hold in case.holds]
    return {name: value for name, value in said.items() if name not in _PLAIN or value != _PLAIN[name]}


@lru_cache(maxsize=KNOWN_TERMS)
def terms_of(text: str) -> Terms:
    """The terms that a row keeps: of the same text the same object, for to read them takes longer than all the rest of a case."""
    return Terms.model_validate_json(text)


def case_with(state: str, terms: Terms | None) -> Case:
    """The case of a state, with terms that are known. Raises ValueError for one that no release has written."""
    return Case.model_validate_json(f'{{"terms":null,{state[1:]}', context=terms)


def case_of(stored: str) -> Case:
    """The case of :data:`STATE`. Raises ValueError for one that no release has written."""
    # What Postgres writes of a jsonb has no line breaks of its own.
    terms, _, state = stored.partition("\n")
    return case_with(state, terms_of(terms))
