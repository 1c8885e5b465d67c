using System.Text;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Customers.Merges;
using Patron.Customers.Schema;

namespace Patron.UnitTests.Customers;

/// <summary>
/// Random records, edits, merges and undos. <c>Live</c> is what Patron keeps: rows, and the steps of their merges. The oracle knows every event
/// as it was and repeats all that were not undone from the beginning.
/// </summary>
internal sealed class MergeWorld(int seed)
{
    private const int Records = 5;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly MergeRules Rules = new(ErpOwnership.Everything, KeepsCopies: true);

    private static readonly Field<Customer>[] Compared =
        [.. CustomerSchema.Fields.Updated.Where(field => field != CustomerSchema.Version && field != CustomerSchema.UpdatedAt)];

    private readonly Random random = new(seed);
    private readonly List<RecordSnapshot> originals = [];
    private readonly List<Event> events = [];
    private readonly Dictionary<Guid, RecordSnapshot> live = [];
    private readonly List<MergeStep> steps = [];
    private readonly List<ConsentStatement> statements = [];
    private readonly HashSet<long> undone = [];
    private readonly Dictionary<Guid, HashSet<string>> editedSinceMerge = [];
    private long lastId;

    private abstract record Event(DateTimeOffset At);

    private sealed record Edit(DateTimeOffset At, Guid Record, Action<Customer> Change) : Event(At);

    private sealed record OwnedEdit(DateTimeOffset At, Func<Customer, bool> Has, Action<Customer> Change) : Event(At);

    private sealed record Statement(DateTimeOffset At, ConsentStatement Said) : Event(At);

    private sealed record Merged(DateTimeOffset At, MergeStep Step) : Event(At);

    private DateTimeOffset Now => Start.AddMinutes(lastId);

    /// <summary>What was done, for a failure.</summary>
    public StringBuilder Log { get; } = new();

    public void Run(int length)
    {
        for (var number = 0; number < Records; number++)
        {
            Create(number);
        }

        for (var step = 0; step < length; step++)
        {
            lastId++;
            switch (random.Next(10))
            {
                case < 3: TryMerge(); break;
                case < 5: TryUndo(); break;
                case 5: State(); break;
                case 6: EditOwned(); break;
                default: EditRecord(); break;
            }
        }

        // All that is left is undone at last, in any order: then each record is what it would be alone.
        while (steps.Count > 0)
        {
            lastId++;
            TryUndo();
        }
    }

    private void Create(int number)
    {
        var record = Customer.Create(Guid.Empty, Customer.FromChanges(new CustomerChanges(
            CustomerSchema.Name.With($"Record {number}"), CustomerSchema.Email.With(Maybe($"e{number}@x.example")),
            CustomerSchema.Phone.With(Maybe($"+4930{number}")), CustomerSchema.Gender.With(Maybe(Word())), CustomerSchema.City.With(Maybe(Word())),
            CustomerSchema.Country.With(Maybe("UK")), CustomerSchema.Notes.With(Maybe(Word())), CustomerSchema.Reference.With(Maybe(Word())),
            CustomerSchema.Tags.With([.. Enumerable.Range(0, random.Next(3)).Select(_ => Word()).Distinct()]),
            CustomerSchema.MarketingEmails.With(random.Next(2) == 0))), Start);
        record.Id = number + 1;
        record.TotalServices = random.Next(3);
        record.EmailVerifiedAt = record.EmailKey is not null && random.Next(2) == 0 ? Start : null;
        if (random.Next(3) == 0)
        {
            (record.UserId, record.LinkEvidence, record.LinkedAt) = (Guid.NewGuid(), LinkEvidence.Registered, Start);
        }

        if (random.Next(3) == 0)
        {
            (record.ErpSource, record.ErpId, record.OdooLastSync) = ("odoo", $"{number}", Start);
        }

        var snapshot = new RecordSnapshot(record, new Dictionary<string, DateTimeOffset>());
        originals.Add(snapshot);
        live[record.Uid] = snapshot.Copy();
        editedSinceMerge[record.Uid] = [];
        Log.AppendLine($"{record.Uid} is {record.Name}: user {record.UserId}, partner {record.ErpId}");
    }

    private void EditRecord()
    {
        var record = Pick();
        var (field, change) = random.Next(8) switch
        {
            0 => Set(CustomerSchema.Gender, Maybe(Word())),
            1 => Set(CustomerSchema.BusinessType, Maybe(Word())),
            2 => Set(CustomerSchema.Notes, Maybe(Word())),
            3 when record.UserId is null => Set(CustomerSchema.Email, $"new{lastId}@x.example"),
            4 when record.Partner is null => Set(CustomerSchema.City, Maybe(Word())),
            5 when record.Partner is null => Set(CustomerSchema.Reference, Maybe(Word())),
            6 => (CustomerSchema.Tags.Name, Tag(random.Next(2) == 0, Word())),
            _ => (CustomerSchema.TotalServices.Name, new Action<Customer>(customer => customer.TotalServices++)),
        };
        var before = record.Copy();
        var after = record.Copy();
        change(after);

        // The net difference between two merges counts: an edit and its return would be none.
        var differs = Compared.Any(one => one.Differs(before, after));
        if (!differs || (field != CustomerSchema.TotalServices.Name && !editedSinceMerge[record.Uid].Add(field)))
        {
            return;
        }

        change(record);
        events.Add(new Edit(Now, record.Uid, change));
        Log.AppendLine($"{lastId}: {field} of {record.Uid} is {CustomerSchema.Fields.Find(field)!.ReadText(before)}, and edited to {CustomerSchema.Fields.Find(field)!.ReadText(record)}");
    }

    // The account's owner changes the phone, or the ERP the website.
    private void EditOwned()
    {
        var record = Pick();
        if (record.UserId is { } user && record.Partner is null)
        {
            var (_, change) = Set(CustomerSchema.Phone, $"+4940{lastId}");
            Apply(customer => customer.UserId == user, change, $"phone of {user}");
        }
        else if (record.Partner is { } partner)
        {
            var (_, change) = Set(CustomerSchema.Website, $"{lastId}.example");
            Apply(customer => customer.Partner == partner, change, $"website of {partner}");
        }

        void Apply(Func<Customer, bool> has, Action<Customer> change, string what)
        {
            change(record);
            events.Add(new OwnedEdit(Now, has, change));
            Log.AppendLine($"{lastId}: {what} is changed");
        }
    }

    private void State()
    {
        var record = Pick();
        var family = originals.Select(original => original.Record.Uid).Where(uid => RootOf(uid) == record.Uid).ToList();
        var said = new ConsentStatement(
            lastId, family[random.Next(family.Count)], CustomerSchema.MarketingEmails.Name, random.Next(2) == 0, Now);
        statements.Add(said);
        events.Add(new Statement(Now, said));
        live[record.Uid] = Say(live[record.Uid], said);
        Log.AppendLine($"{lastId}: {said.Origin} says {said.Value}");
    }

    private void TryMerge()
    {
        var (one, other) = (Pick(), Pick());
        if (one.Uid == other.Uid || (one.UserId is not null && other.UserId is not null))
        {
            return;
        }

        var choices = random.Next(4) == 0
            ? new MergeChoices(new HashSet<string> { CustomerSchema.Gender.Name }, new HashSet<string> { CustomerSchema.BusinessType.Name })
            : MergeChoices.None;
        var step = new MergeStep(
            lastId, one.Uid, other.Uid, live[one.Uid].Copy(), live[other.Uid].Copy(), new MergeTerms(MergeEvidence.Staff, choices, Now),
            statements.Where(said => RootOf(said.Origin) == one.Uid || RootOf(said.Origin) == other.Uid).Select(said => said.Id).DefaultIfEmpty().Max(),
            new HashSet<string>());
        steps.Add(step);
        events.Add(new Merged(Now, step));
        live[one.Uid] = MergePlan.Of(step.SurvivorBefore, step.AbsorbedBefore, Rules, step.Terms).Merged.Copy();
        live.Remove(other.Uid);
        editedSinceMerge[one.Uid] = [];
        Log.AppendLine($"{lastId}: {other.Uid} is merged into {one.Uid} {choices.ToJson()}");
    }

    private void TryUndo()
    {
        if (steps.Count == 0)
        {
            return;
        }

        var step = steps[random.Next(steps.Count)];
        var root = RootOf(step.Survivor);
        var tree = steps.Where(one => RootOf(one.Survivor) == root).ToList();
        var members = originals.Select(original => original.Record.Uid).Where(uid => RootOf(uid) == root).ToHashSet();
        var current = live[root].Record;
        var conflicts = originals.Where(original => members.Contains(original.Record.Uid)).Select(original => original.Record.Partner)
            .OfType<PartnerKey>().Where(partner => partner != current.Partner).ToHashSet();
        var replay = MergeReplay.Without(
            step.Id, tree, live[root], statements.Where(said => members.Contains(said.Origin)), Rules,
            new ReturnableLinks(new HashSet<Guid>(), conflicts));
        steps.RemoveAll(tree.Contains);
        steps.AddRange(replay.Remaining);
        undone.Add(step.Id);
        foreach (var (uid, record) in replay.Records)
        {
            live[uid] = record.Copy();
            editedSinceMerge.TryAdd(uid, []);
            editedSinceMerge[uid].UnionWith(editedSinceMerge[root]);
        }

        Log.AppendLine($"{lastId}: merge {step.Id} is undone");
        Compare();
    }

    private void Compare()
    {
        var states = originals.ToDictionary(original => original.Record.Uid, original => original.Copy());
        var parents = new Dictionary<Guid, Guid>();
        foreach (var one in events)
        {
            switch (one)
            {
                case Edit edit: edit.Change(states[edit.Record].Record); break;
                case OwnedEdit edit: edit.Change(states.Values.Single(state => edit.Has(state.Record)).Record); break;
                case Statement statement:
                    var root = statement.Said.Origin;
                    while (parents.TryGetValue(root, out var parent))
                    {
                        root = parent;
                    }

                    states[root] = Say(states[root], statement.Said);
                    break;
                case Merged merge when !undone.Contains(merge.Step.Id):
                    var plan = MergePlan.Of(states[merge.Step.Survivor], states[merge.Step.Absorbed], Rules, merge.Step.Terms);
                    states[merge.Step.Survivor] = plan.Merged.Copy();
                    states.Remove(merge.Step.Absorbed);
                    parents[merge.Step.Absorbed] = merge.Step.Survivor;
                    break;
            }
        }

        Assert.Equal(states.Keys.Order(), live.Keys.Order());
        foreach (var (uid, expected) in states)
        {
            foreach (var field in Compared)
            {
                Assert.False(
                    field.Differs(expected.Record, live[uid].Record),
                    $"seed {seed}: {field.Name} of {uid} is {field.ReadText(live[uid].Record)} instead of {field.ReadText(expected.Record)}\n{Log}");
            }
        }
    }

    private Guid RootOf(Guid uid)
    {
        while (steps.Find(step => step.Absorbed == uid) is { } step)
        {
            uid = step.Survivor;
        }

        return uid;
    }

    private Customer Pick() => live.Values.ElementAt(random.Next(live.Count)).Record;

    private T? Maybe<T>(T value)
        where T : class => random.Next(3) == 0 ? null : value;

    // Few words, so that records have values in common.
    private string Word() => $"w{random.Next(4)}";

    private static RecordSnapshot Say(RecordSnapshot state, ConsentStatement said)
    {
        new CustomerChanges(CustomerSchema.MarketingEmails.With(said.Value)).Apply(state.Record);
        return state with { StatedAt = new Dictionary<string, DateTimeOffset>(state.StatedAt) { [said.Kind] = said.At } };
    }

    private (string Field, Action<Customer> Change) Set<T>(Field<Customer, T> field, T value)
    {
        var at = Now;
        return (field.Name, customer => customer.Change(customer.With(new CustomerChanges(field.With(value))), at));
    }

    private static Action<Customer> Tag(bool isAdded, string tag) => customer => customer.Tags = isAdded
        ? [.. customer.Tags.Union([tag])]
        : [.. customer.Tags.Except([tag])];
}
