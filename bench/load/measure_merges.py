"""Kills a server in the middle of merges and undos of customers. Called by ./merges."""
import argparse
import json
import os
import pathlib
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter

import report
from contestants import serve_patron, start_patron
from postgres import own_postgres
from processes import PATIENCE, Failed, run

DATABASE = "merges"
PARTLY_DONE = """
SELECT (SELECT count(*) FROM customers.absorbed a FULL JOIN (SELECT * FROM customers.merges WHERE survivor_before IS NOT NULL) m ON m.absorbed_uid = a.uid
        WHERE a.uid IS NULL OR m.id IS NULL)
    + (SELECT count(*) FROM customers.absorbed a JOIN customers.customers c USING (uid))
    + (SELECT count(*) FROM customers.merges m WHERE (SELECT count(*) FROM shared.audit_entries e WHERE e.cause = 'merge:' || m.id AND e.action = 'customer.absorbed') <> 1)
    + (SELECT count(*) FROM customers.merges m WHERE (SELECT count(*) FROM shared.audit_entries e WHERE e.cause = 'merge:' || m.id AND e.action = 'customer.unmerged')
        <> CASE WHEN undone_at IS NULL THEN 0 ELSE 2 END)
"""
EVERYBODY = "SELECT (SELECT count(*) FROM customers.customers) + (SELECT count(*) FROM customers.absorbed)"
CONTENT = "SELECT md5(string_agg((to_jsonb(c) - 'version' - 'updated_at')::text, '' ORDER BY c.id)) FROM customers.customers c"
OPEN = "SELECT coalesce(string_agg(id::text, ',' ORDER BY id DESC), '') FROM customers.merges WHERE survivor_before IS NOT NULL"


def send(patron, token, path, body):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{patron.url}/api/v1/{path}", json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Worker(threading.Thread):
    """Merges two customers and undoes it, again and again, until the server is gone. Knows what it is waiting for."""

    def __init__(self, patron, token, survivor, other):
        super().__init__(daemon=True)
        self.patron, self.token, self.survivor, self.other, self.waits_for = patron, token, survivor, other, None

    def run(self):
        try:
            while True:
                self.waits_for = "merge"
                merged = send(self.patron, self.token, f"customers/{self.survivor}/merge", {"others": [self.other]})
                self.waits_for = "undo"
                send(self.patron, self.token, f"merges/{merged['merges'][0]}/undo", {})
        except urllib.error.HTTPError as refused:
            self.waits_for = f"{refused.code} {refused.read()[:200]}"
        except (OSError, ValueError):
            pass  # The server was killed.


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {arguments.pairs} pairs at a time\n", flush=True)
        patron = start_patron(stack, arguments.root, folder, postgres, DATABASE, arguments.rows)
        names = postgres.query(DATABASE, "SELECT string_agg(customer_id, ',' ORDER BY id) FROM customers.customers WHERE user_id IS NULL").split(",")
        count, content = postgres.query(DATABASE, EVERYBODY), postgres.query(DATABASE, CONTENT)
        kills, moments = Counter(), random.Random(7)
        while min(kills["merge"], kills["undo"]) < arguments.kills:
            chosen = moments.sample(names, 2 * arguments.pairs)
            token = patron.token()
            workers = [Worker(patron, token, *chosen[place:place + 2]) for place in range(0, len(chosen), 2)]
            for worker in workers:
                worker.start()
            time.sleep(moments.uniform(0.3, 1.0))
            waiting = {worker.waits_for for worker in workers}
            os.killpg(patron.process.pid, signal.SIGKILL)
            patron.process.wait(PATIENCE)
            for worker in workers:
                worker.join(PATIENCE)
            if strange := [worker.waits_for for worker in workers if worker.waits_for not in ("merge", "undo")]:
                raise Failed(f"A request was refused: {strange[0]}")
            kills.update(waiting)
            patron = serve_patron(stack, arguments.root, folder, postgres, DATABASE)
            expect(postgres, PARTLY_DONE, "0")
            expect(postgres, EVERYBODY, count)
            token = patron.token()
            for merge in filter(None, postgres.query(DATABASE, OPEN).split(",")):
                send(patron, token, f"merges/{merge}/undo", {})
            expect(postgres, CONTENT, content)
        done = postgres.query(DATABASE, "SELECT count(*) FROM customers.merges")
        report.show([["killed while a request waited for", "times"], *([phase, str(times)] for phase, times in sorted(kills.items()))], arguments.markdown)
        print(f"{done} merges; none was done or undone in part, and after all undos every customer was as at first.\n")


def expect(postgres, sql, wanted):
    if (found := postgres.query(DATABASE, sql)) != wanted:
        raise Failed(f"{found} instead of {wanted}: {sql}")


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/merges", description="Kills a server in the middle of merges and of their undo.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=20, help="kills in each of merge and undo (default: %(default)s)")
    parser.add_argument("--pairs", type=int, default=6, help="pairs of customers that are merged at the same time (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=2_000, help="customers (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the table as it stands in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
