using System.Text.Unicode;
using CsvHelper;
using Patron.Erp;
using Patron.Shared.Text;

namespace Patron.ErpFiles;

/// <summary>
/// Reads a file of partners (RFC 4180, separated by commas, UTF-8, column names in the first line) row by row, so that memory does not
/// depend on its size. A row without a readable id ends the reading with an <see cref="ErpException"/>.
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
    private CsvMalformedReason? malformedReason;

    private PartnerFile(string name, int number, Stream stream)
    {
        (this.name, this.number) = (name, number);
        csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            OnMalformedRecord = record => malformedReason = record.Reason,
            MaxRecordSize = MaxRowBytes,
            TrackLineNumbers = true,
        });
    }

    public string Id { get; private set; } = "";

    /// <summary>The position of the row among all rows of all files.</summary>
    public long Rank => ((long)number << RankBitsOfLine) + csv.LineNumber;

    /// <summary>The position of the row for messages.</summary>
    public string Location => $"line {csv.LineNumber} of {name}";

    /// <summary>The length of the row in bytes.</summary>
    public int Length => csv.RawRecord.Length;

    /// <param name="number">The position of the file among all files.</param>
    public static async Task<PartnerFile> OpenAsync(FileInfo found, int number, CancellationToken cancellationToken)
    {
        PartnerFile file;
        try
        {
            // Do not block the export of a new version.
            file = new PartnerFile(found.Name, number, new FileStream(
                found.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0,
                FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ReadError(found.Name, failure);
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

    /// <summary>Moves to the next row; false at the end.</summary>
    public async Task<bool> ReadNextAsync(CancellationToken cancellationToken)
    {
        if (!await ReadRowAsync(cancellationToken))
        {
            return false;
        }

        if (csv.FieldCount != columns.Count)
        {
            throw RowError(
                "has another number of cells than the first line has columns; a cell that holds a comma must stand in quotation marks");
        }

        Id = ReadId();
        return true;
    }

    /// <summary>The text of a column, trimmed and without control characters; null where it is empty.</summary>
    /// <exception cref="FormatException">It cannot be stored.</exception>
    public string? Text(string column)
    {
        if (!columns.TryGetValue(column, out var index) || csv.IsEmpty(index))
        {
            return null;
        }

        if (!Utf8.IsValid(csv.GetSpan(index)))
        {
            throw new FormatException($"Its {column} is not UTF-8; export the file as UTF-8.");
        }

        var text = csv.GetString(index);
        if (text.Length > InputText.MaxErpLength)
        {
            throw new FormatException($"Its {column} is longer than {InputText.MaxErpLength} characters.");
        }

        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new FormatException($"Its {column} holds NUL characters; the file is damaged there.")
            : InputText.Repair(text);
    }

    private async Task ReadColumnsAsync(CancellationToken cancellationToken)
    {
        if (!await ReadRowAsync(cancellationToken))
        {
            throw new ErpException($"{name} is empty. Its first line must name the columns, id and name among them.");
        }

        for (var index = 0; index < csv.FieldCount; index++)
        {
            if (!columns.TryAdd(csv.GetString(index).Trim(), index))
            {
                throw new ErpException(
                    $"The first line of {name} names a column twice: {InputText.Storable(csv.GetString(index).Trim())}.");
            }
        }

        foreach (var column in columns.Keys.Where(column => !CsvPartner.Columns.Contains(column)))
        {
            if (SimilarNames.FindColumn(column, CsvPartner.Columns) is { } meant)
            {
                throw new ErpException(
                    $"The first line of {name} names an unknown column {InputText.Storable(column)}; did you mean {meant}? Rename or remove it.");
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
        catch (CsvFormatException exception)
        {
            throw new ErpException(
                $"The row in line {exception.LineNumber} of {name} is longer than {MaxRowBytes / 1024 / 1024} MB. Probably a quotation mark is not closed there. Nothing more was read.",
                exception);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ReadError(name, failure);
        }

        // A malformed quotation mark within one line is accepted as text. One that spans lines may have swallowed rows, whose partners
        // would count as deleted.
        if (malformedReason == CsvMalformedReason.UnterminatedQuote || (malformedReason is not null && csv.RawRecord.Contains((byte)'\n')))
        {
            throw RowError("has a quotation mark that is not closed, or not doubled within a cell");
        }

        malformedReason = null;
        return true;
    }

    private string ReadId()
    {
        var index = columns["id"];
        var id = csv.GetString(index).Trim();
        if (id.Length == 0)
        {
            throw RowError("has no id");
        }

        if (TextRules.IsLonger(id, MaxIdLength))
        {
            throw RowError($"has an id of more than {MaxIdLength} characters");
        }

        return Utf8.IsValid(csv.GetSpan(index)) && TextRules.Problem(id) is null
            ? id
            : throw RowError("has an id with control characters or not in UTF-8");
    }

    private ErpException RowError(string problem) =>
        new($"The row in {Location} {problem}. Repair it: nothing was decided, because without its id its partner would count as deleted.");

    private static ErpException ReadError(string name, Exception failure) => new(failure is UnauthorizedAccessException
        ? $"{name} cannot be read. Allow it to the user that Patron runs as."
        : $"{name} cannot be read: {InputText.Storable(failure.Message)}", failure);
}
