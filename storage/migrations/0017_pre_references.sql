-- A platform finds its own objects again: what it notes for itself, and indexes for what it asks by.

-- Sealed under a key of the holder `platform`; the key is named so that it can be opened without a search.
ALTER TABLE cases ADD COLUMN metadata bytea, ADD COLUMN metadata_key text;
-- When something last happened that the platform may know of. Null in rows that were written before: the state has it then.
ALTER TABLE cases ADD COLUMN platform_updated_at timestamptz;

-- As it stood when the remedy was first asked for: a repeat is the same to the byte.
ALTER TABLE effects ADD COLUMN metadata bytea, ADD COLUMN metadata_key text;

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_their_id ON cases (tenant, external_id, id) WHERE external_id IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_matter ON cases (tenant, matter_digest, id) WHERE matter_digest IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_source ON cases (tenant, source, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_category ON cases (tenant, category, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_priority ON cases (tenant, priority, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_opening ON cases (tenant, opened_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_update ON cases (tenant, updated_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_platform_update ON cases (tenant, platform_updated_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cases_by_closing ON cases (tenant, closed_at) WHERE closed_at IS NOT NULL;
