-- How often the pack was departed from in a month is counted from the facts; the list of what was asked is read from them, too.

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX facts_exceptions ON facts (tenant, recorded_at)
    WHERE type IN ('exception_asked', 'exception_granted', 'exception_refused');
