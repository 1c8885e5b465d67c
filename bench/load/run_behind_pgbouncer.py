"""Runs the integration tests on a PostgreSQL behind PgBouncer in transaction mode."""
import argparse
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from postgres import own_postgres
from processes import PATIENCE, Failed, free_port, run, start

CORE = ["Accounts", "Activation", "Crm", "Customers", "Linking", "OwnProfiles", "Sync", "Tradeline"]
SETTINGS = """
[databases]
* = host={host} user=patron

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 5000
default_pool_size = 8
server_idle_timeout = 5
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    arguments, tests = parser.parse_known_args()
    with own_postgres() as (stack, _, postgres):
        pooler = start_pgbouncer(stack, postgres)
        environment = dict(os.environ, PATRON_TEST_SERVER=postgres.npgsql("postgres"), PATRON_TEST_POOLER=pooler)
        program = arguments.root / "artifacts/bin/Patron.IntegrationTests/debug/Patron.IntegrationTests.dll"
        chosen = tests or [part for name in CORE for part in ("-namespace", f"Patron.IntegrationTests.{name}")]
        done = subprocess.run(["dotnet", program, "-noLogo", "-noColor", *chosen], env=environment, stdin=subprocess.DEVNULL, check=False)
        locks = postgres.query("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        print(f"PgBouncer {version()}, transaction mode, Max Auto Prepare=0: exit status {done.returncode}, {locks} advisory locks left.")
        sys.exit(done.returncode or int(locks != "0"))


def start_pgbouncer(stack, postgres):
    """Starts PgBouncer as PostgreSQL's user; a connection string without a database."""
    port = free_port()
    settings = postgres.folder / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(host=postgres.data, port=port, folder=postgres.data))
    settings.chmod(0o644)
    log = postgres.folder / "pgbouncer.log"
    process = start(stack, [*postgres.prefix, program(), "-q", settings], log)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"Host=127.0.0.1;Port={port};Username=patron;Max Auto Prepare=0"
        time.sleep(0.05)
    raise Failed(f"PgBouncer does not listen. What it said:\n{log.read_text(errors='replace')}")


def program():
    return shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"


def version():
    return subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


if __name__ == "__main__":
    run(main)
