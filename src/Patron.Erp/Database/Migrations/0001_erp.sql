-- The ledger of the ERP's partners, the runs that read them and what they said of documents move from the customers' schema to one of their own.
-- A partner's key is text, with the name of its ERP before it.
CREATE SCHEMA erp;

ALTER TABLE customers.erp_partners SET SCHEMA erp;
ALTER TABLE erp.erp_partners RENAME TO partners;
ALTER TABLE erp.partners RENAME COLUMN partner_id TO external_id;
ALTER TABLE erp.partners
    ADD COLUMN source text NOT NULL DEFAULT 'odoo',
    -- Of several active partners with one address the lowest makes the customer.
    ADD COLUMN rank bigint,
    -- Who has the address of a partner that is gone, and is probably the same person: staff merge the two or do not.
    ADD COLUMN successor_uid uuid CONSTRAINT fk_partners_successor REFERENCES customers.customers (uid) ON DELETE SET NULL;
UPDATE erp.partners SET rank = external_id,
    facts = facts || jsonb_build_object('id', external_id::text)
        || CASE WHEN jsonb_typeof(facts -> 'parent_id') = 'number' THEN jsonb_build_object('parent_id', facts ->> 'parent_id') ELSE '{}' END;
ALTER TABLE erp.partners
    ALTER COLUMN source DROP DEFAULT,
    ALTER COLUMN rank SET NOT NULL,
    DROP CONSTRAINT pk_erp_partners,
    ALTER COLUMN external_id TYPE text USING external_id::text,
    ADD CONSTRAINT pk_partners PRIMARY KEY (source, external_id);
DROP INDEX erp.ix_erp_partners_open, erp.ix_erp_partners_unhashed;
CREATE INDEX ix_partners_open ON erp.partners (source, state, external_id) WHERE state IN ('unseen', 'conflict', 'error');
CREATE INDEX ix_partners_gone ON erp.partners (customer_uid) WHERE state = 'gone' AND customer_uid IS NOT NULL;
CREATE INDEX ix_partners_unhashed ON erp.partners (source, external_id) WHERE state = 'erased' AND email_key IS NOT NULL;
CREATE INDEX ix_partners_successor ON erp.partners (successor_uid) WHERE successor_uid IS NOT NULL;
ALTER INDEX erp.ix_erp_partners_customer RENAME TO ix_partners_customer;
ALTER INDEX erp.ix_erp_partners_email RENAME TO ix_partners_email;
ALTER INDEX erp.ix_erp_partners_erased RENAME TO ix_partners_erased;
ALTER INDEX erp.ix_erp_partners_untied RENAME TO ix_partners_untied;

-- What a run has read and not yet brought to the customers: it is decided when all is read, so that the order of pages does not matter.
CREATE TABLE erp.readings (
    source text NOT NULL,
    external_id text NOT NULL,
    rank bigint NOT NULL,
    is_active boolean NOT NULL,
    email_key text,
    written_at timestamptz,
    hash bytea NOT NULL,
    facts jsonb NOT NULL,
    CONSTRAINT pk_readings PRIMARY KEY (source, external_id)
);
CREATE INDEX ix_readings_order ON erp.readings (source, (NOT is_active), rank, external_id);
CREATE INDEX ix_readings_email ON erp.readings (email_key) WHERE email_key IS NOT NULL;

-- The ways from one state to another, whoever tries; Partners/PartnerState.cs has the same. A customer who was deleted by hand was erased: the next start
-- hashes the address.
CREATE FUNCTION erp.check_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'erased' AND OLD.customer_uid IS NOT NULL AND NEW.customer_uid IS NULL
        AND NOT EXISTS (SELECT FROM customers.customers c WHERE c.uid = OLD.customer_uid) THEN
        NEW.state := 'erased';
        NEW.reason := NULL; NEW.customer_version := NULL; NEW.successor_uid := NULL; NEW.written_at := NULL; NEW.hash := NULL; NEW.facts := NULL;
        NEW.run_id := NULL; NEW.outcome := NULL; NEW.warnings := NULL;
    END IF;
    IF NOT (NEW.state = OLD.state
        OR (OLD.state <> 'erased' AND NEW.state IN ('error', 'gone', 'erased'))
        OR (OLD.state, NEW.state) IN (
            ('unseen', 'current'), ('unseen', 'skipped'), ('unseen', 'conflict'), ('current', 'conflict'), ('skipped', 'current'), ('skipped', 'conflict'),
            ('conflict', 'current'), ('conflict', 'skipped'), ('conflict', 'unseen'), ('error', 'current'), ('error', 'skipped'), ('error', 'conflict'),
            ('gone', 'unseen'))) THEN
        RAISE EXCEPTION 'A partner that is % cannot become %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_state BEFORE UPDATE ON erp.partners FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR (OLD.customer_uid IS NOT NULL AND NEW.customer_uid IS NULL)) EXECUTE FUNCTION erp.check_state();

ALTER TABLE customers.sync_runs SET SCHEMA erp;
ALTER TABLE erp.sync_runs RENAME TO runs;
ALTER TABLE erp.runs DROP CONSTRAINT ck_sync_runs_phase;
ALTER TABLE erp.runs
    -- How far the reading is, and where the last reading ended, each in the connector's own words.
    ADD COLUMN cursor text,
    ADD COLUMN since_cursor text;
UPDATE erp.runs SET cursor = '0 ' || to_char(watermark AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') WHERE watermark IS NOT NULL AND finished_at IS NOT NULL;
-- A run that was left open begins again, and reads everything.
UPDATE erp.runs SET mode = 'full' WHERE finished_at IS NULL;
UPDATE erp.runs SET phase = CASE WHEN phase = 'done' THEN 'done' ELSE 'pages' END;
ALTER TABLE erp.runs
    ADD CONSTRAINT ck_runs_phase CHECK (phase IN ('pages', 'ids', 'rest', 'addresses', 'records', 'done')),
    DROP COLUMN after_id, DROP COLUMN since, DROP COLUMN watermark;

-- Kept answers are read again from the ERP.
CREATE TABLE erp.dashboards (
    organization_id uuid NOT NULL,
    customer_uid uuid NOT NULL CONSTRAINT fk_dashboards_customer REFERENCES customers.customers (uid) ON DELETE CASCADE,
    section text NOT NULL CONSTRAINT ck_dashboards_section CHECK (section IN ('services', 'billing', 'arrears', 'tickets', 'orders')),
    partner_source text NOT NULL,
    partner_id text NOT NULL,
    answer jsonb,
    as_of timestamptz NOT NULL,
    CONSTRAINT pk_dashboards PRIMARY KEY (customer_uid, section)
);
DELETE FROM customers.dashboards;

-- An older process beside the new ones finds what it asks of the ledger under its old name. Of runs it sees those that have ended, so its own sync does
-- nothing until its upgrade. A later version drops both views.
CREATE VIEW customers.erp_partners AS
SELECT CASE WHEN source = 'odoo' THEN external_id::bigint END AS partner_id, organization_id, state, reason, customer_uid, customer_version, email_key,
    is_active, written_at, hash, facts, run_id, outcome, warnings, first_seen_at, last_seen_at, address_hashes, is_in_erp
FROM erp.partners;
CREATE VIEW customers.sync_runs AS
SELECT id, state, mode, started_by, requested_by, due_at, requested_at, started_at, finished_at, runner, phase, 0::bigint AS after_id,
    NULL::timestamptz AS since, NULL::timestamptz AS watermark, read_partners, erp, figures, error
FROM erp.runs WHERE finished_at IS NOT NULL;
