using Patron.Shared.Background;

namespace Patron.Customers.Search;

/// <summary>Indexes of the module's tables that are built in the background (<see cref="IndexBuild"/>).</summary>
internal static class IndexMigration
{
    /// <param name="index">The name of the index, in the schema <c>customers</c>.</param>
    /// <param name="definition">What follows the table's name in CREATE INDEX.</param>
    /// <param name="table">The table without its schema.</param>
    public static BackgroundMigration Of(string name, string index, string definition, string table = "customers") =>
        IndexBuild.Of(name, $"customers.{index}", $"customers.{table} {definition}");
}
