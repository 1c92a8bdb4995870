-- Each person appeals once against a decision made elsewhere: equal digests are appeals of the same person about the same content.
ALTER TABLE cases ADD COLUMN appeal_digest text;
-- Partial over a column that was added a line ago: it is empty, and there is nothing to wait for.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_appeal ON cases (tenant, appeal_digest) WHERE appeal_digest IS NOT NULL;
