using System.Globalization;
using System.Runtime.CompilerServices;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>
/// Files of CSV behind the port of the sync. Partners are read in the order of file names and lines, which is their rank too. What cannot be read of a row
/// is told with its partner; a row whose partner cannot be told stops the reading, because that partner would count as deleted.
/// </summary>
public sealed class FilesConnector(FilesOptions options, TimeProvider time) : IErpConnector
{
    /// <summary>The files in keys.</summary>
    public const string SourceName = "csv";

    // Exports may have days instead of times, and times of another zone.
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    private const int PageRows = 1000;
    private const int PageBytes = 8 * 1024 * 1024;
    private const int IdsAtOnce = 20_000;

    private readonly PartnerFolder folder = new(options.Folder);

    public string Name => "CSV folder";

    public string Source => SourceName;

    public string Identity => $"CSV files in {folder.Path}";

    // A network folder that hangs must not hold whoever asks.
    public Task CheckAsync(CancellationToken cancellationToken) => Task.Run(() => folder.CheckAsync(cancellationToken), cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken) => await folder.ReadAsync(cancellationToken).LongCountAsync(cancellationToken);

    public async IAsyncEnumerable<PartnerPage> ReadPagesAsync(string? since, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var version = folder.ReadVersion();
        var (from, last) = (Cursor.Read(since), Cursor.Read(after));
        var changedSince = from?.Written - Overlap;
        // In files that have changed meanwhile a line says nothing: they are read from the beginning.
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
            if (repeated.TryGetValue(row.Id, out var repeat))
            {
                page.AddRepeated(row, repeat);
            }
            else if (page.Add(row, changedSince) is { } written)
            {
                position = position with { Written = Latest(position.Written, written) };
            }

            if (page.Rows == PageRows || page.Bytes >= PageBytes)
            {
                yield return page.ToPage(position.ToString());
                page = new PageBuilder();
            }
        }

        yield return page.ToPage(position.ToString());
    }

    public async Task<PartnerPage> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var page = new PageBuilder();
        await foreach (var row in folder.ReadAsync(cancellationToken).Where(row => wanted.Contains(row.Id)))
        {
            if (places.TryAdd(row.Id, row.Place))
            {
                page.Add(row, changedSince: null);
            }
            else
            {
                page.Replace(row.Id, RepeatedIds.Sentence(places[row.Id], row.Place));
            }
        }

        return page.ToPage(cursor: null);
    }

    public IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync(CancellationToken cancellationToken) =>
        folder.ReadAsync(cancellationToken).Select(row => row.Id).Chunk(IdsAtOnce);

    public Uri? FindLink(string id) => null;

    // One partner with a time to come would hide from all later runs what changes until then.
    private DateTimeOffset? Latest(DateTimeOffset? known, DateTimeOffset written)
    {
        var now = time.GetUtcNow();
        var seen = written > now ? now : written;
        return known > seen ? known : seen;
    }

    /// <summary>The last row that was read, of which version of the files, and the latest change among all that were read.</summary>
    private readonly record struct Cursor(long Rank, string Version, DateTimeOffset? Written)
    {
        public static Cursor? Read(string? text)
        {
            if (text?.Split(' ', 3) is not [var rank, var version, var time])
            {
                return null;
            }

            DateTimeOffset? written = DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read : null;
            return new Cursor(long.Parse(rank, CultureInfo.InvariantCulture), version, written);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rank} {Version} {Written?.UtcDateTime:O}");
    }

    /// <summary>A page while it is read.</summary>
    private sealed class PageBuilder
    {
        private readonly List<ErpPartner> partners = [];
        private readonly List<PartnerNote> unreadable = [];

        public int Rows => partners.Count + unreadable.Count;

        public long Bytes { get; private set; }

        /// <summary>Adds the row, unless it says that nothing has changed since then; when it was changed, as far as it says so.</summary>
        public DateTimeOffset? Add(PartnerFile row, DateTimeOffset? changedSince)
        {
            try
            {
                var written = CsvPartner.ReadTime(row);
                if (changedSince is null || written is null || written >= changedSince)
                {
                    partners.Add(CsvPartner.Read(row));
                    Bytes += row.Length;
                }

                return written;
            }
            catch (FormatException wrong)
            {
                unreadable.Add(new PartnerNote(row.Id, wrong.Message));
                return null;
            }
        }

        /// <summary>Adds the sentence about a repeated id where the first of its rows is; the others say nothing more.</summary>
        public void AddRepeated(PartnerFile row, RepeatedId repeated)
        {
            if (row.Rank == repeated.Rank)
            {
                unreadable.Add(new PartnerNote(row.Id, repeated.Sentence));
            }
        }

        public void Replace(string id, string sentence)
        {
            partners.RemoveAll(partner => partner.Id == id);
            unreadable.RemoveAll(note => note.PartnerId == id);
            unreadable.Add(new PartnerNote(id, sentence));
        }

        public PartnerPage ToPage(string? cursor) => new(partners, unreadable, cursor);
    }
}
