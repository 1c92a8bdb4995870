-- What a mail that somebody placed still waits for: the commands that say it on its case, its words first. An entry that is no
-- command stands for files that were left behind. Until all are judged its words stay here. NULL: nothing of it is known to be said.
ALTER TABLE unplaced ADD COLUMN waits_for text[];
GRANT UPDATE (waits_for) ON unplaced TO ombud_app;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX unplaced_on_its_way ON unplaced (tenant, id) WHERE waits_for IS NOT NULL;
