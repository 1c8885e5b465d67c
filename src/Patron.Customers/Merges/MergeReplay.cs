using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Customers.Merges;

/// <summary>
/// A merge that can be repeated: both records before it, and the terms. <paramref name="LastConsentId"/> is the newest statement of
/// consent of both, <paramref name="Edited"/> names fields of the survivor that were edited afterwards.
/// </summary>
internal sealed record MergeStep(
    long Id, Guid Survivor, Guid Absorbed, RecordSnapshot SurvivorBefore, RecordSnapshot AbsorbedBefore, MergeTerms Terms,
    long LastConsentId, IReadOnlySet<string> Edited);

/// <summary>A statement of consent, on the record it was made for.</summary>
internal sealed record ConsentStatement(long Id, Guid Origin, string Kind, bool Value, DateTimeOffset At);

/// <summary>
/// What may return to a record: accounts that a merge of two accounts has taken from it and no other record has, and partners that are in
/// conflict because of the merge.
/// </summary>
internal sealed record ReturnableLinks(IReadOnlySet<Guid> Accounts, IReadOnlySet<PartnerKey> Partners);

/// <summary>
/// Repeats the merges of a surviving record in the order of time without one of them (linking.md, 'Merge'). Each edit is repeated on the
/// record that it was made on; values of an account or a partner follow it; consents follow their statements. A function of its input.
/// </summary>
internal sealed class MergeReplay
{
    private readonly IReadOnlyList<MergeStep> steps;
    private readonly MergeRules rules;
    private readonly Dictionary<Guid, RecordSnapshot> originals = [];
    private readonly Dictionary<Guid, long> lastConsents = [];
    private readonly Dictionary<(long Step, Guid Record), RecordEdits> editsBefore = [];
    private readonly Dictionary<Guid, RecordSnapshot> states = [];
    private readonly Dictionary<Guid, Guid> parents = [];
    private readonly Dictionary<Guid, int> lastSteps = [];
    private readonly List<MergeStep> remaining = [];
    private readonly List<MergePlan> plans = [];
    private readonly Queue<ConsentStatement> statements;
    private RecordEdits lastEdits = null!;

    private MergeReplay(IReadOnlyList<MergeStep> steps, IEnumerable<ConsentStatement> statements, MergeRules rules)
    {
        this.steps = [.. steps.OrderBy(step => step.Id)];
        this.statements = new Queue<ConsentStatement>(statements.OrderBy(statement => statement.Id));
        this.rules = rules;
    }

    /// <summary>The remaining records by their uid: the survivor, and the one that the undone merge had absorbed.</summary>
    public IReadOnlyDictionary<Guid, RecordSnapshot> Records => states;

    /// <summary>The remaining merges in order, with both records as they are before them now.</summary>
    public IReadOnlyList<MergeStep> Remaining => remaining;

    /// <summary>What each remaining merge makes now, in the same order.</summary>
    public IReadOnlyList<MergePlan> Plans => plans;

    /// <summary>The remaining record that answers for this one.</summary>
    public Guid RootOf(Guid record)
    {
        while (parents.TryGetValue(record, out var parent))
        {
            record = parent;
        }

        return record;
    }

    /// <summary>
    /// The state without the merge <paramref name="undone"/>. <paramref name="steps"/> are all merges of the surviving record
    /// <paramref name="current"/>, directly and through others.
    /// </summary>
    public static MergeReplay Without(
        long undone, IReadOnlyList<MergeStep> steps, RecordSnapshot current, IEnumerable<ConsentStatement> statements, MergeRules rules,
        ReturnableLinks returnable)
    {
        var replay = new MergeReplay(steps, statements, rules);
        replay.FindEdits(current);
        replay.Repeat(undone, current.Record.Uid);
        foreach (var record in replay.states.Values)
        {
            SettleLinks(record.Record, current.Record, returnable);
        }

        replay.KeepLinks(current.Record);
        return replay;
    }

    // The merges as they were: what differs between two merges of a record was edited.
    private void FindEdits(RecordSnapshot current)
    {
        var known = new Dictionary<Guid, (RecordSnapshot After, IReadOnlySet<string> Edited)>();
        foreach (var step in steps)
        {
            foreach (var before in new[] { step.SurvivorBefore, step.AbsorbedBefore })
            {
                var uid = before.Record.Uid;
                if (known.Remove(uid, out var earlier))
                {
                    editsBefore[(step.Id, uid)] = RecordEdits.Between(earlier.After.Record, before.Record, earlier.Edited, rules);
                }
                else
                {
                    originals[uid] = before;
                    lastConsents[uid] = step.LastConsentId;
                }
            }

            known[step.Survivor] = (MergePlan.Of(step.SurvivorBefore, step.AbsorbedBefore, rules, step.Terms).Merged, step.Edited);
        }

        var (after, edited) = known[current.Record.Uid];
        lastEdits = RecordEdits.Between(after.Record, current.Record, edited, rules);
    }

    private void Repeat(long undone, Guid survivor)
    {
        foreach (var (uid, original) in originals)
        {
            states[uid] = original.Copy();
        }

        foreach (var step in steps)
        {
            RepeatStatements(step.LastConsentId);
            RepeatEdits(step, step.Survivor);
            RepeatEdits(step, step.Absorbed);
            if (step.Id == undone)
            {
                continue;
            }

            var repeated = step with
            {
                SurvivorBefore = states[step.Survivor].Copy(),
                AbsorbedBefore = states[step.Absorbed].Copy(),
                Edited = new HashSet<string>(StringComparer.Ordinal),
            };
            var plan = MergePlan.Of(repeated.SurvivorBefore, repeated.AbsorbedBefore, rules, repeated.Terms);
            states[step.Survivor] = plan.Merged.Copy();
            states.Remove(step.Absorbed);
            parents[step.Absorbed] = step.Survivor;
            lastSteps[step.Survivor] = remaining.Count;
            remaining.Add(repeated);
            plans.Add(plan);
        }

        RepeatStatements(long.MaxValue);
        Repeat(lastEdits, survivor);
    }

    private void RepeatEdits(MergeStep step, Guid record)
    {
        if (editsBefore.TryGetValue((step.Id, record), out var edits))
        {
            Repeat(edits, record);
        }
    }

    // What the owner of an account or the ERP changed is repeated on the record that has the account or partner at this time.
    private void Repeat(RecordEdits edits, Guid record)
    {
        MarkEdited(record, edits.Apply(states[record].Record));
        foreach (var other in states.Values.Select(state => state.Record).Where(other => other.Uid != record))
        {
            if (other.UserId is { } account && account == edits.Account)
            {
                MarkEdited(other.Uid, edits.ApplyAccount(other));
            }

            if (other.Partner is { } partner && partner == edits.Partner)
            {
                MarkEdited(other.Uid, edits.ApplyPartner(other));
            }
        }
    }

    private void MarkEdited(Guid record, IEnumerable<string> fields)
    {
        if (lastSteps.TryGetValue(record, out var place))
        {
            remaining[place] = remaining[place] with { Edited = remaining[place].Edited.Union(fields).ToHashSet(StringComparer.Ordinal) };
        }
    }

    // A record's snapshot already has the statements before its first merge.
    private void RepeatStatements(long until)
    {
        while (statements.TryPeek(out var next) && next.Id <= until)
        {
            var statement = statements.Dequeue();
            if (lastConsents.TryGetValue(statement.Origin, out var included) && statement.Id <= included)
            {
                continue;
            }

            var state = states[RootOf(statement.Origin)];
            var consent = RecordSnapshot.ConsentFields.First(field => field.Name == statement.Kind);
            new CustomerChanges(consent.With(statement.Value)).Apply(state.Record);
            states[state.Record.Uid] = state with
            {
                StatedAt = new Dictionary<string, DateTimeOffset>(state.StatedAt, StringComparer.Ordinal)
                {
                    [statement.Kind] = statement.At,
                },
            };
        }
    }

    private static void SettleLinks(Customer record, Customer current, ReturnableLinks returnable)
    {
        if (record.UserId is { } account && account == current.UserId)
        {
            record.ProfileCreatedAt ??= current.ProfileCreatedAt;
        }
        else if (record.UserId is { } other && !returnable.Accounts.Contains(other))
        {
            record.EndLink();
        }

        if (record.Partner is { } partner && partner != current.Partner && !returnable.Partners.Contains(partner))
        {
            record.EndPartner();
        }
    }

    // A link that no repeated record has stays with the survivor.
    private void KeepLinks(Customer current)
    {
        var survivor = states[current.Uid].Record;
        if (current.UserId is { } account && states.Values.All(record => record.Record.UserId != account))
        {
            RecordEdits.CopyLink(current, survivor);
        }

        if (current.Partner is { } partner && states.Values.All(record => record.Record.Partner != partner))
        {
            RecordEdits.CopyPartner(current, survivor);
        }
    }
}
