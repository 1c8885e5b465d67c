using Npgsql;
using NpgsqlTypes;

namespace Patron.Shared.Database;

/// <summary>A parameter of a statement that may have no value; the type says what it would be.</summary>
public static class OptionalParameter
{
    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
