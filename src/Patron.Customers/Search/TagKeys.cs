using Patron.Shared.Background;

namespace Patron.Customers.Search;

/// <summary>
/// The index for comparing tags without case. Where there are customers already, it is built in the background; until it is finished tags
/// are compared with case, by the older index.
/// </summary>
internal static class TagKeys
{
    public const string Name = "customers.tag_keys";

    public static BackgroundMigration Migration { get; } = IndexMigration.Of(
        Name, "ix_customers_tag_keys", "USING gin (organization_id, customers.tag_keys(tags))");
}
