-- The state of a case is written anew at each step. In its row, compressed, it goes with the row when that is replaced, and its space is
-- free again with the next step in the page; put aside it left a dead copy for each step behind, until somebody swept.
ALTER TABLE cases SET (toast_tuple_target = 4080);
-- The opening fact, with the terms of the case, is written once: compressed it fits into its row.
ALTER TABLE facts SET (toast_tuple_target = 4080);
