-- A partner of the ERP for every second customer, after customers/0006.
INSERT INTO customers.erp_partners (partner_id, organization_id, state, customer_uid, email_key, is_active, written_at, hash, facts, first_seen_at, last_seen_at)
SELECT id, organization_id, 'current', uid, email_key, true, now(), decode(md5(uid::text), 'hex'), jsonb_build_object('id', id, 'name', name), now(), now()
FROM customers.customers WHERE id % 2 = 0;
UPDATE customers.customers SET erp_partner_id = id, odoo_last_sync = now() WHERE id % 2 = 0;
VACUUM ANALYZE;
