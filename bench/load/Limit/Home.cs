namespace Limit;

internal static class Home
{
    /// <summary>Patron's default home organization.</summary>
    public static readonly Guid Organization = new("0198c0de-0000-7000-8000-000000000001");
}
