-- Few notices are in the hands of a delivery of their own, and the search for what should run looks for them again and again.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX notices_handed_over ON notices (tenant, case_id) WHERE state = 'handed_over';
