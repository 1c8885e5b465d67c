"""The measurements of backups, on the private PostgreSQL. Called by ./backup."""
import argparse
import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

from contestants import ADMIN, HOME, Contestant, patron_command
from postgres import ENDINGS, find_binaries, leave
from processes import Failed, await_answer, free_port, run, start

CLIENTS = 4
WARM_UP, QUIET = 15, 40  # seconds of creates: not measured, and measured without a base
MOST_BASE, LEAST_CREATES, MOST_LOST, MOST_RESTORE = 120, 0.8, 5, 300
STEP = 10_000  # that numbers are moved on


class Private:
    """Patron with its private PostgreSQL."""

    def __init__(self, stack, root, folder):
        self.stack, self.root, self.folder = stack, root, folder
        self.psql = find_binaries() / "psql"

    def serve(self, data, **settings):
        port, log = free_port(), self.folder / f"{data}.log"
        environment = {
            "PATRON_ADMIN_EMAIL": ADMIN["email"], "PATRON_ADMIN_PASSWORD": ADMIN["password"], "Limits__SignInsPerMinute": "1000000", **settings}
        process = start(
            self.stack, patron_command(self.root, "serve", "--data", self.folder / data, "--urls", f"http://127.0.0.1:{port}"), log, environment)
        await_answer(f"http://127.0.0.1:{port}/health/ready", process, log)
        return Contestant("patron", process, f"http://127.0.0.1:{port}", needs_token=True)

    def command(self, *arguments):
        """What a command said, and its seconds."""
        began = time.perf_counter()
        done = subprocess.run(patron_command(self.root, *map(str, arguments)), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Failed(f"patron {arguments[0]} failed:\n{done.stderr[-2000:]}")
        return done.stdout, time.perf_counter() - began

    def query(self, data, sql, *arguments):
        done = subprocess.run(
            [self.psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder / data / "postgres", "-U", "patron", "-d", "patron", *arguments,
             *(["-c", sql] if sql else [])], capture_output=True, text=True)
        if done.returncode:
            raise Failed(done.stderr)
        return done.stdout.strip()

    def kill(self, patron, data):
        """As a machine that dies: the server, its database and whatever it has started."""
        postmaster = int((self.folder / data / "postgres/postmaster.pid").read_text().split()[0])
        for process in (patron.process.pid, postmaster):
            os.kill(process, signal.SIGKILL)
        patron.process.wait()


class Creates:
    """Clients that create customers until they are told to stop, and note what was acknowledged when."""

    def __init__(self, patron):
        self.patron, self.token = patron, patron.token()
        self.acknowledged, self.wrong, self.stop = [], [], threading.Event()
        self.threads = [threading.Thread(target=self.create, args=(number,), daemon=True) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def create(self, client):
        connection = http.client.HTTPConnection(self.patron.url.removeprefix("http://"), timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        number = 0
        while not self.stop.is_set():
            number += 1
            email = f"backup-{os.getpid()}-{id(self)}-{client}-{number}@example.com"
            try:
                connection.request("POST", "/api/v1/customers/", json.dumps({"first_name": "Jane", "last_name": "Doe", "email": email}), headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                return  # The machine has died.
            if answer.status == 201:
                self.acknowledged.append((time.monotonic(), email, json.loads(body)["id"]))
            elif answer.status == 401:
                headers["Authorization"] = f"Bearer {self.patron.token()}"
            else:
                self.wrong.append((answer.status, body[:300]))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        if self.wrong:
            raise Failed(f"A create failed: {self.wrong[0]}")

    def measure(self):
        """Creates per second of a warm server."""
        time.sleep(WARM_UP + QUIET)
        now = time.monotonic()
        return self.rate(now - QUIET, now)

    def rate(self, since, until):
        return sum(since <= at < until for at, _, _ in self.acknowledged) / (until - since)


def bases(backups):
    """The folders of complete backups."""
    return {manifest.parent for manifest in backups.glob("*/backup.json")}


def await_bases(backups, count):
    while len(bases(backups)) < count:
        time.sleep(0.02)


def measure(stack, root, folder, rows):
    private = Private(stack, root, folder)
    patron = private.serve("data")
    while private.query("data", "SELECT count(*) FROM shared.leases WHERE name = 'background_migrations'") != "0" or private.query(
            "data", "SELECT count(*) FROM shared.background_migrations WHERE finished_at IS NOT NULL") == "0":
        time.sleep(0.2)
    # The generated people have few names. Comparing them with each other takes a core for minutes, at times that differ from run to run.
    private.query("data", "ALTER TABLE customers.customers DISABLE TRIGGER queue_new_for_duplicates")
    private.query("data", None, "-v", f"rows={rows}", "-v", f"organization={HOME}", "-f", root / "bench/load/fill-patron.sql")
    creates = Creates(patron)
    before = creates.measure()
    creates.end()
    patron.process.terminate()
    patron.process.wait()

    # The first base is taken at once, the next one at the next even minute, so that both are of a warm server.
    backups = folder / "backups"
    patron = private.serve("data", Backup__Folder=str(backups), Backup__Schedule="*/2 * * * *")
    await_bases(backups, 1)
    creates = Creates(patron)
    receiving = creates.measure()
    known = bases(backups)
    while not set(backups.glob("*Z")) - known:
        time.sleep(0.02)
    began = time.monotonic()
    await_bases(backups, len(known) + 1)
    taken = time.monotonic()
    during = creates.rate(began, taken)
    time.sleep(WARM_UP)
    token = creates.token
    highest = max(number for _, _, number in creates.acknowledged)
    private.kill(patron, "data")
    killed = time.monotonic()
    creates.end()

    _, restore = private.command("restore", backups, "--data", folder / "restored", "--key", folder / "data/master.key")
    _, proved = private.command("backup", backups, "--prove")
    patron = private.serve("restored")
    found = set(private.query("restored", "SELECT email FROM customers.customers WHERE email LIKE 'backup-%'").split())
    lost = [at for at, email, _ in creates.acknowledged if email not in found]
    request = urllib.request.Request(f"{patron.url}/api/v1/customers/?limit=1", headers={"Authorization": f"Bearer {token}"})
    try:
        urllib.request.urlopen(request, timeout=30)
        raise Failed("An old access token is accepted after the restore.")
    except urllib.error.HTTPError as refused:
        if refused.code != 401:
            raise
    following = patron.ask("/", {"first_name": "Jane", "last_name": "Doe", "email": "following@example.com"})["id"]
    if following <= highest + STEP // 2:
        raise Failed(f"Number {following} was given after the restore, although {highest} had been given before.")
    size = int(private.query("restored", "SELECT pg_database_size('patron')")) / 1e9
    return (
        rows, size, before, during, receiving, taken - began, len(creates.acknowledged), len(lost),
        max((killed - at for at in lost), default=0), restore, proved)


def show(figures):
    rows, size, before, during, receiving, base, acknowledged, lost, lost_seconds, restore, proved = figures

    def judge(good):
        return "" if good else " **(missed)**"

    print(f"""
| {rows:,} customers, {size:.1f} GB | measured | limit |
|---|---|---|
| base with its verification, beside creates | {base:.0f} s{judge(base <= MOST_BASE)} | {MOST_BASE} s |
| creates per second of {CLIENTS} clients: before | {before:.0f} | |
| during the base | {during:.0f}, {during / before:.2f} of before{judge(during >= LEAST_CREATES * before)} | {LEAST_CREATES} |
| while WAL is received | {receiving:.0f}, {receiving / before:.2f} of before{judge(receiving >= LEAST_CREATES * before)} | {LEAST_CREATES} |
| `kill -9` of all: lost of {acknowledged:,} acknowledged creates | {lost}, none older than {lost_seconds:.2f} s{judge(lost_seconds <= MOST_LOST)} | {MOST_LOST} s |
| restore, until servers may start | {restore:.0f} s{judge(restore <= MOST_RESTORE)} | {MOST_RESTORE} s |
| proof | {proved:.0f} s | |
""")


def main():
    parser = argparse.ArgumentParser(prog="bench/load/backup", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=1_000_000, help="customers (default: 1,000,000)")
    arguments = parser.parse_args()
    for number in ENDINGS:
        signal.signal(number, leave)
    with ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="patron-load-", ignore_cleanup_errors=True)))
        folder.chmod(0o711)  # PostgreSQL's user passes through.
        show(measure(stack, arguments.root, folder, arguments.rows))


run(main)
