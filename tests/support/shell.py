"""The command line, typed in this process on a test's database."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app
from tests.support.database import Server


class Shell:
    """Types commands."""

    def __init__(self, server: Server, state_dir: Path) -> None:
        self.env = {
            "OMBUD_DATABASE_URL": server.app_dsn,
            "OMBUD_DATABASE_ADMIN_URL": server.admin_dsn,
            "OMBUD_DATABASE_OWNER_URL": server.owner_dsn,
            "OMBUD_TEMPORAL_ADDRESS": "127.0.0.1:9",
            "OMBUD_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
            "OMBUD_STATE_DIR": str(state_dir),
        }

    async def type(self, *words: str, **env: str) -> Result:
        """Run it to its end; it has a loop of its own."""
        return await asyncio.to_thread(CliRunner().invoke, app, words, env={**self.env, **env})

    async def json(self, *words: str, **env: str) -> Any:
        """What it prints with ``--json``."""
        done = await self.type(*words, "--json", **env)
        assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
        return json.loads(done.stdout)
