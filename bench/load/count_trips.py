"""Counts the round trips between a build of Patron and PostgreSQL per request: a proxy on a unix socket that counts changes of direction.

python3 bench/load/count_trips.py /path/to/published
Beside each count the letters of the messages that were sent: Bind, Execute, Sync, Query.
"""
import sys, asyncio, json, os, pathlib, time, urllib.request

from contextlib import ExitStack
from postgres import own_postgres
from contestants import HOME, ADMIN, CUSTOMER, Contestant, patron_settings
from processes import free_port, start, await_answer
import threading
build = sys.argv[1]
state = {"trips": 0, "log": []}
def messages(data):
    out, i = [], 0
    while i + 5 <= len(data):
        out.append(chr(data[i])); n = int.from_bytes(data[i+1:i+5], "big"); i += 1 + n
    return "".join(out)
async def handle(reader, writer, target):
    r2, w2 = await asyncio.open_unix_connection(target)
    last = {"dir": "s"}
    async def pump(r, w, d):
        try:
            while data := await r.read(1 << 20):
                if d == "c":
                    if last["dir"] == "s": state["trips"] += 1; state["log"].append("")
                    state["log"][-1] += messages(data)
                last["dir"] = d
                w.write(data); await w.drain()
        finally:
            w.close()
    await asyncio.gather(pump(reader, w2, "c"), pump(r2, writer, "s"))
with own_postgres() as (stack, folder, postgres):
    postgres.create_database("patron")
    proxy = folder / "proxy"; proxy.mkdir(); os.chmod(proxy, 0o777)
    loop = asyncio.new_event_loop()
    async def serve():
        target = str(postgres.data / ".s.PGSQL.5432")
        server = await asyncio.start_unix_server(lambda r, w: handle(r, w, target), str(proxy / ".s.PGSQL.5432"))
        async with server: await server.serve_forever()
    threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True).start()
    time.sleep(0.5)
    port = free_port(); url = f"http://127.0.0.1:{port}"; log = folder / "log"
    env = patron_settings(postgres, "patron"); env["ConnectionStrings__Patron"] = f"Host={proxy};Username=patron;Database=patron"
    p = start(stack, ["dotnet", pathlib.Path(build) / "patron.dll", "serve", "--data", folder / "d", "--urls", url], log, env)
    await_answer(url + "/health/ready", p, log)
    postgres.execute_file("patron", pathlib.Path(__file__).with_name("fill-patron.sql"), rows=1000, organization=HOME)
    c = Contestant("x", p, url, needs_token=True)
    c.sign_up()
    def call(tok, method, path, body=None):
        req = urllib.request.Request(url + "/api/v1/customers" + path, body and body.encode(), {"Content-Type": "application/json", "Authorization": "Bearer " + tok}, method=method)
        with urllib.request.urlopen(req) as a: return json.load(a)
    tok, own = c.token(), c.token(CUSTOMER)
    uid = postgres.query("patron", "SELECT uid FROM customers.customers WHERE user_id IS NOT NULL LIMIT 1")
    ops = {"get": lambda n: call(tok, "GET", f"/CUST_{n:08X}"), "get by uid, owner": lambda n: call(own, "GET", f"/{uid}"),
      "change": lambda n: call(tok, "PUT", f"/CUST_{n:08X}/", json.dumps({"city": f"C{n}"})),
      "create": lambda n: call(tok, "POST", "/", json.dumps({"first_name": f"F{n}", "last_name": "L", "email": f"f{n}@x.example"})),
      "create with consent": lambda n: call(tok, "POST", "/", json.dumps({"first_name": f"G{n}", "last_name": "L", "email": f"g{n}@x.example", "marketing_sms": True}))}
    for name, op in ops.items():
        for n in range(1, 6): op(n)
        best = None
        for n in range(6, 12):
            time.sleep(0.2); state["trips"] = 0; state["log"] = []; op(n)
            if best is None or state["trips"] < best[0]: best = (state["trips"], list(state["log"]))
        print(name, best, flush=True)
