"""Rolling upgrades of two servers under load, from the build of another commit and to a made-up next release. Called by ./run."""
import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/load"))

import report  # noqa: E402
from contestants import ADMIN, patron_settings  # noqa: E402
from postgres import own_postgres  # noqa: E402
from processes import PATIENCE, Failed, await_answer, free_port, run, start  # noqa: E402

NEXT_FILE = ROOT / "tests/Patron.IntegrationTests/Upgrades/Database/Migrations/9001_next_release.sql"
# Customers whose counters differ from counting them anew.
WRONG_COUNTERS_SQL = """
    SELECT count(*) FROM (
        SELECT organization_id, dimension, within, key, sum(customers) AS customers, sum(days) AS days FROM customers.counted GROUP BY 1, 2, 3, 4
        HAVING sum(customers) <> 0) stored
    FULL JOIN customers.counted_anew anew USING (organization_id, dimension, within, key, customers, days)
    WHERE stored.key IS NULL OR anew.key IS NULL"""


@dataclass
class Server:
    """One process of a release."""

    name: str
    process: subprocess.Popen
    url: str
    log: pathlib.Path

    def ask(self, method, path, body=None, token=None, headers=None):
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode(), sent, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def token(self):
        return self.ask("POST", "/api/auth/login/", ADMIN)["tokens"]["access"]


@dataclass
class Seen:
    """What the clients of a server saw in one phase."""

    answers: int = 0
    slowest: float = 0
    failures: list = field(default_factory=list)


class Clients:
    """Threads that create customers, sign in, search and read on a server, until they are stopped. The slowest answer of each phase is kept."""

    def __init__(self, server, created):
        self.server, self.created, self.stopped = server, created, threading.Event()
        self.phase, self.seen = "alone", {}
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def work(self):
        token = self.server.token()
        while not self.stopped.is_set():
            for name, action in (("sign in", self.sign_in), ("create", self.create), ("search", self.search), ("read", self.read)):
                began, phase = time.perf_counter(), self.phase
                seen = self.seen.setdefault(phase, Seen())
                try:
                    action(token)
                except (OSError, ValueError, KeyError) as failure:
                    said = failure.read().decode(errors="replace")[:200] if isinstance(failure, urllib.error.HTTPError) else ""
                    seen.failures.append(f"{name} on {self.server.name}: {failure} {said}")
                seen.answers += 1
                seen.slowest = max(seen.slowest, time.perf_counter() - began)

    def sign_in(self, _):
        self.server.token()

    def create(self, token):
        email = f"{uuid.uuid4().hex}@example.com"
        made = self.server.ask("POST", "/api/v1/customers/", {"first_name": "John", "last_name": "Doe", "email": email, "city": "Harare"}, token)
        self.created.append(made["customer_id"])

    def search(self, token):
        self.server.ask("POST", "/api/v1/customers/search", {"query": "john", "page": 1, "limit": 10}, token)

    def read(self, token):
        if self.created:
            self.server.ask("GET", f"/api/v1/customers/{random.choice(self.created)}", token=token)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)


class Upgrade:
    """One upgrade from a build to another, on a database of its own."""

    def __init__(self, arguments, stack, folder, postgres, odoo, database):
        self.arguments, self.stack, self.folder, self.postgres, self.odoo, self.database = arguments, stack, folder, postgres, odoo, database
        self.created = []

    def launch(self, program, name):
        port, log = free_port(), self.folder / f"{self.database}-{name.replace(' ', '-')}.log"
        settings = {**patron_settings(self.postgres, self.database), **self.odoo, "Keys__Master": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
        process = start(
            self.stack, ["dotnet", program, "serve", "--data", self.folder / f"data-{self.database}-{name}", "--urls", f"http://127.0.0.1:{port}"], log, settings)
        return Server(name, process, f"http://127.0.0.1:{port}", log)

    def serve(self, program, name):
        server = self.launch(program, name)
        await_answer(f"{server.url}/health/ready", server.process, server.log)
        return server

    def run(self, old, new, title):
        print(f"### {title}\n", flush=True)
        self.postgres.create_database(self.database)
        servers = [self.serve(old, "old 1"), self.serve(old, "old 2")]
        clients = [Clients(server, self.created) for server in servers]
        self.wait("alone", clients, self.arguments.seconds)
        began = time.perf_counter()
        self.phase(clients, "while the new one migrates and starts")
        newer = self.serve(new, "new")
        print(f"The new process was ready after {time.perf_counter() - began:.1f} s.")
        clients.append(Clients(newer, self.created))
        self.wait("old and new together", clients, self.arguments.seconds)
        self.work(servers[0], "sync by the old process")
        self.work(newer, "sync by the new process")
        self.change(servers[1], "job by the old process")
        self.change(newer, "job by the new process")
        clients[0].stop()
        self.end(servers[0])
        restarted = self.launch(old, "old 1 again")
        try:
            await_answer(f"{restarted.url}/health/ready", restarted.process, restarted.log)
            print("The old process started again.")
            clients.append(Clients(restarted, self.created))
            self.wait("after the restart of the old one", clients[1:], self.arguments.seconds)
        except Failed:
            said = [line for line in restarted.log.read_text().splitlines() if "newer version" in line]
            print(f"The old process was refused with status {restarted.process.wait()}: {said[-1] if said else restarted.log.read_text()[-500:]}")
        for client in clients:
            client.stop()
        self.show(clients)
        for server in (*servers[1:], restarted, newer):
            self.end(server)
        self.check()

    def phase(self, clients, name):
        for client in clients:
            client.phase = name

    def wait(self, name, clients, seconds):
        self.phase(clients, name)
        threading.Event().wait(seconds)

    @staticmethod
    def end(server):
        server.process.terminate()
        if (status := server.process.wait(PATIENCE)) not in (0, 1):
            raise Failed(f"{server.name} ended with status {status}:\n{server.log.read_text()[-2000:]}")

    def work(self, server, name):
        """A sync of the stand-in's partners."""
        token = server.token()
        asked = server.ask("POST", "/api/portal/sync/", {"full": True}, token)["data"]["id"]
        while (done := server.ask("GET", f"/api/portal/sync/{asked}/", token=token)["data"])["state"] in ("requested", "running"):
            time.sleep(0.2)
        print(f"{name}: {done['state']}")

    def change(self, server, name):
        """A job over all customers."""
        token = server.token()
        job = server.ask("POST", "/api/v1/jobs/", {"kind": "add_tags", "filter": {"query": "john"}, "changes": {"tags": name.split()[-2]}}, token)["job"]["id"]
        self.await_job(server, token, job, "ready")
        count = server.ask("GET", f"/api/v1/jobs/{job}", token=token)["rows"]["would_change"]
        server.ask("POST", f"/api/v1/jobs/{job}/confirm", {"count": count}, token)
        self.await_job(server, token, job, "applied")
        print(f"{name}: applied to {count} customers")

    @staticmethod
    def await_job(server, token, job, state):
        deadline = time.monotonic() + PATIENCE
        while (current := server.ask("GET", f"/api/v1/jobs/{job}", token=token))["state"] != state:
            if time.monotonic() > deadline:
                raise Failed(f"The job is {current}.")
            time.sleep(0.1)

    def show(self, clients):
        table = [["clients of", "phase", "answers", "slowest, s", "failed"]]
        failures = []
        for client in clients:
            for phase, seen in client.seen.items():
                table.append([client.server.name, phase, str(seen.answers), f"{seen.slowest:.2f}", str(len(seen.failures))])
                failures += seen.failures
        report.show(table, markdown=True)
        for failure in failures[:5]:
            print(f"failed: {failure}")

    def check(self):
        stored = self.postgres.query(self.database, "SELECT customer_id FROM customers.customers").splitlines()
        lost = set(self.created) - set(stored)
        wrong = self.postgres.query(self.database, WRONG_COUNTERS_SQL)
        dead = self.postgres.query(self.database, "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL")
        print(f"{report.number(len(self.created))} customers were created and acknowledged, {len(lost)} of them are missing; {wrong} counters are wrong; {dead} messages were given up.\n")
        if lost or wrong != "0":
            raise Failed("The upgrade lost something.")


def build(stack, root, folder, commit, name, file=None):
    """The program of a commit, perhaps with one more migration."""
    tree = folder / name
    git = ["git", "-C", str(root)]
    subprocess.run([*git, "worktree", "add", "--detach", "--quiet", str(tree), commit], check=True)
    stack.callback(subprocess.run, [*git, "worktree", "remove", "--force", str(tree)], check=False)
    if file:
        shutil.copy(file, tree / "src/Patron.Customers/Database/Migrations")
    print(f"Building {name} ({commit[:10]}) ...", file=sys.stderr, flush=True)
    done = subprocess.run(["dotnet", "build", tree / "src/Patron", "--configuration", "Release", "--verbosity", "quiet", "-p:RunAnalyzers=false"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stdout[-3000:])
    return tree / "artifacts/bin/Patron/release/patron.dll"


def previous(root):
    """The commit before the one that added the newest migration."""
    added = subprocess.run(
        ["git", "-C", str(root), "log", "-1", "--diff-filter=A", "--format=%H", "--", "src/*/Database/Migrations/*.sql"], capture_output=True, text=True, check=True)
    if not (commit := added.stdout.strip()):
        raise Failed("This checkout has no history: name a commit with --from, or fetch the history.")
    return subprocess.run(["git", "-C", str(root), "rev-parse", f"{commit}^"], capture_output=True, text=True, check=True).stdout.strip()


def main():
    arguments = parse()
    root = arguments.root
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}\n", flush=True)
        commit = arguments.commit or previous(root)
        old = arguments.old or build(stack, root, folder, commit, "previous")
        later = arguments.next or build(stack, root, folder, "HEAD", "next", NEXT_FILE)
        new = arguments.new or (root / "artifacts/patron/current").resolve() / "patron.dll"
        odoo = start_odoo(stack, arguments.stand_in or root / "artifacts/bin/Patron.OdooStandIn/release/Patron.OdooStandIn.dll", folder)
        Upgrade(arguments, stack, folder, postgres, odoo, "first").run(old, new, f"From {commit[:10]} to this version")
        Upgrade(arguments, stack, folder, postgres, odoo, "second").run(new, later, "From this version to one with another migration that says expand")


def start_odoo(stack, program, folder):
    port, log = free_port(), folder / "odoo.log"
    process = start(stack, ["dotnet", program, "--urls", f"http://127.0.0.1:{port}", "--partners", "500"], log)
    for _ in range(600):
        lines = [line for line in log.read_text().splitlines() if line.startswith("Odoo__")]
        if len(lines) == 4:
            return dict(line.split("=", 1) for line in lines)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Failed(f"The stand-in for Odoo did not start:\n{log.read_text()}")


def parse():
    parser = argparse.ArgumentParser(prog="bench/upgrade/run", description="Upgrades a running Patron under load, and restarts the older version beside the newer one.")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="commit", metavar="COMMIT", help="the previous release (default: the commit before the newest migration was added)")
    for name, what in (("old", "the previous release"), ("new", "this version"), ("next", "this version with one more migration"), ("stand-in", "the stand-in for Odoo")):
        parser.add_argument(f"--{name}", type=pathlib.Path, metavar="DLL", help=f"a build of {what} that is there already")
    parser.add_argument("--seconds", type=int, default=10, help="that each phase takes (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
