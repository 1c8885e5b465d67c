-- What people type is found (Shared, 0003). What a search text held before it still holds, in the same lines: older processes find what they always
-- found. Rows that are there already are written anew in the background (AccountsModule); until then they are found as before.
CREATE OR REPLACE FUNCTION accounts.search_text(first_name text, last_name text, email text, phone text, user_name text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    dialled text := coalesce(accounts.dialled(phone), '');
    fields text := ' ' || first_name || E'\n ' || last_name || E'\n ' || email || E'\n';
    names text := first_name || ' ' || last_name;
BEGIN
    RETURN shared.search_text(
        shared.fold(
            fields || ' ' || coalesce(phone, '') || E'\n ' || dialled || E'\n ' || coalesce(user_name, '') || E'\n ' || names
            || CASE WHEN names ~ '[-''’]' THEN E'\n ' || translate(names, '-''’', '   ') ELSE '' END),
        fields, names, phone, dialled);
END
$$;
