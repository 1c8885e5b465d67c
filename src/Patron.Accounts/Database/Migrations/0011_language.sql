-- The language of mails and pages (BCP 47). Accounts of before have none until their people choose one.
ALTER TABLE accounts.users ADD COLUMN language text;

-- The language of the page on which a first password was asked for. The mail to a customer without a language is written in it.
ALTER TABLE accounts.activation_challenges ADD COLUMN language text;
