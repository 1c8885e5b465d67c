"""Pairs of a write and a search that must find it, beside a replica that stands still most of the time. Called by ./replica."""
import argparse
import http.client
import itertools
import json
import pathlib
import random
import re
import threading
import time
import urllib.parse
import urllib.request

import report
from contestants import BASE, serve_patron, start_patron
from postgres import Replica, own_postgres
from processes import Failed, end, free_port, run

DATABASE = "replica"
TOKEN_LIFE = 300  # seconds after which a client signs in again
POSITION = "Patron-Position"


class Client(threading.Thread):
    """One connection of a member of staff."""

    def __init__(self, patron, work):
        super().__init__(daemon=True)
        self.patron, self.work, self.failure = patron, work, None
        address = urllib.parse.urlsplit(patron.url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.token, self.signed_in = None, 0

    def run(self):
        try:
            self.work(self)
        except (Failed, OSError, http.client.HTTPException) as failure:
            self.failure = f"{type(failure).__name__}: {failure}"

    def send(self, method, path, body=None, position=None):
        """The answer's content and its position."""
        if time.monotonic() - self.signed_in > TOKEN_LIFE or self.token is None:
            self.token, self.signed_in = self.patron.token(), time.monotonic()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if position:
            headers[POSITION] = position
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise Failed(f"{method} {path}: {answer.status} {content[:300]}")
        return json.loads(content), answer.headers.get(POSITION)

    def search(self, word, position=None):
        found, _ = self.send("POST", f"{BASE}/search", {"query": word, "limit": 5}, position)
        return [customer["customer_id"] for customer in found["customers"]]


class Pairs:
    """Counts pairs and misses. Every second write changes the customer that the one before has created."""

    def __init__(self, total):
        self.numbers, self.lock = iter(range(total)), threading.Lock()
        self.done, self.misses, self.without = 0, [], 0

    def work(self, client):
        customer = None
        while (number := self.next()) is not None:
            word = f"pair{number:07}x"
            body = {"first_name": "John", "last_name": word, "email": f"{word}@example.com"} if customer is None else {"company_name": word}
            method, path = ("POST", f"{BASE}/") if customer is None else ("PUT", f"{BASE}/{customer}")
            written, position = client.send(method, path, body)
            found = client.search(word, position)
            with self.lock:
                self.done += 1
                self.without += position is None
                if found != [written["customer_id"]]:
                    self.misses.append((word, position, found))
            customer = written["customer_id"] if customer is None else None

    def next(self):
        with self.lock:
            return next(self.numbers, None)


class Pauses(threading.Thread):
    """Pauses the replay and resumes it until it is stopped."""

    def __init__(self, replica, paused, running):
        super().__init__(daemon=True)
        self.replica, self.paused, self.running, self.stopped, self.count = replica, paused, running, threading.Event(), 0

    def run(self):
        while not self.stopped.is_set():
            self.replica.pause()
            self.count += 1
            self.stopped.wait(self.paused)
            self.replica.resume()
            self.stopped.wait(self.running)

    def stop(self):
        self.stopped.set()
        self.join()


def measure(arguments):
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {report.number(arguments.rows)} customers, {arguments.clients} clients\n", flush=True)
        alone = start_patron(stack, arguments.root, folder, postgres, DATABASE, arguments.rows)
        without = throughput(arguments, alone)
        end(alone.process)
        replica = Replica(stack, postgres)
        replica.await_replay()
        metrics = free_port()
        patron = serve_patron(stack, arguments.root, folder, postgres, DATABASE, {
            "ConnectionStrings__PatronReads": f"Host={replica.data}", "Metrics__Url": f"http://127.0.0.1:{metrics}"})
        with_replica = throughput(arguments, patron)
        by_search = answered(metrics)
        show_throughput(arguments, without, with_replica, by_search)
        show_pairs(arguments, *run_pairs(arguments, patron, replica, metrics, by_search))


def run_pairs(arguments, patron, replica, metrics, before):
    pairs, pauses = Pairs(arguments.pairs), Pauses(replica, arguments.paused, arguments.running)
    began = time.monotonic()
    pauses.start()
    drive([Client(patron, pairs.work) for _ in range(arguments.clients)])
    seconds = time.monotonic() - began
    pauses.stop()
    after = answered(metrics)
    return pairs, pauses, seconds, {server: after[server] - before[server] for server in after}


def throughput(arguments, patron):
    """Searches a second for random words that one customer has."""
    until, lock, counts = time.monotonic() + arguments.warm, threading.Lock(), []

    def work(client):
        chance, count = random.Random(id(client)), 0
        while time.monotonic() < until:
            client.search(f"user{chance.randrange(1, arguments.rows)}")
            count += 1
        with lock:
            counts.append(count)

    for seconds in (arguments.warm, arguments.seconds):
        counts.clear()
        until = time.monotonic() + seconds
        drive([Client(patron, work) for _ in range(arguments.clients)])
    return sum(counts) / arguments.seconds


def drive(clients):
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failure := next((client.failure for client in clients if client.failure), None):
        raise Failed(failure)


def answered(port):
    """How many reads the replica and the primary have answered."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = {server: 0 for server in ("replica", "primary")}
    for labels, value in re.findall(r"^patron_reads\w*\{([^}]*)\} (\S+)", text, re.MULTILINE):
        if server := re.search(r'server="(\w+)"', labels):
            found[server[1]] = int(float(value))
    return found


def show_throughput(arguments, without, with_replica, by):
    table = [
        ["searches", "per second", "by the replica"],
        ["without a replica", report.number(round(without)), "-"],
        ["with one", report.number(round(with_replica)), f"{by['replica'] / max(1, sum(by.values())):.1%}"],
    ]
    report.show(table, arguments.markdown)
    print(f"Ratio {with_replica / without:.2f}, both servers on one machine.\n", flush=True)


def show_pairs(arguments, pairs, pauses, seconds, by):
    table = [
        ["pairs", "seconds", "pauses", "searches by the replica", "by the primary", "writes without position", "misses"],
        [report.number(pairs.done), f"{seconds:.0f}", str(pauses.count), report.number(by["replica"]), report.number(by["primary"]), str(pairs.without), str(len(pairs.misses))],
    ]
    report.show(table, arguments.markdown)
    for miss in itertools.islice(pairs.misses, 10):
        print("missed", *miss)
    if pairs.misses or pairs.without:
        raise Failed("A write was not found by the search with its position.")


def main():
    measure(parse())


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/load/replica",
        description="Counts searches that miss the write before them, while the replay of a replica is paused again and again, and measures searches with and without it.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=100_000, help="customers (default: %(default)s)")
    parser.add_argument("--pairs", type=int, default=100_000, help="pairs of a write and a search (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="connections that work at the same time (default: %(default)s)")
    parser.add_argument("--paused", type=float, default=5, help="seconds that the replay stands still (default: %(default)s)")
    parser.add_argument("--running", type=float, default=1, help="seconds between two pauses (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=20, help="how long searches are measured (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=5, help="seconds before it (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
