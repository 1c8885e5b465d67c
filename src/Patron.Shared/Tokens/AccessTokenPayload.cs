using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>The header of a token. Other members are refused, such as embedded keys (<c>jwk</c>) and extensions (<c>crit</c>).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AccessTokenHeader(string Alg, string Kid, string? Typ = null);

/// <summary>
/// The claims as JSON. An optional claim can be absent or null; unknown claims are ignored. The library checks issuer and audience.
/// </summary>
internal sealed record AccessTokenPayload
{
    private static readonly long MaxTime = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public JsonNode? Iss { get; init; }

    public JsonNode? Aud { get; init; }

    public required string Jti { get; init; }

    public required string Sub { get; init; }

    public required long Iat { get; init; }

    public required long Exp { get; init; }

    public long? Nbf { get; init; }

    public Guid? UserId { get; init; }

    public string? Email { get; init; }

    public bool? EmailVerified { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public required string UserRole { get; init; }

    public Guid? Sid { get; init; }

    public IReadOnlyList<MembershipClaim?>? Memberships { get; init; }

    public bool? MembershipsTruncated { get; init; }

    public Guid? Key { get; init; }

    public Guid? Organization { get; init; }

    public string? Scope { get; init; }

    public static AccessTokenPayload From(AccessTokenClaims claims, int maxMemberships, AccessTokenOptions options) => new()
    {
        Iss = options.Issuer,
        Aud = options.Audience,
        Jti = claims.Id,
        Sub = claims.Subject,
        Iat = claims.IssuedAt.ToUnixTimeSeconds(),
        Exp = claims.ExpiresAt.ToUnixTimeSeconds(),
        UserId = claims.UserId,
        Email = claims.Email,
        EmailVerified = claims.EmailVerified,
        FirstName = claims.FirstName,
        LastName = claims.LastName,
        UserRole = claims.UserRole,
        Sid = claims.SessionId,
        Memberships = [.. claims.Memberships.Take(maxMemberships).Select(MembershipClaim.From)],
        MembershipsTruncated = claims.MembershipsTruncated || claims.Memberships.Count > maxMemberships ? true : null,
        Key = claims.Key?.Id,
        Organization = claims.Key?.OrganizationId,
        Scope = claims.Key is null ? null : JoinScopes(claims.Key.Scopes),
    };

    /// <summary>The claims; null when one of them is invalid, or <c>nbf</c> is after <paramref name="latestNotBefore"/>.</summary>
    public AccessTokenClaims? ToClaims(DateTimeOffset latestNotBefore)
    {
        var memberships = (Memberships ?? []).Select(claim => claim?.ToMembership()).ToArray();
        var scopes = Scope is null or "" ? [] : Scope.Split(' ');
        var hasGrant = Key is not null && Organization is not null && Scope is not null;
        var hasIncompleteGrant = !hasGrant && (Key is not null || Organization is not null || Scope is not null);
        if (!IsTime(Iat) || !IsTime(Exp) || !IsTime(Nbf ?? 0) || Nbf > latestNotBefore.ToUnixTimeSeconds()
            || UserRole is not ("customer" or "employee" or "admin")
            || memberships.Contains(null) || hasIncompleteGrant || scopes.Contains(""))
        {
            return null;
        }

        return new AccessTokenClaims
        {
            Id = Jti,
            Subject = Sub,
            UserId = UserId,
            Email = Email,
            EmailVerified = EmailVerified is true,
            FirstName = FirstName,
            LastName = LastName,
            UserRole = UserRole,
            SessionId = Sid,
            Memberships = memberships!,
            MembershipsTruncated = MembershipsTruncated is true,
            Key = hasGrant ? new ApiKeyGrant(Key!.Value, Organization!.Value, scopes) : null,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(Iat),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(Exp),
        };
    }

    private static bool IsTime(long seconds) => seconds >= 0 && seconds <= MaxTime;

    // RFC 6749, section 3.3: scopes are separated by spaces, so a scope must not contain one.
    private static string JoinScopes(IReadOnlyList<string> scopes) =>
        scopes.All(scope => scope.Length > 0 && !scope.Contains(' '))
            ? string.Join(' ', scopes)
            : throw new ArgumentException("A scope is a word without spaces.", nameof(scopes));
}

/// <summary>One membership in a token.</summary>
internal sealed record MembershipClaim(Guid Id, long Number, string Role)
{
    public static MembershipClaim From(Membership membership) => new(membership.OrganizationId, membership.Number, membership.Role switch
    {
        OrganizationRole.Vendor => "vendor",
        OrganizationRole.Employee => "employee",
        _ => "customer",
    });

    public Membership? ToMembership() => Role switch
    {
        "vendor" => new Membership(Id, Number, OrganizationRole.Vendor),
        "employee" => new Membership(Id, Number, OrganizationRole.Employee),
        "customer" => new Membership(Id, Number, OrganizationRole.Customer),
        _ => null,
    };
}

/// <summary>Strict JSON: input that two parsers could interpret differently is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccessTokenHeader))]
[JsonSerializable(typeof(AccessTokenPayload))]
internal sealed partial class TokenJson : JsonSerializerContext
{
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null when the text is not such an object, has a duplicate member or contains invalid Unicode.</summary>
    public static T? Read<T>(byte[] json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.Deserialize(type);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an unpaired surrogate, which is detected only when a string is read.
            return null;
        }
    }
}
