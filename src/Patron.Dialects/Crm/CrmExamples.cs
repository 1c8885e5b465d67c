namespace Patron.Dialects.Crm;

/// <summary>Examples for the API reference, with the people of source 2.</summary>
internal static class CrmExamples
{
    public const string SignUp = """
        {"email": "john@example.com", "username": "john", "first_name": "John", "last_name": "Doe", "password": "SecurePass123", "organization_name": "John's Business"}
        """;

    public const string CreateCustomer =
        """{"organization": 10, "name": "Jane Smith", "email": "jane@example.com", "customer_type": "individual"}""";

    public const string UpdateCustomer = """{"phone": "+1-555-0199", "city": "Portland"}""";

    public const string Customer = """
        {"id": 42, "code": "CUST-00001", "name": "Jane Smith", "first_name": "", "last_name": "", "email": "jane@example.com", "phone": null, "customer_type": "individual", "status": "active", "organization": 10, "user": null, "user_profile": null, "link_status": "none", "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "address_line1": null, "address_line2": null, "city": null, "state": null, "postal_code": null, "country": null, "uid": "0198c0de-4444-7000-8000-000000000002", "merged_into": null}
        """;

    public const string SignedUp = $$$"""
        {"id": 5, "email": "john@example.com", "username": "john", "first_name": "John", "last_name": "Doe", "organization": {"id": 10, "name": "John's Business"}, "profiles": [{"id": 7, "profile_type": "vendor", "is_primary": true, "organization": 10, "user": 5, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z"}], "vendor": {"id": 3, "organization": 10, "user": 5, "name": "John Doe", "email": "john@example.com", "phone": null, "tax_id": null, "website": null, "status": "active", "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z"}, "customer": {{{Customer}}}, "tokens": {"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAQ"}}
        """;

    public const string Person = """
        {"id": 5, "user_id": "0198c0de-1111-7000-8000-000000000005", "email": "john@example.com", "email_verified": true, "username": "john", "first_name": "John", "last_name": "Doe", "phone_number": null, "user_role": "employee", "organizations": [{"id": 10, "uuid": "0198c0de-6666-7000-8000-000000000001", "name": "John's Business", "role": "vendor", "is_home": false, "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "closed_at": null}], "profiles": [], "offers": [{"customer": 77, "code": "CUST-00012", "organization": {"id": 11, "name": "Other Company"}, "made_at": "2026-11-21T09:00:00Z", "expires_at": "2026-12-21T09:00:00Z"}]}
        """;
}
