-- The language of mails to a customer (BCP 47). The account owns it once there is one.
ALTER TABLE customers.customers ADD COLUMN language text;
