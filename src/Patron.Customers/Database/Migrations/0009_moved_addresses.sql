-- An address that its partner no longer has is no claim (decision 0013). From now on the sync says so; this sets right what was there before.

-- Drafts and internal tasks may be among what was kept.
DELETE FROM customers.dashboards;

-- A record whose address is another than its partner's waits for staff, unless its person has moved the login away from that very address.
UPDATE customers.erp_partners p SET state = 'conflict', reason = 'address_moved'
FROM customers.customers c
WHERE c.erp_partner_id = p.partner_id AND c.uid = p.customer_uid AND p.state = 'current' AND p.email_key IS DISTINCT FROM c.email_key
    AND (c.user_id IS NULL OR NOT EXISTS (
        SELECT FROM shared.audit_entries a
        WHERE a.subject_id = c.uid AND a.action = 'customer.followed_account' AND lower(a.before ->> 'email') = p.email_key));

-- The partner of these is gone, and with it what vouched for their address: staff vouch anew by verify-email.
UPDATE customers.customers SET email_verified_at = NULL, version = version + 1
WHERE user_id IS NULL AND erp_partner_id IS NULL AND odoo_last_sync IS NOT NULL AND email_verified_at IS NOT NULL;
