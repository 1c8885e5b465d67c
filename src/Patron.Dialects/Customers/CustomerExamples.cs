namespace Patron.Dialects.Customers;

/// <summary>Examples for the API reference, with John Doe of source 5.</summary>
internal static class CustomerExamples
{
    public const string Create = """
        {"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com", "phone": "+1-555-0123", "address_line1": "123 Main Street", "city": "New York", "state": "NY", "postal_code": "10001", "country": "USA", "date_of_birth": "1990-01-15T00:00:00", "gender": "male", "company_name": "Tech Corp", "marketing_emails": true, "marketing_sms": false, "notes": "Premium customer", "tags": "premium,tech,new-york"}
        """;

    public const string Update = """{"city": "Boston", "state": "MA", "postal_code": "02101", "tags": "premium,tech,boston"}""";

    public const string Search = """
        {"query": "moyo", "city": "Harare", "country": "Zimbabwe", "is_active": true, "created_after": "2024-01-01T00:00:00Z", "sort_by": "created_at", "sort_order": "desc", "page": 1, "limit": 10}
        """;

    public static string Found =>
        $"{{\"customers\": [{CustomerListItem.Schema.Example}], \"total\": 150, \"page\": 1, \"limit\": 10, \"total_pages\": 15, \"total_is_exact\": true}}";

    public const string BulkUpdate = """
        {"customer_ids": ["CUST_A1B2C3D4", "CUST_B2C3D4E5"], "updates": {"marketing_emails": false, "notes": "Bulk updated customer", "tags": "bulk-updated"}}
        """;

    public const string BulkUpdateResult = """{"updated": 1, "not_found": ["CUST_B2C3D4E5"]}""";

    public const string Statistics = """
        {"total_customers": 1250, "active_customers": 1180, "verified_customers": 890, "new_customers_today": 15, "new_customers_this_week": 89, "new_customers_this_month": 234, "customers_by_country": {"USA": 850, "Canada": 120, "United Kingdom": 95}, "customers_by_city": {"New York": 125, "Los Angeles": 98, "Chicago": 87}, "average_customer_age": 32.5, "gender_distribution": {"male": 620, "female": 580, "other": 50}}
        """;

    public static readonly string EmailVerified = With(
        ("is_verified", "false", "true"), ("email_verified", "false", "true"), ("email_verified_at", "null", Later), ("updated_at", First,
            Later));

    public static readonly string PhoneVerified = With(
        ("is_verified", "false", "true"), ("phone_verified", "false", "true"), ("updated_at", First, Later));

    public static readonly string SignedIn = With(("last_login_at", "null", Later), ("updated_at", First, Later));

    private const string First = "\"2024-01-15T10:30:00Z\"";

    private const string Later = "\"2024-01-16T09:00:00Z\"";

    private static string With(params (string Field, string Before, string After)[] changes) =>
        changes.Aggregate(CustomerAnswer.Schema.Example, (example, change) =>
            example.Replace($"\"{change.Field}\": {change.Before}", $"\"{change.Field}\": {change.After}", StringComparison.Ordinal));
}
