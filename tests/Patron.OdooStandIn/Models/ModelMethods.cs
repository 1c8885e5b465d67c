using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.OdooStandIn.Models;

/// <summary>The arguments of a call: positional ones by their parameter names, and named ones.</summary>
internal sealed class Arguments(JsonElement placed, JsonElement named, params string[] places)
{
    public JsonElement this[string name]
    {
        get
        {
            var place = Array.IndexOf(places, name);
            return named.ValueKind == JsonValueKind.Object && named.TryGetProperty(name, out var value) ? value
                : place >= 0 && placed.ValueKind == JsonValueKind.Array && place < placed.GetArrayLength() ? placed[place]
                : default;
        }
    }

    public IReadOnlyList<string>? Names(string name) => this[name] is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(one => one.GetString()!)] : null;

    public string? Text(string name) => this[name] is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public int? Number(string name) => this[name] is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    public long[] Ids(string name = "ids") => this[name] switch
    {
        { ValueKind: JsonValueKind.Number } one => [one.GetInt64()],
        { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(one => one.GetInt64())],
        _ => [],
    };

    public bool ShowsArchived => Context("active_test").ValueKind == JsonValueKind.False;

    /// <summary>Whether files are returned as a size.</summary>
    public bool WantsSizes => Context("bin_size").ValueKind == JsonValueKind.True;

    private JsonElement Context(string name) => this["context"] is { ValueKind: JsonValueKind.Object } context && context.TryGetProperty(name, out var value) ? value : default;
}

/// <summary>The methods of models that clients call, with the messages of real servers.</summary>
internal sealed class ModelMethods(Company.StandInCompany company)
{
    // The required parameters of JSON-2, and the methods with ids.
    public static readonly IReadOnlyDictionary<string, string[]> Places = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["search"] = ["domain", "offset", "limit", "order"],
        ["search_count"] = ["domain"],
        ["search_read"] = ["domain", "fields", "offset", "limit", "order"],
        ["read"] = ["ids", "fields", "load"],
        ["fields_get"] = ["allfields", "attributes"],
        ["name_search"] = ["name", "domain", "operator", "limit"],
        ["default_get"] = ["fields_list"],
        ["context_get"] = [],
        ["create"] = ["vals_list"],
        ["write"] = ["ids", "vals"],
        ["unlink"] = ["ids"],
        ["has_access"] = ["ids", "operation"],
        ["check_access_rights"] = ["operation", "raise_exception"],
        ["message_post"] = ["ids"],
    };

    public object Call(StandInUser user, StandInModel model, string method, Arguments arguments)
    {
        if (!user.MayRead(model.Name))
        {
            throw OdooError.Access($"You are not allowed to access '{model.Title}' ({model.Name}) records.\n\nThis operation is allowed for the following groups:\n\t- Administrator\n\nContact your administrator to request access if necessary.");
        }

        return method switch
        {
            "search" => Ids(Found(model, arguments)),
            "search_count" => JsonValue.Create(Matching(model, arguments).Count()),
            "search_read" => Read(user, model, Found(model, arguments), arguments),
            "read" => Read(user, model, [.. arguments.Ids().Select(id => model.TryFind(id, out var record) ? record : null).OfType<StandInRecord>()], arguments),
            "fields_get" => Fields(model, arguments),
            "name_search" => NameSearch(model, arguments),
            "default_get" => new JsonObject(),
            "context_get" => new JsonObject { ["lang"] = "en_US", ["tz"] = false, ["uid"] = user.Id },
            "create" => Create(user, model, arguments["vals_list"]),
            "write" => Write(user, model, arguments.Ids(), arguments["vals"]),
            "has_access" or "check_access_rights" => JsonValue.Create(arguments.Text("operation") == "read" || user.MayWrite(model.Name)),
            "message_post" => Post(user, model, arguments),
            "unlink" => Unlink(model, arguments.Ids()),
            _ => throw new InvalidOperationException(method),
        };
    }

    private static JsonArray Ids(IEnumerable<StandInRecord> records) => new([.. records.Select(record => (JsonNode)record.Id)]);

    private IEnumerable<StandInRecord> Matching(StandInModel model, Arguments arguments)
    {
        var domain = arguments["domain"];
        var condition = company.Domains.Compile(model, domain);
        var showsAll = !model.Fields.ContainsKey("active") || arguments.ShowsArchived || Domains.Mentions(domain, "active");
        return model.Records.Where(record => (showsAll || record["active"] is not false) && condition(record));
    }

    private List<StandInRecord> Found(StandInModel model, Arguments arguments)
    {
        var sorted = Ordering.Sort(model, company.Reading, Matching(model, arguments), arguments.Text("order"));
        var page = sorted.Skip(arguments.Number("offset") ?? 0);
        return [.. arguments.Number("limit") is { } limit and > 0 ? page.Take(limit) : page];
    }

    private Rows Read(StandInUser user, StandInModel model, IReadOnlyList<StandInRecord> records, Arguments arguments)
    {
        var fields = arguments.Names("fields");
        if (fields is not { Count: > 0 })
        {
            // Reading all fields fails, because some field is restricted: observed in 19.
            fields = company.Version < 19 || user.IsAdmin ? [.. model.Fields.Keys] : throw OdooError.Access(
                $"Failed to read field {model.Name}.rtc_session_ids\nYou are not allowed to access 'Mail RTC session' (discuss.channel.rtc.session) records.\n\nThis operation is allowed for the following groups:\n\t- Role / Administrator\n\nContact your administrator to request access if necessary.");
        }

        if (fields.FirstOrDefault(field => field != "id" && !model.Fields.ContainsKey(field)) is { } unknown)
        {
            throw OdooError.Value(company.Version < 19 ? $"Invalid field '{unknown}' on model '{model.Name}'" : $"Invalid field '{unknown}' on '{model.Name}'");
        }

        company.ThrowAtPoison(model.Name, records, fields);
        return new Rows(model, records, fields, arguments["load"] is not { ValueKind: JsonValueKind.String } load || load.GetString() == "_classic_read") { HasSizes = arguments.WantsSizes };
    }

    private static JsonObject Fields(StandInModel model, Arguments arguments)
    {
        var (wanted, attributes) = (arguments.Names("allfields"), arguments.Names("attributes"));
        return new JsonObject(model.Fields.Values.Where(field => wanted is not { Count: > 0 } || wanted.Contains(field.Name))
            .Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Describe(attributes))));
    }

    private JsonArray NameSearch(StandInModel model, Arguments arguments)
    {
        var part = arguments.Text("name") ?? "";
        var named = Ordering.Sort(model, company.Reading, Matching(model, arguments), null)
            .Select(record => (record.Id, Name: company.Reading.DisplayName(model.Name, record)))
            .Where(one => one.Name.Contains(part, StringComparison.OrdinalIgnoreCase));
        return new JsonArray([.. named.Take(arguments.Number("limit") ?? 100).Select(one => (JsonNode)new JsonArray(one.Id, one.Name))]);
    }

    private JsonNode Create(StandInUser user, StandInModel model, JsonElement values)
    {
        if (values.ValueKind == JsonValueKind.Object)
        {
            return JsonValue.Create(CreateOne(user, model, values));
        }

        return new JsonArray([.. values.EnumerateArray().Select(one => (JsonNode)CreateOne(user, model, one))]);
    }

    private long CreateOne(StandInUser user, StandInModel model, JsonElement values)
    {
        RefuseUnlessWritable(user, model);
        var read = values.EnumerateObject().Select(pair => (pair.Name, Value: Parse(model, pair.Name, pair.Value))).ToList();
        if (model.Name == "res.partner" && !read.Exists(pair => pair is { Name: "name", Value: not null }) && !read.Exists(pair => pair is { Name: "parent_id", Value: not null }))
        {
            throw OdooError.Validation("The operation cannot be completed: Contacts require a name");
        }

        return company.Add(model.Name, [.. read]).Id;
    }

    private JsonValue Write(StandInUser user, StandInModel model, long[] ids, JsonElement values)
    {
        RefuseUnlessWritable(user, model);
        foreach (var id in ids)
        {
            company.Change(model.Name, id, [.. values.EnumerateObject().Select(pair => (pair.Name, Parse(model, pair.Name, pair.Value)))]);
        }

        return JsonValue.Create(true);
    }

    // Whoever may read a task may write about it; other records have to be writable.
    private JsonValue Post(StandInUser user, StandInModel model, Arguments arguments)
    {
        if (model.Name != "project.task")
        {
            RefuseUnlessWritable(user, model);
        }

        return JsonValue.Create(company.AddMessage(model.Name, arguments.Ids().Single(), arguments.Text("body")!, arguments.Number("author_id"), type: arguments.Text("message_type")!));
    }

    private JsonValue Unlink(StandInModel model, long[] ids)
    {
        foreach (var id in ids)
        {
            company.Delete(model.Name, id);
        }

        return JsonValue.Create(true);
    }

    private static void RefuseUnlessWritable(StandInUser user, StandInModel model)
    {
        if (!user.MayWrite(model.Name))
        {
            throw OdooError.Access($"You are not allowed to modify '{model.Title}' ({model.Name}) records.\n\nThis operation is allowed for the following groups:\n\t- Administrator\n\nContact your administrator to request access if necessary.");
        }
    }

    private object? Parse(StandInModel model, string name, JsonElement value)
    {
        if (!model.Fields.TryGetValue(name, out var field))
        {
            throw OdooError.Value($"Invalid field '{name}' {(company.Version < 19 ? "on model" : "in")} '{model.Name}'");
        }

        return (field.Type, value.ValueKind) switch
        {
            ("boolean", JsonValueKind.True or JsonValueKind.False) => value.GetBoolean(),
            (_, JsonValueKind.False or JsonValueKind.Null) => null,
            ("integer" or "many2one", JsonValueKind.Number) => value.GetInt64(),
            ("float" or "monetary", JsonValueKind.Number) => value.GetDecimal(),
            ("date", JsonValueKind.String) => DateOnly.Parse(value.GetString()!, CultureInfo.InvariantCulture),
            ("datetime", JsonValueKind.String) => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            (_, JsonValueKind.String) => value.GetString(),
            _ => value.ToString(), // like Odoo: a number in a text field becomes its digits
        };
    }
}
