-- The sentence that a person agreed to, and whether they did so at registration. An older process that runs beside this version leaves both out.
ALTER TABLE customers.consents ADD COLUMN wording text, ADD COLUMN is_registration boolean NOT NULL DEFAULT false;
