"""Processes that the measurement starts: started with a log, awaited, their CPU time read, ended in any case."""
import contextlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60  # seconds for anything to start or to stop


class Failed(Exception):
    """The measurement cannot go on; the text says why."""


def run(main):
    """Runs a program; a failure that it explains is its last line, without a stack trace."""
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))


def free_port():
    """A port that nobody listens on, below those that Linux gives to clients: one that polls such a port may at last be connected with itself."""
    while True:
        port = random.randrange(10_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def start(stack, command, log, environment=None):
    """Starts a server; it is ended, its whole group of processes with it, when the stack is closed."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **(environment or {})}, start_new_session=True)
    stack.callback(end, process)
    return process


def end(process):
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def await_answer(url, process, log):
    """Returns when the address answers 200."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise Failed(f"{url} did not answer. What the server said:\n{pathlib.Path(log).read_text(errors='replace')}")


def cpu_seconds(root):
    """What a process and its descendants have used so far, in seconds of one core."""
    parents, used = {}, {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It has just ended.
        process = int(entry.parent.name)
        parents[process] = int(fields[1])
        used[process] = sum(int(ticks) for ticks in fields[11:13])
        if process == root:
            used[process] += sum(int(ticks) for ticks in fields[13:15])  # Children that have ended.

    def belongs(process):
        while process not in (root, 0, None):
            process = parents.get(process)
        return process == root

    return sum(ticks for process, ticks in used.items() if belongs(process)) / TICKS
