-- Which version of its customer a partner was compared with last: as long as both stay as they are, a full run need not compare them again.
ALTER TABLE customers.erp_partners ADD COLUMN customer_version bigint;
