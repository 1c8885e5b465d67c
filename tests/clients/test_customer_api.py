#!/usr/bin/env python3
"""Comprehensive test of the Customer API, in the order of its documentation.

    python test_customer_api.py [ADDRESS]

The address (or CUSTOMER_API_URL) is http://localhost:8000 unless given; CUSTOMER_API_TOKEN is the bearer token
of somebody who may do everything with customers. The customers made here are removed for good at the end.
Exit status 0 when everything is as documented.
"""

import os
import re
import sys
from datetime import datetime, timedelta, timezone

import requests

BASE_URL = (sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CUSTOMER_API_URL", "http://localhost:8000")).rstrip("/")
CUSTOMERS = f"{BASE_URL}/api/v1/customers"
HEADERS = {"Authorization": f"Bearer {os.environ['CUSTOMER_API_TOKEN']}"} if "CUSTOMER_API_TOKEN" in os.environ else {}
TIMEOUT = 30

JOHN = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john.doe@example.com",
    "phone": "+1-555-0123",
    "address_line1": "123 Main Street",
    "city": "New York",
    "state": "NY",
    "postal_code": "10001",
    "country": "USA",
    "date_of_birth": "1990-01-15T00:00:00",
    "gender": "male",
    "company_name": "Tech Corp",
    "marketing_emails": True,
    "marketing_sms": False,
    "notes": "Premium customer",
    "tags": "premium,tech,new-york",
}
# Another John Doe, so that user names collide, and somebody elsewhere.
JOHN_TOO = {**JOHN, "email": "john.doe.2@example.com", "city": "Los Angeles", "state": "CA", "postal_code": "90001", "tags": "tech"}
JANE = {
    "first_name": "Jane",
    "last_name": "Smith",
    "email": "jane.smith@example.com",
    "city": "Toronto",
    "state": "Ontario",
    "country": "Canada",
    "date_of_birth": "1985-06-30T00:00:00",
    "gender": "female",
    "tags": "vip",
}

# The response of 'Create Customer', field by field.
FIELDS = {
    "id", "customer_id", "username", "first_name", "last_name", "email", "phone", "address_line1", "city", "state",
    "postal_code", "country", "date_of_birth", "gender", "company_name", "is_active", "is_verified", "email_verified",
    "phone_verified", "marketing_emails", "marketing_sms", "notes", "tags", "created_at", "updated_at", "last_login_at",
    "full_name", "full_address",
}
STATISTICS = {
    "total_customers", "active_customers", "verified_customers", "new_customers_today", "new_customers_this_week",
    "new_customers_this_month", "customers_by_country", "customers_by_city", "average_customer_age", "gender_distribution",
}

# customer_id -> customer, of all that are made here.
made = {}


def call(method, path, expected=200, **arguments):
    """Sends a request and returns the JSON of its answer, which must have the expected status."""
    response = requests.request(method, f"{CUSTOMERS}{path}", headers=HEADERS, timeout=TIMEOUT, **arguments)
    assert response.status_code == expected, f"{method} {path}: {response.status_code} instead of {expected}: {response.text}"
    return response.json()


def create(data):
    customer = call("POST", "/", 201, json=data)
    made[customer["customer_id"]] = customer
    return customer


def get(customer):
    return call("GET", f"/{customer['customer_id']}")


def refuse(method, path, expected, **arguments):
    """A request that must fail; returns the documented {"detail": "..."}."""
    detail = call(method, path, expected, **arguments)["detail"]
    assert isinstance(detail, str) and detail, detail
    return detail


def ids(customers):
    return {customer["customer_id"] for customer in customers}


def same(actual, expected, what=""):
    assert actual == expected, f"{what} is {actual!r} instead of {expected!r}"


def test_creation():
    john = create(JOHN)
    assert FIELDS <= john.keys(), f"missing: {FIELDS - john.keys()}"
    for field, value in JOHN.items():
        same(john[field], value, field)
    assert isinstance(john["id"], int)
    assert re.fullmatch(r"CUST_[0-9A-F]{8}", john["customer_id"]), john["customer_id"]
    assert re.fullmatch(r"johndoe[0-9]*", john["username"]), john["username"]
    for field, value in {"is_active": True, "is_verified": False, "email_verified": False, "phone_verified": False, "last_login_at": None}.items():
        same(john[field], value, field)
    for field in ("created_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", john[field]), john[field]
    same(john["full_name"], "John Doe", "full_name")
    same(john["full_address"], "123 Main Street, New York, NY, 10001, USA", "full_address")

    john_too, jane = create(JOHN_TOO), create(JANE)
    same(len({customer["username"] for customer in made.values()}), 3, "number of user names")
    assert john_too["username"].startswith("johndoe") and jane["username"].startswith("janesmith")
    assert (jane["phone"], jane["marketing_emails"], jane["marketing_sms"]) == (None, True, False), jane

    same(refuse("POST", "/", 400, json=JOHN), "Customer with this email already exists", "detail")
    refuse("POST", "/", 422, json={**JANE, "email": "not an address"})
    refuse("POST", "/", 422, json={"first_name": "No", "last_name": "Address"})
    refuse("POST", "/", 422, json={**JANE, "email": "wrong.type@example.com", "marketing_sms": "perhaps"})
    return john, john_too, jane


def test_retrieval(john, john_too, jane):
    for path in (f"/{john['customer_id']}", f"/username/{john['username']}", f"/email/{john['email']}"):
        same(call("GET", path), john, path)
    for path in ("/CUST_00000000", "/username/nobody", "/email/nobody@example.com"):
        refuse("GET", path, 404)

    everybody = call("GET", "/?skip=0&limit=100&is_active=true")
    assert made.keys() <= ids(everybody)
    assert all(FIELDS <= customer.keys() for customer in everybody)
    pages = [call("GET", "/", params={"skip": skip, "limit": 1, "is_active": True}) for skip in range(3)]
    same([page[0] for page in pages], everybody[:3], "three pages of one")
    refuse("GET", "/?limit=1001", 422)


def test_search(john, john_too, jane):
    printed = {
        "query": "john",
        "first_name": "John",
        "last_name": "Doe",
        "email": "john.doe@example.com",
        "city": "New York",
        "country": "USA",
        "is_active": True,
        "is_verified": False,
        "company_name": "Tech Corp",
        "tags": "premium,tech",
        "created_after": "2024-01-01T00:00:00Z",
        "created_before": "2024-12-31T23:59:59Z",
        "sort_by": "created_at",
        "sort_order": "desc",
        "page": 1,
        "limit": 10,
    }
    # Nobody of ours was made in 2024.
    found = call("POST", "/search", json=printed)
    assert {"customers", "total", "page", "limit", "total_pages"} <= found.keys()
    assert not made.keys() & ids(found["customers"])
    tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = call("POST", "/search", json={**printed, "created_before": tomorrow})
    same(ids(found["customers"]), {john["customer_id"]}, "the customers found")
    same((found["total"], found["page"], found["limit"], found["total_pages"]), (1, 1, 10, 1), "the page")
    assert FIELDS <= found["customers"][0].keys()

    both = {john["customer_id"], john_too["customer_id"]}
    assert both <= ids(call("POST", "/search", json={"query": "john"})["customers"])
    for order, expected in (("asc", [john["id"], john_too["id"], jane["id"]]), ("desc", [jane["id"], john_too["id"], john["id"]])):
        page = call("POST", "/search", json={"sort_by": "created_at", "sort_order": order, "created_after": "2024-01-01T00:00:00Z", "limit": 1000})
        same([customer["id"] for customer in page["customers"] if customer["customer_id"] in made], expected, order)
    first, second, third = (call("POST", "/search", json={"query": "john", "page": page, "limit": 1}) for page in (1, 2, 3))
    same((first["total"], first["total_pages"]), (2, 2), "the total")
    same(ids(first["customers"] + second["customers"]), both, "the pages")
    same(third["customers"], [], "the page after the last")
    refuse("POST", "/search", 422, json={"page": 0})


def test_updates(john, john_too, jane):
    updated = call("PUT", f"/{john['customer_id']}", json={"city": "Boston", "state": "MA", "postal_code": "02101"})
    same((updated["city"], updated["state"], updated["postal_code"]), ("Boston", "MA", "02101"), "the address")
    same(updated["full_address"], "123 Main Street, Boston, MA, 02101, USA", "full_address")
    for field in JOHN.keys() - {"city", "state", "postal_code"}:
        same(updated[field], JOHN[field], field)
    assert updated["updated_at"] > john["updated_at"]
    same(get(john), updated, "the customer read again")
    call("PUT", f"/{john['customer_id']}", json=JOHN)
    same(get(john)["full_address"], john["full_address"], "full_address")
    refuse("PUT", f"/{john['customer_id']}", 400, json={"email": jane["email"]})
    refuse("PUT", f"/{john['customer_id']}", 422, json={"email": "not an address"})
    refuse("PUT", "/CUST_00000000", 404, json={"city": "Boston"})


def test_bulk_operations(john, john_too, jane):
    updates = {"marketing_emails": False, "notes": "Bulk updated customer", "tags": "bulk-updated"}
    call("POST", "/bulk-update", json={"customer_ids": [john_too["customer_id"], jane["customer_id"]], "updates": updates})
    for customer in (john_too, jane):
        now = get(customer)
        same({field: now[field] for field in updates}, updates, "the customer updated in bulk")
        same(now["email"], customer["email"], "email")
    same(get(john)["notes"], "Premium customer", "the notes of the one that was not named")
    refuse("POST", "/bulk-update", 422, json={"updates": updates})


def test_verification(john, john_too, jane):
    verified = call("PATCH", f"/{john['customer_id']}/verify-email")
    same((verified["email_verified"], verified["phone_verified"]), (True, False), "email_verified, phone_verified")
    verified = call("PATCH", f"/{john['customer_id']}/verify-phone")
    same((verified["email_verified"], verified["phone_verified"], verified["is_verified"]), (True, True, True), "the three marks")
    signed_in = call("PATCH", f"/{john['customer_id']}/last-login")
    assert signed_in["last_login_at"] >= john["created_at"], signed_in["last_login_at"]
    same(get(john), signed_in, "the customer read again")
    for action in ("verify-email", "verify-phone", "last-login"):
        refuse("PATCH", f"/CUST_00000000/{action}", 404)


def test_statistics(john, john_too, jane):
    figures = call("GET", "/statistics/overview")
    assert STATISTICS <= figures.keys(), f"missing: {STATISTICS - figures.keys()}"
    total = figures["total_customers"]
    assert total >= figures["active_customers"] >= 3 and figures["verified_customers"] >= 1, figures
    assert total >= figures["new_customers_this_month"] >= figures["new_customers_today"] >= 3, figures
    assert total >= figures["new_customers_this_week"] >= figures["new_customers_today"], figures
    assert figures["customers_by_country"]["USA"] >= 2 and figures["customers_by_country"]["Canada"] >= 1, figures
    assert figures["customers_by_city"].keys() >= {"New York", "Los Angeles", "Toronto"}, figures
    assert figures["gender_distribution"]["male"] >= 2 and figures["gender_distribution"]["female"] >= 1, figures
    assert 0 < figures["average_customer_age"] < 150, figures


def test_location_queries(john, john_too, jane):
    same(made.keys() & ids(call("GET", "/location/search?city=New York&country=USA")), {john["customer_id"]}, "New York, USA")
    same(made.keys() & ids(call("GET", "/location/search", params={"country": "USA"})), {john["customer_id"], john_too["customer_id"]}, "USA")
    same(call("GET", "/location/search?city=Atlantis"), [], "nowhere")
    assert {"USA", "Canada"} <= set(call("GET", "/available/countries"))
    cities, states = call("GET", "/available/cities?country=USA"), call("GET", "/available/states?country=USA")
    assert {"New York", "Los Angeles"} <= set(cities) and "Toronto" not in cities, cities
    assert {"NY", "CA"} <= set(states) and "Ontario" not in states, states


def test_tag_queries(john, john_too, jane):
    same(made.keys() & ids(call("GET", "/tags/premium,tech")), {john["customer_id"]}, "premium,tech")
    same(made.keys() & ids(call("GET", "/tags/bulk-updated")), {john_too["customer_id"], jane["customer_id"]}, "bulk-updated")
    same(call("GET", "/tags/nobody-has-this"), [], "a tag that nobody has")


def test_deletion(john, john_too, jane):
    call("DELETE", f"/{jane['customer_id']}")
    same(get(jane)["is_active"], False, "is_active")
    assert jane["customer_id"] not in ids(call("GET", "/?limit=1000&is_active=true"))
    assert jane["customer_id"] in ids(call("GET", "/?limit=1000&is_active=false"))
    for customer in (john, john_too, jane):
        call("DELETE", f"/{customer['customer_id']}/hard")
        refuse("GET", f"/{customer['customer_id']}", 404)
        del made[customer["customer_id"]]
    refuse("DELETE", "/CUST_00000000", 404)
    refuse("DELETE", "/CUST_00000000/hard", 404)


def test_python_client_example():
    # As printed under 'Python Client Example', with the headers added.
    customer_data = {
        "first_name": "John",
        "last_name": "Doe",
        "email": "john.doe@example.com",
        "phone": "+1-555-0123"
    }

    response = requests.post(f"{BASE_URL}/api/v1/customers/", json=customer_data, headers=HEADERS, timeout=TIMEOUT)
    customer = response.json()
    made[customer["customer_id"]] = created = customer

    customer_id = customer["customer_id"]
    response = requests.get(f"{BASE_URL}/api/v1/customers/{customer_id}", headers=HEADERS, timeout=TIMEOUT)
    customer = response.json()
    same(customer, created, "the customer")

    search_params = {
        "query": "john",
        "city": "New York",
        "page": 1,
        "limit": 10
    }

    response = requests.post(f"{BASE_URL}/api/v1/customers/search", json=search_params, headers=HEADERS, timeout=TIMEOUT)
    results = response.json()
    assert customer_id not in ids(results["customers"]), "a customer without a city was found in New York"
    call("DELETE", f"/{customer_id}/hard")
    del made[customer_id]


def test_health_and_reference():
    for path in ("/health", "/docs"):
        same(requests.get(f"{BASE_URL}{path}", timeout=TIMEOUT).status_code, 200, path)


def clean_up():
    """What a failed step left behind would be in the way of the next run."""
    for customer_id in list(made):
        requests.delete(f"{CUSTOMERS}/{customer_id}/hard", headers=HEADERS, timeout=TIMEOUT)


def step(name, test, *arguments):
    try:
        result = test(*arguments)
    except Exception:
        print(f"❌ {name}", flush=True)
        raise
    print(f"✅ {name}", flush=True)
    return result


def main():
    try:
        step("Health Check and API Explorer", test_health_and_reference)
        customers = step("Customer Creation", test_creation)
        step("Customer Retrieval", test_retrieval, *customers)
        step("Customer Search", test_search, *customers)
        step("Customer Updates", test_updates, *customers)
        step("Bulk Operations", test_bulk_operations, *customers)
        step("Customer Verification", test_verification, *customers)
        step("Customer Statistics", test_statistics, *customers)
        step("Location Queries", test_location_queries, *customers)
        step("Tag-based Queries", test_tag_queries, *customers)
        step("Customer Deletion", test_deletion, *customers)
        step("Python Client Example", test_python_client_example)
    finally:
        clean_up()


if __name__ == "__main__":
    main()
