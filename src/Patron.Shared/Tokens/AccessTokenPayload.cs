using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>The claims as JSON, written and read side by side.</summary>
internal static class AccessTokenPayload
{
    // Inside base64url no character can do harm, and names outside ASCII stay short.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlySpan<byte> Write(AccessTokenClaims claims, int maxMemberships, AccessTokenOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        json.WriteStartObject();
        json.WriteString("iss", options.Issuer);
        json.WriteString("aud", options.Audience);
        json.WriteString("jti", claims.Id);
        json.WriteString("sub", claims.Subject);
        json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", claims.ExpiresAt.ToUnixTimeSeconds());
        WriteOptional(json, "user_id", claims.UserId?.ToString());
        WriteOptional(json, "email", claims.Email);
        json.WriteBoolean("email_verified", claims.EmailVerified);
        WriteOptional(json, "first_name", claims.FirstName);
        WriteOptional(json, "last_name", claims.LastName);
        json.WriteString("user_role", claims.UserRole);
        WriteOptional(json, "sid", claims.SessionId?.ToString());
        WriteMemberships(json, claims, maxMemberships);
        if (claims.Key is { } key)
        {
            json.WriteString("key", key.Id);
            json.WriteString("organization", key.OrganizationId);
            json.WriteString("scope", JoinScopes(key.Scopes));
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>The claims of a payload whose signature is genuine; null when one is missing, of the wrong type, or for others.</summary>
    public static AccessTokenClaims? Read(ReadOnlyMemory<byte> json, AccessTokenOptions options, DateTimeOffset now) =>
        StrictText.ReadObject(json, payload =>
        {
            var claim = new ClaimReader(payload);
            var claims = new AccessTokenClaims
            {
                Id = claim.RequiredText("jti"),
                Subject = claim.RequiredText("sub"),
                UserId = claim.OptionalGuid("user_id"),
                Email = claim.OptionalText("email"),
                EmailVerified = claim.Flag("email_verified"),
                FirstName = claim.OptionalText("first_name"),
                LastName = claim.OptionalText("last_name"),
                UserRole = claim.RequiredText("user_role"),
                SessionId = claim.OptionalGuid("sid"),
                Memberships = claim.Memberships("memberships"),
                MembershipsTruncated = claim.Flag("memberships_truncated"),
                Key = claim.Key(),
                IssuedAt = claim.RequiredTime("iat"),
                ExpiresAt = claim.RequiredTime("exp"),
            };
            var acceptable = claim.RequiredText("iss") == options.Issuer
                && claim.Audience("aud").Contains(options.Audience, StringComparer.Ordinal)
                && claims.UserRole is "customer" or "employee" or "admin"
                && !(claim.OptionalTime("nbf") > now + options.ClockSkew);
            return acceptable && !claim.Malformed ? claims : null;
        });

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteMemberships(Utf8JsonWriter json, AccessTokenClaims claims, int most)
    {
        json.WriteStartArray("memberships");
        foreach (var membership in claims.Memberships.Take(most))
        {
            json.WriteStartObject();
            json.WriteString("id", membership.OrganizationId);
            json.WriteNumber("number", membership.Number);
            json.WriteString("role", membership.Role switch
            {
                OrganizationRole.Vendor => "vendor",
                OrganizationRole.Employee => "employee",
                _ => "customer",
            });
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (claims.MembershipsTruncated || claims.Memberships.Count > most)
        {
            json.WriteBoolean("memberships_truncated", true);
        }
    }

    // RFC 6749, section 3.3: scopes are separated by spaces, so a space inside one would make two of it.
    private static string JoinScopes(IReadOnlyList<string> scopes) =>
        scopes.All(scope => scope.Length > 0 && !scope.Contains(' '))
            ? string.Join(' ', scopes)
            : throw new ArgumentException("A scope is a word without spaces.", nameof(scopes));
}
