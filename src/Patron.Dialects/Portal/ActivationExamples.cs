namespace Patron.Dialects.Portal;

/// <summary>Examples for the API reference, from source 4.</summary>
internal static class ActivationExamples
{
    public const string Email = """{"email": "tom@demo.example"}""";

    public const string Checked = """
        {"success": true, "exists": true, "has_password": false, "message": "Account found. Set your password to continue.", "data": {"name": null, "email": "customer@example.com", "account_number": null, "from_odoo": true}}
        """;

    public const string QuickSetup = """
        {"email": "customer@example.com", "password": "SecurePass123", "password_confirmation": "SecurePass123"}
        """;

    public const string Activated = """
        {"success": true, "message": "Welcome! Your account is now active.", "data": {"customer": {"id": 123, "name": "John Doe", "email": "customer@example.com", "account_number": "CUST-A1B2C3D4", "phone": "+263 77 123 4567", "type": "company"}, "access_token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "token_type": "Bearer"}, "tokens": {"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAQ"}}
        """;

    public const string CodeRequired = """
        {"success": true, "message": "If this address belongs to a customer, we've sent an email with a code to it. Send the code to finish.", "status": "code_required", "challenge_id": "0198c0de-4444-7000-8000-000000000001", "expires_in": 600, "resend_after": 60}
        """;

    public const string SetPassword = """
        {"token": "x0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL", "password": "SecurePass123", "password_confirmation": "SecurePass123"}
        """;

    public const string Message =
        """{"success": true, "message": "If this address belongs to a customer, we've sent an email with a link to it."}""";
}
