-- A partner whose person was erased says so by its state, and keeps nothing but its number and a keyed hash of the address: by these a sync knows
-- whom it must not bring back (linking.md, 'Amended', partner states). Until now it was only implied.
ALTER TABLE customers.erp_partners
    -- HMAC-SHA256 of each address of the person, under a key that follows from the master key.
    ADD COLUMN address_hashes bytea[],
    -- Whether the ERP had the partner at the last run.
    ADD COLUMN is_in_erp boolean NOT NULL DEFAULT true,
    DROP CONSTRAINT ck_erp_partners_state,
    ADD CONSTRAINT ck_erp_partners_state CHECK (state IN ('unseen', 'current', 'skipped', 'conflict', 'error', 'gone', 'erased'));

UPDATE customers.erp_partners SET is_in_erp = false WHERE state = 'gone';

-- Their addresses are hashed by the next start, which has the key.
UPDATE customers.erp_partners
SET state = 'erased', reason = NULL, customer_version = NULL, written_at = NULL, hash = NULL, facts = NULL, run_id = NULL, outcome = NULL, warnings = NULL
WHERE (state = 'current' AND customer_uid IS NULL) OR (state = 'skipped' AND reason = 'erased');

ALTER TABLE customers.erp_partners
    ADD CONSTRAINT ck_erp_partners_erased CHECK (state <> 'erased' OR (customer_uid IS NULL AND hash IS NULL AND facts IS NULL AND warnings IS NULL));

CREATE INDEX ix_erp_partners_erased ON customers.erp_partners USING gin (address_hashes) WHERE state = 'erased';
CREATE INDEX ix_erp_partners_unhashed ON customers.erp_partners (partner_id) WHERE state = 'erased' AND email_key IS NOT NULL;

-- An erasure also asks for lines that are tied to no customer.
CREATE INDEX ix_erp_partners_untied ON customers.erp_partners (email_key) WHERE customer_uid IS NULL AND email_key IS NOT NULL;
