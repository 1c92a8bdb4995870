-- Lists begin with the most pressing case, over all their pages: late, at risk, on track, standing still, each by when its clock
-- ends or ended. When a level fires next says that of no case whose target is over.

-- The place of a state (0 late to 3 standing still), and when the most pressing clock ends or ended. 4: a row that was last written
-- before there was the column; whoever migrates works it out from the case at once, and its next fact does.
-- squawk-ignore prefer-bigint-over-smallint
ALTER TABLE cases ADD COLUMN pressing smallint NOT NULL DEFAULT 4;
ALTER TABLE cases ADD COLUMN pressing_at timestamptz NOT NULL DEFAULT '9999-01-01 00:00:00+00';

-- Every list in the order of its index. What a count of a desk asks for beside it lies in the index too.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_pressing ON cases (tenant, pressing, pressing_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation,require-concurrent-index-deletion
DROP INDEX cases_open_by_queue;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_queue ON cases (tenant, queue, pressing, pressing_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation,require-concurrent-index-deletion
DROP INDEX cases_open_by_owner;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_owner ON cases (tenant, owner, pressing, pressing_at, id) INCLUDE (next_due_at) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation,require-concurrent-index-deletion
DROP INDEX cases_waiting;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_waiting ON cases (tenant, queue, pressing, pressing_at, id) INCLUDE (next_due_at)
    WHERE status = 'open' AND owner IS NULL AND phase IN ('intake', 'review', 'appeal');
-- squawk-ignore require-concurrent-index-creation,require-concurrent-index-deletion
DROP INDEX cases_open_by_kind;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_kind ON cases (tenant, kind, pressing, pressing_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation,require-concurrent-index-deletion
DROP INDEX cases_open_by_phase;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_phase ON cases (tenant, phase, pressing, pressing_at, id) WHERE status = 'open';

-- Notes of the team that name somebody, for the list of those who are named.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX facts_mentions ON facts USING gin ((body #> '{fact,mentions}')) WHERE type = 'note_added';
