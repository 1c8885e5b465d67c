"""The measurements of the console: a mix of 20 queries from 4 connections, and single readings. Called by ./find."""
import argparse
import http.client
import pathlib
import random
import threading
import time
import urllib.parse

import report
from contestants import BASE, start_patron
from postgres import own_postgres
from processes import Failed, run

DATABASE = "find"
LIMIT = 50  # ms, the p95 of the mix and of a page of a timeline
READINGS = 200

# What fill-patron.sql leaves empty or makes too alike, so that rare values are rare and there are companies and customers who were seen. Nine of ten
# customers have one of 4096 last names.
VARIETY = """
CREATE FUNCTION public.vary() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts text[] := ARRAY['ba', 'chi', 'den', 'fo', 'gar', 'hul', 'ko', 'lan', 'mi', 'ner', 'pos', 'ri', 'sto', 'tem', 'vu', 'wer'];
    drawn bigint := hashint8(NEW.id)::bigint + 2147483648;
BEGIN
    IF drawn % 10 <> 0 THEN
        drawn := drawn / 10 % 4096;
        NEW.last_name := initcap(parts[1 + drawn / 256] || parts[1 + drawn / 16 % 16] || parts[1 + drawn % 16]);
        NEW.name := NEW.first_name || ' ' || NEW.last_name;
    END IF;
    NEW.customer_type := CASE WHEN NEW.id % 10 = 0 THEN 'company' ELSE NEW.customer_type END;
    NEW.is_blocked := NEW.id % 1000 = 7;
    NEW.language := CASE WHEN NEW.id % 50 = 0 THEN 'de' END;
    NEW.reference := CASE WHEN NEW.id % 5 = 0 THEN 'R-' || NEW.id END;
    NEW.customer_group := CASE WHEN NEW.id % 200 = 0 THEN 'Wholesale' ELSE NEW.customer_group END;
    NEW.last_login_at := CASE WHEN NEW.id % 3 = 0 THEN now() - NEW.id % 500000 * interval '1 minute' END;
    NEW.notes := CASE WHEN NEW.id % 4 = 0 THEN NEW.notes END;
    NEW.erp_source := CASE WHEN NEW.id % 2 = 0 THEN 'demo' END;
    NEW.erp_id := CASE WHEN NEW.id % 2 = 0 THEN NEW.id::text END;
    NEW.tags := CASE WHEN NEW.id % 2000 = 11 THEN NEW.tags || ARRAY['rare'] ELSE NEW.tags END;
    RETURN NEW;
END $$;
CREATE TRIGGER vary BEFORE INSERT ON customers.customers FOR EACH ROW EXECUTE FUNCTION public.vary();
"""
EXPLAIN = """
LOAD 'auto_explain';
ALTER SYSTEM SET session_preload_libraries = 'auto_explain';
ALTER SYSTEM SET auto_explain.log_min_duration = {};
ALTER SYSTEM SET auto_explain.log_analyze = on;
SELECT pg_reload_conf() \\g /dev/null
"""

# A customer with 10 000 entries of history and as many mails.
HISTORY = """
WITH one AS (SELECT uid, organization_id FROM customers.customers ORDER BY id LIMIT 1),
history AS (
    INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, address, before, after)
    SELECT now() - n * interval '1 minute', 'customer.changed', 'customer', uid, organization_id, '203.0.113.7', '{"city": "Boston"}', '{"city": "Harare"}'
    FROM one, generate_series(1, 10000) n),
mails AS (
    INSERT INTO shared.mail_log (uid, kind, customer_uid, organization_id, state, queued_at, state_at, attempts)
    SELECT gen_random_uuid(), 'setup_link', uid, organization_id, 'sent', now() - n * interval '1 minute', now(), 1 FROM one, generate_series(1, 10000) n)
SELECT customer_id FROM customers.customers JOIN one USING (uid)
"""

# Name, path and its parameters; {n} is a random number of a customer, {word} a random word of three letters or more.
MIX = [
    ("no filter", "find", {}),
    ("no filter, page 10 000", "find", {"deep": "yes"}),
    ("word, frequent", "find", {"filter": "john"}),
    ("two words", "find", {"filter": "tendai moyo"}),
    ("word, rare", "find", {"filter": "user{n}"}),
    ("phone", "find", {"filter": "(555) {n7}"}),
    ("email, whole", "find", {"filter": "email:user{n}@example.com"}),
    ("email, part", "find", {"filter": "email:user{n}*"}),
    ("city", "find", {"filter": "city:harare"}),
    ("city, by last name", "find", {"filter": "city:harare", "order": "last_name"}),
    ("country, tag and type", "find", {"filter": "country:zw tag:premium type:company"}),
    ("tag, rare", "find", {"filter": "tag:rare"}),
    ("not a tag, by change", "find", {"filter": "-tag:premium", "order": "-updated_at"}),
    ("inactive, by name", "find", {"filter": "is:inactive", "order": "last_name"}),
    ("blocked", "find", {"filter": "is:blocked"}),
    ("created in a time, linked to the ERP", "find", {"filter": "created:30d has:erp"}),
    ("seen lately, no notes, by sign-in", "find", {"filter": "seen:>7d -has:notes", "order": "-last_login_at"}),
    ("company, deep page by company", "find", {"filter": "is:business", "order": "company_name", "deep": "yes"}),
    ("while typing, two letters", "quick", {"text": "jo"}),
    ("while typing, an identifier", "quick", {"text": "CUST-{n8}"}),
]


class Client(threading.Thread):
    """One connection, which asks the queries in a random order until the time is over."""

    def __init__(self, patron, token, queries, until, seed):
        super().__init__(daemon=True)
        self.patron, self.token, self.queries, self.until, self.random = patron, token, queries, until, random.Random(seed)
        self.times, self.failure = {name: [] for name, _ in queries}, None

    def run(self):
        self.ask()

    def ask(self, rounds=None):
        """Asks every query so many times, or until the time is over."""
        address, done = urllib.parse.urlsplit(self.patron.url), 0
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        while not self.failure and (time.monotonic() < self.until if rounds is None else done < rounds):
            done += 1
            queries = list(self.queries)
            self.random.shuffle(queries)
            for name, path in queries:
                began = time.perf_counter()
                connection.request("GET", path(self.random), headers={"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                body = answer.read()
                self.times[name].append((time.perf_counter() - began) * 1000)
                if answer.status != 200:
                    self.failure = f"{name}: {answer.status} {body[:300]}"
                    return


class Paths:
    """The addresses of the queries for so many customers."""

    def __init__(self, patron, token, rows):
        self.patron, self.token, self.rows = patron, token, rows

    def queries(self):
        return [(name, self.path(path, dict(parameters))) for name, path, parameters in MIX]

    def path(self, path, parameters):
        if parameters.pop("deep", None):
            # The page that follows after 10 000 pages of ten, or the last one there is.
            return self.fixed(self.deep(path, parameters))
        def filled(chance):
            number = chance.randrange(1, self.rows)
            values = {"n": number, "n7": f"{number:07}", "n8": f"{number:08X}"}
            return f"{BASE}/{path}?" + urllib.parse.urlencode({name: value.format(**values) for name, value in parameters.items()})
        return filled

    @staticmethod
    def fixed(path):
        return lambda _: path

    def deep(self, path, parameters):
        place = f"{BASE}/{path}?" + urllib.parse.urlencode({**parameters, "limit": 200})
        address = urllib.parse.urlsplit(self.patron.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        for _ in range(min(500, self.rows // 2000)):
            connection.request("GET", place, headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            answer.read()
            links = [link for link in (answer.headers.get("Link") or "").split(", ") if 'rel="next"' in link]
            if not links:
                break
            place = links[0].split("<")[1].split(">")[0]
        return place.replace("limit=200", "limit=50")


def measure(arguments):
    with own_postgres() as (stack, folder, postgres):
        print(f"{report.machine(postgres)}, {report.number(arguments.rows)} customers, {arguments.connections} connections\n", flush=True)
        if arguments.explain:
            postgres.psql("postgres", text=EXPLAIN.format(arguments.explain))
        patron = start_patron(stack, arguments.root, folder, postgres, DATABASE, arguments.rows, before_filling=VARIETY)
        postgres.query(DATABASE, "VACUUM ANALYZE customers.customers")  # As autovacuum does within minutes.
        paths = Paths(patron, patron.token(), arguments.rows).queries()
        drive(arguments, patron, paths, arguments.warm)
        times = drive(arguments, patron, paths, arguments.seconds)
        show(times, arguments.markdown)
        read_alone(arguments, patron, postgres.query(DATABASE, HISTORY))
        if arguments.explain:
            print((postgres.data / "server.log").read_text(errors="replace"))


def drive(arguments, patron, paths, seconds):
    token, until = patron.token(), time.monotonic() + seconds
    clients = [Client(patron, token, paths, until, seed) for seed in range(arguments.connections)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
        if client.failure:
            raise Failed(client.failure)
    return {name: sorted(value for client in clients for value in client.times[name]) for name, _ in paths}


def read_alone(arguments, patron, customer):
    """What the start page and a long timeline cost, one after the other from one connection."""
    paths = {
        "growth, 24 months": "/api/v1/statistics/growth?unit=month&periods=24",
        "activation": "/api/v1/statistics/activation",
        "page of a timeline of 20 000 entries": f"{BASE}/{customer}/timeline",
    }
    table, p95 = [["reading", "p50, ms", "p95, ms"]], 0
    for name, path in paths.items():
        client = Client(patron, patron.token(), [(name, lambda _, path=path: path)], 0, seed=0)
        client.ask(READINGS // 10)
        client.times[name].clear()
        client.ask(READINGS)
        if client.failure:
            raise Failed(client.failure)
        times = sorted(client.times[name])
        p95 = percentile(times, 0.95)
        table.append([name, f"{percentile(times, 0.5):.1f}", f"{p95:.1f}"])
    report.show(table, arguments.markdown)
    report.show([report.BAR_HEADER, report.judge("p95 of a page of a timeline, ms", p95, LIMIT, most=True)], arguments.markdown)


def percentile(times, part):
    return times[min(len(times) - 1, int(len(times) * part))]


def show(times, markdown):
    table = [["query", "answers", "p50, ms", "p95, ms"]]
    for name, of_one in times.items():
        table.append([name, str(len(of_one)), f"{percentile(of_one, 0.5):.1f}", f"{percentile(of_one, 0.95):.1f}"])
    every = sorted(value for of_one in times.values() for value in of_one)
    table.append(["all", str(len(every)), f"{percentile(every, 0.5):.1f}", f"{percentile(every, 0.95):.1f}"])
    report.show(table, markdown)
    report.show([report.BAR_HEADER, report.judge("p95 of the mix, ms", percentile(every, 0.95), LIMIT, most=True)], markdown)


def main():
    measure(parse())


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/load/find", description="Measures a mix of 20 queries that find customers: filters, orders, deep pages and results while typing.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=report.MILLION, help="customers (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=4, help="connections that ask at the same time (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=20, help="how long is measured (default: %(default)s)")
    parser.add_argument("--warm", type=int, default=5, help="seconds before it (default: %(default)s)")
    parser.add_argument("--explain", type=int, metavar="MS", help="leave the plans of slower statements in PostgreSQL's log, which is printed")
    parser.add_argument("--markdown", action="store_true", help="print the tables as they stand in bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
