"""The measurements of duplicates in a database: a scan, the check of one record, kills in the middle of scans. Called by ./duplicates."""
import argparse
import csv
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter

import report
from contestants import begin_patron, run_patron, serve_patron
from postgres import own_postgres
from processes import PATIENCE, Failed, run

DATABASE = "duplicates"
CHECKS = 500
FIELDS = ["first_name", "last_name", "email", "phone", "date_of_birth", "address_line1", "city", "postal_code"]
FOUND = "SELECT count(*) || md5(coalesce(string_agg(uid_a::text || uid_b || score, '' ORDER BY uid_a, uid_b), '')) FROM customers.duplicate_pairs"


class Measurement:
    """A database with generated customers, and Patron's commands on it."""

    def __init__(self, root, stack, folder, postgres):
        self.root, self.stack, self.folder, self.postgres = root, stack, folder, postgres
        self.file = folder / "customers.csv"

    def fill(self, rows):
        """Imports so many generated customers; how many were taken. The importer refuses a second record with one email address."""
        subprocess.run(["dotnet", self.root / "artifacts/bin/Linkage/release/Linkage.dll", "write", str(rows), self.file], check=True, timeout=600)
        self.postgres.create_database(DATABASE)
        self.patron("migrate")
        said, _, _ = self.patron("import", "customers", "--json", self.file, allowed=(0, 3))
        self.postgres.query(DATABASE, "VACUUM ANALYZE customers.customers")
        return json.loads(said.splitlines()[-1])["imported"]

    def patron(self, *arguments, allowed=(0,)):
        return run_patron(self.stack, self.root, self.folder, self.postgres, DATABASE, *arguments, allowed=allowed)

    def begin(self, *arguments):
        return begin_patron(self.stack, self.root, self.folder, self.postgres, DATABASE, *arguments)

    def serve(self):
        return serve_patron(self.stack, self.root, self.folder, self.postgres, DATABASE)


def measure_scan(arguments, measurement):
    rows = measurement.fill(arguments.rows)
    said, seconds, peak = measurement.patron("duplicates", "scan", "--json")
    summary = json.loads(said.splitlines()[-1])
    show_scan(arguments, summary, seconds, peak)
    times = check_records(measurement, rows)
    instead = arguments.rows < report.MILLION and f"judged at {report.number(report.MILLION)}"
    report.show([
        ["measure", "measured", "limit", ""],
        report.judge(f"seconds of a scan of {report.number(rows)} customers", seconds, 300, most=True, instead=instead),
        report.judge("peak MB of its process", peak, 400, most=True, instead=instead),
        report.judge("ms of one check, median", times[CHECKS // 2], 20, most=True, instead=instead),
        report.judge("ms of one check, p99", times[CHECKS * 99 // 100], 20, most=True, instead=instead),
    ], arguments.markdown)


def show_scan(arguments, summary, seconds, peak):
    report.show([
        ["customers", "pairs", "groups", "scan, s", "peak MB"],
        [*(report.number(summary[name]) for name in ("records", "pairs", "clusters")), f"{seconds:.1f}", report.number(peak)],
    ], arguments.markdown)


def check_records(measurement, rows):
    """Milliseconds of checks of records like those in the file, sorted; through HTTP, one after the other."""
    patron = measurement.serve()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {patron.token()}"}
    chosen, times = set(random.Random(7).sample(range(rows), 2 * CHECKS)), []
    with open(measurement.file, newline="", encoding="utf-8") as file:
        people = [row for place, row in enumerate(csv.DictReader(file)) if place in chosen and row["first_name"]]
    for person in people[:CHECKS]:
        body = json.dumps({name: person[name] for name in FIELDS if person[name]}).encode()
        request = urllib.request.Request(f"{patron.url}/api/v1/duplicates/check", body, headers)
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        times.append((time.perf_counter() - began) * 1000)
        if not found:
            raise Failed(f"A record that is stored was not found: {person}")
    patron.process.terminate()
    patron.process.wait(PATIENCE)
    return sorted(times)


def measure_kills(arguments, measurement):
    """Scans that are killed at any moment. What was found before has to stay, and a scan afterwards finds the same."""
    measurement.fill(arguments.kill_rows)
    _, seconds, _ = measurement.patron("duplicates", "scan", "--json")
    wanted, phases, moments = measurement.postgres.query(DATABASE, FOUND), Counter(), random.Random(7)
    for _ in range(arguments.kills):
        await_lease(measurement)
        process, log = measurement.begin("duplicates", "scan", "--json")
        time.sleep(moments.uniform(0.3 * seconds, seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        lines = log.read_text().splitlines()
        phases["after its end" if process.returncode == 0 else lines[-1] if lines else "before its first line"] += 1
        if (found := measurement.postgres.query(DATABASE, FOUND)) != wanted:
            raise Failed(f"After a kill, {found} is stored instead of {wanted}.")
    await_lease(measurement)
    measurement.patron("duplicates", "scan", "--json")
    if (found := measurement.postgres.query(DATABASE, FOUND)) != wanted:
        raise Failed(f"The last scan stored {found} instead of {wanted}.")
    report.show([["the last line of a killed scan", "times"], *([phase, str(times)] for phase, times in sorted(phases.items()))], arguments.markdown)
    print(f"{arguments.kill_rows} customers; nothing stored in part, and the scan afterwards stored the same pairs.\n")


def await_lease(measurement):
    """A killed process keeps its lease until it ends by itself."""
    while measurement.postgres.query(DATABASE, "SELECT count(*) FROM shared.leases WHERE name LIKE 'duplicates:%' AND expires_at > now()") != "0":
        time.sleep(0.5)


def main():
    arguments = parse()
    parts = {"scan": measure_scan, "kills": measure_kills}
    for part in arguments.only or parts:
        print(f"{part} ...", file=sys.stderr, flush=True)
        with own_postgres() as (stack, folder, postgres):
            print(f"{report.machine(postgres)}\n", flush=True)
            parts[part](arguments, Measurement(arguments.root, stack, folder, postgres))


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/duplicates", description="Measures the search for duplicates in a database.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=report.MILLION, help="generated customers that are scanned (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=20, help="scans that are killed (default: %(default)s)")
    parser.add_argument("--kill-rows", type=int, default=50_000, help="customers of the scans that are killed (default: %(default)s)")
    parser.add_argument("--only", nargs="*", choices=["scan", "kills"], help="only these parts")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
