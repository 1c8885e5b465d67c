using Npgsql;

namespace Patron.Shared.Database;

/// <summary>Reads the rows that a statement answers.</summary>
public static class RowReading
{
    /// <summary>All of them, in their order.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlCommand command, Func<RowCursor, T> read, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(read(new RowCursor(reader)));
        }

        return rows;
    }
}
