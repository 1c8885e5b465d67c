using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Patron.Shared.Database;

/// <summary>The migrations of one module: its embedded <c>Database/Migrations/NNNN_name.sql</c> files, in numeric order.</summary>
public sealed record MigrationSet(string Module, Assembly Assembly)
{
    internal IReadOnlyList<Migration> Load() =>
    [
        .. Assembly.GetManifestResourceNames()
            .Where(
                name => name.Contains(".Database.Migrations.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(Read)
            .OrderBy(migration => migration.Number),
    ];

    private Migration Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd();
        var file = resource.Split('.')[^2];
        return new Migration(
            Module, int.Parse(file[..4]), file, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}

/// <summary>What a migration means to programs that do not know it, because they are older (decision 0025).</summary>
internal enum MigrationKind
{
    /// <summary>Older programs must not start. This is the default, because files of before say nothing.</summary>
    Contract,

    /// <summary>Older programs can go on: what they read and write is still there and means the same.</summary>
    Expand,
}

/// <summary>
/// One file. Its first lines say what it is: <c>-- expand</c> or <c>-- contract</c>, and then <c>-- no transaction</c> if it contains one
/// statement that cannot run inside a transaction (CREATE INDEX CONCURRENTLY). A file that replaces one which leads to the same schema says
/// <c>-- supersedes CHECKSUM: why</c>, and databases that have that one are not refused.
/// </summary>
internal sealed record Migration(string Module, int Number, string Name, string Sql, string Checksum)
{
    private const string ExpandLine = "-- expand";
    private const string ContractLine = "-- contract";
    private const string AloneLine = "-- no transaction";
    private const string SupersedesLine = "-- supersedes ";

    private readonly string[] head = [.. Sql.Split('\n').Select(line => line.TrimEnd()).TakeWhile(
        line => line is ExpandLine or ContractLine or AloneLine || line.StartsWith(SupersedesLine, StringComparison.Ordinal))];

    public string FullName => $"{Module}/{Name}";

    public MigrationKind Kind => head.Contains(ExpandLine) ? MigrationKind.Expand : MigrationKind.Contract;

    /// <summary>Whether the file says what it is.</summary>
    public bool NamesKind => head.Count(line => line is ExpandLine or ContractLine) == 1;

    public bool IsInTransaction => !head.Contains(AloneLine);

    /// <summary>Whether a migration of this checksum was this one.</summary>
    public bool Accepts(string checksum) =>
        checksum == Checksum || head.Any(line => line.StartsWith(SupersedesLine + checksum + ":", StringComparison.Ordinal));
}
