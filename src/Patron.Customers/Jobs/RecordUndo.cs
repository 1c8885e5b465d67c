using System.Text.Json;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>What a job wrote to a customer, by its audit entry: the values before and after; null once the customer was erased.</summary>
internal sealed record JobEntry(string? Before, string? After, DateTimeOffset At);

/// <summary>
/// Takes back what a job did to one customer: the fields that still have the job's value, and the tags that the job itself added or
/// removed. What somebody changed since is kept and named, as is what an ERP or an account owns by now.
/// </summary>
public sealed class RecordUndo(
    CustomerEditor editor, AccountCopies accounts, CustomerBatch batch, DatabaseSession database, TimeProvider time)
{
    private const string ChangedSince = "changed_since";

    // The last statement of each kind.
    private const string ConsentsSql = """
        SELECT DISTINCT ON (customer_uid, kind) customer_uid, kind, at FROM customers.consents
        WHERE organization_id = $1 AND customer_uid = ANY ($2) ORDER BY customer_uid, kind, id DESC
        """;

    internal DateTimeOffset Now => time.GetDatabaseNow();

    /// <summary>When these customers last stated each consent, by uid and name of the field.</summary>
    internal async Task<Dictionary<(Guid Uid, string Kind), DateTimeOffset>> ReadConsentsAsync(
        Job job, Guid[] uids, CancellationToken cancellationToken) =>
        job.Fields.Any(name => CustomerSchema.Fields.Find(name)?.IsConsent == true)
            ? (await database.QueryAsync(
                ConsentsSql, row => (Key: (row.Uuid(), row.Text()), At: row.Time()), cancellationToken, job.OrganizationId, uids))
                .ToDictionary(one => one.Key, one => one.At)
            : [];

    /// <summary>Changes the locked record back, as far as possible, and returns what has become of the row.</summary>
    internal MarkedRow Undo(
        Caller caller, int place, Customer customer, JobEntry? entry, Dictionary<(Guid Uid, string Kind), DateTimeOffset> consents)
    {
        if (entry is not { Before: { } beforeJson, After: { } afterJson })
        {
            return new MarkedRow(place, JobRowState.Kept, "no_longer_known");
        }

        using var before = JsonDocument.Parse(beforeJson);
        using var after = JsonDocument.Parse(afterJson);
        var kept = new List<string>();
        var back = new CustomerChanges();
        foreach (var member in before.RootElement.EnumerateObject())
        {
            var field = CustomerSchema.Fields.Find(member.Name)!;
            if (field == CustomerSchema.Tags)
            {
                AddTags(back, kept, customer, member.Value, after.RootElement);
            }
            else if (!HasValue(customer, field, after.RootElement.GetProperty(member.Name))
                || (field.IsConsent && consents.GetValueOrDefault((customer.Uid, field.Name), entry.At) > entry.At))
            {
                kept.Add(field.Name);
            }
            else if (field.IsWritten)
            {
                back.AddJson($"{{{JsonSerializer.Serialize(member.Name, FieldJson.Default.String)}:{member.Value.GetRawText()}}}");
            }
            else
            {
                Unverify(customer, field);
            }
        }

        var refusal = back.Values.Count == 0
            ? null
            : editor.ChangeAsStaff(caller, customer, accounts.ForBackground, new CustomerEdit(back));
        if (refusal is not null)
        {
            kept.AddRange(back.Values.Select(value => value.Field.Name));
        }

        var reason = refusal?.Code ?? (kept.Count > 0 ? ChangedSince : null);
        return (customer.HasChanged, kept.Count) switch
        {
            (true, 0) => new MarkedRow(place, JobRowState.Undone),
            (true, _) => new MarkedRow(place, JobRowState.PartlyUndone, reason, kept),
            _ => new MarkedRow(place, JobRowState.Kept, reason ?? ChangedSince, kept),
        };
    }

    internal Task SaveAsync(Caller caller, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        customers.Count == 0 ? Task.CompletedTask : batch.SaveAsync(caller, customers, UndoStep.Action, cancellationToken);

    // Tag by tag, because others add and remove tags, too.
    private static void AddTags(CustomerChanges back, List<string> kept, Customer customer, JsonElement before, JsonElement after)
    {
        var old = CustomerTags.Parse(before.GetString());
        var changed = CustomerTags.Parse(after.GetProperty(CustomerSchema.Tags.Name).GetString());
        string[] added = [.. TagKind.Without(changed, old)];
        string[] removed = [.. TagKind.Without(old, changed)];
        var without = TagKind.Without(customer.Tags, added);
        var tags = TagKind.With(without, removed);
        var takenBack = (customer.Tags.Count - without.Count) + (tags.Count - without.Count);
        if (takenBack < added.Length + removed.Length)
        {
            kept.Add(CustomerSchema.Tags.Name);
        }

        if (takenBack > 0)
        {
            back.Add(CustomerSchema.Tags, (CustomerSchema.Tags.With(tags), null));
        }
    }

    private void Unverify(Customer customer, Field<Customer> field)
    {
        if (field == CustomerSchema.EmailVerifiedAt)
        {
            customer.UnverifyEmail(Now);
        }
        else if (field == CustomerSchema.PhoneVerifiedAt)
        {
            customer.UnverifyPhone(Now);
        }
    }

    // As audit entries write values.
    private static bool HasValue(Customer customer, Field<Customer> field, JsonElement value)
    {
        using var current = JsonDocument.Parse(new[] { field }.ToJson(customer));
        return JsonElement.DeepEquals(current.RootElement.GetProperty(field.Name), value);
    }
}
