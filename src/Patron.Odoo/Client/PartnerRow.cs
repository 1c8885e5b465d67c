using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patron.Erp;
using Patron.Shared.Text;

namespace Patron.Odoo.Client;

/// <summary>Converts a row of <c>res.partner</c> to a partner.</summary>
internal static partial class PartnerRow
{
    /// <summary>The requested fields. The first two are used only for a partner without a name.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "complete_name", "display_name", "name", "is_company", "parent_id", "commercial_partner_id", "active", "email", "phone", "mobile",
        "street", "street2", "city", "zip",
        "state_id", "country_id", "website", "vat", "ref", "lang", "create_date", "write_date", "partner_share",
    ];

    private const int FirstYear = 2000;

    /// <exception cref="FormatException">The id is missing, or a value is invalid for a partner.</exception>
    public static ErpPartner Read(JsonElement json, IReadOnlySet<long> ownCompanies)
    {
        var row = new OdooRow(json);
        var id = row.Id;
        var name = Text("name") ?? Text("display_name") ?? Text("complete_name") ?? $"Partner {id}";
        return new ErpPartner(id.ToString(CultureInfo.InvariantCulture), id, name)
        {
            WriteDate = WriteDate(row),
            CreatedAt = row.Time("create_date"),
            IsActive = row.Flag("active", defaultValue: true),
            IsCompany = row.Flag("is_company"),
            IsInternal = !row.Flag("partner_share", defaultValue: true) || ownCompanies.Contains(id),
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

    // If the field is empty, apply Odoo's own rule: a company, or a partner without a parent.
    private static bool IsOwnCommercialEntity(OdooRow row, long id) =>
        row.RelatedId("commercial_partner_id") is { } entity ? entity == id : row.Flag("is_company") || row.RelatedId("parent_id") is null;

    // Odoo's VAT check accepts '/' for 'none', and people enter other placeholders.
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

    // Long values are stored completely; a value above this limit was not entered by people.
    private static string? Bounded(string field, string? text) => text is { Length: > InputText.MaxErpLength }
        ? throw new FormatException($"Its {field} is longer than {InputText.MaxErpLength} characters.")
        : text;

    // 'New York (US)'
    [GeneratedRegex(@" \([A-Z]{2}\)$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex CountryBehindState();
}

/// <summary>Converts Odoo's language codes to BCP 47 tags: <c>de_DE</c> is <c>de-DE</c>, <c>sr@latin</c> is <c>sr-Latn</c>.</summary>
internal static partial class OdooLanguage
{
    private const int ScriptLength = 4;

    /// <summary>Returns null for an invalid code.</summary>
    public static string? Read(string? name)
    {
        if (name is null || Name().Match(name) is not { Success: true } match)
        {
            return null;
        }

        var script = match.Groups["modifier"].Value switch
        {
            "latin" => "Latn",
            { Length: ScriptLength } code => code,
            _ => "",
        };
        return string.Join(
            '-', new[] { match.Groups["language"].Value, script, match.Groups["region"].Value }.Where(part => part.Length > 0));
    }

    [
        GeneratedRegex(
            "^(?<language>[a-z]{2,3})(_(?<region>[A-Z]{2}|[0-9]{3}))?(@(?<modifier>[A-Za-z]{1,8}))?$", RegexOptions.ExplicitCapture,
            matchTimeoutMilliseconds: 100)]
    private static partial Regex Name();
}
