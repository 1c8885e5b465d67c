"""One run of wrk against one contestant, and what it cost."""
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contestants import ADMIN, CUSTOMER
from processes import Failed, cpu_seconds

SCRIPT = Path(__file__).with_name("load.lua")
TIMEOUT = 60  # seconds that one answer may take before it counts as an error


@dataclass
class Run:
    """Figures of one run: requests a second, milliseconds, and milliseconds of CPU per request in the server and in PostgreSQL."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    database_cpu: float
    errors: int


@dataclass
class Load:
    """How hard is driven, and over which customers."""

    rows: int
    connections: int
    page_size: int = 100
    cursor: int = 0

    def drive(self, contestant, operation, seconds, postgres, check=False):
        """With check, every answer is looked at, which slows wrk: the first that is no success ends everything."""
        environment = {
            **os.environ, "OP": operation, "BASE": contestant.base, "ROWS": str(self.rows),
            "PAGE_SIZE": str(self.page_size), "CURSOR": str(self.cursor), "LOGIN": json.dumps(ADMIN)}
        if check:
            environment["CHECK"] = "yes"
        if token := contestant.token(CUSTOMER if operation == "profile" else ADMIN):
            environment["TOKEN"] = token
        command = ["wrk", f"-t{min(2, self.connections)}", f"-c{self.connections}", f"-d{seconds}s", f"--timeout={TIMEOUT}s", "-s", SCRIPT, contestant.url]
        before = cpu_seconds(contestant.process.pid), cpu_seconds(postgres.process)
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 2 * TIMEOUT, check=False)
        after = cpu_seconds(contestant.process.pid), cpu_seconds(postgres.process)
        if done.returncode or not done.stdout:
            raise Failed(f"wrk failed on {contestant.name}, {operation}: {done.stdout}{done.stderr}")
        said = json.loads(done.stdout.splitlines()[-1])
        count = said["requests"]
        if not count:
            raise Failed(f"{contestant.name} answered no {operation} within {seconds} s: take more of --warm and --seconds, or fewer --connections.")
        return Run(
            rate=count / said["duration"] * 1e6, p50=said["p50"] / 1e3, p95=said["p95"] / 1e3, p99=said["p99"] / 1e3,
            cpu=(after[0] - before[0]) / count * 1e3, database_cpu=(after[1] - before[1]) / count * 1e3, errors=said["refused"] + said["broken"])
