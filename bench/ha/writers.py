"""Eight writers over HTTP, each of which notes in a file of its own what it sends, before it sends it, and what was answered."""
import base64
import http.client
import json
import threading
import time
import urllib.parse
from dataclasses import dataclass

from processes import Failed

PASSWORD = "bench needs one 7"
TIMEOUT = 60  # s; a request without an answer by then is one that hangs
SIGN_IN = "/api/auth/login/"


@dataclass
class Answer:
    """What came back: the status, 0 for none; the problem's code; what was made; when, and seconds it took."""

    status: int
    code: str | None
    made: str | None
    at: float
    took: float

    @property
    def is_acknowledged(self):
        return 200 <= self.status < 300


class Writer(threading.Thread):
    """One kind of write, one after the other, to one process."""

    kind = None
    pause = 0.05  # s between two writes

    def __init__(self, folder, patron, number):
        super().__init__(daemon=True)
        self.patron, self.name = patron, f"{patron.name}-{number}"
        self.address = urllib.parse.urlsplit(patron.url).netloc
        self.file = open(folder / f"writer-{self.name}.jsonl", "w", buffering=1, encoding="utf-8")  # Each line is written at once.
        self.headers = {"Content-Type": "application/json"}
        self.stopping = threading.Event()
        self.notes = []  # of (what was sent, the answer)
        self.prepare()

    def prepare(self):
        """Whatever it needs before its first write."""

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            self.write(number)
            self.stopping.wait(self.pause)
        self.file.close()

    def note(self, **what):
        self.file.write(json.dumps(what) + "\n")

    def send(self, what, method, path, body, **headers):
        """Sends one request and notes both."""
        began = time.time()
        self.note(sent=what, at=began)
        status, answer = self.exchange(method, path, body, headers)
        ended = time.time()
        answer = Answer(status, None if 200 <= status < 300 else answer.get("code"), self.made(answer) if 200 <= status < 300 else None, ended, ended - began)
        self.note(answered=what, **vars(answer))
        self.notes.append((what, answer))
        return answer

    def exchange(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
        try:
            connection.request(method, path, json.dumps(body), {**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException) as exception:
            return 0, {"code": type(exception).__name__}
        finally:
            connection.close()

    @staticmethod
    def made(answer):
        """What an acknowledgement names."""
        return answer.get("uid")

    def sign_in(self, account):
        """The tokens of a new session; not counted as a write."""
        status, answer = self.exchange("POST", SIGN_IN, account, {})
        if status != 200:
            return None
        self.headers["Authorization"] = f"Bearer {answer['tokens']['access']}"
        return answer

    def register(self):
        account = {"email": f"{self.name}@writer.example", "password": PASSWORD}
        status, answer = self.exchange("POST", "/api/auth/register/", {
            "email": account["email"], "first_name": "Wilma", "last_name": "Writer", "password1": PASSWORD, "password2": PASSWORD}, {})
        if status not in (200, 201):
            raise Failed(f"The writer could not register: {status} {answer}")
        return account


class CreateWriter(Writer):
    """Customers with an email address of their own, without an Idempotency-Key. What is not acknowledged is not repeated."""

    kind = "create"

    def write(self, number):
        email = f"{self.name}-{number}@created.example"
        self.send(email, "POST", "/api/v1/customers/", {
            "first_name": "Carla", "last_name": "Created", "email": email, "phone": "+1-555-0123", "address_line1": "1 Main", "city": "New York",
            "state": "NY", "postal_code": "10001", "country": "USA"})


class KeyWriter(Writer):
    """Customers that nothing but the Idempotency-Key keeps from being made twice. What is not acknowledged is repeated."""

    kind = "create with key"

    def write(self, number):
        name = f"Keyed {self.name} {number}"
        while not self.send(name, "POST", "/api/customers/", {"name": name, "customer_type": "individual"}, **{"Idempotency-Key": name}).is_acknowledged:
            if self.stopping.wait(0.25):
                return


class ProfileWriter(Writer):
    """Changes of its own phone number, each to another one."""

    kind = "profile"

    def prepare(self):
        self.account = self.register()
        self.sign_in(self.account)

    def write(self, number):
        phone = f"+1555{number:07}"
        answer = self.send(phone, "PATCH", "/api/auth/profile/update/", {"phone_number": phone})
        if answer.status == 401:
            self.sign_in(self.account)  # Access tokens live for ten minutes.


class SignInWriter(Writer):
    """Sign-ins, each of which starts a session."""

    kind = "sign-in"
    pause = 0.5  # A hash costs as much CPU time as many creates.

    def prepare(self):
        self.account = self.register()

    def write(self, number):
        self.send(f"{self.name} {number}", "POST", SIGN_IN, self.account)

    @staticmethod
    def made(answer):
        """The session of the token."""
        claims = answer["tokens"]["access"].split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"]


KINDS = [CreateWriter, KeyWriter, ProfileWriter, SignInWriter]


class Writers:
    """One of each kind for each process."""

    def __init__(self, folder, patrons, key):
        self.patrons = patrons
        self.all = [kind(folder, patron, number) for patron in patrons for number, kind in enumerate(KINDS)]
        for writer in self.all:
            if isinstance(writer, (CreateWriter, KeyWriter)):
                writer.headers["X-Api-Key"] = key

    def start(self):
        for writer in self.all:
            writer.start()

    def stop(self):
        for writer in self.all:
            writer.stopping.set()
        for writer in self.all:
            writer.join(2 * TIMEOUT)

    def answers(self, since=0.0, until=float("inf"), patron=None, kind=None):
        """The answers in this time, of one process and kind or of all."""
        return [
            answer for writer in self.all if patron in (None, writer.patron) and kind in (None, writer.kind)
            for _, answer in list(writer.notes) if since <= answer.at < until]

    def first_acknowledged(self, patron, after):
        """When this process acknowledged its first write after that time; none yet is infinity."""
        return min((answer.at for answer in self.answers(after, patron=patron) if answer.is_acknowledged), default=float("inf"))

    def silence(self, patron, since, until):
        """The longest time without an acknowledgement of this process, in seconds."""
        times = sorted(answer.at for answer in self.answers(since, until, patron) if answer.is_acknowledged)
        return max(later - earlier for earlier, later in zip([since, *times], [*times, until]))
