"""How well the time of an answer tells known from unknown names. Called by ./equality."""
import argparse
import http.client
import json
import pathlib
import random
import sys
import time
import urllib.parse
from dataclasses import dataclass
from statistics import median

import report
from contestants import start_patron
from postgres import own_postgres
from processes import Failed, run

WARM = 40
BOUNDS = 0.42, 0.58
# In these modes the endpoints promise equality. Public registration and check-email in the mode masked do not.
SETTINGS = {"Accounts__PrivateRegistration": "true", "Portal__CheckEmail__Disclosure": "none"}
PASSWORD = "not the right one 7"
ACCOUNT = {"password1": PASSWORD, "password2": PASSWORD, "first_name": "Jane", "last_name": "Doe"}

# Each is known once: what one answer changes (a counter, a mail) must not tell the next one.
ACCOUNTS_SQL = """
    INSERT INTO accounts.users (%(columns)s)
    SELECT %(values)s FROM accounts.users u, generate_series(1, %(count)d) i WHERE u.normalized_email = 'customer@patron.example'"""


@dataclass
class Endpoint:
    name: str
    path: str
    body: callable
    knows: str  # accounts, or customers who have none


ENDPOINTS = [
    Endpoint("sign-in", "/api/auth/login/", lambda email: {"email": email, "password": PASSWORD}, "accounts"),
    Endpoint("sign-in, tradeline", "/api/method/rockettradeline.api.auth.login", lambda email: {"usr": email, "pwd": PASSWORD}, "accounts"),
    Endpoint("forgotten password", "/api/auth/password/forgot/", lambda email: {"email": email}, "accounts"),
    Endpoint("private registration", "/api/auth/register/", lambda email: {"email": email, **ACCOUNT}, "accounts"),
    Endpoint("check-email, none", "/api/auth/check-email", lambda email: {"email": email}, "customers"),
    Endpoint("quick-setup", "/api/auth/quick-setup", lambda email: {"email": email, "password": PASSWORD, "password_confirmation": PASSWORD}, "customers"),
    Endpoint("send-setup-link", "/api/auth/send-setup-link", lambda email: {"email": email}, "customers"),
]


def main():
    arguments = parse()
    with own_postgres() as (stack, folder, postgres):
        patron = start_patron(stack, arguments.root, folder, postgres, "equality", arguments.tries * len(ENDPOINTS) + 1_000, SETTINGS)
        known = {"accounts": add_accounts(postgres, arguments.tries * len(ENDPOINTS)), "customers": waiting_customers(postgres)}
        rows, told = [], []
        for endpoint in ENDPOINTS:
            names = [known[endpoint.knows].pop() for _ in range(arguments.tries)]
            times = measure(patron, endpoint, names)
            auc = area_under_curve(times[True], times[False])
            rows.append([endpoint.name, endpoint.path, f"{median(times[True]):.2f}", f"{median(times[False]):.2f}", f"{auc:.2f}"])
            print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
            if not BOUNDS[0] <= auc <= BOUNDS[1]:
                told.append(endpoint.name)
        print(report.machine(postgres), end="\n\n")
        report.show([["endpoint", "path", "known, ms", "unknown, ms", "AUC"], *rows], markdown=True)
    if told:
        raise Failed(f"The time tells known from unknown names: {', '.join(told)}")


def add_accounts(postgres, count):
    columns = postgres.query(
        "equality", """
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = 'accounts.users'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''""").split(", ")
    own = {
        "id": "gen_random_uuid()", "email": "'known-' || i || '@patron.example'", "normalized_email": "'known-' || i || '@patron.example'",
        "user_name": "NULL", "normalized_user_name": "NULL"}
    values = ", ".join(own.get(column, f"u.{column}") for column in columns)
    postgres.query("equality", ACCOUNTS_SQL % {"columns": ", ".join(columns), "values": values, "count": count})
    postgres.query("equality", "VACUUM ANALYZE")
    return [f"known-{number}@patron.example" for number in range(1, count + 1)]


def waiting_customers(postgres):
    return postgres.query("equality", "SELECT email FROM customers.customers WHERE claim = 'claimed' AND NOT is_deleted AND user_id IS NULL").split()


def measure(patron, endpoint, names):
    """Milliseconds of each answer, by whether the name was known; in turns, in a random order of each pair."""
    address = urllib.parse.urlsplit(patron.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    times, statuses = {True: [], False: []}, {True: set(), False: set()}

    def ask(email):
        began = time.perf_counter()
        connection.request("POST", endpoint.path, json.dumps(endpoint.body(email)), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return (time.perf_counter() - began) * 1e3, answer.status

    for number in range(WARM):
        ask(f"warm-{number}-{random.random()}@patron.example")
    for email in names:
        # As long as the known one.
        unknown = f"x{random.randrange(10**len(email)):0{len(email)}d}"[:len(email.split('@')[0])] + "@" + email.split("@")[1]
        for is_known in random.sample([True, False], 2):
            took, status = ask(email if is_known else unknown)
            times[is_known].append(took)
            statuses[is_known].add(status)
    if statuses[True] != statuses[False] or max(statuses[True]) >= 500:
        raise Failed(f"{endpoint.name} answers known names with {statuses[True]} and unknown ones with {statuses[False]}.")
    return times


def area_under_curve(known, unknown):
    """The probability that a known name takes longer than an unknown one (Mann and Whitney)."""
    return sum((one > other) + (one == other) / 2 for one in known for other in unknown) / len(known) / len(unknown)


def parse():
    parser = argparse.ArgumentParser(prog="bench/load/equality", description="Asks for known and unknown names in turns; the time of an answer must not tell which is which.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--tries", type=int, default=300, help="of known names and of unknown ones, for each endpoint (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
