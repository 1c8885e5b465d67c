-- What stands beside the customers of fill-patron.sql in a database of the first migrations (shared, accounts and customers 0001): an account, a session and
-- an audit entry for each customer, and other addresses and consents of every third.
INSERT INTO accounts.users (id, email, normalized_email, email_confirmed, email_confirmed_at, first_name, last_name, created_at, updated_at)
SELECT md5('user' || i)::uuid, 'user' || i || '@example.com', 'user' || i || '@example.com', true, now(), 'Jane', 'Doe' || i, now(), now()
FROM generate_series(1, :rows) AS i;
INSERT INTO accounts.organizations (id, name, is_home, created_at) VALUES (:'organization', 'Home', true, now());
INSERT INTO accounts.memberships SELECT :'organization', id, 'customer', now() FROM accounts.users;
INSERT INTO accounts.sessions (id, user_id, created_at, last_used_at, expires_at, address)
SELECT md5('session' || number)::uuid, id, now() - number * interval '10 seconds', now(), now() + interval '90 days', '192.0.2.1' FROM accounts.users;
INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, address, after)
SELECT created_at, 'customer.created', 'customer', uid, organization_id, '192.0.2.1', '{"first_name": "Jane", "last_name": "Doe"}' FROM customers.customers;
INSERT INTO customers.addresses (uid, customer_uid, type, address_line1, city, created_at, updated_at)
SELECT md5('address' || id)::uuid, uid, 'billing', '1 Main Street', 'Harare', now(), now() FROM customers.customers WHERE id % 3 = 0;
INSERT INTO customers.consents (customer_uid, kind, value, at, source)
SELECT uid, 'marketing_emails', true, now(), 'customer' FROM customers.customers WHERE id % 3 = 0;
VACUUM ANALYZE;
