using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>A job to make: by criteria, or by names as in the paths of the API; and the changes as a JSON object.</summary>
public sealed record NewJob(JobKind Kind, CustomerCriteria? Filter, IReadOnlyList<string>? Ids, string Changes);

/// <summary>
/// Makes a job, which a worker previews: staff, or a key with <c>customers:bulk</c> and the scope of what the job does (403). Nothing is
/// changed before the confirmation. 422 for a field that cannot be changed in bulk, consent that would be given, more than 10 000 names,
/// and criteria or fields that a separate accounts service keeps.
/// </summary>
public sealed class CreateJob(
    JobStore jobs, JobActor actor, CustomerStore customers, CriteriaReader reader, DatabaseSession database, TimeProvider time)
{
    public const int MaxIds = 10_000;

    private const string UidsSql = """
        SELECT uid FROM customers.customers
        WHERE organization_id = $1 AND (customer_id = ANY ($2) OR uid = ANY ($3)
            OR uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        """;

    /// <summary>The fields that <see cref="JobKind.Update"/> can set.</summary>
    public static IReadOnlyList<Field<Customer>> UpdateFields => UpdateKind.Fields;

    /// <summary>The kinds of jobs that the caller may make here.</summary>
    public IReadOnlyList<JobKind> FindKinds(Caller caller) => JobActor.Refuse(caller) is not null
        ? []
        : [.. Enum.GetValues<JobKind>().Where(kind => actor.FindKind(kind) is { } rules && rules.Refuse(caller) is null)];

    /// <summary>Returns the job, with the names that were not found.</summary>
    public async Task<Result<Job>> HandleAsync(Caller caller, NewJob wanted, CancellationToken cancellationToken)
    {
        if (JobActor.Refuse(caller) is { } refused)
        {
            return refused;
        }

        if (actor.FindKind(wanted.Kind) is not { } kind)
        {
            return Error.Invalid("kind", "This service can't do this kind of job, because another service keeps the accounts.");
        }

        if ((kind.Refuse(caller) ?? CheckSet(wanted) ?? CheckChanges(wanted.Changes)) is { } invalid)
        {
            return invalid;
        }

        if (!kind.ReadChanges(wanted.Changes).Succeeded(out var changes, out var unreadable))
        {
            return unreadable;
        }

        // The segment may change while the job waits: what the preview has counted is what is confirmed.
        var found = await reader.FindSegmentAsync(caller, wanted.Filter ?? new CustomerCriteria(), cancellationToken);
        if (!found.Succeeded(out var criteria, out var unknown))
        {
            return InFilter(unknown);
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var (uids, missing) = await FindAsync(caller, wanted.Ids, cancellationToken);
        var filter = wanted.Filter is null ? null : JobFilter.ToJson(criteria);
        var job = await jobs.AddAsync(caller, wanted.Kind, filter, uids, changes, time.GetDatabaseNow(), cancellationToken);
        return await transaction.CommitAsync(job with { NotFound = missing }, cancellationToken);
    }

    // Kinds read an object, and only text that the database can store.
    private static Error? CheckChanges(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonText.Problem(document.RootElement) is { } problem ? Error.Invalid("changes", problem) : null;
    }

    private Error? CheckSet(NewJob wanted)
    {
        var errors = new FieldErrors();
        if (wanted.Filter is null == wanted.Ids is null)
        {
            errors.Add("filter", "Choose the customers by either filter or ids. An empty filter means all customers.");
        }

        if (wanted.Ids?.Contains(null!) == true)
        {
            errors.Add("ids", "Must be a list of customer_ids.");
        }

        if (wanted.Ids is { Count: 0 or > MaxIds })
        {
            errors.Add("ids", $"Must have 1 to {MaxIds} customers. Use a filter for more.");
        }

        if (wanted.Filter is { } criteria && CheckCriteria(criteria) is { } invalid)
        {
            foreach (var (name, messages) in InFilter(invalid).Fields!)
            {
                errors.Add(name, messages[0]);
            }
        }

        return errors.Any ? errors.ToError() : null;
    }

    private Error? CheckCriteria(CustomerCriteria criteria)
    {
        var errors = new FieldErrors();
        reader.Check(criteria, errors);
        foreach (var name in reader.AreCopiesStored ? [] : JobFilter.FindPersonal(criteria))
        {
            errors.Add(name, "The accounts service keeps names, email addresses and phones. Choose the customers by other criteria.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    private static Error InFilter(Error error) =>
        error.WithFieldNames(error.Fields!.Keys.ToDictionary(name => name, name => $"filter.{name}", StringComparer.Ordinal));

    private async Task<(Guid[]? Uids, IReadOnlyList<string> Missing)> FindAsync(
        Caller caller, IReadOnlyList<string>? ids, CancellationToken cancellationToken)
    {
        if (ids is null)
        {
            return (null, []);
        }

        var found = await database.QueryAsync(
            UidsSql, row => row.Uuid(), cancellationToken, CustomerStore.ReferenceParameters(caller, ids));
        return ([.. found], await customers.FindMissingAsync(caller, ids, cancellationToken));
    }
}
