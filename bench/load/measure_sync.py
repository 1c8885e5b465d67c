"""The measurement of the sync: partners become customers, are read again unchanged, and are only read; the same customers by COPY. Called by ./sync."""
import argparse
import http.client
import json
import os
import pathlib
import sys
import time
from dataclasses import dataclass
from statistics import median

import report
from contestants import Contestant, free_port, patron_command, patron_settings
from postgres import own_postgres
from processes import await_answer, Failed, run, start

PAGE = 1000
ROUNDS = 3
# What the sync asks for, of version 19.
FIELDS = [
    "id", "name", "complete_name", "is_company", "parent_id", "commercial_partner_id", "active", "email", "phone", "street", "street2", "city", "zip", "state_id", "country_id",
    "website", "vat", "ref", "lang", "write_date", "partner_share"]


@dataclass
class Run:
    """Seconds of the run itself, as its figures say, and the process's largest resident memory in MB."""

    seconds: float
    peak: float


class Syncing:
    def __init__(self, root, stack, folder, postgres):
        self.root, self.stack, self.folder, self.postgres = root, stack, folder, postgres

    def measure(self, partners):
        """The medians of some rounds: first run, full run, incremental run, a full one of a running server, reading alone and COPY; each round with its own database."""
        odoo, port, self.odoo = start_odoo(self.stack, self.root, self.folder, partners)
        rounds = []
        for turn in range(ROUNDS):
            database = f"sync_{partners}_{turn}"
            self.postgres.create_database(database)
            self.patron(database, "migrate")
            first = self.sync(database, "created", partners)
            full = self.sync(database, "unchanged", partners, "--full")
            since = self.sync(database, "unchanged", partners)
            served = self.sync_served(database, partners)
            rounds.append((first, full, since, served, self.read(port), self.copy(database)))
            self.postgres.query("postgres", f"DROP DATABASE {database} WITH (FORCE)")
        odoo.terminate()
        return [Run(median(run.seconds for run in runs), max(run.peak for run in runs)) for runs in list(zip(*rounds))[:-2]], median(one[-2] for one in rounds), median(one[-1] for one in rounds)

    def sync(self, database, outcome, partners, *arguments):
        said, peak = self.patron(database, "sync", "odoo", "--json", *arguments)
        return self.judge(json.loads(said.splitlines()[-1]), outcome, partners, peak)

    def sync_served(self, database, partners):
        """The fifth full run of a server, which by then has compiled what it needs, as the nightly one of a server that has been running for days."""
        port, log = free_port(), self.folder / "serve.log"
        process = start(
            self.stack, patron_command(self.root, "serve", "--data", self.folder / f"data-{database}", "--urls", f"http://127.0.0.1:{port}"), log,
            {**patron_settings(self.postgres, database), **self.odoo})
        await_answer(f"http://127.0.0.1:{port}/health/ready", process, log)
        patron = Contestant("patron", process, f"http://127.0.0.1:{port}", needs_token=True, base="/api/portal/sync")
        for _ in range(5):
            asked = patron.ask("/", {"full": True})["data"]["id"]
            while (run := patron.ask(f"/{asked}/")["data"])["state"] in ("requested", "running"):
                time.sleep(0.2)
        process.terminate()
        process.wait()
        if run["state"] != "succeeded":
            raise Failed(f"The server's run failed: {run}")
        return self.judge(run["figures"], "unchanged", partners, 0)

    @staticmethod
    def judge(figures, outcome, partners, peak):
        # Every fifth is a contact of another.
        if figures[outcome] < partners * 4 // 5 or figures["errors"] or figures["conflicts"]:
            raise Failed(f"{outcome} should be about {partners * 4 // 5}: {figures}")
        return Run(figures["duration_ms"] / 1000, peak)

    def read(self, port):
        """Seconds to read all pages, as a script does that does nothing else."""
        began = time.perf_counter()
        after = 0
        while True:
            domain = [["id", ">", after], ["active", "in", [True, False]]]
            body = json.dumps({"domain": domain, "fields": FIELDS, "order": "id", "limit": PAGE, "context": {"active_test": False, "lang": "en_US"}})
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/json/2/res.partner/search_read", body, {
                "Content-Type": "application/json", "Authorization": f"bearer {self.odoo['Odoo__ApiKey']}", "X-Odoo-Database": self.odoo["Odoo__Database"]})
            rows = json.loads(connection.getresponse().read())
            connection.close()
            if len(rows) < PAGE:
                return time.perf_counter() - began
            after = rows[-1]["id"]

    def copy(self, database):
        """Seconds that COPY takes to enter the customers of this database into another one."""
        dump = self.folder / "rows"
        columns = self.postgres.dump_customers(database, dump)
        self.postgres.create_database("copied")
        self.patron("copied", "migrate")
        self.postgres.query("postgres", "CHECKPOINT")
        copied = self.postgres.load_customers("copied", columns, dump)
        self.postgres.query("postgres", "DROP DATABASE copied WITH (FORCE)")
        return copied

    def patron(self, database, *arguments):
        log = self.folder / "patron.log"
        process = start(
            self.stack, patron_command(self.root, *arguments, "--data", self.folder / f"data-{database}"), log, {**patron_settings(self.postgres, database), **self.odoo})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said = log.read_text()
        if process.returncode:
            raise Failed(f"patron {' '.join(map(str, arguments))} failed:\n{said}")
        return said, usage.ru_maxrss / 1024


def start_odoo(stack, root, folder, partners):
    """The stand-in for Odoo, at the pace of a real one: its process, its port and the settings with which Patron finds it."""
    port, log = free_port(), folder / "odoo.log"
    process = start(
        stack,
        ["dotnet", root / "artifacts/bin/Patron.OdooStandIn/release/Patron.OdooStandIn.dll", "--urls", f"http://127.0.0.1:{port}",
         "--partners", str(partners), "--pace"], log)
    for _ in range(600):
        lines = [line for line in log.read_text().splitlines() if line.startswith("Odoo__")]
        if len(lines) == 4:
            return process, port, dict(line.split("=", 1) for line in lines)
        if process.poll() is not None:
            raise Failed(f"The stand-in ended:\n{log.read_text()}")
        time.sleep(0.1)
    raise Failed("The stand-in says nothing.")


def main():
    arguments = parse()
    by_size = {}
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}\n", flush=True)
        syncing = Syncing(arguments.root, stack, folder, postgres)
        for partners in (arguments.partners, arguments.partners * 5):
            print(f"{partners} partners ...", file=sys.stderr, flush=True)
            by_size[partners] = syncing.measure(partners)
    show(by_size, arguments.markdown)


def show(by_size, markdown):
    table = [[
        "partners", "only read, s", "COPY, s", "first run, s", "of reading and COPY", "full run, s", "of reading", "in a running server, s", "of reading", "incremental, s", "peak MB"]]
    for partners, (runs, read, copied) in by_size.items():
        first, full, since, served = runs
        table.append([
            report.number(partners), f"{read:.2f}", f"{copied:.2f}", f"{first.seconds:.2f}", f"{first.seconds / (read + copied):.2f}", f"{full.seconds:.2f}", f"{full.seconds / read:.2f}",
            f"{served.seconds:.2f}", f"{served.seconds / read:.2f}", f"{since.seconds:.2f}", report.number(max(run.peak for run in runs))])
    report.show(table, markdown)
    (fewer, (small, read, copied)), (more, (large, read_more, copied_more)) = by_size.items()
    report.show([
        report.BAR_HEADER,
        report.judge(f"a full run over {report.number(fewer)} partners that are known, in a running server, of only reading them", small[3].seconds / read, 1.3, most=True),
        report.judge(f"the same over {report.number(more)}", large[3].seconds / read_more, 1.2, most=True),
        report.judge(f"a run that enters {report.number(fewer)} partners, of reading them and COPY of the same customers", small[0].seconds / (read + copied), 1.3, most=True),
        report.judge(f"the same with {report.number(more)}", large[0].seconds / (read_more + copied_more), 1.3, most=True),
        report.judge(f"peak memory at {report.number(more)} partners, of that at {report.number(fewer)}", max(run.peak for run in large) / max(run.peak for run in small), 1.25, most=True),
    ], markdown)


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/sync", description="Measures 'patron sync odoo' beside only reading the pages, from a stand-in that takes 43 ms for 1000 rows.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--partners", type=int, default=20_000, help="partners of the company; five times as many are measured too (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
