"""``ombud seed``: a company with cases, or more of them, all made up. For development tenants alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.kit.exits import NO_PERMISSION, guarded
from cli.kit.options import AsJson
from cli.kit.show import note, show

if TYPE_CHECKING:
    from cli.seed.writer import Made


def seed(
    cases: Annotated[
        int | None, typer.Option(min=1, help="Until there are so many; left out: those that `ombud up` has ready.")
    ] = None,
    number: Annotated[int, typer.Option("--seed", help="What all chance follows from: the same number, the same cases.")] = 7,
    tenant: Annotated[
        str, typer.Option("--tenant", "-t", help="A development tenant that is there; Harbor is made where it is missing.")
    ] = "harbor",
    json: AsJson = False,
) -> None:
    """Put made-up cases on record: of every kind, in every phase, with pasts and deadlines. What is here already stays.

    Each is taken and judged as every report is; no workflow is started until something is due in it.
    """
    from cli.seed.plan import HARBOR
    from cli.seed.sowing import sow
    from runtime.places import find_places
    from runtime.settings import Settings

    settings = Settings()

    def work() -> Made:
        places = find_places(settings)
        return asyncio.run(sow(places, settings, tenant=tenant, cases=cases or HARBOR, seed=number, say=_say(cases or HARBOR)))

    made = guarded(work, {"tenant_not_development": NO_PERMISSION})
    told = {"tenant": tenant, "made": made.cases, "here_before": made.known, "done_in_them": made.deeds}
    refused = [{"external_id": case, "asked": what, "code": code} for case, what, code in made.refused]
    show({**told, "refused": refused}, json, lambda said: f"{said['made']} made, {said['here_before']} were here")
    for side, path in made.ways_in:
        note(f"the page of a {side} to try, once: {settings.public_url.rstrip('/')}{path}")
    for one in refused:
        note(f"{one['external_id']}: {one['asked']} was refused [{one['code']}]")
    if refused:
        raise typer.Exit(1)


def _say(wanted: int) -> Callable[[int], None]:
    """A line now and then, when there are many to make."""
    return lambda done: note(f"{done} of {wanted}") if wanted > 1000 and done % 2000 < 200 else None
