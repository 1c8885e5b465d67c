using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Import;

/// <summary>The file cannot be read at all; the message is a sentence for the caller.</summary>
public sealed class UnreadableFileException(string message) : IOException(message);

/// <summary>How the columns of a file are read: names of the file for fields, and names that are left out.</summary>
public sealed record CsvColumns(IReadOnlyDictionary<string, string> Mapped, IReadOnlyCollection<string> Ignored)
{
    public static CsvColumns AsNamed { get; } = new(new Dictionary<string, string>(), []);
}

/// <summary>
/// Reads customers from CSV (RFC 4180; comma, semicolon or tab; UTF-8) record by record, so that memory does not depend on the file's size.
/// The first line names the columns like the fields of the customers dialect; empty cells count as left out.
/// </summary>
public sealed class CustomerCsv
{
    /// <summary>The supported columns, in the order of the schema.</summary>
    public static readonly IReadOnlyList<string> Columns = [
        .. CustomerSchema.Fields.All.Where(field => field.IsImported).Select(field => field.Name)];

    /// <summary>Columns of the file of rejects, which can be imported again after corrections. They are ignored.</summary>
    public static readonly IReadOnlyList<string> RejectColumns = ["import_line", "import_error"];

    private const int MaxRecordBytes = 64 * 1024;

    // A record that is too long is read up to this size, so that only this record is rejected.
    private const int MaxReadBytes = 4 * 1024 * 1024;
    private static readonly Error TooLong = Error.Rule("line_invalid", $"This line is longer than {MaxRecordBytes / 1024} KB.");
    private const char ReplacementCharacter = '\uFFFD';

    private readonly List<(int Place, Field<Customer> Field)> columns = [];
    private readonly CsvReader reader;
    private int width;
    private char delimiter;

    private CustomerCsv(CsvReader reader) => this.reader = reader;

    /// <summary>
    /// One line for each record: the customer, or an error. Unknown columns are ignored and passed to <paramref
    /// name="reportUnknownColumns"/>. Throws <see cref="UnreadableFileException"/> where there are no columns to read, where an unknown
    /// column looks like a known one, at a byte that is not UTF-8, and for a record without an end. With <paramref name="reportHeader"/>,
    /// which gets the first line, the lines have their bytes.
    /// </summary>
    public static async IAsyncEnumerable<ImportLine<CustomerChanges>> ReadAsync(
        Stream stream, Action<IReadOnlyList<string>> reportUnknownColumns, [EnumeratorCancellation] CancellationToken cancellationToken,
        CsvColumns? names = null, Action<ReadOnlyMemory<byte>>? reportHeader = null)
    {
        var malformed = new Queue<CsvMalformedRecord>();
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = malformed.Enqueue,
            MaxRecordSize = MaxReadBytes,
            TrackLineNumbers = true,
        };
        await using var records = CsvReader.Create(new StrictUtf8Stream(stream), options, leaveOpen: true);
        var csv = new CustomerCsv(records);
        if (!await csv.ReadNextAsync(cancellationToken) || malformed.Count > 0)
        {
            throw new UnreadableFileException("The file has no first line with the names of its columns.");
        }

        reportUnknownColumns(csv.ReadColumns(names ?? CsvColumns.AsNamed));
        reportHeader?.Invoke(csv.CopyRaw());
        while (true)
        {
            var more = await csv.ReadNextAsync(cancellationToken);
            while (malformed.TryDequeue(out var record))
            {
                ThrowIfUnclosed(record.RawRecord.Length, record.RawRecord.Contains('\n', StringComparison.Ordinal), record.LineNumber);
                yield return new ImportLine<CustomerChanges>(record.LineNumber, csv.ToError(record))
                {
                    Raw = reportHeader is null ? default : Encoding.UTF8.GetBytes(record.RawRecord),
                };
            }

            if (!more)
            {
                yield break;
            }

            yield return new ImportLine<CustomerChanges>(records.LineNumber, csv.ReadRecord())
            {
                Raw = reportHeader is null ? default : csv.CopyRaw(),
            };
        }
    }

    // Empty for a record that is too long.
    private ReadOnlyMemory<byte> CopyRaw() => reader.RawRecord.Length > MaxRecordBytes ? default : reader.RawRecord.ToArray();

    // Line breaks in a record that is far too long mean an unclosed quotation mark: the start of the next record is then unknown.
    private static void ThrowIfUnclosed(int length, bool hasLines, long line)
    {
        if (length > MaxRecordBytes && hasLines)
        {
            throw Unclosed(line);
        }
    }

    private static UnreadableFileException Unclosed(long line) =>
        new($"The record in line {line} is longer than {MaxRecordBytes / 1024} KB; probably a quotation mark is not closed there.");

    private Result<CustomerChanges> ReadRecord()
    {
        var raw = reader.RawRecord;
        ThrowIfUnclosed(raw.Length, raw.Contains((byte)'\n'), reader.LineNumber);
        return raw.Length > MaxRecordBytes ? TooLong : Read();
    }

    private Error ToError(CsvMalformedRecord record) => Error.Rule("line_invalid", record.Reason switch
    {
        CsvMalformedReason.FieldCountMismatch =>
            $"Expected {width} columns, found {CsvCells.Count(record.RawRecord, delimiter)}.",
        CsvMalformedReason.UnterminatedQuote => "A quotation mark is opened but not closed before the end of the file.",
        _ => "A quotation mark is in the wrong place. Quote cells that contain one, and double it.",
    });

    private async Task<bool> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException exception)
        {
            throw Unclosed(exception.LineNumber);
        }
    }

    // Returns the unknown names.
    private List<string> ReadColumns(CsvColumns names)
    {
        (width, delimiter) = (reader.FieldCount, CsvCells.FindDelimiter(Encoding.UTF8.GetString(reader.RawRecord)));
        var written = Enumerable.Range(0, reader.FieldCount).Select(place => reader.GetString(place).Trim()).ToList();
        if (names.Mapped.Keys.Concat(names.Ignored).FirstOrDefault(name => !written.Contains(name, StringComparer.Ordinal)) is { } missing)
        {
            throw new UnreadableFileException($"The first line names no column \"{missing}\".");
        }

        var unknown = new List<string>();
        foreach (var (place, column) in written.Index().Where(column => !names.Ignored.Contains(column.Item, StringComparer.Ordinal)))
        {
            var name = names.Mapped.GetValueOrDefault(column) ?? column.ToLowerInvariant().Replace(' ', '_');
            if (RejectColumns.Contains(name, StringComparer.Ordinal))
            {
                continue;
            }

            if (!Columns.Contains(name, StringComparer.Ordinal))
            {
                unknown.Add(column);
            }
            else if (columns.Exists(known => known.Field.Name == name))
            {
                throw new UnreadableFileException($"The column {name} is there twice.");
            }
            else
            {
                columns.Add((place, CustomerSchema.Fields.Find(name)!));
            }
        }

        AskAboutSimilar(unknown);

        // Apply values in the order of the schema: is_active overrides status.
        columns.Sort((one, other) => CustomerSchema.Fields.PlaceOf(one.Field).CompareTo(CustomerSchema.Fields.PlaceOf(other.Field)));
        return columns.Count > 0 ? unknown : throw new UnreadableFileException(
            $"The first line names no column that is known. Known are: {string.Join(", ", Columns)}.");
    }

    // Ignoring such a column would import people without their address.
    private static void AskAboutSimilar(List<string> unknown)
    {
        var questions = unknown.Select(name => (Name: name, Meant: SimilarNames.FindColumn(name, Columns))).Where(one => one.Meant is not null)
            .Select(one => $"The column \"{one.Name}\" is unknown; did you mean {one.Meant}? Use --map \"{one.Name}={one.Meant}\" or --ignore \"{one.Name}\".")
            .ToList();
        if (questions.Count > 0)
        {
            throw new UnreadableFileException(string.Join('\n', questions));
        }
    }

    private Result<CustomerChanges> Read()
    {
        var changes = new CustomerChanges();
        foreach (var (place, field) in columns)
        {
            if (reader.IsEmpty(place) || reader.GetString(place) is not { } text || string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            if (text.Contains(ReplacementCharacter, StringComparison.Ordinal))
            {
                changes.AddError(field.Name, "A character was lost here before the file was written (U+FFFD). Export the file again.");
            }
            else
            {
                changes.Add(field, field.TryParse(InvisibleCharacters.Repair(InputText.Clean(text))));
            }
        }

        return changes.Errors is { } mistakes ? mistakes.ToError() : changes;
    }
}
