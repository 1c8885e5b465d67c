using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CsvHelper;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
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
    /// <summary>The columns that are read, in the order of the reference.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "first_name", "last_name", "name", "customer_type", "email", "phone", "mobile", "date_of_birth", "gender",
        "company_name", "business_type", "tax_id", "website", "reference", "customer_group", "territory", "is_primary_contact",
        "address_line1", "address_line2", "city", "state", "postal_code", "country",
        "emergency_contact_name", "emergency_contact_phone", "emergency_contact_relationship",
        "marketing_emails", "marketing_sms", "preferred_contact_method", "notification_preferences", "notes", "tags", "status", "is_active",
    ];

    private const int MaxRecordBytes = 64 * 1024;

    // Up to here a record that is too long is read to its end, so that it is refused alone.
    private const int MostReadBytes = 4 * 1024 * 1024;
    private static readonly Error TooLong = Error.Rule($"This line is longer than {MaxRecordBytes / 1024} KB.");
    private const char Unreadable = '\uFFFD';

    // What a person who keeps a table means by a flag, and what PostgreSQL's own CSV writes.
    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true, ["yes"] = true, ["1"] = true, ["t"] = true, ["false"] = false, ["no"] = false, ["0"] = false, ["f"] = false,
    };

    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly CsvReader reader;
    private FieldErrors errors = new();

    private CustomerCsv(CsvReader reader) => this.reader = reader;

    /// <summary>
    /// A line for each record: the customer, or why it is none. Columns of other names are left out, and told to
    /// <paramref name="tellUnknown"/>. Throws <see cref="UnreadableFileException"/> where there are no columns to read, and where a record has no end.
    /// </summary>
    public static async IAsyncEnumerable<ImportLine<CustomerDetails>> ReadAsync(
        Stream stream, Action<IReadOnlyList<string>> tellUnknown, [EnumeratorCancellation] CancellationToken cancellation)
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
        if (!await csv.MoveAsync(cancellation) || broken.Count > 0)
        {
            throw new UnreadableFileException("The file has no first line with the names of its columns.");
        }

        tellUnknown(csv.ReadColumns());
        while (true)
        {
            var more = await csv.MoveAsync(cancellation);
            while (broken.TryDequeue(out var record))
            {
                RefuseEndless(record.RawRecord.Length, record.RawRecord.Contains('\n', StringComparison.Ordinal), record.LineNumber);
                yield return new ImportLine<CustomerDetails>(record.LineNumber, Broken(record.Reason));
            }

            if (!more)
            {
                yield break;
            }

            yield return new ImportLine<CustomerDetails>(records.LineNumber, csv.ReadRecord());
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

    private Result<CustomerDetails> ReadRecord()
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

    private async Task<bool> MoveAsync(CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation);
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
            else if (!places.TryAdd(name, place))
            {
                throw new UnreadableFileException($"The column {name} is there twice.");
            }
        }

        return places.Count > 0 ? unknown : throw new UnreadableFileException(
            $"The first line names no column that is known. Known are: {string.Join(", ", Columns)}.");
    }

    private Result<CustomerDetails> Read()
    {
        errors = new FieldErrors();
        var details = new CustomerDetails
        {
            FirstName = Text("first_name") ?? "",
            LastName = Text("last_name") ?? "",
            Name = Text("name") ?? "",
            CustomerType = Word<CustomerType>("customer_type") ?? default,
            Email = Text("email"),
            Phone = Text("phone"),
            Mobile = Text("mobile"),
            DateOfBirth = Date("date_of_birth"),
            Gender = Text("gender"),
            CompanyName = Text("company_name"),
            BusinessType = Text("business_type"),
            TaxId = Text("tax_id"),
            Website = Text("website"),
            Reference = Text("reference"),
            CustomerGroup = Text("customer_group") ?? "",
            Territory = Text("territory") ?? "",
            IsPrimaryContact = Flag("is_primary_contact") ?? false,
            Address = new Address
            {
                AddressLine1 = Text("address_line1"),
                AddressLine2 = Text("address_line2"),
                City = Text("city"),
                State = Text("state"),
                PostalCode = Text("postal_code"),
                Country = Text("country"),
            },
            EmergencyContactName = Text("emergency_contact_name"),
            EmergencyContactPhone = Text("emergency_contact_phone"),
            EmergencyContactRelationship = Text("emergency_contact_relationship"),
            MarketingEmails = Flag("marketing_emails") ?? true,
            MarketingSms = Flag("marketing_sms") ?? false,
            PreferredContactMethod = Word<ContactMethod>("preferred_contact_method"),
            NotificationPreferences = Json("notification_preferences") ?? "{}",
            Notes = Text("notes"),
            Tags = CustomerTags.Parse(Text("tags")),
        };
        details = Word<CustomerStatus>("status") is { } status ? details.WithStatus(status) : details;
        details = Flag("is_active") is { } active ? details.WithActivity(active) : details;
        return errors.Any ? errors.ToError() : details;
    }

    private string? Text(string column)
    {
        if (!places.TryGetValue(column, out var place) || reader.IsEmpty(place))
        {
            return null;
        }

        var text = reader.GetString(place);
        if (text.Contains(Unreadable, StringComparison.Ordinal))
        {
            errors.Add(column, "There are characters here that are not UTF-8; save the file as UTF-8.");
        }

        return GivenText.Clean(text);
    }

    private bool? Flag(string column) =>
        Text(column)?.Trim() is not { Length: > 0 } text ? null
        : Flags.TryGetValue(text, out var flag) ? flag
        : Wrong<bool?>(column, "This is yes or no, true or false, 1 or 0.");

    // Source 5 shows birth dates with a midnight behind them.
    private DateOnly? Date(string column) =>
        Text(column)?.Trim() is not { Length: > 0 } text ? null
        : DateOnly.TryParseExact(text.EndsWith("T00:00:00", StringComparison.Ordinal) ? text[..^9] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : Wrong<DateOnly?>(column, "This is a date such as 1990-01-15.");

    private T? Word<T>(string column)
        where T : struct, Enum =>
        Text(column)?.Trim() is not { Length: > 0 } text ? null
        : Words<T>.TryRead(text.ToLowerInvariant(), out var word) ? word
        : Wrong<T?>(column, Words<T>.Rule);

    private string? Json(string column)
    {
        if (Text(column) is not { } text)
        {
            return null;
        }

        try
        {
            return new JsonText(text).IsStorableObject() ? text : Wrong<string>(column, CustomerRules.PreferencesRule);
        }
        catch (JsonException)
        {
            return Wrong<string>(column, "This is not JSON.");
        }
    }

    private T? Wrong<T>(string column, string sentence)
    {
        errors.Add(column, sentence);
        return default;
    }
}
