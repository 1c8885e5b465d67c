-- How many customers there are, by small dimensions, right in the same transaction (Statistics/).
-- Writers only append changes: no row is hot, so nobody waits for anybody. A job folds the changes into the counters; whoever
-- reads adds both up in one statement, so it makes no difference when that was.

CREATE TABLE customers.counters (
    organization_id uuid NOT NULL,
    dimension text NOT NULL CONSTRAINT ck_counters_dimension
        CHECK (dimension IN ('activity', 'created', 'birth', 'gender', 'country', 'state', 'city')),
    -- The country of a state or city; empty where there is none.
    within text NOT NULL,
    key text NOT NULL,
    customers bigint NOT NULL,
    -- Of birth dates: the sum of their days since 1970-01-01.
    days bigint NOT NULL,
    folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS (customers.fold(key)) STORED,
    CONSTRAINT pk_counters PRIMARY KEY (organization_id, dimension, within, key)
);

-- What a statement has changed: customers that are alike, how many came (or went: negative), how many of them have a birth date.
-- Folded every few seconds, so it stays too small for an index.
CREATE TABLE customers.counter_changes (
    organization_id uuid NOT NULL,
    activity text NOT NULL,
    created_on date NOT NULL,
    gender text,
    country text,
    state text,
    city text,
    customers bigint NOT NULL,
    births bigint NOT NULL,
    days bigint NOT NULL
);

CREATE FUNCTION customers.activity_of(is_active boolean, is_verified boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN is_active THEN CASE WHEN is_verified THEN 'active verified' ELSE 'active' END
        ELSE CASE WHEN is_verified THEN 'inactive verified' ELSE 'inactive' END END
$$;

-- Where customers that are alike count: the only place that says so.
CREATE FUNCTION customers.dimensions_of(
    activity text, created_on date, gender text, country text, state text, city text, customers bigint, births bigint, days bigint)
RETURNS TABLE (dimension text, within text, key text, customers bigint, days bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT d.dimension, d.within, d.key, d.customers, d.days
    FROM (VALUES
        ('activity', '', activity, customers, 0::bigint),
        ('created', '', created_on::text, customers, 0),
        ('birth', '', CASE WHEN births <> 0 OR days <> 0 THEN 'date' END, births, days),
        ('gender', '', gender, customers, 0),
        ('country', '', country, customers, 0),
        ('state', coalesce(country, ''), state, customers, 0),
        ('city', coalesce(country, ''), city, customers, 0)) AS d (dimension, within, key, customers, days)
    WHERE d.key IS NOT NULL
$$;

-- What is counted, to be summed up by key.
CREATE VIEW customers.counted AS
    SELECT organization_id, dimension, within, key, folded, customers, days FROM customers.counters
    UNION ALL
    SELECT c.organization_id, d.dimension, d.within, d.key, customers.fold(d.key), d.customers, d.days
    FROM customers.counter_changes c
    CROSS JOIN LATERAL customers.dimensions_of(c.activity, c.created_on, c.gender, c.country, c.state, c.city, c.customers, c.births, c.days) d;

CREATE VIEW customers.counted_anew AS
    SELECT c.organization_id, d.dimension, d.within, d.key, sum(d.customers)::bigint AS customers, sum(d.days)::bigint AS days
    FROM customers.customers c
    CROSS JOIN LATERAL customers.dimensions_of(
        customers.activity_of(c.is_active, c.is_verified), (c.created_at AT TIME ZONE 'UTC')::date, c.gender, c.country, c.state, c.city,
        1, CASE WHEN c.date_of_birth IS NULL THEN 0 ELSE 1 END, coalesce(c.date_of_birth - '1970-01-01'::date, 0)) d
    GROUP BY 1, 2, 3, 4;

-- Once for each statement, however many rows it writes.
CREATE FUNCTION customers.count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, count(*), count(r.date_of_birth), coalesce(sum(r.date_of_birth - '1970-01-01'::date), 0)
        FROM rows_after r
        GROUP BY 1, 2, 3, 4, 5, 6, 7;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, -count(*), -count(r.date_of_birth), -coalesce(sum(r.date_of_birth - '1970-01-01'::date), 0)
        FROM rows_before r
        GROUP BY 1, 2, 3, 4, 5, 6, 7;
    ELSE
        -- What went and what came cancel each other out where nothing that counts has changed.
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, customers.activity_of(r.is_active, r.is_verified), (r.created_at AT TIME ZONE 'UTC')::date,
            r.gender, r.country, r.state, r.city, sum(r.sign),
            coalesce(sum(r.sign) FILTER (WHERE r.date_of_birth IS NOT NULL), 0), coalesce(sum(r.sign * (r.date_of_birth - '1970-01-01'::date)), 0)
        FROM (SELECT -1 AS sign, b.* FROM rows_before b UNION ALL SELECT 1, a.* FROM rows_after a) r
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(r.sign) <> 0 OR sum(r.sign) FILTER (WHERE r.date_of_birth IS NOT NULL) <> 0
            OR sum(r.sign * (r.date_of_birth - '1970-01-01'::date)) <> 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON customers.customers
    REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.count_changes();
CREATE TRIGGER count_updated AFTER UPDATE ON customers.customers
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION customers.count_changes();
CREATE TRIGGER count_deleted AFTER DELETE ON customers.customers
    REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION customers.count_changes();

INSERT INTO customers.counters (organization_id, dimension, within, key, customers, days) SELECT * FROM customers.counted_anew;

-- When the counters were last proven by counting anew, and how many were wrong.
CREATE TABLE customers.recounts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_recounts PRIMARY KEY,
    at timestamptz NOT NULL,
    wrong_counters int NOT NULL
);
INSERT INTO customers.recounts (at, wrong_counters) VALUES (now(), 0);
