"""A case whose other side nobody knows, as the team reads it."""

from __future__ import annotations

import pytest

from tests.support.browsing import Lobby

pytestmark = pytest.mark.postgres


async def test_the_page_says_that_nobody_is_there_and_offers_to_write_to_nobody(lobby: Lobby) -> None:
    alone = [{"side": "claimant", "ref": "guest-1", "name": "Petra Paw", "email": "petra@paw.example"}]
    case = await lobby.office.desk().opened(parties=alone)
    lead = await lobby.signed_in("dana")
    await lead.open(f"/cases/{case['id']}")
    assert "Respondent nobody is known yet" in lead.words
    assert "Both sides" not in lead.words
    assert "Respondent only" not in lead.words
