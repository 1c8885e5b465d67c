namespace Patron.Shared.Callers;

/// <summary>What an API key may be allowed.</summary>
public static class Scopes
{
    public const string ReadCustomers = "customers:read";
    public const string WriteCustomers = "customers:write";

    /// <summary>To erase customers for good; writing them does not include it.</summary>
    public const string HardDeleteCustomers = "customers:hard-delete";

    public static IReadOnlyList<string> All { get; } = [ReadCustomers, WriteCustomers, HardDeleteCustomers];
}
