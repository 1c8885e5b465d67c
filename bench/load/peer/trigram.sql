-- What an attentive operator of the peer would add for its search: a trigram index on each column that it looks into.
create extension pg_trgm;
create index on customers using gin (first_name gin_trgm_ops);
create index on customers using gin (last_name gin_trgm_ops);
create index on customers using gin (email gin_trgm_ops);
create index on customers using gin (username gin_trgm_ops);
create index on customers using gin (phone gin_trgm_ops);
create index on customers using gin (company_name gin_trgm_ops);
create index on customers using gin (customer_id gin_trgm_ops);
vacuum analyze customers;
