using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Company;

/// <summary>
/// A company's Odoo in memory: its records, and what people do to them there. Fields have Odoo's names; dates and times are UTC, amounts decimals,
/// related records their ids, nothing is null. Any thread may call.
/// </summary>
public sealed partial class StandInCompany
{
    private readonly TimeProvider time;
    private readonly Dictionary<string, StandInModel> models;
    private readonly Dictionary<long, string> poison = [];
    private readonly Dictionary<long, StandInRecord> hidden = [];

    private StandInCompany(int version, TimeProvider? time)
    {
        Version = version;
        this.time = time ?? TimeProvider.System;
        models = Schema.Community(version).ToDictionary(model => model.Name, StringComparer.Ordinal);
        Reading = new Reading(models);
        Domains = new Domains(models, Reading, version);
    }

    /// <summary>17 or 19, or what should behave like the one before.</summary>
    public int Version { get; }

    internal Lock Gate { get; } = new();

    internal Reading Reading { get; }

    internal Domains Domains { get; }

    internal List<StandInUser> Users { get; } = [];

    internal StandInUser Robot => Users.Single(user => user.Login == "sync");

    internal StandInModel? FindModel(string name) => models.GetValueOrDefault(name);

    /// <summary>Ids of records, those archived included.</summary>
    public IReadOnlyList<long> Ids(string model = "res.partner")
    {
        lock (Gate)
        {
            return [.. models[model].Records.Select(record => record.Id)];
        }
    }

    /// <summary>A value as it is kept.</summary>
    public object? Value(string model, long id, string field)
    {
        lock (Gate)
        {
            return Find(model, id)[field];
        }
    }

    /// <summary>The id of the partner of this name; it must be one.</summary>
    public long PartnerNamed(string name)
    {
        lock (Gate)
        {
            return models["res.partner"].Records.Single(record => record["name"] as string == name).Id;
        }
    }

    /// <summary>Somebody makes a record.</summary>
    public long AddRecord(string model, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            return Add(model, values).Id;
        }
    }

    /// <summary>Somebody makes a partner.</summary>
    public long AddPartner(string? name, string? email, params (string Field, object? Value)[] values) => AddRecord("res.partner", [("name", name), ("email", email), .. values]);

    /// <summary>Somebody changes a partner.</summary>
    public void Change(long partner, params (string Field, object? Value)[] values) => ChangeRecord("res.partner", partner, values);

    /// <summary>Somebody changes a record.</summary>
    public void ChangeRecord(string model, long id, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change(model, id, values);
        }
    }

    public void Archive(long partner) => Change(partner, ("active", false));

    public void Restore(long partner) => Change(partner, ("active", true));

    /// <summary>A record rule hides a partner from everybody who asks, until <see cref="Unhide"/>.</summary>
    public void Hide(long partner)
    {
        lock (Gate)
        {
            hidden[partner] = models["res.partner"].Records.Single(record => record.Id == partner);
            models["res.partner"].Remove(partner);
        }
    }

    public void Unhide(long partner)
    {
        lock (Gate)
        {
            hidden.Remove(partner, out var record);
            models["res.partner"].Put(record!);
        }
    }

    /// <summary>Somebody deletes a partner, which leaves no trace. One with invoices cannot be.</summary>
    public void Delete(long partner)
    {
        lock (Gate)
        {
            Delete("res.partner", partner);
        }
    }

    /// <summary>The wizard 'merge contacts': what the first has goes to the second, then the first is gone.</summary>
    public void Merge(long from, long into)
    {
        lock (Gate)
        {
            foreach (var (model, record, field) in PointingTo(from).ToList())
            {
                Change(model, record.Id, (field, into));
            }

            models["res.partner"].Remove(from);
            Change("res.partner", into);
        }
    }

    /// <summary>From now on every reading of this field fails that has this partner among its rows.</summary>
    public void PoisonRow(long partner, string field = "name")
    {
        lock (Gate)
        {
            poison[partner] = field;
        }
    }

    /// <summary>No partner is poisoned any more.</summary>
    public void Heal()
    {
        lock (Gate)
        {
            poison.Clear();
        }
    }

    /// <summary>The robot's user may not read a model.</summary>
    public void DenyRobot(string model)
    {
        lock (Gate)
        {
            Robot.Denied.Add(model);
        }
    }

    /// <summary>The robot's user may read a model again.</summary>
    public void AllowRobot(string model)
    {
        lock (Gate)
        {
            Robot.Denied.Remove(model);
        }
    }

    /// <summary>A module is removed: its model with it.</summary>
    public void Uninstall(string model)
    {
        lock (Gate)
        {
            models.Remove(model);
        }
    }

    /// <summary>The helpdesk of Enterprise is installed.</summary>
    public void InstallHelpdesk() => Install(Schema.Helpdesk());

    /// <summary>Subscriptions are installed: fields of orders from 16 on, records of their own before.</summary>
    public void InstallSubscriptions(bool asOwnRecords = false)
    {
        if (asOwnRecords)
        {
            Install(Schema.OldSubscriptions());
            return;
        }

        Install([Schema.Plans()]);
        lock (Gate)
        {
            foreach (var field in StandInField.Parse(Schema.Subscriptions))
            {
                models["sale.order"].Fields[field.Name] = field;
            }
        }
    }

    internal StandInRecord Add(string model, params (string Field, object? Value)[] values)
    {
        var record = models[model].Add();
        record["create_date"] = record["write_date"] = Now();
        if (models[model].Fields.ContainsKey("active"))
        {
            record["active"] = true;
        }

        if (model == "res.partner")
        {
            (record["type"], record["is_company"], record["partner_share"], record["lang"]) = ("contact", false, true, "en_US");
        }

        Set(models[model], record, values);
        return record;
    }

    internal void Change(string model, long id, params (string Field, object? Value)[] values)
    {
        var record = Find(model, id);
        Set(models[model], record, values);
        record["write_date"] = Now();
    }

    internal void Delete(string model, long id)
    {
        if (model == "res.partner" && PointingTo(id).Any(one => one.Model == "account.move"))
        {
            throw OdooError.User("The partner cannot be deleted because it is used in Accounting");
        }

        models[model].Remove(id);
    }

    internal void ThrowAtPoison(string model, IReadOnlyList<StandInRecord> records, IReadOnlyList<string> fields)
    {
        if (model == "res.partner" && poison.Count > 0 && records.Any(record => poison.TryGetValue(record.Id, out var field) && fields.Contains(field)))
        {
            throw new OdooError("builtins.TypeError", "unsupported operand type(s) for +: 'NoneType' and 'str'", 500);
        }
    }

    private static void Set(StandInModel model, StandInRecord record, (string Field, object? Value)[] values)
    {
        foreach (var (field, value) in values)
        {
            record[model.Fields.ContainsKey(field) ? field : throw new ArgumentException($"{model.Name} has no field {field}.", nameof(values))] = value is int number ? (long)number : value;
        }
    }

    private StandInRecord Find(string model, long id) =>
        models[model].TryFind(id, out var record) ? record
        : throw new OdooError("odoo.exceptions.MissingError", $"Record does not exist or has been deleted.\n(Record: {model}({id},), User: 2)", 404);

    private IEnumerable<(string Model, StandInRecord Record, string Field)> PointingTo(long partner) =>
        from model in models.Values
        from field in model.Fields.Values
        where field is { Relation: "res.partner", Type: "many2one", IsStored: true }
        from record in model.Records
        where record[field.Name] is long id && id == partner
        select (model.Name, record, field.Name);

    private void Install(IEnumerable<StandInModel> added)
    {
        lock (Gate)
        {
            foreach (var model in added)
            {
                models.TryAdd(model.Name, model);
            }
        }
    }

    // PostgreSQL keeps microseconds.
    private DateTime Now() => time.GetUtcNow().UtcDateTime is var now ? new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc) : default;
}
