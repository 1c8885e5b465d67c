-- Consent that nobody gave is withdrawn in the background (Customers/ConsentMigration.cs). Its entries have the source system as well, because an older
-- process that runs beside this version knows no other one.
ALTER TABLE customers.consents ADD COLUMN is_migration boolean NOT NULL DEFAULT false;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM customers.customers) THEN
        INSERT INTO shared.background_migrations (name, finished_at) VALUES ('customers.consents_not_given', now());
    END IF;
END $$;
