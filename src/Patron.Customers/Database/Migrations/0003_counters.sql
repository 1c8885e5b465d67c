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

CREATE TABLE customers.counter_changes (
    organization_id uuid NOT NULL,
    dimension text NOT NULL,
    within text NOT NULL,
    key text NOT NULL,
    customers bigint NOT NULL,
    days bigint NOT NULL
);
CREATE INDEX ix_counter_changes ON customers.counter_changes (organization_id, dimension);

-- What is counted, to be summed up by key.
CREATE VIEW customers.counted AS
    SELECT organization_id, dimension, within, key, folded, customers, days FROM customers.counters
    UNION ALL
    SELECT organization_id, dimension, within, key, customers.fold(key), customers, days FROM customers.counter_changes;

-- Where one customer counts: the only place that says so. The days of creation are those of UTC.
CREATE FUNCTION customers.dimensions_of(
    is_active boolean, is_verified boolean, created_at timestamptz, date_of_birth date, gender text, country text, state text, city text)
RETURNS TABLE (dimension text, within text, key text, days bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT d.dimension, d.within, d.key, d.days
    FROM (VALUES
        ('activity', '', CASE WHEN is_active THEN 'active' ELSE 'inactive' END || CASE WHEN is_verified THEN ' verified' ELSE '' END, 0::bigint),
        ('created', '', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 0),
        ('birth', '', CASE WHEN date_of_birth IS NOT NULL THEN 'date' END, (date_of_birth - '1970-01-01'::date)::bigint),
        ('gender', '', gender, 0),
        ('country', '', country, 0),
        ('state', coalesce(country, ''), state, 0),
        ('city', coalesce(country, ''), city, 0)) AS d (dimension, within, key, days)
    WHERE d.key IS NOT NULL
$$;

CREATE VIEW customers.counted_anew AS
    SELECT c.organization_id, d.dimension, d.within, d.key, count(*) AS customers, sum(d.days)::bigint AS days
    FROM customers.customers c
    CROSS JOIN LATERAL customers.dimensions_of(c.is_active, c.is_verified, c.created_at, c.date_of_birth, c.gender, c.country, c.state, c.city) d
    GROUP BY 1, 2, 3, 4;

-- Once for each statement, however many rows it writes.
CREATE FUNCTION customers.count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, d.dimension, d.within, d.key, count(*), sum(d.days)
        FROM rows_after r
        CROSS JOIN LATERAL customers.dimensions_of(r.is_active, r.is_verified, r.created_at, r.date_of_birth, r.gender, r.country, r.state, r.city) d
        GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, d.dimension, d.within, d.key, -count(*), -sum(d.days)
        FROM rows_before r
        CROSS JOIN LATERAL customers.dimensions_of(r.is_active, r.is_verified, r.created_at, r.date_of_birth, r.gender, r.country, r.state, r.city) d
        GROUP BY 1, 2, 3, 4;
    ELSE
        INSERT INTO customers.counter_changes
        SELECT r.organization_id, d.dimension, d.within, d.key, sum(r.sign), sum(r.sign * d.days)
        FROM (SELECT -1 AS sign, b.* FROM rows_before b UNION ALL SELECT 1, a.* FROM rows_after a) r
        CROSS JOIN LATERAL customers.dimensions_of(r.is_active, r.is_verified, r.created_at, r.date_of_birth, r.gender, r.country, r.state, r.city) d
        GROUP BY 1, 2, 3, 4
        HAVING sum(r.sign) <> 0 OR sum(r.sign * d.days) <> 0;
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
