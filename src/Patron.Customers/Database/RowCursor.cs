using Npgsql;
using Patron.Customers.Schema;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Database;

/// <summary>Takes the columns of a row one after the other, in the order in which the statement names them.</summary>
internal struct RowCursor(NpgsqlDataReader row, int first = 0)
{
    private int next = first;

    public string Text() => row.GetString(next++);

    public string? OptionalText() => row.IsDBNull(next) ? Skip<string?>() : Text();

    public long Long() => row.GetInt64(next++);

    public long? OptionalLong() => row.IsDBNull(next) ? Skip<long?>() : Long();

    public int Int() => row.GetInt32(next++);

    public bool Flag() => row.GetBoolean(next++);

    public Guid Uuid() => row.GetGuid(next++);

    public Guid? OptionalUuid() => row.IsDBNull(next) ? Skip<Guid?>() : Uuid();

    public DateTimeOffset Time() => row.GetFieldValue<DateTimeOffset>(next++);

    public DateTimeOffset? OptionalTime() => row.IsDBNull(next) ? Skip<DateTimeOffset?>() : Time();

    public DateOnly? OptionalDate() => row.IsDBNull(next) ? Skip<DateOnly?>() : row.GetFieldValue<DateOnly>(next++);

    public string[] Texts() => row.GetFieldValue<string[]>(next++);

    public byte[] Bytes() => row.GetFieldValue<byte[]>(next++);

    public byte[]? OptionalBytes() => row.IsDBNull(next) ? Skip<byte[]?>() : Bytes();

    public T Word<T>()
        where T : struct, Enum => Words<T>.Parse(Text());

    public T? OptionalWord<T>()
        where T : struct, Enum => row.IsDBNull(next) ? Skip<T?>() : Word<T>();

    /// <summary>Reads the columns of these fields into the record.</summary>
    public T Record<T>(Field<T>[] fields, T record)
        where T : class
    {
        fields.ReadRow(record, row, next);
        next += fields.Length;
        return record;
    }

    private T? Skip<T>()
    {
        next++;
        return default;
    }
}
