using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.Timeline;

namespace Patron.IntegrationTests.Merges;

/// <summary>
/// Random events on a few records of one family: edits, addresses, statements of consent, merges, proofs, undos, erasures. A model of its own
/// repeats all that was not undone, and every record must equal it: fields, tags, addresses, consent, account, and the identifiers that lead
/// to it. What no event touches must be stored as it was at first.
/// </summary>
internal sealed class MergeHistory(PatronApp app, Person staff, Person admin, int seed)
{
    private static readonly string[] Fields = ["gender", "business_type", "preferred_name", "company_name", "emergency_contact_name"];

    // What events change, or the model compares.
    private static readonly string[] Touched =
        [.. Fields, "tags", "marketing_sms", "addresses", "comments", "consents", "email_verified_at", "claim", "odoo_last_sync", "search_text", "is_verified"];

    private readonly Random random = new(seed);
    private readonly List<MergeModelRecord> records = [];
    private readonly List<Action<Dictionary<string, MergeModelRecord>>> events = [];
    private readonly Dictionary<long, Merge> merges = [];
    private readonly Dictionary<string, string> originals = [];
    private readonly Dictionary<string, string> secrets = [];
    private readonly HashSet<string> proven = [];
    private readonly HashSet<int> undone = [];
    private readonly HashSet<(string Record, string Field)> edited = [];

    /// <summary>What was done, for a failure.</summary>
    public StringBuilder Log { get; } = new();

    /// <summary>The records that remain, each with its account.</summary>
    public IReadOnlyCollection<string> Remaining => [.. Replay().Keys];

    /// <summary>Texts that only an erased person's record had.</summary>
    public List<string> ErasedTexts { get; } = [];

    /// <summary>Adds a record that an ERP or an account brought, beside those that the history creates.</summary>
    public async Task AddAsync(string customer, Guid? account = null)
    {
        var read = await app.ReadCustomerAsync(staff, customer);
        var record = new MergeModelRecord(customer, await app.ReadAddressesAsync(staff, customer), isPartner: read.Text("odoo_last_sync") is not null)
        {
            Account = account, Email = read.Text("email"),
        };
        originals[customer] = await UntouchedAsync(customer);
        foreach (var field in Fields)
        {
            record.Values[field] = read.Text(field);
        }

        record.Tags = [.. (read.Text("tags") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];
        records.Add(record);
    }

    public async Task CreateAsync()
    {
        var secret = $"secret{Guid.NewGuid():n}"; // A text that only this record has.
        var body = new Dictionary<string, object?>
        {
            ["first_name"] = "John", ["last_name"] = "Doe", ["email"] = Intents.NewEmail("history"), ["tags"] = string.Join(',', Word(), Word(), secret),
            ["notes"] = secret, ["city"] = random.Next(2) == 0 ? Word() : null,
        };
        foreach (var field in Fields)
        {
            body[field] = random.Next(2) == 0 ? Word() : null;
        }

        var created = (await app.CreateCustomerAsync(staff, body)).Id();
        secrets[created] = secret;
        await AddAsync(created);
    }

    public async Task StepAsync()
    {
        var live = Replay();
        var root = live.Values.ElementAt(random.Next(live.Count));
        switch (random.Next(12))
        {
            case 0 or 1 or 2 when live.Values.FirstOrDefault(record => record != root && (record.Account is null || root.Account is null)) is { } other:
                await MergeAsync(root.Id, other.Id);
                break;
            case 3 or 4 when merges.Values.Any(merge => merge.CanBeUndone):
                var open = merges.Where(one => one.Value.CanBeUndone).ToList();
                await UndoAsync(open[random.Next(open.Count)].Key);
                break;
            case 5:
                await AddAddressAsync(root.Family.ElementAt(random.Next(root.Family.Count)));
                break;
            case 6:
                await ConsentAsync(root);
                break;
            case 7:
                await TagAsync(root);
                break;
            case 8 when root.Account is null && await FindClaimedAddressAsync(root.Id) is { } email && proven.Add(email):
                await ProveAsync(root, email);
                break;
            case 9 when live.Count > 1 && random.Next(2) == 0:
                await EraseAsync(root);
                break;
            case 10:
                await CommentAsync(root.Family.ElementAt(random.Next(root.Family.Count)));
                break;
            default:
                await EditAsync(root);
                break;
        }
    }

    /// <summary>Undoes all that is left: then each record is as if nothing had ever been merged.</summary>
    public async Task UndoAllAsync()
    {
        foreach (var (id, _) in merges.Where(merge => merge.Value.CanBeUndone).OrderBy(_ => random.Next()).ToList())
        {
            await UndoAsync(id);
        }

        await CompareAsync();
        foreach (var record in Replay().Keys)
        {
            Equal(originals[record], await UntouchedAsync(record), $"the rest of {record}");
        }
    }

    /// <summary>An erased record and all that was merged into it: nobody finds them, and none of their merges can be undone.</summary>
    private async Task EraseAsync(MergeModelRecord root)
    {
        Log.AppendLine($"{root.Id} is erased");
        ErasedTexts.AddRange(root.Family.Select(record => secrets.GetValueOrDefault(record)).OfType<string>());
        await (await app.Customers.SendAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{root.Id}/hard", staff)).ShouldBeAsync(HttpStatusCode.OK);
        events.Add(states => states.Remove(root.Id));
        foreach (var (id, merge) in merges.Where(merge => merge.Value.CanBeUndone && root.Family.Contains(merge.Value.Absorbed)))
        {
            merge.CanBeUndone = false;
            await (await app.TryUndoAsync(admin, id, "Erased")).ShouldBeAsync(HttpStatusCode.Conflict);
        }

        foreach (var identifier in root.Family)
        {
            await (await app.GetCustomerAsync(staff, identifier)).ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    // Somebody registers with the address of a record and proves it: their own record is merged into that one.
    private async Task ProveAsync(MergeModelRecord root, string email)
    {
        var (person, own) = await app.SignUpAsync(email);
        await AddAsync(own.CustomerId, person.Id);
        Log.AppendLine($"{own.CustomerId} of {email} is proven");
        await LinkingIntents.ProveAsync(app, person);
        var merge = await app.LastMergeAsync(staff, root.Id);
        Equal((own.CustomerId, "proof"), (merge.Text("absorbed_id"), merge.Text("evidence")), "merge by the proof");
        AddMerge(merge.GetProperty("id").GetInt64(), root.Id, own.CustomerId);
        events.Add(states => states.Values.Single(state => state.Account == person.Id).IsProven = true);
    }

    private Task<string?> FindClaimedAddressAsync(string customer) => app.CustomersSqlAsync<string>(
        "SELECT email FROM customers.customers WHERE customer_id = $1 AND claim = 'claimed' AND user_id IS NULL AND erp_id IS NULL", customer);

    private async Task<string> UntouchedAsync(string customer)
    {
        var stored = JsonNode.Parse((await app.StoredAsync(customer))!)!.AsObject();
        foreach (var name in Touched)
        {
            stored.Remove(name);
        }

        return stored.ToJsonString();
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
            Equal((record.Account, record.Email), (row.User(), row.Text("email")), $"account of {record.Id}");
            Equal(record.Sms, row.GetProperty("marketing_sms").GetBoolean(), $"consent of {record.Id}");
            Equal(string.Join(", ", record.Addresses.Order(StringComparer.Ordinal)), string.Join(", ", (await app.ReadAddressesAsync(staff, record.Id)).Order(StringComparer.Ordinal)), $"addresses of {record.Id}");
            Equal(Joined(record.Comments), Joined(await app.ReadCommentsAsync(staff, record.Id)), $"comments of {record.Id}");
        }

        static string Joined(IEnumerable<string> texts) => string.Join(", ", texts.Order(StringComparer.Ordinal));
    }

    private void Equal<T>(T expected, T actual, string what) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"seed {seed}: {what} is {actual} instead of {expected}\n{Log}");

    private Dictionary<string, MergeModelRecord> Replay()
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

    private async Task EditAsync(MergeModelRecord root)
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

    private async Task TagAsync(MergeModelRecord root)
    {
        var tag = $"t{events.Count.ToString(CultureInfo.InvariantCulture)}";
        var removed = root.Tags.Count > 0 ? root.Tags[random.Next(root.Tags.Count)] : "";
        await PutAsync(root.Id, new Dictionary<string, object?> { ["tags"] = string.Join(',', root.Tags.Except([removed]).Append(tag)) });
        events.Add(states => states[root.Id].Tags = [.. states[root.Id].Tags.Except([removed]).Append(tag)]);
    }

    private async Task ConsentAsync(MergeModelRecord root)
    {
        var isNamed = root.Family.ElementAt(random.Next(root.Family.Count));
        var (value, place) = (!root.Sms, events.Count);
        await PutAsync(isNamed, new Dictionary<string, object?> { ["marketing_sms"] = value });
        events.Add(states =>
        {
            var state = states.Values.Single(state => state.Family.Contains(isNamed));
            (state.Sms, state.SmsStatedAt) = (value, place);
        });
    }

    private async Task AddAddressAsync(string named)
    {
        var city = $"City{events.Count.ToString(CultureInfo.InvariantCulture)}";
        Log.AppendLine($"{city} is added to {named}");
        await (await app.AddAddressAsync(staff, named, new { type = "shipping", city })).ShouldBeAsync(HttpStatusCode.Created);
        events.Add(states => states.Values.Single(state => state.Family.Contains(named)).Others.Add((named, $"shipping {city}")));
    }

    private async Task CommentAsync(string named)
    {
        var text = $"Comment {events.Count.ToString(CultureInfo.InvariantCulture)} {secrets.GetValueOrDefault(named)}".TrimEnd();
        Log.AppendLine($"{text} is added to {named}");
        await (await app.AddCommentAsync(staff, named, text)).ShouldBeAsync(HttpStatusCode.Created);
        events.Add(states => states.Values.Single(state => state.Family.Contains(named)).Comments.Add(text));
    }

    private async Task MergeAsync(string survivor, string absorbed)
    {
        Log.AppendLine($"{absorbed} is merged into {survivor}");
        AddMerge(await app.MergeAsync(staff, survivor, absorbed), survivor, absorbed);
    }

    private void AddMerge(long id, string survivor, string absorbed)
    {
        merges[id] = new Merge(events.Count, absorbed);
        edited.RemoveWhere(one => one.Record == survivor);
        events.Add(states =>
        {
            states[survivor].Absorb(states[absorbed]);
            states.Remove(absorbed);
        });
    }

    private async Task UndoAsync(long id)
    {
        Log.AppendLine($"merge {id} is undone");
        var released = await app.UndoAsync(admin, id, "Two people");
        undone.Add(merges[id].Place);
        merges[id].CanBeUndone = false;
        foreach (var record in released.GetProperty("released_addresses").EnumerateArray().Select(one => one.GetString()!))
        {
            Log.AppendLine($"{record} releases its address");
            events.Add(states => states.Values.Single(state => state.Family.Contains(record)).IsProven = false);
        }
    }

    private async Task PutAsync(string id, Dictionary<string, object?> change)
    {
        Log.AppendLine($"{id}: {JsonSerializer.Serialize(change)}");
        await (await app.PutCustomerAsync(staff, id, change)).ShouldBeAsync(HttpStatusCode.OK);
    }

    // Few words, so that records have values in common.
    private string Word() => $"w{random.Next(3)}";

    private sealed class Merge(int place, string absorbed)
    {
        public int Place => place;

        public string Absorbed => absorbed;

        public bool CanBeUndone { get; set; } = true;
    }
}

internal static class AddressReading
{
    /// <summary>All addresses as <c>type city</c>.</summary>
    public static async Task<IReadOnlyList<string>> ReadAddressesAsync(this PatronApp app, Person who, string customer) =>
        [.. (await (await app.ListAddressesAsync(who, customer)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().Select(address => $"{address.Text("type")} {address.Text("city")}")];
}
