-- A tracker brought in: when, of which file and mapping (digests alone), and how many of what.
-- Of each row a keyed digest, so that the same row is known again and says nothing by itself.

CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    "at" TEXT NOT NULL,
    "batch" INTEGER NOT NULL,
    "file" BLOB NOT NULL,
    "mapping" BLOB NOT NULL,
    "rows_read" INTEGER NOT NULL,
    "cases_made" INTEGER NOT NULL,
    "rows_linked" INTEGER NOT NULL,
    "rows_same" INTEGER NOT NULL,
    "rows_changed" INTEGER NOT NULL,
    "rows_refused" INTEGER NOT NULL,
    "set_aside" INTEGER NOT NULL,
    "undone" TEXT
) STRICT;

CREATE TABLE import_rows (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES imports (id),
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    "made" INTEGER NOT NULL,
    "mark" BLOB NOT NULL,
    "household" BLOB NOT NULL,
    "cells" BLOB NOT NULL
) STRICT;

CREATE INDEX import_rows_case ON import_rows (case_id);
CREATE INDEX import_rows_import ON import_rows (import_id);
