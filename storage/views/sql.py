"""The statements that read cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.record.sql import SPEAKER
from storage.record.stored_case import STATE

CASE_ROWS = f"""
SELECT c.id, c.kind, c.opened_at, {STATE} AS state, c.external_id, c.source, c.turn, c.next_due_at, c.next_clock,
    c.pressing, c.pressing_at, c.ends_at, c.priority
FROM cases c
"""  # noqa: S608 - put together from constants

LISTED_ROWS = """
SELECT c.id, c.kind, c.opened_at, c.state::text AS state, c.terms_key, c.external_id, c.source, c.turn, c.next_due_at,
    c.next_clock, c.pressing, c.pressing_at, c.ends_at, c.priority
FROM cases c
"""
"""As :data:`CASE_ROWS` without their terms: for :class:`storage.views.rows.CaseRows`, which knows them by their hash."""

IDS = "SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.state IS NOT NULL"

CASE = CASE_ROWS.replace("c.priority\n", "c.priority, c.archived\n") + "WHERE c.tenant = $1 AND c.id = $2"

# $2 the last one of the page before, $3 how many. The first ones of each reason by an index of its own, and of these the first
# ones: where a case has several of one reason their rows are gone through, of no more cases than are wanted.
_LIVING_BY = (
    "SELECT x.case_id FROM deadlines x WHERE x.tenant = $1",
    "SELECT x.case_id FROM effects x WHERE x.tenant = $1 AND x.state = 'running'",
    "SELECT x.case_id FROM notices x WHERE x.tenant = $1 AND x.state = 'pending'",
    "SELECT x.case_id FROM notices x WHERE x.tenant = $1 AND x.state = 'handed_over'",
    "SELECT x.case_id FROM commands x WHERE x.tenant = $1 AND x.status = 'pending'",
)
_LIVING_WAYS = " UNION ".join(
    (
        "(SELECT o.id FROM cases o WHERE o.tenant = $1 AND o.status = 'open' AND o.id > $2 ORDER BY o.id LIMIT $3)",
        *(f"(SELECT DISTINCT b.case_id FROM ({by} AND x.case_id > $2) AS b ORDER BY b.case_id LIMIT $3)" for by in _LIVING_BY),  # noqa: S608 - constants
    )
)  # fmt: skip
LIVING = f"""
{CASE_ROWS}WHERE c.tenant = $1 AND c.id IN (SELECT w.id FROM ({_LIVING_WAYS}) AS w (id) ORDER BY w.id LIMIT $3)
ORDER BY c.id
"""  # noqa: S608 - put together from constants

ACTOR = f"""
SELECT CASE {SPEAKER}
END
FROM (SELECT $3::text AS id) AS asked
LEFT JOIN parties p ON p.tenant = $1 AND p.case_id = $2 AND p.id = asked.id
LEFT JOIN api_keys k ON k.tenant = $1 AND k.id = asked.id AND k.active
LEFT JOIN people a ON a.tenant = $1 AND a.id = asked.id AND a.active
"""  # noqa: S608 - put together from constants

TIMELINE = "SELECT body::text AS body FROM facts WHERE tenant = $1 AND case_id = $2 AND seq > $3 ORDER BY seq LIMIT $4"

# $2 who is named, $3 since when, $4 how many. Of these the newest.
MENTIONS = """
SELECT f.case_id, f.body::text AS body FROM facts f
WHERE f.tenant = $1 AND f.type = 'note_added' AND f.body #> '{fact,mentions}' ? $2 AND f.at > $3
ORDER BY f.at DESC, f.case_id, f.seq DESC LIMIT $4
"""

EVIDENCE = "SELECT body::text AS body FROM facts WHERE tenant = $1 AND case_id = $2 AND type = 'evidence_submitted' ORDER BY seq"

LETTERS = """
SELECT event, channel, sent_at FROM notices
WHERE tenant = $1 AND case_id = $2 AND recipient = $3 AND sent_at IS NOT NULL ORDER BY sent_at, id
"""

REPORT = "SELECT report_content FROM cases WHERE tenant = $1 AND id = $2"

_SENT = "SELECT id, case_id, type, actor_id, received_at, status, answer, credential FROM commands "
COMMAND = _SENT + "WHERE tenant = $1 AND case_id = $2 AND id = $3"
FACT_OF = "SELECT body::text FROM facts WHERE tenant = $1 AND case_id = $2 AND command_id = $3 ORDER BY seq LIMIT 1"
COMMANDS = _SENT + "WHERE tenant = $1 AND case_id = $2 ORDER BY received_at, id LIMIT $3"

NOTICES = """
SELECT n.id, n.seq, n.event, n.audience, n.recipient, n.channel, n.state, n.attempts, n.last_error,
    n.receipt, n.created_at, n.sent_at,
    (SELECT count(*) FROM deliveries d WHERE d.tenant = $1 AND d.notice_id = n.id AND d.result = 'repeat') AS repeats
FROM notices n
WHERE n.tenant = $1 AND n.case_id = $2
ORDER BY n.seq, n.id
"""

NOTICE_CASE = "SELECT case_id FROM notices WHERE tenant = $1 AND id = $2"

DEADLINES = """
SELECT clock, instance, level, count, due_at FROM deadlines WHERE tenant = $1 AND case_id = $2
ORDER BY due_at, clock, instance, level
"""

CONTACTS = """
SELECT p.id, p.contact, k.id AS key_id, k.holder, k.wrapped
FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = $2 AND k.wrapped IS NOT NULL
ORDER BY p.id
"""

COUNTS = (
    "SELECT kind, status, phase, count(*) AS cases FROM cases WHERE tenant = $1 AND NOT synthetic GROUP BY kind, status, phase"
)

_PARTY_REF = (
    "EXISTS (SELECT FROM parties p WHERE p.tenant = $1 AND p.case_id = c.id AND p.ref_digest = {0})"
    " AND (c.state IS NULL OR c.state -> 'parties' @> jsonb_build_array(jsonb_build_object('ref_digest', {0}::text)))"
)
# Rows that were last written before there was the column have it in their state.
_TOLD = (
    "(c.platform_updated_at {0} OR c.platform_updated_at IS NULL"
    " AND coalesce((c.state #>> '{{seen_at,platform}}')::timestamptz, c.opened_at) {0})"
)
# Of the row and of the folded case: a party is on its way into the case until the case says that it is in.
_PARTY = (
    "EXISTS (SELECT FROM parties p WHERE p.tenant = $1 AND p.case_id = c.id AND p.id = {0})"
    " AND c.state -> 'parties' @> jsonb_build_array(jsonb_build_object('id', {0}::text))"
)
_TOLD_PHASE = """CASE WHEN c.phase NOT IN ('approval', 'ruled') THEN c.phase
    WHEN coalesce(c.state #>> '{{ruling,decision}}', 'rule') = 'rule' THEN 'review' ELSE 'appeal' END = {}"""

OPEN_TO = """NOT EXISTS (SELECT FROM jsonb_array_elements(c.state -> 'parties') AS said (party)
    WHERE said.party ->> 'ref_digest' = ANY({0}) OR said.party ->> 'org_digest' = ANY({0}))"""
"""Whether none of somebody's conflicts of interest, given as digests, closes the case of a row ``c`` to them."""


def open_to(place: str) -> str:
    """:data:`OPEN_TO` of the conflicts in an argument, which most people have none of."""
    return f"(cardinality({place}::text[]) = 0 OR {OPEN_TO.format(place + '::text[]')})"


WITHIN = """(c.queue = ANY({0}) OR c.owner = ANY({0})
    OR c.id IN (SELECT l.case_id FROM leases l WHERE l.tenant = $1 AND l.person_id = ANY({0}))
    OR EXISTS (SELECT FROM jsonb_array_elements(c.state -> 'involved') AS had (part) WHERE had.part ->> 'person' = ANY({0}))
    OR EXISTS (SELECT FROM case_access a WHERE a.tenant = $1 AND a.case_id = c.id AND a.person_id = ANY({0})
        AND a.until_at > clock_timestamp()))"""
"""Whether a case is somebody's to read who reads those of some queues alone, given as these queues and themselves: by a queue,
as its owner now or before, for a part that they had in it, or by an access that they took."""
WAITS = "c.owner IS NULL AND c.phase IN ('intake', 'review', 'appeal')"
"""Whether an open case waits for a decider. While the parties talk, or are asked, nobody is looked for."""
PUT_AWAY = """(c.id = ANY(ARRAY(SELECT d.case_id FROM deadlines d
        WHERE d.tenant = $1 AND d.clock = 'snooze' AND d.due_at > now()))
    AND EXISTS (SELECT FROM jsonb_array_elements(c.state -> 'holds') AS held (hold)
    WHERE held.hold ->> 'why' = 'snooze' AND (held.hold ->> 'until')::timestamptz > clock_timestamp()
        AND (c.owner = {0} OR held.hold ->> 'by' = {0})))"""
"""Whether a case is put away that is somebody's own, or that they put away themselves. Found by the level that brings it back:
what holds a case stands in its state, which no list opens of every case."""
# Written as arrays: what is stuck is looked for first, and its cases by their ids, however many others there are. The moment is
# the statement's own (now()): an index knows nothing of one that moves on while it is read.
FAILED_LETTERS = """c.status = 'open'
    AND c.id = ANY(ARRAY(SELECT n.case_id FROM notices n WHERE n.tenant = $1 AND n.state = 'failed'))"""
"""Open cases of which a letter came back, or could not be sent by any of its tries."""
BY_HAND = """c.id = ANY(ARRAY(SELECT e.case_id FROM effects e
    WHERE e.tenant = $1 AND e.state = 'needs_hands' AND e.note IS DISTINCT FROM 'withheld' AND e.errand IS NULL))"""
"""Cases, closed ones among them, with a remedy, measure or sanction that waits for somebody's hands."""
FAILED_EFFECTS = """c.id = ANY(ARRAY(
    SELECT e.case_id FROM effects e WHERE e.tenant = $1 AND e.state = 'needs_hands' AND e.note IS DISTINCT FROM 'withheld'
    UNION SELECT e.case_id FROM effects e WHERE e.tenant = $1 AND e.state = 'running'
        AND e.ordered_at < now() - interval '1 hour'))"""
"""Cases, closed ones among them, with a remedy or sanction that somebody has to see to, or that takes longer than an hour. What a
legal hold holds back waits on purpose."""
STANDING_STILL = """c.id = ANY(ARRAY(
    SELECT m.case_id FROM commands m WHERE m.tenant = $1 AND m.status = 'pending'
        AND m.received_at < now() - interval '15 minutes'
    UNION SELECT d.id FROM cases d WHERE d.tenant = $1 AND d.status = 'open'
        AND d.next_due_at < now() - interval '15 minutes'))"""
"""Cases in which something waits to be judged for a quarter of an hour: a command, or a deadline that has passed."""
_STATUS = {"open": "c.status = 'open'", "closed": "c.status = 'closed'"}
_OWN_TESTS = {
    "party": _PARTY,
    "told_phase": _TOLD_PHASE,
    "closed_to": OPEN_TO,
    "within": WITHIN,
    "waits_in": f"(c.queue = ANY({{0}}) AND {WAITS})",
    "put_away": PUT_AWAY,
    "tag": "c.id IN (SELECT t.case_id FROM case_tags t WHERE t.tenant = $1 AND t.tag = {0})",
    "unowned": f"({{0}}::boolean AND {WAITS})",
    "stuck_any": f"({{0}}::boolean AND (({FAILED_LETTERS}) OR {FAILED_EFFECTS} OR {STANDING_STILL}))",
    "stuck_letters": f"({{0}}::boolean AND {FAILED_LETTERS})",
    "stuck_effects": f"({{0}}::boolean AND {FAILED_EFFECTS})",
    "stuck_hands": f"({{0}}::boolean AND {BY_HAND})",
    "stuck_still": f"({{0}}::boolean AND {STANDING_STILL})",
}
"""Conditions on more than one column."""


# Whoever reads the cases of some queues alone gets the first ones of each way in which a case is theirs, each by its own index,
# and of these the first ones: one test over all ways would look through the tenant for them. What they had a part in is an array:
# it is looked up by its ids, and not found by going through all cases in order. {asked} are queues and the person. What is no
# queue of any case is not looked for: to find none, a whole index of another condition would be read. What one owns oneself is
# read in order as one's own, and whatever else is asked is tested on that ({own}, OFFSET 0): it is as much as a person can have.
# So is a queue ({queued}) where nothing is asked but what is closed: that is most of it, or nothing.
_WITHIN_FOUND = """SELECT DISTINCT b.* FROM (
    SELECT n.* FROM unnest({asked}::text[]) AS q (name)
    CROSS JOIN LATERAL ({queued} ORDER BY {order} LIMIT {limit}) AS n
    WHERE EXISTS (SELECT FROM cases x WHERE x.tenant = $1 AND x.queue = q.name)
    UNION ALL
    SELECT n.* FROM unnest({asked}::text[]) AS q (name)
    CROSS JOIN LATERAL ({own} ORDER BY {order} LIMIT {limit}) AS n
    UNION ALL
    ({found} AND c.id = ANY(ARRAY(
        SELECT l.case_id FROM leases l WHERE l.tenant = $1 AND l.person_id = ANY({asked})
        UNION ALL SELECT p.case_id FROM case_parts p WHERE p.tenant = $1 AND p.person_id = ANY({asked})
        UNION ALL SELECT a.case_id FROM case_access a WHERE a.tenant = $1 AND a.person_id = ANY({asked})
            AND a.until_at > clock_timestamp()
    )) ORDER BY {order} LIMIT {limit})
) AS b ORDER BY {order} LIMIT {limit}"""
_WAITING_FOUND = """SELECT b.* FROM (
    SELECT n.* FROM (SELECT DISTINCT unnest({asked}::text[])) AS q (name)
    CROSS JOIN LATERAL ({found} AND c.queue = q.name AND {waits} ORDER BY {order} LIMIT {limit}) AS n
    WHERE EXISTS (SELECT FROM cases x WHERE x.tenant = $1 AND x.queue = q.name)
) AS b ORDER BY {order} LIMIT {limit}"""
_WITHIN_LISTED = """
{rows}WHERE c.tenant = $1 AND c.id IN (SELECT f.id FROM ({found}) AS f)
ORDER BY {order} LIMIT {limit}
"""
PRESSING_FIRST = "pressing, pressing_at, id"
"""The order of every list that begins with the most pressing case, which its indexes have."""
ENDS_FIRST = "ends_at, id"
"""The order of a list that begins with what runs out next."""
AFTER_END = "(ends_at, id) > ({}, {})"
AFTER = "(pressing, pressing_at, id) > ({}, {}, {})"
COUNTED = 1000
"""So many cases of a state are counted; of more it is said that there are more."""
DUE = (
    "SELECT d.case_id FROM deadlines d WHERE d.tenant = $1 AND d.due_at < $2 "  # noqa: S608 - a number from this code
    f"ORDER BY d.due_at LIMIT {COUNTED + 1}"
)
"""Of what falls due before $2 the first ones: one more than are counted."""
_COUNTING = """
SELECT s.state, n.cases, n.first_at FROM generate_series(0, 3) AS s (state)
CROSS JOIN LATERAL (SELECT count(*) AS cases, min(f.pressing_at) AS first_at FROM ({each}) AS f) AS n
ORDER BY s.state
"""


def listing(
    conditions: Mapping[str, Any], cursor: str | None, after: str | tuple[Any, ...] | None, order: str, limit: int
) -> tuple[str, tuple[Any, ...]]:
    """A list's statement and its arguments from $2 on ($1 the tenant).

    Only what was asked for is in the statement, so that each combination can use its index. Names come from this code, values
    never stand in the text, but for the two words of a status, for an index of open cases serves nobody who may mean others, and
    the limit: a plan made for any number sorts whole queues instead of reading an index from its beginning.
    """
    ways, asked = _ways(conditions)
    tests, arguments = clauses({name: value for name, value in conditions.items() if name not in _WAYS}, 2)
    where = ["c.tenant = $1", "c.state IS NOT NULL", *tests]
    if cursor is not None:
        values = after if isinstance(after, tuple) else (after,)
        places = [f"${len(arguments) + 2 + number}" for number in range(len(values))]
        arguments.extend(values)
        where.append(cursor.format(*places))
    said = " AND ".join(where)
    if ways is None:
        return f"{LISTED_ROWS}WHERE {said} ORDER BY {order} LIMIT {int(limit)}", tuple(arguments)
    place = f"${len(arguments) + 2}"
    shown = "c.id, c.ends_at" if order == ENDS_FIRST else "c.id, c.pressing, c.pressing_at"
    found = f"SELECT {shown} FROM cases c WHERE {said}"  # noqa: S608 - names from this code, values as arguments
    by = _each_way(shown, found, said, conditions, order)
    ids = ways.format(found=found, **by, asked=place, order=order, limit=int(limit), waits=WAITS)
    listed = _WITHIN_LISTED.format(rows=LISTED_ROWS, found=ids, order=order, limit=int(limit))
    return listed, (*arguments, asked)


def counting(conditions: Mapping[str, Any], most: int) -> tuple[str, tuple[Any, ...]]:
    """Statement and arguments ($1 the tenant, theirs from $2 on) that count the open cases of each state, up to one more than
    ``most``, each beside the first moment of its list. No more than that is read, however many there are."""
    ways, asked = _ways(conditions)
    tests, arguments = clauses({name: value for name, value in conditions.items() if name not in (*_WAYS, "pressing =")}, 2)
    said = " AND ".join(["c.tenant = $1", "c.pressing = s.state", *tests])
    found = f"SELECT c.id, c.pressing, c.pressing_at FROM cases c WHERE {said}"  # noqa: S608 - names from this code, values as arguments
    if ways is None:
        each = f"{found} ORDER BY c.pressing_at LIMIT {most + 1}"
    else:
        by = _each_way("c.id, c.pressing, c.pressing_at", found, said, conditions, "pressing_at")
        asked_as = f"${len(arguments) + 2}"
        each = ways.format(found=found, **by, asked=asked_as, order="pressing_at", limit=most + 1, waits=WAITS)
        arguments.append(asked)
    return _COUNTING.format(each=each), tuple(arguments)


def _each_way(shown: str, found: str, said: str, conditions: Mapping[str, Any], order: str) -> dict[str, str]:
    """What the owner ``q``, and the queue ``q``, has of the cases that match."""
    closed = {name for name, value in conditions.items() if value is not None} - set(_WAYS) == {"status ="} and (
        conditions["status ="] == "closed"
    )
    queued = _among("queue", shown, said, conditions, order) if closed else f"{found} AND c.queue = q.name"
    return {"own": _among("owner", shown, said, conditions, order), "queued": queued}


def _among(column: str, shown: str, said: str, conditions: Mapping[str, Any], order: str) -> str:
    """The cases that match, looked for in order among all that are open, or closed, in a queue or with an owner."""
    is_open = " AND o.status = 'open'" if conditions.get("status =") == "open" else ""
    all_of_it = f"SELECT o.* FROM cases o WHERE o.tenant = $1 AND o.{column} = q.name{is_open} ORDER BY {order} OFFSET 0"  # noqa: S608 - names from this code
    return f"SELECT {shown} FROM ({all_of_it}) AS c WHERE {said}"  # noqa: S608 - as above


_WAYS = ("within", "waits_in")


def _ways(conditions: Mapping[str, Any]) -> tuple[str | None, list[str] | None]:
    """The ways by which the cases of a list are found, each in the order of the list, and of which queues and person; None: by
    none but the conditions. One's own cases, and those of one of one's queues, are theirs to read already."""
    if conditions.get("waits_in") is not None:
        return _WAITING_FOUND, conditions["waits_in"]
    asked = conditions.get("within")
    if asked is None or {conditions.get("owner ="), conditions.get("queue =")} & set(asked):
        return None, None
    return _WITHIN_FOUND, asked


def clauses(conditions: Mapping[str, Any], first: int) -> tuple[list[str], list[Any]]:
    """The tests on a row ``c`` that were asked for, and their arguments, which are numbered from ``first`` on."""
    status = conditions.get("status =")
    asked = [(name, value) for name, value in conditions.items() if value is not None and name != "status ="]
    tests = [_test(name, f"${first + number}") for number, (name, _) in enumerate(asked)]
    return [*tests, *([_STATUS[status]] if status is not None else [])], [value for _, value in asked]


def _test(name: str, place: str) -> str:
    if name in _OWN_TESTS:
        return _OWN_TESTS[name].format(place)
    if name == "party_ref":
        return _PARTY_REF.format(place)
    if name.startswith("told "):
        return _TOLD.format(f"{name.removeprefix('told ')} {place}")
    return f"c.{name}({place})" if name.endswith("ANY") else f"c.{name} {place}"
