using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// Recalculates the E.164 form of all phones in all organizations, after a region was set or with newer numbering plans. Only the rows that
/// change are locked, page by page, so it can run during normal operation and be stopped and started again.
/// </summary>
public sealed class RefreshPhoneNumbers(NpgsqlDataSource source, PhoneNumberParser phones)
{
    private const int PageSize = 1_000;

    private const string PageSql = """
        SELECT id, phone, phone_e164 FROM customers.customers
        WHERE id > $1 AND (phone IS NOT NULL OR phone_e164 IS NOT NULL) ORDER BY id LIMIT $2
        """;

    // Only where the phone was not changed meanwhile. The version is raised because answers show the E.164 form.
    private const string UpdateSql = """
        WITH changed AS (
            SELECT c.id, read.e164 FROM customers.customers c JOIN unnest($1, $2, $3) read (id, phone, e164) USING (id)
            WHERE c.phone IS NOT DISTINCT FROM read.phone AND c.phone_e164 IS DISTINCT FROM read.e164
            ORDER BY c.id FOR NO KEY UPDATE OF c)
        UPDATE customers.customers c SET phone_e164 = changed.e164, version = c.version + 1 FROM changed WHERE c.id = changed.id
        """;

    /// <summary>Returns the number of changed records.</summary>
    public async Task<long> HandleAsync(CancellationToken cancellationToken)
    {
        var (changed, last) = (0L, 0L);
        while (await ReadAsync(last, cancellationToken) is { Count: > 0 } page)
        {
            var wrong = page.Select(row => row with { E164 = phones.ToE164(row.Phone) }).Except(page).ToList();
            changed += wrong.Count == 0 ? 0 : await UpdateAsync(wrong, cancellationToken);
            last = page[^1].Id;
        }

        return changed;
    }

    private async Task<List<Row>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(PageSql);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(PageSize);
        return await command.ReadAllAsync(row => new Row(row.Long(), row.OptionalText(), row.OptionalText()), cancellationToken);
    }

    private async Task<int> UpdateAsync(List<Row> rows, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(UpdateSql);
        command.Parameters.AddWithValue(rows.Select(row => row.Id).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, rows.Select(row => row.Phone).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, rows.Select(row => row.E164).ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Row(long Id, string? Phone, string? E164);
}
