-- Customers can withdraw their own change requests. The table is small; the check is validated without blocking writes.
ALTER TABLE customers.change_requests DROP CONSTRAINT ck_change_requests_answer;
ALTER TABLE customers.change_requests ADD CONSTRAINT ck_change_requests_answer
    CHECK (answer IN ('done', 'declined', 'replaced', 'withdrawn')) NOT VALID;
ALTER TABLE customers.change_requests VALIDATE CONSTRAINT ck_change_requests_answer;
