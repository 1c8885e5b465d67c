"""How long each migration locks large tables, and how long a writer and a reader wait for it. Called by ./locks."""
import argparse
import pathlib
import random
import sys
import threading
import time

import psycopg2

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/load"))

import report  # noqa: E402
from contestants import HOME  # noqa: E402
from postgres import own_postgres  # noqa: E402
from processes import Failed, run  # noqa: E402

LIMIT = 1.0  # seconds that a large table may be locked against readers or writers
SAMPLE = 0.005  # seconds between two looks at the locks
MODULES = {"shared": "Patron.Shared", "accounts": "Patron.Accounts", "customers": "Patron.Customers", "erp": "Patron.Erp"}
FILLED_AFTER = {"customers/0001_customers": ("bench/load/fill-patron.sql", "bench/upgrade/fill.sql"), "customers/0006_erp": ("bench/upgrade/fill-erp.sql",)}
# The last migrations that are older than the rules of decision 0025.
LAST_WITHOUT_RULES = {"shared": 11, "accounts": 15, "customers": 27, "erp": 4}

LARGE_SQL = """
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('shared', 'accounts', 'customers', 'erp') AND c.relkind IN ('r', 'p')
        AND (SELECT sum(greatest(p.reltuples, 0)) FROM pg_class p WHERE p.oid = c.oid OR p.oid IN (SELECT relid FROM pg_partition_tree(c.oid))) >= %s"""
LOCKS_SQL = """
    SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = %s AND granted AND relation = ANY (%s)
        AND mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')"""
WRITES = [
    "UPDATE customers.customers SET updated_at = now() WHERE id = {row}",
    "UPDATE accounts.users SET updated_at = now() WHERE number = {row}",
    "INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, address) VALUES (now(), 'test', 'test', gen_random_uuid(), '')",
]
READS = ["SELECT name FROM customers.customers WHERE id = {row}", "SELECT first_name FROM accounts.users WHERE number = {row}"]


class Client(threading.Thread):
    """Runs small statements one after the other, and remembers when each began and ended."""

    def __init__(self, connect, statements, rows):
        super().__init__(daemon=True)
        self.connection, self.statements, self.rows = connect(), statements, rows
        self.done, self.running, self.failed = [], None, []
        self.start()

    def run(self):
        cursor = self.connection.cursor()
        while True:
            for statement in self.statements:
                self.running = began = time.perf_counter()
                try:
                    cursor.execute(statement.format(row=random.randint(1, self.rows)))
                except psycopg2.Error as failure:
                    self.failed.append(str(failure))
                self.done.append((began, time.perf_counter()))
                self.running = None
            time.sleep(0.002)

    def longest(self, began, ended):
        """Seconds of the longest statement that ran at some time between both."""
        while (running := self.running) is not None and running < ended:
            time.sleep(SAMPLE)
        return max((end - begin for begin, end in self.done if end > began and begin < ended), default=0)


class Sampler(threading.Thread):
    """Looks at the locks of one session on large tables until it is stopped."""

    def __init__(self, connection, session, tables):
        super().__init__(daemon=True)
        self.cursor, self.session, self.tables = connection.cursor(), session, tables
        self.seen, self.stopped = {}, threading.Event()
        self.start()

    def run(self):
        while not self.stopped.wait(SAMPLE):
            self.cursor.execute(LOCKS_SQL, (self.session, self.tables))
            now = time.perf_counter()
            for lock in self.cursor.fetchall():
                first, _ = self.seen.get(lock, (now, now))
                self.seen[lock] = first, now

    def longest(self, modes):
        """The table that was locked longest in one of these modes, and the seconds."""
        held = [(last - first + SAMPLE, table) for (table, mode), (first, last) in self.seen.items() if mode in modes]
        return max(held, default=(0, ""))


class Migrations:
    """The files in the order in which a start runs them, from the first ones of the three modules that are filled."""

    def __init__(self, root):
        files = {f"{module}/{file.stem}": file for module, folder in MODULES.items() for file in sorted((root / "src" / folder / "Database/Migrations").glob("*.sql"))}
        first = ["shared/0001_shared", "accounts/0001_accounts", "customers/0001_customers"]
        self.first = [(name, files.pop(name)) for name in first]
        self.others = list(files.items())


def measure(arguments, postgres, connect):
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid()")
    session = cursor.fetchone()[0]
    migrations = Migrations(arguments.root)
    cursor.execute("CREATE SCHEMA shared; CREATE TABLE shared.migrations (module text, number int, name text, checksum text, applied_at timestamptz DEFAULT now())")
    for name, file in migrations.first:
        cursor.execute(file.read_text())
        fill(arguments, postgres, name)
    writer, reader, watcher = Client(connect, WRITES, arguments.rows), Client(connect, READS, arguments.rows), connect()
    for name, file in migrations.others:
        looking = watcher.cursor()
        looking.execute(LARGE_SQL, (arguments.rows / 10,))
        sampler = Sampler(connect(), session, [row[0] for row in looking.fetchall()])
        began = time.perf_counter()
        apply(connection, file.read_text())
        ended = time.perf_counter()
        sampler.stopped.set()
        sampler.join()
        yield name, ended - began, sampler, writer.longest(began, ended), reader.longest(began, ended)
        cursor.execute("ANALYZE")
        fill(arguments, postgres, name)
    if writer.failed or reader.failed:
        print(f"{len(writer.failed)} writes and {len(reader.failed)} reads failed, the first: {(writer.failed + reader.failed)[0].strip()}\n")


def apply(connection, sql):
    head = [line for line in sql.splitlines()[:2] if line == "-- no transaction"]
    cursor = connection.cursor()
    cursor.execute(sql if head else f"BEGIN; {sql}\n; COMMIT")


def fill(arguments, postgres, name):
    for file in FILLED_AFTER.get(name, ()):
        postgres.execute_file("locks", arguments.root / file, rows=arguments.rows, organization=HOME)


def main():
    arguments = parse()
    with own_postgres() as (_, _, postgres):
        postgres.create_database("locks")

        def connect():
            connection = psycopg2.connect(host=str(postgres.data), user="patron", dbname="locks")
            connection.autocommit = True
            return connection

        print(f"{report.machine(postgres)}, {report.number(arguments.rows)} customers\n", flush=True)
        table = [["migration", "seconds", "locked against reading, s", "locked against writing, s", "longest write, s", "longest read, s", ""]]
        quick, broken = [], []
        for name, seconds, sampler, write, read in measure(arguments, postgres, connect):
            exclusive, shut = sampler.longest(["AccessExclusiveLock"])
            shared, held = sampler.longest(["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"])
            longest = max(exclusive, shared, write, read)
            print(f"{name}: {seconds:.2f} s, {exclusive:.2f} s {shut}, {shared:.2f} s {held}, {write:.2f} s, {read:.2f} s", file=sys.stderr, flush=True)
            if longest < arguments.show:
                quick.append(longest)
                continue
            is_new = int(name.split("/")[1][:4]) > LAST_WITHOUT_RULES[name.split("/")[0]]
            if longest > LIMIT and is_new:
                broken.append(name)
            table.append([
                name, f"{seconds:.1f}", f"{exclusive:.2f} {shut}" if shut else "", f"{shared:.2f} {held}" if held else "", f"{write:.2f}", f"{read:.2f}",
                "over the limit" if longest > LIMIT else ""])
        report.show(table, markdown=True)
        print(f"\n{len(quick)} other migrations: at most {max(quick, default=0):.2f} s.")
        if broken:
            raise Failed(f"These migrations are newer than the limit of {LIMIT:.0f} s and break it: {', '.join(broken)}")


def parse():
    parser = argparse.ArgumentParser(prog="bench/upgrade/locks", description="Runs each migration on a large database beside a writer and a reader.")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=1_000_000, help="customers (default: %(default)s)")
    parser.add_argument("--show", type=float, default=0.2, help="seconds; migrations whose locks and waits were all shorter are counted only (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
