using System.Runtime.CompilerServices;
using CsvHelper;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Import;

/// <summary>The file as a whole cannot be read; the message is a sentence for whoever brought it.</summary>
public sealed class UnreadableFileException(string message) : IOException(message);

/// <summary>
/// Reads customers from CSV (RFC 4180; separated by comma, semicolon or tab; UTF-8) record by record, so that the file's size does not
/// matter. The first line names the columns as the customers dialect names the fields; empty cells are as if they were left out.
/// </summary>
public sealed class CustomerCsv
{
    /// <summary>The columns that are read, in the order of the declaration.</summary>
    public static readonly IReadOnlyList<string> Columns = [.. CustomerSchema.Fields.All.Where(field => field.IsImported).Select(field => field.Name)];

    private const int MaxRecordBytes = 64 * 1024;

    // Up to here a record that is too long is read to its end, so that it is refused alone.
    private const int MostReadBytes = 4 * 1024 * 1024;
    private static readonly Error TooLong = Error.Rule($"This line is longer than {MaxRecordBytes / 1024} KB.");
    private const char Unreadable = '\uFFFD';

    private readonly List<(int Place, Field<Customer> Field)> places = [];
    private readonly CsvReader reader;

    private CustomerCsv(CsvReader reader) => this.reader = reader;

    /// <summary>
    /// A line for each record: the customer, or why it is none. Columns of other names are left out, and told to
    /// <paramref name="tellUnknown"/>. Throws <see cref="UnreadableFileException"/> where there are no columns to read, and where a record has no end.
    /// </summary>
    public static async IAsyncEnumerable<ImportLine<CustomerChanges>> ReadAsync(
        Stream stream, Action<IReadOnlyList<string>> tellUnknown, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broken = new Queue<CsvMalformedRecord>();
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = broken.Enqueue,
            MaxRecordSize = MostReadBytes,
            TrackLineNumbers = true,
        };
        await using var records = CsvReader.Create(stream, options, leaveOpen: true);
        var csv = new CustomerCsv(records);
        if (!await csv.MoveAsync(cancellationToken) || broken.Count > 0)
        {
            throw new UnreadableFileException("The file has no first line with the names of its columns.");
        }

        tellUnknown(csv.ReadColumns());
        while (true)
        {
            var more = await csv.MoveAsync(cancellationToken);
            while (broken.TryDequeue(out var record))
            {
                RefuseEndless(record.RawRecord.Length, record.RawRecord.Contains('\n', StringComparison.Ordinal), record.LineNumber);
                yield return new ImportLine<CustomerChanges>(record.LineNumber, Broken(record.Reason));
            }

            if (!more)
            {
                yield break;
            }

            yield return new ImportLine<CustomerChanges>(records.LineNumber, csv.ReadRecord());
        }
    }

    // Lines within a record that is far too long are records that a quotation mark has swallowed: nobody knows where the next one begins.
    private static void RefuseEndless(int length, bool hasLines, long line)
    {
        if (length > MaxRecordBytes && hasLines)
        {
            throw Endless(line);
        }
    }

    private static UnreadableFileException Endless(long line) =>
        new($"The record in line {line} is longer than {MaxRecordBytes / 1024} KB; probably a quotation mark is not closed there.");

    private Result<CustomerChanges> ReadRecord()
    {
        var raw = reader.RawRecord;
        RefuseEndless(raw.Length, raw.Contains((byte)'\n'), reader.LineNumber);
        return raw.Length > MaxRecordBytes ? TooLong : Read();
    }

    private static Error Broken(CsvMalformedReason reason) => Error.Rule(reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "The line has another number of cells than the first line has columns.",
        CsvMalformedReason.UnterminatedQuote => "A quotation mark is opened and not closed until the end of the file.",
        _ => "A quotation mark stands where none may be; cells that hold one are quoted, with the mark doubled.",
    });

    private async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException endless)
        {
            throw Endless(endless.LineNumber);
        }
    }

    // Answers the names that mean nothing here.
    private List<string> ReadColumns()
    {
        var unknown = new List<string>();
        for (var place = 0; place < reader.FieldCount; place++)
        {
            var written = reader.GetString(place).Trim();
            var name = written.ToLowerInvariant().Replace(' ', '_');
            if (!Columns.Contains(name, StringComparer.Ordinal))
            {
                unknown.Add(written);
            }
            else if (places.Exists(known => known.Field.Name == name))
            {
                throw new UnreadableFileException($"The column {name} is there twice.");
            }
            else
            {
                places.Add((place, CustomerSchema.Fields.Find(name)!));
            }
        }

        // In the order of the declaration: of status and is_active the latter has the last word.
        places.Sort((one, other) => CustomerSchema.Fields.PlaceOf(one.Field).CompareTo(CustomerSchema.Fields.PlaceOf(other.Field)));
        return places.Count > 0 ? unknown : throw new UnreadableFileException(
            $"The first line names no column that is known. Known are: {string.Join(", ", Columns)}.");
    }

    private Result<CustomerChanges> Read()
    {
        var changes = new CustomerChanges();
        foreach (var (place, field) in places)
        {
            if (reader.IsEmpty(place) || reader.GetString(place) is not { } text || string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            if (text.Contains(Unreadable, StringComparison.Ordinal))
            {
                changes.Refuse(field.Name, "There are characters here that are not UTF-8; save the file as UTF-8.");
            }
            else
            {
                changes.Add(field, field.TryParse(InvisibleCharacters.Mend(GivenText.Clean(text))));
            }
        }

        return changes.Mistakes is { } mistakes ? mistakes.ToError() : changes;
    }
}
