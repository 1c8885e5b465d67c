using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Customers;

/// <summary>
/// Derives the ISO codes of existing rows again after names were added to <see cref="Countries"/>. Only rows whose code changes are locked.
/// </summary>
internal static class CountryCodeMigration
{
    private const int BatchSize = 1_000;

    // Answers show the code of a customer's own address, so their version is raised.
    public static BackgroundMigration Customers { get; } =
        Of("customers.country_codes", "customers.customers", ", version = c.version + 1");

    public static BackgroundMigration Addresses { get; } = Of("customers.address_country_codes", "customers.addresses", "");

    private static BackgroundMigration Of(string name, string table, string alsoSet)
    {
        var readSql = $"SELECT id, country, country_code FROM {table} WHERE id > $1 ORDER BY id LIMIT {BatchSize}";
        // Only where the country was not changed meanwhile.
        var updateSql = $"""
            UPDATE {table} c SET country_code = wrong.code{alsoSet} FROM unnest($1, $2, $3) wrong (id, country, code)
            WHERE c.id = wrong.id AND c.country = wrong.country
            """;
        return new BackgroundMigration(name, async (services, after, cancellationToken) =>
        {
            var database = services.GetRequiredService<DatabaseSession>();
            await using var transaction = await database.BeginAsync(cancellationToken);
            await BatchMigration.LimitLockWaitsAsync(database, cancellationToken);
            var batch = await database.QueryAsync(
                readSql, row => (Id: row.Long(), Country: row.OptionalText(), Code: row.OptionalText()), cancellationToken,
                after is null ? 0L : long.Parse(after, CultureInfo.InvariantCulture));
            var wrong = batch.FindAll(row => row.Country is not null && row.Code != Countries.CodeOf(row.Country));
            if (wrong.Count > 0)
            {
                await database.ExecuteAsync(
                    updateSql, cancellationToken, wrong.Select(row => row.Id).ToArray(), wrong.Select(row => row.Country!).ToArray(),
                    new NpgsqlParameter
                    {
                        Value = wrong.Select(row => Countries.CodeOf(row.Country)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                    });
            }

            await transaction.CommitAsync(cancellationToken);
            return batch.Count == 0 ? null : batch[^1].Id.ToString(CultureInfo.InvariantCulture);
        });
    }
}
