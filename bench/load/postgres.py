"""A PostgreSQL of the measurement's own, as durable as in production, on a socket that only its user can open."""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import time
import sys
import tempfile
from contextlib import ExitStack, contextmanager

from processes import PATIENCE, Failed

SETTINGS = {
    "listen_addresses": "''", "unix_socket_permissions": "0700", "max_connections": "200", "timezone": "UTC",
    "shared_buffers": "512MB", "effective_cache_size": "2GB", "maintenance_work_mem": "128MB", "max_wal_size": "4GB", "random_page_cost": "1.1", "jit": "off",
}
ENDINGS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
MINUTES = 30  # for filling in a million customers and their indexes


@contextmanager
def own_postgres():
    """The server in a temporary folder, and a stack for what is started beside it: all gone at the end, also of an interrupted run."""
    with own_folder() as (stack, folder):
        yield stack, folder, Postgres(stack, folder)


@contextmanager
def own_folder():
    """A temporary folder that is gone at the end, and a stack for what is started in it."""
    for number in ENDINGS:
        signal.signal(number, leave)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="patron-load-", ignore_cleanup_errors=True))
        os.chmod(folder, 0o711)  # PostgreSQL's user passes through, nobody lists.
        yield stack, pathlib.Path(folder)


def leave(*_):
    """Whoever asks twice must not keep what has begun to clean up from its end."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit("Ended.")


# Those that are written; the database fills in the others by itself.
CUSTOMER_COLUMNS_SQL = """
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'customers.customers'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''"""


class Client:
    """Statements on a server, by psql; conninfo(database) says how libpq reaches it."""

    binaries = None  # The folder of PostgreSQL's programs.

    def psql(self, database, *arguments, text=None, source=None, target=None):
        """What psql prints, unless that goes to a file; it reads the text or the source, a file."""
        done = subprocess.run(
            [f"{self.binaries}/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(database), *arguments],
            input=text, stdin=source, stdout=target or subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=MINUTES * 60, check=False)
        if done.returncode:
            raise Failed(f"psql failed: {done.stderr}")
        return (done.stdout or "").strip()

    def query(self, database, sql):
        return self.psql(database, "-c", sql)

    def execute_file(self, database, file, target=None, **variables):
        # Read here: the user that psql would read it as may not see the checkout.
        arguments = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        self.psql(database, *arguments, text=pathlib.Path(file).read_text(), target=target)

    def create_database(self, name):
        self.query("postgres", f"CREATE DATABASE {name}")

    def dump_customers(self, database, file):
        """Writes all customers to a file as COPY does; their columns."""
        columns = self.query(database, CUSTOMER_COLUMNS_SQL)
        with open(file, "wb") as target:
            self.psql(database, "-c", f"COPY customers.customers ({columns}) TO STDOUT", target=target)
        return columns

    def load_customers(self, database, columns, file):
        """Seconds that COPY takes to enter the customers of such a file."""
        with open(file, "rb") as source:
            began = time.perf_counter()
            self.psql(database, "-c", f"COPY customers.customers ({columns}) FROM STDIN", source=source)
            return time.perf_counter() - began


class Postgres(Client):
    def __init__(self, stack, folder):
        self.binaries = find_binaries()
        self.folder = folder
        self.data = self.folder / "postgres"
        self.prefix = user_of(self.data)
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self.run("initdb", "-D", self.data, "-U", "patron", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--data-checksums")
        stack.callback(self.stop)
        self.run("pg_ctl", "-D", self.data, "-w", "-t", PATIENCE, "-l", self.data / "server.log", "-o", f"{options} -c unix_socket_directories='{self.data}'", "start")
        self.process = int((self.data / "postmaster.pid").read_text().split()[0])
        self.version = self.query("postgres", "SHOW server_version").split()[0]

    def run(self, program, *arguments):
        done = subprocess.run(
            [*self.prefix, f"{self.binaries}/{program}", *map(str, arguments)], cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=MINUTES * 60, check=False)
        if done.returncode:
            raise Failed(f"{program} failed:\n{done.stdout}")

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.data, "-w", "-t", PATIENCE, "-m", "fast", "stop")

    def conninfo(self, database):
        return f"host={self.data} user=patron dbname={database}"

    def npgsql(self, database):
        return f"Host={self.data};Username=patron;Database={database}"

    def sqlalchemy(self, database):
        return f"postgresql+psycopg2://patron@/{database}?host={self.data}"


class Replica(Client):
    """A standby of the server on this machine, on a socket of its own. Its replay can be paused."""

    def __init__(self, stack, primary):
        self.primary, self.data, self.binaries = primary, primary.folder / "replica", primary.binaries
        primary.run("pg_basebackup", "-D", self.make_folder(), "-R", "-X", "stream", "-c", "fast", "-h", primary.data, "-U", "patron")
        (self.data / ".s.PGSQL.5432.lock").unlink()  # Of the primary's socket, which is in its folder.
        stack.callback(self.stop)
        # Those that a standby must have as its primary; the others are its own.
        options = f"-c listen_addresses='' -c max_connections={SETTINGS['max_connections']} -c shared_buffers={SETTINGS['shared_buffers']} -c jit=off"
        primary.run("pg_ctl", "-D", self.data, "-w", "-t", PATIENCE, "-l", self.data / "server.log", "-o", f"{options} -c unix_socket_directories='{self.data}'", "start")

    def make_folder(self):
        self.data.mkdir(mode=0o700)
        owner = self.primary.data.stat()
        os.chown(self.data, owner.st_uid, owner.st_gid)
        return self.data

    def conninfo(self, database):
        return f"host={self.data} user=patron dbname={database}"

    def pause(self):
        self.query("postgres", "SELECT pg_wal_replay_pause()")

    def resume(self):
        self.query("postgres", "SELECT pg_wal_replay_resume()")

    def await_replay(self):
        """Returns when it shows what the primary has now."""
        position, deadline = self.primary.query("postgres", "SELECT pg_current_wal_flush_lsn()"), time.monotonic() + MINUTES * 60
        while self.query("postgres", f"SELECT pg_last_wal_replay_lsn() >= '{position}'") != "t":
            if time.monotonic() > deadline:
                raise Failed("The replica does not catch up.")
            time.sleep(0.1)

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            self.primary.run("pg_ctl", "-D", self.data, "-w", "-t", PATIENCE, "-m", "fast", "stop")


def user_of(folder):
    """Makes a folder for PostgreSQL, which refuses to run as root; what its programs are started with."""
    folder.mkdir()
    if os.geteuid():
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def find_binaries():
    folders = [folder for folder in pathlib.Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    newest = max(folders, key=lambda folder: int(re.search(r"/(\d+)/bin$", str(folder))[1]), default=None)
    return newest or pathlib.Path(shutil.which("initdb")).parent
