-- Customers of the home organization: the same people as the peer's (peer/fill.sql), as staff would enter them.
-- Columns that the database computes are left out. psql -v rows=100000 -v organization=UUID -f fill-patron.sql, on an empty table.

INSERT INTO customers.customers (
    uid, organization_id, customer_id, code, username,
    first_name, last_name, name, customer_type, email, email_key, claim, phone, phone_e164, date_of_birth, gender,
    company_name, customer_group, territory, is_primary_contact,
    address_line1, city, state, postal_code, country, country_code,
    marketing_emails, marketing_sms, notification_preferences, notes, tags,
    standing, is_blocked, is_deleted, deleted_at, email_verified_at,
    total_services, customer_since, created_at, updated_at, version)
SELECT
    -- As UUID v7 are: the time first, so that they lie in the index as they would in production.
    overlay(overlay(overlay(md5(i::text) PLACING lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') FROM 1)
        PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid,
    :'organization', 'CUST_' || upper(lpad(to_hex(i), 8, '0')), 'CUST-' || lpad(i::text, greatest(5, length(i::text)), '0'), 'user' || i,
    first_name, last_name, first_name || ' ' || last_name, 'individual',
    'user' || i || '@example.com', 'user' || i || '@example.com', 'claimed', '+1555' || lpad(i::text, 7, '0'), '+1555' || lpad(i::text, 7, '0'),
    '1970-01-01'::date + (i % 15000), (ARRAY['male', 'female', 'other'])[1 + i % 3],
    CASE WHEN i % 4 = 0 THEN 'Company ' || i END, 'Individual', 'All Territories', false,
    i || ' Main Street', (ARRAY['New York', 'Los Angeles', 'Chicago', 'Harare', 'London', 'Berlin', 'Paris'])[1 + i % 7], 'ST', lpad((i % 99999)::text, 5, '0'),
    (ARRAY['USA', 'USA', 'USA', 'Zimbabwe', 'UK', 'Germany', 'France'])[1 + i % 7], (ARRAY['US', 'US', 'US', 'ZW', 'GB', 'DE', 'FR'])[1 + i % 7],
    true, false, '{}', 'note ' || i,
    string_to_array((ARRAY['premium,tech', 'new-york', 'premium', 'vip,tech,new-york'])[1 + i % 4], ','),
    'active', false, i % 20 = 0, CASE WHEN i % 20 = 0 THEN created_at END, CASE WHEN i % 3 = 0 THEN created_at END,
    0, created_at, created_at, created_at, 1
FROM (
    SELECT i, now() - i * interval '1 minute' AS created_at,
        (ARRAY['John', 'Jane', 'Tendai', 'José', 'Zoë', 'Ana', 'Wei', 'Olga', 'Amir', 'Ruth'])[1 + i % 10] AS first_name,
        (ARRAY['Doe', 'Moyo', 'García', 'Nguyen', 'Smith', 'Ivanova', 'Chen', 'Dube', 'Khan', 'Müller', 'Ncube'])[1 + i % 11] AS last_name
    FROM generate_series(1, :rows) AS i
) AS people;

-- The next code follows the last one that was filled in.
SELECT customers.next_code(:'organization') \g /dev/null
SELECT setval(('customers.code_' || replace(:'organization', '-', ''))::regclass, :rows) \g /dev/null

VACUUM ANALYZE;
