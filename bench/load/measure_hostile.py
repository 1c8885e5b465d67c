"""The measurement of hostile requests: which body of 1 MB holds up which operation, and for how long. Called by ./hostile."""
import argparse
import http.client
import json
import pathlib
import sys
import time
import urllib.parse

import report
from contestants import start_patron
from postgres import own_postgres
from processes import Failed, run
from reference import fields_of, read_reference

LARGEST = 1024 * 1024 - 4096  # Bytes of a body, less what stands around the value.
LONGEST_FIELD = 20_000  # Code units that pass the edge.
LONGEST_LINE = 6_000
MARKS = "\u0316\u0301"  # Of alternating classes: each has to be sorted past all before it.
BAR = 1_000  # ms
TRIES = 3


def texts():
    """Each text by its name: as much as a body holds, and as much as passes the edge."""
    for name, piece in {"marks": MARKS, "a": "a", "U+FFFE": "\ufffe", "blanks": " ", "commas": "a,", "digits": "1-"}.items():
        yield f"1 MB of {name}", piece * (LARGEST // len(piece.encode()))
        yield f"{LONGEST_FIELD} of {name}", piece * (LONGEST_FIELD // len(piece))
    yield "60 000 tags", ",".join(map(str, range(60_000)))


def values():
    """Each value by its name, as JSON."""
    for name, text in texts():
        yield name, json.dumps(text, ensure_ascii=False)
    yield "1 MB of escapes", '"' + "\\u0301" * (LARGEST // 6) + '"'
    yield "list of 200 000", "[" + ",".join(['"a"'] * 200_000) + "]"
    yield "list of 60 000 addresses", "[" + ",".join(f'"a{number}@b.cc"' for number in range(60_000)) + "]"
    yield "list of numbers", "[" + ",".join(map(str, range(150_000))) + "]"
    yield "deep list", "[" * (LARGEST // 2) + "]" * (LARGEST // 2)
    yield "deep object", '{"a":' * 60 + "1" + "}" * 60
    yield "100 000 names", "{" + ",".join(f'"{number}":1' for number in range(80_000)) + "}"
    yield "one name 100 000 times", "{" + ",".join(['"a":1'] * 100_000) + "}"


class Attack:
    """Every operation of the reference, with what each of its fields is filled with."""

    def __init__(self, patron, reference):
        self.patron, self.reference = patron, reference
        address = urllib.parse.urlsplit(patron.url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
        self.customer = patron.ask("?limit=1")[0]["customer_id"]

    def rows(self):
        for path, operations in self.reference["paths"].items():
            for method, operation in operations.items():
                worst = max(self.answers(method.upper(), path, operation), default=None)
                if worst:
                    yield f"{method.upper()} {path}", *worst

    def answers(self, method, path, operation):
        """Milliseconds and what was sent, of each request."""
        target = self.fill(path)
        token = self.patron.token()
        body = operation.get("requestBody", {}).get("content", {})
        for kind, content in body.items():
            yield from self.bodies(method, target, token, kind, content)
        for parameter in operation.get("parameters", []):
            for name, text in texts():
                text = urllib.parse.quote(text[:1_000].strip() or "a")[:LONGEST_LINE]
                if parameter["in"] == "query":
                    yield self.timed(method, f"{target}?{parameter['name']}={text}", token, None, None, f"{parameter['name']}: {name}")
                elif parameter["in"] == "path" and method != "DELETE":
                    yield self.timed(method, path.replace(f"{{{parameter['name']}}}", text), token, None, None, f"{parameter['name']}: {name}")

    def bodies(self, method, target, token, kind, content):
        example = content.get("example") or {}
        fields = fields_of(self.reference, content.get("schema", {})) | set(example)
        if kind == "application/json":
            for name, value in values():
                for field in sorted(fields):
                    others = "".join(f", {json.dumps(other)}: {json.dumps(given)}" for other, given in example.items() if other != field)
                    yield self.timed(method, target, token, kind, f"{{{json.dumps(field)}: {value}{others}}}", f"{field}: {name}")
                yield self.timed(method, target, token, kind, value, f"body: {name}")
        elif kind == "application/x-www-form-urlencoded":
            for name, text in texts():
                for field in sorted(fields):
                    yield self.timed(method, target, token, kind, urllib.parse.urlencode({field: text})[:LARGEST].rpartition("%")[0] or f"{field}=", f"{field}: form, {name}")
            yield self.timed(method, target, token, kind, "&".join(f"a{number}=" for number in range(1_000)), "form of 1 000 names")

    def timed(self, method, target, token, kind, body, words):
        """The best of a few tries, where the first was slow: the machine does other things too."""
        best, status = self.once(method, target, token, kind, body)
        for _ in range(TRIES - 1):
            if best > BAR:
                best = min(best, self.once(method, target, token, kind, body)[0])
        return best, words, status

    def once(self, method, target, token, kind, body):
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": kind} if kind else {})
        content = None if body is None else body.encode("utf-8", "replace")
        began = time.perf_counter()
        try:
            self.connection.request(method, target, content, headers)
            answer = self.connection.getresponse()
            answer.read()
            status = answer.status
        except (http.client.HTTPException, OSError):
            status = 0  # Closed: more was sent than it takes.
            self.connection.close()
        return (time.perf_counter() - began) * 1_000, status

    def fill(self, path):
        return path.replace("{customer_id}", self.customer).replace("{id}", "1").replace("{username}", "johndoe").replace("{email}", "a@b.example") \
            .replace("{tags}", "a").replace("{vendor}", "1").replace("{profile}", "1").replace("{user}", "1").replace("{address}", "1")


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        patron = start_patron(stack, arguments.root, folder, postgres, "hostile", arguments.rows)
        attack = Attack(patron, read_reference(arguments.root))
        rows, slow = [], []
        for operation, milliseconds, words, status in attack.rows():
            rows.append([operation, f"{milliseconds:,.0f}".replace(",", " "), words, str(status)])
            if milliseconds > BAR or status >= 500:
                slow.append(rows[-1])
            print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
        print(report.machine(postgres), end="\n\n")
        report.show([["operation", "longest, ms", "of what", "status"], *rows], markdown=True)
    if slow:
        raise Failed(f"{len(slow)} operations took more than {BAR} ms or failed: {'; '.join(' '.join(row) for row in slow)}")


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/hostile", description="Sends every operation bodies of 1 MB that are costly to read; none may take a second.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=10_000, help="customers that are there (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
