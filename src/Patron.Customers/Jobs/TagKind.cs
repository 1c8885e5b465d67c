using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Jobs;

/// <summary>
/// Adds tags to all customers, or removes them, ignoring case. A customer whose tags would be too long together is listed as
/// <c>too_many_tags</c>.
/// </summary>
internal sealed class TagKind(JobKind kind, CustomerBatch batch, TimeProvider time) : IJobKind
{
    public JobKind Kind => kind;

    public Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    public Result<JobChanges> ReadChanges(string json)
    {
        using var document = JsonDocument.Parse(json);
        var members = document.RootElement.EnumerateObject().ToList();
        if (members is not [{ Name: "tags", Value.ValueKind: JsonValueKind.String }])
        {
            return Error.Invalid("changes.tags", "Must be a string such as \"premium,tech\", and the only change.");
        }

        var tags = CustomerTags.Parse(members[0].Value.GetString());
        var problem = tags.Length == 0 ? "Name at least one tag. Separate several with commas." : CustomerRules.Tags(tags);
        return problem is not null
            ? Error.Invalid("changes.tags", problem)
            : new JobChanges(FieldText.ToJson(("tags", CustomerTags.Format(tags))), ["tags"], [CustomerSchema.Tags]) { Tags = tags };
    }

    public Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobDecision>>([.. customers.Select(customer => Decide(changes, customer))]);

    public Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        batch.SaveAsync(caller, customers, "customer.changed", cancellationToken);

    /// <summary>The tags without these, ignoring case.</summary>
    internal static IReadOnlyList<string> Without(IReadOnlyList<string> tags, IReadOnlyList<string> removed)
    {
        var keys = removed.Select(Folding.Key).ToHashSet(StringComparer.Ordinal);
        return [.. tags.Where(tag => !keys.Contains(Folding.Key(tag)))];
    }

    /// <summary>The tags and those of the others that are missing, ignoring case.</summary>
    internal static IReadOnlyList<string> With(IReadOnlyList<string> tags, IReadOnlyList<string> added) =>
        [.. tags, .. Without(added, tags)];

    private JobDecision Decide(JobChanges changes, Customer customer)
    {
        var tags = kind == JobKind.AddTags ? With(customer.Tags, changes.Tags) : Without(customer.Tags, changes.Tags);
        if (tags.Count == customer.Tags.Count)
        {
            return JobDecision.Unchanged;
        }

        // Removing tags never makes a customer worse than an import left it.
        if (kind == JobKind.AddTags && CustomerRules.Tags(tags) is not null)
        {
            return JobDecision.Cannot("too_many_tags");
        }

        customer.Change(customer.With(new CustomerChanges(CustomerSchema.Tags.With(tags))), time.GetDatabaseNow());
        return JobDecision.WouldChange;
    }
}
