-- How the person wants to be called. A nullable column without a default is added without rewriting the table.
ALTER TABLE customers.customers ADD COLUMN preferred_name text;
