-- Legal holds, retention reviews and certificates of disposal.

CREATE TABLE legal_holds (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    placed_on TEXT,
    kind TEXT NOT NULL DEFAULT 'other',
    "by" TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    until TEXT,
    review_due TEXT,
    reviewed_on TEXT,
    ended_on TEXT,
    ended_by TEXT NOT NULL DEFAULT '',
    end_reason TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX legal_holds_case ON legal_holds (case_id);

CREATE TABLE retention_reviews (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    made TEXT,
    papers TEXT NOT NULL DEFAULT 'file',
    "by" TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    next_review TEXT
) STRICT;

CREATE INDEX retention_reviews_case ON retention_reviews (case_id);

CREATE TABLE disposals (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "ref" TEXT NOT NULL DEFAULT '',
    case_number INTEGER,
    disposed_on TEXT,
    authority TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'begun',
    records INTEGER,
    log_rows INTEGER,
    words INTEGER,
    pages INTEGER,
    found INTEGER,
    proved_on TEXT,
    copies TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX disposals_ref ON disposals (ref) WHERE ref <> '';

-- What a disposal looks for until it is proved, in two halves that say nothing alone.
CREATE TABLE disposal_words (
    disposal_id INTEGER PRIMARY KEY REFERENCES disposals (id) DEFERRABLE INITIALLY DEFERRED,
    pad BLOB NOT NULL,
    words BLOB NOT NULL
) STRICT;
