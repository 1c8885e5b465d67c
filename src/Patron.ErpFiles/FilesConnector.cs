using System.Globalization;
using System.Runtime.CompilerServices;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>
/// The sync's connector for CSV files. Partners are read in the order of file names and lines, which is also their rank. An invalid row is
/// reported with its partner; a row without a readable id stops the reading, because its partner would otherwise count as deleted.
/// </summary>
public sealed class FilesConnector(FilesOptions options, TimeProvider time) : IErpConnector
{
    /// <summary>The key of this ERP.</summary>
    public const string SourceName = "csv";

    // Exports may have dates without times, and times of another zone.
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    private const int MaxPageRows = 1000;
    private const int MaxPageBytes = 8 * 1024 * 1024;
    private const int IdBatchSize = 20_000;

    private readonly PartnerFolder folder = new(options.Folder);

    public string Name => "CSV folder";

    public string Source => SourceName;

    public string Identity => $"CSV files in {folder.Path}";

    // A network folder that does not respond must not block the caller.
    public Task CheckAsync(CancellationToken cancellationToken) => Task.Run(() => folder.CheckAsync(cancellationToken), cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        await folder.ReadAsync(cancellationToken).LongCountAsync(cancellationToken);

    public async IAsyncEnumerable<PartnerPage> ReadPagesAsync(
        string? since, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var version = folder.ReadVersion();
        var (from, last) = (Cursor.Read(since), Cursor.Read(after));
        var changedSince = from?.Written - Overlap;
        // Line numbers are meaningless after the files have changed, so reading starts again.
        var position = new Cursor(last?.Version == version ? last.Value.Rank : 0, version, last?.Written ?? from?.Written);
        var repeated = await RepeatedIds.FindAsync(folder, cancellationToken);
        var page = new PageBuilder();
        await foreach (var row in folder.ReadAsync(cancellationToken))
        {
            if (row.Rank <= position.Rank)
            {
                continue;
            }

            position = position with { Rank = row.Rank };
            if (repeated.TryGetValue(row.Id, out var repetition))
            {
                page.AddRepeated(row, repetition);
            }
            else if (page.Add(row, changedSince) is { } written)
            {
                position = position with { Written = Latest(position.Written, written) };
            }

            if (page.Rows == MaxPageRows || page.Bytes >= MaxPageBytes)
            {
                yield return page.ToPage(position.ToString());
                page = new PageBuilder();
            }
        }

        yield return page.ToPage(position.ToString());
    }

    public async Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var requested = ids.ToHashSet(StringComparer.Ordinal);
        var locations = new Dictionary<string, string>(StringComparer.Ordinal);
        var page = new PageBuilder();
        await foreach (var row in folder.ReadAsync(cancellationToken).Where(row => requested.Contains(row.Id)))
        {
            if (locations.TryAdd(row.Id, row.Location))
            {
                page.Add(row, changedSince: null);
            }
            else
            {
                page.Replace(row.Id, RepeatedIds.Describe(locations[row.Id], row.Location));
            }
        }

        return page.ToPage(cursor: null);
    }

    public IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync(CancellationToken cancellationToken) =>
        folder.ReadAsync(cancellationToken).Select(row => row.Id).Chunk(IdBatchSize);

    public Uri? FindLink(string id) => null;

    // A single partner with a future time would hide later changes from all incremental runs.
    private DateTimeOffset? Latest(DateTimeOffset? latest, DateTimeOffset written)
    {
        var now = time.GetUtcNow();
        var seen = written > now ? now : written;
        return latest > seen ? latest : seen;
    }

    /// <summary>The last row that was read, the version of the files, and the latest change among all rows that were read.</summary>
    private readonly record struct Cursor(long Rank, string Version, DateTimeOffset? Written)
    {
        public static Cursor? Read(string? text)
        {
            if (text?.Split(' ', 3) is not [var rank, var version, var time])
            {
                return null;
            }

            DateTimeOffset? written = DateTimeOffset.TryParse(
                time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)
                ? read
                : null;
            return new Cursor(long.Parse(rank, CultureInfo.InvariantCulture), version, written);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rank} {Version} {Written?.UtcDateTime:O}");
    }

    private sealed class PageBuilder
    {
        private readonly List<ErpPartner> partners = [];
        private readonly List<PartnerIssue> unreadable = [];

        public int Rows => partners.Count + unreadable.Count;

        public long Bytes { get; private set; }

        /// <summary>Adds the row unless it is unchanged since then. Returns the time of its change, if it has one.</summary>
        public DateTimeOffset? Add(PartnerFile row, DateTimeOffset? changedSince)
        {
            try
            {
                var written = CsvPartner.ReadTime(row, "updated_at");
                if (changedSince is null || written is null || written >= changedSince)
                {
                    partners.Add(CsvPartner.Read(row));
                    Bytes += row.Length;
                }

                return written;
            }
            catch (FormatException exception)
            {
                unreadable.Add(new PartnerIssue(row.Id, exception.Message));
                return null;
            }
        }

        /// <summary>Reports a repeated id at the first of its rows; the other rows are ignored.</summary>
        public void AddRepeated(PartnerFile row, RepeatedId repeated)
        {
            if (row.Rank == repeated.Rank)
            {
                unreadable.Add(new PartnerIssue(row.Id, repeated.Message));
            }
        }

        public void Replace(string id, string message)
        {
            partners.RemoveAll(partner => partner.Id == id);
            unreadable.RemoveAll(note => note.PartnerId == id);
            unreadable.Add(new PartnerIssue(id, message));
        }

        public PartnerPage ToPage(string? cursor) => new(partners, unreadable, cursor);
    }
}
