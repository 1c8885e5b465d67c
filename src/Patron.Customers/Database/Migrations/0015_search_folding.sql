-- What people type is found (Shared, 0003). What a search text held before it still holds, in the same lines: older processes find what they always
-- found. Rows that are there already are written anew in the background (CustomersModule); until then they are found as before.
CREATE OR REPLACE FUNCTION customers.search_text(
    first_name text, last_name text, company_name text, email text, phone text, phone_e164 text, name text, username text, customer_id text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    other text := CASE WHEN name <> first_name || ' ' || last_name THEN E'\n ' || name ELSE '' END;
    fields text := ' ' || first_name || E'\n ' || last_name || E'\n ' || coalesce(company_name, '') || E'\n ' || coalesce(email, '') || E'\n';
    names text := first_name || ' ' || last_name || ' ' || name || ' ' || coalesce(company_name, '');
BEGIN
    RETURN shared.search_text(
        customers.fold(
            fields || ' ' || coalesce(phone, '') || E'\n ' || coalesce(phone_e164, '')
            || E'\n ' || username || E'\n ' || customer_id || E'\n ' || first_name || ' ' || last_name || other
            || CASE WHEN names ~ '[-''’]' THEN E'\n ' || translate(names, '-''’', '   ') ELSE '' END),
        fields || other, names, phone, phone_e164);
END
$$;

-- Places are few: theirs are written at once. An older process asks for folded.
ALTER TABLE customers.counters ADD COLUMN search_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (btrim(shared.search_fold(key))) STORED;
CREATE OR REPLACE VIEW customers.counted AS
    SELECT organization_id, dimension, within, key, folded, customers, days, search_key FROM customers.counters
    UNION ALL
    SELECT c.organization_id, d.dimension, d.within, d.key, customers.fold(d.key), d.customers, d.days, btrim(shared.search_fold(d.key))
    FROM customers.counter_changes c
    CROSS JOIN LATERAL customers.dimensions_of(c.activity, c.created_on, c.gender, c.country, c.state, c.city, c.customers, c.births, c.days) d;

-- Tags are kept as they are written and compared without case. No tag holds a comma.
CREATE FUNCTION customers.tag_keys(tags text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    joined text := array_to_string(tags, ',');
BEGIN
    IF octet_length(joined) = char_length(joined) THEN
        RETURN string_to_array(lower(joined COLLATE "C"), ',');
    END IF;
    RETURN string_to_array(normalize(lower(normalize(joined, NFC) COLLATE "und-x-icu"), NFC), ',');
END
$$;

-- The index is built in the background where there are customers already (Search/TagKeys.cs), and the one it takes the place of stays for older processes.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM customers.customers) THEN
        CREATE INDEX ix_customers_tag_keys ON customers.customers USING gin (organization_id, customers.tag_keys(tags));
        DROP INDEX customers.ix_customers_tags;
        INSERT INTO shared.background_migrations (name, finished_at) VALUES ('customers.tag_keys', now());
    END IF;
END $$;
