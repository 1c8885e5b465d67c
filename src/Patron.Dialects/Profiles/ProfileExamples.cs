namespace Patron.Dialects.Profiles;

/// <summary>Examples of the API reference: source 3's own values.</summary>
internal static class ProfileExamples
{
    public const string Create = """
        {"street_address": "123 Main St", "city": "Portland", "state": "Oregon", "postal_code": "97201", "country": "USA", "company_name": "Tech Corp", "emergency_contact_name": "Sam Doe", "emergency_contact_phone": "+1-555-0199", "emergency_contact_relationship": "Brother"}
        """;

    public const string Update = """{"street_address": "456 New Ave", "city": "Seattle", "company_name": "New Company LLC"}""";

    public const string Profile = $"{{{Fields}}}";

    public const string Deleted = $"{{{Fields}, \"detail\": \"Your profile is deleted; POST /api/v1/customers/profile/create/ takes it back.\"}}";

    public const string Check = """{"user_id": "0198c0de-1111-7000-8000-000000000001"}""";

    public const string Checked = """{"exists": true, "customer_id": "CUST_A1B2C3D4"}""";

    public const string Counted = """
        {"id": "0198c0de-4444-7000-8000-000000000001", "customer_id": "CUST_A1B2C3D4", "user_id": "0198c0de-1111-7000-8000-000000000001", "total_services": 4, "last_service_date": "2026-11-21T09:00:00Z"}
        """;

    public const string Stats = """
        {"total_services": 4, "last_service_date": "2026-11-21T09:00:00Z", "customer_since": "2026-01-15T10:30:00Z", "is_verified": true, "profile_completeness": 70}
        """;

    private const string Fields = """
        "id": "0198c0de-4444-7000-8000-000000000001", "user_id": "0198c0de-1111-7000-8000-000000000001", "email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "street_address": "123 Main St", "address_line2": null, "city": "Portland", "state": "Oregon", "postal_code": "97201", "country": "USA", "company_name": "Tech Corp", "business_type": null, "tax_id": null, "website": null, "preferred_name": "Janie", "date_of_birth": null, "gender": null, "emergency_contact_name": "Sam Doe", "emergency_contact_phone": "+1-555-0199", "emergency_contact_relationship": "Brother", "is_verified": true, "customer_since": "2026-01-15T10:30:00Z", "total_services": 0, "last_service_date": null, "preferred_contact_method": null, "notification_preferences": {}, "marketing_emails": true, "marketing_sms": false, "status": "active", "is_active": true, "customer_id": "CUST_A1B2C3D4", "account_number": "CUST-A1B2C3D4", "code": "CUST-00001", "created_at": "2026-01-15T10:30:00Z", "updated_at": "2026-01-15T10:30:00Z", "pending_changes": null, "merged_into": null, "incomplete": null
        """;
}
