using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Merges;

/// <summary>
/// Random events on a few records of one family: edits, addresses, statements of consent, merges, undos. A model of its own repeats all that
/// was not undone, and every record must equal it: fields, tags, addresses, consent, and the identifiers that lead to it.
/// </summary>
internal sealed class MergeHistory(PatronApp app, Person staff, int seed)
{
    private static readonly string[] Fields = ["gender", "business_type", "preferred_name", "company_name", "emergency_contact_name"];

    private readonly Random random = new(seed);
    private readonly List<ModelRecord> records = [];
    private readonly List<Action<Dictionary<string, ModelRecord>>> events = [];
    private readonly Dictionary<long, int> merges = [];
    private readonly HashSet<int> undone = [];
    private readonly HashSet<(string Record, string Field)> edited = [];

    /// <summary>What was done, for a failure.</summary>
    public StringBuilder Log { get; } = new();

    /// <summary>The records that an ERP or an account brought, beside those that the history creates.</summary>
    public async Task AddAsync(string customer)
    {
        var read = await app.ReadCustomerAsync(staff, customer);
        var record = new ModelRecord(customer, await app.ReadAddressesAsync(staff, customer), isPartner: read.Text("odoo_last_sync") is not null);
        foreach (var field in Fields)
        {
            record.Values[field] = read.Text(field);
        }

        record.Tags = [.. (read.Text("tags") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];
        records.Add(record);
    }

    public async Task CreateAsync()
    {
        var body = new Dictionary<string, object?>
        {
            ["first_name"] = "John", ["last_name"] = "Doe", ["email"] = Intents.NewEmail("history"), ["tags"] = string.Join(',', Word(), Word()),
            ["city"] = random.Next(2) == 0 ? Word() : null,
        };
        foreach (var field in Fields)
        {
            body[field] = random.Next(2) == 0 ? Word() : null;
        }

        await AddAsync((await app.CreateCustomerAsync(staff, body)).Id());
    }

    public async Task StepAsync()
    {
        var live = Replay();
        var root = live.Values.ElementAt(random.Next(live.Count));
        switch (random.Next(8))
        {
            case 0 or 1 when live.Count > 1:
                var other = live.Values.First(record => record != root);
                await MergeAsync(root.Id, other.Id);
                break;
            case 2 or 3 when merges.Count > undone.Count:
                var merge = merges.Where(one => !undone.Contains(one.Value)).ElementAt(random.Next(merges.Count - undone.Count));
                await UndoAsync(merge.Key);
                break;
            case 4:
                await AddAddressAsync(root.Family.ElementAt(random.Next(root.Family.Count)));
                break;
            case 5:
                await ConsentAsync(root);
                break;
            case 6:
                await TagAsync(root);
                break;
            default:
                await EditAsync(root);
                break;
        }
    }

    /// <summary>Undoes all that is left: then each record is as if nothing had ever been merged.</summary>
    public async Task UndoAllAsync()
    {
        foreach (var (merge, place) in merges.OrderBy(_ => random.Next()).ToList())
        {
            if (!undone.Contains(place))
            {
                await UndoAsync(merge);
            }
        }

        await CompareAsync();
    }

    /// <summary>Compares all records with the model.</summary>
    public async Task CompareAsync()
    {
        var live = Replay();
        foreach (var record in live.Values)
        {
            foreach (var identifier in record.Family)
            {
                var read = await app.ReadCustomerAsync(staff, identifier);
                var merged = identifier == record.Id ? null : record.Id;
                Equal((record.Id, merged), (read.Id(), read.Text("merged_into")), "identifier");
            }

            var row = await app.ReadCustomerAsync(staff, record.Id);
            foreach (var field in Fields)
            {
                Equal(record.Values[field], row.Text(field), $"{field} of {record.Id}");
            }

            Equal(string.Join(',', record.Tags.Order(StringComparer.Ordinal)), string.Join(',', (row.Text("tags") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)), $"tags of {record.Id}");
            Equal(record.Sms, row.GetProperty("marketing_sms").GetBoolean(), $"consent of {record.Id}");
            Equal(string.Join(", ", record.Addresses.Order(StringComparer.Ordinal)), string.Join(", ", (await app.ReadAddressesAsync(staff, record.Id)).Order(StringComparer.Ordinal)), $"addresses of {record.Id}");
        }
    }

    private void Equal<T>(T expected, T actual, string what) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"seed {seed}: {what} is {actual} instead of {expected}\n{Log}");

    private Dictionary<string, ModelRecord> Replay()
    {
        var states = records.ToDictionary(record => record.Id, record => record.Copy());
        for (var place = 0; place < events.Count; place++)
        {
            if (!undone.Contains(place))
            {
                events[place](states);
            }
        }

        return states;
    }

    private async Task EditAsync(ModelRecord root)
    {
        var field = Fields[random.Next(Fields.Length)];
        var value = Word();

        // The net difference between two merges counts.
        if (root.Values[field] == value || !edited.Add((root.Id, field)))
        {
            return;
        }

        await PutAsync(root.Id, new Dictionary<string, object?> { [field] = value });
        events.Add(states => states[root.Id].Values[field] = value);
    }

    private async Task TagAsync(ModelRecord root)
    {
        var tag = $"t{events.Count.ToString(CultureInfo.InvariantCulture)}";
        var removed = root.Tags.Count > 0 ? root.Tags[random.Next(root.Tags.Count)] : "";
        await PutAsync(root.Id, new Dictionary<string, object?> { ["tags"] = string.Join(',', root.Tags.Except([removed]).Append(tag)) });
        events.Add(states => states[root.Id].Tags = [.. states[root.Id].Tags.Except([removed]).Append(tag)]);
    }

    private async Task ConsentAsync(ModelRecord root)
    {
        var isNamed = root.Family.ElementAt(random.Next(root.Family.Count));
        var value = !root.Sms;
        await PutAsync(isNamed, new Dictionary<string, object?> { ["marketing_sms"] = value });
        events.Add(states => states.Values.Single(state => state.Family.Contains(isNamed)).Sms = value);
    }

    private async Task AddAddressAsync(string named)
    {
        var city = $"City{events.Count.ToString(CultureInfo.InvariantCulture)}";
        Log.AppendLine($"{city} is added to {named}");
        await (await app.AddAddressAsync(staff, named, new { type = "shipping", city })).ShouldBeAsync(HttpStatusCode.Created);
        events.Add(states => states.Values.Single(state => state.Family.Contains(named)).Others.Add((named, $"shipping {city}")));
    }

    private async Task MergeAsync(string survivor, string absorbed)
    {
        Log.AppendLine($"{absorbed} is merged into {survivor}");
        var id = await app.MergeAsync(staff, survivor, absorbed);
        merges[id] = events.Count;
        edited.RemoveWhere(one => one.Record == survivor);
        events.Add(states =>
        {
            states[survivor].Absorb(states[absorbed]);
            states.Remove(absorbed);
        });
    }

    private async Task UndoAsync(long merge)
    {
        Log.AppendLine($"merge {merge} is undone");
        await app.UndoAsync(staff, merge);
        undone.Add(merges[merge]);
    }

    private async Task PutAsync(string id, Dictionary<string, object?> change)
    {
        Log.AppendLine($"{id}: {JsonSerializer.Serialize(change)}");
        await (await app.PutCustomerAsync(staff, id, change)).ShouldBeAsync(HttpStatusCode.OK);
    }

    // Few words, so that records have values in common.
    private string Word() => $"w{random.Next(3)}";

    /// <summary>A record as the model knows it.</summary>
    private sealed class ModelRecord
    {
        public ModelRecord(string id, IReadOnlyList<string> addresses, bool isPartner)
        {
            (Id, IsPartner) = (id, isPartner);
            Family.Add(id);
            Primary = addresses.FirstOrDefault(address => address.StartsWith("primary ", StringComparison.Ordinal))?["primary ".Length..];
        }

        private ModelRecord(ModelRecord other)
        {
            (Id, Primary, Sms, Tags, IsPartner) = (other.Id, other.Primary, other.Sms, [.. other.Tags], other.IsPartner);
            Family.AddRange(other.Family);
            Others.AddRange(other.Others);
            foreach (var (field, value) in other.Values)
            {
                Values[field] = value;
            }
        }

        public string Id { get; }

        public List<string> Family { get; } = [];

        public Dictionary<string, string?> Values { get; } = [];

        public List<string> Tags { get; set; } = [];

        public bool Sms { get; set; }

        public List<(string Origin, string Address)> Others { get; } = [];

        public IEnumerable<string> Addresses => [.. Primary is null ? [] : new[] { $"primary {Primary}" }, .. Others.Select(other => other.Address)];

        private string? Primary { get; set; }

        private bool IsPartner { get; set; }

        public ModelRecord Copy() => new(this);

        public void Absorb(ModelRecord other)
        {
            foreach (var field in Values.Keys.ToList())
            {
                Values[field] ??= other.Values[field];
            }

            Tags = [.. Tags.Union(other.Tags)];
            Sms = Sms && other.Sms; // No address is proven here.
            // The ERP owns the primary address of a record with a partner, also an empty one.
            var merged = IsPartner ? Primary : other.IsPartner ? other.Primary : Primary ?? other.Primary;
            if (Primary is not null && Primary != merged)
            {
                Others.Add((Id, $"other {Primary}"));
            }
            else if (other.Primary is not null && other.Primary != merged)
            {
                Others.Add((other.Id, $"other {other.Primary}"));
            }

            (Primary, IsPartner) = (merged, IsPartner || other.IsPartner);
            Others.AddRange(other.Others);
            Family.AddRange(other.Family);
        }
    }
}

internal static class AddressReading
{
    /// <summary>All addresses as <c>type city</c>.</summary>
    public static async Task<IReadOnlyList<string>> ReadAddressesAsync(this PatronApp app, Person who, string customer) =>
        [.. (await (await app.ListAddressesAsync(who, customer)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(address => $"{address.Text("type")} {address.Text("city")}")];
}
