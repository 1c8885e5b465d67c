"""The measurements of jobs: speed beside COPY, memory, what other writers notice, and kills. Called by ./jobs."""
import argparse
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass

import report
from contestants import run_patron, serve_patron, start_patron
from load import Load
from postgres import own_postgres
from processes import PATIENCE, Failed, run

CHANGES = {"territory": "North", "notes": "by a job"}
LOCK_WAIT = 50  # ms; PostgreSQL logs each wait for a lock that is longer


@dataclass
class Speed:
    """Of one number of customers: seconds, and the server's largest resident memory in MB."""

    previewed: float
    applied: float
    undone: float | None
    copied: float
    peak: float
    idle: float


class Jobs:
    """Jobs of one server."""

    def __init__(self, patron):
        self.patron = patron

    def send(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.patron.token()}"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.patron.url}/api/v1/jobs/{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def create(self, **body):
        return self.send("POST", "", body)["job"]["id"]

    def confirm(self, job, count):
        self.send("POST", f"{job}/confirm", {"count": count})

    def undo(self, job):
        self.send("POST", f"{job}/undo")


class States:
    """Waits for states of jobs in the database, which answers faster than a server that is being killed."""

    def __init__(self, postgres, database):
        self.postgres, self.database = postgres, database

    def value(self, job, column):
        return self.postgres.query(self.database, f"SELECT {column} FROM customers.jobs WHERE id = {job}")

    def wait(self, job, state, patience=900):
        began = time.perf_counter()
        while (current := self.value(job, "state")) != state:
            if current in ("paused", "undo_paused", "cancelled", "expired") or time.perf_counter() - began > patience:
                raise Failed(f"Job {job} is {current}: {self.value(job, 'reason')}")
            time.sleep(0.05)
        return time.perf_counter() - began


def measure_speed(arguments, rows):
    """One job over all customers, then COPY of the same customers into a second database."""
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {rows} customers\n", flush=True)
        patron = start_patron(stack, arguments.root, folder, postgres, "jobs", rows)
        jobs, states, dump = Jobs(patron), States(postgres, "jobs"), folder / "rows"
        columns = postgres.dump_customers("jobs", dump)
        postgres.query("postgres", "CHECKPOINT")
        idle = memory(patron, "VmRSS")
        job = jobs.create(kind="update", filter={}, changes=CHANGES)
        previewed = states.wait(job, "ready")
        jobs.confirm(job, int(states.value(job, "would_change")))
        applied = states.wait(job, "applied")
        if (changed := int(states.value(job, "changed"))) < rows:
            raise Failed(f"The job changed {changed} of {rows} customers.")
        undone = None
        if arguments.undo_rows >= rows:
            jobs.undo(job)
            undone = states.wait(job, "undone")
        peak = memory(patron, "VmHWM")
        patron.process.terminate()
        patron.process.wait(PATIENCE)
        postgres.query("postgres", "DROP DATABASE jobs WITH (FORCE)")
        postgres.create_database("copied")
        run_patron(stack, arguments.root, folder, postgres, "copied", "migrate")
        postgres.query("postgres", "CHECKPOINT")
        return Speed(previewed, applied, undone, postgres.load_customers("copied", columns, dump), peak, idle)


def memory(patron, figure):
    """In MB."""
    for line in pathlib.Path(f"/proc/{patron.process.pid}/status").read_text().splitlines():
        if line.startswith(f"{figure}:"):
            return int(line.split()[1]) / 1024
    raise Failed(f"There is no {figure}.")


def show_speed(by_size, markdown):
    table = [["customers", "preview, rows/s", "apply, rows/s", "undo, rows/s", "COPY, rows/s", "apply of COPY", "peak MB", "MB before"]]
    for rows, speed in by_size.items():
        table.append([
            report.number(rows), *("" if seconds is None else report.number(rows / seconds) for seconds in (speed.previewed, speed.applied, speed.undone, speed.copied)),
            f"{speed.copied / speed.applied:.2f}", report.number(speed.peak), report.number(speed.idle)])
    report.show(table, markdown)
    fewer, more = by_size
    report.show([
        report.BAR_HEADER,
        report.judge(f"updates of {report.number(more)} rows, of COPY", by_size[more].copied / by_size[more].applied, 0.35),
        report.judge(f"peak memory at {report.number(more)} rows, of that at {report.number(fewer)}", by_size[more].peak / by_size[fewer].peak, 1.25, most=True),
    ], markdown)


def measure_locks(arguments, rows):
    """Creates and changes alone, then beside a job over all customers; PostgreSQL logs every wait for a lock above the limit."""
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {rows} customers\n", flush=True)
        for setting in f"deadlock_timeout = '{LOCK_WAIT}ms'", "log_lock_waits = on":
            postgres.query("postgres", f"ALTER SYSTEM SET {setting}")
        postgres.query("postgres", "SELECT pg_reload_conf()")
        patron = start_patron(stack, arguments.root, folder, postgres, "locks", rows)
        check_log(postgres)
        jobs, states = Jobs(patron), States(postgres, "locks")
        load = Load(rows, 4)
        table = [["writers", "writes/s", "p50, ms", "p95, ms", "p99, ms", f"waits for a lock above {LOCK_WAIT} ms", "of the writes", "failed"]]
        for operation in "create", "change":
            load.drive(patron, operation, 5, postgres, check=True)
        slow = 0.0
        for operation in "create", "change":
            for beside in False, True:
                job = start_job(jobs, states) if beside else None
                before = lock_waits(postgres)
                figures = load.drive(patron, operation, arguments.seconds, postgres)
                waits, writes = lock_waits(postgres) - before, figures.rate * arguments.seconds
                if beside:
                    if states.value(job, "state") != "applying":
                        raise Failed("The job was done before the writers were: take more of --rows or fewer --seconds.")
                    jobs.send("POST", f"{job}/cancel")
                    slow = max(slow, waits / writes)
                table.append([
                    f"{operation}{', beside a job' if beside else ''}", report.number(figures.rate), *(f"{value:.1f}" for value in (figures.p50, figures.p95, figures.p99)),
                    str(waits), f"{waits / writes:.3%}", str(figures.errors)])
        report.show(table, arguments.markdown)
        report.show([report.BAR_HEADER, report.judge(f"writes that wait for a lock above {LOCK_WAIT} ms, in percent", slow * 100, 1, most=True)], arguments.markdown)


def start_job(jobs, states):
    job = jobs.create(kind="update", filter={}, changes={"territory": f"T{random.random()}"})
    states.wait(job, "ready")
    jobs.confirm(job, int(states.value(job, "would_change")))
    time.sleep(0.5)
    return job


def check_log(postgres):
    """A wait that is too long has to be logged, or the count of none means nothing."""
    lock, before = "BEGIN; SELECT FROM customers.customers WHERE id = 1 FOR UPDATE;", lock_waits(postgres)
    holder = threading.Thread(target=postgres.psql, args=("locks",), kwargs={"text": f"{lock} SELECT pg_sleep(1)"})
    holder.start()
    time.sleep(0.3)
    postgres.psql("locks", text=lock)
    holder.join()
    if lock_waits(postgres) == before:
        raise Failed("PostgreSQL doesn't log waits for locks.")


def lock_waits(postgres):
    log = (postgres.data / "server.log").read_text(errors="replace")
    return log.count("still waiting for")


def measure_kills(arguments):
    """A job is previewed, applied and undone, while its server is killed at random moments; nothing is lost or done twice."""
    rows = arguments.kill_rows
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {rows} customers\n", flush=True)
        patron = start_patron(stack, arguments.root, folder, postgres, "kills", rows)
        states, random_moment, kills = States(postgres, "kills"), random.Random(7), {"preview": 0, "apply": 0, "undo": 0}
        turn = 0
        while min(kills.values()) < arguments.kills:
            turn += 1
            tag = f"turn{turn}"
            patron = restarted(arguments, stack, folder, postgres, patron)
            job = Jobs(patron).create(kind="add_tags", filter={}, changes={"tags": tag})
            patron = interrupt(arguments, stack, folder, postgres, patron, states, job, "preview", "ready", kills, random_moment)
            count = int(states.value(job, "would_change"))
            expect(postgres, f"SELECT count(DISTINCT customer_uid) FROM customers.job_rows WHERE job_id = {job}", count)
            Jobs(patron).confirm(job, count)
            patron = interrupt(arguments, stack, folder, postgres, patron, states, job, "apply", "applied", kills, random_moment)
            expect(postgres, f"SELECT changed + skipped FROM customers.jobs WHERE id = {job}", count)
            expect(postgres, f"SELECT count(*) FROM customers.customers WHERE '{tag}' = ANY (tags)", count)
            expect(postgres, f"SELECT count(*) FROM shared.audit_entries WHERE cause = 'job:{job}' AND action = 'customer.changed'", count)
            Jobs(patron).undo(job)
            patron = interrupt(arguments, stack, folder, postgres, patron, states, job, "undo", "undone", kills, random_moment)
            expect(postgres, f"SELECT undone FROM customers.jobs WHERE id = {job}", count)
            expect(postgres, f"SELECT count(*) FROM customers.customers WHERE '{tag}' = ANY (tags)", 0)
            expect(postgres, f"SELECT count(*) FROM shared.audit_entries WHERE cause = 'job:{job}' AND action = 'customer.job_undone'", count)
        report.show([["killed in", "times"], *([phase, str(times)] for phase, times in kills.items())], arguments.markdown)
        print("Every job went on, all counts added up, and nothing was done twice.\n")


def expect(postgres, sql, count):
    if (found := int(postgres.query("kills", sql))) != count:
        raise Failed(f"{found} instead of {count}: {sql}")


def interrupt(arguments, stack, folder, postgres, patron, states, job, phase, until, kills, random_moment):
    """Kills the server again and again until the phase is over."""
    column = {"preview": "total", "apply": "changed", "undo": "undone"}[phase]
    for _ in range(arguments.kills - kills[phase]):
        time.sleep(random_moment.uniform(0.2, 1.0))
        in_the_middle = states.value(job, "state") != until
        os.killpg(patron.process.pid, signal.SIGKILL)
        patron.process.wait(PATIENCE)
        if in_the_middle and states.value(job, "state") != until and int(states.value(job, column)) > 0:
            kills[phase] += 1
        patron = restarted(arguments, stack, folder, postgres, patron)
        if states.value(job, "state") == until:
            break
    states.wait(job, until)
    return patron


def restarted(arguments, stack, folder, postgres, patron):
    if patron.process.poll() is None:
        return patron
    return serve_patron(stack, arguments.root, folder, postgres, "kills")


def main():
    arguments = parse()
    if "speed" in arguments.only:
        by_size = {}
        for rows in (arguments.rows // 10, arguments.rows):
            print(f"{rows} customers ...", file=sys.stderr, flush=True)
            by_size[rows] = measure_speed(arguments, rows)
        show_speed(by_size, arguments.markdown)
    if "locks" in arguments.only:
        measure_locks(arguments, arguments.lock_rows)
    if "kills" in arguments.only:
        measure_kills(arguments)


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/load/jobs", description="Measures jobs beside COPY of the same customers, beside other writers, and with a server that is killed in the middle.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="+", choices=["speed", "locks", "kills"], default=["speed", "locks", "kills"], help="what to measure (default: all)")
    parser.add_argument("--rows", type=int, default=report.MILLION, help="customers of the job; a tenth of them is measured first (default: %(default)s)")
    parser.add_argument("--undo-rows", type=int, default=report.MILLION, help="undo the job up to so many customers (default: %(default)s)")
    parser.add_argument("--lock-rows", type=int, default=200_000, help="customers of the job beside writers (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="how long writers write (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=20, help="kills in each of preview, application and undo (default: %(default)s)")
    parser.add_argument("--kill-rows", type=int, default=20_000, help="customers of the jobs that are killed (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
