"""How the workers stand, as Temporal sees them: who takes its tasks, and whether the version that gets them is among those."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.checks import Look, Server
from runtime.errors import ServiceFault
from runtime.namespace import current_build
from runtime.pollers import Poller, Queue, known_deployments, pollers

_SEE_TEMPORAL = "See what it says of Temporal."


async def workers(server: Server, queues: Sequence[Queue]) -> Look:
    """Whether somebody takes the tasks of each queue."""
    try:
        client = await server.client()
        found = {queue: await pollers(client, queue, server.patience, server.heard_within) for queue in queues}
    except ServiceFault as fault:
        return Look("warn", f"not looked at: {fault.message}", _SEE_TEMPORAL)
    except RPCError as error:
        return _unknown(error, "who takes tasks")
    where = f"in namespace {client.namespace}"
    if without := [f"{queue.name} ({queue.kind})" for queue in queues if not found[queue]]:
        who = "no worker takes" if len(without) == len(queues) else "no worker takes all:"
        said = f"{who} tasks of {', '.join(without)} {where}, for {server.heard_within.total_seconds():.0f} seconds or longer"
        step = (
            "Start workers (`ombud worker run`; here `ombud up`) with this OMBUD_TASK_QUEUE and namespace. "
            "What is reported meanwhile is kept, and judged by the time it came."
        )
        return Look("fail", said, step)
    everybody = [poller for some in found.values() for poller in some]
    processes, last = {poller.identity for poller in everybody}, max(poller.heard_at for poller in everybody)
    ago = max(0, round((datetime.now(UTC) - last).total_seconds()))
    return Look("ok", f"{len(processes)} take tasks of {', '.join(sorted({q.name for q in queues}))}; last heard {ago} s ago")


async def deployment(server: Server, queue: Queue, name: str | None, here: str | None = None) -> Look:
    """Whether the version that gets new tasks is one of which workers run, where they have versions.

    ``name`` is the deployment's, as the settings have it (None: that of the workers that run), ``here`` this release's build.
    """
    try:
        client = await server.client()
        at_work = await pollers(client, queue, server.patience, server.heard_within)
        name = name or next((one.deployment for one in at_work if one.deployment), None)
        if name is None:
            return await _unversioned(client, at_work, server.patience)
        return judged_versions(name, await current_build(client, name, server.patience), at_work, here)
    except ServiceFault as fault:
        return Look("warn", f"not looked at: {fault.message}", _SEE_TEMPORAL)
    except RPCError as error:
        return _unknown(error, "which version gets tasks")


async def _unversioned(client: Client, at_work: Sequence[Poller], patience: timedelta) -> Look:
    if at_work:
        return Look("ok", "workers run without a version")
    try:
        known = await known_deployments(client, patience)
    except RPCError as error:
        return _unknown(error, "its worker deployments")
    if known:
        step = "Set OMBUD_WORKER_DEPLOYMENT_NAME here, or start a worker: then it is said which version gets tasks."
        return Look("warn", f"no worker runs; of the deployments {', '.join(known)} none is named here", step)
    return Look("warn", "not known: no worker runs, and the namespace has no worker deployment", "Start a worker.")


def judged_versions(name: str, current: str | None, at_work: Sequence[Poller], here: str | None = None) -> Look:
    """What is wrong with the versions of a deployment: ``at_work`` ask for tasks; ``here`` is the build of this release."""
    builds = sorted({one.build for one in at_work if one.deployment == name and one.build})
    running = f"workers run of {', '.join(builds)}" if builds else "none of its workers runs"
    if current is None:
        if at_work and not builds:
            step = f"Give them OMBUD_WORKER_DEPLOYMENT_NAME={name} and a build, or unset the name here."
            return Look("warn", f"no version of {name} is current, and workers without one take the tasks", step)
        promote = f"ombud worker promote {here if here and (here in builds or not builds) else (builds or ['BUILD'])[-1]}"
        first = "Run" if builds else "Start a worker, then run"
        return Look("fail", f"no version of {name} is current: every case waits; {running}", f"{first} `{promote}`.")
    if current not in builds:
        back = f", or run `ombud worker promote {builds[-1]}`" if builds else ""
        said = f"{name}: {current} is current and no worker of it runs: every case waits; {running}"
        return Look("fail", said, f"Start workers of {current}{back}.")
    others = [build for build in builds if build != current]
    beside = f"; workers of {', '.join(others)} get no new tasks" if others else ""
    return Look("ok", f"{name}: {current} is current, and its workers run{beside}")


def _unknown(error: RPCError, what: str) -> Look:
    """The server did not say: not green, for nobody knows."""
    if error.status is RPCStatusCode.UNIMPLEMENTED:
        step = "Look at the workers themselves (`/readyz`), or use a newer server."
        return Look("warn", f"not known: this server does not say {what}", step)
    if error.status is RPCStatusCode.PERMISSION_DENIED:
        return Look("warn", f"not known: this access may not ask {what}", "Let the namespace's role read, or look in Temporal.")
    return Look("warn", f"not looked at: {error.status.name}", _SEE_TEMPORAL)
