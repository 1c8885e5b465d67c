namespace Patron.Shared.Callers;

/// <summary>What an API key may be allowed.</summary>
public static class Scopes
{
    public const string ReadCustomers = "customers:read";
    public const string WriteCustomers = "customers:write";

    public static IReadOnlyList<string> All { get; } = [ReadCustomers, WriteCustomers];
}
