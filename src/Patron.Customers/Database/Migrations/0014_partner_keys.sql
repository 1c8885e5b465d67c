-- A partner's key is text, and says of which ERP it is: other ERPs name their partners instead of numbering them.
ALTER TABLE customers.customers ADD COLUMN erp_source text, ADD COLUMN erp_id text;
UPDATE customers.customers SET erp_source = 'odoo', erp_id = erp_partner_id::text WHERE erp_partner_id IS NOT NULL;
ALTER TABLE customers.customers ADD CONSTRAINT ck_customers_erp CHECK ((erp_source IS NULL) = (erp_id IS NULL));
DROP INDEX customers.ux_customers_erp_partner;
CREATE UNIQUE INDEX ux_customers_erp ON customers.customers (erp_source, erp_id) WHERE erp_id IS NOT NULL;

-- An older process beside the new ones still reads and writes the number alone. A later version drops it.
CREATE FUNCTION customers.fill_erp_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.erp_id IS NOT DISTINCT FROM OLD.erp_id AND NEW.erp_partner_id IS DISTINCT FROM OLD.erp_partner_id
        OR TG_OP = 'INSERT' AND NEW.erp_id IS NULL THEN
        NEW.erp_source := CASE WHEN NEW.erp_partner_id IS NOT NULL THEN 'odoo' END;
        NEW.erp_id := NEW.erp_partner_id::text;
    ELSE
        NEW.erp_partner_id := CASE WHEN NEW.erp_source = 'odoo' THEN NEW.erp_id::bigint END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fill_erp_key_of_new BEFORE INSERT ON customers.customers FOR EACH ROW
    WHEN (NEW.erp_partner_id IS NOT NULL OR NEW.erp_id IS NOT NULL) EXECUTE FUNCTION customers.fill_erp_key();
CREATE TRIGGER fill_erp_key BEFORE UPDATE ON customers.customers FOR EACH ROW
    WHEN (NEW.erp_partner_id IS DISTINCT FROM OLD.erp_partner_id OR NEW.erp_id IS DISTINCT FROM OLD.erp_id) EXECUTE FUNCTION customers.fill_erp_key();

-- Whether a record stands by its partner was asked of the ledger each time. From now on the claim itself says so (decision 0013): a record without
-- account claims its address only while its partner has it, or staff vouch for it.
UPDATE customers.customers c SET claim = 'released'
WHERE c.claim = 'claimed' AND c.user_id IS NULL AND (
    (c.erp_partner_id IS NULL AND c.odoo_last_sync IS NOT NULL AND c.email_verified_at IS NULL)
    OR (c.erp_partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM customers.erp_partners p
        WHERE p.partner_id = c.erp_partner_id AND p.customer_uid = c.uid AND p.email_key = c.email_key AND p.state IN ('current', 'unseen', 'error'))));
