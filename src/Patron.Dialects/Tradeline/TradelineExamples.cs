namespace Patron.Dialects.Tradeline;

/// <summary>Examples for the API reference, with the person of source 1.</summary>
internal static class TradelineExamples
{
    public const string SignUp =
        """{"email": "user@example.com", "full_name": "John Doe", "password": "securepassword", "phone": "+1-555-123-4567"}""";

    public const string SignedUp = $$"""
        {"success": true, "message": "User and customer created successfully", "user": {{User}}, "customer": {{Customer}}, "tokens": {{Tokens}}}
        """;

    public const string Login = """{"usr": "user@example.com", "pwd": "securepassword"}""";

    public const string SignedIn = $$"""
        {"success": true, "message": "Login successful", "user": {{UserWithRoles}}, "customer": {{Customer}}, "tokens": {{Tokens}}}
        """;

    public const string LoggedIn = """{"message": "No App", "home_page": "/me", "full_name": "John Doe"}""";

    public const string LoggedOut = """{"message": "No App", "home_page": "/login", "full_name": "Guest"}""";

    public const string LoggedUser = """{"message": "user@example.com"}""";

    public const string Command = """{"cmd": "frappe.core.doctype.user.user.reset_password", "user": "user@example.com"}""";

    public const string Commanded =
        """{"message": "If an account exists for this address, we've sent an email to it.", "home_page": null, "full_name": null}""";

    public const string CurrentUser = $$"""{"success": true, "user": {{UserWithRoles}}, "customer": {{Customer}}}""";

    public const string Profile = """{"full_name": "John Doe", "phone": "+1-555-123-4567"}""";

    public const string UpdatedProfile =
        $$"""{"success": true, "message": "Profile updated successfully", "user": {{User}}, "customer": {{Customer}}}""";

    public const string SignedOut = """{"success": true, "message": "Logged out successfully"}""";

    public const string Users = """
        {"success": true, "users": [{"name": "user@example.com", "email": "user@example.com", "full_name": "John Doe", "phone": null, "roles": ["Customer"], "enabled": true, "customer": null}], "total": 1}
        """;

    public const string CreateCustomer = """{"user_email": "existing@example.com"}""";

    public const string CreatedCustomer = $$"""{"success": true, "message": "Customer created successfully", "customer": {{Customer}}}""";

    public const string CreateAddress = """
        {"type": "shipping", "address_line1": "Dock 4", "address_line2": "7 Harbour Road", "city": "Boston", "state": "MA", "postal_code": "02101", "country": "USA"}
        """;

    public const string UpdateAddress = """{"name": "0198c0de-5555-7000-8000-000000000001", "postal_code": "02101"}""";

    public const string AddressName = """{"name": "0198c0de-5555-7000-8000-000000000001"}""";

    public const string Address = $$"""{"success": true, "address": {{OneAddress}}}""";

    public const string Addresses = $$"""{"success": true, "addresses": [{{OneAddress}}]}""";

    private const string User =
        """{"name": "user@example.com", "email": "user@example.com", "full_name": "John Doe", "phone": "+1-555-123-4567"}""";

    private const string UserWithRoles =
        """{"name": "user@example.com", "email": "user@example.com", "full_name": "John Doe", "phone": "+1-555-123-4567", "roles": ["Customer"]}""";

    private const string Customer = """
        {"name": "CUST-00001", "customer_name": "John Doe", "customer_type": "Individual", "email_id": "user@example.com", "mobile_no": "+1-555-123-4567"}
        """;

    private const string Tokens = """{"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAQ"}""";

    private const string OneAddress = """
        {"name": "0198c0de-5555-7000-8000-000000000001", "type": "shipping", "address_line1": "Dock 4", "address_line2": "7 Harbour Road", "city": "Boston", "state": "MA", "postal_code": "02101", "country": "USA"}
        """;
}
