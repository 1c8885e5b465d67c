-- Two more dimensions of the counters (0003): the year of birth, and what the record is linked to ('erp', 'account', 'both' or 'none'). A background
-- migration counts the existing customers (Statistics/Counters.cs). An older process beside the new ones cannot add up changes without the former
-- function: it logs that and leaves them to the new ones.
ALTER TABLE customers.counters DROP CONSTRAINT ck_counters_dimension;
ALTER TABLE customers.counters ADD CONSTRAINT ck_counters_dimension
    CHECK (dimension IN ('activity', 'created', 'birth', 'gender', 'country', 'state', 'city', 'birth_year', 'link')) NOT VALID;
ALTER TABLE customers.counters VALIDATE CONSTRAINT ck_counters_dimension;
ALTER TABLE customers.counter_changes ADD COLUMN birth_year int, ADD COLUMN link text;

CREATE FUNCTION customers.link_of(erp_id text, user_id uuid) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN erp_id IS NOT NULL THEN CASE WHEN user_id IS NOT NULL THEN 'both' ELSE 'erp' END
        ELSE CASE WHEN user_id IS NOT NULL THEN 'account' ELSE 'none' END END
$$;

CREATE FUNCTION customers.dimensions_of(
    activity text, created_on date, gender text, country text, state text, city text, birth_year int, link text, customers bigint, births bigint,
    days bigint)
RETURNS TABLE (dimension text, within text, key text, customers bigint, days bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT d.dimension, d.within, d.key, d.customers, d.days
    FROM (VALUES
        ('activity', '', activity, customers, 0::bigint),
        ('created', '', created_on::text, customers, 0),
        ('birth', '', CASE WHEN births <> 0 OR days <> 0 THEN 'date' END, births, days),
        ('birth_year', '', birth_year::text, customers, 0),
        ('gender', '', gender, customers, 0),
        ('country', '', country, customers, 0),
        ('state', coalesce(country, ''), state, customers, 0),
        ('city', coalesce(country, ''), city, customers, 0),
        ('link', '', link, customers, 0)) AS d (dimension, within, key, customers, days)
    WHERE d.key IS NOT NULL
$$;

CREATE OR REPLACE VIEW customers.counted AS
    SELECT organization_id, dimension, within, key, folded, customers, days, search_key FROM customers.counters
    UNION ALL
    SELECT c.organization_id, d.dimension, d.within, d.key, customers.fold(d.key), d.customers, d.days, btrim(shared.search_fold(d.key))
    FROM customers.counter_changes c
    CROSS JOIN LATERAL customers.dimensions_of(
        c.activity, c.created_on, c.gender, c.country, c.state, c.city, c.birth_year, c.link, c.customers, c.births, c.days) d;

CREATE OR REPLACE VIEW customers.counted_anew AS
    SELECT c.organization_id, d.dimension, d.within, d.key, sum(d.customers)::bigint AS customers, sum(d.days)::bigint AS days
    FROM customers.customers c
    CROSS JOIN LATERAL customers.dimensions_of(
        customers.activity_of(c.is_active, c.is_verified), (c.created_at AT TIME ZONE 'UTC')::date, c.gender, c.country, c.state, c.city,
        extract(year FROM c.date_of_birth)::int, customers.link_of(c.erp_id, c.user_id), 1,
        CASE WHEN c.date_of_birth IS NULL THEN 0 ELSE 1 END, coalesce(c.date_of_birth - '1970-01-01'::date, 0)) d
    GROUP BY 1, 2, 3, 4;

DROP FUNCTION customers.dimensions_of(text, date, text, text, text, text, bigint, bigint, bigint);

CREATE OR REPLACE FUNCTION customers.count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customers.counter_changes (organization_id, activity, created_on, gender, country, state, city, birth_year, link, customers, births, days)
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, extract(year FROM r.date_of_birth)::int, customers.link_of(r.erp_id, r.user_id),
            count(*), count(r.date_of_birth), coalesce(sum(r.date_of_birth - '1970-01-01'::date), 0)
        FROM rows_after r
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO customers.counter_changes (organization_id, activity, created_on, gender, country, state, city, birth_year, link, customers, births, days)
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, extract(year FROM r.date_of_birth)::int, customers.link_of(r.erp_id, r.user_id),
            -count(*), -count(r.date_of_birth), -coalesce(sum(r.date_of_birth - '1970-01-01'::date), 0)
        FROM rows_before r
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
    ELSE
        -- What went and what came cancel each other out where nothing that counts has changed.
        INSERT INTO customers.counter_changes (organization_id, activity, created_on, gender, country, state, city, birth_year, link, customers, births, days)
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, extract(year FROM r.date_of_birth)::int, customers.link_of(r.erp_id, r.user_id), sum(r.sign),
            coalesce(sum(r.sign) FILTER (WHERE r.date_of_birth IS NOT NULL), 0), coalesce(sum(r.sign * (r.date_of_birth - '1970-01-01'::date)), 0)
        FROM (SELECT -1 AS sign, b.* FROM rows_before b UNION ALL SELECT 1, a.* FROM rows_after a) r
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
        HAVING sum(r.sign) <> 0 OR sum(r.sign) FILTER (WHERE r.date_of_birth IS NOT NULL) <> 0
            OR sum(r.sign * (r.date_of_birth - '1970-01-01'::date)) <> 0;
    END IF;
    RETURN NULL;
END
$$;
