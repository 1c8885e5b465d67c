-- expand
-- What the next release may do while this one serves: a column with a default, a nullable one, a table with a foreign key, a trigger.
ALTER TABLE customers.customers ADD COLUMN shoe_size int, ADD COLUMN is_tall boolean NOT NULL DEFAULT false;
ALTER TABLE accounts.users ADD COLUMN shoe_size int;
CREATE TABLE customers.shoes (
    customer_uid uuid NOT NULL REFERENCES customers.customers (uid) ON DELETE CASCADE,
    size int NOT NULL
);
CREATE FUNCTION customers.measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers.shoes VALUES (NEW.uid, coalesce(NEW.shoe_size, 40));
    RETURN NULL;
END
$$;
CREATE TRIGGER measure AFTER INSERT ON customers.customers FOR EACH ROW EXECUTE FUNCTION customers.measure();
