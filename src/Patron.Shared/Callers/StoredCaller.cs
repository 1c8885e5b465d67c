using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patron.Shared.Callers;

/// <summary>
/// A caller by ids, so that background work can act for them later with the permissions they have then
/// (<see cref="ICallerSource.RestoreAsync"/>). It also keeps the permissions of an access token, for a service without accounts.
/// </summary>
public sealed record StoredCaller
{
    public Guid? UserId { get; init; }

    public Guid? KeyId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Patron itself: the command line.</summary>
    public bool IsSystem { get; init; }

    /// <summary>The permissions as the caller had them, and until when the access token states them.</summary>
    public bool IsAdmin { get; init; }

    public OrganizationRole? Role { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public DateTimeOffset? RightsUntil { get; init; }

    public static StoredCaller Of(Caller caller) => new()
    {
        UserId = caller.UserId,
        KeyId = caller.Key?.Id,
        OrganizationId = caller.OrganizationId,
        IsSystem = caller is { UserId: null, Key: null, IsAdmin: true },
        IsAdmin = caller.IsAdmin,
        Role = caller.Memberships.FirstOrDefault(membership => membership.OrganizationId == caller.OrganizationId)?.Role,
        Scopes = caller.Key?.Scopes,
        RightsUntil = caller.RightsUntil,
    };

    public static StoredCaller FromJson(string json) => JsonSerializer.Deserialize(json, StoredCallerJson.Default.StoredCaller)!;

    public string ToJson() => JsonSerializer.Serialize(this, StoredCallerJson.Default.StoredCaller);

    /// <summary>The system, or the caller with the stored permissions.</summary>
    public Caller ToCaller() => IsSystem ? Caller.System(OrganizationId) : new Caller
    {
        UserId = UserId,
        Key = KeyId is { } key ? new ApiKeyGrant(key, OrganizationId, Scopes ?? []) : null,
        IsAdmin = IsAdmin,
        Memberships = Role is { } role ? [new Membership(OrganizationId, Number: 0, role)] : [],
        OrganizationId = OrganizationId,
        Origin = RequestOrigin.Local,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredCaller))]
internal sealed partial class StoredCallerJson : JsonSerializerContext;
