"""What runs while the primary is killed: a sync, an import and a job, all in the middle of their work."""
import json
import time
import urllib.error

from cluster import await_true
from contestants import patron_command, patron_settings
from measure_jobs import Jobs, States
from processes import PATIENCE, Failed, start

TAG = "drill"
LONG = 10 * PATIENCE
DOMAIN = "imported.example"
IMPORTING_SQL = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND now() - xact_start > interval '1 second' AND query LIKE 'COPY%'"""
RUNNING_SQL = "SELECT count(*) FROM erp.runs WHERE state = 'running' AND read_partners > 0"


class Work:
    def __init__(self, stack, root, folder, cluster, database, patrons, settings):
        self.stack, self.root, self.folder, self.cluster, self.database = stack, root, folder, cluster, database
        self.patron, self.settings = patrons[0], settings
        self.states = States(cluster, database)

    def prepare(self, rows):
        """The import's file, and a job over all customers whose preview is done."""
        self.rows = rows
        people = self.folder / "people.csv"
        with open(people, "wb") as target:
            self.cluster.execute_file("postgres", self.root / "bench/load/people.sql", target, rows=rows)
        self.file = self.folder / "import.csv"
        # Other addresses than those of the customers that are there.
        self.file.write_text(people.read_text().replace("example.com", DOMAIN))
        self.job = Jobs(self.patron).create(kind="add_tags", filter={}, changes={"tags": TAG})
        self.states.wait(self.job, "ready")
        self.expected = int(self.states.value(self.job, "would_change"))

    def begin(self):
        """Returns when all three are in the middle."""
        await_true(lambda: self.count(RUNNING_SQL) == 1, "The schedule started no sync.", 2 * PATIENCE)
        self.process, self.log = self.start_import()
        await_true(lambda: self.count(IMPORTING_SQL) > 0, "The import does not begin.")
        Jobs(self.patron).confirm(self.job, self.expected)
        await_true(lambda: int(self.states.value(self.job, "changed")) > 0, "The job does not begin.")
        if not (self.count(RUNNING_SQL) and self.states.value(self.job, "state") == "applying" and self.process.poll() is None):
            raise Failed("The sync, the import or the job was done before the others had begun: try more partners or rows.")

    def start_import(self):
        log = self.folder / f"import-{time.time():.0f}.log"
        command = patron_command(self.root, "import", "customers", "--json", self.file, "--data", self.folder / "data-import")
        return start(self.stack, command, log, patron_settings(self.cluster, self.database) | self.settings), log

    def finish(self):
        """Waits for the job and the sync, and repeats the import as its message asks."""
        self.status = self.process.wait(LONG)
        self.left = self.count(f"SELECT count(*) FROM customers.customers WHERE email LIKE '%@{DOMAIN}'")
        again, log = self.start_import()
        if again.wait(LONG):
            raise Failed(f"The repeated import failed:\n{log.read_text()}")
        self.summary = json.loads(log.read_text().splitlines()[-1])
        self.states.wait(self.job, "applied")
        await_true(lambda: self.count("SELECT count(*) FROM erp.runs WHERE state = 'succeeded'") > 0, "No sync succeeds.", LONG)

    def count(self, sql):
        return int(self.cluster.query(self.database, sql))
