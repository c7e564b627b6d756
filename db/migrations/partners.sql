-- Referrals outward of a case; the working group's members and actions; accreditation of landlords.

CREATE TABLE referrals_out (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL DEFAULT 'other',
    "organisation_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "made" TEXT,
    "answer" TEXT NOT NULL DEFAULT 'not_asked',
    "answered" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'not_asked',
    "outcome_on" TEXT,
    "next_look" TEXT,
    "note" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX referrals_out_case ON referrals_out (case_id);

CREATE TABLE group_actions (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "action" TEXT NOT NULL DEFAULT '',
    "contact_id" INTEGER REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED,
    "agreed" TEXT,
    "due" TEXT,
    "state" TEXT NOT NULL DEFAULT 'open',
    "done_on" TEXT,
    "said" TEXT NOT NULL DEFAULT ''
) STRICT;

ALTER TABLE contacts ADD COLUMN "group_role" TEXT NOT NULL DEFAULT '';

ALTER TABLE organisations ADD COLUMN "accreditation" TEXT NOT NULL DEFAULT '';

ALTER TABLE organisations ADD COLUMN "accreditation_level" TEXT NOT NULL DEFAULT '';

ALTER TABLE organisations ADD COLUMN "accredited_on" TEXT;

ALTER TABLE organisations ADD COLUMN "accredited_until" TEXT;

ALTER TABLE organisations ADD COLUMN "training" TEXT NOT NULL DEFAULT '';

ALTER TABLE organisations ADD COLUMN "trained_on" TEXT;
