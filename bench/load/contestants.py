"""The three that are measured: each a server, where its customers are, and what a client must send."""
import json
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

from processes import PATIENCE, Failed, await_answer, free_port, start

ADMIN = {"email": "admin@patron.example", "password": "bench needs one 7"}
CUSTOMER = {"email": "customer@patron.example", "password": "bench needs one 7"}
HOME = "0198c0de-0000-7000-8000-000000000001"  # Patron's home organization, unless its settings name another.
BASE = "/api/v1/customers"


@dataclass
class Contestant:
    name: str
    process: subprocess.Popen
    url: str
    needs_token: bool = False
    base: str = BASE

    def ask(self, path, body=None):
        """What it answers to GET, or to POST where there is a body."""
        headers = {"Content-Type": "application/json"}
        if self.needs_token:
            headers["Authorization"] = f"Bearer {self.token()}"
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}{self.base}{path}", content, headers), timeout=30) as answer:
            return json.load(answer)

    def token(self, person=ADMIN):
        """A fresh access token: they live for ten minutes only."""
        return self.post("/api/auth/login/", person)["tokens"]["access"] if self.needs_token else None

    def sign_up(self):
        """A customer with a record of their own."""
        self.post("/api/method/rockettradeline.api.auth.sign_up", {**CUSTOMER, "full_name": "Jane Doe", "phone": "+1-555-0123"})

    def post(self, path, body):
        request = urllib.request.Request(f"{self.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def patron_command(root, *arguments):
    """The command line of the Patron that ./patron has built."""
    return ["dotnet", (root / "artifacts/patron/current").resolve() / "patron.dll", *arguments]


def run_patron(stack, root, folder, postgres, database, *arguments, allowed=(0,), settings=None):
    """What a command of Patron said, the seconds it took and its largest resident memory in MB."""
    began = time.perf_counter()
    process, log = begin_patron(stack, root, folder, postgres, database, *arguments, settings=settings)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_text()
    if process.returncode not in allowed:
        raise Failed(f"patron {' '.join(map(str, arguments))} failed:\n{said[-3000:]}")
    return said, seconds, usage.ru_maxrss / 1024


def begin_patron(stack, root, folder, postgres, database, *arguments, settings=None):
    """Starts a command of Patron on this database; the process and the file of what it says."""
    log = folder / "patron.log"
    command = patron_command(root, *arguments, "--data", folder / f"data-{database}")
    return start(stack, command, log, patron_settings(postgres, database) | (settings or {})), log


def patron_settings(postgres, database):
    # All comes from one address, which may sign up ten people a second unless told otherwise; hashing alone takes more than that.
    return {
        "ConnectionStrings__Patron": postgres.npgsql(database), "PATRON_ADMIN_EMAIL": ADMIN["email"], "PATRON_ADMIN_PASSWORD": ADMIN["password"],
        "Limits__SignUpsPerMinute": "1000000", "Limits__SignInsPerMinute": "1000000"}


def start_patron(stack, root, folder, postgres, database, rows, settings=None, before_filling=None):
    """
    Patron as it ships, on a database that it makes itself and that is then filled. Settings are added to those of a measurement, and a statement can
    prepare what is filled in.
    """
    postgres.create_database(database)
    patron = serve_patron(stack, root, folder, postgres, database, settings)
    await_migrations(postgres, database)
    if before_filling:
        postgres.query(database, before_filling)
    postgres.execute_file(database, root / "bench/load/fill-patron.sql", rows=rows, organization=HOME)
    patron.sign_up()
    return patron


def serve_patron(stack, root, folder, postgres, database, settings=None, name=None):
    """Patron on a database that is there already, such as after a kill. Of several on one database each has a name."""
    called = name or database
    port, log = free_port(), Path(folder) / f"{called}.log"
    process = start(
        stack, patron_command(root, "serve", "--data", Path(folder) / f"data-{called}", "--urls", f"http://127.0.0.1:{port}"), log,
        patron_settings(postgres, database) | (settings or {}))
    await_answer(f"http://127.0.0.1:{port}/health/ready", process, log)
    return Contestant(name or "patron", process, f"http://127.0.0.1:{port}", needs_token=True)


def await_migrations(postgres, database):
    """Returns when the background migrations are done: filling in would wait for their indexes, and they for it."""
    # Before the first of them there is no lease either, so the last one has to be finished.
    done = """
    SELECT EXISTS (SELECT FROM shared.background_migrations WHERE name = 'customers.territory_index' AND finished_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM shared.leases WHERE name = 'background_migrations')"""
    deadline = time.monotonic() + PATIENCE
    while postgres.query(database, done) != "t":
        if time.monotonic() > deadline:
            raise Failed("The background migrations did not finish.")
        time.sleep(0.1)


def start_limit(stack, root, folder, postgres, database):
    """What the machine could do at most, on the table that Patron made; and the same where a list also says how many there are in all."""
    port, log = free_port(), Path(folder) / "limit.log"
    program = root / "artifacts/bin/Limit/release/limit.dll"
    process = start(stack, ["dotnet", program, f"http://127.0.0.1:{port}", postgres.npgsql(database)], log)
    await_answer(f"http://127.0.0.1:{port}{BASE}/?limit=1", process, log)
    limit = Contestant("limit", process, f"http://127.0.0.1:{port}")
    return limit, replace(limit, name="limit with total", base=f"/counted{BASE}")


def start_peer(stack, root, folder, postgres, rows, trigram):
    """A plain FastAPI service on a table of its own with the same people."""
    port, log, here = free_port(), Path(folder) / "peer.log", root / "bench/load/peer"
    postgres.create_database("peer")
    process = start(
        stack,
        ["/usr/bin/python3", "-m", "uvicorn", "app:app", "--app-dir", here, "--host", "127.0.0.1", "--port", str(port), "--workers", str(os.cpu_count()),
         "--no-access-log", "--loop", "uvloop", "--http", "httptools"],
        log, {"PEER_DSN": postgres.sqlalchemy("peer"), "PYTHONDONTWRITEBYTECODE": "1"})
    await_answer(f"http://127.0.0.1:{port}/health", process, log)
    postgres.execute_file("peer", here / "fill.sql", rows=rows)
    if trigram:
        postgres.execute_file("peer", here / "trigram.sql")
    return Contestant("peer", process, f"http://127.0.0.1:{port}")
