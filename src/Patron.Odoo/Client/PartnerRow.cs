using System.Text.Json;
using System.Text.RegularExpressions;
using Patron.Customers.Sync;

namespace Patron.Odoo.Client;

/// <summary>A row of <c>res.partner</c> as the partner it is.</summary>
internal static partial class PartnerRow
{
    /// <summary>What is asked for; the first two are looked at only where a partner has no name of its own.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "complete_name", "display_name", "name", "is_company", "parent_id", "active", "email", "phone", "mobile", "street", "street2", "city", "zip",
        "state_id", "country_id", "website", "vat", "ref", "write_date", "partner_share",
    ];

    /// <exception cref="FormatException">It is no partner: id or time are missing.</exception>
    public static ErpPartner Read(JsonElement json, IReadOnlySet<long> ownCompanies)
    {
        var row = new OdooRow(json);
        var id = row.Id;
        var name = row.Text("name") ?? row.Text("display_name") ?? row.Text("complete_name") ?? $"Partner {id}";
        return new ErpPartner(id, row.Time("write_date") ?? throw new FormatException("It has no time of its last change."), name)
        {
            IsActive = row.Flag("active", otherwise: true),
            IsCompany = row.Flag("is_company"),
            IsInternal = !row.Flag("partner_share", otherwise: true) || ownCompanies.Contains(id),
            ParentId = row.RelatedId("parent_id"),
            Email = row.Text("email"),
            Phone = row.Text("phone"),
            Mobile = row.Text("mobile"),
            Street = row.Text("street"),
            Street2 = row.Text("street2"),
            City = row.Text("city"),
            State = row.RelatedName("state_id") is { } state ? CountryBehindState().Replace(state, "") : null,
            PostalCode = row.Text("zip"),
            Country = row.RelatedName("country_id"),
            Website = row.Text("website"),
            TaxId = row.Text("vat"),
            Reference = row.Text("ref"),
        };
    }

    // 'New York (US)'
    [GeneratedRegex(@" \([A-Z]{2}\)$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex CountryBehindState();
}
