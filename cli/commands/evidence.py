"""``ombud case evidence`` and ``ombud case file``: hand files in, and fetch them."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.kit.client import Desk, run
from cli.kit.exits import IN_THE_WAY, fail, need_file
from cli.kit.options import As, AsJson, CaseId, Tenant
from cli.kit.show import note, show
from cli.kit.target import Target


def hand_in(
    case_id: CaseId,
    file: Annotated[list[Path] | None, typer.Option("--file", "-f", help="A file to upload; repeatable.")] = None,
    text: Annotated[str | None, typer.Option(help="What it shows; left out: the names of the files.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="What it is, as the kind calls it (screenshot, log, …).")] = None,
    confidentiality: Annotated[str, typer.Option(help="shared, own_side, or deciders.")] = "shared",
    answers: Annotated[list[str] | None, typer.Option(help="A request it answers (req_…); left out: all open ones.")] = None,
    more_follows: Annotated[bool, typer.Option("--more-follows", help="Not all yet: your time to answer runs on.")] = False,
    tenant: Tenant = None,
    speaker: As = None,
    json: AsJson = False,
) -> None:
    """Hand evidence in; without --file and --text: list what was handed in."""
    if not file and text is None:
        answer = run(lambda desk: desk.ask("GET", f"/v1/cases/{case_id}/evidence"), Target(tenant, speaker))
        from cli.tables.cases import evidence_table

        nothing = "Nothing was handed in yet."
        show(answer, json, lambda found: evidence_table(found["data"]) if found["data"] else None, nothing=nothing)
        return
    for path in file or []:
        need_file(path)
    said: dict[str, Any] = {"text": text or ", ".join(path.name for path in file or []), "confidentiality": confidentiality}
    said |= ({"evidence_type": kind} if kind else {}) | ({"answers": answers} if answers else {})
    said |= {"more_follows": True} if more_follows else {}

    async def handing_in(desk: Desk) -> Any:
        files = [await _upload(desk, case_id, path) for path in file or []]
        by = {"by": speaker} if speaker else {}
        return await desk.ask("POST", f"/v1/cases/{case_id}/evidence", json={**said, **by, "files": files})

    answer = run(handing_in, Target(tenant, speaker))
    show(answer, json, lambda given: f"{given['status']}: {given['command_id']}, {len(file or [])} file(s)")


def fetch_file(
    case_id: CaseId,
    file_id: Annotated[str, typer.Argument(help="The file's id (fil_…, cnt_…).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write it; nothing is overwritten.")],
    tenant: Tenant = None,
    speaker: As = None,
) -> None:
    """Fetch a file of a case."""
    if out.exists():
        fail(f"{out} is there already.", "file_exists", IN_THE_WAY)
    data = run(lambda desk: desk.fetch(f"/v1/cases/{case_id}/files/{file_id}"), Target(tenant, speaker))
    out.write_bytes(data)
    note(f"{len(data)} bytes to {out}")


async def _upload(desk: Desk, case_id: str, file: Path) -> str:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    path = f"/v1/cases/{case_id}/files?name={quote(file.name, safe='')}"
    data = await asyncio.to_thread(file.read_bytes)
    answer = await desk.ask("POST", path, content=data, headers={"Content-Type": media_type})
    return str(answer["id"])
