-- The first schema of a caseload: one table a record, then what the program keeps for itself.

CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "ref" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'open',
    "stage" TEXT NOT NULL DEFAULT 'referral',
    "stage_entered" TEXT,
    "received" TEXT,
    "route" TEXT NOT NULL DEFAULT 'not_asked',
    "referrer_org" TEXT NOT NULL DEFAULT '',
    "referrer_name" TEXT NOT NULL DEFAULT '',
    "referrer_contact" TEXT NOT NULL DEFAULT '',
    "referral_consent" TEXT NOT NULL DEFAULT 'not_asked',
    "acknowledged" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "urgency" TEXT NOT NULL DEFAULT 'standard',
    "triggers" TEXT NOT NULL DEFAULT '',
    "area" TEXT NOT NULL DEFAULT '',
    "in_district" TEXT NOT NULL DEFAULT 'not_asked',
    "duplicates_checked" TEXT NOT NULL DEFAULT 'not_asked',
    "linked_cases" TEXT NOT NULL DEFAULT '',
    "conflict_flag" TEXT NOT NULL DEFAULT 'not_asked',
    "choice_made" TEXT NOT NULL DEFAULT 'not_asked',
    "choice_date" TEXT,
    "options_explained" TEXT NOT NULL DEFAULT 'not_asked',
    "contact_rule" TEXT NOT NULL DEFAULT '',
    "contact_times" TEXT NOT NULL DEFAULT '',
    "code_word" TEXT NOT NULL DEFAULT '',
    "do_not_contact" TEXT NOT NULL DEFAULT 'not_asked',
    "ha_scheme" TEXT NOT NULL DEFAULT 'not_asked',
    "ha_return_due" TEXT,
    "approved_by" TEXT NOT NULL DEFAULT '',
    "approved_on" TEXT,
    "cadence" TEXT NOT NULL DEFAULT 'not_asked',
    "aftercare_method" TEXT NOT NULL DEFAULT '',
    "pets" TEXT NOT NULL DEFAULT '',
    "victim_wants" TEXT NOT NULL DEFAULT '',
    "next_action" TEXT NOT NULL DEFAULT '',
    "next_due" TEXT,
    "hclic_ref" TEXT NOT NULL DEFAULT '',
    "demo" INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "role" TEXT NOT NULL DEFAULT 'survivor',
    "first_name" TEXT NOT NULL DEFAULT '',
    "surname" TEXT NOT NULL DEFAULT '',
    "aliases" TEXT NOT NULL DEFAULT '',
    "dob" TEXT,
    "gender" TEXT NOT NULL DEFAULT 'not_asked',
    "ethnicity" TEXT NOT NULL DEFAULT 'not_asked',
    "orientation" TEXT NOT NULL DEFAULT 'not_asked',
    "disability" TEXT NOT NULL DEFAULT '',
    "communication" TEXT NOT NULL DEFAULT '',
    "language" TEXT NOT NULL DEFAULT '',
    "characteristics" TEXT NOT NULL DEFAULT '',
    "pregnant" TEXT NOT NULL DEFAULT 'not_asked',
    "nrpf" TEXT NOT NULL DEFAULT 'not_asked',
    "immigration" TEXT NOT NULL DEFAULT '',
    "gp" TEXT NOT NULL DEFAULT '',
    "employer" TEXT NOT NULL DEFAULT '',
    "occupation" TEXT NOT NULL DEFAULT '',
    "safe_to_talk_to" TEXT NOT NULL DEFAULT '',
    "not_safe_to_tell" TEXT NOT NULL DEFAULT '',
    "relation_survivor" TEXT NOT NULL DEFAULT '',
    "relation_perpetrator" TEXT NOT NULL DEFAULT '',
    "school" TEXT NOT NULL DEFAULT '',
    "lives_here" TEXT NOT NULL DEFAULT 'not_asked',
    "child_victim" TEXT NOT NULL DEFAULT 'not_asked',
    "contact_arrangement" TEXT NOT NULL DEFAULT 'not_asked',
    "contact_review" TEXT,
    "sensory_need" TEXT NOT NULL DEFAULT '',
    "relationship" TEXT NOT NULL DEFAULT 'not_asked',
    "address" TEXT NOT NULL DEFAULT '',
    "still_resident" TEXT NOT NULL DEFAULT 'not_asked',
    "has_keys" TEXT NOT NULL DEFAULT 'not_asked',
    "whereabouts" TEXT NOT NULL DEFAULT 'not_asked',
    "release_date" TEXT,
    "weapons" TEXT NOT NULL DEFAULT 'not_asked',
    "vehicle" TEXT NOT NULL DEFAULT '',
    "tech_access" TEXT NOT NULL DEFAULT 'not_asked',
    "network_risk" TEXT NOT NULL DEFAULT '',
    "mappa" TEXT NOT NULL DEFAULT 'not_asked'
) STRICT;

CREATE INDEX people_case ON people (case_id);

CREATE TABLE contact_points (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "person_id" INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    "kind" TEXT NOT NULL DEFAULT 'mobile',
    "value" TEXT NOT NULL DEFAULT '',
    "safe" TEXT NOT NULL DEFAULT 'not_asked',
    "times" TEXT NOT NULL DEFAULT '',
    "words" TEXT NOT NULL DEFAULT '',
    "checked" TEXT
) STRICT;

CREATE INDEX contact_points_case ON contact_points (case_id);

CREATE TABLE properties (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "address" TEXT NOT NULL DEFAULT '',
    "postcode" TEXT NOT NULL DEFAULT '',
    "confidential" TEXT NOT NULL DEFAULT 'not_asked',
    "kind" TEXT NOT NULL DEFAULT 'not_asked',
    "floor" TEXT NOT NULL DEFAULT '',
    "tenure" TEXT NOT NULL DEFAULT 'not_asked',
    "tenancy" TEXT NOT NULL DEFAULT 'not_asked',
    "named_parties" TEXT NOT NULL DEFAULT 'not_asked',
    "evidence" TEXT NOT NULL DEFAULT 'not_asked',
    "home_rights" TEXT NOT NULL DEFAULT 'not_asked',
    "leasehold" TEXT NOT NULL DEFAULT 'not_asked',
    "landlord_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "agent_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "freeholder_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "mortgagee" TEXT NOT NULL DEFAULT '',
    "common_parts" TEXT NOT NULL DEFAULT 'not_asked',
    "fire_door" TEXT NOT NULL DEFAULT 'not_asked',
    "police_marker" TEXT NOT NULL DEFAULT 'not_asked',
    "marker_review" TEXT,
    "current" TEXT NOT NULL DEFAULT 'yes',
    "moved_out" TEXT,
    "tenure_notes" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX properties_case ON properties (case_id);

CREATE TABLE safe_addresses (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "person_id" INTEGER REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    "address" TEXT NOT NULL DEFAULT '',
    "postcode" TEXT NOT NULL DEFAULT '',
    "since" TEXT,
    "area" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX safe_addresses_case ON safe_addresses (case_id);

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'other',
    "phone" TEXT NOT NULL DEFAULT '',
    "email" TEXT NOT NULL DEFAULT '',
    "secure_email" TEXT NOT NULL DEFAULT 'not_asked',
    "address" TEXT NOT NULL DEFAULT '',
    "accredited" TEXT NOT NULL DEFAULT 'not_asked',
    "note" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "organisation_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "name" TEXT NOT NULL DEFAULT '',
    "job" TEXT NOT NULL DEFAULT '',
    "phone" TEXT NOT NULL DEFAULT '',
    "email" TEXT NOT NULL DEFAULT '',
    "safe_method" TEXT NOT NULL DEFAULT '',
    "last_used" TEXT,
    "conflict" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE risk_assessments (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "assessed" TEXT,
    "tool" TEXT NOT NULL DEFAULT 'safelives_dash',
    "assessor" TEXT NOT NULL DEFAULT '',
    "answers" TEXT NOT NULL DEFAULT '',
    "score" INTEGER,
    "judgement" TEXT NOT NULL DEFAULT 'not_asked',
    "judgement_reason" TEXT NOT NULL DEFAULT '',
    "police_reports" INTEGER,
    "survivor_fear" TEXT NOT NULL DEFAULT '',
    "review_due" TEXT
) STRICT;

CREATE INDEX risk_assessments_case ON risk_assessments (case_id);

CREATE TABLE legal_orders (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL DEFAULT 'nmo',
    "applied" TEXT,
    "made" TEXT,
    "served" TEXT,
    "expiry" TEXT,
    "excludes" TEXT NOT NULL DEFAULT 'not_asked',
    "arrest" TEXT NOT NULL DEFAULT 'not_asked',
    "area_note" TEXT NOT NULL DEFAULT '',
    "breaches" INTEGER,
    "advice" TEXT NOT NULL DEFAULT '',
    "signed_off_by" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX legal_orders_case ON legal_orders (case_id);

CREATE TABLE consent_requests (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "part" TEXT NOT NULL DEFAULT 'dwelling',
    "state" TEXT NOT NULL DEFAULT 'drafting',
    "decision_kind" TEXT NOT NULL DEFAULT 'not_asked',
    "decision_maker" TEXT NOT NULL DEFAULT '',
    "decision_org_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "agent" TEXT NOT NULL DEFAULT '',
    "agent_org_id" INTEGER REFERENCES organisations (id) DEFERRABLE INITIALLY DEFERRED,
    "asked_by" TEXT NOT NULL DEFAULT 'scheme',
    "survivor_ok" TEXT NOT NULL DEFAULT 'not_asked',
    "survivor_ok_on" TEXT,
    "wording" TEXT NOT NULL DEFAULT '',
    "wording_version" TEXT NOT NULL DEFAULT '',
    "channel" TEXT NOT NULL DEFAULT 'email',
    "schedule" TEXT NOT NULL DEFAULT '',
    "removal_offer" TEXT NOT NULL DEFAULT 'not_asked',
    "sent_on" TEXT,
    "agent_forwarded" TEXT,
    "owner_asked" TEXT,
    "answered_on" TEXT,
    "granted_by" TEXT NOT NULL DEFAULT '',
    "granted_evidence" TEXT NOT NULL DEFAULT '',
    "conditions" TEXT NOT NULL DEFAULT '',
    "refusal_reason" TEXT NOT NULL DEFAULT '',
    "expiry" TEXT,
    "survivor_eh_consent" TEXT,
    "eh_warned" TEXT NOT NULL DEFAULT 'not_asked',
    "next_chase" TEXT
) STRICT;

CREATE INDEX consent_requests_case ON consent_requests (case_id);

CREATE TABLE consent_events (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "request_id" INTEGER REFERENCES consent_requests (id) DEFERRABLE INITIALLY DEFERRED,
    "at" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'chase',
    "channel" TEXT NOT NULL DEFAULT 'email',
    "hop" TEXT NOT NULL DEFAULT '',
    "words" TEXT NOT NULL DEFAULT '',
    "by" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX consent_events_case ON consent_events (case_id);

CREATE TABLE surveys (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "done_on" TEXT,
    "surveyor" TEXT NOT NULL DEFAULT '',
    "competency" TEXT NOT NULL DEFAULT 'not_asked',
    "with_da_worker" TEXT NOT NULL DEFAULT 'not_asked',
    "escape" TEXT NOT NULL DEFAULT 'not_asked',
    "alarms" TEXT NOT NULL DEFAULT '',
    "fire_advice" TEXT NOT NULL DEFAULT 'not_asked',
    "disrepair" TEXT NOT NULL DEFAULT 'not_asked',
    "disrepair_note" TEXT NOT NULL DEFAULT '',
    "sketch" TEXT NOT NULL DEFAULT '',
    "wishes" TEXT NOT NULL DEFAULT '',
    "no_works" TEXT NOT NULL DEFAULT 'not_asked'
) STRICT;

CREATE INDEX surveys_case ON surveys (case_id);

CREATE TABLE entry_points (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "survey_id" INTEGER REFERENCES surveys (id) DEFERRABLE INITIALLY DEFERRED,
    "kind" TEXT NOT NULL DEFAULT 'front_door',
    "location" TEXT NOT NULL DEFAULT '',
    "condition" TEXT NOT NULL DEFAULT 'not_asked',
    "defect" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX entry_points_case ON entry_points (case_id);

CREATE TABLE measures (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "catalogue_id" INTEGER,
    "name" TEXT NOT NULL DEFAULT '',
    "location" TEXT NOT NULL DEFAULT '',
    "qty" INTEGER,
    "reason" TEXT NOT NULL DEFAULT '',
    "part" TEXT NOT NULL DEFAULT 'dwelling',
    "consent_needed" TEXT NOT NULL DEFAULT 'not_asked',
    "excluding" TEXT NOT NULL DEFAULT 'not_asked',
    "escape_affecting" TEXT NOT NULL DEFAULT 'not_asked',
    "escape_checked" TEXT NOT NULL DEFAULT 'not_asked',
    "state" TEXT NOT NULL DEFAULT 'proposed',
    "fitted_on" TEXT,
    "fitted_by" TEXT NOT NULL DEFAULT '',
    "cost" INTEGER,
    "fund" TEXT NOT NULL DEFAULT 'not_asked',
    "standard" TEXT NOT NULL DEFAULT '',
    "maintenance_due" TEXT,
    "powered" TEXT NOT NULL DEFAULT 'not_asked',
    "instructions" TEXT NOT NULL DEFAULT 'not_asked',
    "removal_offer" TEXT NOT NULL DEFAULT 'not_asked',
    "access_need" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX measures_case ON measures (case_id);

CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL DEFAULT 'survey',
    "on" TEXT,
    "window" TEXT NOT NULL DEFAULT '',
    "worker" TEXT NOT NULL DEFAULT '',
    "gender_pref" TEXT NOT NULL DEFAULT 'not_asked',
    "support_present" TEXT NOT NULL DEFAULT 'not_asked',
    "police_attend" TEXT NOT NULL DEFAULT 'not_asked',
    "police_answer" TEXT NOT NULL DEFAULT 'not_asked',
    "safe_window" TEXT NOT NULL DEFAULT 'not_asked',
    "outcome" TEXT NOT NULL DEFAULT 'booked',
    "note" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX visits_case ON visits (case_id);

CREATE TABLE support (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "provider" TEXT NOT NULL DEFAULT '',
    "worker" TEXT NOT NULL DEFAULT '',
    "idva" TEXT NOT NULL DEFAULT 'not_asked',
    "offered" TEXT,
    "answer" TEXT NOT NULL DEFAULT 'not_asked',
    "start" TEXT,
    "ended" TEXT,
    "end_reason" TEXT NOT NULL DEFAULT 'not_asked',
    "types" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX support_case ON support (case_id);

CREATE TABLE safety_plans (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "number" INTEGER,
    "made" TEXT,
    "owner" TEXT NOT NULL DEFAULT '',
    "covers" TEXT NOT NULL DEFAULT '',
    "triggers" TEXT NOT NULL DEFAULT '',
    "review_due" TEXT,
    "plan" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX safety_plans_case ON safety_plans (case_id);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "at" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'contact',
    "headline" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '',
    "at_address" TEXT NOT NULL DEFAULT 'not_asked',
    "entry" TEXT NOT NULL DEFAULT 'not_asked',
    "measures_worked" TEXT NOT NULL DEFAULT 'not_asked',
    "police_ref" TEXT NOT NULL DEFAULT '',
    "evidence" TEXT NOT NULL DEFAULT 'not_asked',
    "order_breached" TEXT NOT NULL DEFAULT 'not_asked',
    "order_id" INTEGER REFERENCES legal_orders (id) DEFERRABLE INITIALLY DEFERRED,
    "reported_to" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX incidents_case ON incidents (case_id);

CREATE TABLE aftercare_checks (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL DEFAULT 'extra',
    "due" TEXT,
    "done_on" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'done',
    "method" TEXT NOT NULL DEFAULT '',
    "feels_safer" TEXT NOT NULL DEFAULT '',
    "measures_working" TEXT NOT NULL DEFAULT 'not_asked',
    "used" TEXT NOT NULL DEFAULT 'not_asked',
    "contact_since" TEXT NOT NULL DEFAULT 'not_asked',
    "police_told" TEXT NOT NULL DEFAULT 'not_asked',
    "orders_same" TEXT NOT NULL DEFAULT 'not_asked',
    "support_in_place" TEXT NOT NULL DEFAULT 'not_asked',
    "wants_change" TEXT NOT NULL DEFAULT '',
    "children_view" TEXT NOT NULL DEFAULT '',
    "still_home" TEXT NOT NULL DEFAULT 'not_asked',
    "contact_safe" TEXT NOT NULL DEFAULT 'not_asked',
    "uneasy" TEXT NOT NULL DEFAULT '',
    "wants_end" TEXT NOT NULL DEFAULT 'not_asked',
    "fault" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX aftercare_checks_case ON aftercare_checks (case_id);

CREATE TABLE marac_listings (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "meeting" TEXT,
    "marac_ref" TEXT NOT NULL DEFAULT '',
    "listing_type" TEXT NOT NULL DEFAULT 'new',
    "criteria" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'draft',
    "referred" TEXT,
    "last_referral" TEXT,
    "repeat_event" TEXT NOT NULL DEFAULT 'not_asked',
    "judgement_reason" TEXT NOT NULL DEFAULT '',
    "victim_aware" TEXT NOT NULL DEFAULT 'not_asked',
    "unaware_reason" TEXT NOT NULL DEFAULT '',
    "consent" TEXT NOT NULL DEFAULT 'not_asked',
    "share_basis" TEXT NOT NULL DEFAULT 'not_asked',
    "decided_by" TEXT NOT NULL DEFAULT '',
    "decided_on" TEXT,
    "address_reason" TEXT NOT NULL DEFAULT '',
    "headline" TEXT NOT NULL DEFAULT '',
    "requested_actions" TEXT NOT NULL DEFAULT '',
    "outcome" TEXT NOT NULL DEFAULT '',
    "heard_on" TEXT
) STRICT;

CREATE INDEX marac_listings_case ON marac_listings (case_id);

CREATE TABLE marac_actions (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "listing_id" INTEGER REFERENCES marac_listings (id) DEFERRABLE INITIALLY DEFERRED,
    "action" TEXT NOT NULL DEFAULT '',
    "owner_agency" TEXT NOT NULL DEFAULT '',
    "owner" TEXT NOT NULL DEFAULT '',
    "due" TEXT,
    "state" TEXT NOT NULL DEFAULT 'open',
    "done_on" TEXT,
    "evidence" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX marac_actions_case ON marac_actions (case_id);

CREATE TABLE funds (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'not_asked',
    "year" INTEGER,
    "budget" INTEGER
) STRICT;

CREATE TABLE expenditures (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "fund_id" INTEGER REFERENCES funds (id) DEFERRABLE INITIALLY DEFERRED,
    "fund" TEXT NOT NULL DEFAULT 'not_asked',
    "state" TEXT NOT NULL DEFAULT 'committed',
    "order_ref" TEXT NOT NULL DEFAULT '',
    "invoice_ref" TEXT NOT NULL DEFAULT '',
    "on" TEXT,
    "net" INTEGER,
    "vat" INTEGER,
    "gross" INTEGER,
    "what" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX expenditures_case ON expenditures (case_id);

CREATE TABLE reminders (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "key" TEXT NOT NULL DEFAULT '',
    "rule" TEXT NOT NULL DEFAULT '',
    "due" TEXT,
    "title_text" TEXT NOT NULL DEFAULT '',
    "action" TEXT NOT NULL DEFAULT '',
    "who" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'open',
    "snoozed_to" TEXT,
    "at" TEXT NOT NULL DEFAULT '',
    "record_table" TEXT NOT NULL DEFAULT '',
    "record_id" INTEGER,
    "rrule" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX reminders_case ON reminders (case_id);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "at" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'note',
    "with_whom" TEXT NOT NULL DEFAULT '',
    "body" TEXT NOT NULL DEFAULT '',
    "corrects_id" INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED,
    "by" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX notes_case ON notes (case_id);

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "gate" TEXT NOT NULL DEFAULT 'G4',
    "approver" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "made" TEXT,
    "expiry" TEXT
) STRICT;

CREATE INDEX overrides_case ON overrides (case_id);

CREATE TABLE closures (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL DEFAULT 1,
    "closed_on" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'secured',
    "reason" TEXT NOT NULL DEFAULT 'not_known',
    "still_home" TEXT NOT NULL DEFAULT 'not_asked',
    "informed" TEXT NOT NULL DEFAULT 'not_asked',
    "letter_sent" TEXT NOT NULL DEFAULT 'not_asked',
    "reentry" TEXT NOT NULL DEFAULT 'not_asked',
    "note" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX closures_case ON closures (case_id);

CREATE TABLE disclosures (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    "at" TEXT,
    "what" TEXT NOT NULL DEFAULT '',
    "rows" INTEGER,
    "recipient" TEXT NOT NULL DEFAULT 'internal',
    "recipient_name" TEXT NOT NULL DEFAULT '',
    "basis" TEXT NOT NULL DEFAULT '',
    "protection" TEXT NOT NULL DEFAULT 'csv',
    "path" TEXT NOT NULL DEFAULT '',
    "sha256" TEXT NOT NULL DEFAULT '',
    "protected_fields" INTEGER,
    "by" TEXT NOT NULL DEFAULT '',
    "deleted_on" TEXT,
    "case_refs" TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX cases_ref ON cases (ref);
CREATE UNIQUE INDEX reminders_key ON reminders (case_id, key);
CREATE INDEX consent_events_request ON consent_events (request_id);
CREATE INDEX disclosures_at ON disclosures (at);

CREATE TABLE case_cards (
    case_id INTEGER PRIMARY KEY REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    ref TEXT NOT NULL,
    status TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_entered TEXT NOT NULL,
    target_due TEXT,
    urgency TEXT NOT NULL,
    risk TEXT NOT NULL,
    score INTEGER,
    tenure TEXT NOT NULL,
    named_parties TEXT NOT NULL,
    consent TEXT NOT NULL,
    consent_since TEXT,
    name TEXT NOT NULL,
    masked TEXT NOT NULL,
    stuck_why TEXT NOT NULL,
    stuck_on TEXT NOT NULL,
    stuck_since TEXT,
    next_text TEXT NOT NULL,
    next_due TEXT,
    next_command TEXT NOT NULL,
    safe_contact TEXT NOT NULL,
    do_not_contact INTEGER NOT NULL,
    gates TEXT NOT NULL,
    secured TEXT NOT NULL,
    scheme_type TEXT NOT NULL,
    last_text TEXT NOT NULL,
    valid_until TEXT
) STRICT;

CREATE INDEX case_cards_status ON case_cards (status, stage);
CREATE INDEX case_cards_valid ON case_cards (valid_until);

CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    undoes INTEGER NOT NULL DEFAULT 0,
    before TEXT,
    after TEXT,
    why TEXT,
    salt BLOB,
    digest BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX changes_case ON changes (case_id);
CREATE INDEX changes_batch ON changes (batch);

CREATE TABLE drafts (
    case_id INTEGER NOT NULL,
    form TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    saved TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (case_id, form, record_id)
) STRICT;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
    case_id UNINDEXED,
    entity UNINDEXED,
    entity_id UNINDEXED,
    title,
    body,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '2 3'
);
