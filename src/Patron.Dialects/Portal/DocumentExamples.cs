namespace Patron.Dialects.Portal;

/// <summary>Examples for the API reference.</summary>
internal static class DocumentExamples
{
    public const string Invoice = """
        {"success": true, "data": {
          "invoice": {"id": 13, "number": "INV/2026/00013", "kind": "invoice", "state": "open", "date": "2026-09-27", "due_date": "2026-10-27", "is_overdue": true, "total": 102.35, "open": 102.35, "currency": "USD", "reference": null},
          "order": null,
          "untaxed": 89.0, "tax": 13.35,
          "lines": [
            {"kind": "section", "description": "Internet", "quantity": null, "unit_price": null, "discount": null, "amount": null},
            {"kind": "item", "description": "Fibre 50 Mbps, October", "quantity": 1.0, "unit_price": 99.0, "discount": 10.0, "amount": 89.1},
            {"kind": "item", "description": "Rounding", "quantity": 1.0, "unit_price": -0.1, "discount": null, "amount": -0.1},
            {"kind": "note", "description": "Thank you for paying on time.", "quantity": null, "unit_price": null, "discount": null, "amount": null}],
          "has_pdf": true, "portal_url": null}}
        """;
}
