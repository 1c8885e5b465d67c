using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Reads the rows that a statement answers.</summary>
public static class RowReading
{
    /// <summary>All of them, in their order.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlCommand command, Func<RowCursor, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(new RowCursor(reader)));
        }

        return rows;
    }
}
