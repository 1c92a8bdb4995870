-- Which calendar each name stood for and since when, the shifts of people, and the notices of packs beside the cases they bind.

-- Shared by all tenants, as calendars are. A row is never changed: the newest one of a name counts.
CREATE TABLE calendar_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    ref text NOT NULL REFERENCES calendars (ref),
    -- The release of the holiday data, and the years, that the days were written out from.
    holiday_data text NOT NULL,
    from_year bigint NOT NULL,
    to_year bigint NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT years_in_order CHECK (from_year <= to_year)
);
CREATE INDEX calendar_versions_by_name ON calendar_versions (name, id);

GRANT SELECT, INSERT ON calendar_versions TO ombud_app;

-- The name of a calendar; without one, or when nothing was published under it, somebody is always there.
ALTER TABLE people ADD COLUMN hours text;

-- json, not jsonb: the order of the keys is meaning.
ALTER TABLE packs ADD COLUMN notices json;
-- A report can name a pack before its file was kept: what is missing is filled in later, what is there never changes.
GRANT UPDATE (body, notices) ON packs TO ombud_app;
