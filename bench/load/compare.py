"""Compares builds of Patron with each other: all run at once on one database, each driven alone, in turns. 

python3 bench/load/compare.py --build main=/path/to/published --build new=/path/to/other [--only get,create,change] [--rounds 5]
The first build is what the others are compared with. --start measures starts and idle memory instead.
"""
import argparse
import base64
import pathlib
import sys
import time
import urllib.request
from statistics import median

import report
from contestants import HOME, await_migrations, Contestant, patron_settings
from load import Load
from measure import progress
from postgres import own_postgres
from processes import await_answer, free_port, start

MASTER_KEY = base64.b64encode(bytes(32)).decode()  # The same for all on one database.
HERE = pathlib.Path(__file__).parent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", action="append", required=True, help="name=folder, as ./patron publishes it")
    parser.add_argument("--only", default="get,change,create")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--warm", type=int, default=8)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--start", action="store_true")
    arguments = parser.parse_args()
    builds = [build.split("=", 1) for build in arguments.build]
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {arguments.rows} customers, {arguments.connections} connections, {arguments.rounds} rounds of {arguments.seconds} s", flush=True)
        postgres.create_database("patron")
        if arguments.start:
            measure_starts(arguments, builds, folder, postgres)
        else:
            measure_load(arguments, builds, stack, folder, postgres)


def serve(stack, folder, postgres, name, build):
    port, log = free_port(), folder / f"{name}.log"
    url = f"http://127.0.0.1:{port}"
    process = start(
        stack, ["dotnet", pathlib.Path(build).resolve() / "patron.dll", "serve", "--data", folder / f"data-{name}", "--urls", url],
        log, {**patron_settings(postgres, "patron"), "Keys__Master": MASTER_KEY})
    return Contestant(name, process, url, needs_token=True), log


def measure_load(arguments, builds, stack, folder, postgres):
    contestants = []
    for name, build in builds:
        contestant, log = serve(stack, folder, postgres, name, build)
        await_answer(f"{contestant.url}/health/ready", contestant.process, log)
        contestants.append(contestant)
    await_migrations(postgres, "patron")
    postgres.execute_file("patron", HERE / "fill-patron.sql", rows=arguments.rows, organization=HOME)
    contestants[0].sign_up()
    postgres.query("patron", "CHECKPOINT")
    load, runs = Load(arguments.rows, arguments.connections), {}
    for operation in arguments.only.split(","):
        for contestant in contestants:
            load.drive(contestant, operation, 2, postgres, check=True)
            load.drive(contestant, operation, arguments.warm, postgres)
        for number in range(1, arguments.rounds + 1):
            # Each is first as often as last.
            for contestant in contestants if number % 2 else contestants[::-1]:
                run = load.drive(contestant, operation, arguments.seconds, postgres)
                runs.setdefault((operation, contestant.name), []).append(run)
                progress(f"{operation}: round {number}, {contestant.name}: {run.rate:.0f}/s, p95 {run.p95:.1f} ms" + (f", {run.errors} FAILED" if run.errors else ""))
    report.show(report.figures(runs), markdown=True)
    table = [["work", "who", "ratio", "ratios of the rounds"]]
    for operation in arguments.only.split(","):
        base = runs[operation, contestants[0].name]
        for contestant in contestants[1:]:
            ratios = [run.rate / of_base.rate for run, of_base in zip(runs[operation, contestant.name], base)]
            table.append([operation, f"{contestant.name} / {contestants[0].name}", f"{median(ratios):.3f}", " ".join(f"{ratio:.3f}" for ratio in ratios)])
    report.show(table, markdown=True)
    if errors := sum(run.errors for of_one in runs.values() for run in of_one):
        sys.exit(f"INVALID: {errors} requests failed.")


def measure_starts(arguments, builds, folder, postgres):
    """Each build in turns: ms to the first ready, ms that the first get, create and change take then, MB after 5 s and after those requests."""
    from contextlib import ExitStack
    with ExitStack() as stack:
        first, log = serve(stack, folder, postgres, "fill", builds[0][1])
        await_answer(f"{first.url}/health/ready", first.process, log)
        postgres.execute_file("patron", HERE / "fill-patron.sql", rows=1000, organization=HOME)
    names = ["ready ms", "first get ms", "first create ms", "first change ms", "idle MB", "MB after"]
    figures = {name: [] for name, _ in builds}
    for number in range(arguments.rounds + 1):
        for name, build in builds if number % 2 else builds[::-1]:
            with ExitStack() as stack:
                began = time.monotonic()
                contestant, log = serve(stack, folder, postgres, name, build)
                while time.monotonic() - began < 60:
                    try:
                        urllib.request.urlopen(f"{contestant.url}/health/ready", timeout=5).close()
                        break
                    except OSError:
                        time.sleep(0.005)
                ready = time.monotonic() - began
                time.sleep(5)
                idle = resident(contestant.process.pid)
                token = contestant.token()
                gets = [timed(contestant, token, "GET", "/CUST_00000003")]
                creates = [timed(contestant, token, "POST", "/", f'{{"first_name":"S","last_name":"T","email":"s-{name}-{number}-{began}@example.com"}}')]
                changes = [timed(contestant, token, "PUT", "/CUST_00000003/", f'{{"city":"C{began}"}}')]
                run = [ready * 1e3, gets[0], creates[0], changes[0], idle, resident(contestant.process.pid)]
                if number:  # The first of each only warms the disk.
                    figures[name].append(run)
                    progress(f"round {number}, {name}: " + ", ".join(f"{what} {value:.0f}" for what, value in zip(names, run)))
    report.show([["who", *names], *([name, *(f"{median(column):.0f} ({min(column):.0f}-{max(column):.0f})" for column in zip(*of_one))] for name, of_one in figures.items())], markdown=True)


def timed(contestant, token, method, path, body=None):
    request = urllib.request.Request(
        f"{contestant.url}{contestant.base}{path}", body and body.encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}, method=method)
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
    return (time.monotonic() - began) * 1e3


def resident(process):
    return next(int(line.split()[1]) / 1024 for line in open(f"/proc/{process}/status") if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
