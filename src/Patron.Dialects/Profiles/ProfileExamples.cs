namespace Patron.Dialects.Profiles;

/// <summary>Examples for the API reference, with the values of source 3.</summary>
internal static class ProfileExamples
{
    public const string Create = """
        {"street_address": "123 Main St", "city": "Portland", "state": "Oregon", "postal_code": "97201", "country": "USA", "company_name": "Tech Corp", "emergency_contact_name": "Sam Doe", "emergency_contact_phone": "+1-555-0199", "emergency_contact_relationship": "Brother"}
        """;

    public const string Update = """{"street_address": "456 New Ave", "city": "Seattle", "company_name": "New Company LLC"}""";

    public const string Check = """{"user_id": "0198c0de-1111-7000-8000-000000000001"}""";

    public const string Checked = """{"exists": true, "customer_id": "CUST_A1B2C3D4"}""";

    public const string Counted = """
        {"id": "0198c0de-4444-7000-8000-000000000001", "customer_id": "CUST_A1B2C3D4", "user_id": "0198c0de-1111-7000-8000-000000000001", "total_services": 4, "last_service_date": "2026-11-21T09:00:00Z"}
        """;

    public const string Stats = """
        {"total_services": 4, "last_service_date": "2026-11-21T09:00:00Z", "customer_since": "2026-01-15T10:30:00Z", "is_verified": true, "profile_completeness": 70}
        """;
}
