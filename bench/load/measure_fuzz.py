"""A hundred thousand hostile requests to every operation, counted by status. Called by ./fuzz."""
import argparse
import http.client
import json
import pathlib
import random
import re
import threading
import urllib.parse
from collections import Counter

import report
from contestants import ADMIN, CUSTOMER, start_patron
from postgres import own_postgres
from processes import Failed, run
from reference import fields_of, read_reference

LOGINS_EVERY = 120  # requests of a thread: some of them end sessions

TEXTS = [
    "", " ", "a", "0", "-1", "true", "null", "NaN", "\u0000", "\ufffe", "\u2028", "\u202etxt", "\u200b", "\U0001f600", "a\u0301" * 40, "x" * 300, "x" * 5000,
    "' OR 1=1 --", "\"; DROP TABLE customers.customers; --", "../../etc/passwd", "%00", "%", "_%", "${jndi:ldap://x}", "<script>alert(1)</script>",
    "a@b.example", "A@B.EXAMPLE", "a@b", "@", "a@\u3002b", "2026-02-30", "9999-12-31", "0001-01-01", "2026-11-29T25:00:00Z", "CUST_00000001", "CUST-00000001",
    "00000000-0000-0000-0000-000000000000", "+1 555 0100", "٣٤٥", "\r\nX-Header: 1", "a,b,,c", "{}", "[]", "\\", "\ud83d"]
NUMBERS = ["0", "-1", "1", "1.5", "1e308", "1e999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "00", "0x10"]
VALUES = [
    *(json.dumps(text) for text in TEXTS), *NUMBERS, "null", "true", "false", "[]", "{}", "[null]", '["a", 1, {}]', '{"a": {"b": []}}', "[" * 70 + "]" * 70,
    '"\\ud800"', '"\\u0000"', '"open', "nope", ""]
KINDS = ["application/json", "application/json; charset=utf-8", "application/json; charset=klingon", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "/"]
HEADERS = {
    "If-Match": ["*", '"1"', 'W/"1"', "x", '"', '"999999999999999999999"'], "If-None-Match": ["*", '"x"'], "Idempotency-Key": ["", "a", "k" * 300, "\u00e9"],
    "Accept": ["*/*", "text/html", "nonsense", ";"], "Accept-Encoding": ["gzip", "br;q=x", "identity;q=0"], "Accept-Language": ["de", "x" * 100, "en;q=9"],
    "Origin": ["null", "https://evil.example", "://"], "X-Forwarded-For": ["1.2.3.4", "x", "::1, "], "X-Forwarded-Host": ["evil.example"], "Range": ["bytes=0-"],
    "Cookie": ["sid=x", "session=" + "x" * 500, "form=1; =; ;"], "X-Api-Key": ["a:b", ":", "pk0000000000000000:x"], "Content-Encoding": ["gzip"], "Expect": ["nothing"]}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


class Attacker(threading.Thread):
    """Sends a share of the requests on a connection of its own, as three callers in turn: an administrator, a customer, nobody."""

    def __init__(self, patron, operations, requests, seed):
        super().__init__()
        self.patron, self.operations, self.requests = patron, operations, requests
        self.random = random.Random(seed)
        address = urllib.parse.urlsplit(patron.url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.statuses, self.failures = Counter(), []

    def run(self):
        for number in range(self.requests):
            if number % LOGINS_EVERY == 0:
                self.tokens = [self.token(ADMIN), self.token(CUSTOMER), None]
            self.send(self.random.choice(self.operations))

    def token(self, person):
        self.connection.request("POST", "/api/auth/login/", json.dumps(person), {"Content-Type": "application/json"})
        answer = json.load(self.connection.getresponse())
        return answer.get("tokens", {}).get("access")

    def send(self, operation):
        method, path, fields, parameters = operation
        if self.random.random() < 0.05:
            method = self.random.choice(METHODS)
        target = re.sub(r"{[^}]*}", lambda _: self.in_path(), path)
        if self.random.random() < 0.6:
            target += "?" + "&".join(f"{self.in_query(name)}={self.in_query(self.text())}" for name in self.random.sample(parameters, min(2, len(parameters))) or ["x"])
        headers = {name: self.random.choice(values) for name, values in HEADERS.items() if self.random.random() < 0.08}
        if token := self.random.choice(self.tokens):
            headers["Authorization"] = f"Bearer {token}"
        body = None
        if method not in ("GET", "HEAD", "TRACE"):
            headers["Content-Type"] = self.random.choice(KINDS) if self.random.random() < 0.2 else KINDS[0]
            body = self.body(fields)
        try:
            self.connection.request(method, target, body, {name: value.encode("utf-8") for name, value in headers.items()})
            answer = self.connection.getresponse()
            answer.read()
            status = str(answer.status)
        except (http.client.HTTPException, OSError) as broken:
            status = f"broken: {type(broken).__name__}"
            self.connection.close()
        self.statuses[status] += 1
        if status.startswith("broken") or status == "500":
            self.failures.append(f"{status} {method} {target[:200]} {headers} {body[:300] if body else ''}")

    def body(self, fields):
        if self.random.random() < 0.1:
            return self.random.choice(VALUES).encode("utf-8", "surrogatepass")
        chosen = self.random.sample(fields, self.random.randint(0, len(fields))) + self.random.sample(["unknown", ""], self.random.randint(0, 1))
        members = [f"{json.dumps(name)}: {self.random.choice(VALUES)}" for name in chosen]
        return ("{" + ", ".join(members) + "}").encode("utf-8", "surrogatepass")

    def text(self):
        return self.random.choice(TEXTS + NUMBERS)

    def in_path(self):
        return urllib.parse.quote(self.text()[:200].encode("utf-8", "surrogatepass"), safe="") or "-"

    def in_query(self, text):
        return urllib.parse.quote(text[:1000].encode("utf-8", "surrogatepass"))


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        patron = start_patron(stack, arguments.root, folder, postgres, "fuzz", arguments.rows)
        before = memory(patron.process.pid)
        attackers = [
            Attacker(patron, operations(arguments.root), arguments.requests // arguments.threads, arguments.seed + number) for number in range(arguments.threads)]
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()
        statuses = sum((attacker.statuses for attacker in attackers), Counter())
        after = memory(patron.process.pid)
        print(report.machine(postgres), end="\n\n")
        report.show([["answer", "requests"], *[[status, str(count)] for status, count in sorted(statuses.items())]], markdown=True)
        report.show([["memory, MB", "before", "after"], *[[name, str(before[name]), str(after[name])] for name in before]], markdown=True)
        failures = [failure for attacker in attackers for failure in attacker.failures]
    if failures:
        raise Failed("\n".join(failures[:30]))


def operations(root):
    """Each operation of the reference: its method, path, the names of its body's fields and of its parameters."""
    reference = read_reference(root)
    return [
        (method.upper(), path,
         sorted(set().union(*(fields_of(reference, content.get("schema", {})) for content in operation.get("requestBody", {}).get("content", {}).values()))),
         [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"])
        for path, of_path in reference["paths"].items() for method, operation in of_path.items()]


def memory(process):
    """Resident megabytes of the process: its own, its compiled code (mapped twice, to write and to run), and files that the system shares."""
    lines = dict(re.findall(r"^(Rss\w+|VmRSS):\s+(\d+) kB$", pathlib.Path(f"/proc/{process}/status").read_text(), re.MULTILINE))
    names = {"private": "RssAnon", "compiled code": "RssShmem", "mapped files": "RssFile", "together": "VmRSS"}
    return {name: int(lines[line]) // 1024 for name, line in names.items()}


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/fuzz", description="Sends hostile requests to all operations; none may answer 500 or break the connection.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--requests", type=int, default=100_000, help="(default: %(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="connections (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000, help="customers that are there (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
