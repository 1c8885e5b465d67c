-- An import takes the codes of many customers at once: the series by itself, and how a number of it is written.

CREATE FUNCTION customers.code_series(organization uuid) RETURNS regclass LANGUAGE plpgsql AS $$
DECLARE
    series text := 'customers.code_' || replace(organization::text, '-', '');
BEGIN
    IF to_regclass(series) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(series, 0));
        EXECUTE 'CREATE SEQUENCE IF NOT EXISTS ' || series;
    END IF;
    RETURN series::regclass;
END
$$;

CREATE FUNCTION customers.code_of(number bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN 'CUST-' || lpad(number::text, greatest(5, length(number::text)), '0');
END
$$;

CREATE OR REPLACE FUNCTION customers.next_code(organization uuid) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN customers.code_of(nextval(customers.code_series(organization)));
END
$$;
