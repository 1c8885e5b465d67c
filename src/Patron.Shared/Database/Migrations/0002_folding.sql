-- Finding texts by any part of them, in every module: the same folding, the same patterns.
-- The extension is trusted: whoever owns the database may make it (docs/operations.md).

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- How two spellings are found by one another: compatible forms taken apart, accents dropped, lower case by ICU, so that the
-- server's locale has no say. Most text is ASCII and takes the short way. In PL/pgSQL, whose functions are compiled once for a
-- session: an SQL function would be planned anew for each row that is inserted alone.
CREATE FUNCTION shared.fold(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(given) = char_length(given) THEN
        RETURN lower(given COLLATE "C");
    END IF;
    RETURN lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]+', '', 'g') COLLATE "und-x-icu");
END
$$;

-- The text as a pattern's plain characters. Escaped after folding: a full-width percent sign folds to a real one.
CREATE FUNCTION shared.plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(shared.fold($1), '\', '\\'), '%', '\%'), '_', '\_');
