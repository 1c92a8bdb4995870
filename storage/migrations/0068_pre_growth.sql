-- What a list shows is read from the beginning of an index, however many cases there are beside it.

-- What of one's queues runs out within a day.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_queue_end ON cases (tenant, queue, ends_at, id) WHERE status = 'open';

-- The keys of a case with those that were destroyed: the index of holders knows the others alone.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX keys_by_case ON keys (tenant, case_id);

-- Of one priority, and of whose turn it is, the most pressing first. Both are filters of the inbox, and of the one or the other there
-- may be a handful among a hundred thousand.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_priority ON cases (tenant, priority, pressing, pressing_at, id) WHERE status = 'open';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_open_by_turn ON cases (tenant, waiting_on, pressing, pressing_at, id) WHERE status = 'open';
