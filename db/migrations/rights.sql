-- Subject access requests and breaches; the register says under which profile a file was made.

CREATE TABLE subject_requests (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "person_id" INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    "received" TEXT,
    "asked_by" TEXT NOT NULL DEFAULT '',
    "identity_on" TEXT,
    "state" TEXT NOT NULL DEFAULT 'open',
    "extended" TEXT NOT NULL DEFAULT 'not_asked',
    "extended_why" TEXT NOT NULL DEFAULT '',
    "also" TEXT NOT NULL DEFAULT '',
    "method" TEXT NOT NULL DEFAULT '',
    "sent_on" TEXT,
    "note" TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX subject_requests_case ON subject_requests (case_id);

CREATE TABLE subject_decisions (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "request_id" INTEGER REFERENCES subject_requests (id) DEFERRABLE INITIALLY DEFERRED,
    "paragraph" TEXT NOT NULL DEFAULT '',
    "release" TEXT NOT NULL DEFAULT 'withheld',
    "exemption" TEXT NOT NULL DEFAULT 'not_decided',
    "reason" TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL DEFAULT '',
    "at" TEXT
) STRICT;
CREATE INDEX subject_decisions_case ON subject_decisions (case_id);

CREATE TABLE breaches (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "aware" TEXT,
    "happened" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'wrong_recipient',
    "disclosure_id" INTEGER REFERENCES disclosures (id) DEFERRABLE INITIALLY DEFERRED,
    "what" TEXT NOT NULL DEFAULT '',
    "held" TEXT NOT NULL DEFAULT '',
    "case_refs" TEXT NOT NULL DEFAULT '',
    "classes" TEXT NOT NULL DEFAULT '',
    "recipient" TEXT NOT NULL DEFAULT '',
    "protected" TEXT NOT NULL DEFAULT 'not_asked',
    "risk" TEXT NOT NULL DEFAULT 'not_asked',
    "risk_why" TEXT NOT NULL DEFAULT '',
    "ico" TEXT NOT NULL DEFAULT 'not_decided',
    "ico_on" TEXT,
    "ico_why" TEXT NOT NULL DEFAULT '',
    "closed_on" TEXT
) STRICT;

CREATE TABLE breach_steps (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "breach_id" INTEGER REFERENCES breaches (id) DEFERRABLE INITIALLY DEFERRED,
    "at" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'other',
    "case_ref" TEXT NOT NULL DEFAULT '',
    "words" TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL DEFAULT '',
    "people" INTEGER
) STRICT;

ALTER TABLE disclosures ADD COLUMN "profile" TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosures ADD COLUMN "held" TEXT NOT NULL DEFAULT '';
