"""What readers notice of a flood of sign-ins. Called by ./flood."""
import argparse
import pathlib
import threading

import report
from contestants import start_patron
from load import Load
from postgres import own_postgres
from processes import Failed, run

BAR = 100  # ms, p95


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        patron = start_patron(stack, arguments.root, folder, postgres, "flood", arguments.rows)
        readers = Load(arguments.rows, arguments.readers)
        for operation in "get", "login":
            readers.drive(patron, operation, arguments.warm, postgres, check=True)
        rows = [["readers", "get/s", "p50, ms", "p95, ms", "p99, ms", "sign-ins/s", "failed"]]
        alone = readers.drive(patron, "get", arguments.seconds, postgres)
        rows.append(["alone", *figures(alone), "", str(alone.errors)])
        slow = 0
        for number in range(arguments.rounds):
            beside, flood = both(arguments, patron, postgres, readers)
            rows.append([f"beside {arguments.clients} who sign in", *figures(beside), f"{flood.rate:.1f}", str(beside.errors)])
            slow = max(slow, beside.p95)
        print(report.machine(postgres), end="\n\n")
        report.show(rows, markdown=True)
    if slow > BAR:
        raise Failed(f"p95 of the readers was {slow:.0f} ms; the limit is {BAR} ms.")


def both(arguments, patron, postgres, readers):
    """A run of the readers while the flood is on."""
    runs = {}

    def drive(name, load, operation, seconds):
        runs[name] = load.drive(patron, operation, seconds, postgres)

    flood = threading.Thread(target=drive, args=("flood", Load(arguments.rows, arguments.clients), "login", arguments.seconds + 4))
    flood.start()
    threading.Event().wait(2)  # Until all of them wait.
    drive("readers", readers, "get", arguments.seconds)
    flood.join()
    return runs["readers"], runs["flood"]


def figures(run):
    return f"{run.rate:,.0f}".replace(",", " "), f"{run.p50:.1f}", f"{run.p95:.1f}", f"{run.p99:.1f}"


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/flood", description="Reads customers while many sign in at once; the readers must not notice.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=10_000, help="customers that are there (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=200, help="who sign in at once (default: %(default)s)")
    parser.add_argument("--readers", type=int, default=4, help="connections that read (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="with the flood (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="that one run takes (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=8, help="seconds before the first round (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
