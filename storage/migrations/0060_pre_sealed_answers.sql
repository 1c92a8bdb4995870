-- Answers kept for a repeated request have what people wrote and who they are: sealed from now on, and gone after 48 hours.
-- Those of the release before stay as they are until then.
ALTER TABLE idempotency ADD COLUMN sealed bytea;
