"""What sign-ins cannot be faster than: password hashes as Patron makes them, one on each core and nothing else."""
import hashlib
import os
import threading
import time
from statistics import quantiles

from contestants import ADMIN
from load import Run

ITERATIONS = 210_000  # AccountsOptions.LeastPasswordIterations; the library is the same OpenSSL that .NET uses.


class Hashing:
    name = "hashes alone"

    def drive(self, seconds):
        times = []

        def hash_on():
            while time.perf_counter() < end:
                before = time.perf_counter()
                hashlib.pbkdf2_hmac("sha512", ADMIN["password"].encode(), os.urandom(16), ITERATIONS, 32)
                times.append((time.perf_counter() - before) * 1e3)

        began = time.perf_counter()
        end = began + seconds
        cpu = time.process_time()
        threads = [threading.Thread(target=hash_on) for _ in range(os.cpu_count())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        percentiles = quantiles(times, n=100, method="inclusive")
        return Run(
            rate=len(times) / took, p50=percentiles[49], p95=percentiles[94], p99=percentiles[98],
            cpu=cpu / len(times) * 1e3, database_cpu=0, errors=0)
