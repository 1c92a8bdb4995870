-- Why an endpoint is disabled is one of four things: with any other word there, nobody could list the endpoints any more.

ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_disabled_because
    CHECK (disabled_because IN ('by_hand', 'endpoint_gone', 'given_up', 'silent')) NOT VALID;
