-- Discretionary grants to a survivor, each from a fund.

CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "fund_id" INTEGER REFERENCES funds (id) DEFERRABLE INITIALLY DEFERRED,
    "fund" TEXT NOT NULL DEFAULT 'not_asked',
    "state" TEXT NOT NULL DEFAULT 'agreed',
    "purpose" TEXT NOT NULL DEFAULT '',
    "on" TEXT,
    "amount" INTEGER
) STRICT;

CREATE INDEX grants_case ON grants (case_id);
