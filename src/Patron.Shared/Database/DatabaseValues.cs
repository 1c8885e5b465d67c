using Npgsql;
using NpgsqlTypes;

namespace Patron.Shared.Database;

/// <summary>Creates a statement parameter whose value can be null; PostgreSQL then needs the type.</summary>
public static class OptionalParameter
{
    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>The current time in microseconds, the precision of PostgreSQL, so that a value does not change when it is stored.</summary>
public static class DatabaseTime
{
    public static DateTimeOffset GetDatabaseNow(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
