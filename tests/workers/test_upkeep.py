"""What upkeep tells Prometheus, which has to be right also after a start and while a job fails."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from storage.record.heads import Signer, append_heads
from workers.upkeep import Tally

NAME = "ombud_heads_last_signed_timestamp_seconds"


def test_the_age_of_the_heads_is_that_of_the_file(tmp_path: Path) -> None:
    tally, file = Tally(), tmp_path / "heads.jsonl"
    assert tally.registry.get_sample_value(NAME) is None, "a process that signs nothing says nothing of it"
    tally.signs(file)
    assert tally.registry.get_sample_value(NAME) == 0
    at = datetime(2026, 11, 30, 4, tzinfo=UTC)
    head = Signer(bytes(32)).sign(tenant="t", case_id="case_1", seq=1, head="00", signed_at=at.isoformat())
    append_heads(file, [head])
    assert tally.registry.get_sample_value(NAME) == at.timestamp()
