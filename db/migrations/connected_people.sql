-- Staff, contractors and those at a MARAC who are connected to a party of a case.

CREATE TABLE connected_people (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL DEFAULT '',
    "organisation" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'not_asked',
    "whole" TEXT NOT NULL DEFAULT 'not_asked',
    "party_id" INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    "how" TEXT NOT NULL DEFAULT '',
    "since" TEXT,
    "until" TEXT,
    "source" TEXT NOT NULL DEFAULT '',
    "recorded_by" TEXT NOT NULL DEFAULT '',
    "recorded_on" TEXT
) STRICT;

CREATE INDEX connected_people_case ON connected_people (case_id);
