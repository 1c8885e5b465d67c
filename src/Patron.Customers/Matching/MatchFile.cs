using CsvHelper;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.Shared.Text;

namespace Patron.Customers.Matching;

/// <summary>A record of a file that could not be read: the line where it starts, from 1, and why.</summary>
public sealed record SkippedRecord(long Line, string Reason);

/// <summary>
/// The records of a CSV file that is scanned without being imported. Values are not checked: impossible dates and addresses are compared as
/// they are. Several columns can be mapped to one field; they are joined by a blank.
/// </summary>
public sealed class MatchFile
{
    private const int MaxRecordSize = 4 * 1024 * 1024;
    private const string Reference = "reference";

    private readonly List<string> references = [];
    private readonly List<long> lines = [];
    private readonly List<MatchInput> inputs = [];
    private readonly List<SkippedRecord> skipped = [];

    /// <summary>The records in the order of the file.</summary>
    public IReadOnlyList<MatchInput> Inputs => inputs;

    /// <summary>The records that could not be read and are not compared, with their lines and the reason.</summary>
    public IReadOnlyList<SkippedRecord> Skipped => skipped;

    /// <summary>The names of the columns that are no field and were not left out on purpose.</summary>
    public IReadOnlyList<string> UnknownColumns { get; private set; } = [];

    /// <summary>The reference of the record, or else the number of its line.</summary>
    public string NameOf(int record) =>
        references[record].Length > 0 ? references[record] : lines[record].ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string ReferenceOf(int record) => references[record];

    /// <summary>Reads the file. Throws <see cref="UnreadableFileException"/> where it cannot be read, or has no known column.</summary>
    public static async Task<MatchFile> ReadAsync(Stream stream, CsvColumns names, CancellationToken cancellationToken)
    {
        var file = new MatchFile();
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = record => file.skipped.Add(new SkippedRecord(record.LineNumber, Describe(record.Reason))),
            MaxRecordSize = MaxRecordSize,
            TrackLineNumbers = true,
        };
        await using var reader = CsvReader.Create(new StrictUtf8Stream(stream), options, leaveOpen: true);
        if (!await reader.ReadAsync(cancellationToken) || file.skipped.Count > 0)
        {
            throw new UnreadableFileException("The file has no first line with the names of its columns.");
        }

        var columns = file.FindColumns(reader, names);
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (place, field) in columns.Where(column => !reader.IsEmpty(column.Place)))
            {
                var value = reader.GetString(place).Trim();
                values[field] = values.TryGetValue(field, out var first) ? $"{first} {value}" : value;
            }

            file.Add(values, reader.LineNumber);
        }

        return file;
    }

    private static string Describe(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "the number of columns differs from the first line",
        CsvMalformedReason.UnterminatedQuote => "a quotation mark is not closed before the end of the file",
        _ => "a quotation mark is in the wrong place",
    };

    private List<(int Place, string Field)> FindColumns(CsvReader reader, CsvColumns names)
    {
        var written = Enumerable.Range(0, reader.FieldCount).Select(place => reader.GetString(place).Trim()).ToList();
        if (names.Mapped.Keys.Concat(names.Ignored).FirstOrDefault(name => !written.Contains(name, StringComparer.Ordinal)) is { } missing)
        {
            throw new UnreadableFileException($"The first line names no column \"{missing}\".");
        }

        var named = written.Index().Where(column => !names.Ignored.Contains(column.Item, StringComparer.Ordinal))
            .Select(column => (column.Index, Field: FieldOf(column.Item, names))).ToList();
        var columns = named.Where(column => CustomerCsv.Columns.Contains(column.Field, StringComparer.Ordinal)).ToList();
        UnknownColumns = [.. named.Except(columns).Select(column => written[column.Index])];
        return columns.Count > 0 ? columns : throw new UnreadableFileException(
            $"The first line names no column that is known. Use --map COLUMN=FIELD with one of {string.Join(", ", CustomerCsv.Columns)}.");
    }

    private static string FieldOf(string column, CsvColumns names) =>
        names.Mapped.GetValueOrDefault(column) ?? column.ToLowerInvariant().Replace(' ', '_');

    private void Add(Dictionary<string, string> values, long line)
    {
        string? Value(string field) => values.GetValueOrDefault(field);
        lines.Add(line);
        references.Add(Value(Reference) ?? "");
        inputs.Add(new MatchInput
        {
            FirstName = Value("first_name"),
            LastName = Value("last_name"),
            Name = Value("name"),
            CompanyName = Value("company_name"),
            IsCompany = Value("customer_type") is { } type
                && EnumNames<CustomerType>.TryRead(type.ToLowerInvariant(), out var read) && read == CustomerType.Company,
            Email = Value("email"),
            Phone = Value("phone"),
            Mobile = Value("mobile"),
            TaxId = Value("tax_id"),
            DateOfBirth = Value("date_of_birth"),
            AddressLine1 = Value("address_line1"),
            AddressLine2 = Value("address_line2"),
            City = Value("city"),
            State = Value("state"),
            PostalCode = Value("postal_code"),
            Country = Value("country"),
        });
    }
}
