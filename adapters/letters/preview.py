"""The letter that a party would get, before anything has happened that it could be about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from activities.ports.notices import OutgoingNotice
from adapters.letters.composer import Composer
from domain.model.case import Case
from domain.notices.plan import NoticeDraft


class LetterPreviews:
    """Words drafts as :class:`~adapters.letters.composer.Composer` words the notices that are sent."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def word(
        self,
        draft: NoticeDraft,
        case: Case,
        *,
        tenant: tuple[str, str],
        name: str | None,
        locale: str | None,
        texts: Mapping[str, str],
        at: datetime,
    ) -> tuple[str, str]:
        """Subject and text. ``tenant`` is its id and its name, ``texts`` are those that the draft quotes, by their name in it.
        ``locale`` is the language that they chose; None: that of their party."""
        party = case.party(draft.recipient)
        notice = OutgoingNotice(
            id="ntc_preview",
            tenant_id=tenant[0],
            tenant_name=tenant[1],
            case_id=case.id,
            kind=case.kind,
            pack_version=case.terms.version,
            event=draft.event,
            channel="email",
            recipient=draft.recipient,
            audience=draft.audience,
            name=name,
            locale=locale or (party.locale if party else "en"),
            zone=party.zone if party else "UTC",
            at=at,
            data=draft.data,
            texts=dict(texts),
        )
        letter = self._composer.compose(notice)
        return letter.subject, letter.text
