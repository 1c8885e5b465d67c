"""Medians, ratios and bars, as a table for the terminal or for bench/RESULTS.md."""
import datetime
import os
import subprocess
from dataclasses import dataclass
from statistics import median

MILLION = 1_000_000
BAR_HEADER = ["ratio", "measured", "bar", ""]


@dataclass
class Bar:
    """A ratio between two sets of runs, and what it should be (the design's 'Speed, as numbers')."""

    words: str
    left: tuple  # operation, contestant
    right: tuple
    bound: float
    figure: str = "rate"
    rows: int = 0  # Judged at so many customers or more.

    @property
    def most(self):
        """Times are better when they are small."""
        return self.figure != "rate"

    def ratio(self, runs):
        """The median of the ratios of each round, so that what slows a whole round down does not count."""
        return median(getattr(left, self.figure) / getattr(right, self.figure) for left, right in zip(runs[self.left], runs[self.right]))


BARS = [
    Bar("get of the limit", ("get", "patron"), ("get", "limit"), 0.75),
    Bar("get of the peer", ("get", "patron"), ("get", "peer"), 6),
    Bar("100 after a random skip of the limit", ("list", "patron"), ("list", "limit"), 0.7),
    Bar("100 after a random skip of the limit with total", ("list", "patron"), ("list", "limit with total"), 0.7),
    Bar("100 after a random skip of the peer", ("list", "patron"), ("list", "peer"), 15),
    Bar("first 100 of the limit", ("first_100", "patron"), ("first_100", "limit"), 0.7),
    Bar("first 100 of the limit with total", ("first_100", "patron"), ("first_100", "limit with total"), 0.7),
    Bar("first 100 of the peer", ("first_100", "patron"), ("first_100", "peer"), 15),
    Bar("create of the limit", ("create", "patron"), ("create", "limit"), 0.6),
    Bar("create of the peer", ("create", "patron"), ("create", "peer"), 4),
    # As fast, but for the noise.
    Bar("page 10 000 of page 1", ("deep_page", "patron"), ("first_page", "patron"), 0.9),
    Bar("login of cores / hash time", ("login", "patron"), ("login", "hashes alone"), 0.9),
    # Not a bar of the design: the account, its customer record and its session are to cost little beside the hash.
    Bar("sign-up of cores / hash time", ("sign_up", "patron"), ("sign_up", "hashes alone"), 0.8),
    Bar("p95 of search of the limit", ("search", "patron"), ("search", "limit"), 1.5, "p95", MILLION),
    Bar("statistics of the peer", ("statistics", "patron"), ("statistics", "peer"), 200, rows=MILLION),
]
PLAIN_BARS = [
    *BARS,
    Bar("search of the peer", ("search", "patron"), ("search", "peer"), 50, rows=MILLION),
    # Here both must read a tenth of all customers to count them.
    Bar("search for a frequent name of the peer", ("search_name", "patron"), ("search_name", "peer"), 3, rows=MILLION),
]
TRIGRAM_BARS = [*BARS, Bar("search of the peer with trigram indexes", ("search", "patron"), ("search", "peer"), 3, rows=MILLION)]


def figures(runs):
    """One row for each operation and contestant: medians over the rounds."""
    header = ["work", "who", "requests/s", "lowest", "highest", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "database CPU ms", "errors"]
    rows = []
    for (operation, contestant), of_one in runs.items():
        rates = [run.rate for run in of_one]
        middle = [median(getattr(run, name) for run in of_one) for name in ("p50", "p95", "p99", "cpu", "database_cpu")]
        rows.append([
            operation, contestant, number(median(rates)), number(min(rates)), number(max(rates)), *map(milliseconds, middle),
            str(sum(run.errors for run in of_one))])
    return [header, *rows]


def bars(runs, rows, trigram):
    """One row for each bar whose two sides were measured."""
    judged = [
        judge(bar.words, bar.ratio(runs), bar.bound, bar.most, rows < bar.rows and f"judged at {number(bar.rows)}")
        for bar in (TRIGRAM_BARS if trigram else PLAIN_BARS) if bar.left in runs and bar.right in runs]
    return [BAR_HEADER, *judged]


def judge(words, ratio, bound, most=False, instead=None):
    """One row for a ratio and its bar; instead of the verdict, why there is none."""
    verdict = "reached" if (ratio <= bound if most else ratio >= bound) else "MISSED"
    return [words, f"{ratio:.2f}", f"{'at most' if most else 'at least'} {bound:g}", instead or verdict]


def growth(by_size):
    """One row for each operation, with a pair of columns for each number of customers."""
    sizes = list(by_size)
    header = ["work", *(f"{number(size)}: {figure}" for size in sizes for figure in ("requests/s", "p50 ms", "p95 ms"))]
    rows = []
    for operation in by_size[sizes[0]]:
        cells = []
        for size in sizes:
            of_one = by_size[size][operation]
            cells += [number(median(run.rate for run in of_one)), *(milliseconds(median(getattr(run, name) for run in of_one)) for name in ("p50", "p95"))]
        rows.append([operation, *cells])
    return [header, *rows]


def growth_bars(by_size):
    """The bar between the most customers and the fewest: statistics are read from counters, whose number hardly grows."""
    fewest, most = min(by_size), max(by_size)
    if "statistics" not in by_size[most]:
        return [BAR_HEADER]
    small, large = (median(run.p50 for run in by_size[size]["statistics"]) for size in (fewest, most))
    return [BAR_HEADER, judge(f"p50 of statistics at {number(most)} of that at {number(fewest)}", large / small, 2, most=True)]


def machine(postgres):
    """When and on what was measured."""
    version = subprocess.run(["dotnet", "--list-runtimes"], capture_output=True, text=True, timeout=60, check=True).stdout
    runtime = [line.split()[1] for line in version.splitlines() if line.startswith("Microsoft.AspNetCore.App 10.")][-1]
    return f"{datetime.date.today()}, {os.cpu_count()} cores, .NET {runtime}, PostgreSQL {postgres.version}"


def show(table, markdown):
    if markdown:
        lines = ["| " + " | ".join(row) + " |" for row in table]
        lines.insert(1, "|" + "---|" * len(table[0]))
    else:
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table]
    print("\n".join(lines), end="\n\n")


def number(value):
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.1f}"


def milliseconds(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
