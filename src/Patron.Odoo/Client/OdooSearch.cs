using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>Records to be read: of a model, those of a domain, these fields. Fields that this Odoo does not have are left out.</summary>
public sealed record OdooSearch(string Model, OdooDomain Domain, IReadOnlyList<string> Fields)
{
    /// <summary>Such as <c>id</c> or <c>invoice_date desc, id desc</c>; the model's own where it is null.</summary>
    public string? Order { get; init; }

    public int? Limit { get; init; }

    /// <summary>Whether archived records are among them.</summary>
    public bool WithArchived { get; init; }

    /// <summary>Whether files are answered by their size in words, such as <c>12.35 Kb</c>, instead of by what is in them.</summary>
    public bool FilesAsSizes { get; init; }

    // Names of countries and the like in English, whatever language the robot's user has.
    internal JsonObject Context()
    {
        var context = new JsonObject();
        if (WithArchived)
        {
            context["active_test"] = false;
        }

        if (FilesAsSizes)
        {
            context["bin_size"] = true;
        }

        context["lang"] = "en_US";
        return context;
    }

    internal JsonObject ToArguments(IEnumerable<string>? fields)
    {
        var arguments = new JsonObject { ["domain"] = Domain.ToJson(), ["context"] = Context() };
        if (fields is not null)
        {
            arguments["fields"] = new JsonArray([.. fields.Select(field => (JsonNode)field)]);
        }

        if (Order is not null)
        {
            arguments["order"] = Order;
        }

        if (Limit is { } limit)
        {
            arguments["limit"] = limit;
        }

        return arguments;
    }
}

/// <summary>A field of a model: its type in Odoo's word, and whether it is kept rather than computed at each reading.</summary>
public sealed record OdooField(string Type, bool IsStored);
