using System.Diagnostics.CodeAnalysis;

namespace Patron.OdooStandIn.Models;

/// <summary>
/// A record; unset fields are empty. Values are texts, booleans, whole numbers, amounts, dates, times and ids of related records.
/// </summary>
internal sealed class StandInRecord(long id)
{
    public long Id => id;

    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);

    public object? this[string field]
    {
        get => field == "id" ? id : Values.GetValueOrDefault(field);
        set => Values[field] = value;
    }
}

/// <summary>A table: its fields, default order, and records by ascending id.</summary>
internal sealed class StandInModel(string name, string title, string order, IEnumerable<StandInField> fields)
{
    private readonly Dictionary<long, StandInRecord> byId = [];

    public string Name => name;

    /// <summary>The display name of the model.</summary>
    public string Title => title;

    public string DefaultOrder => order;

    public Dictionary<string, StandInField> Fields { get; } = fields.DistinctBy(field => field.Name).ToDictionary(field => field.Name, StringComparer.Ordinal);

    public List<StandInRecord> Records { get; } = [];

    public long NextId { get; set; } = 1;

    public StandInRecord Add(long? id = null)
    {
        var record = new StandInRecord(id ?? NextId);
        NextId = Math.Max(NextId, record.Id) + 1;
        byId.Add(record.Id, record);
        Records.Add(record);
        return record;
    }

    /// <summary>Restores a removed record.</summary>
    public void Put(StandInRecord record)
    {
        byId.Add(record.Id, record);
        Records.Insert(Records.TakeWhile(other => other.Id < record.Id).Count(), record);
    }

    public void Remove(long id)
    {
        byId.Remove(id);
        Records.RemoveAll(record => record.Id == id);
    }

    public bool TryFind(long id, [NotNullWhen(true)] out StandInRecord? record) => byId.TryGetValue(id, out record);
}
