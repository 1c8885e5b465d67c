using System.Globalization;
using Patron.Erp;

namespace Patron.ErpFiles;

/// <summary>Converts a row of a file to a partner.</summary>
internal static class CsvPartner
{
    private const int FirstYear = 1900;

    // ISO 8601, as spreadsheets and databases export it. Formats with an ambiguous order of day and month are not accepted.
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz",
    ];

    /// <summary>The columns that are read.</summary>
    public static IReadOnlySet<string> Columns { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "id", "name", "is_company", "is_active", "is_internal", "parent_id", "email", "phone", "mobile", "street", "street2", "city", "state",
        "postal_code", "country", "website", "tax_id", "reference", "language", "updated_at",
    };

    /// <exception cref="FormatException">A value is invalid for a partner.</exception>
    public static ErpPartner Read(PartnerFile row)
    {
        var isCompany = Flag(row, "is_company", defaultValue: false);
        var parent = row.Text("parent_id");
        return new ErpPartner(row.Id, row.Rank, row.Text("name") ?? throw new FormatException("It has no name."))
        {
            WriteDate = ReadTime(row, "updated_at"),
            CreatedAt = ReadTime(row, "created_at"),
            IsActive = Flag(row, "is_active", defaultValue: true),
            IsCompany = isCompany,
            IsInternal = Flag(row, "is_internal", defaultValue: false),
            ParentId = parent,
            IsOwnCommercialEntity = isCompany || parent is null,
            Email = row.Text("email"),
            Phone = row.Text("phone"),
            Mobile = row.Text("mobile"),
            Street = row.Text("street"),
            Street2 = row.Text("street2"),
            City = row.Text("city"),
            State = row.Text("state"),
            PostalCode = row.Text("postal_code"),
            Country = row.Text("country"),
            Website = row.Text("website"),
            TaxId = row.Text("tax_id"),
            Reference = row.Text("reference"),
            Language = row.Text("language")?.Replace('_', '-'),
        };
    }

    /// <summary>A time of the partner, such as that of its last change; UTC unless a zone is given.</summary>
    /// <exception cref="FormatException">It is not a time.</exception>
    public static DateTimeOffset? ReadTime(PartnerFile row, string column)
    {
        if (row.Text(column) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
            && time.Year >= FirstYear
            ? time
            : throw new FormatException($"Its {column} is no date or time such as 2026-11-29 or 2026-11-29T08:30:00Z.");
    }

    private static bool Flag(PartnerFile row, string column, bool defaultValue) => row.Text(column)?.ToLowerInvariant() switch
    {
        null => defaultValue,
        "true" or "yes" or "y" or "t" or "1" => true,
        "false" or "no" or "n" or "f" or "0" => false,
        _ => throw new FormatException($"Its {column} is neither true nor false."),
    };
}
