using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Company;

/// <summary>
/// A company's Odoo in memory: its records, and the actions of its users. Fields have Odoo's names; dates and times are UTC, amounts
/// decimals, related records their ids, and no value is null. Thread-safe.
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

    /// <summary>17 or 19; other versions behave like the one before.</summary>
    public int Version { get; }

    internal Lock Gate { get; } = new();

    internal Reading Reading { get; }

    internal Domains Domains { get; }

    internal List<StandInUser> Users { get; } = [];

    internal StandInUser Robot => Users.Single(user => user.Login == "sync");

    internal StandInModel? FindModel(string name) => models.GetValueOrDefault(name);

    /// <summary>The ids of records, including archived ones.</summary>
    public IReadOnlyList<long> Ids(string model = "res.partner")
    {
        lock (Gate)
        {
            return [.. models[model].Records.Select(record => record.Id)];
        }
    }

    /// <summary>The stored value of a field.</summary>
    public object? Value(string model, long id, string field)
    {
        lock (Gate)
        {
            return Find(model, id)[field];
        }
    }

    /// <summary>The id of the only partner with this name.</summary>
    public long PartnerNamed(string name)
    {
        lock (Gate)
        {
            return models["res.partner"].Records.Single(record => record["name"] as string == name).Id;
        }
    }

    /// <summary>Creates a record.</summary>
    public long AddRecord(string model, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            return Add(model, values).Id;
        }
    }

    /// <summary>Creates a partner.</summary>
    public long AddPartner(string? name, string? email, params (string Field, object? Value)[] values) => AddRecord("res.partner", [("name", name), ("email", email), .. values]);

    public void Change(long partner, params (string Field, object? Value)[] values) => ChangeRecord("res.partner", partner, values);

    public void ChangeRecord(string model, long id, params (string Field, object? Value)[] values)
    {
        lock (Gate)
        {
            Change(model, id, values);
        }
    }

    public void Archive(long partner) => Change(partner, ("active", false));

    public void Restore(long partner) => Change(partner, ("active", true));

    /// <summary>Hides a partner from all users by a record rule, until <see cref="Unhide"/>.</summary>
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

    /// <summary>Deletes a partner without a trace. A partner with invoices cannot be deleted.</summary>
    public void Delete(long partner)
    {
        lock (Gate)
        {
            Delete("res.partner", partner);
        }
    }

    /// <summary>Merges contacts like Odoo's wizard: the documents of the first go to the second, then the first is deleted.</summary>
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

    /// <summary>Makes every reading of this field fail that includes this partner.</summary>
    public void PoisonRow(long partner, string field = "name")
    {
        lock (Gate)
        {
            poison[partner] = field;
        }
    }

    /// <summary>Removes all poison.</summary>
    public void Heal()
    {
        lock (Gate)
        {
            poison.Clear();
        }
    }

    /// <summary>Removes the right of Patron's user to read a model.</summary>
    public void DenyRobot(string model)
    {
        lock (Gate)
        {
            Robot.Denied.Add(model);
        }
    }

    /// <summary>Restores the right of Patron's user to read a model.</summary>
    public void AllowRobot(string model)
    {
        lock (Gate)
        {
            Robot.Denied.Remove(model);
        }
    }

    /// <summary>Gives Patron's user the right to create and change records of a model, or takes it.</summary>
    public void LetRobotWrite(string model, bool mayWrite = true)
    {
        lock (Gate)
        {
            _ = mayWrite ? Robot.Writable.Add(model) : Robot.Writable.Remove(model);
        }
    }

    /// <summary>Removes a module with its model.</summary>
    public void Uninstall(string model)
    {
        lock (Gate)
        {
            models.Remove(model);
        }
    }

    /// <summary>Installs the helpdesk of Enterprise.</summary>
    public void InstallHelpdesk() => Install(Schema.Helpdesk());

    /// <summary>Installs subscriptions: fields of orders from 16 on, separate records before.</summary>
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

    // PostgreSQL stores microseconds.
    private DateTime Now() => time.GetUtcNow().UtcDateTime is var now ? new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc) : default;
}
