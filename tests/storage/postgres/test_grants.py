"""What each role may do to each table, written down with the reason: whoever reads a role's password can do no more.

The application runs cases; the administrator changes who may do what. Neither owns a table, neither deletes what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import asyncpg
import pytest

from tests.support.database import Server

pytestmark = pytest.mark.postgres


class May(NamedTuple):
    """The verbs of both roles on a table; behind a verb its columns, where it is not all of them."""

    app: str
    admin: str
    why: str


CASES = "Cases are the application's, and no business of administration."
MATRIX = {
    # who may do what, and where words go: the administrator's
    "tenants": May("SELECT", "INSERT, SELECT, UPDATE", "A tenant's settings say who stands in for whom."),
    "people": May(
        "SELECT, UPDATE(absence_returned_for absent_from absent_until last_assigned_at)",
        "INSERT, SELECT, UPDATE",
        "Roles, teams, queues and conflicts are rights. Whoever works says themselves that they are away, and whose turn it is "
        "moves with every assignment.",
    ),
    "api_keys": May("SELECT, UPDATE(last_used_at)", "INSERT, SELECT, UPDATE", "A key is somebody. Using one notes when."),
    "sessions": May(
        "SELECT, UPDATE(ended_at ended_because last_seen_at)",
        "INSERT, SELECT, UPDATE(ended_at ended_because)",
        "A session is somebody, as a key is. Using one notes when; its person ends it, for good (a trigger holds that).",
    ),
    "party_links": May(
        "INSERT, SELECT, UPDATE(last_error next_try_at revoked_at revoked_by tell tries used_at)",
        "SELECT(case_id id party_id revoked_at tell tenant used_at), UPDATE(revoked_at revoked_by tell)",
        "A party decides nothing and comes by a letter: the application lets it in. Used or revoked is for good (a trigger).",
    ),
    "party_sessions": May(
        "INSERT, SELECT, UPDATE(ended_at ended_because last_seen_at)",
        "SELECT(case_id ended_at expires_at id party_id tenant), UPDATE(ended_at ended_because)",
        "The same; ended is for good. Another address ends what went to the one before.",
    ),
    "party_link_requests": May("DELETE, INSERT, SELECT", "", "Who asks for a link: looked for once, then gone."),
    "public_tries": May("DELETE, INSERT, SELECT, UPDATE(times)", "", "Tries of strangers are counted; old hours go."),
    "sign_ins": May("", "INSERT, SELECT", "Whom a provider means is said once, when they first sign in."),
    "signing_keys": May("SELECT", "INSERT, SELECT, UPDATE(revoked_at)", "Verifying a signature reads; a key is only taken back."),
    "webhook_endpoints": May(
        "SELECT, UPDATE(active disabled_at disabled_because failing_since given_up)",
        "INSERT, SELECT, UPDATE",
        "The address and the secrets say where words go. Failures are counted by the worker, which disables and never enables.",
    ),
    "intake_sources": May("SELECT, UPDATE(last_used_at)", "INSERT, SELECT, UPDATE", "Who knows its secret opens cases."),
    "pack_versions": May(
        "SELECT", "INSERT, SELECT, UPDATE(approved_at approved_by approved_with)", "Policies in force; what was proposed stays."
    ),
    "calendar_versions": May("SELECT", "INSERT, SELECT", "What the names of calendars mean from now on; never changed."),
    "trail": May(
        "INSERT, SELECT",
        "INSERT, SELECT",
        "Nobody rewrites it; the worker adds only that an endpoint was disabled, as the system.",
    ),
    # what cases are opened under, by the hash of its content
    "packs": May("INSERT, SELECT, UPDATE(body notices)", "", "What is missing of a pack is filled in once (a trigger holds it)."),
    "calendars": May("INSERT, SELECT", "INSERT, SELECT", "A case brings its own; publishing one keeps its content."),
    "case_parts": May("INSERT, SELECT", "", CASES),
    "erasures": May(
        "SELECT",
        "INSERT, SELECT, UPDATE(approved_at approved_by approved_with dropped_at dropped_by)",
        "Asked for and agreed to by administrators; carried out by a function, which alone says that it was.",
    ),
    "erased_files": May("SELECT", "SELECT", "Which tables are to be written anew; triggers and a function alone say so."),
    # the keys of words
    "key_marks": May(
        "INSERT, SELECT, UPDATE(mark)",
        "SELECT, UPDATE(alone_since)",
        "Digests of the keys that this database is worked with; of nobody. Only a database of before has its mark filled in.",
    ),
    "keys": May(
        "INSERT(case_id holder id tenant wrapped), SELECT",
        "SELECT, UPDATE(destroyed_at wrapped)",
        "A case gets its keys as it goes on. Erasing destroys one, and is an administrator's deed.",
    ),
    "contents": May("INSERT, SELECT", "", CASES),
    # cases
    "notices": May(
        "INSERT, SELECT, UPDATE",
        "SELECT, UPDATE(channel folded_into last_error resent state taken_at)",
        "An endpoint that is disabled leaves what was on its way; what went nowhere goes to an address that was mended.",
    ),
    "team_letters": May(
        "INSERT, SELECT, UPDATE(attempts last_error next_try_at state)",
        "INSERT",
        "The administrator's deed writes them; the worker sends them, and writes of mail to place alone. Neither says where to.",
    ),
    "budgets": May("INSERT, SELECT, UPDATE", "", "What a tenant may ask of the API is counted there."),
    "campaigns": May("INSERT, SELECT, UPDATE(closed_at closed_by)", "", CASES),
    "archived_ids": May("SELECT", "", "Written by what moves cases between tables and archive, with the owner's rights."),
    "archives": May("SELECT", "", "As archived_ids: nobody says of a case that it is back when it is not."),
    "case_access": May("INSERT, SELECT", "", CASES),
    "cases": May("INSERT, SELECT, UPDATE", "", CASES),
    "chain_heads": May("INSERT, SELECT", "", CASES),
    "signed_heads": May("INSERT, SELECT", "", "Copies of what was signed; a signature says by itself whether it is genuine."),
    "commands": May("INSERT, SELECT, UPDATE(answer answered_at status)", "", CASES),
    "deadlines": May("DELETE, INSERT, SELECT, UPDATE", "", "What is due: gone when it is done."),
    "deliveries": May("INSERT, SELECT", "", CASES),
    "outside_drafts": May("DELETE, INSERT, SELECT, UPDATE", "", "What somebody outside writes and has not sent: gone in a day."),
    "drafts": May("DELETE, INSERT, SELECT, UPDATE", "", "What somebody writes and has not sent: gone when it is sent."),
    "presence": May(
        "DELETE, INSERT, SELECT, UPDATE", "", "Who looks at a case now, for less than a minute; nothing is kept of it."
    ),
    "desk_settings": May("INSERT, SELECT, UPDATE", "", "How somebody looks at their desk."),
    "provider_news": May("DELETE, INSERT, SELECT", "", "What waits for its case: told once, then gone."),
    "provider_transmissions": May("DELETE, INSERT, SELECT", "", "Remembered as long as one can be repeated."),
    "reason_templates": May("INSERT, SELECT, UPDATE(retired_at used used_at)", "", "Counted and retired, never changed."),
    "reason_template_uses": May("INSERT, SELECT", "", "A ruling was written with it, for good."),
    "case_tags": May("DELETE, INSERT, SELECT", "", "How the team sorts its cases: nothing of any record."),
    "on_call_turns": May(
        "INSERT, SELECT, UPDATE(ended_by until_at)", "", "Leads say who is on call; a turn ends early and is never deleted."
    ),
    "trusted_flaggers": May(
        "SELECT", "INSERT, SELECT, UPDATE(suspended_at until_at)", "Whose notices go first; nobody is deleted who has been one."
    ),
    "orders": May(
        "SELECT",
        "INSERT, SELECT, UPDATE(about authority_told_at because coordinator_told_at country declared_language due_at effect"
        " effect_at erased_at hold_until keeper language matter_digest person_told_at person_unreachable reasons_withheld"
        " receipt_told_at sealed wrapped)",
        "What an authority ordered and what came of it; each deed is noted in the trail beside it, and no row is deleted.",
    ),
    "trusted_flagger_notices": May("INSERT, SELECT", "", "From whom a case came, for good."),
    "saved_views": May("DELETE, INSERT, SELECT", "", "A list under a name goes when its owner wants; it is never another one."),
    "door_refusals": May(
        "INSERT, SELECT, UPDATE(last_at times told_at)", "", "What was tried at Temporal's door is counted, and never taken away."
    ),
    "unplaced": May(
        "INSERT, SELECT, UPDATE(closed_at closed_by closed_why last_at last_error next_try_at placed_case sealed state tell "
        "times tries waits_for wrapped)",
        "",
        "Mail that waits: placed or dismissed once, its key destroyed; what it says is never changed.",
    ),
    "unplaced_deeds": May("INSERT, SELECT", "", "Who read such mail is never changed."),
    "mail_days": May("DELETE, INSERT, SELECT, UPDATE(times)", "", "Mails of a day are counted; old days go."),
    "effects": May("INSERT, SELECT, UPDATE", "", CASES),
    "facts": May("INSERT, SELECT", "", "A fact is never changed."),
    "files": May("INSERT, SELECT", "", CASES),
    "idempotency": May("DELETE, INSERT, SELECT, UPDATE", "", "Answers are kept for two days, sealed."),
    "leases": May("INSERT, SELECT, UPDATE", "", CASES),
    "parties": May(
        "INSERT, SELECT, UPDATE(language)",
        "SELECT(address_digest case_id contact has_email id key_id tenant), UPDATE(address_digest contact has_email)",
        "Where a party's letters go is changed as a deed of administration; what they speak they say themselves.",
    ),
    "party_address_changes": May(
        "SELECT, UPDATE(last_error next_try_at old_contact tell tries)",
        "INSERT, SELECT",
        "Who changed an address is never changed; the address before is forgotten when it was told.",
    ),
    "pokes": May("INSERT, SELECT, UPDATE", "", CASES),
    "sweeps": May("INSERT, SELECT, UPDATE", "", "How far a worker looked; nobody's rights."),
    "reads": May("INSERT, SELECT", "", "Who read what is never changed."),
    "sanctions": May("INSERT, SELECT, UPDATE", "", CASES),
    # what everybody may know
    "schema_migrations": May("SELECT", "SELECT", "Whether the release fits."),
    "tenant_ids": May("SELECT", "SELECT", "The relay goes through all tenants; ids are no secret between them."),
}

_GRANTED = """
SELECT c.relname AS name, a.privilege_type AS verb, NULL AS part
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p') AND a.grantee = $1
UNION ALL
SELECT c.relname, a.privilege_type, t.attname
FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL aclexplode(t.attacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = $1
ORDER BY 1, 2, 3
"""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')"
_ROLE = "SELECT oid, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty FROM pg_roles WHERE rolname = $1"
_MEMBER = "SELECT count(*) FROM pg_auth_members WHERE member = $1"
_DEFINERS = """
SELECT p.proname AS name, p.proconfig AS settings, EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) AS anybody
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
"""


async def granted(conn: asyncpg.Connection[asyncpg.Record], grantee: int) -> Mapping[str, str]:
    """What a role was given, by table, as the matrix writes it."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, verb, part in await conn.fetch(_GRANTED, grantee):
        columns = found.setdefault(name, {}).setdefault(verb, [])
        if part is not None:
            columns.append(part)
    return {
        name: ", ".join(f"{verb}({' '.join(columns)})" if columns else verb for verb, columns in sorted(verbs.items()))
        for name, verbs in found.items()
    }


async def test_each_role_may_what_was_reviewed_and_no_more(server: Server, migrated: None) -> None:
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        assert {row["relname"] for row in await conn.fetch(_TABLES)} == set(MATRIX)
        for name in ("app", "admin"):
            role = await conn.fetchrow(_ROLE, f"ombud_{name}")
            assert role is not None
            assert (role["mighty"], await conn.fetchval(_MEMBER, role["oid"])) == (False, 0)
            expected = {table: getattr(may, name) for table, may in MATRIX.items() if getattr(may, name)}
            assert await granted(conn, role["oid"]) == expected
        assert await granted(conn, 0) == {}, "nothing is everybody's"
    finally:
        await conn.close()


async def test_these_functions_have_the_owners_rights_and_nobody_can_bend_their_path(server: Server, migrated: None) -> None:
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        found = [tuple(row) for row in await conn.fetch(_DEFINERS)]
    finally:
        await conn.close()
    path = ["search_path=pg_catalog, public, pg_temp"]
    more = {"rewrite_erased": ["lock_timeout=2s"]}
    names = (
        "archive_case", "bring_back_case", "carry_out_erasure", "forget_unplaced_with_the_key", "mark_erased_files",
        "refuse_while_held", "reseal", "rewrite_erased",
    )  # fmt: skip
    assert sorted(found) == [(name, path + more.get(name, []), False) for name in names]
