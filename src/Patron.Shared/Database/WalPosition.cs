using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Patron.Shared.Database;

/// <summary>A position in PostgreSQL's write-ahead log, as text two hexadecimal numbers such as <c>0/16B3748</c>.</summary>
public readonly record struct WalPosition(ulong Value)
{
    // What has been replayed on a standby; on the primary also what is not written to disk yet, as with synchronous_commit = off.
    private const string Sql =
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END";

    private const int MaxHalf = 8;

    /// <summary>A position after all others, which no replica reaches.</summary>
    public static WalPosition Unreachable { get; } = new(ulong.MaxValue);

    public static bool TryParse(string? text, out WalPosition position)
    {
        position = default;
        if (text?.Split('/') is not [{ Length: > 0 and <= MaxHalf } high, { Length: > 0 and <= MaxHalf } low]
            || !TryParseHalf(high, out var first) || !TryParseHalf(low, out var second))
        {
            return false;
        }

        position = new WalPosition(((ulong)first << 32) | second);
        return true;
    }

    /// <summary>Reads the position of the server: on a standby, up to where it shows the primary's changes.</summary>
    internal static async Task<WalPosition> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = DatabasePools.ProbeSeconds };
        return await command.ExecuteScalarAsync(cancellationToken) is NpgsqlLogSequenceNumber position
            ? new WalPosition((ulong)position)
            : default; // A standby that has not replayed anything.
    }

    public static WalPosition Later(WalPosition? one, WalPosition other) => one is { } known && known.Value > other.Value ? known : other;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 32:X}/{(uint)Value:X}");

    private static bool TryParseHalf(string text, out uint half) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out half);
}
