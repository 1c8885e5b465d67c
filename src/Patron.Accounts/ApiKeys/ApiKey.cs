using System.Security.Cryptography;
using Patron.Shared.Secrets;

namespace Patron.Accounts.ApiKeys;

/// <summary>
/// A key with which a program acts as staff of one organization, limited by its scopes, until it expires. Sent as <c>key:secret</c>.
/// </summary>
public sealed class ApiKey
{
    private ApiKey()
    {
    }

    public Guid Id { get; private set; }

    /// <summary>The public part.</summary>
    public string Key { get; private set; } = "";

    public byte[] SecretHash { get; private set; } = [];

    public Guid OrganizationId { get; private set; }

    public string Name { get; private set; } = "";

    public string[] Scopes { get; private set; } = [];

    public Guid? CreatedBy { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>When the key was last used, to the hour (<see cref="ApiKeyUses"/>).</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    public void Revoke(DateTimeOffset now) => RevokedAt = now;

    /// <summary>Makes another owner responsible for the key: it ends with their membership.</summary>
    public void TransferTo(Guid owner) => CreatedBy = owner;

    /// <summary>Creates a key and its secret, which is shown only once.</summary>
    public static (ApiKey Key, string Secret) Create(
        Guid organizationId, string name, IEnumerable<string> scopes, TimeSpan lifetime, Guid? createdBy, DateTimeOffset now)
    {
        var secret = Secret.New();
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            Key = "pk" + RandomNumberGenerator.GetHexString(16, lowercase: true),
            SecretHash = Secret.Hash(secret),
            OrganizationId = organizationId,
            Name = name,
            Scopes = [.. scopes],
            CreatedBy = createdBy,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
        return (key, secret);
    }
}
