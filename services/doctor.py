"""What Ombud stands on, part by part: how each stands, and the next step where it is not well. For whoever runs Ombud.

What is ours and the database is looked at here. What belongs to the machine and to Temporal is looked at by
:mod:`runtime.checks`; the composition root puts both into one list.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from domain.worktime.calculator import zone_data_version
from services.held_up import HeldUp
from storage.intake.unplaced import waiting_at
from storage.outside.backlog import Backlog, backlog_at
from storage.postgres.master_keys import MasterState, master_state_at
from storage.postgres.pool import AWAY
from storage.postgres.ring import VaultFault
from storage.postgres.server import ServerAway, ServerFacts, server_facts
from storage.record.audit import Verdict as Audited
from storage.record.audit import trails_at
from storage.record.erased_files import left_at
from storage.record.heads import last_signed
from storage.record.revival import swept_at
from workflows.handles import NotReached
from workflows.runs import PendingActivity

_FILES_WITHIN = timedelta(hours=26)
"""The daily job and an hour or two of its work."""

Verdict = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 15


class Finding(NamedTuple):
    """How one part stands, and what to do about it."""

    part: str
    verdict: Verdict
    found: str
    next_step: str = ""


Check = Callable[[], Awaitable[Finding]]


async def examine(checks: Iterable[Check]) -> list[Finding]:
    """All findings, one after the other in the order of the checks. Nothing is started or changed."""
    return [await check() for check in checks]


async def python(version: tuple[int, int, int] = sys.version_info[:3]) -> Finding:
    """The interpreter. A doctor is asked on machines that are not as they should be."""
    found = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Finding("python", "fail", found, "Use Python 3.11 or newer: `uv python install 3.11`, then `make setup`.")
    return Finding("python", "ok", found)


async def zones(*, wheel_only: bool) -> Finding:
    """The zone data; deadlines must not depend on the machine's own."""
    found = f"tzdata {zone_data_version()}"
    if not wheel_only:
        said = f"{found}, but the machine's files come first"
        return Finding("time zones", "fail", said, 'Set PYTHONTZPATH="" for every process.')
    return Finding("time zones", "ok", f"{found}, machine files ignored")


async def database(dsn: str, patience: timedelta) -> Finding:
    """The database: reachable, recent, safe, with a role that cannot see other tenants, and migrated."""
    try:
        return judged_server(await server_facts(dsn, patience))
    except ServerAway as away:
        return Finding("database", "fail", f"does not answer: {away}", "Check OMBUD_DATABASE_URL, and that the server runs.")


def judged_server(facts: ServerFacts) -> Finding:
    """What is wrong with a database that answers: the worst first."""
    found = f"Postgres {facts.version // 10_000} as {facts.role}"
    if facts.version < OLDEST_POSTGRES * 10_000:
        return Finding("database", "fail", found, f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
    if facts.sees_all_tenants:
        step = "Connect as a role without SUPERUSER and BYPASSRLS: it sees every tenant's cases."
        return Finding("database", "fail", f"{found}, which row-level security does not bind", step)
    if facts.may_lose_commits:
        step = "Set fsync and synchronous_commit to on: a 2xx answer promises that the report is on disk."
        return Finding("database", "fail", f"{found}, which may lose commits", step)
    if not facts.migrated:
        return Finding("database", "fail", f"{found}, without tables", "Run `ombud migrate`.")
    if facts.may_administer:
        step = "Connect as ombud_app in OMBUD_DATABASE_URL: this role can also make keys, and change roles and endpoints."
        return Finding("database", "warn", f"{found}, which can do more than the application needs", step)
    return Finding("database", "ok", f"{found}, migrated")


async def administration(dsn: str | None, patience: timedelta, *, embedded: bool = False) -> Finding:
    """The role of what administrators do: there, let in, and bound to one tenant at a time."""
    if dsn is None and embedded:
        step = "Run `ombud stack up`: this state folder is of a release before there was such a role."
        return Finding("administration", "fail", "no role for it yet", step)
    if dsn is None:
        step = "Set OMBUD_DATABASE_ADMIN_URL for the API and the command line; a worker needs none."
        return Finding("administration", "warn", "no role for it: no key, person, endpoint or setting can be changed", step)
    try:
        return judged_administrator(await server_facts(dsn, patience))
    except ServerAway as away:
        step = "Check OMBUD_DATABASE_ADMIN_URL, and that the role ombud_admin has this password and may connect."
        return Finding("administration", "fail", f"does not answer: {away}", step)


def judged_administrator(facts: ServerFacts) -> Finding:
    """What is wrong with the administrator's role on a database that answers: the worst first."""
    found = f"as {facts.role}"
    if facts.sees_all_tenants:
        step = "Connect as a role without SUPERUSER and BYPASSRLS: an administrator is one tenant's."
        return Finding("administration", "fail", f"{found}, which row-level security does not bind", step)
    if not facts.migrated:
        return Finding("administration", "fail", f"{found}, without tables", "Run `ombud migrate`.")
    if not facts.may_administer:
        step = "Connect as ombud_admin in OMBUD_DATABASE_ADMIN_URL."
        return Finding("administration", "fail", f"{found}, which may not administer", step)
    return Finding("administration", "ok", found)


async def backups(kept_for_days: int | None) -> Finding:
    """The age at which a backup can no longer bring back what was erased: what the operator says of it."""
    if kept_for_days is None:
        step = "Set OMBUD_BACKUPS_KEPT_FOR_DAYS to the age of the oldest backup of the database that is kept (0: there is none)."
        return Finding("backups", "warn", "nobody says how long they are kept: a backup can bring back what was erased", step)
    if kept_for_days == 0:
        return Finding("backups", "ok", "none is kept: nothing brings back what was erased")
    return Finding("backups", "ok", f"after {kept_for_days} days none can bring back what was erased")


async def erased_files(dsn: str, now: datetime, patience: timedelta) -> Finding:
    """Whether something that was destroyed may still lie in the database's files, where a copy of them would take it along."""
    try:
        left = await left_at(dsn, patience)
    except ServerAway as away:
        return Finding("erased files", "warn", f"not looked at: {away}", "See what it says of the database.")
    return judged_files(left, now)


def judged_files(left: Mapping[str, datetime], now: datetime) -> Finding:
    """What is to be said of tables that were not written anew yet."""
    if not left:
        return Finding("erased files", "ok", "nothing that was destroyed lies in the database's files")
    since, names = min(left.values()), ", ".join(sorted(left))
    found = f"destroyed since {since:%Y-%m-%d %H:%M} UTC, and may still lie in the files of {names}"
    if now - since < _FILES_WITHIN:
        return Finding("erased files", "ok", f"{found}: the daily upkeep writes them anew")
    step = "Run `ombud worker upkeep`; large tables without keys are for the owner: VACUUM (FULL) them when nobody works."
    return Finding("erased files", "warn", found, step)


async def sealed_keys(dsn: str, keys: str, patience: timedelta) -> Finding:
    """What lies under an earlier master key, and which backups no key that is known here opens."""
    try:
        return judged_keys(await master_state_at(dsn, keys, patience))
    except VaultFault as fault:
        return Finding("sealed keys", "fail", fault.message, "Give this machine the keys of the other processes.")
    except ServerAway as away:
        return Finding("sealed keys", "warn", f"not looked at: {away}", "See what it says of the database.")


def judged_keys(state: MasterState) -> Finding:
    """What is to be said of the master keys."""
    if state.lost:
        step = (
            "Name that key in OMBUD_MASTER_KEYS_EARLIER, or as OMBUD_MASTER_KEY where that was changed and this process not "
            "started anew, in every process: until then nothing of it is read or sealed again."
        )
        which = ", ".join(sorted(state.under_unknown))
        return Finding("sealed keys", "fail", f"{state.lost} lie under a master key that is not known here ({which})", step)
    if state.left:
        step = "Run `ombud master-key rotate`; ended, run it again."
        return Finding("sealed keys", "warn", f"{state.left} lie under an earlier master key", step)
    found = f"all under {state.current}"
    if state.known:
        step = (
            "" if state.digest_key_given else "Set OMBUD_DIGEST_KEY (`ombud master-key digest-key`) before they are taken away."
        )
        more = f"{found}; earlier keys are known, and open the backups of before"
        return Finding("sealed keys", "warn" if step else "ok", more, step)
    if state.alone_since is None:
        return Finding("sealed keys", "ok", found)
    # A backup holds keys as they were wrapped then.
    return Finding("sealed keys", "ok", f"{found}; no key known here opens a backup from before {state.since:%Y-%m-%d %H:%M} UTC")


def heads(file: Path | None, longest: timedelta, now: datetime) -> Finding:
    """How old the last signed head is. ``longest``: after that it is too old."""
    if file is None:
        step = "Set OMBUD_HEADS_FILE, and have heads signed each day: docs/how-to/prove-the-record.md."
        return Finding("signed heads", "warn", "no file: whoever owns the database could rewrite all of it", step)
    try:
        signed_at = last_signed(file)
    except OSError as error:
        return Finding("signed heads", "fail", f"{file}: {type(error).__name__}", "Put the file back; see whether signing runs.")
    step = "See the log of `ombud worker upkeep` or of whatever runs `ombud audit sign-heads`."
    if signed_at is None:
        return Finding("signed heads", "fail", f"no head in {file}", step)
    found = f"signed last at {signed_at:%Y-%m-%d %H:%M} UTC"
    old = now - signed_at > longest
    return Finding("signed heads", "fail" if old else "ok", f"{found}, too long ago" if old else found, step if old else "")


async def trail(dsn: str, patience: timedelta) -> Finding:
    """What administrators did, in every tenant: numbered without gaps, chained, readable."""
    try:
        return judged_trails(await trails_at(dsn, patience))
    except ServerAway as away:
        step = "See what it says of the database; `ombud audit verify` looks without hurry."
        return Finding("audit trail", "warn", f"not looked at: {away}", step)


def judged_trails(verdict: Audited) -> Finding:
    """What is wrong with the trails that were looked at."""
    if verdict.intact:
        return Finding("audit trail", "ok", f"whole: {verdict.deeds} deeds of administrators")
    first = verdict.flaws[0]
    found = f"not whole: {first.tenant_id}: {first.what} at number {first.seq}"
    others = len({flaw.tenant_id for flaw in verdict.flaws}) - 1
    more = f", and in {others} other tenants" if others else ""
    step = (
        "`ombud audit verify` says everything. Somebody wrote past Ombud: change the database's passwords, compare with a backup."
    )
    return Finding("audit trail", "fail", found + more, step)


LONG_WAIT_FOR = timedelta(days=2)
"""Mail that waits longer for somebody to place it was forgotten."""


async def mail_door(relays: str, dsn: str, patience: timedelta) -> Finding:
    """By what senders of mail are proven, and what waits to be placed."""
    named = bool(relays.strip())
    proves = f"SPF, DKIM and DMARC by {relays}" if named else "no relay is named, so answers by mail are to place"
    try:
        mails, since = await waiting_at(dsn, patience)
    except ServerAway as away:
        return Finding(
            "mail door", "warn", f"{proves}; what waits was not looked at: {away}", "See what it says of the database."
        )
    if since is not None and since > LONG_WAIT_FOR:
        step = "`ombud unplaced list`, or the page Mail to place: place or dismiss it."
        return Finding("mail door", "warn", f"{proves}; {mails} mails wait, the oldest for {since.days} days", step)
    if not named:
        step = "Set OMBUD_MAIL_RELAY. Until then a letter's token proves its sender in tenants for development alone."
        return Finding("mail door", "warn", f"{proves}; {mails} mails wait to be placed", step)
    return Finding("mail door", "ok", f"{proves}; {mails} mails wait to be placed")


BEHIND_AFTER = timedelta(minutes=5)
"""What waits longer for a case to look at it waits for somebody."""


async def relay(dsn: str, patience: timedelta) -> Finding:
    """Whether cases move: what waits for how long, and who was woken again and again for nothing."""
    try:
        return judged_backlog(await backlog_at(dsn, patience))
    except ServerAway as away:
        return Finding("relay", "warn", f"not looked at: {away}", "See what it says of the database.")


def judged_backlog(found: Backlog) -> Finding:
    """What is wrong with cases that do not move."""
    minutes = found.waits_for // timedelta(minutes=1)
    if found.stuck:
        some = ", ".join(case.case_id for case in found.named[:3])
        said = f"{found.stuck} cases do not move although they are woken, such as {some}; the oldest waits {minutes} minutes"
        return Finding("relay", "fail", said, "See the worker's log, mend what it says, then `ombud case revive --stuck`.")
    if found.waits_for > BEHIND_AFTER:
        step = "Does `ombud worker` run, and reach Temporal? See its log: `relay is waiting for …`, `case cannot be woken`."
        return Finding("relay", "fail", f"behind: the oldest command or level waits {minutes} minutes", step)
    return Finding("relay", "ok", "nothing waits long")


async def activities(look: Callable[[], Awaitable[HeldUp]], patience: timedelta) -> Finding:
    """Whether something that a case waits for was paused, or fails again and again."""
    try:
        return judged_activities(await asyncio.wait_for(look(), patience.total_seconds()))
    except NotReached as away:
        return Finding("activities", "warn", f"not looked at: {away}", "See what it says of Temporal.")
    except AWAY as away:
        return Finding(
            "activities", "warn", f"not looked at: {type(away).__name__}", "See what it says of database and Temporal."
        )


def judged_activities(found: HeldUp) -> Finding:
    """What is wrong with what cases wait for: first what stays so until somebody lets it go."""
    if found.pinned:
        said = f"{len(found.pinned)} were pinned in Temporal to a build whose workers are away, such as {found.pinned[0]}"
        return Finding(
            "activities",
            "fail",
            said,
            "Find out who and why, then `ombud case revive --stuck`: they go on with the current build.",
        )
    if found.paused:
        one = found.paused[0]
        said = f"{len(found.paused)} were paused in Temporal and are not tried, such as {_activity(one)}"
        step = f"`ombud temporal activity unpause --workflow-id {one.workflow_id} --activity-id {one.activity_id}`"
        return Finding("activities", "fail", said, f"Find out who and why, then {step}.")
    if found.failing:
        one = found.failing[0]
        said = f"{len(found.failing)} fail again and again, such as {_activity(one)}, {one.failed} times"
        show = f"`ombud temporal workflow describe --workflow-id {one.workflow_id}`"
        return Finding("activities", "warn", said, f"Look at what they reach for, and at the worker's log; {show} says how.")
    if not found.listed:
        step = "Temporal's page shows what is paused or pinned, case by case."
        return Finding(
            "activities", "warn", "this server lists none that are paused or pinned; of those that wait, none is paused", step
        )
    return Finding("activities", "ok", "none is paused, none fails again and again")


def _activity(one: PendingActivity) -> str:
    return f"{one.activity} of {one.workflow_id}"


SWEPT_WITHIN = timedelta(minutes=15)
"""A tenant at which no worker looked for so long has none that looks."""


async def sweep(dsn: str, patience: timedelta) -> Finding:
    """Whether workers look for what should run in Temporal and does not."""
    try:
        return judged_sweep(*await swept_at(dsn, patience))
    except ServerAway as away:
        return Finding("sweep", "warn", f"not looked at: {away}", "See what it says of the database.")


def judged_sweep(never: int, longest: timedelta | None) -> Finding:
    """In ``never`` tenants with open cases nobody ever looked; at the one that waits longest somebody did ``longest`` ago."""
    step = "Does `ombud worker` run, and reach Temporal? What was ended in Temporal stays ended until one looks."
    if longest is not None and longest > SWEPT_WITHIN:
        return Finding(
            "sweep", "warn", f"no worker has looked for ended cases for {longest // timedelta(minutes=1)} minutes", step
        )
    if never:
        return Finding("sweep", "warn", f"no worker has ever looked for ended cases in {never} tenants with open cases", step)
    if longest is None:
        return Finding("sweep", "ok", "no open case")
    return Finding("sweep", "ok", f"a worker looked for ended cases {longest // timedelta(seconds=1)} seconds ago")


async def file_scanner(check: Callable[[], Awaitable[None]] | None) -> Finding:
    """Whether files are looked through before they are kept."""
    if check is None:
        return Finding("file scanner", "ok", "none: files are not scanned")
    try:
        await check()
    except OSError as error:
        return Finding("file scanner", "fail", f"no file is taken: {error}", "Start clamd, or correct OMBUD_EVIDENCE_SCANNER.")
    return Finding("file scanner", "ok", "clamd answers")


async def temporal_door(setting: str | None) -> Finding:
    """What a command may do that is told at Temporal's own doors without a signature."""
    match setting:
        case "open" | None:
            found = "unsigned commands: everything in tenants of development, no more than a report elsewhere"
            return Finding("temporal door", "ok", found)
        case "closed":
            return Finding("temporal door", "ok", "closed: no command is told at Temporal's doors")
        case _:
            return Finding("temporal door", "ok", "unsigned commands: no more than a report, in every tenant")


def evidence_folder(folder: Path, *, database_elsewhere: bool) -> Finding:
    """The folder of this machine in which the files of evidence lie; with a database for all machines it is the wrong place."""
    if database_elsewhere:
        step = "Set OMBUD_EVIDENCE_URL, or let every API share this folder and back it up with the database."
        return Finding("evidence store", "warn", f"{folder}, while the database is elsewhere", step)
    return Finding("evidence store", "ok", f"{folder}{'' if folder.is_dir() else ', made when the first file comes'}")


async def evidence_bucket(check: Callable[[], Awaitable[None]], patience: timedelta) -> Finding:
    """The bucket in which they lie, asked whether it answers."""
    try:
        await asyncio.wait_for(check(), patience.total_seconds())
    except OSError as error:
        step = "Check OMBUD_EVIDENCE_URL, and the access that this process has."
        return Finding("evidence store", "fail", f"does not answer: {type(error).__name__} {error}", step)
    return Finding("evidence store", "ok", "the bucket of OMBUD_EVIDENCE_URL answers")
