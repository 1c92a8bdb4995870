-- What somebody placed, and its case refused when it judged it, comes back with the case and the reason: who looks at it next knows
-- what was tried. Not validated: every row that was written before has one of the deeds that stand here as well.
-- squawk-ignore ban-drop-constraint
ALTER TABLE unplaced_deeds DROP CONSTRAINT unplaced_deeds_deed_check;
ALTER TABLE unplaced_deeds ADD CONSTRAINT unplaced_deeds_deed_check
    CHECK (deed IN ('read', 'original_read', 'placed', 'reported', 'dismissed', 'came_back')) NOT VALID;
ALTER TABLE unplaced_deeds ADD COLUMN case_id text, ADD COLUMN why text;
