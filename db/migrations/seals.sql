-- A case with a row that is not lifted is left out of everything.

CREATE TABLE seals (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "reason" TEXT NOT NULL DEFAULT '',
    "sealed_by" TEXT NOT NULL DEFAULT '',
    "sealed_on" TEXT,
    "lifted_on" TEXT,
    "lifted_by" TEXT NOT NULL DEFAULT '',
    "lifted_reason" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX seals_case ON seals (case_id);
CREATE UNIQUE INDEX seals_live ON seals (case_id) WHERE sealed_on IS NOT NULL AND lifted_on IS NULL;
