-- expand
-- no transaction
CREATE INDEX CONCURRENTLY ix_customers_shoe_size ON customers.customers (shoe_size);
