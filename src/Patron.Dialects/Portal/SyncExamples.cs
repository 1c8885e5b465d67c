namespace Patron.Dialects.Portal;

/// <summary>Examples for the API reference.</summary>
internal static class SyncExamples
{
    private const string Figures = """
        {"total": 468, "created": 142, "updated": 210, "unchanged": 0, "skipped": {"internal_user": 0, "child_contact": 72, "no_email": 44, "set_aside": 0, "erased": 0}, "conflicts": 0, "errors": 0, "customers": {"total": 160, "linked": 160, "with_password": 0, "companies": 136, "individuals": 24}, "duration_ms": 4120, "gone": 0, "adopted": [{"partner_id": "2259", "customer_id": "CUST_A1B2C3D4"}], "warnings": [{"partner_id": "162", "reason": "phone"}], "failed": []}
        """;

    private const string Run = $$"""
        {"id": 12, "state": "succeeded", "mode": "incremental", "started_by": "request", "phase": "done", "read_partners": 352, "requested_at": "2026-11-21T02:00:00Z", "started_at": "2026-11-21T02:00:01Z", "finished_at": "2026-11-21T02:00:05Z", "error": null, "figures": {{Figures}}}
        """;

    private const string Customer =
        """{"id": 123, "name": "John Doe", "email": "customer@example.com", "account_number": "CUST-A1B2C3D4", "phone": null, "type": "individual"}""";

    private const string OnePartner = $$"""
        {"id": "2260", "state": "conflict", "reason": "same_address", "erp": {"id": "2260", "name": "John Doe Trading", "email": "customer@example.com", "is_company": true}, "url": "https://odoo.example.com/web#id=2260&model=res.partner&view_type=form", "customer": {{Customer}}, "successor": null, "is_active": true, "written_at": "2026-11-21T02:40:42Z", "first_seen_at": "2026-11-21T03:00:00Z", "last_seen_at": "2026-11-21T03:00:00Z"}
        """;

    private const string OneRequest = $$"""
        {"id": 7, "customer": {{Customer}}, "field": "city", "value": "Harare", "asked_at": "2026-11-21T09:00:00Z", "answer": null, "answered_at": null}
        """;

    public const string Full = """{"full": true}""";

    public const string Started =
        $$"""{"success": true, "message": "Run 12 begins in a moment; GET /api/portal/sync/12/ shows how far it is.", "data": {{Run}}}""";

    public const string Runs = $$"""{"success": true, "data": [{{Run}}]}""";

    public const string Found = $$"""{"success": true, "data": {{Run}}}""";

    public const string Status = $$$"""
        {"success": true, "data": {"customers": {"total": 160, "linked": 160, "with_password": 12, "companies": 136, "individuals": 24}, "conflicts": 3, "errors": 0, "change_requests": 1, "open": null, "last": {{{Run}}}, "last_succeeded_at": "2026-11-21T02:00:05Z"}}
        """;

    public const string Partners = $$"""{"success": true, "data": [{{OnePartner}}], "total": 1, "next": null}""";

    public const string Partner = $$"""{"success": true, "data": {{OnePartner}}}""";

    public const string Settle = """{"decision": "keep"}""";

    public const string Requests = $$"""{"success": true, "data": [{{OneRequest}}]}""";

    public const string Request = $$"""{"success": true, "data": {{OneRequest}}}""";
}
