#!/usr/bin/env python3
"""The testing commands of the customer service's integration summary, one after the other, as its PowerShell lines say them.

    python customer_profile_commands.py ACCOUNTS_ADDRESS CUSTOMERS_ADDRESS EMAIL

Like Invoke-RestMethod, each call gives up on any status but a good one. Each answer is printed as one line of JSON.
"""

import json
import sys

import requests

ACCOUNTS, CUSTOMERS = (address.rstrip("/") for address in sys.argv[1:3])
TIMEOUT = 30


def invoke_rest_method(uri, method, body=None, headers=None):
    answer = requests.request(
        method, uri, data=json.dumps(body) if body else None,
        headers={"Content-Type": "application/json", **(headers or {})}, timeout=TIMEOUT)
    answer.raise_for_status()
    print(json.dumps({"status": answer.status_code, "body": answer.json()}))
    return answer.json()


# 1. Register a new user
auth = invoke_rest_method(f"{ACCOUNTS}/api/auth/register/", "POST", {
    "email": sys.argv[3],
    "first_name": "Test",
    "last_name": "User",
    "phone_number": "+15551234567",
    "password1": "TestPass123!",
    "password2": "TestPass123!",
})
headers = {"Authorization": f"Bearer {auth['tokens']['access']}"}

# 2. Create customer profile
invoke_rest_method(f"{CUSTOMERS}/api/v1/customers/profile/create/", "POST", {
    "street_address": "123 Test Lane",
    "city": "Portland",
    "state": "Oregon",
    "postal_code": "97201",
    "country": "USA",
    "company_name": "Test Company",
}, headers)

# 3. Get customer profile
invoke_rest_method(f"{CUSTOMERS}/api/v1/customers/profile/", "GET", headers=headers)

# 4. Update customer profile
invoke_rest_method(f"{CUSTOMERS}/api/v1/customers/profile/update/", "PATCH", {
    "street_address": "456 Updated Street",
    "city": "Seattle",
}, headers)

# 5. Check stats
invoke_rest_method(f"{CUSTOMERS}/api/v1/customers/stats/", "GET", headers=headers)
