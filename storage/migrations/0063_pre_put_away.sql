-- What is put away until later comes back by one level of its clock. Those are few among all that is due, and the menu counts them on every page.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX deadlines_snoozed ON deadlines (tenant, due_at) INCLUDE (case_id) WHERE clock = 'snooze';
