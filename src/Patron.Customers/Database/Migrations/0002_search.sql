-- Finding customers: any part of a name or address by trigrams, tags, places, and the orders that lists are sorted in.
-- Both extensions are trusted: whoever owns the database may make them (docs/operations.md).

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- How two spellings are found by one another: compatible forms taken apart, accents dropped, lower case by ICU, so that the
-- server's locale has no say. Most text is ASCII and takes the short way. In PL/pgSQL, whose functions are compiled once for a
-- session: an SQL function would be planned anew for each row that is inserted alone.
CREATE FUNCTION customers.fold(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(given) = char_length(given) THEN
        RETURN lower(given COLLATE "C");
    END IF;
    RETURN lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]+', '', 'g') COLLATE "und-x-icu");
END
$$;

-- The text as a pattern's plain characters. Escaped after folding: a full-width percent sign folds to a real one.
CREATE FUNCTION customers.plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(customers.fold($1), '\', '\\'), '%', '\%'), '_', '\_');

-- What a search looks through, a line for each field, each line begun by a blank: so '% jo%' is the beginning of a word, and
-- the first lines are found by their number (Search/CustomerConditions.cs). Words joined by hyphens follow once more apart.
CREATE FUNCTION customers.search_text(
    first_name text, last_name text, company_name text, email text, phone text, phone_e164 text, name text, username text, customer_id text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN customers.fold(
        ' ' || first_name || E'\n ' || last_name || E'\n ' || coalesce(company_name, '') || E'\n ' || coalesce(email, '')
        || E'\n ' || coalesce(phone, '') || E'\n ' || coalesce(phone_e164, '')
        || E'\n ' || username || E'\n ' || customer_id || E'\n ' || first_name || ' ' || last_name
        || CASE WHEN name <> first_name || ' ' || last_name THEN E'\n ' || name ELSE '' END
        || CASE WHEN first_name || last_name || name || coalesce(company_name, '') ~ '[-''’]'
            THEN E'\n ' || translate(first_name || ' ' || last_name || ' ' || name || ' ' || coalesce(company_name, ''), '-''’', '   ') ELSE '' END);
END
$$;

ALTER TABLE customers.customers ADD COLUMN search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    customers.search_text(first_name, last_name, company_name, email, phone, phone_e164, name, username, customer_id)) STORED;

CREATE INDEX ix_customers_search ON customers.customers USING gin (organization_id, search_text gin_trgm_ops);
CREATE INDEX ix_customers_tags ON customers.customers USING gin (organization_id, tags);
CREATE INDEX ix_customers_place ON customers.customers (organization_id, country, state, city);
CREATE INDEX ix_customers_city ON customers.customers (organization_id, city);
CREATE INDEX ix_customers_created ON customers.customers (organization_id, created_at, id);
CREATE INDEX ix_customers_last_name ON customers.customers (organization_id, last_name COLLATE "und-x-icu", id);
