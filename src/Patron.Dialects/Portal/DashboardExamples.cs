namespace Patron.Dialects.Portal;

/// <summary>Examples for the API reference.</summary>
internal static class DashboardExamples
{
    public const string Dashboard = """
        {"success": true, "data": {
          "customer": {"id": "0198c0de-4444-7000-8000-000000000001", "account_number": "CUST-A1B2C3D4", "name": "Example Computer Systems", "email": "accounts@company.example", "phone": "+263 77 123 4567", "type": "company"},
          "services": {"status": "not_available", "as_of": "2026-11-21T09:00:00Z", "total": null, "items": []},
          "billing": {"status": "ok", "as_of": "2026-11-21T09:00:00Z", "total": 1, "items": [{"id": 13, "number": "INV/2026/00013", "kind": "invoice", "state": "open", "date": "2026-09-27", "due_date": "2026-10-27", "is_overdue": true, "total": 89.0, "open": 89.0, "currency": "USD", "reference": null}]},
          "arrears": {"status": "ok", "as_of": "2026-11-21T09:00:00Z", "total": 1, "items": [{"currency": "USD", "amount": 89.0, "documents": 1}]},
          "tickets": {"status": "stale", "as_of": "2026-11-21T08:30:00Z", "total": 1, "items": [{"id": 7, "number": null, "title": "The line is slow", "stage": "New", "is_open": true, "created_at": "2026-11-20T15:04:05Z", "updated_at": "2026-11-20T15:04:05Z"}]},
          "orders": {"status": "ok", "as_of": "2026-11-21T09:00:00Z", "total": 1, "items": [{"id": 1, "number": "S00001", "state": "confirmed", "date": "2026-11-19T10:00:00Z", "total": 102.35, "currency": "USD", "reference": null}]},
          "as_of": "2026-11-21T08:30:00Z"}}
        """;
}
