using Npgsql;
using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Search;

/// <summary>
/// The countries of an organization's customers as they were written, which are few. Those of one country are found by any of its names or
/// its code; a text that is no known country is compared as it is.
/// </summary>
internal static class CountryTexts
{
    private const string Sql = "SELECT DISTINCT key, {0} FROM customers.counted WHERE organization_id = $1 AND dimension = 'country'";

    private static readonly string WholeSql = Sql.Replace("{0}", "search_key = btrim(shared.search_fold($2))", StringComparison.Ordinal);
    private static readonly string PartSql = Sql.Replace(
        "{0}", "search_key LIKE '%' || shared.search_plain($2) || '%'", StringComparison.Ordinal);

    /// <summary>The texts that this one means; an unknown country also by a part of it, unless <paramref name="whole"/>.</summary>
    public static async Task<string[]> FindAsync(
        NpgsqlConnection connection, Guid organizationId, string country, bool whole, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(whole ? WholeSql : PartSql, connection);
        command.Parameters.AddWithValue(organizationId);
        command.Parameters.AddWithValue(country);
        var texts = await command.ReadAllAsync(row => (Text: row.Text(), IsEqual: row.Flag()), cancellationToken);
        var code = Countries.CodeOf(country);
        return [.. texts.Where(text => code is null ? text.IsEqual : Countries.CodeOf(text.Text) == code).Select(text => text.Text)];
    }
}
