using Npgsql;
using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>Reads the columns of a row one after the other, in the order of the statement.</summary>
public struct RowCursor(NpgsqlDataReader row, int first = 0)
{
    private int next = first;

    public string Text() => row.GetString(next++);

    public string? OptionalText() => row.IsDBNull(next) ? Skip<string?>() : Text();

    public long Long() => row.GetInt64(next++);

    public long? OptionalLong() => row.IsDBNull(next) ? Skip<long?>() : Long();

    public int Int() => row.GetInt32(next++);

    public double Number() => row.GetDouble(next++);

    public bool Flag() => row.GetBoolean(next++);

    public Guid Uuid() => row.GetGuid(next++);

    public Guid? OptionalUuid() => row.IsDBNull(next) ? Skip<Guid?>() : Uuid();

    public Guid[]? OptionalUuids() => row.IsDBNull(next) ? Skip<Guid[]?>() : row.GetFieldValue<Guid[]>(next++);

    public DateTimeOffset Time() => row.GetFieldValue<DateTimeOffset>(next++);

    public DateTimeOffset? OptionalTime() => row.IsDBNull(next) ? Skip<DateTimeOffset?>() : Time();

    public DateOnly? OptionalDate() => row.IsDBNull(next) ? Skip<DateOnly?>() : row.GetFieldValue<DateOnly>(next++);

    public string[] Texts() => row.GetFieldValue<string[]>(next++);

    public string[]? OptionalTexts() => row.IsDBNull(next) ? Skip<string[]?>() : Texts();

    public byte[] Bytes() => row.GetFieldValue<byte[]>(next++);

    public byte[]? OptionalBytes() => row.IsDBNull(next) ? Skip<byte[]?>() : Bytes();

    public T EnumValue<T>()
        where T : struct, Enum => EnumNames<T>.Parse(Text());

    public T? OptionalEnumValue<T>()
        where T : struct, Enum => row.IsDBNull(next) ? Skip<T?>() : EnumValue<T>();

    /// <summary>The row and the index of the next columns, for code that reads them itself; the cursor skips them.</summary>
    public (NpgsqlDataReader Row, int First) Take(int columns)
    {
        next += columns;
        return (row, next - columns);
    }

    private T? Skip<T>()
    {
        next++;
        return default;
    }
}

/// <summary>Reads the rows that a command returns.</summary>
public static class NpgsqlCommandExtensions
{
    /// <summary>All rows in order.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlCommand command, Func<RowCursor, T> read, CancellationToken cancellationToken)
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
