namespace Patron.Shared.Callers;

/// <summary>An authenticated API key. It acts as staff of its organization, limited by its scopes.</summary>
public sealed record ApiKeyGrant(Guid Id, Guid OrganizationId, IReadOnlyList<string> Scopes);

/// <summary>The scopes that an API key can have.</summary>
public static class Scopes
{
    public const string ReadCustomers = "customers:read";
    public const string WriteCustomers = "customers:write";

    /// <summary>Allows erasing customers permanently; <see cref="WriteCustomers"/> does not include it.</summary>
    public const string HardDeleteCustomers = "customers:hard-delete";

    /// <summary>Allows jobs over many customers, together with the scope of what the job does to one.</summary>
    public const string BulkCustomers = "customers:bulk";

    public static IReadOnlyList<string> All { get; } = [ReadCustomers, WriteCustomers, HardDeleteCustomers, BulkCustomers];
}
