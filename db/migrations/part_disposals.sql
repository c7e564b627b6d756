-- A disposal of MARAC papers alone leaves the case: its certificate says which part went.

ALTER TABLE disposals ADD COLUMN "papers" TEXT NOT NULL DEFAULT 'file';

DROP INDEX disposals_ref;
CREATE UNIQUE INDEX disposals_ref ON disposals (ref) WHERE ref <> '' AND papers = 'file';

-- What the first export of a day asks the log for (db/guarded.py, the same words): a few lines of
-- hundreds of thousands.
CREATE INDEX changes_guarded ON changes (entity) WHERE
    entity IN ('safe_addresses', 'contact_points', 'properties', 'cases') AND before <> '' AND (
    instr(before, '"address"') OR instr(before, '"code_word"') OR instr(before, '"confidential"')
    OR instr(before, '"contact_rule"') OR instr(before, '"contact_times"')
    OR instr(before, '"postcode"') OR instr(before, '"times"') OR instr(before, '"value"')
    OR instr(before, '"words"'));
