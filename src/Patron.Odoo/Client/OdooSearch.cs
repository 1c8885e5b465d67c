using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>A search for records of a model: a domain and the fields to read. Fields that this Odoo does not have are left out.</summary>
public sealed record OdooSearch(string Model, OdooDomain Domain, IReadOnlyList<string> Fields)
{
    /// <summary>The order, such as <c>id</c> or <c>invoice_date desc, id desc</c>; null for the model's own.</summary>
    public string? Order { get; init; }

    public int? Limit { get; init; }

    /// <summary>The number of records to skip.</summary>
    public int Offset { get; init; }

    /// <summary>Whether to include archived records.</summary>
    public bool WithArchived { get; init; }

    /// <summary>Whether files are returned as a size, such as <c>12.35 Kb</c>, instead of their content.</summary>
    public bool ReturnFileSizes { get; init; }

    // Names of countries and the like in English, independent of the language of Patron's user.
    internal JsonObject Context()
    {
        var context = new JsonObject();
        if (WithArchived)
        {
            context["active_test"] = false;
        }

        if (ReturnFileSizes)
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

        if (Offset > 0)
        {
            arguments["offset"] = Offset;
        }

        if (Limit is { } limit)
        {
            arguments["limit"] = limit;
        }

        return arguments;
    }
}

/// <summary>A field of a model: its Odoo type, and whether it is stored rather than computed.</summary>
public sealed record OdooField(string Type, bool IsStored);
