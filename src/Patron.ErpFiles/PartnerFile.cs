using System.Text.Unicode;
using CsvHelper;
using Patron.Erp;
using Patron.Shared.Text;

namespace Patron.ErpFiles;

/// <summary>
/// A file of partners (RFC 4180, separated by commas, UTF-8, the first line names the columns), read row by row so that its size does not matter. A row whose
/// id cannot be told ends the reading with an <see cref="ErpException"/>.
/// </summary>
internal sealed class PartnerFile : IAsyncDisposable
{
    private const int MaxIdLength = 200;
    private const int MaxRowBytes = 4 * 1024 * 1024;
    private const int RankBitsOfLine = 36;

    private readonly string name;
    private readonly int number;
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly CsvReader csv;
    private CsvMalformedReason? flaw;

    private PartnerFile(string name, int number, Stream stream)
    {
        (this.name, this.number) = (name, number);
        csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            OnMalformedRecord = record => flaw = record.Reason,
            MaxRecordSize = MaxRowBytes,
            TrackLineNumbers = true,
        });
    }

    public string Id { get; private set; } = "";

    /// <summary>Where the row stands among all rows of all files.</summary>
    public long Rank => ((long)number << RankBitsOfLine) + csv.LineNumber;

    /// <summary>The same for people.</summary>
    public string Place => $"line {csv.LineNumber} of {name}";

    /// <summary>The length of the row in bytes.</summary>
    public int Length => csv.RawRecord.Length;

    /// <param name="number">The place of the file among all files.</param>
    public static async Task<PartnerFile> OpenAsync(FileInfo found, int number, CancellationToken cancellationToken)
    {
        PartnerFile file;
        try
        {
            // Whoever writes the next export is not kept from it.
            file = new PartnerFile(found.Name, number, new FileStream(
                found.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(found.Name, failure);
        }

        try
        {
            await file.ReadColumnsAsync(cancellationToken);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => csv.DisposeAsync();

    /// <summary>Goes on to the next row; false at the end.</summary>
    public async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        if (!await ReadRowAsync(cancellationToken))
        {
            return false;
        }

        if (csv.FieldCount != columns.Count)
        {
            throw Broken("has another number of cells than the first line has columns; a cell that holds a comma must stand in quotation marks");
        }

        Id = ReadId();
        return true;
    }

    /// <summary>The text without blanks around it and without control characters; null where nothing is written.</summary>
    /// <exception cref="FormatException">It is none that can be kept.</exception>
    public string? Text(string column)
    {
        if (!columns.TryGetValue(column, out var place) || csv.IsEmpty(place))
        {
            return null;
        }

        if (!Utf8.IsValid(csv.GetSpan(place)))
        {
            throw new FormatException($"Its {column} is not UTF-8; export the file as UTF-8.");
        }

        var text = csv.GetString(place);
        return text.Length > GivenText.MaxErpLength ? throw new FormatException($"Its {column} is longer than {GivenText.MaxErpLength} characters.")
            : text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException($"Its {column} holds NUL characters; the file is damaged there.")
            : GivenText.Mend(text);
    }

    private async Task ReadColumnsAsync(CancellationToken cancellationToken)
    {
        if (!await ReadRowAsync(cancellationToken))
        {
            throw new ErpException($"{name} is empty. Its first line must name the columns, id and name among them.");
        }

        for (var place = 0; place < csv.FieldCount; place++)
        {
            if (!columns.TryAdd(csv.GetString(place).Trim(), place))
            {
                throw new ErpException($"The first line of {name} names a column twice: {GivenText.Storable(csv.GetString(place).Trim())}.");
            }
        }

        foreach (var required in new[] { "id", "name" })
        {
            if (!columns.ContainsKey(required))
            {
                throw new ErpException(csv.RawRecord.Contains((byte)';')
                    ? $"{name} is separated by semicolons. Export it with commas."
                    : $"The first line of {name} has no column {required}. It must name the columns, id and name among them, separated by commas.");
            }
        }
    }

    private async Task<bool> ReadRowAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await csv.ReadAsync(cancellationToken))
            {
                return false;
            }
        }
        catch (CsvFormatException endless)
        {
            throw new ErpException($"The row in line {endless.LineNumber} of {name} is longer than {MaxRowBytes / 1024 / 1024} MB. Probably a quotation mark is not closed there. Nothing more was read.", endless);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(name, failure);
        }

        // A quotation mark within one line is text. One that goes over lines may have swallowed rows, and their partners would count as deleted.
        if (flaw == CsvMalformedReason.UnterminatedQuote || (flaw is not null && csv.RawRecord.Contains((byte)'\n')))
        {
            throw Broken("has a quotation mark that is not closed, or not doubled within a cell");
        }

        flaw = null;
        return true;
    }

    private string ReadId()
    {
        var place = columns["id"];
        var id = csv.GetString(place).Trim();
        return id.Length == 0 ? throw Broken("has no id")
            : TextRules.IsLonger(id, MaxIdLength) ? throw Broken($"has an id of more than {MaxIdLength} characters")
            : !Utf8.IsValid(csv.GetSpan(place)) || TextRules.Problem(id) is not null ? throw Broken("has an id with control characters or not in UTF-8")
            : id;
    }

    private ErpException Broken(string what) =>
        new($"The row in {Place} {what}. Repair it: nothing was decided, because without its id its partner would count as deleted.");

    private static ErpException CannotRead(string name, Exception failure) => new(failure is UnauthorizedAccessException
        ? $"{name} cannot be read. Allow it to the user that Patron runs as."
        : $"{name} cannot be read: {GivenText.Storable(failure.Message)}", failure);
}
