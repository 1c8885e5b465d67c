"""The measurement of the import: a file becomes customers by Patron, then the same rows by COPY alone. Called by ./import."""
import argparse
import json
import pathlib
import sys
from dataclasses import dataclass

import report
from contestants import run_patron
from postgres import own_postgres
from processes import Failed, run

TABLE = "customers.customers"


@dataclass
class Figures:
    """Of one number of customers: seconds, and the import's largest resident memory in MB."""

    imported: float
    copied: float
    peak: float


class Importing:
    """Makes a file of people, has Patron import it twice, and has COPY enter what came of it into a second database."""

    def __init__(self, root, stack, folder, postgres):
        self.root, self.stack, self.folder, self.postgres = root, stack, folder, postgres

    def measure(self, rows):
        file, dump = self.folder / "people.csv", self.folder / "rows"
        with open(file, "wb") as target:
            self.postgres.execute_file("postgres", pathlib.Path(__file__).with_name("people.sql"), target, rows=rows)
        self.make_database("imported")
        imported, peak = self.import_file(file, rejected=0, rows=rows)
        columns = self.postgres.dump_customers("imported", dump)
        claimed = self.count("imported", "WHERE claim = 'claimed'")
        self.import_file(file, rejected=claimed, rows=rows)
        # Before COPY's turn, so that nobody cleans up after it meanwhile.
        self.postgres.query("postgres", "DROP DATABASE imported WITH (FORCE)")

        self.make_database("copied")
        copied = self.postgres.load_customers("copied", columns, dump)
        if (entered := self.count("copied")) != rows:
            raise Failed(f"COPY entered {entered} of {rows} customers.")
        self.postgres.query("postgres", "DROP DATABASE copied WITH (FORCE)")
        return Figures(imported, copied, peak)

    def make_database(self, name):
        self.postgres.create_database(name)
        self.patron(name, "migrate")
        self.postgres.query("postgres", "CHECKPOINT")

    def import_file(self, file, rejected, rows):
        """Seconds and peak memory of an import in which so many of the rows have to be rejected."""
        said, seconds, peak = self.patron("imported", "import", "customers", "--json", file, allowed=(3,) if rejected else (0,))
        summary = json.loads(said.splitlines()[-1])
        if (summary["imported"], summary["rejected"]) != (rows - rejected, rejected):
            raise Failed(f"{rejected} of {rows} lines should have been rejected, not {summary['rejected']}; the first: {summary['rejects'][:3]}")
        return seconds, peak

    def patron(self, database, *arguments, allowed=(0,)):
        return run_patron(self.stack, self.root, self.folder, self.postgres, database, *arguments, allowed=allowed)

    def count(self, database, condition=""):
        return int(self.postgres.query(database, f"SELECT count(*) FROM {TABLE} {condition}"))


def main():
    arguments = parse()
    by_size = {}
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}\n", flush=True)
        importing = Importing(arguments.root, stack, folder, postgres)
        for rows in (arguments.rows // 10, arguments.rows):
            print(f"{rows} customers ...", file=sys.stderr, flush=True)
            by_size[rows] = importing.measure(rows)
    show(by_size, arguments.markdown)


def show(by_size, markdown):
    table = [["customers", "import, rows/s", "COPY, rows/s", "ratio", "peak MB of the import"]]
    for rows, of_one in by_size.items():
        table.append([
            report.number(rows), report.number(rows / of_one.imported), report.number(rows / of_one.copied),
            f"{of_one.copied / of_one.imported:.2f}", report.number(of_one.peak)])
    report.show(table, markdown)
    fewer, more = by_size
    small, large = by_size.values()
    instead = more < report.MILLION and f"judged at {report.number(report.MILLION)}"
    report.show([
        report.BAR_HEADER,
        report.judge(f"import of {report.number(more)} rows, of COPY", large.copied / large.imported, 0.4, instead=instead),
        # Flat, but for what the garbage collector leaves lying about.
        report.judge(f"peak memory at {report.number(more)} rows, of that at {report.number(fewer)}", large.peak / small.peak, 1.25, most=True, instead=instead),
    ], markdown)


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/load/import", description="Measures 'patron import customers' beside COPY into the same table, and that a second import rejects who is there already.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=report.MILLION, help="customers in the file; a tenth of them is measured first (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    arguments = parser.parse_args()
    if arguments.rows < 100:
        parser.error("--rows begins at 100.")
    return arguments


if __name__ == "__main__":
    run(main)
