"""FastAPI and asyncpg without Ombud: reads a report's JSON, puts it into one table in one transaction, answers 201.

What opening a case by the API is compared with. It checks nobody's key, keeps no secret, judges nothing and tells nobody.
``OMBUD_BENCH_DSN`` is its database, which has the table (:data:`TABLE`).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Body, FastAPI, Request
from pydantic import BaseModel
from pydantic_core import to_json
from uuid_utils import uuid7

TABLE = "CREATE TABLE IF NOT EXISTS bench_reports (id text PRIMARY KEY, external_id text UNIQUE, body jsonb NOT NULL)"
_KEEP = "INSERT INTO bench_reports (id, external_id, body) VALUES ($1, $2, $3::jsonb)"


class BareParty(BaseModel):
    """Somebody on a side."""

    side: str
    ref: str
    name: str
    email: str


class BareReport(BaseModel):
    """A report, as it is sent to the real one."""

    kind: str
    statement: str
    subject: str
    external_id: str
    parties: list[BareParty]
    attributes: dict[str, Any] = {}


@asynccontextmanager
async def _pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["OMBUD_BENCH_DSN"], min_size=4, max_size=10) as pool:
        app.state.pool = pool
        yield


bare_api = FastAPI(lifespan=_pool, openapi_url=None)


@bare_api.post("/v1/cases", status_code=201)
async def keep(request: Request, report: Annotated[BareReport, Body()]) -> dict[str, Any]:
    """On disk when it is answered."""
    made = f"bare_{uuid7()}"
    async with request.app.state.pool.acquire() as conn, conn.transaction():
        await conn.execute(_KEEP, made, report.external_id, to_json(report).decode())
    return {"id": made, **report.model_dump(mode="json")}


@bare_api.get("/v1/readyz")
async def ready() -> dict[str, str]:
    """It is there."""
    return {"status": "ok"}
