using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>
/// The highest number of each sequence that was seen, by its name with the schema, and the hashes of all erased records, which are null if
/// there is no list of them.
/// </summary>
internal sealed record LedgerContent(IReadOnlyDictionary<string, long> Numbers, IReadOnlySet<string>? Erasures)
{
    /// <summary>That of no backup folder.</summary>
    public static LedgerContent Empty { get; } = new(new Dictionary<string, long>(), Erasures: null);
}

/// <summary>
/// What a restore to an earlier moment must not forget, in two files of the backup folder: which customers were erased
/// (<c>erasures.txt</c>, a time and a keyed hash of the record's id in each line, so the file reveals nobody) and the highest numbers that
/// were given (<c>numbers.json</c>). Both only grow. Backups go on if one of them is damaged; a restore is refused.
/// </summary>
internal sealed partial class BackupLedger(string folder)
{
    // No sequence gets near it, and adding to it does not overflow.
    private const long MaxNumber = 1_000_000_000_000_000;

    // Entries that were committed a little later than their time are read again, and written once.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    private const string ErasuresSql = """
        SELECT at, subject_id FROM shared.audit_entries WHERE action = 'customer.erased' AND at > $1 ORDER BY at, id
        """;

    private string ErasuresFile => Path.Combine(folder, "erasures.txt");

    private string NumbersFile => Path.Combine(folder, "numbers.json");

    /// <summary>Adds what happened in the database since the last call.</summary>
    public async Task UpdateAsync(NpgsqlConnection connection, MasterKey master, CancellationToken cancellationToken)
    {
        await AddErasuresAsync(connection, master, cancellationToken);
        var numbers = TryReadNumbers() ?? []; // What the database has given is no less.
        await using var command = new NpgsqlCommand(Numbers.GivenSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            numbers[name] = Math.Max(numbers.GetValueOrDefault(name), reader.GetInt64(1));
        }

        BackupFolder.Write(NumbersFile, numbers, BackupJson.Default.DictionaryStringInt64);
    }

    /// <exception cref="CannotStartException">A file is damaged.</exception>
    public LedgerContent Read()
    {
        var numbers = TryReadNumbers() ?? throw new CannotStartException(
            $"{NumbersFile} is damaged. Take the file from a copy of the backups. Without it, numbers that were given after the restored moment may be given again; if you accept that, delete it.");
        var lines = ReadLines();
        if (lines?.All(line => LineOrItsBeginning().IsMatch(line)) is false)
        {
            throw new CannotStartException(
                $"{ErasuresFile} is damaged. Take the file from a copy of the backups. Without it, customers who were erased after the restored moment come back; if you accept that, delete it.");
        }

        return new LedgerContent(numbers, lines is null ? null : Parse(lines).Select(line => line.Hash).ToHashSet(StringComparer.Ordinal));
    }

    // Null if the file is damaged.
    private Dictionary<string, long>? TryReadNumbers()
    {
        if (!File.Exists(NumbersFile))
        {
            return [];
        }

        try
        {
            var numbers = JsonSerializer.Deserialize(File.ReadAllBytes(NumbersFile), BackupJson.Default.DictionaryStringInt64);
            return numbers?.Values.All(number => number is >= 0 and <= MaxNumber) is true ? numbers : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task AddErasuresAsync(NpgsqlConnection connection, MasterKey master, CancellationToken cancellationToken)
    {
        var (known, receipts) = (Parse(ReadLines() ?? []), new ErasureReceipts(master));
        var since = known.Count == 0 ? DateTimeOffset.MinValue : known[^1].At - Overlap;
        var written = known.Select(line => line.Hash).ToHashSet(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(ErasuresSql, connection) { Parameters = { new() { Value = since } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await using var file = new StreamWriter(new FileStream(ErasuresFile, new FileStreamOptions
        {
            Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File,
        }));
        while (await reader.ReadAsync(cancellationToken))
        {
            if (receipts.Of(reader.GetGuid(1)) is var hash && written.Add(hash))
            {
                await file.WriteAsync($"\n{reader.GetDateTime(0):O} {hash}");
            }
        }
    }

    // Null if there is no list.
    private string[]? ReadLines() => File.Exists(ErasuresFile) ? File.ReadAllLines(ErasuresFile) : null;

    // A line that a crash cut off is left out, and written again by the next call. Each line begins with its line break, so that the
    // next one is not appended to half a line.
    private static List<(DateTimeOffset At, string Hash)> Parse(IEnumerable<string> lines)
    {
        var complete = new List<(DateTimeOffset At, string Hash)>();
        foreach (var fields in lines.Select(line => line.Split(' ')))
        {
            if (fields is [var time, { Length: 2 * HMACSHA256.HashSizeInBytes } hash]
                && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var at))
            {
                complete.Add((at, hash));
            }
        }

        return complete;
    }

    [GeneratedRegex(@"^[-0-9T:.Z]{0,28}( [0-9a-f]{0,64})?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LineOrItsBeginning();
}
