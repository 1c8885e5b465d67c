-- A file for `patron import customers`: the same people as in fill-patron.sql, every fiftieth without an address.
-- psql -v rows=1000000 -f people.sql

COPY (
    SELECT
        (ARRAY['John', 'Jane', 'Tendai', 'José', 'Zoë', 'Ana', 'Wei', 'Olga', 'Amir', 'Ruth'])[1 + i % 10] AS first_name,
        (ARRAY['Doe', 'Moyo', 'García', 'Nguyen', 'Smith', 'Ivanova', 'Chen', 'Dube', 'Khan', 'Müller', 'Ncube'])[1 + i % 11] AS last_name,
        CASE WHEN i % 50 <> 0 THEN 'user' || i || '@example.com' END AS email,
        '+1555' || lpad(i::text, 7, '0') AS phone,
        '1970-01-01'::date + (i % 15000) AS date_of_birth,
        (ARRAY['male', 'female', 'other'])[1 + i % 3] AS gender,
        CASE WHEN i % 4 = 0 THEN 'Company ' || i END AS company_name,
        i || ' Main Street' AS address_line1,
        (ARRAY['New York', 'Los Angeles', 'Chicago', 'Harare', 'London', 'Berlin', 'Paris'])[1 + i % 7] AS city,
        'ST' AS state,
        lpad((i % 99999)::text, 5, '0') AS postal_code,
        (ARRAY['USA', 'USA', 'USA', 'Zimbabwe', 'UK', 'Germany', 'France'])[1 + i % 7] AS country,
        'note ' || i AS notes,
        (ARRAY['premium,tech', 'new-york', 'premium', 'vip,tech,new-york'])[1 + i % 4] AS tags,
        (i % 20 <> 0)::text AS is_active
    FROM generate_series(1, :rows) AS i
) TO STDOUT (FORMAT csv, HEADER)
