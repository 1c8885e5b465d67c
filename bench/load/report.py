"""Medians, ratios and bars, as a table for the terminal or for bench/RESULTS.md."""
from dataclasses import dataclass
from statistics import median


@dataclass
class Bar:
    """A ratio between two sets of runs, and what it should be (the design's 'Speed, as numbers')."""

    words: str
    left: tuple  # operation, contestant
    right: tuple
    bound: float
    figure: str = "rate"

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
    Bar("search of the peer", ("search", "patron"), ("search", "peer"), 50),
    Bar("statistics of the peer", ("statistics", "patron"), ("statistics", "peer"), 200),
]
TRIGRAM_BARS = [*(bar for bar in BARS if bar.words != "search of the peer"), Bar("search of the peer with trigram indexes", ("search", "patron"), ("search", "peer"), 3)]


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


def bars(runs, trigram):
    """One row for each bar whose two sides were measured."""
    rows = [["ratio", "measured", "bar", ""]]
    for bar in TRIGRAM_BARS if trigram else BARS:
        if bar.left in runs and bar.right in runs:
            ratio = bar.ratio(runs)
            reached = ratio <= bar.bound if bar.most else ratio >= bar.bound
            rows.append([bar.words, f"{ratio:.2f}", f"{'at most' if bar.most else 'at least'} {bar.bound:g}", "reached" if reached else "MISSED"])
    return rows


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
