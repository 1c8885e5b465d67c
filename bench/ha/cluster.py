"""A PostgreSQL of three nodes with Patroni, etcd and haproxy, configured by deploy/ha, and what can happen to it."""
import http.client
import json
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from network import Network
from postgres import Client, find_binaries, user_of
from processes import PATIENCE, Failed, start

ADDRESSES = {"db1": "10.0.0.11", "db2": "10.0.0.12", "db3": "10.0.0.13"}
HERE, ETCD = "10.0.0.1", "10.0.0.21"
ETCD_HOSTS = f"{ETCD}:2379,10.0.0.22:2379,10.0.0.23:2379"
STANDBYS_SQL = "SELECT count(*) FILTER (WHERE state = 'streaming') || ' ' || count(*) FILTER (WHERE sync_state = 'sync') FROM pg_stat_replication"


class Failover(Client):
    """The one address of the cluster, which haproxy leads to the primary, for one of its users."""

    def __init__(self, binaries, user, password):
        self.binaries, self.user, self.password = binaries, user, password

    def conninfo(self, database):
        return f"host=127.0.0.1 port=5000 user={self.user} password={self.password} dbname={database} connect_timeout=5"

    def npgsql(self, database):
        return f"Host=127.0.0.1;Port=5000;Username={self.user};Password={self.password};Database={database};Timeout=3;Command Timeout=10"


@dataclass
class Node:
    name: str
    address: str
    folder: Path
    process: subprocess.Popen | None = None

    def ask(self, path, body=None, timeout=1.0):
        """The status and the body of what its Patroni answers; 0 if it does not."""
        connection = http.client.HTTPConnection(self.address, 8008, timeout=timeout)
        try:
            connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    @property
    def is_primary(self):
        return self.ask("/primary")[0] == 200


class Cluster(Failover):
    def __init__(self, stack, folder, root):
        super().__init__(find_binaries(), "patron", "patron-password")
        self.stack, self.folder, self.examples = stack, folder, root / "deploy/ha"
        self.network = Network([HERE, ETCD], ADDRESSES)
        stack.callback(self.network.end)
        self.start_etcd()
        self.nodes = [self.prepare(name, address) for name, address in ADDRESSES.items()]
        self.start(self.nodes[0])
        self.await_primary(self.nodes[:1])
        for node in self.nodes[1:]:
            self.start(node)
        start(stack, ["haproxy", "-db", "-f", self.examples / "haproxy.cfg"], folder / "haproxy.log")
        self.administrator = Failover(self.binaries, "postgres", "superuser-password")
        self.await_standbys()
        self.administrator.query("postgres", f"CREATE ROLE patron LOGIN CREATEDB PASSWORD '{self.password}' IN ROLE pg_monitor")
        self.version = self.query("postgres", "SHOW server_version").split()[0]

    def start_etcd(self):
        client, peer = f"http://{ETCD}:2379", f"http://{ETCD}:2380"
        start(self.stack, [
            "etcd", "--enable-v2", "--data-dir", self.folder / "etcd", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"], self.folder / "etcd.log")

    def prepare(self, name, address):
        """The node's folder, with the example's settings as an operator would adapt them."""
        node = Node(name, address, self.folder / name)
        self.prefix = user_of(node.folder)
        settings = (self.examples / "patroni.yaml").read_text()
        for example, here in {
                "name: db1": f"name: {name}", ADDRESSES["db1"]: address, ETCD_HOSTS: f"{ETCD}:2379", "/run/postgresql": str(node.folder),
                "/var/lib/postgresql/15/patron": str(node.folder / "data"), "/usr/lib/postgresql/15/bin": str(self.binaries)}.items():
            if example not in settings:
                raise Failed(f"{self.examples}/patroni.yaml doesn't contain {example}.")
            settings = settings.replace(example, here)
        (node.folder / "patroni.yaml").write_text(settings)
        return node

    def start(self, node):
        self.network.plug_in(node.name)
        command = Network.command(node.name, [*self.prefix, "patroni", node.folder / "patroni.yaml"])
        # Not ended one by one: a primary without standbys takes its time.
        node.process = start(ExitStack(), command, node.folder / f"patroni-{time.time():.0f}.log", {"HOME": str(node.folder)})

    @property
    def primary(self):
        for node in self.nodes:
            if node.is_primary:
                return node
        raise Failed("There is no primary.")

    def await_primary(self, nodes, patience=2 * PATIENCE):
        """The first of these nodes that says that it is the primary, and when."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for node in nodes:
                if node.is_primary:
                    return node, time.time()
                if node.process.poll() is not None:
                    raise Failed(f"Patroni of {node.name} has ended; its log is in {node.folder}.")
            time.sleep(0.02)
        raise Failed(f"None of {', '.join(node.name for node in nodes)} became the primary.")

    def others(self, node):
        return [other for other in self.nodes if other is not node]

    def await_standbys(self):
        """Returns when both standbys follow the primary, and one of them synchronously."""
        await_true(lambda: self.administrator.query("postgres", STANDBYS_SQL) == "2 1", "The standbys don't follow the primary.", 3 * PATIENCE)

    def kill(self, node):
        """All its processes end at once. A backend that survived its postmaster would keep the next one from starting."""
        self.network.signal(node.name, signal.SIGKILL)
        node.process.wait(PATIENCE)

    def switch_off(self, node):
        self.network.unplug(node.name)
        self.kill(node)

    def freeze(self, node):
        self.network.signal(node.name, signal.SIGSTOP)

    def thaw(self, node):
        self.network.signal(node.name, signal.SIGCONT)

    def switch_over(self, node):
        """Asks the primary to hand over; the synchronous standby takes over."""
        status, said = node.ask("/switchover", {"leader": node.name}, timeout=PATIENCE)
        if status != 200:
            raise Failed(f"Patroni refused the switchover: {status} {said}")


def await_true(condition, otherwise, patience=PATIENCE):
    """Returns when the condition holds; statements that fail because there is no primary are tried again."""
    deadline, reason = time.monotonic() + patience, ""
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except Failed as failed:
            reason = str(failed)
        time.sleep(0.1)
    raise Failed(f"{otherwise} {reason}".strip())
