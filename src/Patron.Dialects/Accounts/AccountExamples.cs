namespace Patron.Dialects.Accounts;

/// <summary>Examples for the API reference, with the same person throughout.</summary>
internal static class AccountExamples
{
    public const string Register = """
        {"email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "password1": "TestPass123!", "password2": "TestPass123!"}
        """;

    public const string Account = """
        {"id": "0198c0de-1111-7000-8000-000000000001", "email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "user_role": "customer", "username": null, "email_verified": true, "pending_email": null, "language": "en"}
        """;

    public const string Registered = """
        {"id": "0198c0de-1111-7000-8000-000000000001", "email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "user_role": "customer", "username": null, "email_verified": false, "pending_email": null, "language": "en", "tokens": {"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAQ"}}
        """;

    // The staff login of the demo.
    public const string Login = """
        {"email": "staff@demo.example", "password": "walk-through-staff-7"}
        """;

    public const string SignedIn = """
        {"id": "0198c0de-1111-7000-8000-000000000001", "email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "user_role": "customer", "username": null, "email_verified": false, "pending_email": null, "language": "en", "tokens": {"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAQ"}, "access_token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "token_type": "Bearer"}
        """;

    public const string Reauthenticate = """{"password": "correct horse battery"}""";

    public const string Refresh = """{"refresh": "AZjA3gAAcACAAAAAAAAAAQ"}""";

    public const string Tokens = """{"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "refresh": "AZjA3gAAcACAAAAAAAAAAg"}""";

    public const string Access = """{"access": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}""";

    public const string Token = """{"token": "x0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL"}""";

    public const string VerifyEmail = """{"token": "x0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL"}""";

    public const string UpdateProfile = """{"first_name": "Jane", "phone_number": "+1-555-0199"}""";

    public const string ChangePassword =
        """{"current_password": "TestPass123!", "password1": "blue harbour 42", "password2": "blue harbour 42"}""";

    public const string Forgot = """{"email": "jane.doe@example.com"}""";

    public const string ResetPassword = """
        {"token": "x0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL", "password1": "blue harbour 42", "password2": "blue harbour 42"}
        """;

    public const string Message = """{"message": "We've sent an email."}""";

    public const string Sessions = """
        [{"id": "0198c0de-2222-7000-8000-000000000001", "created_at": "2026-11-21T09:00:00Z", "last_used_at": "2026-11-21T09:30:00Z", "address": "203.0.113.7", "user_agent": "curl/8.5.0", "current": true}]
        """;

    public const string Keys = """
        [{"id": "0198c0de-3333-7000-8000-000000000001", "key": "pk1f2e3d4c5b6a7988", "name": "web shop", "scopes": ["customers:read"], "created_at": "2026-11-21T09:00:00Z", "expires_at": "2027-11-21T09:00:00Z", "created_by": "0198c0de-1111-7000-8000-000000000001", "last_used_at": "2026-11-24T15:00:00Z"}]
        """;

    public const string CreateKey = """{"name": "web shop", "scopes": ["customers:read"], "expires_in_days": 365}""";

    public const string CreatedKey = """
        {"id": "0198c0de-3333-7000-8000-000000000001", "key": "pk1f2e3d4c5b6a7988", "credentials": "pk1f2e3d4c5b6a7988:x0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL", "name": "web shop", "scopes": ["customers:read"], "created_at": "2026-11-21T09:00:00Z", "expires_at": "2027-11-21T09:00:00Z"}
        """;

    public const string Members = """
        {"count": 1, "results": [{"user": "0198c0de-1111-7000-8000-000000000001", "email": "jane.doe@example.com", "first_name": "Jane", "last_name": "Doe", "role": "customer", "since": "2026-11-21T09:00:00Z"}], "invited": []}
        """;

    public const string Invite = """{"email": "sam@example.com", "role": "employee"}""";

    public const string Membership =
        """{"organization": "0198c0de-0000-7000-8000-000000000001", "role": "employee", "since": "2026-11-21T09:00:00Z"}""";

    public const string LookUp = """{"emails": ["jane.doe@example.com"]}""";

    public const string Cards = """
        {"results": [{"id": "0198c0de-1111-7000-8000-000000000001", "number": 5, "email": "jane.doe@example.com", "email_verified": true, "first_name": "Jane", "last_name": "Doe", "phone_number": "+1-555-0123", "taken_over_at": null, "language": "en"}]}
        """;

    public const string Search = """{"query": "jan", "first_name": "jane", "last_name": "doe", "email": "example.com", "phone": "555"}""";

    public const string Ids = """{"ids": ["0198c0de-1111-7000-8000-000000000001"]}""";
}
