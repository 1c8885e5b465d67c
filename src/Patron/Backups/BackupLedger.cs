using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>
/// What a restore to an earlier moment must not forget, in two files of the backup folder: which customers were erased
/// (<c>erasures.txt</c>, a time and a keyed hash of the record's id in each line, so the file reveals nobody) and the highest numbers that
/// were given (<c>numbers.json</c>). Both only grow.
/// </summary>
internal sealed class BackupLedger(string folder)
{
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
        var numbers = ReadNumbers();
        await using var command = new NpgsqlCommand(Numbers.GivenSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            numbers[name] = Math.Max(numbers.GetValueOrDefault(name), reader.GetInt64(1));
        }

        BackupFolder.Write(NumbersFile, numbers, BackupJson.Default.DictionaryStringInt64);
    }

    /// <summary>The highest number of each sequence that was seen, by its name with the schema.</summary>
    public Dictionary<string, long> ReadNumbers() => File.Exists(NumbersFile)
        ? JsonSerializer.Deserialize(File.ReadAllBytes(NumbersFile), BackupJson.Default.DictionaryStringInt64)!
        : [];

    /// <summary>The hashes of all erased records; null if the folder has no list.</summary>
    public IReadOnlySet<string>? ReadErasures() =>
        File.Exists(ErasuresFile) ? ReadLines().Select(line => line.Hash).ToHashSet(StringComparer.Ordinal) : null;

    private async Task AddErasuresAsync(NpgsqlConnection connection, MasterKey master, CancellationToken cancellationToken)
    {
        var (known, receipts) = (ReadLines(), new ErasureReceipts(master));
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

    // A line that a crash cut off is left out, and written again by the next call. Each line begins with its line break, so that the
    // next one is not appended to half a line.
    private List<(DateTimeOffset At, string Hash)> ReadLines() => File.Exists(ErasuresFile)
        ?
        [
            .. File.ReadLines(ErasuresFile).Select(line => line.Split(' '))
                .Where(fields => fields is [_, { Length: 2 * HMACSHA256.HashSizeInBytes }])
                .Select(fields => (DateTimeOffset.Parse(fields[0], CultureInfo.InvariantCulture), fields[1])),
        ]
        : [];
}
