"""OdooRPC as anybody would use it: signs in, counts and reads partners, follows a relation, and is refused where it should be.

odoo_partners.py HOST PORT DATABASE LOGIN PASSWORD

Prints one JSON object with what it saw."""
import json
import sys

import odoorpc

host, port, database, login, password = sys.argv[1:]
odoo = odoorpc.ODOO(host, port=int(port))
seen = {"version": odoo.version, "databases": odoo.db.list()}
odoo.login(database, login, password)
partners = odoo.env["res.partner"]
seen["fields"] = sorted(partners.fields_get())
seen["count"] = partners.search_count([])
seen["with_archived"] = partners.with_context(active_test=False).search_count([])
ids = partners.search([("is_company", "=", True)], limit=3)
seen["companies"] = [
    {"id": one.id, "name": one.name, "email": one.email, "country": one.country_id.name if one.country_id else None}
    for one in partners.browse(ids)
]
seen["first"] = partners.search_read([], fields=["name"], limit=1)
seen["missing"] = partners.read([999999], ["name"])
new = partners.create({"name": "Made by OdooRPC", "email": "made@example.com"})
partners.write([new], {"city": "Gweru"})
seen["made"] = partners.read([new], ["name", "city"])[0]["city"]
partners.unlink([new])
seen["left"] = partners.search([("id", "=", new)])
try:
    partners.read([1], ["nope"])
except odoorpc.error.RPCError as error:
    seen["unknown_field"] = error.info["data"]["name"]
try:
    odoo.env["helpdesk.ticket"]
except odoorpc.error.RPCError as error:
    seen["unknown_model"] = str(error)
try:
    odoorpc.ODOO(host, port=int(port)).login(database, login, "nope")
except odoorpc.error.RPCError as error:
    seen["wrong_password"] = error.info["data"]["name"]
odoo.logout()
json.dump(seen, sys.stdout)
