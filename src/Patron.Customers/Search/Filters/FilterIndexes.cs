using Patron.Shared.Background;

namespace Patron.Customers.Search.Filters;

/// <summary>
/// The indexes of terms that few customers match, built in the background. They hold only rows with a value that is not the usual one, so
/// that they cost other rows nothing. Until they are built, these terms are slower.
/// </summary>
internal static class FilterIndexes
{
    /// <summary>An ERP can have references of any length, but a row of an index cannot. People write at most 100 characters.</summary>
    public const string ShortReference = "length(reference) <= 255";

    public static IReadOnlyList<BackgroundMigration> All { get; } =
    [
        IndexMigration.Of(
            "customers.inactive_index", "ix_customers_inactive",
            "(organization_id, is_blocked, is_deleted, id) WHERE NOT is_active"),
        IndexMigration.Of("customers.company_index", "ix_customers_company", "(organization_id, id) WHERE customer_type = 'company'"),
        IndexMigration.Of("customers.prospect_index", "ix_customers_prospect", "(organization_id, id) WHERE status = 'prospect'"),
        IndexMigration.Of(
            "customers.language_index", "ix_customers_language",
            $"(organization_id, {FilterSql.Lower("language")}) WHERE language IS NOT NULL"),
        IndexMigration.Of(
            "customers.reference_index", "ix_customers_reference",
            $"(organization_id, {FilterSql.Lower("reference")}) WHERE {ShortReference}"),
        IndexMigration.Of(
            "customers.group_index", "ix_customers_group",
            $"(organization_id, {FilterSql.Lower("customer_group")}) WHERE customer_group <> 'Individual'"),
        IndexMigration.Of(
            "customers.territory_index", "ix_customers_territory",
            $"(organization_id, {FilterSql.Lower("territory")}) WHERE territory <> 'All Territories'"),
    ];
}
