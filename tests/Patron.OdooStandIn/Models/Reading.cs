using System.Globalization;

namespace Patron.OdooStandIn.Models;

/// <summary>Reads values of records, including computed ones.</summary>
internal sealed class Reading(IReadOnlyDictionary<string, StandInModel> models)
{
    /// <summary>The name of a record where another one refers to it.</summary>
    public string DisplayName(string model, StandInRecord record) => model switch
    {
        "res.partner" => PartnerName(record),
        "res.country.state" => $"{record["name"]} ({Related("res.country", record["country_id"])?["code"]})",
        _ => record["name"] as string ?? $"{model},{record.Id}",
    };

    public object? Value(StandInModel model, StandInRecord record, string field) => (model.Name, field) switch
    {
        (_, "display_name") => DisplayName(model.Name, record),
        ("res.partner", "complete_name") => PartnerName(record),
        ("res.partner", "company_type") => record["is_company"] is true ? "company" : "person",
        ("res.partner", "commercial_partner_id") or (_, "commercial_partner_id") when CommercialPartner(record, model.Name) is { } commercial => commercial,
        ("res.partner", "email_normalized") => (record["email"] as string)?.Trim().ToLowerInvariant(),
        ("res.partner", "country_code") => Related("res.country", record["country_id"])?["code"],
        ("account.move", "access_url") => $"/my/invoices/{record.Id}",
        ("sale.order", "access_url") => $"/my/orders/{record.Id}",
        _ => record[field],
    };

    public StandInRecord? Related(string model, object? id) => id is long number && models.TryGetValue(model, out var table) && table.TryFind(number, out var record) ? record : null;

    /// <summary>Whether a partner is another one or a descendant of it.</summary>
    public bool IsBelow(string model, long id, long top)
    {
        for (var (current, steps) = (Related(model, id), 0); current is not null && steps < 100; current = Related(model, current["parent_id"]), steps++)
        {
            if (current.Id == top)
            {
                return true;
            }
        }

        return false;
    }

    private string PartnerName(StandInRecord record)
    {
        var name = record["name"] as string;
        if (Related("res.partner", record["parent_id"]) is not { } parent)
        {
            return name ?? "";
        }

        var type = record["type"] as string ?? "contact";
        return $"{PartnerName(parent)}, {name ?? CultureInfo.InvariantCulture.TextInfo.ToTitleCase(type)}";
    }

    // The company of a contact, or the partner itself.
    private long? CommercialPartner(StandInRecord record, string model)
    {
        var partner = model == "res.partner" ? record : Related("res.partner", record["partner_id"]);
        while (partner is not null && partner["is_company"] is not true && Related("res.partner", partner["parent_id"]) is { } parent)
        {
            partner = parent;
        }

        return partner?.Id;
    }
}
