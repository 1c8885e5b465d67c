"""Compares what was acknowledged with what is in the database afterwards, and looks whether everything else went on."""
import json
from collections import Counter

from cluster import await_true
from contestants import run_patron
from processes import Failed
from work import DOMAIN, TAG

# Of each kind of write: the rows of what was sent.
ROWS_SQL = {
    "create": "SELECT email AS sent, uid::text AS made FROM customers.customers WHERE email LIKE '%@created.example'",
    "create with key": "SELECT name AS sent, uid::text AS made FROM customers.customers WHERE name LIKE 'Keyed %'",
    "profile": """
        SELECT u.email || ' ' || (a.after ->> 'phone_number') AS sent, NULL::text AS made FROM shared.audit_entries a
        JOIN accounts.users u ON u.id = a.subject_id WHERE a.action = 'account.changed' AND a.after ? 'phone_number'""",
    "sign-in": "SELECT id::text AS sent, id::text AS made FROM accounts.sessions",
}
# Of the last phone numbers sent, by person: that which is there must not be older than the last acknowledged one.
PHONES_SQL = "SELECT email || ' ' || phone_number FROM accounts.users WHERE email LIKE '%@writer.example' AND phone_number IS NOT NULL"


class Verification:
    """Rows of (what was checked, the figure, what it has to be, whether it is)."""

    def __init__(self, cluster, database, writers):
        self.cluster, self.database, self.writers, self.rows = cluster, database, writers, []

    @property
    def failures(self):
        return [words for words, _, _, is_good in self.rows if not is_good]

    def expect(self, words, figure, wanted):
        self.rows.append((words, str(figure), str(wanted), figure == wanted))

    def expect_at_most(self, words, figure, limit):
        self.rows.append((words, f"{figure:.1f}", f"at most {limit}", figure <= limit))

    def report(self, words, figure):
        self.rows.append((words, str(figure), "", True))

    def query(self, sql):
        return self.cluster.query(self.database, sql)

    def check_writes(self):
        for kind, sql in ROWS_SQL.items():
            sent, made = Counter(), {}
            for writer in self.writers.all:
                if writer.kind == kind:
                    for what, answer in writer.notes:
                        name = self.name(writer, what, answer)
                        sent[name] += 1
                        if answer.is_acknowledged:
                            made[name] = answer.made
            found = Counter()
            identities = {}
            for line in self.query(f"SELECT json_build_array(sent, made) FROM ({sql}) AS rows").splitlines():
                name, identity = json.loads(line)
                found[name] += 1
                identities[name] = identity
            lost = [name for name, identity in made.items() if not found[name] or (identity and identities[name] != identity)]
            twice = [name for name in sent if found[name] > 1]
            self.report(f"{kind}: acknowledged", len(made))
            self.expect(f"{kind}: acknowledged and missing", len(lost), 0)
            self.expect(f"{kind}: twice", len(twice), 0)
            if kind != "sign-in":  # Its session has no name of the writer's.
                self.report(f"{kind}: stored without an acknowledgement", sum(1 for name in sent if found[name] and name not in made))
        self.check_phones()

    @staticmethod
    def name(writer, what, answer):
        if writer.kind == "profile":
            return f"{writer.account['email']} {what}"
        return answer.made or f"unknown {what}" if writer.kind == "sign-in" else what

    def check_phones(self):
        wrong = 0
        stored = dict(line.split() for line in self.query(PHONES_SQL).splitlines())
        for writer in self.writers.all:
            if writer.kind == "profile":
                last = [what for what, answer in writer.notes if answer.is_acknowledged][-1]
                wrong += stored[writer.account["email"]] < last  # They rise.
        self.expect("profiles that are older than acknowledged", wrong, 0)

    def check_answers(self):
        answers = self.writers.answers()
        codes = Counter(f"{answer.status} {answer.code or ''}".strip() for answer in answers)
        self.report("answers", ", ".join(f"{code}: {count}" for code, count in sorted(codes.items())))
        # 401: an access token lives for ten minutes. 409: the first request with this key has not ended.
        self.expect("answers other than 2xx, 503, 401 and 409 of a key in progress", sum(
            1 for answer in answers
            if not answer.is_acknowledged and answer.status not in (503, 401) and answer.code != "request_in_progress"), 0)
        self.report("slowest answer, s", f"{max(answer.took for answer in answers):.1f}")

    def check_work(self, work):
        """The job, the import and the syncs that were interrupted."""
        job = json.loads(self.query(f"SELECT row_to_json(j) FROM customers.jobs j WHERE id = {work.job}"))
        self.expect("job: state", job["state"], "applied")
        self.expect("job: customers changed or skipped", job["changed"] + job["skipped"], work.expected)
        self.expect("job: customers with its tag", int(self.query(f"SELECT count(*) FROM customers.customers WHERE '{TAG}' = ANY (tags)")), job["changed"])
        self.expect("job: audit entries", int(self.query(
            f"SELECT count(*) FROM shared.audit_entries WHERE cause = 'job:{work.job}' AND action = 'customer.changed'")), job["changed"])
        self.expect("import: exit status of the interrupted command", work.status, 1)
        self.expect("import: rows that it left", work.left, 0)
        self.expect("import: lines entered by the repeated command", work.summary["imported"], work.rows)
        # Every fiftieth has no address.
        self.expect("import: addresses in the database", int(self.query(
            f"SELECT count(*) FROM customers.customers WHERE email LIKE '%@{DOMAIN}'")), work.rows - work.rows // 50)

    def check_syncs(self):
        await_true(lambda: self.query("SELECT count(*) FROM erp.runs WHERE finished_at IS NULL") == "0", "A sync does not end.")
        runs, times, failed, minutes = map(int, self.query("""
            SELECT count(*), count(DISTINCT due_at), count(*) FILTER (WHERE state = 'failed'),
                round(extract(epoch FROM max(due_at) - min(due_at)) / 60) + 1 FROM erp.runs""").split("|"))
        self.expect("syncs: runs of one and the same minute", runs - times, 0)
        self.expect("syncs: failed", failed, 0)
        self.report("syncs: run, of the minutes between the first and the last", f"{runs} of {minutes}")

    def check_rest(self):
        await_true(lambda: self.query("SELECT count(*) FROM shared.outbox_messages") == "0", "The outbox does not become empty.")
        self.expect("outbox: messages left", int(self.query("SELECT count(*) FROM shared.outbox_messages")), 0)
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '5 seconds'"
        for words, sql in ("advisory locks left", locks), ("connections idle in a transaction", idle):
            try:
                await_true(lambda sql=sql: self.query(sql) == "0", words, 15)
            except Failed:
                pass  # The figure below says it.
            self.expect(words, int(self.query(sql)), 0)

    def check_by_commands(self, stack, root, folder, settings):
        """Counters against counting anew, what the doctor says, and what a sync finds."""
        def patron(*arguments, **options):
            return run_patron(stack, root, folder, self.cluster, self.database, *arguments, settings=settings, **options)

        said, *_ = patron("recount")
        self.expect("recount", said.splitlines()[0], "The statistics were correct.")
        said, *_ = patron("doctor", "--json", allowed=(0, 1))
        wrong = [check["subject"] for check in json.loads(said)["checks"] if not check["is_good"]]
        self.expect("doctor: checks that fail", ", ".join(wrong) or 0, 0)
        said, *_ = patron("sync", "odoo", "--full", "--json")
        figures = json.loads(said.splitlines()[-1])
        self.expect("a full sync afterwards: partners that it has to correct", sum(
            figures[outcome] for outcome in ("created", "updated", "gone", "conflicts", "errors")), 0)
        self.report("a full sync afterwards: partners unchanged", figures["unchanged"])
