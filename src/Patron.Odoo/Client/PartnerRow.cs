using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patron.Erp;
using Patron.Shared.Text;

namespace Patron.Odoo.Client;

/// <summary>A row of <c>res.partner</c> as the partner it is.</summary>
internal static partial class PartnerRow
{
    /// <summary>What is asked for; the first two are looked at only where a partner has no name of its own.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "complete_name", "display_name", "name", "is_company", "parent_id", "commercial_partner_id", "active", "email", "phone", "mobile", "street", "street2", "city", "zip",
        "state_id", "country_id", "website", "vat", "ref", "lang", "write_date", "partner_share",
    ];

    private const int FirstYear = 2000;

    /// <exception cref="FormatException">It is no partner: the id is missing, or a value is none that a partner can have.</exception>
    public static ErpPartner Read(JsonElement json, IReadOnlySet<long> ownCompanies)
    {
        var row = new OdooRow(json);
        var id = row.Id;
        var name = Text("name") ?? Text("display_name") ?? Text("complete_name") ?? $"Partner {id}";
        return new ErpPartner(id.ToString(CultureInfo.InvariantCulture), id, name)
        {
            WriteDate = WriteDate(row),
            IsActive = row.Flag("active", otherwise: true),
            IsCompany = row.Flag("is_company"),
            IsInternal = !row.Flag("partner_share", otherwise: true) || ownCompanies.Contains(id),
            ParentId = row.RelatedId("parent_id")?.ToString(CultureInfo.InvariantCulture),
            IsOwnCommercialEntity = IsOwnCommercialEntity(row, id),
            Email = Text("email"),
            Phone = Text("phone"),
            Mobile = Text("mobile"),
            Street = Text("street"),
            Street2 = Text("street2"),
            City = Text("city"),
            State = Bounded("state_id", row.RelatedName("state_id")) is { } state ? CountryBehindState().Replace(state, "") : null,
            PostalCode = Text("zip"),
            Country = Bounded("country_id", row.RelatedName("country_id")),
            Website = Text("website"),
            TaxId = Text("vat") is { } vat && HasContent(vat) ? vat : null,
            Reference = Text("ref"),
            Language = OdooLanguage.Read(row.Text("lang")),
        };

        string? Text(string field) => Bounded(field, row.Text(field));
    }

    // Where the field is empty, Odoo's own rule: a company, or whoever has no parent.
    private static bool IsOwnCommercialEntity(OdooRow row, long id) =>
        row.RelatedId("commercial_partner_id") is { } entity ? entity == id : row.Flag("is_company") || row.RelatedId("parent_id") is null;

    // Odoo's VAT check takes '/' for 'none', and people write other marks.
    private static bool HasContent(string text) => text.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    private static DateTimeOffset? WriteDate(OdooRow row)
    {
        if (row.IsEmpty("write_date"))
        {
            return null;
        }

        var written = row.Time("write_date") ?? throw new FormatException("The time of its last change is no time.");
        return written.Year < FirstYear ? throw new FormatException("The time of its last change is before there was Odoo.") : written;
    }

    // A value is kept whole, however long people write; this is none that people wrote.
    private static string? Bounded(string field, string? text) => text is { Length: > GivenText.MaxErpLength }
        ? throw new FormatException($"Its {field} is longer than {GivenText.MaxErpLength} characters.")
        : text;

    // 'New York (US)'
    [GeneratedRegex(@" \([A-Z]{2}\)$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex CountryBehindState();
}
