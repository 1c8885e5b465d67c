-- Each statement about one customer names its organization, so that partitions and cells by organization stay possible: what is kept by customer
-- says whose it is.

-- An older process that runs beside this version does not name it yet.
CREATE FUNCTION customers.fill_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.organization_id IS NULL THEN
        NEW.organization_id := (SELECT c.organization_id FROM customers.customers c WHERE c.uid = NEW.customer_uid);
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE customers.consents ADD COLUMN organization_id uuid;
UPDATE customers.consents k SET organization_id = c.organization_id FROM customers.customers c WHERE c.uid = k.customer_uid;
ALTER TABLE customers.consents ALTER COLUMN organization_id SET NOT NULL;
CREATE TRIGGER fill_organization BEFORE INSERT ON customers.consents FOR EACH ROW WHEN (NEW.organization_id IS NULL) EXECUTE FUNCTION customers.fill_organization();
CREATE INDEX ix_consents_organization ON customers.consents (organization_id, customer_uid, id);

ALTER TABLE customers.addresses ADD COLUMN organization_id uuid;
UPDATE customers.addresses a SET organization_id = c.organization_id FROM customers.customers c WHERE c.uid = a.customer_uid;
ALTER TABLE customers.addresses ALTER COLUMN organization_id SET NOT NULL;
CREATE TRIGGER fill_organization BEFORE INSERT ON customers.addresses FOR EACH ROW WHEN (NEW.organization_id IS NULL) EXECUTE FUNCTION customers.fill_organization();
CREATE INDEX ix_addresses_organization ON customers.addresses (organization_id, customer_uid, id);

ALTER TABLE customers.dashboards ADD COLUMN organization_id uuid;
UPDATE customers.dashboards d SET organization_id = c.organization_id FROM customers.customers c WHERE c.uid = d.customer_uid;
ALTER TABLE customers.dashboards ALTER COLUMN organization_id SET NOT NULL;
CREATE TRIGGER fill_organization BEFORE INSERT ON customers.dashboards FOR EACH ROW WHEN (NEW.organization_id IS NULL) EXECUTE FUNCTION customers.fill_organization();

-- A customer may take their own deletion back, and nobody else's. It counts only while the record is deleted. Where a deletion is older, its last entry
-- says whose it was.
ALTER TABLE customers.customers ADD COLUMN is_deleted_by_customer boolean NOT NULL DEFAULT false;
UPDATE customers.customers c SET is_deleted_by_customer = true
WHERE c.is_deleted AND c.user_id = (
    SELECT e.actor_user_id FROM shared.audit_entries e
    WHERE e.subject_id = c.uid AND e.action = 'customer.deleted' ORDER BY e.id DESC LIMIT 1);
