"""The drill: what happens to the cluster, one after the other, and what Patron makes of it. Called by ./run."""
import argparse
import base64
import os
import pathlib
import secrets
import shutil
import sys
import threading
import time
from dataclasses import replace

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "load"))

import report
from cluster import Cluster
from contestants import serve_patron, start_patron
from measure_sync import start_odoo
from postgres import own_folder
from processes import PATIENCE, Failed, end, run
from verify import Verification
from work import Work
from writers import Writers

DATABASE = "drill"
BACK = 8  # s from the new leader to the first acknowledged write
EVENTS = ["kill at work", "switchover", "kill", "switchover", "freeze", "partition"]
FROZEN = 12  # s that a frozen node stays so after the new leader
APART = 25  # s that the nodes don't reach each other: two statements of Patron's time out, and the standby is still the synchronous one
CALM = 10  # s of writing between two events


class Drill:
    def __init__(self, cluster, writers, work):
        self.cluster, self.writers, self.work, self.events, self.apart = cluster, writers, work, [], []

    def run(self, name):
        self.cluster.await_standbys()
        time.sleep(CALM)
        old, began = self.cluster.primary, time.time()
        say(f"{name}: {old.name} is the primary, load {os.getloadavg()[0]:.1f}")
        acts = {"kill at work": self.kill_at_work, "kill": self.kill, "switchover": self.switch_over, "freeze": self.freeze, "partition": self.partition}
        began, new, led = acts[name](old)
        back = {patron.name: self.await_writes(patron, led) for patron in self.writers.patrons}
        if name == "freeze":
            time.sleep(FROZEN)
            self.cluster.thaw(old)
        elif old.process.poll() is not None:
            self.cluster.start(old)
        self.cluster.await_standbys()
        time.sleep(CALM)
        self.note(name, old, new, began, led, back)

    def kill_at_work(self, old):
        self.work.begin()
        return self.kill(old)

    def kill(self, old):
        began = time.time()
        self.cluster.kill(old)
        return began, *self.cluster.await_primary(self.cluster.others(old))

    def switch_over(self, old):
        began = time.time()
        asking = threading.Thread(target=self.cluster.switch_over, args=(old,))
        asking.start()
        new = self.cluster.await_primary(self.cluster.others(old))
        asking.join()
        return began, *new

    def freeze(self, old):
        began = time.time()
        self.cluster.freeze(old)
        return began, *self.cluster.await_primary(self.cluster.others(old))

    def partition(self, old):
        """No node reaches another; then the primary's machine is switched off, and the standbys are back."""
        began = time.time()
        self.cluster.network.cut(old.name)
        time.sleep(APART)
        self.apart = [answer.status for answer in self.writers.answers(began + 1)]  # What was under way at first may have been confirmed.
        self.cluster.switch_off(old)
        self.cluster.network.heal()
        return began, *self.cluster.await_primary(self.cluster.others(old))

    def await_writes(self, patron, led):
        """Seconds from the new leader to the first acknowledged write of this process."""
        deadline = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < deadline:
            if (first := self.writers.first_acknowledged(patron, led)) < float("inf"):
                return first - led
            time.sleep(0.05)
        raise Failed(f"{patron.name} acknowledges no write after the new leader.")

    def note(self, name, old, new, began, led, back):
        now = time.time()
        silence = {patron.name: self.writers.silence(patron, began, now) for patron in self.writers.patrons}
        slowest = max(answer.took for answer in self.writers.answers(began, now))
        self.events.append((name, back, [
            name, f"{old.name} to {new.name}", f"{led - began:.1f}", *(f"{seconds:.1f}" for seconds in back.values()),
            *(f"{seconds:.1f}" for seconds in silence.values()), f"{slowest:.1f}", f"{os.getloadavg()[0]:.1f}"]))
        say(" | ".join(self.events[-1][2]))


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main():
    arguments = parse()
    with own_folder() as (stack, folder):
        if arguments.keep:
            stack.callback(keep, folder, arguments.keep)
        say("starting etcd, three nodes and haproxy ...")
        cluster = Cluster(stack, folder, arguments.root)
        _, _, odoo = start_odoo(stack, arguments.root, folder, arguments.partners)
        settings = {"Keys__Master": base64.b64encode(secrets.token_bytes(32)).decode()}
        end(start_patron(stack, arguments.root, folder, cluster, DATABASE, arguments.rows, settings).process)
        serving = settings | odoo | {"Odoo__Schedule": "never", "Odoo__IncrementalSchedule": "* * * * *"}
        patrons = [serve_patron(stack, arguments.root, folder, cluster, DATABASE, serving, f"patron-{number}") for number in (1, 2)]
        writers = Writers(folder, patrons, make_key(patrons[0]))
        work = Work(stack, arguments.root, folder, cluster, DATABASE, patrons, settings)
        drill = Drill(cluster, writers, work)
        began = time.time()
        if "kill at work" in arguments.events:
            work.prepare(arguments.rows)
        writers.start()
        for name in arguments.events:
            drill.run(name)
            if name == "kill at work":
                work.finish()
        writers.stop()
        minutes = (time.time() - began) / 60
        verification = Verification(cluster, DATABASE, writers)
        try:
            verify(verification, drill, patrons, arguments)
            for patron in patrons:
                end(patron.process)  # The sync of the command doesn't run beside theirs.
            verification.check_by_commands(stack, arguments.root, folder, serving)
        finally:
            watchdog = "" if pathlib.Path("/dev/watchdog").exists() else ", without a watchdog: this machine has no device for it"
            print(f"{report.machine(cluster)}, {minutes:.0f} minutes{watchdog}\n")
            show(drill, verification, arguments.markdown)
    if verification.failures:
        raise Failed(f"FAILED: {'; '.join(verification.failures)}")


def verify(verification, drill, patrons, arguments):
    verification.expect("processes that are alive, never restarted", sum(patron.process.poll() is None for patron in patrons), len(patrons))
    for name, back, _ in drill.events:
        verification.expect_at_most(f"{name}: writes back after the new leader, s", max(back.values()), BACK)
    if "partition" in arguments.events:
        verification.report(f"answers 503 in {APART} s without standbys", drill.apart.count(503))
        verification.expect("acknowledged meanwhile", sum(200 <= status < 300 for status in drill.apart), 0)
    verification.check_writes()
    verification.check_answers()
    if "kill at work" in arguments.events:
        verification.check_work(drill.work)
    verification.check_syncs()
    verification.check_rest()


def make_key(patron):
    keys = replace(patron, base="/api/auth/keys/")
    return keys.ask("", {"name": "drill", "scopes": ["customers:read", "customers:write"]})["credentials"]


def show(drill, verification, markdown):
    report.show([[
        "event", "primary", "new leader after, s", "writes back after it, s: first process", "second", "longest time without an acknowledgement, s: first process", "second",
        "slowest answer, s", "load"], *(row for *_, row in drill.events)], markdown)
    report.show([["checked", "found", "expected", ""], *(
        [words, figure, wanted, "" if not wanted else "ok" if is_good else "WRONG"] for words, figure, wanted, is_good in verification.rows)], markdown)


def keep(folder, target):
    """Copies what everybody said, and what the writers noted."""
    for file in [*folder.glob("*.log"), *folder.glob("*.jsonl"), *folder.glob("db*/*.log"), *folder.glob("db*/data/log/*")]:
        copy = target / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)


def parse():
    parser = argparse.ArgumentParser(prog="bench/ha/run", description="Kills, switches over, freezes and cuts off the primary of three PostgreSQL nodes while two Patron processes serve eight writers.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--events", nargs="+", choices=sorted(set(EVENTS)), default=EVENTS, help="what happens, in this order (default: all)")
    parser.add_argument("--rows", type=int, default=20_000, help="customers that are there, and in the file of the import (default: %(default)s)")
    parser.add_argument("--partners", type=int, default=20_000, help="partners of the ERP (default: %(default)s)")
    parser.add_argument("--keep", type=pathlib.Path, help="copy logs and notes of the writers to this folder")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
