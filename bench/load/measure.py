"""The measurement itself: starts everything, drives each contestant in turns, prints tables. Called by ./run."""
import argparse
import pathlib
import sys
from contextlib import ExitStack

import report
from contestants import start_limit, start_patron, start_peer
from hashing import Hashing
from load import Load
from postgres import own_postgres
from processes import Failed, run

# What is measured, in this order (creates last: they make the tables grow), and who takes part.
OPERATIONS = {
    "get": ["limit", "patron", "peer"],
    "list": ["limit", "limit with total", "patron", "peer"],
    "first_100": ["limit", "limit with total", "patron", "peer"],
    "first_page": ["patron"],
    "deep_page": ["patron"],
    "profile": ["patron"],
    "login": ["hashes alone", "patron"],
    "sign_up": ["hashes alone", "patron"],
    "search": ["limit", "patron", "peer"],
    "search_name": ["limit", "patron", "peer"],
    "statistics": ["patron", "peer"],
    "create": ["limit", "patron", "peer"],
}
DEFAULT = "get,list,first_100,first_page,deep_page,profile,login,sign_up,search,statistics,create"
GROWTH_DEFAULT = "get,list,deep_page,search,statistics,create"
ROWS = 100_000
SIZES = [1_000, 10_000, 100_000, 1_000_000]
DEEP_PAGE = 10_000
MOST_ON_A_PAGE = 100


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        describe(arguments, postgres)
        errors = measure_growth(arguments, folder, postgres) if arguments.growth else measure(arguments, stack, folder, postgres)
    if errors:
        sys.exit(f"INVALID: {errors} requests failed. These figures say nothing.")


def measure(arguments, stack, folder, postgres):
    patron = start_patron(stack, arguments.root, folder, postgres, "patron", arguments.rows)
    limit, counting = start_limit(stack, arguments.root, folder, postgres, "patron")
    compare(patron, limit)
    contestants = [limit, counting, Hashing(), patron]
    if any("peer" in OPERATIONS[operation] for operation in arguments.only):
        contestants.append(start_peer(stack, arguments.root, folder, postgres, arguments.rows, arguments.peer_trigram))
    postgres.query("patron", "CHECKPOINT")

    runs = {}
    for operation in arguments.only:
        takers = [contestant for contestant in contestants if contestant.name in OPERATIONS[operation]]
        # Pages so small that there are 10 000 of them.
        page_size = min(MOST_ON_A_PAGE, max(1, arguments.rows // DEEP_PAGE))
        drive(arguments, load_for(arguments, arguments.rows, page_size, postgres, "patron"), operation, takers, postgres, runs)
    report.show(report.figures(runs), arguments.markdown)
    report.show(report.bars(runs, arguments.rows, arguments.peer_trigram), arguments.markdown)
    return sum(run.errors for of_one in runs.values() for run in of_one)


def measure_growth(arguments, folder, postgres):
    """Patron alone, on a fresh database for each size. The deep page is the last one."""
    by_size = {}
    for size in arguments.sizes:
        database, runs = f"patron_{size}", {}
        with ExitStack() as stack:
            patron = start_patron(stack, arguments.root, folder, postgres, database, size)
            postgres.query(database, "CHECKPOINT")
            for operation in arguments.only:
                drive(arguments, load_for(arguments, size, MOST_ON_A_PAGE, postgres, database), operation, [patron], postgres, runs, f" of {size}")
        postgres.query("postgres", f"DROP DATABASE {database} WITH (FORCE)")
        by_size[size] = {operation: of_one for (operation, _), of_one in runs.items()}
    report.show(report.growth(by_size), arguments.markdown)
    report.show(report.growth_bars(by_size), arguments.markdown)
    return sum(run.errors for runs in by_size.values() for of_one in runs.values() for run in of_one)


def drive(arguments, load, operation, contestants, postgres, runs, words=""):
    for contestant in contestants:
        if not isinstance(contestant, Hashing):
            progress(f"{operation}{words}: {contestant.name} warms up")
            load.drive(contestant, operation, arguments.warm, postgres, check=True)
    for number in range(1, arguments.rounds + 1):
        for contestant in contestants:
            run = contestant.drive(arguments.seconds) if isinstance(contestant, Hashing) else load.drive(contestant, operation, arguments.seconds, postgres)
            runs.setdefault((operation, contestant.name), []).append(run)
            progress(f"{operation}{words}: round {number}, {contestant.name}: {run.rate:.1f}/s, p95 {run.p95:.1f} ms" + (f", {run.errors} FAILED" if run.errors else ""))


def load_for(arguments, rows, page_size, postgres, database):
    """The deep page is the last one of this size."""
    before = max(0, rows - page_size)
    cursor = int(postgres.query(database, f"SELECT coalesce(max(id), 0) FROM (SELECT id FROM customers.customers ORDER BY id LIMIT {before}) AS earlier"))
    return Load(rows, arguments.connections, page_size, cursor)


def compare(patron, limit):
    """The limit is one only as long as it answers what Patron answers."""
    searches = [("/search", {"query": query, "page": page, "limit": 10}) for query, page in [("user42", 1), ("jane doe", 2), ("nobody", 1)]]
    for question in [("/CUST_00000001",), ("/CUST_00000004",), ("/?limit=100",), *searches]:
        expected, answered = patron.ask(*question), limit.ask(*question)
        if expected != answered:
            raise Failed(f"The limit does not answer {question} as Patron does; bring bench/load/Limit up to date.\nPatron: {expected}\nlimit: {answered}")


def describe(arguments, postgres):
    print(
        f"{report.machine(postgres)}, "
        f"{'growing' if arguments.growth else arguments.rows} customers, {arguments.connections} connections, "
        f"{arguments.rounds} rounds of {arguments.seconds} s after {arguments.warm} s of warming up\n", flush=True)


def progress(words):
    print(words, file=sys.stderr, flush=True)


def numbers(text):
    return [int(number) for number in text.split(",")]


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/run", description="Measures Patron under load, in turns with its limit and its peer.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, help=f"customers in the tables (default: {ROWS})")
    parser.add_argument("--rounds", type=int, default=5, help="of each contestant, in turns (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="that one run takes (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=15, help="seconds before the first round: .NET compiles what is hot once more (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="that drive at once (default: %(default)s)")
    parser.add_argument("--only", help=f"what to measure, with commas: {', '.join(OPERATIONS)} (default: {DEFAULT}; with --growth: {GROWTH_DEFAULT})")
    parser.add_argument("--growth", action="store_true", help="Patron alone, on ever more customers")
    parser.add_argument("--sizes", type=numbers, help=f"of --growth, with commas (default: {','.join(map(str, SIZES))})")
    parser.add_argument("--peer-trigram", action="store_true", help="give the peer the indexes its search would need")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    arguments = parser.parse_args()
    if arguments.growth and (arguments.rows or arguments.peer_trigram):
        parser.error("--growth takes --sizes instead of --rows, and no peer.")
    if arguments.sizes and not arguments.growth:
        parser.error("--sizes belongs to --growth.")
    arguments.rows = arguments.rows or ROWS
    arguments.sizes = arguments.sizes or SIZES
    arguments.only = (arguments.only or (GROWTH_DEFAULT if arguments.growth else DEFAULT)).split(",")
    if unknown := [name for name in arguments.only if name not in OPERATIONS]:
        parser.error(f"--only knows {', '.join(OPERATIONS)}, not {', '.join(unknown)}")
    arguments.only.sort(key=list(OPERATIONS).index)
    return arguments


if __name__ == "__main__":
    run(main)
