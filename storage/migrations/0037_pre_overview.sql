-- What an ops lead looks at first: what runs out next, whatever else is more pressing in the same case, how much there is of each
-- kind in each phase, and what is stuck.

-- When the next running clock of a case is over. 9999: none is. Before all times: a row that was last written before there was the
-- column; whoever migrates works it out from the case at once, and its next fact does.
ALTER TABLE cases ADD COLUMN ends_at timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_end ON cases (tenant, ends_at, id) INCLUDE (owner) WHERE status = 'open';
-- Few words in each row of it, so that Postgres keeps them once for many: it is read from its pages alone, and there are few.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_kind_phase ON cases (tenant, kind, phase, pressing) WHERE status = 'open';

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notices_failed ON notices (tenant, case_id) WHERE state = 'failed';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX effects_by_hand ON effects (tenant, case_id) WHERE state = 'needs_hands';

-- Cases whose clocks stand still for an incident, or did: few, among however many.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_frozen ON cases (tenant, id) WHERE status = 'open' AND state -> 'holds' @> '[{"why": "freeze"}]';
